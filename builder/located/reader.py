"""A tree of located values → what a schema asks of it: each key by name, its shape checked, what is wrong collected."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.diagnostics import Diagnostic, Place, error, warning
from builder.located.tree import Listing, Scalar, Table, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(slots=True)
class Reader:
    """Reads the keys of one table by name, checks their shape and collects what is wrong. Each key is asked for once; what
    nobody asked for is unknown (`finish`). A value of the wrong shape is reported and read as missing."""

    table: Table
    path: str
    name: str = ""  # what the table is called in messages: "rights"
    found: list[Diagnostic] = field(default_factory=list)
    _values: dict[str, Value] = field(init=False)
    _asked: dict[str, None] = field(default_factory=dict)  # in order

    def __post_init__(self) -> None:
        self._values = {name.text: value for name, value in self.table.entries}

    def place(self, value: Value | None = None) -> Place:
        """Where a value, or the table itself, stands."""
        value = value or self.table
        return Place(self.path, value.line, value.column)

    def full_name(self, key: str) -> str:
        """What a key is called in messages: "rights.mode"."""
        return f"{self.name}.{key}" if self.name else key

    def value(self, key: str) -> Value | None:
        """The raw value of a key, None where it is missing or left empty."""
        self._asked[key] = None
        value = self._values.get(key)
        return None if isinstance(value, Scalar) and value.is_null else value

    def scalar(self, key: str) -> Scalar | None:
        """A single value."""
        value = self.value(key)
        if value is None or isinstance(value, Scalar):
            return value
        if isinstance(value, Listing) and len(value.items) > 1:
            self.wrong(key, value, "one value", "a list", "write it as one text, without the brackets")
        else:
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
        self.wrong(key, value, "true or false", quoted(value.text))
        return default

    def number(self, key: str, default: int, *, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self.scalar(key)
        if value is None:
            return default
        text = value.text.strip()
        if re.fullmatch(r"[+-]?[0-9]{1,9}", text) and least <= int(text) <= most:
            return int(text)
        self.wrong(key, value, f"a whole number from {least} to {most}", quoted(value.text))
        return default

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        value = self.scalar(key)
        if value is None:
            return default
        word = value.text.strip()
        if word in choices:
            return word
        folded = {choice.lower(): choice for choice in choices}
        near = difflib.get_close_matches(word.lower(), folded, n=1)
        hint = f"did you mean '{folded[near[0]]}'?" if near else ""
        self.wrong(key, value, "one of " + ", ".join(choices), quoted(value.text), hint)
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

    def sub(self, key: str, name: str = "", hint: str = "") -> Reader | None:
        """A reader of the table under a key; its findings are this reader's. `hint` shows how the table is written."""
        value = self.value(key)
        if value is None:
            return None
        if isinstance(value, Table):
            return Reader(value, self.path, name or self.full_name(key), self.found)
        got = quoted(value.text) if isinstance(value, Scalar) else "a list"
        self.wrong(key, value, "a table of keys", got, hint)
        return None

    def wrong(self, key: str, value: Value, wanted: str, got: str, hint: str = "") -> None:
        """Report a value of the wrong shape."""
        message = f"'{self.full_name(key)}' takes {wanted}, not {got}"
        self.found.append(error("wrong-value", message, self.place(value), hint or f"give {wanted}"))

    def finish(self, elsewhere: Mapping[str, str] | None = None) -> None:
        """Report the keys that nobody asked for. `elsewhere` tells of keys that stand somewhere else: their right names."""
        for name, _ in self.table.entries:
            if name.text not in self._asked:
                message = f"unknown key {quoted(self.full_name(name.text))}"
                hint = _advise(name.text, list(self._asked), elsewhere or {})
                self.found.append(warning("unknown-key", message, self.place(name), hint))


def quoted(text: str) -> str:
    """A text in a message: on one line, in quotes, cut where it is long."""
    shown = " ".join(text.split())
    return f"'{shown[:60]}…'" if len(shown) > 61 else f"'{shown}'"


def _advise(key: str, known: list[str], elsewhere: Mapping[str, str]) -> str:
    if key in elsewhere:
        return f"it stands under another: {elsewhere[key]}"
    near = _nearest(key, known)
    if near:
        return f"did you mean '{near}'?"
    return f"the keys here are: {', '.join(known)}" if known else "no key is known here"


def _nearest(key: str, known: Iterable[str]) -> str:
    folded = {name.lower().replace("-", "_"): name for name in known}
    near = difflib.get_close_matches(key.lower().replace("-", "_"), folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else ""
