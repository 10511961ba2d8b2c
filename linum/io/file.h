// Whole files in, whole files out: nobody ever sees half a file.
#pragma once

#include <string>

#include "linum/io/bytes.h"

namespace linum::io {

// Throws IoError with the system's reason.
Bytes read_file(const std::string& path);

// A file that appears under its name complete, or not at all: written beside it under a temporary
// name, forced to the disk and renamed by commit(). Without commit() nothing stays behind.
class AtomicFile {
 public:
  explicit AtomicFile(std::string path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  void write(ByteView bytes);
  void write(std::string_view text) { write(view_of(text)); }
  void commit();

 private:
  [[noreturn]] void fail(std::string_view action) const;

  std::string path_, temporary_;
  int fd_ = -1;
};

void write_file(const std::string& path, ByteView bytes);

// Reads parts of an open file, from any thread.
class RandomAccessFile {
 public:
  explicit RandomAccessFile(std::string path);
  RandomAccessFile(const RandomAccessFile&) = delete;
  RandomAccessFile& operator=(const RandomAccessFile&) = delete;
  ~RandomAccessFile();

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  // Fills `out` from `offset`; throws IoError when the file ends before that.
  void read(std::uint64_t offset, std::span<std::byte> out) const;

 private:
  std::string path_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace linum::io
