"""Manual conversion markup, converted: what is printed as given, which rules hold where, and what is left of the markup."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.content.models import Override
from builder.diagnostics import Place
from builder.markup.render import MarkupSettings, render
from builder.variants.converter import NO_RULES, Converter, Rules, make_converter, make_rules
from builder.variants.glossary import Entry, make_glossary
from builder.variants.manual import Resolved, convert_manual, convert_text, has_manual, show_source, unused_rules

GLOSSARY = make_glossary([Entry("软件", None, "軟體", "軟件"), Entry("视频", None, "影片", "短片")])
RULE = "zh-cn:软件;zh-tw:軟物"


def converter(variant: str = "zh-TW", script: str = "zh-CN") -> Converter:
    return make_converter(script, variant, glossary=GLOSSARY, quotes=variant != "zh-CN")


def markup(text: str, script: str = "zh-CN") -> str:
    return render(text, MarkupSettings(), path="a.md", script=script).value.html


def convert(text: str, variant: str = "zh-TW", rules: Rules = NO_RULES, script: str = "zh-CN") -> Resolved:
    return convert_manual(markup(text, script), converter(variant, script), rules)


def said(text: str, variant: str = "zh-TW", rules: Rules = NO_RULES, script: str = "zh-CN") -> str:
    return convert(text, variant, rules, script).html.strip().removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize(
    ("text", "simplified", "taiwan"),
    [
        ("-{头发}-头发", "头发头发", "头发頭髮"),
        ("头-{}-发", "头发", "頭發"),
        ("软-{}-件", "软件", "軟件"),
        ("-{zh-cn:头发;zh-tw:头发}-", "头发", "头发"),
        ("**头**-{**头**}-", "<strong>头</strong><strong>头</strong>", "<strong>頭</strong><strong>头</strong>"),
        ("-{zh-tw:視頻裡}-", "视频里", "視頻裡"),
        ("-{zh-hk:軟件}-", "软件", "軟件"),
        ("-{zh:软件}-", "软件", "軟體"),
        ("-{zh-hant|软件}-", "软件", "軟體"),
        ("-{zh-hans|软件}-", "软件", "软件"),
        ("“-{软件}-”，“-{x}-”", "“软件”，“x”", "「软件」，“x”"),
        ("“-{a“软件}-”", "“a“软件”", "「a“软件」"),
        (f"“软件-{{H|{RULE}}}-软件”", "“软件软件”", "「軟體軟物」"),
        (f"软件-{{A|{RULE}}}-软件，軟物", "软件软件软件，软件", "軟體軟物軟物，軟物"),
        (f"-{{H|{RULE}}}-软件-{{-|{RULE}}}-软件", "软件软件", "軟物軟體"),
        ("-{H|软件}-软件里", "软件里", "软件裡"),
        ("-{H|软件=>zh-tw:軟物}-软件", "软件", "軟物"),
        ("-{H|软件=>zh-cn:软体}-软件", "软体", "軟體"),
        ("-{H|软件=>zh-tw:}-软件园", "软件园", "園"),
        ("-{H|zh-cn:**软**件;zh-tw:軟物}-软*件*", "软<em>件</em>", "軟<em>物</em>"),
        ("-{H|zh-cn:a & b;zh-tw:<c>}-a & b", "a &amp; b", "&lt;c>"),
        ("-{zh-cn:-{H|软件=>zh-tw:軟物}-甲;zh-tw:-{H|软件=>zh-tw:軟物}-乙}-软件", "甲软件", "乙軟物"),
        ("软件`-{软件}-`", "软件<code>-{软件}-</code>", "軟體<code>-{软件}-</code>"),
        ("-{H|甲=>zh-tw:乙}--{H|乙=>zh-tw:甲}-甲乙", "甲乙", "乙甲"),
        ("没有 -{ 完，软件", "没有 -{ 完，软件", "沒有 -{ 完，軟體"),
        ("完 }- 软件", "完 }- 软件", "完 }- 軟體"),
    ],
)
def test_conversion(text: str, simplified: str, taiwan: str) -> None:
    assert said(text, "zh-CN") == simplified
    assert said(text) == taiwan


def test_rules_hold_from_block_to_block_and_in_attributes_by_their_place() -> None:
    text = (
        f"![软件](https://a.com/1.png)\n\n-{{H|{RULE}}}-\n\n> 软件\n\n![软件“-{{软件}}-”](https://a.com/2.png '软件')\n"
    )
    html = convert(text).html
    assert re.findall('(?:alt|title)="([^"]*)"', html) == ["軟體", "軟物「软件」", "軟物"]
    assert "<p>軟物</p>" in html
    assert "<p></p>" not in html
    assert re.findall('(?:alt|title)="([^"]*)"', convert(text, "zh-CN").html) == ["软件", "软件“软件”", "软件"]


def test_rules_hold_in_other_languages_of_the_page_too() -> None:
    html = convert(f'<b lang="zh-HK">軟物</b>-{{H|{RULE}}}-<b lang="zh-HK">軟物</b><b lang="en">软件</b>', "zh-CN").html
    assert html == '<p><b lang="zh-HK">软物</b><b lang="zh-HK">软件</b><b lang="en">软件</b></p>\n'


def test_the_markup_is_stronger_than_the_front_matter_and_that_than_the_glossary() -> None:
    rules = make_rules([Override("", "软件", "軟甲")], ["视频"], "zh-TW")
    assert said(f"软件视频-{{A|{RULE}}}-软件-{{-|{RULE}}}-软件", rules=rules) == "軟甲视频軟物軟物軟體"
    # In its own script a text has the words that stand there.
    assert said("软件视频-{H|zh-cn:软体;zh-tw:軟件}-軟件", "zh-CN", rules) == "软件视频软体"


def test_attributes_with_an_address_are_left_alone() -> None:
    value = "见 https://a.com/-{zh-cn:软件;zh-tw:軟物}-"
    assert f'title="{value}"' in convert(f'[a](https://b.com "{value}")').html


def test_addresses_ids_and_code_stay() -> None:
    text = "## -{zh-cn:软件;zh-tw:軟物}-\n\n"
    text += "[a](https://a.com/-{b}-?c=-{zh-cn:d}-) [b](#软件) ![c](-{zh-cn:软件}-.png)\n\n```\n-{软件}-\n```\n"
    simplified, taiwan = (convert(text, variant).html for variant in ("zh-CN", "zh-TW"))
    pattern = re.compile(r'(?:id|href|src|class)="[^"]*"|<pre.*</pre>|\0\d+\0', re.DOTALL)
    assert pattern.findall(simplified) == pattern.findall(taiwan)
    assert len(pattern.findall(taiwan)) == 5
    assert "#软件" in taiwan


@pytest.mark.parametrize(
    ("text", "simplified", "taiwan"),
    [
        ("-{T|zh-cn:标题;zh-tw:標題}-正文", "标题", "標題"),
        ("-{T|标题}-正文", "标题", "标题"),
        ("-{T|zh-tw:**標題**“甲”}-正文", None, "標題“甲”"),
        ("-{T|zh-tw:甲}--{T|zh-tw:乙}-", None, "乙"),
        ("-{T;A|zh-cn:软件;zh-tw:軟物}-软件", "软件", "軟物"),
        ("正文", None, None),
    ],
)
def test_a_text_gives_its_page_a_title(text: str, simplified: str | None, taiwan: str | None) -> None:
    assert convert(text, "zh-CN").title == simplified
    assert convert(text).title == taiwan


def test_traditional_sources() -> None:
    assert said("-{zh-tw:軟體;zh-cn:软体}-，頭髮", "zh-CN", script="zh-TW") == "软体，头发"
    assert said("-{zh-tw:軟體;zh-cn:软体}-，頭髮", "zh-TW", script="zh-TW") == "軟體，頭髮"
    assert said("-{H|zh-tw:軟體;zh-hk:軟件啊}-軟體", "zh-HK", script="zh-TW") == "軟件啊"


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("软件", "軟體"),
        ("-{zh-cn:软件;zh-tw:軟物}-“软件”", "軟物「軟體」"),
        ("-{<b>&amp;软件}- a<b & c", "<b>&amp;软件 a<b & c"),
        ("-{A|zh-cn:软件;zh-tw:軟物}-与软件", "軟物與軟物"),
        ("没有完 -{ 软件", "沒有完 -{ 軟體"),
        ('-{a"b}-', 'a"b'),
        ("-{T|zh-cn:甲;zh-tw:乙}-", "乙"),
    ],
)
def test_plain_texts_hold_it(text: str, result: str) -> None:
    assert convert_text(text, converter()) == result


def test_rules_that_nothing_after_them_needs_are_told() -> None:
    text = f"软件\n\n文 -{{A|{RULE}}}- 甲 -{{H|视频=>zh-tw:影音}}- 视频 -{{A|乙}}- -{{zh-cn:丙;zh-tw:丁}}- ![乙](https://a.com/a.png)\n"
    html = markup(text)
    (finding,) = unused_rules(html, "zh-CN", "a.md")
    assert (finding.code, finding.place) == ("convert-unused", Place("a.md", 3, 3))
    assert "'軟物' or '软件'" in finding.message


def test_a_thousand_rules() -> None:
    text = "".join(f"软件-{{A|zh-cn:词{number:04};zh-tw:詞{number:04}甲}}-用。\n\n" for number in range(1000))
    html = markup(f"{text}词0007，词0999")
    started = time.perf_counter()
    assert "<p>詞0007甲，詞0999甲</p>" in convert_manual(html, converter()).html
    assert time.perf_counter() - started < 5


def test_what_has_no_markup_is_told_at_once() -> None:
    assert not has_manual(markup("软件 - {a} --"))
    assert has_manual(markup("-{a}-"))
    assert has_manual(markup("![-{a}-](https://a.com/a.png)"))


pieces = st.lists(
    st.sampled_from(
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
                "zh-hant:",
                "A|",
                "H|",
                "T|",
                "-|",
                "zh-hk|",
                "N|",
                "D|",
            ),
            *(
                "软件",
                "头",
                "发",
                "“",
                "”",
                " ",
                "\n",
                "\n\n",
                "`",
                "**",
                "[",
                "](a)",
                "<b>",
                "</b>",
                "# ",
                "\x1d",
                "\x02",
                "x",
            ),
        ]
    ),
    max_size=24,
).map("".join)


@given(pieces, st.sampled_from(["zh-CN", "zh-TW", "zh-HK"]), st.sampled_from(["zh-CN", "zh-TW"]))
def test_whatever_is_written_nothing_of_ours_is_left(text: str, variant: str, script: str) -> None:
    html = markup(text, script)
    shown = convert_manual(html, converter(variant, script), make_rules([], ["软件"], variant)).html
    assert not re.search("wz-|[\x01-\x08\x0b-\x1f]", shown)
    assert shown.count("<p>") == shown.count("</p>")
    assert "wz-" not in convert_text(text, converter(variant, script))
    unused_rules(html, script, "a.md")


@given(st.lists(st.sampled_from(["软件", "头", "发", "“", "”", "x ", "**", "、"]), max_size=12).map("".join))
def test_markup_that_does_nothing_changes_nothing_else(text: str) -> None:
    html = markup(f"{text}\n\n-{{H|无=>zh-tw:無}}-\n\n{text}\n")
    plain = markup(f"{text}\n\n{text}\n")
    assert convert_manual(html, converter()).html == converter().html(plain)
    assert show_source(html, "zh-CN") == plain
