"""Inline elements whose text went into the word before them: which of them may go, and without what the page would be
poorer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.variants.runs import INLINE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_OPENING = re.compile(r"<([a-z]+)[\s>]")
_CLOSING = re.compile(r"</([a-z]+)>")


def is_needed(pieces: list[str], slot: int, emptied: Collection[int]) -> bool:
    """Whether an element around an emptied text must not be empty: a link, or something with an address or a title."""
    return not all(_may_go(pieces[start], pieces[end]) for start, end in _find_wrappers(pieces, slot, emptied))


def drop_wrappers(pieces: list[str], slot: int) -> None:
    """Take away the elements that hold nothing but the emptied text at `slot`."""
    for start, end in list(_find_wrappers(pieces, slot, ())):
        if not _may_go(pieces[start], pieces[end]):
            break
        pieces[start] = pieces[end] = ""


def _may_go(start: str, end: str) -> bool:
    opening, closing = _OPENING.match(start), _CLOSING.match(end)
    same = opening is not None and closing is not None and opening[1] == closing[1] != "a"
    return same and " id=" not in start and "\0" not in start


def _find_wrappers(pieces: list[str], slot: int, emptied: Collection[int]) -> Iterator[tuple[int, int]]:
    """The first and the last piece of each inline element that holds the text at `slot` alone, from the innermost."""
    before, after = slot, slot
    while True:
        before = next((n for n in range(before - 1, -1, -1) if pieces[n] and n not in emptied), -1)
        after = next((n for n in range(after + 1, len(pieces)) if pieces[n] and n not in emptied), -1)
        if before < 0 or after < 0 or not pieces[before].endswith(">") or pieces[before].startswith("</"):
            return
        closing = _CLOSING.match(pieces[after])
        if not closing or closing[1] not in INLINE:
            return
        yield before, after
