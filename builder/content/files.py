"""Local files that articles show or link to → what pages need to know of them. Also the site's static files."""

from __future__ import annotations

import os
import re
import struct
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from builder.content.walk import is_inside, walk
from builder.diagnostics import Checked

if TYPE_CHECKING:
    from builder.content.walk import Folders

_PICTURES = frozenset(
    {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", ".bmp", ".tif", ".tiff", ".jp2", ".heic"}
)


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of the site. `path` is relative to the site's folder; width and height are in pixels, 0 for what is no
    picture; `digest` is the SHA-256 of its bytes, in hexadecimal."""

    path: str
    digest: str
    width: int
    height: int

    @property
    def asset_path(self) -> str:
        """Where it is published: `assets/<name>.<hash>.<ext>`."""
        name = PurePosixPath(self.path)
        return f"assets/{name.stem}.{self.digest[:10]}{name.suffix.lower()}"


def read_file(folder: Path, path: str) -> LocalFile | None:
    """A file of the site by its path in the site's folder; None where there is none, or where a link leads out of it."""
    file = Path(os.path.realpath(folder / path)) if "\0" not in path else folder
    try:
        if not is_inside(file, folder) or not file.is_file():
            return None
        with file.open("rb") as stream:
            digest = file_digest(stream, "sha256").hexdigest()
            stream.seek(0)
            width, height = _size(stream) if file.suffix.lower() in _PICTURES else (0, 0)
    except (OSError, ValueError):
        return None
    return LocalFile(path, digest, width, height)


def list_static(folder: Path, folders: Folders | None = None) -> Checked[tuple[str, ...]]:
    """The files under `static/`, by their paths in it, sorted; a link that leads out of the site is an error."""
    root = folder / "static"
    if not root.is_dir():
        return Checked(())
    walked = walk(
        root,
        folder,
        enters=lambda _: True,
        takes=lambda name: name not in (".DS_Store", "Thumbs.db"),
        folders=folders,
    )
    return Checked(tuple(file.path.removeprefix("static/") for file in walked.value), walked.diagnostics)


def _size(stream: BinaryIO) -> tuple[int, int]:
    import imagesize

    try:
        width, height = imagesize.get(stream)
    except _DAMAGED:
        width, height = -1, -1
    if width > 0 and height > 0:
        return round(width), round(height)
    # A drawing that says its proportions alone; imagesize reads the width and height of the root element only.
    stream.seek(0)
    box = _VIEW_BOX.search(stream.read(4096))
    return (round(float(box[1])), round(float(box[2]))) if box else (0, 0)


_VIEW_BOX = re.compile(
    rb"""<svg\b[^>]*?\sviewBox\s*=\s*["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+(\d+\.?\d*)[\s,]+(\d+\.?\d*)\s*["']"""
)


#: What imagesize raises for damaged pictures, all its versions together. They are still files to be published.
_DAMAGED = (ValueError, OSError, TypeError, LookupError, NameError, ArithmeticError, struct.error)
