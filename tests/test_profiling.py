"""`wenzhai build --profile`: what took how long, wherever it was done, and nothing else changes."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pytest
from sites import read_tree, source, write_file

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeSite, Run

CLOCK = ("--clock", "2025-01-01")


@pytest.fixture
def folder(site: MakeSite) -> Path:
    folder = site()
    for number in range(55):
        write_file(folder / f"content/articles/a{number}.md", source(title=f"标题{number}", tags=[f"标签{number % 3}"]))
    time.sleep(0.15)  # files that were written just now are read again
    return folder


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_phases_kinds_and_the_slowest_are_listed(folder: Path, run: Run, jobs: str) -> None:
    ended = run("build", "-s", folder, *CLOCK, "-j", jobs, "--profile", "--format", "json")
    assert ended.status == 0
    records = [record for record in ended.records if record["type"] == "profile"]
    named = {
        what: [record for record in records if record["what"] == what] for what in ("phase", "kind", "source", "file")
    }
    assert [record["name"] for record in named["phase"]] == list(ended.records[-1]["phases"])
    counts = {record["name"]: record["count"] for record in named["kind"]}
    assert counts["sources"] == counts["article pages"] == 55
    assert counts["rss feeds"] >= 1
    assert {"home pages", "tag pages", "atom feeds", "json feeds"} <= counts.keys()
    assert len(named["source"]) == len(named["file"]) == 10
    assert all(record["name"].startswith("content/articles/") for record in named["source"])
    for what in ("kind", "source", "file"):
        seconds = [record["seconds"] for record in named[what]]
        assert seconds == sorted(seconds, reverse=True)
        assert all(0 < spent < 60 for spent in seconds)


def test_only_what_was_done_is_listed(folder: Path, run: Run) -> None:
    run("build", "-s", folder, *CLOCK)
    write_file(folder / "content/articles/a3.md", source("别的。", title="标题3", tags=["标签0"]))
    said = run("build", "-s", folder, *CLOCK, "--profile").out
    assert "slowest sources:" in said
    assert "content/articles/a3.md" in said
    assert "content/articles/a4.md" not in said
    assert "  1 × " in said
    assert "slowest files" not in run("build", "-s", folder, *CLOCK, "--profile").out


def test_what_is_built_is_the_same(folder: Path, run: Run) -> None:
    assert run("build", "-s", folder, *CLOCK, "--profile", "-o", folder / "one").status == 0
    shutil.rmtree(folder / ".wenzhai")
    assert run("build", "-s", folder, *CLOCK, "-o", folder / "two").status == 0
    assert read_tree(folder / "one") == read_tree(folder / "two")
