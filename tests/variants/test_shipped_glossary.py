"""The glossary that ships: every entry is there once, is found where its example shows it, and changes something."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import opencc
import pytest

from builder.variants.converter import make_converter
from builder.variants.glossary import shipped_glossary

CONFIGS = {"zh-TW": "s2tw", "zh-HK": "s2hk"}


class Line(NamedTuple):
    place: str
    word: str
    targets: dict[str, str]
    one_way: str
    example: str


def read_lines() -> list[Line]:
    lines = []
    for file in sorted(files("builder.variants").joinpath("data").iterdir(), key=lambda file: file.name):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if line and not line.startswith("#"):
                cells = line.split("\t")
                assert len(cells) == 5, f"{file.name}:{number}: {len(cells)} columns"
                word, zh_tw, zh_hk, one_way, example = cells
                lines.append(Line(f"{file.name}:{number}", word, {"zh-TW": zh_tw, "zh-HK": zh_hk}, one_way, example))
    return lines


LINES = read_lines()
WORDS = {line.word for line in LINES}
LONGEST = max(map(len, WORDS))


@cache
def opencc_for(variant: str) -> opencc.OpenCC:
    return opencc.OpenCC(CONFIGS[variant])


def matches(text: str, without: str = "") -> list[tuple[int, str]]:
    """The words that leftmost-longest matching finds, with their places."""
    found, position = [], 0
    while position < len(text):
        for length in range(min(LONGEST, len(text) - position), 0, -1):
            word = text[position : position + length]
            if word in WORDS and word != without:
                found.append((position, word))
                position += length
                break
        else:
            position += 1
    return found


def test_there_are_enough() -> None:
    assert len(LINES) >= 1200


def test_every_word_stands_once() -> None:
    first: dict[str, str] = {}
    twice = [
        (line.word, first[line.word], line.place)
        for line in LINES
        if first.setdefault(line.word, line.place) != line.place
    ]
    assert not twice


def test_cells_are_clean() -> None:
    for line in LINES:
        cells = (line.word, *line.targets.values(), line.one_way, line.example)
        assert all(cell == cell.strip() for cell in cells), line.place
        assert set(line.one_way.split()) <= set(CONFIGS), line.place
        assert line.word, line.place


def test_every_entry_has_an_example_in_which_it_is_found() -> None:
    lost = [
        (line.place, line.word, line.example)
        for line in LINES
        if line.word not in [word for _, word in matches(line.example)]
    ]
    assert not lost


def test_no_entry_is_for_nothing() -> None:
    """An entry changes what OpenCC makes of its example, or keeps a shorter word of the glossary out of it."""
    idle = []
    for line in LINES:
        changed = any(
            target and target != opencc_for(variant).convert(line.word) for variant, target in line.targets.items()
        )
        shields = matches(line.example, without=line.word) != [
            match for match in matches(line.example) if match[1] != line.word
        ]
        mends = any(
            (target or opencc_for(variant).convert(line.word)) not in opencc_for(variant).convert(line.example)
            for variant, target in line.targets.items()
        )
        if not (changed or shields or mends):
            idle.append((line.place, line.word, line.example))
    assert not idle


@pytest.mark.parametrize("variant", CONFIGS)
def test_what_an_entry_says_is_what_its_example_shows(variant: str) -> None:
    convert = make_converter("zh-CN", variant, glossary=shipped_glossary()).text
    wrong = [
        (line.place, target, convert(line.example))
        for line in LINES
        if (target := line.targets[variant]) and target not in convert(line.example)
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("text", "zh_tw"),
    [
        ("区域内存在风险", "區域內存在風險"),
        ("名为丘比特的火箭", "名為丘比特的火箭"),
        ("进入法律程序", "進入法律程序"),
        ("新增奥运项目", "新增奧運項目"),
        ("下发红头文件", "下發紅頭文件"),
        ("有多少数组织", "有多少數組織"),
        ("一块存储芯片", "一塊記憶體晶片"),
    ],
)
def test_short_words_do_not_bite(text: str, zh_tw: str) -> None:
    assert make_converter("zh-CN", "zh-TW", glossary=shipped_glossary()).text(text) == zh_tw
