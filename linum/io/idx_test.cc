#include "linum/io/idx.h"

#include <zlib.h>

#include "linum/base/testing.h"
#include "linum/io/file.h"

namespace linum::io {
namespace {

HostArray parse_letters(std::string_view bytes) { return parse_idx(view_of(bytes), "letters.idx"); }

TEST(Idx, ReadsBytes) {
  HostArray x =
      parse_letters(std::string_view("\0\0\x08\x02\0\0\0\x02\0\0\0\x03"
                                     "abcdef",
                                     18));
  EXPECT_EQ(x.dtype(), DType::U8);
  EXPECT_EQ(x.shape(), (Shape{2, 3}));
  EXPECT_EQ(x.as<std::uint8_t>()[5], 'f');
}

TEST(Idx, ReadsBigEndianNumbers) {
  HostArray x = parse_letters(std::string_view("\0\0\x0b\x01\0\0\0\x02\x01\x02\xff\xfe", 12));
  EXPECT_EQ(x.dtype(), DType::I16);
  EXPECT_EQ(x.as<std::int16_t>()[0], 0x0102);
  EXPECT_EQ(x.as<std::int16_t>()[1], -2);
}

TEST(Idx, ReadsGzippedFiles) {
  std::string path = testing::TempDir() + "idx_test.gz";
  gzFile out = gzopen(path.c_str(), "wb");
  gzwrite(out, "\0\0\x08\x01\0\0\0\x03xyz", 11);
  gzclose(out);
  EXPECT_EQ(read_idx(path).as<std::uint8_t>()[2], 'z');
}

TEST(Idx, NamesFileOffsetAndExpectationOfABrokenFile) {
  EXPECT_ERROR(parse_letters("ABCDEFGH"), IoError,
               "letters.idx: offset 0: expected the magic number of an idx file");
  EXPECT_ERROR(
      parse_letters(std::string_view("\0\0\x07\x01\0\0\0\x03xyz", 11)), IoError,
      "letters.idx: offset 3: expected an idx element type (8, 9, 11, 12, 13 or 14), found 7");
  EXPECT_ERROR(parse_letters(std::string_view("\0\0\x08\x02\0\0\0\x03", 8)), IoError,
               "letters.idx: offset 8: a dimension needs 4 bytes, 0 are left");
  EXPECT_ERROR(parse_letters(std::string_view("\0\0\x0c\x01\0\0\0\x03xyz", 11)), IoError,
               "letters.idx: offset 8: expected 12 bytes of data for int32(3,), found 3");
}

TEST(Idx, RefusesSizesThatOverflow) {
  std::string bytes("\0\0\x0e\x03", 4);
  bytes.append(12, '\xff');
  EXPECT_ERROR(parse_letters(bytes), IoError, "expected more than 2^63 bytes of data");
}

TEST(Idx, SaysThatAFileIsMissing) {
  EXPECT_ERROR(read_idx("/nowhere/x.idx"), IoError,
               "cannot open '/nowhere/x.idx': No such file or directory");
}

}  // namespace
}  // namespace linum::io
