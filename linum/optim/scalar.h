// Hyperparameters: numbers, arrays, or schedules over the step.
#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <variant>

#include "linum/core/array.h"
#include "linum/np/operators.h"

namespace linum::optim {

// A number, or an array that stands for one (a hyperparameter inside the optimizer's state).
// Numbers are computed with in double precision and rounded where they meet an array, as Python's
// floats are: 1 - b2 keeps its digits.
class Scalar {
 public:
  template <class T>
  requires std::is_arithmetic_v<T> Scalar(T number) : value_(static_cast<double>(number)) {}
  Scalar(Array array) : value_(std::move(array)) {}

  bool is_number() const { return std::holds_alternative<double>(value_); }
  double number() const { return std::get<double>(value_); }
  // True for the number `n`; an array has no known value.
  bool is(double n) const { return is_number() && number() == n; }
  // A number becomes a weakly typed scalar.
  Array array() const { return is_number() ? Array(number()) : std::get<Array>(value_); }
  operator Array() const { return array(); }

  friend Scalar operator-(const Scalar& x) { return 0 - x; }
  // With an array the result is one.
#define LINUM_SCALAR_OPERATOR_(op, function)                                             \
  friend Scalar operator op(const Scalar& x, const Scalar& y) { return function(x, y); } \
  template <class T>                                                                     \
  requires std::is_arithmetic_v<T>                                                       \
  friend Scalar operator op(T x, const Scalar& y) { return function(x, y); }             \
  template <class T>                                                                     \
  requires std::is_arithmetic_v<T>                                                       \
  friend Scalar operator op(const Scalar& x, T y) { return function(x, y); }             \
  friend Array operator op(const Scalar& x, const Array& y) { return x.array() op y; }   \
  friend Array operator op(const Array& x, const Scalar& y) { return x op y.array(); }
  LINUM_SCALAR_OPERATOR_(+, add)
  LINUM_SCALAR_OPERATOR_(-, subtract)
  LINUM_SCALAR_OPERATOR_(*, multiply)
  LINUM_SCALAR_OPERATOR_(/, divide)
#undef LINUM_SCALAR_OPERATOR_

 private:
  static Scalar add(const Scalar& x, const Scalar& y);
  static Scalar subtract(const Scalar& x, const Scalar& y);
  static Scalar multiply(const Scalar& x, const Scalar& y);
  static Scalar divide(const Scalar& x, const Scalar& y);

  std::variant<double, Array> value_;
};

Scalar pow(const Scalar& x, double exponent);

// From the number of steps done (int32) to a value.
using Schedule = std::function<Array(const Array& count)>;

// Where optax takes a float or a schedule.
class ScalarOrSchedule {
 public:
  template <class T>
  requires std::is_arithmetic_v<T> ScalarOrSchedule(T number) : value_(Scalar(number)) {}
  ScalarOrSchedule(Array array) : value_(Scalar(std::move(array))) {}
  ScalarOrSchedule(Scalar scalar) : value_(std::move(scalar)) {}
  template <std::invocable<const Array&> F>
  requires std::convertible_to<std::invoke_result_t<F, const Array&>, Array> ScalarOrSchedule(
      F schedule)
      : value_(Schedule(std::move(schedule))) {}

  bool is_schedule() const { return std::holds_alternative<Schedule>(value_); }
  const Schedule& schedule() const { return std::get<Schedule>(value_); }
  const Scalar& scalar() const { return std::get<Scalar>(value_); }
  // The value after `count` steps.
  Scalar at(const Array& count) const {
    return is_schedule() ? Scalar(schedule()(count)) : scalar();
  }

 private:
  std::variant<Scalar, Schedule> value_;
};

}  // namespace linum::optim
