"""One item in RSS, Atom and JSON Feed: the three say the same, each in its own words. OPML, and HTML made fit for readers."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from msgspec.structs import replace
from test_feeds import CHAIN, HOSTILE, HOSTILE_BODY, NOTICE, RESERVED, TEXTS, URL, hop, make_feed, make_item

from builder.publish.feeds import FeedRenderer, render_feed, render_opml
from builder.publish.feeds.cleaning import clean, cut
from builder.site.views import BodyRef, FeedItem, LicenseView, ListedItem, OpmlView, PictureView

A = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
BY = LicenseView("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/", granted=True)
COVER = PictureView("/a.png", "图", "Sora 官方", 800, 600, "https://example.org/a.png")
KNOWN = (
    hop("甲报", "https://a.example/1", "张三", title="原题"),
    hop("乙网", "https://b.example/2", translator="王五"),
)


def render(format: str, *items: FeedItem, body: str = "<p>正文</p>", **changes: Any) -> bytes:  # noqa: A002
    feed = make_feed(*items, id="tag:example.org,2026:feed:zh-CN/", **changes)
    return render_feed(replace(feed, format=format), {"body": body}, TEXTS)


def entry_of(*items: FeedItem, **changes: Any) -> ET.Element:
    entry = ET.fromstring(render("atom", *items, **changes)).find(f"{A}entry")
    assert entry is not None
    return entry


def json_of(*items: FeedItem, **changes: Any) -> dict[str, Any]:
    (item,) = json.loads(render("json", *items, **changes))["items"]
    return dict(item)


def test_an_atom_feed_says_whose_it_is() -> None:
    feed = ET.fromstring(render("atom", make_item(), author_email="a@b.c", hub="https://hub.example/"))
    assert feed.findtext(f"{A}id") == "tag:example.org,2026:feed:zh-CN/"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-CN"
    assert feed.findtext(f"{A}title") == "科技文摘"
    assert feed.findtext(f"{A}updated") == "2026-03-27T00:00:00+08:00"
    assert feed.findtext(f"{A}author/{A}name") == "编辑部"
    assert feed.findtext(f"{A}author/{A}email") == "a@b.c"
    assert feed.findtext(f"{A}rights") == "各文版权归原作者所有"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{A}link")}
    assert links == {
        "self": "https://example.org/digest/feed.xml",
        "alternate": "https://example.org/digest/",
        "hub": "https://hub.example/",
    }


def test_an_atom_entry_has_author_rights_source_and_links() -> None:
    entry = entry_of(make_item(chain=KNOWN, license=BY, cover=COVER))
    assert entry.findtext(f"{A}id") == "tag:example.org,2026:sora:zh-CN"
    assert entry.findtext(f"{A}published") == "2026-03-26T09:30:00+08:00"
    assert entry.findtext(f"{A}updated") == "2026-03-27T00:00:00+08:00"
    assert [name.text for name in entry.findall(f"{A}author/{A}name")] == ["张三"]
    assert entry.findtext(f"{A}rights") == f"© 原作者 · CC-BY-4.0 · {NOTICE}"
    assert entry.findtext(f"{A}source/{A}title") == "甲报"
    assert entry.findtext(f"{A}source/{A}id") == "https://a.example/1"
    assert [link.attrib for link in entry.findall(f"{A}link")] == [
        {"rel": "alternate", "type": "text/html", "href": URL},
        {"rel": "related", "href": "https://a.example/1", "title": "甲报"},
        {"rel": "via", "href": "https://b.example/2", "title": "乙网"},
        {"rel": "license", "href": "https://creativecommons.org/licenses/by/4.0/"},
    ]
    content = entry.find(f"{A}content")
    assert content is not None and content.get("type") == "html"
    assert "<p>正文</p>" in (content.text or "")
    assert [category.get("term") for category in entry.findall(f"{A}category")] == ["科学进展", "OpenAI"]


def test_a_source_stands_for_an_author_and_the_site_for_its_own() -> None:
    nobody = make_item(chain=(hop("某刊"),), publisher="某刊")
    assert entry_of(nobody).findtext(f"{A}author/{A}name") == "某刊"
    assert json_of(nobody)["authors"] == [{"name": "某刊"}]
    own = make_item(original=True, chain=(), authors=(), publisher="科技文摘")
    assert entry_of(own).findtext(f"{A}author/{A}name") == "科技文摘"


def test_a_json_feed_names_the_original_and_the_rights() -> None:
    data = json.loads(render("json", make_item(chain=KNOWN, license=BY, cover=COVER), hub="https://hub.example/"))
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert (data["language"], data["feed_url"]) == ("zh-CN", "https://example.org/digest/feed.xml")
    assert data["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]
    (item,) = data["items"]
    assert (item["url"], item["external_url"]) == (URL, "https://a.example/1")
    assert item["authors"] == [{"name": "张三"}]
    assert item["image"] == "https://example.org/a.png"
    assert item["_wenzhai"] == {
        "mode": "full",
        "original": False,
        "chain": [
            {"kind": "origin", "source": "甲报", "authors": ["张三"], "title": "原题", "url": "https://a.example/1"},
            {"kind": "translation", "source": "乙网", "translator": "王五", "url": "https://b.example/2"},
        ],
        "via": "https://b.example/2",
        "rights": {
            "holder": "原作者",
            "license": {"name": "CC-BY-4.0", "url": BY.url, "granted": True},
            "noncommercial": False,
            "notices": [NOTICE],
        },
        "cover_credit": "Sora 官方",
    }


def test_the_address_of_a_copy_is_nobodys_original() -> None:
    item = make_item(chain=CHAIN)
    assert "external_url" not in json_of(item)
    assert json_of(item)["_wenzhai"]["via"] == CHAIN[-1].url
    assert entry_of(item).find(f"{A}source") is None
    own = make_item(original=True, chain=(hop("参考", "https://r.example/"),))
    assert "external_url" not in json_of(own)


@pytest.mark.parametrize(
    "item",
    [
        make_item(),
        make_item(mode="excerpt"),
        make_item(mode="link", body=None),
        make_item(withdrawn="应作者要求"),
        make_item(title=HOSTILE, summary=HOSTILE, notices=(HOSTILE,), holder=HOSTILE, categories=(HOSTILE,)),
    ],
)
def test_the_three_say_the_same(item: FeedItem) -> None:
    rss = ET.fromstring(render("rss", item, body=HOSTILE_BODY)).find("channel/item")
    atom, told = entry_of(item, body=HOSTILE_BODY), json_of(item, body=HOSTILE_BODY)
    assert rss is not None
    assert rss.findtext("guid") == atom.findtext(f"{A}id") == told["id"]
    assert rss.findtext("title") == atom.findtext(f"{A}title") == told["title"]
    assert rss.findtext("link") == told["url"]
    assert rss.findtext(CONTENT) == atom.findtext(f"{A}content") == told["content_html"]
    assert atom.findtext(f"{A}summary") == told["summary"]
    for text in (ET.tostring(rss, "unicode"), ET.tostring(atom, "unicode"), json.dumps(told)):
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]", text)


def test_a_cover_is_a_medium_with_its_credit() -> None:
    rss = ET.fromstring(render("rss", make_item(cover=COVER))).find("channel/item")
    assert rss is not None
    for element in (rss, entry_of(make_item(cover=COVER))):
        content = element.find(f"{MEDIA}content")
        assert content is not None
        assert content.attrib == {
            "url": "https://example.org/a.png",
            "medium": "image",
            "type": "image/png",
            "width": "800",
            "height": "600",
        }
        assert content.findtext(f"{MEDIA}credit") == "Sora 官方"
        assert content.findtext(f"{MEDIA}description") == "图"
    assert entry_of(make_item(cover=COVER, withdrawn="撤")).find(f"{MEDIA}content") is None


def test_an_update_shows_in_rss() -> None:
    rss = ET.fromstring(render("rss", make_item()))
    assert rss.findtext(f"channel/item/{A}updated") == "2026-03-27T00:00:00+08:00"
    untouched = make_item()
    rss = ET.fromstring(render("rss", replace(untouched, updated=untouched.date)))
    assert rss.find(f"channel/item/{A}updated") is None


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_an_archive_document_says_so(format: str) -> None:  # noqa: A002
    data = render(format, make_item(), current="https://example.org/feed.xml", previous_archive="https://example.org/1")
    root = ET.fromstring(data)
    parent = root if format == "atom" else root.find("channel")
    assert parent is not None
    assert parent.find(f"{HISTORY}archive") is not None
    links = {link.get("rel"): link.get("href") for link in parent.findall(f"{A}link")}
    assert (links["current"], links["prev-archive"]) == ("https://example.org/feed.xml", "https://example.org/1")
    plain = ET.fromstring(render(format, make_item()))
    assert plain.find(f".//{HISTORY}archive") is None


def test_a_digest_issue_lists_its_articles_with_whose_they_are() -> None:
    listed = ListedItem("题 <一>", "https://example.org/a/", "摘要", ("张三",), KNOWN, False, (NOTICE, "另一则"))
    issue = make_item(original=True, chain=(), authors=("编辑部",), listed=(("科学", (listed,)), ("", (listed,))))
    content = json_of(issue)["content_html"]
    assert content.count("<h2>") == 1
    assert '<strong><a href="https://example.org/a/">题 &lt;一&gt;</a></strong><br>«by»：张三' in content
    assert '«hop_origin»：<a href="https://a.example/1">甲报</a>' in content
    assert '«hop_translation»：<a href="https://b.example/2">乙网</a> · «translated_by»：王五' in content
    # What the issue says itself is not said again with each article.
    assert (content.count(NOTICE), content.count("另一则")) == (2, 2)


def test_items_that_are_written_once_are_the_same_everywhere() -> None:
    renderer = FeedRenderer({"zh-CN": TEXTS})
    items = tuple(make_item(guid=str(number)) for number in range(3))
    bodies = {"body": "<p>正文</p>"}
    for format in ("rss", "atom", "json"):  # noqa: A001
        for part in (items, items[1:], items[::-1]):
            feed = replace(make_feed(*part), format=format)
            assert renderer.render(feed, bodies) == render_feed(feed, bodies, TEXTS)


def test_readers_find_the_original_in_atom() -> None:
    parsed = feedparser.parse(render("atom", make_item(title='<GCC> & "15"', chain=KNOWN)))
    assert not parsed.bozo
    (entry,) = parsed.entries
    assert (entry.title, entry.author, entry.id) == ('<GCC> & "15"', "张三", "tag:example.org,2026:sora:zh-CN")
    assert {link.rel: link.href for link in entry.links} == {
        "alternate": URL,
        "related": "https://a.example/1",
        "via": "https://b.example/2",
    }


# HTML for readers.


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<iframe src="https://v.example/1" title="演示">x</iframe>', '<a href="https://v.example/1">演示</a>'),
        ('<object data="/a.swf">x</object>', '<a href="https://e.org/a.swf">/a.swf</a>'),
        ('<iframe src="javascript:x()" title="演示"></iframe>', "<a>演示</a>"),
        ('<embed src="//v.example/2" title="乙">', '<a href="https://v.example/2">乙</a>'),
        (
            '<video src="v.mp4" poster="p.png" title="片"></video>',
            (
                '<video src="https://e.org/n/v.mp4" poster="https://e.org/n/p.png" title="片">'
                '<a href="https://e.org/n/v.mp4">片</a></video>'
            ),
        ),
        (
            '<audio controls><source src="a.ogg" type="audio/ogg"></audio>',
            (
                '<audio controls=""><source src="https://e.org/n/a.ogg" type="audio/ogg">'
                '<a href="https://e.org/n/a.ogg">https://e.org/n/a.ogg</a></audio>'
            ),
        ),
        (
            '<img src="a.png" srcset="b.png 2x" width="2400" height="1000" alt="&lt;b&gt;">',
            '<img src="https://e.org/n/a.png" alt="&lt;b&gt;" width="1200" height="500" referrerpolicy="no-referrer">',
        ),
        ('<img src="a.png" width="50%">', '<img src="https://e.org/n/a.png" referrerpolicy="no-referrer">'),
        ('<img alt="没有">', ""),
        ('<picture><source srcset="b.webp"><img src="c.png" alt=""></picture>', None),
        ('<td class="align-right">1</td>', None),
        ('<table><tr><td class="align-right">1</td></tr></table>', None),
        (
            '<sup class="footnote-ref"><a href="#fn1" id="r1">[1]</a></sup>',
            '<sup><a href="https://e.org/n/#fn1">[1]</a></sup>',
        ),
        ('<pre><code><span class="k">if</span> a href="/x"</code></pre>', '<pre><code>if a href="/x"</code></pre>'),
        ("第一行\n第二行", "第一行\n第二行"),
    ],
)
def test_html_is_made_fit_for_readers(html: str, shown: str | None) -> None:
    found = clean(html, "https://e.org/n/")
    if shown is not None:
        assert found == shown
    assert "srcset" not in found and "class=" not in found
    assert ("<table" not in html) or 'align="right"' in found


def test_a_long_text_ends_with_a_block() -> None:
    html = "<p>一</p><ul><li>二</li><li>三</li></ul>\n<p>四<br>五</p>"
    assert cut(html, 1000) == html
    assert cut(html, len(html.encode()) - 1) == "<p>一</p><ul><li>二</li><li>三</li></ul>"
    assert cut(html, 20) == "<p>一</p>"
    assert cut(html, 5) == ""
    long = "".join(f"<p>{'长' * 200}{number}</p>\n" for number in range(200))
    content = json_of(make_item(body=BodyRef("body", ())), body=long)["content_html"]
    assert len(content.encode()) < 66_000
    assert content.count("<p>长") == content.count("长</p>") + content.count("长" * 200)
    assert f'<a href="{URL}">«read_on»</a>' in content
    assert content.count(NOTICE) == 2


def test_a_list_of_feeds() -> None:
    view = OpmlView("feeds.opml", "文摘 & <b>", "zh-CN", (('甲 "乙"', "https://e.org/新/feed.xml", "https://e.org/"),))
    root = ET.fromstring(render_opml(view))
    assert root.get("version") == "2.0"
    assert root.findtext("head/title") == "文摘 & <b>"
    (outline,) = root.findall("body/outline")
    assert outline.attrib == {
        "type": "rss",
        "text": '甲 "乙"',
        "title": '甲 "乙"',
        "xmlUrl": "https://e.org/%E6%96%B0/feed.xml",
        "htmlUrl": "https://e.org/",
        "language": "zh-CN",
    }


def test_a_reserved_text_has_no_licence_in_any_format() -> None:
    item = make_item(license=RESERVED)
    assert "license" not in {link.get("rel") for link in entry_of(item).findall(f"{A}link")}
    assert json_of(item)["_wenzhai"]["rights"]["license"] == {"name": "all-rights-reserved", "granted": False}
