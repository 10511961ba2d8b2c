// select_n: element by element one of several cases, as `which` (bool or int32) says.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/structure.h"

namespace linum::lax {

using X = const Array&;

namespace {

// Halves the cases by comparing `which` with the middle.
Array select_tree(const Array& which, std::span<const Array> cases, std::int64_t first) {
  if (cases.size() == 1) return cases[0];
  std::size_t half = cases.size() / 2;
  std::int64_t middle = first + static_cast<std::int64_t>(half);
  return select(lt(which, make_integer_scalar(middle, which.dtype())),
                select_tree(which, cases.first(half), first),
                select_tree(which, cases.subspan(half), middle));
}

class SelectN final : public Primitive {
 public:
  std::string_view name() const override { return "select_n"; }
  void params(ParamSink&) const override {}

  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    if (operands.size() < 2) throw ShapeError("select_n takes `which` and at least one case.");
    const Aval &which = operands[0], &first = operands[1];
    bool weak = true;
    for (const Aval& c : operands.subspan(1)) {
      check_case(first, c);
      weak = weak && c.weak();
    }
    check_which(which, first, operands.size() - 1);
    return {Aval(first.dtype(), first.shape(), weak)};
  }

  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    Array out = again(primals);
    std::vector<Array> along{primals[0]};
    for (std::size_t i = 1; i < primals.size(); ++i)
      along.push_back(instantiate(tangents[i], primals[i].aval()));
    return {{out}, {any_defined(tangents.subspan(1)) ? again(along) : Tangent()}};
  }

  std::vector<Tangent> transpose(std::span<const Tangent> cts,
                                 std::span<const Operand> operands) const override {
    if (operands[0].is_linear()) refuse_transpose(*this);
    std::vector<Tangent> out(operands.size());
    for (std::size_t i = 1; i < operands.size(); ++i) {
      if (!operands[i].is_linear()) continue;
      std::vector<Array> only(operands.size(), zeros_like(cts[0]));
      only[0] = operands[0].value;
      only[i] = cts[0];
      out[i] = again(only);
    }
    return out;
  }

  Batched batch(const BatchAxis& axis, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override {
    std::vector<Array> moved(operands.begin(), operands.end());
    for (std::size_t i = 1; i < operands.size(); ++i)
      moved[i] = move_batch_axis(operands[i], axis.size, dims[i], 0);
    bool scalar = operands[0].ndim() == (dims[0] == kNotBatched ? 0 : 1);
    if (!scalar) {
      moved[0] = move_batch_axis(operands[0], axis.size, dims[0], 0);
    } else if (dims[0] != kNotBatched) {
      moved[0] = broadcast_in_dim(operands[0], moved[1].shape(), {0});
    }
    return {{again(moved)}, {0}};
  }

  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    const Ssa& which = operands[0];
    if (operands.size() == 2) return {operands[1]};
    if (is_bool(which.aval.dtype())) {
      return {e.op1("stablehlo.select", {which, operands[2], operands[1]}, "", results[0])};
    }
    auto f = [](std::span<const Array> x) {
      return std::vector{select_tree(x[0], x.subspan(1), 0)};
    };
    return lower_composed(e, f, operands);
  }

 private:
  Array again(std::span<const Array> operands) const {
    return bind1(Ref<const Primitive>(this), operands);
  }
  static void check_case(const Aval& first, const Aval& other) {
    if (other.shape() != first.shape()) {
      throw ShapeError(str_cat("select_n cases must have the same shapes, got ",
                               to_text(first.shape()), " and ", to_text(other.shape()), "."));
    }
    if (other.dtype() != first.dtype()) {
      throw DTypeError(str_cat("select_n cases must have the same dtypes, got ",
                               name_of(first.dtype()), " and ", name_of(other.dtype()), "."));
    }
  }
  static void check_which(const Aval& which, const Aval& first, std::size_t cases) {
    if (!is_bool(which.dtype()) && which.dtype() != DType::I32) {
      throw DTypeError(str_cat("select `which` must be bool or int32, got ", name_of(which.dtype()),
                               ". (Tip: compare with zero first: lax::ne(which, 0).)"));
    }
    if (is_bool(which.dtype()) && cases > 2) {
      throw ShapeError(str_cat("select_n with a bool `which` takes at most 2 cases, got ", cases,
                               "; an int32 `which` takes any number."));
    }
    if (which.rank() != 0 && which.shape() != first.shape()) {
      throw ShapeError(
          str_cat("select `which` must be scalar or have the same shape as the cases, "
                  "got shapes ",
                  to_text(which.shape()), " and ", to_text(first.shape()), "."));
    }
  }
};

Array spread(const Array& x, const Shape& shape) {
  return x.ndim() == 0 && !shape.empty() ? broadcast_in_dim(x, shape, {}) : x;
}

}  // namespace

Array select_n(X which, std::span<const Array> cases) {
  std::vector<Array> operands{which};
  operands.insert(operands.end(), cases.begin(), cases.end());
  return bind1(the<SelectN>(), operands);
}

Array select(X which, X on_true, X on_false) {
  auto [t, f] = match_dtypes(on_true, on_false);
  const Shape& shape = t.ndim() ? t.shape() : f.ndim() ? f.shape() : which.shape();
  const Array operands[] = {which, spread(f, shape), spread(t, shape)};
  return bind1(the<SelectN>(), operands);
}

}  // namespace linum::lax
