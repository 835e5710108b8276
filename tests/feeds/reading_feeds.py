"""What stands in a feed of any format, read with nothing of the auditor's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from lxml import html as lxml_html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sites import Built

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
NAMES = ("feed.xml", "atom.xml", "feed.json")


@dataclass(frozen=True)
class Entry:
    guid: str
    title: str
    link: str
    date: str
    content: str

    @property
    def id(self) -> str:
        return self.guid.rpartition(":")[0].removeprefix("tag:example.org,2026:")

    @property
    def text(self) -> str:
        return str(lxml_html.fragment_fromstring(self.content, create_parent="div").text_content())

    def attributes(self) -> Iterator[tuple[str, str, str]]:
        """Element, attribute and value of everything in the content."""
        for element in lxml_html.fragment_fromstring(self.content, create_parent="div").iter():
            yield from ((str(element.tag), str(name), str(value)) for name, value in element.attrib.items())

    def tags(self) -> set[str]:
        return {str(element.tag) for element in lxml_html.fragment_fromstring(self.content, create_parent="div").iter()}


def entries(built: Built, path: str) -> list[Entry]:
    """The items of a feed in their order."""
    data = (built.folder / path).read_bytes()
    if path.endswith(".json"):
        return [
            Entry(item["id"], item["title"], item["url"], item["date_published"], item["content_html"])
            for item in json.loads(data)["items"]
        ]
    root = ET.fromstring(data)
    if root.tag == "rss":
        return [
            Entry(*(item.findtext(name) or "" for name in ("guid", "title", "link", "pubDate", CONTENT)))
            for item in root.iter("item")
        ]
    return [
        Entry(
            entry.findtext(f"{ATOM}id") or "",
            entry.findtext(f"{ATOM}title") or "",
            next(link.get("href", "") for link in entry.findall(f"{ATOM}link") if link.get("rel") == "alternate"),
            entry.findtext(f"{ATOM}published") or "",
            entry.findtext(f"{ATOM}content") or "",
        )
        for entry in root.iter(f"{ATOM}entry")
    ]


def entry(built: Built, path: str, identity: str) -> Entry:
    """The item of an article."""
    return next(one for one in entries(built, path) if one.id == identity)


def guids(built: Built, path: str) -> list[str]:
    """The guids of a feed in their order."""
    return [one.guid for one in entries(built, path)]
