// Softmax and its logarithm with a choice of classes, for the losses.
#pragma once

#include "linum/core/array.h"
#include "linum/np/axis.h"

namespace linum::losses {

// Excluded classes: 0 in softmax, -infinity in log_softmax.
Array softmax(const Array& logits, const np::AxisArg& axis, const Array& where = {});
Array log_softmax(const Array& logits, const np::AxisArg& axis, const Array& where = {});
// log(sum(weights * exp(x))) over the axis, which vanishes. No weights: 1.
Array logsumexp(const Array& x, const np::AxisArg& axis, const Array& where = {},
                const Array& weights = {});
Array log_sigmoid(const Array& x);
Array one_hot(const Array& labels, std::int64_t classes, DType dtype);

}  // namespace linum::losses
