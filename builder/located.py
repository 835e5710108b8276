"""YAML and TOML text → one kind of tree whose every value knows its line, and a reader that checks such a tree by a schema.

Scalars stay text: whether `0123`, `on` or `1.10` is a number, a switch or a word is decided by whoever reads the key.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from builder.diagnostics import Checked, Diagnostic, Place, error, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, as text. `plain` is false for quoted text, which is never nothing."""

    text: str
    line: int
    column: int
    plain: bool = True

    @property
    def is_null(self) -> bool:
        """Whether the value was left out (`key:`, `~`, `null`)."""
        return self.plain and self.text in ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Listing:
    """A sequence."""

    items: tuple[Value, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping, in the order of the file."""

    entries: tuple[tuple[Scalar, Value], ...]
    line: int
    column: int


Value: TypeAlias = Scalar | Listing | Table


def parse_yaml(text: str, path: str, first_line: int = 1) -> Checked[Table | None]:
    """The mapping that YAML text holds; `first_line` is the line of the file at which `text` starts. None with an error
    when it cannot be read. Every scalar stays text: no implicit typing, no tags, no merge keys."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        node = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as problem:
        return Checked(None, (_yaml_error(problem, path, first_line),))
    if node is None:
        return Checked(Table((), first_line, 1))
    if not isinstance(node, yaml.MappingNode):
        place = Place(path, node.start_mark.line + first_line, node.start_mark.column + 1)
        return Checked(None, (error("yaml", "this is not a list of `key: value` lines", place, _YAML_HINT),))
    conversion = _YamlConversion(path, first_line)
    try:
        value = conversion.convert(node)
    except RecursionError:
        return Checked(None, (error("yaml", "values are nested too deeply", Place(path, first_line), _YAML_HINT),))
    assert isinstance(value, Table)
    return Checked(value, tuple(conversion.found))


_YAML_HINT = (
    "write it as `key: value`; put a value that holds `: `, ` #`, or starts with one of []{}&*!|>'\"%@` in quotes"
)


def _yaml_error(problem: yaml.YAMLError, path: str, first_line: int) -> Diagnostic:
    import yaml

    if isinstance(problem, yaml.MarkedYAMLError):
        mark = problem.problem_mark or problem.context_mark
        place = Place(path, mark.line + first_line, mark.column + 1) if mark else Place(path, first_line)
        context = f" {problem.context}," if problem.context else ""
        return error("yaml", f"this YAML cannot be read:{context} {problem.problem}", place, _YAML_HINT)
    if isinstance(problem, yaml.reader.ReaderError):
        character = problem.character if isinstance(problem.character, int) else ord(problem.character[:1] or "?")
        return error("yaml", f"U+{character:04X} is not allowed in YAML", Place(path, first_line), "delete it")
    return error("yaml", "this YAML cannot be read", Place(path, first_line), _YAML_HINT)


class _YamlConversion:
    """PyYAML nodes → values. Aliases share one value, so that nothing grows; a node inside itself is an error."""

    def __init__(self, path: str, first_line: int) -> None:
        self.path, self.first_line = path, first_line
        self.found: list[Diagnostic] = []
        self._done: dict[int, Value] = {}
        self._open: set[int] = set()

    def convert(self, node: Any) -> Value:
        import yaml

        if id(node) in self._done:
            return self._done[id(node)]
        line, column = node.start_mark.line + self.first_line, node.start_mark.column + 1
        if id(node) in self._open:
            self.found.append(
                error("yaml", "this value contains itself", Place(self.path, line, column), "drop the `*alias`")
            )
            return Scalar("", line, column)
        self._open.add(id(node))
        value: Value
        if isinstance(node, yaml.ScalarNode):
            value = Scalar(node.value, line, column, plain=not node.style)
        elif isinstance(node, yaml.SequenceNode):
            value = Listing(tuple(self.convert(item) for item in node.value), line, column)
        else:
            value = Table(tuple(self._entries(node)), line, column)
        self._open.discard(id(node))
        self._done[id(node)] = value
        return value

    def _entries(self, node: Any) -> Iterator[tuple[Scalar, Value]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = self.convert(key_node)
            if not isinstance(key, Scalar):
                place = Place(self.path, key.line, key.column)
                self.found.append(error("yaml", "a key must be a word, not a list or a mapping", place, _YAML_HINT))
                continue
            if key.text in seen:
                place = Place(self.path, key.line, key.column)
                message = f"'{key.text}' stands here a second time (first on line {seen[key.text]})"
                self.found.append(error("duplicate-key", message, place, "keep one of the two"))
                continue
            seen[key.text] = key.line
            yield key, self.convert(value_node)


def parse_toml(text: str, path: str, first_line: int = 1) -> Checked[Table | None]:
    """The table that TOML text holds; lines are those of the keys. None with an error when it cannot be read."""
    try:
        data = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as problem:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(problem))
        message = re.sub(r" \(at .*\)$", "", str(problem))
        line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 0)
        place = Place(path, line + first_line - 1, column)
        hint = 'write it as `key = "value"`; text stands in quotes'
        return Checked(None, (error("toml", f"this TOML cannot be read: {message}", place, hint),))
    except RecursionError:
        return Checked(None, (error("toml", "values are nested too deeply", Place(path, first_line)),))
    lines = _toml_lines(text)
    return Checked(_toml_table(data, (), lines, first_line, (1, 1)))


_TOML_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_TOML_TOKEN = re.compile(
    rf"""
    (?P<long>\"\"\"(?:[^\\]|\\.)*?\"{{3,5}}|'''.*?'{{3,5}})
  | (?P<header>(?m:^)[ \t]*\[\[?[ \t]*(?P<name>{_TOML_KEY}(?:[ \t]*\.[ \t]*{_TOML_KEY})*)[ \t]*\]\]?)
  | (?P<assign>(?P<key>{_TOML_KEY}(?:[ \t]*\.[ \t]*{_TOML_KEY})*)[ \t]*=)
  | (?P<string>"(?:[^"\\]|\\.)*"|'[^']*')
  | (?P<comment>\#[^\n]*)
  | (?P<open>[\[{{]) | (?P<close>[\]}}])
    """,
    re.VERBOSE | re.DOTALL,
)


def _toml_lines(text: str) -> dict[tuple[str, ...], tuple[int, int]]:
    """Where each key of a valid TOML text stands: its path → (line, column). Keys inside inline tables are left out."""
    places: dict[tuple[str, ...], tuple[int, int]] = {}
    prefix: tuple[str, ...] = ()
    depth = 0
    for token in _TOML_TOKEN.finditer(text):
        if token["open"]:
            depth += 1
        elif token["close"]:
            depth -= 1
        elif depth == 0 and (token["header"] or token["assign"]):
            start = token.start("name") if token["header"] else token.start("key")
            keys = tuple(_toml_key(key) for key in re.findall(_TOML_KEY, token["name"] or token["key"]))
            if token["header"]:
                prefix, keys = (), keys
            path = prefix + keys
            if token["header"]:
                prefix = path
            place = (text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))
            for length in range(1, len(path) + 1):
                places.setdefault(path[:length], place)
    return places


def _toml_key(written: str) -> str:
    if written[0] in "\"'":
        return str(next(iter(tomllib.loads(f"{written} = 0"))))
    return written


def _toml_table(
    data: dict[str, Any],
    path: tuple[str, ...],
    lines: dict[tuple[str, ...], tuple[int, int]],
    first_line: int,
    inherited: tuple[int, int],
) -> Table:
    def value_of(value: Any, path: tuple[str, ...], place: tuple[int, int]) -> Value:
        line, column = place[0] + first_line - 1, place[1]
        if isinstance(value, dict):
            return _toml_table(value, path, lines, first_line, place)
        if isinstance(value, list):
            return Listing(tuple(value_of(item, path, place) for item in value), line, column)
        if isinstance(value, bool):
            return Scalar("true" if value else "false", line, column)
        if isinstance(value, str):
            return Scalar(value, line, column, plain=False)
        return Scalar(value.isoformat() if hasattr(value, "isoformat") else str(value), line, column)

    entries = []
    for key, value in data.items():
        place = lines.get((*path, key), inherited)
        entries.append((Scalar(key, place[0] + first_line - 1, place[1]), value_of(value, (*path, key), place)))
    return Table(tuple(entries), inherited[0] + first_line - 1, inherited[1])


@dataclass(slots=True)
class Reader:
    """Reads the keys of one table by name, checks their shape and collects what is wrong. Each key is asked for once; what
    nobody asked for is unknown (`finish`). A value of the wrong shape is reported and read as missing."""

    table: Table
    path: str
    name: str = ""  # what the table is called in messages: "rights"
    found: list[Diagnostic] = field(default_factory=list)
    _asked: list[str] = field(default_factory=list)

    def place(self, value: Value | None = None) -> Place:
        """Where a value, or the table itself, stands."""
        value = value or self.table
        return Place(self.path, value.line, value.column)

    def value(self, key: str) -> Value | None:
        """The raw value of a key, None where it is missing or left empty."""
        self._asked.append(key)
        for name, value in self.table.entries:
            if name.text == key:
                return None if isinstance(value, Scalar) and value.is_null else value
        return None

    def scalar(self, key: str) -> Scalar | None:
        """A single value."""
        value = self.value(key)
        if value is None or isinstance(value, Scalar):
            return value
        self.wrong(key, value, "one value", "a list" if isinstance(value, Listing) else "a table")
        return None

    def text(self, key: str, default: str = "") -> str:
        """A text, without spaces at its ends."""
        value = self.scalar(key)
        return value.text.strip() if value else default

    def switch(self, key: str, *, default: bool = False) -> bool:
        """True or false (yes/no, on/off)."""
        value = self.scalar(key)
        if value is None:
            return default
        word = value.text.strip().lower()
        if word in ("true", "yes", "on"):
            return True
        if word in ("false", "no", "off"):
            return False
        self.wrong(key, value, "true or false", f"'{value.text}'")
        return default

    def number(self, key: str, default: int, *, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self.scalar(key)
        if value is None:
            return default
        text = value.text.strip()
        if re.fullmatch(r"[+-]?[0-9]{1,9}", text) and least <= int(text) <= most:
            return int(text)
        self.wrong(key, value, f"a whole number from {least} to {most}", f"'{value.text}'")
        return default

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        value = self.scalar(key)
        if value is None:
            return default
        if value.text.strip() in choices:
            return value.text.strip()
        self.wrong(key, value, "one of " + ", ".join(choices), f"'{value.text}'")
        return default

    def scalars(self, key: str) -> tuple[Scalar, ...]:
        """A list of single values; a lone one counts as a list of one."""
        value = self.value(key)
        if value is None:
            return ()
        if isinstance(value, Scalar):
            return (value,)
        if isinstance(value, Table):
            self.wrong(key, value, "a list", "a table")
            return ()
        kept = []
        for item in value.items:
            if not isinstance(item, Scalar):
                self.wrong(key, item, "a list of single values", "a list or table inside it")
            elif not item.is_null:
                kept.append(item)
        return tuple(kept)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty ones and repetitions dropped, in order."""
        return tuple(dict.fromkeys(item.text.strip() for item in self.scalars(key) if item.text.strip()))

    def sub(self, key: str, name: str = "") -> Reader | None:
        """A reader of the table under a key; its findings are this reader's."""
        value = self.value(key)
        if value is None:
            return None
        if isinstance(value, Table):
            return Reader(value, self.path, name or (f"{self.name}.{key}" if self.name else key), self.found)
        self.wrong(key, value, "a table of keys", f"'{value.text}'" if isinstance(value, Scalar) else "a list")
        return None

    def wrong(self, key: str, value: Value, wanted: str, got: str) -> None:
        """Report a value of the wrong shape."""
        full = f"{self.name}.{key}" if self.name else key
        self.found.append(
            error("wrong-value", f"'{full}' takes {wanted}, not {got}", self.place(value), f"give {wanted}")
        )

    def finish(self) -> None:
        """Report the keys that nobody asked for."""
        for name, _ in self.table.entries:
            if name.text not in self._asked:
                full = f"{self.name}.{name.text}" if self.name else name.text
                near = difflib.get_close_matches(name.text, self._asked, n=1, cutoff=0.6)
                known = ", ".join(dict.fromkeys(self._asked))
                hint = f"did you mean '{near[0]}'?" if near else f"the keys here are: {known}"
                self.found.append(warning("unknown-key", f"unknown key '{full}'", self.place(name), hint))
