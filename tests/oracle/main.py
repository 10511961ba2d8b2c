"""Writes every area, or those named on the command line."""
import importlib
import pathlib
import sys

import oracle

AREAS = sorted(path.stem[len("cases_"):] for path in pathlib.Path(__file__).parent.glob("cases_*.py"))

if __name__ == "__main__":
    oracle.check_versions()
    for area in sys.argv[1:] or AREAS:
        module = importlib.import_module(f"cases_{area}")
        recorded = oracle.Area(area)
        module.record(recorded.case)
        recorded.write()
