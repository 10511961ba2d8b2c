// AxisArg: the `axis` argument of NumPy's functions: none, one axis, or several.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>

#include "linum/base/error.h"
#include "linum/base/shape.h"

namespace linum::np {

// np::sum(x, 0), np::sum(x, {0, -1}), np::sum(x, std::nullopt); nothing means all axes.
class AxisArg {
 public:
  AxisArg() = default;
  AxisArg(std::nullopt_t) {}
  AxisArg(std::integral auto axis) : axes_(Axes{static_cast<std::int64_t>(axis)}) {}
  AxisArg(std::initializer_list<std::int64_t> axes) : axes_(axes) {}
  AxisArg(Axes axes) : axes_(std::move(axes)) {}
  AxisArg(std::optional<std::int64_t> axis) {
    if (axis) axes_ = Axes{*axis};
  }

  bool has_value() const { return axes_.has_value(); }
  // Axes from 0 to rank - 1 in the given order, all of them for none; throws ShapeError naming
  // `what` for an axis out of range or named twice.
  Axes resolve(std::int64_t rank, std::string_view what) const {
    return axes_ ? normalize_axes(*axes_, rank, what) : iota_axes(rank);
  }
  // As given, for what has its own sense of range; throws ValueError for none.
  const Axes& listed(std::string_view what) const {
    if (!axes_) throw ValueError(str_cat(what, " needs an axis"));
    return *axes_;
  }

 private:
  std::optional<Axes> axes_;
};

// First member of option structs: they are written with names only, `{.axis = 0}`, so that the list
// `{0, 1}` is never mistaken for options.
struct NamedOnly {
  constexpr NamedOnly() {}
};

}  // namespace linum::np
