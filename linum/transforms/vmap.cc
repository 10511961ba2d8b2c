#include "linum/transforms/vmap.h"

#include "linum/core/trace.h"
#include "linum/lax/families.h"
#include "linum/transforms/constant.h"
#include "linum/transforms/per_argument.h"
#include "linum/transforms/program_edit.h"

namespace linum {
namespace {

class BatchTracer final : public Tracer {
 public:
  BatchTracer(Ref<Trace> trace, Aval aval, Array value, std::int64_t dim)
      : Tracer(std::move(trace), std::move(aval)), value(std::move(value)), dim(dim) {}
  const Array value;
  const std::int64_t dim;
};

Aval without_axis(const Aval& a, std::int64_t dim) {
  Shape shape = a.shape();
  shape.erase(shape.begin() + dim);
  return a.with_shape(std::move(shape));
}

class BatchTrace final : public Trace {
 public:
  BatchTrace(Ref<Trace> parent, BatchAxis axis)
      : parent_(std::move(parent)), axis_(std::move(axis)), outer_spmd_axes_(spmd_axes()) {}
  std::string_view kind() const override { return "vmap"; }

  std::vector<Array> process(const Ref<const Primitive>& p, std::span<const Array> args) override {
    std::vector<Array> values;
    std::vector<std::int64_t> dims;
    bool any = !axis_.name.empty() && p->names_axis(axis_.name);
    for (const Array& x : args) {
      const BatchTracer* t = mine(x);
      values.push_back(t ? t->value : x);
      dims.push_back(t ? t->dim : kNotBatched);
      any = any || t;
    }
    if (any) check_example(*p, args);
    TraceScope scope(parent_);
    std::optional<SpmdAxesScope> outside;  // there the examples are no longer alike
    if (!axis_.spmd_axis_name.empty()) outside.emplace(outer_spmd_axes_);
    if (!any) return linum::bind(p, values);
    Batched out = p->batch(axis_, values, dims);
    for (std::size_t i = 0; i < out.values.size(); ++i) {
      out.values[i] = wrap(out.values[i], out.dims[i]);
    }
    return std::move(out.values);
  }

  Array wrap(const Array& value, std::int64_t dim) {
    if (dim == kNotBatched) return value;
    return Array(
        Ref<Value>(new BatchTracer(Ref<Trace>(this), without_axis(value.aval(), dim), value, dim)));
  }
  const BatchTracer* mine(const Array& x) const {
    const Tracer* t = as_tracer(x);
    return t && &t->trace() == this ? static_cast<const BatchTracer*>(t) : nullptr;
  }
  std::vector<std::string> inner_spmd_axes() const {
    std::vector<std::string> out = outer_spmd_axes_;
    append(out, axis_.spmd_axis_name);
    return out;
  }

 private:
  // Mistakes are told in the shapes of one example, which are those the user wrote for.
  static void check_example(const Primitive& p, std::span<const Array> args) {
    std::vector<Aval> avals;
    for (const Array& x : args) avals.push_back(x.aval());
    infer_checked(p, avals);
  }
  Ref<Trace> parent_;
  BatchAxis axis_;
  std::vector<std::string> outer_spmd_axes_;
};

// f over the batch axis; results as they come, with where their batch axis lies.
Batched run_traced(const Ref<BatchTrace>& trace, const FlatFn& f, std::span<const Array> args,
                   std::span<const std::int64_t> dims, const BatchAxis& axis) {
  std::vector<Array> in;
  for (std::size_t i = 0; i < args.size(); ++i) in.push_back(trace->wrap(args[i], dims[i]));
  std::vector<Array> outs;
  try {
    TraceScope scope{Ref<Trace>(trace)};
    AxisScope named(axis.name, axis.size);
    SpmdAxesScope split(trace->inner_spmd_axes());
    outs = f(in);
  } catch (...) {
    trace->close();
    throw;
  }
  Batched result;
  for (const Array& y : outs) {
    const BatchTracer* t = trace->mine(y);
    result.values.push_back(t ? t->value : y);
    result.dims.push_back(t ? t->dim : kNotBatched);
  }
  trace->close();
  return result;
}
Batched run_batch(const FlatFn& f, std::span<const Array> args, std::span<const std::int64_t> dims,
                  const BatchAxis& axis) {
  Ref<BatchTrace> trace(new BatchTrace(current_trace(), axis));
  Batched result = run_traced(trace, f, args, dims, axis);
  trace->check_leaks();
  return result;
}

}  // namespace

std::vector<Array> vmap_flat(const FlatFn& f, std::span<const Array> args,
                             std::span<const std::int64_t> in_dims,
                             const std::function<std::vector<std::int64_t>(std::size_t)>& out_dims,
                             const BatchAxis& axis) {
  Batched out = run_batch(f, args, in_dims, axis);
  std::vector<std::int64_t> wanted = out_dims(out.values.size());
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    if (wanted[i] == kNotBatched) {
      if (out.dims[i] == kNotBatched) continue;
      throw ValueError(str_cat("vmap: result ", i, " has out_axes none but depends on the batch"));
    }
    std::int64_t rank = out.values[i].ndim() + (out.dims[i] == kNotBatched ? 1 : 0);
    out.values[i] = lax::move_batch_axis(out.values[i], axis.size, out.dims[i],
                                         normalize_axis(wanted[i], rank, "vmap out_axes"));
  }
  return out.values;
}

BatchedProgram batch_program(const Program& p, const BatchAxis& axis,
                             const std::vector<bool>& batched, const std::vector<bool>& force_out) {
  std::vector<Aval> in = p.input_avals();
  std::vector<std::int64_t> dims;
  for (std::size_t i = 0; i < in.size(); ++i) {
    dims.push_back(batched[i] ? 0 : kNotBatched);
    if (!batched[i]) continue;
    Shape shape = in[i].shape();
    shape.insert(shape.begin(), axis.size);
    in[i] = in[i].with_shape(std::move(shape));
  }
  BatchedProgram result;
  result.program = trace_closed(
      [&](std::span<const Array> args) {
        Batched out = run_batch([&](std::span<const Array> x) { return eval_program(p, x); }, args,
                                dims, axis);
        for (std::size_t i = 0; i < out.values.size(); ++i) {
          bool keep = out.dims[i] != kNotBatched || (i < force_out.size() && force_out[i]);
          result.out_batched.push_back(keep);
          if (keep) out.values[i] = lax::move_batch_axis(out.values[i], axis.size, out.dims[i], 0);
        }
        return out.values;
      },
      in);
  return result;
}

// --- over trees ------------------------------------------------------------------------------

namespace {

// The leaves of the argument list, and where each has its batch axis.
struct MappedLeaves {
  std::vector<std::string> names;  // "argument 0 at params/kernel"
  std::vector<std::int64_t> dims;
};
MappedLeaves mapped_leaves(const Tree& args, const std::vector<AxisSpec>& in_axes) {
  MappedLeaves out;
  for (std::size_t i = 0; i < args.size(); ++i) {
    AxisSpec spec = axis_for(in_axes, i, args.size(), "in_axes", "arguments", "vmap");
    for (auto& [path, x] : tree::leaves_with_path(args[i])) {
      out.names.push_back(str_cat("argument ", i, path.empty() ? "" : " at ", path));
      if (spec && x.ndim() == 0) {
        throw ShapeError(str_cat("vmap: ", out.names.back(), " has a leaf ", x.aval(),
                                 " without axes to map over; give it in_axes none"));
      }
      std::string where = str_cat("vmap in_axes of ", out.names.back());
      out.dims.push_back(spec ? normalize_axis(*spec, x.ndim(), where) : kNotBatched);
    }
  }
  return out;
}

// Every mapped axis with its size and owner: "2 (axis 0 of argument 0, f32[2,3]), ...".
[[noreturn]] void refuse_sizes(std::span<const Array> leaves, const MappedLeaves& mapped,
                               std::int64_t given) {
  std::string list = given >= 0 ? str_cat(given, " (axis_size)") : "";
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (mapped.dims[i] == kNotBatched) continue;
    list += str_cat(list.empty() ? "" : ", ", leaves[i].shape(mapped.dims[i]), " (axis ",
                    mapped.dims[i], " of ", mapped.names[i], ", ", leaves[i].aval(), ")");
  }
  throw ShapeError(str_cat("vmap: the mapped axes have different sizes: ", list));
}

std::int64_t common_size(std::span<const Array> leaves, const MappedLeaves& mapped,
                         std::int64_t given) {
  std::int64_t size = given;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (mapped.dims[i] == kNotBatched) continue;
    std::int64_t here = leaves[i].shape(mapped.dims[i]);
    if (size >= 0 && here != size) refuse_sizes(leaves, mapped, given);
    size = here;
  }
  if (size < 0) throw ValueError("vmap: no argument is mapped; give in_axes or axis_size");
  return size;
}

std::vector<std::int64_t> result_dims(const Tree& out, const std::vector<AxisSpec>& axes) {
  std::vector<std::int64_t> dims;
  for (const AxisSpec& axis : leaf_axes(out, axes, "out_axes", "results", "vmap"))
    dims.push_back(axis ? *axis : kNotBatched);
  return dims;
}

}  // namespace

Tree vmap_tree(const TreeFn& f, const Tree& args, const VmapOptions& options) {
  auto [leaves, structure] = tree::flatten(args);
  MappedLeaves mapped = mapped_leaves(args, options.in_axes);
  std::int64_t size = common_size(leaves, mapped, options.axis_size);
  Tree out_tree;
  auto flat = [&, &in = structure](std::span<const Array> x) {
    Tree result = f(in.unflatten(x));
    // Its structure only: traced values must not outlive the call.
    out_tree = tree::map([](const Array&) { return Array(0); }, result);
    return tree::leaves(result);
  };
  auto wanted = [&](std::size_t) { return result_dims(out_tree, options.out_axes); };
  const BatchAxis axis{size, options.axis_name, options.spmd_axis_name.axes};
  std::vector<Array> outs = vmap_flat(flat, leaves, mapped.dims, wanted, axis);
  return TreeDef(out_tree).unflatten(outs);
}

}  // namespace linum
