"""What a mode withholds is in no file of the output, under no name, in no variant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sites import THREE_VARIANTS, build, source

if TYPE_CHECKING:
    from conftest import MakeSite

HOP = {"source": "某周刊", "author": "甲", "url": "https://weekly.example/1.html"}
#: 藏 is the same in all variants; "veiled" stands for what is Latin.
HIDDEN = """
再一段，没有什么可藏的。藏在段落里。

## 藏在标题里 {#veiled-heading}

![藏在说明里](veiled.svg "藏在图题里") [藏](https://veiled.example/藏 "藏在题里") <https://auto.veiled.example/>

| 藏在表头 | 表 |
|---|---|
| 藏在表里 | x |

- 藏在列表里[^veiled]

> 藏在引文里

```python
veiled = "藏在代码里"
```

<video src="veiled.mp4" poster="veiled-poster.png"><source src="veiled.webm"></video>
<img srcset="veiled-1.png 1x, veiled-2.png 2x" alt="藏">
<details><summary>藏</summary>藏</details>

[^veiled]: 藏在脚注里。
"""
FILES = ("veiled.svg", "veiled.mp4", "veiled-poster.png", "veiled.webm", "veiled-1.png", "veiled-2.png")
OPENING = "开头的一句可以引用。" + "这一句很长，长到不能整句引用，" * 20 + "藏在句尾。\n"


@pytest.mark.parametrize("mode", ["excerpt", "link"])
@pytest.mark.parametrize("who", ["article", "source", "site"])
@pytest.mark.parametrize("content", ["full", "summary"])
def test_what_is_withheld_is_in_no_file(site: MakeSite, mode: str, who: str, content: str) -> None:
    rights: dict[str, object] = {"mode": mode if who == "article" else "full"}
    settings = THREE_VARIANTS + f'[feeds]\ncontent = "{content}"\n'
    settings += f'[rights]\nmode = "{mode}"\n' if who == "site" else ""
    settings += f'[sources."某周刊"]\nmode = "{mode}"\n' if who == "source" else ""
    pictures = "\n".join(f"-- content/articles/{name} --\nveiled" for name in FILES)
    folder = site(
        f"""\
-- content/articles/a.md --
{source(OPENING + HIDDEN, original=None, attribution=HOP, rights=rights, comment="编者的话", tags=["AI"], category="news")}
{pictures}
-- content/articles/a.zh-tw.md --
开头的一句可以引用，這是另寫的。{"這一句很長，" * 60}藏在句尾。

## 藏

![藏](veiled.svg)
-- content/articles/b.md --
{source("见[那一篇](a.md#veiled-heading)。")}
-- content/pages/about.md --
{source("关于", date=None)}
-- content/issues/1.md --
{source("导语", original=None)}
""",
        settings,
    )
    built = build(folder)
    found = [
        (path, trace)
        for path, data in built.read().items()
        for trace in ("藏", "veiled", "%e8%97%8f", "&#34255;", "\\u85cf")
        if trace in path or trace in data.decode("utf-8", "replace").lower()
    ]
    assert found == []
    quoted = "开头的一句可以引用"
    for start in ("", "zh-tw/", "zh-hk/"):
        page = built.page(f"{start}news/a/index.html")
        assert (quoted[:2] in page.text or "開頭" in page.text) == (mode == "excerpt")
        (onward,) = page.all("a", class_="button")
        assert onward["href"] == HOP["url"]
        assert re.search("(继续阅读原文|繼續閱讀原文) → 某周刊", page.text)
        feed = (folder / f"public/{start}feed.xml").read_text("utf-8")
        assert re.search("(继续阅读原文|繼續閱讀原文) → 某周刊", feed)
    # The site's own pages are whole all the same.
    assert "关于" in built.page("about/index.html").text
    assert "导语" in built.page("issues/1/index.html").text


def test_an_excerpt_is_the_summary_and_the_first_sentences(site: MakeSite) -> None:
    front = {"original": None, "attribution": HOP, "rights": {"mode": "excerpt"}}
    folder = site(f"-- content/articles/a.md --\n{source(OPENING, summary='写好的摘要', **front)}")
    page = build(folder).page("articles/a/index.html")
    assert page.texts_of("body") == ["开头的一句可以引用。"]
    assert page.text.index("写好的摘要") < page.text.index("开头的一句") < page.text.index("继续阅读原文")
    feed = (folder / "public/feed.xml").read_text("utf-8")
    content = feed.split("<content:encoded>")[1]
    assert content.index("写好的摘要") < content.index("开头的一句") < content.index("继续阅读原文")


def test_what_stands_under_static_is_published_and_that_is_said(site: MakeSite) -> None:
    hidden = OPENING + "\n![图](/hidden.svg) ![图](/shown.svg) ![图](/hidden.svg)\n"
    front = {"original": None, "attribution": HOP, "cover": {"src": "/cover.svg", "alt": "图"}}
    folder = site(
        f"""\
-- content/articles/a.md --
{source(hidden, rights={"mode": "excerpt"}, comment="![图](/comment.svg)", **front)}
-- content/articles/b.md --
{source("![图](/shown.svg)")}
-- content/articles/c.md --
{source("正文。", rights={"mode": "link"}, **(front | {"cover": {"src": "/own.svg", "alt": "图"}}))}
-- static/hidden.svg --
x
-- static/shown.svg --
x
-- static/cover.svg --
x
-- static/comment.svg --
x
-- static/own.svg --
x
"""
    )
    found = build(folder).report.summary.diagnostics
    assert [(finding.code, finding.severity) for finding in found] == [("withheld-static", "warning")] * 2
    line = source(hidden, rights={"mode": "excerpt"}, comment="x", **front).split("\n").index("---", 1) + 4
    assert {str(finding.place).rsplit(":", 1)[0]: finding.message.split()[0] for finding in found} == {
        f"content/articles/a.md:{line}": "static/hidden.svg",
        "content/articles/c.md:6": "static/own.svg",
    }
