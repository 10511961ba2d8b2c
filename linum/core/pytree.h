// Conversion of C++ types to trees and back: how structs, tuples, vectors, maps and optionals of
// arrays go through transforms.
#pragma once

#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "linum/core/tree.h"

namespace linum {

// Lists the fields of a struct that are its subtrees, by name, once, inside the struct:
//   struct Batch { Array image, label; LINUM_FIELDS(image, label) };
// A field that is no array, tree or container of them is kept as a Static.
#define LINUM_FIELDS(...)                                       \
  template <class Self, class Visitor>                          \
  static void linum_visit_fields(Self& self, Visitor&& visit) { \
    LINUM_FOR_EACH(LINUM_VISIT_FIELD_, __VA_ARGS__)             \
  }
#define LINUM_VISIT_FIELD_(field) visit(#field, self.field);
#define LINUM_PARENS_ ()
#define LINUM_EXPAND(...) LINUM_EXPAND3_(LINUM_EXPAND3_(LINUM_EXPAND3_(__VA_ARGS__)))
#define LINUM_EXPAND3_(...) LINUM_EXPAND2_(LINUM_EXPAND2_(LINUM_EXPAND2_(__VA_ARGS__)))
#define LINUM_EXPAND2_(...) LINUM_EXPAND1_(LINUM_EXPAND1_(LINUM_EXPAND1_(__VA_ARGS__)))
#define LINUM_EXPAND1_(...) __VA_ARGS__
#define LINUM_FOR_EACH(macro, ...) \
  __VA_OPT__(LINUM_EXPAND(LINUM_FOR_EACH_STEP_(macro, __VA_ARGS__)))
#define LINUM_FOR_EACH_STEP_(macro, first, ...) \
  macro(first) __VA_OPT__(LINUM_FOR_EACH_AGAIN_ LINUM_PARENS_(macro, __VA_ARGS__))
#define LINUM_FOR_EACH_AGAIN_() LINUM_FOR_EACH_STEP_

// A C++ value that rides along as part of the structure. Values without operator== are the same
// when they are copies of one another's holder.
template <class T>
class StaticOf final : public Static {
 public:
  explicit StaticOf(T v) : value(std::move(v)) {}
  bool equals(const Static& other) const override {
    if (this == &other) return true;
    auto* same = dynamic_cast<const StaticOf*>(&other);
    if constexpr (requires(const T& a, const T& b) {
                    { a == b } -> std::convertible_to<bool>;
                  }) {
      return same && value == same->value;
    } else {
      return false;
    }
  }
  std::string to_string() const override {
    if constexpr (std::is_arithmetic_v<T>) {
      return std::to_string(value);
    } else if constexpr (std::is_convertible_v<T, std::string>) {
      return "'" + std::string(value) + "'";
    } else {
      return "<static>";
    }
  }
  T value;
};

// Specialize for a type of your own, or give it to_tree() and a static from_tree(const Tree&).
template <class T>
struct Pytree;

template <class T>
Tree to_tree(const T& value) {
  return Pytree<std::remove_cvref_t<T>>::to(value);
}
template <class T>
T from_tree(const Tree& tree) {
  return Pytree<T>::from(tree);
}

template <class T>
concept HasTreeMembers = requires(const T& v, const Tree& t) {
  { v.to_tree() } -> std::convertible_to<Tree>;
  { T::from_tree(t) } -> std::convertible_to<T>;
};
struct FieldProbe_ {
  template <class T>
  void operator()(const char*, T&) const {}
};
template <class T>
concept HasFields = requires(T& v) {
  T::linum_visit_fields(v, FieldProbe_{});
};

// What is left is static: numbers, strings, enums, functions.
template <class T>
struct Pytree {
  static constexpr bool is_static = !HasTreeMembers<T> && !HasFields<T>;
  static Tree to(const T& v) {
    if constexpr (HasTreeMembers<T>) {
      return v.to_tree();
    } else if constexpr (HasFields<T>) {
      Tree::Dict out;
      T::linum_visit_fields(
          v, [&](const char* name, const auto& f) { out.emplace(name, to_tree(f)); });
      return Tree(std::move(out));
    } else {
      return Tree(std::shared_ptr<const Static>(std::make_shared<StaticOf<T>>(v)));
    }
  }
  static T from(const Tree& t) {
    if constexpr (HasTreeMembers<T>) {
      return T::from_tree(t);
    } else if constexpr (HasFields<T>) {
      T out;
      T::linum_visit_fields(out, [&](const char* name, auto& f) {
        f = linum::from_tree<std::remove_cvref_t<decltype(f)>>(t[name]);
      });
      return out;
    } else {
      auto* held = dynamic_cast<const StaticOf<T>*>(t.as_static().get());
      if (!held) throw TreeError("a static value came back from a tree as another C++ type");
      return held->value;
    }
  }
};
// Types whose values may hold arrays.
template <class T>
concept IsTree = !requires {
  requires Pytree<T>::is_static;
};
template <>
struct Pytree<Tree> {
  static Tree to(const Tree& v) { return v; }
  static Tree from(const Tree& t) { return t; }
};
template <>
struct Pytree<Array> {
  static Tree to(const Array& v) { return Tree(v); }
  static Array from(const Tree& t) { return t.array(); }
};
template <class T>
struct Pytree<std::vector<T>> {
  static Tree to(const std::vector<T>& v) {
    Tree::List out;
    out.reserve(v.size());
    for (const T& e : v) {
      if constexpr (std::is_same_v<T, Array>)
        out.emplace_back(e);  // in place: jit's arguments may be a thousand
      else
        out.push_back(to_tree(e));
    }
    return Tree(std::move(out));
  }
  static std::vector<T> from(const Tree& t) {
    std::vector<T> out;
    for (const Tree& e : t.as_list()) out.push_back(from_tree<T>(e));
    return out;
  }
};
template <class T>
struct Pytree<std::map<std::string, T>> {
  static Tree to(const std::map<std::string, T>& v) {
    Tree::Dict out;
    for (auto& [key, e] : v) out.emplace(key, to_tree(e));
    return Tree(std::move(out));
  }
  static std::map<std::string, T> from(const Tree& t) {
    std::map<std::string, T> out;
    for (auto& [key, e] : t.as_dict()) out.emplace(key, from_tree<T>(e));
    return out;
  }
};
template <class T>
struct Pytree<std::optional<T>> {
  static Tree to(const std::optional<T>& v) { return v ? to_tree(*v) : Tree(); }
  static std::optional<T> from(const Tree& t) {
    return t.is_none() ? std::nullopt : std::optional<T>(from_tree<T>(t));
  }
};
template <class... Ts>
struct Pytree<std::tuple<Ts...>> {
  static Tree to(const std::tuple<Ts...>& v) {
    return std::apply([](const Ts&... e) { return Tree::list({to_tree(e)...}); }, v);
  }
  static std::tuple<Ts...> from(const Tree& t) { return from(t, std::index_sequence_for<Ts...>()); }
  template <std::size_t... I>
  static std::tuple<Ts...> from(const Tree& t, std::index_sequence<I...>) {
    return std::tuple<Ts...>{from_tree<Ts>(t[I])...};
  }
};
template <class A, class B>
struct Pytree<std::pair<A, B>> {
  static Tree to(const std::pair<A, B>& v) {
    return Tree::list({to_tree(v.first), to_tree(v.second)});
  }
  static std::pair<A, B> from(const Tree& t) {
    return {from_tree<A>(t[std::size_t{0}]), from_tree<B>(t[std::size_t{1}])};
  }
};

}  // namespace linum
