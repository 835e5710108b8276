"""HTML → what a visitor reads of it: text by the line, the links in it, and what is there and hidden.

lxml reads it, as feedgen brings it along: unlike `html.parser` it makes a tree, closes what a theme leaves open as browsers
do (`<li>`, `<p>`), and reads the feeds as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

from builder.auditing.scripts import squash

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from builder.auditing.hiding import Element

_BLOCK_TAGS = """
    address article aside blockquote body caption dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3
    h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text: where its words stand, and its address."""

    start: int
    end: int
    address: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of a part: `text`, a line a block; `edges` are the places where an element begins or ends. `hidden` are
    texts that are there and not seen, each with what hides it."""

    text: str
    edges: frozenset[int] = frozenset()
    links: tuple[Link, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    line: int = 0

    def part(self, start: int, end: int) -> Reading:
        """The reading of a stretch of the text."""
        links = tuple(
            Link(link.start - start, link.end - start, link.address)
            for link in self.links
            if start <= link.start < end or (link.start == link.end == end)
        )
        edges = frozenset(edge - start for edge in self.edges if start <= edge <= end)
        return Reading(self.text[start:end], edges, links, self.hidden, self.line)

    def lines(self) -> tuple[Reading, ...]:
        """The lines that say something."""
        found, start = [], 0
        for line in self.text.split("\n"):
            if line.strip():
                found.append(self.part(start, start + len(line)))
            start += len(line) + 1
        return tuple(found)

    def find(self, name: str, start: int = 0) -> int:
        """Where a name stands on its own, as a word between spaces, marks or the ends of elements: -1 where it does not."""
        name = squash(name)
        position = self.text.find(name, start)
        while position >= 0 and name:
            end = position + len(name)
            before, after = self.text[position - 1 : position], self.text[end : end + 1]
            if (position in self.edges or not _joins(before, name[0])) and (
                end in self.edges or not _joins(after, name[-1])
            ):
                return position
            position = self.text.find(name, position + 1)
        return -1

    def count(self, name: str) -> int:
        """How often a name stands there on its own."""
        number, position = 0, self.find(name)
        while position >= 0:
            number, position = number + 1, self.find(name, position + 1)
        return number

    def says(self, name: str) -> bool:
        """Whether a name stands there on its own."""
        return self.find(name) >= 0

    def hides(self, name: str) -> str:
        """What hides a name that is there, "" where it is not there at all."""
        return next((why for text, why in self.hidden if squash(name) in text), "")

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where its links lead, in the form of `settle_address`."""
        return tuple(settle_address(link.address) for link in self.links)


NOTHING = Reading("")


@dataclass(slots=True)
class _Writer:
    """Collects what is read, white space as HTML shows it."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    last: str = "\n"
    edges: set[int] = field(default_factory=set)
    links: list[Link] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)

    def write(self, text: str) -> None:
        text = re.sub(r"\s+", " ", text)
        if self.last in " \n":
            text = text.removeprefix(" ")
        if text:
            self.parts.append(text)
            self.length += len(text)
            self.last = text[-1]

    def end_line(self) -> None:
        if self.last != "\n":
            self.parts.append("\n")
            self.length += 1
            self.last = "\n"


def read(
    element: Element, hidden: Mapping[Element, str], *, without: Collection[Element] = (), inside: str = ""
) -> Reading:
    """What a visitor reads of an element. `hidden` tells which elements nobody sees; `inside` says what hides all of it;
    elements in `without` are passed over."""
    writer = _Writer()
    why = inside or next((hidden[outer] for outer in element.iterancestors() if outer in hidden), "")
    _read_into(writer, element, hidden, without, why)
    return Reading(
        "".join(writer.parts),
        frozenset(writer.edges),
        tuple(writer.links),
        tuple(writer.hidden),
        element.sourceline or 0,
    )


def _read_into(
    writer: _Writer, element: Element, hidden: Mapping[Element, str], without: Collection[Element], why: str
) -> None:
    if element in without:
        return
    why = why or hidden.get(element, "")
    if why:
        writer.hidden.append((squash(text_of(element)), why))
        return
    if element.tag in _BLOCKS or element.tag == "br":
        writer.end_line()
    start = writer.length
    writer.edges.add(start)
    if element.text:
        writer.write(element.text)
    for child in element:
        _read_into(writer, child, hidden, without, "")
        if child.tail:
            writer.write(child.tail)
    writer.edges.add(writer.length)
    if element.tag == "a" and element.get("href", ""):
        writer.links.append(Link(start, writer.length, element.get("href", "")))
    if element.tag in _BLOCKS:
        writer.end_line()


def text_of(element: Element) -> str:
    """All text of an element, whether it is seen or not."""
    return "".join(_texts(element))


def _texts(element: Element) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        yield from _texts(child)
        if child.tail:
            yield child.tail


def parse_page(data: bytes) -> Element | None:
    """The tree of a page, None where there is none to make."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return cast("Element", html.document_fromstring(data, parser=parser))
    except (etree.ParserError, ValueError):
        return None


def parse_fragment(text: str) -> Element:
    """The tree of a piece of HTML, in a `div`."""
    from lxml import html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    return cast("Element", html.document_fromstring(f"<div>{text}</div>".encode(), parser=parser).find(".//div"))


def settle_address(address: str) -> str:
    """An address in one form, however much of it is percent-encoded and whatever script its host is in."""
    address = address.strip()
    try:
        parts = urlsplit(address)
        host = parts.netloc.lower()
        host = host if host.isascii() else host.encode("idna").decode()
    except (ValueError, UnicodeError):
        return unquote(address)
    rest = unquote(parts._replace(scheme="", netloc="").geturl())
    return f"{parts.scheme.lower()}://{host}{rest or '/'}" if host else unquote(address)


def _joins(one: str, other: str) -> bool:
    """Whether two characters make one word: letters and digits do, Han and Latin do not."""
    return bool(one) and one.isalnum() and other.isalnum() and (one > "\u2e7f") == (other > "\u2e7f")
