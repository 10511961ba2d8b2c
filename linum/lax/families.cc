#include "linum/lax/families.h"

#include "linum/core/program.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/memory.h"
#include "linum/lax/structure.h"

namespace linum::lax {

static bool real_number(DType d) { return is_integer(d) || is_floating(d); }
const Accepts kAnyDType{[](DType) { return true; }, "any dtype"};
const Accepts kNumber{[](DType d) { return !is_bool(d); }, "integer, floating or complex dtypes"};
const Accepts kReal{real_number, "integer or floating dtypes"};
const Accepts kInexact{is_inexact, "floating or complex dtypes"};
const Accepts kFloating{is_floating, "floating dtypes"};
const Accepts kComplex{is_complex, "complex dtypes"};
const Accepts kInteger{is_integer, "integer dtypes"};
const Accepts kBits{[](DType d) { return is_bool(d) || is_integer(d); }, "bool or integer dtypes"};
const Accepts kOrdered{[](DType d) { return !is_complex(d); }, "bool, integer or floating dtypes"};

// --- structural -------------------------------------------------------------------------------

Array Structural::again(const Array& x) const {
  return bind1(Ref<const Primitive>(this), std::span<const Array>(&x, 1));
}

JvpResult Structural::jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const {
  return {{again(primals[0])}, {again(tangents[0])}};
}

std::vector<Tangent> Structural::transpose(std::span<const Tangent> cts,
                                           std::span<const Operand> operands) const {
  return {pull_back(cts[0], operands[0].aval)};
}

Batched Structural::batch(const BatchAxis& axis, std::span<const Array> operands,
                          std::span<const std::int64_t> dims) const {
  return {{batch_front(move_batch_axis(operands[0], axis.size, dims[0], 0), axis.size)}, {0}};
}

// --- flat -------------------------------------------------------------------------------------

JvpResult Flat::jvp(std::span<const Array> primals, std::span<const Tangent>) const {
  std::vector<Array> results = linum::bind(Ref<const Primitive>(this), primals);
  const std::size_t count = results.size();
  return {std::move(results), std::vector<Tangent>(count)};
}

std::vector<Tangent> Flat::transpose(std::span<const Tangent>, std::span<const Operand>) const {
  refuse_transpose(*this);
}

// --- helpers ----------------------------------------------------------------------------------

static Array add_batch_axis(const Array& x, std::int64_t size, std::int64_t to) {
  Shape shape = x.shape();
  shape.insert(shape.begin() + to, size);
  Axes dimensions;
  for (std::int64_t i = 0; i < x.ndim(); ++i) dimensions.push_back(i < to ? i : i + 1);
  return broadcast_in_dim(x, shape, dimensions);
}

Array move_batch_axis(const Array& x, std::int64_t size, std::int64_t dim, std::int64_t to) {
  if (dim == kNotBatched) return add_batch_axis(x, size, to);
  if (dim == to) return x;
  Axes permutation = iota_axes(x.ndim());
  permutation.erase(permutation.begin() + dim);
  permutation.insert(permutation.begin() + to, dim);
  return transpose(x, permutation);
}

Tangent add_tangents(const Tangent& a, const Tangent& b) {
  if (!a.defined()) return b;
  if (!b.defined()) return a;
  return add(a, b);
}

Array instantiate(const Tangent& t, const Aval& like) {
  return t.defined() ? t : device_put(zeros(like.shape(), like.dtype()), like.memory());
}

bool has_tangent(const Aval& aval) { return is_inexact(aval.dtype()); }

std::vector<Tangent> refuse_transpose(const Primitive& primitive) {
  throw TransformError(str_cat(primitive.name(),
                               " is not linear, so it has no transpose. A function given to "
                               "linear_transpose, or a hand-written tangent, must be linear in "
                               "what it is transposed for."));
}

void check_arity(const Primitive& primitive, std::span<const Aval> operands, std::size_t count) {
  if (operands.size() == count) return;
  throw ShapeError(
      str_cat(primitive.name(), " takes ", count, " operands, got ", operands.size(), "."));
}

void refuse_dtype(const Primitive& primitive, const Aval& aval, std::string_view accepted) {
  throw DTypeError(str_cat(primitive.name(), " does not accept dtype ", name_of(aval.dtype()),
                           "; it accepts ", accepted, "."));
}

bool any_defined(std::span<const Tangent> tangents) {
  for (const Tangent& t : tangents)
    if (t.defined()) return true;
  return false;
}

}  // namespace linum::lax
