"""Values that know where they stand in a file. What YAML and TOML share."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct


class Scalar(Struct, frozen=True, gc=False):
    """A single value, as text. `plain` is false for quoted text, which is never nothing."""

    text: str
    line: int
    column: int
    plain: bool = True

    @property
    def is_null(self) -> bool:
        """Whether the value was left out (`key:`, `~`, `null`)."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


class Listing(Struct, frozen=True, gc=False):
    """A sequence."""

    items: tuple[Value, ...]
    line: int
    column: int


class Table(Struct, frozen=True, gc=False):
    """A mapping, in the order of the file."""

    entries: tuple[tuple[Scalar, Value], ...]
    line: int
    column: int


Value: TypeAlias = Scalar | Listing | Table

#: How deep values may be nested. No schema of ours goes deeper than four.
MAX_DEPTH = 32
