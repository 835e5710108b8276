"""The HTML of an item → what a reader shows of it, where it leads, and what readers refuse or strip."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.auditing.hiding import Sheet, find_hidden
from builder.auditing.reading import NOTHING, Reading, parse_fragment, read, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.auditing.hiding import Element

#: Attributes that hold an address.
_ADDRESSED = ("href", "src", "poster", "cite", "srcset", "data", "action", "background", "longdesc")
#: Elements that run, that ask, or that paint over the reader.
_UNSAFE = """
    applet base button dialog embed form frame frameset iframe input link math meta noscript object param script select slot
    style svg template textarea
"""
_UNSAFE_TAGS = frozenset(_UNSAFE.split())
_CODE = frozenset({"code", "kbd", "pre", "samp", "tt"})


@dataclass(frozen=True, slots=True)
class Body:
    """The HTML of an item. `head` and `foot` are what stands before the first and after the last rule (`<hr>`); `blocks`
    are the paragraphs of the head, quotations (the curator's comment) left out."""

    html: str
    text: str
    head: Reading
    foot: Reading
    blocks: tuple[Reading, ...]
    addresses: tuple[tuple[str, str], ...]  # the element and attribute, and the address
    unsafe: tuple[str, ...]  # elements and attributes
    code: tuple[str, ...]  # what stands in code, outermost elements only


EMPTY = Body("", "", NOTHING, NOTHING, (), (), (), ())


def read_body(html: str) -> Body:
    """What stands in a piece of HTML."""
    if not html.strip():
        return EMPTY
    root = parse_fragment(html)
    hidden = find_hidden(root, Sheet(()))
    children = list(root)
    rules = [number for number, child in enumerate(children) if child.tag == "hr"]
    first, last = (rules[0], rules[-1]) if rules else (len(children), -1)
    # What somebody quotes or comments on says nothing about the item itself.
    spoken = [child for child in children if child.tag in ("blockquote", "hr")]
    return Body(
        html=html,
        text=text_of(root),
        head=read(root, hidden, without=[*children[first:], *spoken]),
        foot=read(root, hidden, without=[*children[: last + 1], *spoken]),
        blocks=tuple(read(child, hidden) for child in children[:first] if child not in spoken),
        addresses=tuple(_addresses(root)),
        unsafe=tuple(_unsafe(root)),
        code=tuple(_code(root)),
    )


def _addresses(root: Element) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        for name in _ADDRESSED:
            value = element.get(name, "\0")
            if value == "\0":
                continue
            # Candidates are parted by commas before white space; an address may hold commas itself.
            values = (
                [part.split()[0] for part in re.split(r",\s+", value) if part.split()] if name == "srcset" else [value]
            )
            yield from ((f"{element.tag} {name}", address) for address in values)


def _unsafe(root: Element) -> Iterator[str]:
    for element in root.iter():
        if element.tag in _UNSAFE_TAGS:
            yield f"<{element.tag}>"
        for name in element.keys():  # noqa: SIM118 - lxml's elements are no mappings
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                yield f"<{element.tag} {name}>"
        for name in ("href", "src", "action"):
            address = re.sub(r"[\x00-\x20]", "", element.get(name, "")).lower()
            if address.startswith(("javascript:", "vbscript:", "data:text")):
                yield f"<{element.tag} {name}> with {address.partition(':')[0]}:"


def _code(element: Element) -> Iterator[str]:
    for child in element:
        if child.tag in _CODE:
            yield text_of(child)
        else:
            yield from _code(child)
