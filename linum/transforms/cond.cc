#include "linum/transforms/cond.h"

#include <algorithm>

#include "linum/lax/families.h"
#include "linum/lax/lax.h"
#include "linum/lax/memory.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/call_rules.h"
#include "linum/transforms/constant.h"
#include "linum/transforms/partial_eval.h"
#include "linum/transforms/program_edit.h"
#include "linum/transforms/state_trace.h"
#include "linum/transforms/vmap.h"

namespace linum {

std::size_t branch_of_platform(std::span<const std::string> platforms, std::string_view platform) {
  for (const std::string_view wanted : {platform, std::string_view("default")}) {
    const auto it = std::find(platforms.begin(), platforms.end(), wanted);
    if (it != platforms.end()) return static_cast<std::size_t>(it - platforms.begin());
  }
  std::string known;
  for (const std::string& p : platforms) known += str_cat(known.empty() ? "'" : ", '", p, "'");
  throw ValueError(str_cat("platform_dependent has no branch for '", platform,
                           "' and no 'default': there are ", known));
}

std::vector<Aval> Cond::infer(std::span<const Aval> operands) const {
  if (operands[0].dtype() != DType::I32 || operands[0].rank() != 0) {
    throw DTypeError(str_cat("cond: the branch index must be i32[], got ", operands[0]));
  }
  return branches_[0]->output_avals();
}

bool Cond::only_transposed() const {
  for (const ProgramRef& b : branches_)
    if (program_only_transposed(*b)) return true;
  return false;
}
Effects Cond::effects() const {
  Effects all = 0;
  for (const ProgramRef& b : branches_) all |= b->effects();
  return all;
}

bool Cond::names_axis(std::string_view axis) const {
  for (const ProgramRef& b : branches_)
    if (program_names_axis(*b, axis)) return true;
  return false;
}

JvpResult Cond::jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const {
  std::vector<bool> nonzero;
  std::vector<Array> args(primals.begin(), primals.end());
  for (const Tangent& t : tangents.subspan(1)) {
    nonzero.push_back(t.defined());
    if (t.defined()) args.push_back(t);
  }
  std::vector<bool> out_nonzero(branches_[0]->outputs.size(), false);
  for (const ProgramRef& b : branches_)
    out_nonzero = either(out_nonzero, jvp_program(*b, nonzero).out_nonzero);
  std::vector<ProgramRef> derived;
  for (const ProgramRef& b : branches_)
    derived.push_back(jvp_program(*b, nonzero, out_nonzero).program);
  std::vector<Array> out = linum::bind(among(std::move(derived)), args);
  std::size_t n = out_nonzero.size();
  JvpResult result;
  result.primals.assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(n));
  for (std::size_t i = 0, next = n; i < n; ++i)
    result.tangents.push_back(out_nonzero[i] ? out[next++] : Tangent());
  return result;
}

std::vector<Tangent> Cond::transpose(std::span<const Tangent> cts,
                                     std::span<const Operand> operands) const {
  std::vector<bool> linear;
  std::vector<Array> args{operands[0].value};
  for (const Operand& o : operands.subspan(1)) {
    linear.push_back(o.is_linear());
    if (!o.is_linear()) args.push_back(o.value);
  }
  std::size_t num_known = args.size() - 1;
  for (const Tangent& ct : cts)
    if (ct.defined()) args.push_back(ct);
  std::vector<Aval> avals = avals_of(std::span<const Array>(args).subspan(1));
  std::vector<ProgramRef> backward;
  for (const ProgramRef& b : branches_) {
    auto run = [&](std::span<const Array> in) {
      std::vector<Tangent> inner;
      std::size_t next = num_known;
      for (const Tangent& ct : cts) inner.push_back(ct.defined() ? in[next++] : Tangent());
      std::vector<Tangent> out = transpose_program(*b, linear, in.first(num_known), inner);
      std::size_t k = 0;
      for (std::size_t i = 0; i < linear.size(); ++i)
        if (linear[i]) out[k] = lax::instantiate(out[k], operands[i + 1].aval), ++k;
      return out;
    };
    backward.push_back(trace_closed(run, avals));
  }
  std::vector<Array> out = linum::bind(among(std::move(backward)), args);
  std::vector<Tangent> result(operands.size());
  for (std::size_t i = 0, next = 0; i < linear.size(); ++i)
    if (linear[i]) result[i + 1] = out[next++];
  return result;
}

Batched Cond::batch(const BatchAxis& axis, std::span<const Array> operands,
                    std::span<const std::int64_t> dims) const {
  if (dims[0] != kNotBatched) return batch_by_select(axis, operands, dims);
  std::vector<bool> batched;
  std::vector<Array> args{operands[0]};
  for (std::size_t i = 1; i < operands.size(); ++i) {
    batched.push_back(dims[i] != kNotBatched);
    args.push_back(batched.back() ? lax::move_batch_axis(operands[i], axis.size, dims[i], 0)
                                  : operands[i]);
  }
  std::vector<bool> out_batched(branches_[0]->outputs.size(), false);
  for (const ProgramRef& b : branches_)
    out_batched = either(out_batched, batch_program(*b, axis, batched).out_batched);
  std::vector<ProgramRef> derived;
  for (const ProgramRef& b : branches_)
    derived.push_back(batch_program(*b, axis, batched, out_batched).program);
  Batched result;
  result.values = linum::bind(among(std::move(derived)), args);
  for (bool b : out_batched) result.dims.push_back(b ? 0 : kNotBatched);
  return result;
}

// Examples choose different branches: all run, and each example takes its own results. What the
// derivatives of the others give, nan perhaps, stops at their operands.
Batched Cond::batch_by_select(const BatchAxis& axis, std::span<const Array> operands,
                              std::span<const std::int64_t> dims) const {
  refuse_effects_of_others(effects(), "cond whose predicate differs between examples");
  std::vector<bool> batched;
  std::vector<Array> args;
  for (std::size_t i = 1; i < operands.size(); ++i) {
    batched.push_back(dims[i] != kNotBatched || lax::has_tangent(operands[i].aval()));
    args.push_back(batched.back() ? lax::move_batch_axis(operands[i], axis.size, dims[i], 0)
                                  : operands[i]);
  }
  Array index = lax::move_batch_axis(operands[0], axis.size, dims[0], 0);
  std::vector<bool> all(branches_[0]->outputs.size(), true);
  Batched result;
  for (std::size_t b = 0; b < branches_.size(); ++b) {
    const Array number = make_integer_scalar(static_cast<std::int64_t>(b), DType::I32);
    const Array passed = lax::ne(index, number);  // by the examples that take another branch
    const auto like = [&](const Array& x) {
      return device_put(lax::broadcast_in_dim(passed, x.shape(), {0}), x.memory());
    };
    std::vector<Array> own = args;
    for (Array& x : own)
      if (lax::has_tangent(x.aval())) x = lax::stop_gradient_where(like(x), x);
    std::vector<Array> out =
        eval_program(*batch_program(*branches_[b], axis, batched, all).program, own);
    for (std::size_t i = 0; b > 0 && i < out.size(); ++i)
      out[i] = lax::select(like(out[i]), result.values[i], out[i]);
    result.values = std::move(out);
  }
  result.dims.assign(result.values.size(), 0);
  return result;
}

namespace {

// What branches hand on besides their results: each its own, and zeros for the others'.
class Extras {
 public:
  void add(const Program& branch, std::size_t count) {
    const std::vector<Aval> outs = branch.output_avals();
    begins_.push_back(all_.size());
    counts_.push_back(count);
    all_.insert(all_.end(), outs.end() - static_cast<std::ptrdiff_t>(count), outs.end());
  }
  std::size_t size() const { return all_.size(); }

  // `program`, whose last results are the extras of branch b.
  ProgramRef giving(const Program& program, std::size_t b) const {
    const auto run = [&](std::span<const Array> in) {
      std::vector<Array> out = eval_program(program, in);
      std::vector<Array> own(out.end() - static_cast<std::ptrdiff_t>(counts_[b]), out.end());
      out.resize(out.size() - counts_[b]);
      for (std::size_t i = 0; i < all_.size(); ++i) {
        const bool is_own = i >= begins_[b] && i < begins_[b] + counts_[b];
        out.push_back(is_own ? own[i - begins_[b]] : lax::instantiate(Tangent(), all_[i]));
      }
      return out;
    };
    return trace_closed(run, program.input_avals());
  }
  // `program`, whose last arguments are the extras of branch b.
  ProgramRef taking(const Program& program, std::size_t b) const {
    const std::size_t rest = program.inputs.size() - counts_[b];
    std::vector<Aval> avals = program.input_avals();
    avals.resize(rest);
    append(avals, all_);
    const auto run = [&](std::span<const Array> in) {
      std::vector<Array> args(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(rest));
      for (const Array& x : in.subspan(rest + begins_[b], counts_[b])) args.push_back(x);
      return eval_program(program, args);
    };
    return trace_closed(run, avals);
  }

 private:
  std::vector<std::size_t> begins_, counts_;  // of each branch
  std::vector<Aval> all_;
};

}  // namespace

std::vector<Array> Cond::partial_eval(PartialTrace& trace, std::span<const Array> args) const {
  if (trace.owns(args[0])) return Primitive::partial_eval(trace, args);
  std::vector<bool> unknown;
  std::vector<Array> known_args{args[0]}, later_args{args[0]};
  for (const Array& x : args.subspan(1)) {
    unknown.push_back(trace.owns(x));
    (unknown.back() ? later_args : known_args).push_back(x);
  }
  std::vector<bool> out_unknown(branches_[0]->outputs.size(), false);
  for (const ProgramRef& b : branches_)
    out_unknown = either(out_unknown, partial_eval_program(*b, unknown).out_unknown);
  const std::size_t num_known = out_unknown.size() - count_marks(out_unknown);
  std::vector<SplitProgram> splits;
  Extras residuals;
  for (const ProgramRef& b : branches_) {
    splits.push_back(partial_eval_program(*b, unknown, out_unknown));
    residuals.add(*splits.back().known, splits.back().known->outputs.size() - num_known);
  }
  std::vector<ProgramRef> now, later;
  for (std::size_t b = 0; b < splits.size(); ++b) {
    now.push_back(residuals.giving(*splits[b].known, b));
    const Program& rest = *splits[b].unknown;
    const std::size_t own = splits[b].known->outputs.size() - num_known;
    std::vector<std::size_t> residuals_last = index_range(own, rest.inputs.size() - own);
    append(residuals_last, index_range(0, own));
    later.push_back(
        residuals.taking(*reordered(rest, residuals_last, index_range(0, rest.outputs.size())), b));
  }
  std::vector<Array> known = linum::bind(among(std::move(now)), known_args);
  later_args.insert(later_args.end(), known.begin() + static_cast<std::ptrdiff_t>(num_known),
                    known.end());
  std::vector<Array> rest = trace.record(among(std::move(later)), later_args);
  return merge_by(out_unknown, known, rest);
}

static std::vector<Recomputation> recompute_each(const std::vector<ProgramRef>& branches,
                                                 const std::vector<bool>& wanted,
                                                 const CheckpointPolicy& policy) {
  std::vector<Recomputation> out;
  for (const ProgramRef& b : branches) out.push_back(recompute(*b, wanted, policy));
  return out;
}
Division Cond::divide(std::vector<bool> wanted, const CheckpointPolicy& policy) const {
  Division out;
  std::vector<Recomputation> parts = recompute_each(branches_, wanted, policy);
  if (out.keep_results(parts, wanted)) parts = recompute_each(branches_, wanted, policy);
  if (count_marks(wanted) == 0) return out;

  Extras kept;
  const std::size_t ins = branches_[0]->inputs.size(), outs = wanted.size();
  std::vector<bool> reads(ins, false);
  for (const Recomputation& r : parts) {
    kept.add(*r.now, r.num_kept);
    const std::vector<bool> own = r.reads();
    for (std::size_t i = 0; i < ins; ++i) reads[i] = reads[i] || own[i];
    for (std::size_t k = 0; k < r.num_kept; ++k)
      out.from_kept.push_back(out.keep(outs + out.from_kept.size()));
  }
  out.operands.push_back(0);
  std::vector<std::size_t> inputs;
  for (std::size_t i = 0; i < ins; ++i) {
    if (!reads[i]) continue;
    inputs.push_back(i);
    out.operands.push_back(i + 1);
  }
  for (std::size_t i = 0; i < outs; ++i)
    if (wanted[i]) out.results.push_back(i);
  std::vector<ProgramRef> now, again;
  for (std::size_t b = 0; b < parts.size(); ++b) {
    now.push_back(kept.giving(*parts[b].now, b));
    std::vector<std::size_t> own = inputs;
    append(own, index_range(ins, parts[b].num_kept));
    again.push_back(
        kept.taking(*reordered(*parts[b].again, own, index_range(0, out.results.size())), b));
  }
  if (kept.size() > 0) out.now = among(std::move(now));
  out.again = among(std::move(again));
  return out;
}

std::vector<Array> Cond::carry_state(StateTrace& trace, std::span<const Array> args) const {
  bool any = false;
  for (const ProgramRef& b : branches_) any = any || trace.concerns(*b);
  if (!any) return trace.apply(Ref<const Primitive>(this), args);
  for (const ProgramRef& b : branches_) trace.make_room(*b);
  std::vector<ProgramRef> branches;
  for (const ProgramRef& b : branches_) branches.push_back(trace.with_state(*b));
  return trace.bind_with_state(among(std::move(branches)), args, 1);
}

std::vector<Ssa> Cond::lower(Emitter& e, std::span<const Ssa> operands,
                             std::span<const Aval> results) const {
  if (!platforms_.empty()) {
    const std::size_t place = branch_of_platform(platforms_, e.platform());
    return e.inline_program(*branches_[place], operands.subspan(1));
  }
  std::vector<Emitter::Region> regions;
  for (const ProgramRef& b : branches_) {
    regions.push_back({{}, [&, b](Emitter& inner, std::span<const Ssa>) {
                         return inner.inline_program(*b, operands.subspan(1));
                       }});
  }
  return e.op_with_regions("stablehlo.case", operands.first(1), "", regions, results);
}

}  // namespace linum
