"""Manual conversion markup in Markdown: what is markup, what stays text, and what it is in the rendered body."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builder.markup.manual import resolve_manual, show_manual
from builder.markup.render import Markup, MarkupSettings, render, render_inline

SIMPLIFIED, TAIWAN, HONG_KONG = "zh-CN", "zh-TW", "zh-HK"
WORD = "-{zh-cn:软件;zh-tw:軟體;zh-hk:軟件}-"


def rendered(text: str, script: str = SIMPLIFIED) -> Markup:
    return render(text, MarkupSettings(), path="a.md", script=script).value


def shown(text: str, variant: str = TAIWAN) -> str:
    return show_manual(rendered(text).html, variant).strip()


@pytest.mark.parametrize(
    ("text", "simplified", "taiwan", "hong_kong"),
    [
        ("-{原文}-", "原文", "原文", "原文"),
        ("-{}-", "", "", ""),
        (WORD, "软件", "軟體", "軟件"),
        ("-{zh-cn:软件;zh-tw:軟體}-", "软件", "軟體", "軟體"),
        ("-{zh-hk:軟件; zh-hans:软件;}-", "软件", "軟件", "軟件"),
        ("-{zh-hans:软件;zh-hant:軟體}-", "软件", "軟體", "軟體"),
        ("-{ZH-CN:软件 ; ZH-Tw : 軟體}-", "软件", "軟體", "軟體"),
        ("-{zh:随便;zh-tw:軟體}-", "随便", "軟體", "軟體"),
        ("-{zh-sg:软件;zh-mo:軟件}-", "软件", "軟件", "軟件"),
        ("-{zh-cn:;zh-tw:的}-", "", "的", "的"),
        ("-{zh-cn:a:b;zh-tw:c;d}-", "a:b", "c;d", "c;d"),
        ("-{zh-cn:a&amp;zh-tw:b}-", "a&amp;zh-tw:b", "a&amp;zh-tw:b", "a&amp;zh-tw:b"),
        ("-{a:b}-", "a:b", "a:b", "a:b"),
        ("-{zh-cn:a;zh-xx:b}-", "a;zh-xx:b", "a;zh-xx:b", "a;zh-xx:b"),
        ("-{R|zh-cn:a;zh-tw:b}-", *("zh-cn:a;zh-tw:b",) * 3),
        ("-{什么|文本}-", "文本", "文本", "文本"),
        ("-{什么;A|zh-cn:a;zh-tw:b}-", "a", "b", "b"),
        ("-{A|zh-cn:a;zh-tw:b}-", "a", "b", "b"),
        ("-{H|zh-cn:a;zh-tw:b}-", "", "", ""),
        ("-{-|zh-cn:a;zh-tw:b}-", "", "", ""),
        ("-{T|zh-cn:a;zh-tw:b}-", "", "", ""),
        ("-{T;A|zh-cn:a;zh-tw:b}-", "a", "b", "b"),
        ("-{H;A|zh-cn:a;zh-tw:b}-", "", "", ""),
        ("-{D|zh-cn:a;zh-tw:b}-", *("大陆简体：a；臺灣正體：b；",) * 3),
        ("-{N|zh-tw}-", "臺灣正體", "臺灣正體", "臺灣正體"),
        ("-{zh-hans;zh-hant|文本}-", "文本", "文本", "文本"),
        ("-{A|甲=>zh-tw:乙}-", "甲", "乙", "乙"),
        ("-{a-{b}-c}-", "abc", "abc", "abc"),
        ("-{zh-cn:a-{zh-cn:b;zh-tw:c}-;zh-tw:d-{zh-cn:e;zh-tw:f}-}-", "ab", "df", "df"),
        ("-{zh-cn:**软**件;zh-tw:[軟體](https://a.com/?b;c:d)}-", "<strong>软</strong>件", *(
            '<a href="https://a.com/?b;c:d">軟體</a>',) * 2),
        ("-{zh-cn:`a|b;c`;zh-tw:<b>d</b>}-", "<code>a|b;c</code>", "<b>d</b>", "<b>d</b>"),
    ],
)  # fmt: skip
def test_what_each_variant_shows(text: str, simplified: str, taiwan: str, hong_kong: str) -> None:
    html = rendered(f"前{text}后").html
    for variant, said in ((SIMPLIFIED, simplified), (TAIWAN, taiwan), (HONG_KONG, hong_kong)):
        assert show_manual(html, variant) == f"<p>前{said}后</p>\n"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("没有完 -{zh-cn:a;zh-tw:b", "没有完 -{zh-cn:a;zh-tw:b"),
        ("没有头 zh-cn:a}- 后", "没有头 zh-cn:a}- 后"),
        ("-{ 开着 -{a}- 完", "-{ 开着 a 完"),
        (r"\-{a}- -\{a}-", "-{a}- -{a}-"),
        ("`-{a}-`", "<code>-{a}-</code>"),
        ("<code>-{a}-</code>-{b}-", "<code>-{a}-</code>b"),
        ("`` ` -{a `` b}-", "<code>` -{a</code> b}-"),
        ("-{ `}-` }-", " <code>}-</code> "),
        ("**-{a}-**后", "<strong>a</strong>后"),
        ("*前-{a}-*", "<em>前a</em>"),
        ("*a -{b* c}- d*", "<em>a b* c d</em>"),
        ("[a -{b](c) d}-", "[a b](c) d"),
        ("[-{a}-](https://b.com)", '<a href="https://b.com">a</a>'),
        ("[-{[a](https://c.com)}-](https://b.com)", '<a href="https://b.com">a</a>'),
        ("<https://a.com/-{b}->", '<a href="https://a.com/-%7Bb%7D-">https://a.com/-{b}-</a>'),
    ],
)
def test_the_edges(text: str, html: str) -> None:
    assert shown(text) == f"<p>{html}</p>"


def test_code_blocks_stay() -> None:
    for text in ("```\n-{a|b}-\n```", "    -{a|b}-", "<pre>\n-{a|b}-\n</pre>"):
        assert "-{a|b}-" in rendered(text).html
        assert "wz-" not in rendered(text).html


def test_ten_levels() -> None:
    assert shown("-{" * 10 + "x" + "}-" * 10) == "<p>x</p>"
    assert shown("-{" * 11 + "x" + "}-" * 11) == "<p>-{x}-</p>"


def test_a_bar_inside_ends_no_cell() -> None:
    table = f"| 名称 | -{{A|zh-cn:值;zh-tw:數值}}- |\n|--|--|\n| {WORD} | `a` \\| -{{R|b}}- |\n| -{{开 | 着 |\n"
    cells = re.findall("<t[hd]>(.*?)</t[hd]>", shown(table))
    assert cells == ["名称", "數值", "軟體", "<code>a</code> | b", "-{开", "着"]
    quoted = "".join(f"> {line}\n" for line in table.splitlines())
    assert re.findall("<t[hd]>(.*?)</t[hd]>", shown(quoted)) == cells


def test_headings_keep_the_id_of_their_own_script() -> None:
    markup = rendered(f"## {WORD}更新\n\n## {WORD}更新\n\n# -{{H|zh-cn:a;zh-tw:b}}-版本 {{#v}}\n")
    assert [(heading.id, heading.text) for heading in markup.outline] == [
        ("软件更新", "软件更新"), ("软件更新-1", "软件更新"), ("v", "版本"),
    ]  # fmt: skip
    assert rendered(f"## {WORD}更新", TAIWAN).outline[0].id == "軟體更新"


def test_words_are_counted_once() -> None:
    assert rendered(f"我们用{WORD}。-{{H|zh-cn:甲;zh-tw:乙}}-").words == 5
    assert rendered(f"我们用{WORD}。").text == "我们用软件。"


def test_attributes_keep_it_as_text() -> None:
    html = rendered(
        f'![{WORD}图 -{{H|zh-tw:x}}-](https://a.com/a.png "{WORD}") ![-{{R|**a**}}-](https://a.com/b.png)'
    ).html
    assert f'alt="{WORD}图 "' in html
    assert f'title="{WORD}"' in html
    assert 'alt="-{R|a}-"' in html


def test_raw_html_holds_it_too() -> None:
    text = f'<figure title="-{{a}}-"><figcaption>{WORD}<code>{WORD}</code></figcaption></figure>\n'
    assert shown(text) == f'<figure title="-{{a}}-"><figcaption>軟體<code>{WORD}</code></figcaption></figure>'
    assert shown(f"一<span>{WORD}</span>") == "<p>一<span>軟體</span></p>"


@pytest.mark.parametrize("mode", ["sanitize", "allow", "escape"])
@pytest.mark.parametrize(
    "text",
    [
        '<wz-rule data-flags="H"><wz-text data-for="zh-tw">假</wz-text></wz-rule>',
        '<div><wz-rule data-flags="A"><wz-text data-for="zh-tw">假</wz-text></wz-rule></div>',
        '<!--><wz-rule data-flags="A"><wz-text>假</wz-text></wz-rule><wz-keep>-->',
        "<wz-keep>假</wz-keep><wz-mark><wz-as lang=zh-TW>",
        '<svg><style><wz-rule>"</style></svg><p title="</p><wz-rule><wz-text>假">',
    ],
)
def test_nobody_forges_the_elements(text: str, mode: str) -> None:
    html = render(f"{text}\n\n{text} 文", MarkupSettings(mode), path="a").value.html  # type: ignore[arg-type]
    assert not re.search("<wz-(keep|as|mark)", html)
    # What comes of comments that a browser ends elsewhere is markup like any: nothing is left of it.
    assert "<wz-" not in resolve_manual(html, lambda manual: manual.content)


def test_inline_texts_hold_it() -> None:
    assert show_manual(render_inline(f"**{WORD}**：转发", MarkupSettings()), TAIWAN) == "<strong>軟體</strong>：转发"


def test_nothing_takes_long() -> None:
    started = time.perf_counter()
    texts = ["-{" * 9000, "}-" * 9000, "-{a" * 9000 + "}-" * 9000, "-{ `" * 5000]
    for text in (*texts, "-{|" * 5000 + "\n|--|\n", "-{a;" + " " * 9000 + "}-"):
        rendered(text)
    assert time.perf_counter() - started < 5


pieces = st.sampled_from(
    [
        *(
            "-{",
            "}-",
            "|",
            ";",
            ":",
            "=>",
            "zh-cn:",
            "zh-tw:",
            "zh-hk:",
            "A|",
            "H|",
            "T|",
            "-|",
            "软件",
            "x",
            " ",
            "\n",
        ),
        *(
            "`",
            "*",
            "**",
            "[",
            "](a)",
            "\\",
            "<b>",
            "</b>",
            "&amp;",
            "|--|",
            "{#a}",
            "# ",
            "\n\n",
            "<code>",
            "</code>",
            "![",
        ),
    ]
)


@example("-{\\``")
@given(st.lists(pieces, max_size=30).map("".join))
def test_no_markup_crashes_and_no_element_is_left(text: str) -> None:
    html = rendered(text).html
    for variant in (SIMPLIFIED, TAIWAN, HONG_KONG):
        assert "wz-" not in show_manual(html, variant)


@given(st.text(alphabet=st.characters(exclude_characters="-")) | st.lists(pieces, max_size=20).map("".join))
def test_a_text_without_it_renders_as_ever(text: str) -> None:
    assert "wz-" not in rendered(text.replace("-{", "- {")).html


words = st.text("软件头发里 ab", min_size=1).map(str.strip).filter(bool)


@given(words, words, words, st.sampled_from(["", "A|", "S|", "什么|"]))
def test_a_whole_rule_leaves_no_mark(simplified: str, taiwan: str, around: str, flag: str) -> None:
    html = rendered(f"{around}-{{{flag}zh-cn:{simplified};zh-tw:{taiwan}}}-{around}").html
    assert show_manual(html, TAIWAN) == f"<p>{around}{taiwan}{around}</p>\n"
    assert show_manual(html, SIMPLIFIED) == f"<p>{around}{simplified}{around}</p>\n"


def test_character_references_bring_in_no_marks_of_ours() -> None:
    html = rendered('<p title="&#2;软件&#x3;">&#29;-{a}-&#x1a;</p>\n').html
    assert not re.search("[\x00-\x08\x0b-\x1f]", html)
