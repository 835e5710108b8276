"""The parts of a build that remember: what `build.py` strings together, each with the memo beside it."""
