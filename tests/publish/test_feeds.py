"""The RSS feed: what a reader gets, on friendly and on hostile text. Readers differ, so it is parsed by two of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from msgspec.structs import replace

from builder.publish.feeds import STRINGS, render_feed
from builder.site.views import BodyRef, DateView, FeedItem, FeedView, HopView, LicenseView, Link, PictureView

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = {key: f"«{key}»" for key in STRINGS}
SHANGHAI = timezone(timedelta(hours=8))
NOTICE = "本文仅供学习交流之用，版权归原作者所有，请勿用于商业用途！"
URL = "https://example.org/digest/progress/sora/"
DC = "{http://purl.org/dc/elements/1.1/}"
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATIVE = "{http://backend.userland.com/creativeCommonsRssModule}license"
RESERVED = LicenseView("all-rights-reserved", "", granted=False)
HOSTILE = "a\0b\x0bc\x1bd\x85\ufffee\uffff\ud800f]]>g<GCC> & \"h\" 'i' 𠮷😀\r\n</p><script>alert(1)</script>"
NAMED = ("秦盛", "澎湃新闻", "科学网", "爱科学")


def hop(source: str, url: str = "", author: str = "", **more: Any) -> HopView:
    fields: dict[str, Any] = {
        "page": "/sources/x/",
        "translator": "",
        "title": "",
        "archived": "",
        "date": None,
    }
    authors = tuple(Link(name, "") for name in author.split("、") if name)
    return HopView(source=source, authors=authors, url=url, **(fields | more))


CHAIN = (hop("澎湃新闻", author="秦盛"), hop("科学网"), hop("爱科学", "https://www.iikx.com/news/38867.html"))


def make_item(**changes: Any) -> FeedItem:
    item = FeedItem(
        guid="tag:example.org,2026:sora:zh-CN",
        title="OpenAI 退出视频生成领域",
        url=URL,
        date=datetime(2026, 3, 26, 9, 30, tzinfo=SHANGHAI),
        updated=datetime(2026, 3, 27, tzinfo=SHANGHAI),
        categories=("科学进展", "OpenAI"),
        chain=CHAIN,
        original=False,
        mode="full",
        notices=(NOTICE,),
        signoff='转自<a href="http://iikx.com">爱科学</a>',
        license=RESERVED,
        holder="原作者",
        summary="一句话摘要。",
        cover=None,
        body=BodyRef("body", ()),
        comment=None,
        withdrawn="",
        publisher="澎湃新闻",
    )
    item = replace(item, **changes)
    named = dict.fromkeys(who.title for one in item.chain for who in one.authors)
    return item if "authors" in changes else replace(item, authors=("编辑部",) if item.original else tuple(named))


def make_feed(*items: FeedItem, **changes: Any) -> FeedView:
    feed = FeedView(
        path="feed.xml",
        url="https://example.org/digest/feed.xml",
        home="https://example.org/digest/",
        title="科技文摘",
        description="每日科技",
        variant="zh-CN",
        author="编辑部",
        author_email="",
        copyright="各文版权归原作者所有",
        updated=datetime(2026, 3, 27, tzinfo=SHANGHAI),
        items=items,
    )
    return replace(feed, **changes)


def render(*items: FeedItem, bodies: dict[str, str] | None = None, **changes: Any) -> bytes:
    return render_feed(make_feed(*items, **changes), {"body": "<p>正文</p>"} | (bodies or {}), TEXTS)


def channel_of(data: bytes) -> ET.Element:
    etree.fromstring(data)
    channel = ET.fromstring(data).find("channel")
    assert channel is not None
    return channel


def item_of(data: bytes) -> ET.Element:
    (item,) = channel_of(data).findall("item")
    return item


def body_of(data: bytes) -> str:
    text = item_of(data).findtext(CONTENT)
    assert text is not None
    return text


def shown(data: bytes) -> str:
    """What is left of an item's body for a reader that strips every tag."""
    return str(lxml_html.fragment_fromstring(body_of(data), create_parent="div").text_content())


def addresses(data: bytes) -> Iterator[tuple[str, str]]:
    for element in lxml_html.fragment_fromstring(body_of(data), create_parent="div").iter():
        for name in ("href", "src", "poster", "cite", "srcset"):
            if name in element.attrib:
                yield name, element.attrib[name]


def links_of(item: ET.Element) -> dict[str | None, str | None]:
    return {link.get("rel"): link.get("href") for link in item.findall(f"{ATOM}link")}


# The channel.


def test_the_channel_says_whose_feed_it_is() -> None:
    channel = channel_of(render(make_item()))
    assert channel.findtext("title") == "科技文摘"
    assert channel.findtext("description") == "每日科技"
    assert channel.findtext("link") == "https://example.org/digest/"
    assert channel.findtext("language") == "zh-CN"
    assert channel.findtext("copyright") == "各文版权归原作者所有"
    assert channel.findtext("generator") == "wenzhai"
    assert channel.findtext("lastBuildDate") == "Fri, 27 Mar 2026 00:00:00 +0800"
    (link,) = channel.findall(f"{ATOM}link")
    assert link.attrib == {"href": "https://example.org/digest/feed.xml", "rel": "self", "type": "application/rss+xml"}
    assert channel.find(f"{DC}rights") is None
    assert channel.find("managingEditor") is None


@pytest.mark.parametrize("variant", ["zh-CN", "zh-TW", "zh-HK"])
def test_the_language_is_the_variant(variant: str) -> None:
    assert channel_of(render(variant=variant)).findtext("language") == variant


def test_an_editor_has_an_address_first() -> None:
    channel = channel_of(render(author_email="ed@example.org"))
    assert channel.findtext("managingEditor") == "ed@example.org (编辑部)"


def test_a_feed_without_items_title_or_rights_is_still_one() -> None:
    channel = channel_of(render(title="", description="", copyright=""))
    assert channel.findtext("title") == channel.findtext("description") == "https://example.org/digest/"
    assert channel.find("copyright") is None
    assert channel.findall("item") == []


def test_items_keep_the_order_of_the_view() -> None:
    items = [make_item(guid=f"g{number}", title=str(number)) for number in range(5)]
    channel = channel_of(render(*items))
    assert [item.findtext("title") for item in channel.findall("item")] == ["0", "1", "2", "3", "4"]


# The elements of an item, for programs.


def test_an_item_names_author_rights_and_links() -> None:
    item = item_of(render(make_item()))
    guid = item.find("guid")
    assert guid is not None
    assert (guid.text, guid.attrib) == ("tag:example.org,2026:sora:zh-CN", {"isPermaLink": "false"})
    assert item.findtext("link") == URL
    assert item.findtext("pubDate") == "Thu, 26 Mar 2026 09:30:00 +0800"
    assert [category.text for category in item.findall("category")] == ["科学进展", "OpenAI"]
    assert [creator.text for creator in item.findall(f"{DC}creator")] == ["秦盛"]
    assert item.findtext(f"{DC}rights") == f"© 原作者 · «all_rights» · {NOTICE}"
    assert item.find("author") is None
    tags = [element.tag for element in item]
    assert tags.index("description") < tags.index(CONTENT)


def test_the_address_of_a_copy_is_never_that_of_the_origin() -> None:
    item = item_of(render(make_item()))
    assert item.find("source") is None
    assert links_of(item) == {"via": "https://www.iikx.com/news/38867.html"}


def test_the_origin_is_the_source_and_the_nearest_copy_is_via() -> None:
    chain = (
        hop("甲报", "https://a.example/1", "张三"),
        hop("乙网", "https://b.example/2"),
        hop("丙网", "https://c.example/3"),
        hop("丁"),
    )
    item = item_of(render(make_item(chain=chain)))
    source = item.find("source")
    assert source is not None
    assert (source.text, source.attrib) == ("甲报", {"url": "https://a.example/1"})
    assert links_of(item) == {"related": "https://a.example/1", "via": "https://c.example/3"}
    assert item.find(f"{DC}source") is None


@pytest.mark.parametrize(
    ("terms", "links", "creative"),
    [
        (None, {}, None),
        (RESERVED, {}, None),
        (LicenseView("all-rights-reserved", "https://example.org/terms", granted=False), {}, None),
        (
            LicenseView("MIT", "https://spdx.org/licenses/MIT", granted=True),
            {"license": "https://spdx.org/licenses/MIT"},
            None,
        ),
        (
            LicenseView("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/", granted=True),
            {"license": "https://creativecommons.org/licenses/by/4.0/"},
            "https://creativecommons.org/licenses/by/4.0/",
        ),
    ],
)
def test_a_licence_only_where_one_was_granted(
    terms: LicenseView | None, links: dict[str, str], creative: str | None
) -> None:
    data = render(make_item(chain=(hop("某刊"),), license=terms))
    assert links_of(item_of(data)) == links
    assert item_of(data).findtext(CREATIVE) == creative
    if terms is not None:
        assert (terms.name if terms.granted else "«all_rights»") in shown(data)


def test_the_sites_own_texts_have_the_sites_author() -> None:
    data = render(make_item(original=True, chain=(), holder="", license=None, notices=(), signoff=""))
    assert item_of(data).findtext(f"{DC}creator") == "编辑部"
    assert item_of(data).find(f"{DC}rights") is None
    assert "«by»：编辑部" in shown(data)
    assert "«original_work»" in shown(data)


def test_readers_that_show_one_creator_show_every_author() -> None:
    (creator,) = item_of(render(make_item(authors=("张三", "李四")))).findall(f"{DC}creator")
    assert creator.text == "张三、李四"


def test_nobody_is_made_up() -> None:
    # Not the channel's editor either, whom readers show where an item names nobody.
    data = render(make_item(chain=(hop("某刊"),), publisher="某刊"))
    assert item_of(data).findtext(f"{DC}creator") == "某刊"
    assert "«by»" not in shown(data)


# The body of an item, for every reader.


def test_a_full_item_shows_everything_in_order() -> None:
    chain = (
        hop("甲报", "https://a.example/1", "张三", title="原题目", date=DateView("2026-03-25", "2026年3月25日", "")),
        hop("乙网", "https://b.example/2", "李四", translator="王五", archived="https://web.archive.org/b"),
        hop("丙网"),
    )
    comment = BodyRef("comment", ())
    license = LicenseView("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/", granted=True)  # noqa: A001
    data = render(
        make_item(chain=chain, comment=comment, notices=("告示一", "告示二"), license=license),
        bodies={"comment": "<p>我看</p>"},
    )
    text = shown(data)
    order = [
        "«by»：张三、李四",
        "«hop_origin»：甲报",
        "«hop_translation»：乙网",
        "«hop_copy»：丙网",
        "告示一",
        "告示二",
        "«comment»",
        "我看",
        "正文",
    ]
    order += [
        "«original_link»：https://a.example/1",
        "«copy_link»：https://b.example/2",
        "«holder»：原作者",
        "«license»：CC-BY-4.0",
    ]
    order += ["转自爱科学"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert text.rindex("告示一") > places[-1]
    line = next(line for line in text.splitlines() if "«hop_origin»" in line)
    assert line == "«hop_origin»：甲报 · «original_title»：原题目 · «by»：张三 · 2026年3月25日"
    assert "«translated_by»：王五 · «archived»" in text
    assert "«read_on»" not in text
    hrefs = [url for name, url in addresses(data) if name == "href"]
    assert hrefs.count("https://a.example/1") == hrefs.count("https://b.example/2") == 2
    assert "https://web.archive.org/b" in hrefs
    assert item_of(data).findtext("description") == "一句话摘要。"


@pytest.mark.parametrize(
    ("chain", "label", "target"),
    [
        (CHAIN, "«read_copy» → 爱科学", "https://www.iikx.com/news/38867.html"),
        (
            (hop("甲报", "https://a.example/1"), hop("乙网", "https://b.example/")),
            "«read_original» → 甲报",
            "https://a.example/1",
        ),
        (
            (hop("甲报"), hop("译站", "https://t.example/", translator="丁")),
            "«read_translation» → 译站",
            "https://t.example/",
        ),
        ((hop("甲报", "javascript:alert(1)"),), "«hop_origin»：甲报 · «no_link»", ""),
    ],
)
def test_an_excerpt_and_a_link_lead_on(chain: tuple[HopView, ...], label: str, target: str) -> None:
    for changes in ({"mode": "excerpt"}, {"mode": "link", "body": None}):
        data = render(make_item(chain=chain, **changes))
        assert label in shown(data)
        assert not target or ("href", target) in list(addresses(data))
        assert ("正文" in shown(data)) == (changes["mode"] == "excerpt")
        assert shown(data).count(NOTICE) == 2
        assert "javascript" not in body_of(data)
    assert "<blockquote><p>正文</p></blockquote>" in body_of(render(make_item(mode="excerpt")))


def test_where_no_hop_has_an_address_nothing_leads_on() -> None:
    data = render(make_item(chain=(hop("甲报", "javascript:alert(1)"),), mode="link", body=None))
    assert "«read_o" not in shown(data) and "javascript" not in body_of(data)


def test_a_summary_feed_leads_to_the_page_here() -> None:
    data = render(make_item(body=None))
    assert "一句话摘要。" in shown(data)
    assert "«read_on»" in shown(data)
    assert ("href", URL) in list(addresses(data))


def test_a_tombstone_keeps_its_guid_and_loses_its_text() -> None:
    cover = PictureView("/a.jpg", "图", "", 0, 0, "https://example.org/a.jpg")
    alive = make_item(comment=BodyRef("body", ()), cover=cover)
    data = render(replace(alive, withdrawn="应作者要求 <b>"))
    item = item_of(data)
    assert item.findtext("guid") == alive.guid
    said = "«withdrawn»（«withdrawn_on»：2026年3月27日；«withdrawn_reason»：应作者要求 &lt;b&gt;）"
    assert item.findtext("description") == said
    text = shown(data)
    assert "应作者要求 <b>" in text
    assert all(name in text for name in NAMED)
    everything = data.decode()
    assert "正文" not in everything
    assert "一句话摘要" not in everything
    assert "a.jpg" not in everything


def test_a_cover_is_shown_once() -> None:
    cover = PictureView(
        "/digest/assets/a.jpg", '截图 "一"', "Sora <官方>", 800, 600, "https://example.org/digest/assets/a.jpg"
    )
    data = render(make_item(cover=cover))
    assert (
        '<img src="https://example.org/digest/assets/a.jpg" alt="截图 &quot;一&quot;" width="800" height="600"'
        ' referrerpolicy="no-referrer">' in body_of(data)
    )
    assert "«cover_credit»：Sora <官方>" in shown(data)
    body = '<p><img src="https://example.org/digest/assets/a.jpg" alt=""></p>'
    assert body_of(render(make_item(cover=cover), bodies={"body": body})).count("<img") == 1


def test_references_are_resolved() -> None:
    body = BodyRef("body", ('href="https://example.org/digest/a/"', 'src="https://example.org/digest/assets/p.png"'))
    data = render(
        make_item(body=body, chain=()), bodies={"body": '<p><a \x000\x00 title="t">a</a><img \x001\x00 alt=""></p>'}
    )
    found = list(addresses(data))
    assert ("href", "https://example.org/digest/a/") in found
    assert ("src", "https://example.org/digest/assets/p.png") in found
    assert "\0" not in body_of(data)


HOSTILE_BODY = """
<h2 id="s1" class="h">小节</h2>
<p class="lead" style="color:red" onclick="x()" data-x="1">字<sup>
<a id="r1" href="#fn1">1</a></sup></p>
<pre class="hl"><code class="language-c"><span class="k">if</span> (a &lt; b &amp;&amp; c[d[0]]&gt;0) ]]&gt;</code></pre>
&#1;&#xFFFF;
<script>alert("script")</script><style>p {color: red}</style><iframe src="https://ads.example/">frame</iframe>
<form action="/x"><input type="text" name="q"><button>go</button></form>
<ul><li><input type="checkbox" disabled checked> 完成</li><li><input disabled type="checkbox"> 未完</li></ul>
<img src="pic.png" srcset="pic.png 1x, pic2.png 2x" loading="lazy" decoding="async" alt="]]>" title="a]]>b" onerror="x()">
<picture><source srcset="b.webp"><img src="/digest/c.png" alt=""></picture>
<video src="v.mp4" poster="//cdn.example/p.png" controls></video><blockquote cite="/q"><p>引</p></blockquote>
<a href="/digest/新闻/?q=字#节">内</a> <a href="javascript:alert(1)">js</a> <a href="http://[">bad</a>
<a href="mailto:a@b.c">m</a>
<details open><summary>更</summary><p>多</p></details><p>𠮷 😀 <b>未闭合
"""


def test_a_hostile_body_is_made_safe_and_absolute() -> None:
    data = render(make_item(), bodies={"body": HOSTILE_BODY})
    body = body_of(data)
    lower = body.lower()
    for word in (
        "<script",
        "<style",
        "<iframe",
        "<form",
        "<input",
        "<button",
        "<span",
        " on",
        "style=",
        "class=",
        " id=",
        "data-",
    ):
        assert word not in re.sub(r">[^<]*<", "><", lower), word
    for word in ("srcset", "loading", "decoding", "javascript", 'alert("script")', "frame"):
        assert word not in lower, word
    for name, url in addresses(data):
        assert url.isascii(), (name, url)
        assert url.startswith(("https://", "http://", "mailto:")), (name, url)
    found = list(addresses(data))
    assert ("href", URL + "#fn1") in found
    assert ("src", URL + "pic.png") in found
    assert ("poster", "https://cdn.example/p.png") in found
    assert ("href", "https://example.org/digest/%E6%96%B0%E9%97%BB/?q=%E5%AD%97#%E8%8A%82") in found
    text = shown(data)
    assert "if (a < b && c[d[0]]>0) ]]>" in text
    assert "☑  完成" in text
    assert "☐  未完" in text
    assert "𠮷 😀" in text


def test_hostile_text_everywhere_survives_as_text() -> None:
    chain = (hop(HOSTILE, 'https://a.example/路?q=<&"> %zz', HOSTILE, title=HOSTILE, translator=HOSTILE),)
    item = make_item(
        guid="tag:x:" + HOSTILE,
        title=HOSTILE,
        categories=(HOSTILE, ""),
        chain=chain,
        notices=(HOSTILE,),
        holder=HOSTILE,
        summary=HOSTILE,
        license=LicenseView(HOSTILE, "", granted=True),
        cover=PictureView("", HOSTILE, HOSTILE, 0, 0, "https://example.org/" + HOSTILE),
        signoff="<b>" + HOSTILE,
    )
    data = render(item, title=HOSTILE, description=HOSTILE, author=HOSTILE, author_email="a@b.c", copyright=HOSTILE)
    text = data.decode("utf-8")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\r]", text)
    clean = "abcdef]]>g<GCC> & \"h\" 'i' 𠮷😀\n</p><script>alert(1)</script>"
    parsed = item_of(data)
    assert parsed.findtext("title") == clean
    assert parsed.findtext(f"{DC}creator") == clean
    assert [category.text for category in parsed.findall("category")] == [clean]
    assert channel_of(data).findtext("title") == clean
    assert clean in shown(data)
    assert "<script" not in body_of(data)
    assert next(url for name, url in addresses(data)) == "https://a.example/%E8%B7%AF?q=%3C&%22%3E%20%25zz"
    # The validator takes `&lt;` in a title for HTML.
    assert "&lt;" not in "".join(re.findall("<title>.*?</title>", text, re.DOTALL))
    assert "&#x3C;GCC&gt;" in text


def test_a_body_about_feeds_is_not_mended() -> None:
    body = "<pre>&lt;title&gt;a &amp;lt; b&lt;/title&gt; &lt;![CDATA[x]]&gt;</pre>"
    data = render(make_item(), make_item(guid="2", title="<2>"), bodies={"body": body})
    first = channel_of(data).findall("item")[0].findtext(CONTENT) or ""
    assert body in first


def test_a_popular_reader_agrees() -> None:
    parsed = feedparser.parse(render(make_item(title='<GCC> & "15"'), make_item(guid="2", body=None, mode="link")))
    assert not parsed.bozo
    assert parsed.feed.language == "zh-CN"
    assert parsed.feed.link == "https://example.org/digest/"
    first, second = parsed.entries
    assert first.title == '<GCC> & "15"'
    assert first.id == "tag:example.org,2026:sora:zh-CN"
    assert not first.guidislink
    assert first.author == "秦盛"
    assert first.summary == "一句话摘要。"
    assert first.published_parsed[:5] == (2026, 3, 26, 1, 30)
    assert {link.rel: link.href for link in first.links} == {
        "alternate": URL,
        "via": "https://www.iikx.com/news/38867.html",
    }
    for entry in (first, second):
        (content,) = entry.content
        assert all(part in content.value for part in (*NAMED, NOTICE, "https://www.iikx.com/news/38867.html"))


def test_addresses_in_metadata_are_ascii() -> None:
    chain = (hop("甲", "https://新闻.example/路径/一 二?q=字&r=%E4%B8%80#节"), hop("乙", "https://[坏/"))
    item = item_of(render(make_item(chain=chain)))
    expected = "https://xn--efvy88h.example/%E8%B7%AF%E5%BE%84/%E4%B8%80%20%E4%BA%8C?q=%E5%AD%97&r=%E4%B8%80#%E8%8A%82"
    assert links_of(item)["related"] == expected
    assert (links_of(item)["via"] or "").isascii()


@settings(max_examples=40)
@given(st.text(), st.text(max_size=40))
def test_no_text_breaks_the_xml(text: str, address: str) -> None:
    chain = (hop(text, "https://" + address, text),)
    item = make_item(
        title="t" + text, summary=text, notices=(text,), chain=chain, withdrawn="", signoff=text, holder=text
    )
    data = render(item, bodies={"body": text}, title=text)
    channel_of(data)
    for _, url in addresses(data):
        assert url.isascii()


# The same view, the same bytes.


def test_bytes_do_not_depend_on_place_and_time() -> None:
    program = (
        "import sys; sys.path[:0] = sys.argv[1:]; import test_feeds as t; "
        "sys.stdout.buffer.write(t.render(t.make_item(), t.make_item(guid='2'), bodies={'body': t.HOSTILE_BODY}))"
    )
    folders = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program, *folders],
            env=os.environ | {"TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            check=True,
            capture_output=True,
        ).stdout
        for zone, locale, seed in (("UTC", "C", "1"), ("America/New_York", "C.UTF-8", "2"))
    ]
    here = render(make_item(), make_item(guid="2"), bodies={"body": HOSTILE_BODY})
    assert outputs == [here, here]
    moved = make_feed(make_item(), updated=datetime(2026, 3, 27, 1, tzinfo=UTC))
    assert b"<lastBuildDate>Fri, 27 Mar 2026 01:00:00 +0000</lastBuildDate>" in render_feed(moved, {"body": ""}, TEXTS)
