"""TOML text → a tree of located values. `tomllib` says what the text holds; a walk over the text, which is valid by then,
says where each key and each value stands."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import TypeAlias

from builder.diagnostics import Checked, Place, error
from builder.located.text import find_forbidden, forbidden
from builder.located.tree import MAX_DEPTH, Listing, Scalar, Table, Value

#: The way to a value from the top: keys, and numbers of list items.
_Path: TypeAlias = tuple[str | int, ...]

_HINT = 'write it as `key = "value"`; a text stands in quotes'


def parse_toml(text: str, path: str, first_line: int = 1) -> Checked[Table | None]:
    """The table that TOML text holds; `first_line` is the line of the file at which `text` starts. Values stand where they
    begin, tables at the key that names them. None with an error when it cannot be read."""
    if bad := find_forbidden(text):
        line, column = _Lines(text).place(bad[0])
        return Checked(None, (forbidden(bad[1], Place(path, line + first_line - 1, column)),))
    try:
        data = tomllib.loads(text, parse_float=str)
        too_deep = _depth(data) > MAX_DEPTH
    except tomllib.TOMLDecodeError as problem:
        place, said = _locate(str(problem), text, path, first_line)
        return Checked(None, (error("toml", f"this TOML cannot be read: {said}", place, _hint_for(text, place, first_line)),))
    except RecursionError:
        too_deep = True
    except ValueError:  # an integer of thousands of digits
        hint = "put a long row of digits in quotes"
        return Checked(None, (error("toml", "a number here is too long", Place(path, first_line), hint),))
    if too_deep:
        hint = "put a value that begins with a row of [ or { in quotes"
        return Checked(None, (error("toml", "values are nested too deeply", Place(path, first_line), hint),))
    tree = _Tree(_find_places(text), path, first_line)
    value = tree.build(data, (), (1, 1))
    assert isinstance(value, Table)
    return Checked(None if tree.found else value, tuple(tree.found))


def _locate(said: str, text: str, path: str, first_line: int) -> tuple[Place, str]:
    found = re.search(r" \(at line (\d+), column (\d+)\)$", said)
    if found:
        return Place(path, int(found[1]) + first_line - 1, int(found[2])), said[: found.start()]
    # The end of the text is not where anybody looks: the last line that says something is.
    lines = text.rstrip().split("\n")
    place = Place(path, len(lines) + first_line - 1, len(lines[-1]) + 1)
    return place, re.sub(r" \(at .*\)$", "", said) + ", and the text ends here"


def _hint_for(text: str, place: Place, first_line: int) -> str:
    line = (text.split("\n") + [""])[place.line - first_line]
    if re.match(r"\s*[\w.-]+\s*[:：]", line):
        return "TOML puts `=` between key and value; front matter with `key: value` stands between lines of ---"
    if re.match(r"\s*(\[.*)?[^\x00-\x7f]", line):
        return 'put a key that is not Latin letters and digits in quotes: [sources."某周刊"]'
    return _HINT


def _depth(data: object) -> int:
    """How deep the tree goes, counted without recursion, as far as it matters."""
    level: list[object] = [data]
    depth = 0
    while level and depth <= MAX_DEPTH:
        level = [
            item
            for value in level
            for item in (value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
        ]
        depth += 1
    return depth


class _Lines:
    """Positions in a text → lines and columns, both from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def place(self, position: int) -> tuple[int, int]:
        line = bisect_right(self._starts, position)
        return line, position - self._starts[line - 1] + 1


class _Tree:
    """What `tomllib` read, and where it stands → located values."""

    def __init__(self, places: dict[_Path, tuple[int, int]], path: str, first_line: int) -> None:
        self.places, self.path, self.first_line = places, path, first_line
        self.found: list[Diagnostic] = []

    def build(self, data: object, path: _Path, inherited: tuple[int, int]) -> Value:
        place = self.places.get(path, inherited)
        line, column = place[0] + self.first_line - 1, place[1]
        if isinstance(data, dict):
            entries = []
            for key, value in data.items():
                at = self.places.get((*path, key, _KEY), self.places.get((*path, key), place))
                name = self._scalar(key, at[0] + self.first_line - 1, at[1])
                entries.append((name, self.build(value, (*path, key), at)))
            return Table(tuple(entries), line, column)
        if isinstance(data, list):
            items = (self.build(item, (*path, number), place) for number, item in enumerate(data))
            return Listing(tuple(items), line, column)
        if isinstance(data, bool):
            return Scalar("true" if data else "false", line, column)
        if isinstance(data, str):
            return self._scalar(data, line, column)
        # Dates and times have their ISO form; the rest is a number.
        return Scalar(data.isoformat() if hasattr(data, "isoformat") else self._number(data, line, column), line, column)

    def _scalar(self, text: str, line: int, column: int) -> Scalar:
        if bad := find_forbidden(text):
            self.found.append(forbidden(bad[1], Place(self.path, line, column)))
        return Scalar(text, line, column, plain=False)

    def _number(self, data: object, line: int, column: int) -> str:
        try:
            return str(data)
        except ValueError:  # hexadecimal digits by the thousand
            place = Place(self.path, line, column)
            self.found.append(error("toml", "this number is too long", place, "put a long row of digits in quotes"))
            return ""


