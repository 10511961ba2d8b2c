// Module: layers and models as plain structs (flax.linen.Module).
//
//   struct Mlp : nn::Module<Mlp> {
//     int hidden = 64;
//     Array forward(Array x) {
//       x = nn::relu(nn::Dense{.features = hidden}(x));
//       return nn::Dense{.features = 10, .name = "head"}(x);
//     }
//   };
//   Mlp model{.hidden = 32};
//   Tree variables = model.init(random::key(0), x);   // params/Dense_0, params/head
//   Array y = model.apply(variables, x);
//
// A layer gets its place in the tree at its first call: `name` if it has one, else Class_N, counted
// per class within the calling forward. (Flax counts where they are made: in Dense{}(Dense{}(x)) it
// calls the outer one Dense_0, Linum the inner one. Two statements agree.) One object called twice
// shares its parameters; members listed in LINUM_SUBMODULES are named after their fields. A copy of
// a layer that has no place yet is a layer of its own; a copy of one that has shares it.
#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <utility>

#include "linum/base/erase.h"
#include "linum/core/pytree.h"
#include "linum/nn/errors.h"
#include "linum/nn/initializers.h"
#include "linum/nn/session.h"
#include "linum/nn/type_name.h"
#include "linum/transforms/tree_fn.h"

namespace linum::nn {

struct ApplyOptions {
  Filter mutable_collections = false;        // may change; apply gives them back
  Rngs rngs = {};                            // {{"dropout", key}}, or one key for "params"
  CaptureFilter capture_intermediates = {};  // true: results of all layers, in "intermediates"
};

struct InitOptions {
  Filter mutable_collections = DenyList("intermediates");
  CaptureFilter capture_intermediates = {};
};

struct TabulateOptions {
  int depth = -1;              // how many levels of submodules to show; -1: all
  bool show_repeated = false;  // also the later calls of a module
  Filter mutable_collections = DenyList("intermediates");
  int width = 80;     // columns of the terminal
  bool color = true;  // with the terminal's codes for bold, dim and italic
};

// What modules of all classes share. Its methods are for use inside forward.
class ModuleBase {
 public:
  ModuleBase() : id_(detail::fresh_module_id()) {}
  ModuleBase(const ModuleBase& other) : id_(other.id_of_copy()) {}
  ModuleBase(ModuleBase&& other) noexcept
      : id_(std::exchange(other.id_, detail::fresh_module_id())) {}
  ModuleBase& operator=(const ModuleBase& other) {
    id_ = other.id_of_copy();
    return *this;
  }
  ModuleBase& operator=(ModuleBase&& other) noexcept {
    id_ = std::exchange(other.id_, detail::fresh_module_id());
    return *this;
  }

  // A parameter, made by `init` when the model is initialized. Throws ScopeParamNotFoundError,
  // ScopeParamShapeError or NameInUseError.
  Array param(const std::string& name, const Initializer& init, const Shape& shape,
              DType dtype = DType::F32) const;
  // The same for whatever `init` makes of a key.
  Array param(const std::string& name, const ParamInitFn& init) const;
  // A variable of any collection; `init` runs when there is none yet.
  Variable variable(const std::string& collection, const std::string& name,
                    const InitFn& init = {}) const;
  bool has_variable(const std::string& collection, const std::string& name) const;
  Tree get_variable(const std::string& collection, const std::string& name,
                    Tree otherwise = {}) const;
  void put_variable(const std::string& collection, const std::string& name, Tree value) const;
  // All variables of this module and its submodules.
  Tree variables() const;
  bool is_mutable_collection(const std::string& collection) const;
  // True while init runs.
  bool is_initializing() const;

  // A new key of this stream ("params" where the stream was not given).
  Array make_rng(const std::string& name = "params") const;
  bool has_rng(const std::string& name) const;

  // Appends the value to the list under this name if the collection is mutable; says whether.
  bool sow(const std::string& collection, const std::string& name, Tree value) const;
  // Combines it with what is there (at first: `initial`) by `reduce` instead.
  using Reduce = std::function<Tree(const Tree& stored, const Tree& value)>;
  bool sow(const std::string& collection, const std::string& name, Tree value, const Reduce& reduce,
           const Tree& initial) const;
  // The value plus a zero variable whose gradient is therefore the value's.
  Array perturb(const std::string& name, const Array& value,
                const std::string& collection = "perturbations") const;

  std::vector<std::string> path() const;
  // Throws CallCompactUnboundModuleError outside init and apply.
  const ScopeRef& scope() const;

 protected:
  detail::ModuleId id() const { return id_; }
  void keep_identity_of(const ModuleBase& other) { id_ = other.id_; }

 private:
  friend void share_scope(const ModuleBase& module, const ModuleBase& other);
  friend class SubmoduleAdopter;
  const detail::Binding& binding() const;
  detail::ModuleId id_of_copy() const;

  detail::ModuleId id_;
};

// Gives `module` and `other` one place: other's if it has one outside module's, else module's. For
// wrappers that add parameters to a layer without changing its tree.
void share_scope(const ModuleBase& module, const ModuleBase& other);

// The value given at construction or at the call, whichever is: throws ValueError for none or both.
template <class T>
T merge_param(std::string_view name, const std::optional<T>& constructed,
              const std::optional<T>& called) {
  if (!constructed && !called) {
    throw ValueError(
        str_cat("Parameter \"", name, "\" must be passed to the constructor or at call time"));
  }
  if (constructed && called) {
    throw ValueError(str_cat("Parameter \"", name,
                             "\" was passed to the constructor and at call time. Should be passed "
                             "just once"));
  }
  return constructed ? *constructed : *called;
}

template <class T>
concept IsModule = std::derived_from<T, ModuleBase>;

template <class M>
std::string name_of(const M& module) {
  if constexpr (requires { std::string(module.name); }) {
    return module.name;
  } else {
    return {};
  }
}

// Lists the members that are submodules, so that they are named after their fields (Flax's setup):
//   struct AutoEncoder : nn::Module<AutoEncoder> {
//     nn::Dense encoder{.features = 3}, decoder{.features = 5};
//     LINUM_SUBMODULES(encoder, decoder)
//     Array forward(Array x) { return decoder(encoder(x)); }
//   };
// Vectors, maps, optionals and pointers of modules may be listed too: layers_0, layers_1, ...
#define LINUM_SUBMODULES(...)                                       \
  template <class Self, class Visitor>                              \
  static void linum_visit_submodules(Self& self, Visitor&& visit) { \
    LINUM_FOR_EACH(LINUM_VISIT_FIELD_, __VA_ARGS__)                 \
  }

// Names members after their fields.
class SubmoduleAdopter {
 public:
  // Of a module that was passed to its owner as a value, made while the body `made_in` ran. Owner
  // and module made in one body are neighbours there, as in Flax; otherwise it is a member.
  template <class M>
  void passed(const std::string& field, const M& member, detail::FrameId made_in) const {
    if (!adopt_in(made_in, member, class_name_of<M>(), name_of(member))) (*this)(field, member);
  }
  // Of a module that the running body uses, as if it called it; `prefix` precedes the class.
  template <class M>
  static void called(const M& member, std::string_view prefix = "") {
    adopt_called(member, str_cat(prefix, class_name_of<M>()), name_of(member));
  }

 public:
  template <class M>
  void operator()(const std::string& field, const M& member) const {
    if constexpr (IsModule<M>) {
      std::string own = name_of(member);
      adopt(member, class_name_of<M>(), own.empty() ? field : own);
    } else if constexpr (requires { member.linum_adopt(*this, field); }) {
      member.linum_adopt(*this, field);
    } else if constexpr (requires {
                           *member;
                           static_cast<bool>(member);
                         }) {
      if (member) (*this)(field, *member);
    } else if constexpr (requires { typename M::mapped_type; }) {
      for (auto& [key, e] : member) (*this)(str_cat(field, "_", key), e);
    } else {
      std::size_t i = 0;
      for (auto& e : member) (*this)(str_cat(field, "_", i++), e);
    }
  }

 private:
  static void adopt(const ModuleBase& module, const std::string& class_name,
                    const std::string& name);
  static void adopt_called(const ModuleBase& module, const std::string& class_name,
                           const std::string& name);
  static bool adopt_in(detail::FrameId made_in, const ModuleBase& module,
                       const std::string& class_name, const std::string& name);
};

template <class Derived>
class Bound;

namespace detail {

// One init or apply, without types: opens a session over the root scope and runs `body` in it, as
// one compiled program unless a transform is active. Gives the result and the mutable variables.
struct RootCall {
  std::string class_name;
  Tree variables = Tree::empty_dict();
  Rngs rngs = {};
  Filter mutable_collections = false;
  CaptureFilter capture = {};
  bool initializing = false;
  bool variables_only = false;  // nobody asks for the result, so it is not computed
  // Gets the root's scope and the arguments.
  std::function<Tree(const ScopeRef& root, const Tree& args)> body = {};
};
std::pair<Tree, Tree> run_root(const RootCall& call, const Tree& args);
ScopeRef bind_root(const RootCall& call);
// The variables of an init whose `args` may be without data; throws LazyInitError.
Tree run_lazy_init(const RootCall& call, const Tree& args);
// The calls of an init, and its variables, by shape alone.
std::pair<std::vector<CallRecord>, Tree> record_calls(const RootCall& call, const Tree& args);
std::string tabulate(const RootCall& call, const Tree& args, const TabulateOptions& options);
std::map<std::string, std::string> module_paths(const RootCall& call, const Tree& args);

// While it lives, copies of modules in this thread have no place, whatever their originals have.
class FreshCopies {
 public:
  FreshCopies();
  ~FreshCopies();
  FreshCopies(const FreshCopies&) = delete;
};

// What an argument is stored as on its way through a tree: string literals as pointers.
template <class T>
using Stored = std::decay_t<T>;
template <class... Args>
Tree listed(const Args&... args) {
  return Tree::list({to_tree<Stored<const Args&>>(args)...});
}

// f(args...), showing arguments and result to observers if there are any.
template <class F, class... Args>
auto observe(Call& call, F&& f, Args&&... args) {
  using R = std::remove_cvref_t<std::invoke_result_t<F&, Args...>>;
  if constexpr (std::is_void_v<R>) {
    f(std::forward<Args>(args)...);
  } else {
    if (!call.observed()) return R(f(std::forward<Args>(args)...));
    Tree in = listed(args...);
    auto body = [&f](Stored<Args>... changed) { return f(std::move(changed)...); };
    return from_tree<R>(call.run_observed(in, as_tree_fn<R, Stored<Args>...>(body)));
  }
}

// The same as the call's body: errors name the module.
template <class F, class... Args>
auto run_body(Call& call, F&& f, Args&&... args) {
  try {
    return observe(call, f, std::forward<Args>(args)...);
  } catch (const Error&) {
    call.rethrow();
  }
}

}  // namespace detail

template <class Derived>
class Module : public ModuleBase {
 public:
  // --- inside another module's forward: a call ------------------------------------------------

  template <class... Args>
  auto operator()(Args&&... args) {
    auto forward = [this]<class... A>(A&&... a) { return self().forward(std::forward<A>(a)...); };
    return call_method(self(), "__call__", forward, std::forward<Args>(args)...);
  }
  template <class... Args>
  auto operator()(Args&&... args) const {
    if constexpr (requires(const Derived& d) { d.forward(std::forward<Args>(args)...); }) {
      auto forward = [this]<class... A>(A&&... a) { return self().forward(std::forward<A>(a)...); };
      return call_method(self(), "__call__", forward, std::forward<Args>(args)...);
    } else {  // a forward that may change its object runs on a copy
      Derived copy(self());
      static_cast<Module&>(copy).keep_identity_of(*this);
      return copy(std::forward<Args>(args)...);
    }
  }

  // --- from outside ---------------------------------------------------------------------------

  // The variables of a new model, from one key or a map of streams to keys. The model's output is
  // not computed: init_with_output does.
  template <class... Args>
  Tree init(const Rngs& rngs, const Args&... args) const {
    return init(rngs, InitOptions{}, args...);
  }
  template <class... Args>
  Tree init(const Rngs& rngs, const InitOptions& options, const Args&... args) const {
    return run_for_variables(init_call(rngs, options), call_forward, args...);
  }
  template <class... Args>
  auto init_with_output(const Rngs& rngs, const Args&... args) const {
    return init_with_output(rngs, InitOptions{}, args...);
  }
  template <class... Args>
  auto init_with_output(const Rngs& rngs, const InitOptions& options, const Args&... args) const {
    return run(init_call(rngs, options), call_forward, args...);
  }
  // init of another method: model.init_method(key, [](auto& m, Array x) { return m.encode(x); }, x)
  template <class F, class... Args>
  Tree init_method(const Rngs& rngs, F method, const Args&... args) const {
    return run_for_variables(init_call(rngs, {}), as_method(std::move(method)), args...);
  }
  template <class F, class... Args>
  auto init_method_with_output(const Rngs& rngs, F method, const Args&... args) const {
    return run(init_call(rngs, {}), as_method(std::move(method)), args...);
  }
  // init that reads only shapes and dtypes of its arguments: they may be shape_struct()s.
  template <class... Args>
  Tree lazy_init(const Rngs& rngs, const Args&... args) const {
    return detail::run_lazy_init(with_body(init_call(rngs, {}), call_forward, args...),
                                 detail::listed(args...));
  }

  // The output for these variables.
  template <class... Args>
  auto apply(const Tree& variables, const Args&... args) const {
    return run(apply_call(variables, {}), call_forward, args...).first;
  }
  // The same with random streams: model.apply(variables, nn::Rngs{{"dropout", key}}, x)
  template <std::same_as<Rngs> Streams, class... Args>
  auto apply(const Tree& variables, const Streams& rngs, const Args&... args) const {
    return run(apply_call(variables, {.rngs = rngs}), call_forward, args...).first;
  }
  // The output and the mutable collections as they are afterwards:
  //   auto [y, updated] = model.apply(variables, {.mutable_collections = {"batch_stats"}}, x);
  template <class... Args>
  auto apply(const Tree& variables, const ApplyOptions& options, const Args&... args) const {
    return run(apply_call(variables, options), call_forward, args...);
  }
  // apply of another method.
  template <class F, class... Args>
  auto apply_method(const Tree& variables, F method, const Args&... args) const {
    return run(apply_call(variables, {}), as_method(std::move(method)), args...).first;
  }
  template <class F, class... Args>
  auto apply_method(const Tree& variables, const ApplyOptions& options, F method,
                    const Args&... args) const {
    return run(apply_call(variables, options), as_method(std::move(method)), args...);
  }

  // The model with its variables at hand, for interactive use: bound(x), bound->encoder(x).
  Bound<Derived> bind(const Tree& variables, const ApplyOptions& options = {}) const;
  // A free copy of a module that has a place, and its variables:
  //   auto [encoder, its_variables] = model.bind(variables)->encoder.unbind();
  std::pair<Derived, Tree> unbind() const;
  // A copy that has no place, to be named anew.
  Derived copy() const {
    detail::FreshCopies fresh;
    return self();
  }
  Derived clone() const { return copy(); }

  // Flax's table of modules, inputs, outputs and parameters, of an init that computes nothing.
  template <class... Args>
  std::string tabulate(const Rngs& rngs, const Args&... args) const {
    return tabulate(rngs, TabulateOptions{}, args...);
  }
  template <class... Args>
  std::string tabulate(const Rngs& rngs, const TabulateOptions& options,
                       const Args&... args) const {
    InitOptions init{.mutable_collections = options.mutable_collections};
    return detail::tabulate(with_body(init_call(rngs, init), call_forward, args...),
                            detail::listed(args...), options);
  }
  // The paths of all modules that init calls, with their classes.
  template <class... Args>
  std::map<std::string, std::string> module_paths(const Rngs& rngs, const Args&... args) const {
    return detail::module_paths(with_body(init_call(rngs, {}), call_forward, args...),
                                detail::listed(args...));
  }

 protected:
  // The body of a method besides forward: opens this module's place, so that the method may be
  // called from other modules.
  //   Array attend(const Array& query) const { return method("attend", [&] { ... }); }
  template <class F>
  auto method(std::string_view name, F&& body) const {
    return call_method(self(), name, std::forward<F>(body));
  }
  // A part of forward whose layers are kept under a name of their own: up/Dense_0.
  //   Array up(Array x) const { return name_scope("up", [&] { return nn::Dense{...}(x); }); }
  template <class F>
  auto name_scope(const std::string& name, F&& body) const {
    detail::NameScopedPart part(id(), name);
    return body();
  }

 private:
  friend class Bound<Derived>;
  Derived& self() { return static_cast<Derived&>(*this); }
  const Derived& self() const { return static_cast<const Derived&>(*this); }

  template <class Self, class F, class... Args>
  static auto call_method(Self& self, std::string_view method, F&& body, Args&&... args) {
    detail::Call call(self.id(), class_name_of<Derived>(), name_of(self), method);
    if (call.opens_frame()) adopt_members(self);
    return detail::run_body(call, body, std::forward<Args>(args)...);
  }
  template <class Self>
  static void adopt_members(Self& self) {
    if constexpr (requires { Self::linum_visit_submodules(self, SubmoduleAdopter{}); }) {
      Self::linum_visit_submodules(self, SubmoduleAdopter{});
    }
  }

  static constexpr auto call_forward = [](Derived& m, const auto&... args) { return m(args...); };
  // f(module, args...) inside the root's frame.
  template <class F>
  static auto as_method(F f) {
    return [f = std::move(f)](Derived& m, const auto&... args) {
      auto body = [&](const auto&... a) { return f(m, a...); };
      return call_method(m, "<lambda>", body, args...);
    };
  }

  detail::RootCall init_call(const Rngs& rngs, const InitOptions& options) const {
    detail::RootCall call{.class_name = class_name_of<Derived>(), .rngs = rngs};
    call.mutable_collections = options.mutable_collections;
    call.capture = options.capture_intermediates;
    call.initializing = true;
    return call;
  }
  detail::RootCall apply_call(const Tree& variables, const ApplyOptions& options) const {
    detail::RootCall call{.class_name = class_name_of<Derived>(), .variables = variables};
    call.rngs = options.rngs;
    call.mutable_collections = options.mutable_collections;
    call.capture = options.capture_intermediates;
    return call;
  }

  // f(a copy of this module, bound to the root, args...) as the call's body.
  template <class F, class... Args>
  detail::RootCall with_body(detail::RootCall call, const F& f, const Args&...) const {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Derived&, const Args&...>>;
    call.body = erase<Tree(const ScopeRef&, const Tree&)>(
        [this, f](const ScopeRef& root, const Tree& args) {
          Derived bound = copy();
          detail::Session::current()->bind(bound.id(), {root, class_name_of<Derived>()});
          return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return to_tree<R>(f(bound, from_tree<detail::Stored<const Args&>>(args[I])...));
          }
          (std::index_sequence_for<Args...>());
        });
    return call;
  }
  template <class F, class... Args>
  auto run(const detail::RootCall& call, const F& f, const Args&... args) const {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Derived&, const Args&...>>;
    auto [result, variables] =
        detail::run_root(with_body(call, f, args...), detail::listed(args...));
    return std::pair<R, Tree>(from_tree<R>(result), std::move(variables));
  }
  template <class F, class... Args>
  Tree run_for_variables(detail::RootCall call, const F& f, const Args&... args) const {
    call.variables_only = true;
    return detail::run_root(with_body(std::move(call), f, args...), detail::listed(args...)).second;
  }
};

// What bind gives: a model with its variables. Calls run at once; random streams advance and
// mutable collections change from call to call. Not for several threads at a time.
template <class Derived>
class Bound {
 public:
  // The model itself for one expression, with its place open: bound->encoder(x).
  class Access {
   public:
    explicit Access(Bound& bound)
        : session_(*bound.session_), call_(open(bound)), module_(bound.module_) {
      Module<Derived>::adopt_members(module_);
    }
    Derived* operator->() { return &module_; }

   private:
    static detail::Call open(Bound& bound) {
      return detail::Call(bound.module_.id(), class_name_of<Derived>(), "", "bind");
    }
    detail::SessionScope session_;
    detail::Call call_;
    Derived& module_;
  };

  template <class... Args>
  auto operator()(const Args&... args) {
    detail::SessionScope session(*session_);
    return module_(args...);
  }
  Access operator->() { return Access(*this); }
  // As they are now.
  Tree variables() const { return root_->variables(); }
  std::pair<Derived, Tree> unbind() const { return {module_.copy(), variables()}; }

 private:
  friend class Module<Derived>;
  Bound(const Derived& module, ScopeRef root)
      : module_(module.copy()), root_(std::move(root)), session_(new detail::Session()) {
    session_->bind(module_.id(), {root_, class_name_of<Derived>()});
  }

  Derived module_;
  ScopeRef root_;
  std::unique_ptr<detail::Session> session_;
};

template <class Derived>
Bound<Derived> Module<Derived>::bind(const Tree& variables, const ApplyOptions& options) const {
  return Bound<Derived>(self(), detail::bind_root(apply_call(variables, options)));
}

template <class Derived>
std::pair<Derived, Tree> Module<Derived>::unbind() const {
  detail::Session* session = detail::Session::current();
  if (!session || !session->frame) throw CallUnbindOnUnboundModuleError(class_name_of<Derived>());
  detail::Call place(id(), class_name_of<Derived>(), name_of(self()), "unbind");
  return {copy(), variables()};
}

// --- functions as methods ----------------------------------------------------------------------

// flax.linen.apply: the function (variables, args...) -> {fn(module, args...), updated}.
template <class F, class M>
auto apply(F fn, M module, ApplyOptions options = {}) {
  return [fn, module, options](const Tree& variables, const auto&... args) {
    return module.apply_method(variables, options, fn, args...);
  };
}
// flax.linen.init: the function (rngs, args...) -> the variables that fn(module, args...) makes.
template <class F, class M>
auto init(F fn, M module) {
  return [fn, module](const Rngs& rngs, const auto&... args) {
    return module.init_method(rngs, fn, args...);
  };
}
template <class F, class M>
auto init_with_output(F fn, M module) {
  return [fn, module](const Rngs& rngs, const auto&... args) {
    return module.init_method_with_output(rngs, fn, args...);
  };
}

}  // namespace linum::nn
