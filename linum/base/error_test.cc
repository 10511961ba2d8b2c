#include "linum/base/error.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "linum/base/dtype.h"
#include "linum/base/shape.h"
#include "linum/base/testing.h"

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

TEST(ExpectError, FailsWithoutTheErrorItsTypeOrItsText) {
  EXPECT_ERROR(throw ShapeError("of shape (3,)"), ShapeError, "(3,)");
  EXPECT_NONFATAL_FAILURE(EXPECT_ERROR(static_cast<void>(0), ShapeError, ""),
                          "expected ShapeError, got: no error");
  EXPECT_NONFATAL_FAILURE(EXPECT_ERROR(throw ValueError("is 3"), ShapeError, "is 3"),
                          "expected ShapeError, got: is 3");
  EXPECT_NONFATAL_FAILURE(EXPECT_ERROR(throw ShapeError("is 3"), ShapeError, "is 4"),
                          "expected: is 4");
}

}  // namespace
}  // namespace linum
