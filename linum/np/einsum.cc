#include "linum/np/einsum.h"

#include <algorithm>
#include <set>

#include "linum/lax/arithmetic.h"
#include "linum/np/einsum_spec.h"
#include "linum/np/promote.h"

namespace linum::np {
namespace {

std::int64_t place_of(const std::string& names, char label) {
  return static_cast<std::int64_t>(names.find(label));
}
bool has(const std::string& names, char label) { return names.find(label) != names.npos; }
std::int64_t count_of(const std::string& names, char label) {
  return std::count(names.begin(), names.end(), label);
}
std::string without(const std::string& names, const std::string& removed) {
  std::string out;
  for (char label : names) {
    if (!has(removed, label)) out += label;
  }
  return out;
}
Axes places_of(const std::string& names, const std::string& labels) {
  Axes out;
  for (char label : labels) out.push_back(place_of(names, label));
  return out;
}

// An operand and the labels of its axes.
struct Term {
  Array x;
  std::string names;
};

class Contraction {
 public:
  explicit Contraction(const EinsumOptions& options, DType dtype)
      : precision_(options.precision), dtype_(dtype) {}
  Term of_one(Term x, const std::string& result) const;
  Term of_two(Term x, Term y, const std::string& result) const;

 private:
  Array sum(const Array& x, const Axes& axes) const;
  // Sums over labels that this operand has once and nothing else needs.
  Term sum_unneeded(Term x, const std::string& needed) const;
  // Of labels that it has several times: the diagonal, or its sum where nothing needs it.
  Term take_diagonals(Term x, const std::string& needed) const;
  Term multiply(const Term& x, const Term& y, const std::string& batch,
                const std::string& summed) const;

  lax::Precision precision_;
  DType dtype_;
};

Array Contraction::sum(const Array& x, const Axes& axes) const {
  const Array wide =
      promote_types(x.dtype(), dtype_) == x.dtype() ? x : lax::convert_element_type(x, dtype_);
  return is_bool(wide.dtype()) ? lax::reduce_or(wide, axes) : lax::reduce_sum(wide, axes);
}

Term Contraction::sum_unneeded(Term x, const std::string& needed) const {
  std::string gone;
  for (char label : x.names) {
    if (count_of(x.names, label) == 1 && !has(needed, label)) gone += label;
  }
  if (gone.empty()) return x;
  return {sum(x.x, places_of(x.names, gone)), without(x.names, gone)};
}

// True where all these axes have one index.
Array on_diagonal(const Shape& shape, const Axes& axes) {
  Array out;
  for (std::size_t i = 1; i < axes.size(); ++i) {
    const Array same = lax::eq(lax::broadcasted_iota(int32, shape, axes[i - 1]),
                               lax::broadcasted_iota(int32, shape, axes[i]));
    out = out.defined() ? lax::bitwise_and(out, same) : same;
  }
  return out;
}

Term Contraction::take_diagonals(Term x, const std::string& needed) const {
  const std::set<char> labels(x.names.begin(), x.names.end());
  for (char label : labels) {
    Axes axes;
    for (std::size_t i = 0; i < x.names.size(); ++i) {
      if (x.names[i] == label) axes.push_back(static_cast<std::int64_t>(i));
    }
    if (axes.size() < 2) continue;
    const Array diagonal = lax::select(on_diagonal(x.x.shape(), axes), x.x, lax::zeros_like(x.x));
    if (has(needed, label)) axes.pop_back();
    x.x = sum(diagonal, axes);
    for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
      x.names.erase(static_cast<std::size_t>(*axis), 1);
    }
  }
  return x;
}

// x without its axes of size 1 that are longer in the other.
Term squeeze_broadcast(const Term& x, const Term& other) {
  Axes gone;
  std::string names;
  for (std::size_t i = 0; i < x.names.size(); ++i) {
    const auto axis = static_cast<std::int64_t>(i);
    const std::int64_t there = place_of(other.names, x.names[i]);
    if (x.x.shape(axis) == 1 && there >= 0 && other.x.shape(there) != 1) {
      gone.push_back(axis);
    } else {
      names += x.names[i];
    }
  }
  return {lax::squeeze(x.x, gone), names};
}

Term Contraction::multiply(const Term& x, const Term& y, const std::string& batch,
                           const std::string& summed) const {
  const std::string gone = batch + summed;
  Array out = lax::dot_general(x.x, y.x,
                               {places_of(x.names, summed), places_of(y.names, summed),
                                places_of(x.names, batch), places_of(y.names, batch)},
                               precision_, dtype_);
  return {out, batch + without(x.names, gone) + without(y.names, gone)};
}

Term in_order(const Term& x, const std::string& result) {
  if (x.names == result) return x;
  return {lax::transpose(x.x, places_of(x.names, result)), result};
}

Term Contraction::of_one(Term x, const std::string& result) const {
  return in_order(take_diagonals(sum_unneeded(std::move(x), result), result), result);
}

Term Contraction::of_two(Term x, Term y, const std::string& result) const {
  x = squeeze_broadcast(x, y);
  y = squeeze_broadcast(y, x);
  x = take_diagonals(sum_unneeded(std::move(x), result + y.names), result + y.names);
  y = take_diagonals(sum_unneeded(std::move(y), result + x.names), result + x.names);
  std::string batch, summed;
  for (char label : result) {
    if (has(x.names, label) && has(y.names, label)) batch += label;
  }
  for (char label : x.names) {
    if (has(y.names, label) && !has(result, label)) summed += label;
  }
  // One of both orders may need no transpose; the path goes from right to left.
  const bool swapped =
      batch + without(y.names, batch + summed) + without(x.names, batch + summed) == result;
  return in_order(swapped ? multiply(y, x, batch, summed) : multiply(x, y, batch, summed), result);
}

// The labels that a step's result keeps: of the output, or of operands still to come.
std::string kept_labels(const std::string& involved, const std::vector<Term>& rest,
                        const std::string& output) {
  std::string needed = output, kept;
  for (const Term& term : rest) needed += term.names;
  for (char label : involved) {
    if (has(needed, label) && !has(kept, label)) kept += label;
  }
  return kept;
}

Term take_out(std::vector<Term>& terms, std::int64_t at) {
  Term out = terms[static_cast<std::size_t>(at)];
  terms.erase(terms.begin() + at);
  return out;
}

std::vector<Shape> shapes_of(const std::vector<Array>& operands) {
  std::vector<Shape> shapes;
  for (const Array& x : operands) shapes.push_back(x.shape());
  return shapes;
}

ContractionPath path_of(const EinsumSpec& spec, const std::vector<Array>& operands,
                        const EinsumOptions& options) {
  if (options.path.empty()) {
    return find_path(contraction_problem(spec, shapes_of(operands)), options.optimize);
  }
  check_path(options.path, operands.size());
  return options.path;
}

Array contract_all(const EinsumSpec& spec, const std::vector<Array>& operands,
                   const ContractionPath& path, const Contraction& contraction) {
  std::vector<Term> terms;
  for (std::size_t i = 0; i < operands.size(); ++i) terms.push_back({operands[i], spec.inputs[i]});
  for (std::size_t step = 0; step < path.size(); ++step) {
    Axes places =
        normalize_axes(path[step], static_cast<std::int64_t>(terms.size()), "einsum path");
    std::sort(places.rbegin(), places.rend());
    Term x = take_out(terms, places[0]);
    Term y = places.size() == 2 ? take_out(terms, places[1]) : Term{};
    const std::string result =
        step + 1 == path.size() ? spec.output : kept_labels(x.names + y.names, terms, spec.output);
    terms.push_back(places.size() == 2 ? contraction.of_two(std::move(x), std::move(y), result)
                                       : contraction.of_one(std::move(x), result));
  }
  return terms.back().x;
}

}  // namespace

Array einsum(std::string_view subscripts, const std::vector<Array>& operands,
             const EinsumOptions& options) {
  if (operands.empty()) throw ValueError("einsum needs at least one operand");
  const EinsumSpec spec = parse_einsum(subscripts, shapes_of(operands));
  Promoted result = promoted_type(operands);
  if (options.preferred_element_type) result = {*options.preferred_element_type, false};
  const Contraction contraction(options, result.dtype);
  Array out = contract_all(spec, operands, path_of(spec, operands, options), contraction);
  return lax::convert_element_type(out, result.dtype, result.weak);
}

// Axis numbers as letters, in order.
static std::string letters_of(const Axes& labels) {
  std::string out;
  for (std::int64_t label : labels) {
    if (label < 0 || label >= 52) {
      throw ValueError(str_cat("einsum: axes are numbered from 0 to 51, got ", label));
    }
    out += static_cast<char>(label < 26 ? 'A' + label : 'a' + (label - 26));
  }
  return out;
}

Array einsum(const std::vector<EinsumTerm>& terms, const Axes& output,
             const EinsumOptions& options) {
  std::string text;
  std::vector<Array> operands;
  for (const auto& [x, labels] : terms) {
    text += (operands.empty() ? "" : ",") + letters_of(labels);
    operands.push_back(x);
  }
  return einsum(text + "->" + letters_of(output), operands, options);
}

// Follows the path in labels only, to add up what it costs.
static EinsumPath price(const ContractionProblem& problem, const ContractionPath& path) {
  LabelSet all = 0;
  for (LabelSet labels : problem.inputs) all |= labels;
  const bool sums = (all & ~problem.output) != 0;
  EinsumPath out{path, problem.flops(all, sums, problem.inputs.size()), 0, 0};
  std::vector<LabelSet> live = problem.inputs;
  for (Axes step : path) {
    std::sort(step.rbegin(), step.rend());
    LabelSet involved = 0, needed = problem.output;
    for (std::int64_t at : step) {
      involved |= live[static_cast<std::size_t>(at)];
      live.erase(live.begin() + at);
    }
    for (LabelSet labels : live) needed |= labels;
    out.cost += problem.flops(involved, (involved & ~needed) != 0, step.size());
    live.push_back(involved & needed);
    out.largest_intermediate = std::max(out.largest_intermediate, problem.size_of(live.back()));
  }
  return out;
}

EinsumPath einsum_path(std::string_view subscripts, const std::vector<Array>& operands,
                       const EinsumOptions& options) {
  if (operands.empty()) throw ValueError("einsum_path needs at least one operand");
  const EinsumSpec spec = parse_einsum(subscripts, shapes_of(operands));
  return price(contraction_problem(spec, shapes_of(operands)), path_of(spec, operands, options));
}

}  // namespace linum::np
