// Triangularizing by reflections, and their products.
#include "linum/lax/reflections.h"

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/dynamic.h"
#include "linum/lax/lapack.h"
#include "linum/lax/matrices.h"
#include "linum/lax/structure.h"

namespace linum::lax::linalg {
namespace {

using Arrays = std::vector<Array>;

Array zero_of(const Array& like) { return make_scalar(0.0, like.dtype()); }
Array one_of(const Array& like) { return make_scalar(1.0, like.dtype()); }

// x (..., 1, 1) for each element of `like`.
Array spread(const Array& x, const Array& like) {
  return broadcast_in_dim(x, like.shape(), iota_axes(x.ndim()));
}
Array row_numbers(const Array& x) { return broadcasted_iota(DType::I32, x.shape(), x.ndim() - 2); }

// --- geqrf by a loop over columns, where no kernel takes its place ------------------------------

// With LAPACK's signs: v is 1 at row k and 0 above, I - tau v v^H maps the column to beta at k.
struct Reflection {
  Array v, tau, beta;
};
Reflection reflection_of(const Array& column, const Array& k) {
  const std::int64_t axis = column.ndim() - 2;
  const Array place = row_numbers(column);
  const Array head = dynamic_slice_in_dim(column, k, 1, axis);
  const Array tail = select(gt(place, k), column, zeros_like(column));
  const auto square_of = [](const Array& x) { return real_part(mul(x, conjugate(x))); };
  const Array below = expand_dims(reduce_sum(square_of(tail), {axis}), {axis});
  const Array length = sqrt(add(square_of(head), below));
  Array is_done = eq(below, zero_of(below));
  if (is_complex(head.dtype())) is_done = bitwise_and(is_done, eq(imag(head), zero_of(below)));
  const Array away = select(ge(real_part(head), zero_of(below)), neg(length), length);
  const Array beta = select(is_done, head, convert_element_type(away, head.dtype()));
  const Array gap = select(is_done, full_like(head, one_of(head)), sub(head, beta));
  const Array divisor = select(is_done, full_like(head, one_of(head)), beta);
  const Array tau = select(is_done, zeros_like(head), neg(div(gap, divisor)));
  const Array v = select(eq(place, k), full_like(tail, one_of(tail)), div(tail, spread(gap, tail)));
  return {v, tau, beta};
}

// x - factor v v^H x
Array reflected(const Array& x, const Array& v, const Array& factor) {
  const Array shadow = product(adjoint(v), x);
  return sub(x, product(mul(spread(factor, v), v), shadow));
}

// k, a, taus (..., k, 1)
Arrays geqrf_step(std::span<const Array> s) {
  const Array& k = s[0];
  const std::int64_t rank = s[1].ndim();
  const Array column = dynamic_slice_in_dim(s[1], k, 1, rank - 1);
  const Reflection h = reflection_of(column, k);
  const Array place = row_numbers(column);
  const Array kept =
      select(lt(place, k), column, select(eq(place, k), spread(h.beta, column), h.v));
  const Array behind = gt(broadcasted_iota(DType::I32, s[1].shape(), rank - 1), k);
  const Array a = select(behind, reflected(s[1], h.v, conjugate(h.tau)), s[1]);
  return {add(k, integer(1)), dynamic_update_slice_in_dim(a, kept, k, rank - 1),
          dynamic_update_slice_in_dim(s[2], h.tau, k, rank - 2)};
}

class Geqrf final : public MatrixPrimitive {
 public:
  std::string_view name() const override { return "geqrf"; }
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_matrices(*this, operands, false);
    const Aval& x = operands[0];
    const std::int64_t k = std::min(x.dim(x.rank() - 2), x.dim(x.rank() - 1));
    return {x.strong(), Aval(x.dtype(), with_last(x, 2, {k}))};
  }
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;
};

std::vector<Ssa> Geqrf::lower(Emitter& e, std::span<const Ssa> operands,
                              std::span<const Aval> results) const {
  const Aval& taus = results[1];
  const std::int64_t steps = taus.shape().back();
  const auto start = [&](std::span<const Array> x) {
    return Arrays{integer(0), x[0], zeros(with_last(taus, 0, {1}), taus.dtype())};
  };
  const auto more = [steps](std::span<const Array> s) { return Arrays{lt(s[0], integer(steps))}; };
  const auto finish = [](std::span<const Array> s) {
    return Arrays{s[1], squeeze(s[2], {s[2].ndim() - 1})};
  };
  std::vector<Ssa> state = lower_composed(e, start, operands);
  if (steps > 0) state = lower_while(e, more, geqrf_step, state);
  return lower_composed(e, finish, state);
}

class Geqp3 final : public MatrixPrimitive {
 public:
  std::string_view name() const override { return "geqp3"; }
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    std::vector<Aval> out = the<Geqrf>()->infer(operands);
    const Aval& x = operands[0];
    out.emplace_back(DType::I32, with_last(x, 2, {x.dim(x.rank() - 1)}));
    return out;
  }
};

// --- products -----------------------------------------------------------------------------------

// Q c, or Q^H c, for the product Q of the reflections in a and taus; one after the other.
std::vector<Ssa> lower_reflections(Emitter& e, std::span<const Ssa> a_taus_c, bool adjoint_of_q) {
  const std::int64_t steps = a_taus_c[1].aval.shape().back();
  const auto start = [](std::span<const Array> x) {
    return Arrays{integer(0), x[0], expand_dims(x[1], {x[1].ndim()}), x[2]};
  };
  const auto more = [steps](std::span<const Array> s) { return Arrays{lt(s[0], integer(steps))}; };
  const auto step = [=](std::span<const Array> s) {
    const Array k = adjoint_of_q ? s[0] : sub(integer(steps - 1), s[0]);
    const std::int64_t rank = s[1].ndim();
    const Array column = dynamic_slice_in_dim(s[1], k, 1, rank - 1), place = row_numbers(column);
    const Array v = select(eq(place, k), full_like(column, one_of(column)),
                           select(gt(place, k), column, zeros_like(column)));
    const Array tau = dynamic_slice_in_dim(s[2], k, 1, rank - 2);
    return Arrays{add(s[0], integer(1)), s[1], s[2],
                  reflected(s[3], v, adjoint_of_q ? conjugate(tau) : tau)};
  };
  std::vector<Ssa> state = lower_composed(e, start, a_taus_c);
  if (steps > 0) state = lower_while(e, more, step, state);
  return {state[3]};
}

void check_reflections(const Primitive& primitive, const Aval& a, const Aval& taus) {
  if (!kLapack.test(a.dtype())) refuse_dtype(primitive, a, kLapack.words);
  const bool fits = a.rank() >= 2 && taus.rank() == a.rank() - 1 && taus.dtype() == a.dtype() &&
                    with_last(a, 2, {}) == with_last(taus, 1, {}) &&
                    taus.shape().back() <= std::min(a.dim(a.rank() - 2), a.dim(a.rank() - 1));
  if (fits) return;
  throw ShapeError(str_cat(primitive.name(), ": ", taus, " are no factors of the reflections in ",
                           a,
                           ": one dtype, the same batch axes, and no more than there are columns"));
}

class HouseholderProduct final : public MatrixPrimitive {
 public:
  std::string_view name() const override { return "householder_product"; }
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 2);
    check_reflections(*this, operands[0], operands[1]);
    const Aval& a = operands[0];
    if (a.dim(a.rank() - 2) >= a.dim(a.rank() - 1)) return {a.strong()};
    throw ShapeError(
        str_cat("householder_product needs at least as many rows as columns, got ", a));
  }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval>) const override {
    const auto with_eye = [](std::span<const Array> x) {
      return Arrays{x[0], x[1], eye_like(x[0])};
    };
    return lower_reflections(e, lower_composed(e, with_eye, operands), false);
  }
};

class Ormqr final : public MatrixPrimitive {
 public:
  Ormqr(bool left, bool transpose) : left_(left), transpose_(transpose) {}
  std::string_view name() const override { return "ormqr"; }
  void params(ParamSink& sink) const override {
    sink("left", left_);
    sink("transpose", transpose_);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  const bool left_, transpose_;
};

std::vector<Aval> Ormqr::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 3);
  const Aval &a = operands[0], &c = operands[2];
  check_reflections(*this, a, operands[1]);
  const bool fits = c.rank() == a.rank() && c.dtype() == a.dtype() &&
                    with_last(c, 2, {}) == with_last(a, 2, {}) &&
                    c.dim(c.rank() - (left_ ? 2 : 1)) == a.dim(a.rank() - 2);
  if (fits) return {c.strong()};
  throw ShapeError(str_cat("ormqr: the reflections in ", a, " do not fit the ",
                           left_ ? "rows" : "columns", " of ", c));
}

// c Q is the adjoint of Q^H c^H.
std::vector<Ssa> Ormqr::lower(Emitter& e, std::span<const Ssa> operands,
                              std::span<const Aval>) const {
  if (left_) return lower_reflections(e, operands, transpose_);
  const auto adjoint_of = [](std::span<const Array> x) { return Arrays{adjoint(x[0])}; };
  const Ssa turned[] = {operands[0], operands[1],
                        lower_composed(e, adjoint_of, operands.subspan(2))[0]};
  return lower_composed(e, adjoint_of, lower_reflections(e, turned, !transpose_));
}

}  // namespace

Reflections geqrf(const Array& x) {
  const auto out = linum::bind(the<Geqrf>(), {&x, 1});
  return {out[0], out[1]};
}
PivotedReflections geqp3(const Array& x) {
  const auto out = linum::bind(the<Geqp3>(), {&x, 1});
  return {{out[0], out[1]}, out[2]};
}
Array householder_product(const Array& a, const Array& taus) {
  const Array operands[] = {a, taus};
  return bind1(the<HouseholderProduct>(), operands);
}
Array ormqr(const Array& a, const Array& taus, const Array& c, bool left, bool transpose) {
  return bind1<Ormqr>({a, taus, c}, left, transpose);
}

}  // namespace linum::lax::linalg
