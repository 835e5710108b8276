"""Characters in the right word: what OpenCC's greedy phrases get wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.variants.converter import Converter, make_converter
from builder.variants.glossary import make_glossary
from builder.variants.style import merge_style
from builder.variants.words import load_words, to_traditional

LINES = (Path(__file__).parent / "cases" / "words.tsv").read_text(encoding="utf-8").splitlines()
SENTENCES = [line.split("\t") for line in LINES if not line.startswith("#")]
NOTHING = make_glossary(())


def converter(variant: str) -> Converter:
    return make_converter("zh-CN", variant, glossary=NOTHING, style=merge_style(variant, ()))


@pytest.mark.parametrize(("text", "tw", "hk"), SENTENCES, ids=[text for text, _, _ in SENTENCES])
def test_every_sentence_has_its_characters(text: str, tw: str, hk: str) -> None:
    assert converter("zh-TW").text(text) == tw
    assert converter("zh-HK").text(text) == hk


@pytest.mark.parametrize(
    ("text", "traditional"),
    [
        ("于是，由于、至于、等于、位于、用于", "於是，由於、至於、等於、位於、用於"),
        ("由于海外市场、由于国家政策、对于大家", "由於海外市場、由於國家政策、對於大家"),
        ("，于北京发布，于美国上市，于明年开业", "，於北京發佈，於美國上市，於明年開業"),
        ("余下、其余、业余、50余名、百余人", "餘下、其餘、業餘、50餘名、百餘人"),
        ("范围、示范、规范、典范", "範圍、示範、規範、典範"),
        ("涂上、涂料、涂抹、糊涂", "塗上、塗料、塗抹、糊塗"),
        ("党员、入党、党的领导，党和国家", "黨員、入黨、黨的領導，黨和國家"),
        ("某些、导游某处", "某些、導遊某處"),
        ("于谦说，余光中在，范冰冰、游本昌、岳云鹏", "于謙說，余光中在，范冰冰、游本昌、岳雲鵬"),
        ("CEO余承东、记者于海生报道，党明先生", "CEO余承東、記者于海生報道，党明先生"),
    ],
)
def test_names_are_not_the_words_that_look_like_them(text: str, traditional: str) -> None:
    assert to_traditional(text).translate(str.maketrans("説爲", "說為")) == traditional


def test_words_that_a_glossary_takes_out_are_no_neighbours() -> None:
    assert to_traditional("粉丝\ue000发布") == "粉絲\ue000發佈"
    assert to_traditional("丝\ue000发布") == "絲\ue000發佈"


@given(st.text("发展现布头丝粉被明了解里面只系于余范党干货三天制造与一五0，。于刚说 \ue000x𠮷", max_size=24))
def test_each_character_stays_one_character(text: str) -> None:
    traditional = to_traditional(text)
    assert len(traditional) == len(text)
    assert all(
        new == old
        for new, old in zip(traditional, text, strict=True)
        if old in "明天三一五0，。说 \ue000x𠮷".replace("说", "")
    )


def test_the_list_of_words_is_whole() -> None:
    words = load_words()
    assert len(words.costs) > 30_000
    assert 0 < min(words.costs.values()) < words.costs["发展"] < words.costs["干货"]
