"""The two cases that every layer has."""
import jax
import numpy as np

from oracle import uniform


def layer(case, name, module, *inputs, covers=None):
    """Two cases: NAME:init gives the variables of seed 0, NAME the output from variables and inputs."""
    covers = covers or [f"linen.{name.split(':')[0].split('/')[0]}"]
    made = module.init(jax.random.PRNGKey(0), *inputs)
    case(f"linen.{name}/init", lambda k: module.init(k, *inputs), np.array([0, 0], np.uint32), covers=covers)
    # Away from the zeros and ones that initializers give, or a missing bias would not be seen.
    moved = jax.tree.map(lambda v: v + uniform(0.1, 0.3, v.shape).astype(v.dtype), made)
    case(f"linen.{name}/apply", lambda v, *xs: module.apply(v, *xs), moved, *inputs, covers=covers)
