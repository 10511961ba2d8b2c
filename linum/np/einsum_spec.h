// What the subscripts of an einsum say, and the search for the order of its contractions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "linum/base/shape.h"

namespace linum::np {

// Subscripts with "..." and the output written out: one label (a char) for each axis.
struct EinsumSpec {
  std::string text;  // as the user wrote it, for messages
  std::vector<std::string> inputs;
  std::string output;
};
// Throws ValueError or ShapeError, quoting the subscripts, for what does not fit the shapes.
EinsumSpec parse_einsum(std::string_view subscripts, const std::vector<Shape>& shapes);

// Sets of labels as bits, with the sizes of the labels.
using LabelSet = std::uint64_t;
struct ContractionProblem {
  std::vector<LabelSet> inputs;
  LabelSet output = 0;
  std::vector<double> sizes;  // of label i, bit i

  double size_of(LabelSet labels) const;
  // Of contracting `terms` operands at once.
  double flops(LabelSet involved, bool sums, std::size_t terms) const;
};
ContractionProblem contraction_problem(const EinsumSpec&, const std::vector<Shape>& shapes);

// The steps: positions of the operands to contract, whose result becomes the last.
using ContractionPath = std::vector<Axes>;
ContractionPath find_path(const ContractionProblem&, std::string_view method);
// Throws ValueError for a path that does not contract all operands to one.
void check_path(const ContractionPath&, std::size_t operands);

}  // namespace linum::np
