"""The manifest of an output folder → which of its files are not there as large as it says: one question to the system a file,
which takes longer than anything else where nothing changed, so that it is asked in processes of their own meanwhile.

    with look(folder, jobs) as presence:
        ...
        if not presence.missing: ...
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING

from builder.forks import meanwhile
from builder.publish.manifest import MANIFEST, list_sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: So many bytes of a manifest, or more, are looked after at once: those of a thousand files, which take longer than a process
#: does to begin.
_SHARE = 120_000
_MOST_SHARES = 200


class Presence:
    """What was found of the files of a `manifest`, b"" where there is none. They are looked at once, from the beginning on or
    when it is asked for the first time."""

    def __init__(self, manifest: bytes, answers: Callable[[], list[list[str]]]) -> None:
        self.manifest = manifest
        self._answers = answers

    @cached_property
    def missing(self) -> frozenset[str]:
        """The paths of the files that are not there, are no files, or have another size."""
        return frozenset(path for paths in self._answers() for path in paths)

    @property
    def count(self) -> int:
        """How many files there are, where none is in motion."""
        return self.manifest.count(b"\n") - 2  # the name of the format, and the check sum


@contextmanager
def look(output: Path, jobs: int) -> Iterator[Presence]:
    """Look at the files of an output folder, in so many processes at most. Nothing is left of these at the end."""
    base = os.path.realpath(output) + os.sep
    try:
        with open(base + MANIFEST, "rb") as stream:  # noqa: PTH123 - as fast as can be
            manifest = stream.read()
    except OSError:
        manifest = b""
    shares = _shares(manifest, max(1, min(_MOST_SHARES, len(manifest) // _SHARE)))
    with meanwhile(partial(_find_missing, base, manifest), shares, jobs) as answers:
        yield Presence(manifest, answers)


def _shares(manifest: bytes, number: int) -> list[slice]:
    """So many parts of a manifest, whole lines each."""
    ends = [manifest.find(b"\n", len(manifest) * part // number) + 1 for part in range(1, number)]
    return list(map(slice, [0, *ends], [*ends, len(manifest)]))


def _find_missing(base: str, manifest: bytes, share: slice) -> list[str]:
    missing, lstat = list[str](), os.lstat
    for size, path in list_sizes(manifest[share]):
        try:
            # One lstat of a plain string: a walk over the folders takes four times as long, a Path twice.
            found = lstat(base + path)
        except (OSError, ValueError):
            missing.append(path)
        else:
            if f"{found.st_size}" != size or not stat.S_ISREG(found.st_mode):
                missing.append(path)
    return missing
