#include "linum/data/fashion_mnist.h"

#include <cstdlib>
#include <filesystem>

#include "linum/base/testing.h"
#include "linum/io/file.h"

namespace linum::data {
namespace {

class FashionMnistFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder);
    write("train-images-idx3-ubyte", idx({2, 28, 28}));
    write("train-labels-idx1-ubyte", idx({2}));
    write("t10k-images-idx3-ubyte", idx({1, 28, 28}));
    write("t10k-labels-idx1-ubyte", idx({1}));
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  void write(const std::string& name, const std::string& bytes) {
    io::write_file(folder + "/" + name, io::view_of(bytes));
  }
  // Elements 3, 3, 3, ...
  static std::string idx(const Shape& shape) {
    std::string out{'\0', '\0', '\x08', static_cast<char>(shape.size())};
    for (std::int64_t n : shape) out += {'\0', '\0', '\0', static_cast<char>(n)};
    return out + std::string(static_cast<std::size_t>(element_count(shape)), '\3');
  }
  std::string folder = testing::TempDir() + "fashion-mnist";
};

TEST_F(FashionMnistFiles, AreReadFromAFolder) {
  FashionMnist data = fashion_mnist(folder);
  EXPECT_EQ(data.train.size(), 2);
  EXPECT_EQ(data.test.size(), 1);
  Example e = data.train[1];
  EXPECT_EQ(e.at("image").dtype(), DType::U8);
  EXPECT_EQ(e.at("image").shape(), (Shape{28, 28, 1}));
  EXPECT_EQ(e.at("label").as<std::int32_t>()[0], 3);
  EXPECT_STREQ(kFashionMnistNames[3], "Dress");
}

TEST_F(FashionMnistFiles, AreFoundThroughTheEnvironment) {
  ::setenv("LINUM_DATA", testing::TempDir().c_str(), 1);
  EXPECT_EQ(fashion_mnist().train.size(), 2);
  ::setenv("LINUM_DATA", folder.c_str(), 1);
  EXPECT_EQ(fashion_mnist().train.size(), 2);
  ::unsetenv("LINUM_DATA");
}

TEST_F(FashionMnistFiles, MissingOnesAreNamedWithTheFix) {
  EXPECT_ERROR(fashion_mnist("/nowhere"), IoError,
               "Fashion-MNIST: no file train-images-idx3-ubyte[.gz] in /nowhere; install it with "
               "`apt-get install dataset-fashion-mnist` or set LINUM_DATA");
}

TEST_F(FashionMnistFiles, OtherShapesAndLabelsAreRefused) {
  write("train-images-idx3-ubyte", idx({2, 9, 28}));
  EXPECT_ERROR(fashion_mnist(folder), IoError, "expected uint8(n, 28, 28), found uint8(2, 9, 28)");
  write("train-images-idx3-ubyte", idx({3, 28, 28}));
  EXPECT_ERROR(fashion_mnist(folder), IoError,
               "expected uint8(3,), one label per image, found uint8(2,)");
  write("train-images-idx3-ubyte", idx({1, 28, 28}));
  std::string labels = idx({1});
  labels.back() = 10;
  write("train-labels-idx1-ubyte", labels);
  EXPECT_ERROR(fashion_mnist(folder), IoError, "label 0 is 10, expected 0 to 9");
}

TEST(FashionMnist, ThePackageHasTenThousandTestImages) {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist"))
    GTEST_SKIP() << "not installed";
  FashionMnist data = fashion_mnist("/usr/share/datasets/fashion-mnist");
  EXPECT_EQ(data.train.size(), 60000);
  EXPECT_EQ(data.test.size(), 10000);
  EXPECT_EQ(data.train[0].at("label").as<std::int32_t>()[0], 9);  // an ankle boot
}

}  // namespace
}  // namespace linum::data
