#include "linum/nn/dtypes.h"

#include "linum/lax/arithmetic.h"

namespace linum::nn {

static DType inferred_dtype(std::span<const Array> args, bool inexact) {
  std::optional<Promoted> all;
  for (const Array& x : args) {
    if (!x.defined()) continue;
    all = all ? promote(all->dtype, all->weak, x.dtype(), x.weak()) : Promoted{x.dtype(), x.weak()};
  }
  DType dtype = all ? all->dtype : DType::F32;
  return inexact && !is_inexact(dtype) ? promote_types(DType::F32, dtype) : dtype;
}

DType canonicalize_dtype(std::span<const Array> args, std::optional<DType> dtype, bool inexact) {
  DType chosen = dtype ? *dtype : inferred_dtype(args, inexact);
  if (inexact && !is_inexact(chosen)) {
    throw ValueError(
        str_cat("Dtype must be inexact: ", chosen, "; give the layer a floating or complex dtype"));
  }
  return chosen;
}

void promote_dtype(std::initializer_list<Array*> args, std::optional<DType> dtype, bool inexact) {
  std::vector<Array> values;
  for (Array* x : args) values.push_back(*x);
  DType chosen = canonicalize_dtype(values, dtype, inexact);
  for (Array* x : args) {
    if (x->defined()) *x = lax::convert_element_type(*x, chosen);
  }
}

}  // namespace linum::nn
