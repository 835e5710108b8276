"""Which feeds a site has and what stands in them: terms, digest issues, archive, sizes, and how people and readers find them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from sites import THREE_VARIANTS, build, source, write_file

from builder.site.feeds import ARCHIVE_SIZE

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeSite
    from sites import Built

A = "{http://www.w3.org/2005/Atom}"
FOLDERS = {"zh-CN": "", "zh-TW": "zh-tw/", "zh-HK": "zh-hk/"}
FORMATS = ("feed.xml", "atom.xml", "feed.json")
ARTICLE = {
    "original": None,
    "attribution": {"source": "某周刊", "author": "张三"},
    "tags": ["软件"],
    "category": "news",
}


def guids(built: Built, path: str) -> list[str]:
    data = (built.folder / path).read_bytes()
    if path.endswith(".json"):
        return [item["id"] for item in json.loads(data)["items"]]
    root = ET.fromstring(data)
    return [found.text or "" for found in (*root.iter("guid"), *root.findall(f"{A}entry/{A}id"))]


def links(built: Built, path: str) -> dict[str, str]:
    root = ET.fromstring((built.folder / path).read_bytes())
    parent = root if root.tag == f"{A}feed" else root.find("channel")
    assert parent is not None
    return {link.get("rel", ""): link.get("href", "") for link in parent.findall(f"{A}link")}


def many(folder: Path, numbers: range, body: str = "正文。") -> None:
    for number in numbers:
        day = datetime.fromtimestamp(1_600_000_000 + number * 86_400, UTC).date().isoformat()
        write_file(
            folder / f"content/articles/a{number:04}.md", source(f"{body}{number}", title=f"第{number}", date=day)
        )


def test_every_feed_has_three_formats_with_the_same_items(site: MakeSite) -> None:
    settings = THREE_VARIANTS + "[feeds]\ntags = true\nsources = true\n"
    built = build(
        site(
            f"""-- content/articles/a.md --
            {source(date="2024-01-02", **ARTICLE)}
-- content/articles/b.md --
            {source(date="2024-01-03")}""".replace("            ---", "---"),
            settings,
        )
    )
    own = {"": 2, "news/": 1, "tags/软件/": 1, "sources/某周刊/": 1}
    for tag, start in FOLDERS.items():
        for folder, number in own.items():
            (first, *others) = [guids(built, f"{start}{folder}{name}") for name in FORMATS]
            assert others == [first, first]
            assert len(first) == number
            assert all(guid.endswith(f":{tag}") for guid in first)
            page = built.page(f"{start}{folder}index.html")
            announced = [link["href"] for link in page.links("alternate") if "type" in link]
            assert len(announced) == (6 if folder else 3)
            assert announced[-3:] == [f"/{start}{name}" for name in FORMATS]
        outlines = ET.fromstring((built.folder / f"{start}feeds.opml").read_bytes()).findall("body/outline")
        assert len(outlines) == len(own)
        titles = {outline.get("text") for outline in outlines}
        assert f"{'软件' if not start else '軟體' if tag == 'zh-TW' else '軟件'} - 科技文摘" in titles
        assert "某周刊 - 科技文摘" in titles


def test_terms_have_feeds_only_where_they_are_wanted(site: MakeSite) -> None:
    built = build(site(f"-- content/articles/a.md --\n{source(**ARTICLE)}"))
    assert {path for path in built.paths if path.rpartition("/")[2] in FORMATS} == {
        f"{folder}{name}" for folder in ("", "news/") for name in FORMATS
    }


def test_a_tag_that_lost_its_last_article_carries_the_tombstone(site: MakeSite) -> None:
    gone = {"withdrawn": {"date": "2024-12-01", "reason": "应作者要求"}}
    settings = THREE_VARIANTS + "[feeds]\ntags = true\nsources = true\n"
    folder = site(f"-- content/articles/a.md --\n{source(**ARTICLE, **gone)}", settings)
    built = build(folder)
    for path in ("tags/软件/feed.json", "sources/某周刊/atom.xml"):
        assert guids(built, path) == ["tag:example.org,2026:articles/a:zh-CN"]
    # Nobody is sent there any more.
    assert [
        outline.get("xmlUrl") for outline in ET.fromstring((built.folder / "feeds.opml").read_bytes()).iter("outline")
    ] == ["https://example.org/feed.xml"]


def test_digest_issues_have_a_feed(site: MakeSite) -> None:
    built = build(
        site(
            f"-- content/articles/a.md --\n{source(issue='1', title='甲', **ARTICLE)}"
            f"-- content/issues/1.md --\n{source('引言。', title='第一期', original=None, issue='1')}",
            THREE_VARIANTS,
        )
    )
    for start in FOLDERS.values():
        (item,) = json.loads((built.folder / f"{start}issues/feed.json").read_bytes())["items"]
        assert item["url"] == f"https://example.org/{start}issues/1/"
        assert f'href="https://example.org/{start}news/a/"' in item["content_html"]
        assert "某周刊" in item["content_html"] and "张三" in item["content_html"]
        announced = [
            link["href"] for link in built.page(f"{start}issues/1/index.html").links("alternate") if "type" in link
        ]
        assert announced[0] == f"/{start}issues/feed.xml"
    assert guids(built, "issues/atom.xml") == guids(built, "issues/feed.xml") == ["tag:example.org,2026:issues/1:zh-CN"]
    # They are none of the site's articles.
    assert guids(built, "feed.xml") == ["tag:example.org,2026:articles/a:zh-CN"]


def test_a_full_archive_document_never_changes(site: MakeSite) -> None:
    folder = site("")
    many(folder, range(230))
    built = build(folder)
    before = {path: data for path, data in built.read().items() if path.startswith(("archive/feed", "archive/atom"))}
    assert sorted(before) == [f"archive/{kind}-{number}.xml" for kind in ("atom", "feed") for number in (1, 2, 3)]
    first = guids(built, "archive/feed-1.xml")
    assert len(first) == ARCHIVE_SIZE
    assert (first[0], first[-1]) == (
        f"tag:example.org,2026:articles/a{99:04}:zh-CN",
        "tag:example.org,2026:articles/a0000:zh-CN",
    )
    assert len(guids(built, "archive/atom-3.xml")) == 30
    many(folder, range(230, 310))
    built = build(folder)
    after = built.read()
    for number in (1, 2):
        for kind in ("atom", "feed"):
            path = f"archive/{kind}-{number}.xml"
            assert after[path] == before[path]
            assert path not in built.report.written.written
    assert len(guids(built, "archive/feed-3.xml")) == ARCHIVE_SIZE
    for kind, name in (("feed", "feed.xml"), ("atom", "atom.xml")):
        # From the feed back to the oldest article.
        seen, path = list(guids(built, name)), name
        while previous := links(built, path).get("prev-archive"):
            path = previous.removeprefix("https://example.org/")
            assert links(built, path)["current"] == f"https://example.org/{name}"
            assert links(built, path)["self"] == previous
            seen += guids(built, path)
        assert path == f"archive/{kind}-1.xml"
        assert len(set(seen)) == 310


def test_a_withdrawn_article_keeps_its_place_in_the_archive(site: MakeSite) -> None:
    folder = site("")
    many(folder, range(120))
    before = guids(build(folder), "archive/feed-1.xml")
    gone = {"date": "2021-01-02", "reason": "应作者要求"}
    write_file(folder / "content/articles/a0007.md", source("秘密。", title="第7", date="2020-09-20", withdrawn=gone))
    built = build(folder)
    assert guids(built, "archive/feed-1.xml") == before
    text = (built.folder / "archive/feed-1.xml").read_text("utf-8")
    assert "应作者要求" in text and "正文。7<" not in text
    # Long after the feeds have stopped to tell of it.
    assert f"tag:example.org,2026:articles/a{7:04}:zh-CN" not in guids(built, "feed.xml")


def test_a_feed_that_holds_everything_has_no_archive(site: MakeSite) -> None:
    folder = site("")
    many(folder, range(40))
    assert not any(path.startswith("archive/feed") for path in build(folder).paths)


def test_a_feed_is_about_a_megabyte_at_most(site: MakeSite) -> None:
    folder = site("")
    many(folder, range(30), "长" * 15_000 + "\n\n")
    built = build(folder)
    number = len(guids(built, "feed.xml"))
    assert 15 < number < 30
    assert (built.folder / "feed.xml").stat().st_size < 1_050_000
    assert [len(guids(built, name)) for name in FORMATS] == [number] * 3
    # What did not fit is in the archive.
    assert len(guids(built, "archive/feed-1.xml")) == 30


def test_identities_outlive_every_edit_but_that_of_the_id(site: MakeSite) -> None:
    folder = site("")
    write_file(folder / "content/articles/a.md", source("甲", id="one"))
    before = build(folder)
    feed_id = ET.fromstring((before.folder / "atom.xml").read_bytes()).findtext(f"{A}id")
    edited = source("乙", id="one", title="新题", slug="new", category="news", date="2024-05-01")
    write_file(folder / "content/articles/b.md", edited)
    (folder / "content/articles/a.md").unlink()
    after = build(folder, base_url="https://other.example/below/")
    for name in FORMATS:
        assert guids(after, name) == ["tag:example.org,2026:one:zh-CN"]
    assert ET.fromstring((after.folder / "atom.xml").read_bytes()).findtext(f"{A}id") == feed_id
    assert feed_id is not None and feed_id not in guids(after, "atom.xml")


def test_a_hub_is_named_in_every_format(site: MakeSite) -> None:
    folder = site("", THREE_VARIANTS + '[feeds]\nlimit = 1\nhub = "https://hub.example/"\n')
    many(folder, range(3))
    built = build(folder)
    for name in ("feed.xml", "zh-tw/atom.xml"):
        assert links(built, name)["hub"] == "https://hub.example/"
    assert json.loads((built.folder / "feed.json").read_bytes())["hubs"][0]["url"] == "https://hub.example/"
    # Nobody waits for news from the archive.
    assert "hub" not in links(built, "archive/feed-1.xml")


@pytest.mark.parametrize("own", ["", "-- content/pages/subscribe.md --\n" + source("我们的话。", title="怎样订阅")])
def test_the_subscribe_page_offers_every_feed(site: MakeSite, own: str) -> None:
    built = build(
        site(f"-- content/articles/a.md --\n{source(**ARTICLE)}\n{own}", THREE_VARIANTS + "[feeds]\ntags = true\n")
    )
    for tag, start in FOLDERS.items():
        page = built.page(f"{start}subscribe/index.html")
        offered = {link["href"] for link in page.all("a")}
        folders = ("", "news/", "tags/%E8%BD%AF%E4%BB%B6/")
        assert {f"/{start}{folder}{name}" for folder in folders for name in FORMATS} <= offered
        assert {f"/{other}feeds.opml" for other in FOLDERS.values()} <= offered
        copied = {button["data-copy"] for button in page.all("button") if "data-copy" in button}
        assert f"https://example.org/{start}news/feed.xml" in copied
        assert ("我们的话" in page.text or "我們的話" in page.text) == bool(own)
        if not own:
            assert page.text.count("订阅" if tag == "zh-CN" else "訂閱") >= 2
        assert f"/{start}subscribe/" in {link["href"] for link in built.page(f"{start}index.html").all("a")}


def test_without_feeds_there_is_nothing_to_subscribe_to(tmp_path: Path) -> None:
    write_file(tmp_path / "a.md", "# 甲\n\n乙\n")
    built = build(tmp_path)
    assert not any("subscribe" in path or "opml" in path for path in built.paths)
