// Lifted derivatives, and variables seen through a map.
#include "linum/lax/lax.h"
#include "linum/nn/lift.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/custom.h"

namespace linum::nn::lift {

Vjp vjp(const ModuleBase& module, const Body& body, const Tree& args, const VjpOptions& options) {
  Filters filters{.in = {options.vjp_variables, options.variables},
                  .out = {options.variables},
                  .rngs = {options.rngs}};
  Vjp out;
  pack(module, filters, [&](Packed& packed) {
    auto f = [&](const Tree& in) {
      Tree variables = Tree::list({in[0], packed.variables()[1]});
      Packed::Result y = packed.run(variables, packed.rngs(), [&] { return body(in[1]); });
      bool aux = options.has_aux;
      return Tree::list({aux ? y.value[0] : y.value, aux ? y.value[1] : Tree(), y.variables});
    };
    TreeVjp result = vjp_tree(f, Tree::list({packed.variables()[0], args}));
    out.primal = result.primal[0];
    out.aux = result.primal[1];
    Tree zeros = tree::map([](const Array& x) { return lax::zeros_like(x); }, result.primal);
    out.pull_back = [zeros, pull_back = result.pull_back](const Tree& cotangent) {
      Tree grads = pull_back(Tree::list({cotangent, zeros[1], zeros[2]}));
      Tree::List all{grads[0]};
      for (const Tree& g : grads[1].as_list()) all.push_back(g);
      return Tree(std::move(all));
    };
    return Packed::Result{out.primal, result.primal[2]};
  });
  return out;
}

Tree jvp(const ModuleBase& module, const Body& body, const Tree& args, const Tree& tangents,
         const Tree& variable_tangents, const LiftOptions& options) {
  std::vector<std::string> moving;
  Tree::Dict nonempty;
  for (auto& [collection, t] : variable_tangents.as_dict()) {
    if (t.size() == 0) continue;
    moving.push_back(collection);
    nonempty.emplace(collection, t);
  }
  Filters filters{.in = {Filter(moving), options.variables},
                  .out = {options.variables},
                  .rngs = {options.rngs}};
  return pack(module, filters, [&](Packed& packed) {
    auto f = [&](const Tree& in) {
      Tree variables = Tree::list({in[0], packed.variables()[1]});
      Packed::Result y = packed.run(variables, packed.rngs(), [&] { return body(in[1]); });
      return Tree::list({y.value, y.variables});
    };
    auto [y, t] = jvp_tree(f, Tree::list({packed.variables()[0], args}),
                           Tree::list({Tree(nonempty), tangents}));
    return Packed::Result{Tree::list({y[0], t[0]}), y[1]};
  });
}

Tree custom_vjp(const ModuleBase& module, const Body& body, const Body& forward,
                const TreeFn& backward, const Tree& args, const Filter& grad_vars) {
  Filters filters{.in = {grad_vars, true}, .out = {grad_vars, true}, .rngs = {true}};
  return pack(module, filters, [&](Packed& packed) {
    auto run = [&packed](const Tree& in, const Body& f) {
      return packed.run(Tree::list({in[0], packed.variables()[1]}), packed.rngs(),
                        [&] { return f(in[1]); });
    };
    auto plain = [&](const Tree& in) {
      Packed::Result y = run(in, body);
      return Tree::list({y.value, y.variables});
    };
    auto with_residuals = [&](const Tree& in) {
      Packed::Result y = run(in, forward);
      return Tree::list({Tree::list({y.value[0], y.variables}), y.value[1]});
    };
    auto pull_back = [backward](const Tree& in) {
      Tree::List all = backward(Tree::list({in[0], in[1][0]})).as_list();
      Tree variables = all[0];
      all.erase(all.begin());
      return Tree::list({variables, Tree(std::move(all))});
    };
    Tree in = Tree::list({packed.variables()[0], args});
    Tree out = custom_vjp_tree(plain, with_residuals, pull_back, in);
    return Packed::Result{out[0], out[1]};
  });
}

// --- map_variables -------------------------------------------------------------------------------

Tree map_variables(const ModuleBase& module, const Body& body, const Tree& args,
                   const Filter& mapped_collections, const MapOptions& options) {
  bool gives_out = options.is_mutable || options.init;
  std::vector<Filter> in{mapped_collections, options.variables};
  std::vector<Filter> out = in;
  if (!gives_out) out = {false, subtract_filters(options.variables, mapped_collections)};
  auto map = [](const TreeMap& f, const Tree& t) { return f ? f(t) : t; };
  Filters filters{.in = in, .out = out, .rngs = {options.rngs}};
  return pack(module, filters, [&](Packed& packed) {
    Tree target = packed.variables()[0], rest = packed.variables()[1];
    auto run = [&](const Tree& mapped, const Filter& is_mutable) {
      return packed.run(
          Tree::list({mapped, rest}), packed.rngs(), [&] { return body(args); }, is_mutable);
    };
    if (options.init && packed.has_mutable_output()) {
      target = map(options.map_out, run(target, true).variables[0]);
    }
    Filter is_mutable =
        gives_out ? Filter(true) : Filter(subtract_filters(true, mapped_collections));
    Packed::Result y = run(map(options.map_in, target), is_mutable);
    if (!gives_out) return y;
    Tree::List variables = y.variables.as_list();
    variables[0] = map(options.map_out, variables[0]);
    return Packed::Result{y.value, Tree(std::move(variables))};
  });
}

}  // namespace linum::nn::lift
