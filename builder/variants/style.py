"""House style: of several ways to write the same word in a variant, the one that is printed.

OpenCC follows the standards of the ministries of education; most papers in Taipei and Hong Kong print the characters that
every keyboard and font has. A table says what is printed in the place of what, always of the same length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Pairs of what is written and what is printed, the same number of characters.
Table: TypeAlias = tuple[tuple[str, str], ...]

#: Tables, applied one after the other.
Style: TypeAlias = tuple[Table, ...]

#: What is printed unless a site wants otherwise. (Conversion never writes 裡 for Hong Kong; unmarked quotations do.)
USUAL_STYLES: Mapping[str, Table] = {
    "zh-CN": (),
    "zh-TW": (
        ("臺", "台"),
        ("佈", "布"),
        ("佔", "占"),
        ("汙", "污"),
        ("溼", "濕"),
        ("巖", "岩"),
        ("滙", "匯"),
        ("裏", "裡"),
        ("衚衕", "胡同"),
        ("傢俱", "家具"),
    ),
    "zh-HK": (
        *zip("説税户温脱閲悦鋭蜕藴醖愠", "說稅戶溫脫閱悅銳蛻蘊醞慍", strict=True),
        *zip("羣牀峯啓麪敍兑卧鈎葱囱綫", "群床峰啟麵敘兌臥鉤蔥囪線", strict=True),
        ("週", "周"),
        ("巖", "岩"),
        ("裡", "裏"),
        ("衚衕", "胡同"),
    ),
}


@cache
def merge_style(variant: str, own: Table) -> Style:
    """A variant's usual style, and a site's own over what comes of that. An entry that changes nothing turns the usual one
    off: ("臺", "臺")."""
    kept = {written for written, printed in own if written == printed}
    usual = tuple(pair for pair in USUAL_STYLES[variant] if pair[0] not in kept)
    return tuple(table for table in (usual, tuple(pair for pair in own if pair[0] not in kept)) if table)


def restyle(style: Style, text: str) -> str:
    """`text`, converted, as a style prints it. It keeps its length."""
    for table in style:
        restyling = _compile(table)
        text = restyling.pattern.sub(restyling.print, text)
    return text


def spell_usually(script: str, text: str) -> str:
    """A text written in `script`, in the usual one of several ways to write it, which is how glossaries write."""
    return restyle(merge_style(script, ()), text)


@dataclass(frozen=True, slots=True)
class _Restyling:
    pattern: re.Pattern[str]
    printed: Mapping[str, str]

    def print(self, match: re.Match[str]) -> str:
        return self.printed[match[0]]


@cache
def _compile(table: Table) -> _Restyling:
    words = sorted((re.escape(old) for old, _ in table if len(old) > 1), key=lambda word: (-len(word), word))
    single = "".join(re.escape(old) for old, _ in table if len(old) == 1)
    # One set of all first characters is looked for fast.
    firsts = "".join(re.escape(old[0]) for old, _ in table)
    return _Restyling(
        re.compile(f"(?=[{firsts}])(?:{'|'.join([*words, f'[{single}]'] if single else words)})"), dict(table)
    )
