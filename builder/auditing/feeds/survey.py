"""All feeds of an output folder, read and held to `catalogue`."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from builder.auditing.feeds.acceptance import Asked, check_document, root_of
from builder.auditing.feeds.bodies import read_body
from builder.auditing.feeds.catalogue import Fault
from builder.auditing.feeds.documents import NAMES, Feed, read_feed
from builder.auditing.feeds.listings import announced_feeds, check_announced, check_named, check_opml
from builder.auditing.feeds.together import check_apart, check_archives, check_formats, check_order, check_variants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from builder.auditing.feeds.acceptance import Known

_ARCHIVE = re.compile(r"(?:feed|atom)-\d+\.xml")


@dataclass(frozen=True, slots=True)
class Folders:
    """The output folder: its files, and the variants' tags by the folders of their pages ("" at the root)."""

    output: Path
    paths: Sequence[str]
    copied: frozenset[str]  # which of them are the site's own static files
    variants: Mapping[str, str]
    source_variant: str

    def variant_of(self, path: str) -> str:
        """The variant that a file belongs to."""
        first = path.partition("/")[0] if "/" in path else ""
        return self.variants.get(first, self.variants[""])

    def prefix_of(self, variant: str) -> str:
        """The folder of a variant, with a slash at its end."""
        return next((f"{folder}/" if folder else "" for folder, tag in self.variants.items() if tag == variant), "")


@dataclass(frozen=True, slots=True)
class Sources:
    """What the sources say, as far as feeds are concerned. `read_guid` tells an id and a variant; `known` and `keep` are by
    id; `published` are the ids of all that belongs into a feed or its archives, `told` of what feeds say is withdrawn;
    `by_hand` tells which texts somebody wrote for a variant."""

    read_guid: Callable[[str], tuple[str, str]]
    known: Mapping[str, Known]
    published: frozenset[str]
    told: frozenset[str]
    keep: Mapping[str, tuple[str, ...]]
    by_hand: Callable[[str, str], bool]
    limit: int


def read_feeds(folders: Folders) -> tuple[tuple[Feed, ...], tuple[Fault, ...]]:
    """The feeds in an output folder, and the files that should be and are none."""
    feeds, faults = [], []
    # An item stands in three formats and in many feeds.
    remembered = cache(read_body)
    for path in folders.paths:
        name = path.rpartition("/")[2]
        if (name in NAMES or _ARCHIVE.fullmatch(name)) and path not in folders.copied:
            feed = read_feed(path, (folders.output / path).read_bytes(), remembered)
            wanted = NAMES.get(name) or ("rss" if name.startswith("feed") else "atom")
            if not isinstance(feed, Feed):
                faults.append(Fault("well-formed", path, feed.why))
            elif feed.format != wanted:
                faults.append(Fault("well-formed", path, f"it is {feed.format}, and should be {wanted}"))
            else:
                feeds.append(feed)
    return tuple(feeds), tuple(faults)


def check_feeds(feeds: Sequence[Feed], folders: Folders, sources: Sources) -> Iterator[Fault]:
    """Everything but the comparison of single items with their sources."""
    root = _root(feeds)
    for feed in feeds:
        yield from check_document(feed, _asked(feed, root, folders, sources))
    yield from check_order(feeds)
    yield from check_apart(feeds, folders.variant_of)
    yield from check_formats(feeds)
    items = [(*sources.read_guid(item.guid), feed.path, item) for feed in feeds for item in feed.items]
    yield from check_variants(items, root, folders.source_variant, sources.keep, sources.by_hand)
    for feed in feeds:
        if feed.path == folders.prefix_of(folders.variant_of(feed.path)) + feed.path.rpartition("/")[2]:
            yield from _check_site_feed(feed, feeds, root, folders, sources)
    yield from _check_leading(root, folders)


def _root(feeds: Sequence[Feed]) -> str:
    """The address of the site, as most of its feeds tell it."""
    roots = Counter(root for feed in feeds if (root := root_of(feed)))
    return roots.most_common(1)[0][0] if roots else ""


def _asked(feed: Feed, root: str, folders: Folders, sources: Sources) -> Asked:
    variant = folders.variant_of(feed.path)
    prefix = folders.prefix_of(variant)
    # A term that has no page any more has a feed as long as that has a tombstone to carry.
    has_page = feed.folder + "index.html" in folders.paths and not feed.paging.is_archive
    home = feed.folder if has_page else prefix
    known = {
        item.guid: sources.known[id_]
        for item in feed.items
        if (id_ := sources.read_guid(item.guid)[0]) in sources.known
    }
    return Asked(root, home, variant, sources.limit, known)


def _check_site_feed(
    feed: Feed, feeds: Sequence[Feed], root: str, folders: Folders, sources: Sources
) -> Iterator[Fault]:
    if feed.paging.is_archive:
        return
    variant = folders.variant_of(feed.path)
    there = {sources.read_guid(item.guid)[0] for item in feed.items}
    for identity in sorted(sources.told - there):
        yield Fault("tombstone", feed.path, f"'{identity}' was withdrawn less than 90 days ago, and has no item")
    if feed.format != "json":
        archives = {
            other.path: other
            for other in feeds
            if other.format == feed.format
            and folders.variant_of(other.path) == variant
            and _ARCHIVE.fullmatch(other.path.rpartition("/")[2])
        }
        guids = {
            sources.read_guid(item.guid)[0]: item.guid for other in (feed, *archives.values()) for item in other.items
        }
        wanted = {guids.get(identity, identity) for identity in sources.published}
        yield from check_archives(feed, archives, root, wanted)


def _check_leading(root: str, folders: Folders) -> Iterator[Fault]:
    """What leads to feeds: lists and pages."""
    paths = frozenset(folders.paths)
    current = {path for path in paths - folders.copied if path.rpartition("/")[2] in NAMES}
    base = urlsplit(root).path or "/"
    for folder, variant in folders.variants.items():
        prefix = f"{folder}/" if folder else ""
        of_variant = {path for path in current if folders.variant_of(path) == variant}
        if prefix + "feeds.opml" in paths:
            data = (folders.output / (prefix + "feeds.opml")).read_bytes()
            yield from check_opml(prefix + "feeds.opml", data, of_variant, paths, root)
        elif of_variant:
            yield Fault("opml", prefix + "feeds.opml", "it is missing")
    homes: dict[str, list[str]] = {}
    for path in current:
        homes.setdefault(path.rpartition("/")[0] + "/index.html" if "/" in path else "index.html", []).append(path)
    for path in folders.paths:
        if path.endswith((".html", ".htm")):
            announced = announced_feeds((folders.output / path).read_bytes())
            yield from check_announced(path, announced, current, base, folders.variant_of)
            if path in homes:
                yield from check_named(path, announced, homes[path], base)
