#include "linum/transforms/shard_map_primitive.h"

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

// --- ManualAxesScope -------------------------------------------------------------------------

static thread_local std::vector<std::string> manual_around;

ManualAxesScope::ManualAxesScope(const Mesh& mesh, const std::vector<std::string>& axes)
    : outer_(manual_around.size()) {
  for (const std::string& axis : axes) scopes_.emplace_back(axis, mesh.axis_size(axis));
  append(manual_around, axes);
}
ManualAxesScope::~ManualAxesScope() {
  manual_around.resize(outer_);
  while (!scopes_.empty()) scopes_.pop_back();
}
bool is_manual_around(std::string_view axis) { return contains(manual_around, axis); }

// --- ShardMap --------------------------------------------------------------------------------

namespace {

std::string text_of(const std::vector<NamedSharding>& shardings) {
  std::string out;
  for (const NamedSharding& s : shardings) out += s.spec().to_string();
  return out;
}
Specs specs_of(const std::vector<NamedSharding>& shardings) {
  Specs out;
  for (const NamedSharding& s : shardings) out.push_back(s.spec());
  return out;
}

// Some of the entries, those that `marks` names.
template <class T>
std::vector<T> marked(std::span<const T> all, const std::vector<bool>& marks, bool wanted = true) {
  std::vector<T> out;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (marks[i] == wanted) out.push_back(all[i]);
  return out;
}
Specs marked(const Specs& all, const std::vector<bool>& marks, bool wanted = true) {
  return marked(std::span<const PartitionSpec>(all), marks, wanted);
}

}  // namespace

ShardMap::ShardMap(ProgramRef program, Mesh mesh, std::vector<std::string> axes, const Specs& in,
                   const Specs& out)
    : program_(std::move(program)), mesh_(std::move(mesh)), axes_(std::move(axes)) {
  for (const PartitionSpec& s : in) in_.emplace_back(mesh_, s);
  for (const PartitionSpec& s : out) out_.emplace_back(mesh_, s);
}

void ShardMap::params(ParamSink& sink) const {
  sink("mesh", mesh_.key());
  sink("manual_axes", join(axes_, ","));
  sink("in_specs", text_of(in_));
  sink("out_specs", text_of(out_));
  sink("jaxpr", *program_);
}

Specs ShardMap::in_specs() const { return specs_of(in_); }
Specs ShardMap::out_specs() const { return specs_of(out_); }
bool ShardMap::is_manual(std::string_view axis) const { return contains(axes_, axis); }

bool ShardMap::only_transposed() const { return program_only_transposed(*program_); }
bool ShardMap::names_axis(std::string_view axis) const {
  return !is_manual(axis) && program_names_axis(*program_, axis);
}

ProgramRef ShardMap::trace_parts(const FlatFn& f, std::span<const Aval> args) const {
  ManualAxesScope axes(mesh_, axes_);
  return trace_closed(f, args);
}

std::vector<std::string> ShardMap::own_axes() const {
  std::vector<std::string> out;
  for (const std::string& axis : axes_)
    if (!is_spmd_axis(axis)) out.push_back(axis);
  return out;
}
std::vector<std::string> ShardMap::unmentioned(const NamedSharding& s) const {
  std::vector<std::string> out;
  for (const std::string& axis : own_axes())
    if (!s.spec().mentions(axis)) out.push_back(axis);
  return out;
}

std::vector<Aval> ShardMap::infer(std::span<const Aval> operands) const {
  const std::vector<Aval> parts = program_->input_avals();
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (in_[i].shard_shape(operands[i].shape()) == parts[i].shape()) continue;
    throw ShapeError(str_cat("shard_map: ", operands[i], " split by ", in_[i].spec().to_string(),
                             " does not give ", parts[i]));
  }
  std::vector<Aval> out = program_->output_avals();
  for (std::size_t i = 0; i < out.size(); ++i) {
    Shape whole = out[i].shape();
    if (out_[i].spec().size() > whole.size()) {
      throw ShapeError(str_cat("shard_map: out_specs entry ", out_[i].spec().to_string(),
                               " has more dimensions than result ", i, ", ", out[i]));
    }
    for (std::size_t d = 0; d < whole.size(); ++d) whole[d] *= out_[i].parts(d);
    out[i] = out[i].with_shape(std::move(whole));
  }
  return out;
}

JvpResult ShardMap::jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const {
  return jvp_call(primals, tangents, [&](const std::vector<bool>& nonzero) {
    ManualAxesScope axes(mesh_, axes_);
    JvpProgram derived = jvp_program(*program_, nonzero);
    Specs in = in_specs(), out = out_specs();
    append(in, marked(in_specs(), nonzero));
    append(out, marked(out_specs(), derived.out_nonzero));
    return DerivedCall{with(derived.program, in, out), std::move(derived.out_nonzero)};
  });
}

// A result that several devices hold has one cotangent, which they share equally...
Array ShardMap::shared_out(const Array& ct, const NamedSharding& out) const {
  std::int64_t holders = 1;
  for (const std::string& axis : unmentioned(out)) holders *= mesh_.axis_size(axis);
  return holders == 1 ? ct : lax::div(ct, lax::convert_element_type(Array(holders), ct.dtype()));
}
// ... and an argument that several devices read gets what comes from all of them.
Array ShardMap::summed(Array x, const NamedSharding& in) const {
  for (const std::string& axis : unmentioned(in)) x = lax::psum(x, axis);
  return x;
}

std::vector<Tangent> ShardMap::transpose(std::span<const Tangent> cts,
                                         std::span<const Operand> operands) const {
  std::vector<bool> linear, given;
  std::vector<Array> args;
  std::vector<Aval> parts = program_->input_avals(), types;
  Specs in;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    linear.push_back(operands[i].is_linear());
    if (linear[i]) continue;
    args.push_back(operands[i].value);
    types.push_back(parts[i]);
    in.push_back(in_[i].spec());
  }
  const std::size_t num_known = args.size();
  const std::vector<Aval> outs = program_->output_avals();
  for (std::size_t i = 0; i < cts.size(); ++i) {
    if (!cts[i].defined()) continue;
    args.push_back(cts[i]);
    types.push_back(cts[i].aval().with_shape(outs[i].shape()));
    in.push_back(out_[i].spec());
  }
  Specs out;
  auto backward = [&](std::span<const Array> x) {
    std::vector<Tangent> inner;
    for (std::size_t i = 0, next = num_known; i < cts.size(); ++i)
      inner.push_back(cts[i].defined() ? shared_out(x[next++], out_[i]) : Tangent());
    std::vector<Tangent> back = transpose_program(*program_, linear, x.first(num_known), inner);
    std::vector<Array> sums;
    for (std::size_t i = 0, k = 0; i < linear.size(); ++i) {
      if (!linear[i]) continue;
      given.push_back(back[k].defined());
      if (back[k].defined()) {
        sums.push_back(summed(back[k], in_[i]));
        out.push_back(in_[i].spec());
      }
      ++k;
    }
    return sums;
  };
  ProgramRef body = trace_parts(backward, types);
  std::vector<Array> sums = linum::bind(with(body, in, out), args);
  std::vector<Tangent> result(operands.size());
  for (std::size_t i = 0, k = 0, next = 0; i < operands.size(); ++i)
    if (linear[i] && given[k++]) result[i] = sums[next++];
  return result;
}

// The part of the batch axis that one device has. A collective would see its examples only.
BatchAxis ShardMap::axis_of_parts(const BatchAxis& axis,
                                  const std::vector<std::string>& split) const {
  BatchAxis out = axis;
  std::erase_if(out.spmd_axis_name, [&](const std::string& name) { return is_manual(name); });
  if (split.empty()) return out;
  for (const PartitionSpec& s : in_specs())
    lax::check_spmd_axes_unused(axis, s, "in_specs of shard_map");
  for (const PartitionSpec& s : out_specs())
    lax::check_spmd_axes_unused(axis, s, "out_specs of shard_map");
  std::vector<std::string> mixed = split;
  if (!axis.name.empty()) mixed.push_back(axis.name);
  for (const std::string& name : mixed) {
    if (!program_names_axis(*program_, name)) continue;
    throw ValueError(str_cat("vmap: a collective inside shard_map names axis '", name,
                             "', over which spmd_axis_name splits the examples"));
  }
  out.size = NamedSharding(mesh_, P{PartitionSpec::Entry(split)}).shard_shape({axis.size})[0];
  return out;
}

Batched ShardMap::batch(const BatchAxis& axis, std::span<const Array> operands,
                        std::span<const std::int64_t> dims) const {
  std::vector<std::string> split = axis.spmd_axis_name;
  std::erase_if(split, [&](const std::string& name) { return !is_manual(name); });
  const BatchAxis inner = axis_of_parts(axis, split);
  return batch_call(axis, operands, dims, [&](const std::vector<bool>& batched) {
    ManualAxesScope axes(mesh_, axes_);
    BatchedProgram derived = batch_program(*program_, inner, batched);
    auto widened = [&](Specs specs, const std::vector<bool>& marks) {
      for (std::size_t i = 0; i < specs.size(); ++i)
        if (marks[i]) specs[i] = specs[i].with_dimension(0, PartitionSpec::Entry(split));
      return specs;
    };
    return DerivedCall{with(derived.program, widened(in_specs(), batched),
                            widened(out_specs(), derived.out_batched)),
                       derived.out_batched};
  });
}

// Each device begins with the state so far and gives its own, as a row.
std::vector<Array> ShardMap::carry_state(StateTrace& trace, std::span<const Array> args) const {
  if (!trace.concerns(*program_)) return trace.apply(Ref<const Primitive>(this), args);
  trace.make_room(*program_);
  const std::size_t n = trace.state().size();
  const ProgramRef body = [&] {
    ManualAxesScope axes(mesh_, axes_);
    return trace.with_state(*program_);
  }();
  const ProgramRef rows = giving_rows(*body, 0, std::vector<bool>(n, true));
  Specs in(n), out(n, stacked());
  append(in, in_specs());
  append(out, out_specs());
  std::vector<Array> results = trace.bind_with_state(with(rows, in, out), args);
  trace.merge_devices();
  return results;
}

std::vector<Ssa> ShardMap::lower(Emitter& e, std::span<const Ssa> operands,
                                 std::span<const Aval> results) const {
  return e.manual_computation(*program_, operands, in_, out_, axes_, results);
}

PartitionSpec ShardMap::stacked() const { return {PartitionSpec::Entry(own_axes())}; }

ProgramRef ShardMap::giving_rows(const Program& program, std::size_t first,
                                 const std::vector<bool>& rows) const {
  const auto run = [&](std::span<const Array> x) {
    std::vector<Array> y = eval_program(program, x);
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i]) y[first + i] = lax::expand_dims(y[first + i], {0});
    return y;
  };
  return trace_parts(run, program.input_avals());
}
ProgramRef ShardMap::taking_rows(const Program& program, std::size_t first,
                                 const std::vector<bool>& rows) const {
  std::vector<Aval> types = program.input_avals();
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i]) types[first + i] = types[first + i].with_shape({1});
  const auto run = [&](std::span<const Array> x) {
    std::vector<Array> in(x.begin(), x.end());
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i]) in[first + i] = lax::reshape(in[first + i], {});
    return eval_program(program, in);
  };
  return trace_parts(run, types);
}

std::vector<Array> ShardMap::partial_eval(PartialTrace& trace, std::span<const Array> args) const {
  std::vector<bool> unknown;
  for (const Array& x : args) unknown.push_back(trace.owns(x));
  const SplitProgram split = [&] {
    ManualAxesScope axes(mesh_, axes_);
    return partial_eval_program(*program_, unknown);
  }();
  // Residuals that are arguments stay split as these are.
  const Specs known_in = marked(in_specs(), unknown, false);
  const std::vector<Aval> later_types = split.unknown->input_avals();
  Specs residuals;
  std::vector<bool> rows;
  for (std::size_t i = 0; i < split.residual_input.size(); ++i) {
    const std::int64_t place = split.residual_input[i];
    residuals.push_back(place < 0 ? stacked() : known_in[static_cast<std::size_t>(place)]);
    rows.push_back(place < 0 && later_types[i].rank() == 0);
  }

  Specs known_out = marked(out_specs(), split.out_unknown, false);
  const std::size_t num_known = known_out.size();
  append(known_out, residuals);
  const ProgramRef now = giving_rows(*split.known, num_known, rows);
  const std::vector<Array> known =
      linum::bind(with(now, known_in, known_out), marked(args, unknown, false));

  std::vector<Array> in(known.begin() + static_cast<std::ptrdiff_t>(num_known), known.end());
  append(in, marked(args, unknown));
  append(residuals, marked(in_specs(), unknown));
  const ProgramRef rest = taking_rows(*split.unknown, 0, rows);
  const std::vector<Array> later =
      trace.record(with(rest, residuals, marked(out_specs(), split.out_unknown)), in);
  return merge_by(split.out_unknown, known, later);
}

Division ShardMap::divide(std::vector<bool> wanted, const CheckpointPolicy& policy) const {
  Division out;
  const auto divided = [&] {
    ManualAxesScope axes(mesh_, axes_);
    return recompute(*program_, wanted, policy);
  };
  Recomputation parts = divided();
  if (out.keep_results({&parts, 1}, wanted)) parts = divided();
  if (count_marks(wanted) == 0) return out;

  const std::size_t ins = program_->inputs.size(), outs = program_->outputs.size();
  const std::vector<std::size_t> outputs = out.keep_all(parts, 0);
  const ProgramRef now = reordered(*parts.now, index_range(0, ins), outputs);
  Specs specs = out_specs();
  std::vector<bool> rows;
  for (std::size_t i = outs; i < outputs.size(); ++i) {
    specs.push_back(stacked());
    rows.push_back(now->aval(now->outputs[i]).rank() == 0);
  }
  if (!rows.empty()) out.now = with(giving_rows(*now, outs, rows), in_specs(), specs);

  const std::vector<bool> reads = parts.reads();
  Specs in, results;
  for (std::size_t i = 0; i < ins; ++i) {
    if (!reads[i]) continue;
    out.operands.push_back(i);
    in.push_back(in_[i].spec());
  }
  std::vector<bool> as_rows;
  for (std::size_t k : out.from_kept) {
    const std::size_t result = out.kept[k];
    in.push_back(specs[result]);
    as_rows.push_back(result >= outs && rows[result - outs]);
  }
  for (std::size_t i = 0; i < outs; ++i) {
    if (!wanted[i]) continue;
    out.results.push_back(i);
    results.push_back(specs[i]);
  }
  std::vector<std::size_t> inputs = out.operands;
  append(inputs, index_range(ins, parts.num_kept));
  const ProgramRef again = reordered(*parts.again, inputs, index_range(0, out.results.size()));
  out.again = with(taking_rows(*again, out.operands.size(), as_rows), in, results);
  return out;
}

}  // namespace linum
