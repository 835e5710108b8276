"""Feed documents of one site, held against each other: formats, variants, archives."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote

from builder.auditing.feeds.acceptance import is_elsewhere
from builder.auditing.feeds.catalogue import Fault
from builder.auditing.feeds.documents import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from builder.auditing.feeds.documents import Feed, Item


def check_order(feeds: Sequence[Feed]) -> Iterator[Fault]:
    """Items of one moment stand in one order in all documents."""
    seen: dict[tuple[str, str], str] = {}
    for feed in feeds:
        known = [(item.guid.rpartition(":")[0], item.published.moment) for item in feed.items]
        for (one, before), (other, after) in pairwise(known):
            if before is None or before != after:
                continue
            seen.setdefault((one, other), feed.path)
            if (other, one) in seen:
                message = f"{one} stands before {other}, and after it in {seen[other, one]}, at one moment"
                yield Fault("order", feed.path, message)


def check_apart(feeds: Sequence[Feed], variant_of: Callable[[str], str]) -> Iterator[Fault]:
    """No guid in the feeds of two variants."""
    seen: dict[str, tuple[str, str]] = {}
    for feed in feeds:
        variant = variant_of(feed.path)
        for item in feed.items:
            first, path = seen.setdefault(item.guid, (variant, feed.path))
            if first != variant:
                message = f"the guid {item.guid} is in a feed of {variant} and in {path}, of {first}"
                yield Fault("variants-apart", feed.path, message, item.line)


def check_formats(feeds: Sequence[Feed]) -> Iterator[Fault]:
    """RSS, Atom and JSON Feed of one folder have the same to say. Archives are RSS and Atom alone."""
    folders: dict[str, dict[str, Feed]] = defaultdict(dict)
    for feed in feeds:
        if feed.path.rpartition("/")[2] in NAMES:
            folders[feed.folder][feed.format] = feed
        else:
            # `feed-1.xml` and `atom-1.xml`
            number = feed.path.rpartition("-")[2]
            folders[f"{feed.folder} {number}"][feed.format] = feed
    for folder, there in sorted(folders.items()):
        path = next(iter(there.values())).path
        wanted = ("rss", "atom") if " " in folder else tuple(NAMES.values())
        missing = [name for name in wanted if name not in there]
        if missing:
            yield Fault("formats-agree", path, f"there is no {' and no '.join(missing)} beside it")
        if "rss" in there:
            for name in ("atom", "json"):
                if name in there:
                    yield from _compare(there["rss"], there[name])


def _compare(one: Feed, other: Feed) -> Iterator[Fault]:
    def fault(message: str, line: int = 0) -> Fault:
        return Fault("formats-agree", other.path, message, line)

    if one.title != other.title:
        yield fault(f"its title is {other.title}, and that of {one.path} {one.title}")
    if [item.guid for item in one.items] != [item.guid for item in other.items]:
        odd = {item.guid for item in one.items} ^ {item.guid for item in other.items}
        yield fault(f"its items are not those of {one.path}: {', '.join(sorted(odd)) or 'their order differs'}")
        return
    for item, twin in zip(one.items, other.items, strict=True):
        for what, said, meant in (
            ("title", twin.title, item.title),
            ("link", twin.link, item.link),
            ("date", twin.published.moment, item.published.moment),
            ("update", _changed(twin), _changed(item)),
            ("text", _settled(twin.body.html), _settled(item.body.html)),
        ):
            if said != meant:
                yield fault(f"{item.guid}: its {what} is not that of {one.path}{_where(said, meant)}", twin.line)


def _changed(item: Item) -> object:
    """When it last changed: RSS leaves that out where it is the date."""
    return item.updated.moment or item.published.moment


def _settled(html: str) -> str:
    return html.replace("\r\n", "\n").strip()


def _where(one: object, other: object) -> str:
    """Where two texts part."""
    if not isinstance(one, str) or not isinstance(other, str):
        return f": {one} for {other}"
    place = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(place - 10, 0)
    return f": “{one[start : place + 20]}” for “{other[start : place + 20]}”"


def check_variants(
    items: Sequence[tuple[str, str, str, Item]],
    root: str,
    source_variant: str,
    keep: Mapping[str, tuple[str, ...]],
    by_hand: Callable[[str, str], bool],
) -> Iterator[Fault]:
    """Addresses of other sites, code and kept words are the same in all variants. `items` are ids, variants, files and items,
    `keep` the words by id; `by_hand` tells which texts somebody wrote for their variant."""
    sources: dict[str, Item] = {}
    for identity, variant, _, item in items:
        if variant == source_variant:
            sources.setdefault(identity, item)
    for identity, variant, path, item in items:
        twin = sources.get(identity)
        if variant == source_variant or twin is None or by_hand(identity, variant) or by_hand(identity, source_variant):
            continue
        odd = _elsewhere(item, root) - _elsewhere(twin, root) or _elsewhere(twin, root) - _elsewhere(item, root)
        if odd:
            message = f"{item.guid}: {', '.join(sorted(odd))} is not in both {variant} and {source_variant}"
            yield Fault("same-addresses", path, message, item.line)
        for code, meant in zip(item.body.code, twin.body.code, strict=False):
            if code != meant:
                yield Fault("unconverted", path, f"{item.guid}: code is altered{_where(code, meant)}", item.line)
        if len(item.body.code) != len(twin.body.code):
            message = f"{item.guid}: it has {len(item.body.code)} pieces of code for {len(twin.body.code)}"
            yield Fault("unconverted", path, message, item.line)
        for word in keep.get(identity, ()):
            there, meant_there = item.body.text.count(word), twin.body.text.count(word)
            if there < meant_there:
                message = f"{item.guid}: {word}, which is kept, stands there {there} times for {meant_there}"
                yield Fault("unconverted", path, message, item.line)


def _elsewhere(item: Item, root: str) -> set[str]:
    addresses = [address for _, address in (*item.body.addresses, *item.addresses)]
    return {address for address in addresses if is_elsewhere(address, root)}


def check_archives(feed: Feed, archives: Mapping[str, Feed], root: str, wanted: Iterable[str]) -> Iterator[Fault]:
    """The archive documents behind the feed of a site. `archives` are those of its variant and format by their paths; `wanted`
    are the guids of all that was published."""
    chain: list[Feed] = []
    before, address = feed, feed.paging.previous
    while address:
        found = archives.get(unquote(address).removeprefix(unquote(root)))
        if found is None:
            yield Fault("archives", before.path, f"{address}, where older items are to be, is no archive document")
            break
        if found in chain:
            yield Fault("archives", before.path, f"the chain leads back to {found.path}")
            break
        yield from _check_link(before, found, feed)
        chain.append(found)
        before, address = found, found.paging.previous
    if feed.paging.is_archive or feed.paging.next:
        yield Fault("archives", feed.path, "it says that it is an archive")
    for path in sorted(archives.keys() - {found.path for found in chain}):
        yield Fault("archives", path, f"no document leads to it from {feed.path}")
    counted = Counter(item.guid for found in chain for item in found.items)
    for guid in sorted(guid for guid, number in counted.items() if number > 1):
        path = next(found.path for found in chain if any(item.guid == guid for item in found.items))
        yield Fault("archives", path, f"{guid} stands in two archive documents")
    lacking = sorted(set(wanted) - counted.keys() - {item.guid for item in feed.items})
    if lacking:
        more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
        yield Fault("archives", feed.path, f"neither it nor an archive has {', '.join(lacking[:3])}{more}")


def _check_link(newer: Feed, archive: Feed, feed: Feed) -> Iterator[Fault]:
    if not archive.paging.is_archive:
        yield Fault("archives", archive.path, "it does not say that it is an archive")
    if archive.paging.current not in feed.own:
        yield Fault("archives", archive.path, f"its current document is {archive.paging.current or 'missing'}")
    # A full archive document never changes again, and so need not say what comes after it.
    if archive.paging.next and archive.paging.next not in newer.own:
        yield Fault(
            "archives", archive.path, f"its next archive is {archive.paging.next}, and leads not to {newer.path}"
        )
