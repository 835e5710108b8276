"""Feed documents as values: one form for RSS, Atom and JSON Feed, so that one set of checks reads all three."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.auditing.feeds.bodies import Body

Format = Literal["rss", "atom", "json"]

#: What a folder's feed is called, format by format.
NAMES: dict[str, Format] = {"feed.xml": "rss", "atom.xml": "atom", "feed.json": "json"}


@dataclass(frozen=True, slots=True)
class Slip:
    """What breaks a rule of a document's own format: the check's name, what is wrong, and the line (0: not known)."""

    check: str
    message: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date as it is written, and the moment that it is: None where it is none, or has no offset."""

    text: str
    moment: datetime | None


NO_STAMP = Stamp("", None)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a feed. `source` and `links` are what it says of where the text comes from."""

    format: Format
    guid: str
    title: str
    link: str
    creators: tuple[str, ...]
    source: tuple[str, str] | None  # name and address of the origin
    links: tuple[tuple[str, str], ...]  # relation and address
    licenses: tuple[str, ...]
    rights: str
    published: Stamp
    updated: Stamp  # where the format has it
    body: Body
    addresses: tuple[tuple[str, str], ...]  # of the metadata: what has it, and the address
    line: int
    chain: tuple[tuple[str, str], ...] = ()  # names and addresses of the hops, where the format has them


@dataclass(frozen=True, slots=True)
class Paging:
    """How a document hangs together with others (RFC 5005): addresses, "" for none."""

    is_archive: bool = False
    current: str = ""
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed document. `path` is below the output folder; `texts` is all that it says, for what may stand nowhere in it."""

    path: str
    format: Format
    title: str
    language: str
    home: str
    own: tuple[str, ...]  # what it says its own address is
    updated: Stamp
    paging: Paging
    addresses: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]
    slips: tuple[Slip, ...]
    texts: str

    @property
    def folder(self) -> str:
        """The folder that it lies in, with a slash at its end; "" at the root."""
        return self.path.rpartition("/")[0] + "/" if "/" in self.path else ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A document that is no feed, and why."""

    path: str
    why: str


def read_feed(path: str, data: bytes, read_body: Callable[[str], Body]) -> Feed | Unreadable:
    """The feed in a file. `read_body` reads the HTML of an item, which may stand in many feeds."""
    if path.endswith(".json"):
        from builder.auditing.feeds.json_feed import read_json_feed

        return read_json_feed(path, data, read_body)
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(data, parser=parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        return Unreadable(path, f"it is no XML: {fault}")
    if root.tag == "rss":
        from builder.auditing.feeds.rss import read_rss

        return read_rss(path, root, data, read_body)
    if root.tag == "{http://www.w3.org/2005/Atom}feed":
        from builder.auditing.feeds.atom import read_atom

        return read_atom(path, root, read_body)
    return Unreadable(path, f"its root is {root.tag}, and neither RSS nor Atom")


def read_rfc822(text: str) -> Stamp:
    """A date of RSS, such as `Thu, 26 Mar 2026 09:30:00 +0800`."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return Stamp(text, None)
    return Stamp(text, moment if moment.tzinfo and re.search(r"(?:[+-]\d{4}|GMT|UTC?|Z)\s*$", text) else None)


def read_rfc3339(text: str) -> Stamp:
    """A date of Atom and JSON Feed, such as `2026-03-26T09:30:00+08:00`."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", text):
        return Stamp(text, None)
    try:
        return Stamp(text, datetime.fromisoformat(text))
    except ValueError:
        return Stamp(text, None)
