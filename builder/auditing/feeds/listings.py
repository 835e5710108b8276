"""What leads to feeds: the OPML file of a variant, and the links in the heads of pages."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from builder.auditing.feeds.catalogue import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

_LINK = re.compile(rb"<link\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})


def check_opml(path: str, data: bytes, feeds: Collection[str], files: Collection[str], root: str) -> Iterator[Fault]:
    """An OPML file lists `feeds` (paths of a variant's feeds, archives left out), each in one format at least, and nothing
    that is not among `files`. The feed of a term that has no page any more, since all of it was withdrawn, carries its
    tombstones to those who have subscribed and is for nobody else."""
    from lxml import etree

    try:
        tree = etree.fromstring(data, parser=etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError) as wrong:
        yield Fault("opml", path, f"it is no XML: {wrong}")
        return
    if tree.tag != "opml":
        yield Fault("opml", path, f"its root is {tree.tag}")
        return
    listed = set()
    for outline in tree.iter("outline"):
        if outline.get("type") is None and outline.get("xmlUrl") is None:
            continue
        address = outline.get("xmlUrl") or ""
        file = _file_at(address, root)
        listed.add(file)
        if file not in files:
            yield Fault("opml", path, f"it lists {address or 'nothing'}, which is not there", outline.sourceline or 0)
        if not outline.get("text"):
            yield Fault("opml", path, f"{address} is listed without a text", outline.sourceline or 0)
    folders = {feed.rpartition("/")[0] for feed in feeds}
    for folder in sorted(folders - {file.rpartition("/")[0] for file in listed}):
        if folder and f"{folder}/index.html" not in files:
            continue
        yield Fault("opml", path, f"it does not list the feed of {folder or 'the site'}")


def announced_feeds(data: bytes) -> tuple[tuple[str, str], ...]:
    """The types and addresses of the feeds that a page names in its head."""
    head = data.partition(b"</head>")[0]
    found = []
    for link in _LINK.finditer(head):
        said = {
            name.lower(): html.unescape(double or single or bare)
            for name, double, single, bare in _ATTRIBUTE.findall(link[1].decode("utf-8", "replace"))
        }
        if "alternate" in said.get("rel", "").lower().split() and said.get("type", "").lower() in _TYPES:
            found.append((said["type"].lower(), said.get("href", "")))
    return tuple(found)


def check_announced(
    path: str,
    announced: tuple[tuple[str, str], ...],
    feeds: Collection[str],
    base: str,
    variant_of: Callable[[str], str],
) -> Iterator[Fault]:
    """The feeds that a page names are there, and of its own variant. `base` is the path that the site is mounted at."""
    for _, address in announced:
        file = _file_at(urljoin(base + path, address), base)
        if file not in feeds:
            yield Fault("autodiscovery", path, f"it names the feed {address}, which is not there")
        elif variant_of(file) != variant_of(path):
            yield Fault("autodiscovery", path, f"it names {address}, the feed of another variant")


def check_named(
    path: str, announced: tuple[tuple[str, str], ...], wanted: Collection[str], base: str
) -> Iterator[Fault]:
    """The page of a feed names it, in each of its formats."""
    named = {_file_at(urljoin(base + path, address), base) for _, address in announced}
    for feed in sorted(set(wanted) - named):
        yield Fault("autodiscovery", path, f"it is the page of {feed}, and does not name it")


def _file_at(address: str, root: str) -> str:
    """The file of the output that an address leads to, "" where it leads elsewhere."""
    if urlsplit(root).netloc:
        return unquote(address).removeprefix(unquote(root)) if unquote(address).startswith(unquote(root)) else ""
    path = unquote(urlsplit(address).path)
    return path.removeprefix(unquote(root)) if path.startswith(unquote(root)) else ""
