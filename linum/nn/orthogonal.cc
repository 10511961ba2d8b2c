// Orthogonal initializers (jax.nn.initializers).
#include "linum/lax/lax.h"
#include "linum/nn/initializers.h"
#include "linum/np/np.h"
#include "linum/random/random.h"

namespace linum::nn::initializers {

static Array orthogonal_array(const Array& key, const Shape& shape, DType dtype, double scale,
                              std::int64_t column_axis) {
  auto rank = static_cast<std::int64_t>(shape.size());
  if (rank < 2) {
    throw ShapeError(str_cat("orthogonal initializer requires at least a 2D shape, got ", shape));
  }
  Shape rows = shape;
  auto axis = rows.begin() + (column_axis < 0 ? column_axis + rank : column_axis);
  std::int64_t columns = *axis, count = 1;
  rows.erase(axis);
  for (std::int64_t d : rows) count *= d;
  if (count * columns == 0) return lax::zeros(shape, dtype);
  rows.push_back(columns);
  Array q = np::reshape(random::orthogonal(key, count, {}, dtype, columns), rows);
  return np::multiply(np::moveaxis(q, -1, column_axis), scale);
}

Initializer orthogonal(double scale, std::int64_t column_axis, DType dtype) {
  auto init = [=](const Array& key, const Shape& shape, DType dtype) {
    return orthogonal_array(key, shape, dtype, scale, column_axis);
  };
  return {init, dtype};
}

static Array delta_orthogonal_array(const Array& key, const Shape& shape, DType dtype, double scale,
                                    std::int64_t column_axis) {
  std::size_t rank = shape.size();
  if (rank < 3 || rank > 5) {
    throw ShapeError(
        str_cat("Delta orthogonal initializer requires a 3D, 4D or 5D shape, got ", shape));
  }
  if (shape[rank - 1] < shape[rank - 2]) {
    throw ShapeError(
        str_cat("Delta orthogonal initializer needs as many outputs as inputs at "
                "least: `fan_in` must be less or equal than `fan_out`, got ",
                shape));
  }
  Array matrix =
      orthogonal_array(key, {shape[rank - 2], shape[rank - 1]}, dtype, scale, column_axis);
  std::vector<lax::Padding> around(rank);
  Shape one = matrix.shape();
  for (std::size_t i = 0; i + 2 < rank; ++i) {
    one.insert(one.begin(), 1);
    std::int64_t before = (shape[i] - 1) / 2;
    around[i] = {before, shape[i] - 1 - before, 0};
  }
  return lax::pad(lax::reshape(matrix, one), lax::zeros({}, dtype), around);
}

Initializer delta_orthogonal(double scale, std::int64_t column_axis, DType dtype) {
  auto init = [=](const Array& key, const Shape& shape, DType dtype) {
    return delta_orthogonal_array(key, shape, dtype, scale, column_axis);
  };
  return {init, dtype};
}

}  // namespace linum::nn::initializers
