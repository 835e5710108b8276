"""Where in its file something was written, and what rendering a body found there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.diagnostics import Diagnostic, Place

if TYPE_CHECKING:
    from builder.diagnostics import Severity

#: What stands before the target of a link, less white space and `<`, and what stands right after it.
_BEFORE = ("(", "]:", "=", '"', "'")
_AFTER = ")>\"' \t\n"


class Locator:
    """Finds targets in the text of a body that starts at line `first_line` of `path`."""

    def __init__(self, text: str, path: str, first_line: int) -> None:
        self._text = text
        self._path = path
        self._first_line = first_line
        self._searched: dict[str, int] = {}

    def find(self, target: str) -> Place:
        """Where `target` is written: asked again for the same target, its next occurrence, and the last one thereafter.

        One that is not there as such gets the line where the body starts.
        """
        found = self._occurrence(target, self._searched.get(target, -1) + 1) if target else -1
        if found < 0:
            found = self._searched.get(target, -1)
        if found < 0:
            return Place(self._path, self._first_line)
        self._searched[target] = found
        return Place(
            self._path, self._first_line + self._text.count("\n", 0, found), found - self._text.rfind("\n", 0, found)
        )

    def find_text(self, text: str) -> Place:
        """The same for any text."""
        found = self._text.find(text, self._searched.get(text, -1) + 1)
        if found < 0:
            return Place(self._path, self._first_line)
        self._searched[text] = found
        return Place(
            self._path, self._first_line + self._text.count("\n", 0, found), found - self._text.rfind("\n", 0, found)
        )

    def line(self, line: int) -> Place:
        """The place of a line of the body, counted from 0."""
        return Place(self._path, self._first_line + line)

    def _occurrence(self, target: str, start: int) -> int:
        text = self._text
        found = text.find(target, start)
        while found >= 0:
            end = found + len(target)
            # Syntax (such as `]()`) stands on its own; the target of a link does not.
            if target[0] in "[]":
                return found
            before = text[max(0, found - 9) : found].rstrip(" \t\n<")
            if before.endswith(_BEFORE) and text[end : end + 1] in _AFTER:
                return found
            found = text.find(target, found + 1)
        return -1


class Findings:
    """Collects what the rules of the parser find, through their environment, until it can be placed in the file."""

    def __init__(self, locator: Locator) -> None:
        self._locator = locator
        self._diagnostics: list[Diagnostic] = []

    def error(self, code: str, message: str, *, hint: str, target: str) -> None:
        """Something that must be mended."""
        self._add("error", code, message, hint, self._locator.find(target))

    def warn(self, code: str, message: str, *, hint: str, target: str = "", lines: list[int] | None = None) -> None:
        """Something to look at: at the next occurrence of `target`, or at the first of `lines` (from 0)."""
        place = self._locator.line(lines[0]) if lines else self._locator.find(target)
        self._add("warning", code, message, hint, place)

    def locate(self, text: str) -> Place:
        """Where a text is written: asked again for the same text, its next occurrence."""
        return self._locator.find_text(text)

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All of them, by place."""
        return tuple(sorted(self._diagnostics, key=Diagnostic.sort_key))

    def _add(self, severity: Severity, code: str, message: str, hint: str, place: Place) -> None:
        self._diagnostics.append(Diagnostic(severity, code, message, place, hint))
