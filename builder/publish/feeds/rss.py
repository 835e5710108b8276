"""RSS 2.0, written by feedgen (https://www.rssboard.org/rss-profile; https://validator.w3.org/feed/docs/ for what readers
trip over)."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

from builder.publish.feeds import xml
from builder.publish.feeds.cleaning import ascii_url, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.publish.feeds.content import Told
    from builder.site.views import FeedView

_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_NAMESPACES = {
    "atom": xml.ATOM,
    "content": _CONTENT,
    "creativeCommons": xml.CREATIVE_COMMONS,
    "dc": xml.DUBLIN_CORE,
    "fh": xml.HISTORY,
    "media": xml.MEDIA,
}
_LINK = f"{{{xml.ATOM}}}link"


def write_item(told: Told) -> str:
    """An `<item>`."""
    from feedgen.entry import FeedEntry

    entry = FeedEntry()
    entry.title(told.title)
    entry.link(href=told.url, rel="alternate")
    entry.guid(told.guid, permalink=False)
    entry.published(told.item.date)
    # Without a description feedgen would write the body there. It is HTML to readers, so that a text must be escaped once
    # more than the XML needs.
    entry.description(escape(told.summary, quote=False), isSummary=True)
    entry.content(told.content, type="CDATA")
    if told.categories:
        entry.category([{"term": name} for name in told.categories])
    # `source` and rel=related are the original, and only its own address; rel=via is the copy that the text came from.
    if told.origin[1]:
        entry.source(url=told.origin[1], title=told.origin[0])
    item = entry.rss_entry()
    # One element: newsboat and others show the last of several. Without any they would show the channel's editor.
    if creator := "、".join(told.authors) or told.publisher:
        xml.add(item, f"{{{xml.DUBLIN_CORE}}}creator", creator)
    if told.rights:
        xml.add(item, f"{{{xml.DUBLIN_CORE}}}rights", " · ".join(told.rights))
    if told.item.updated != told.item.date:
        xml.add(item, f"{{{xml.ATOM}}}updated", told.item.updated.isoformat())
    for relation, (name, address) in (("related", told.origin), ("via", told.copy)):
        if address:
            xml.add(item, _LINK, rel=relation, href=address, **({"title": name} if name else {}))
    # A licence is named to programs only where one was granted: a notice against commercial use is none.
    if told.license_url:
        xml.add(item, _LINK, rel="license", href=told.license_url)
        if told.is_creative_commons:
            xml.add(item, f"{{{xml.CREATIVE_COMMONS}}}license", told.license_url)
    xml.add_cover(item, told)
    return _mend_title(xml.to_text(item, "rss", _NAMESPACES))


def write_feed(view: FeedView, items: Iterable[str]) -> bytes:
    """The whole file."""
    from feedgen.feed import FeedGenerator

    feed = FeedGenerator()
    feed.register_extension(
        "surroundings", partial(xml.Surroundings, _NAMESPACES, _LINK, view), None, atom=False, rss=True
    )
    feed.title(plain(view.title) or view.home)
    feed.description(plain(view.description) or plain(view.title) or view.home)
    feed.link(href=ascii_url(view.url), rel="self", type="application/rss+xml")
    # Last: the channel's link is the one that was given last.
    feed.link(href=ascii_url(view.home), rel="alternate")
    feed.language(view.variant)
    # Everything that feedgen would take from the clock or from itself.
    feed.lastBuildDate(view.updated)
    feed.generator(xml.GENERATOR)
    if view.copyright:
        feed.copyright(plain(view.copyright))
    if view.author_email:
        # RSS wants an address first, and the name in brackets.
        feed.managingEditor(plain(f"{view.author_email} ({view.author})" if view.author else view.author_email))
    return xml.join(_mend_title(feed.rss_str(pretty=False).decode()).encode(), "</channel></rss>", items)


def _mend_title(text: str) -> str:
    """`&lt;` in a title looks like HTML to the validator, `&#x3C;` does not; both are the same to an XML parser. The first
    title is that of the item or channel, and it always has one."""
    title, end, rest = text.partition("</title>")
    return title.replace("&lt;", "&#x3C;") + end + rest
