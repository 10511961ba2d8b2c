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
// What devices exchange (StableHLO's collectives), along one axis of a mesh.
class Communication {
 public:
  Communication(Emitter& e, std::string_view axis) : e_(e), mesh_(e.manual_mesh()) {
    const std::size_t along = mesh_.axis(axis);
    size_ = mesh_.shape()[along];
    for (std::size_t d = 0; d < mesh_.devices().size(); ++d)
      if (mesh_.coordinate(d, along) == 0) firsts_.push_back(static_cast<std::int64_t>(d));
    stride_ = row_major_strides(mesh_.shape())[along];
  }
  std::int64_t size() const { return size_; }
  std::int64_t stride() const { return stride_; }
  // The devices that lie along the axis together.
  std::string groups() const {
    Axes devices;
    for (std::int64_t first : firsts_)
      for (std::int64_t i = 0; i < size_; ++i) devices.push_back(first + i * stride_);
    return matrix(devices, size_);
  }
  // Pairs (source, target) in every group.
  std::string pairs(const Axes& source_of) const {
    Axes flat;
    for (std::int64_t first : firsts_) {
      for (std::size_t i = 0; i < source_of.size(); ++i) {
        if (source_of[i] < 0) continue;
        flat.push_back(first + source_of[i] * stride_);
        flat.push_back(first + static_cast<std::int64_t>(i) * stride_);
      }
    }
    return matrix(flat, 2);
  }
  std::string channel() const {
    return str_cat("channel_handle = #stablehlo.channel_handle<handle = ", e_.next_channel(),
                   ", type = 1>");
  }
  std::string attributes() const { return str_cat(channel(), ", replica_groups = ", groups()); }
  // One that combines operands with `op`.
  Ssa reducing(std::string_view name, std::string_view op, const Ssa& x, std::string_view more,
               const Aval& result) const {
    const Aval one(x.aval.dtype(), {});
    const Emitter::Region region{{one, one}, [&](Emitter& e, std::span<const Ssa> in) {
                                   return std::vector<Ssa>{e.elementwise(op, in, one)};
                                 }};
    const std::string attributes_text = str_cat(attributes(), ", use_global_device_ids", more);
    return e_.op_with_regions(name, {&x, 1}, attributes_text, {&region, 1}, {&result, 1})[0];
  }
  Ssa reshaped(const Ssa& x, Shape shape) const {
    if (x.aval.shape() == shape) return x;
    return e_.op1("stablehlo.reshape", {x}, "", x.aval.with_shape(std::move(shape)));
  }

 private:
  static std::string matrix(const Axes& flat, std::int64_t columns) {
    std::string out;
    const auto width = static_cast<std::size_t>(columns);
    for (std::size_t i = 0; i < flat.size(); i += width)
      out += str_cat(i ? ", " : "", mlir_list(std::span(flat).subspan(i, width)));
    return str_cat("dense<[", out, "]> : tensor<", flat.size() / width, "x", columns, "xi64>");
  }
  Emitter& e_;
  const Mesh& mesh_;
  Axes firsts_;
  std::int64_t size_ = 0, stride_ = 0;
};

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
  // Inside a shard_map each device holds one operand; vmap leaves nothing of the axis to lower.
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    if (e.is_manual(axis_)) return {communicate(e, operands, results[0])};
    throw ValueError(str_cat(name(), " over axis '", axis_,
                             "' is compiled outside the vmap or shard_map that names this axis"));
  }

 protected:
  virtual Ssa communicate(Emitter&, std::span<const Ssa> operands, const Aval& result) const = 0;
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
  Ssa communicate(Emitter& e, std::span<const Ssa> x, const Aval& result) const override {
    return Communication(e, axis_).reducing("stablehlo.all_reduce", "add", x[0], "", result);
  }
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
  Ssa communicate(Emitter& e, std::span<const Ssa> x, const Aval& result) const override {
    return Communication(e, axis_).reducing("stablehlo.all_reduce", kMax ? "maximum" : "minimum",
                                            x[0], "", result);
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
  Ssa communicate(Emitter& e, std::span<const Ssa> x, const Aval& result) const override {
    const Communication c(e, axis_);
    return e.op1(
        "stablehlo.all_gather", {c.reshaped(x[0], inserted(x[0].aval.shape(), at_, 1))},
        str_cat(c.attributes(), ", use_global_device_ids, all_gather_dim = ", at_, " : i64"),
        result);
  }

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
      throw ShapeError(str_cat("psum_scatter: scatter_dimension ", at_, " of ", x,
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
  Ssa communicate(Emitter& e, std::span<const Ssa> x, const Aval& result) const override {
    const Communication c(e, axis_);
    const Ssa part = c.reducing("stablehlo.reduce_scatter", "add", x[0],
                                str_cat(", scatter_dimension = ", at_, " : i64"),
                                result.with_shape(inserted(result.shape(), at_, 1)));
    return c.reshaped(part, result.shape());
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
      throw ShapeError(str_cat("all_to_all: split_axis ", split_, " of ", x, " must have size ",
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
  // What comes from device i lies at i of the axis that was split, which then moves.
  Ssa communicate(Emitter& e, std::span<const Ssa> x, const Aval& result) const override {
    const Communication c(e, axis_);
    const Ssa received = e.op1(
        "stablehlo.all_to_all", {x[0]},
        str_cat(c.attributes(), ", split_dimension = ", split_,
                " : i64, concat_dimension = ", split_, " : i64, split_count = ", size_, " : i64"),
        x[0].aval.strong());
    Axes order = without_axes(iota_axes(x[0].aval.rank()), {split_});
    order.insert(order.begin() + concat_, split_);
    return e.op1("stablehlo.transpose", {received},
                 str_cat("permutation = ", mlir_i64_array(order)), result);
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
  Ssa communicate(Emitter& e, std::span<const Ssa> x, const Aval& result) const override {
    const Communication c(e, axis_);
    return e.op1("stablehlo.collective_permute", {x[0]},
                 str_cat(c.channel(), ", source_target_pairs = ", c.pairs(source_of_)), result);
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
  Ssa communicate(Emitter& e, std::span<const Ssa>, const Aval& result) const override {
    if (!e.is_fully_manual()) return in_full_manual(e, result);
    const Communication c(e, axis_);
    const Aval id(DType::U32, {});
    const Ssa device = e.op1("stablehlo.partition_id", {}, "", id);
    const Ssa row[] = {device, e.integer_constant(c.stride(), id)};
    const Ssa place[] = {e.elementwise("divide", row, id), e.integer_constant(c.size(), id)};
    return e.op1("stablehlo.convert", {e.elementwise("remainder", place, id)}, "", result);
  }

 private:
  // Where the compiler still splits along some axes, a device has no number of its own.
  Ssa in_full_manual(Emitter& e, const Aval& result) const {
    std::vector<std::string> rest = e.manual_mesh().axis_names();
    std::erase_if(rest, [&](const std::string& axis) { return e.is_manual(axis); });
    const NamedSharding whole(e.manual_mesh(), PartitionSpec());
    return e.manual_computation(*alone(), {}, {}, {&whole, 1}, rest, {&result, 1})[0];
  }
  ProgramRef alone() const {
    Ref<ProgramTrace> trace(new ProgramTrace);
    const Array index = trace->record(Ref<const Primitive>(this), {})[0];
    return trace->finish({&index, 1}).program;
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
        str_cat(what, ": axis ", axis, " of ", x.aval(), " cannot be split among ", size));
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
      throw ValueError(str_cat("ppermute: the pair (", from, ", ", to,
                               ") is out of range for axis '", axis_name, "' of size ", size));
    }
    auto source = static_cast<std::size_t>(from), target = static_cast<std::size_t>(to);
    if (sent[source] || source_of[target] >= 0) {
      throw ValueError(str_cat("ppermute: sources and targets must be distinct; (", from, ", ", to,
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
    throw ValueError(str_cat("pshuffle: ", pairs.size(), " entries for axis '", axis_name,
                             "' of size ", named_axis_size(axis_name)));
  }
  return ppermute(x, axis_name, pairs);
}

Array pbroadcast(const Array& x, std::string_view axis_name, std::int64_t source) {
  if (source < 0 || source >= named_axis_size(axis_name)) {
    throw ValueError(str_cat("pbroadcast: source ", source, " is out of range for axis '",
                             axis_name, "' of size ", named_axis_size(axis_name)));
  }
  const Array holds = eq(axis_index(axis_name), static_cast<std::int32_t>(source));
  return psum(select(broadcast(holds, x.shape()), x, zeros_like(x)), axis_name);
}

Array axis_index(std::string_view axis_name) {
  return bind1<AxisIndex>({}, std::string(axis_name), named_axis_size(axis_name));
}
std::int64_t axis_size(std::string_view axis_name) { return named_axis_size(axis_name); }

}  // namespace linum::lax
