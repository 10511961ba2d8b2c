#include "linum/transforms/check_trace.h"

#include <unordered_set>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/lowering/lower.h"
#include "linum/transforms/program_edit.h"

namespace linum {
namespace {

using Names = std::unordered_set<std::string_view>;

// Operations that can make a NaN of numbers; those that only move data, or compare, cannot.
const Names kMakesNan{"acos",
                      "acosh",
                      "add",
                      "asin",
                      "asinh",
                      "atan",
                      "atan2",
                      "atanh",
                      "bessel_i0e",
                      "bessel_i1e",
                      "cbrt",
                      "cholesky",
                      "conv_general_dilated",
                      "cos",
                      "cosh",
                      "cumlogsumexp",
                      "cummax",
                      "cummin",
                      "cumprod",
                      "cumsum",
                      "custom_linear_solve",
                      "digamma",
                      "div",
                      "dot_general",
                      "erf",
                      "erf_inv",
                      "erfc",
                      "exp",
                      "exp2",
                      "expm1",
                      "fft",
                      "igamma",
                      "igamma_grad_a",
                      "igammac",
                      "integer_pow",
                      "lgamma",
                      "log",
                      "log1p",
                      "logistic",
                      "mul",
                      "pad",
                      "polygamma",
                      "pow",
                      "psum",
                      "pure_callback",
                      "io_callback",
                      "reduce_prod",
                      "reduce_sum",
                      "reduce_window",
                      "reduce_window_sum",
                      "regularized_incomplete_beta",
                      "rem",
                      "rsqrt",
                      "scatter-add",
                      "scatter-mul",
                      "scatter-sub",
                      "sin",
                      "sinh",
                      "sqrt",
                      "square",
                      "sub",
                      "tan",
                      "tanh",
                      "triangular_solve",
                      "zeta"};
const Names kIndexes{"dynamic_slice", "dynamic_update_slice", "gather",      "scatter",
                     "scatter-add",   "scatter-sub",          "scatter-mul", "scatter-min",
                     "scatter-max",   "scatter_apply"};

bool any_inexact(std::span<const Aval> avals) {
  for (const Aval& a : avals)
    if (is_inexact(a.dtype())) return true;
  return false;
}

// Visits every operation of a program, those of bodies included.
class Operations final : public ParamSink {
 public:
  using Visit = std::function<void(const Primitive&, std::span<const Aval> results)>;
  explicit Operations(Visit visit) : visit_(std::move(visit)) {}
  void program(std::string_view, const Program& p) override {
    for (const Equation& e : p.equations) {
      std::vector<Aval> results;
      for (VarId v : e.outputs) results.push_back(p.aval(Atom{v}));
      visit_(*e.primitive, results);
      e.primitive->params(*this);
    }
  }
  void integer(std::string_view, std::int64_t) override {}
  void number(std::string_view, double) override {}
  void text(std::string_view, std::string_view) override {}
  void integers(std::string_view, const std::vector<std::int64_t>&) override {}
  void identity(std::string_view, const void*) override {}

 private:
  Visit visit_;
};

Array zero_code() { return make_integer_scalar(0, DType::I32); }

Array any_of(const Array& x) {
  std::vector<std::int64_t> axes(static_cast<std::size_t>(x.ndim()));
  for (std::size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<std::int64_t>(i);
  return axes.empty() ? x : lax::reduce_or(x, axes);
}

Array has_inf(const Array& x) {
  if (is_complex(x.dtype())) return lax::bitwise_or(has_inf(lax::real(x)), has_inf(lax::imag(x)));
  Array is_number = lax::eq(x, x);
  return any_of(lax::bitwise_and(is_number, lax::logical_not(lax::is_finite(x))));
}

}  // namespace

unsigned automatic_checks_of(const Primitive& p, std::span<const Aval> results) {
  unsigned out = 0;
  if (kMakesNan.contains(p.name()) && any_inexact(results))
    out |= checkify::nan_checks | kInfChecks;
  if (p.name() == "div") out |= checkify::div_checks;
  if (kIndexes.contains(p.name())) out |= checkify::index_checks;
  return out;
}

CheckTrace::CheckTrace(Ref<Trace> parent, unsigned checks)
    : CheckTrace(std::move(parent), checks, {}, {zero_code()}) {}
CheckTrace::CheckTrace(Ref<Trace> parent, unsigned checks, Layout layout, std::vector<Array> state)
    : StateTrace(std::move(parent), std::move(state)),
      checks_(checks),
      layout_(std::move(layout)) {}

Ref<StateTrace> CheckTrace::inside(std::vector<Array> state) const {
  return Ref<StateTrace>(new CheckTrace(current_trace(), checks_, layout_, std::move(state)));
}

// --- the state -------------------------------------------------------------------------------

std::span<Array> CheckTrace::values_of(const std::string& signature) {
  std::size_t next = 1;
  for (auto& [other, avals] : layout_) {
    if (other == signature) return std::span<Array>(state_).subspan(next, avals.size());
    next += avals.size();
  }
  throw InternalError(str_cat("checkify has no room for ", signature));
}

void CheckTrace::add_room(const std::string& signature, const std::vector<Aval>& avals) {
  if (!layout_.try_emplace(signature, avals).second) return;
  auto place = state_.begin() + (values_of(signature).data() - state_.data());
  std::vector<Array> zeros;
  for (const Aval& a : avals) zeros.push_back(lax::zeros(a.shape(), a.dtype()));
  state_.insert(place, zeros.begin(), zeros.end());
}

void CheckTrace::note(const Array& code, const CheckValues& values) {
  Array is_first = lax::eq(state_[0], zero_code());
  for (auto& [signature, group] : values) {
    add_room(signature, avals_of(group));
    std::span<Array> slots = values_of(signature);
    for (std::size_t i = 0; i < group.size(); ++i) {
      Array value = lax::stop_gradient(group[i]);
      slots[i] = lax::select(lax::broadcast(is_first, value.shape()), value, slots[i]);
    }
  }
  state_[0] = lax::select(is_first, code, state_[0]);
}

void CheckTrace::fail_if(const Array& failed, CheckSite site, std::span<const Array> values) {
  std::vector<Array> strong;
  for (const Array& x : values) strong.push_back(lax::convert_element_type(x, x.dtype()));
  site.scope = *current_scope();
  site.signature = signature_of(strong);
  Array code = make_integer_scalar(number_of(site), DType::I32);
  note(lax::select(failed, code, zero_code()), {{site.signature, strong}});
}

checkify::Error CheckTrace::error() const {
  CheckValues values;
  std::size_t next = 1;
  for (auto& [signature, avals] : layout_) {
    std::vector<Array>& group = values[signature];
    for (std::size_t i = 0; i < avals.size(); ++i) group.push_back(state_[next++]);
  }
  return {state_[0], values};
}

// --- bodies ----------------------------------------------------------------------------------

bool CheckTrace::concerns(const Program& body) const {
  bool found = false;
  Operations([&](const Primitive& p, std::span<const Aval> results) {
    found = found || p.name() == "check" || (automatic_checks_of(p, results) & checks_);
  }).program("", body);
  return found;
}

void CheckTrace::make_room(const Program& body) {
  Operations([&](const Primitive& p, std::span<const Aval> results) {
    unsigned checks = automatic_checks_of(p, results) & checks_;
    if (checks & ~checkify::index_checks) add_room("", {});
    if (checks & checkify::index_checks) add_room(to_text(index_values()), index_values());
    if (auto* check = dynamic_cast<const Check*>(&p))
      for (auto& [signature, avals] : check->layout()) add_room(signature, avals);
  }).program("", body);
}

// --- operations ------------------------------------------------------------------------------

std::vector<Array> CheckTrace::apply(const Ref<const Primitive>& p, std::span<const Array> args) {
  if (auto* check = dynamic_cast<const Check*>(p.get())) {
    if (check->options().rethrown || (checks_ & checkify::user_checks))
      note(args[0], check->values(args));
    return {};
  }
  check_before(*p, args);
  std::vector<Array> out = linum::bind(p, args);
  check_results(*p, out);
  return out;
}

void CheckTrace::check_before(const Primitive& p, std::span<const Array> args) {
  if ((checks_ & checkify::div_checks) && p.name() == "div") {
    Array zero = make_scalar(0, args[1].dtype());
    fail_if(any_of(lax::eq(args[1], zero)), {.kind = CheckSite::Division, .operation = "div"}, {});
  }
  if ((checks_ & checkify::index_checks) && kIndexes.contains(p.name()))
    check_index(*this, p, args);
}

void CheckTrace::check_results(const Primitive& p, std::span<const Array> results) {
  unsigned wanted = automatic_checks_of(p, avals_of(results)) & checks_;
  auto check = [&](unsigned kind, const char* number, Array (*has)(const Array&)) {
    if (!(wanted & kind)) return;
    for (const Array& y : results) {
      if (!is_inexact(y.dtype())) continue;
      CheckSite site{.kind = CheckSite::Number, .text = number, .operation = std::string(p.name())};
      fail_if(has(y), std::move(site), {});
    }
  };
  check(checkify::nan_checks, "nan", [](const Array& y) { return any_of(lax::ne(y, y)); });
  check(kInfChecks, "inf", has_inf);
}

OperationPlace find_forbidden_number(const Program& program, std::span<const Array> args) {
  if (program.effects() & kIoEffect) return {};  // it must not run twice
  for (const Array& x : args)
    if (as_sharded(x)) return {};
  unsigned checks =
      (debug_flags().nans ? checkify::nan_checks : 0u) | (debug_flags().infs ? kInfChecks : 0u);
  auto run = [&](std::span<const Array> in) {
    Ref<CheckTrace> trace(new CheckTrace(current_trace(), checks));
    trace->run(program, in);
    return std::vector<Array>{trace->error().code()};
  };
  TracedProgram traced = trace_program(run, avals_of(args));
  std::vector<Array> all = traced.captured;
  all.insert(all.end(), args.begin(), args.end());
  auto code = compile_program(*traced.program).run(all)[0].item<std::int32_t>();
  if (code == 0) return {};
  return {site_of(code).operation, site_of(code).scope};
}

}  // namespace linum
