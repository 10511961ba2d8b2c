// dot_general: contraction of two arrays over some axes, in parallel over others.
#include <array>
#include <utility>

#include "linum/lax/arithmetic.h"
#include "linum/lax/dot_algorithm.h"
#include "linum/lax/families.h"
#include "linum/lax/structure.h"

namespace linum::lax {

namespace {

// The axes of an operand that are neither batch nor contracted.
Axes free_axes(std::int64_t rank, const Axes& contract, const Axes& batch) {
  Axes out;
  for (std::int64_t i = 0; i < rank; ++i)
    if (!contains(contract, i) && !contains(batch, i)) out.push_back(i);
  return out;
}

// first, first + 1, ...: `count` of them.
Axes range(std::int64_t first, std::size_t count) {
  Axes out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(first + static_cast<std::int64_t>(i));
  return out;
}

// Axes of an operand after one more was put at `dim`.
Axes shift_past(const Axes& axes, std::int64_t dim) {
  Axes out;
  for (std::int64_t axis : axes) out.push_back(axis < dim ? axis : axis + 1);
  return out;
}

std::int64_t count_below(const Axes& axes, std::int64_t bound) {
  std::int64_t n = 0;
  for (std::int64_t axis : axes) n += axis < bound;
  return n;
}

class DotGeneral final : public Primitive {
 public:
  DotGeneral(DotDimensionNumbers d, PrecisionLike precision, std::optional<DType> preferred)
      : d_(std::move(d)), precision_(precision), preferred_(preferred) {}
  std::string_view name() const override { return "dot_general"; }
  void params(ParamSink& sink) const override {
    sink("dimension_numbers", dimension_numbers_text());
    sink("precision", precision_.to_string());
    sink("preferred_element_type", preferred_ ? name_of(*preferred_) : "None");
  }

  std::vector<Aval> infer(std::span<const Aval> operands) const override;
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override;
  std::vector<Tangent> transpose(std::span<const Tangent> cts,
                                 std::span<const Operand> operands) const override;
  Batched batch(const BatchAxis& axis, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override;
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override;

 private:
  std::string dimension_numbers_text() const {
    return str_cat("(([", join(d_.lhs_contract), "], [", join(d_.rhs_contract), "]), ([",
                   join(d_.lhs_batch), "], [", join(d_.rhs_batch), "]))");
  }
  void check_axes(const Aval& x, const Axes& contract, const Axes& batch,
                  std::string_view side) const;
  void check_pairs(const Aval& lhs, const Aval& rhs, const Axes& l, const Axes& r,
                   std::string_view kind) const;
  DType result_dtype(DType lhs, DType rhs) const;
  Tangent pull_back(const Tangent& ct, const Aval& x, const Array& y, const Axes& x_contract,
                    const Axes& x_batch, const Axes& y_contract, const Axes& y_batch,
                    bool x_is_rhs) const;

  DotDimensionNumbers d_;
  PrecisionLike precision_;
  std::optional<DType> preferred_;
};

void DotGeneral::check_axes(const Aval& x, const Axes& contract, const Axes& batch,
                            std::string_view side) const {
  std::vector<bool> seen(x.shape().size());
  for (const Axes* axes : {&contract, &batch}) {
    for (std::int64_t axis : *axes) {
      if (axis >= 0 && axis < x.rank() && !seen[static_cast<std::size_t>(axis)]) {
        seen[static_cast<std::size_t>(axis)] = true;
        continue;
      }
      throw ShapeError(str_cat("dot_general requires distinct ", side,
                               " contracting and batch dimensions below its rank; got ",
                               dimension_numbers_text(), " for ", side, " shape ",
                               to_text(x.shape()), "."));
    }
  }
}

void DotGeneral::check_pairs(const Aval& lhs, const Aval& rhs, const Axes& l, const Axes& r,
                             std::string_view kind) const {
  bool good = l.size() == r.size();
  for (std::size_t i = 0; good && i < l.size(); ++i) good = lhs.dim(l[i]) == rhs.dim(r[i]);
  if (good) return;
  throw ShapeError(str_cat("dot_general requires ", kind,
                           " dimensions to have the same sizes, got ", to_text(lhs.shape()),
                           " over ", to_text(l), " and ", to_text(rhs.shape()), " over ",
                           to_text(r), "."));
}

// The wider of two dtypes that a product can mix, as XLA orders them: complex above real, then the
// exponent's range, then the mantissa, then the width; signed above unsigned.
using Width = std::array<int, 5>;
Width width_of(DType d) {
  DType part = real_part_of(d);
  auto [exponent, mantissa] = [&]() -> std::pair<int, int> {
    switch (part) {
      case DType::F64:
        return {1024, 52};
      case DType::F32:
        return {128, 23};
      case DType::BF16:
        return {128, 7};
      case DType::F16:
        return {16, 10};
      case DType::F8E5M2:
      case DType::F8E5M2FNUZ:
        return {16, 2};
      case DType::F8E4M3FN:
        return {9, 3};
      case DType::F8E4M3FNUZ:
        return {8, 3};
      case DType::F8E4M3B11FNUZ:
        return {5, 3};
      default:
        return {-1, -1};
    }
  }();
  int bits = is_bool(part) ? 1 : static_cast<int>(8 * item_size(part));
  return {is_complex(d), exponent, mantissa, bits, !is_unsigned_int(part)};
}

DType DotGeneral::result_dtype(DType lhs, DType rhs) const {
  Width l = width_of(lhs), r = width_of(rhs);
  if (l == r && lhs != rhs) {
    throw DTypeError(str_cat("dot_general cannot mix dtypes ", name_of(lhs), " and ", name_of(rhs),
                             ". (Tip: lax::convert_element_type.)"));
  }
  DType wider = l < r ? rhs : lhs;
  if (!preferred_) return wider;
  if (!is_floating(wider) && item_size(*preferred_) < item_size(wider)) {
    throw DTypeError(
        str_cat("dot_general: preferred_element_type must not be narrower than the "
                "operands, got ",
                name_of(*preferred_), " for ", name_of(wider), "."));
  }
  return *preferred_;
}

std::vector<Aval> DotGeneral::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 2);
  const Aval &lhs = operands[0], &rhs = operands[1];
  check_axes(lhs, d_.lhs_contract, d_.lhs_batch, "lhs");
  check_axes(rhs, d_.rhs_contract, d_.rhs_batch, "rhs");
  check_pairs(lhs, rhs, d_.lhs_contract, d_.rhs_contract, "contracting");
  check_pairs(lhs, rhs, d_.lhs_batch, d_.rhs_batch, "batch");
  Shape shape;
  for (std::int64_t axis : d_.lhs_batch) shape.push_back(lhs.dim(axis));
  for (std::int64_t axis : free_axes(lhs.rank(), d_.lhs_contract, d_.lhs_batch))
    shape.push_back(lhs.dim(axis));
  for (std::int64_t axis : free_axes(rhs.rank(), d_.rhs_contract, d_.rhs_batch))
    shape.push_back(rhs.dim(axis));
  bool weak = !preferred_ && lhs.weak() && rhs.weak();
  return {Aval(result_dtype(lhs.dtype(), rhs.dtype()), std::move(shape), weak)};
}

JvpResult DotGeneral::jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const {
  auto dot = [&](const Array& l, const Array& r) {
    return dot_general(l, r, d_, precision_, preferred_);
  };
  Tangent t;
  if (tangents[0].defined()) t = dot(tangents[0], primals[1]);
  if (tangents[1].defined()) t = add_tangents(t, dot(primals[0], tangents[1]));
  return {{dot(primals[0], primals[1])}, {t}};
}

// The cotangent of operand x: ct contracted with y over y's free axes, then put in x's order.
Tangent DotGeneral::pull_back(const Tangent& ct, const Aval& x, const Array& y,
                              const Axes& x_contract, const Axes& x_batch, const Axes& y_contract,
                              const Axes& y_batch, bool x_is_rhs) const {
  Axes x_free = free_axes(x.rank(), x_contract, x_batch);
  Axes y_free = free_axes(y.ndim(), y_contract, y_batch);
  auto batch = static_cast<std::int64_t>(x_batch.size());
  std::int64_t y_start = x_is_rhs ? batch : batch + static_cast<std::int64_t>(x_free.size());
  DotDimensionNumbers back{range(y_start, y_free.size()), y_free, range(0, x_batch.size()),
                           y_batch};
  Array product = dot_general(ct, y, back, precision_, preferred_);

  // What is left of y comes in y's order of the contracted axes.
  Axes order = x_batch;
  order.insert(order.end(), x_free.begin(), x_free.end());
  for (std::int64_t y_axis = 0; y_axis < y.ndim(); ++y_axis) {
    for (std::size_t i = 0; i < y_contract.size(); ++i)
      if (y_contract[i] == y_axis) order.push_back(x_contract[i]);
  }
  return convert_element_type(lax::transpose(product, inverse_permutation(order)), x.dtype());
}

std::vector<Tangent> DotGeneral::transpose(std::span<const Tangent> cts,
                                           std::span<const Operand> operands) const {
  const Operand &lhs = operands[0], &rhs = operands[1];
  if (lhs.is_linear() && rhs.is_linear()) refuse_transpose(*this);
  if (lhs.is_linear()) {
    return {pull_back(cts[0], lhs.aval, rhs.value, d_.lhs_contract, d_.lhs_batch, d_.rhs_contract,
                      d_.rhs_batch, false),
            {}};
  }
  return {{},
          pull_back(cts[0], rhs.aval, lhs.value, d_.rhs_contract, d_.rhs_batch, d_.lhs_contract,
                    d_.lhs_batch, true)};
}

// A batch of both operands is one more batch dimension, in front; of one operand, one of its free
// axes.
Batched DotGeneral::batch(const BatchAxis&, std::span<const Array> operands,
                          std::span<const std::int64_t> dims) const {
  std::int64_t l = dims[0], r = dims[1], at = 0;
  DotDimensionNumbers d = d_;
  auto count = [](const Axes& axes) { return static_cast<std::int64_t>(axes.size()); };
  if (l != kNotBatched) {
    d.lhs_contract = shift_past(d_.lhs_contract, l);
    d.lhs_batch = shift_past(d_.lhs_batch, l);
  }
  if (r != kNotBatched) {
    d.rhs_contract = shift_past(d_.rhs_contract, r);
    d.rhs_batch = shift_past(d_.rhs_batch, r);
  }
  if (l != kNotBatched && r != kNotBatched) {
    d.lhs_batch.insert(d.lhs_batch.begin(), l);
    d.rhs_batch.insert(d.rhs_batch.begin(), r);
  } else if (l != kNotBatched) {
    at = count(d.lhs_batch) +
         count_below(free_axes(operands[0].ndim(), d.lhs_contract, d.lhs_batch), l);
  } else {
    at = operands[0].ndim() - count(d.lhs_contract) +
         count_below(free_axes(operands[1].ndim(), d.rhs_contract, d.rhs_batch), r);
  }
  return {{dot_general(operands[0], operands[1], d, precision_, preferred_)}, {at}};
}

// The dtypes to compute in; without an algorithm XLA's kernels take one dtype (two of float8).
static DotTypes types_of(const PrecisionLike& precision, DType l, DType r, DType result) {
  if (precision.is_algorithm()) return dot_types(precision, l, r, result);
  const bool mixed = l != r && !(is_storage_only(l) && is_storage_only(r));
  return {mixed ? result : l, mixed ? result : r, result};
}

static std::string precision_attributes(const PrecisionLike& precision, const DotTypes& types) {
  if (precision.is_algorithm()) return dot_algorithm_attribute(precision, types.lhs, types.rhs);
  const std::string one = str_cat("#stablehlo<precision ", precision.to_string(), ">");
  return str_cat("precision_config = [", one, ", ", one, "]");
}

std::vector<Ssa> DotGeneral::lower(Emitter& e, std::span<const Ssa> operands,
                                   std::span<const Aval> results) const {
  check_dot_algorithm(precision_, e.platform());
  const Ssa &lhs = operands[0], &rhs = operands[1];
  const DotTypes types =
      types_of(precision_, lhs.aval.dtype(), rhs.aval.dtype(), results[0].dtype());
  const std::string precision = precision_attributes(precision_, types);
  const Ssa inputs[] = {convert_ssa(e, lhs, types.lhs), convert_ssa(e, rhs, types.rhs)};
  const Ssa product = e.op1(
      "stablehlo.dot_general", inputs,
      str_cat("dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = ",
              mlir_list(d_.lhs_batch), ", rhs_batching_dimensions = ", mlir_list(d_.rhs_batch),
              ", lhs_contracting_dimensions = ", mlir_list(d_.lhs_contract),
              ", rhs_contracting_dimensions = ", mlir_list(d_.rhs_contract), ">",
              precision.empty() ? "" : ", ", precision),
      results[0].with_dtype(types.product));
  return {convert_ssa(e, product, results[0].dtype())};
}

}  // namespace

Array dot_general(const Array& lhs, const Array& rhs, const DotDimensionNumbers& dimensions,
                  const PrecisionLike& precision, std::optional<DType> preferred_element_type) {
  DotDimensionNumbers d{normalize_axes(dimensions.lhs_contract, lhs.ndim(), "dot_general lhs"),
                        normalize_axes(dimensions.rhs_contract, rhs.ndim(), "dot_general rhs"),
                        normalize_axes(dimensions.lhs_batch, lhs.ndim(), "dot_general lhs"),
                        normalize_axes(dimensions.rhs_batch, rhs.ndim(), "dot_general rhs")};
  return bind1<DotGeneral>({lhs, rhs}, std::move(d), precision_or_default(precision),
                           preferred_element_type);
}

Array dot(const Array& lhs, const Array& rhs, const PrecisionLike& precision,
          std::optional<DType> preferred_element_type) {
  auto simple = [](const Array& x) { return x.ndim() == 1 || x.ndim() == 2; };
  if (!simple(lhs) || !simple(rhs) || lhs.shape(-1) != rhs.shape(0)) {
    throw ShapeError(
        str_cat("dot takes vectors and matrices, the last axis of lhs of one size with "
                "the first of rhs; got ",
                to_text(lhs.shape()), " and ", to_text(rhs.shape()),
                ". (Tip: dot_general names the axes.)"));
  }
  return dot_general(lhs, rhs, {{lhs.ndim() - 1}, {0}, {}, {}}, precision, preferred_element_type);
}

Array batch_matmul(const Array& lhs, const Array& rhs, const PrecisionLike& precision) {
  if (lhs.ndim() < 2 || lhs.ndim() != rhs.ndim()) {
    throw ShapeError(str_cat("batch_matmul takes two arrays of one rank, at least 2; got shapes ",
                             to_text(lhs.shape()), " and ", to_text(rhs.shape()), "."));
  }
  Axes batch = iota_axes(lhs.ndim() - 2);
  return dot_general(lhs, rhs, {{lhs.ndim() - 1}, {rhs.ndim() - 2}, batch, batch}, precision);
}

}  // namespace linum::lax
