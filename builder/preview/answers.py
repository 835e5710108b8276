"""The path of a request and the state of the site → what to answer: the rules a static host has, applied to a snapshot."""

from __future__ import annotations

import mimetypes
import stat
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, unquote_to_bytes

from builder.diagnostics import BuilderError
from builder.preview.error_page import show_error_page
from builder.preview.planning import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import Lock

    from builder.diagnostics import Diagnostic
    from builder.preview.planning import State
    from builder.preview.snapshot import SiteSnapshot

HTML = "text/html; charset=utf-8"

#: Types that Python's own table lacks, has otherwise on some systems, or has without the charset. `.xml` has none: such a
#: file declares its own.
_TYPES = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gif": "image/gif",
    ".htm": HTML,
    ".html": HTML,
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jxl": "image/jxl",
    ".map": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".opml": "text/x-opml; charset=utf-8",
    ".otf": "font/otf",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".xsl": "application/xslt+xml",
}
_NAMES = {
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json",
    "feed.xml": "application/rss+xml; charset=utf-8",
    "feeds.opml": "text/x-opml; charset=utf-8",
    "_headers": "text/plain; charset=utf-8",
    "_redirects": "text/plain; charset=utf-8",
}

#: A 404 page is looked for in this many folders of the path at most: a path may have thousands.
_DEEPEST_404 = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with its content: bytes, a file to send, or a `location` (percent-encoded) to go to."""

    status: int
    type: str = ""
    content: bytes | Path = b""
    location: str = ""
    failure: tuple[Diagnostic, ...] = ()  # why it is the error page

    @property
    def page(self) -> bytes | None:
        """The HTML page that it is, if it is one."""
        return self.content if self.type == HTML and isinstance(self.content, bytes) else None


def decode_path(raw: bytes) -> str | None:
    """The path of a request target, less its query, as text. None for what no page of a site has: bytes that are no UTF-8,
    encoded slashes, backslashes and control characters, empty, `.` and `..` segments."""
    raw = raw.partition(b"?")[0].partition(b"#")[0]
    if b"%2f" in raw.lower():
        return None
    try:
        path = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return None
    if (
        not path.startswith("/")
        or "\\" in path
        or any(ord(character) < 32 or ord(character) == 127 for character in path)
    ):
        return None
    segments = path[1:].split("/")
    if any(segment in ("", ".", "..") for segment in segments[:-1]) or segments[-1] in (".", ".."):
        return None
    return path


def is_page_path(path: str) -> bool:
    """Whether a path looks like a page's rather than a style sheet's or a picture's."""
    return PurePosixPath("/" if path.endswith("/") else path).suffix.lower() in ("", ".html", ".htm")


def type_of(path: str) -> str:
    """The content type of an output file, the same on every system."""
    name = path.rpartition("/")[2]
    suffix = PurePosixPath(name).suffix.lower()
    return _NAMES.get(name) or _TYPES.get(suffix) or _known_types().get(suffix) or "application/octet-stream"


class Answerer:
    """Answers paths. `folders` are where files to send may lie, the site's folder first; `reading` is held while the
    snapshot is asked."""

    def __init__(self, folders: Sequence[Path], reading: Lock) -> None:
        self._folders = tuple(folder.resolve() for folder in folders)
        self._reading = reading

    def answer(self, state: State, path: str | None) -> Answer:
        """The answer to a decoded path; None stands for a path that no site has."""
        if state.failure and (state.snapshot is None or is_page_path(path or "/")):
            return self._show(state.failure)
        assert state.snapshot is not None
        with self._reading:
            try:
                return self._look_up(state, state.snapshot, path)
            except BuilderError as failed:
                return self._show(failed.diagnostics)

    def has_page(self, state: State, path: str) -> bool:
        """Whether the decoded URL path is a page of the site that can be shown."""
        return self.answer(state, path).status == 200

    def _look_up(self, state: State, snapshot: SiteSnapshot, path: str | None) -> Answer:
        base = state.base_path
        if path is None:
            return self._missing(snapshot, "")
        redirect = state.redirects.get(path)
        if redirect is not None and 300 <= redirect[1] < 400:
            return Answer(redirect[1], location=quote(redirect[0], safe="/:?#[]@!$&'()*+,;=~%"))
        if redirect is not None:
            target = unquote(redirect[0])
            shown = self._file(snapshot, target[len(base) :]) if target.startswith(base) else None
            return replace(shown, status=redirect[1]) if shown is not None else self._missing(snapshot, "", redirect[1])
        if path + "/" == base or (path == "/" and base != "/"):
            return Answer(302, location=quote(base))
        if not path.startswith(base):
            return self._missing(snapshot, "")
        inner = path[len(base) :]
        found = self._file(snapshot, inner)
        if found is not None:
            return found
        if inner and not inner.endswith("/") and self._read(snapshot, inner + "/index.html") is not None:
            # Not 301, which a browser keeps for ever: tomorrow another site is on this port.
            return Answer(302, location=quote(path + "/"))
        return self._missing(snapshot, inner)

    def _file(self, snapshot: SiteSnapshot, inner: str) -> Answer | None:
        path = inner + "index.html" if inner.endswith("/") or not inner else inner
        content = self._read(snapshot, path)
        return None if content is None else Answer(200, type_of(path), content)

    def _missing(self, snapshot: SiteSnapshot, inner: str, status: int = 404) -> Answer:
        """The nearest 404 page, as a variant has its own."""
        folders = inner.split("/")[:-1][:_DEEPEST_404]
        for depth in range(len(folders), -1, -1):
            content = self._read(snapshot, "/".join([*folders[:depth], "404.html"]))
            if content is not None:
                return Answer(status, HTML, content)
        return Answer(status, HTML, b"<!DOCTYPE html>\n<title>404</title>\n<p>There is no such page.</p>\n")

    def _read(self, snapshot: SiteSnapshot, path: str) -> bytes | Path | None:
        content = guarded(lambda: snapshot.read(path))
        if not isinstance(content, Path):
            return content
        try:
            file = content.resolve(strict=True)
            # A link that leads out of the site is not sent, and neither is a pipe, which would never end.
            is_ours = any(file.is_relative_to(folder) for folder in self._folders) and stat.S_ISREG(file.stat().st_mode)
            if not is_ours:
                return None
            # Pages that are copied as they are get the reload script too, so they are read here.
            return file.read_bytes() if type_of(path) == HTML else file
        except (OSError, ValueError, RuntimeError):
            return None

    def _show(self, diagnostics: tuple[Diagnostic, ...]) -> Answer:
        return Answer(500, HTML, show_error_page(diagnostics, self._folders), failure=diagnostics)


@cache
def _known_types() -> dict[str, str]:
    # An instance of its own: the module's functions read the system's files, and so differ between systems.
    return mimetypes.MimeTypes().types_map[1]
