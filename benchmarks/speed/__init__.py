"""Wenzhai's speed beside that of other static site generators, on the same corpus; `benchmarks/run.py` is the command."""
