"""A plan that follows what was written is the plan of the site as it is, where it follows at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sites import source, write_file

from builder.diagnostics import BuilderError, has_errors
from builder.memo import Memo
from builder.planning import SitePlan, plan_site, read_planned
from builder.preview.site import SitePreview
from builder.replanning import replan
from builder.stages.options import PlanOptions
from builder.stages.sources import Recalled

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """
[site]
title = "摘"
base_url = "https://example.org/"
tag = "tag:example.org,2026"
[variants.zh-CN]
[variants.zh-TW]
path = "zh-tw"
"""

FILES: dict[str, str | bytes] = {
    "wenzhai.toml": SETTINGS,
    "content/articles/a.md": source(
        "软件。\n\n## 甲\n\n[b](b.md) ![图](p.png)", tags=["AI", "软件"], category="news", issue="1"
    ),
    "content/articles/a.zh-tw.md": "---\ntitle: 手寫\n---\n手寫的軟體。\n",
    "content/articles/b.md": source("鼠标。[a](a.md#甲)", attribution={"source": "甲报"}, original=None),
    "content/articles/c.md": source("[无](/nothing)", date="2024-03-25"),
    "content/articles/p.png": b"\x89PNG\r\n\x1a\n" + bytes(16),
    "content/issues/1.md": source("第一期。"),
    "content/pages/about.md": source("关于。", date=None),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        write_file(tmp_path / "site" / name, content)
    return tmp_path / "site"


def plan(folder: Path, recalled: Recalled | None = None) -> SitePlan:
    return plan_site(PlanOptions(folder, folder / "public"), recalled=recalled)


def read(plan: SitePlan) -> dict[str, bytes | Path | None]:
    return {path: read_planned(plan, path) for path in plan.files}


def follow(folder: Path, name: str, content: str) -> SitePlan | None:
    """The plan that follows a change of one file, compared with that of the site as it is."""
    recalled = Recalled(Memo())
    before = plan(folder, recalled)
    write_file(folder / name, content)
    followed = replan(before, [name], recalled)
    if followed is not None:
        clean = plan(folder)
        assert read(followed) == read(clean)
        assert followed.diagnostics == clean.diagnostics
        assert plan(folder, recalled).diagnostics == clean.diagnostics
    return followed


A: dict[str, Any] = {"tags": ["AI", "软件"], "category": "news", "issue": "1"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("content/articles/a.md", source("硬件。\n\n## 甲\n\n[b](b.md) ![图](p.png)", **A)),
        ("content/articles/a.md", source("软件。\n\n## 甲\n\n[b](b.md) ![图](p.png)", title="新", summary="短", **A)),
        ("content/articles/a.md", source("软件。\n\n\n\n## 甲\n\n又 [b](b.md) ![图](p.png) [b](b.md)", **A)),
        ("content/articles/a.zh-tw.md", "---\ntitle: 改寫\n---\n改寫的軟體。\n"),
        ("content/articles/c.md", source("多一行。\n\n[无](/nothing)", date="2024-03-25")),
        ("content/issues/1.md", source("第一期，改。", title="期")),
        ("content/pages/about.md", source("关于我们。", date=None, title="关于")),
    ],
)
def test_a_new_text_is_followed(folder: Path, name: str, content: str) -> None:
    assert follow(folder, name, content) is not None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("content/articles/a.md", source("软件。\n\n## 乙\n\n[b](b.md) ![图](p.png)", **A)),
        ("content/articles/a.md", source("软件。\n\n## 甲\n\n[b](b.md) [c](c.md) ![图](p.png)", **A)),
        ("content/articles/a.md", source("软件。\n\n## 甲\n\n[b](b.md) ![图](p.png)", **A, date="2024-03-20")),
        ("content/articles/a.md", source("软件。\n\n## 甲\n\n[b](b.md) ![图](p.png)", **(A | {"tags": ["AI"]}))),
        ("content/articles/a.md", source("软件。\n\n## 甲\n\n[b](b.md) ![图](p.png)", **A, draft=True)),
        ("content/articles/a.md", source("软件。\n\n## 甲\n\n[b](b.md) ![图](p.png)", **A, slug="other")),
        ("content/articles/a.md", "---\ntitle: [\n---\n"),
        ("content/articles/new.md", source("新。")),
        ("wenzhai.toml", SETTINGS.replace("摘", "文摘")),
    ],
)
def test_anything_else_is_planned_anew(folder: Path, name: str, content: str) -> None:
    assert follow(folder, name, content) is None


def test_a_preview_follows_texts_and_plans_anew_for_the_rest(folder: Path) -> None:
    preview = SitePreview(PlanOptions(folder, folder / "public"))
    first = preview.plan().plan
    for name, content, follows in (
        ("content/articles/b.md", source("键盘。[a](a.md#甲)", attribution={"source": "甲报"}, original=None), True),
        ("content/articles/b.md", source("键盘。[a](a.md#甲)", attribution={"source": "乙报"}, original=None), False),
        ("content/articles/b.md", source("屏幕。[a](a.md#甲)", attribution={"source": "乙报"}, original=None), True),
    ):
        write_file(folder / name, content)
        second = preview.plan([folder.resolve() / name]).plan
        assert (second.files is first.files) == follows
        assert not has_errors(second.diagnostics)
        assert read(second) == read(plan(folder))
        first = second
    write_file(folder / "content/articles/b.md", "---\ntitle: [\n---\n")
    with pytest.raises(BuilderError):
        preview.plan([folder.resolve() / "content/articles/b.md"])
    write_file(folder / "content/articles/b.md", content)
    assert read(preview.plan([folder.resolve() / "content/articles/b.md"]).plan) == read(first)


def test_a_preview_finds_what_nobody_told_of(folder: Path) -> None:
    preview = SitePreview(PlanOptions(folder, folder / "public"))
    preview.plan()
    assert preview.missed() == ()
    write_file(folder / "content/articles/new.md", source("新。"))
    (folder / "content/articles/c.md").unlink()
    assert [path.name for path in preview.missed()] == ["c.md", "new.md"]
    assert preview.missed() == ()
