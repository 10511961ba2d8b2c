// Sizes: an attribute that is one number, or one for each of several dimensions.
#pragma once

#include <concepts>
#include <initializer_list>

#include "linum/base/error.h"
#include "linum/base/shape.h"

namespace linum::nn {

// .strides = 2, .strides = {2, 1}
class Sizes {
 public:
  Sizes(std::integral auto size) : values_{static_cast<std::int64_t>(size)}, single_(true) {}
  Sizes(std::initializer_list<std::int64_t> sizes) : values_(sizes) {}
  Sizes(Shape sizes) : values_(std::move(sizes)) {}

  const Shape& values() const { return values_; }
  // One for each of `rank` dimensions: a single number is for all. Throws ShapeError naming `what`
  // for another count.
  Shape for_rank(std::size_t rank, std::string_view what) const {
    if (single_) return Shape(rank, values_[0]);
    if (values_.size() == rank) return values_;
    throw ShapeError(str_cat(what, " needs one number for each of ", rank,
                             " dimensions (or a single one for all), got ", values_));
  }

 private:
  Shape values_;
  bool single_ = false;
};

}  // namespace linum::nn
