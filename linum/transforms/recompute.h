// What a checkpoint keeps of a program, and how it computes the rest again.
#pragma once

#include <span>

#include "linum/transforms/checkpoint.h"

namespace linum {

struct Recomputation {
  ProgramRef now;        // inputs -> outputs, then the kept values: where the policy says
  ProgramRef again;      // inputs, then the kept values -> the wanted outputs
  std::size_t num_kept;  // values

  // Which inputs, and then kept values, `again` reads.
  std::vector<bool> reads() const;
  // The place of output i among the kept values, if it is one of them ...
  std::optional<std::size_t> kept_place(std::size_t i) const;
  // ... and that of kept value k among the outputs from `first` on.
  std::optional<std::size_t> output_place(std::size_t k, std::size_t first) const;
};
// `wanted[i]`: the backward pass needs output i. The policy looks into jitted calls, loops and
// branches.
Recomputation recompute(const Program&, const std::vector<bool>& wanted, const CheckpointPolicy&);

// An operation with bodies as two: one that also gives what a policy keeps of its bodies, and one
// that computes results again from that.
struct Division {
  Ref<const Primitive> now;       // undefined: the operation itself
  std::vector<std::size_t> kept;  // results of `now`
  // Undefined where nothing remains to be computed. Its operands: these of the operation's, then
  // these of `kept`. Its results: these of the operation's.
  Ref<const Primitive> again;
  std::vector<std::size_t> operands, from_kept, results;

  // Its place in `kept`.
  std::size_t keep(std::size_t result);
  // Keeps the wanted results that every body keeps anyway, and wants them no longer. True when
  // there are such: the bodies have less to compute again then.
  bool keep_results(std::span<const Recomputation> bodies, std::vector<bool>& wanted);
  // Keeps all that `body` does, for `again`: as results that are there anyway (from `first` on), or
  // as added ones. Gives the places of the results in the outputs of body.now.
  std::vector<std::size_t> keep_all(const Recomputation& body, std::size_t first);
};
class Divisible {
 public:
  virtual ~Divisible() = default;
  virtual Division divide(std::vector<bool> wanted, const CheckpointPolicy&) const = 0;
};

}  // namespace linum
