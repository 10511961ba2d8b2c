"""optax losses."""
import jax.numpy as jnp
import numpy as np
import optax

from oracle import integers, uniform

POINTWISE = ["huber_loss", "l2_loss", "log_cosh", "squared_error"]


def record(case):
    x, y = uniform(-2, 2, (3, 4)), uniform(-2, 2, (3, 4), seed=1)
    labels = integers(0, 4, (3,))
    soft = np.exp(y) / np.exp(y).sum(-1, keepdims=True)
    for name in POINTWISE:
        case(f"optax.{name}", getattr(optax, name), x, y)
    case("optax.l2_loss:alone", lambda v: optax.l2_loss(v), x)
    case("optax.huber_loss:delta", lambda a, b: optax.huber_loss(a, b, delta=0.5), x, y)
    case("optax.softmax_cross_entropy", optax.softmax_cross_entropy, x, soft)
    case("optax.safe_softmax_cross_entropy", optax.safe_softmax_cross_entropy, x, soft)
    case("optax.softmax_cross_entropy_with_integer_labels", optax.softmax_cross_entropy_with_integer_labels, x, labels)
    case("optax.softmax_cross_entropy_with_integer_labels:large",
         optax.softmax_cross_entropy_with_integer_labels, x * 100, labels)
    case("optax.sigmoid_binary_cross_entropy", optax.sigmoid_binary_cross_entropy, x, np.float32(y > 0))
    case("optax.sigmoid_binary_cross_entropy:large", optax.sigmoid_binary_cross_entropy, x * 100, np.float32(y > 0), grad=False)
    case("optax.sigmoid_focal_loss", lambda a, b: optax.sigmoid_focal_loss(a, b, alpha=0.3), x, np.float32(y > 0))
    case("optax.hinge_loss", optax.hinge_loss, x, np.sign(y))
    case("optax.cosine_similarity", optax.cosine_similarity, x, y)
    case("optax.cosine_distance", optax.cosine_distance, x, y)
    case("optax.kl_divergence", lambda a, b: optax.kl_divergence(a, b), np.log(soft), soft)
    case("optax.convex_kl_divergence", optax.convex_kl_divergence, np.log(soft), soft)
    case("optax.smooth_labels", lambda v: optax.smooth_labels(v, 0.1), soft)
    case("optax.ntxent", lambda e, l: optax.ntxent(e, l), uniform(-1, 1, (4, 3)), np.array([0, 1, 0, 1], np.int32))
    case("optax.ctc_loss", _ctc, uniform(-2, 2, (2, 5, 4)), np.array([[1, 2, 3], [2, 2, 0]], np.int32))


def _ctc(logits, labels):
    return optax.ctc_loss(logits, jnp.zeros(logits.shape[:2]), labels, jnp.float32(labels == 0))
