// Functions saved as one file and called without the code that made them (jax.export).
//
//   Exported f = export_function(predict, {.batch_sizes = {1, 8, 64}, .batched = {1}}, params, x);
//   f.save("predict.linum");
//   Array y = load_exported("predict.linum")(params, any_number_of_rows);
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "linum/core/pytree.h"
#include "linum/transforms/jit.h"

namespace linum {

struct ExportOptions {
  std::string name = "main";
  // A program for each of these sizes of the batch, which is the first axis of every leaf of the
  // arguments `batched`. Calls take any size: rows of zeros fill up to the next program, more than
  // the largest go through it in turns. The function must treat rows independently; a result
  // without a batch axis that depends on a batched argument is refused.
  std::vector<std::int64_t> batch_sizes = {};
  std::vector<int> batched = {};
  // Whether the file also holds compiled code, for this plugin and kind of machine only.
  bool code = false;
};

struct ExportedData;

// A function as StableHLO with its structure and types. Copies share compiled programs.
// Thread-safe.
class Exported {
 public:
  explicit Exported(std::shared_ptr<const ExportedData> data);

  const std::string& name() const;
  const TreeDef& in_tree() const;  // of the list of arguments
  const TreeDef& out_tree() const;
  // Of the leaves, in the program of the smallest batch.
  std::vector<Aval> in_avals() const;
  std::vector<Aval> out_avals() const;
  std::vector<std::int64_t> batch_sizes() const;  // empty: one program for exact shapes
  // The StableHLO of the program for this batch size (0 where there are no batches).
  const std::string& text(std::int64_t batch_size = 0) const;

  // `args`: the list of arguments. Throws TreeError that shows both structures, ShapeError or
  // DTypeError that names the argument and both types.
  Tree call(const Tree& args) const;
  template <class... Args>
  Tree operator()(const Args&... args) const {
    return call(Tree::list({to_tree(args)...}));
  }

  std::string serialize() const;
  // The file appears complete or not at all.
  void save(const std::string& path) const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

// f for arguments of these types (arrays or shape_struct()s). Arrays that f captures are stored.
// Throws TreeError for static arguments or results: a file cannot hold them.
Exported export_tree(const TreeFn& f, const Tree& args, const ExportOptions& options);
template <class F, class... Args>
Exported export_function(F f, const ExportOptions& options, const Args&... args) {
  using R = std::remove_cvref_t<std::invoke_result_t<F&, Args...>>;
  return export_tree(as_tree_fn<R, Args...>(std::move(f)), Tree::list({to_tree(args)...}), options);
}
// What was traced, lowered or compiled already, under its name. It donates nothing.
Exported export_stage(const Stage& stage, bool code = false);

// Throws IoError with file and offset unless the bytes are whole and consistent. `trust_code`: use
// the compiled code in the file where it fits this machine. Code does as it likes: only from files
// that you trust as you trust programs.
Exported load_exported(const std::string& path, bool trust_code = false);
Exported deserialize_exported(std::string_view bytes, const std::string& name,
                              bool trust_code = false);

}  // namespace linum
