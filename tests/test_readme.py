"""The README's two lines are the ones that CI runs, to the letter."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def readme_lines() -> dict[str, str]:
    text = (ROOT / "README.md").read_text("utf-8")
    blocks = re.findall(r"```(?:sh|bash)\n(.*?)```", text, re.DOTALL)
    found = {}
    for block in blocks:
        line = block.strip()
        if "wenzhai build" in line and "venv" in line:
            found["build"] = line
        elif "pytest" in line:
            found["test"] = line
    return found


def ci_lines() -> dict[str, str]:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    return {
        name: body.strip() for name, body in re.findall(r"# README:(build|test)\n(.*?)# README:end", script, re.DOTALL)
    }


def test_ci_runs_the_lines_of_the_readme() -> None:
    assert readme_lines() == ci_lines()
    assert set(ci_lines()) == {"build", "test"}


def test_each_is_one_line() -> None:
    assert all("\n" not in line for line in readme_lines().values())
