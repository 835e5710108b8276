"""A site's folder → its source files, read and decoded. The one place that reads them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from builder.content.models import Date
from builder.content.walk import walk
from builder.diagnostics import BuilderError, Checked, Place, error, has_errors
from builder.located import decode

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from builder.content.walk import Folders

SUFFIXES = (".md", ".markdown")
_OTHER_FOLDERS = frozenset({"static", "themes"})
_NEVER = frozenset({"node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True)
class SourceFile:
    r"""A source file's text, line ends as `\\n`. `path` is relative to the site's folder, `name` to the content root and
    without the suffix; both with `/`. `twins` are the same text as it was written by hand for other variants."""

    path: str
    name: str
    text: str
    twins: tuple[SourceFile, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundSource:
    """A source file that has not been read. As `SourceFile`; `stamp` is another as soon as the file has been written to,
    and "" where that cannot be told."""

    path: str
    name: str
    stamp: str
    twins: tuple[FoundSource, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """Where a site's sources are: `root` is relative to the site's folder, "" for the folder itself."""

    folder: Path
    root: str


def find_content(folder: Path) -> Content:
    """The content root: `content/`, else the folder itself."""
    return Content(folder, "content" if (folder / "content").is_dir() else "")


def find_sources(
    content: Content, excluded: Collection[Path] = (), folders: Folders | None = None
) -> Checked[tuple[FoundSource, ...]]:
    """All source files, sorted by path. Hidden files and folders, `node_modules` and the `excluded` folders (the output)
    are passed over; links that lead out of the site are errors."""
    if not content.folder.is_dir():
        raise BuilderError(
            error("no-site", f"there is no folder {content.folder}", hint="give the site's folder with -s")
        )
    root = content.folder / content.root
    skipped = {identity for path in excluded if (identity := _identify(path))}

    def enters(path: Path) -> bool:
        # Without content/ the site's folder is the root, and holds more than sources.
        own = path.parent == content.folder and path.name in _OTHER_FOLDERS
        return not path.name.startswith(".") and path.name not in _NEVER and not own and _identify(path) not in skipped

    def takes(name: str) -> bool:
        return not name.startswith(".") and name.lower().endswith(SUFFIXES) and name.lower() not in SUFFIXES

    walked = walk(root, content.folder, enters=enters, takes=takes, folders=folders)
    if not walked.value and not has_errors(walked.diagnostics):
        where = f"{content.root}/" if content.root else "this folder"
        hint = "write one with `wenzhai new article TITLE`, or start a site with `wenzhai init DIR`"
        raise BuilderError(
            error("no-content", f"there is no Markdown file in {where}", Place(content.root or "."), hint)
        )
    start = len(content.root) + 1 if content.root else 0
    found = tuple(FoundSource(file.path, file.path[start:].rpartition(".")[0], file.stamp) for file in walked.value)
    return Checked(found, walked.diagnostics)


def read_source(folder: Path, found: FoundSource) -> Checked[SourceFile | None]:
    """A source file with its twins; None where it cannot be read. A twin that cannot is left out."""
    text = _read(folder / found.path, found.path)
    twins = [read_source(folder, twin) for twin in found.twins]
    findings = (*text.diagnostics, *(finding for twin in twins for finding in twin.diagnostics))
    if text.value is None:
        return Checked(None, findings)
    read = tuple(twin.value for twin in twins if twin.value)
    return Checked(SourceFile(found.path, found.name, text.value, read), findings)


def read_sources(content: Content, excluded: Collection[Path] = ()) -> Checked[tuple[SourceFile, ...]]:
    """What `find_sources` finds, read: each file for itself, twins among the others."""
    found = find_sources(content, excluded)
    read = [read_source(content.folder, source) for source in found.value]
    findings = (*found.diagnostics, *(finding for source in read for finding in source.diagnostics))
    return Checked(tuple(source.value for source in read if source.value), findings)


def dates_from_git(folder: Path, zone: ZoneInfo) -> dict[str, Date]:
    """When each file of a folder was first committed, by its path in the folder, in `zone`; empty outside a full clone."""

    def git(*words: str) -> str:
        command = ["git", "-c", "log.showSignature=false", *words]
        run = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=True)  # noqa: S603
        return run.stdout.decode("utf-8", "surrogateescape")

    try:
        if git("rev-parse", "--is-shallow-repository").strip() != "false":
            return {}
        log = git("log", "-z", "-M", "--diff-filter=AR", "--name-status", "--relative", "--format=%x01%ct")
    except (OSError, subprocess.SubprocessError):
        return {}
    dates: dict[str, Date] = {}
    called_now: dict[str, str] = {}  # what a file that was renamed since is called today
    for commit in log.split("\x01")[1:]:
        stamp, *rest = commit.split("\0")
        moment = datetime.fromtimestamp(int(stamp), zone)
        words = iter(rest)
        for word in words:
            status = word.lstrip("\n")
            if status.startswith("R"):
                old, new = next(words), next(words)
                called_now[old] = called_now.get(new, new)
            elif status == "A":
                name = next(words)
                # The log is newest first: the first commit of all wins.
                dates[called_now.get(name, name)] = Date(moment, has_time=True)
    return dates


def _identify(path: Path) -> tuple[int, int] | None:
    """What makes two paths one folder, whatever links lead to it."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a file system's call, not a path's
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _read(path: Path, relative: str) -> Checked[str | None]:
    try:
        return decode(path.read_bytes(), relative)
    except OSError as problem:
        message = f"cannot read this file: {problem.strerror}"
        return Checked(None, (error("unreadable", message, Place(relative), "mend its permissions"),))
