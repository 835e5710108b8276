"""The manifest of an output folder → which of its files are not there as large as it says: one question to the system a file,
which takes longer than anything else where nothing changed, so that it is asked in processes of their own meanwhile.

    with look(folder, jobs) as presence:
        ...
        if not presence.missing(): ...
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING

from builder.forks import meanwhile
from builder.publish.manifest import MANIFEST, file_lines, list_sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: So many bytes of a manifest make up for a process that looks: those of 2,500 files.
_WORTH_A_PROCESS = 250_000


class Presence:
    """What was found of the files of a `manifest`, b"" where there is none. They are looked at once, from the beginning on or
    when it is asked for the first time."""

    def __init__(self, manifest: bytes, answers: Callable[[], Iterator[list[str]]]) -> None:
        self.manifest = manifest
        self._answers = answers

    @cached_property
    def missing(self) -> frozenset[str]:
        """The paths of the files that are not there, are no files, or have another size."""
        return frozenset(path for paths in self._answers() for path in paths)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all files."""
        return tuple(path for path, _ in list_sizes(file_lines(self.manifest)))


@contextmanager
def look(output: Path, jobs: int) -> Iterator[Presence]:
    """Look at the files of an output folder, in so many processes at most. Nothing is left of these at the end."""
    base = os.path.realpath(output) + os.sep
    try:
        with open(base + MANIFEST, "rb") as stream:  # noqa: PTH123 - as fast as can be
            manifest = stream.read()
    except OSError:
        manifest = b""
    shares = _shares(manifest, min(jobs, 1 + len(manifest) // _WORTH_A_PROCESS))
    with meanwhile(partial(_find_missing, base), shares, len(shares)) as answers:
        yield Presence(manifest, answers)


def _shares(manifest: bytes, number: int) -> list[bytes]:
    """The lines of the files, in so many shares."""
    lines = file_lines(manifest)
    shares, start = [], 0
    for left in range(number, 0, -1):
        end = lines.rfind(b"\n", start, start + (len(lines) - start) // left) + 1 if left > 1 else len(lines)
        if end > start:
            shares.append(lines[start:end])
            start = end
    return shares


def _find_missing(base: str, lines: bytes) -> list[str]:
    missing, lstat = list[str](), os.lstat
    for path, size in list_sizes(lines):
        try:
            # One lstat of a plain string: a walk over the folders takes four times as long, a Path twice.
            found = lstat(base + path)
        except (OSError, ValueError):
            missing.append(path)
        else:
            if found.st_size != size or not stat.S_ISREG(found.st_mode):
                missing.append(path)
    return missing
