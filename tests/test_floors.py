"""Imports point down (the contract in pyproject.toml), and the command line starts without the heavy libraries."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sites import SAMPLE


def test_imports_point_down() -> None:
    pytest.importorskip("importlinter", reason="comes with the extra `dev`; .ci/run has it")
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    ended = subprocess.run(command, cwd=SAMPLE, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("module", ["builder.cli", "builder.build", "builder.preview.site"])
def test_heavy_libraries_are_imported_where_they_are_used(module: str) -> None:
    libraries = "cssselect2 feedgen imagesize jinja2 lxml opencc pypinyin tinycss2 watchfiles werkzeug yaml"
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & set({libraries!r}.split())))"
    ended = subprocess.run([sys.executable, "-c", code], cwd=SAMPLE, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []
