#!/usr/bin/env bash
# Makes the fixtures of tests/parity and tests/curves again from the pinned jax, flax and optax.
# Arguments: the areas to make; none: all, and the curves. ORACLE_PYTHON names a Python that has the
# three; without it a virtual environment is made in build/.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${ORACLE_PYTHON:-build/oracle/bin/python}
if [ ! -x "$python" ]; then
  python3 -m venv build/oracle
  build/oracle/bin/pip install --quiet --requirement tests/oracle/requirements.txt
fi
export JAX_PLATFORMS=cpu
"$python" tests/oracle/main.py "$@"
[ $# -gt 0 ] || "$python" tests/oracle/curves.py
