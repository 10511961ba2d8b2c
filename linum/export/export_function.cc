// From a C++ function to what a file holds of it.
#include <algorithm>

#include "linum/core/trace.h"
#include "linum/export/exported.h"
#include "linum/export/exported_file.h"
#include "linum/runtime/compile_cache.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/traced_fn.h"

namespace linum {
namespace {

std::string place_of(std::size_t argument, const std::string& path) {
  return str_cat("argument ", argument, path.empty() ? "" : " at ", path);
}

// Marks the leaves of the batched arguments; they must have a first axis.
std::vector<bool> batched_leaves(const Tree& args, const ExportOptions& options) {
  for (int a : options.batched)
    if (a < 0 || static_cast<std::size_t>(a) >= args.size())
      throw ValueError(
          str_cat("export: batched names argument ", a, ", but there are ", args.size()));
  std::vector<bool> out;
  for (std::size_t i = 0; i < args.size(); ++i) {
    bool batched =
        std::count(options.batched.begin(), options.batched.end(), static_cast<int>(i)) > 0;
    for (auto& [path, x] : tree::leaves_with_path(args[i])) {
      if (batched && x.ndim() == 0)
        throw ShapeError(str_cat("export: ", place_of(i, path), " is ", x.aval(),
                                 " and has no axis for the batch"));
      out.push_back(batched);
    }
  }
  return out;
}

// The batch sizes in order; throws unless they and the batched arguments go together.
std::vector<std::int64_t> checked_sizes(const ExportOptions& options) {
  std::vector<std::int64_t> sizes = options.batch_sizes;
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  if (!sizes.empty() && sizes[0] < 1) throw ValueError("export: a batch size must be positive");
  if (sizes.empty() != options.batched.empty()) {
    throw ValueError("export: batch_sizes and batched go together: give both, or none");
  }
  return sizes;
}

Tree with_batch(const Tree& args, const std::vector<bool>& batched, std::int64_t size) {
  std::vector<Array> leaves = tree::leaves(args);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    Shape shape = leaves[i].shape();
    if (batched[i]) shape[0] = size;
    leaves[i] = shape_struct(std::move(shape), leaves[i].dtype());
  }
  return TreeDef(args).unflatten(leaves);
}

std::shared_ptr<TracedFn> traced_for(const TreeFn& f, const std::string& name, const Tree& args) {
  return trace_fn(f, {.name = name, .keep_unused = true}, args, tree::leaves(args));
}

// Which results have the batch as their first axis: those whose shape follows its size.
std::vector<bool> batched_results(const TracedFn& small, const TracedFn& large,
                                  std::int64_t small_size, std::int64_t large_size) {
  std::vector<Aval> a = small.program->output_avals(), b = large.program->output_avals();
  if (!(small.out == large.out)) {
    throw TreeError(str_cat("export: the structure of the result depends on the batch size: ",
                            small.out.to_string(), " and ", large.out.to_string()));
  }
  std::vector<bool> out;
  for (std::size_t i = 0; i < a.size(); ++i) {
    Shape grown = a[i].shape();
    bool first = !grown.empty() && grown[0] == small_size;
    if (first) grown[0] = large_size;
    out.push_back(a[i].shape() != b[i].shape());
    if (out.back() && (!first || grown != b[i].shape()))
      throw ShapeError(str_cat("export: result ", i, " is ", a[i], " for a batch of ", small_size,
                               " and ", b[i], " for ", large_size,
                               "; the batch must be its first axis"));
  }
  return out;
}

// A result of the whole batch (a mean, say) would count the rows that fill it up.
void check_rows_are_independent(const TracedFn& t, const std::vector<bool>& in_batched,
                                const std::vector<bool>& out_batched) {
  for (std::size_t o = 0; o < out_batched.size(); ++o) {
    if (out_batched[o]) continue;
    std::vector<bool> only(out_batched.size());
    only[o] = true;
    std::vector<bool> used = prune(*t.program, only).used_inputs;
    for (std::size_t i = 0; i < in_batched.size(); ++i)
      if (in_batched[i] && used[t.captured.size() + i])
        throw ShapeError(str_cat("export: result ", o, " (", t.program->output_avals()[o],
                                 ") depends on the batch but has no batch axis, so that filling "
                                 "rows would change it; give it for each row, or export without "
                                 "batch_sizes"));
  }
}

std::vector<HostArray> stored(std::span<const Array> captured) {
  std::vector<HostArray> out;
  for (const Array& x : captured) {
    if (x.is_traced()) {
      throw ConcretizationError(
          "export: the function captured a value of an enclosing transform; export it outside");
    }
    out.push_back(x.to_host());
  }
  return out;
}

ExportedProgram program_of(const TracedFn& t, const std::string& name, std::int64_t batch) {
  LowerOptions options{.name = "jit_" + name};
  options.platform = runtime::default_device().client().platform();
  std::vector<bool> all(t.program->outputs.size(), true);
  return {batch, lower_to_text(*prune(*t.program, all, true).program, options)};
}

void add_code(ExportedData& d) {
  d.code_key = runtime::code_key(runtime::default_device().client(), {});
  for (ExportedProgram& p : d.programs) p.code = StableHlo(p.text, d.name).serialized_code();
}

ExportedData data_of(const TracedFn& t, const std::string& name) {
  ExportedData d{name, t.in, t.out, {}, {}, stored(t.captured), {}, {}};
  d.in_batched.resize(t.in.num_leaves());
  d.out_batched.resize(t.out.num_leaves());
  return d;
}

Exported finished(ExportedData d, bool code) {
  if (code) add_code(d);
  write_exported(d);  // what no file can hold is refused now
  return Exported(std::make_shared<const ExportedData>(std::move(d)));
}

}  // namespace

Exported export_tree(const TreeFn& f, const Tree& args, const ExportOptions& options) {
  std::vector<std::int64_t> sizes = checked_sizes(options);
  std::vector<bool> batched = batched_leaves(args, options);
  if (sizes.empty()) {
    auto traced = traced_for(f, options.name, args);
    ExportedData d = data_of(*traced, options.name);
    d.programs.push_back(program_of(*traced, options.name, 0));
    return finished(std::move(d), options.code);
  }
  auto traced_at = [&](std::int64_t size) {
    return traced_for(f, options.name, with_batch(args, batched, size));
  };
  auto first = traced_at(sizes[0]), next = traced_at(sizes[0] + 1);
  ExportedData d = data_of(*first, options.name);
  d.in_batched = batched;
  d.out_batched = batched_results(*first, *next, sizes[0], sizes[0] + 1);
  check_rows_are_independent(*first, d.in_batched, d.out_batched);
  for (std::int64_t size : sizes)
    d.programs.push_back(program_of(*traced_at(size), options.name, size));
  return finished(std::move(d), options.code);
}

Exported export_stage(const Stage& stage, bool code) {
  ExportedData d = data_of(stage.traced(), stage.name());
  d.programs.push_back(program_of(stage.traced(), stage.name(), 0));
  return finished(std::move(d), code);
}

}  // namespace linum
