"""Categories, tags, sources, authors, months and pages of lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sites import SETTINGS, THREE_VARIANTS, build, source, write_file

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeSite


def names(terms: object) -> list[str]:
    return [term.name for term in terms]  # type: ignore[attr-defined]


def test_categories_are_nested_and_in_the_order_of_the_settings(site: MakeSite) -> None:
    folder = site(
        f"""\
-- content/articles/a.md --
{source(category="zeta/inner")}
-- content/articles/b.md --
{source(category="alpha")}
-- content/articles/c.md --
{source(category="other")}
-- content/articles/d.md --
{source(category=" alpha / beta ")}
""",
        SETTINGS
        + '[categories.zeta]\ntitle = "泽塔"\n[categories."zeta/inner"]\ntitle = "里面"\n[categories.alpha]\n'
        + '[categories.empty]\ntitle = "空的"\n',
    )
    built = build(folder)
    terms = built.plan.collections.categories
    assert names(terms) == ["zeta", "zeta/inner", "alpha", "alpha/beta", "other"]
    assert [len(term.entries) for term in terms] == [1, 1, 2, 1, 1]
    page = built.page("zeta/index.html")
    assert page.title == "泽塔"
    assert {"/zeta/inner/", "/zeta/inner/a/"} <= set(page.hrefs())
    assert built.page("zeta/inner/index.html").title == "里面"
    assert "/zeta/" in built.page("zeta/inner/a/index.html").hrefs()
    assert {"zeta/feed.xml", "zeta/inner/feed.xml", "alpha/beta/feed.xml"} <= built.paths
    assert not any(path.startswith("empty") for path in built.paths)
    home = [url for url in built.page("index.html").hrefs() if url in ("/zeta/", "/alpha/", "/other/", "/zeta/inner/")]
    assert list(dict.fromkeys(url for url in home if url != "/zeta/inner/")) == ["/zeta/", "/alpha/", "/other/"]


def test_tags_are_one_across_scripts_and_case(site: MakeSite) -> None:
    folder = site(
        f"""\
-- content/articles/a.md --
{source(tags=["软件", "AI", "C#", "CI/CD"])}
-- content/articles/b.md --
{source(tags=["軟體", "ai", "C"], script="zh-TW")}
-- content/articles/c.md --
{source(tags=["AI", "软件", "AI"])}
""",
        THREE_VARIANTS,
    )
    built = build(folder)
    terms = built.plan.collections.tags
    assert {term.name: (term.path, len(term.entries)) for term in terms} == {
        "AI": ("tags/ai/", 3),
        "软件": ("tags/软件/", 3),
        "C": ("tags/c/", 1),
        "C#": ("tags/c-sharp/", 1),
        "CI/CD": ("tags/ci-cd/", 1),
    }
    assert names(terms)[:2] == ["AI", "软件"]
    # The path is the same in every variant, the name is not.
    assert built.page("zh-tw/tags/软件/index.html").title == "軟體"
    assert built.page("zh-hk/tags/软件/index.html").title == "軟件"
    assert built.page("tags/软件/index.html").title == "软件"
    assert "/zh-tw/tags/%E8%BD%AF%E4%BB%B6/" in built.page("zh-tw/articles/b/index.html").hrefs()


def test_sources_and_authors_are_listed_but_not_placeholders(site: MakeSite) -> None:
    hops = [
        {"source": "某周刊", "author": "甲", "url": "https://weekly.example/1"},
        {"source": "某网", "author": "佚名"},
        {"source": "某网"},
    ]
    folder = site(
        f"-- content/articles/a.md --\n{source(original=None, attribution=hops)}\n",
        SETTINGS + '[sources."某周刊"]\nurl = "https://weekly.example/"\n',
    )
    built = build(folder)
    collections = built.plan.collections
    assert (names(collections.sources), names(collections.authors)) == (["某周刊", "某网"], ["甲"])
    assert all(len(term.entries) == 1 for term in collections.sources)
    assert "https://weekly.example/" in built.page("sources/某周刊/index.html").hrefs()
    assert "佚名" not in "".join(data.decode() for path, data in built.read().items() if path.endswith(".html"))


def many(folder: Path, count: int) -> Path:
    for number in range(count):
        front = {"date": f"2024-01-{number // 24 + 1:02}T{number % 24:02}:00:00", "category": "news", "tags": ["一"]}
        write_file(folder / f"content/articles/a{number:02}.md", source(title=f"第{number}篇", **front))
    return folder


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (20, 1), (21, 2), (41, 3)])
def test_lists_have_twenty_items_a_page(site: MakeSite, count: int, pages: int) -> None:
    built = build(many(site(), count))
    for start in ("", "news/", "tags/一/"):
        found = sorted(path for path in built.paths if path.startswith(f"{start}page/"))
        assert found == [f"{start}page/{number}/index.html" for number in range(2, pages + 1)]
    seen = []
    for number in range(1, pages + 1):
        path = "" if number == 1 else f"page/{number}/"
        page = built.page(path + "index.html")
        links = [url for url in page.hrefs() if url.startswith("/news/a")]
        seen += list(dict.fromkeys(links))
        assert len(set(links)) == min(20, count - 20 * (number - 1))
        assert [found["href"] for found in page.all("a", rel="prev")] == (
            [] if number == 1 else ["/" if number == 2 else f"/page/{number - 1}/"]
        )
        assert [found["href"] for found in page.all("a", rel="next")] == (
            [] if number == pages else [f"/page/{number + 1}/"]
        )
        assert page.canonical == "https://example.org/" + path
    assert seen == [f"/news/a{number:02}/" for number in reversed(range(count))]


def test_articles_know_the_older_and_the_newer_one(site: MakeSite) -> None:
    built = build(many(site(), 3))
    neighbours = []
    for number in range(3):
        page = built.page(f"news/a{number:02}/index.html")
        neighbours.append([found["href"] for rel in ("prev", "next") for found in page.all("a", rel=rel)])
    assert neighbours == [["/news/a01/"], ["/news/a00/", "/news/a02/"], ["/news/a01/"]]


def test_the_archive_goes_by_the_months_of_the_sites_zone(site: MakeSite) -> None:
    text = f"""\
-- content/articles/a.md --
{source(date="2024-03-31T23:59:59")}
-- content/articles/b.md --
{source(date="2024-03-31T16:00:00Z")}
-- content/articles/c.md --
{source(date="2024-03-31T15:59:59Z")}
-- content/articles/d.md --
{source(date="2024-04-01")}
-- content/articles/e.md --
{source(date="2023-12-31T18:00:00-05:00")}
"""
    folder = site(text)
    months = build(folder).plan.collections.months
    assert {month.name: sorted(entry.article.slug for entry in month.entries) for month in months} == {
        "2024-04": ["b", "d"],
        "2024-03": ["a", "c"],
        "2024-01": ["e"],
    }
    assert [month.name for month in months] == ["2024-04", "2024-03", "2024-01"]
    assert months[0].path == "archive/2024/04/"
    folder = site(text, SETTINGS.replace("Asia/Shanghai", "America/New_York"))
    built = build(folder)
    assert names(built.plan.collections.months) == ["2024-04", "2024-03", "2023-12"]
    archive = built.page("archive/index.html")
    assert [url for url in archive.hrefs() if url.startswith("/archive/20")] == [
        "/archive/2024/04/",
        "/archive/2024/03/",
        "/archive/2023/12/",
    ]


def test_digest_issues_hold_their_items_by_category(site: MakeSite) -> None:
    folder = site(
        f"""\
-- content/issues/9.md --
{source("导言。", title="第九期")}
-- content/issues/ten.md --
{source("导言。", title="第十期", issue=10)}
-- content/articles/a.md --
{source(title="甲", issue=10, category="beta/x", date="2024-01-02")}
-- content/articles/b.md --
{source(title="乙", issue="10", category="beta", date="2024-01-01")}
-- content/articles/c.md --
{source(title="丙", issue="10", category="alpha")}
-- content/articles/d.md --
{source(title="丁", issue="10")}
-- content/articles/e.md --
{source(title="戊", issue="9")}
""",
        SETTINGS + '[categories.beta]\ntitle = "贝塔"\n[categories.alpha]\ntitle = "阿尔法"\n',
    )
    built = build(folder)
    page = built.page("issues/10/index.html")
    titles = [
        text
        for tag, _, text in page.texts
        if text in ("甲", "乙", "丙", "丁", "戊", "贝塔", "阿尔法") and tag[0] == "h"
    ]
    assert titles == ["贝塔", "乙", "甲", "阿尔法", "丙", "丁"]
    listed = [
        url for url in built.page("issues/index.html").hrefs() if url.startswith("/issues/") and url != "/issues/"
    ]
    assert list(dict.fromkeys(listed)) == ["/issues/10/", "/issues/9/"]
    assert "/issues/10/" in built.page("beta/x/a/index.html").hrefs()
