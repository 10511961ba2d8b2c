// flax.linen: the module system. (tests/parity/modules: attention, recurrent layers, transforms.)
#include "linum/transforms/eval_shape.h"
#include "tests/parity/modules/layer_testlib.h"

namespace linum {
namespace {

struct Compact : nn::Module<Compact> {
  Array forward(Array x) const {
    Array scale = param("scale", nn::initializers::normal(0.5), {x.shape(-1)});
    nn::Variable count =
        variable("state", "count", [] { return Tree(lax::full({}, 0, DType::I32)); });
    if (!is_initializing()) count.set_value(np::add(count.value(), 1));
    x = nn::Dense{.features = 4}(np::multiply(x, scale));
    sow("intermediates", "hidden", x);
    return nn::Dense{.features = 2, .name = "head"}(nn::relu(x));
  }
};

struct SetupModule : nn::Module<SetupModule> {
  nn::Dense first{.features = 4}, second{.features = 2};
  LINUM_SUBMODULES(first, second)
  Array forward(Array x) const { return second(nn::tanh(first(x))); }
};

struct Shared : nn::Module<Shared> {
  Array forward(Array x) const {
    nn::Dense layer{.features = 3};
    return layer(nn::relu(layer(x)));
  }
};

struct Noisy : nn::Module<Noisy> {
  Array forward(Array x) const {
    x = nn::Dense{.features = 4}(x);
    x = nn::Dropout{.rate = 0.5, .deterministic = false}(x);
    return np::add(x, random::normal(make_rng("noise"), x.shape()));
  }
};

LAYER("Sequential", ({2, 3}),
      nn::Sequential{.layers = {nn::Dense{.features = 4}, nn::relu, nn::Dense{.features = 2}}});
LAYER("Module:setup", ({2, 3}), SetupModule());
LAYER("Module:shared", ({2, 3}), Shared());
PARITY("Module.init", [](const Tree& in) { return Compact().init(in[0].array(), in[1].array()); });
PARITY("Module.init_with_output",
       [](const Tree& in) { return Compact().init_with_output(in[0].array(), in[1].array()); });
PARITY("Module.apply", [](const Tree& in) {
  return Compact().apply(in[0], {.mutable_collections = {"state", "intermediates"}}, in[1].array());
});
PARITY("Module.make_rng", [](const Tree& in) {
  nn::Rngs rngs{{"dropout", in[2].array()}, {"noise", in[3].array()}};
  return Noisy().apply(in[0], rngs, in[1].array());
});

// A text as numbers, as the fixture holds it.
Array text(const std::string& s) {
  return Array::of<std::uint8_t>({static_cast<std::int64_t>(s.size())},
                                 std::vector<std::uint8_t>(s.begin(), s.end()));
}

struct Looks : nn::Module<Looks> {
  std::tuple<Array, Array, Tree> forward(Array x) const {
    x = nn::Dense{.features = 2, .name = "first"}(x);
    put_variable("extra", "x", x);
    std::vector<bool> known{has_variable("params", "first"),
                            has_variable("params", "second"),
                            is_mutable_collection("params"),
                            is_mutable_collection("extra"),
                            is_mutable_collection("state"),
                            has_rng("params"),
                            has_rng("noise"),
                            is_initializing()};
    std::vector<Array> bits;
    for (bool b : known) bits.push_back(lax::full({}, b, DType::Bool));
    return {np::stack(bits), get_variable("params", "first")["kernel"], variables()["params"]};
  }
};
PARITY("Module.has_variable", [](const Tree& in) {
  return Looks().apply(in[0], {.mutable_collections = {"extra"}}, in[1].array());
});

struct Perturbs : nn::Module<Perturbs> {
  Array forward(Array x) const { return np::square(perturb("h", nn::Dense{.features = 2}(x))); }
};
PARITY("Module.perturb", [](const Tree& in) { return Perturbs().apply(in[0], in[1].array()); });

struct AutoEncoder : nn::Module<AutoEncoder> {
  nn::Dense encoder{.features = 2}, decoder{.features = 3};
  LINUM_SUBMODULES(encoder, decoder)
  Array encode(Array x) const {
    return method("encode", [&] { return encoder(x); });
  }
  Array forward(Array x) const { return decoder(nn::tanh(encoder(x))); }
};
PARITY("Module.bind",
       [](const Tree& in) { return AutoEncoder().bind(in[0])->encode(in[1].array()); });
PARITY("Module.unbind", [](const Tree& in) {
  auto bound = AutoEncoder().bind(in[0]);
  auto [encoder, variables] = bound->encoder.unbind();
  return Tree::list({encoder.apply(variables, in[1].array()), variables});
});
PARITY("Module.clone",
       [](const Tree& in) { return AutoEncoder().clone().apply(in[0], in[1].array()); });
PARITY("Module.lazy_init", [](const Tree& in) {
  return AutoEncoder().lazy_init(in[0].array(), shape_struct({2, 3}, DType::F32));
});
PARITY("Module.module_paths", [](const Tree& in) {
  std::string all;
  for (auto& [path, name] : AutoEncoder().module_paths(random::key(0), in[0].array())) {
    all += str_cat(all.empty() ? "" : "\n", path, ":", name);
  }
  return text(all);
});
PARITY("Module.tabulate", [](const Tree& in) {
  return text(AutoEncoder().tabulate(random::key(0), {.width = 80, .color = false}, in[0].array()));
});

struct Where : nn::Module<Where> {
  std::string name = {};
  Array forward(Array) const {
    std::string all;
    for (const std::string& part : path()) all += str_cat(all.empty() ? "" : "/", part);
    return text(all);
  }
};
struct Holds : nn::Module<Holds> {
  Array forward(Array x) const { return Where{.name = "inner"}(x); }
};
PARITY("Module.path",
       [](const Tree& in) { return Holds().apply(Tree::empty_dict(), in[0].array()); });

struct Lora : nn::Module<Lora> {
  std::int64_t features = 0;
  Array forward(Array x) const {
    nn::Dense inner{.features = features};
    nn::share_scope(*this, inner);
    Array a = param("A", nn::initializers::normal(1.0), {x.shape(-1), 1});
    Array b = param("B", nn::initializers::normal(1.0), {1, features});
    return np::add(inner(x), np::matmul(np::matmul(x, a), b));
  }
};
struct HasLora : nn::Module<HasLora> {
  Array forward(Array x) const { return Lora{.features = 2}(x); }
};
LAYER("share_scope", ({2, 3}), HasLora());

struct NameScopes : nn::Module<NameScopes> {
  Array up(Array x) const {
    return name_scope("up", [&] {
      Array y = nn::Dense{.features = 3}(x);
      return np::multiply(y, param("scale", nn::initializers::normal(1.0), {3}));
    });
  }
  Array down(Array x) const {
    return name_scope("down", [&] { return nn::Dense{.features = 2}(x); });
  }
  Array forward(Array x) const { return down(up(x)); }
};
LAYER("compact_name_scope", ({2, 3}), NameScopes());

struct Helpers : nn::Module<Helpers> {
  nn::Dense dense(std::int64_t features) const { return {.features = features}; }
  Array head(Array x) const {
    return method("head", [&] { return dense(2)(x); });
  }
  Array forward(Array x) const { return head(nn::relu(dense(3)(x))); }
};
LAYER("named_call", ({2, 3}), Helpers());

// A Tree is a value: changing a copy leaves the original as it is.
Tree frozen_dict(const Tree& in) {
  return {{"params", Tree{{"w", in[0]}}}, {"state", Tree{{"n", in[1]}}}};
}
PARITY("linen.FrozenDict", [](const Tree& in) {
  Tree frozen = frozen_dict(in), copy = frozen;
  copy.set("cache/k", in[0]);
  return frozen.contains("cache") ? Tree() : copy;
});
PARITY("linen.FrozenDict:pop", [](const Tree& in) {
  Tree rest = frozen_dict(in), params = rest["params"];
  rest.erase("params");
  return Tree::list({rest, params});
});

const auto kEncode = [](const AutoEncoder& m, Array x) { return m.encode(x); };
PARITY("linen.apply", [](const Tree& in) {
  return nn::apply(kEncode, AutoEncoder())(in[0], in[1].array()).first;
});
PARITY("linen.init", [](const Tree& in) {
  return nn::init(kEncode, AutoEncoder())(in[0].array(), in[1].array());
});
PARITY("linen.init_with_output", [](const Tree& in) {
  return nn::init_with_output(kEncode, AutoEncoder())(in[0].array(), in[1].array());
});
PARITY("linen.intercept_methods", [](const Tree& in) {
  nn::intercept_methods doubled(
      [](const nn::NextCall& next, const Tree& args, const nn::CallSite& site) {
        Tree result = next(args);
        bool encoder = !site.path.empty() && site.path.back() == "encoder";
        return encoder ? Tree(np::multiply(result.array(), 2)) : result;
      });
  return AutoEncoder().apply(in[0], in[1].array());
});
PARITY("linen.override_named_call", [](const Tree& in) {
  nn::disable_named_call();
  Array y = AutoEncoder().apply(in[0], in[1].array());
  nn::enable_named_call();
  nn::override_named_call off(false);
  return np::add(y, AutoEncoder().apply(in[0], in[1].array()));
});
PARITY("linen.DenyList", [](const Tree& in) {
  nn::ApplyOptions options{.mutable_collections = nn::DenyList({"params", "intermediates"})};
  return Compact().apply(in[0], options, in[1].array());
});
PARITY("linen.merge_param", [](const Tree& in) {
  return np::multiply(in[0],
                      nn::merge_param("factor", std::optional<double>(), std::optional(3.0)));
});

}  // namespace
}  // namespace linum
