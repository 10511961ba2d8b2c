// Options with one entry for all arguments (or results), or one for each: in_axes, out_specs, ...
#pragma once

#include <string_view>
#include <vector>

#include "linum/core/tree.h"
#include "linum/transforms/vmap.h"

namespace linum {

// The entry of argument `i` of `count`. Throws ValueError that says which `option` of which
// `function` has too few or too many for so many of `what`.
template <class T>
const T& entry_for(const std::vector<T>& entries, std::size_t i, std::size_t count,
                   std::string_view option, std::string_view what, std::string_view function) {
  if (entries.size() == 1) return entries[0];
  if (entries.size() == count) return entries[i];
  throw ValueError(
      str_cat(function, ": ", option, " has ", entries.size(), " entries for ", count, " ", what));
}

// The same for mapped axes, of which none given means the first.
inline AxisSpec axis_for(const std::vector<AxisSpec>& axes, std::size_t i, std::size_t count,
                         std::string_view option, std::string_view what,
                         std::string_view function) {
  return axes.empty() ? AxisSpec(0) : entry_for(axes, i, count, option, what, function);
}

// The entry of each leaf of a list of arguments, or of one result that is no list.
template <class T>
std::vector<T> leaf_entries(const Tree& parts, const std::vector<T>& entries,
                            std::string_view option, std::string_view what,
                            std::string_view function) {
  const bool one = entries.size() == 1 || !parts.is_list();
  if (one) {
    const T& entry = entry_for(entries, 0, 1, option, what, function);
    return std::vector<T>(tree::leaves(parts).size(), entry);
  }
  std::vector<T> out;
  for (std::size_t i = 0; i < parts.size(); ++i)
    out.insert(out.end(), tree::leaves(parts[i]).size(),
               entry_for(entries, i, parts.size(), option, what, function));
  return out;
}
inline std::vector<AxisSpec> leaf_axes(const Tree& parts, const std::vector<AxisSpec>& axes,
                                       std::string_view option, std::string_view what,
                                       std::string_view function) {
  const std::vector<AxisSpec> first = {0};
  return leaf_entries(parts, axes.empty() ? first : axes, option, what, function);
}

}  // namespace linum
