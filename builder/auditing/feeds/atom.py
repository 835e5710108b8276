"""Atom 1.0 → a feed (RFC 4287)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.auditing.feeds.documents import Feed, Item, Paging, Slip, read_rfc3339
from builder.auditing.feeds.elements import all_texts, by_tag, children, links_of, text_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from builder.auditing.feeds.bodies import Body
    from builder.auditing.hiding import Element

_ATOM = "{http://www.w3.org/2005/Atom}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_HISTORY = "{http://purl.org/syndication/history/1.0}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def read_atom(path: str, root: Element, read_body: Callable[[str], Body]) -> Feed:
    """The feed in the tree of an Atom file."""
    links = links_of(root, _ATOM)
    paging = Paging(
        is_archive=bool(children(root, _HISTORY + "archive")),
        current=_related(links, "current"),
        previous=_related(links, "prev-archive"),
        next=_related(links, "next-archive"),
    )
    entries = children(root, _ATOM + "entry")
    named = _named(root)
    return Feed(
        path=path,
        format="atom",
        title=text_in(root, _ATOM + "title"),
        language=root.get(_LANGUAGE, ""),
        home=_related(links, "alternate"),
        own=tuple(address for relation, address in links if relation == "self"),
        updated=read_rfc3339(text_in(root, _ATOM + "updated")),
        paging=paging,
        addresses=tuple((f"link rel={relation}", address) for relation, address in links),
        items=tuple(_read_entry(entry, read_body) for entry in entries),
        slips=(
            *_feed_slips(root),
            *(slip for entry in entries for slip in _entry_slips(entry, has_author=bool(named))),
        ),
        texts=all_texts(root),
    )


def _read_entry(entry: Element, read_body: Callable[[str], Body]) -> Item:
    links = links_of(entry, _ATOM)
    sources = children(entry, _ATOM + "source")
    source = None
    if sources:
        of_source = links_of(sources[0], _ATOM)
        source = (
            text_in(sources[0], _ATOM + "title"),
            _related(of_source, "alternate") or text_in(sources[0], _ATOM + "id"),
        )
    contents = children(entry, _ATOM + "content") or children(entry, _ATOM + "summary")
    addresses = [(f"link rel={relation}", address) for relation, address in links]
    addresses += [("source", source[1])] if source and source[1] else []
    addresses += [
        (f"media:{element.tag.removeprefix(_MEDIA)}", element.get("url", ""))
        for element in entry.iter(_MEDIA + "content", _MEDIA + "thumbnail")
    ]
    return Item(
        format="atom",
        guid=text_in(entry, _ATOM + "id"),
        title=text_in(entry, _ATOM + "title"),
        link=_related(links, "alternate"),
        creators=_named(entry),
        source=source,
        links=links,
        licenses=tuple(address for relation, address in links if relation == "license"),
        rights=text_in(entry, _ATOM + "rights"),
        published=read_rfc3339(text_in(entry, _ATOM + "published")),
        updated=read_rfc3339(text_in(entry, _ATOM + "updated")),
        body=read_body((contents[0].text or "").strip() if contents else ""),
        addresses=tuple(addresses),
        line=entry.sourceline or 0,
    )


def _feed_slips(root: Element) -> Iterator[Slip]:
    said = by_tag(root)
    line = root.sourceline or 0
    for tag in ("id", "title", "updated"):
        if not text_in(root, _ATOM + tag):
            yield Slip("well-formed", f"the feed has no {tag}", line)
    if _ATOM + "rights" in said and not text_in(root, _ATOM + "rights"):
        yield Slip("copyright", "the feed's rights are empty", line)


def _entry_slips(entry: Element, *, has_author: bool) -> Iterator[Slip]:
    line = entry.sourceline or 0
    for tag in ("id", "title", "updated", "published"):
        if not text_in(entry, _ATOM + tag):
            yield Slip("well-formed", f"an entry has no {tag}", line)
    if not _named(entry) and not has_author:
        yield Slip("entry-author", f"the entry {text_in(entry, _ATOM + 'id')} has no author", line)
    for content in children(entry, _ATOM + "content"):
        if content.get("type", "text") != "html":
            yield Slip(
                "well-formed", f"the type of a content is {content.get('type', '') or 'missing'}, and not html", line
            )


def _named(element: Element) -> tuple[str, ...]:
    names = (text_in(author, _ATOM + "name") for author in children(element, _ATOM + "author"))
    return tuple(name for name in names if name)


def _related(links: tuple[tuple[str, str], ...], relation: str) -> str:
    return next((address for name, address in links if name == relation), "")
