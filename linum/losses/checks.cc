#include "linum/losses/checks.h"

namespace linum::losses {

void check_floating(const Array& x, std::string_view who, std::string_view what) {
  if (!is_floating(x.dtype())) {
    throw DTypeError(str_cat(who, " needs floating-point ", what, ", got ", x.aval()));
  }
}

void check_integer(const Array& x, std::string_view who, std::string_view what) {
  if (!is_integer(x.dtype())) {
    throw DTypeError(str_cat(who, " needs integer ", what, ", got ", x.aval()));
  }
}

void check_same_shape(const Array& x, const Array& y, std::string_view who) {
  if (x.shape() != y.shape()) {
    throw ShapeError(str_cat(who, " needs predictions and targets of one shape, got ",
                             to_text(x.shape()), " and ", to_text(y.shape())));
  }
}

}  // namespace linum::losses
