#include "linum/transforms/shard_map.h"

#include <deque>

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/trace.h"
#include "linum/lax/families.h"
#include "linum/lax/lax.h"
#include "linum/lax/sharding.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/call_rules.h"
#include "linum/transforms/constant.h"
#include "linum/transforms/partial_eval.h"
#include "linum/transforms/per_argument.h"
#include "linum/transforms/program_edit.h"

namespace linum {
namespace {

using Specs = std::vector<PartitionSpec>;

// The axes of a mesh, for collectives.
class MeshAxes {
 public:
  explicit MeshAxes(const Mesh& mesh) {
    for (std::size_t i = 0; i < mesh.shape().size(); ++i)
      scopes_.emplace_back(mesh.axis_names()[i], mesh.shape()[i]);
  }
  ~MeshAxes() {
    while (!scopes_.empty()) scopes_.pop_back();
  }
  MeshAxes(const MeshAxes&) = delete;

 private:
  std::deque<AxisScope> scopes_;
};

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

class ShardMap final : public Primitive {
 public:
  ShardMap(ProgramRef program, Mesh mesh, Specs in, Specs out)
      : program_(std::move(program)), mesh_(std::move(mesh)) {
    for (PartitionSpec& s : in) in_.emplace_back(mesh_, std::move(s));
    for (PartitionSpec& s : out) out_.emplace_back(mesh_, std::move(s));
  }
  std::string_view name() const override { return "shard_map"; }
  void params(ParamSink& sink) const override {
    sink("mesh", mesh_.key());
    sink("in_specs", text_of(in_));
    sink("out_specs", text_of(out_));
    sink("jaxpr", *program_);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    if (!e.manual_mesh().empty()) throw ValueError("shard_map inside shard_map is not supported");
    return e.manual_computation(*program_, operands, in_, out_, results);
  }
  std::vector<Array> partial_eval(PartialTrace&, std::span<const Array>) const override;
  Effects effects() const override { return program_->effects(); }
  bool only_transposed() const override { return program_only_transposed(*program_); }
  bool names_axis(std::string_view axis) const override {
    return !mesh_.has_axis(axis) && program_names_axis(*program_, axis);
  }

 private:
  static std::string text_of(const std::vector<NamedSharding>& shardings) {
    std::string out;
    for (const NamedSharding& s : shardings) out += s.spec().to_string();
    return out;
  }
  static Specs specs_of(const std::vector<NamedSharding>& shardings) {
    Specs out;
    for (const NamedSharding& s : shardings) out.push_back(s.spec());
    return out;
  }
  Ref<const Primitive> with(ProgramRef program, Specs in, Specs out) const {
    return Ref<const Primitive>(
        new ShardMap(std::move(program), mesh_, std::move(in), std::move(out)));
  }
  // A program over parts.
  ProgramRef trace_parts(const FlatFn& f, std::span<const Aval> args) const {
    MeshAxes axes(mesh_);
    return trace_closed(f, args);
  }
  std::vector<std::string> unmentioned(const NamedSharding& s) const {
    std::vector<std::string> out;
    for (const std::string& axis : mesh_.axis_names())
      if (!s.spec().mentions(axis)) out.push_back(axis);
    return out;
  }
  Array shared_out(const Array& ct, const NamedSharding& out) const;
  Array summed(Array x, const NamedSharding& in) const;
  // The spec that stacks what all devices hold along the first axis.
  PartitionSpec stacked() const {
    return PartitionSpec({PartitionSpec::Entry(mesh_.axis_names())});
  }
  struct Halves;
  Halves halves(const SplitProgram& split, const std::vector<bool>& unknown) const;

  ProgramRef program_;
  Mesh mesh_;
  std::vector<NamedSharding> in_, out_;
};

std::vector<Aval> ShardMap::infer(std::span<const Aval> operands) const {
  const std::vector<Aval> parts = program_->input_avals();
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (in_[i].shard_shape(operands[i].shape()) == parts[i].shape()) continue;
    throw ShapeError(concat("shard_map: ", operands[i], " split by ", in_[i].spec().to_string(),
                            " does not give ", parts[i]));
  }
  std::vector<Aval> out = program_->output_avals();
  for (std::size_t i = 0; i < out.size(); ++i) {
    Shape whole = out[i].shape();
    if (out_[i].spec().size() > whole.size()) {
      throw ShapeError(concat("shard_map: out_specs entry ", out_[i].spec().to_string(),
                              " has more dimensions than result ", i, ", ", out[i]));
    }
    for (std::size_t d = 0; d < whole.size(); ++d) whole[d] *= out_[i].parts(d);
    out[i] = out[i].with_shape(std::move(whole));
  }
  return out;
}

JvpResult ShardMap::jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const {
  return jvp_call(primals, tangents, [&](const std::vector<bool>& nonzero) {
    MeshAxes axes(mesh_);
    JvpProgram derived = jvp_program(*program_, nonzero);
    Specs in = specs_of(in_), out = specs_of(out_);
    append(in, marked(specs_of(in_), nonzero));
    append(out, marked(specs_of(out_), derived.out_nonzero));
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

static PartitionSpec with_batch_in_front(const PartitionSpec& spec) {
  std::vector<PartitionSpec::Entry> entries = spec.entries();
  entries.insert(entries.begin(), PartitionSpec::Entry());
  return PartitionSpec(std::move(entries));
}

Batched ShardMap::batch(const BatchAxis& axis, std::span<const Array> operands,
                        std::span<const std::int64_t> dims) const {
  return batch_call(axis, operands, dims, [&](const std::vector<bool>& batched) {
    MeshAxes axes(mesh_);
    BatchedProgram derived = batch_program(*program_, axis, batched);
    auto widened = [](Specs specs, const std::vector<bool>& marks) {
      for (std::size_t i = 0; i < specs.size(); ++i)
        if (marks[i]) specs[i] = with_batch_in_front(specs[i]);
      return specs;
    };
    Specs in = widened(specs_of(in_), batched), out = widened(specs_of(out_), derived.out_batched);
    return DerivedCall{with(derived.program, std::move(in), std::move(out)),
                       std::move(derived.out_batched)};
  });
}

// The two parts of a split program, whose residuals travel between them stacked over the devices.
struct ShardMap::Halves {
  ProgramRef known, unknown;
  Specs residuals;
};

ShardMap::Halves ShardMap::halves(const SplitProgram& split,
                                  const std::vector<bool>& unknown) const {
  Halves out;
  const Specs known_specs = marked(specs_of(in_), unknown, false);
  const std::size_t num_known = split.out_unknown.size() - count_marks(split.out_unknown);
  std::vector<bool> as_row;  // scalars travel as arrays of one element
  std::vector<Aval> types = split.unknown->input_avals();
  for (std::size_t i = 0; i < split.residual_input.size(); ++i) {
    const std::int64_t place = split.residual_input[i];
    out.residuals.push_back(place < 0 ? stacked() : known_specs[static_cast<std::size_t>(place)]);
    as_row.push_back(place < 0 && types[i].rank() == 0);
    if (as_row[i]) types[i] = types[i].with_shape({1});
  }
  auto reshaped = [&](Array& x, std::size_t i, const Shape& shape) {
    if (as_row[i]) x = lax::reshape(x, shape);
  };
  out.known = trace_parts(
      [&](std::span<const Array> x) {
        std::vector<Array> y = eval_program(*split.known, x);
        for (std::size_t i = 0; i < as_row.size(); ++i) reshaped(y[num_known + i], i, {1});
        return y;
      },
      split.known->input_avals());
  out.unknown = trace_parts(
      [&](std::span<const Array> x) {
        std::vector<Array> in(x.begin(), x.end());
        for (std::size_t i = 0; i < as_row.size(); ++i) reshaped(in[i], i, {});
        return eval_program(*split.unknown, in);
      },
      types);
  return out;
}

std::vector<Array> ShardMap::partial_eval(PartialTrace& trace, std::span<const Array> args) const {
  std::vector<bool> unknown;
  for (const Array& x : args) unknown.push_back(trace.owns(x));
  const SplitProgram split = [&] {
    MeshAxes axes(mesh_);
    return partial_eval_program(*program_, unknown);
  }();
  const Halves half = halves(split, unknown);

  Specs known_out = marked(specs_of(out_), split.out_unknown, false);
  const std::size_t num_known = known_out.size();
  append(known_out, half.residuals);
  const std::vector<Array> known =
      linum::bind(with(half.known, marked(specs_of(in_), unknown, false), known_out),
                  marked(args, unknown, false));

  std::vector<Array> in(known.begin() + static_cast<std::ptrdiff_t>(num_known), known.end());
  append(in, marked(args, unknown));
  Specs later_in = half.residuals;
  append(later_in, marked(specs_of(in_), unknown));
  const std::vector<Array> later =
      trace.record(with(half.unknown, later_in, marked(specs_of(out_), split.out_unknown)), in);
  return merge_by(split.out_unknown, known, later);
}

// --- over trees ------------------------------------------------------------------------------

std::vector<Aval> part_avals(std::span<const Array> args, const Mesh& mesh, const Specs& specs) {
  std::vector<Aval> out;
  for (std::size_t i = 0; i < args.size(); ++i)
    out.push_back(
        args[i].aval().with_shape(NamedSharding(mesh, specs[i]).shard_shape(args[i].shape())));
  return out;
}

}  // namespace

Tree shard_map_tree(const TreeFn& f, const Tree& args, const ShardMapOptions& options) {
  const Mesh& mesh = options.mesh.empty() ? current_mesh() : options.mesh;
  auto [leaves, structure] = tree::flatten(args);
  Specs in = leaf_entries(args, options.in_specs, "in_specs", "arguments", "shard_map");
  Tree out_tree;
  TracedProgram traced = [&, &in_structure = structure, &arrays = leaves] {
    MeshAxes axes(mesh);
    return trace_program(
        [&](std::span<const Array> x) {
          out_tree = f(in_structure.unflatten(x));
          return tree::leaves(out_tree);
        },
        part_avals(arrays, mesh, in));
  }();
  in.insert(in.begin(), traced.captured.size(), PartitionSpec());
  Specs out = leaf_entries(out_tree, options.out_specs, "out_specs", "results", "shard_map");
  std::vector<Array> operands = traced.captured;
  append(operands, leaves);
  Ref<const Primitive> p(new ShardMap(traced.program, mesh, std::move(in), std::move(out)));
  return TreeDef(out_tree).unflatten(linum::bind(p, operands));
}

}  // namespace linum
