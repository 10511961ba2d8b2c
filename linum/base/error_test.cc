#include "linum/base/error.h"

#include <gtest/gtest.h>

#include "linum/base/dtype.h"
#include "linum/base/shape.h"

namespace linum {
namespace {

TEST(StrCat, WritesNumbersAsToStringDoes) {
  EXPECT_EQ(str_cat(std::int8_t{-1}, ' ', 7u, ' ', true, ' ', 0.5, ' ', 2.0f),
            "-1 7 1 0.500000 2.000000");
  EXPECT_EQ(str_cat(std::string_view("a"), std::uint64_t{18446744073709551615u}),
            "a18446744073709551615");
}

TEST(StrCat, JoinsStringsNumbersShapesAndTypes) {
  EXPECT_EQ(str_cat("got ", 3, " of ", Shape{2, 3}, ' ', DType::F32, std::string("!")),
            "got 3 of (2, 3) float32!");
}

template <class E>
void expect_error_kind() {
  try {
    throw E("what happened");
  } catch (const Error& e) {  // one handler catches everything that Linum throws
    EXPECT_STREQ(e.what(), "what happened");
    return;
  }
  FAIL();
}

TEST(Error, IsTheRootOfEveryKind) {
  expect_error_kind<ShapeError>();
  expect_error_kind<DTypeError>();
  expect_error_kind<ValueError>();
  expect_error_kind<TreeError>();
  expect_error_kind<ConcretizationError>();
  expect_error_kind<LeakedTracerError>();
  expect_error_kind<TransformError>();
  expect_error_kind<PluginError>();
  expect_error_kind<DeletedBufferError>();
  expect_error_kind<IoError>();
  expect_error_kind<InternalError>();
}

}  // namespace
}  // namespace linum
