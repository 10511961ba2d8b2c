#include "linum/transforms/custom.h"

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/trace.h"
#include "linum/lax/families.h"
#include "linum/lax/lax.h"
#include "linum/transforms/program_edit.h"
#include "linum/transforms/state_trace.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

using Rule = std::shared_ptr<const FlatFn>;

std::vector<Array> concat_lists(std::span<const Array> a, std::span<const Array> b) {
  std::vector<Array> out(a.begin(), a.end());
  out.insert(out.end(), b.begin(), b.end());
  return out;
}

std::vector<bool> batched_marks(std::span<const std::int64_t> dims) {
  std::vector<bool> out;
  for (std::int64_t d : dims) out.push_back(d != kNotBatched);
  return out;
}
std::vector<Array> batch_to_front(const BatchAxis& axis, std::span<const Array> xs,
                                  std::span<const std::int64_t> dims) {
  std::vector<Array> out;
  for (std::size_t i = 0; i < xs.size(); ++i)
    out.push_back(dims[i] == kNotBatched ? xs[i]
                                         : lax::move_batch_axis(xs[i], axis.size, dims[i], 0));
  return out;
}

// `rule` over a batch, where undefined arrays (zeros) go in and out as they are. All results that
// there are get the batch axis in front.
std::vector<Array> vmap_defined(const FlatFn& rule, std::span<const Array> in,
                                std::span<const std::int64_t> dims, const BatchAxis& axis) {
  std::vector<Array> given;
  std::vector<std::int64_t> given_dims;
  std::vector<bool> made;
  for (std::size_t i = 0; i < in.size(); ++i)
    if (in[i].defined()) given.push_back(in[i]), given_dims.push_back(dims[i]);
  auto with_zeros = [&](std::span<const Array> some) {
    std::vector<Array> all(in.size()), out;
    for (std::size_t i = 0, next = 0; i < all.size(); ++i)
      if (in[i].defined()) all[i] = some[next++];
    for (const Array& y : rule(all)) {
      made.push_back(y.defined());
      if (y.defined()) out.push_back(y);
    }
    return out;
  };
  auto front = [](std::size_t n) { return std::vector<std::int64_t>(n, 0); };
  std::vector<Array> some = vmap_flat(with_zeros, given, given_dims, front, axis);
  std::vector<Array> out(made.size());
  for (std::size_t i = 0, next = 0; i < out.size(); ++i)
    if (made[i]) out[i] = some[next++];
  return out;
}

// `rule` over a batch: inputs marked in `batched` have it in front, all results get it there.
Rule batch_rule(const Rule& rule, const std::vector<bool>& batched, const BatchAxis& axis) {
  std::vector<std::int64_t> dims;
  for (bool b : batched) dims.push_back(b ? 0 : kNotBatched);
  return std::make_shared<const FlatFn>([rule, dims, axis](std::span<const Array> in) {
    return vmap_defined(*rule, in, dims, axis);
  });
}

// What a call with its own derivative shares: it runs its program as if it were written in place.
class CustomCall : public Primitive {
 public:
  explicit CustomCall(ProgramRef program) : program_(std::move(program)) {}
  std::vector<Aval> infer(std::span<const Aval>) const override { return program_->output_avals(); }
  bool stays_in_memory() const override { return false; }
  std::vector<Tangent> transpose(std::span<const Tangent>,
                                 std::span<const Operand>) const override {
    return lax::refuse_transpose(*this);
  }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval>) const override {
    return e.inline_program(*program_, operands);
  }
  // Applied to values that come later, its own rule has no meaning: its operations are recorded.
  std::vector<Array> partial_eval(PartialTrace& trace, std::span<const Array> args) const override {
    TraceScope scope{Ref<Trace>(&trace)};
    return eval_program(*program_, args);
  }
  Effects effects() const override { return program_->effects(); }
  bool only_transposed() const override { return program_only_transposed(*program_); }
  bool names_axis(std::string_view axis) const override {
    return program_names_axis(*program_, axis);
  }

 protected:
  // The program over the batch axis, all results batched.
  ProgramRef batched_program(const BatchAxis& axis, const std::vector<bool>& marks) const {
    return batch_program(*program_, axis, marks, std::vector<bool>(program_->outputs.size(), true))
        .program;
  }
  // The program with the state as first arguments, behind what it captured.
  ProgramRef stateful(const StateTrace& trace, std::size_t captured) const {
    ProgramRef p = trace.with_state(*program_);
    std::size_t s = trace.state().size();
    std::vector<std::size_t> in = index_range(s, captured);
    append(in, index_range(0, s));
    append(in, index_range(s + captured, p->inputs.size() - s - captured));
    return reordered(*p, in, index_range(0, p->outputs.size()));
  }
  void refuse_captured(std::span<const Tangent> tangents, std::size_t captured) const {
    for (std::size_t i = 0; i < captured; ++i) {
      if (!tangents[i].defined()) continue;
      throw TransformError(str_cat(name(),
                                   ": the function captured a value that is being differentiated; "
                                   "its derivative rule cannot see it, so pass it as an argument"));
    }
  }
  ProgramRef program_;  // inputs: captured values, then the arguments
};

// --- custom_jvp ------------------------------------------------------------------------------

class CustomJvpCall final : public CustomCall {
 public:
  // rule: arguments, then their tangents -> results, then theirs.
  CustomJvpCall(ProgramRef program, std::size_t captured, Rule rule, bool symbolic_zeros)
      : CustomCall(std::move(program)),
        captured_(captured),
        rule_(std::move(rule)),
        symbolic_zeros_(symbolic_zeros) {}
  std::string_view name() const override { return "custom_jvp_call"; }
  void params(ParamSink& sink) const override {
    sink("call_jaxpr", *program_);
    sink.identity("jvp", rule_.get());
    sink("symbolic_zeros", symbolic_zeros_);
  }
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    refuse_captured(tangents, captured_);
    auto x = primals.subspan(captured_);
    std::vector<Array> t;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const Tangent& given = tangents[captured_ + i];
      t.push_back(symbolic_zeros_ ? given : lax::instantiate(given, x[i].aval()));
    }
    std::vector<Array> out = (*rule_)(concat_lists(x, t));
    auto half = out.begin() + static_cast<std::ptrdiff_t>(program_->outputs.size());
    return {{out.begin(), half}, {half, out.end()}};
  }
  Batched batch(const BatchAxis& axis, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override {
    std::vector<bool> marks = batched_marks(dims);
    std::vector<bool> args = slice_marks(marks, captured_, marks.size() - captured_), both = args;
    append(both, args);
    Ref<const Primitive> call(new CustomJvpCall(batched_program(axis, marks), captured_,
                                                batch_rule(rule_, both, axis), symbolic_zeros_));
    Batched out;
    out.values = linum::bind(call, batch_to_front(axis, operands, dims));
    out.dims.assign(out.values.size(), 0);
    return out;
  }
  // The rule leaves the state as it is.
  std::vector<Array> carry_state(StateTrace& trace, std::span<const Array> args) const override {
    if (!trace.concerns(*program_)) return trace.apply(Ref<const Primitive>(this), args);
    trace.make_room(*program_);
    auto rule = [inner = rule_, s = trace.state().size()](std::span<const Array> in) {
      std::size_t n = in.size() / 2;
      std::vector<Array> all = (*inner)(concat_lists(in.subspan(s, n - s), in.subspan(n + s)));
      std::span<const Array> results(all);
      std::size_t half = results.size() / 2;
      std::vector<Array> out = concat_lists(in.first(s), results.first(half));
      append(out, concat_lists(in.subspan(n, s), results.subspan(half)));
      return out;
    };
    Ref<const Primitive> call(new CustomJvpCall(stateful(trace, captured_), captured_,
                                                std::make_shared<const FlatFn>(rule),
                                                symbolic_zeros_));
    return trace.bind_with_state(call, args, captured_);
  }

 private:
  std::size_t captured_;
  Rule rule_;
  bool symbolic_zeros_;
};

// --- custom_vjp ------------------------------------------------------------------------------

// The linear map whose transpose is the user's backward function; it has no forward of its own.
// Operands: residuals, then tangents of the arguments.
class CustomLinear final : public Primitive {
 public:
  CustomLinear(Rule backward, std::size_t residuals, std::vector<Aval> results, bool symbolic_zeros)
      : backward_(std::move(backward)),
        residuals_(residuals),
        results_(std::move(results)),
        symbolic_zeros_(symbolic_zeros) {}
  std::string_view name() const override { return "custom_lin"; }
  void params(ParamSink& sink) const override {
    sink.identity("bwd", backward_.get());
    sink("symbolic_zeros", symbolic_zeros_);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override { return results_; }
  bool stays_in_memory() const override { return false; }
  bool only_transposed() const override { return true; }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override { refuse(); }
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override {
    refuse();
  }
  std::vector<Tangent> transpose(std::span<const Tangent> cts,
                                 std::span<const Operand> operands) const override {
    std::vector<Array> in;
    for (std::size_t i = 0; i < residuals_; ++i) in.push_back(operands[i].value);
    for (std::size_t i = 0; i < cts.size(); ++i)
      in.push_back(symbolic_zeros_ ? cts[i] : lax::instantiate(cts[i], results_[i]));
    std::vector<Tangent> out(residuals_), back = (*backward_)(in);
    for (std::size_t i = 0; i < back.size(); ++i)
      out.push_back(lax::has_tangent(operands[residuals_ + i].aval) ? back[i] : Tangent());
    return out;
  }
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override {
    refuse();
  }

 private:
  [[noreturn]] static void refuse() {
    throw TransformError(
        "custom_vjp: forward-mode differentiation (jvp, jacfwd, linearize applied) needs a "
        "jvp rule, and this function has a vjp rule only; use custom_jvp");
  }
  Rule backward_;
  std::size_t residuals_;
  std::vector<Aval> results_;
  bool symbolic_zeros_;
};

class CustomVjpCall final : public CustomCall {
 public:
  // forward: arguments -> results, then residuals; with symbolic zeros, it takes behind the
  // arguments a bool for each: whether it is perturbed. backward: residuals, then cotangents of the
  // results -> cotangents of the arguments.
  CustomVjpCall(ProgramRef program, std::size_t captured, Rule forward, Rule backward,
                bool symbolic_zeros)
      : CustomCall(std::move(program)),
        captured_(captured),
        forward_(std::move(forward)),
        backward_(std::move(backward)),
        symbolic_zeros_(symbolic_zeros) {}
  std::string_view name() const override { return "custom_vjp_call"; }
  void params(ParamSink& sink) const override {
    sink("call_jaxpr", *program_);
    sink.identity("fwd", forward_.get());
    sink.identity("bwd", backward_.get());
    sink("symbolic_zeros", symbolic_zeros_);
  }
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    refuse_captured(tangents, captured_);
    auto x = primals.subspan(captured_);
    std::vector<Array> forward_in(x.begin(), x.end());
    if (symbolic_zeros_)
      for (const Tangent& t : tangents.subspan(captured_)) forward_in.push_back(Array(t.defined()));
    std::vector<Array> out = (*forward_)(forward_in);
    auto n = static_cast<std::ptrdiff_t>(program_->outputs.size());
    JvpResult result{{out.begin(), out.begin() + n}, {}};
    std::vector<Array> in(out.begin() + n, out.end());
    std::size_t residuals = in.size();
    for (std::size_t i = 0; i < x.size(); ++i)
      in.push_back(lax::instantiate(tangents[captured_ + i], x[i].aval()));
    std::vector<Aval> types;
    for (const Array& y : result.primals) types.push_back(y.aval().strong());
    result.tangents = linum::bind(
        Ref<const Primitive>(new CustomLinear(backward_, residuals, types, symbolic_zeros_)), in);
    return result;
  }
  Batched batch(const BatchAxis& axis, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override {
    std::vector<bool> marks = batched_marks(dims);
    std::vector<bool> args = slice_marks(marks, captured_, marks.size() - captured_), in = args;
    if (symbolic_zeros_) in.resize(2 * args.size(), false);
    Ref<const Primitive> call(new CustomVjpCall(batched_program(axis, marks), captured_,
                                                batch_rule(forward_, in, axis),
                                                batch_backward(args, axis), symbolic_zeros_));
    Batched out;
    out.values = linum::bind(call, batch_to_front(axis, operands, dims));
    out.dims.assign(out.values.size(), 0);
    return out;
  }
  // The rules leave the state as it is.
  std::vector<Array> carry_state(StateTrace& trace, std::span<const Array> args) const override {
    if (!trace.concerns(*program_)) return trace.apply(Ref<const Primitive>(this), args);
    trace.make_room(*program_);
    std::size_t s = trace.state().size(), results = program_->outputs.size();
    auto forward = [inner = forward_, s](std::span<const Array> in) {
      return concat_lists(in.first(s), (*inner)(in.subspan(s)));
    };
    auto backward = [inner = backward_, s, results](std::span<const Array> in) {
      std::size_t residuals = in.size() - s - results;
      std::vector<Array> of_state(in.begin() + static_cast<std::ptrdiff_t>(residuals),
                                  in.begin() + static_cast<std::ptrdiff_t>(residuals + s));
      for (Array& x : of_state)
        if (x.defined()) x = lax::zeros_like(x);
      std::vector<Array> rest = concat_lists(in.first(residuals), in.subspan(residuals + s));
      return concat_lists(of_state, (*inner)(rest));
    };
    Ref<const Primitive> call(new CustomVjpCall(
        stateful(trace, captured_), captured_, std::make_shared<const FlatFn>(forward),
        std::make_shared<const FlatFn>(backward), symbolic_zeros_));
    return trace.bind_with_state(call, args, captured_);
  }

 private:
  // All residuals and cotangents are batched; what an unbatched argument gets is summed.
  Rule batch_backward(const std::vector<bool>& args, const BatchAxis& axis) const {
    return std::make_shared<const FlatFn>(
        [backward = backward_, args, axis](std::span<const Array> in) {
          std::vector<std::int64_t> dims(in.size(), 0);
          std::vector<Array> out = vmap_defined(*backward, in, dims, axis);
          for (std::size_t i = 0; i < out.size(); ++i)
            if (!args[i] && out[i].defined()) out[i] = lax::reduce_sum(out[i], {0});
          return out;
        });
  }
  std::size_t captured_;
  Rule forward_, backward_;
  bool symbolic_zeros_;
};

}  // namespace

// --- over trees ------------------------------------------------------------------------------

namespace {

struct TracedCall {
  TracedProgram traced;
  TreeDef in, out;
  std::vector<Array> args;
};
TracedCall trace_call(const TreeFn& f, const Tree& args) {
  TracedCall call;
  call.in = TreeDef(args);
  std::vector<Array> leaves = tree::leaves(args);
  call.traced = trace_program(
      [&](std::span<const Array> x) {
        Tree result = f(call.in.unflatten(x));
        call.out = TreeDef(result);
        return tree::leaves(result);
      },
      avals_of(leaves));
  call.args = concat_lists(call.traced.captured, leaves);
  return call;
}

void check_rule_result(std::string_view what, const TreeDef& wanted, const Tree& got) {
  if (wanted.matches(got)) return;
  throw TreeError(str_cat(what, " gave ", TreeDef(got).to_string(), " where ", wanted.to_string(),
                          " is needed"));
}

void check_tangents(std::span<const Array> tangents, std::span<const Aval> results) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!lax::has_tangent(results[i]) || !tangents[i].defined()) continue;
    const Aval& t = tangents[i].aval();
    if (t.shape() == results[i].shape() && t.dtype() == results[i].dtype()) continue;
    throw ShapeError(str_cat("the rule of custom_jvp gave a tangent ", t, " for the result ",
                             results[i], "; they must have one shape and dtype"));
  }
}

// The leaves of what a backward function gave; nothing in place of a subtree means zeros.
class Cotangents {
 public:
  Cotangents(const TreeDef& in, std::vector<Aval> avals) : in_(in), avals_(std::move(avals)) {}
  std::vector<Array> leaves(const Tree& cts) {
    std::vector<Array> places;
    for (std::size_t i = 0; i < avals_.size(); ++i) places.push_back(Array(static_cast<int>(i)));
    Tree wanted = in_.unflatten(places);
    for (auto& [path, place] : tree::leaves_with_path(wanted))
      names_.push_back(str_cat("argument ", path));
    if (!cts.is_list() || cts.size() != wanted.size()) fail(cts);
    collect(wanted, cts, cts);
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(const Tree& all) const {
    check_rule_result("the backward function of custom_vjp", in_, all);
    throw InternalError("custom_vjp: a structure that matches was refused");
  }
  void collect(const Tree& wanted, const Tree& got, const Tree& all) {
    if (got.is_none()) {
      for (const Array& place : tree::leaves(wanted)) {
        const Aval& a = aval_at(place);
        out_.push_back(lax::instantiate(Tangent(), a));
      }
    } else if (wanted.is_leaf()) {
      if (!got.is_leaf()) fail(all);
      if (got.array().defined()) check(got.array(), wanted.array());
      out_.push_back(got.array());
    } else if (wanted.is_list() && got.is_list() && wanted.size() == got.size()) {
      for (std::size_t i = 0; i < wanted.size(); ++i) collect(wanted[i], got[i], all);
    } else if (wanted.is_dict() && got.is_dict()) {
      for (auto& [key, part] : wanted.as_dict()) {
        if (!got.contains(key)) fail(all);
        collect(part, got[key], all);
      }
    } else if (!tree::leaves(wanted).empty()) {
      fail(all);
    }
  }
  const Aval& aval_at(const Array& place) const {
    return avals_[static_cast<std::size_t>(place.item<int>())];
  }
  void check(const Array& ct, const Array& place) const {
    const Aval& a = aval_at(place);
    if (!lax::has_tangent(a) || (ct.shape() == a.shape() && ct.dtype() == a.dtype())) return;
    throw ShapeError(str_cat("the backward function of custom_vjp gave a cotangent ", ct.aval(),
                             " for ", names_[static_cast<std::size_t>(place.item<int>())], ", ", a,
                             "; they must have one shape and dtype"));
  }
  const TreeDef& in_;
  std::vector<Aval> avals_;
  std::vector<std::string> names_;
  std::vector<Array> out_;
};

}  // namespace

Tree custom_jvp_tree(const TreeFn& f, const TreeFn& rule, const Tree& args, bool symbolic_zeros) {
  TracedCall call = trace_call(f, args);
  auto flat = [rule, in = call.in, out = call.out,
               results = call.traced.program->output_avals()](std::span<const Array> x) {
    std::size_t n = in.num_leaves();
    Tree result = rule(Tree::list({in.unflatten(x.first(n)), in.unflatten(x.subspan(n))}));
    check_rule_result("the rule of custom_jvp", out, result[0]);
    check_rule_result("the rule of custom_jvp (tangent)", out, result[1]);
    check_tangents(tree::leaves(result[1]), results);
    return tree::leaves(result);
  };
  Ref<const Primitive> primitive(new CustomJvpCall(call.traced.program, call.traced.captured.size(),
                                                   std::make_shared<const FlatFn>(flat),
                                                   symbolic_zeros));
  return call.out.unflatten(linum::bind(primitive, call.args));
}

// What the forward function takes: the arguments, and with symbolic zeros the marks behind them.
static Tree forward_input(const TreeDef& in, std::span<const Array> x, bool symbolic_zeros) {
  std::size_t n = in.num_leaves();
  if (!symbolic_zeros) return in.unflatten(x);
  Tree::List perturbed;
  for (const Array& mark : x.last(n)) perturbed.push_back(to_tree(mark.item<bool>()));
  return Tree::list({in.unflatten(x.first(n)), Tree::list(std::move(perturbed))});
}

Tree custom_vjp_tree(const TreeFn& f, const TreeFn& forward, const TreeFn& backward,
                     const Tree& args, bool symbolic_zeros) {
  TracedCall call = trace_call(f, args);
  auto residuals = std::make_shared<TreeDef>();  // known once forward has run
  auto flat_forward = [forward, in = call.in, out = call.out, residuals,
                       symbolic_zeros](std::span<const Array> x) {
    Tree result = forward(forward_input(in, x, symbolic_zeros));
    check_rule_result("the forward function of custom_vjp", out, result[0]);
    *residuals = TreeDef(result[1]);
    return tree::leaves(result);
  };
  auto flat_backward = [backward, in = call.in, out = call.out, residuals,
                        types = avals_of(tree::leaves(args))](std::span<const Array> x) {
    std::size_t n = residuals->num_leaves();
    Tree cts =
        backward(Tree::list({residuals->unflatten(x.first(n)), out.unflatten(x.subspan(n))}));
    return Cotangents(in, types).leaves(cts);
  };
  Ref<const Primitive> primitive(new CustomVjpCall(call.traced.program, call.traced.captured.size(),
                                                   std::make_shared<const FlatFn>(flat_forward),
                                                   std::make_shared<const FlatFn>(flat_backward),
                                                   symbolic_zeros));
  return call.out.unflatten(linum::bind(primitive, call.args));
}

}  // namespace linum
