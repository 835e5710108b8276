"""What is published, in which variants, and what never is."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sites import SETTINGS, THREE_VARIANTS, Built, build, source, write_file, write_site

from builder.diagnostics import BuilderError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeSite

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
REPOST = {"original": None, "attribution": {"source": "某周刊", "author": "甲", "url": "https://weekly.example/1.html"}}


def text_of(built: Built) -> str:
    """Every byte of the output as text, file names too."""
    return "\n".join(path + "\n" + data.decode("utf-8", "replace") for path, data in built.read().items())


def test_drafts_and_the_future_are_left_out_until_asked_for(site: MakeSite) -> None:
    folder = site(
        f"""\
-- content/articles/now.md --
{source("现在", date="2024-06-01T20:00:00")}
-- content/articles/later.md --
{source("将来的事", date="2024-06-01T20:00:01", slug="later", tags=["将来的标签"])}
-- content/articles/draft.md --
{source("草稿的话", draft=True, slug="draft", category="draft-only")}
-- content/pages/draft.md --
{source("草稿页", draft=True, date=None)}
-- content/pages/future.md --
{source("页面没有将来", date="2025-01-01")}
""",
        THREE_VARIANTS,
    )
    built = build(folder, now=NOW)
    assert sorted((article.slug, reason) for article, reason in built.plan.collections.withheld) == [
        ("draft", "draft"),
        ("draft", "draft"),
        ("later", "future"),
    ]
    text = text_of(built)
    assert all(word not in text for word in ("将来的", "將來的", "草稿", "draft", "later"))
    assert "页面没有将来" in text
    with_all = build(folder, now=NOW, drafts=True, future=True)
    assert {"articles/later/index.html", "draft-only/draft/index.html", "draft/index.html"} <= with_all.paths


def test_a_withdrawn_article_leaves_a_tombstone_and_no_text(site: MakeSite) -> None:
    folder = site(
        f"""\
-- content/articles/a.md --
{
            source(
                "撤下的正文，连同图：![图](pic.svg)",
                title="撤下的标题",
                summary="撤下的摘要",
                comment="撤下的按语",
                category="gone",
                tags=["撤下的标签"],
                aliases=["/old/"],
                cover={"src": "pic.svg", "alt": "撤下的图"},
                withdrawn={"date": "2024-04-01", "reason": "应作者要求"},
                **REPOST,
            )
        }
-- content/articles/pic.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>
-- content/articles/b.md --
{source("见[另一篇](a.md)。")}
""",
        THREE_VARIANTS,
    )
    built = build(folder)
    text = text_of(built)
    for word in ("正文", "摘要", "按语", "按語", "标签", "標籤", "图", "圖"):
        assert f"撤下的{word}" not in text
    assert not any(path.startswith(("assets/pic", "gone/index", "gone/feed", "tags/")) for path in built.read())
    for start, reason in (("", "应作者要求"), ("zh-tw/", "應作者要求"), ("zh-hk/", "應作者要求")):
        page = built.page(f"{start}gone/a/index.html")
        assert reason in page.text
        assert "某周刊" in page.text
        assert not page.is_indexable
    redirects = (folder / "public/_redirects").read_text().splitlines()
    assert redirects == [
        "/gone/a/ /gone/a/ 410!",
        "/old/ /gone/a/ 410!",
        "/zh-hk/gone/a/ /zh-hk/gone/a/ 410!",
        "/zh-tw/gone/a/ /zh-tw/gone/a/ 410!",
    ]
    assert "gone/a" not in (folder / "public/sitemap.xml").read_text()
    assert "/gone/a/" in built.page("articles/b/index.html").hrefs()


@pytest.mark.parametrize("mode", ["excerpt", "link"])
def test_a_mode_withholds_the_text_everywhere(site: MakeSite, mode: str) -> None:
    body = (
        "开头的一段，可以引用。\n\n"
        + "中间的一段，有很多字。" * 30
        + "\n\n## 藏起来的小标题\n\n藏起来的结尾，见[秘密](https://secret.example/)和![藏图](secret.svg)。[^1]"
        + "\n\n[^1]: 藏起来的脚注。\n"
    )
    folder = site(
        f"""\
-- content/articles/a.md --
{source(body, rights={"mode": mode}, comment="编者的话", **REPOST)}
-- content/articles/secret.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>
-- content/articles/b.md --
{source("见[那一部分](a.md#藏起来的小标题)。")}
""",
        THREE_VARIANTS + '[feeds]\ncontent = "full"\n',
    )
    built = build(folder)
    text = text_of(built)
    for word in ("藏", "秘密", "secret"):
        assert word not in text, word
    assert ("开头的一段" in text) == (mode == "excerpt")
    assert "编者的话" in text
    # What leads to a part that is not there leads to the page.
    assert "/articles/a/" in built.page("articles/b/index.html").hrefs()
    assert "https://weekly.example/1.html" in built.page("articles/a/index.html").hrefs()


@pytest.mark.parametrize(
    ("front", "rights", "indexable"),
    [
        ({}, "", True),
        (REPOST, "", False),
        (REPOST | {"rights": {"mode": "excerpt"}}, "", True),
        (REPOST | {"rights": {"mode": "link"}}, "", True),
        (REPOST | {"rights": {"permission": {"kind": "email"}}}, "", True),
        (REPOST | {"rights": {"license": "CC-BY-4.0"}}, "", True),
        (REPOST | {"rights": {"license": "all-rights-reserved"}}, "", False),
        (REPOST, "index_reposts = true\n", True),
        (REPOST, 'mode = "excerpt"\n', True),
    ],
)
def test_a_full_repost_without_permission_is_not_for_search_engines(
    site: MakeSite, front: dict[str, object], rights: str, indexable: bool
) -> None:
    folder = site(f"-- content/articles/a.md --\n{source(**front)}", SETTINGS + "[rights]\n" + rights)
    built = build(folder)
    assert built.page("articles/a/index.html").is_indexable == indexable
    assert ("/articles/a/" in (folder / "public/sitemap.xml").read_text()) == indexable
    assert "articles/a/" in (folder / "public/feed.xml").read_text()


def test_only_one_variant(site: MakeSite) -> None:
    folder = site(
        f"-- content/articles/a.md --\n{source('软件')}", SETTINGS.replace("[variants.zh-CN]", "[variants.zh-TW]")
    )
    built = build(folder)
    page = built.page("articles/a/index.html")
    assert page.lang == "zh-TW"
    assert "軟體" in page.text
    assert page.hreflang == dict.fromkeys(("zh-TW", "x-default"), "https://example.org/articles/a/")
    assert not [found for found in page.all("a") if "hreflang" in found]
    assert not any(path.startswith("zh-") for path in built.paths)


def test_sources_in_traditional_script(site: MakeSite) -> None:
    folder = site(
        f"""\
-- content/articles/a.md --
{source("軟體和滑鼠。", title="滑鼠", tags=["軟體"], category="軟體")}
-- content/articles/b.md --
{source("软件和鼠标。", script="zh-CN", tags=["软件"], category="软件")}
""",
        THREE_VARIANTS.replace('source_variant = "zh-CN"', 'source_variant = "zh-TW"'),
    )
    built = build(folder)
    assert [term.name for term in built.plan.collections.tags] == ["軟體"]
    assert {"軟體/a/index.html", "軟體/b/index.html", "tags/軟體/index.html"} <= built.paths
    assert "软件和鼠标" in built.page("软件/a/index.html".replace("软件", "軟體")).text
    assert "軟體和滑鼠" in built.page("zh-tw/軟體/b/index.html").text
    assert "軟件和滑鼠" in built.page("zh-hk/軟體/b/index.html").text
    assert built.page("tags/軟體/index.html").title == "软件"


def test_wordings_of_ones_own_and_names_are_not_converted(site: MakeSite) -> None:
    hops = [{"source": "软件周刊", "author": "里谷", "title": "软件里的字", "url": "https://x.example/软件?a=b%20c&d"}]
    rights = {
        "notices": ["软件的声明", {"zh-CN": "手写", "zh-TW": "软件手寫"}],
        "license": "CC-BY-4.0",
        "holder": "里谷",
    }
    folder = site(
        f"-- content/articles/a.md --\n{source('软件与`软件`', original=None, attribution=hops, rights=rights)}",
        THREE_VARIANTS,
    )
    built = build(folder)
    for start, software, notice in (("", "软件", "手写"), ("zh-tw/", "軟體", "软件手寫"), ("zh-hk/", "軟件", "手寫")):
        page = built.page(f"{start}articles/a/index.html")
        for name in ("软件周刊", "里谷", "软件里的字", "CC-BY-4.0"):
            assert name in page.text
        assert f"{software}与软件" in page.text.replace("與", "与")
        assert [text for tag, _, text in page.texts if tag == "code"] == ["软件"]
        assert page.texts_of("notice") == [f"{software}的{'声明' if not start else '聲明'}", notice] * 2
        assert page.all("a", data_wz="original")[0]["href"] == "https://x.example/%E8%BD%AF%E4%BB%B6?a=b%20c&d"
        assert "%E8%BD%AF%E4%BB%B6?a=b%20c&amp;d" in (folder / f"public/{start}feed.xml").read_text()


def test_undated_articles_are_listed_last_and_in_no_feed(site: MakeSite) -> None:
    folder = site(
        f"-- a.md --\n{source(date='2024-01-01', title='有日期')}\n-- b.md --\n{source(date=None, title='没有日期')}",
        settings="",
    )
    built = build(folder)
    assert [entry.article.title for entry in built.plan.collections.articles] == ["有日期", "没有日期"]
    assert {finding.code for finding in built.report.summary.diagnostics} == {"base-url", "date-missing"}


def test_a_folder_that_is_no_site_builds(tmp_path: Path) -> None:
    folder = write_site(
        tmp_path / "笔记",
        """\
        -- 2024-03-26-显示器.md --
        # 新显示器

        看[另一篇](sub/next.md)。![图](pic.svg)
        -- pic.svg --
        <svg xmlns="http://www.w3.org/2000/svg" width="3" height="4"/>
        -- sub/next.md --
        第一段。
        -- .hidden/secret.md --
        # 秘密
        -- node_modules/x/README.md --
        # 秘密
        """,
        settings="",
    )
    built = build(folder)
    assert built.paths == {
        f"{start}{path}"
        for start in ("", "zh-tw/", "zh-hk/")
        for path in (
            *("index.html", "404.html", "2024-03-26-显示器/index.html", "sub/next/index.html"),
            *("archive/index.html", "archive/2024/03/index.html"),
        )
    }
    page = built.page("2024-03-26-显示器/index.html")
    assert page.title == "新显示器"
    assert page.all("img", width="3", height="4")
    assert ("title", {}, "笔记") in built.page("index.html").texts
    codes = {finding.code: finding.severity for finding in built.report.summary.diagnostics}
    assert codes == {"attribution-missing": "warning", "base-url": "warning", "date-missing": "warning"}
    said = "\n".join(built.report.summary.inferred)
    assert all(word in said for word in ("2 articles", "zh-CN, zh-TW, zh-HK", "1 without a date"))
    assert "秘密" not in text_of(built)
    # The output is not taken for sources.
    write_file(folder / "public/extra.md", "# 不是稿件")
    assert build(folder).paths == built.paths


def test_a_folder_given_an_address_has_all_but_feeds(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "notes", "-- 2024-03-26-a.md --\n# 甲\n", settings="")
    built = build(folder, base_url="https://example.org/notes")
    assert {finding.code for finding in built.report.summary.diagnostics} == {"attribution-missing", "site-tag"}
    assert built.page("index.html").canonical == "https://example.org/notes/"
    assert "sitemap.xml" in built.read()
    assert not any(path.endswith("feed.xml") for path in built.paths)


def test_dates_come_from_the_history_last(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "notes", "-- a.md --\n# 甲\n-- 2023-05-06-b.md --\n# 乙\n", settings="")
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    for command in (
        ["init", "-q"],
        ["add", "."],
        [*identity, "commit", "-q", "-m", "x", "--date", "2020-01-01T00:00:00Z"],
    ):
        subprocess.run(
            ["git", *command],
            cwd=folder,
            check=True,
            env={"GIT_COMMITTER_DATE": "2022-02-03T20:00:00Z", "PATH": "/usr/bin"},
        )
    plan = build(folder).plan
    dates = {entry.article.slug: entry.article.date for entry in plan.collections.articles}
    assert {slug: date and f"{date.moment.astimezone(plan.config.zone):%Y-%m-%d}" for slug, date in dates.items()} == {
        "a": "2022-02-04",
        "2023-05-06-b": "2023-05-06",
    }


def test_an_article_dated_by_nothing_is_an_error_of_a_site(site: MakeSite) -> None:
    folder = site(f"-- content/articles/a.md --\n{source(date=None)}")
    with pytest.raises(BuilderError) as refused:
        build(folder)
    assert [finding.code for finding in refused.value.diagnostics] == ["date-missing"]


def test_an_issue_that_is_not_there_is_a_warning(site: MakeSite) -> None:
    folder = site(f"-- content/articles/a.md --\n{source('甲', issue='7')}")
    (finding,) = build(folder).report.summary.diagnostics
    assert (finding.code, finding.severity) == ("issue-missing", "warning")
    assert finding.place and finding.place.path == "content/articles/a.md" and finding.place.line


def test_a_comment_is_labelled_once(site: MakeSite) -> None:
    folder = site(f"-- content/articles/a.md --\n{source(comment='编者按：值得一读。')}", THREE_VARIANTS)
    built = build(folder)
    for start, label in (("", "编者按"), ("zh-tw/", "編者按")):
        page = built.page(f"{start}articles/a/index.html")
        assert page.text.count(label) == 1
        assert "值得一" in page.text
