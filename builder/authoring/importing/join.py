"""Paragraphs that scraping broke in the middle of a word or a sentence: joined where that is sure, else pointed out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.authoring.importing.blocks import Block

_LAST_WORD = re.compile(r"[A-Za-z]+$")
_FIRST_WORD = re.compile(r"[A-Za-z]+")
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_END, _HAN_START = re.compile(f"[{_HAN}]$"), re.compile(f"[{_HAN}]")
_COMMA_END = re.compile("[，、,]$")
#: So many characters with a comma among them are no title or line of verse, in all likelihood.
_CUT_OFF = 12
#: A piece of a word; anything longer is more likely a word of its own.
_PIECE = 2


def join_paragraphs(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], dict[int, str]]:
    """The blocks of a body with broken paragraphs joined, and why others look broken, by the number of the one below.

    Latin letters on both sides of a break were one line: with a space where the text has the two words so elsewhere; with none
    where it has them as one word, or one of them has at most two letters; else with a space. (Over 79,445 pairs of paragraphs
    that were well set this would have joined two wrongly; both breaks of the kind in a real scraped text it mends.) What is
    no prose is never joined, nor what is inside an open quotation, whose every paragraph begins one.
    """
    joined: list[Block] = []
    suspected: dict[int, str] = {}
    everything = "\n\n".join(block.text for block in blocks)
    usual = _usual_gap(blocks)
    for block in blocks:
        above = joined[-1] if joined else None
        if above and _may_go_on(above) and block.kind == "prose" and block.gap <= usual and not _is_quoting(above.text):
            last, first = _LAST_WORD.search(above.text), _FIRST_WORD.match(block.text)
            if last and first:
                between = _between(last[0], first[0], everything)
                joined[-1] = replace(above, text=above.text + between + block.text)
                continue
            if why := _why_broken(above.text, block.text):
                suspected[len(joined)] = why
        joined.append(block)
    return tuple(joined), suspected


def is_set_off(block: Block, blocks: Sequence[Block]) -> bool:
    """Whether more blank lines stand above a block than is usual in its text, and at least two."""
    return block.gap >= 2 and block.gap > _usual_gap(blocks)


def _usual_gap(blocks: Sequence[Block]) -> int:
    """The number of blank lines between two paragraphs that a text has most often."""
    gaps = [block.gap for block in blocks[1:]]
    return max(set(gaps), key=lambda gap: (gaps.count(gap), -gap), default=1)


def _may_go_on(block: Block) -> bool:
    """Whether a block is running text, be it cut off before its first stop."""
    return block.kind == "prose" or (block.is_line and "，" in block.text and len(block.text) >= _CUT_OFF)


def _is_quoting(text: str) -> bool:
    return any(text.count(opening) > text.count(closing) for opening, closing in ("“”", "「」", "『』"))


def _between(last: str, first: str, text: str) -> str:
    def occurs(words: str) -> bool:
        return re.search(rf"(?<![A-Za-z]){words}(?![A-Za-z])", text) is not None

    if occurs(f"{last} {first}"):
        return " "
    if occurs(last + first) or min(len(last), len(first)) <= _PIECE:
        return ""
    return " "


def _why_broken(above: str, below: str) -> str:
    if _COMMA_END.search(above):
        return "the paragraph above ends with a comma"
    if _HAN_END.search(above) and (_HAN_START.match(below) or _FIRST_WORD.match(below)):
        return "the paragraph above ends without a stop"
    if _LAST_WORD.search(above) and _HAN_START.match(below):
        return "the paragraph above ends without a stop"
    return ""
