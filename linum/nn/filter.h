// Filters select collections (or random streams) by name.
#pragma once

#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace linum::nn {

class Filter;

// Everything but what `deny` selects.
struct DenyList {
  explicit DenyList(const Filter& deny);
  std::shared_ptr<const Filter> deny;
};

// All or none (bool), one name, several names, or a DenyList.
class Filter {
 public:
  Filter() : rep_(false) {}
  Filter(bool all) : rep_(all) {}
  Filter(const char* name) : Filter(std::string(name)) {}
  Filter(const std::string& name) : Filter({name}) {}
  Filter(std::initializer_list<std::string> names) : Filter(std::set<std::string>(names)) {}
  Filter(const std::vector<std::string>& names);
  Filter(std::set<std::string> names);  // throws InvalidFilterError for an empty name
  Filter(DenyList deny) : rep_(std::move(deny)) {}

  // flax.core.scope.in_filter
  bool contains(const std::string& name) const;
  // True when nothing passes.
  bool empty() const;
  // "['batch_stats']", "True", "DenyList(['intermediates'])"
  std::string to_string() const;

  friend Filter union_filters(const Filter& a, const Filter& b);
  friend Filter subtract_filters(const Filter& a, const Filter& b);
  friend Filter intersect_filters(const Filter& a, const Filter& b);

 private:
  bool is_all() const { return std::holds_alternative<bool>(rep_) && std::get<bool>(rep_); }
  const DenyList* deny_list() const { return std::get_if<DenyList>(&rep_); }
  std::set<std::string> names() const;  // of a finite filter

  std::variant<bool, std::set<std::string>, DenyList> rep_;
};

inline DenyList::DenyList(const Filter& denied) : deny(std::make_shared<const Filter>(denied)) {}

}  // namespace linum::nn
