#include "linum/transforms/while.h"

#include "linum/lax/families.h"
#include "linum/lax/lax.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/constant.h"
#include "linum/transforms/partial_eval.h"
#include "linum/transforms/program_edit.h"
#include "linum/transforms/state_trace.h"
#include "linum/transforms/vmap.h"

namespace linum {

static Ref<const Primitive> make_while(ProgramRef cond, std::size_t cond_consts, ProgramRef body,
                                       std::size_t body_consts) {
  return Ref<const Primitive>(
      new While(std::move(cond), cond_consts, std::move(body), body_consts));
}

std::vector<Aval> While::infer(std::span<const Aval>) const { return body_->output_avals(); }

JvpResult While::jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const {
  std::size_t consts = cond_consts_ + body_consts_, n = num_carry();
  std::vector<bool> const_nonzero, carry_nonzero;
  for (std::size_t i = cond_consts_; i < consts; ++i)
    const_nonzero.push_back(tangents[i].defined());
  for (std::size_t i = 0; i < n; ++i) carry_nonzero.push_back(tangents[consts + i].defined());
  auto all = [&](const std::vector<bool>& carry) {
    std::vector<bool> marks = const_nonzero;
    append(marks, carry);
    return marks;
  };
  carry_nonzero = fixed_point(carry_nonzero, [&](const std::vector<bool>& carry) {
    return jvp_program(*body_, all(carry)).out_nonzero;
  });
  JvpProgram body = jvp_program(*body_, all(carry_nonzero), carry_nonzero);
  // The body's inputs: consts, carry, consts' tangents, carry's tangents; the loop wants the
  // constants together and then the carry.
  std::size_t t = count_marks(carry_nonzero), ct = count_marks(const_nonzero);
  std::vector<std::size_t> order = index_range(0, body_consts_);
  append(order, index_range(body_consts_ + n, ct));
  append(order, index_range(body_consts_, n));
  append(order, index_range(body_consts_ + n + ct, t));
  ProgramRef new_body = reordered(*body.program, order, index_range(0, n + t));
  // The condition sees the primal carry only.
  std::vector<Aval> cond_avals = cond_->input_avals(), carry_avals = body_->output_avals();
  for (std::size_t i = 0; i < n; ++i)
    if (carry_nonzero[i]) cond_avals.push_back(carry_avals[i].strong());
  auto run_cond = [&](std::span<const Array> in) {
    return eval_program(*cond_, in.first(cond_consts_ + n));
  };
  ProgramRef new_cond = trace_closed(run_cond, cond_avals);
  std::vector<Array> args(primals.begin(), primals.begin() + static_cast<std::ptrdiff_t>(consts));
  for (std::size_t i = cond_consts_; i < consts; ++i)
    if (tangents[i].defined()) args.push_back(tangents[i]);
  for (std::size_t i = 0; i < n; ++i) args.push_back(primals[consts + i]);
  for (std::size_t i = 0; i < n; ++i)
    if (carry_nonzero[i])
      args.push_back(lax::instantiate(tangents[consts + i], primals[consts + i].aval()));
  std::vector<Array> out =
      linum::bind(make_while(new_cond, cond_consts_, new_body, body_consts_ + ct), args);
  JvpResult result;
  result.primals.assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(n));
  for (std::size_t i = 0, next = n; i < n; ++i)
    result.tangents.push_back(carry_nonzero[i] ? out[next++] : Tangent());
  return result;
}

std::vector<Tangent> While::transpose(std::span<const Tangent>, std::span<const Operand>) const {
  throw TransformError(
      "reverse-mode differentiation does not work for while_loop, nor for fori_loop with bounds "
      "that "
      "are arrays: the number of steps to remember is not known. Use scan, or fori_loop with C++ "
      "integers as bounds");
}

Batched While::batch(const BatchAxis& axis, std::span<const Array> operands,
                     std::span<const std::int64_t> dims) const {
  std::size_t consts = cond_consts_ + body_consts_, n = num_carry();
  std::vector<bool> batched;
  for (std::int64_t d : dims) batched.push_back(d != kNotBatched);
  std::vector<bool> cond_marks = slice_marks(batched, 0, cond_consts_);
  std::vector<bool> body_marks = slice_marks(batched, cond_consts_, body_consts_);
  auto with = [](std::vector<bool> marks, const std::vector<bool>& carry) {
    append(marks, carry);
    return marks;
  };
  std::vector<bool> carry =
      fixed_point(slice_marks(batched, consts, n), [&](const std::vector<bool>& c) {
        return batch_program(*body_, axis, with(body_marks, c)).out_batched;
      });
  bool per_example = batch_program(*cond_, axis, with(cond_marks, carry)).out_batched[0];
  if (per_example) {
    refuse_effects_of_others(effects(), "while_loop whose condition differs between examples");
    carry.assign(n, true);
  }
  BatchedProgram cond = batch_program(*cond_, axis, with(cond_marks, carry));
  BatchedProgram body = batch_program(*body_, axis, with(body_marks, carry), carry);
  std::vector<Array> args;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    bool b = i < consts ? batched[i] : carry[i - consts];
    args.push_back(b ? lax::move_batch_axis(operands[i], axis.size, dims[i], 0) : operands[i]);
  }
  Batched result;
  if (!per_example) {
    result.values =
        linum::bind(make_while(cond.program, cond_consts_, body.program, body_consts_), args);
  } else {
    // Goes on while any example does; finished examples keep their carry.
    auto run_cond = [&](std::span<const Array> in) {
      return std::vector<Array>{lax::reduce_or(eval_program(*cond.program, in)[0], {0})};
    };
    auto run_body = [&](std::span<const Array> in) {
      std::vector<Array> cond_in(in.begin(),
                                 in.begin() + static_cast<std::ptrdiff_t>(cond_consts_));
      for (const Array& x : in.subspan(consts)) cond_in.push_back(x);
      Array going = eval_program(*cond.program, cond_in)[0];
      std::vector<Array> out = eval_program(*body.program, in.subspan(cond_consts_));
      for (std::size_t i = 0; i < n; ++i)
        out[i] =
            lax::select(lax::broadcast_in_dim(going, out[i].shape(), {0}), out[i], in[consts + i]);
      return out;
    };
    std::vector<Aval> avals = avals_of(args),
                      cond_avals(avals.begin(),
                                 avals.begin() + static_cast<std::ptrdiff_t>(cond_consts_));
    cond_avals.insert(cond_avals.end(), avals.begin() + static_cast<std::ptrdiff_t>(consts),
                      avals.end());
    ProgramRef any = trace_closed(run_cond, cond_avals);
    ProgramRef step = trace_closed(run_body, avals);
    std::vector<Array> in(args.begin(), args.begin() + static_cast<std::ptrdiff_t>(cond_consts_));
    append(in, args);
    result.values = linum::bind(make_while(any, cond_consts_, step, consts), in);
  }
  for (bool b : carry) result.dims.push_back(b ? 0 : kNotBatched);
  return result;
}

// What the known carries need runs now; for the rest the whole loop is recorded, known parts
// included, since their values at each step are not kept.
std::vector<Array> While::partial_eval(PartialTrace& trace, std::span<const Array> args) const {
  std::size_t consts = cond_consts_ + body_consts_, n = num_carry();
  std::vector<bool> unknown;
  for (const Array& x : args) unknown.push_back(trace.owns(x));
  std::vector<bool> body_marks = slice_marks(unknown, cond_consts_, body_consts_);
  auto with = [](std::vector<bool> marks, const std::vector<bool>& carry) {
    append(marks, carry);
    return marks;
  };
  std::vector<bool> carry =
      fixed_point(slice_marks(unknown, consts, n), [&](const std::vector<bool>& c) {
        return partial_eval_program(*body_, with(body_marks, c)).out_unknown;
      });
  bool cond_unknown =
      partial_eval_program(*cond_, with(slice_marks(unknown, 0, cond_consts_), carry))
          .out_unknown[0];
  if (cond_unknown || count_marks(carry) == n) return Primitive::partial_eval(trace, args);
  std::vector<std::size_t> known;  // places of the known carries
  for (std::size_t i = 0; i < n; ++i)
    if (!carry[i]) known.push_back(i);
  std::vector<Aval> avals = avals_of(args), cond_avals, body_avals;
  for (std::size_t i = 0; i < consts; ++i)
    (i < cond_consts_ ? cond_avals : body_avals).push_back(avals[i]);
  for (std::size_t i : known)
    cond_avals.push_back(avals[consts + i]), body_avals.push_back(avals[consts + i]);
  auto widen = [&](std::span<const Array> in, std::size_t own_consts) {
    std::vector<Array> out(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(own_consts));
    for (std::size_t i = 0, k = own_consts; i < n; ++i) {
      const Aval& a = avals[consts + i];
      out.push_back(carry[i] ? lax::instantiate(Tangent(), a) : in[k++]);
    }
    return out;
  };
  auto run_cond = [&](std::span<const Array> in) {
    return eval_program(*cond_, widen(in, cond_consts_));
  };
  auto run_body = [&](std::span<const Array> in) {
    std::vector<Array> out, all = eval_program(*body_, widen(in, body_consts_));
    for (std::size_t i : known) out.push_back(all[i]);
    return out;
  };
  std::vector<Array> in;
  for (std::size_t i = 0; i < consts; ++i) {
    const Aval& a = avals[i];  // an unknown constant cannot matter to the known carries
    in.push_back(unknown[i] ? lax::instantiate(Tangent(), a) : args[i]);
  }
  for (std::size_t i : known) in.push_back(args[consts + i]);
  std::vector<Array> now = linum::bind(make_while(trace_closed(run_cond, cond_avals), cond_consts_,
                                                  trace_closed(run_body, body_avals), body_consts_),
                                       in);
  std::vector<Array> out = Primitive::partial_eval(trace, args);
  for (std::size_t k = 0; k < known.size(); ++k) out[known[k]] = now[k];
  return out;
}

// The program with more inputs, like `values`, at place `first`: it does not read them.
static ProgramRef ignoring(const Program& p, std::size_t first, std::span<const Array> values) {
  std::vector<Aval> avals = p.input_avals(), more = avals_of(values);
  avals.insert(avals.begin() + static_cast<std::ptrdiff_t>(first), more.begin(), more.end());
  auto run = [&, count = values.size()](std::span<const Array> in) {
    std::vector<Array> inner(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(first));
    for (const Array& x : in.subspan(first + count)) inner.push_back(x);
    return eval_program(p, inner);
  };
  return trace_closed(run, avals);
}

std::vector<Array> While::carry_state(StateTrace& trace, std::span<const Array> args) const {
  if (trace.concerns(*cond_)) return carry_state_with_condition(trace, args);
  if (!trace.concerns(*body_)) return trace.apply(Ref<const Primitive>(this), args);
  trace.make_room(*body_);
  std::size_t s = trace.state().size(), c = body_consts_;
  ProgramRef body = trace.with_state(*body_);
  std::vector<std::size_t> in = index_range(s, c);
  append(in, index_range(0, s));
  append(in, index_range(s + c, num_carry()));
  body = reordered(*body, in, index_range(0, body->outputs.size()));
  ProgramRef cond = ignoring(*cond_, cond_consts_, trace.state());
  return trace.bind_with_state(make_while(cond, cond_consts_, body, c), args, cond_consts_ + c);
}

// A condition gives its truth only. One that changes the state is run before the loop and at the
// end of each step, and its truth is carried.
std::vector<Array> While::carry_state_with_condition(StateTrace& trace,
                                                     std::span<const Array> args) const {
  std::size_t cc = cond_consts_, consts = cc + body_consts_;
  trace.make_room(*cond_);
  trace.make_room(*body_);
  auto test = [&](std::span<const Array> in, std::span<const Array> carry) {
    std::vector<Array> operands(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(cc));
    operands.insert(operands.end(), carry.begin(), carry.end());
    return operands;
  };
  std::vector<Array> first = trace.run(*cond_, test(args, args.subspan(consts)));
  auto run_step = [&](std::span<const Array> in) {  // constants, carry -> truth, carry
    std::vector<Array> carry = eval_program(*body_, in.subspan(cc));
    std::vector<Array> out = eval_program(*cond_, test(in, carry));
    append(out, carry);
    return out;
  };
  std::vector<Aval> avals = avals_of(args);
  ProgramRef step = trace.with_state(*ignoring(*trace_closed(run_step, avals), consts, first));
  std::size_t s = trace.state().size();
  std::vector<std::size_t> in = index_range(s, consts);
  append(in, index_range(0, s));
  append(in, index_range(s + consts, step->inputs.size() - s - consts));
  step = reordered(*step, in, index_range(0, step->outputs.size()));
  auto run_truth = [&](std::span<const Array> carry) { return std::vector<Array>{carry[s]}; };
  std::vector<Aval> carry_avals = step->output_avals();
  std::vector<Array> operands(args.begin(), args.begin() + static_cast<std::ptrdiff_t>(consts));
  append(operands, first);
  for (const Array& x : args.subspan(consts)) operands.push_back(x);
  std::vector<Array> out = trace.bind_with_state(
      make_while(trace_closed(run_truth, carry_avals), 0, step, consts), operands, consts);
  out.erase(out.begin());
  return out;
}

std::vector<Ssa> While::lower(Emitter& e, std::span<const Ssa> operands,
                              std::span<const Aval> results) const {
  std::size_t consts = cond_consts_ + body_consts_;
  auto region = [&](const ProgramRef& program, std::size_t first, std::size_t count) {
    return Emitter::Region{
        {results.begin(), results.end()},
        [&operands, program, first, count](Emitter& inner, std::span<const Ssa> carry) {
          std::vector<Ssa> in;
          for (const Ssa& v : operands.subspan(first, count)) in.push_back(v);
          in.insert(in.end(), carry.begin(), carry.end());
          return inner.inline_program(*program, in);
        }};
  };
  Emitter::Region regions[] = {region(cond_, 0, cond_consts_),
                               region(body_, cond_consts_, body_consts_)};
  return e.op_with_regions("stablehlo.while", operands.subspan(consts), "", regions, results);
}

}  // namespace linum
