"""A comparison of variants → lines for a terminal: a column a variant, aligned by the width of characters, coloured by what
converted them.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from builder.diagnostics import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.rendering.review import Comparison
    from builder.variants.converter import Piece

_GREEN, _CYAN, _BLUE, _MARKED, _BOLD, _DIM, _OFF = (
    f"\033[{code}m" for code in ("32", "36", "34", "33;4", "1", "2", "0")
)
_COLORS = {"glossary": _GREEN, "rule": _CYAN, "kept": _BLUE}
_NARROWEST = 18

#: A character with its colour.
Cell = tuple[str, str]


def show_comparison(comparison: Comparison, *, columns: int, color: bool) -> str:
    """The comparison as text that fits into so many columns; where these are too few for three texts, they stand one below
    the other. Control characters come out as pictures."""
    tags = tuple(comparison.texts)
    width = (columns - 3 * (len(tags) - 1)) // len(tags)
    texts = [_cells(comparison, tag) for tag in tags]
    shown = _show_head(comparison, color=color)
    if width >= _NARROWEST:
        titles: list[list[Cell]] = [[(character, _BOLD) for character in tag] for tag in tags]
        rows = [titles, *_zip_lines([_wrap(text, width) for text in texts])]
        shown += [" │ ".join(_fill(cell, width, color=color) for cell in row).rstrip() for row in rows]
    else:
        for tag, text in zip(tags, texts, strict=True):
            shown.append(_paint(tag, _BOLD, color=color))
            shown += [_join(line, color=color) for line in _wrap(text, max(columns, 2))]
    return "\n".join([*shown, *_show_notes(comparison, color=color), ""])


def measure(text: str) -> int:
    """How many columns of a terminal a text takes: Han characters two, combining marks none."""
    return sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _show_head(comparison: Comparison, *, color: bool) -> list[str]:
    if comparison.place is None:
        return []
    return [_paint(f"{visible(str(comparison.place))}  {comparison.part}", _DIM, color=color)]


def _cells(comparison: Comparison, tag: str) -> list[Cell]:
    """A variant's text in colours: by its pieces where these make up the text, and what is to be looked at where it is the
    source's."""
    text, pieces = comparison.texts[tag], comparison.pieces[tag]
    if "".join(piece.target for piece in pieces) != text:
        return [(visible(character), "") for character in text]
    cells = [(visible(one), _COLORS.get(piece.origin, "")) for piece in pieces for one in piece.target]
    if text == comparison.source:
        for found in comparison.review:
            for position in range(found.position, min(found.position + len(found.text), len(cells))):
                cells[position] = (cells[position][0], _MARKED)
    return cells


def _wrap(cells: Sequence[Cell], width: int) -> list[list[Cell]]:
    """Lines of at most `width` columns; Latin words stay whole where they fit."""
    lines: list[list[Cell]] = [[]]
    used = 0
    for word in _words(cells):
        length = sum(_width(character) for character, _ in word)
        if used and used + length > width:
            lines.append([])
            used = 0
        for cell in word:
            step = _width(cell[0])
            if used + step > width:
                lines.append([])
                used = 0
            if cell[0] != " " or used:
                lines[-1].append(cell)
                used += step
    for line in lines:
        while line and line[-1][0] == " ":
            line.pop()
    return lines


def _words(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    word: list[Cell] = []
    for cell in cells:
        if word and not (cell[0].isascii() and cell[0] != " " and word[-1][0].isascii() and word[-1][0] != " "):
            yield word
            word = []
        word.append(cell)
    if word:
        yield word


def _zip_lines(texts: Sequence[list[list[Cell]]]) -> Iterator[list[list[Cell]]]:
    for number in range(max(map(len, texts))):
        yield [lines[number] if number < len(lines) else [] for lines in texts]


def _fill(cells: Sequence[Cell], width: int, *, color: bool) -> str:
    return _join(cells, color=color) + " " * (width - sum(_width(character) for character, _ in cells))


def _join(cells: Sequence[Cell], *, color: bool) -> str:
    if not color:
        return "".join(character for character, _ in cells)
    shown, now = "", ""
    for character, wanted in cells:
        if wanted != now:
            shown += (_OFF if now else "") + wanted
            now = wanted
        shown += character
    return shown + (_OFF if now else "")


def _show_notes(comparison: Comparison, *, color: bool) -> Iterator[str]:
    for origin, label in (("glossary", "glossary"), ("rule", "own words"), ("kept", "kept")):
        words = list(dict.fromkeys(_list_words(comparison, origin)))
        if words:
            yield f"  {_paint(label, _COLORS[origin], color=color)}: {'; '.join(words)}"
    for found in comparison.review:
        word = _paint(visible(found.text), _MARKED, color=color)
        yield f"  look at {word} (character {found.position + 1}): {visible(found.note)}"


def _list_words(comparison: Comparison, origin: str) -> Iterator[str]:
    """Each word of an origin with what it becomes in the variants where it is of that origin."""
    changed: dict[str, dict[str, None]] = {}
    for pieces in comparison.pieces.values():
        for piece in pieces:
            if piece.origin == origin:
                changed.setdefault(piece.source, {})[_target(piece)] = None
    for word, targets in changed.items():
        said = " / ".join(visible(target) for target in targets)
        yield visible(word) if origin == "kept" else f"{visible(word)} → {said}"


def _target(piece: Piece) -> str:
    return piece.target or "(nothing)"


def _paint(text: str, color_code: str, *, color: bool) -> str:
    return f"{color_code}{text}{_OFF}" if color else text
