"""What RSS and Atom share: one item at a time goes to text, and a feed without items takes those texts in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.publish.feeds.cleaning import ascii_url, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.etree import _Element as Element

    from builder.publish.feeds.content import Told
    from builder.site.views import FeedView

GENERATOR = "wenzhai"

ATOM = "http://www.w3.org/2005/Atom"
CREATIVE_COMMONS = "http://backend.userland.com/creativeCommonsRssModule"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"

#: By the ends of names: what a system's own table says differs from one to the next.
PICTURE_TYPES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}


class Surroundings:
    """feedgen's extension for a feed: it declares namespaces (feedgen takes them from here only) and adds to the feed what
    feedgen has no words for: links to the hub, the current feed and the archive document before, and that it is one itself
    (https://www.rfc-editor.org/rfc/rfc5005, https://www.w3.org/TR/websub/)."""

    def __init__(self, namespaces: Mapping[str, str], link_tag: str, view: FeedView) -> None:
        """`link_tag` is what a link is called in the format."""
        links = (("hub", view.hub), ("current", view.current), ("prev-archive", view.previous_archive))
        self._namespaces, self._link_tag = namespaces, link_tag
        self._links = tuple((relation, ascii_url(url)) for relation, url in links if url)
        self._archive = bool(view.current)

    def extend_ns(self) -> dict[str, str]:
        return dict(self._namespaces)

    def extend_rss(self, feed: Element) -> Element:
        self._extend(feed[0])
        return feed

    def extend_atom(self, feed: Element) -> Element:
        self._extend(feed)
        return feed

    def _extend(self, parent: Element) -> None:
        for relation, address in self._links:
            add(parent, self._link_tag, rel=relation, href=address)
        if self._archive:
            add(parent, f"{{{HISTORY}}}archive")


def add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """A new last child."""
    from lxml import etree

    element = etree.SubElement(parent, tag, attributes)
    if text:
        element.text = text
    return element


def add_cover(parent: Element, told: Told) -> None:
    """The cover as `media:content` with its credit (https://www.rssboard.org/media-rss)."""
    cover = told.cover
    if cover is None:
        return
    address = ascii_url(cover.absolute_url)
    size = {"width": str(cover.width), "height": str(cover.height)} if cover.width and cover.height else {}
    kind = PICTURE_TYPES.get(address.partition("?")[0].rpartition(".")[2].lower(), "")
    about = {"url": address, "medium": "image", **({"type": kind} if kind else {}), **size}
    content = add(parent, f"{{{MEDIA}}}content", **about)
    if alt := plain(cover.alt):
        add(content, f"{{{MEDIA}}}description", alt, type="plain")
    if credit := plain(cover.credit):
        add(content, f"{{{MEDIA}}}credit", credit)


def to_text(element: Element, root: str, namespaces: Mapping[str, str]) -> str:
    """An item as it stands inside a feed, whose root declares the namespaces."""
    from lxml import etree

    parent = etree.Element(root, nsmap=dict(namespaces))
    parent.append(element)
    text = etree.tostring(element, encoding="unicode")
    # An item's own tag has no attributes; what stands there are the declarations again.
    return f"<{element.tag}{text[text.index('>') :]}"


def join(feed: bytes, end: str, items: Iterable[str]) -> bytes:
    """A feed without items, with them before the tags that end it."""
    head, mark, rest = feed.decode("utf-8").rpartition(end)
    return "".join([head, *items, mark, rest, "\n"]).encode("utf-8")
