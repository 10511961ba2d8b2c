#include "linum/lax/matrices.h"

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/gather_scatter.h"
#include "linum/lax/linalg.h"
#include "linum/lax/structure.h"

namespace linum::lax {

Array product(const Array& x, const Array& y) { return batch_matmul(x, y, Precision::Highest); }

static Array is_diagonal(const Shape& shape) {
  const auto rank = static_cast<std::int64_t>(shape.size());
  return eq(broadcasted_iota(DType::I32, shape, rank - 2),
            broadcasted_iota(DType::I32, shape, rank - 1));
}
Array eye_like(const Array& x) { return convert_element_type(is_diagonal(x.shape()), x.dtype()); }

Array diagonal_of(const Array& x) {
  const std::int64_t k = std::min(x.shape(-1), x.shape(-2));
  const Array square = rows(columns(x, 0, k), 0, k);
  return reduce_sum(select(is_diagonal(square.shape()), square, zeros_like(square)),
                    {x.ndim() - 1});
}
Array with_diagonal(const Array& d) {
  Shape shape = d.shape();
  shape.push_back(shape.back());
  const Array all = broadcast_in_dim(d, shape, iota_axes(d.ndim()));
  return select(is_diagonal(shape), all, zeros_like(all));
}

Array as_rows(const Array& v, const Array& like) {
  Axes axes = iota_axes(v.ndim());
  axes.back() += 1;
  return broadcast_in_dim(v, like.shape(), axes);
}
Array as_columns(const Array& v, const Array& like) {
  return broadcast_in_dim(v, like.shape(), iota_axes(v.ndim()));
}

Array matrix_transpose(const Array& x) {
  Axes order = iota_axes(x.ndim());
  std::swap(order[order.size() - 2], order[order.size() - 1]);
  return transpose(x, order);
}
Array adjoint(const Array& x) {
  const Array t = matrix_transpose(x);
  return is_complex(x.dtype()) ? conj(t) : t;
}

Array take_rows(const Array& x, const Array& indices) {
  const std::int64_t rank = x.ndim();
  const Axes batch = iota_axes(rank - 2);
  Shape window(x.shape().size(), 1);
  window.back() = x.shape(-1);
  return gather(x, expand_dims(indices, {indices.ndim()}),
                {{rank - 1}, {rank - 2}, {rank - 2}, batch, batch}, window);
}

Array rows(const Array& x, std::int64_t start, std::int64_t stop) {
  return slice_in_dim(x, start, stop, 1, x.ndim() - 2);
}
Array columns(const Array& x, std::int64_t start, std::int64_t stop) {
  return slice_in_dim(x, start, stop, 1, x.ndim() - 1);
}

static Array padded(const Array& x, std::int64_t axis, std::int64_t size) {
  if (x.shape(axis) == size) return x;
  std::vector<Padding> padding(x.shape().size());
  padding[static_cast<std::size_t>(axis)].high = size - x.shape(axis);
  return pad(x, make_scalar(0.0, x.dtype()), padding);
}
Array pad_rows(const Array& x, std::int64_t count) { return padded(x, x.ndim() - 2, count); }
Array pad_columns(const Array& x, std::int64_t count) { return padded(x, x.ndim() - 1, count); }

Array symmetrize(const Array& x) { return scaled(add(x, adjoint(x)), 0.5); }
Array scaled(const Array& x, double factor) { return mul(x, make_scalar(factor, x.dtype())); }
Array conjugate(const Array& x) { return is_complex(x.dtype()) ? conj(x) : x; }
Array real_part(const Array& x) { return is_complex(x.dtype()) ? real(x) : x; }
Array integer(std::int64_t i) { return make_integer_scalar(i, DType::I32); }

}  // namespace linum::lax
