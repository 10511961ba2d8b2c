#include "linum/io/gzip.h"

#include <zlib.h>

#include "linum/base/testing.h"

namespace linum::io {
namespace {

// One gzip member (or, with window_bits < 0, a raw deflate stream).
std::string compress(std::string_view text, int window_bits = 15 + 16) {
  z_stream s{};
  deflateInit2(&s, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 100, '\0');
  s.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  s.avail_in = static_cast<uInt>(text.size());
  s.next_out = reinterpret_cast<Bytef*>(out.data());
  s.avail_out = static_cast<uInt>(out.size());
  deflate(&s, Z_FINISH);
  out.resize(s.total_out);
  deflateEnd(&s);
  return out;
}

std::string gunzip_text(std::string_view bytes) {
  return std::string(text_of(gunzip(view_of(bytes), "a.gz")));
}

TEST(Gzip, JoinsTheMembersOfAFile) {
  EXPECT_EQ(gunzip_text(compress("first, ") + compress("second")), "first, second");
}

TEST(Gzip, TakesLongRuns) {
  std::string text(1 << 20, 'x');
  EXPECT_EQ(gunzip_text(compress(text)), text);
}

TEST(Gzip, SaysWhereAFileIsCutOff) {
  std::string whole = compress("some text");
  EXPECT_ERROR(gunzip_text(whole.substr(0, 15)), IoError,
               "a.gz: offset 15: the compressed data end too early; is the file cut off?");
}

TEST(Gzip, FindsDamage) {
  std::string bytes = compress("some text");
  bytes[bytes.size() - 6] ^= 1;  // in the checksum
  EXPECT_ERROR(gunzip_text(bytes), IoError, "incorrect data check");
}

TEST(Gzip, InflatesToThePromisedSizeOnly) {
  std::string raw = compress("0123456789", -15);
  EXPECT_EQ(text_of(inflate_raw(view_of(raw), 10, "z")), "0123456789");
  EXPECT_ERROR(inflate_raw(view_of(raw), 9, "z"), IoError, "more than the promised 9 bytes");
  EXPECT_ERROR(inflate_raw(view_of(raw), 11, "z"), IoError, "expected 11 bytes, found 10");
}

}  // namespace
}  // namespace linum::io
