"""What the readers of RSS and Atom ask of a tree of XML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.auditing.feeds.documents import Slip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.auditing.hiding import Element

_OUTSIDE = re.compile(rb"<!\[CDATA\[.*?\]\]>|<(title)(?:\s[^>]*)?>([^<]*)</title>", re.DOTALL)


def children(element: Element, tag: str) -> list[Element]:
    """The children of a name."""
    return element.findall(tag)


def texts_in(element: Element, tag: str) -> tuple[str, ...]:
    """The texts of the children of a name."""
    return tuple((child.text or "").strip() for child in children(element, tag))


def text_in(element: Element, tag: str) -> str:
    """The text of the first child of a name, "" where there is none."""
    return next(iter(texts_in(element, tag)), "")


def by_tag(element: Element) -> set[str]:
    """The names of the children."""
    return {child.tag for child in element}


def links_of(element: Element, namespace: str) -> tuple[tuple[str, str], ...]:
    """Relation and address of the children `link` of Atom."""
    return tuple((link.get("rel", "alternate"), link.get("href", "")) for link in children(element, namespace + "link"))


def all_texts(root: Element) -> str:
    """All that a document says, attributes included."""
    parts = []
    for element in root.iter():
        parts += [element.text or "", element.tail or "", *(element.get(name, "") for name in element.keys())]  # noqa: SIM118
    return "\n".join(part for part in parts if part)


def raw_titles(data: bytes) -> Iterator[Slip]:
    """The titles that look like HTML to a validator, as they are written in the file."""
    for found in _OUTSIDE.finditer(data):
        if found[1] and b"&lt;" in found[2]:
            line = data.count(b"\n", 0, found.start()) + 1
            yield Slip("title-markup", f"a title is written with &lt;: {found[2].decode('utf-8', 'replace')}", line)
