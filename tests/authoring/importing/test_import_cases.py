"""Scraped texts → sources: each `cases/*.txt` with the source that comes of it beside it, and what is left to the editor.

After a change that is meant, write them anew: WENZHAI_WRITE_CASES=1 pytest tests/authoring/importing/test_import_cases.py
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sites import SETTINGS, write_site

from builder.authoring.importing.fetch import Fetched
from builder.authoring.importing.take import Wishes, plan_import, take_texts
from builder.authoring.importing.write import Identity, compose_source
from builder.config import default_config
from builder.content.discover import SourceFile
from builder.content.front_matter import SourceSettings, parse_source

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


_LINES = """\
作者：
来源：
本文原地址：<https://a.example/1>
原文：http://a..b
版权归作者所有
，[某站](http://a.example)转发
更多 甲 请访问 <http://a.example>
3月26日
[x](y)
的量环比
"""
_PIECES = st.sampled_from(
    [*_LINES.splitlines(), *'\n\n\n-#|“。， 　:"\\{[]()!\0\u200b\x85<>&`甲Q', "\n\n", "```", "---", "-{"]
)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=4)), max_size=40).map("".join))
@settings(max_examples=150)
def test_whatever_a_text_says_its_source_can_be_read_and_is_unchanged(text: str) -> None:
    fetched = Fetched(text.encode("utf-8", "replace"), name="x.txt")
    (taken,) = take_texts(fetched, Wishes(title="题目", origin="周刊"), now=NOW, zone=NOW.tzinfo)  # type: ignore[arg-type]
    config = default_config("x")
    written = compose_source(taken, Identity("x", "x", "2026-03-27"), config, origin="x.txt", now=NOW)
    read = SourceSettings(True, config.zone, config.source_variant, config.rights, config.sources)
    article, found = (
        (checked := parse_source(SourceFile("content/x.md", "x", written), read)).value,
        checked.diagnostics,
    )
    assert article, found
    assert not found
    assert article.imported
    assert not article.imported.is_changed
    assert [hop.source for hop in article.attribution] == [hop.source for hop in taken.hops]
