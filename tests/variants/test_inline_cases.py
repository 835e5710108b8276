"""Phrases that inline markup cuts, as `cases/inline.json` has them: rendered by the stock parser, no glossary."""

import json
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from builder.variants.converter import make_converter
from builder.variants.glossary import make_glossary

CASES = json.loads((Path(__file__).parent / "cases" / "inline.json").read_text(encoding="utf-8"))
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
NOTHING = make_glossary(())


def render(markdown: str) -> str:
    return str(MARKDOWN.render(markdown)).strip().replace(" />", ">")


@pytest.mark.parametrize("config", [None, "s2tw"])
@pytest.mark.parametrize("case", CASES, ids=[case["markdown"] for case in CASES])
def test_every_case_is_right_character_by_character(case: dict[str, str], config: str | None) -> None:
    converter = make_converter("zh-CN", "zh-TW", config=config, glossary=NOTHING)
    assert converter.html(render(case["markdown"])) == case["s2tw"]


def test_at_least_23_cases_are_right_word_by_word() -> None:
    converter = make_converter("zh-CN", "zh-TW", config="s2twp", glossary=NOTHING)
    right = [case["markdown"] for case in CASES if converter.html(render(case["markdown"])) == case["s2twp"]]
    assert len(CASES) == 24
    assert len(right) >= 23
