// Other shapes of the same elements: reshape, transpose, expand_dims, squeeze.
#include "linum/lax/families.h"
#include "linum/lax/structure.h"

namespace linum::lax {

namespace {

class Reshape final : public Structural {
 public:
  explicit Reshape(Shape shape) : shape_(std::move(shape)) {}
  std::string_view name() const override { return "reshape"; }
  void params(ParamSink& sink) const override { sink("new_sizes", shape_); }

  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 1);
    for (std::int64_t n : shape_) {
      if (n < 0)
        throw ShapeError(str_cat("reshape: sizes must not be negative, got ", to_text(shape_),
                                 ". (Tip: linum::np::reshape works out -1.)"));
    }
    if (operands[0].size() != element_count(shape_)) {
      throw ShapeError(str_cat("reshape: the number of elements must not change; got shape ",
                               to_text(operands[0].shape()), " (", operands[0].size(),
                               " elements) and new shape ", to_text(shape_), " (",
                               element_count(shape_), ")."));
    }
    return {operands[0].with_shape(shape_)};
  }

  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return {e.op1("stablehlo.reshape", operands, "", results[0])};
  }

 protected:
  Tangent pull_back(const Tangent& ct, const Aval& x) const override {
    return reshape(ct, x.shape());
  }
  Array batch_front(const Array& x, std::int64_t size) const override {
    Shape shape = shape_;
    shape.insert(shape.begin(), size);
    return reshape(x, shape);
  }

 private:
  Shape shape_;
};

class Transpose final : public Structural {
 public:
  explicit Transpose(Axes permutation) : permutation_(std::move(permutation)) {}
  std::string_view name() const override { return "transpose"; }
  void params(ParamSink& sink) const override { sink("permutation", permutation_); }

  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 1);
    check_permutation(operands[0]);
    Shape shape;
    for (std::int64_t axis : permutation_) shape.push_back(operands[0].dim(axis));
    return {operands[0].with_shape(std::move(shape))};
  }

  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return {e.op1("stablehlo.transpose", operands,
                  str_cat("permutation = ", mlir_i64_array(permutation_)), results[0])};
  }

 protected:
  Tangent pull_back(const Tangent& ct, const Aval&) const override {
    return lax::transpose(ct, inverse_permutation(permutation_));
  }
  Array batch_front(const Array& x, std::int64_t) const override {
    Axes permutation{0};
    for (std::int64_t axis : permutation_) permutation.push_back(axis + 1);
    return lax::transpose(x, permutation);
  }

 private:
  void check_permutation(const Aval& x) const {
    std::vector<bool> seen(x.shape().size());
    bool good = permutation_.size() == seen.size();
    for (std::size_t i = 0; good && i < permutation_.size(); ++i) {
      std::int64_t axis = permutation_[i];
      good = axis >= 0 && axis < x.rank() && !seen[static_cast<std::size_t>(axis)];
      if (good) seen[static_cast<std::size_t>(axis)] = true;
    }
    if (good) return;
    throw ShapeError(str_cat("transpose: permutation ", to_text(permutation_),
                             " is not a permutation of the axes of shape ", to_text(x.shape()),
                             "."));
  }
  Axes permutation_;
};

class Squeeze final : public Structural {
 public:
  explicit Squeeze(Axes dimensions) : dimensions_(std::move(dimensions)) {}
  std::string_view name() const override { return "squeeze"; }
  void params(ParamSink& sink) const override { sink("dimensions", dimensions_); }

  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 1);
    for (std::int64_t axis : dimensions_) {
      if (operands[0].dim(axis) == 1) continue;
      throw ShapeError(str_cat("squeeze: cannot drop axis ", axis, " of shape ",
                               to_text(operands[0].shape()), ": its size is not 1."));
    }
    return {operands[0].with_shape(without_axes(operands[0].shape(), dimensions_))};
  }

  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return {e.op1("stablehlo.reshape", operands, "", results[0])};
  }

 protected:
  Tangent pull_back(const Tangent& ct, const Aval& x) const override {
    return reshape(ct, x.shape());
  }
  Array batch_front(const Array& x, std::int64_t) const override {
    Axes dimensions;
    for (std::int64_t axis : dimensions_) dimensions.push_back(axis + 1);
    return squeeze(x, dimensions);
  }

 private:
  Axes dimensions_;
};

}  // namespace

Array reshape(const Array& x, const Shape& shape) {
  return x.shape() == shape ? x : bind1<Reshape>({x}, shape);
}

Array transpose(const Array& x, const Axes& permutation) {
  if (permutation == iota_axes(x.ndim())) return x;
  return bind1<Transpose>({x}, permutation);
}

// The operand's axes keep their order around the new ones.
Array expand_dims(const Array& x, const Axes& dimensions) {
  if (dimensions.empty()) return x;
  std::int64_t rank = x.ndim() + static_cast<std::int64_t>(dimensions.size());
  Axes added = normalize_axes(dimensions, rank, "expand_dims");
  Shape shape;
  Axes kept;
  for (std::int64_t axis = 0; axis < rank; ++axis) {
    bool is_new = contains(added, axis);
    if (!is_new) kept.push_back(axis);
    shape.push_back(is_new ? 1 : x.shape()[kept.size() - 1]);
  }
  return broadcast_in_dim(x, shape, kept);
}

Array squeeze(const Array& x, const Axes& dimensions) {
  if (dimensions.empty()) return x;
  return bind1<Squeeze>({x}, normalize_axes(dimensions, x.ndim(), "squeeze"));
}

}  // namespace linum::lax
