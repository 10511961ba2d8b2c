// The operation behind shard_map, pmap and smap.
#pragma once

#include <deque>

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/sharding.h"
#include "linum/core/trace.h"
#include "linum/transforms/recompute.h"

namespace linum {

struct SplitProgram;
using Specs = std::vector<PartitionSpec>;

// Axes of a mesh as named axes, for collectives, until the end of the scope.
class ManualAxesScope {
 public:
  ManualAxesScope(const Mesh& mesh, const std::vector<std::string>& axes);
  ~ManualAxesScope();
  ManualAxesScope(const ManualAxesScope&) = delete;

 private:
  std::deque<AxisScope> scopes_;
  std::size_t outer_;
};
// Whether a shard_map around has made the mesh axis of this name manual.
bool is_manual_around(std::string_view axis);

// The program on the part of each device along the manual axes; captured values come first.
class ShardMap final : public Primitive, public Divisible {
 public:
  ShardMap(ProgramRef program, Mesh mesh, std::vector<std::string> axes, const Specs& in,
           const Specs& out);
  std::string_view name() const override { return "shard_map"; }
  void params(ParamSink&) const override;
  std::vector<Aval> infer(std::span<const Aval>) const override;
  bool stays_in_memory() const override { return false; }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;
  std::vector<Array> partial_eval(PartialTrace&, std::span<const Array>) const override;
  std::vector<Array> carry_state(StateTrace&, std::span<const Array>) const override;
  Division divide(std::vector<bool> wanted, const CheckpointPolicy&) const override;
  Effects effects() const override { return program_->effects(); }
  bool only_transposed() const override;
  bool names_axis(std::string_view axis) const override;

 private:
  Specs in_specs() const;
  Specs out_specs() const;
  bool is_manual(std::string_view axis) const;
  Ref<const Primitive> with(ProgramRef program, const Specs& in, const Specs& out) const {
    return Ref<const Primitive>(new ShardMap(std::move(program), mesh_, axes_, in, out));
  }
  // A program over parts.
  ProgramRef trace_parts(const FlatFn& f, std::span<const Aval> args) const;
  // The manual axes but those that split the examples of a vmap around.
  std::vector<std::string> own_axes() const;
  std::vector<std::string> unmentioned(const NamedSharding&) const;
  Array shared_out(const Array& ct, const NamedSharding& out) const;
  Array summed(Array x, const NamedSharding& in) const;
  BatchAxis axis_of_parts(const BatchAxis&, const std::vector<std::string>& split) const;
  PartitionSpec stacked() const;
  // Each device's values between two shard_maps lie stacked over the devices. So that scalars can,
  // `rows` of the results from `first` on get a first axis of size one ...
  ProgramRef giving_rows(const Program&, std::size_t first, const std::vector<bool>& rows) const;
  // ... which these arguments, scalars, have then.
  ProgramRef taking_rows(const Program&, std::size_t first, const std::vector<bool>& rows) const;

  ProgramRef program_;
  Mesh mesh_;
  std::vector<std::string> axes_;
  std::vector<NamedSharding> in_, out_;
};

}  // namespace linum
