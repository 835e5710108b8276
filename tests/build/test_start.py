"""What a command does not need is not there: starting up is what most of a quick one takes."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from sites import source, write_site

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {
    "pygments",
    "feedgen",
    "lxml",
    "werkzeug",
    "watchfiles",
    "jinja2",
    "markdown_it",
    "opencc",
    "nh3",
    "yaml",
    "asyncio",
    "importlib.metadata",
    "builder.planning",
    "builder.markup",
    "builder.variants",
    "builder.publish.renderer",
    "builder.preview",
}

ASK = "import sys; from builder.cli import main; status = main(sys.argv[1:]); print(*sys.modules, status, sep='\\n')"


def loaded(*arguments: str) -> set[str]:
    run = subprocess.run([sys.executable, "-c", ASK, *arguments], check=True, capture_output=True, text=True)
    *modules, status = run.stdout.splitlines()
    assert status == "0"
    return {*modules}


def test_a_build_without_changes_loads_nothing_that_builds(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "site", f"-- content/a.md --\n{source()}")
    time.sleep(0.15)  # files that were written just now are not trusted
    asked = ["build", "-q", "-s", str(folder), "--clock", "2025-01-01T00:00:00Z"]
    assert {"jinja2", "markdown_it"} <= loaded(*asked)
    assert (folder / "public/index.html").is_file()
    assert loaded(*asked) & HEAVY == set()


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_what_is_asked_of_the_command_alone_loads_nothing_else(argument: str) -> None:
    lines = (
        "import sys, contextlib",
        "from builder.cli import main",
        f"with contextlib.suppress(SystemExit): main(['{argument}'])",
        "print(*sys.modules)",
    )
    run = subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True, capture_output=True, text=True)
    assert {*run.stdout.split()} & HEAVY == set()
