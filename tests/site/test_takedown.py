"""A takedown from end to end: published, marked, built again; and what is left of the text anywhere."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sites import THREE_VARIANTS, Built, build, source, write_file

from builder.preview.site import SitePreview
from builder.stages.options import PlanOptions

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeSite, Run

WITHDRAWN = "2024-04-01T08:00:00+08:00"
GONE = datetime.fromisoformat(WITHDRAWN)
CHAIN = [{"source": "某周刊", "author": "甲"}, {"source": "转载站", "url": "https://copy.example/1.html"}]
FOLDERS = {"zh-CN": "", "zh-TW": "zh-tw/", "zh-HK": "zh-hk/"}
#: Every place of a source that holds text of the withdrawn article, its pictures and its terms of its own. In both scripts.
TRACES = ("绝密", "絕密", "pic", "secret", "甲乙丙")
ARTICLE = source(
    "绝密的正文[^1]，见[绝密](https://secret.example/)。![绝密的图](pic.svg)\n\n## 绝密的小标题\n\n[^1]: 绝密的脚注。",
    title="题目",
    summary="绝密的摘要",
    comment="绝密的按语 ![](/secret.svg)",
    category="news/tech",
    tags=["绝密的标签"],
    aliases=["/old.html", "/旧/"],
    cover={"src": "pic.svg", "alt": "绝密的封面", "credit": "甲乙丙"},
    original=None,
    attribution=CHAIN,
    issue="1",
    rights={"signoff": "绝密的落款", "notices": ["绝密的声明"]},
)


@pytest.fixture
def folder(site: MakeSite) -> Path:
    return site(
        f"""\
-- content/articles/a.md --
{ARTICLE}
-- content/articles/a.zh-tw.md --
---
title: 題目
summary: 絕密的另寫的摘要
comment: 絕密的另寫的按語
cover: {{alt: 絕密的另寫的封面}}
---
絕密的另寫的正文 ![](twin-secret.svg)
-- content/articles/twin-secret.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>
-- content/articles/pic.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>
-- content/articles/b.md --
{source("见[另一篇](a.md#绝密的小标题)。", date="2024-03-01", category="news", tags=["AI"])}
-- content/issues/1.md --
{source("导语", original=None, title="第一期")}
-- content/pages/about.md --
{source("关于", date=None)}
-- static/secret.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>
""",
        THREE_VARIANTS + "[feeds]\nlimit = 1\n",
    )


def withdraw(folder: Path, run: Run) -> None:
    file = folder / "content/articles/a.md"
    assert run("withdraw", "-s", folder, file, "--reason", "应作者要求", "--date", WITHDRAWN).status == 0


def traces(built: Built) -> list[tuple[str, str]]:
    return [
        (path, trace)
        for path, data in built.read().items()
        for trace in TRACES
        if trace in path or trace in data.decode("utf-8", "replace")
    ]


def items_of(built: Built, path: str) -> dict[str, ET.Element]:
    channel = ET.fromstring((built.folder / path).read_bytes()).find("channel")
    assert channel is not None
    return {item.findtext("guid", ""): item for item in channel.findall("item")}


def built_date(built: Built, path: str) -> str | None:
    return ET.fromstring((built.folder / path).read_bytes()).findtext("channel/lastBuildDate")


def test_the_text_is_gone_from_every_file(folder: Path, run: Run) -> None:
    before = build(folder, now=GONE - timedelta(1))
    assert {trace for _, trace in traces(before)} == set(TRACES)
    withdraw(folder, run)
    after = build(folder, now=GONE)
    # What stands under static/ is published as it is: that is said.
    assert set(traces(after)) == {("secret.svg", "secret"), (".wenzhai-manifest", "secret")}
    (finding,) = after.report.summary.diagnostics
    assert (finding.code, finding.severity) == ("withdrawn-static", "warning")
    assert str(finding.place) == "content/articles/a.md:2:12"
    assert "static/secret.svg" in finding.message
    (folder / "static/secret.svg").unlink()
    (folder / "content/articles/pic.svg").unlink()
    clean = build(folder, now=GONE)
    assert traces(clean) == []
    assert clean.report.summary.diagnostics == ()
    # An output that never had the text is the same.
    assert build(folder, output=folder / "other", now=GONE).read() == clean.read()


def test_a_picture_that_another_article_shows_stays(folder: Path, run: Run) -> None:
    write_file(folder / "content/articles/c.md", source("![图](pic.svg)![图](/secret.svg)"))
    withdraw(folder, run)
    after = build(folder, now=GONE)
    assert any(path.startswith("assets/pic.") for path in after.read())
    assert after.report.summary.diagnostics == ()


def test_the_tombstone_says_what_and_why_and_whose(folder: Path, run: Run) -> None:
    withdraw(folder, run)
    after = build(folder, now=GONE)
    for tag, start in FOLDERS.items():
        page = after.page(f"{start}news/tech/a/index.html")
        assert page.lang == tag
        assert not page.is_indexable
        assert page.title == ("题目" if tag == "zh-CN" else "題目")
        assert ("应作者要求" if tag == "zh-CN" else "應作者要求") in page.text
        assert "2024年4月1日" in page.text
        assert all(name in page.text for name in ("某周刊", "甲", "转载站"))
        assert "https://copy.example/1.html" in page.hrefs()
        assert page.json_ld == []
        assert page.hreflang.keys() == {*FOLDERS, "x-default"}
    for path in ("index.html", "archive/index.html", "tags/index.html", "news/index.html", "issues/1/index.html"):
        assert "/news/tech/a/" not in after.page(path).hrefs(), path
    assert "news/tech" not in (folder / "public/sitemap.xml").read_text()
    assert not any(path.startswith(("news/tech/index", "sources/", "authors/")) for path in after.read())
    # A link of another article leads to the tombstone, no longer to a part of the text.
    assert "/news/tech/a/" in after.page("news/b/index.html").hrefs()


def test_hosts_and_preview_answer_410_there_and_at_old_addresses(folder: Path, run: Run) -> None:
    withdraw(folder, run)
    build(folder, now=GONE)
    gone = {f"/{start}news/tech/a/": f"/{start}news/tech/a/" for start in FOLDERS.values()}
    gone |= {"/old.html": "/news/tech/a/", "/%E6%97%A7/": "/news/tech/a/"}
    lines = (folder / "public/_redirects").read_text().splitlines()
    assert sorted(lines) == sorted(f"{old} {tombstone} 410!" for old, tombstone in gone.items())
    snapshot = SitePreview(PlanOptions(folder, folder / "public", now=GONE)).plan()
    assert snapshot.redirects == {old: (tombstone, 410) for old, tombstone in gone.items()}
    nginx = run("list", "withdrawn", "--nginx", "-s", folder).out.splitlines()
    assert 'location = "/旧/" { error_page 410 "/news/tech/a/index.html"; return 410; }' in nginx
    assert 'location = "/news/tech/a/index.html" { internal; }' in nginx
    assert len(nginx) == len(set(nginx)) == len(gone) + 3
    # Where a host knows none of this, the page at the old address still leads there.
    assert build(folder, now=GONE).page("old.html").all("meta", http_equiv="refresh", content="0; url=/news/tech/a/")


def test_feeds_carry_it_under_its_guid_on_top_of_their_limit(folder: Path, run: Run) -> None:
    before = build(folder, now=GONE - timedelta(1))
    feeds = [f"{start}{path}feed.xml" for start in FOLDERS.values() for path in ("", "news/", "news/tech/")]
    old = {path: items_of(before, path) for path in feeds}
    withdraw(folder, run)
    after = build(folder, now=GONE)
    for path in feeds:
        items = items_of(after, path)
        (guid,) = old[path]
        assert guid in items, path
        item, was = items[guid], old[path][guid]
        assert [item.findtext(name) for name in ("pubDate", "link")] == [
            was.findtext(name) for name in ("pubDate", "link")
        ]
        content = item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded", "")
        assert "某周刊" in content
        assert "https://copy.example/1.html" in content
        assert "2024年4月1日" in item.findtext("description", "")
        assert [child.tag for child in item if child.tag == "category"] == []
        assert built_date(after, path) == "Mon, 01 Apr 2024 08:00:00 +0800"
        # The limit is one; the category that lost its last article keeps its feed for the tombstone alone.
        assert len(items) == (1 if "tech" in path else 2)
    assert "lang" in (folder / "public/news/tech/feed.xml").read_text()
    home = ET.fromstring((folder / "public/news/tech/feed.xml").read_bytes()).findtext("channel/link")
    assert home == "https://example.org/"


@pytest.mark.parametrize(
    ("date", "days", "carried"),
    [
        (WITHDRAWN, 90, False),
        (WITHDRAWN, 89.9, True),
        ("2024-04-01", 89.9, True),
        ("2024-04-01", 90.4, True),
        ("2024-04-01", 90.7, False),
    ],
)
def test_for_ninety_days(folder: Path, date: str, days: float, carried: bool) -> None:
    text = ARTICLE.replace("---\n", f"---\nwithdrawn: {{date: {date}, reason: 撤}}\n", 1)
    write_file(folder / "content/articles/a.md", text)
    built = build(folder, now=GONE + timedelta(days))
    assert ("tag:example.org,2026:articles/a:zh-CN" in items_of(built, "feed.xml")) == carried
    assert ("news/tech/feed.xml" in built.paths) == carried
    assert built_date(built, "feed.xml") == (
        ("Mon, 01 Apr 2024 08:00:00 +0800" if "T" in date else "Mon, 01 Apr 2024 00:00:00 +0800")
        if carried
        else "Fri, 01 Mar 2024 00:00:00 +0800"
    )
    assert "news/tech/a/index.html" in built.paths


def test_a_site_of_nothing_but_tombstones_has_its_feed(site: MakeSite) -> None:
    folder = site(f"-- content/articles/a.md --\n{source(withdrawn={'date': '2024-04-01', 'reason': '撤'})}")
    built = build(folder, now=datetime(2024, 4, 2, tzinfo=UTC))
    assert len(items_of(built, "feed.xml")) == 1
    links = [link["href"] for link in built.page("index.html").links("alternate") if "type" in link]
    assert links == ["/feed.xml", "/atom.xml", "/feed.json"]
    # Pages, issues and what was never published were in no feed.
    for front in ({"kind": "page"}, {"kind": "issue"}, {"draft": True}, {"date": "2024-05-01"}):
        write_file(folder / "content/articles/a.md", source(withdrawn={"date": "2024-04-01", "reason": "撤"}, **front))
        assert "feed.xml" not in build(folder, now=datetime(2024, 4, 2, tzinfo=UTC)).paths


def test_pages_of_any_kind_can_go(folder: Path, run: Run) -> None:
    for path, url in (("content/pages/about.md", "about/"), ("content/issues/1.md", "issues/1/")):
        assert run("withdraw", "-s", folder, path, "--reason", "撤").status == 0
        built = build(folder, now=GONE)
        assert built.page(f"{url}index.html").texts_of("tombstone")
        assert f"/{url}" not in built.page("index.html").hrefs()
