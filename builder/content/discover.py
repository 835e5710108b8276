"""A site's folder → its source files, read and decoded. The one place that reads them."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from builder.content.models import Date
from builder.diagnostics import BuilderError, Checked, Diagnostic, Place, error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from zoneinfo import ZoneInfo

SUFFIXES = (".md", ".markdown")
_NEVER = frozenset({"node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True)
class SourceFile:
    r"""A source file's text, line ends as `\\n`. `path` is relative to the site's folder, `name` to the content root and
    without the suffix; both with `/`."""

    path: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """Where a site's sources are: `root` is relative to the site's folder, "" for the folder itself."""

    folder: Path
    root: str


def find_content(folder: Path) -> Content:
    """The content root: `content/`, else the folder itself."""
    return Content(folder, "content" if (folder / "content").is_dir() else "")


def read_sources(content: Content, excluded: Collection[Path] = ()) -> Checked[tuple[SourceFile, ...]]:
    """All source files, sorted by path. Hidden files and folders, `node_modules` and the `excluded` folders (the output)
    are passed over; links that lead out of the site are errors."""
    if not content.folder.is_dir():
        raise BuilderError(
            error("no-site", f"there is no folder {content.folder}", hint="give the site's folder with -s")
        )
    sources: list[SourceFile] = []
    found: list[Diagnostic] = []
    site = content.folder.resolve()
    skipped = {path.resolve() for path in excluded}
    for path in _walk(content.folder / content.root, skipped, site, found, content.folder):
        relative = path.relative_to(content.folder).as_posix()
        checked = _read(path, relative)
        found += checked.diagnostics
        if checked.value is not None:
            name = path.relative_to(content.folder / content.root).with_suffix("").as_posix()
            sources.append(SourceFile(relative, name, checked.value))
    if not sources and not found:
        where = f"{content.root}/" if content.root else "this folder"
        hint = "write one with `wenzhai new article TITLE`, or start a site with `wenzhai init DIR`"
        raise BuilderError(
            error("no-content", f"there is no Markdown file in {where}", Place(content.root or "."), hint)
        )
    return Checked(tuple(sources), tuple(found))


def decode(data: bytes, path: str) -> Checked[str | None]:
    r"""A source's text with line ends as `\\n`, or None with an error that names the byte at fault."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line_start = data.rfind(b"\n", 0, problem.start) + 1
        column = len(data[line_start : problem.start].decode("utf-8", "replace")) + 1
        place = Place(path, data.count(b"\n", 0, problem.start) + 1, column)
        message = f"byte 0x{data[problem.start]:02X} (number {problem.start + 1} of the file) is not UTF-8"
        encoding = _guess_encoding(data)
        hint = f"save it as UTF-8, for instance: iconv -f {encoding} -t UTF-8 FILE > NEW"
        return Checked(None, (error("encoding", message, place, hint),))
    nul = text.find("\0")
    if nul >= 0:
        place = Place(path, text.count("\n", 0, nul) + 1, nul - text.rfind("\n", 0, nul))
        return Checked(
            None, (error("nul", "there is a NUL character (U+0000)", place, "delete it; the file may be damaged"),)
        )
    return Checked(text.replace("\r\n", "\n").replace("\r", "\n"))


def dates_from_git(folder: Path, zone: ZoneInfo) -> dict[str, Date]:
    """When each file of a folder was first committed, by its path in the folder, in `zone`; empty outside a full clone."""

    def git(*words: str) -> str:
        command = ["git", "-c", "core.quotePath=false", *words]
        run = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=True)  # noqa: S603
        return run.stdout.decode("utf-8", "replace")

    try:
        if git("rev-parse", "--is-shallow-repository").strip() != "false":
            return {}
        log = git("log", "--diff-filter=A", "--name-only", "--relative", "--format=%x00%ct")
    except (OSError, subprocess.SubprocessError):
        return {}
    dates: dict[str, Date] = {}
    for block in log.split("\0")[1:]:
        stamp, *names = block.split("\n")
        date = Date(datetime.fromtimestamp(int(stamp), zone), has_time=True)
        dates.update((name, date) for name in names if name)  # the log is newest first: the first commit wins
    return dates


def _walk(folder: Path, skipped: set[Path], site: Path, found: list[Diagnostic], top: Path) -> Iterator[Path]:
    """Every source file below a folder, sorted, folders and files by name."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as problem:
        place = Place(folder.relative_to(top).as_posix())
        found.append(error("unreadable", f"cannot read this folder: {problem.strerror}", place, "mend its permissions"))
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith(".") or entry.name in _NEVER:
            continue
        if entry.is_symlink() and not _is_inside(path.resolve(), site):
            if entry.is_dir() or path.suffix.lower() in SUFFIXES:
                place = Place(path.relative_to(top).as_posix())
                hint = "copy the file into the site"
                found.append(
                    error("outside-site", f"this link leads out of the site, to {path.resolve()}", place, hint)
                )
        elif entry.is_dir():
            # A link to a folder above itself would never end: links to folders of the site are passed over.
            if not entry.is_symlink() and path.resolve() not in skipped:
                yield from _walk(path, skipped, site, found, top)
        elif path.suffix.lower() in SUFFIXES:
            yield path


def _is_inside(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents


def _read(path: Path, relative: str) -> Checked[str | None]:
    try:
        return decode(path.read_bytes(), relative)
    except OSError as problem:
        message = f"cannot read it: {problem.strerror}"
        return Checked(None, (error("unreadable", message, Place(relative), "mend its permissions"),))


def _guess_encoding(data: bytes) -> str:
    for encoding, signs in (("utf-16", rb"\A(\xff\xfe|\xfe\xff)"), ("gb18030", rb"[\x81-\xfe][\x40-\xfe]")):
        if re.search(signs, data):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if encoding == "utf-16" or sum("\u4e00" <= character <= "\u9fff" for character in text) >= 2:
                return encoding.upper()
    return "ISO-8859-1"
