"""House style: which of several ways to write a word is printed."""

import pytest

from builder.config import USUAL_STYLES, Variant
from builder.content.models import Override
from builder.variants.converter import make_converter, make_rules
from builder.variants.glossary import Entry, load_site_glossary, make_glossary, merge_glossaries, shipped_glossary
from builder.variants.style import Table, make_style, merge_style, restyle

NOTHING = make_glossary(())


def convert(variant: str, text: str, own: Table = (), script: str = "zh-CN") -> str:
    return make_converter(script, variant, glossary=NOTHING, style=merge_style(variant, own)).text(text)


def test_the_usual_style_is_what_papers_print() -> None:
    text = "台湾发布、宣布、布局，占据、污染、潮湿、岩石里，说明户口温度税率，脱离床面条峰会启动群众每周"
    assert convert("zh-TW", text) == (
        "台灣發布、宣布、布局，占據、污染、潮濕、岩石裡，說明戶口溫度稅率，脫離床麵條峰會啟動群眾每週"
    )
    assert convert("zh-HK", text) == (
        "台灣發佈、宣佈、佈局，佔據、污染、潮濕、岩石裏，說明戶口溫度稅率，脫離床麵條峰會啟動群眾每周"
    )


@pytest.mark.parametrize(
    ("own", "text", "printed"),
    [
        ((("台", "臺"),), "台湾平台", "臺灣平臺"),  # over the usual 臺 → 台
        ((("臺", "臺"),), "台湾平台", "臺灣平臺"),  # the usual one off: what OpenCC writes
        ((("布局", "佈局"),), "发布布局", "發布佈局"),
        ((("佈", "佈"), ("佈局", "布局")), "发布布局", "發佈布局"),
        ((("裡", "裏"),), "城里", "城裏"),
        ((("甲", "乙"), ("乙", "甲")), "甲乙", "乙甲"),  # in one pass, so a circle is none
        ((("甲乙", "丙丁"), ("甲", "戊"), ("丙", "己")), "甲乙甲丙", "丙丁戊己"),
    ],
)
def test_a_sites_own_style_wins(own: Table, text: str, printed: str) -> None:
    assert convert("zh-TW", text, own) == printed


def test_the_words_of_the_shipped_glossary_are_in_style_and_a_sites_own_are_not() -> None:
    site = load_site_glossary('"台州" = "臺州"\n"污点" = {zh-TW = "汙點"}', "glossary.toml").value
    shipped = make_glossary([Entry("平台", zh_tw="平台"), Entry("台州", zh_tw="台州"), Entry("污点", zh_tw="")])
    glossary = merge_glossaries(shipped, site)
    usual = make_converter("zh-CN", "zh-TW", glossary=glossary, style=merge_style("zh-TW", ()))
    own = make_converter("zh-CN", "zh-TW", glossary=glossary, style=merge_style("zh-TW", (("台", "臺"),)))
    assert usual.text("平台与台州的污点污染") == "平台與臺州的汙點污染"
    assert own.text("平台与台州") == "平臺與臺州"


def test_the_words_of_an_article_are_printed_as_they_stand() -> None:
    converter = make_converter("zh-CN", "zh-TW", glossary=NOTHING, style=merge_style("zh-TW", ()))
    rules = make_rules([Override("", "台大", "臺大")], ["污"], "zh-TW")
    assert converter.text("台大与台湾，污染与污水", rules) == "臺大與台灣，污染與污水"
    assert converter.html("<p>台<b>大</b>在台<i>湾</i></p>", rules) == "<p>臺<b>大</b>在台<i>灣</i></p>"


def test_a_named_configuration_of_opencc_is_printed_as_it_is() -> None:
    from builder.rendering.articles import converter_for
    from builder.variants.glossary import Glossary

    class Settings:
        glossary: Glossary = NOTHING

    def text(variant: Variant) -> str:
        return converter_for("zh-CN", variant, Settings()).text("台湾说")  # type: ignore[arg-type]

    assert text(Variant("zh-HK", "", "", quotes=False)) == "台灣說"
    assert text(Variant("zh-HK", "", "", quotes=False, opencc=(("zh-CN", "s2hk"),))) == "台灣説"
    assert text(Variant("zh-HK", "", "", quotes=False, opencc=(("zh-CN", "s2hk"),), style=(("灣", "湾"),))) == "台湾説"


def test_the_tables_keep_lengths_and_lead_to_an_end() -> None:
    for style in USUAL_STYLES.values():
        assert len(dict(style)) == len(style)
        for written, printed in style:
            assert len(written) == len(printed)
            assert written != printed
            assert restyle(make_style(style), printed) == printed


def test_a_traditional_source_is_read_however_it_is_spelt() -> None:
    converter = make_converter("zh-HK", "zh-TW", glossary=shipped_glossary(), style=merge_style("zh-TW", ()))
    assert converter.text("帳户、賬戶與説明") == converter.text("帳戶、賬戶與說明")
    assert make_converter("zh-TW", "zh-CN", glossary=shipped_glossary()).text("平臺發佈") == "平台发布"
