// jax.numpy: dtypes.
#include "linum/np/np.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

PARITY("numpy.astype", [](const Tree& in) { return np::astype(in[0], int32); });
PARITY("numpy.result_type",
       [](const Tree& in) { return np::zeros({}, np::result_type(in[0].array(), in[1].array())); });
PARITY("numpy.promote_types",
       [](const Tree&) { return np::zeros({}, np::promote_types(int32, bfloat16)); });
PARITY("numpy.issubdtype", [](const Tree&) {
  return np::array({np::issubdtype(float32, np::floating), np::issubdtype(int32, np::floating)});
});
PARITY("numpy.iscomplexobj",
       [](const Tree& in) { return np::asarray(np::iscomplexobj(in[0].array())); });

PARITY("numpy.isrealobj", [](const Tree& in) { return np::asarray(np::isrealobj(in[0].array())); });
PARITY("numpy.isscalar", [](const Tree&) {
  return np::array({np::isscalar(1.5), np::isscalar(np::ones({2}))});
});
PARITY("numpy.can_cast", [](const Tree&) {
  return np::array({np::can_cast(int32, float64), np::can_cast(int32, float32),
                    np::can_cast(int8, bfloat16), np::can_cast(float32, int32)});
});
PARITY("numpy.isdtype", [](const Tree&) {
  return np::array({np::isdtype(bfloat16, "real floating"), np::isdtype(int8, "numeric"),
                    np::isdtype(int8, "unsigned integer")});
});

}  // namespace
}  // namespace linum
