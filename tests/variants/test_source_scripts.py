"""Any script of a source: to all the others, with the glossary read backwards."""

import pytest

from builder.variants.converter import Converter, make_converter
from builder.variants.glossary import Entry, make_glossary, shipped_glossary
from builder.variants.style import merge_style

SHIPPED = shipped_glossary()


def converter(script: str, variant: str) -> Converter:
    return make_converter(script, variant, glossary=SHIPPED, style=merge_style(variant, ()), quotes=variant != "zh-CN")


@pytest.mark.parametrize(
    ("script", "variant", "text", "converted"),
    [
        (
            "zh-TW",
            "zh-CN",
            "軟體、網路、品質、硬碟、記憶體、伺服器、螢幕",
            "软件、网络、质量、硬盘、内存、服务器、屏幕",
        ),
        ("zh-TW", "zh-CN", "川普在紐西蘭說「資料庫」", "特朗普在新西兰说“数据库”"),
        ("zh-TW", "zh-CN", "看著他的著作，裡面的頭髮乾淨", "看着他的著作，里面的头发干净"),
        ("zh-HK", "zh-CN", "軟件、網絡、質素、短訊、看着裏面的説明", "软件、网络、质量、短信、看着里面的说明"),
        ("zh-TW", "zh-HK", "軟體、網路、品質、川普、簡訊，臺灣", "軟件、網絡、質素、特朗普、短訊，台灣"),
        ("zh-HK", "zh-TW", "軟件、網絡、質素、特朗普、短訊，說明", "軟體、網路、品質、川普、簡訊，說明"),
        ("zh-TW", "zh-HK", "看著城裡的人群宣布每週的計畫", "看着城裏的人群宣布每周的計劃"),
        ("zh-HK", "zh-TW", "看着城裏的人群宣佈每周的計劃", "看著城裡的人群宣布每週的計畫"),
    ],
)
def test_every_script_becomes_every_variant(script: str, variant: str, text: str, converted: str) -> None:
    assert converter(script, variant).text(text) == converted


def test_one_way_words_are_not_turned_back() -> None:
    glossary = make_glossary([Entry("数据", zh_tw="資料", zh_hk="", one_way=("zh-TW",)), Entry("软件", zh_tw="軟體")])
    assert make_converter("zh-TW", "zh-CN", glossary=glossary).text("軟體資料") == "软件资料"
    assert make_converter("zh-HK", "zh-TW", glossary=glossary).text("數據") == "資料"
    assert make_converter("zh-TW", "zh-HK", glossary=glossary).text("資料") == "資料"


def test_a_quotation_in_the_script_of_the_variant_is_left_alone() -> None:
    html = '<p>网络上说<q lang="zh-TW">網路裡的「軟體」佔了</q>一半</p>'
    assert converter("zh-CN", "zh-TW").html(html) == '<p>網路上說<q lang="zh-TW">網路裡的「軟體」佔了</q>一半</p>'
    assert converter("zh-HK", "zh-TW").html(html.replace("网络上说", "網絡上説")) == (
        '<p>網路上說<q lang="zh-TW">網路裡的「軟體」佔了</q>一半</p>'
    )


def test_unmarked_traditional_text_in_a_simplified_source_stays_sensible() -> None:
    text = "他写道：網路裡的軟體說明，後來發現頭髮。"
    assert converter("zh-CN", "zh-TW").text(text) == "他寫道：網路裡的軟體說明，後來發現頭髮。"
    assert converter("zh-CN", "zh-HK").text(text) == "他寫道：網路裏的軟體說明，後來發現頭髮。"
