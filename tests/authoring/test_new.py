"""A title → a source that can be read back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import SETTINGS, build, source, write_file

from builder.authoring.new import slug_of

if TYPE_CHECKING:
    from conftest import MakeSite, Run


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("显示器", "xian-shi-qi"),
        ("OpenAI 退出视频生成", "openai-tui-chu-shi-pin-sheng-cheng"),
        ("软體 C# 与 .NET", "ruan-ti-c-yu-net"),
        ("GPT-5.2：更快", "gpt-5-2-geng-kuai"),
        ("？！", "untitled"),
        ("字" * 40, "-".join(["zi"] * 20)),
        ("x" * 100, "x" * 60),
    ],
)
def test_slugs_are_pinyin(title: str, slug: str) -> None:
    assert slug_of(title) == slug


@given(st.text())
def test_a_slug_is_plain_ascii(title: str) -> None:
    slug = slug_of(title)
    assert slug
    assert len(slug) <= 60
    assert slug.replace("-", "").isalnum()
    assert slug.isascii()
    assert slug == slug.lower()


@pytest.fixture
def folder(site: MakeSite) -> Path:
    return site(
        f"-- content/articles/a.md --\n{source()}",
        SETTINGS.replace("Asia/Shanghai", "Asia/Tokyo") + '[categories.news]\ntitle = "新闻"\n',
    )


@pytest.mark.parametrize(
    "title",
    [
        "新的一篇",
        'A "quoted": #title',
        "- [x] {y}: *z &a !b %c",
        "\\n \\u0000",
        "DEL\x7f \x00\ufffe\udce9é",
        "  多 \n 行 ",
    ],
)
def test_a_new_article_can_be_read_and_does_not_stop_a_build(run: Run, folder: Path, title: str) -> None:
    outcome = run("new", "article", title, "-s", folder, "--format", "json")
    path = Path(outcome.records[0]["path"])
    assert path.parent == folder / "content/articles"
    assert run("build", "-s", folder).status == 0
    (record,) = run("list", "drafts", "-s", folder, "--format", "json").records
    kept = "".join(character for character in title if character not in "\x7f\x00\ufffe\udce9")
    assert record["title"] == " ".join(kept.split())
    assert record["id"].endswith(path.stem)
    text = path.read_text("utf-8")
    assert f"slug: {path.stem}\n" in text
    assert "+09:00\n" in text
    assert "category: news\n" in text


def test_filled_in_it_is_published(run: Run, folder: Path) -> None:
    path = folder / run("new", "article", "显示器", "-s", folder, "--format", "json").records[0]["path"]
    text = path.read_text("utf-8").replace("draft: true\n", "")
    text = text.replace("{source: , author: , url: }", "{source: 某周刊, author: 甲, url: https://a.example/}")
    path.write_text(text + "正文。\n", "utf-8")
    built = build(folder, future=True)
    assert not built.report.summary.diagnostics
    assert "news/xian-shi-qi/index.html" in built.paths


def test_nothing_is_written_over(run: Run, folder: Path) -> None:
    paths = [run("new", "page", "关于", "-s", folder, "--format", "json").records[0]["path"] for _ in range(3)]
    assert [Path(path).name for path in paths] == ["guan-yu.md", "guan-yu-2.md", "guan-yu-3.md"]
    assert build(folder).paths >= {"guan-yu/index.html", "guan-yu-2/index.html"}


def test_issues_are_numbered(run: Run, folder: Path) -> None:
    for number in (1, 2):
        path = run("new", "issue", "周刊", "-s", folder, "--format", "json").records[0]["path"]
        assert Path(path) == folder / f"content/issues/{number}.md"
    write_file(folder / "content/issues/41.md", source())
    assert run("new", "issue", "周刊", "-s", folder).out.strip().endswith("content/issues/42.md")
    built = build(folder, drafts=True, future=True)
    assert {f"issues/{number}/index.html" for number in (1, 2, 41, 42)} <= built.paths


def test_a_title_is_needed(run: Run, folder: Path) -> None:
    outcome = run("new", "article", " \x00 ", "-s", folder, "--format", "json")
    assert (outcome.status, outcome.codes) == (1, {"title"})


def test_a_place_that_cannot_be_written_to(run: Run, folder: Path) -> None:
    write_file(folder / "content/pages", "in the way")
    outcome = run("new", "page", "关于", "-s", folder, "--format", "json")
    assert (outcome.status, outcome.findings) == (1, [("unwritable", "content/pages")])
