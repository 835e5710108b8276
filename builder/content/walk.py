"""A folder of a site → the regular files in it. What cannot be read, or leads out of the site, is a finding."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from builder.diagnostics import Checked, Diagnostic, Place, error, warning

if TYPE_CHECKING:
    from collections.abc import Callable


class WalkedFile(NamedTuple):
    """A file of the site: its path in the site's folder, with `/`, and a `stamp` of the file system's that changes when the
    file does ("" where it may change unseen: it was written just now, and a clock has ticks)."""

    path: str
    stamp: str


#: A file whose times are nearer than this to now may be written again without a trace, in nanoseconds.
_FRESH = 100_000_000


class Folders:
    """What is in folders: each is listed once, and an entry keeps what the system says of its file, however many ask."""

    def __init__(self) -> None:
        """Nothing is looked at before `now`, in nanoseconds since 1970."""
        self.now = time.time_ns()
        self._listed: dict[str, list[os.DirEntry[str]]] = {}

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        """What is in a folder, in no order. Raises `OSError`."""
        listed = self._listed.get(folder)
        if listed is None:
            with os.scandir(folder) as entries:
                listed = self._listed[folder] = list(entries)
        return listed


def walk(
    root: Path,
    site: Path,
    *,
    enters: Callable[[Path], bool],
    takes: Callable[[str], bool],
    folders: Folders | None = None,
) -> Checked[tuple[WalkedFile, ...]]:
    """The files below `root` whose names `takes` wants, in the folders that it `enters`, sorted by the parts of their paths.
    Links to files of the site count as files; links to folders are not followed, so that no walk goes round in circles."""
    walking = _Walk(site, enters, takes, folders or Folders())
    if root.is_symlink() and not is_inside(root, site):
        walking.report_outside(root)
    else:
        walking.run(root)
    return Checked(tuple(sorted(walking.files, key=lambda file: file.path.split("/"))), tuple(walking.found))


def stamp_of(status: os.stat_result, now: int) -> str:
    """The stamp of a file by what the system says of it; `now` in nanoseconds since 1970."""
    if max(status.st_mtime_ns, status.st_ctime_ns) > now - _FRESH:
        return ""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"


def is_inside(path: Path, site: Path) -> bool:
    """Whether a path, its links followed, is one of the site."""
    # Unlike `Path.resolve`, this bears links that lead to themselves.
    real, home = Path(os.path.realpath(path)), Path(os.path.realpath(site))
    return real == home or home in real.parents


class _Walk:
    def __init__(
        self, site: Path, enters: Callable[[Path], bool], takes: Callable[[str], bool], folders: Folders
    ) -> None:
        self.site, self.enters, self.takes, self.folders = site, enters, takes, folders
        self.files: list[WalkedFile] = []
        self.found: list[Diagnostic] = []

    def run(self, root: Path) -> None:
        waiting = [root]
        while waiting:
            folder = waiting.pop()
            try:
                listed = sorted(self.folders.entries(str(folder)), key=lambda entry: entry.name)
            except OSError as problem:
                message = f"cannot read this folder: {problem.strerror}"
                self.found.append(error("unreadable", message, self._place(folder), "mend its permissions"))
                continue
            # What a folder is called in the site is said once for all its files: a path for each takes ten times as long.
            shown = folder.relative_to(self.site).as_posix()
            prefix = "" if shown == "." else f"{shown}/"
            waiting += [Path(entry.path) for entry in listed if self._visit(entry, prefix)]

    def _visit(self, entry: os.DirEntry[str], prefix: str) -> bool:
        """Take a file, or say that this is a folder to go into."""
        is_link, is_folder = entry.is_symlink(), _is_folder(entry)
        if not (self.enters(Path(entry.path)) if is_folder else self.takes(entry.name)):
            return False
        path = Path(entry.path) if is_link else None
        if not _is_text(entry.name):
            message = "this name is not UTF-8"
            self.found.append(
                error("file-name", message, self._place(Path(entry.path)), "rename it; convmv converts whole folders")
            )
        elif path and not is_inside(path, self.site):
            self.report_outside(path)
        elif path and is_folder:
            hint = "give the folder itself this place, or leave the link out"
            self.found.append(warning("folder-link", "links to folders are not followed", self._place(path), hint))
        elif status := _regular(entry):
            # A pipe or a device would be read for ever.
            self.files.append(WalkedFile(prefix + entry.name, stamp_of(status, self.folders.now)))
        elif path:
            message = f"this link leads to nothing: {Path(os.path.realpath(path))}"
            self.found.append(error("unreadable", message, self._place(path), "remove it, or mend where it leads"))
        return is_folder and not is_link and _is_text(entry.name)

    def report_outside(self, path: Path) -> None:
        message = f"this link leads out of the site, to {Path(os.path.realpath(path))}"
        hint = "copy what it leads to into the site; what the site is made from is all in its folder"
        self.found.append(error("outside-site", message, self._place(path), hint))

    def _place(self, path: Path) -> Place:
        return Place(path.relative_to(self.site).as_posix())


def _is_text(name: str) -> bool:
    return name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in circles
        return False


def _regular(entry: os.DirEntry[str]) -> os.stat_result | None:
    """What the system says of a regular file, links followed; None for anything else."""
    try:
        status = entry.stat()
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None
