"""Quotation marks: “‘’” as the mainland prints them ↔ 「『』」 as Taiwan and Hong Kong do, character by character."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A regular expression's class of Chinese characters, without its brackets.
HAN = "\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

#: A mark in a text that no pair of quotation marks reaches across.
BLOCK_END = "\x1e"

_HAN = re.compile(f"[{HAN}]")
_CURLY = re.compile(f"[“”‘’{BLOCK_END}]")
_CORNER = re.compile(f"[「」『』{BLOCK_END}]")
_OPENS = {"”": "“", "’": "‘", "」": "「", "』": "『"}


def curly_to_corner(text: str) -> str:
    """Pairs that hold Chinese become 「」, those inside these 『』, and so on in turn. Apostrophes, marks without a partner and
    quotations without Chinese stay. The text keeps its length."""
    if "“" not in text and "‘" not in text:
        return text
    return _swap(text, [(a, b) for a, b in _pairs(text, _CURLY) if _HAN.search(text, a + 1, b)], "「」", "『』")


def corner_to_curly(text: str) -> str:
    """Pairs become “”, those inside these ‘’, and so on in turn. Marks without a partner stay. The text keeps its length."""
    if "「" not in text and "『" not in text:
        return text
    return _swap(text, list(_pairs(text, _CORNER)), "“”", "‘’")


def _swap(text: str, pairs: list[tuple[int, int]], outer: str, inner: str) -> str:
    marks: list[tuple[int, str]] = []
    ends: list[int] = []
    for start, end in sorted(pairs):
        while ends and ends[-1] < start:
            ends.pop()
        printed = inner if len(ends) % 2 else outer
        marks += (start, printed[0]), (end, printed[1])
        ends.append(end)
    parts: list[str] = []
    done = 0
    for place, mark in sorted(marks):
        parts += text[done:place], mark
        done = place + 1
    return "".join([*parts, text[done:]])


def _pairs(text: str, marks: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    waiting: dict[str, list[int]] = {mark: [] for mark in _OPENS.values()}
    for match in marks.finditer(text):
        mark, place = match[0], match.start()
        if mark == BLOCK_END:
            for places in waiting.values():
                places.clear()
        elif mark in "‘’" and _is_latin(text[place - 1 : place]) and _is_latin(text[place + 1 : place + 2]):
            continue
        elif mark in waiting:
            waiting[mark].append(place)
        elif waiting[_OPENS[mark]]:
            start = waiting[_OPENS[mark]].pop()
            yield start, place
            # What was opened inside and not closed there has no partner.
            for places in waiting.values():
                while places and places[-1] > start:
                    places.pop()


def _is_latin(character: str) -> bool:
    return character.isalnum() and not _HAN.match(character)
