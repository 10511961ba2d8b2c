#include "linum/optim/monitor.h"

#include "linum/optim/combine.h"

namespace linum::optim {

GradientTransformation snapshot(const std::string& name, Measure measure) {
  auto taken = [name, measure](const Tree& t) {
    return Tree{{"measurement", Tree(Tree::Dict{{name, measure(t)}})}};
  };
  auto update = [taken](const Tree& updates, const Tree&, const Tree&, const ExtraArgs&) {
    return std::pair(updates, taken(updates));
  };
  return {taken, update};
}

static GradientTransformation as_transform(const MeasureOrTransform& m) {
  if (auto* tx = std::get_if<GradientTransformation>(&m)) return *tx;
  return stateless(
      [f = std::get<Measure>(m)](const Tree& updates, const Tree&) { return f(updates); });
}

GradientTransformation monitor(std::map<std::string, MeasureOrTransform> measures) {
  std::map<std::string, GradientTransformation> transforms;
  for (auto& [name, m] : measures) transforms.emplace(name, as_transform(m));
  auto init = [transforms](const Tree& params) {
    Tree::List states;
    for (auto& [name, tx] : transforms) states.push_back(tx.init(params));
    return Tree{{"measurements", Tree::empty_dict()}, {"measure_states", Tree(states)}};
  };
  auto update = [transforms](const Tree& updates, const Tree& state, const Tree& params,
                             const ExtraArgs& extra) {
    Tree::Dict measurements;
    Tree::List states;
    for (auto& [name, tx] : transforms) {
      auto [value, next] =
          tx.update(updates, state["measure_states"][states.size()], params, extra);
      measurements.emplace(name, value);
      states.push_back(next);
    }
    return std::pair(updates,
                     Tree{{"measurements", Tree(measurements)}, {"measure_states", Tree(states)}});
  };
  return {init, update};
}

GradientTransformation measure_with_ema(Measure measure, Scalar decay, EmaOptions options) {
  GradientTransformation average = ema(std::move(decay), options);
  GradientTransformation of_measure(
      [average, measure](const Tree& params) { return average.init(measure(params)); },
      [average](const Tree& updates, const Tree& state, const Tree& params,
                const ExtraArgs& extra) { return average.update(updates, state, params, extra); });
  auto measured = [measure](const Tree& updates, const Tree&) { return measure(updates); };
  return chain(stateless(measured), of_measure);
}

}  // namespace linum::optim
