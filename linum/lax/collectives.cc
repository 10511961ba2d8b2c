#include "linum/lax/collectives.h"

#include <algorithm>

#include "linum/core/trace.h"
#include "linum/lax/families.h"
#include "linum/lax/lax.h"

namespace linum::lax {
namespace {

Shape inserted(Shape shape, std::int64_t axis, std::int64_t size) {
  shape.insert(shape.begin() + axis, size);
  return shape;
}
Shape erased(Shape shape, std::int64_t axis) {
  shape.erase(shape.begin() + axis);
  return shape;
}
// One operand over a named axis. Batching over another axis moves that one to the back, out of the
// way of the axes that parameters name.
class Collective : public Primitive {
 public:
  Collective(std::string axis, std::int64_t size) : axis_(std::move(axis)), size_(size) {}
  void params(ParamSink& sink) const override {
    sink("axis_name", axis_);
    sink("axis_size", size_);
  }
  bool names_axis(std::string_view name) const override { return name == axis_; }
  Batched batch(const BatchAxis& axis, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override {
    if (axis.name == axis_) return over_axis(operands[0], dims[0]);
    Array x = move_batch_axis(operands[0], axis.size, dims[0], operands[0].ndim() - 1);
    Array y = bind1(widened(), {&x, 1});
    return {{y}, {y.ndim() - 1}};
  }
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override {
    throw ValueError(concat(name(), " over axis '", axis_,
                            "' is compiled outside the vmap that names this axis"));
  }

 protected:
  // The operation on all examples at once; `dim` may be kNotBatched.
  virtual Batched over_axis(const Array& x, std::int64_t dim) const = 0;
  // The same operation where operands have one more axis at the end.
  virtual Ref<const Primitive> widened() const { return Ref<const Primitive>(this); }
  // The examples along axis 0.
  Array in_front(const Array& x, std::int64_t dim) const {
    return move_batch_axis(x, size_, dim, 0);
  }

  std::string axis_;
  std::int64_t size_;
};

// Linear ones: the jvp is the operation itself, the transpose another collective.
class LinearCollective : public Collective {
 public:
  using Collective::Collective;
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    Ref<const Primitive> self(this);
    return {{bind1(self, primals)}, {bind1(self, tangents)}};
  }
  std::vector<Tangent> transpose(std::span<const Tangent> cts,
                                 std::span<const Operand>) const override {
    return {bind1(transposed(), cts)};
  }

 protected:
  virtual Ref<const Primitive> transposed() const = 0;
};

class Psum final : public LinearCollective {
 public:
  using LinearCollective::LinearCollective;
  std::string_view name() const override { return "psum"; }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    return {operands[0].strong()};
  }

 protected:
  Batched over_axis(const Array& x, std::int64_t dim) const override {
    if (dim != kNotBatched) return {{reduce_sum(x, {dim})}, {kNotBatched}};
    return {{mul(x, convert_element_type(Array(size_), x.dtype()))}, {kNotBatched}};
  }
  Ref<const Primitive> transposed() const override { return Ref<const Primitive>(this); }
};

// pmax and pmin: the derivative is the mean over the examples that hold the extreme.
template <bool kMax>
class Extreme final : public Collective {
 public:
  using Collective::Collective;
  std::string_view name() const override { return kMax ? "pmax" : "pmin"; }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    return {operands[0].strong()};
  }
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    Array y = bind1(Ref<const Primitive>(this), primals);
    Ref<const Primitive> sum(new Psum(axis_, size_));
    Array holds = convert_element_type(eq(primals[0], y), tangents[0].dtype());
    Array part = mul(tangents[0], holds);
    return {{y}, {div(bind1(sum, {&part, 1}), bind1(sum, {&holds, 1}))}};
  }
  std::vector<Tangent> transpose(std::span<const Tangent>,
                                 std::span<const Operand>) const override {
    return refuse_transpose(*this);
  }

 protected:
  Batched over_axis(const Array& x, std::int64_t dim) const override {
    if (dim == kNotBatched) return {{x}, {kNotBatched}};
    return {{kMax ? reduce_max(x, {dim}) : reduce_min(x, {dim})}, {kNotBatched}};
  }
};

// --- what moves data between examples ---------------------------------------------------------

class AllGather final : public LinearCollective {
 public:
  AllGather(std::string axis, std::int64_t size, std::int64_t at)
      : LinearCollective(std::move(axis), size), at_(at) {}
  std::string_view name() const override { return "all_gather"; }
  void params(ParamSink& sink) const override {
    Collective::params(sink);
    sink("all_gather_dimension", at_);
  }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    const Aval& x = operands[0];
    return {
        x.with_shape(inserted(x.shape(), normalize_axis(at_, x.rank() + 1, "all_gather"), size_))};
  }

 protected:
  Batched over_axis(const Array& x, std::int64_t dim) const override {
    return {{move_batch_axis(x, size_, dim, at_)}, {kNotBatched}};
  }
  Ref<const Primitive> transposed() const override;

 private:
  std::int64_t at_;
};

class PsumScatter final : public LinearCollective {
 public:
  PsumScatter(std::string axis, std::int64_t size, std::int64_t at)
      : LinearCollective(std::move(axis), size), at_(at) {}
  std::string_view name() const override { return "reduce_scatter"; }
  void params(ParamSink& sink) const override {
    Collective::params(sink);
    sink("scatter_dimension", at_);
  }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    const Aval& x = operands[0];
    if (at_ < 0 || at_ >= x.rank() || x.dim(at_) != size_) {
      throw ShapeError(concat("psum_scatter: scatter_dimension ", at_, " of ", x,
                              " must have size ", size_, ", that of axis '", axis_, "'"));
    }
    return {x.with_shape(erased(x.shape(), at_))};
  }

 protected:
  Batched over_axis(const Array& x, std::int64_t dim) const override {
    if (dim == kNotBatched) return {{mul(x, convert_element_type(Array(size_), x.dtype()))}, {at_}};
    return {{reduce_sum(x, {dim})}, {at_}};
  }
  Ref<const Primitive> transposed() const override {
    return Ref<const Primitive>(new AllGather(axis_, size_, at_));
  }

 private:
  std::int64_t at_;
};

Ref<const Primitive> AllGather::transposed() const {
  return Ref<const Primitive>(new PsumScatter(axis_, size_, at_));
}

class AllToAll final : public LinearCollective {
 public:
  AllToAll(std::string axis, std::int64_t size, std::int64_t split, std::int64_t joined)
      : LinearCollective(std::move(axis), size), split_(split), concat_(joined) {}
  std::string_view name() const override { return "all_to_all"; }
  void params(ParamSink& sink) const override {
    Collective::params(sink);
    sink("split_axis", split_);
    sink("concat_axis", concat_);
  }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    const Aval& x = operands[0];
    if (split_ < 0 || split_ >= x.rank() || x.dim(split_) != size_) {
      throw ShapeError(concat("all_to_all: split_axis ", split_, " of ", x, " must have size ",
                              size_, ", that of axis '", axis_, "'"));
    }
    return {x.with_shape(inserted(erased(x.shape(), split_), concat_, size_))};
  }

 protected:
  // The examples' axis goes where the received slices lie; the split one becomes the examples'.
  Batched over_axis(const Array& x, std::int64_t dim) const override {
    Array examples = in_front(x, dim);
    Axes rest = without_axes(iota_axes(examples.ndim()), {0, split_ + 1});
    rest.insert(rest.begin() + concat_, 0);
    rest.insert(rest.begin(), split_ + 1);
    return {{lax::transpose(examples, rest)}, {0}};
  }
  Ref<const Primitive> transposed() const override {
    return Ref<const Primitive>(new AllToAll(axis_, size_, concat_, split_));
  }

 private:
  std::int64_t split_, concat_;
};

// source_of[i]: whose operand example i gets; -1: zeros.
class Ppermute final : public LinearCollective {
 public:
  Ppermute(std::string axis, std::int64_t size, Axes source_of)
      : LinearCollective(std::move(axis), size), source_of_(std::move(source_of)) {}
  std::string_view name() const override { return "ppermute"; }
  void params(ParamSink& sink) const override {
    Collective::params(sink);
    sink("source_of", source_of_);
  }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    return {operands[0].strong()};
  }

 protected:
  Batched over_axis(const Array& x, std::int64_t dim) const override {
    Array examples = in_front(x, dim);
    std::vector<Array> parts;
    for (std::int64_t i = 0, next = 0; i < size_; i = next) {
      next = end_of_run(i);
      std::int64_t from = source_of_[static_cast<std::size_t>(i)];
      Array part = slice_in_dim(examples, std::max<std::int64_t>(from, 0),
                                std::max<std::int64_t>(from, 0) + next - i);
      parts.push_back(from < 0 ? zeros_like(part) : part);
    }
    return {{concatenate(parts, 0)}, {0}};
  }
  Ref<const Primitive> transposed() const override {
    Axes back(source_of_.size(), -1);
    for (std::size_t i = 0; i < back.size(); ++i)
      if (source_of_[i] >= 0)
        back[static_cast<std::size_t>(source_of_[i])] = static_cast<std::int64_t>(i);
    return Ref<const Primitive>(new Ppermute(axis_, size_, back));
  }

 private:
  // Consecutive examples that get what consecutive examples hold, or nothing.
  std::int64_t end_of_run(std::int64_t first) const {
    auto source = [&](std::int64_t i) { return source_of_[static_cast<std::size_t>(i)]; };
    std::int64_t i = first + 1;
    while (i < size_ && source(i) == (source(first) < 0 ? -1 : source(i - 1) + 1)) ++i;
    return i;
  }
  Axes source_of_;
};

class AxisIndex final : public Collective {
 public:
  using Collective::Collective;
  std::string_view name() const override { return "axis_index"; }
  std::vector<Aval> infer(std::span<const Aval>) const override { return {Aval(DType::I32, {})}; }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override {
    return {{bind1(Ref<const Primitive>(this), {})}, {Tangent()}};
  }
  std::vector<Tangent> transpose(std::span<const Tangent>,
                                 std::span<const Operand>) const override {
    return refuse_transpose(*this);
  }
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override {
    return {{iota(DType::I32, size_)}, {0}};
  }

 protected:
  Batched over_axis(const Array&, std::int64_t) const override {
    return {{iota(DType::I32, size_)}, {0}};
  }
};

template <class P, class... Params>
Array collective(const Array& x, std::string_view axis_name, Params... params) {
  std::int64_t size = named_axis_size(axis_name);
  return bind1<P>({x}, std::string(axis_name), size, std::move(params)...);
}
// bool counts as a number.
Array counted(const Array& x) {
  return is_bool(x.dtype()) ? convert_element_type(x, DType::I32) : x;
}

using OneArray = Array (*)(const Array&, std::string_view);
Tree each(OneArray f, const Tree& x, std::string_view axis_name) {
  return tree::map([&](const Array& leaf) { return f(leaf, axis_name); }, x);
}

// The tiled axis as (examples, part).
Array in_parts(const Array& x, std::int64_t axis, std::int64_t size, std::string_view what) {
  if (x.shape(axis) % size != 0) {
    throw ShapeError(
        concat(what, ": axis ", axis, " of ", x.aval(), " cannot be split among ", size));
  }
  Shape shape = inserted(x.shape(), axis, size);
  shape[static_cast<std::size_t>(axis) + 1] /= size;
  return reshape(x, shape);
}

}  // namespace

Array psum(const Array& x, std::string_view axis_name) {
  return collective<Psum>(counted(x), axis_name);
}
Array pmean(const Array& x, std::string_view axis_name) {
  Array floating = is_inexact(x.dtype()) ? x : convert_element_type(x, to_inexact(x.dtype()));
  Array sum = psum(floating, axis_name);
  return div(sum, convert_element_type(Array(named_axis_size(axis_name)), sum.dtype()));
}
Array pmax(const Array& x, std::string_view axis_name) {
  return collective<Extreme<true>>(x, axis_name);
}
Array pmin(const Array& x, std::string_view axis_name) {
  return collective<Extreme<false>>(x, axis_name);
}
Tree psum(const Tree& x, std::string_view axis_name) {
  return each(static_cast<OneArray>(psum), x, axis_name);
}
Tree pmean(const Tree& x, std::string_view axis_name) {
  return each(static_cast<OneArray>(pmean), x, axis_name);
}
Tree pmax(const Tree& x, std::string_view axis_name) {
  return each(static_cast<OneArray>(pmax), x, axis_name);
}
Tree pmin(const Tree& x, std::string_view axis_name) {
  return each(static_cast<OneArray>(pmin), x, axis_name);
}

Array all_gather(const Array& x, std::string_view axis_name, std::int64_t axis, bool tiled) {
  std::int64_t at = normalize_axis(axis, x.ndim() + (tiled ? 0 : 1), "all_gather");
  Array all = collective<AllGather>(x, axis_name, at);
  return tiled ? collapse(all, at, at + 2) : all;
}

Array psum_scatter(const Array& x, std::string_view axis_name, std::int64_t scatter_dimension,
                   bool tiled) {
  std::int64_t at = normalize_axis(scatter_dimension, x.ndim(), "psum_scatter");
  Array parts = tiled ? in_parts(x, at, named_axis_size(axis_name), "psum_scatter") : x;
  return collective<PsumScatter>(parts, axis_name, at);
}

Array all_to_all(const Array& x, std::string_view axis_name, std::int64_t split_axis,
                 std::int64_t concat_axis, bool tiled) {
  std::int64_t from = normalize_axis(split_axis, x.ndim(), "all_to_all");
  std::int64_t to = normalize_axis(concat_axis, x.ndim(), "all_to_all");
  if (!tiled) return collective<AllToAll>(x, axis_name, from, to);
  Array parts = in_parts(x, from, named_axis_size(axis_name), "all_to_all");
  return collapse(collective<AllToAll>(parts, axis_name, from, to), to, to + 2);
}

Array pswapaxes(const Array& x, std::string_view axis_name, std::int64_t axis) {
  return all_to_all(x, axis_name, axis, axis);
}

Array ppermute(const Array& x, std::string_view axis_name, const SourceTargetPairs& permutation) {
  std::int64_t size = named_axis_size(axis_name);
  Axes source_of(static_cast<std::size_t>(size), -1);
  std::vector<bool> sent(source_of.size(), false);
  for (auto [from, to] : permutation) {
    if (from < 0 || from >= size || to < 0 || to >= size) {
      throw ValueError(concat("ppermute: the pair (", from, ", ", to,
                              ") is out of range for axis '", axis_name, "' of size ", size));
    }
    auto source = static_cast<std::size_t>(from), target = static_cast<std::size_t>(to);
    if (sent[source] || source_of[target] >= 0) {
      throw ValueError(concat("ppermute: sources and targets must be distinct; (", from, ", ", to,
                              ") repeats one"));
    }
    sent[source] = true;
    source_of[target] = from;
  }
  return collective<Ppermute>(x, axis_name, source_of);
}

Array pshuffle(const Array& x, std::string_view axis_name,
               const std::vector<std::int64_t>& permutation) {
  SourceTargetPairs pairs;
  for (std::size_t i = 0; i < permutation.size(); ++i)
    pairs.emplace_back(permutation[i], static_cast<std::int64_t>(i));
  if (static_cast<std::int64_t>(pairs.size()) != named_axis_size(axis_name)) {
    throw ValueError(concat("pshuffle: ", pairs.size(), " entries for axis '", axis_name,
                            "' of size ", named_axis_size(axis_name)));
  }
  return ppermute(x, axis_name, pairs);
}

Array axis_index(std::string_view axis_name) {
  return bind1<AxisIndex>({}, std::string(axis_name), named_axis_size(axis_name));
}
std::int64_t axis_size(std::string_view axis_name) { return named_axis_size(axis_name); }

}  // namespace linum::lax
