// Exponential normalization over axes (jax.nn): in logarithms, without overflow.
#pragma once

#include "linum/core/array.h"
#include "linum/np/axis.h"

namespace linum::nn {

// exp(x) / sum(exp(x)) over the axes (std::nullopt: all). Elements where `where` is false take no
// part and give 0.
Array softmax(const Array& x, const np::AxisArg& axis = -1, const Array& where = {});
// log(softmax(x)); -inf where `where` is false.
Array log_softmax(const Array& x, const np::AxisArg& axis = -1, const Array& where = {});

struct LogSumExpOptions {
  np::NamedOnly named_only = {};
  np::AxisArg axis = {};  // default: all
  Array b = {};           // weights, which broadcast with x
  bool keepdims = false;
  Array where = {};  // bool: which elements take part
};
// log(sum(b exp(x))); NaN where the sum is negative.
Array logsumexp(const Array& x, const LogSumExpOptions& options = {});
// log|sum(b exp(x))| and the sum's sign.
std::pair<Array, Array> logsumexp_and_sign(const Array& x, const LogSumExpOptions& options = {});

struct LogMeanExpOptions {
  np::NamedOnly named_only = {};
  np::AxisArg axis = {};
  Array where = {};
  bool keepdims = false;
};
// log(mean(exp(x))).
Array logmeanexp(const Array& x, const LogMeanExpOptions& options = {});

}  // namespace linum::nn
