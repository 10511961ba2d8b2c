// The binary family: what Binary shares, and binary() that makes one from its rules.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/structure.h"

namespace linum::lax {

static void check_shapes(const Primitive& op, const Aval& x, const Aval& y) {
  if (x.shape() == y.shape() || x.rank() == 0 || y.rank() == 0) return;
  throw ShapeError(str_cat(op.name(), " got incompatible shapes ", to_text(x.shape()), " and ",
                           to_text(y.shape()),
                           ": they must be equal, or one of them (). (Tip: the functions of "
                           "linum::np broadcast; here use lax::broadcast_in_dim.)"));
}

void Binary::check_dtypes(const Aval& x, const Aval& y) const {
  for (const Aval& operand : {x, y})
    if (!accepts().test(operand.dtype())) refuse_dtype(*this, operand, accepts().words);
  if (x.dtype() == y.dtype()) return;
  throw DTypeError(str_cat(name(), " requires arguments to have equal dtypes, got ",
                           name_of(x.dtype()), ", ", name_of(y.dtype()),
                           ". (Tip: the functions of linum::np promote; here use "
                           "lax::convert_element_type.)"));
}

std::vector<Aval> Binary::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 2);
  const Aval &x = operands[0], &y = operands[1];
  check_dtypes(x, y);
  check_shapes(*this, x, y);
  const Aval& larger = x.rank() == 0 ? y : x;
  DType dtype = result_dtype(x.dtype());
  bool weak = x.weak() && y.weak() && !is_bool(dtype);
  return {Aval(dtype, larger.shape(), weak)};
}

static Array broadcast_to(const Array& x, const Shape& shape) {
  return x.shape() == shape ? x : broadcast_in_dim(x, shape, {});
}

JvpResult Binary::jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const {
  Array result = bind1(Ref<const Primitive>(this), primals);
  Tangent sum;
  for (int side : {0, 1}) {
    const Tangent& t = tangents[static_cast<std::size_t>(side)];
    if (t.defined()) sum = add_tangents(sum, derivative(side, primals[0], primals[1], result, t));
  }
  if (sum.defined()) sum = broadcast_to(sum, result.shape());
  return {{result}, {sum}};
}

Tangent Binary::pull_back(int, const Tangent&, const Array&) const {
  refuse_transpose(*this);
  return {};
}

// The cotangent of an operand that was broadcast from rank 0.
static Tangent unbroadcast(const Tangent& ct, const Aval& operand) {
  if (!ct.defined() || ct.shape() == operand.shape()) return ct;
  return reduce_sum(ct, iota_axes(ct.ndim()));
}

std::vector<Tangent> Binary::transpose(std::span<const Tangent> cts,
                                       std::span<const Operand> operands) const {
  std::vector<Tangent> out(2);
  for (std::size_t side : {0u, 1u}) {
    if (!operands[side].is_linear()) continue;
    Tangent ct = pull_back(static_cast<int>(side), cts[0], operands[1 - side].value);
    out[side] = unbroadcast(ct, operands[side].aval);
  }
  return out;
}

// Rank of the operand without its batch axis.
static std::int64_t example_rank(const Array& x, std::int64_t dim) {
  return x.ndim() - (dim == kNotBatched ? 0 : 1);
}

// x with its batch axis at `to`, in the shape of a batch of rank-`rank` examples; an unbatched
// scalar stays one.
static Array align(const Array& x, std::int64_t dim, std::int64_t to, const Shape& shape) {
  auto rank = static_cast<std::int64_t>(shape.size()) - 1;
  std::int64_t size = shape[static_cast<std::size_t>(to)];
  std::int64_t own = example_rank(x, dim);
  if (own == rank) return move_batch_axis(x, size, dim, to);
  return dim == kNotBatched ? x : broadcast_in_dim(x, shape, {to});
}

Batched Binary::batch(const BatchAxis&, std::span<const Array> operands,
                      std::span<const std::int64_t> dims) const {
  std::int64_t ranks[] = {example_rank(operands[0], dims[0]), example_rank(operands[1], dims[1])};
  std::size_t larger = ranks[1] > ranks[0] || (ranks[1] == ranks[0] && dims[0] == kNotBatched);
  if (dims[larger] == kNotBatched) {  // only the smaller one is batched: the batch goes in front
    std::size_t smaller = 1 - larger;
    Shape shape = operands[larger].shape();
    shape.insert(shape.begin(), operands[smaller].shape(dims[smaller]));
    Array both[2];
    for (std::size_t i : {0u, 1u}) both[i] = align(operands[i], dims[i], 0, shape);
    return {{bind1(Ref<const Primitive>(this), both)}, {0}};
  }
  std::int64_t to = dims[larger];
  Array both[2];
  for (std::size_t i : {0u, 1u})
    both[i] = align(operands[i], dims[i], to, operands[larger].shape());
  return {{bind1(Ref<const Primitive>(this), both)}, {to}};
}

std::vector<Ssa> Binary::lower(Emitter& e, std::span<const Ssa> operands,
                               std::span<const Aval> results) const {
  Ssa both[2];
  for (std::size_t i : {0u, 1u}) both[i] = broadcast_ssa(e, operands[i], results[0].shape());
  std::string_view op = stablehlo();
  if (op.find('.') != op.npos) return {e.op1(op, both, "", results[0])};
  if (results[0].dtype() == both[0].aval.dtype()) return {e.elementwise(op, both, results[0])};
  return {e.op1(str_cat("stablehlo.", op), both, "", results[0])};
}

namespace {

class BinaryFromRules final : public Binary {
 public:
  BinaryFromRules(std::string_view name, std::string_view op, const Accepts& accepts,
                  BinaryDerivative along_x, BinaryDerivative along_y, BinaryExtras extras)
      : name_(name), op_(op), accepts_(accepts), along_{along_x, along_y}, extras_(extras) {}

  std::string_view name() const override { return name_; }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    if (!extras_.composed) return Binary::lower(e, operands, results);
    auto f = [this](std::span<const Array> x) { return std::vector{extras_.composed(x[0], x[1])}; };
    return lower_composed(e, f, operands);
  }

 protected:
  const Accepts& accepts() const override { return accepts_; }
  std::string_view stablehlo() const override { return op_; }
  Tangent derivative(int side, const Array& x, const Array& y, const Array& result,
                     const Tangent& t) const override {
    BinaryDerivative d = along_[side];
    return d ? d(x, y, result, t) : Tangent();
  }
  Tangent pull_back(int side, const Tangent& ct, const Array& other) const override {
    if (!extras_.pull_back) refuse_transpose(*this);
    return extras_.pull_back(side, ct, other);
  }
  DType result_dtype(DType d) const override { return extras_.result ? extras_.result(d) : d; }

 private:
  std::string_view name_, op_;
  const Accepts& accepts_;
  BinaryDerivative along_[2];
  BinaryExtras extras_;
};

}  // namespace

Ref<const Primitive> binary(std::string_view name, std::string_view stablehlo,
                            const Accepts& accepts, BinaryDerivative along_x,
                            BinaryDerivative along_y, BinaryExtras extras) {
  return Ref<const Primitive>(
      new BinaryFromRules(name, stablehlo, accepts, along_x, along_y, extras));
}

// A weak rank-0 operand may yield; whether it can hold the other's kind is promotion's to say.
static Array yield_to(const Array& x, const Array& other) {
  if (x.dtype() == other.dtype() || !x.weak() || x.ndim() != 0) return x;
  Promoted to = promote(x.dtype(), true, other.dtype(), other.weak());
  if (to.dtype != other.dtype()) return x;
  return convert_element_type(x, to.dtype, other.weak());
}

std::pair<Array, Array> match_dtypes(const Array& x, const Array& y) {
  return {yield_to(x, y), yield_to(y, x)};
}

Array apply(const Ref<const Primitive>& op, const Array& x, const Array& y) {
  auto [a, b] = match_dtypes(x, y);
  const Array operands[] = {std::move(a), std::move(b)};
  return bind1(op, operands);
}

}  // namespace linum::lax
