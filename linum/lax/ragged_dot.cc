#include "linum/lax/ragged_dot.h"

#include <algorithm>

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/cumulative.h"
#include "linum/lax/index_checks.h"

namespace linum::lax {
namespace {

enum class Ragged { Free, Contracted, Batch };

// How `dimensions` read for one operand.
struct Side {
  const Axes& contract;
  const Axes& batch;
};

Axes free_axes(std::int64_t rank, const Side& side) {
  Axes out;
  for (std::int64_t i = 0; i < rank; ++i)
    if (!contains(side.contract, i) && !contains(side.batch, i)) out.push_back(i);
  return out;
}

Ragged kind_of(std::int64_t axis, const Side& side) {
  if (contains(side.contract, axis)) return Ragged::Contracted;
  return contains(side.batch, axis) ? Ragged::Batch : Ragged::Free;
}

// The axes that stand outside the ragged one: batch axes, then those of its own kind before it.
Axes outer_axes(std::int64_t rank, std::int64_t ragged, const Side& side) {
  const Ragged kind = kind_of(ragged, side);
  Axes out = kind == Ragged::Batch ? Axes{} : side.batch;
  const Axes own = kind == Ragged::Batch        ? side.batch
                   : kind == Ragged::Contracted ? side.contract
                                                : free_axes(rank, side);
  out.insert(out.end(), own.begin(), std::find(own.begin(), own.end(), ragged));
  return out;
}

// --- checks -----------------------------------------------------------------------------------

[[noreturn]] void refuse(std::string_view what) {
  throw ShapeError(str_cat("ragged_dot_general ", what));
}

void check_group_axis(const Array& rhs, const RaggedDotDimensionNumbers& d, Ragged kind,
                      std::int64_t groups) {
  const Axes& axes = d.rhs_group_dimensions;
  if (kind != Ragged::Free) {
    if (!axes.empty()) refuse("takes no rhs group dimension where the ragged one is not free");
    return;
  }
  if (axes.size() != 1 || axes[0] < 0 || axes[0] >= rhs.ndim()) {
    refuse("requires exactly one rhs group dimension where the lhs ragged dimension is free");
  }
  const DotDimensionNumbers& dot = d.dot_dimension_numbers;
  if (contains(dot.rhs_batch, axes[0]) || contains(dot.rhs_contract, axes[0])) {
    refuse("requires the rhs group dimension to be no contracting or batch dimension");
  }
  if (rhs.shape(axes[0]) == groups) return;
  refuse(str_cat("expected the rhs group dimension to have size ", groups, ", got ",
                 rhs.shape(axes[0])));
}

void check_ragged_axis(const Array& lhs, const RaggedDotDimensionNumbers& d) {
  const Axes& axes = d.lhs_ragged_dimensions;
  if (axes.size() == 1 && axes[0] >= 0 && axes[0] < lhs.ndim()) return;
  refuse(str_cat("expects exactly one lhs ragged dimension, below the rank ", lhs.ndim(), ", got ",
                 to_text(axes)));
}

void check_group_sizes(const Array& sizes, const Shape& outer) {
  if (!is_integer(sizes.dtype())) {
    throw DTypeError(
        str_cat("ragged_dot_general: group sizes must be integers, got ", sizes.aval()));
  }
  if (sizes.ndim() == 0) refuse("expected group sizes of rank 1 or more, got a scalar");
  Shape expected = outer;
  expected.push_back(sizes.shape(-1));
  if (sizes.ndim() == 1 || sizes.shape() == expected) return;
  refuse(str_cat("expected group sizes of shape ", to_text(expected), ", got ",
                 to_text(sizes.shape())));
}

// --- groups as masks --------------------------------------------------------------------------

// x once for each group, in a new first axis, with zeros where another group's elements are along
// `ragged`. `sizes` has the axes `outer` of x, then the groups.
Array expand(const Array& x, std::int64_t ragged, const Array& sizes, const Axes& outer) {
  const std::int64_t group_axis = sizes.ndim() - 1;
  Shape shape = x.shape();
  shape.insert(shape.begin(), sizes.shape(group_axis));
  Axes places = shifted(outer);  // of the axes of sizes in the result
  places.push_back(0);
  const Array ends = cumsum(sizes, group_axis);
  const auto along = [&](const Array& v) {
    const Axes order = [&] {
      Axes by_place = iota_axes(v.ndim());
      std::sort(by_place.begin(), by_place.end(), [&](std::int64_t a, std::int64_t b) {
        return places[static_cast<std::size_t>(a)] < places[static_cast<std::size_t>(b)];
      });
      return by_place;
    }();
    Axes sorted = places;
    std::sort(sorted.begin(), sorted.end());
    return broadcast_in_dim(transpose(v, order), shape, sorted);
  };
  const Array place = broadcasted_iota(sizes.dtype(), shape, ragged + 1);
  const Array mask = bitwise_and(le(along(sub(ends, sizes)), place), lt(place, along(ends)));
  const Array repeated = broadcast_in_dim(x, shape, shifted(iota_axes(x.ndim())));
  return select(mask, repeated, zeros_like(repeated));
}

Axes with_group(Axes axes, std::int64_t group) {
  axes.push_back(group);
  return axes;
}
}  // namespace

Array ragged_dot_general(const Array& lhs, const Array& rhs, const Array& group_sizes,
                         const RaggedDotDimensionNumbers& d, const PrecisionLike& precision,
                         std::optional<DType> preferred_element_type) {
  const DotDimensionNumbers& dot = d.dot_dimension_numbers;
  const Side left{dot.lhs_contract, dot.lhs_batch}, right{dot.rhs_contract, dot.rhs_batch};
  check_ragged_axis(lhs, d);
  const std::int64_t ragged = d.lhs_ragged_dimensions[0];
  const Ragged kind = kind_of(ragged, left);
  const Axes outer = outer_axes(lhs.ndim(), ragged, left);
  check_group_sizes(group_sizes, sizes_at(lhs.shape(), outer));
  check_group_axis(rhs, d, kind, group_sizes.shape(-1));
  const auto product = [&](const Array& l, const Array& r, const DotDimensionNumbers& numbers) {
    return dot_general(l, r, numbers, precision, preferred_element_type);
  };
  if (kind == Ragged::Batch) return product(lhs, rhs, dot);
  const Array sizes =
      group_sizes.ndim() == 1 ? broadcast(group_sizes, sizes_at(lhs.shape(), outer)) : group_sizes;
  const Array grouped = expand(lhs, ragged, sizes, outer);
  if (kind == Ragged::Free) {
    return product(grouped, rhs,
                   {with_group(shifted(dot.lhs_contract), 0),
                    with_group(dot.rhs_contract, d.rhs_group_dimensions[0]), shifted(dot.lhs_batch),
                    dot.rhs_batch});
  }
  const auto pair = std::find(dot.lhs_contract.begin(), dot.lhs_contract.end(), ragged);
  const std::int64_t other =
      dot.rhs_contract[static_cast<std::size_t>(pair - dot.lhs_contract.begin())];
  const Array other_grouped = expand(rhs, other, sizes, outer_axes(rhs.ndim(), other, right));
  return product(grouped, other_grouped,
                 {shifted(dot.lhs_contract), shifted(dot.rhs_contract),
                  shifted_with_front(dot.lhs_batch), shifted_with_front(dot.rhs_batch)});
}

Array ragged_dot(const Array& lhs, const Array& rhs, const Array& group_sizes,
                 const PrecisionLike& precision, std::optional<DType> preferred_element_type) {
  if (lhs.ndim() != 2 || rhs.ndim() != 3) {
    throw ShapeError(str_cat("ragged_dot takes arrays of shapes (m, k) and (g, k, n), got ",
                             to_text(lhs.shape()), " and ", to_text(rhs.shape())));
  }
  return ragged_dot_general(lhs, rhs, group_sizes, {{{1}, {1}, {}, {}}, {0}, {0}}, precision,
                            preferred_element_type);
}

}  // namespace linum::lax
