"""YAML text → a tree of located values. Built from the parser's events, so that nothing nested deeply, or inside itself,
takes more than its own place: PyYAML's own trees end the whole process there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.diagnostics import Checked, Diagnostic, Place, error
from builder.located.reader import quoted
from builder.located.text import find_forbidden, forbidden, plain
from builder.located.tree import MAX_DEPTH, Listing, Scalar, Table, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

QUOTE_HINT = (
    "put the value in quotes: one that holds `: ` or ` #`, or begins with one of []{}&*!|>%@` must stand in them"
)
SHAPE_HINT = "write each line as `key: value`, with a space after the colon"
INDENT_HINT = "begin the keys of one mapping all in the same column, and put a text that runs on into quotes"


def parse_yaml(text: str, path: str, first_line: int = 1) -> Checked[Table | None]:
    """The mapping that YAML text holds; `first_line` is the line of the file at which `text` starts. None with an error
    when it cannot be read. Every scalar stays text: no implicit typing, no tags, no merge keys."""
    import yaml

    text = plain(text)
    if bad := find_forbidden(text):
        return Checked(None, (forbidden(bad[1], _place_of(text, bad[0], path, first_line)),))
    # To YAML 1.1 these end a line; to editors, and to us, they do not.
    text = re.sub("[\x85\u2028\u2029]", " ", text)
    lines = text.split("\n")
    tree = _Tree(lines, path, first_line)
    try:
        parser = getattr(yaml, "CBaseLoader", yaml.BaseLoader)(text)
        if not tree.take(iter(parser.get_event, None)):
            return Checked(None, tuple(tree.found))
    except yaml.MarkedYAMLError as problem:
        return Checked(None, (*tree.found, _explain(problem, lines, path, first_line)))
    except yaml.YAMLError:
        return Checked(
            None, (*tree.found, error("yaml", "this YAML cannot be read", Place(path, first_line), SHAPE_HINT))
        )
    if tree.root is None:
        return Checked(Table((), first_line, 1), tuple(tree.found))
    assert isinstance(tree.root, Table)
    return Checked(tree.root, tuple(tree.found))


@dataclass(slots=True)
class _Open:
    """A sequence or mapping whose end has not come yet."""

    is_table: bool
    line: int
    column: int
    anchor: str | None
    items: list[Value] = field(default_factory=list)
    entries: list[tuple[Scalar, Value]] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    key: Scalar | None = None
    awaits_value: bool = False

    def value(self) -> Value:
        """The value, complete."""
        if self.is_table:
            return Table(tuple(self.entries), self.line, self.column)
        return Listing(tuple(self.items), self.line, self.column)


class _Tree:
    """Events → values. Aliases share one value, so that nothing grows."""

    def __init__(self, lines: list[str], path: str, first_line: int) -> None:
        self.path, self.first_line = path, first_line
        self._lines = lines
        self.root: Value | None = None
        self.found: list[Diagnostic] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, Value | None] = {}  # None: still open

    def take(self, events: Iterator[yaml.Event]) -> bool:
        """All events; false when there was no point in going on."""
        import yaml

        for event in events:
            if not isinstance(event, yaml.NodeEvent):
                if isinstance(event, yaml.CollectionEndEvent):
                    done = self._open.pop()
                    self._add(done.value(), done.anchor)
                continue
            mark = event.start_mark
            assert mark is not None
            line, column = mark.line + self.first_line, mark.column + 1
            if not self._open and not isinstance(event, yaml.MappingStartEvent):
                self.found.append(_no_mapping(self._lines, mark.line, mark.column, self.path, self.first_line))
                return False
            if isinstance(event, yaml.ScalarEvent):
                value: Value = Scalar(event.value, line, column, not event.style)
                # The text has been looked over; an escape in quotes may stand for what it may not hold.
                if event.style == '"' and (bad := find_forbidden(event.value)):
                    self.found.append(forbidden(bad[1], Place(self.path, line, column)))
                    value = Scalar("", line, column)
                self._add(value, event.anchor)
            elif isinstance(event, yaml.CollectionStartEvent):
                if len(self._open) >= MAX_DEPTH:
                    return self._stop("values are nested too deeply", line, column, QUOTE_HINT)
                if event.anchor:
                    self._anchors[event.anchor] = None
                self._open.append(_Open(isinstance(event, yaml.MappingStartEvent), line, column, event.anchor))
            else:
                self._add(self._value_of(event.anchor or "", line, column), None)
        return True

    def _stop(self, message: str, line: int, column: int, hint: str) -> bool:
        self.found.append(error("yaml", message, Place(self.path, line, column), hint))
        return False

    def _value_of(self, anchor: str, line: int, column: int) -> Value:
        known = self._anchors.get(anchor)
        if known is not None:
            return known
        if anchor in self._anchors:
            self._stop("this value contains itself", line, column, f"drop the `*{anchor}`")
        else:
            hint = "put the value in quotes: a text that begins with * must stand in them"
            self._stop(f"`*{anchor}` stands for a value marked `&{anchor}`, and there is none", line, column, hint)
        return Scalar("", line, column)

    def _add(self, value: Value, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = value
        if not self._open:
            self.root = value
            return
        top = self._open[-1]
        if not top.is_table:
            top.items.append(value)
        elif top.awaits_value:
            if top.key is not None:
                top.entries.append((top.key, value))
            top.awaits_value = False
        else:
            top.key = self._read_key(value, top)
            top.awaits_value = True

    def _read_key(self, key: Value, table: _Open) -> Scalar | None:
        if not isinstance(key, Scalar):
            self._stop("a key must be a word, not a list or a mapping", key.line, key.column, QUOTE_HINT)
            return None
        if key.text in table.seen:
            message = f"{quoted(key.text)} stands here a second time (first on line {table.seen[key.text]})"
            place = Place(self.path, key.line, key.column)
            self.found.append(error("duplicate-key", message, place, "keep one of the two"))
            return None
        table.seen[key.text] = key.line
        return key


#: What the parser says, with libyaml and without → what it means, and how to mend it. `True`: the fault is where the value began.
_MEANINGS: tuple[tuple[str, str, str, bool], ...] = (
    ("tag handle", "a value cannot begin with !", QUOTE_HINT, False),
    ("quoted scalar.*end of stream", "this quotation mark is not closed", "close it at the end of the text", True),
    (
        "quoted scalar",
        "this `\\` means nothing in double quotes",
        "put the text in single quotes, or write `\\\\`",
        False,
    ),
    (
        "flow sequence",
        "this [ is not closed, or a `,` is missing",
        "write a list like [甲, 乙], with half-width marks",
        True,
    ),
    (
        "flow mapping",
        "this { is not closed, or a `,` is missing",
        "write it like {source: 科学网, author: 甲}, with half-width marks",
        True,
    ),
    ("alias|anchor", "a text cannot begin with * or & outside quotes", QUOTE_HINT, True),
    ("directive", "a line cannot begin with %", QUOTE_HINT, True),
    (
        "expected '-' indicator",
        "this line is not an item of the list above it",
        "begin it with `- `, or indent it",
        False,
    ),
    (
        "block scalar",
        "text stands behind | or >",
        "begin the text on the next line, indented, or put it in quotes",
        True,
    ),
    ("document start", "the front matter ends at the line of ... before this", "take that line out", False),
    ("expected (the )?node content|mapping keys are not", "a value cannot begin like this", QUOTE_HINT, False),
    (
        "block sequence entries are not allowed",
        "a list cannot begin here",
        "begin it on the next line, indented",
        False,
    ),
    ("expected ':'", "this line is not `key: value`", INDENT_HINT, True),
    (
        "mapping values are not allowed",
        "there is a second `: ` here, or the line is indented too far",
        QUOTE_HINT,
        False,
    ),
    ("expected key|expected <block end>", "this does not belong to the value before it", INDENT_HINT, False),
)


def _explain(problem: yaml.MarkedYAMLError, lines: list[str], path: str, first_line: int) -> Diagnostic:
    """What a parser's complaint means to who wrote the text."""
    said = f"{problem.context or ''} {problem.problem or ''}".strip()
    mark = problem.problem_mark or problem.context_mark
    if mark is None:
        return _yaml(f"this YAML cannot be read: {said}", path, first_line, 0, SHAPE_HINT)
    number, column = mark.line, mark.column
    line = lines[number] if number < len(lines) else ""
    message, hint = f"this YAML cannot be read: {said}", QUOTE_HINT
    for pattern, meaning, how, at_start in _MEANINGS:
        if re.search(pattern, said):
            message, hint = meaning, how
            if at_start and problem.context_mark:
                number, column = problem.context_mark.line, problem.context_mark.column
            break
    # A colon that is none makes its line run on into the next one, where the parser stumbles.
    for earlier in (number, number - 1):
        if slip := _find_slip(lines, earlier):
            return _yaml(slip[0], path, first_line + earlier, slip[1], SHAPE_HINT)
    if "cannot start any token" in said:
        character = line[column : column + 1]
        message = f"a value cannot begin with {character}"
        if character == "\t":
            message, hint = "a tab cannot stand here", "indent with spaces"
    elif "mapping values" in said and not re.search(r":\s", line[:column]):
        message, hint = "this line is indented too far", INDENT_HINT
    elif re.search("expected (key|<block end>)", said) and re.search(r"[\"']\s*$", line[:column]):
        message = "this does not belong to the text in quotes before it"
        hint = "a quotation mark within such a text is doubled in single quotes ('it''s'), or write “” and 「」"
    number, column = _not_past_the_end(lines, number, column)
    return _yaml(message, path, first_line + number, column + 1, hint)


def _not_past_the_end(lines: list[str], number: int, column: int) -> tuple[int, int]:
    """The end of the text is not where anybody looks, and it may have no line: the last line that says something is."""
    last = max((at for at, text in enumerate(lines) if text.strip()), default=0)
    return (last, len(lines[last].rstrip())) if number > last else (number, column)


def _no_mapping(lines: list[str], number: int, column: int, path: str, first_line: int) -> Diagnostic:
    number, column = _not_past_the_end(lines, number, column)
    line = first_line + number
    if slip := _find_slip(lines, number):
        return _yaml(slip[0], path, line, slip[1], SHAPE_HINT)
    hint = SHAPE_HINT
    if re.match(r"[ \t]*[\w.-]+[ \t]*=", lines[number]):
        hint = "YAML puts `: ` between key and value; front matter with `key = value` stands between lines of +++"
    return _yaml("this is not a list of `key: value` lines", path, line, column + 1, hint)


def _find_slip(lines: list[str], number: int) -> tuple[str, int] | None:
    """The mistake that Chinese keyboards make most: what is wrong with the colon of a line, and its column."""
    if not 0 <= number < len(lines):
        return None
    found = re.match(r"[ \t]*(?:- +)?\w+ ?(：|:(?=[^\s/:]))", lines[number])
    if not found:
        return None
    message = "this colon is full-width" if found[1] == "：" else "there is no space after this colon"
    return message, found.start(1) + 1


def _yaml(message: str, path: str, line: int, column: int, hint: str) -> Diagnostic:
    return error("yaml", message, Place(path, line, column), hint)


def _place_of(text: str, position: int, path: str, first_line: int) -> Place:
    return Place(path, text.count("\n", 0, position) + first_line, position - text.rfind("\n", 0, position))
