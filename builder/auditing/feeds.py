"""RSS files → their items: whose they are, and what a reader shows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from builder.auditing.hiding import Sheet, find_hidden
from builder.auditing.reading import NOTHING, Reading, parse_fragment, read

if TYPE_CHECKING:
    from builder.auditing.hiding import Element

_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_LINK = "{http://www.w3.org/2005/Atom}link"
_CREATIVE_COMMONS = "{http://backend.userland.com/creativeCommonsRssModule}license"


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a feed. `head` and `foot` are what stands before the first and after the last rule (`<hr>`) of its text;
    `blocks` are the paragraphs of the head, quotations (the curator's comment) left out."""

    guid: str
    title: str
    link: str
    creators: tuple[str, ...]
    source: tuple[str, str] | None  # the element `source`: name and address
    links: tuple[tuple[str, str], ...]  # relation and address
    licenses: tuple[str, ...]
    head: Reading
    foot: Reading
    blocks: tuple[Reading, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed. `path` is below the output folder."""

    path: str
    language: str
    items: tuple[Item, ...]


def read_feed(path: str, data: bytes) -> Feed | None:
    """The feed in an RSS file, None where it is none."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(data, parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        return None
    items = tuple(_read_item(cast("Element", item)) for item in channel.findall("item"))
    return Feed(path, (channel.findtext("language") or "").strip(), items)


def _read_item(item: Element) -> Item:
    said: dict[str, list[Element]] = {}
    for child in item:
        said.setdefault(child.tag, []).append(child)

    def texts(tag: str) -> tuple[str, ...]:
        return tuple((element.text or "").strip() for element in said.get(tag, ()))

    content = next(iter(texts(_CONTENT) or texts("description")), "")
    head, foot, blocks = _read_content(content)
    links = tuple((link.get("rel", ""), link.get("href", "")) for link in said.get(_LINK, ()))
    sources = said.get("source", [])
    return Item(
        guid=next(iter(texts("guid")), ""),
        title=next(iter(texts("title")), ""),
        link=next(iter(texts("link")), ""),
        creators=texts(_CREATOR),
        source=((sources[0].text or "").strip(), sources[0].get("url", "")) if sources else None,
        links=links,
        licenses=texts(_CREATIVE_COMMONS) + tuple(address for relation, address in links if relation == "license"),
        head=head,
        foot=foot,
        blocks=blocks,
        line=item.sourceline or 0,
    )


def _read_content(content: str) -> tuple[Reading, Reading, tuple[Reading, ...]]:
    root = parse_fragment(content) if content else None
    if root is None:
        return NOTHING, NOTHING, ()
    hidden = find_hidden(root, Sheet(()))
    children = list(root)
    rules = [number for number, child in enumerate(children) if child.tag == "hr"]
    first, last = (rules[0], rules[-1]) if rules else (len(children), -1)
    # What somebody quotes or comments on says nothing about the item itself.
    spoken = [child for child in children if child.tag in ("blockquote", "hr")]
    head = read(root, hidden, without=[*children[first:], *spoken])
    foot = read(root, hidden, without=[*children[: last + 1], *spoken])
    blocks = tuple(read(child, hidden) for child in children[:first] if child not in spoken)
    return head, foot, blocks
