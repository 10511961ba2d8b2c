#include "linum/optim/inject.h"

#include "linum/lax/lax.h"
#include "linum/optim/numerics.h"
#include "linum/optim/tree_math.h"

namespace linum::optim {

StatefulSchedule WrappedSchedule(Schedule schedule) {
  return {[] {
            return Tree{{"count", zero_count()}};
          },
          [](const Tree& state, const ExtraArgs&) {
            return Tree{{"count", safe_increment(state["count"])}};
          },
          [schedule](const Tree& state, const ExtraArgs&) { return schedule(state["count"]); }};
}

namespace {

struct Injector {
  OptimizerFactory factory;
  std::map<std::string, Scalar> numbers;
  std::map<std::string, StatefulSchedule> schedules;
  std::optional<DType> dtype;

  DType dtype_for(const Tree& params) const {
    return dtype ? *dtype : tree_dtype(params, "highest");
  }

  // Weak numbers take the parameters' dtype; arrays keep their own.
  static Array converted(const Array& x, DType to) {
    return x.weak() && is_floating(x.dtype()) ? lax::convert_element_type(x, to) : x;
  }

  void add_scheduled(Tree& values, const Tree& states, const ExtraArgs& extra, DType to) const {
    for (auto& [name, s] : schedules) {
      values.mutable_dict()[name] = converted(s.value(states.as_dict().at(name), extra), to);
    }
  }

  Tree init(const Tree& params) const {
    DType to = dtype_for(params);
    Tree values = Tree::empty_dict(), states = Tree::empty_dict();
    for (auto& [name, x] : numbers) values.mutable_dict()[name] = converted(x.array(), to);
    for (auto& [name, s] : schedules) states.mutable_dict()[name] = s.init();
    add_scheduled(values, states, {}, to);
    return {{"count", zero_count()},
            {"hyperparams", values},
            {"hyperparams_states", states},
            {"inner_state", factory(HyperparamValues(values)).init(params)}};
  }

  GradientTransformation::Updated update(const Tree& updates, const Tree& state, const Tree& params,
                                         const ExtraArgs& extra) const {
    Tree values = state["hyperparams"], states = Tree::empty_dict();
    const Tree& old_states = state["hyperparams_states"];
    add_scheduled(values, old_states, extra, dtype_for(params.is_none() ? updates : params));
    for (auto& [name, s] : schedules) {
      states.mutable_dict()[name] = s.update(old_states.as_dict().at(name), extra);
    }
    auto [out, inner_state] =
        factory(HyperparamValues(values)).update(updates, state["inner_state"], params, extra);
    return {out, Tree{{"count", safe_increment(state["count"])},
                      {"hyperparams", values},
                      {"hyperparams_states", states},
                      {"inner_state", inner_state}}};
  }
};

}  // namespace

GradientTransformation inject_hyperparams(OptimizerFactory factory,
                                          std::map<std::string, Hyperparam> hyperparams,
                                          std::optional<DType> dtype) {
  Injector injector{std::move(factory), {}, {}, dtype};
  for (auto& [name, h] : hyperparams) {
    auto* plain = std::get_if<ScalarOrSchedule>(&h);
    if (!plain) {
      injector.schedules.emplace(name, std::get<StatefulSchedule>(h));
    } else if (plain->is_schedule()) {
      injector.schedules.emplace(name, WrappedSchedule(plain->schedule()));
    } else {
      injector.numbers.emplace(name, plain->scalar());
    }
  }
  auto shared = std::make_shared<const Injector>(std::move(injector));
  return {
      [shared](const Tree& params) { return shared->init(params); },
      [shared](const Tree& updates, const Tree& state, const Tree& params, const ExtraArgs& extra) {
        return shared->update(updates, state, params, extra);
      }};
}

}  // namespace linum::optim
