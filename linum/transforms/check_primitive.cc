#include "linum/transforms/check_primitive.h"

#include "linum/core/emitter.h"
#include "linum/core/value.h"
#include "linum/lax/families.h"
#include "linum/lax/lax.h"
#include "linum/transforms/program_edit.h"

namespace linum {

void Check::params(ParamSink& sink) const {
  sink("debug", options_.debug);
  sink("rethrown", options_.rethrown);
  for (auto& [signature, avals] : layout_) sink("values", signature);
}

CheckValues Check::values(std::span<const Array> operands) const {
  CheckValues out;
  std::size_t next = 1;
  for (auto& [signature, avals] : layout_) {
    auto group = operands.subspan(next, avals.size());
    out[signature].assign(group.begin(), group.end());
    next += avals.size();
  }
  return out;
}

void bind_check(const Array& code, const CheckValues& values, Check::Options options) {
  Check::Layout layout;
  std::vector<Array> operands{code};
  for (auto& [signature, group] : values) {
    layout[signature] = avals_of(group);
    operands.insert(operands.end(), group.begin(), group.end());
  }
  linum::bind(Ref<const Primitive>(new Check(std::move(layout), options)), operands);
}

JvpResult Check::jvp(std::span<const Array> primals, std::span<const Tangent>) const {
  return {linum::bind(Ref<const Primitive>(this), primals), {}};
}
std::vector<Tangent> Check::transpose(std::span<const Tangent>,
                                      std::span<const Operand> operands) const {
  return std::vector<Tangent>(operands.size());
}

std::vector<Array> first_failure(std::span<const Array> x, const std::vector<bool>& batched) {
  Array example(0);
  if (batched[0]) example = lax::argmax(lax::ne(x[0], make_integer_scalar(0, DType::I32)), 0);
  std::vector<Array> out;
  for (std::size_t i = 0; i < x.size(); ++i)
    out.push_back(batched[i] ? lax::dynamic_index_in_dim(x[i], example, 0, false) : x[i]);
  return out;
}

Batched Check::batch(const BatchAxis& axis, std::span<const Array> operands,
                     std::span<const std::int64_t> dims) const {
  if (axis.size == 0) return {};
  std::vector<Array> front;
  std::vector<bool> batched;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    batched.push_back(dims[i] != kNotBatched);
    front.push_back(batched.back() ? lax::move_batch_axis(operands[i], axis.size, dims[i], 0)
                                   : operands[i]);
  }
  linum::bind(Ref<const Primitive>(this), first_failure(front, batched));
  return {};
}

std::vector<Ssa> Check::lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const {
  if (options_.debug) return {};
  throw TransformError(
      "a checkify::check cannot throw inside a compiled program (jit, scan, while_loop, cond): "
      "apply checkify::checkify to the function that is compiled, which makes the error one of its "
      "results");
}

std::optional<std::vector<Array>> Check::run(std::span<const Array> operands) const {
  auto code = operands[0].item<std::int32_t>();
  if (options_.debug || code == 0) return std::vector<Array>{};
  const CheckSite& site = site_of(code);
  CheckValues all = values(operands);
  throw CheckError(message_of(site, all[site.signature]));
}

}  // namespace linum
