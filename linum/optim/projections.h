// The nearest points of convex sets (optax.projections). Trees count as one vector.
#pragma once

#include "linum/core/tree.h"

namespace linum::optim::projections {

Tree projection_non_negative(const Tree& tree);
// Each element into [lower, upper]; trees like `tree`, or one array for all leaves.
Tree projection_box(const Tree& tree, const Tree& lower, const Tree& upper);
// [0, scale]^n
Tree projection_hypercube(const Tree& tree, const Tree& scale = Array(1));
// Non-negative with the sum `scale` (Duchi et al, 2008).
Tree projection_simplex(const Tree& tree, const Array& scale = 1);
// Norm `scale`, or at most `scale`.
Tree projection_l1_sphere(const Tree& tree, const Array& scale = 1);
Tree projection_l1_ball(const Tree& tree, const Array& scale = 1);
Tree projection_l2_sphere(const Tree& tree, const Array& scale = 1);
Tree projection_l2_ball(const Tree& tree, const Array& scale = 1);
Tree projection_linf_ball(const Tree& tree, const Array& scale = 1);
// The line along a.
Tree projection_vector(const Tree& x, const Tree& a);
// a . x = b, and a . x <= b.
Tree projection_hyperplane(const Tree& x, const Tree& a, const Array& b);
Tree projection_halfspace(const Tree& x, const Tree& a, const Array& b);

}  // namespace linum::optim::projections
