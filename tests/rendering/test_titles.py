"""The title of a source: the front matter's, its first heading's, or its file's name; and what is left of the text."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from builder.auditing.titles import settle_title
from builder.config import RightsDefaults, Variant
from builder.content.discover import SourceFile
from builder.content.front_matter import SourceSettings, parse_source
from builder.markup.render import MarkupSettings
from builder.rendering.articles import Rendered, RenderSettings, render_sources
from builder.variants.glossary import make_glossary

SETTINGS = RenderSettings(
    SourceSettings(declared=True, zone=ZoneInfo("UTC"), source_variant="zh-CN", rights=RightsDefaults(), sources=()),
    MarkupSettings(),
    (Variant("zh-CN", "简体", "", quotes=False), Variant("zh-TW", "繁體", "tw", quotes=False)),
    make_glossary(()),
)


def source(front: str, body: str) -> SourceFile:
    return SourceFile("content/articles/文件.md", "articles/文件", f"---\noriginal: true\n{front}\n---\n{body}")


def rendered(front: str, body: str) -> Rendered:
    (checked,) = render_sources(SETTINGS, [source(front, body)])
    assert checked.value is not None
    return checked.value


def html(found: Rendered) -> str:
    body = found.texts["zh-CN"].body
    return body.html if body else ""


def h1(text: str, name: str) -> str:
    return f'<h1 id="{name}">{text}</h1>\n'


TITLES = [
    ("the front matter's", "title: 甲", "# 乙\n正文", "甲", h1("乙", "乙") + "<p>正文</p>\n"),
    ("a heading that repeats it", "title: 甲 乙", "\n# 甲  乙 ##\n正文", "甲 乙", "<p>正文</p>\n"),
    ("a heading with marks that repeats it", "title: 甲 乙", "# **甲** [乙](x.md)\n", "甲 乙", ""),
    ("a later heading that repeats it", "title: 甲", "正文\n\n# 甲\n", "甲", "<p>正文</p>\n" + h1("甲", "甲")),
    ("the first heading", "", "\n# 甲\n\n正文", "甲", "<p>正文</p>\n"),
    ("a heading with nothing else", "", "# 甲", "甲", ""),
    ("a heading after something", "", "---\n\n# 甲\n正文", "甲", "<hr>\n" + h1("甲", "甲") + "<p>正文</p>\n"),
    ("a heading after another level", "", "## 乙\n# 甲\n", "甲", '<h2 id="乙">乙</h2>\n' + h1("甲", "甲")),
    ("a heading after one that is empty", "", "#\n# 甲\n", "甲", h1("", "section") + h1("甲", "甲")),
    ("a heading in a quotation is none", "", "> # 甲\n", "文件", f"<blockquote>\n{h1('甲', '甲')}</blockquote>\n"),
    ("a heading underlined", "", "甲\n===\n\n正文", "甲", "<p>正文</p>\n"),
    ("a heading underlined later", "", "正文\n\n乙\n====\n", "乙", "<p>正文</p>\n" + h1("乙", "乙")),
    ("the next heading may have its id", "", "# 甲\n\n# 甲\n", "甲", h1("甲", "甲")),
    ("emphasis", "", "# **甲**、*乙* 与 __丙__\n", "甲、乙 与 丙", ""),
    ("names with underscores", "", "# my_module_name 与 *args\n", "my_module_name 与 *args", ""),
    ("code", "", "# `a*b*c` 与 ``x`y``\n", "a*b*c 与 x`y", ""),
    ("links and pictures", "", '# [甲](a.md "t") ![乙](b_(1).png)\n', "甲 乙", ""),
    ("attributes", "", "# 甲 {#intro .wide}\n", "甲", ""),
    ("escapes and references", "", "# A \\* B &amp; C\\# {x}\n", "A * B & C# {x}", ""),
    ("raw HTML", "", "# 甲<sup>2</sup><br/>\n", "甲2", ""),
    ("C#", "", "# C# 14 #\n", "C# 14", ""),
    ("no heading, but code", "", "```sh\n# 注释\n```\n\n    # a\n\n#标签\n", "文件", None),
    ("a heading after code", "", "~~~\n# a\n```\n# b\n~~~\n# 甲\n", "甲", None),
    ("an endless line", "", "# " + "甲 " * 5_000, "文件", None),
]


@pytest.mark.parametrize(
    ("front", "body", "title", "left"), [case[1:] for case in TITLES], ids=[case[0] for case in TITLES]
)
def test_the_title(front: str, body: str, title: str, left: str | None) -> None:
    found = rendered(front, body)
    assert found.article.title == found.texts["zh-CN"].title == title
    assert left is None or html(found) == left


@pytest.mark.parametrize(
    ("front", "body", "title"),
    [case[1:4] for case in TITLES if case[0] != "a heading in a quotation is none"],
)
def test_the_auditor_reads_the_same(front: str, body: str, title: str) -> None:
    read = source(front, body)
    article = parse_source(read, SETTINGS.source).value
    assert article is not None
    settled = settle_title(article, read.name)
    assert settled.title == title
    assert bool(settled.body.strip()) == bool(html(rendered(front, body)))


def test_nothing_of_a_heading_that_is_left_out_is_left() -> None:
    found = rendered("", "# [甲](nowhere.md)\n\n## 乙\n")
    assert (found.references, found.anchors, found.words) == ((), ("乙",), 1)
    assert [heading.text for heading in found.texts["zh-TW"].outline] == ["乙"]


def test_the_markup_in_a_heading_is_still_markup_in_the_title() -> None:
    found = rendered("", "# -{zh-cn:软件;zh-tw:軟物}-与-{头发}-\n")
    assert [text.title for text in found.texts.values()] == ["软件与头发", "軟物與头发"]
    found = rendered("", "# ![-{zh-cn:软件;zh-tw:軟物}-](a.png)\n")
    assert [text.title for text in found.texts.values()] == ["软件", "軟物"]


def test_the_title_of_a_twin() -> None:
    main = source("title: 软件", "正文")
    twin = SourceFile("content/articles/文件.zh-tw.md", "articles/文件.zh-tw", "# 手寫\n\n文\n")
    found = render_sources(SETTINGS, [replace(main, twins=(twin,))])[0].value
    assert found is not None
    text = found.texts["zh-TW"]
    assert text.body is not None
    assert (text.title, text.body.html) == ("手寫", "<p>文</p>\n")
