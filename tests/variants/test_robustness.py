"""Whatever comes in: a right result or a clear finding, never a crash, never lost text, never a wait."""

import itertools
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.content.models import Override
from builder.variants.converter import Converter, make_converter, make_rules
from builder.variants.glossary import Entry, load_site_glossary, make_glossary, shipped_glossary
from builder.variants.style import merge_style

TAGS = ("zh-CN", "zh-TW", "zh-HK")
ODD = ("\0", "\ue000", "\ue001", "\uf8ff", "\U000f0000", "\ud800", "\udfff", "\x1e", "\x1f", "\ufeff", "\u200b")


def converter(script: str, variant: str, config: str | None = None) -> Converter:
    return make_converter(
        script, variant, config=config, glossary=shipped_glossary(), quotes=True, style=merge_style(variant, ())
    )


ALL = [converter(*pair) for pair in itertools.permutations(TAGS, 2)] + [converter("zh-CN", "zh-TW", "s2twp")]


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one.script}-{one.variant}")
@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_odd_characters_stay_where_they_are(one: Converter, odd: str) -> None:
    text = f"{odd}粉丝{odd}发布軟體裡{odd}{odd}余{odd}于刚“{odd}”"
    converted = one.text(text)
    assert converted.count(odd) == text.count(odd)
    assert [len(part) for part in converted.split(odd)] == [len(part) for part in text.split(odd)]
    assert one.convert([odd, text, ""], ())[0] == [odd, converted, ""]
    if odd != "\0":  # stands for addresses in HTML
        assert one.html(f"<p>{text}</p>").count(odd) == text.count(odd)


def test_a_paragraph_of_20000_characters_is_a_matter_of_moments() -> None:
    pool = "粉丝发布了三天干货，参与制造于刚说里面只有发展后来“软件”的头发。余下的范围由于斌决定"
    chooser = random.Random(1)
    paragraph = "".join(chooser.choice(pool) for _ in range(20_000))
    for one in ALL:
        one.text("发")  # loads what it needs
        start = time.perf_counter()
        converted = one.text(paragraph)
        assert time.perf_counter() - start < 2  # about 0.03 s on an idle machine
        assert len(converted) > 15_000
    unbroken = "粉丝发布于" * 4000
    start = time.perf_counter()
    assert ALL[0].text(unbroken) == "粉絲發布於" * 4000
    assert time.perf_counter() - start < 2


def test_a_glossary_of_10000_words_is_ready_in_moments() -> None:
    chooser = random.Random(2)
    characters = [chr(0x4E00 + number) for number in range(3000)]
    words = {"".join(chooser.choices(characters, k=chooser.randint(2, 5))): "乙" for _ in range(10_000)}
    entries = [Entry(word, zh_tw=f"{new}{number}", zh_hk="") for number, (word, new) in enumerate(words.items())]
    glossary = make_glossary(entries)
    start = time.perf_counter()
    for script, variant in itertools.permutations(TAGS, 2):
        make_converter(script, variant, glossary=glossary).text("数据")
    assert time.perf_counter() - start < 6  # about 0.6 s on an idle machine
    first = entries[0]
    assert make_converter("zh-CN", "zh-TW", glossary=glossary).text(f"，{first.text}，") == f"，{first.zh_tw}，"


def test_rules_in_a_circle_are_each_applied_once() -> None:
    overrides = [Override("", "甲", "乙"), Override("", "乙", "丙"), Override("", "丙", "甲甲")]
    one = make_converter("zh-CN", "zh-TW", glossary=make_glossary([Entry("乙", zh_tw="甲"), Entry("甲甲", zh_tw="丁")]))
    assert one.text("甲乙丙", make_rules(overrides, (), "zh-TW")) == "乙丙甲甲"
    assert one.text("乙甲甲") == "甲丁"


def test_of_conflicting_rules_the_stronger_one_counts() -> None:
    overrides = [Override("", "软件", "軟件"), Override("zh-TW", "软件", "軟體"), Override("", "软", "柔")]
    rules = make_rules(overrides, ["软件", "件"], "zh-TW")
    assert make_converter("zh-CN", "zh-TW", glossary=make_glossary(())).text("软件与软的件", rules) == "軟體與柔的件"
    [finding] = load_site_glossary('"甲" = "乙"\n[zh-TW]\n"甲" = "丙"', "glossary.toml").diagnostics
    assert finding.code == "glossary-conflict"


def test_rules_made_of_odd_characters_do_no_harm() -> None:
    one = converter("zh-CN", "zh-TW")
    rules = make_rules(
        [Override("", "\ue000", "x"), Override("", "发\0", "y"), Override("", ".*[", "z")], ["\ud800"], "zh-TW"
    )
    assert one.text("发\ue000发\0发\ud800.*[", rules) == "發xy發\ud800z"


@given(st.sampled_from(ALL[:-1]), st.lists(st.text("软件头发“”「」发于刚里\0\ue000\x1e a", max_size=6), max_size=6))
def test_texts_converted_together_are_what_they_are_alone(one: Converter, texts: list[str]) -> None:
    assert one.convert(texts, ())[0] == [one.text(text) for text in texts]
