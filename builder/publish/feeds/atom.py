"""Atom 1.0, written by feedgen (https://www.rfc-editor.org/rfc/rfc4287)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from builder.publish.feeds import xml
from builder.publish.feeds.cleaning import ascii_url, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.publish.feeds.content import Told
    from builder.site.views import FeedView

#: feedgen writes Atom's own elements without a prefix and declares that on the feed.
_NAMESPACES = {"fh": xml.HISTORY, "media": xml.MEDIA}


def write_item(told: Told) -> str:
    """An `<entry>`."""
    from feedgen.entry import FeedEntry

    item = told.item
    entry = FeedEntry()
    entry.id(told.guid)
    entry.title(told.title)
    entry.published(item.date)
    entry.updated(item.updated)
    # Every entry has an author: a source stands for one where nobody is named, never the site for another's text.
    entry.author([{"name": name} for name in told.authors or (told.publisher or told.url,)])
    # CDATA is RSS's way.
    entry.content(told.content, type="html")
    entry.summary(told.summary)
    if told.categories:
        entry.category([{"term": name} for name in told.categories])
    if told.rights:
        entry.rights(" · ".join(told.rights))
    element = entry.atom_entry()
    # feedgen's own links lose their relation and type, and know no licences.
    xml.add(element, "link", rel="alternate", type="text/html", href=told.url)
    for relation, (name, address) in (("related", told.origin), ("via", told.copy)):
        if address:
            xml.add(element, "link", rel=relation, href=address, **({"title": name} if name else {}))
    if told.license_url:
        xml.add(element, "link", rel="license", href=told.license_url)
    if told.origin[1]:
        name, address = told.origin
        source = xml.add(element, "source")
        xml.add(source, "id", address)
        xml.add(source, "title", name)
        # As it was when the text was taken.
        xml.add(source, "updated", item.date.isoformat())
        xml.add(source, "link", rel="alternate", href=address)
    xml.add_cover(element, told)
    return xml.to_text(element, "feed", _NAMESPACES)


def write_feed(view: FeedView, items: Iterable[str]) -> bytes:
    """The whole file."""
    from feedgen.feed import FeedGenerator

    feed = FeedGenerator()
    feed.register_extension(
        "surroundings", partial(xml.Surroundings, _NAMESPACES, "link", view), None, atom=True, rss=False
    )
    feed.id(view.id or ascii_url(view.url))
    feed.title(plain(view.title) or view.home)
    if subtitle := plain(view.description):
        feed.subtitle(subtitle)
    feed.link(href=ascii_url(view.url), rel="self", type="application/atom+xml")
    feed.link(href=ascii_url(view.home), rel="alternate", type="text/html")
    feed.language(view.variant)
    # Everything that feedgen would take from the clock or from itself.
    feed.updated(view.updated)
    feed.generator(xml.GENERATOR)
    if view.copyright:
        feed.rights(plain(view.copyright))
    about = {"email": plain(view.author_email), "uri": ascii_url(view.author_url)}
    name = plain(view.author) or plain(view.title) or view.home
    feed.author([{"name": name, **{key: value for key, value in about.items() if value}}])
    return xml.join(feed.atom_str(pretty=False), "</feed>", items)
