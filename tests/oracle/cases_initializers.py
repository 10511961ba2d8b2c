"""flax.linen.initializers: the parameters of a seed."""
import flax.linen.initializers as init
import jax.numpy as jnp
import numpy as np

# with their default arguments, of shapes (5, 4) and (3, 3, 2, 4)
PLAIN = ["glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "kaiming_normal",
         "kaiming_uniform", "lecun_normal", "lecun_uniform", "normal", "ones_init", "orthogonal",
         "truncated_normal", "uniform", "xavier_normal", "xavier_uniform", "zeros_init"]


def record(case):
    key = np.array([0, 42], np.uint32)
    for name in PLAIN:
        make = getattr(init, name)
        case(f"initializers.{name}", lambda k, m=make: (m()(k, (5, 4)), m()(k, (3, 3, 2, 4))), key)
    case("initializers.ones", lambda k: init.ones(k, (2, 3)), key, covers=["initializers.ones", "linen.ones"])
    case("initializers.zeros", lambda k: init.zeros(k, (2, 3)), key, covers=["initializers.zeros", "linen.zeros"])
    case("initializers.ones_init:linen", lambda k: init.ones_init()(k, (2,)), key, covers=["linen.ones_init"])
    case("initializers.zeros_init:linen", lambda k: init.zeros_init()(k, (2,)), key, covers=["linen.zeros_init"])
    case("initializers.constant", lambda k: init.constant(0.3)(k, (2, 3)), key)
    case("initializers.normal:stddev", lambda k: init.normal(0.02)(k, (4, 3)), key)
    case("initializers.uniform:scale", lambda k: init.uniform(0.5)(k, (4, 3)), key)
    case("initializers.truncated_normal:bounds",
         lambda k: init.truncated_normal(0.5, lower=-1.0, upper=1.5)(k, (4, 3)), key)
    for mode in ("fan_in", "fan_out", "fan_avg", "fan_geo_avg"):
        for distribution in ("normal", "truncated_normal", "uniform"):
            case(f"initializers.variance_scaling:{mode}_{distribution}",
                 lambda k, m=mode, d=distribution: init.variance_scaling(2.0, m, d)(k, (3, 2, 4)), key)
    case("initializers.variance_scaling:axes",
         lambda k: init.variance_scaling(1.0, "fan_in", "normal", in_axis=(0, 1), out_axis=-1, batch_axis=(2,))(
             k, (2, 3, 2, 4)), key)
    case("initializers.orthogonal:scale", lambda k: init.orthogonal(2.0, column_axis=0)(k, (3, 5)), key)
    case("initializers.delta_orthogonal", lambda k: init.delta_orthogonal()(k, (3, 3, 2, 4)), key)
    case("initializers.lecun_normal:bfloat16", lambda k: init.lecun_normal()(k, (5, 4), jnp.bfloat16), key)
