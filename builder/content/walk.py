"""A folder of a site → the regular files in it. What cannot be read, or leads out of the site, is a finding."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from builder.diagnostics import Checked, Diagnostic, Place, error, warning

if TYPE_CHECKING:
    from collections.abc import Callable


def walk(
    root: Path, site: Path, *, enters: Callable[[Path], bool], takes: Callable[[Path], bool]
) -> Checked[tuple[Path, ...]]:
    """The files below `root` that `takes` wants, in the folders that it `enters`, sorted by the parts of their paths. Links
    to files of the site count as files; links to folders are not followed, so that no walk goes round in circles."""
    walking = _Walk(site, enters, takes)
    if root.is_symlink() and not is_inside(root, site):
        walking.report_outside(root)
    else:
        walking.run(root)
    return Checked(tuple(sorted(walking.files, key=lambda path: path.parts)), tuple(walking.found))


def is_inside(path: Path, site: Path) -> bool:
    """Whether a path, its links followed, is one of the site."""
    # Unlike `Path.resolve`, this bears links that lead to themselves.
    real, home = Path(os.path.realpath(path)), Path(os.path.realpath(site))
    return real == home or home in real.parents


class _Walk:
    def __init__(self, site: Path, enters: Callable[[Path], bool], takes: Callable[[Path], bool]) -> None:
        self.site, self.enters, self.takes = site, enters, takes
        self.files: list[Path] = []
        self.found: list[Diagnostic] = []

    def run(self, root: Path) -> None:
        waiting = [root]
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(folder) as entries:
                    paths = [(Path(entry.path), entry.is_symlink()) for entry in entries]
            except OSError as problem:
                message = f"cannot read this folder: {problem.strerror}"
                self.found.append(error("unreadable", message, self._place(folder), "mend its permissions"))
                continue
            waiting += [path for path, is_link in paths if self._visit(path, is_link=is_link)]

    def _visit(self, path: Path, *, is_link: bool) -> bool:
        """Take a file, or say that this is a folder to go into."""
        is_folder = os.path.isdir(path)  # noqa: PTH112 - `Path.is_dir` raises for links in circles
        if not (self.enters(path) if is_folder else self.takes(path)):
            return False
        if not _is_text(path.name):
            message = "this name is not UTF-8"
            self.found.append(
                error("file-name", message, self._place(path), "rename it; convmv converts whole folders")
            )
        elif is_link and not is_inside(path, self.site):
            self.report_outside(path)
        elif is_link and is_folder:
            hint = "give the folder itself this place, or leave the link out"
            self.found.append(warning("folder-link", "links to folders are not followed", self._place(path), hint))
        elif os.path.isfile(path):  # noqa: PTH113 - as above. A pipe or a device would be read for ever.
            self.files.append(path)
        elif is_link:
            message = f"this link leads to nothing: {Path(os.path.realpath(path))}"
            self.found.append(error("unreadable", message, self._place(path), "remove it, or mend where it leads"))
        return is_folder and not is_link and _is_text(path.name)

    def report_outside(self, path: Path) -> None:
        message = f"this link leads out of the site, to {Path(os.path.realpath(path))}"
        hint = "copy what it leads to into the site; what the site is made from is all in its folder"
        self.found.append(error("outside-site", message, self._place(path), hint))

    def _place(self, path: Path) -> Place:
        return Place(path.relative_to(self.site).as_posix())


def _is_text(name: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in name)
