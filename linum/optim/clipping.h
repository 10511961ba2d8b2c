// Gradient clipping (optax/transforms/_clipping.py).
#pragma once

#include <optional>

#include "linum/optim/scalar.h"
#include "linum/optim/transformation.h"

namespace linum::optim {

// Each element into [-max_delta, max_delta].
GradientTransformation clip(Scalar max_delta);
// Each leaf down to this root mean square.
GradientTransformation clip_by_block_rms(Scalar threshold);
// All leaves together down to this norm (Pascanu et al, 2012, arXiv 1211.5063).
GradientTransformation clip_by_global_norm(Scalar max_norm);
// Each unit down to `clipping` times the norm of its parameters (Brock, Smith, De, Simonyan, 2021,
// arXiv 2102.06171). `axis`: the axes of a unit's norm; none: by rank, as for Dense and Conv.
GradientTransformation adaptive_grad_clip(Scalar clipping, Scalar eps = 1e-3,
                                          std::optional<Axes> axis = std::nullopt);

// Gradients with a batch axis in front, each example clipped to this norm, summed over the batch;
// and how many were clipped.
std::pair<Tree, Array> per_example_global_norm_clip(const Tree& grads, const Scalar& l2_norm_clip);
// The same layer by layer; the layers' norms add up to the global one, equally (uniform) or in
// proportion to the square root of their sizes.
std::pair<Tree, Tree> per_example_layer_norm_clip(const Tree& grads,
                                                  const Scalar& global_l2_norm_clip,
                                                  bool uniform = true);

}  // namespace linum::optim
