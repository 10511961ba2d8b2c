// Arithmetic of whole trees (optax.tree_utils).
#pragma once

#include <optional>

#include "linum/core/tree.h"
#include "linum/optim/scalar.h"

namespace linum::optim {

Tree tree_add(const Tree& x, const Tree& y);
Tree tree_sub(const Tree& x, const Tree& y);
Tree tree_mul(const Tree& x, const Tree& y);
Tree tree_div(const Tree& x, const Tree& y);
Tree tree_scale(const Array& scalar, const Tree& tree);
// x + scalar * y
Tree tree_add_scale(const Tree& x, const Array& scalar, const Tree& y);
Tree tree_conj(const Tree& tree);
Tree tree_real(const Tree& tree);
Tree tree_clip(const Tree& tree, const Array& min_value, const Array& max_value);
Tree tree_where(const Array& condition, const Tree& x, const Tree& y);

// Over all leaves together; of a tree without leaves 0 (tree_max: -inf, tree_min: inf).
Array tree_vdot(const Tree& x, const Tree& y);
Array tree_sum(const Tree& tree);
Array tree_max(const Tree& tree);
Array tree_min(const Tree& tree);
std::int64_t tree_size(const Tree& tree);
// ord: 1, 2 or infinity.
Array tree_norm(const Tree& tree, double ord = 2, bool squared = false);
inline Array global_norm(const Tree& updates) { return tree_norm(updates); }
struct AllcloseOptions {
  double rtol = 1e-5, atol = 1e-8;
  bool equal_nan = false;
};
Array tree_allclose(const Tree& a, const Tree& b, const AllcloseOptions& options = {});

// Same shapes; the leaves' own dtypes unless one is given.
Tree tree_zeros_like(const Tree& tree, std::optional<DType> dtype = std::nullopt);
Tree tree_ones_like(const Tree& tree, std::optional<DType> dtype = std::nullopt);
Tree tree_full_like(const Tree& tree, const Array& value,
                    std::optional<DType> dtype = std::nullopt);
// No dtype: the tree as it is.
Tree tree_cast(const Tree& tree, std::optional<DType> dtype);
Tree tree_cast_like(const Tree& tree, const Tree& other);
// The dtype of all leaves; throws DTypeError when they differ, unless `mixed` says what then:
// "promote" (to what holds all), "highest" or "lowest" (one of theirs).
DType tree_dtype(const Tree& tree, std::string_view mixed = "");
// All leaves as one vector, and back (jax.flatten_util.ravel_pytree).
Array tree_to_vector(const Tree& tree);
Tree tree_from_vector(const Array& vector, const Tree& like);
// New leading axes: each leaf repeated.
Tree tree_batch_shape(const Tree& tree, const Shape& shape);

// (1 - decay) * g^order + decay * t
Tree tree_update_moment(const Tree& updates, const Tree& moments, const Scalar& decay, int order);
// The same with |g|^order, order even for complex leaves.
Tree tree_update_moment_per_elem_norm(const Tree& updates, const Tree& moments, const Scalar& decay,
                                      int order);
// max(|g| + eps, decay * t)
Tree tree_update_infinity_moment(const Tree& updates, const Tree& moments, const Scalar& decay,
                                 const Scalar& eps);
// moment / (1 - decay^count)
Tree tree_bias_correction(const Tree& moment, const Scalar& decay, const Array& count);

}  // namespace linum::optim
