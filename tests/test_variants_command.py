"""`wenzhai variants`: texts, sources and lines, side by side and as JSON; `wenzhai check --variants`."""

from __future__ import annotations

import io
import re
import sys
from typing import TYPE_CHECKING

import pytest
from sites import THREE_VARIANTS, source, write_file

from builder.rendering.review import Comparison, Finding
from builder.side_by_side import measure, show_comparison
from builder.variants.converter import Piece

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeSite, Run

SITE = f"""\
-- content/articles/a.md --
{source("上传视窗。复。", title="软件", convert={"软件": "軟物"})}
-- content/articles/a.zh-tw.md --
手寫軟體
-- content/glossary.toml --
"视窗" = "窗子"
"""


@pytest.fixture
def folder(site: MakeSite) -> Path:
    return site(SITE, THREE_VARIANTS)


def test_a_text_is_one_object(run: Run, folder: Path) -> None:
    (record,) = run("variants", "-s", folder, "视窗里复", "--format", "json").records
    assert (record["zh-CN"], record["zh-TW"], record["zh-HK"]) == ("视窗里复", "窗子裡復", "窗子裏復")
    assert list(record) == ["zh-CN", "zh-TW", "zh-HK", "review"]
    assert record["review"] == [
        {"kind": "character", "text": "复", "position": 3, "note": "one of 復 複 覆, and no phrase decides which"}
    ]
    (record,) = run("variants", "-s", folder, "軟體", "--script", "zh-TW", "--format", "json").records
    assert record["zh-CN"] == "软件"


def test_lines_of_standard_input_are_an_object_each(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = "软件\r\n\n视窗\nbad \udcff end".encode("utf-8", "surrogateescape")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    records = run("variants", "-s", folder, "-", "--format", "json").records
    assert [record["zh-HK"] for record in records] == ["軟件", "", "窗子", "bad \udcff end"]


def test_a_source_is_an_object_for_each_text(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for path in ("content/articles/a.md", str(folder / "content/articles/a.md")):
        records = run("variants", path, "--format", "json").records
        assert [(record["part"], record["zh-TW"]) for record in records] == [
            ("title", "軟物"),
            ("body: paragraph", "上傳窗子。復。"),
        ]
    twin = run("variants", "content/articles/a.zh-tw.md", "--format", "json").records
    assert twin[-1]["zh-CN"] == "手写软件"


def test_what_cannot_be_compared(run: Run, folder: Path) -> None:
    assert run("variants", "-s", folder, "none.md").status == 1
    assert run("variants", "-s", folder / "none", "软件").status == 1
    assert run("variants", "-s", folder, "软" * 5000, "--format", "json").status == 0
    write_file(folder / "bad.md", b"\xff")
    assert run("variants", "-s", folder, "bad.md", "--format", "json").codes == {"encoding"}
    write_file(folder / "content/glossary.toml", '"软件" = 1\n')
    assert run("variants", "-s", folder, "软件", "--format", "json").codes == {"glossary-value"}
    write_file(folder / "content/glossary.toml", "")
    write_file(folder / "open.md", "---\ntitle: x\n")
    ended = run("variants", "-s", folder, "open.md", "--format", "json")
    assert (ended.status, ended.codes) == (1, {"front-matter-open"})


def test_the_terminal_has_columns(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = run("variants", "-s", folder, "视窗里复 GitHub\x1b[31m").out
    lines = out.splitlines()
    assert lines[0].split() == ["zh-CN", "│", "zh-TW", "│", "zh-HK"]
    assert "\x1b" not in out
    assert "␛[31m" in out
    assert "  glossary: 视窗 → 窗子" in lines
    assert any(line.startswith("  look at 复 (character 4): one of") for line in lines)
    columns = [[measure(part) for part in line.split(" │ ")[:2]] for line in lines[:2]]
    assert columns[0] == columns[1]


def comparison(text: str) -> Comparison:
    pieces = {"zh-CN": (Piece(text, text, ""),), "zh-TW": (Piece(text, "軟體" + text, "glossary"),)}
    review = (Finding("word", text[:1], 0, "note"),) if text else ()
    return Comparison(text, {"zh-CN": text, "zh-TW": "軟體" + text}, pieces, review)


@pytest.mark.parametrize("columns", [1, 10, 39, 40, 80])
@pytest.mark.parametrize("text", ["", "软件", "软件 Copilot" * 9, "a" * 200, "é́" * 30, "软件，，，，，，，，，，，，"])
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, columns: int) -> None:
    plain = show_comparison(comparison(text), columns=columns, color=False)
    colored = show_comparison(comparison(text), columns=columns, color=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain
    assert colored.count("\x1b[0m") == len(re.findall(r"\x1b\[[1-9][0-9;]*m", colored))
    rows = plain.split("  look at")[0].split("  glossary")[0].splitlines()
    assert all(measure(row) <= max(columns, 5) for row in rows)
    body = "".join(rows).replace("│", "").replace(" ", "").replace("zh-CN", "").replace("zh-TW", "")
    assert sorted(body) == sorted((text + "軟體" + text).replace(" ", ""))


def test_check_lists_the_places_when_it_is_asked_to(run: Run, folder: Path) -> None:
    assert run("check", "-s", folder, "--format", "json").findings == []
    assert run("check", "-s", folder, "--variants", "--format", "json").findings == [
        ("variant-character", "content/articles/a.md:7:1")
    ]
    assert run("check", "-s", folder, "--variants", "--strict").status == 1
