#include "linum/io/file.h"

#include <dirent.h>
#include <sys/stat.h>

#include <filesystem>

#include "linum/base/testing.h"

namespace linum::io {
namespace {

class Folder : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(path); }
  void TearDown() override { std::filesystem::remove_all(path); }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path), {}));
  }
  std::string path = testing::TempDir() + "linum_file_test";
};

TEST_F(Folder, AWrittenFileReadsBack) {
  write_file(path + "/a", view_of("hello"));
  EXPECT_EQ(text_of(read_file(path + "/a")), "hello");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(Folder, AnUncommittedFileLeavesTheOldOneAndNothingElse) {
  write_file(path + "/a", view_of("old"));
  {
    AtomicFile file(path + "/a");
    file.write("new, but the writer dies here");
  }
  EXPECT_EQ(text_of(read_file(path + "/a")), "old");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(Folder, AFileThatCannotBeWrittenIsNamed) {
  EXPECT_ERROR(write_file(path + "/no/such/a", view_of("x")), IoError,
               "/no/such/a': No such file or directory");
}

TEST_F(Folder, PartsAreReadFromAnyPlace) {
  write_file(path + "/a", view_of("0123456789"));
  RandomAccessFile file(path + "/a");
  Bytes part(3);
  file.read(4, part);
  EXPECT_EQ(text_of(part), "456");
  EXPECT_ERROR(file.read(9, part), IoError, "a: offset 10: the file ends here, 2 more bytes");
}

TEST_F(Folder, ADirectoryIsNoFile) {
  EXPECT_ERROR(read_file(path), IoError, "it is no regular file");
}

}  // namespace
}  // namespace linum::io
