#include "linum/transforms/traced_fn.h"

#include <algorithm>

#include "linum/core/value.h"
#include "linum/lowering/spmd.h"

namespace linum {

bool TracedFn::matches(const Tree& args, std::span<const Array> leaves) const {
  if (leaves.size() != avals.size()) return false;
  for (std::size_t i = 0; i < leaves.size(); ++i)
    if (!(leaves[i].aval() == avals[i])) return false;
  return in.matches(args);
}

TracedProgram trace_tree(const TreeFn& f, const TreeDef& in, std::span<const Aval> avals,
                         TreeDef& out) {
  return trace_program(
      [&](std::span<const Array> leaves) {
        Tree result = f(in.unflatten(leaves));
        out = TreeDef(result);
        return tree::leaves(result);
      },
      avals);
}

static std::vector<bool> donated_leaves(const Tree& args, const JitOptions& options) {
  std::vector<bool> out;
  for (int d : options.donate) {
    if (d >= 0 && static_cast<std::size_t>(d) < args.size()) continue;
    throw ValueError(str_cat("jit of ", options.name, ": donate names argument ", d,
                             ", but there are ", args.size()));
  }
  for (std::size_t i = 0; i < args.size(); ++i) {
    bool donate = false;
    for (int d : options.donate) donate = donate || static_cast<std::size_t>(d) == i;
    out.insert(out.end(), tree::leaves(args[i]).size(), donate);
  }
  return out;
}

std::shared_ptr<TracedFn> trace_fn(const TreeFn& f, const JitOptions& options, const Tree& args,
                                   std::span<const Array> leaves) {
  auto t = std::make_shared<TracedFn>();
  t->in = TreeDef(args);
  for (const Array& x : leaves) t->avals.push_back(x.aval());
  TracedProgram traced = trace_tree(f, t->in, t->avals, t->out);
  t->program = traced.program;
  t->captured = std::move(traced.captured);
  for (const Array& x : t->captured) t->reusable = t->reusable && !x.is_traced();
  std::vector<bool> all(t->program->outputs.size(), true);
  PrunedProgram small = prune(*t->program, all, options.keep_unused);
  t->kept_program = small.program;
  std::vector<bool> donate(t->captured.size(), false), leaf = donated_leaves(args, options);
  donate.insert(donate.end(), leaf.begin(), leaf.end());
  for (std::size_t i = 0; i < small.used_inputs.size(); ++i) {
    if (!small.used_inputs[i]) continue;
    t->kept.push_back(i);
    t->donated.push_back(donate[i]);
  }
  return t;
}

LowerOptions lower_options(const TracedFn& t, const JitOptions& options) {
  return {.name = "jit_" + options.name, .donated = t.donated};
}

void compile_fn(TracedFn& t, const JitOptions& options) {
  if (t.device) return;
  std::lock_guard lock(t.compile_mutex);
  if (t.device) return;
  t.compiled = compile_program(*t.kept_program, lower_options(t, options));
  t.device = &runtime::default_device();
}

// The program for arguments that lie on many devices.
static const CompiledProgram& compiled_for(TracedFn& t, const JitOptions& options,
                                           std::span<const Array> args) {
  std::lock_guard lock(t.compile_mutex);
  auto [slot, is_new] = t.split.try_emplace(placement_key(args));
  if (!is_new && slot->second.executable) return slot->second;
  LowerOptions lower = lower_options(t, options);
  Placement placement = placement_of(args);
  lower.mesh = placement.mesh;
  lower.in_specs = std::move(placement.specs);
  return slot->second = compile_program(*t.kept_program, lower);
}

// Donated arguments are gone, so the program cannot run again.
static OperationPlace find_in(const TracedFn& t, std::span<const Array> args) {
  for (bool donated : t.donated)
    if (donated) return {};
  return find_forbidden_number(*t.kept_program, args);
}

static std::vector<Array> checked_numbers(const TracedFn& t, const JitOptions& options,
                                          std::span<const Array> args, std::vector<Array> results) {
  if (numbers_are_checked()) {
    check_numbers(results, {str_cat("jit of ", options.name)}, [&] { return find_in(t, args); });
  }
  return results;
}

// What the program reads: captured arrays and leaves, put together in `room` unless it reads just
// the leaves.
static std::span<const Array> arguments(const TracedFn& t, std::span<const Array> leaves,
                                        std::vector<Array>& room) {
  const std::size_t captured = t.captured.size();
  if (captured == 0 && t.kept.size() == leaves.size()) return leaves;
  room.reserve(t.kept.size());
  for (std::size_t i : t.kept) room.push_back(i < captured ? t.captured[i] : leaves[i - captured]);
  return room;
}

std::vector<Array> run_compiled(TracedFn& t, const JitOptions& options,
                                std::span<const Array> leaves) {
  check_may_execute(options.name);
  std::vector<Array> room;
  const std::span<const Array> args = arguments(t, leaves, room);
  const bool split = std::any_of(args.begin(), args.end(), as_sharded);
  if (!split) compile_fn(t, options);
  const CompiledProgram& compiled = split ? compiled_for(t, options, args) : t.compiled;
  return checked_numbers(t, options, args, compiled.run(args, t.donated));
}

}  // namespace linum
