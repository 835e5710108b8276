"""The auditor's own idea of the scripts: what the converter makes of real texts agrees with it, and what was altered does not."""

from __future__ import annotations

import re

import pytest
from sites import SAMPLE

from builder.auditing.scripts import Scripts, read_glossaries
from builder.variants.converter import make_converter
from builder.variants.glossary import shipped_glossary

HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def scripts() -> Scripts:
    return Scripts(read_glossaries(SAMPLE, "content"))


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    texts = (path.read_text("utf-8") for path in sorted((SAMPLE / "content").rglob("*.md")))
    found = {line.strip() for text in texts for line in re.split(r"[。\n]", text)}
    # Front matter may word something for one variant.
    return sorted(line for line in found if len(HAN.findall(line)) > 3 and "zh-" not in line and "lang=" not in line)


@pytest.mark.parametrize(
    ("script", "variant"), [("zh-CN", "zh-TW"), ("zh-CN", "zh-HK"), ("zh-TW", "zh-CN"), ("zh-TW", "zh-HK")]
)
def test_a_conversion_agrees_with_its_source(scripts: Scripts, sentences: list[str], script: str, variant: str) -> None:
    glossary = shipped_glossary()
    if script != "zh-CN":
        sentences = [make_converter("zh-CN", script, glossary=glossary, quotes=True).text(text) for text in sentences]
    convert = make_converter(script, variant, glossary=glossary, quotes=True)
    for text in sentences:
        converted = convert.text(text)
        assert scripts.agree(text, converted), (text, converted)
        one_script = (script == "zh-CN") == (variant == "zh-CN")
        assert not set(scripts.foreign(converted, variant)) - set(text if one_script else ""), converted
        assert scripts.regional(converted, variant, text) == "", converted


@pytest.mark.parametrize("number", range(3))
def test_a_character_less_does_not_agree(scripts: Scripts, sentences: list[str], number: int) -> None:
    convert = make_converter("zh-CN", "zh-TW", glossary=shipped_glossary(), quotes=True)
    for text in sentences[number::30]:
        converted = convert.text(text)
        places = [match.start() for match in HAN.finditer(converted)]
        place = places[len(places) * number // 3]
        assert not scripts.agree(text, converted[:place] + converted[place + 1 :]), converted


@pytest.mark.parametrize(
    ("text", "variant", "foreign"),
    [
        ("版权歸原作者", "zh-TW", "权"),
        ("皇后面前的台階、里程和乾隆", "zh-TW", ""),
        ("用户與温度", "zh-HK", ""),
        ("用户与温度", "zh-TW", "户温"),
        ("版權归原作者", "zh-CN", "權"),
        ("乾隆与皇后", "zh-CN", ""),
        ("ASCII only, 123", "zh-TW", ""),
    ],
)
def test_characters_of_the_other_script(scripts: Scripts, text: str, variant: str, foreign: str) -> None:
    assert scripts.foreign(text, variant) == foreign


@pytest.mark.parametrize(
    ("text", "variant", "wrong"),
    [("裏面的線", "zh-TW", "裏"), ("裡面的線", "zh-HK", "裡"), ("平台的臺階", "zh-TW", ""), ("裡", "zh-CN", "")],
)
def test_characters_of_the_other_place(scripts: Scripts, text: str, variant: str, wrong: str) -> None:
    assert scripts.regional(text, variant, "") == wrong
