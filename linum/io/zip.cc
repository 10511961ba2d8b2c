#include "linum/io/zip.h"

#include <zlib.h>

#include <algorithm>

#include "linum/io/gzip.h"

namespace linum::io {
namespace {

// PKWARE's APPNOTE 6.3.10 numbers the structures by these signatures.
constexpr std::uint32_t kEntry = 0x04034b50, kDirectoryEntry = 0x02014b50, kEnd = 0x06054b50,
                        kEnd64 = 0x06064b50, kEnd64Locator = 0x07064b50;
constexpr std::size_t kEndSize = 22, kLocatorSize = 20, kMostComment = 0xffff;
constexpr std::uint64_t kIn64 = 0xffffffff;  // the 64-bit field has it
constexpr std::uint64_t kExtra64 = 1;        // tag of the extra field with 64-bit sizes
constexpr std::uint64_t kStored = 0, kDeflated = 8, kEncrypted = 1;

// --- reading ----------------------------------------------------------------------------------

struct Entry {
  std::string name;
  std::uint64_t method = 0, crc = 0, packed = 0, size = 0, offset = 0;
};

std::uint32_t crc_of(ByteView bytes, std::uint32_t crc = 0) {
  while (!bytes.empty()) {
    const std::size_t part = std::min<std::size_t>(bytes.size(), 1u << 30);
    crc = static_cast<std::uint32_t>(
        crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(part)));
    bytes = bytes.subspan(part);
  }
  return crc;
}

void expect_signature(ByteReader& in, std::uint32_t signature, std::string_view what) {
  if (in.little_endian(4, what) == signature) return;
  in.seek(in.offset() - 4, what);
  in.fail(str_cat("expected ", what, " of a zip archive"));
}

// Where the end record begins: it is last, but for a comment.
std::size_t find_end(ByteView bytes, const ByteReader& in) {
  for (std::size_t tail = kEndSize; tail <= std::min(bytes.size(), kEndSize + kMostComment);
       ++tail) {
    ByteReader at(bytes.subspan(bytes.size() - tail), in.name());
    if (at.little_endian(4, "") == kEnd) return bytes.size() - tail;
  }
  in.fail("expected the end record of a zip archive; is the file cut off?");
}

struct Directory {
  std::uint64_t entries, offset;
};

// Where the end record has no room for it.
Directory read_end64(ByteReader& in, std::size_t end) {
  if (end < kLocatorSize) in.fail("expected a zip64 locator before the end record");
  in.seek(end - kLocatorSize, "the zip64 locator");
  expect_signature(in, kEnd64Locator, "the zip64 locator");
  in.take(4, "a disk number");
  in.seek(in.little_endian(8, "the zip64 end record's offset"), "the zip64 end record");
  expect_signature(in, kEnd64, "the zip64 end record");
  in.take(8 + 2 + 2 + 4 + 4 + 8, "the zip64 end record");
  const std::uint64_t entries = in.little_endian(8, "the count of entries");
  in.take(8, "the directory's size");
  return {entries, in.little_endian(8, "the directory's offset")};
}

Directory read_end(ByteReader& in, std::size_t end) {
  in.seek(end, "the end record");
  in.take(4, "the end record");
  const auto disk = in.little_endian(2, "a disk number");
  in.take(2 + 2, "the end record");
  const std::uint64_t entries = in.little_endian(2, "the count of entries");
  const auto size = in.little_endian(4, "the directory's size");
  const auto offset = in.little_endian(4, "the directory's offset");
  if (entries == 0xffff || size == kIn64 || offset == kIn64) return read_end64(in, end);
  if (disk != 0) in.fail("archives in several parts are not supported");
  return {entries, offset};
}

// The 64-bit forms of the fields that say kIn64, in the format's order.
void read_extra(ByteReader in, Entry& entry) {
  while (in.left() >= 4) {
    const auto tag = in.little_endian(2, "an extra field");
    const auto length = in.little_endian(2, "an extra field");
    ByteReader field(in.take(length, "an extra field"), in.name());
    if (tag != kExtra64) continue;
    for (std::uint64_t* value : {&entry.size, &entry.packed, &entry.offset})
      if (*value == kIn64) *value = field.little_endian(8, "a 64-bit size");
  }
}

Entry read_directory_entry(ByteReader& in) {
  Entry out;
  expect_signature(in, kDirectoryEntry, "an entry of the directory");
  in.take(2 + 2, "versions");
  if (in.little_endian(2, "flags") & kEncrypted) in.fail("encrypted entries are not supported");
  out.method = in.little_endian(2, "the method");
  in.take(4, "the time");
  out.crc = in.little_endian(4, "the checksum");
  out.packed = in.little_endian(4, "the packed size");
  out.size = in.little_endian(4, "the size");
  const auto name = in.little_endian(2, "the name's length");
  const auto extra = in.little_endian(2, "the extra field's length");
  const auto comment = in.little_endian(2, "the comment's length");
  in.take(2 + 2 + 4, "attributes");
  out.offset = in.little_endian(4, "the entry's offset");
  out.name = std::string(text_of(in.take(name, "the entry's name")));
  read_extra(ByteReader(in.take(extra, "extra fields"), in.name()), out);
  in.take(comment, "the comment");
  return out;
}

Bytes read_entry(ByteReader& in, const Entry& entry) {
  in.seek(entry.offset, "an entry");
  expect_signature(in, kEntry, "an entry");
  in.take(22, "an entry's header");
  const auto name = in.little_endian(2, "the name's length");
  const auto extra = in.little_endian(2, "the extra field's length");
  in.take(name + extra, "the name and extra fields");
  const ByteView packed = in.take(entry.packed, "the entry's data");
  Bytes out;
  if (entry.method == kStored && entry.packed == entry.size) {
    out.assign(packed.begin(), packed.end());
  } else if (entry.method == kDeflated) {
    out = inflate_raw(packed, entry.size, str_cat(in.name(), "/", entry.name));
  } else {
    in.fail(str_cat("the entry '", entry.name, "' is compressed by method ", entry.method,
                    " or of a wrong size; only stored and deflated entries are supported"));
  }
  if (crc_of(out) != entry.crc) {
    in.fail(str_cat("the entry '", entry.name, "' is damaged: its checksum is wrong"));
  }
  return out;
}

}  // namespace

bool is_zip(ByteView bytes) {
  return bytes.size() >= 4 && text_of(bytes.first(2)) == "PK" &&
         (text_of(bytes.subspan(2, 2)) == "\x03\x04" || text_of(bytes.subspan(2, 2)) == "\x05\x06");
}

std::map<std::string, Bytes> parse_zip(ByteView bytes, const std::string& name) {
  ByteReader in(bytes, name);
  const Directory directory = read_end(in, find_end(bytes, in));
  std::map<std::string, Bytes> out;
  std::size_t next = directory.offset;
  std::uint64_t left = bytes.size();  // for the entries, which must not share their bytes
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    in.seek(next, "the directory");
    const Entry entry = read_directory_entry(in);
    next = in.offset();
    if (entry.packed > left) in.fail("the entries are larger than the archive");
    left -= entry.packed;
    if (out.contains(entry.name)) in.fail(str_cat("the entry '", entry.name, "' is there twice"));
    out.emplace(entry.name, read_entry(in, entry));
  }
  return out;
}

// --- writing ----------------------------------------------------------------------------------

namespace {

constexpr std::uint64_t kVersion64 = 45;
constexpr std::uint64_t kFirstDay = (1 << 5) | 1;  // 1 January 1980: the same bytes every time

void append(std::string& out, std::initializer_list<std::pair<std::uint64_t, std::size_t>> fields) {
  for (auto [value, width] : fields) append_little_endian(out, value, width);
}

// What stands before an entry's data and, with more fields, in the directory.
void append_entry(std::string& out, const Entry& entry, bool in_directory) {
  const std::uint64_t extra = in_directory ? 24 : 16;
  append(out, {{in_directory ? kDirectoryEntry : kEntry, 4}});
  if (in_directory) append(out, {{kVersion64, 2}});
  append(out, {{kVersion64, 2},
               {0, 2},
               {kStored, 2},
               {0, 2},
               {kFirstDay, 2},
               {entry.crc, 4},
               {kIn64, 4},
               {kIn64, 4},
               {entry.name.size(), 2},
               {4 + extra, 2}});
  if (in_directory) append(out, {{0, 2}, {0, 2}, {0, 2}, {0, 4}, {kIn64, 4}});
  out += entry.name;
  append(out, {{kExtra64, 2}, {extra, 2}, {entry.size, 8}, {entry.size, 8}});
  if (in_directory) append(out, {{entry.offset, 8}});
}

}  // namespace

void ZipWriter::write(std::string_view text) {
  sink_(view_of(text));
  offset_ += text.size();
}

void ZipWriter::add(std::string_view name, std::initializer_list<ByteView> parts) {
  if (name.size() > 0xffff) throw ValueError("a name of 64 KiB does not fit a zip archive");
  Entry entry{.name = std::string(name), .offset = offset_};
  std::uint32_t crc = 0;
  for (ByteView p : parts) crc = crc_of(p, crc), entry.size += p.size();
  entry.crc = crc;
  std::string header;
  append_entry(header, entry, false);
  write(header);
  for (ByteView p : parts) sink_(p);
  offset_ += entry.size;
  append_entry(directory_, entry, true);
  ++entries_;
}

void ZipWriter::finish() {
  const std::uint64_t start = offset_;
  const std::uint64_t size = directory_.size();
  const std::uint64_t end = start + size;
  append(directory_, {{kEnd64, 4},
                      {44, 8},
                      {kVersion64, 2},
                      {kVersion64, 2},
                      {0, 4},
                      {0, 4},
                      {entries_, 8},
                      {entries_, 8},
                      {size, 8},
                      {start, 8}});
  append(directory_, {{kEnd64Locator, 4}, {0, 4}, {end, 8}, {1, 4}});
  append(directory_,
         {{kEnd, 4}, {0, 2}, {0, 2}, {0xffff, 2}, {0xffff, 2}, {kIn64, 4}, {kIn64, 4}, {0, 2}});
  write(directory_);
}

}  // namespace linum::io
