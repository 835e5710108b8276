"""Plain text, counting, summaries and excerpts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.markup.render import Markup, MarkupSettings, cut_summary, excerpt, render, render_inline


def _render(text: str) -> Markup:
    return render(text, MarkupSettings(), path="a.md").value


def test_plain_text_has_a_line_for_each_block_and_no_code() -> None:
    markup = _render(
        "## 标题\n\n一**二**\n三 `f()`。注[^1]\n\n```\ncode\n```\n\n- 甲\n- 乙<br>丙\n\n"
        "| a | b |\n|---|---|\n| c | &lt;d&gt; |\n\n"
        "<ruby>漢<rt>hàn</rt></ruby> ![替代](a.png)\n\n[^1]: 脚注"
    )
    lines = ["标题", "一二三 f()。注", "甲", "乙", "丙", "a", "b", "c", "<d>", "漢", "脚注"]
    assert markup.text.split("\n") == lines


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("你好，世界。", 4),
        ("GPT-4.5 发布 don't", 4),
        ("the quick brown", 3),
        ("〇々カナ", 4),
        ("", 0),
        ("`x` 与 1,000 个", 4),
        ("😀", 0),
    ],
)
def test_words(text: str, words: int) -> None:
    assert _render(text).words == words


@pytest.mark.parametrize(
    ("text", "limit", "summary"),
    [
        ("甲乙丙。丁戊己。庚辛。", 8, "甲乙丙。丁戊己。"),
        ("甲乙丙丁。", 3, "甲乙丙丁。"),  # up to twice the limit, the first sentence stays whole
        ("甲，乙丙丁戊己，庚辛壬癸子丑寅卯辰巳", 8, "甲，乙丙丁戊己……"),
        ("字" * 500, 120, "字" * 120 + "……"),
        ("Averylongword " * 9, 20, "Averylongword……"),
        ("他说：“好。”然后走了。", 7, "他说：“好。”"),
        ("“为什么？”他问。“不。”", 9, "“为什么？”他问。"),
        ("苹果（新品。）发布了。乙", 9, "苹果（新品。）发布了。"),
        ("（全文完。）", 9, "（全文完。）"),
        ("等等……他说。又说。", 7, "等等……他说。"),
        ("Node.js 到了 v1.2 版。乙丙丁。", 20, "Node.js 到了 v1.2 版。"),
        ("It is 3.5 GB. Really! 好", 22, "It is 3.5 GB. Really!"),
        ("J. Smith 来了。", 20, "J. Smith 来了。"),
        ("标题\n作者：甲\n第一句。\n第二句。尾", 120, "第一句。第二句。"),
        ("标题一\n标题二", 120, "标题一 标题二"),
        ("甲。\n\nab.\n乙。", 120, "甲。ab. 乙。"),
        ("", 120, ""),
    ],
)
def test_summaries(text: str, limit: int, summary: str) -> None:
    assert cut_summary(text, limit) == summary


BODY = """作者：某人

![图](a.png)

# 标题

第一句**重点，第二**部分。第三句[链接](b.md)在此[^1]。

> 引文一。引文二。

- 列表

```
code
```

尾段。没有

[^1]: 注
"""


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (3, "<p>第一句……</p>"),
        (5, "<p>第一句<strong>重点……</strong></p>"),
        (8, "<p>第一句<strong>重点，第二</strong>部分。</p>"),
        (22, "<p>第一句<strong>重点，第二</strong>部分。第三句链接在此。</p>"),
        (25, "<p>第一句<strong>重点，第二</strong>部分。第三句链接在此。</p>\n<p>引文一。</p>"),
        (200, "<p>第一句<strong>重点，第二</strong>部分。第三句链接在此。</p>\n<p>引文一。引文二。</p>\n<p>尾段。</p>"),
    ],
)
def test_excerpts(limit: int, expected: str) -> None:
    assert excerpt(_render(BODY).html, limit) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("- 甲。\n- 乙", "<p>甲。</p>"),
        ("没有句号", "<p>没有句号</p>"),
        ("![图](a.png)", ""),
        ("", ""),
        ("a &lt;b&gt; &amp; *c*。", "<p>a &lt;b&gt; &amp; <em>c</em>。</p>"),
        ("::: note\n旁注。\n:::\n\n正文。", "<p>正文。</p>"),
        ('<span lang="en" id="x">Sora</span> 关停。', '<p><span lang="en">Sora</span> 关停。</p>'),
        ("甲<br>乙。", "<p>甲 乙。</p>"),
    ],
)
def test_odd_excerpts(source: str, expected: str) -> None:
    assert excerpt(_render(source).html) == expected


PIECES = st.sampled_from(
    [
        "**",
        "*",
        "甲乙",
        "。",
        "，",
        "“",
        "”",
        "a b",
        "！",
        "\n\n",
        "\n",
        "[x](a.md)",
        "`c`",
        "&lt;",
        "<b>",
        "</b>",
        "> ",
        "- ",
        "……",
        " ",
    ]
)


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=25).map("".join), st.integers(1, 20))
def test_excerpts_and_summaries_of_anything(text: str, limit: int) -> None:
    markup = _render(text)
    quoted = excerpt(markup.html, limit)
    assert "\0" not in quoted
    opened: list[str] = []
    for slash, name in re.findall(r"<(/?)([a-z0-9]+)[^>]*>", quoted):
        if slash:
            assert opened.pop() == name
        else:
            opened.append(name)
    assert not opened
    assert len(cut_summary(markup.text, limit)) <= 2 * limit + 2


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "版权归原作者所有，[某站a.com](http://a.com)转发",
            '版权归原作者所有，<a href="http://a.com">某站a.com</a>转发',
        ),
        ("**甲** [乙](/rights/) [丙](#x) ![丁](a.png)", "<strong>甲</strong> 乙 丙"),
        ("见https://a.com，后", '见<a href="https://a.com">https://a.com</a>，后'),
        ("# 甲\n\n- 乙 <div>丙</div>", "# 甲\n\n- 乙 丙"),
        ("<script>x</script> <harmonyos>", "&lt;script&gt;x&lt;/script&gt; &lt;harmonyos&gt;"),
        ("[甲](javascript:x)[^1]", "甲[^1]"),
        ("", ""),
    ],
)
def test_inline(source: str, expected: str) -> None:
    assert render_inline(source, MarkupSettings()) == expected


def test_inline_with_html_as_text() -> None:
    assert render_inline("<b>甲</b> *乙*", MarkupSettings("escape")) == "&lt;b&gt;甲&lt;/b&gt; <em>乙</em>"
