"""All feeds of a variant as OPML 2.0 (http://opml.org/spec2.opml), which readers import in one go."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from builder.publish.feeds.cleaning import ascii_url, plain

if TYPE_CHECKING:
    from builder.site.views import OpmlView


def render_opml(view: OpmlView) -> bytes:
    """The whole file, in the order of the view."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"<head><title>{escape(plain(view.title))}</title></head>",
        "<body>",
        *(_outline(view.variant, *feed) for feed in view.feeds),
        "</body>",
        "</opml>",
    ]
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _outline(variant: str, title: str, url: str, page: str) -> str:
    name = " ".join(plain(title).split())
    about = {"type": "rss", "text": name, "title": name, "xmlUrl": ascii_url(url), "htmlUrl": ascii_url(page)}
    return (
        "<outline " + " ".join(f'{key}="{escape(value)}"' for key, value in about.items()) + f' language="{variant}"/>'
    )
