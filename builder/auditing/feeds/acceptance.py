"""One feed document → what it lacks of what `catalogue` asks of each."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from builder.auditing.feeds.catalogue import ARCHIVE_ITEMS, Fault
from builder.auditing.scripts import squash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from builder.auditing.feeds.documents import Feed, Item

#: What no text holds: controls but tab and line feed, halves of characters, and U+FFFE and U+FFFF.
_NO_TEXT = re.compile("[^\t\n -~\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTROL_REFERENCE = re.compile(r"&#(?:0*(?:[0-8]|1[1-9]|2\d|3[01]|127)|x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|7[fF]));")
#: Schemes of addresses in a text that need no host.
_HOSTLESS = ("mailto:", "tel:")


@dataclass(frozen=True, slots=True)
class Known:
    """What the sources say of an item: when it was published and last changed, and whether it is withdrawn."""

    published: datetime
    changed: datetime
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What a document is held to. `root` is the address of the site, with a slash at its end; `home` the page that the feed
    is of, below the output folder; `known` tells the items by their guids; `limit` is how many there may be."""

    root: str
    home: str
    variant: str
    limit: int
    known: Mapping[str, Known]


def root_of(feed: Feed) -> str:
    """The address of the site, as a document tells it by its own; "" where that is not the document's."""
    own = feed.own[0] if feed.own else ""
    # As much of it as is left when the segments of the path are taken from its end.
    depth = feed.path.count("/") + 1
    root = own.rsplit("/", depth)[0] + "/"
    return root if unquote(own) == unquote(root) + feed.path else ""


def check_document(feed: Feed, asked: Asked) -> Iterator[Fault]:
    """What is wrong with a document by itself."""

    def fault(check: str, message: str, line: int = 0) -> Fault:
        return Fault(check, feed.path, message, line)

    yield from (fault(slip.check, slip.message, slip.line) for slip in feed.slips)
    yield from (
        fault("characters", f"it holds U+{ord(found):04X}") for found in sorted(set(_NO_TEXT.findall(feed.texts)))
    )
    own = asked.root + quote(feed.path)
    if len(feed.own) != 1:
        yield fault("self", f"it has {len(feed.own)} links to itself")
    elif unquote(feed.own[0]) != unquote(own):
        yield fault("self", f"it says that it is at {feed.own[0]}, and is at {own}")
    home = asked.root + quote(asked.home)
    if unquote(feed.home) != unquote(home):
        yield fault("home", f"its link is {feed.home or 'missing'}, and the page that it is of {home}")
    if feed.language != asked.variant:
        yield fault("language", f"its language is {feed.language or 'missing'} in the folder of {asked.variant}")
    yield from _check_addresses(feed)
    yield from _check_items(feed, asked)
    for item in feed.items:
        for check, message in check_body(item):
            yield fault(check, f"{_called(item)}: {message}", item.line)


def _check_addresses(feed: Feed) -> Iterator[Fault]:
    places = [(name, address, 0) for name, address in feed.addresses]
    places += [(name, address, item.line) for item in feed.items for name, address in item.addresses]
    for name, address, line in places:
        if not re.match(r"https?://[^/]", address):
            yield Fault("absolute", feed.path, f"{name} has {address or 'nothing'}, which is no whole address", line)
        if not _is_plain(address):
            yield Fault("ascii", feed.path, f"{name} has {address}, which is not encoded", line)


def _check_items(feed: Feed, asked: Asked) -> Iterator[Fault]:
    for guid, number in Counter(item.guid for item in feed.items).items():
        if number > 1:
            yield Fault("guid", feed.path, f"the guid {guid} stands there {number} times")
    for item in feed.items:
        if item.published.text and item.published.moment is None:
            yield Fault(
                "dates", feed.path, f"{_called(item)}: {item.published.text} is no date with an offset", item.line
            )
        if item.updated.text and item.updated.moment is None:
            yield Fault(
                "dates", feed.path, f"{_called(item)}: {item.updated.text} is no date with an offset", item.line
            )
    yield from _check_known(feed, asked)
    moments = [(item, item.published.moment) for item in feed.items if item.published.moment is not None]
    for (one, before), (other, after) in pairwise(moments):
        if after > before:
            yield Fault(
                "order", feed.path, f"{_called(one)} stands before {_called(other)}, which is newer", other.line
            )
    gone = sum(item.guid in asked.known and asked.known[item.guid].withdrawn for item in feed.items)
    most = ARCHIVE_ITEMS if feed.paging.is_archive else asked.limit + gone
    if len(feed.items) > most:
        yield Fault("cap", feed.path, f"it has {len(feed.items)} items, and may have {most}")


def _check_known(feed: Feed, asked: Asked) -> Iterator[Fault]:
    """The dates, as the sources have them."""
    for item in feed.items:
        known = asked.known.get(item.guid)
        if known is None:
            continue
        for what, stamp, wanted in (("date", item.published, known.published), ("update", item.updated, known.changed)):
            if stamp.moment is not None and stamp.moment != wanted.replace(microsecond=0):
                message = f"{_called(item)}: its {what} is {stamp.text}, and that of the source {wanted.isoformat()}"
                yield Fault("dates", feed.path, message, item.line)
    changed = [asked.known[item.guid].changed for item in feed.items if item.guid in asked.known]
    if not changed or len(changed) < len(feed.items):
        return
    newest = max(changed).replace(microsecond=0)
    if feed.updated.moment is None:
        yield Fault("newest", feed.path, f"its date {feed.updated.text or '(none)'} is no date with an offset")
    elif feed.updated.moment != newest:
        message = f"it says that it changed at {feed.updated.text}, and its newest item did at {newest.isoformat()}"
        yield Fault("newest", feed.path, message)


def check_body(item: Item) -> Iterator[tuple[str, str]]:
    """What is wrong with the HTML of an item: the check and what it found."""
    for name, address in dict.fromkeys(item.body.addresses):
        if not address.lower().startswith(_HOSTLESS) and not re.match(
            r"[a-z][a-z0-9+.-]*://[^/]", address, re.IGNORECASE
        ):
            yield "absolute", f"{name} has {address or 'nothing'}, which is no whole address"
        if not _is_plain(address):
            yield "ascii", f"{name} has {address}, which is not encoded"
    for what in dict.fromkeys(item.body.unsafe):
        yield "safe", f"{what} stands in its text"
    for reference in dict.fromkeys(found[0] for found in _CONTROL_REFERENCE.finditer(item.body.html)):
        yield "characters", f"{reference} stands in its text"


def check_rights(item: Item, path: str, wanted: Iterable[str]) -> Iterator[Fault]:
    """What programs read of an item's terms: `wanted` are the notices as its page has them, the holder and the licence."""
    said = squash(item.rights)
    for text in wanted:
        if text and squash(text) not in said:
            yield Fault("rights", path, f"{_called(item)}: “{text}” is not among the terms for programs", item.line)


def is_elsewhere(address: str, root: str) -> bool:
    """Whether an address is of another site."""
    return "://" in address and not unquote(address).startswith(unquote(root)) and bool(urlsplit(address).netloc)


def _is_plain(address: str) -> bool:
    return address.isascii() and not re.search(r"[\x00-\x20\x7f<>\"]", address)


def _called(item: Item) -> str:
    return item.guid or item.link or item.title
