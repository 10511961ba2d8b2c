// Comparing arrays in tests: dtype, shape and every number.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "linum/base/testing.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/ramp_test.h"
#include "linum/np/np.h"

namespace linum {

// Equal, NaN to NaN, in dtype and shape too; floats within rtol of the larger ones.
inline void expect_array(const Array& got, const Array& want, double rtol = 0) {
  ASSERT_EQ(to_text(got.aval().strong()), to_text(want.aval().strong())) << got << "\n" << want;
  const Array close =
      rtol == 0 ? np::array_equal(got, want, is_inexact(want.dtype()))
                : np::allclose(got, want, {.rtol = rtol, .atol = 1e-6, .equal_nan = true});
  EXPECT_TRUE(close.item<bool>()) << "got\n" << got << "\nwant\n" << want;
}

}  // namespace linum
