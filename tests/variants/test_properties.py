"""What holds for every text and page."""

import re

from hypothesis import given
from hypothesis import strategies as st

from builder.variants.converter import Converter, make_converter, make_rules
from builder.variants.engine import keeps_length
from builder.variants.glossary import Entry, make_glossary, shipped_glossary
from builder.variants.runs import split_html

SHIPPED = shipped_glossary()
NOTHING = make_glossary(())
CONVERTERS = [
    make_converter(script, variant, glossary=glossary, quotes=True, config=config)
    for script, variant, glossary, config in (
        ("zh-CN", "zh-TW", SHIPPED, None),
        ("zh-CN", "zh-HK", SHIPPED, None),
        ("zh-TW", "zh-CN", SHIPPED, None),
        ("zh-HK", "zh-TW", SHIPPED, None),
        ("zh-TW", "zh-HK", SHIPPED, None),
        ("zh-CN", "zh-TW", NOTHING, None),
        ("zh-CN", "zh-TW", SHIPPED, "s2twp"),
        ("zh-CN", "zh-TW", NOTHING, "s2twp"),
    )
]
RULES = make_rules((), ["内存", "头"], "zh-TW")
WORDS = [
    *(
        "软件",
        "头",
        "发",
        "皇",
        "后",
        "内",
        "存",
        "首席",
        "执行",
        "官",
        "服",
        "务器",
        "数据",
        "库",
        "軟",
        "體",
        "網",
        "路",
        "裡",
    ),
    *"“”‘’「」A1，。x",
    *("\n", " ", "\0", "\ue000", "\ud800", "\x1e", "𠮷", "。\n"),
]
converters = st.sampled_from(CONVERTERS)
texts = st.lists(st.sampled_from(WORDS), max_size=12).map("".join)
inline = st.recursive(
    texts.map(lambda text: text.replace("\0", "")),
    lambda inner: st.builds(
        lambda name, attributes, parts: f"<{name}{attributes}>{''.join(parts)}</{name}>",
        st.sampled_from(["b", "em", "span", "a", "code", "p", "q"]),
        st.sampled_from(
            ["", ' class="软件"', ' title="头发"', ' lang="en"', ' translate="no"', " \x000\x00", ' lang="zh-TW"']
        ),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)
pages = st.lists(inline | st.sampled_from(["<br>", '<img alt="软件">', "&amp;", "&nbsp;"]), max_size=6).map("".join)


@given(converters, st.text() | texts)
def test_any_text_is_taken(converter: Converter, text: str) -> None:
    assert (converter.text(text) == "") == (text == "")


@given(converters, st.text() | st.text('<>ab/"= \n&;-!\0软件'))
def test_any_page_is_taken(converter: Converter, html: str) -> None:
    converter.html(html)
    converter.html(html, RULES)
    assert "".join(split_html(html, converter.script).pieces) == html


@given(converters, pages)
def test_the_markup_stays(converter: Converter, html: str) -> None:
    def markup(html: str) -> list[str]:
        return re.findall(r"<[^<>]*>|&\w+;", re.sub(r'(?P<name> (?:alt|title)=)"[^"]*"', r"\g<name>", html))

    before, after = markup(html), markup(converter.html(html))
    # Nothing new, nothing in another order; what is missing are inline elements whose text went into another.
    rest = iter(before)
    assert all(tag in rest for tag in after)
    needed = [tag for tag in before if not re.fullmatch("</?(b|em|span|q)( [^\0]*)?>", tag)]
    assert [tag for tag in after if tag in needed] == needed
    if converter.glossary == NOTHING and keeps_length(converter.chain):
        assert before == after


@given(
    converters,
    st.lists(texts.map(lambda text: re.sub("[\n\0]", "", text)), max_size=6),
    st.sampled_from(["b", "a", "i"]),
)
def test_inline_markup_does_not_change_the_text(converter: Converter, parts: list[str], name: str) -> None:
    html = "".join(f"<{name}>{part}</{name}>" for part in parts)
    joined = "".join(parts)
    assert re.sub("<[^>]*>", "", converter.html(html)) == converter.text(joined)
    assert re.sub("<[^>]*>", "", converter.html(html, RULES)) == converter.text(joined, RULES)


@given(st.sampled_from(["zh-CN", "zh-TW", "zh-HK"]), pages.filter(lambda html: "lang=" not in html))
def test_within_a_script_nothing_changes(script: str, html: str) -> None:
    converter = make_converter(script, script, glossary=SHIPPED, quotes=True)
    assert converter.html(html) == html
    assert converter.text(html, RULES) == html


@given(st.sampled_from([entry for entry in SHIPPED.entries if entry.zh_tw]), texts)
def test_a_word_of_the_glossary_comes_out_as_it_stands_there(entry: Entry, text: str) -> None:
    assert CONVERTERS[0].text(f"，{entry.text}，{text}").startswith(f"，{entry.zh_tw}，")
