#include "linum/nn/filter.h"

#include <algorithm>
#include <iterator>

#include "linum/nn/errors.h"

namespace linum::nn {

Filter::Filter(const std::vector<std::string>& names)
    : Filter(std::set<std::string>(names.begin(), names.end())) {}

Filter::Filter(std::set<std::string> names) : rep_(std::move(names)) {
  if (std::get<std::set<std::string>>(rep_).contains("")) throw InvalidFilterError("");
}

bool Filter::contains(const std::string& name) const {
  if (auto* all = std::get_if<bool>(&rep_)) return *all;
  if (auto* deny = deny_list()) return !deny->deny->contains(name);
  return std::get<std::set<std::string>>(rep_).contains(name);
}

bool Filter::empty() const {
  if (auto* all = std::get_if<bool>(&rep_)) return !*all;
  // A DenyList is empty when it denies any name whatever.
  if (auto* deny = deny_list()) return deny->deny->contains("__linum_any_collection__");
  return std::get<std::set<std::string>>(rep_).empty();
}

std::string Filter::to_string() const {
  if (auto* all = std::get_if<bool>(&rep_)) return *all ? "True" : "False";
  if (auto* deny = deny_list()) return str_cat("DenyList(", deny->deny->to_string(), ")");
  std::string out;
  for (auto& name : names()) out += str_cat(out.empty() ? "'" : ", '", name, "'");
  return str_cat("[", out, "]");
}

std::set<std::string> Filter::names() const {
  if (std::holds_alternative<bool>(rep_)) return {};
  return std::get<std::set<std::string>>(rep_);
}

Filter union_filters(const Filter& a, const Filter& b) {
  if (a.is_all() || b.is_all()) return true;
  auto *deny_a = a.deny_list(), *deny_b = b.deny_list();
  if (deny_a && deny_b) return DenyList(intersect_filters(*deny_a->deny, *deny_b->deny));
  if (deny_b) return union_filters(b, a);
  if (deny_a) return DenyList(subtract_filters(*deny_a->deny, b));
  auto out = a.names();
  out.merge(b.names());
  return out;
}

Filter subtract_filters(const Filter& a, const Filter& b) {
  if (b.is_all()) return false;
  if (a.is_all()) return DenyList(b);
  auto *deny_a = a.deny_list(), *deny_b = b.deny_list();
  if (deny_a && deny_b) return subtract_filters(*deny_b->deny, *deny_a->deny);
  if (deny_a) return DenyList(union_filters(*deny_a->deny, b));
  if (deny_b) return intersect_filters(a, *deny_b->deny);
  auto out = a.names();
  for (auto& name : b.names()) out.erase(name);
  return out;
}

Filter intersect_filters(const Filter& a, const Filter& b) {
  if (a.is_all()) return b;
  if (b.is_all()) return a;
  auto *deny_a = a.deny_list(), *deny_b = b.deny_list();
  if (deny_a && deny_b) return DenyList(union_filters(*deny_b->deny, *deny_a->deny));
  if (deny_b) return subtract_filters(a, *deny_b->deny);
  if (deny_a) return subtract_filters(b, *deny_a->deny);
  std::set<std::string> out;
  auto in_a = a.names(), in_b = b.names();
  std::set_intersection(in_a.begin(), in_a.end(), in_b.begin(), in_b.end(),
                        std::inserter(out, out.end()));
  return out;
}

}  // namespace linum::nn
