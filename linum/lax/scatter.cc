// Scatter operations and their derivatives.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/index_checks.h"
#include "linum/lax/scatter_primitive.h"
#include "linum/lax/structure.h"

namespace linum::lax {
namespace {

[[noreturn]] void needs_unique_indices(std::string_view name, std::string_view what) {
  throw TransformError(str_cat(name, ": its ", what, " exists only with unique_indices = true"));
}

bool any_tangent(std::span<const Tangent> t) { return t[0].defined() || t[2].defined(); }

class Scatter final : public ScatterBase {
 public:
  using ScatterBase::ScatterBase;
  std::string_view name() const override { return "scatter"; }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;

 protected:
  Array rebind(const Array& x, const Array& indices, const Array& updates,
               ScatterParams params) const override {
    return bind1<Scatter>({x, indices, updates}, std::move(params));
  }
  Array combine(const Array&, const Array& update) const override { return update; }

 private:
  // A positive number for each window of the updates, in their shape.
  static Array update_ids(const Shape& updates, const Axes& window_dims);
  // Where `which` holds, x, else zero.
  static Array masked(const Array& which, const Array& x) {
    return select(which, x, zeros_like(x));
  }
};

Array Scatter::update_ids(const Shape& updates, const Axes& window_dims) {
  Shape batch = without_axes(updates, window_dims);
  const std::int64_t count = element_count(batch);
  const DType dtype = index_dtype_for({count}, false);
  const Array ids = add(iota(dtype, count), make_integer_scalar(1, dtype));
  return broadcast_in_dim(
      reshape(ids, batch), updates,
      without_axes(iota_axes(static_cast<std::int64_t>(updates.size())), window_dims));
}

// Where windows overlap it is unspecified which one stays, yet value and tangent must come from the
// same one. So scatter the windows' numbers, read back which of them stayed, and add up these only.
JvpResult Scatter::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  if (!any_tangent(t)) return {{again(x[0], x[1], x[2])}, {{}}};
  const Tangent t_operand = instantiate(t[0], x[0].aval());
  const Tangent t_updates = instantiate(t[2], x[2].aval());
  if (p_.options.unique_indices) {
    return {{again(x[0], x[1], x[2])}, {again(t_operand, x[1], t_updates)}};
  }
  const Array ids = update_ids(x[2].shape(), dn().update_window_dims);
  const Array none = make_integer_scalar(0, ids.dtype());
  const Array stayed = again(full(x[0].shape(), none), x[1], ids);
  const Array untouched = eq(stayed, none);
  const Array won = eq(ids, read_back(stayed, x[1], x[2].shape(), {}));
  const auto add_up = [&](const Array& operand, const Array& updates) {
    return scatter_add(masked(untouched, operand), x[1], masked(won, updates), dn(), p_.options);
  };
  return {{add_up(x[0], x[2])}, {add_up(t_operand, t_updates)}};
}

std::vector<Tangent> Scatter::transpose(std::span<const Tangent> cotangents,
                                        std::span<const Operand> operands) const {
  if (!p_.options.unique_indices) needs_unique_indices(name(), "transpose");
  const Array &ct = cotangents[0], &indices = operands[1].value;
  const Shape& updates = operands[2].aval.shape();
  std::vector<Tangent> out(3);
  if (operands[0].is_linear()) out[0] = again(ct, indices, zeros(updates, ct.dtype()));
  if (operands[2].is_linear()) out[2] = pull_updates(ct, indices, updates);
  return out;
}

// Addition and subtraction: linear in operand and updates.
template <int kSign>
class ScatterSum final : public ScatterBase {
 public:
  using ScatterBase::ScatterBase;
  std::string_view name() const override { return kSign > 0 ? "scatter-add" : "scatter-sub"; }
  JvpResult jvp(std::span<const Array> x, std::span<const Tangent> t) const override {
    const Array y = again(x[0], x[1], x[2]);
    if (!any_tangent(t)) return {{y}, {{}}};
    if (!t[2].defined()) return {{y}, {t[0]}};
    return {{y}, {again(instantiate(t[0], x[0].aval()), x[1], t[2])}};
  }
  std::vector<Tangent> transpose(std::span<const Tangent> cotangents,
                                 std::span<const Operand> operands) const override {
    const Array& ct = cotangents[0];
    std::vector<Tangent> out(3);
    if (operands[0].is_linear()) out[0] = ct;
    if (operands[2].is_linear()) {
      const Array pulled = pull_updates(ct, operands[1].value, operands[2].aval.shape());
      out[2] = kSign > 0 ? pulled : neg(pulled);
    }
    return out;
  }

 protected:
  Array rebind(const Array& x, const Array& indices, const Array& updates,
               ScatterParams params) const override {
    return bind1<ScatterSum>({x, indices, updates}, std::move(params));
  }
  Array combine(const Array& element, const Array& update) const override {
    return kSign > 0 ? add(element, update) : sub(element, update);
  }
};

class ScatterMul final : public ScatterBase {
 public:
  using ScatterBase::ScatterBase;
  std::string_view name() const override { return "scatter-mul"; }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;

 protected:
  Array rebind(const Array& x, const Array& indices, const Array& updates,
               ScatterParams params) const override {
    return bind1<ScatterMul>({x, indices, updates}, std::move(params));
  }
  Array combine(const Array& element, const Array& update) const override {
    return mul(element, update);
  }
};

JvpResult ScatterMul::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  const Array y = again(x[0], x[1], x[2]);
  Tangent by_operand, by_updates;
  if (t[0].defined()) by_operand = again(t[0], x[1], x[2]);
  if (t[2].defined()) {
    if (!p_.options.unique_indices) needs_unique_indices(name(), "derivative by the updates");
    by_updates = mul(x[0], scatter_add(zeros_like(x[0]), x[1], t[2], dn(), p_.options));
  }
  return {{y}, {add_tangents(by_operand, by_updates)}};
}

std::vector<Tangent> ScatterMul::transpose(std::span<const Tangent> cotangents,
                                           std::span<const Operand> operands) const {
  if (operands[0].is_linear() && operands[2].is_linear()) refuse_transpose(*this);
  const Array &ct = cotangents[0], &indices = operands[1].value;
  if (operands[0].is_linear()) return {again(ct, indices, operands[2].value), {}, {}};
  if (!p_.options.unique_indices) needs_unique_indices(name(), "transpose by the updates");
  return {{}, {}, pull_updates(mul(ct, operands[0].value), indices, operands[2].aval.shape())};
}

template <bool kMax>
class ScatterExtremal final : public ScatterBase {
 public:
  using ScatterBase::ScatterBase;
  std::string_view name() const override { return kMax ? "scatter-max" : "scatter-min"; }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>,
                                 std::span<const Operand>) const override {
    return refuse_transpose(*this);
  }

 protected:
  Array rebind(const Array& x, const Array& indices, const Array& updates,
               ScatterParams params) const override {
    return bind1<ScatterExtremal>({x, indices, updates}, std::move(params));
  }
  Array combine(const Array& element, const Array& update) const override {
    return kMax ? max(element, update) : min(element, update);
  }
};

// As for max and min: where several values (updates and the old one) are the extreme, the tangent
// is the mean of theirs. Written as a scatter_add of what changes, so that it has a transpose.
template <bool kMax>
JvpResult ScatterExtremal<kMax>::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  const Array &operand = x[0], &indices = x[1], &updates = x[2];
  const Array y = again(operand, indices, updates);
  if (!any_tangent(t)) return {{y}, {{}}};
  const Tangent t_operand = instantiate(t[0], operand.aval());
  const Tangent t_updates = instantiate(t[2], updates.aval());
  const auto read = [&](const Array& a) { return read_back(a, indices, updates.shape(), {}); };
  const auto count = [&](const Array& weights) {
    return read(scatter_add(zeros_like(operand), indices, weights, dn()));
  };
  const Array one = ones(updates.shape(), updates.dtype()), zero = zeros_like(updates);
  const Array target = read(y);
  const Array won = eq(updates, target);
  const Array kept = eq(read(operand), target);
  const Array winners = count(select(won, one, zero));
  const Array shared = div(one, add(winners, one));
  const Array by_updates = select(won, select(kept, shared, div(one, winners)), zero);
  const Array by_operand = div(sub(select(kept, shared, zero), one), count(one));
  const Array change = add(mul(read(t_operand), by_operand), mul(t_updates, by_updates));
  return {{y}, {scatter_add(t_operand, indices, change, dn(), p_.options)}};
}

template <class P>
Array bind_scatter(const Array& operand, const Array& indices, const Array& updates,
                   const ScatterDimensionNumbers& dimension_numbers,
                   const ScatterOptions& options) {
  return bind1<P>({operand, indices, updates}, ScatterParams{dimension_numbers, options});
}

}  // namespace

Array scatter(const Array& operand, const Array& scatter_indices, const Array& updates,
              const ScatterDimensionNumbers& dimension_numbers, const ScatterOptions& options) {
  return bind_scatter<Scatter>(operand, scatter_indices, updates, dimension_numbers, options);
}
Array scatter_add(const Array& operand, const Array& scatter_indices, const Array& updates,
                  const ScatterDimensionNumbers& dimension_numbers, const ScatterOptions& options) {
  return bind_scatter<ScatterSum<1>>(operand, scatter_indices, updates, dimension_numbers, options);
}
Array scatter_sub(const Array& operand, const Array& scatter_indices, const Array& updates,
                  const ScatterDimensionNumbers& dimension_numbers, const ScatterOptions& options) {
  return bind_scatter<ScatterSum<-1>>(operand, scatter_indices, updates, dimension_numbers,
                                      options);
}
Array scatter_mul(const Array& operand, const Array& scatter_indices, const Array& updates,
                  const ScatterDimensionNumbers& dimension_numbers, const ScatterOptions& options) {
  return bind_scatter<ScatterMul>(operand, scatter_indices, updates, dimension_numbers, options);
}
Array scatter_min(const Array& operand, const Array& scatter_indices, const Array& updates,
                  const ScatterDimensionNumbers& dimension_numbers, const ScatterOptions& options) {
  return bind_scatter<ScatterExtremal<false>>(operand, scatter_indices, updates, dimension_numbers,
                                              options);
}
Array scatter_max(const Array& operand, const Array& scatter_indices, const Array& updates,
                  const ScatterDimensionNumbers& dimension_numbers, const ScatterOptions& options) {
  return bind_scatter<ScatterExtremal<true>>(operand, scatter_indices, updates, dimension_numbers,
                                             options);
}

}  // namespace linum::lax
