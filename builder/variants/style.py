"""House style: of several ways to write the same word in a variant, the one that is printed.

OpenCC follows the standards of the ministries of education; most papers in Taipei and Hong Kong print the characters that
every keyboard and font has. A table says what is printed in the place of what, always of the same length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from builder.config import USUAL_STYLES

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Pairs of what is written and what is printed, the same number of characters.
Table: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Style:
    """Tables, applied one after the other. Styles are equal when their digests are."""

    passes: tuple[_Pass, ...] = field(compare=False, repr=False)
    digest: str


@dataclass(frozen=True, slots=True)
class _Pass:
    pattern: re.Pattern[str]
    printed: Mapping[str, str]

    def print(self, match: re.Match[str]) -> str:
        return self.printed[match[0]]


@cache
def make_style(*tables: Table) -> Style:
    """A style of tables, none of them empty."""
    return Style(tuple(map(_compile, tables)), sha256(repr(tables).encode()).hexdigest()[:20] if tables else "")


@cache
def merge_style(variant: str, own: Table) -> Style:
    """A variant's usual style, and a site's own over what comes of that. An entry that changes nothing turns the usual one
    off: ("臺", "臺")."""
    kept = {written for written, printed in own if written == printed}
    usual = tuple(pair for pair in USUAL_STYLES[variant] if pair[0] not in kept)
    return make_style(*(table for table in (usual, tuple(pair for pair in own if pair[0] not in kept)) if table))


def restyle(style: Style, text: str) -> str:
    """`text`, converted, as a style prints it. It keeps its length."""
    for table in style.passes:
        text = table.pattern.sub(table.print, text)
    return text


def spell_usually(script: str, text: str) -> str:
    """A text written in `script`, in the usual one of several ways to write it, which is how glossaries write."""
    return restyle(merge_style(script, ()), text)


def _compile(table: Table) -> _Pass:
    # A pattern that begins with a set of characters is searched for fast.
    firsts = "".join(sorted({re.escape(old[0]) for old, _ in table}))
    longer = sorted((old for old, _ in table if len(old) > 1), key=lambda word: (-len(word), word))
    single = "".join(re.escape(old) for old, _ in table if len(old) == 1)
    branches = [f"(?<={re.escape(old[0])}){re.escape(old[1:])}" for old in longer]
    branches += [f"(?<=[{single}])"] if single else []
    return _Pass(re.compile(f"[{firsts}](?:{'|'.join(branches)})"), dict(table))


NO_STYLE = make_style()
