"""Quotation marks of the variants."""

import pytest

from builder.variants.converter import make_converter
from builder.variants.glossary import make_glossary

NOTHING = make_glossary(())
TW = make_converter("zh-CN", "zh-TW", glossary=NOTHING, quotes=True)
CN = make_converter("zh-TW", "zh-CN", glossary=NOTHING)


@pytest.mark.parametrize(
    ("text", "converted"),
    [
        ("“元宇宙”", "「元宇宙」"),
        ("他说：“这是‘好’事。”", "他說：「這是『好』事。」"),
        ("‘甲“乙‘丙’”’", "「甲『乙「丙」』」"),
        ("“I don’t”与“不don’t”", "“I don’t”與「不don’t」"),
        ("iPhone’s ‘屏’", "iPhone’s 「屏」"),
        ("“OK”与“好”", "“OK”與「好」"),
        ("没有收尾的“引号", "沒有收尾的“引號"),
        ("”倒“的‘’", "”倒“的‘’"),
        ("甲“乙‘丙”丁", "甲「乙‘丙」丁"),
        ("’90年代’", "’90年代’"),
    ],
)
def test_curly_becomes_corner(text: str, converted: str) -> None:
    assert TW.text(text) == converted


@pytest.mark.parametrize(
    ("html", "converted"),
    [
        ("<p>“<b>元</b>宇宙”</p>", "<p>「<b>元</b>宇宙」</p>"),
        ("<p>“请用<code>“软件”</code>”，<br>再“看”</p>", "<p>「請用<code>“软件”</code>」，<br>再「看」</p>"),
        ("<p>“第一段</p><p>第二段”</p>", "<p>“第一段</p><p>第二段”</p>"),
        ("<p>&ldquo;词&rdquo; “AI\n软件”</p>", "<p>「詞」 「AI\n軟件」</p>"),
    ],
)
def test_pairs_are_found_across_markup(html: str, converted: str) -> None:
    assert TW.html(html) == converted


def test_corner_becomes_curly_in_simplified() -> None:
    assert CN.text("他說：「這是『好』事。」與『OK』") == "他说：“这是‘好’事。”与“OK”"


def test_marks_stay_where_a_variant_prints_the_other_ones() -> None:
    assert make_converter("zh-CN", "zh-TW", glossary=NOTHING, quotes=False).text("“词”") == "“詞”"
    assert make_converter("zh-TW", "zh-CN", glossary=NOTHING, quotes=True).text("「詞」") == "「词」"
    assert make_converter("zh-TW", "zh-HK", glossary=NOTHING, quotes=True).text("「詞」與“詞”") == "「詞」與「詞」"
