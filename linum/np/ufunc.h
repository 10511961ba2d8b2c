// Functions of single elements as functions of arrays (jax.numpy.frompyfunc, ufunc).
#pragma once

#include "linum/np/creation.h"
#include "linum/np/functional.h"
#include "linum/np/indexing.h"

namespace linum::np {

struct UfuncReduceOptions {
  std::optional<std::int64_t> axis = 0;  // nothing: all axes
  OptionalDType dtype = {};              // of the result; default: what f gives for x's dtype
  bool keepdims = false;
  Array initial = {};  // the first value; default: the identity, else the first element
  Array where = {};    // bool: the elements to reduce; needs an identity or `initial`
};

// f of `nin` elements, over arrays that broadcast. The methods are of functions of two elements,
// and go over the array one element after the other: f need not be associative. They throw
// ValueError for other counts.
class ufunc {
 public:
  ufunc(const ManyFunction& f, std::size_t nin, Array identity = {});

  std::size_t nin() const { return nin_; }
  std::size_t nout() const { return 1; }
  const Array& identity() const { return identity_; }  // undefined: there is none

  template <class... Args>
  Array operator()(const Args&... args) const {
    return call({Array(args)...});
  }
  Array call(const std::vector<Array>& args) const;

  Array reduce(const Array& x, const UfuncReduceOptions& options = {}) const;
  // Element i reduces the elements 0 ... i.
  Array accumulate(const Array& x, std::int64_t axis = 0, OptionalDType dtype = {}) const;
  // f of all pairs of elements: shape (...x, ...y).
  Array outer(const Array& x, const Array& y) const;
  // x with f(x[i]) or f(x[i], b[i]) at the places i; a place that is listed twice is changed twice.
  Array at(const Array& x, const Array& places, const Array& b = {}) const;
  // Element i reduces x[places[i]] ... x[places[i + 1] - 1]; the last goes to the end, and where
  // places do not rise there is one element. As in JAX.
  Array reduceat(const Array& x, const Array& places, std::int64_t axis = 0) const;

 private:
  void check_binary(std::string_view method) const;
  DType result_dtype(const std::vector<Array>& args) const;
  ManyFunction f_;
  std::size_t nin_;
  Array identity_;
};

// jax.numpy.frompyfunc; f gives one array.
ufunc frompyfunc(const ManyFunction& f, std::size_t nin, Array identity = {});

}  // namespace linum::np
