"""An empty folder → a site that builds."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from sites import build, read_tree, write_file

from builder.authoring.init import create_site
from builder.diagnostics import BuilderError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run


def test_a_new_site_builds_without_any_finding(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "站点/新"
    made = run("init", folder, "--format", "json")
    assert (made.status, made.records[0]["type"]) == (0, "init")
    outcome = run("build", "-s", folder, "--strict", "--format", "json")
    assert outcome.status == 0
    (report,) = outcome.records
    assert (report["articles"], report["variants"]) == (2, 3)
    assert run("check", "-s", folder, "--strict").status == 0


@pytest.mark.parametrize(
    "moment", ["2027-01-01T00:00:00+08:00", "2026-12-31T16:30:00+00:00", "2026-12-31T23:00:00-11:00"]
)
def test_it_builds_on_the_first_day_of_a_year_too(tmp_path: Path, moment: str) -> None:
    now = datetime.fromisoformat(moment)
    create_site(tmp_path / "new", now=now)
    built = build(tmp_path / "new", now=now)
    assert not built.report.summary.diagnostics
    assert len(built.plan.collections.articles) == 2
    assert f'tag = "tag:example.org,{2027}"' in (tmp_path / "new/wenzhai.toml").read_text()


def test_a_folder_that_is_not_empty_is_refused(run: Run, tmp_path: Path) -> None:
    write_file(tmp_path / "full/notes.txt", "mine")
    for folder in (tmp_path / "full", tmp_path / "full/notes.txt"):
        outcome = run("init", folder, "--format", "json")
        assert (outcome.status, outcome.codes) == (1, {"not-empty"})
    assert read_tree(tmp_path) == {"full/notes.txt": b"mine"}


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    write_file(tmp_path / "file", "mine")
    with pytest.raises(BuilderError) as refused:
        create_site(tmp_path / "file/site", now=datetime.now().astimezone())
    assert refused.value.diagnostics[0].code == "unwritable"


def test_an_empty_folder_will_do(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("init", tmp_path / "empty").status == 0
    assert (tmp_path / "empty/wenzhai.toml").exists()
