// CheckTrace: runs operations with checks, and remembers the first that failed.
#pragma once

#include "linum/transforms/check_primitive.h"
#include "linum/transforms/checkify.h"
#include "linum/transforms/state_trace.h"

namespace linum {

// The state: the code, then the values by signature.
class CheckTrace final : public StateTrace {
 public:
  using Layout = Check::Layout;
  CheckTrace(Ref<Trace> parent, unsigned checks);
  std::string_view kind() const override { return "checkify"; }
  std::vector<Array> apply(const Ref<const Primitive>&, std::span<const Array>) override;
  bool concerns(const Program& body) const override;
  void make_room(const Program& body) override;
  void merge_devices() override {
    state_ = first_failure(state_, std::vector<bool>(state_.size(), true));
  }
  Ref<StateTrace> inside(std::vector<Array> state) const override;

  checkify::Error error() const;
  // Notes a failure where `failed` (bool, 0-d) and nothing failed before.
  void fail_if(const Array& failed, CheckSite site, std::span<const Array> values);

 private:
  CheckTrace(Ref<Trace> parent, unsigned checks, Layout layout, std::vector<Array> state);
  void note(const Array& code, const CheckValues& values);
  void add_room(const std::string& signature, const std::vector<Aval>& avals);
  std::span<Array> values_of(const std::string& signature);
  void check_before(const Primitive&, std::span<const Array> args);
  void check_results(const Primitive&, std::span<const Array> results);
  unsigned checks_;
  Layout layout_;
};

// Besides checkify::Checks: an operation that gives an infinity.
inline constexpr unsigned kInfChecks = 1u << 31;
// Which of the automatic checks there are for an operation with results of these types.
unsigned automatic_checks_of(const Primitive&, std::span<const Aval> results);
// Where slices, gathers and scatters reach out of bounds: notes it.
void check_index(CheckTrace& trace, const Primitive&, std::span<const Array> args);
const std::vector<Aval>& index_values();  // the types of what its message needs

}  // namespace linum
