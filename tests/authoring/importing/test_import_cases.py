"""Scraped texts → sources: each `cases/*.txt` with the source that comes of it beside it, and what is left to the editor.

After a change that is meant, write them anew: WENZHAI_WRITE_CASES=1 pytest tests/authoring/importing/test_import_cases.py
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest
from sites import SETTINGS, write_site

from builder.authoring.importing.fetch import Fetched
from builder.authoring.importing.take import Wishes, plan_import

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))
NOW = datetime.fromisoformat("2026-03-27T10:00:00+08:00")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_scraped_text_becomes_its_source(case: Path, tmp_path: Path) -> None:
    folder = write_site(
        tmp_path, "-- content/pages/about.md --\n# 关于", SETTINGS + '[categories.progress]\ntitle = "科学进展"\n'
    )
    planned = plan_import(folder, Fetched(case.read_bytes(), name=case.name), Wishes(), now=NOW)
    (source,) = planned.value
    lines = "".join(
        f"{finding.place.line if finding.place else 0} {finding.code}: {finding.message}\n"
        for finding in sorted(planned.diagnostics, key=lambda finding: finding.sort_key())
    )
    written = f"{source.path}\n{lines}\n{source.text}"
    expected = case.with_suffix(".md")
    if os.environ.get("WENZHAI_WRITE_CASES"):
        expected.write_text(written, "utf-8")
    assert written == expected.read_text("utf-8")
