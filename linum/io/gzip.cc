#include "linum/io/gzip.h"

#include <zlib.h>

#include <algorithm>

namespace linum::io {
namespace {

// zlib's state, freed on every way out.
class Inflater {
 public:
  Inflater(ByteView in, int window_bits, const std::string& name) : in_(in), name_(name) {
    if (inflateInit2(&stream_, window_bits) != Z_OK) throw IoError("zlib cannot be initialized");
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }

  // Continues into `out`; gives the bytes written. Sets done() at the end of a member.
  std::size_t run(std::span<std::byte> out) {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = clamp(out.size());
    std::size_t room = stream_.avail_out;
    while (stream_.avail_out > 0 && !done_) {
      if (stream_.avail_in == 0) feed();
      int status = inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        done_ = true;
      } else if (status != Z_OK) {
        fail(stream_.msg ? stream_.msg : "the compressed data are damaged");
      }
    }
    return room - stream_.avail_out;
  }
  bool done() const { return done_; }
  bool at_end() const { return consumed() == in_.size(); }
  void next_member() {
    inflateReset(&stream_);
    done_ = false;
  }
  [[noreturn]] void fail(std::string_view message) const {
    throw IoError(str_cat(name_, ": offset ", consumed(), ": ", message));
  }

 private:
  static uInt clamp(std::size_t n) { return static_cast<uInt>(std::min<std::size_t>(n, 1u << 30)); }
  std::size_t consumed() const { return fed_ - stream_.avail_in; }
  void feed() {
    if (fed_ == in_.size()) fail("the compressed data end too early; is the file cut off?");
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in_.data() + fed_));
    stream_.avail_in = clamp(in_.size() - fed_);
    fed_ += stream_.avail_in;
  }

  ByteView in_;
  std::string name_;
  z_stream stream_{};
  std::size_t fed_ = 0;
  bool done_ = false;
};

}  // namespace

bool is_gzip(ByteView bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

Bytes gunzip(ByteView bytes, const std::string& name) {
  constexpr int kGzipWindow = 15 + 16;
  Inflater stream(bytes, kGzipWindow, name);
  Bytes out;
  std::size_t filled = 0;
  for (;;) {
    if (filled == out.size()) out.resize(std::max<std::size_t>(1 << 16, out.size() * 2));
    filled += stream.run(std::span(out).subspan(filled));
    if (!stream.done()) continue;
    if (stream.at_end()) break;
    stream.next_member();
  }
  out.resize(filled);
  return out;
}

Bytes inflate_raw(ByteView bytes, std::size_t size, const std::string& name) {
  Inflater stream(bytes, -15, name);
  Bytes out;
  std::size_t filled = 0;
  while (!stream.done()) {
    // Grows with what really comes out: a false `size` must not reserve memory.
    if (filled == out.size())
      out.resize(std::min(size + 1, std::max<std::size_t>(1 << 16, filled * 2)));
    filled += stream.run(std::span(out).subspan(filled));
    if (filled > size) stream.fail(str_cat("more than the promised ", size, " bytes come out"));
  }
  if (filled != size) stream.fail(str_cat("expected ", size, " bytes, found ", filled));
  out.resize(filled);
  return out;
}

}  // namespace linum::io
