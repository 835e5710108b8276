"""What of a page is converted, and what is not."""

import pytest

from builder.content.models import Override
from builder.diagnostics import BuilderError
from builder.variants.converter import make_converter, make_rules
from builder.variants.glossary import Entry, make_glossary, shipped_glossary
from builder.variants.runs import split_html

SHIPPED = shipped_glossary()
TW = make_converter("zh-CN", "zh-TW", glossary=SHIPPED, quotes=True)
HK = make_converter("zh-CN", "zh-HK", glossary=SHIPPED, quotes=True)
CN = make_converter("zh-CN", "zh-CN", glossary=SHIPPED)


@pytest.mark.parametrize(
    ("html", "converted"),
    [
        # Nothing that a reader does not read as Chinese.
        ("<p>软件<code>软件</code>软件</p>", "<p>軟體<code>软件</code>軟體</p>"),
        ("<pre><code>默认 <span>软件</span></code></pre>", "<pre><code>默认 <span>软件</span></code></pre>"),
        ("<kbd>软件</kbd><samp>软件</samp><var>软件</var>", "<kbd>软件</kbd><samp>软件</samp><var>软件</var>"),
        ("<script>软件('<p title=\"软件\">')</script>软件", "<script>软件('<p title=\"软件\">')</script>軟體"),
        (
            "<style>/* 软件 */</style><svg><title>软件</title></svg>",
            "<style>/* 软件 */</style><svg><title>软件</title></svg>",
        ),
        ("<!-- 软件 <b> -->软件", "<!-- 软件 <b> -->軟體"),
        ('<a href="/软件" id="软件" class="软件">软件</a>', '<a href="/软件" id="软件" class="软件">軟體</a>'),
        # What is marked as not to be converted.
        ('<p translate="no">软件<b>软件</b></p>软件', '<p translate="no">软件<b>软件</b></p>軟體'),
        (
            '<p translate="no">软件<b translate="yes">软件</b>软件</p>',
            '<p translate="no">软件<b translate="yes">軟體</b>软件</p>',
        ),
        ('<b translate="no"><b>软件</b>软件</b>软件', '<b translate="no"><b>软件</b>软件</b>軟體'),
        ('<span lang="ja">图书馆</span>图书馆', '<span lang="ja">图书馆</span>圖書館'),
        (
            '<span lang="en">the <i lang="zh">软件</i> 软件</span>',
            '<span lang="en">the <i lang="zh">軟體</i> 软件</span>',
        ),
        ('<q lang="zh-TW">網路裡</q>网络里', '<q lang="zh-TW">網路裡</q>網路裡'),
        ('<q lang="zh-HK">網絡裏</q>网络里', '<q lang="zh-HK">網絡裏</q>網路裡'),
        ('<q lang="zh-Hant" title="网络">网络</q>', '<q lang="zh-Hant" title="网络">网络</q>'),
        ('<q lang="zh-Hans-CN">网络</q>', '<q lang="zh-Hans-CN">網路</q>'),
        # Attributes that people read, unless they hold an address.
        (
            '<img src="软件.png" alt="软件" title="“软件”"><a title="见 https://x.cn/软件" aria-label="软件">x</a>',
            '<img src="软件.png" alt="軟體" title="「軟體」"><a title="见 https://x.cn/软件" aria-label="軟體">x</a>',
        ),
        (
            '<i data-x="a > 软件 < b" title="1 < 2 > 软件 & &quot;头发&quot;">',
            '<i data-x="a > 软件 < b" title="1 < 2 > 軟體 & &quot;頭髮&quot;">',
        ),
        (
            '<a \x000\x00 title="软件">软件</a><img \x001\x00 alt="软件">',
            '<a \x000\x00 title="軟體">軟體</a><img \x001\x00 alt="軟體">',
        ),
        ('<p translate="no" title="软件"><img alt="软件"></p>', '<p translate="no" title="软件"><img alt="软件"></p>'),
        # Runs: what a reader sees as one word is converted as one.
        ("<p>软<!-- x -->件</p>", "<p>軟<!-- x -->體</p>"),
        ("<p>头<a \x000\x00>发</a></p>", "<p>頭<a \x000\x00>髮</a></p>"),
        ("<p>头</p><p>发</p><p>头<br>发 头<img>发</p>", "<p>頭</p><p>發</p><p>頭<br>發 頭<img>發</p>"),
        ('<p>头<a title="皇后">发</a></p>', '<p>頭<a title="皇后">髮</a></p>'),
        ("<p>头<i> </i>发</p>", "<p>頭<i> </i>發</p>"),
        ('<p>头<span lang="en">x</span>发</p>', '<p>頭<span lang="en">x</span>發</p>'),
        ("<p>头\n发，软<b>\n件</b>\nAI\n软件</p>", "<p>頭\n髮，軟<b>\n體</b>\nAI\n軟體</p>"),
        (
            "<p>软&#20214; A&amp;B &lt;头发&gt;&nbsp;软件 & &copy</p>",
            "<p>軟體 A&amp;B &lt;頭髮&gt;&nbsp;軟體 & &copy</p>",
        ),
        ("<p>\"软件\" > '头发'</p>", "<p>\"軟體\" > '頭髮'</p>"),
        # Words that change their length stay where they start; what they leave empty goes, unless a reader needs it.
        ("<p><b>首席</b>执行<i>官</i>。</p>", "<p><b>執行長</b>。</p>"),
        ("<p>首席<b><i>执行</i></b>官</p>", "<p>執行長官</p>".replace("官", "")),
        ("<p>首席\n执行官</p>", "<p>執行長\n</p>"),
        ("<p><i></i>首席<i>执行官</i><i></i></p>", "<p><i></i>執行長<i></i></p>"),
        ('<p><a href="/a">首席</a>执行<a href="/b">官</a></p>', '<p><a href="/a">執</a>行<a href="/b">長</a></p>'),
        ('<p>内<b id="x">存</b></p>', '<p>記<b id="x">憶體</b></p>'),
        ("<p>内<a \x000\x00><b>存</b></a></p>", "<p>記<a \x000\x00><b>憶體</b></a></p>"),
        ('<p>内<abbr title="存">存</abbr></p>', '<p>記<abbr title="存">憶體</abbr></p>'),
    ],
)
def test_text_is_converted_and_the_rest_stays(html: str, converted: str) -> None:
    assert TW.html(html) == converted


def test_a_word_that_a_glossary_writes_with_markup_characters_is_escaped() -> None:
    converter = make_converter("zh-CN", "zh-TW", glossary=make_glossary([Entry("研发", zh_tw='R&D <"x">')]))
    assert converter.html('<p title="研发">研发</p>') == (
        '<p title="R&amp;D &lt;&quot;x&quot;>">R&amp;D &lt;&quot;x&quot;></p>'
    )
    assert converter.text("研发") == 'R&D <"x">'


def test_marked_text_of_another_variant_is_converted_from_that() -> None:
    html = '<p>软件 <q lang="zh-TW">網路軟體裡的「頭髮」</q> <b lang="zh-HK">軟件裏</b></p>'
    assert CN.html(html) == '<p>软件 <q lang="zh-TW">网络软件里的“头发”</q> <b lang="zh-HK">软件里</b></p>'
    assert TW.html(html) == '<p>軟體 <q lang="zh-TW">網路軟體裡的「頭髮」</q> <b lang="zh-HK">軟件裏</b></p>'


def test_the_script_of_the_text_itself_comes_out_as_it_went_in() -> None:
    html = '<p lang="zh-CN">软件“头发”<img alt="软件"></p>'
    assert CN.html(html) == html
    assert CN.text("软件“头发”", make_rules([Override("", "软件", "軟體")], (), "zh-CN")) == "软件“头发”"


def test_one_split_serves_all_variants() -> None:
    html = "<p>**软**件 <b>头</b>发</p>"
    split = split_html(html, "zh-CN")
    assert [c.html(split) for c in (CN, TW, HK)] == [c.html(html) for c in (CN, TW, HK)]
    assert "".join(split.pieces) == html


@pytest.mark.parametrize(
    ("script", "variant", "text", "converted"),
    [
        ("zh-CN", "zh-TW", "这款软件的视频", "這款軟體的影片"),
        ("zh-CN", "zh-HK", "这款软件的短信", "這款軟件的短訊"),
        ("zh-TW", "zh-CN", "網路上的軟體與資料庫", "网络上的软件与数据库"),
        ("zh-HK", "zh-CN", "網絡裏的短訊與質素", "网络里的短信与质量"),
        ("zh-TW", "zh-HK", "軟體裡的簡訊", "軟件裏的短訊"),
        ("zh-HK", "zh-TW", "軟件裏的短訊", "軟體裡的簡訊"),
        ("zh-TW", "zh-CN", "參考資料", "参考资料"),  # 資料 is not only 数据
        ("zh-TW", "zh-CN", "沙烏地阿拉伯", "沙特阿拉伯"),
    ],
)
def test_every_pair_of_variants(script: str, variant: str, text: str, converted: str) -> None:
    assert make_converter(script, variant, glossary=SHIPPED).text(text) == converted


def test_an_articles_own_words_are_the_strongest() -> None:
    overrides = [
        Override("", "软件", "軟件"),
        Override("zh-TW", "视频", "視訊"),
        Override("", "视频", "視頻"),
        Override("zh-CN", "头发", "毛"),
    ]
    rules = make_rules(overrides, ["内存", "范冰冰"], "zh-TW")
    assert TW.text("软件与视频、内存、头发", rules) == "軟件與視訊、内存、頭髮"
    assert HK.text("软件与视频", make_rules(overrides, (), "zh-HK")) == "軟件與視頻"
    assert TW.html("<p>范<b>冰</b>冰的<b>软</b>件</p>", rules) == "<p>范<b>冰</b>冰的<b>軟</b>件</p>"
    assert TW.text("软件与视频", make_rules((), (), "zh-TW")) == TW.text("软件与视频") == TW.text("软件与视频", None)


def test_an_articles_word_wins_over_a_longer_word_of_the_glossary() -> None:
    assert TW.text("首席执行官", make_rules((), ["执行"], "zh-TW")) == "首席执行官"


@pytest.mark.parametrize(
    "character", ["\0", "\ue000", "\ue001", "\ud800", "\udfff", "\x1e", "\x1f", "\ufffc", "\uffff"]
)
@pytest.mark.parametrize("config", [None, "s2twp"])
def test_no_character_loses_text(character: str, config: str | None) -> None:
    converter = make_converter("zh-CN", "zh-TW", config=config, glossary=SHIPPED, quotes=True)
    assert (
        converter.text(f"前{character}后，软件{character}{character}") == f"前{character}後，軟體{character}{character}"
    )
    assert converter.html(f"<p>软<b>件{character}</b>后</p>").replace("後", "后") == f"<p>軟<b>體{character}</b>后</p>"


def test_an_unknown_opencc_configuration_is_named() -> None:
    converter = make_converter("zh-CN", "zh-TW", config="s2xx", glossary=SHIPPED)
    with pytest.raises(BuilderError) as raised:
        converter.text("软件")
    [finding] = raised.value.diagnostics
    assert finding.code == "opencc-config"
    assert "s2twp" in finding.hint


def test_long_texts_take_time_in_proportion() -> None:
    paragraph = "<p>" + "首席<b>执行</b>官说，“软<i>件</i>”在内<a \x000\x00>存</a>里。" * 1500 + "</p>"
    assert len(TW.html(paragraph)) > 20_000
    words = make_converter("zh-CN", "zh-TW", config="s2twp", glossary=make_glossary(()))
    assert "伺<b>服</b>器" in words.html("<p>" + "服<b>务</b>器和内存。" * 1500 + "</p>")
