#include "linum/transforms/checkify.h"

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/transforms/check_trace.h"
#include "linum/transforms/program_edit.h"

namespace linum::checkify {
namespace {

// The values that belong to one code, out of those of a batch.
std::vector<Array> values_at(const CheckValues& all, const std::string& signature,
                             std::span<const std::int64_t> example) {
  std::vector<Array> out = all.at(signature);
  for (Array& x : out)
    for (std::int64_t i : example) x = lax::index_in_dim(x, i, 0, false);
  return out;
}

std::vector<std::int64_t> unravel(std::int64_t place, const Shape& shape) {
  std::vector<std::int64_t> out(shape.size());
  for (std::size_t i = shape.size(); i-- > 0; place /= shape[i]) out[i] = place % shape[i];
  return out;
}

// The values, as vectors of one batch axis where the code has one or more.
std::vector<Array> reduced(const Array& code, const CheckValues& values) {
  std::vector<Array> flat{code};
  for (auto& [signature, group] : values) append(flat, group);
  for (std::int64_t axis = 0; axis < code.ndim(); ++axis)
    flat = first_failure(flat, std::vector<bool>(flat.size(), true));
  return flat;
}

}  // namespace

std::optional<std::string> Error::get() const {
  HostArray codes = code_.to_host();
  std::string out;
  for (std::int64_t i = 0; i < codes.size(); ++i) {
    auto code = static_cast<std::int32_t>(codes.integer(i));
    if (code == 0) continue;
    const CheckSite& site = site_of(code);
    std::vector<std::int64_t> example = unravel(i, code_.shape());
    std::string message = message_of(site, values_at(values_, site.signature, example));
    if (code_.ndim() == 0) return message;
    out += str_cat(out.empty() ? "" : "\n", "at mapped index ", join(example, ", "), ": ", message);
  }
  return out.empty() ? std::nullopt : std::optional(out);
}

void Error::throw_error() const {
  if (!evaluating() || code_.is_traced()) return check_error(*this);
  if (auto message = get()) throw CheckError(*message);
}

Tree Error::to_tree() const {
  Tree::Dict groups;
  for (auto& [signature, group] : values_)
    groups[signature] = Tree(Tree::List(group.begin(), group.end()));
  return Tree(Tree::Dict{{"code", Tree(code_)}, {"values", Tree(std::move(groups))}});
}

Error Error::from_tree(const Tree& tree) {
  CheckValues values;
  for (auto& [signature, group] : tree.as_dict().at("values").as_dict())
    values[signature] = tree::leaves(group);
  return Error(tree.as_dict().at("code").array(), std::move(values));
}

void check_error(const Error& error) {
  std::vector<Array> flat = reduced(error.code(), error.values());
  CheckValues values;
  std::size_t next = 1;
  for (auto& [signature, group] : error.values()) {
    auto first = flat.begin() + static_cast<std::ptrdiff_t>(next);
    values[signature].assign(first, first + static_cast<std::ptrdiff_t>(group.size()));
    next += group.size();
  }
  bind_check(flat[0], values, {.rethrown = true});
}

void check_args(const Array& pred, std::string_view text, const std::vector<FormatArg>& args,
                bool debug) {
  if (!is_bool(pred.dtype()) || pred.ndim() != 0) {
    throw DTypeError(str_cat("check takes a scalar bool, got ", pred.aval(),
                             "; reduce it with np::all or np::any"));
  }
  auto [names, values] = split_args(args);
  FormatText(text, "check").check(names);
  for (Array& x : values) x = lax::convert_element_type(x, x.dtype());
  CheckSite site{.kind = CheckSite::User,
                 .text = std::string(text),
                 .names = names,
                 .operation = "check",
                 .scope = *current_scope(),
                 .signature = signature_of(values)};
  Array code = make_integer_scalar(number_of(site), DType::I32);
  Array none = make_integer_scalar(0, DType::I32);
  bind_check(lax::select(pred, none, code), {{site.signature, values}}, {.debug = debug});
}

Tree checkify_tree(const TreeFn& f, const Tree& args, Checks errors) {
  Ref<CheckTrace> trace(new CheckTrace(current_trace(), errors));
  Tree out;
  {
    TraceScope scope{Ref<Trace>(trace)};
    out = f(args);
  }
  return Tree::list({trace->error().to_tree(), out});
}

}  // namespace linum::checkify
