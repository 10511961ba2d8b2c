"""Writes every area, or those named on the command line."""
import importlib
import sys

import oracle

AREAS = ["lax_elementwise", "lax_structure", "lax_linear", "lax_control", "transforms",
         "transforms_more", "numpy", "random", "nn_functions", "initializers", "layers", "modules",
         "models", "optim", "optim_contrib", "optim_trees", "schedules", "losses"]

if __name__ == "__main__":
    oracle.check_versions()
    for area in sys.argv[1:] or AREAS:
        module = importlib.import_module(f"cases_{area}")
        recorded = oracle.Area(area)
        module.record(recorded.case)
        recorded.write()
