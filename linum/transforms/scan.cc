#include "linum/transforms/scan.h"

#include "linum/lax/families.h"
#include "linum/lax/lax.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/call_rules.h"
#include "linum/transforms/constant.h"
#include "linum/transforms/partial_eval.h"
#include "linum/transforms/program_edit.h"
#include "linum/transforms/state_trace.h"
#include "linum/transforms/vmap.h"

namespace linum {

static Ref<const Primitive> make_scan(ScanShape shape, ProgramRef body) {
  return Ref<const Primitive>(new Scan(shape, std::move(body)));
}

static Aval stacked(const Aval& a, std::int64_t length) {
  Shape shape = a.shape();
  shape.insert(shape.begin(), length);
  return a.with_shape(std::move(shape));
}
static Aval slice_of(const Aval& a) {
  return a.with_shape(Shape(a.shape().begin() + 1, a.shape().end()));
}

std::vector<Aval> Scan::infer(std::span<const Aval> operands) const {
  for (const Aval& a : operands.subspan(shape_.num_consts + shape_.num_carry)) {
    if (a.rank() > 0 && a.dim(0) == shape_.length) continue;
    throw ShapeError(str_cat("scan: an input of type ", a, " does not have ", shape_.length,
                             " entries along its first axis"));
  }
  std::vector<Aval> out = body_->output_avals();
  for (std::size_t i = shape_.num_carry; i < out.size(); ++i)
    out[i] = stacked(out[i], shape_.length);
  return out;
}

JvpResult Scan::jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const {
  std::size_t c = shape_.num_consts, n = shape_.num_carry, x = num_xs(), y = num_ys();
  std::vector<bool> nonzero;
  for (const Tangent& t : tangents) nonzero.push_back(t.defined());
  auto with = [&](const std::vector<bool>& carry) {
    std::vector<bool> marks = slice_marks(nonzero, 0, c);
    append(marks, carry);
    append(marks, slice_marks(nonzero, c + n, x));
    return marks;
  };
  std::vector<bool> carry =
      fixed_point(slice_marks(nonzero, c, n), [&](const std::vector<bool>& marks) {
        return slice_marks(jvp_program(*body_, with(marks)).out_nonzero, 0, n);
      });
  std::vector<bool> force = carry;
  force.resize(n + y, false);
  JvpProgram derived = jvp_program(*body_, with(carry), force);
  std::size_t ct = count_marks(slice_marks(nonzero, 0, c)), nt = count_marks(carry),
              xt = count_marks(slice_marks(nonzero, c + n, x)),
              yt = count_marks(slice_marks(derived.out_nonzero, n, y));
  // Primals and tangents alternate by group: constants, carry, slices.
  std::size_t all = c + n + x;
  std::vector<std::size_t> in = index_range(0, c), out = index_range(0, n);
  append(in, index_range(all, ct));
  append(in, index_range(c, n));
  append(in, index_range(all + ct, nt));
  append(in, index_range(c + n, x));
  append(in, index_range(all + ct + nt, xt));
  append(out, index_range(n + y, nt));
  append(out, index_range(n, y));
  append(out, index_range(n + y + nt, yt));
  ScanShape shape = shape_;
  shape.num_consts = c + ct;
  shape.num_carry = n + nt;
  std::vector<Array> args;
  auto add = [&](std::size_t first, std::size_t count, const std::vector<bool>& marks) {
    for (std::size_t i = 0; i < count; ++i) args.push_back(primals[first + i]);
    for (std::size_t i = 0; i < count; ++i)
      if (marks[i])
        args.push_back(lax::instantiate(tangents[first + i], primals[first + i].aval()));
  };
  add(0, c, slice_marks(nonzero, 0, c));
  add(c, n, carry);
  add(c + n, x, slice_marks(nonzero, c + n, x));
  std::vector<Array> results =
      linum::bind(make_scan(shape, reordered(*derived.program, in, out)), args);
  JvpResult result;
  std::size_t next_carry = n, next_y = n + nt + y;
  for (std::size_t i = 0; i < n; ++i) {
    result.primals.push_back(results[i]);
    result.tangents.push_back(carry[i] ? results[next_carry++] : Tangent());
  }
  for (std::size_t i = 0; i < y; ++i) {
    result.primals.push_back(results[n + nt + i]);
    result.tangents.push_back(derived.out_nonzero[n + i] ? results[next_y++] : Tangent());
  }
  return result;
}

Batched Scan::batch(const BatchAxis& axis, std::span<const Array> operands,
                    std::span<const std::int64_t> dims) const {
  std::size_t c = shape_.num_consts, n = shape_.num_carry, x = num_xs();
  std::vector<bool> batched;
  for (std::int64_t d : dims) batched.push_back(d != kNotBatched);
  auto with = [&](const std::vector<bool>& carry) {
    std::vector<bool> marks = slice_marks(batched, 0, c);
    append(marks, carry);
    append(marks, slice_marks(batched, c + n, x));
    return marks;
  };
  std::vector<bool> carry =
      fixed_point(slice_marks(batched, c, n), [&](const std::vector<bool>& marks) {
        return slice_marks(batch_program(*body_, axis, with(marks)).out_batched, 0, n);
      });
  std::vector<bool> force = carry;
  force.resize(body_->outputs.size(), false);
  BatchedProgram derived = batch_program(*body_, axis, with(carry), force);
  std::vector<Array> args;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    bool is_x = i >= c + n;
    bool b = i >= c && !is_x ? carry[i - c] : batched[i];
    // A stacked input keeps the steps in front: the batch axis of its slices is axis 1 here.
    args.push_back(b ? lax::move_batch_axis(operands[i], axis.size, dims[i], is_x ? 1 : 0)
                     : operands[i]);
  }
  Batched result;
  result.values = linum::bind(make_scan(shape_, derived.program), args);
  for (std::size_t i = 0; i < derived.out_batched.size(); ++i)
    result.dims.push_back(!derived.out_batched[i] ? kNotBatched : i < n ? 0 : 1);
  return result;
}

std::vector<Array> Scan::partial_eval(PartialTrace& trace, std::span<const Array> args) const {
  std::size_t c = shape_.num_consts, n = shape_.num_carry, x = num_xs(), y = num_ys();
  std::vector<bool> unknown;
  for (const Array& a : args) unknown.push_back(trace.owns(a));
  auto with = [&](const std::vector<bool>& carry) {
    std::vector<bool> marks = slice_marks(unknown, 0, c);
    append(marks, carry);
    append(marks, slice_marks(unknown, c + n, x));
    return marks;
  };
  std::vector<bool> carry =
      fixed_point(slice_marks(unknown, c, n), [&](const std::vector<bool>& marks) {
        return slice_marks(partial_eval_program(*body_, with(marks)).out_unknown, 0, n);
      });
  std::vector<bool> force = carry, marks = with(carry);
  force.resize(n + y, false);
  SplitProgram split = partial_eval_program(*body_, marks, force);

  // Now: the known part, which also stacks the residuals that change from step to step.
  ScanShape now = shape_;
  now.num_consts = c - count_marks(slice_marks(marks, 0, c));
  now.num_carry = n - count_marks(carry);
  std::vector<Array> known_args;
  for (std::size_t i = 0; i < args.size(); ++i)
    if (!marks[i]) known_args.push_back(args[i]);
  std::size_t num_known = n + y - count_marks(split.out_unknown);
  std::vector<std::size_t> stack;     // residuals to stack
  std::vector<Array> consts, slices;  // residuals as constants and stacked inputs later
  std::vector<std::size_t> const_places, slice_places;
  std::size_t known_xs = now.num_consts + now.num_carry;
  for (std::size_t r = 0; r < split.residual_input.size(); ++r) {
    std::int64_t from = split.residual_input[r];
    bool is_const = from >= 0 && from < static_cast<std::int64_t>(now.num_consts);
    bool is_slice = from >= static_cast<std::int64_t>(known_xs);
    (is_const ? const_places : slice_places).push_back(r);
    if (is_const)
      consts.push_back(known_args[static_cast<std::size_t>(from)]);
    else if (is_slice)
      slices.push_back(known_args[static_cast<std::size_t>(from)]);
    else
      slices.push_back(Array()), stack.push_back(num_known + r);
  }
  std::vector<std::size_t> outs = index_range(0, num_known);
  append(outs, stack);
  ProgramRef known_body = reordered(*split.known, index_range(0, known_args.size()), outs);
  std::vector<Array> known = linum::bind(make_scan(now, known_body), known_args);
  for (std::size_t i = 0, next = num_known; i < slices.size(); ++i)
    if (!slices[i].defined()) slices[i] = known[next++];

  // Later: constants (residuals, unknown), carry, slices (unknown, residuals).
  std::size_t r = split.residual_input.size();
  std::size_t uc = count_marks(slice_marks(marks, 0, c)), un = count_marks(carry),
              ux = count_marks(slice_marks(marks, c + n, x));
  std::vector<std::size_t> in = const_places;
  append(in, index_range(r, uc + un + ux));
  append(in, slice_places);
  ScanShape later = shape_;
  later.num_consts = consts.size() + uc;
  later.num_carry = un;
  ProgramRef later_body =
      reordered(*split.unknown, in, index_range(0, split.unknown->outputs.size()));
  std::vector<Array> later_args = consts;
  for (std::size_t i = 0; i < args.size(); ++i)
    if (marks[i]) later_args.push_back(args[i]);
  append(later_args, slices);
  std::vector<Array> rest = trace.record(make_scan(later, later_body), later_args);
  return merge_by(split.out_unknown, known, rest);
}

// A state that a step reads has to be computed again too.
bool Scan::add_states_read(const Recomputation& step, std::vector<bool>& wanted) const {
  const std::vector<bool> reads = step.reads();
  bool grown = false;
  for (std::size_t i = 0; i < shape_.num_carry; ++i)
    if (reads[shape_.num_consts + i] && !wanted[i]) wanted[i] = grown = true;
  return grown;
}

Division Scan::divide(std::vector<bool> wanted, const CheckpointPolicy& policy) const {
  Division out;
  Recomputation step = recompute(*body_, wanted, policy);
  if (out.keep_results({&step, 1}, wanted)) step = recompute(*body_, wanted, policy);
  if (count_marks(wanted) == 0) return out;
  while (add_states_read(step, wanted)) step = recompute(*body_, wanted, policy);

  // Now: stacks the kept values that are not results anyway.
  const std::size_t c = shape_.num_consts, n = shape_.num_carry, ins = body_->inputs.size();
  const std::vector<std::size_t> outputs = out.keep_all(step, n);
  if (outputs.size() > body_->outputs.size())
    out.now = make_scan(shape_, reordered(*step.now, index_range(0, ins), outputs));

  // Again: what it reads, and one slice of each kept value.
  const std::vector<bool> reads = step.reads();
  for (std::size_t i = 0; i < ins; ++i)
    if (i >= c && i < c + n ? wanted[i - c] : reads[i]) out.operands.push_back(i);
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (wanted[i]) out.results.push_back(i);
  ScanShape again = shape_;
  again.num_consts = count_marks(slice_marks(reads, 0, c));
  again.num_carry = count_marks(slice_marks(wanted, 0, n));
  std::vector<std::size_t> inputs = out.operands;
  append(inputs, index_range(ins, step.num_kept));
  out.again = make_scan(again, reordered(*step.again, inputs, index_range(0, out.results.size())));
  return out;
}

std::vector<Array> Scan::carry_state(StateTrace& trace, std::span<const Array> args) const {
  if (!trace.concerns(*body_)) return trace.apply(Ref<const Primitive>(this), args);
  trace.make_room(*body_);
  ProgramRef body = trace.with_state(*body_);
  std::size_t n = trace.state().size(), c = shape_.num_consts;
  std::vector<std::size_t> in = index_range(n, c);  // the state is carried
  append(in, index_range(0, n));
  append(in, index_range(n + c, body_->inputs.size() - c));
  body = reordered(*body, in, index_range(0, body->outputs.size()));
  ScanShape shape = shape_;
  shape.num_carry += n;
  return trace.bind_with_state(make_scan(shape, body), args, c);
}

// The loop backwards: the carry is the cotangents of constants (summed up) and of the carry; the
// inputs are the cotangents of the stacked results and the known stacked inputs.
std::vector<Tangent> Scan::transpose(std::span<const Tangent> cts,
                                     std::span<const Operand> operands) const {
  std::size_t c = shape_.num_consts, n = shape_.num_carry, x = num_xs(), y = num_ys();
  std::vector<bool> linear;
  for (std::size_t i = 0; i < operands.size(); ++i)
    linear.push_back(operands[i].is_linear() || (i >= c && i < c + n));
  std::vector<Aval> body_in = body_->input_avals(), body_out = body_->output_avals();
  std::vector<Array> consts, sums, carry, xs;
  std::vector<std::size_t> linear_consts, linear_xs;
  for (std::size_t i = 0; i < c; ++i) {
    if (!linear[i]) {
      consts.push_back(operands[i].value);
    } else {
      linear_consts.push_back(i);
      sums.push_back(lax::instantiate(Tangent(), body_in[i]));
    }
  }
  for (std::size_t i = 0; i < n; ++i) carry.push_back(lax::instantiate(cts[i], body_out[i]));
  std::vector<bool> has_ct;
  for (std::size_t i = n; i < n + y; ++i) {
    has_ct.push_back(cts[i].defined());
    if (cts[i].defined()) xs.push_back(cts[i]);
  }
  std::size_t num_cts = xs.size();
  for (std::size_t i = c + n; i < c + n + x; ++i) {
    if (linear[i])
      linear_xs.push_back(i);
    else
      xs.push_back(operands[i].value);
  }
  std::size_t k = consts.size(), s = sums.size();
  auto step = [&](std::span<const Array> in) {
    std::vector<Array> known(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(k));
    for (const Array& v : in.subspan(k + s + n + num_cts)) known.push_back(v);
    std::vector<Tangent> inner;
    for (std::size_t i = 0; i < n; ++i) inner.push_back(in[k + s + i]);
    for (std::size_t i = 0, next = k + s + n; i < y; ++i)
      inner.push_back(has_ct[i] ? in[next++] : Tangent());
    std::vector<Tangent> back = transpose_program(*body_, linear, known, inner);
    std::vector<Array> out;
    for (std::size_t i = 0; i < s; ++i) out.push_back(lax::add_tangents(in[k + i], back[i]));
    for (std::size_t i = 0; i < n; ++i)
      out.push_back(lax::instantiate(back[s + i], body_in[c + i]));
    for (std::size_t i = 0; i < linear_xs.size(); ++i)
      out.push_back(lax::instantiate(back[s + n + i], body_in[linear_xs[i]]));
    return out;
  };
  std::vector<Aval> avals = avals_of(consts);
  append(avals, avals_of(sums));
  append(avals, avals_of(carry));
  for (const Array& v : xs) avals.push_back(slice_of(v.aval()));
  ScanShape backward = shape_;
  backward.reverse = !shape_.reverse;
  backward.num_consts = k;
  backward.num_carry = s + n;
  std::vector<Array> args = consts;
  append(args, sums);
  append(args, carry);
  append(args, xs);
  ProgramRef body = trace_closed(step, avals);
  std::vector<Array> out = linum::bind(make_scan(backward, body), args);
  std::vector<Tangent> result(operands.size());
  for (std::size_t i = 0; i < s; ++i) result[linear_consts[i]] = out[i];
  for (std::size_t i = 0; i < n; ++i)
    if (operands[c + i].is_linear()) result[c + i] = out[s + i];
  for (std::size_t i = 0; i < linear_xs.size(); ++i) result[linear_xs[i]] = out[s + n + i];
  return result;
}

// --- lowering --------------------------------------------------------------------------------

static const Aval& index_aval() {
  static const Aval aval(DType::I32, {});
  return aval;
}

// One step: state is the carry and the buffers that collect the stacked results.
std::vector<Ssa> Scan::lower_step(Emitter& e, std::span<const Ssa> consts,
                                  std::span<const Ssa> state, std::span<const Ssa> xs,
                                  const Ssa& step) const {
  std::size_t n = shape_.num_carry;
  Ssa at = step;
  if (shape_.reverse) {
    Ssa last = e.integer_constant(shape_.length - 1, index_aval());
    Ssa pair[] = {last, step};
    at = e.elementwise("subtract", pair, index_aval());
  }
  Ssa zero = e.integer_constant(0, index_aval());
  auto indices_for = [&](const Ssa& operand, std::vector<Ssa> before) {
    before.push_back(at);
    for (std::int64_t i = 1; i < operand.aval.rank(); ++i) before.push_back(zero);
    return before;
  };
  std::vector<Ssa> in(consts.begin(), consts.end());
  in.insert(in.end(), state.begin(), state.begin() + static_cast<std::ptrdiff_t>(n));
  for (const Ssa& x : xs) {
    Shape sizes = x.aval.shape();
    sizes[0] = 1;
    Ssa row = e.op1("stablehlo.dynamic_slice", indices_for(x, {x}),
                    str_cat("slice_sizes = ", mlir_i64_array(sizes)), x.aval.with_shape(sizes));
    in.push_back(e.op1("stablehlo.reshape", {row}, "", slice_of(x.aval)));
  }
  std::vector<Ssa> out = e.inline_program(*body_, in);
  for (std::size_t i = 0; i < num_ys(); ++i) {
    const Ssa& buffer = state[n + i];
    Shape sizes = buffer.aval.shape();
    sizes[0] = 1;
    Ssa row = e.op1("stablehlo.reshape", {out[n + i]}, "", buffer.aval.with_shape(sizes));
    out[n + i] = e.op1("stablehlo.dynamic_update_slice", indices_for(buffer, {buffer, row}), "",
                       buffer.aval);
  }
  return out;
}

static std::vector<Ssa> lower_no_steps(Emitter& e, std::span<const Ssa> carry,
                                       std::span<const Aval> results) {
  std::vector<Ssa> out(carry.begin(), carry.end());
  for (std::size_t i = carry.size(); i < results.size(); ++i)
    out.push_back(e.constant(0, results[i]));
  return out;
}

std::vector<Ssa> Scan::lower(Emitter& e, std::span<const Ssa> operands,
                             std::span<const Aval> results) const {
  std::size_t c = shape_.num_consts, n = shape_.num_carry;
  auto consts = operands.first(c), xs = operands.subspan(c + n);
  if (shape_.length == 0) return lower_no_steps(e, operands.subspan(c, n), results);
  std::vector<Ssa> init{e.integer_constant(0, index_aval())};
  for (const Ssa& v : operands.subspan(c, n)) init.push_back(v);
  for (std::size_t i = n; i < results.size(); ++i) init.push_back(e.constant(0, results[i]));
  std::vector<Aval> types{index_aval()};
  types.insert(types.end(), results.begin(), results.end());
  std::int64_t unroll = shape_.unroll > 1 && shape_.length % shape_.unroll == 0 ? shape_.unroll : 1;
  Emitter::Region condition{
      types, [&](Emitter& inner, std::span<const Ssa> state) {
        Ssa limit = inner.integer_constant(shape_.length, index_aval());
        return std::vector<Ssa>{inner.op1(
            "stablehlo.compare", {state[0], limit},
            "comparison_direction = #stablehlo<comparison_direction LT>", Aval(DType::Bool, {}))};
      }};
  Emitter::Region body{types, [&](Emitter& inner, std::span<const Ssa> state) {
                         std::vector<Ssa> current(state.begin() + 1, state.end());
                         Ssa step = state[0];
                         for (std::int64_t u = 0; u < unroll; ++u) {
                           current = lower_step(inner, consts, current, xs, step);
                           Ssa pair[] = {step, inner.integer_constant(1, index_aval())};
                           step = inner.elementwise("add", pair, index_aval());
                         }
                         current.insert(current.begin(), step);
                         return current;
                       }};
  Emitter::Region regions[] = {condition, body};
  std::vector<Ssa> out = e.op_with_regions("stablehlo.while", init, "", regions, types);
  return {out.begin() + 1, out.end()};
}

}  // namespace linum
