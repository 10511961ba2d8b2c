"""Runs a benchmark of Linum and JAX's side of it in turn, several rounds, and prints the ratios.

Usage: ORACLE_PYTHON=... python3 bench/compare.py [--rounds 3] [--filter REGEX]
ORACLE_PYTHON has jax, flax and optax (default: build/oracle/bin/python, made by `make oracle`).
The time of a side is the least of its rounds.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).parent.parent


def linum(pattern):
    command = [ROOT / "build/bin/bench_api", f"--benchmark_filter={pattern}", "--benchmark_format=json",
               "--benchmark_min_time=0.5"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    unit = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
    return {b["name"]: b["real_time"] * unit[b["time_unit"]]
            for b in json.loads(out)["benchmarks"] if b["run_type"] == "iteration"}


def jax(pattern):
    python = os.environ.get("ORACLE_PYTHON", ROOT / "build/oracle/bin/python")
    command = [python, ROOT / "bench/peers/bench_api.py", pattern]
    environment = {**os.environ, "JAX_PLATFORMS": "cpu"}
    out = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    return json.loads(out)


def least(rounds):
    return {name: min(r[name] for r in rounds) for name in rounds[0]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--filter", default=".")
    options = parser.parse_args()
    ours, theirs = [], []
    for _ in range(options.rounds):
        ours.append(linum(options.filter))
        theirs.append(jax(options.filter))
    ours, theirs = least(ours), least(theirs)
    print("| case | linum (us) | jax (us) | linum / jax |\n|---|---|---|---|")
    for name in theirs:
        if name in ours and re.search(options.filter, name):
            print(f"| {name} | {ours[name] / 1e3:.3g} | {theirs[name] / 1e3:.3g} | {ours[name] / theirs[name]:.3f} |")


if __name__ == "__main__":
    main()
