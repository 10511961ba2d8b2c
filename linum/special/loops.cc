#include "linum/special/loops.h"

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/special/promote.h"
#include "linum/transforms/control_flow.h"

namespace linum::special {

Tree repeat_while_tree(const std::function<Array(const Tree&)>& going,
                       const std::function<Tree(const Tree&)>& body, const Tree& state) {
  const auto any_going = [&](const Tree& t) { return np::any(going(t)); };
  const auto step = [&](const Tree& t) {
    const Array where = going(t);
    const auto updated = [&](const Array& was, const Array& is) {
      return np::where(where, is, was);
    };
    return tree::map(updated, t, body(t));
  };
  return while_tree(any_going, step, state);
}

namespace {

struct Series {
  Array sum, k, term;
  LINUM_FIELDS(sum, k, term)
};
constexpr int kMostTerms = 250;

}  // namespace

Array sum_series(const Array& first, const Array& term,
                 const std::function<Array(const Array&, const Array&)>& next,
                 const std::function<Array(const Array&)>& weight) {
  const double eps = np::finfo(term.dtype()).eps;
  const auto going = [&](const Series& s) {
    return (s.k < kMostTerms) & (lax::abs(s.term) / lax::abs(s.sum) > eps);
  };
  const auto step = [&](const Series& s) {
    const Array here = weight ? s.term * weight(s.k) : s.term;
    return Series{s.sum + here, s.k + 1, next(s.k, s.term)};
  };
  const Series start{lax::full_like(term, first), lax::full_like(term, 1), term};
  return repeat_while(going, step, start).sum;
}

}  // namespace linum::special
