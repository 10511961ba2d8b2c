// The order of contractions: exhaustive for few operands, greedy for many, as opt_einsum searches.
#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <optional>

#include "linum/base/error.h"
#include "linum/np/einsum_spec.h"

namespace linum::np {

double ContractionProblem::size_of(LabelSet labels) const {
  double size = 1;
  for (; labels != 0; labels &= labels - 1) {
    size *= sizes[static_cast<std::size_t>(std::countr_zero(labels))];
  }
  return size;
}

double ContractionProblem::flops(LabelSet involved, bool sums, std::size_t terms) const {
  const std::size_t each = std::max<std::size_t>(1, terms - 1) + (sums ? 1 : 0);
  return size_of(involved) * static_cast<double>(each);
}

ContractionProblem contraction_problem(const EinsumSpec& spec, const std::vector<Shape>& shapes) {
  ContractionProblem problem;
  std::map<char, std::size_t> bits;
  auto bit_of = [&](char label) {
    auto [at, is_new] = bits.try_emplace(label, bits.size());
    if (is_new) problem.sizes.push_back(1);
    if (at->second >= 64) {
      throw ValueError(str_cat("einsum \"", spec.text, "\" has more than 64 different labels"));
    }
    return at->second;
  };
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    LabelSet& labels = problem.inputs.emplace_back(0);
    for (std::size_t axis = 0; axis < shapes[i].size(); ++axis) {
      const std::size_t bit = bit_of(spec.inputs[i][axis]);
      labels |= LabelSet{1} << bit;
      problem.sizes[bit] = std::max(problem.sizes[bit], static_cast<double>(shapes[i][axis]));
    }
  }
  for (char label : spec.output) problem.output |= LabelSet{1} << bit_of(label);
  return problem;
}

namespace {

// Operands by number: those given, then the results of the steps.
using Operands = std::pair<std::size_t, std::size_t>;
using Live = std::vector<std::size_t>;

// Tracks which labels are left when two operands become one.
class State {
 public:
  explicit State(const ContractionProblem& p) : problem(&p), labels(p.inputs) {
    for (std::size_t i = 0; i < labels.size(); ++i) live.push_back(i);
  }
  LabelSet kept(std::size_t i, std::size_t j) const {
    LabelSet needed = problem->output;
    for (std::size_t k : live) {
      if (k != i && k != j) needed |= labels[k];
    }
    return (labels[i] | labels[j]) & needed;
  }
  double flops(std::size_t i, std::size_t j) const {
    const bool sums = (labels[i] & labels[j] & ~kept(i, j)) != 0;
    return problem->flops(labels[i] | labels[j], sums, 2);
  }
  State after(std::size_t i, std::size_t j) const {
    State next = *this;
    next.labels.push_back(kept(i, j));
    std::erase_if(next.live, [&](std::size_t k) { return k == i || k == j; });
    next.live.push_back(labels.size());
    return next;
  }

  const ContractionProblem* problem;
  std::vector<LabelSet> labels;
  Live live;
};

// All orders, cutting what costs more than the best so far.
class Optimal {
 public:
  std::vector<Operands> search(const State& start) {
    visit(start, 0);
    return best_;
  }

 private:
  void visit(const State& state, double flops) {
    if (state.live.size() == 1) {
      best_flops_ = flops;
      best_ = steps_;
      return;
    }
    for (std::size_t a = 0; a < state.live.size(); ++a) {
      for (std::size_t b = a + 1; b < state.live.size(); ++b) {
        const Operands pair{state.live[a], state.live[b]};
        const double total = flops + state.flops(pair.first, pair.second);
        if (total >= best_flops_) continue;
        steps_.push_back(pair);
        visit(state.after(pair.first, pair.second), total);
        steps_.pop_back();
      }
    }
  }

  double best_flops_ = std::numeric_limits<double>::infinity();
  std::vector<Operands> steps_, best_;
};

// What two operands save: the memory of their result less theirs. Pairs with a label to sum come
// before outer products.
Operands greedy_choice(const State& state) {
  std::optional<std::tuple<bool, double, Operands>> best;
  for (std::size_t a = 0; a < state.live.size(); ++a) {
    for (std::size_t b = a + 1; b < state.live.size(); ++b) {
      const std::size_t i = state.live[a], j = state.live[b];
      const auto size = [&](LabelSet labels) { return state.problem->size_of(labels); };
      const LabelSet shared = state.labels[i] & state.labels[j] & ~state.problem->output;
      const double cost = size(state.kept(i, j)) - size(state.labels[i]) - size(state.labels[j]);
      const std::tuple<bool, double, Operands> candidate{shared == 0, cost, {i, j}};
      if (!best || candidate < *best) best = candidate;
    }
  }
  return std::get<Operands>(*best);
}
std::vector<Operands> greedy(State state) {
  std::vector<Operands> steps;
  while (state.live.size() > 1) {
    steps.push_back(greedy_choice(state));
    state = state.after(steps.back().first, steps.back().second);
  }
  return steps;
}

// Numbers of operands as their positions among those that are left.
ContractionPath positions(const std::vector<Operands>& steps, std::size_t operands) {
  Live live;
  for (std::size_t i = 0; i < operands; ++i) live.push_back(i);
  ContractionPath path;
  std::size_t next = operands;
  for (auto [i, j] : steps) {
    auto place = [&](std::size_t k) {
      return std::find(live.begin(), live.end(), k) - live.begin();
    };
    Axes step{place(i), place(j)};
    std::sort(step.begin(), step.end());
    path.push_back(step);
    std::erase_if(live, [&, i = i, j = j](std::size_t k) { return k == i || k == j; });
    live.push_back(next++);
  }
  return path;
}

constexpr std::size_t kMostForOptimal = 8;

}  // namespace

ContractionPath find_path(const ContractionProblem& problem, std::string_view method) {
  const std::size_t n = problem.inputs.size();
  const bool is_auto = method == "auto";
  if (!is_auto && method != "optimal" && method != "greedy" && method != "none") {
    throw ValueError(str_cat("einsum: optimize must be \"auto\", \"optimal\", \"greedy\" or ",
                             "\"none\", got \"", method, "\""));
  }
  if (n == 1) return {{0}};
  if (n == 2 || method == "none") return ContractionPath(n - 1, Axes{0, 1});
  const bool exhaustive = method == "optimal" || (is_auto && n <= kMostForOptimal);
  const State start(problem);
  return positions(exhaustive ? Optimal().search(start) : greedy(start), n);
}

void check_path(const ContractionPath& path, std::size_t operands) {
  std::size_t left = operands;
  for (const Axes& step : path) {
    const Axes places = normalize_axes(step, static_cast<std::int64_t>(left), "einsum path");
    if (places.empty() || places.size() > 2) {
      throw ValueError(
          str_cat("einsum contracts one or two operands in a step, got ", to_text(step)));
    }
    left -= places.size() - 1;
  }
  if (left == 1 && !path.empty()) return;
  throw ValueError(str_cat("einsum: the path leaves ", left, " of ", operands, " operands"));
}

}  // namespace linum::np
