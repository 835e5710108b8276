"""What came of writing an output folder."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What a commit did: the sorted paths of files, and how many were not touched."""

    written: tuple[str, ...]
    unchanged: int
    removed: tuple[str, ...]
