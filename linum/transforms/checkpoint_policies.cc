// What policies look at: the operation that made a value, and names given to values.
#include "linum/lax/families.h"
#include "linum/transforms/checkpoint.h"

namespace linum {
namespace {

class Name final : public lax::LinearUnary {
 public:
  explicit Name(std::string name) : name_(std::move(name)) {}
  std::string_view name() const override { return "name"; }
  void params(ParamSink& sink) const override { sink("name", name_); }
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa> operands,
                         std::span<const Aval>) const override {
    return {operands[0]};
  }
  const std::string& given() const { return name_; }

 protected:
  const lax::Accepts& accepts() const override { return lax::kAnyDType; }
  std::string_view stablehlo() const override { return ""; }
  Tangent pull_back(const Tangent& ct, const Aval&) const override { return ct; }

 private:
  std::string name_;
};

// Reads one text parameter of an operation.
class TextParam final : public ParamSink {
 public:
  explicit TextParam(std::string_view wanted) : wanted_(wanted) {}
  void integer(std::string_view, std::int64_t) override {}
  void number(std::string_view, double) override {}
  void text(std::string_view name, std::string_view v) override {
    if (name == wanted_) value = std::string(v);
  }
  void integers(std::string_view, const std::vector<std::int64_t>&) override {}
  void program(std::string_view, const Program&) override {}
  void identity(std::string_view, const void*) override {}
  std::string value;

 private:
  std::string_view wanted_;
};

bool is_dot(const Primitive& p) { return p.name() == "dot_general"; }
bool has_batch_dims(const Primitive& dot) {
  TextParam dimensions("dimension_numbers");
  dot.params(dimensions);
  return !dimensions.value.ends_with("([], []))");
}

std::string listed(std::string_view policy, const std::vector<std::string>& names) {
  std::string out = str_cat(policy, "(");
  for (const std::string& n : names) out += str_cat(n, ",");
  return out + ")";
}
// The name that `p` gives, if it is a naming one.
const std::string* name_given(const Primitive& p) {
  auto* named = dynamic_cast<const Name*>(&p);
  return named ? &named->given() : nullptr;
}

}  // namespace

Array checkpoint_name(const Array& x, std::string_view name) {
  return bind1<Name>({x}, std::string(name));
}
Tree checkpoint_name(const Tree& x, std::string_view name) {
  return tree::map([&](const Array& leaf) { return checkpoint_name(leaf, name); }, x);
}

namespace checkpoint_policies {

CheckpointPolicy everything_saveable() {
  return {"everything_saveable", [](const Primitive&) { return true; }};
}
CheckpointPolicy nothing_saveable() {
  return {"nothing_saveable", [](const Primitive&) { return false; }};
}
CheckpointPolicy dots_saveable() {
  return {"dots_saveable",
          [](const Primitive& p) { return is_dot(p) || p.name() == "conv_general_dilated"; }};
}
CheckpointPolicy checkpoint_dots() { return dots_saveable(); }
CheckpointPolicy dots_with_no_batch_dims_saveable() {
  return {"dots_with_no_batch_dims_saveable",
          [](const Primitive& p) { return is_dot(p) && !has_batch_dims(p); }};
}
CheckpointPolicy checkpoint_dots_with_no_batch_dims() { return dots_with_no_batch_dims_saveable(); }

CheckpointPolicy save_only_these_names(const std::vector<std::string>& names) {
  return {listed("save_only_these_names", names), [names](const Primitive& p) {
            const std::string* name = name_given(p);
            return name && contains(names, *name);
          }};
}
CheckpointPolicy save_any_names_but_these(const std::vector<std::string>& names) {
  return {listed("save_any_names_but_these", names), [names](const Primitive& p) {
            const std::string* name = name_given(p);
            return name && !contains(names, *name);
          }};
}
CheckpointPolicy save_anything_except_these_names(const std::vector<std::string>& names) {
  return {listed("save_anything_except_these_names", names), [names](const Primitive& p) {
            const std::string* name = name_given(p);
            return !name || !contains(names, *name);
          }};
}
CheckpointPolicy save_from_both_policies(const CheckpointPolicy& a, const CheckpointPolicy& b) {
  for (const CheckpointPolicy& policy : {a, b}) {
    if (!policy.offloadable) continue;
    throw ValueError(
        str_cat("save_from_both_policies: ", policy.name,
                " offloads; write one CheckpointPolicy that decides about each result"));
  }
  return {str_cat("save_from_both_policies(", a.name, ",", b.name, ")"),
          [a, b](const Primitive& p) { return a.saveable(p) || b.saveable(p); }};
}

static void check_exclusive(const SaveAndOffloadNames& options) {
  for (const std::string& name : options.names_which_can_be_saved) {
    if (!contains(options.names_which_can_be_offloaded, name)) continue;
    throw ValueError(str_cat("save_and_offload_only_these_names: '", name,
                             "' is in names_which_can_be_saved and in "
                             "names_which_can_be_offloaded; each name goes into one of them"));
  }
}
static Offload offload(const std::string& src, const std::string& dst) {
  return {memory_space(src), memory_space(dst)};
}
CheckpointPolicy save_and_offload_only_these_names(const SaveAndOffloadNames& options) {
  check_exclusive(options);
  const Offload move = offload(options.offload_src, options.offload_dst);
  CheckpointPolicy policy = save_only_these_names(options.names_which_can_be_saved);
  policy.name =
      str_cat(listed("save_and_offload_only_these_names", options.names_which_can_be_saved),
              listed("", options.names_which_can_be_offloaded), options.offload_src, ">",
              options.offload_dst);
  policy.offloadable = [names = options.names_which_can_be_offloaded, move](const Primitive& p) {
    const std::string* name = name_given(p);
    return name && contains(names, *name) ? std::optional(move) : std::nullopt;
  };
  return policy;
}
CheckpointPolicy offload_dot_with_no_batch_dims(const std::string& offload_src,
                                                const std::string& offload_dst) {
  const Offload move = offload(offload_src, offload_dst);
  CheckpointPolicy policy = nothing_saveable();
  policy.name = str_cat("offload_dot_with_no_batch_dims(", offload_src, ">", offload_dst, ")");
  policy.offloadable = [move](const Primitive& p) {
    return is_dot(p) && !has_batch_dims(p) ? std::optional(move) : std::nullopt;
  };
  return policy;
}

}  // namespace checkpoint_policies
}  // namespace linum
