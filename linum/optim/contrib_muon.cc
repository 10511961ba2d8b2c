#include <algorithm>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/adam.h"
#include "linum/optim/combine.h"
#include "linum/optim/contrib_second_order.h"
#include "linum/optim/numerics.h"
#include "linum/optim/scaling.h"
#include "linum/optim/tree_math.h"

namespace linum::optim::contrib {
namespace {

// A parameter as a batch of matrices, and back.
struct Matrices {
  Axes order, inverse;
  Shape flat, unflat;
  double fan_in = 1, fan_out = 1;

  Matrices(const Array& x, const MuonDimensionNumbers& d) {
    Axes rows = normalize_axes(d.reduction_axis, x.ndim(), "muon"),
         columns = normalize_axes(d.output_axis, x.ndim(), "muon"), batch;
    for (std::int64_t i = 0; i < x.ndim(); ++i) {
      if (contains(rows, i) && contains(columns, i)) {
        throw ValueError(
            str_cat("muon: axis ", i, " of ", x.aval(), " is both reduction and output"));
      }
      if (!contains(rows, i) && !contains(columns, i)) batch.push_back(i);
    }
    for (const Axes* group : {&batch, &rows, &columns}) {
      std::int64_t size = 1;
      for (std::int64_t i : *group) {
        order.push_back(i);
        unflat.push_back(x.shape(i));
        size *= x.shape(i);
      }
      flat.push_back(size);
    }
    fan_in = static_cast<double>(flat[1]);
    fan_out = static_cast<double>(flat[2]);
    inverse.resize(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      inverse[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
    }
  }
  Array pack(const Array& x) const { return np::reshape(np::transpose(x, order), flat); }
  Array unpack(const Array& x) const { return np::transpose(np::reshape(x, unflat), inverse); }
};

// x times its adjoint.
Array gram(const Array& x) { return np::matmul(x, np::conj(np::matrix_transpose(x))); }

// coeffs: three numbers.
Array polynomial(const Array& x, const Array& a, const Array& coeffs) {
  Array c0 = np::index(coeffs, 0), c1 = np::index(coeffs, 1), c2 = np::index(coeffs, 2);
  return c0 * x + np::matmul(c1 * a + np::matmul(c2 * a, a), x);
}

// The first iteration, which scales by what bounds the singular values.
Array first_iteration(const Array& x, const Array& coeffs, const MuonOptions& o) {
  if (o.preconditioning == "frobenius") {
    Array norm = np::sqrt(np::sum(abs_sq(x), {.axis = {-2, -1}, .keepdims = true}));
    Array scaled = x / (norm + o.eps);
    return polynomial(scaled, gram(scaled), coeffs);
  }
  Array a = gram(x), bound;
  if (o.preconditioning == "aol") {
    bound = np::sum(np::abs(a), {.axis = -1, .keepdims = true});
  } else {
    bound = np::sqrt(np::sum(abs_sq(a), {.axis = {-2, -1}, .keepdims = true}));
  }
  Array s = lax::rsqrt(np::maximum(bound, 1e-8));
  return polynomial(x * s, a * s * np::matrix_transpose(s), coeffs);
}

Array orthogonalized(const Array& x, const Array& all_coeffs, const MuonOptions& o) {
  const bool tall = x.shape(-2) > x.shape(-1);
  Array out = tall ? np::matrix_transpose(x) : x;
  Array coeffs = lax::convert_element_type(all_coeffs, x.dtype());
  for (int i = 0; i < o.ns_steps; ++i) {
    Array c = coeffs.ndim() == 1 ? coeffs : np::index(coeffs, i);
    out = i == 0 ? first_iteration(out, c, o) : polynomial(out, gram(out), c);
  }
  return tall ? np::matrix_transpose(out) : out;
}

MuonDimensionNumbers dimensions_of(const MuonOptions& o, const std::string& path, const Array& x) {
  if (x.ndim() < 2) {
    throw ShapeError(
        str_cat("muon needs parameters with two axes or more, got ", x.aval(), " at '", path, "'"));
  }
  if (o.weight_dimension_numbers) {
    if (auto d = o.weight_dimension_numbers(path, x)) return *d;
  }
  return {};
}

void check(const MuonOptions& o) {
  for (auto& c : o.ns_coeffs) {
    if (c.size() == 3) continue;
    throw ValueError(str_cat("muon needs sets of three coefficients, got one of ", c.size()));
  }
  auto sets = static_cast<int>(o.ns_coeffs.size());
  if (sets != 1 && sets < o.ns_steps) {
    throw ValueError(
        str_cat("muon has ", sets, " sets of coefficients for ", o.ns_steps, " steps"));
  }
  if (o.preconditioning != "frobenius" && o.preconditioning != "aol" &&
      o.preconditioning != "schatten") {
    throw ValueError(str_cat("muon knows the preconditionings frobenius, aol and schatten, got '",
                             o.preconditioning, "'"));
  }
}

Array coefficients(const MuonOptions& o) {
  if (o.ns_coeffs.size() == 1) return np::array(o.ns_coeffs[0]);
  std::vector<Array> rows;
  for (auto i = o.ns_coeffs.size() - static_cast<std::size_t>(o.ns_steps); i < o.ns_coeffs.size();
       ++i)
    rows.push_back(np::array(o.ns_coeffs[i]));
  return np::stack(rows);
}

// As large as updates should be for matrices of this shape.
GradientTransformation scale_by_shape(MuonOptions muon, std::optional<Scalar> consistent_rms) {
  return stateless([muon, consistent_rms](const Tree& updates, const Tree&) {
    return tree::map_with_path(
        [&](const std::string& path, const Array& x) {
          Matrices m(x, dimensions_of(muon, path, x));
          if (consistent_rms) return std::sqrt(std::max(m.fan_in, m.fan_out)) * *consistent_rms * x;
          return std::sqrt(std::max(1.0, m.fan_out / m.fan_in)) * x;
        },
        updates);
  });
}

}  // namespace

GradientTransformation scale_by_muon(MuonOptions o) {
  check(o);
  auto init = [o](const Tree& params) {
    return Tree{{"count", zero_count()},
                {"mu", tree_zeros_like(params, o.mu_dtype)},
                {"ns_coeffs", coefficients(o)}};
  };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Tree mu = tree_update_moment(updates, state["mu"], o.beta, 1);
    Array count = safe_increment(state["count"]);
    Tree mu_hat = corrected_mu(mu, updates, o.beta, count, o.nesterov);
    Tree out = tree::map_with_path(
        [&](const std::string& path, const Array& x) {
          Matrices m(x, dimensions_of(o, path, x));
          return m.unpack(orthogonalized(m.pack(x), state["ns_coeffs"], o));
        },
        mu_hat);
    if (o.adaptive) {
      out = tree::map([](const Array& x, const Array& y) { return np::sum(np::conj(x) * y) * y; },
                      mu_hat, out);
    }
    return std::pair(out, Tree{{"count", count},
                               {"mu", tree_cast(mu, o.mu_dtype)},
                               {"ns_coeffs", state["ns_coeffs"]}});
  };
  return {init, update};
}

GradientTransformation muon(ScalarOrSchedule learning_rate, MuonAdamOptions o) {
  auto label = [dims = o.muon.weight_dimension_numbers](const std::string& path, const Array& x) {
    bool matrix = dims ? dims(path, x).has_value() : x.ndim() == 2;
    return std::string(matrix ? "muon" : "adam");
  };
  GradientTransformation adam =
      adamw(o.adam_learning_rate.value_or(learning_rate), {.b1 = o.adam_b1,
                                                           .b2 = o.adam_b2,
                                                           .eps = o.muon.eps,
                                                           .eps_root = o.adam_eps_root,
                                                           .mu_dtype = o.muon.mu_dtype,
                                                           .weight_decay = o.adam_weight_decay,
                                                           .nesterov = o.muon.nesterov});
  GradientTransformation matrices =
      chain(scale_by_muon(o.muon), scale_by_shape(o.muon, o.consistent_rms),
            add_decayed_weights(o.weight_decay, o.weight_decay_mask),
            scale_by_learning_rate(learning_rate));
  return partition({{"muon", matrices}, {"adam", adam}}, label);
}

}  // namespace linum::optim::contrib
