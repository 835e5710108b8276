"""TOML text → a tree of located values. `tomllib` says what the text holds; a walk over the text, which is valid by then,
says where each key and each value stands."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, time
from typing import TypeAlias

from builder.diagnostics import Checked, Diagnostic, Place, error
from builder.located.text import find_forbidden, forbidden, plain
from builder.located.tree import MAX_DEPTH, Listing, Scalar, Table, Value

#: The way to a value from the top: keys, and numbers of list items.
_Path: TypeAlias = tuple[str | int, ...]

#: A line and a column, both from 1.
_Spot: TypeAlias = tuple[int, int]

_LONG_NUMBER_HINT = "put a long row of digits in quotes"
_HINT = 'write it as `key = "value"`; a text stands in quotes'


def parse_toml(text: str, path: str, first_line: int = 1) -> Checked[Table | None]:
    """The table that TOML text holds; `first_line` is the line of the file at which `text` starts. Values stand where they
    begin, tables at the key that names them. None with an error when it cannot be read."""
    text = plain(text)
    if bad := find_forbidden(text):
        line, column = _Lines(text).place(bad[0])
        return Checked(None, (forbidden(bad[1], Place(path, line + first_line - 1, column)),))
    try:
        data = tomllib.loads(text, parse_float=str)
        too_deep = _depth(data) > MAX_DEPTH
    except tomllib.TOMLDecodeError as problem:
        place, said = _locate(str(problem), text, path, first_line)
        if re.match("Cannot (overwrite|declare)", said):
            slipped = text.split("\n")[place.line - first_line]
            place = Place(path, place.line, len(slipped) - len(slipped.lstrip()) + 1)
            return Checked(
                None, (error("duplicate-key", "this stands here a second time", place, "keep one of the two"),)
            )
        return Checked(
            None, (error("toml", f"this TOML cannot be read: {said}", place, _hint_for(text, place, first_line)),)
        )
    except RecursionError:
        too_deep = True
    except ValueError:  # an integer of thousands of digits
        message = "a number here is too long"
        return Checked(None, (error("toml", message, Place(path, first_line), _LONG_NUMBER_HINT),))
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
    line = text.split("\n")[place.line - first_line]
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

    def place(self, position: int) -> _Spot:
        line = bisect_right(self._starts, position)
        return line, position - self._starts[line - 1] + 1


class _Tree:
    """What `tomllib` read, and where it stands → located values."""

    def __init__(self, places: _Places, path: str, first_line: int) -> None:
        self.places, self.path, self.first_line = places, path, first_line
        self.found: list[Diagnostic] = []

    def build(self, data: object, path: _Path, inherited: _Spot) -> Value:
        spot = self.places.values.get(path, inherited)
        line, column = spot[0] + self.first_line - 1, spot[1]
        if isinstance(data, dict):
            entries = []
            for key, value in data.items():
                at = self.places.keys.get((*path, key), spot)
                entries.append(
                    (self._text(key, at[0] + self.first_line - 1, at[1]), self.build(value, (*path, key), at))
                )
            return Table(tuple(entries), line, column)
        if isinstance(data, list):
            return Listing(
                tuple(self.build(item, (*path, number), spot) for number, item in enumerate(data)), line, column
            )
        if isinstance(data, str):
            return self._text(data, line, column)
        if isinstance(data, bool):
            return Scalar("true" if data else "false", line, column)
        if isinstance(data, date | time):
            return Scalar(data.isoformat(), line, column)
        try:
            return Scalar(str(data), line, column)
        except ValueError:  # hexadecimal digits by the thousand
            self.found.append(
                error("toml", "this number is too long", Place(self.path, line, column), _LONG_NUMBER_HINT)
            )
            return Scalar("", line, column)

    def _text(self, text: str, line: int, column: int) -> Scalar:
        if bad := find_forbidden(text):
            self.found.append(forbidden(bad[1], Place(self.path, line, column)))
        return Scalar(text, line, column, plain=False)


@dataclass(slots=True)
class _Places:
    """Where keys stand, and where values begin."""

    keys: dict[_Path, _Spot] = field(default_factory=dict)
    values: dict[_Path, _Spot] = field(default_factory=dict)


_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_LEAF = re.compile(
    r"""\"{3}(?:[^\\]|\\.)*?\"{3,5} | '{3}.*?'{3,5} | "(?:[^"\\]|\\.)*" | '[^']*' | [^,\]}\#\n]+""",
    re.VERBOSE | re.DOTALL,
)


def _find_places(text: str) -> _Places:
    """Where everything stands in a text that is valid TOML."""
    lines, found = _Lines(text), _Places()
    last: dict[_Path, int] = {}  # the number of the last table of each array of tables
    here: _Path = ()
    inside: list[tuple[_Path, int]] = []  # open lists and inline tables, with the number of the next item (-1: a table)
    position = 0
    while (position := _end(_GAP, text, position)) < len(text):
        path, number = inside[-1] if inside else (here, -1)
        character = text[position]
        if inside and character in ",]}":
            if character != ",":
                inside.pop()
            elif number >= 0:
                inside[-1] = (path, number + 1)
            position += 1
            continue
        if number >= 0:
            path = (*path, number)
        elif not inside and character == "[":
            is_array = text.startswith("[[", position)
            names, position = _read_names(text, position + 1 + is_array)
            here = ()
            for at, (name, start) in enumerate(names, 1):
                here = (*here, name)
                spot = lines.place(start)
                found.keys.setdefault(here, spot)
                found.values.setdefault(here, spot)
                if is_array and at == len(names):
                    last[here] = last.get(here, -1) + 1
                if here in last:
                    here = (*here, last[here])
                    found.values.setdefault(here, spot)
            position = text.index("]", position) + 1 + is_array
            continue
        else:
            names, position = _read_names(text, position)
            for name, start in names:
                path = (*path, name)
                spot = lines.place(start)
                found.keys.setdefault(path, spot)
                found.values.setdefault(path, spot)
            position = _end(_GAP, text, text.index("=", position) + 1)
        found.values[path] = lines.place(position)
        if text[position] in "[{":
            inside.append((path, 0 if text[position] == "[" else -1))
            position += 1
        else:
            position = _end(_LEAF, text, position)
    return found


def _read_names(text: str, position: int) -> tuple[list[tuple[str, int]], int]:
    """The parts of a dotted key, each with where it begins, and where the key ends."""
    names = []
    while found := _KEY.match(text, _end(_GAP, text, position)):
        name = found[0]
        if name[0] in "\"'":
            name = next(iter(tomllib.loads(f"{name} = 0")))
        names.append((name, found.start()))
        dot = _DOT.match(text, found.end())
        position = dot.end() if dot else found.end()
        if not dot:
            break
    return names, position


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position
