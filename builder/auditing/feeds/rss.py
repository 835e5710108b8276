"""RSS 2.0 → a feed. What the format's own rules call for is at https://www.rssboard.org/rss-profile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.auditing.feeds.documents import Feed, Item, Paging, Slip, Unreadable, read_rfc822, read_rfc3339
from builder.auditing.feeds.elements import all_texts, by_tag, children, links_of, raw_titles, text_in, texts_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from builder.auditing.feeds.bodies import Body
    from builder.auditing.hiding import Element

_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ATOM = "{http://www.w3.org/2005/Atom}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_HISTORY = "{http://purl.org/syndication/history/1.0}"
_CREATIVE_COMMONS = "{http://backend.userland.com/creativeCommonsRssModule}license"


def read_rss(path: str, root: Element, data: bytes, read_body: Callable[[str], Body]) -> Feed | Unreadable:
    """The feed in the tree of an RSS file."""
    channel = next(iter(children(root, "channel")), None)
    if channel is None:
        return Unreadable(path, "there is no channel in it")
    links = links_of(channel, _ATOM)
    paging = Paging(
        is_archive=bool(children(channel, _HISTORY + "archive")),
        current=next((address for relation, address in links if relation == "current"), ""),
        previous=next((address for relation, address in links if relation == "prev-archive"), ""),
        next=next((address for relation, address in links if relation == "next-archive"), ""),
    )
    elements = children(channel, "item")
    return Feed(
        path=path,
        format="rss",
        title=text_in(channel, "title"),
        language=text_in(channel, "language"),
        home=text_in(channel, "link"),
        own=tuple(address for relation, address in links if relation == "self"),
        updated=read_rfc822(text_in(channel, "lastBuildDate")),
        paging=paging,
        addresses=(("link", text_in(channel, "link")), *((f"atom:link rel={name}", at) for name, at in links)),
        items=tuple(_read_item(element, read_body) for element in elements),
        slips=(
            *_channel_slips(root, channel),
            *(slip for element in elements for slip in _item_slips(element)),
            *(slip for element in elements for slip in _summary_slips(element, read_body)),
            *raw_titles(data),
        ),
        texts=all_texts(root),
    )


def _read_item(item: Element, read_body: Callable[[str], Body]) -> Item:
    links = links_of(item, _ATOM)
    sources = children(item, "source")
    licenses = texts_in(item, _CREATIVE_COMMONS)
    addresses = [("link", text_in(item, "link"))]
    addresses += [("source", element.get("url", "")) for element in sources]
    addresses += [(f"atom:link rel={relation}", address) for relation, address in links]
    addresses += [("enclosure", element.get("url", "")) for element in children(item, "enclosure")]
    addresses += [("creativeCommons:license", address) for address in licenses]
    addresses += [
        (f"media:{element.tag.removeprefix(_MEDIA)}", element.get("url", ""))
        for element in item.iter(_MEDIA + "content", _MEDIA + "thumbnail")
    ]
    return Item(
        format="rss",
        guid=text_in(item, "guid"),
        title=text_in(item, "title"),
        link=text_in(item, "link"),
        creators=texts_in(item, _DC + "creator"),
        source=((sources[0].text or "").strip(), sources[0].get("url", "")) if sources else None,
        links=links,
        licenses=licenses + tuple(address for relation, address in links if relation == "license"),
        rights=text_in(item, _DC + "rights"),
        published=read_rfc822(text_in(item, "pubDate")),
        updated=read_rfc3339(text_in(item, _ATOM + "updated")),
        body=read_body(text_in(item, _CONTENT) or text_in(item, "description")),
        addresses=tuple(addresses),
        line=item.sourceline or 0,
    )


def _summary_slips(item: Element, read_body: Callable[[str], Body]) -> Iterator[Slip]:
    """A description is HTML to readers, too."""
    summary = read_body(text_in(item, "description"))
    line = item.sourceline or 0
    yield from (Slip("safe", f"{what} stands in the description of an item", line) for what in summary.unsafe)
    for name, address in summary.addresses:
        if "://" not in address:
            yield Slip("absolute", f"{name} has {address} in the description of an item", line)


def _channel_slips(root: Element, channel: Element) -> Iterator[Slip]:
    said = by_tag(channel)
    line = channel.sourceline or 0
    if root.get("version", "") != "2.0":
        yield Slip(
            "well-formed", f"the version is {root.get('version', '') or 'missing'}, and not 2.0", root.sourceline or 0
        )
    for tag in ("title", "link", "description"):
        if not text_in(channel, tag):
            yield Slip("well-formed", f"the channel has no {tag}", line)
    if "copyright" in said and not text_in(channel, "copyright"):
        yield Slip("copyright", "the channel's copyright is empty", line)
    if "copyright" in said and _DC + "rights" in said:
        yield Slip("said-once", "the channel has copyright and dc:rights", line)
    for tag in ("managingEditor", "webMaster"):
        if tag in said and "@" not in text_in(channel, tag):
            yield Slip("author-address", f"{tag} has no e-mail address: {text_in(channel, tag)}", line)


def _item_slips(item: Element) -> Iterator[Slip]:
    said = by_tag(item)
    line = item.sourceline or 0
    for tag in ("title", "link", "guid", "pubDate"):
        if not text_in(item, tag):
            yield Slip("well-formed", f"an item has no {tag}", line)
    author = text_in(item, "author")
    if "author" in said and not re.match(r"\S+@\S+", author):
        yield Slip("author-address", f"author is a name and no e-mail address: {author}", line)
    for guid in children(item, "guid"):
        text = (guid.text or "").strip()
        if guid.get("isPermaLink", "true") != "false" and not re.match(r"https?://", text):
            yield Slip("permalink", f'the guid {text} is no address, and isPermaLink="false" is missing', line)
    for source in children(item, "source"):
        if not source.get("url", ""):
            yield Slip("source-address", f"source {(source.text or '').strip()} has no url", line)
    for one, other in (("source", _DC + "source"), ("author", _DC + "creator"), ("pubDate", _DC + "date")):
        if one in said and other in said:
            yield Slip("said-once", f"an item has {one} and dc:{other.removeprefix(_DC)}", line)
