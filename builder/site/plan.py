"""Collections → which pages and feeds a site has, where, and what each is made of. No view is made here.

What a file `depends` on stands for everything in its view that not all files of its variant share: as long as it is the same,
so is the view. The entries that are shown stand in it by their digests (`digest_entries`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from builder.content.attribution import people_in
from builder.memo import digest_bytes
from builder.site.collections import issue_name
from builder.site.feeds import ARCHIVED, archive_path
from builder.site.permalinks import FEED_FORMATS, alias_path, numbered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from builder.config import SiteConfig
    from builder.content.models import Date
    from builder.site.collections import Collections, Entry, Term
    from builder.site.feeds import FeedPlan
    from builder.site.permalinks import FeedFormat
    from builder.site.references import Target

PAGE_SIZE = 20

PageKind = Literal[
    "home",
    "article",
    "standing",
    "rights",
    "subscribe",
    "tombstone",
    "category",
    "tag",
    "source",
    "author",
    "tags",
    "sources",
    "authors",
    "archive",
    "month",
    "issues",
    "issue",
    "404",
    "redirect",
]


class PagePlan(NamedTuple):
    """A page of every variant, at `path` below each variant's root; a redirect is in the default variant alone. `subject` is
    the number of the article, term or other thing in its collection, `number` that of the page in its list, or of the alias."""

    kind: PageKind
    path: str
    depends: str
    subject: int = 0
    number: int = 1
    noindex: bool = False
    updated: Date | None = None  # of the source that it is made from


class FeedFilePlan(NamedTuple):
    """A feed of every variant in one format, at `path` below each variant's root. `feed` is the number of its `FeedPlan`,
    `archive` that of the archive document, 0 for the feed itself."""

    path: str
    depends: str
    feed: int
    format: FeedFormat
    archive: int = 0


def digest_entries(collections: Collections, resolved: Mapping[str, Mapping[str, Target | str]]) -> dict[str, str]:
    """What stands for everything that can be shown of each published source, by its path: what it was made from, where it
    goes, its terms, and what its references mean."""
    digests: dict[str, str] = {}
    for entry in collections.everything():
        path = entry.rendered.article.path
        means = _name_targets(targets) if (targets := resolved.get(path)) else ""
        about = (entry.rendered.key, entry.path, entry.category, *entry.tags, means)
        digests[path] = digest_bytes("\0".join(about).encode())
    return digests


def _name_targets(targets: Mapping[str, Target | str]) -> str:
    """What stands for what references mean."""
    named = []
    for written, target in targets.items():
        if isinstance(target, str):
            named.append(f"{written}\1{target}")
        else:
            file = target.file
            about = f"{file.path}\1{file.digest}\1{file.width}\1{file.height}" if file else ""
            named.append(f"{written}\1{target.kind}\1{target.path}\1{target.fragment}\1{about}")
    return "\2".join(named)


def plan_page_files(
    collections: Collections, config: SiteConfig, feeds: Sequence[FeedPlan], digests: Mapping[str, str]
) -> tuple[PagePlan, ...]:
    """All pages of the site."""
    return tuple(_Planning(collections, config, feeds, digests).pages())


def plan_feed_files(
    feeds: Sequence[FeedPlan], collections: Collections, digests: Mapping[str, str]
) -> tuple[FeedFilePlan, ...]:
    """All feeds of the site in all formats, and their archive documents."""
    return tuple(_feed_files(feeds, collections, digests))


def has_rights_page(collections: Collections, config: SiteConfig) -> bool:
    """Whether /rights/ is generated: on every site that is declared as one, unless a tombstone stands there."""
    return config.declared and not any(entry.path == "rights/" for entry in collections.tombstones)


def has_subscribe_page(collections: Collections, feeds: Sequence[FeedPlan]) -> bool:
    """Whether /subscribe/ is generated: where there are feeds, unless a tombstone stands there."""
    return has_feed_list(feeds) and not any(entry.path == "subscribe/" for entry in collections.tombstones)


def has_feed_list(feeds: Sequence[FeedPlan]) -> bool:
    """Whether there is a feed that does more than carry tombstones."""
    return any(not feed.is_alone for feed in feeds)


def list_paths(collections: Collections, config: SiteConfig, feeds: Sequence[FeedPlan]) -> frozenset[str]:
    """The paths, below a variant's root, of all pages and feeds that are there."""
    paths = {""}
    for number, feed in enumerate(feeds):
        paths |= {feed.path + name for name in FEED_FORMATS.values()}
        paths |= {path for path, *_ in _archive_files(number, feed)}
    if has_feed_list(feeds):
        paths.add("feeds.opml")
    if has_subscribe_page(collections, feeds):
        paths.add("subscribe/")
    if has_rights_page(collections, config):
        paths.add("rights/")
    for folder, terms in (
        ("tags/", collections.tags),
        ("sources/", collections.sources),
        ("authors/", collections.authors),
    ):
        paths |= {folder, *(term.path for term in terms)} if terms else set()
    paths |= {term.path for term in (*collections.categories, *collections.months)}
    paths |= {path for path, terms in (("issues/", collections.issues), ("archive/", collections.months)) if terms}
    paths |= {entry.path for entry in collections.everything()}
    return frozenset(paths)


def members_of_issues(collections: Collections) -> Mapping[str, tuple[Entry, ...]]:
    """The articles of each digest issue, oldest first, by the name of the issue."""
    members: dict[str, list[Entry]] = {}
    if collections.issues:
        for entry in reversed(collections.articles):
            if entry.article.issue:
                members.setdefault(entry.article.issue, []).append(entry)
    return {name: tuple(entries) for name, entries in members.items()}


def _archive_files(number: int, feed: FeedPlan) -> Iterator[tuple[str, int, FeedFormat, int]]:
    for archive, _ in enumerate(feed.archives, start=1):
        for format in ARCHIVED:  # noqa: A001 - the word for it
            yield archive_path(format, archive), number, format, archive


def _feed_files(
    feeds: Sequence[FeedPlan], collections: Collections, digests: Mapping[str, str]
) -> Iterator[FeedFilePlan]:
    members = members_of_issues(collections)
    order = "\0".join(term.name for term in collections.categories)  # of the articles in an issue's item

    def shown(entries: Iterable[Entry]) -> str:
        return digest_bytes(
            " ".join(
                digests[inside.article.path]
                for entry in entries
                for inside in (
                    entry,
                    *(members.get(issue_name(entry.article), ()) if entry.article.kind == "issue" else ()),
                )
            ).encode()
        )

    for number, feed in enumerate(feeds):
        about = f"{feed.kind}\0{feed.name}\0{feed.path}\0{feed.is_alone}\0{order if feed.kind == 'issues' else ''}"
        depends = f"{about}\0{shown((*feed.entries, *feed.tombstones))}\0{len(feed.archives)}"
        for format, name in FEED_FORMATS.items():  # noqa: A001 - the word for it
            yield FeedFilePlan(feed.path + name, depends, number, format)
        documents = [shown(entries) for entries in feed.archives]
        for path, _, format, archive in _archive_files(number, feed):  # noqa: A001
            yield FeedFilePlan(path, f"{about}\0{documents[archive - 1]}", number, format, archive)


class _Planning:
    """Goes through the collections once for all variants."""

    def __init__(
        self, collections: Collections, config: SiteConfig, feeds: Sequence[FeedPlan], digests: Mapping[str, str]
    ) -> None:
        self.collections, self.config, self.feeds = collections, config, feeds
        # Lists ask for tens of thousands: an entry is the same object wherever it stands.
        self.by_identity = {id(entry): digests[entry.article.path] for entry in collections.everything()}
        self.with_feed = {(feed.kind, feed.name) for feed in feeds}
        self.members = members_of_issues(collections)

    def pages(self) -> Iterator[PagePlan]:
        collections = self.collections
        yield from self._list("home", "", collections.articles)
        yield from self._articles()
        yield from self._standing()
        yield from self._tombstones()
        yield from self._categories()
        yield from self._terms("tags", "tag", collections.tags)
        yield from self._terms("sources", "source", collections.sources)
        yield from self._terms("authors", "author", collections.authors)
        yield from self._archive()
        yield from self._issues()
        yield PagePlan("404", "404.html", "", noindex=True)
        for number, entry in enumerate(collections.everything()):
            for alias, written in enumerate(entry.article.aliases):
                depends = f"{self._digest(entry)} {alias}"
                yield PagePlan("redirect", alias_path(written), depends, number, alias, noindex=True)

    def _digest(self, entry: Entry | None) -> str:
        return self.by_identity[id(entry)] if entry else ""

    def _list(
        self, kind: PageKind, path: str, entries: Sequence[Entry], subject: int = 0, about: str = ""
    ) -> Iterator[PagePlan]:
        """The pages of a list; an empty one has a page."""
        count = max(1, -(-len(entries) // PAGE_SIZE))
        by_identity = self.by_identity
        digests = [by_identity[id(entry)] for entry in entries]
        for number in range(1, count + 1):
            shown = " ".join(digests[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
            yield PagePlan(kind, numbered(path, number), f"{about}\0{count}\0{shown}", subject, number)

    def _articles(self) -> Iterator[PagePlan]:
        articles = self.collections.articles
        digests = ["", *(self._digest(entry) for entry in articles), ""]
        issues = {issue_name(entry.article): self._digest(entry) for entry in self.collections.issues}
        for number, entry in enumerate(articles):
            article = entry.rendered.article
            around = f"{digests[number]} {digests[number + 1]} {digests[number + 2]} {issues.get(article.issue, '')}"
            date = article.updated or article.date
            yield PagePlan("article", entry.path, around, number, 1, is_noindex(entry), date)

    def _standing(self) -> Iterator[PagePlan]:
        collections = self.collections
        generated: dict[str, tuple[PageKind, str]] = {}
        if has_rights_page(collections, self.config):
            sources = "\0".join(f"{term.name}\0{len(term.entries)}" for term in collections.sources)
            generated["rights/"] = ("rights", sources)
        if has_subscribe_page(collections, self.feeds):
            feeds = "\0".join(f"{feed.kind}\0{feed.name}\0{feed.path}\0{feed.is_alone}" for feed in self.feeds)
            generated["subscribe/"] = ("subscribe", f"{feeds}\0{any(feed.archives for feed in self.feeds)}")
        for number, entry in enumerate(collections.pages):
            kind, about = generated.pop(entry.path, ("standing", ""))
            date = entry.article.updated or entry.article.date
            yield PagePlan(kind, entry.path, f"{about}\0{self._digest(entry)}", number, updated=date)
        for path, (kind, about) in generated.items():
            yield PagePlan(kind, path, about, -1)

    def _tombstones(self) -> Iterator[PagePlan]:
        known = {term.name for terms in (self.collections.sources, self.collections.authors) for term in terms}
        for number, entry in enumerate(self.collections.tombstones):
            # Whether its sources and authors still have pages is a matter of the other articles.
            hops = entry.article.attribution
            names = sorted(known & {name for hop in hops for name in (hop.source, *people_in(hop.author))})
            depends = f"{self._digest(entry)}\0" + "\0".join(names)
            yield PagePlan("tombstone", entry.path, depends, number, noindex=True)

    def _categories(self) -> Iterator[PagePlan]:
        terms = self.collections.categories
        for number, term in enumerate(terms):
            children = [
                f"{other.name}\0{len(other.entries)}" for other in terms if other.name.rpartition("/")[0] == term.name
            ]
            about = "\0".join((term.name, str(("category", term.name) in self.with_feed), *children))
            yield from self._list("category", term.path, term.entries, number, about)

    def _terms(
        self,
        folder: Literal["tags", "sources", "authors"],
        kind: Literal["tag", "source", "author"],
        terms: Sequence[Term],
    ) -> Iterator[PagePlan]:
        if not terms:
            return
        yield PagePlan(folder, f"{folder}/", "\0".join(f"{term.name}\0{len(term.entries)}" for term in terms))
        for number, term in enumerate(terms):
            about = f"{term.name}\0{len(term.entries)}\0{(kind, term.name) in self.with_feed}"
            yield from self._list(kind, term.path, term.entries, number, about)

    def _archive(self) -> Iterator[PagePlan]:
        months = self.collections.months
        if not months:
            return
        names = ["", *(f"{term.name}\0{len(term.entries)}" for term in months), ""]
        yield PagePlan("archive", "archive/", "\0".join(names))
        for number, term in enumerate(months):
            shown = " ".join(self._digest(entry) for entry in term.entries)
            yield PagePlan("month", term.path, "\0".join((*names[number : number + 3], shown)), number)

    def _issues(self) -> Iterator[PagePlan]:
        issues = self.collections.issues
        if not issues:
            return
        order = "\0".join(term.name for term in self.collections.categories)
        digests = [self._digest(entry) for entry in issues]
        shown = [self.members.get(issue_name(entry.article), ()) for entry in issues]
        counts = "\0".join(f"{one}\0{len(members)}" for one, members in zip(digests, shown, strict=True))
        yield PagePlan("issues", "issues/", counts)
        around = ["", *digests, ""]
        for number, entry in enumerate(issues):
            members = " ".join(self._digest(member) for member in shown[number])
            depends = "\0".join((*around[number : number + 3], members, order))
            date = entry.article.updated or entry.article.date
            yield PagePlan("issue", entry.path, depends, number, updated=date)


def is_noindex(entry: Entry) -> bool:
    """Whether search engines are asked to pass an article over."""
    article = entry.rendered.article
    rights = article.rights
    repost = not article.original and rights.mode == "full" and bool(article.attribution)
    return rights.noindex or (repost and not rights.permitted)
