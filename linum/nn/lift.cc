#include "linum/nn/lift.h"

#include <algorithm>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/random/random.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/jit.h"
#include "linum/transforms/per_argument.h"

namespace linum::nn::lift {

// --- pack ----------------------------------------------------------------------------------------

namespace {

// One dictionary for each filter: what it selects and none before it did.
Tree grouped(const Tree::Dict& entries, const std::vector<Filter>& filters) {
  std::vector<Tree::Dict> groups(filters.size());
  for (auto& [name, value] : entries) {
    for (std::size_t i = 0; i < filters.size(); ++i) {
      if (!filters[i].contains(name)) continue;
      groups[i].emplace(name, value);
      break;
    }
  }
  return Tree::list(Tree::List(groups.begin(), groups.end()));
}

Tree::Dict merged(const Tree& groups) {
  Tree::Dict out;
  for (const Tree& group : groups.as_list()) {
    for (auto& [name, value] : group.as_dict()) out.insert_or_assign(name, value);
  }
  return out;
}

Filter union_of(const std::vector<Filter>& filters) {
  Filter all = false;
  for (const Filter& f : filters) all = union_filters(all, f);
  return all;
}

}  // namespace

Packed::Packed(const ModuleBase& module, Filters filters)
    : scope_(module.scope()), filters_(std::move(filters)), place_(scope_) {
  variables_ = grouped(scope_->variables().as_dict(), filters_.in);
  Tree::Dict keys;
  for (auto& [stream, rng] : scope_->rngs()) keys.emplace(stream, rng.key);
  rngs_ = grouped(keys, filters_.rngs);
}

void Packed::fold_rngs() {
  Tree::List groups = rngs_.as_list();
  for (Tree& group : groups) {
    for (auto& [stream, key] : group.mutable_dict()) key = scope_->make_rng(stream);
  }
  rngs_ = Tree(std::move(groups));
  folded_ = true;
}

bool Packed::has_mutable_output() const {
  return !intersect_filters(scope_->mutable_collections(), union_of(filters_.out)).empty();
}

Packed::Result Packed::run(const Tree& variables, const Tree& rngs,
                           const std::function<Tree()>& body,
                           const Filter& mutable_collections) const {
  std::map<std::string, LazyRng> streams;
  for (auto& [stream, key] : merged(rngs)) {
    streams[stream].key = key.array();
    if (!folded_) streams[stream].folds = scope_->rngs().at(stream).folds;
  }
  Filter allowed = intersect_filters(scope_->mutable_collections(), union_of(filters_.out));
  ScopeRef inner = scope_->lifted(Tree(merged(variables)), std::move(streams),
                                  intersect_filters(allowed, mutable_collections));
  Result out;
  {
    detail::LiftPlace::Scoped lifted(place_, inner);
    out.value = body();
  }
  Tree::Dict updated = inner->mutable_variables().as_dict();
  inner->invalidate();
  out.variables = grouped(updated, filters_.out);
  return out;
}

void Packed::publish(const Tree& variables) const {
  for (const Tree& group : variables.as_list()) {
    for (auto& [collection, entries] : group.as_dict()) {
      if (!scope_->is_mutable_collection(collection)) continue;
      for (auto& [name, value] : entries.as_dict()) scope_->put_variable(collection, name, value);
    }
  }
}

Tree pack(const ModuleBase& module, const Filters& filters,
          const std::function<Packed::Result(Packed&)>& inner) {
  Packed packed(module, filters);
  Packed::Result out = inner(packed);
  packed.publish(out.variables);
  return out.value;
}

// --- axes ----------------------------------------------------------------------------------------

namespace {

Tree moved(const Tree& t, std::int64_t from, std::int64_t to) {
  if (from == to) return t;
  return tree::map([&](const Array& x) { return np::moveaxis(x, from, to); }, t);
}

void note_size(std::optional<std::int64_t>& size, const Tree& t, std::int64_t axis,
               std::string_view what) {
  for (const Array& x : tree::leaves(t)) {
    if (size && *size != x.shape(axis)) {
      throw ValueError(str_cat("Inconsistent ", what, ": ", *size, " and ", x.shape(axis)));
    }
    size = x.shape(axis);
    return;  // the transform itself checks the other leaves
  }
}

std::vector<Filter> filters_of(const SplitRngs& rngs) {
  std::vector<Filter> out;
  for (auto& [filter, split] : rngs) out.push_back(filter);
  return out;
}

// The groups of streams that split, with `count` keys each.
Tree split_keys(const Tree& groups, const SplitRngs& rngs, std::int64_t count) {
  Tree::List out = groups.as_list();
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!rngs[i].second) continue;
    out[i] = tree::map([&](const Array& key) { return random::split(key, count); }, out[i]);
  }
  return Tree(std::move(out));
}

// Values that a loop takes slice by slice, and values that it takes whole.
struct Sliced {
  Tree::List slices;  // the loop's axis first; nothing for what is whole
  Tree::List whole;

  void add(const Tree& t, AxisSpec axis) {
    slices.push_back(axis ? moved(t, *axis, 0) : Tree());
    whole.push_back(axis ? Tree() : t);
  }
  // With slices of one step.
  Tree at(const Tree& step) const {
    Tree::List out = whole;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (!step[i].is_none()) out[i] = step[i];
    }
    return Tree(std::move(out));
  }
};

// A result's parts with axes of their own: itself, or the entries of a list.
Tree::List parts_of(const Tree& y, const std::vector<AxisSpec>& axes) {
  return axes.size() > 1 ? y.as_list() : Tree::List{y};
}
Tree joined(Tree::List parts, const std::vector<AxisSpec>& axes) {
  return axes.size() > 1 ? Tree(std::move(parts)) : parts[0];
}

// --- scan ----------------------------------------------------------------------------------------

class Scan {
 public:
  Scan(const Packed& packed, const Body& body, const Tree& args, const ScanOptions& options)
      : packed_(packed), body_(body), options_(options) {
    std::size_t in = 2;
    for (auto& [filter, axis] : options.variable_axes) {
      if (axis.takes_in) variables_.add(packed.variables()[in++], axis.in);
    }
    for (std::size_t i = 1; i < args.size(); ++i) {
      AxisSpec axis =
          axis_for(options.in_axes, i - 1, args.size() - 1, "in_axes", "values", "scan");
      if (axis) note_size(length_, args[i], *axis, "scan lengths");
      args_.add(args[i], axis);
    }
    if (!length_ && options.length >= 0) length_ = options.length;
    if (!length_) throw ValueError("scan: length should be specified manually");
    Tree keys = split_keys(packed.rngs(), options.split_rngs, *length_);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      rngs_.add(keys[i], options.split_rngs[i].second ? AxisSpec(0) : std::nullopt);
    }
    broadcast_ = packed.variables()[0];
    init_ = Tree::list({packed.variables()[1], args[0]});
  }

  Packed::Result run() {
    Tree xs = Tree::list({Tree(variables_.slices), Tree(rngs_.slices), Tree(args_.slices)});
    hoist(xs);
    Scope::RngState before = packed_.scope()->rng_state();
    auto step = [&](const Tree& in) {
      packed_.scope()->set_rng_state(before);
      Step out = run_step(in[0], in[1]);
      return Tree::list({out.carry, Tree::list({with_axis(out.ys, true), Tree(out.variables)})});
    };
    linum::ScanOptions loop{
        .length = *length_, .reverse = options_.reverse, .unroll = options_.unroll};
    Tree out = scan_tree(step, init_, xs, loop);
    return {Tree::list({out[0][1], ys_of(out[1][0])}), published(out[0][0], out[1][1])};
  }

 private:
  struct Step {
    Tree carry;  // list(variables, the body's)
    Tree::List ys, variables;
    Tree broadcast;
  };

  Step run_step(const Tree& carry, const Tree& x) const {
    Tree::List groups{broadcast_, carry[0]};
    Tree scanned = variables_.at(x[0]), args = args_.at(x[2]);
    for (const Tree& group : scanned.as_list()) groups.push_back(group);
    Tree::List all{carry[1]};
    for (const Tree& arg : args.as_list()) all.push_back(arg);
    Packed::Result out = packed_.run(Tree(std::move(groups)), rngs_.at(x[1]),
                                     [&] { return body_(Tree(std::move(all))); });
    Step step;
    step.broadcast = out.variables[0];
    step.carry = Tree::list({with_immutable(carry[0], out.variables[1]), out.value[0]});
    step.ys = parts_of(out.value[1], options_.out_axes);
    for (std::size_t i = 2; i < out.variables.size(); ++i) {
      step.variables.push_back(out.variables[i]);
    }
    return step;
  }

  // Broadcast variables are made once, before the loop; so are results without an axis.
  void hoist(const Tree& xs) {
    bool shares_results = std::any_of(options_.out_axes.begin(), options_.out_axes.end(),
                                      [](const AxisSpec& axis) { return !axis; });
    if (!packed_.has_mutable_output() && merged(packed_.rngs()).empty() && !shares_results) return;
    Tree slices = tree::map(
        [](const Array& x) {
          return shape_struct(Shape(x.shape().begin() + 1, x.shape().end()), x.dtype());
        },
        xs);
    TreeDef structure;
    auto constants = [&](const Tree& in) {
      Step step = run_step(in[0], in[1]);
      Tree out = Tree::list({step.broadcast, with_axis(step.ys, false)});
      structure = TreeDef(out);
      return out;
    };
    TracedProgram traced = make_program_tree(constants, Tree::list({init_, slices}));
    Tree out = structure.unflatten(evaluate_invariant(traced));
    broadcast_ = with_immutable(broadcast_, out[0]);
    shared_ys_ = out[1];
  }

  // The results that have an axis (or have none), nothing in the place of the others.
  Tree with_axis(Tree::List ys, bool has) const {
    for (std::size_t i = 0; i < ys.size(); ++i) {
      if (y_axis(i, ys.size()).has_value() != has) ys[i] = Tree();
    }
    return Tree(std::move(ys));
  }

  // The outputs, which must depend on captured values alone.
  static std::vector<Array> evaluate_invariant(const TracedProgram& traced) {
    std::vector<bool> all(traced.program->outputs.size(), true);
    PrunedProgram pruned = prune(*traced.program, all);
    std::vector<Array> inputs;
    for (std::size_t i = 0; i < pruned.used_inputs.size(); ++i) {
      if (!pruned.used_inputs[i]) continue;
      if (i >= traced.captured.size()) {
        throw ValueError(
            "scan: a broadcast variable has a data dependency on the scan body: what "
            "all steps share must not depend on the carry or on an input");
      }
      inputs.push_back(traced.captured[i]);
    }
    return eval_program(*pruned.program, inputs);
  }

  static Tree with_immutable(const Tree& given, const Tree& updated) {
    Tree::Dict out = updated.as_dict();
    for (auto& [collection, entries] : given.as_dict()) out.emplace(collection, entries);
    return Tree(std::move(out));
  }

  AxisSpec y_axis(std::size_t i, std::size_t count) const {
    return axis_for(options_.out_axes, i, count, "out_axes", "values", "scan");
  }
  Tree ys_of(const Tree& stacked) const {
    Tree::List parts = stacked.as_list();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      AxisSpec axis = y_axis(i, parts.size());
      parts[i] = axis ? moved(parts[i], 0, *axis) : shared_ys_[i];
    }
    return joined(std::move(parts), options_.out_axes);
  }
  Tree published(const Tree& carried, const Tree& stacked) const {
    Tree::List out{broadcast_, carried};
    for (auto& [filter, axis] : options_.variable_axes) {
      if (axis.gives_out) out.push_back(moved(stacked[out.size() - 2], 0, axis.out.value_or(0)));
    }
    return Tree(std::move(out));
  }

  const Packed& packed_;
  const Body& body_;
  const ScanOptions& options_;
  std::optional<std::int64_t> length_;
  Sliced variables_, rngs_, args_;
  Tree broadcast_, init_, shared_ys_;
};

}  // namespace

Tree scan(const ModuleBase& module, const Body& body, const Tree& args,
          const ScanOptions& options) {
  Filters filters{.in = {options.variable_broadcast, options.variable_carry},
                  .out = {options.variable_broadcast, options.variable_carry},
                  .rngs = filters_of(options.split_rngs)};
  for (auto& [filter, axis] : options.variable_axes) {
    if (axis.takes_in) filters.in.push_back(filter);
    if (axis.gives_out) filters.out.push_back(filter);
  }
  return pack(module, filters,
              [&](Packed& packed) { return Scan(packed, body, args, options).run(); });
}

// --- vmap ----------------------------------------------------------------------------------------

static std::int64_t batch_size(const Packed& packed, const Tree& args,
                               const std::vector<AxisSpec>& axes, const VmapOptions& options) {
  std::optional<std::int64_t> size;
  for (std::size_t i = 0; i < packed.variables().size(); ++i) {
    if (axes[i]) note_size(size, packed.variables()[i], *axes[i], "batch axis sizes");
  }
  for (std::size_t i = 0; i < args.size(); ++i) {
    AxisSpec axis = axis_for(options.in_axes, i, args.size(), "in_axes", "values", "vmap");
    if (axis) note_size(size, args[i], *axis, "batch axis sizes");
  }
  if (options.axis_size >= 0) size = options.axis_size;
  if (!size) throw ValueError("vmap: axis_size should be specified manually");
  return *size;
}

Tree vmap(const ModuleBase& module, const Body& body, const Tree& args,
          const VmapOptions& options) {
  Filters filters{.in = {}, .out = {}, .rngs = filters_of(options.split_rngs)};
  std::vector<AxisSpec> in, out;
  for (auto& [filter, axis] : options.variable_axes) {
    if (axis.takes_in) {
      filters.in.push_back(filter);
      in.push_back(axis.in);
    }
    if (axis.gives_out) {
      filters.out.push_back(filter);
      out.push_back(axis.out);
    }
  }
  return pack(module, filters, [&](Packed& packed) {
    std::int64_t size = batch_size(packed, args, in, options);
    Tree keys = split_keys(packed.rngs(), options.split_rngs, size);
    linum::VmapOptions axes{.in_axes = in,
                            .out_axes = {},
                            .axis_name = options.axis_name,
                            .axis_size = size,
                            .spmd_axis_name = options.spmd_axis_name};
    for (auto& [filter, split] : options.split_rngs) {
      axes.in_axes.push_back(split ? AxisSpec(0) : std::nullopt);
    }
    for (std::size_t i = 0; i < args.size(); ++i) {
      axes.in_axes.push_back(
          axis_for(options.in_axes, i, args.size(), "in_axes", "values", "vmap"));
    }
    std::size_t groups = in.size(), streams = keys.size(), results = 0;
    auto part = [](const Tree& all, std::size_t first, std::size_t count) {
      auto begin = all.as_list().begin() + static_cast<std::ptrdiff_t>(first);
      return Tree::list(Tree::List(begin, begin + static_cast<std::ptrdiff_t>(count)));
    };
    auto mapped = [&](const Tree& all) {
      Tree own = part(all, groups + streams, args.size());
      Packed::Result y =
          packed.run(part(all, 0, groups), part(all, groups, streams), [&] { return body(own); });
      Tree::List parts = parts_of(y.value, options.out_axes);
      results = parts.size();
      axes.out_axes.clear();
      for (std::size_t i = 0; i < results; ++i) {
        axes.out_axes.push_back(
            axis_for(options.out_axes, i, results, "out_axes", "values", "vmap"));
      }
      axes.out_axes.insert(axes.out_axes.end(), out.begin(), out.end());
      for (const Tree& group : y.variables.as_list()) parts.push_back(group);
      return Tree(std::move(parts));
    };
    Tree::List all = packed.variables().as_list();
    for (const Tree& t : keys.as_list()) all.push_back(t);
    for (const Tree& t : args.as_list()) all.push_back(t);
    Tree given = vmap_tree(mapped, Tree(std::move(all)), axes);
    return Packed::Result{joined(part(given, 0, results).as_list(), options.out_axes),
                          part(given, results, given.size() - results)};
  });
}

// --- jit, switch, while --------------------------------------------------------------------------

namespace {

Filters filters_of(const LiftOptions& options) {
  return {.in = {options.variables}, .out = {options.variables}, .rngs = {options.rngs}};
}

// The body as a plain function: list(variables, keys, arguments) to list(result, variables).
TreeFn as_function(const Packed& packed, const Body& body) {
  return [&packed, body](const Tree& in) {
    Packed::Result out = packed.run(in[0], in[1], [&] { return body(in[2]); });
    return Tree::list({out.value, out.variables});
  };
}
Tree inputs_of(const Packed& packed, const Tree& args) {
  return Tree::list({packed.variables(), packed.rngs(), args});
}
Packed::Result result_of(const Tree& out) { return {out[0], out[1]}; }

}  // namespace

Tree jit(const ModuleBase& module, const Body& body, const Tree& args, const LiftOptions& options,
         std::string_view name) {
  return pack(module, filters_of(options), [&](Packed& packed) {
    packed.fold_rngs();
    JitEngine engine(as_function(packed, body), {.name = std::string(name)});
    return result_of(engine.call(inputs_of(packed, args)));
  });
}

Tree checkpoint(const ModuleBase& module, const Body& body, const Tree& args,
                const LiftOptions& options, const CheckpointOptions& keeps) {
  return pack(module, filters_of(options), [&](Packed& packed) {
    return result_of(checkpoint_tree(as_function(packed, body), inputs_of(packed, args), keeps));
  });
}

Tree remat_scan(const ModuleBase& module, const Body& body, const Tree& carry,
                std::span<const std::int64_t> lengths, const RematScanOptions& options) {
  if (lengths.empty()) throw ValueError("remat_scan: it needs one length at least");
  ScanOptions loop{.variable_axes = options.variable_axes,
                   .variable_broadcast = options.variable_broadcast,
                   .variable_carry = options.variable_carry,
                   .split_rngs = options.split_rngs,
                   .length = lengths[0]};
  Body turn = [&](const Tree& in) { return Tree::list({body(in), Tree()}); };
  if (lengths.size() > 1) {
    Body inner = [&](const Tree& in) {
      return remat_scan(module, body, in[0], lengths.subspan(1), options);
    };
    CheckpointOptions keeps{.policy = options.policy, .prevent_cse = false};
    turn = [&module, inner, keeps](const Tree& in) {
      return Tree::list({checkpoint(module, inner, in, {}, keeps), Tree()});
    };
  }
  return scan(module, turn, Tree::list({carry}), loop)[0];
}

Tree fold_rngs(const ModuleBase& module, const Body& body, const Tree& args,
               const LiftOptions& options) {
  return pack(module, filters_of(options), [&](Packed& packed) {
    packed.fold_rngs();
    return result_of(as_function(packed, body)(inputs_of(packed, args)));
  });
}

Tree switch_(const ModuleBase& module, const Array& index, const std::vector<Body>& branches,
             const Tree& args, const LiftOptions& options, std::string_view what) {
  return pack(module, filters_of(options), [&](Packed& packed) {
    std::vector<TreeFn> fns;
    for (const Body& branch : branches) fns.push_back(as_function(packed, branch));
    return result_of(switch_tree(index, fns, inputs_of(packed, args), what));
  });
}

Tree while_loop(const ModuleBase& module, const std::function<Array(const Tree& carry)>& condition,
                const Body& body, const Tree& carry, const WhileOptions& options) {
  Filters filters{.in = {options.carry_variables, options.broadcast_variables},
                  .out = {options.carry_variables},
                  .rngs = filters_of(options.split_rngs)};
  return pack(module, filters, [&](Packed& packed) {
    Tree shared = packed.variables()[1];
    auto keys_at = [&](const Array& i) {
      Tree::List groups = packed.rngs().as_list();
      for (std::size_t k = 0; k < groups.size(); ++k) {
        auto fold = [&](const Array& key) { return random::fold_in(key, i); };
        if (options.split_rngs[k].second) groups[k] = tree::map(fold, groups[k]);
      }
      return Tree(std::move(groups));
    };
    auto goes_on = [&](const Tree& t) {
      Tree variables = Tree::list({t[1], shared});
      auto test = [&] { return Tree(condition(t[2])); };
      return packed.run(variables, keys_at(lax::neg(t[0].array())), test, false).value.array();
    };
    auto turn = [&](const Tree& t) {
      auto step = [&] { return body(Tree::list({t[2]})); };
      Packed::Result out = packed.run(Tree::list({t[1], shared}), keys_at(t[0].array()), step);
      return Tree::list({np::add(t[0].array(), 1), out.variables[0], out.value});
    };
    Tree start = Tree::list({Tree(lax::full({}, 0, DType::I32)), packed.variables()[0], carry});
    Tree end = while_tree(goes_on, turn, start);
    return Packed::Result{end[2], Tree::list({end[1]})};
  });
}

}  // namespace linum::nn::lift
