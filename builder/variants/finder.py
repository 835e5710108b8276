"""Where words are in a text: the leftmost, and there the longest, of thousands at once."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LATIN = "0-9A-Za-z\u00c0-\u024f"
_IS_LATIN = re.compile(f"[{_LATIN}]")
_LATIN_RUN = re.compile(f"[{_LATIN}]+")
_LATIN_PAIR = re.compile(f"[{_LATIN}]{{2}}")
#: Stands before and after each run of Latin letters and digits where words are looked for that must not be inside one: no
#: character, says Unicode.
_EDGE = "\uffff"
#: The library takes no lone surrogates: these stand for them.
_STAND_INS = {number: 0x100000 + number for number in range(0xD800, 0xE000)}

#: The number of a word, where it starts, and where it ends.
_Hits = list[tuple[int, int, int]]


class Finder:
    """Finds the words that it is made of. One that begins or ends with a Latin letter or a digit is none inside a longer one."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted({word for word in words if word and _EDGE not in word})
        self._find = _make(self._words)
        self._latin = frozenset(
            number for number, word in enumerate(self._words) if _IS_LATIN.match(word[0]) or _IS_LATIN.match(word[-1])
        )

    def split(self, text: str) -> list[str]:
        """The text in parts, those at odd places being words."""
        try:
            hits = self._find(text)
        except UnicodeEncodeError:
            hits = self._find(text.translate(_STAND_INS))
        if self._latin and any(number in self._latin and _is_inside(text, start, end) for number, start, end in hits):
            return self._split_edged(text)
        return _cut(text, hits)

    @cached_property
    def _find_edged(self) -> Callable[[str], _Hits]:
        """Made for the first text that needs it: most have no such word, and it takes as long as the other."""
        return _make([_set_edges(word) for word in self._words])

    def _split_edged(self, text: str) -> list[str]:
        """The same for a text in which a word seems to be where it is none."""
        parts = [""]
        for number, piece in enumerate(text.split(_EDGE)):
            edged = _set_edges(piece)
            split = _cut(edged, self._find_edged(edged.translate(_STAND_INS)))
            first, *rest = (part.replace(_EDGE, "") for part in split)
            parts[-1] += _EDGE + first if number else first
            parts += rest
        return parts


def _make(words: list[str]) -> Callable[[str], _Hits]:
    from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

    if not words:
        return lambda _: []
    written = [word.translate(_STAND_INS) for word in words]
    kind, implementation = MatchKind.LeftmostLongest, Implementation.ContiguousNFA
    return AhoCorasick(written, matchkind=kind, implementation=implementation).find_matches_as_indexes


def _cut(text: str, hits: _Hits) -> list[str]:
    parts: list[str] = []
    done = 0
    for _, start, end in hits:
        parts += (text[done:start], text[start:end])
        done = end
    parts.append(text[done:])
    return parts


def _set_edges(text: str) -> str:
    return _LATIN_RUN.sub(rf"{_EDGE}\g<0>{_EDGE}", text)


def _is_inside(text: str, start: int, end: int) -> bool:
    """Whether what stands there begins or ends amid Latin letters and digits."""
    return any(_LATIN_PAIR.match(text, place - 1) for place in (start, end) if place)
