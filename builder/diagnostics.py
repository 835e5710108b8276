"""What is wrong with a site, where, and how to mend it: findings as values, and how they are shown.

A stage returns its findings beside its value (`Checked`); only a stage that cannot give a value at all raises
`BuilderError`, which carries the findings that stopped it:

    BuilderError
    └── OutputError     the output folder cannot be used or written
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

T = TypeVar("T", covariant=True)
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A spot in a file. `path` is relative to the site's folder, with `/`; lines and columns count from 1 (0: not known)."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """The form editors understand: `path:line:column`, less what is not known."""
        return ":".join([self.path, *(str(number) for number in (self.line, self.column) if number)])


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a stable `code`, what is wrong, where, and one line on how to mend it."""

    severity: Severity
    code: str
    message: str
    place: Place | None = None
    hint: str = ""

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Findings are reported by file, then by line."""
        place = self.place or Place("")
        return place.path, place.line, place.column, self.code, self.message


@dataclass(frozen=True, slots=True)
class Checked(Generic[T]):
    """A stage's value and what it found on the way."""

    value: T
    diagnostics: tuple[Diagnostic, ...] = ()


class BuilderError(Exception):
    """The run cannot go on: `diagnostics` say why."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(diagnostic.message for diagnostic in diagnostics))
        self.diagnostics = diagnostics

    def __reduce__(self) -> tuple[type[BuilderError], tuple[Diagnostic, ...]]:
        """A worker process may raise one: exceptions are rebuilt from their message else, and that fails in the parent."""
        return type(self), self.diagnostics


class OutputError(BuilderError):
    """The output folder cannot be used or written; nothing in it was changed."""


def error(code: str, message: str, place: Place | None = None, hint: str = "") -> Diagnostic:
    """A finding that stops the build."""
    return Diagnostic("error", code, message, place, hint)


def warning(code: str, message: str, place: Place | None = None, hint: str = "") -> Diagnostic:
    """A finding that a build survives, unless it is `--strict`."""
    return Diagnostic("warning", code, message, place, hint)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them stops the build."""
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def show_text(diagnostic: Diagnostic, lines: Mapping[str, list[str]] | None = None, *, color: bool = False) -> str:
    """The finding for a person. `lines` holds the lines of the files concerned, by path, for the excerpt with a caret.
    Control characters come out as pictures: what stands in a source never reaches a terminal as an order to it."""
    shade = "\033[31m" if diagnostic.severity == "error" else "\033[33m"
    red, bold, off = (shade, "\033[1m", "\033[0m") if color else ("", "", "")
    place = f"{bold}{visible(str(diagnostic.place))}{off}: " if diagnostic.place else ""
    message, hint = visible(diagnostic.message), visible(diagnostic.hint)
    shown = [f"{place}{red}{diagnostic.severity}[{diagnostic.code}]{off}: {message}"]
    shown += _excerpt(diagnostic.place, lines or {})
    if hint:
        shown.append(f"  help: {hint}")
    return "\n".join(shown)


def show_json(diagnostic: Diagnostic) -> str:
    """The finding as one line of JSON."""
    place = diagnostic.place or Place("")
    record = {
        "type": "diagnostic",
        "severity": diagnostic.severity,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "hint": diagnostic.hint,
    }
    # A file's name may hold bytes that are no text: as lone surrogates they cannot be printed, as JSON escapes they can.
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _excerpt(place: Place | None, lines: Mapping[str, list[str]]) -> list[str]:
    if place is None or not place.line:
        return []
    source = lines.get(place.path, [])
    if place.line > len(source):
        return []
    line = visible(source[place.line - 1].rstrip("\r\n").replace("\t", " "))
    gutter = f"  {place.line} | "
    # A long line is cut around the column, so that the caret stays in sight.
    start = max(0, place.column - 60) if len(line) > 110 else 0
    shown = [gutter + line[start : start + 110]]
    if place.column:
        before = line[start : place.column - 1]
        shown.append(" " * (len(gutter) - 2) + "| " + "".join(map(_space_under, before)) + "^")
    return shown


def _space_under(character: str) -> str:
    """What is as wide as a character on a terminal: Han characters take two cells, combining ones none."""
    if unicodedata.east_asian_width(character) in "WF":
        return "　"
    return "" if unicodedata.category(character) in ("Mn", "Me", "Cf") else " "


def visible(text: str) -> str:
    """A text on one line without control characters, lone surrogates, and marks that turn the direction of writing."""
    return _UNSEEN.sub(lambda found: _picture(found[0]), text)


_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _picture(character: str) -> str:
    if character < " ":
        return chr(0x2400 + ord(character))
    return "␡" if character == "\x7f" else "\ufffd"
