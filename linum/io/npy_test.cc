#include "linum/io/npy.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "linum/base/testing.h"
#include "linum/io/file.h"
#include "linum/io/zip.h"
#include "linum/transforms/jit.h"

namespace linum::io {
namespace {

using testing::ElementsAre;

std::string path_of(const std::string& name) { return testing::TempDir() + "npy_test_" + name; }

// An npy file of version 1.0 with this header.
std::string file_of(const std::string& header, const std::string& data) {
  std::string out("\x93NUMPY\x01\0", 8);
  append_little_endian(out, header.size(), 2);
  return out + header + data;
}
HostArray parse_file(const std::string& bytes) { return parse_npy(view_of(bytes), "x.npy"); }
std::string header_of(const std::string& descr, const std::string& shape,
                      const std::string& order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

TEST(Npy, WritesTheBytesOfNumPy) {
  const HostArray x = HostArray::of<std::int16_t>({2}, std::vector<std::int16_t>{1, 2});
  const std::string header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }";
  std::string expected("\x93NUMPY\x01\0\x76\0", 10);
  expected += header + std::string(117 - header.size(), ' ') + "\n" + std::string("\1\0\2\0", 4);
  EXPECT_EQ(npy_bytes(x), expected);
}

TEST(Npy, KeepsShapeDTypeAndElements) {
  for (DType d : {bool_, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16,
                  bfloat16, float32, float64, complex64, complex128}) {
    HostArray x(d, {2, 3});
    for (std::int64_t i = 0; i < 6; ++i) x.set_number(i, static_cast<double>(i % 2));
    const HostArray y = parse_file(npy_bytes(x));
    EXPECT_EQ(y.dtype(), d);
    EXPECT_EQ(y.shape(), x.shape());
    for (std::int64_t i = 0; i < 6; ++i) EXPECT_EQ(y.number(i), x.number(i)) << name_of(d);
  }
  EXPECT_EQ(parse_file(npy_bytes(HostArray(float32, {}))).shape(), Shape{});
  EXPECT_EQ(parse_file(npy_bytes(HostArray(float32, {0, 4}))).shape(), (Shape{0, 4}));
}

TEST(Npy, ReadsColumnsAndBigEndianNumbers) {
  const HostArray columns = parse_file(file_of(header_of("|u1", "(2, 3)", "True"), "adbecf"));
  EXPECT_THAT(columns.as<std::uint8_t>(), ElementsAre('a', 'b', 'c', 'd', 'e', 'f'));
  const HostArray big = parse_file(file_of(header_of(">i2", "(1,)"), std::string("\1\2", 2)));
  EXPECT_EQ(big.as<std::int16_t>()[0], 0x0102);
}

TEST(Npy, ReadsTheHeaderAsPythonDoes) {
  const std::string header = "{\"shape\":(2L,),'fortran_order' : False,  'descr':'|u1'}";
  EXPECT_EQ(parse_file(file_of(header, "ab")).shape(), Shape{2});
}

TEST(Npy, NamesFileOffsetAndExpectationOfABrokenFile) {
  EXPECT_ERROR(parse_file("ABCDEFGHIJ"), IoError,
               "x.npy: offset 6: expected the magic number of an npy");
  EXPECT_ERROR(parse_file(file_of(header_of("|O", "(1,)"), "12345678")), IoError,
               "elements of type '|O' are not supported");
  EXPECT_ERROR(parse_file(file_of(header_of("<f4", "(2,)"), "1234")), IoError,
               "expected 8 bytes of data for float32(2,), found 4");
  EXPECT_ERROR(parse_file(file_of(header_of("<f4", "(9999999999, 9999999999)"), "")), IoError,
               "expected more than 2^63 bytes");
  EXPECT_ERROR(parse_file(file_of(header_of("<f4", "(99999999999999999999,)"), "")), IoError,
               "expected an extent below 2^63");
  EXPECT_ERROR(parse_file(file_of(header_of("<f4", "(-1,)"), "")), IoError,
               "expected a number at '-1,)");
  EXPECT_ERROR(parse_file(file_of("{'descr': '<f4'}", "")), IoError,
               "expected the keys 'descr', 'fortran_order', 'shape'");
  EXPECT_ERROR(parse_file(file_of("{'descr': '<f4', 'descr': '<f8'}", "")), IoError,
               "found 'descr'");
  EXPECT_ERROR(parse_file(file_of(header_of("<f4", "()") + "import os", "1234")), IoError,
               "expected nothing behind the dictionary");
  EXPECT_ERROR(parse_file(std::string("\x93NUMPY\x04\0\0\0", 10)), IoError,
               "npy version 4 is not supported");
}

TEST(Npy, HasNoEightBitFloats) {
  EXPECT_ERROR(npy_bytes(HostArray(DType::F8E5M2, {1})), DTypeError,
               "npy files have no float8_e5m2; convert it (astype) to bfloat16");
}

// --- files ------------------------------------------------------------------------------------

TEST(NumpyFiles, SaveAndLoadOneArray) {
  const Array x = Array::of<float>({2, 2}, {1, 2, 3, 4});
  np::save(path_of("one"), x);
  const Array y = np::load(path_of("one.npy"));
  EXPECT_EQ(y.aval(), x.aval());
  EXPECT_EQ(y.to_vector<float>(), x.to_vector<float>());
}

TEST(NumpyFiles, SaveAndLoadSeveralArrays) {
  np::savez(path_of("two.npz"), {{"a", Array::of<int>({2}, {1, 2})}, {"b/c", Array(2.5)}});
  const auto read = np::load_npz(path_of("two.npz"));
  ASSERT_EQ(read.size(), 2u);
  EXPECT_THAT(read.at("a").to_vector<int>(), ElementsAre(1, 2));
  EXPECT_EQ(read.at("b/c").item<float>(), 2.5f);
  np::savez(path_of("list"), std::vector<Array>{Array(1), Array(2)});
  EXPECT_EQ(np::load_npz(path_of("list.npz")).at("arr_1").item<int>(), 2);
}

TEST(NumpyFiles, TellNpzFromNpy) {
  np::savez(path_of("z.npz"), std::vector<Array>{Array(1)});
  EXPECT_ERROR(np::load(path_of("z.npz")), IoError, "read it with np::load_npz");
}

TEST(NumpyFiles, LeaveNothingBehindWhenTheyFail) {
  const std::string path = path_of("none.npy");
  std::filesystem::remove(path);
  EXPECT_THROW(jit([&](Array x) {
                 np::save(path, x);
                 return x;
               })(Array(1.0)),
               ConcretizationError);
  EXPECT_FALSE(std::filesystem::exists(path));
}

// --- archives ---------------------------------------------------------------------------------

std::string archive(std::initializer_list<std::pair<std::string, std::string>> entries) {
  std::string out;
  ZipWriter zip([&](ByteView bytes) { out += text_of(bytes); });
  for (const auto& [name, data] : entries) zip.add(name, {view_of(data)});
  zip.finish();
  return out;
}

TEST(Zip, ReadsWhatItWrites) {
  const std::string bytes = archive({{"a", "first"}, {"b", ""}});
  EXPECT_TRUE(is_zip(view_of(bytes)));
  const auto read = parse_zip(view_of(bytes), "x.zip");
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(text_of(read.at("a")), "first");
  EXPECT_EQ(text_of(read.at("b")), "");
}

TEST(Zip, FindsDamage) {
  std::string bytes = archive({{"a", "first"}});
  bytes[bytes.find("first")] = 'F';
  EXPECT_ERROR(parse_zip(view_of(bytes), "x.zip"), IoError,
               "the entry 'a' is damaged: its checksum is wrong");
  const std::string twice = archive({{"a", "1"}, {"a", "2"}});
  EXPECT_ERROR(parse_zip(view_of(twice), "x.zip"), IoError, "the entry 'a' is there twice");
  EXPECT_ERROR(parse_zip(view_of(twice.substr(0, 40)), "x.zip"), IoError,
               "expected the end record of a zip archive; is the file cut off?");
}

}  // namespace
}  // namespace linum::io
