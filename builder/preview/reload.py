"""An HTML page ↔ the page with the reload script, and what a browser is told after a change."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: Everything below this path is the preview's own; no page of a site begins with two underscores.
RESERVED = "/__wenzhai__/"
SCRIPT = RESERVED + "reload.js"
EVENTS = RESERVED + "events"
VARIANTS = RESERVED + "variants/"

#: `navigate` carries the URL path to go to.
Event: TypeAlias = Literal["reload", "style", "navigate"]

_TAG = re.compile(rb'<script src="/__wenzhai__/reload\.js" data-page="[0-9a-f]*" async></script>')

#: Files that show on a page only through its HTML: when the HTML is the same, there is nothing to reload. "" is a folder.
_TEXTS = {"", ".md", ".markdown", ".toml", ".html", ".css"}


def digest_of(content: bytes) -> str:
    """What a page is known by: pages with the same bytes have the same digest."""
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def add_reload(html: bytes) -> bytes:
    """The page with the reload script before its last `</body>`, or at its end."""
    # An external script passes a Content-Security-Policy that allows the site's own.
    tag = f'<script src="{SCRIPT}" data-page="{digest_of(html)}" async></script>'.encode()
    at = html.lower().rfind(b"</body>")
    return html + tag if at < 0 else html[:at] + tag + html[at:]


def strip_reload(html: bytes) -> bytes:
    """The inverse of `add_reload`: the page as it is built."""
    return _TAG.sub(b"", html)


def event_after(paths: Iterable[Path], *, same_page: bool) -> Event | None:
    """What a page has to do after these paths changed; `same_page` says that its HTML is the same as before."""
    suffixes = {path.suffix.lower() for path in paths}
    if suffixes and suffixes <= {".css"}:
        return "style"  # even when the HTML changed: the name of a style sheet holds its digest
    if not same_page or suffixes - _TEXTS:
        return "reload"
    return "style" if ".css" in suffixes else None
