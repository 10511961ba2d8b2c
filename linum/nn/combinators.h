// Modules made of modules (flax.linen.combinators).
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "linum/nn/module.h"

namespace linum::nn {

// Any module, or any function of one to four arrays, as a value.
class Layer {
 public:
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, Layer>)
      // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): the constraint leaves copies alone
      Layer(F&& f)
      : model_(std::make_unique<ModelOf<std::decay_t<F>>>(std::forward<F>(f))),
        made_in_(detail::current_frame()) {}
  Layer(const Layer& other) : model_(other.model_->clone()), made_in_(other.made_in_) {}
  Layer(Layer&&) noexcept = default;
  Layer& operator=(const Layer& other) { return *this = Layer(other); }
  Layer& operator=(Layer&&) noexcept = default;

  Array operator()(const Array& x) const { return call(Tree::list({x})).array(); }
  // From the list of arguments to the result. Throws ValueError when it takes another number.
  Tree call(const Tree& args) const { return model_->call(args); }
  // The module, or null for a function.
  const ModuleBase* module() const { return model_->module(); }

  void linum_adopt(const SubmoduleAdopter& adopter, const std::string& field) const {
    model_->adopt(adopter, field, made_in_);
  }

 private:
  struct Model {
    virtual ~Model() = default;
    virtual std::unique_ptr<Model> clone() const = 0;
    virtual Tree call(const Tree& args) = 0;
    virtual const ModuleBase* module() const = 0;
    virtual void adopt(const SubmoduleAdopter&, const std::string& field,
                       detail::FrameId made_in) const = 0;
  };
  template <class F>
  struct ModelOf;

  std::unique_ptr<Model> model_;
  detail::FrameId made_in_;  // the body that ran then
};

namespace detail {

// Runs layers one after the other; several results are the arguments of the next.
Array run_sequential(const std::vector<Layer>& layers, Tree args);
[[noreturn]] void throw_wrong_arguments(const std::string& layer, std::size_t given);

template <class F, class... Args>
constexpr bool layer_takes() {
  if constexpr (IsModule<F>) {
    return requires(F & f, const Args&... args) { f.forward(args...); };
  } else {
    return std::invocable<F&, const Args&...>;
  }
}

// f(args[0], args[1], ...), if f takes so many arrays.
template <std::size_t N, class F>
bool call_layer(F& f, const Tree& args, Tree& out) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    if constexpr (layer_takes<F, std::enable_if_t<(I < N), Array>...>()) {
      if (args.size() == N) out = to_tree(f(Array(args[I].array())...));
      return args.size() == N;
    } else {
      return false;
    }
  }
  (std::make_index_sequence<N>());
}

}  // namespace detail

template <class F>
struct Layer::ModelOf final : Layer::Model {
  explicit ModelOf(F f) : f_(std::move(f)) {}
  std::unique_ptr<Model> clone() const override { return std::make_unique<ModelOf>(f_); }
  Tree call(const Tree& args) override {
    Tree out;
    bool called = detail::call_layer<1>(f_, args, out) || detail::call_layer<2>(f_, args, out) ||
                  detail::call_layer<3>(f_, args, out) || detail::call_layer<4>(f_, args, out);
    if (!called) detail::throw_wrong_arguments(class_name_of<F>(), args.size());
    return out;
  }
  const ModuleBase* module() const override {
    if constexpr (IsModule<F>) return &f_;
    return nullptr;
  }
  void adopt(const SubmoduleAdopter& adopter, const std::string& field,
             detail::FrameId made_in) const override {
    if constexpr (IsModule<F>) adopter.passed(field, f_, made_in);
  }

  F f_;
};

// One layer after the other. A layer that gives a tuple gives the next one several arguments.
//   nn::Sequential mlp{.layers = {nn::Dense{.features = 4}, nn::relu, nn::Dense{.features = 2}}};
// Its parameters are layers_0 and layers_2; of a Sequential that is made and called in one forward
// they belong to that forward's module, as Dense_0 and Dense_1. Throws ValueError without layers.
struct Sequential : Module<Sequential> {
  std::vector<Layer> layers = {};
  std::string name = {};
  LINUM_SUBMODULES(layers)

  template <std::convertible_to<Array>... Args>
  Array forward(const Args&... args) const {
    return detail::run_sequential(layers, Tree::list({Tree(Array(args))...}));
  }
};

}  // namespace linum::nn
