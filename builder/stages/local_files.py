"""Files of the site that are published as they are → what is known of them. A file that the system says is unchanged is not
read again."""

from __future__ import annotations

import os
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import msgspec

from builder.content.files import LocalFile, read_file
from builder.content.walk import stamp_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from builder.memo import Memo

KIND = "file"


class LocalFiles:
    """The files of one plan."""

    def __init__(self, folder: Path, memo: Memo) -> None:
        self._folder = folder
        self._memo = memo
        self._known = memo.load(KIND)
        self._seen: dict[str, bytes] = {}
        self._now = time.time_ns()

    def read(self, paths: Iterable[str]) -> dict[str, LocalFile]:
        """The files that are there, by their paths in the site's folder."""
        return {path: file for path in sorted(set(paths)) if (file := self._read(path))}

    def remember(self) -> None:
        """Keep what is new."""
        new = {path: value for path, value in self._seen.items() if self._known.get(path) != value}
        if new:
            self._memo.put(KIND, new)
        if self._known.keys() - self._seen.keys():
            self._memo.keep(KIND, self._seen.keys())

    def _read(self, path: str) -> LocalFile | None:
        stamp = self._stamp(path)
        value = self._known.get(path)
        if stamp and value and value.startswith(stamp + b"\n"):
            self._seen[path] = value
            return msgspec.msgpack.decode(value[len(stamp) + 1 :], type=LocalFile)
        file = read_file(self._folder, path)
        if file and stamp:
            self._seen[path] = stamp + b"\n" + msgspec.msgpack.encode(asdict(file))
        return file

    def _stamp(self, path: str) -> bytes:
        try:
            # Links lead into the site, and what counts is the file that they lead to.
            return stamp_of(os.stat(self._folder / path), self._now).encode()  # noqa: PTH116 - the fastest way to ask
        except (OSError, ValueError):
            return b""
