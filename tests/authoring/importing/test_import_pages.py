"""HTML pages and feeds → texts with their attribution; needs the extra `wenzhai[import]`."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from pages import ATOM, JSON_FEED, PAGE, RSS

from builder.authoring.importing.fetch import Fetched
from builder.authoring.importing.take import Wishes, take_texts
from builder.diagnostics import BuilderError

if TYPE_CHECKING:
    from builder.authoring.importing.taken import TakenText
    from builder.content.models import Hop

for package in ("trafilatura", "markdownify", "feedparser"):
    pytest.importorskip(package, reason="comes with the extra wenzhai[import]")

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 27, tzinfo=ZONE)


def take(data: str | bytes, **more: str) -> tuple[TakenText, ...]:
    data = data.encode() if isinstance(data, str) else data
    return take_texts(Fetched(data, **more), Wishes(), now=NOW, zone=ZONE)


def said(hop: Hop) -> dict[str, str]:
    facts = {"source": hop.source, "author": hop.author, "title": hop.title, "url": hop.url}
    if hop.date:
        facts["date"] = hop.date.moment.isoformat()
    return {key: value for key, value in facts.items() if value}


BODY = """\
研究人员宣布，新的量子芯片可以在更高的温度下工作，这意味着冷却的成本会下降。他们在[论文](https://site.example/paper?a=1&b=2)里给出了数据，**误差**只有百分之一。

![芯片](https://site.example/img/a.jpg)

## 下一步

团队计划在明年继续测试\\*更大\\*的芯片，包括 C# 接口，并且公开全部的测量数据，供同行检验结果。

- 第一条内容比较长一点
- 第二条内容也比较长

```
print("hi")
x = 1
```"""


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_page_tells_its_chain_outside_and_inside_of_the_text(encoding: str) -> None:
    (taken,) = take(PAGE.encode(encoding), name="a.html")
    assert taken.title == "量子芯片降温"
    assert list(map(said, taken.hops)) == [
        {"source": "海岸周刊", "author": "韩立"},
        {"source": "远山日报", "author": "林远"},
        {"source": "某站", "url": "https://site.example/2026/1.html", "date": "2026-03-26T09:30:00+08:00"},
    ]
    assert taken.notices == ("本文仅供学习交流之用，版权归原作者所有，请勿用于商业用途！",)
    assert taken.license == "https://creativecommons.org/licenses/by/4.0/"
    assert taken.body == BODY
    assert taken.script == "zh-CN"


def test_where_a_page_was_read_counts_more_than_what_it_says() -> None:
    (taken,) = take(PAGE, address="https://copy.example/a/1", media_type="text/html")
    assert taken.address == taken.hops[-1].url == "https://copy.example/a/1"
    assert "https://copy.example/paper" in taken.body


def test_a_page_that_declares_what_it_is_based_on_keeps_that() -> None:
    origin = {
        "@type": "CreativeWork",
        "name": "Gone",
        "url": "https://far.example/1",
        "author": [{"@type": "Person", "name": "甲"}, {"@type": "Person", "name": "乙"}],
        "publisher": {"@type": "Organization", "name": "远方"},
    }
    article = {"@type": "NewsArticle", "headline": "走了", "isBasedOn": [origin], "publisher": {"name": "近处"}}
    text = "<p>这是正文的第一段，说了很多的话，足够长了。</p><p>这是第二段，也说了很多的话，足够长了。</p>" * 3
    page = f"<html><head><script type='application/ld+json'>{json.dumps(article)}</script></head><body>{text}</body></html>"
    (taken,) = take(page, address="https://near.example/1", media_type="text/html")
    assert list(map(said, taken.hops)) == [
        {"source": "远方", "author": "甲、乙", "title": "Gone", "url": "https://far.example/1"},
        {"source": "近处", "url": "https://near.example/1"},
    ]


def test_each_item_of_a_feed_is_a_text() -> None:
    first, second, empty = take(RSS)
    assert first.title == "第一篇 & 其他"
    assert list(map(said, first.hops)) == [
        {"source": "海岸周刊"},
        {
            "source": "云上周刊",
            "author": "甲文",
            "url": "https://cloud.example/1.html?utm_source=rss",
            "date": "2026-03-26T09:30:00+08:00",
        },
    ]
    assert first.body == "第一段有[链接](https://cloud.example/a.html)。\n\n![图](https://cloud.example/p.png)"
    assert (first.tags, first.notices) == (("芯片",), ("未经授权，不得转载。",))
    assert list(map(said, second.hops)) == [
        {"source": "远山日报"},
        {"source": "云上周刊", "url": "https://cloud.example/2.html"},
    ]
    assert (second.body, second.license) == ("第二篇的正文。", "https://creativecommons.org/licenses/by-nc/4.0/")
    assert not empty.body


def test_a_json_feed_of_another_wenzhai_keeps_its_chain_and_terms() -> None:
    chain = [
        {"kind": "origin", "source": "远山日报", "authors": ["林远", "韩立"], "title": "原题", "date": "2026-03-25"},
        {"kind": "copy", "source": "海岸周刊", "url": "https://coast.example/1"},
    ]
    rights = {
        "notices": ["请勿用于商业用途！"],
        "license": {"name": "CC", "url": "https://c.example/", "granted": True},
    }
    item = {
        "id": "1",
        "url": "https://digest.example/1/",
        "title": "题",
        "content_html": "<p>正文。</p>",
        "authors": [{"name": "林远"}, {"name": "韩立"}],
        "_wenzhai": {"original": False, "chain": chain, "rights": rights},
    }
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "文摘", "items": [item]}
    (taken,) = take(json.dumps(feed))
    assert list(map(said, taken.hops)) == [
        {"source": "远山日报", "author": "林远、韩立", "title": "原题", "date": "2026-03-25T00:00:00+08:00"},
        {"source": "海岸周刊", "url": "https://coast.example/1"},
        {"source": "文摘", "url": "https://digest.example/1/"},
    ]
    assert (taken.notices, taken.license) == (("请勿用于商业用途！",), "https://c.example/")
    assert taken.noncommercial
    item["_wenzhai"] = {"original": True, "chain": [7, {}], "rights": [], "x": None}
    assert [hop.author for hop in take(json.dumps(feed))[0].hops] == ["林远、韩立"]


def shown(markdown: str) -> str:
    """The words that a build makes of a body."""
    from builder.markup.render import MarkupSettings, render
    from builder.markup.text import plain_text

    return plain_text(render(markdown, MarkupSettings(), path="a.md").value.html)


LITERAL = (
    "正文说 <script> 与 </p>、<GCC>、<!-- 注释 -->、&lt; 和 &#x41; 都是文字，还有 [甲](乙)、{.丙}、C:\\* 与 a_b_c。",
    "# 不是标题",
    "> 不是引文",
    "[1]: https://far.example/ 不是定义",
    "::: 不是容器",
    "第一行",
    "---",
)


def test_words_that_look_like_markup_stay_words() -> None:
    content = "".join(f"<p>{escape(line)}</p>" for line in LITERAL)
    content += "<table><tr><th>甲</th><th>乙</th></tr><tr><td>a|b</td><td><code>c|d</code></td></tr></table>"
    items = [{"id": "1", "content_html": content}, {"id": "2", "content_text": "\n\n".join(LITERAL)}]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "周刊", "items": items}
    for taken in take(json.dumps(feed)):
        words = shown(taken.body)
        for line in LITERAL:
            assert line in words.split("\n"), taken.body
    assert all(cell in shown(take(json.dumps(feed))[0].body) for cell in ("a|b", "c|d"))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("新的 &lt;GCC&gt; 与 &lt;T&gt;", "新的 <GCC> 与 <T>"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&lt;b&gt;粗&lt;/b&gt;的&lt;br/&gt;字", "粗的字"),
        ("一 &amp;lt;b&amp;gt; 二", "一 <b> 二"),
    ],
)
def test_titles_of_feeds_keep_what_is_no_tag(title: str, expected: str) -> None:
    item = f"<item><title>{title}</title><link>https://far.example/1</link><description>正文。</description></item>"
    (taken,) = take(f'<rss version="2.0"><channel><title>周刊</title>{item}</channel></rss>')
    assert taken.title == expected


def test_code_of_a_page_stays_code_where_it_is() -> None:
    lines = [f"这是第{number}段正文内容，讲述软件与网络的故事，写得足够长以便认出它是正文。" for number in range(9)]
    code = "<p>先用 <code>git &lt;x&gt;</code> 命令和<code>ls</code>看一看这里的全部文件都在不在。</p>"
    block = "<pre>if a &lt; b:\n    <span>stop</span>()</pre><p>最后一段正文也写得足够长，以便认出。</p>"
    page = f"<html><body><h1>代码</h1><article><p>{'</p><p>'.join(lines)}</p>{code}{block}</article></body></html>"
    (taken,) = take(page, address="https://far.example/1", media_type="text/html")
    assert "先用 `git <x>` 命令和`ls`看一看" in taken.body
    assert "\n```\nif a < b:\n    stop()\n```\n" in taken.body


def test_atom_and_json_feeds_too() -> None:
    (atom,) = take(ATOM)
    assert list(map(said, atom.hops)) == [
        {"source": "原子周刊", "author": "乙文", "url": "https://atom.example/1", "date": "2026-03-26T09:30:00+08:00"}
    ]
    assert (atom.script, atom.license) == ("zh-TW", "https://creativecommons.org/licenses/by-sa/4.0/")
    first, second = take(JSON_FEED)
    assert list(map(said, first.hops)) == [
        {"source": "far.example", "url": "https://far.example/x"},
        {
            "source": "数据周刊",
            "author": "丙文、丁文",
            "url": "https://json.example/1",
            "date": "2026-03-26T09:30:00+08:00",
        },
    ]
    assert first.tags == ("芯片",)
    assert second.body == "没有标题的正文在这里。"


@pytest.mark.parametrize(
    "data", ["<rss><channel>", "<rss version='2.0'", '{"version": "https://jsonfeed.org/version/1.1"']
)
def test_a_broken_feed_is_said_to_be_one(data: str) -> None:
    try:
        assert take(data) == ()
    except BuilderError as problem:
        assert problem.diagnostics[0].code == "import-feed"


@pytest.mark.parametrize(
    "data", ["", "<html></html>", "<html><body><p>短</p></body></html>", "<!doctype html>\0\ufffe"]
)
def test_a_page_without_a_text_is_no_crash(data: str) -> None:
    (taken,) = take(data, name="x.html")
    assert taken.title == ""
