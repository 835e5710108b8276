"""Collections → the feeds of a site: which there are, what stands in each, and where. Three formats of one feed share one
tuple of items, so that they cannot say different things."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from msgspec import structs

from builder.site.collections import newest_first
from builder.site.permalinks import FEED_FORMATS, encode, segment, variant_path
from builder.site.views import FeedAddress, FeedItem, FeedLink, FeedOffer, FeedView, ListedItem, OpmlView, VariantOffer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from builder.config import SiteConfig, Variant
    from builder.site.collections import Collections, Entry, Term
    from builder.site.parts import Parts
    from builder.site.permalinks import Addresses, FeedFormat
    from builder.site.views import HopView

#: The formats that have archive documents.
ARCHIVED: tuple[FeedFormat, ...] = ("rss", "atom")

FeedKind = Literal["site", "category", "tag", "source", "issues"]

#: Items of an archive document (https://www.rfc-editor.org/rfc/rfc5005#section-4).
ARCHIVE_SIZE = 100

#: A feed is asked for every hour by every reader: what does not fit into so many bytes is left to the archive. A text that
#: is longer than `ITEM_BYTES` is cut there and read on at its page.
FEED_BYTES = 1_000_000
ITEM_BYTES = 64_000

#: What the metadata and the labels of an item take, about.
_ITEM_OVERHEAD = 2_500

MEDIA_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
_FORMAT_NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}


@dataclass(frozen=True, slots=True)
class FeedPlan:
    """A feed of every variant. `name` is that of its term, "" for the feeds of the site and of its issues; `path` is below a
    variant's root."""

    kind: FeedKind
    name: str
    path: str
    entries: tuple[Entry, ...]  # newest first, as many as it may have
    tombstones: tuple[Entry, ...]  # on top of these
    is_alone: bool = False  # whether its term has no page of its own any more
    archives: tuple[tuple[Entry, ...], ...] = ()  # oldest first; each newest first


def plan_feeds(collections: Collections, config: SiteConfig) -> tuple[FeedPlan, ...]:
    """The feeds of the site: none where the site lacks what it takes, and none without a dated article or a tombstone. A
    term that lost its last article keeps its feed as long as that has a tombstone to carry."""
    if not (config.base_url and config.tag):
        return ()
    announced = [entry for entry in collections.announced if entry.article.kind == "article"]
    issues = tuple(entry for entry in collections.announced if entry.article.kind == "issue")
    plans = [
        FeedPlan("site", "", "", collections.articles, tuple(announced)),
        *_of_terms("category", collections.categories, announced, _categories_of, _category_path),
    ]
    if config.feed_tags:
        plans += _of_terms("tag", collections.tags, announced, lambda entry: entry.tags, _folder("tags"))
    if config.feed_sources:
        plans += _of_terms("source", collections.sources, announced, _sources_of, _folder("sources"))
    if collections.issues or issues:
        alone = not collections.issues
        plans.append(FeedPlan("issues", "", "issues/", newest_first(collections.issues), issues, is_alone=alone))
    limited = [_limit(plan, config) for plan in plans]
    if config.feed_archives:
        limited[0] = replace(limited[0], archives=_archives(collections, limited[0]))
    return tuple(plan for plan in limited if plan.entries or plan.tombstones)


def _of_terms(
    kind: FeedKind,
    terms: Sequence[Term],
    announced: Sequence[Entry],
    names_of: Callable[[Entry], Iterable[str]],
    path_of: Callable[[str], str],
) -> Iterator[FeedPlan]:
    gone: dict[str, list[Entry]] = defaultdict(list)
    for entry in announced:
        for name in dict.fromkeys(names_of(entry)):
            gone[name].append(entry)
    for term in terms:
        yield FeedPlan(kind, term.name, term.path, term.entries, tuple(gone.pop(term.name, ())))
    for name in sorted(gone):
        yield FeedPlan(kind, name, path_of(name), (), tuple(gone[name]), is_alone=True)


def _categories_of(entry: Entry) -> Iterator[str]:
    parts = entry.category.split("/") if entry.category else []
    return ("/".join(parts[:length]) for length in range(1, len(parts) + 1))


def _sources_of(entry: Entry) -> list[str]:
    return [hop.source for hop in entry.article.attribution]


def _category_path(name: str) -> str:
    return "/".join(segment(part) for part in name.split("/")) + "/"


def _folder(name: str) -> Callable[[str], str]:
    return lambda term: f"{name}/{segment(term)}/"


def _limit(plan: FeedPlan, config: SiteConfig) -> FeedPlan:
    """The newest entries that have a date, as many as the settings and the size of a feed allow; the newest in any case."""
    entries = [entry for entry in plan.entries[: config.feed_limit] if entry.article.date]
    if config.feed_content == "full":
        room = FEED_BYTES
        for number, entry in enumerate(entries):
            room -= _size_of(entry)
            if room < 0:
                entries = entries[: max(number, 1)]
                break
    return replace(plan, entries=tuple(entries))


def _size_of(entry: Entry) -> int:
    """About what an entry takes in a feed, in bytes: the same in every variant, so that all have the same items."""
    return _ITEM_OVERHEAD + min(entry.rendered.size, ITEM_BYTES)


def _archives(collections: Collections, site: FeedPlan) -> tuple[tuple[Entry, ...], ...]:
    """All that was ever in the site's feed, where that does not hold it all: a hundred at a time from the oldest on, and what
    was withdrawn in its place, so that a full hundred stays as it is."""
    ever = [entry for entry in collections.articles if entry.article.date]
    if len(ever) <= len(site.entries):
        return ()
    gone = [entry for entry in collections.tombstones if entry.article.kind == "article" and entry.article.date]
    oldest_first = newest_first((*ever, *gone))[::-1]
    starts = range(0, len(oldest_first), ARCHIVE_SIZE)
    return tuple(oldest_first[start : start + ARCHIVE_SIZE][::-1] for start in starts)


def archive_path(format: FeedFormat, number: int) -> str:  # noqa: A002 - the word for it
    """Where an archive document is, below a variant's root."""
    return f"archive/{FEED_FORMATS[format].replace('.', f'-{number}.')}"


def make_feed(plan: FeedPlan, format: FeedFormat, archive: int, parts: Parts, made: dict[str, FeedItem]) -> FeedView:  # noqa: A002
    """A feed of a variant in a format, or an archive document of it (`archive` is its number, 0 for the feed). `made` keeps
    items by the paths of their sources: one that stands in many feeds is one object."""

    def items_of(entries: Iterable[Entry]) -> tuple[FeedItem, ...]:
        items = []
        for entry in entries:
            path = entry.article.path
            item = made.get(path)
            if item is None:
                item = made[path] = _item(entry, parts)
            items.append(item)
        return tuple(items)

    if not archive:
        feed = _feed(plan, items_of(newest_first((*plan.entries, *plan.tombstones))), parts)
        latest = len(plan.archives)
        older = parts.absolute(archive_path(format, latest)) if latest and format != "json" else ""
        return structs.replace(_place(feed, format, plan.path + FEED_FORMATS[format], parts), previous_archive=older)
    document = _feed(plan, items_of(plan.archives[archive - 1]), parts)
    return structs.replace(
        _place(document, format, archive_path(format, archive), parts),
        hub="",
        current=parts.absolute(plan.path + FEED_FORMATS[format]),
        previous_archive=parts.absolute(archive_path(format, archive - 1)) if archive > 1 else "",
    )


def _place(feed: FeedView, format: FeedFormat, path: str, parts: Parts) -> FeedView:  # noqa: A002
    return structs.replace(feed, format=format, path=variant_path(path, parts.variant), url=parts.absolute(path))


def _feed(plan: FeedPlan, items: tuple[FeedItem, ...], parts: Parts) -> FeedView:
    config, site = parts.config, parts.site
    title = _title(plan, parts)
    return FeedView(
        format="rss",
        id=f"{config.tag}:feed:{parts.variant.tag}/{encode(plan.path)}",
        path="",
        url="",
        home=parts.absolute("" if plan.is_alone else plan.path),
        title=title,
        description=site.description or title,
        variant=parts.variant.tag,
        author=config.author.name,
        author_email=config.author.email,
        author_url=config.author.url,
        copyright="\n".join(site.notices),
        hub=config.feed_hub,
        updated=max(item.updated for item in items),
        items=items,
    )


def _title(plan: FeedPlan, parts: Parts) -> str:
    own = _own_title(plan, parts)
    return f"{own} - {parts.site.title}" if own else parts.site.title


def _own_title(plan: FeedPlan, parts: Parts) -> str:
    if plan.kind == "site":
        return ""
    return parts.label("issues") if plan.kind == "issues" else parts.term_title(plan.kind, plan.name)


def guid(tag: str, identity: str, variant: str) -> str:
    """`TAG:ID:VARIANT`, percent-encoded: an item's identity in feeds, for ever."""
    return f"{tag}:{encode(identity)}:{variant}"


def _item(entry: Entry, parts: Parts) -> FeedItem:
    article, text, config = entry.article, parts.text(entry), parts.config
    assert article.date is not None
    chain = parts.chain(entry)
    own = article.original or article.kind == "issue"
    origin = "" if own else next((hop.source for hop in chain), "")
    item = FeedItem(
        guid=guid(config.tag, article.id, parts.variant.tag),
        title=text.title,
        url=parts.absolute(entry.path),
        date=article.date.moment.astimezone(config.zone),
        updated=(article.updated or article.date).moment.astimezone(config.zone),
        categories=(),
        chain=chain,
        original=article.original,
        authors=tuple(filter(None, [config.author.name])) if own else _people(chain),
        publisher=origin or config.author.name or parts.site.title,
        mode="link",
        notices=(),
        signoff="",
        license=None,
        holder=article.rights.holder,
        summary="",
        cover=None,
        body=None,
        comment=None,
        withdrawn=text.reason,
    )
    if article.withdrawn:
        # What comes over it in readers: the same guid, address and time, and nothing of its text.
        return structs.replace(item, updated=article.withdrawn.date.moment.astimezone(config.zone))
    item = structs.replace(
        item,
        mode=article.rights.mode,
        notices=text.notices,
        signoff=text.signoff,
        license=parts.license(article.rights.license),
        summary=text.summary,
        body=parts.body(entry, text.body, absolute=True) if config.feed_content == "full" else None,
        comment=parts.body(entry, text.comment, comment=True, absolute=True),
        lead=text.summary if article.summary else "",
        noncommercial=article.rights.noncommercial,
    )
    if article.kind == "issue":
        listed = tuple((name, tuple(_listed(inside, parts) for inside in group)) for name, group in parts.listed(entry))
        return structs.replace(item, listed=listed)
    card = parts.card(entry)
    names = (card.category.title if card.category else "", *(tag.title for tag in card.tags))
    cover = structs.replace(card.cover, url=card.cover.absolute_url) if card.cover else None
    return structs.replace(item, categories=tuple(dict.fromkeys(filter(None, names))), cover=cover)


def _listed(entry: Entry, parts: Parts) -> ListedItem:
    card = parts.card(entry)
    return ListedItem(
        title=card.title,
        url=parts.absolute(entry.path),
        summary=card.summary,
        authors=tuple(filter(None, [parts.config.author.name])) if card.original else _people(card.chain),
        chain=card.chain,
        original=card.original,
        notices=card.notices,
    )


def _people(chain: Sequence[HopView]) -> tuple[str, ...]:
    """Who a chain names, once each."""
    return tuple(dict.fromkeys(who.title for hop in chain for who in hop.authors))


# -- telling people and readers of them ----------------------------------------------------------------------------------


def links_of(
    feed: tuple[FeedKind, str], plans: Mapping[tuple[FeedKind, str], FeedPlan], parts: Parts
) -> tuple[FeedLink, ...]:
    """For autodiscovery: the feeds that are announced on a page, those of its own kind and term before the site's."""
    whole: tuple[FeedKind, str] = ("site", "")
    keys = (feed, whole) if feed != whole else (whole,)
    return tuple(link for key in keys if key in plans for link in _links(plans[key], parts))


def _links(plan: FeedPlan, parts: Parts) -> Iterator[FeedLink]:
    title = _title(plan, parts)
    for format, name in FEED_FORMATS.items():  # noqa: A001
        shown = title if format == "rss" else f"{title}（{_FORMAT_NAMES[format]}）"
        yield FeedLink(shown, MEDIA_TYPES[format], parts.url(plan.path + name))


def make_offers(plans: Sequence[FeedPlan], parts: Parts) -> tuple[FeedOffer, ...]:
    """The feeds of a variant as the subscribe page lists them, those that only carry tombstones left out."""
    return tuple(
        FeedOffer(
            kind=plan.kind,
            title=_own_title(plan, parts) or parts.site.title,
            page=parts.url(plan.path),
            addresses=_addresses(plan.path, parts.variant, parts.addresses),
        )
        for plan in plans
        if not plan.is_alone
    )


def make_variant_offers(config: SiteConfig, addresses: Addresses, current: Variant) -> tuple[VariantOffer, ...]:
    """The whole site's feeds in every variant."""
    return tuple(
        VariantOffer(
            tag=variant.tag,
            label=variant.label,
            page=addresses.url("subscribe/", variant),
            addresses=(
                *_addresses("", variant, addresses),
                make_address("OPML", "feeds.opml", variant, addresses),
            ),
            current=variant.tag == current.tag,
        )
        for variant in config.variants
    )


def _addresses(path: str, variant: Variant, addresses: Addresses) -> tuple[FeedAddress, ...]:
    """Those of the feeds at a path."""
    return tuple(
        make_address(_FORMAT_NAMES[format], path + name, variant, addresses)
        for format, name in FEED_FORMATS.items()  # noqa: A001
    )


def make_address(format: str, path: str, variant: Variant, addresses: Addresses) -> FeedAddress:  # noqa: A002
    """Where a file for readers is, in a variant. `format` as it is called."""
    url = addresses.url(path, variant)
    return FeedAddress(format, url, addresses.absolute(url))


def make_opml(plans: Sequence[FeedPlan], parts: Parts) -> OpmlView:
    """All feeds of a variant in one file: the RSS of each, since a reader needs one format."""
    outlines = tuple(
        (_title(plan, parts), parts.absolute(plan.path + FEED_FORMATS["rss"]), parts.absolute(plan.path))
        for plan in plans
        if not plan.is_alone
    )
    return OpmlView(variant_path("feeds.opml", parts.variant), parts.site.title, parts.variant.tag, outlines)
