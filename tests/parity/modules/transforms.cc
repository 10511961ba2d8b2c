// flax.linen: lifted transforms.
#include "tests/parity/modules/layer_testlib.h"

namespace linum {
namespace {

const auto kCall = [](auto& m, const auto&... args) { return m(args...); };
const auto kTanh = [](auto& m, Array x) { return nn::tanh(m(x)); };

// --- loops -------------------------------------------------------------------------------------

struct Step : nn::Module<Step> {
  std::pair<Array, Array> forward(Array carry, Array x) const {
    Array y = nn::Dense{.features = 2}(np::concatenate({carry, x}, -1));
    return {y, y};
  }
};
struct Loop : nn::Module<Loop> {
  std::pair<Array, Array> forward(Array xs) const {
    nn::ScanOptions options{.variable_broadcast = "params",
                            .split_rngs = {{"params", false}},
                            .in_axes = {1},
                            .out_axes = {1}};
    return nn::scan(Step{}, options)(lax::zeros({xs.shape(0), 2}, DType::F32), xs);
  }
};
LAYER("scan", ({2, 4, 3}), Loop());

struct Block : nn::Module<Block> {
  std::pair<Array, Tree> forward(Array x) const {
    x = nn::tanh(nn::Dense{.features = x.shape(-1)}(x));
    return {nn::Dropout{.rate = 0.5, .deterministic = false}(x), Tree()};
  }
};
struct Deep : nn::Module<Deep> {
  Array forward(Array x) const {
    nn::ScanOptions options{.variable_axes = {{"params", 0}},
                            .split_rngs = {{"params", true}, {"dropout", true}},
                            .length = 3};
    return nn::scan(Block{}, options)(x).first;
  }
};
PARITY("linen.scan:layers/init", [](const Tree& in) {
  nn::Rngs rngs{{"params", in[0].array()}, {"dropout", in[0].array()}};
  return Deep().init(rngs, lax::zeros({2, 3}, DType::F32));
});
PARITY("linen.scan:layers", [](const Tree& in) {
  return Deep().apply(in[0], nn::Rngs{{"dropout", in[2].array()}}, in[1].array());
});

nn::Variable counter(const nn::ModuleBase& m, const std::string& name) {
  return m.variable("state", name, [] { return Tree(lax::full({}, 0.0f)); });
}

struct Counts : nn::Module<Counts> {
  Array forward(Array xs) const {
    counter(*this, "count");
    auto body = [](const auto& m, Tree carry, Array x) {
      nn::Variable seen = counter(m, "count");
      seen.set_value(np::add(seen.value(), np::sum(x)));
      return std::pair{carry, np::multiply(x, seen.value())};
    };
    return nn::scan(body, {.variable_carry = "state"})(*this, Tree(), xs).second;
  }
};
PARITY("linen.scan:carry", [](const Tree& in) {
  return Counts().apply(in[0], {.mutable_collections = {"state"}}, in[1].array());
});

struct Ensemble : nn::Module<Ensemble> {
  bool shared = false;
  Array forward(Array x) const {
    nn::VariableAxis axis = shared ? nn::VariableAxis(std::nullopt) : nn::VariableAxis(0);
    nn::VmapOptions options{.variable_axes = {{"params", axis}},
                            .split_rngs = {{"params", !shared}}};
    return nn::vmap(nn::Dense{.features = 4}, options)(x);
  }
};
LAYER("vmap", ({2, 3}), Ensemble());
LAYER("vmap:shared", ({2, 3}), Ensemble{.shared = true});

struct Doubles : nn::Module<Doubles> {
  Array forward(Array x) const {
    counter(*this, "turns");
    nn::Dense{.features = 2, .name = "layer"}(x);
    auto small = [](const auto&, Array c) { return np::less(np::max(c), 10.0); };
    auto twice = [](const auto& m, Array c) {
      nn::Variable turns = counter(m, "turns");
      turns.set_value(np::add(turns.value(), 1));
      return np::multiply(c, 2);
    };
    return nn::while_loop(small, twice, *this, x, {.carry_variables = "state"});
  }
};
PARITY("linen.while_loop", [](const Tree& in) {
  return Doubles().apply(in[0], {.mutable_collections = {"state"}}, in[1].array());
});

// --- calls -------------------------------------------------------------------------------------

template <class Transform>
struct Transformed : nn::Module<Transformed<Transform>> {
  Array forward(Array x) const {
    x = Transform()(nn::Dense{.features = 3})(x);
    return Transform()(nn::Dense{.features = 2})(nn::tanh(x));
  }
};
#define TRANSFORM(name)                                          \
  struct transform_##name {                                      \
    auto operator()(nn::Dense layer) { return nn::name(layer); } \
  };                                                             \
  LAYER(#name, ({2, 3}), Transformed<transform_##name>())
TRANSFORM(jit);
TRANSFORM(fold_rngs);
TRANSFORM(remat);
TRANSFORM(checkpoint);

struct DeepDense : nn::Module<DeepDense> {
  Array forward(Array x) const { return nn::remat_scan(nn::Dense{.features = 3}, {2, 3})(x); }
};
LAYER("remat_scan", ({2, 3}), DeepDense());

struct Chooses : nn::Module<Chooses> {
  Array forward(Array pred, Array x) const {
    nn::Dense layer{.features = 2, .name = "layer"};
    auto negative = [](auto& m, Array a) { return np::negative(m(a)); };
    return nn::cond(pred, kCall, negative, layer, x);
  }
};
PARITY("linen.cond/init", [](const Tree& in) {
  return Chooses().init(in[0].array(), Array(false), lax::zeros({2, 3}, DType::F32));
});
PARITY("linen.cond",
       [](const Tree& in) { return Chooses().apply(in[0], in[1].array(), in[2].array()); });

struct Switches : nn::Module<Switches> {
  Array forward(Array index, Array x) const {
    nn::Dense layer{.features = 2, .name = "layer"};
    std::vector<std::function<Array(nn::Dense&, Array)>> branches;
    for (double s : {1.0, 2.0, 3.0}) {
      branches.push_back([s](nn::Dense& m, Array a) { return np::multiply(s, m(a)); });
    }
    return nn::switch_(index, branches, layer, x);
  }
};
PARITY("linen.switch/init", [](const Tree& in) {
  return Switches().init(in[0].array(), Array(2), lax::zeros({2, 3}, DType::F32));
});
PARITY("linen.switch",
       [](const Tree& in) { return Switches().apply(in[0], in[1].array(), in[2].array()); });

struct Transposed : nn::Module<Transposed> {
  Array forward(Array x) const {
    auto turned = [](const Tree& t) {
      return tree::map([](const Array& a) { return np::transpose(a); }, t);
    };
    nn::MapOptions options{.map_in = turned, .map_out = turned, .init = true};
    return nn::map_variables(nn::Dense{.features = 2}, "params", options)(x);
  }
};
LAYER("map_variables", ({2, 3}), Transposed());

// --- derivatives -------------------------------------------------------------------------------

struct Vjp : nn::Module<Vjp> {
  Tree forward(Array x) const {
    nn::Dense layer{.features = 2, .name = "layer"};
    auto [y, pull_back] = nn::vjp(kTanh, layer, std::tuple{x});
    auto [params, dx] = pull_back(lax::ones(y.shape(), y.dtype()));
    return Tree::list({y, params, dx});
  }
};
LAYER("vjp", ({2, 3}), Vjp());

struct Grad : nn::Module<Grad> {
  Tree forward(Array x) const {
    nn::Dense layer{.features = 2, .name = "layer"};
    auto loss = [](auto& m, Array a) { return np::sum(np::square(m(a))); };
    auto [value, grads] = nn::value_and_grad(loss, layer, x);
    auto [same] = nn::grad(loss, layer, x);
    return Tree::list({value, std::get<0>(grads), same});
  }
};
LAYER("value_and_grad", ({2, 3}), Grad());

struct Jvp : nn::Module<Jvp> {
  std::pair<Array, Array> forward(Array x) const {
    nn::Dense layer{.features = 2, .name = "layer"};
    layer(x);
    auto ones = [](const Array& a) { return lax::ones(a.shape(), a.dtype()); };
    Tree tangents{{"params", tree::map(ones, variables()["params/layer"])}};
    return nn::jvp(kTanh, layer, std::tuple{x}, std::tuple{ones(x)}, tangents);
  }
};
LAYER("jvp", ({2, 3}), Jvp());

struct Clipped : nn::Module<Clipped> {
  Array forward(Array x) const {
    nn::Dense layer{.features = 2, .name = "layer"};
    // What the derivative of tanh(x W + b) needs.
    auto ahead = [](auto& m, Array a) {
      Array y = nn::tanh(m(a));
      Array kernel = m.get_variable("params", "kernel").array();
      return std::pair{y, std::tuple{a, y, kernel}};
    };
    auto back = [](const std::tuple<Array, Array, Array>& kept, Array ct) {
      auto& [a, y, kernel] = kept;
      Array clipped = np::clip(ct, -0.7, 0.7);
      Array dz = np::multiply(clipped, np::subtract(1.0, np::square(y)));
      Tree params{{"kernel", np::sign(np::matmul(np::transpose(a), dz))},
                  {"bias", np::sign(np::sum(dz, 0))}};
      return std::tuple{Tree{{"params", params}}, np::matmul(dz, np::transpose(kernel))};
    };
    layer(x);
    return nn::custom_vjp(kTanh, ahead, back)(layer, x);
  }
};
LAYER("custom_vjp", ({2, 3}), Clipped());

}  // namespace
}  // namespace linum
