#include "linum/io/safetensors.h"

#include "linum/base/testing.h"
#include "linum/io/file.h"
#include "linum/io/state_dict.h"

namespace linum::io {
namespace {

std::string temporary(const std::string& name) { return testing::TempDir() + name; }

HostArray floats(Shape shape, std::vector<float> values) {
  return HostArray::of<float>(std::move(shape), std::span<const float>(values));
}

// A file with this header and `data` zero bytes.
std::string file_of(std::string header, std::size_t data = 0) {
  std::string out;
  append_little_endian(out, header.size(), 8);
  return out + header + std::string(data, '\0');
}
void parse(const std::string& bytes) {
  parse_safetensors_header(view_of(bytes), bytes.size(), "model.safetensors");
}

TEST(Safetensors, ArraysOfAllTypesReadBack) {
  NamedArrays arrays;
  for (int i = 0; i < kDTypeCount; ++i) {
    auto dtype = static_cast<DType>(i);
    if (dtype == DType::C128 || dtype == DType::F8E4M3B11FNUZ) continue;
    HostArray x(dtype, {2, 3});
    for (int k = 0; k < 6; ++k) x.set_number(k, k % 2);
    arrays.emplace(str_cat("x/", name_of(dtype)), x);
  }
  arrays.emplace("scalar", floats({}, {2.5f}));
  arrays.emplace("empty", floats({0, 3}, {}));
  std::string path = temporary("types.safetensors");
  save_safetensors(path, arrays);
  NamedArrays back = load_safetensors_arrays(path);
  ASSERT_EQ(back.size(), arrays.size());
  for (auto& [name, x] : arrays) {
    EXPECT_EQ(back.at(name).dtype(), x.dtype()) << name;
    EXPECT_EQ(back.at(name).shape(), x.shape()) << name;
    EXPECT_EQ(std::memcmp(back.at(name).data(), x.data(), x.byte_size()), 0) << name;
  }
}

TEST(Safetensors, TheBytesAreThoseOfTheFormat) {
  std::string path = temporary("bytes.safetensors");
  save_safetensors(
      path, NamedArrays{{"b", floats({1}, {1})}, {"a", HostArray::of<bool>({1}, std::array{true})}},
      {{"format", "flax"}});
  std::string header =
      R"({"__metadata__":{"format":"flax"},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
      R"("a":{"dtype":"BOOL","shape":[1],"data_offsets":[4,5]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::string expected;
  append_little_endian(expected, header.size(), 8);
  expected += header + std::string("\0\0\x80\x3f\x01", 5);
  EXPECT_EQ(text_of(read_file(path)), expected);
}

TEST(Safetensors, MetadataReadBack) {
  std::string path = temporary("metadata.safetensors");
  save_safetensors(path, NamedArrays{}, {{"step", "12"}, {"note", "\"quoted\" \xc3\xa9"}});
  SafetensorsFile file(path);
  EXPECT_EQ(file.metadata().at("step"), "12");
  EXPECT_EQ(file.metadata().at("note"), "\"quoted\" \xc3\xa9");
}

TEST(Safetensors, OneArrayIsReadByName) {
  std::string path = temporary("one.safetensors");
  save_safetensors(path, NamedArrays{{"a", floats({2}, {1, 2})}, {"b", floats({1}, {3})}});
  SafetensorsFile file(path);
  EXPECT_EQ(file.read("b").number(0), 3);
  EXPECT_ERROR(file.read("c"), IoError, "no tensor 'c'; there are 'a', 'b'");
}

TEST(Safetensors, AFailedSaveLeavesTheOldFile) {
  std::string path = temporary("old.safetensors");
  save_safetensors(path, NamedArrays{{"a", floats({1}, {1})}});
  NamedArrays unsaveable{{"a", HostArray(DType::C128, {1})}};
  EXPECT_ERROR(save_safetensors(path, unsaveable), DTypeError,
               "safetensors cannot hold complex128");
  EXPECT_EQ(load_safetensors_arrays(path).at("a").number(0), 1);
}

TEST(Safetensors, SaysWhatIsWrongWithTheLength) {
  EXPECT_ERROR(
      parse("abc"), IoError,
      "model.safetensors: offset 0: the length of a safetensors header needs 8 bytes, 3 are left");
  std::string longer = file_of("{}");
  longer[0] = 99;
  EXPECT_ERROR(parse(longer), IoError,
               "offset 0: expected the length of a safetensors header, at most 2, found 99");
}

TEST(Safetensors, SaysWhatIsWrongWithTheHeader) {
  EXPECT_ERROR(parse(file_of("{\"a\": ")), IoError,
               "the header (offset 8, 6 bytes) is no valid JSON");
  EXPECT_ERROR(parse(file_of("[1]")), IoError, "the header is no JSON object");
  EXPECT_ERROR(parse(file_of(R"({"a": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]},
                                "a": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}})")),
               IoError, "the header names \"a\" twice");
  EXPECT_ERROR(parse(file_of(R"({"__metadata__": {"n": 1}})")), IoError,
               "__metadata__ 'n' is no string");
}

std::string tensor(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return str_cat("{\"dtype\": \"", dtype, "\", \"shape\": ", shape, ", \"data_offsets\": ", offsets,
                 "}");
}
void parse_tensor(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  parse(file_of(str_cat("{\"w\": ", tensor(dtype, shape, offsets), "}"), 8));
}

TEST(Safetensors, SaysWhatIsWrongWithATensor) {
  EXPECT_ERROR(parse(file_of(R"({"w": {"dtype": "F32"}})")), IoError,
               "tensor 'w' has no valid 'shape' in the header");
  EXPECT_ERROR(parse_tensor("F33", "[2]", "[0, 8]"), IoError,
               "tensor 'w' has the unknown dtype 'F33'");
  EXPECT_ERROR(parse_tensor("F32", "[-2]", "[0, 8]"), IoError,
               "tensor 'w': shape holds -2, expected an unsigned integer");
  EXPECT_ERROR(parse_tensor("F32", "[3]", "[0, 8]"), IoError,
               "tensor 'w': data_offsets [0, 8) do not fit float32(3,)");
  EXPECT_ERROR(parse_tensor("F32", "[4294967296, 4294967296]", "[0, 8]"), IoError, "do not fit");
  EXPECT_ERROR(parse_tensor("F32", "[2]", "[8, 0]"), IoError, "data_offsets [8, 0) do not fit");
  EXPECT_ERROR(parse_tensor("F32", "[2]", "[0, 8, 9]"), IoError, "data_offsets needs two numbers");
}

void parse_two(const std::string& a, const std::string& b, std::size_t data) {
  parse(file_of(
      str_cat("{\"a\": ", tensor("F32", "[2]", a), ", \"b\": ", tensor("F32", "[2]", b), "}"),
      data));
}

TEST(Safetensors, RefusesGapsOverlapsAndCutOffFiles) {
  EXPECT_ERROR(parse_two("[0, 8]", "[4, 12]", 12), IoError,
               "tensor 'b' starts at data offset 4, overlapping the one that ends at 8");
  EXPECT_ERROR(parse_two("[0, 8]", "[12, 20]", 20), IoError,
               "tensor 'b' starts at data offset 12, leaving a gap after 8");
  EXPECT_ERROR(parse_two("[0, 8]", "[8, 16]", 15), IoError,
               "the header promises 16 bytes of data, the file has 15; is it cut off?");
  EXPECT_ERROR(parse_two("[0, 8]", "[8, 16]", 17), IoError,
               "promises 16 bytes of data, the file has 17");
}

TEST(SafetensorsTree, PathsNameTheLeaves) {
  std::string path = temporary("tree.safetensors");
  Tree params{{"Dense_0", Tree{{"kernel", Array::of<float>({1, 2}, {1, 2})},
                               {"bias", Array::of<float>({2}, {3, 4})}}}};
  save_safetensors(path, Tree{{"params", params}});
  EXPECT_EQ(SafetensorsFile(path).tensors().count("params/Dense_0/kernel"), 1u);
  Tree back = load_safetensors(path);
  EXPECT_EQ(back.to_string(), "{'params': {'Dense_0': {'bias': f32[2], 'kernel': f32[1,2]}}}");
  EXPECT_EQ(back["params/Dense_0/bias"].array().to_vector<float>(), (std::vector<float>{3, 4}));
}

TEST(SafetensorsTree, ATargetBringsListsBack) {
  std::string path = temporary("list.safetensors");
  Tree state = Tree::list({Tree::empty_dict(), Tree{{"count", Array::of<int>({}, {5})}}});
  save_safetensors(path, state);
  Tree back = from_state_dict(state, load_safetensors(path));
  EXPECT_EQ(back.to_string(), "[{}, {'count': i32[]}]");
  EXPECT_EQ(back[1]["count"].array().item<int>(), 5);
}

TEST(SafetensorsTree, RefusesNamesThatMakeNoTree) {
  std::string path = temporary("clash.safetensors");
  save_safetensors(path, NamedArrays{{"a", floats({1}, {1})}, {"a/b", floats({1}, {1})}});
  EXPECT_ERROR(load_safetensors(path), IoError, "'a/b' lies below another array");
}

}  // namespace
}  // namespace linum::io
