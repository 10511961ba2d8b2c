// A trace that hands a state along through operations and their bodies: the token of ordered
// effects, the errors of checkify.
#pragma once

#include "linum/core/trace.h"

namespace linum {

class StateTrace : public Trace {
 public:
  StateTrace(Ref<Trace> parent, std::vector<Array> state)
      : state_(std::move(state)), parent_(std::move(parent)) {}
  std::vector<Array> process(const Ref<const Primitive>&, std::span<const Array>) final;

  // An operation without a body, or one whose body does not concern the state. Runs with the parent
  // current, and may change the state.
  virtual std::vector<Array> apply(const Ref<const Primitive>&, std::span<const Array>) = 0;
  // Whether operations of the body read or change the state.
  virtual bool concerns(const Program& body) const = 0;
  // Widens the state to what the body may put into it, so that it keeps its types in a loop.
  virtual void make_room(const Program&) {}
  // Makes one state of those that several devices gave, which lie along axis 0.
  virtual void merge_devices() = 0;
  // A trace of this kind, inside the current one, with a state of the same types.
  virtual Ref<StateTrace> inside(std::vector<Array> state) const = 0;

  // The body with the state before its inputs and before its outputs.
  ProgramRef with_state(const Program& body) const;
  // Runs a program in this trace.
  std::vector<Array> run(const Program& program, std::span<const Array> args);
  // Binds an operation that takes the state behind the first `before` operands and gives it before
  // its results, which are returned.
  std::vector<Array> bind_with_state(const Ref<const Primitive>&, std::span<const Array> operands,
                                     std::size_t before = 0);
  const std::vector<Array>& state() const { return state_; }

 protected:
  std::vector<Array> state_;

 private:
  Ref<Trace> parent_;
};

}  // namespace linum
