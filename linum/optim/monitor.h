// Transformations that measure updates on their way (optax/transforms/_monitoring.py).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <variant>

#include "linum/optim/accumulation.h"
#include "linum/optim/transformation.h"

namespace linum::optim {

using Measure = std::function<Tree(const Tree& updates)>;

// Passes the updates; state {"measurement": {name: measure(updates)}}.
GradientTransformation snapshot(const std::string& name, Measure measure);

// A measure, or a transformation whose results are the measurement (measure_with_ema).
using MeasureOrTransform = std::variant<Measure, GradientTransformation>;
// Passes the updates; state {"measurements": {name: ...}, "measure_states": [...]}, empty before
// the first update.
GradientTransformation monitor(std::map<std::string, MeasureOrTransform> measures);

// The moving average of a measure, for monitor().
GradientTransformation measure_with_ema(Measure measure, Scalar decay, EmaOptions options = {});

}  // namespace linum::optim
