#include "linum/base/error.h"

#include <gtest/gtest.h>

#include "linum/base/dtype.h"
#include "linum/base/shape.h"

namespace linum {
namespace {

TEST(Concat, JoinsStringsNumbersShapesAndTypes) {
  EXPECT_EQ(concat("got ", 3, " of ", Shape{2, 3}, ' ', DType::F32, std::string("!")),
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
