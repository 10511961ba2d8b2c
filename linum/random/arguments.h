// ShapeArg: the `shape` argument of samplers whose parameters have a shape of their own.
#pragma once

#include <initializer_list>
#include <optional>

#include "linum/core/array.h"

namespace linum::random {

// A shape, or nothing: the shape that the parameters broadcast to.
class ShapeArg {
 public:
  ShapeArg() = default;
  ShapeArg(std::nullopt_t) {}
  ShapeArg(std::initializer_list<std::int64_t> shape) : shape_(shape) {}
  ShapeArg(Shape shape) : shape_(std::move(shape)) {}
  const std::optional<Shape>& get() const { return shape_; }

 private:
  std::optional<Shape> shape_;
};

}  // namespace linum::random
