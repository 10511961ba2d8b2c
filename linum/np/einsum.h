// Einstein's summation: jax.numpy.einsum, contracted pair by pair in the cheapest order.
//
//   np::einsum("ij,jk->ik", a, b)                       matrix product
//   np::einsum("...qd,...kd->...qk", q, k)              any leading axes
//   np::einsum("ij,jk,k", {a, b, c}, {.optimize = "greedy"})
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "linum/np/contractions.h"

namespace linum::np {

struct EinsumOptions {
  NamedOnly named_only = {};
  // How to look for the order: "auto" ("optimal" for up to eight operands, else "greedy"), or
  // "none" for the first two operands again and again.
  std::string_view optimize = "auto";
  // The order itself, in place of a search: which operands to contract in each step, their result
  // becoming the last operand (einsum_path gives it).
  std::vector<Axes> path = {};
  lax::Precision precision = lax::Precision::Default;
  std::optional<DType> preferred_element_type = {};
};

// One letter for each axis of each operand. Letters that the output lacks are summed over; one that
// an operand has twice takes its diagonal; "..." stands for axes that broadcast. Without "->" the
// output has the letters that occur once, in alphabetical order. Axes of size 1 broadcast.
Array einsum(std::string_view subscripts, const std::vector<Array>& operands,
             const EinsumOptions& options = {});
template <std::convertible_to<Array>... More>
Array einsum(std::string_view subscripts, const Array& first, const More&... more) {
  return einsum(subscripts, std::vector<Array>{first, Array(more)...});
}

// An operand with the numbers of its axes, for einsum without letters.
using EinsumTerm = std::pair<Array, Axes>;
Array einsum(const std::vector<EinsumTerm>& terms, const Axes& output,
             const EinsumOptions& options = {});

// The order that einsum would take, and its price in multiplications and additions.
struct EinsumPath {
  std::vector<Axes> path;
  double naive_cost;  // all at once
  double cost;
  double largest_intermediate;  // elements
};
EinsumPath einsum_path(std::string_view subscripts, const std::vector<Array>& operands,
                       const EinsumOptions& options = {});

}  // namespace linum::np
