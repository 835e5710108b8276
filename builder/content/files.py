"""Local files that articles show or link to → what pages need to know of them. Also the site's static files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from builder.diagnostics import Checked, Diagnostic, Place, error

_PICTURES = frozenset(".png .jpg .jpeg .gif .webp .svg .avif .bmp .tif .tiff .jp2 .heic".split())


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
    file = folder / path
    try:
        resolved = file.resolve(strict=True)
        if folder.resolve() not in resolved.parents or not resolved.is_file():
            return None
        data = resolved.read_bytes()
    except (OSError, ValueError):
        return None
    width, height = _size(data, resolved.suffix.lower())
    return LocalFile(path, sha256(data).hexdigest(), width, height)


def list_static(folder: Path) -> Checked[tuple[str, ...]]:
    """The files under `static/`, by their paths in it, sorted; a link that leads out of the site is an error."""
    root, found, files = folder / "static", list[Diagnostic](), list[str]()
    site = folder.resolve()
    for top, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = Path(top) / name
            if path.is_symlink() and site not in path.resolve().parents:
                place = Place(path.relative_to(folder).as_posix())
                message = f"this link leads out of the site, to {path.resolve()}"
                found.append(error("outside-site", message, place, "copy the file into static/"))
            elif name not in (".DS_Store", "Thumbs.db"):
                files.append(path.relative_to(root).as_posix())
    return Checked(tuple(files), tuple(found))


def _size(data: bytes, suffix: str) -> tuple[int, int]:
    from io import BytesIO

    import imagesize

    if suffix not in _PICTURES:
        return 0, 0
    try:
        width, height = imagesize.get(BytesIO(data))
    except (ValueError, OSError):  # a damaged picture is still a file to be published
        return 0, 0
    return max(0, round(width)), max(0, round(height))
