// Loops over all elements of arrays at once, each of which stops by itself.
#pragma once

#include <functional>

#include "linum/core/pytree.h"

namespace linum::special {

// The state, a tree of arrays of one shape, after `body` was applied again and again to the
// elements where `going` holds.
Tree repeat_while_tree(const std::function<Array(const Tree&)>& going,
                       const std::function<Tree(const Tree&)>& body, const Tree& state);

template <class State, class Going, class Body>
State repeat_while(const Going& going, const Body& body, const State& state) {
  return from_tree<State>(repeat_while_tree(
      [&](const Tree& t) { return Array(going(from_tree<State>(t))); },
      [&](const Tree& t) { return to_tree<State>(body(from_tree<State>(t))); }, to_tree(state)));
}

// first + term + ..., where `next(k, term)` makes term number k + 1 of number k = 1, 2, ...; until
// a term is less than epsilon of the sum, or after 250. With weights, each term counts
// `weight(k)` times.
Array sum_series(const Array& first, const Array& term,
                 const std::function<Array(const Array& k, const Array& term)>& next,
                 const std::function<Array(const Array& k)>& weight = {});

}  // namespace linum::special
