"""OpenCC's own test cases, as `vectors/opencc.json` has them: unchanged where neither glossary nor house style applies."""

import json
from pathlib import Path

import pytest

from builder.variants.converter import make_converter
from builder.variants.glossary import make_glossary

CASES = json.loads((Path(__file__).parent / "vectors" / "opencc.json").read_text(encoding="utf-8"))
NOTHING = make_glossary(())

#: Our own way from a script to a variant → what OpenCC calls it.
USUAL = {
    ("zh-CN", "zh-TW"): "s2tw",
    ("zh-CN", "zh-HK"): "s2hk",
    ("zh-TW", "zh-CN"): "tw2s",
    ("zh-HK", "zh-CN"): "hk2s",
}


def cases(config: str) -> list[tuple[str, str]]:
    return [(case["input"], case["expected"][config]) for case in CASES if config in case["expected"]]


@pytest.mark.parametrize("pair", USUAL, ids=USUAL.values())
def test_the_usual_conversions_give_what_opencc_gives(pair: tuple[str, str]) -> None:
    converter = make_converter(*pair, glossary=NOTHING)
    wrong = [(text, want, got) for text, want in cases(USUAL[pair]) if (got := converter.text(text)) != want]
    assert len(cases(USUAL[pair])) > 20
    assert wrong == []


@pytest.mark.parametrize(
    "config", ["s2t", "s2tw", "s2twp", "s2hk", "t2s", "t2tw", "t2hk", "tw2s", "tw2t", "hk2s", "hk2t"]
)
def test_a_named_configuration_is_opencc_alone(config: str) -> None:
    converter = make_converter("zh-CN", "zh-TW", config=config, glossary=NOTHING)
    assert cases(config)
    assert [converter.text(text) for text, _ in cases(config)] == [want for _, want in cases(config)]
