"""Collections → every page and feed of the site, planned as closed views. Nothing is rendered here, and no file is read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from builder.config import ALL_RIGHTS_RESERVED, MODES
from builder.content.attribution import people_in
from builder.content.rights import is_same_source, license_url
from builder.diagnostics import Checked
from builder.site.checks import check_collisions, check_entries, check_paths, check_static
from builder.site.collections import issue_name
from builder.site.feeds import (
    Parts,
    feed_links,
    feed_paths,
    make_address,
    make_feeds,
    make_offers,
    make_opml,
    make_variant_offers,
    plan_feeds,
)
from builder.site.json_ld import news_article
from builder.site.permalinks import (
    Addresses,
    alias_path,
    file_of,
    numbered,
    printable,
    variant_path,
)
from builder.site.references import Target, find_target, is_elsewhere, print_reference
from builder.site.views import (
    Alternate,
    ArchivePage,
    ArticlePage,
    BodyRef,
    Card,
    DateView,
    Head,
    HeadingView,
    HomePage,
    HopView,
    IssueEntry,
    IssuePage,
    LicenseView,
    Link,
    ListPage,
    MonthView,
    NotFoundPage,
    Pager,
    PictureView,
    RedirectPage,
    RightsPage,
    SitemapEntry,
    SiteView,
    SourceView,
    StandingPage,
    SubscribePage,
    TermPage,
    TermView,
    TombstonePage,
    YearView,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from builder.config import SiteConfig, Variant, Wording
    from builder.content.files import LocalFile
    from builder.content.models import Article, Date, Hop
    from builder.rendering.articles import Body, Text
    from builder.site.collections import Collections, Entry, Term
    from builder.site.feeds import FeedKind, FeedPlan
    from builder.site.references import Targets
    from builder.site.views import FeedLink, FeedView, OpmlView, PageView

PAGE_SIZE = 20
WORDS_A_MINUTE = 400


@dataclass(frozen=True, slots=True)
class SitePages:
    """Everything that is rendered: pages, feeds, and what each variant's pages share."""

    pages: tuple[PageView, ...]
    feeds: tuple[FeedView, ...]
    opml: tuple[OpmlView, ...]
    sites: Mapping[str, SiteView]
    sitemap: tuple[SitemapEntry, ...]
    aliases: tuple[tuple[str, str], ...]  # old root-relative address → new one
    withdrawn: tuple[tuple[str, str], ...]  # root-relative addresses that are gone, aliases too → their tombstones
    files: tuple[LocalFile, ...]  # the local files that pages refer to, to be published as assets


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of the site itself in one variant: `convert` takes a term in the source variant's script, `worded` a
    wording, and `label` a key of the theme's interface texts."""

    convert: Callable[[str], str]
    worded: Callable[[Wording], str]
    label: Callable[[str], str]


def plan_pages(
    collections: Collections,
    config: SiteConfig,
    targets: Targets,
    words: Mapping[str, Words],
    *,
    generator: str,
) -> Checked[SitePages]:
    """Plan the site. `words` has the texts of every variant."""
    planners = [
        _Planner(variant, config, collections, targets, words[variant.tag], generator) for variant in config.variants
    ]
    pages: list[PageView] = []
    for planner in planners:
        pages += planner.pages()
    feeds = tuple(feed for planner in planners for feed in planner.feeds())
    used = {path: file for planner in planners for path, file in planner.used.items()}
    addresses = planners[0].addresses
    aliases = tuple(
        (addresses.url(alias_path(alias)), addresses.url(entry.path))
        for entry in collections.everything()
        for alias in entry.article.aliases
    )
    gone = {addresses.url(entry.path) for entry in collections.tombstones}
    pages += planners[0].redirects()
    found = (
        *check_entries(collections, targets),
        *check_static(collections, targets),
        *check_paths(collections, config),
        *check_collisions(pages, feeds, collections, config),
    )
    return Checked(
        SitePages(
            pages=tuple(pages),
            feeds=feeds,
            opml=tuple(view for planner in planners for view in planner.opml()),
            sites={planner.variant.tag: planner.site for planner in planners},
            sitemap=_sitemap(pages, collections, config) if config.base_url else (),
            aliases=tuple((old, new) for old, new in aliases if new not in gone),
            withdrawn=(
                *((old, tombstone) for old, tombstone in aliases if tombstone in gone),
                *((path, path) for entry in collections.tombstones for path in _everywhere(entry, addresses, config)),
            ),
            files=tuple(used[path] for path in sorted(used)),
        ),
        found,
    )


def _everywhere(entry: Entry, addresses: Addresses, config: SiteConfig) -> Iterator[str]:
    return (addresses.url(entry.path, variant) for variant in config.variants)


def has_rights_page(collections: Collections, config: SiteConfig) -> bool:
    """Whether /rights/ is generated: on every site that is declared as one, unless a tombstone stands there."""
    return config.declared and not any(entry.path == "rights/" for entry in collections.tombstones)


def has_subscribe_page(collections: Collections, feeds: Sequence[FeedPlan]) -> bool:
    """Whether /subscribe/ is generated: where there are feeds, unless a tombstone stands there."""
    return any(not plan.is_alone for plan in feeds) and not any(
        entry.path == "subscribe/" for entry in collections.tombstones
    )


def list_paths(collections: Collections, config: SiteConfig) -> frozenset[str]:
    """The paths, below a variant's root, of all pages and feeds that are not made from a source file of their own."""
    paths = {""} | set(feed_paths(plan_feeds(collections, config)))
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


@dataclass(slots=True)
class _Planner:
    """Plans the pages of one variant. Views that many pages share (cards, hops, terms) are made once and kept."""

    variant: Variant
    config: SiteConfig
    collections: Collections
    targets: Targets
    words: Words
    generator: str
    addresses: Addresses = field(init=False)
    site: SiteView = field(init=False)
    used: dict[str, LocalFile] = field(default_factory=dict)
    _cards: dict[str, Card] = field(default_factory=dict)
    _chains: dict[str, tuple[HopView, ...]] = field(default_factory=dict)
    _tag_views: dict[str, TermView] = field(init=False)
    _category_views: dict[str, TermView] = field(init=False)
    _nested: dict[str, tuple[TermView, ...]] = field(init=False)  # by the parent category, "" for the top
    _pages_of: dict[tuple[str, str], str] = field(init=False)
    _feeds: tuple[FeedPlan, ...] = field(init=False)
    _links: Mapping[tuple[FeedKind, str], tuple[FeedLink, ...]] = field(init=False)
    _members: Mapping[str, list[Entry]] = field(init=False)  # by the name of their digest issue, oldest first

    def __post_init__(self) -> None:
        self.addresses = Addresses.of(self.config.base_url)
        collections = self.collections
        convert = self.words.convert
        self._feeds = plan_feeds(collections, self.config)
        self._tag_views = {
            term.name: TermView(convert(term.name), self._url(term.path), len(term.entries))
            for term in collections.tags
        }
        self._category_views = {
            term.name: TermView(self._category_title(term.name), self._url(term.path), len(term.entries))
            for term in collections.categories
        }
        nested: dict[str, list[TermView]] = {}
        for name, view in self._category_views.items():
            nested.setdefault(name.rpartition("/")[0], []).append(view)
        self._nested = {parent: tuple(views) for parent, views in nested.items()}
        self._pages_of = {
            (kind, term.name): self._url(term.path)
            for kind, terms in (("source", collections.sources), ("author", collections.authors))
            for term in terms
        }
        self.site = self._site_view()
        self._links = feed_links(self._feeds, self._parts())
        members: dict[str, list[Entry]] = {}
        for entry in reversed(collections.articles):
            members.setdefault(entry.article.issue, []).append(entry)
        self._members = members

    # -- what pages are made of ------------------------------------------------------------------------------------

    def _url(self, path: str) -> str:
        return self.addresses.url(path, self.variant)

    def _category_title(self, name: str) -> str:
        titles = (category.title for category in self.config.categories if category.key == name)
        return next(map(self.words.worded, titles), "") or self.words.convert(name.rpartition("/")[2])

    def _site_view(self) -> SiteView:
        config, collections = self.config, self.collections
        has_rights = has_rights_page(collections, config) or any(entry.path == "rights/" for entry in collections.pages)
        has_subscribe = has_subscribe_page(collections, self._feeds) or any(
            entry.path == "subscribe/" for entry in collections.pages
        )
        return SiteView(
            title=self.words.worded(config.title),
            description=self.words.worded(config.description),
            variant=self.variant.tag,
            label=self.variant.label,
            home=self._url(""),
            base_path=self.addresses.base_path,
            home_absolute=self.addresses.absolute(self._url("")),
            author=config.author.name,
            author_email=config.author.email,
            author_url=config.author.url,
            categories=self._nested.get("", ()),
            pages=tuple(Link(self._text(entry).title, self._url(entry.path)) for entry in collections.pages),
            tags=self._url("tags/") if collections.tags else "",
            sources=self._url("sources/") if collections.sources else "",
            authors=self._url("authors/") if collections.authors else "",
            archive=self._url("archive/") if collections.months else "",
            issues=self._url("issues/") if collections.issues else "",
            feed=self._url("feed.xml") if any(plan.kind == "site" for plan in self._feeds) else "",
            subscribe=self._url("subscribe/") if has_subscribe else "",
            rights_page=self._url("rights/") if has_rights else "",
            rights_contact=config.rights.contact,
            notices=tuple(self.words.worded(notice) for notice in config.rights.notices),
            generator=self.generator,
            options=config.theme_options,
            tdm_reservation=config.rights.tdm_reservation,
            tdm_policy=printable(config.rights.tdm_policy) if config.rights.tdm_reservation else "",
        )

    def _text(self, entry: Entry) -> Text:
        return entry.rendered.texts[self.variant.tag]

    def _head(
        self,
        path: str,
        title: str,
        description: str = "",
        *,
        feed: tuple[FeedKind, str] = ("site", ""),
        noindex: bool = False,
        image: str = "",
    ) -> Head:
        url = self._url(path)
        alternates = []
        for variant in self.config.variants:
            other = self.addresses.url(path, variant)
            alternates.append(
                Alternate(
                    variant.tag, variant.label, other, self.addresses.absolute(other), variant.tag == self.variant.tag
                )
            )
        return Head(
            path=file_of(variant_path(path, self.variant)),
            url=url,
            variant=self.variant.tag,
            title=title,
            description=description,
            canonical=self.addresses.absolute(url),
            alternates=tuple(alternates),
            feeds=self._links.get(feed) or self._links.get(("site", ""), ()),
            noindex=noindex,
            image=image,
        )

    def _date(self, date: Date | None) -> DateView | None:
        if date is None:
            return None
        moment = date.moment.astimezone(self.config.zone) if date.has_time else date.moment
        return DateView(
            iso=moment.isoformat() if date.has_time else f"{moment:%Y-%m-%d}",
            text=f"{moment.year}年{moment.month}月{moment.day}日",
            time=f"{moment:%H:%M}" if date.has_time else "",
        )

    def _chain(self, entry: Entry) -> tuple[HopView, ...]:
        if entry.article.id not in self._chains:
            self._chains[entry.article.id] = tuple(self._hop(hop) for hop in entry.article.attribution)
        return self._chains[entry.article.id]

    def _hop(self, hop: Hop) -> HopView:
        return HopView(
            source=hop.source,
            page=self._pages_of.get(("source", hop.source), ""),
            authors=tuple(Link(name, self._pages_of.get(("author", name), "")) for name in people_in(hop.author)),
            translator="、".join(people_in(hop.translator)),
            title=hop.title,
            url=printable(hop.url),
            archived=printable(hop.archived),
            date=self._date(hop.date),
        )

    def _license(self, name: str) -> LicenseView | None:
        return LicenseView(name, license_url(name), granted=name != ALL_RIGHTS_RESERVED) if name else None

    def _cover(self, entry: Entry) -> PictureView | None:
        cover = entry.article.cover
        if cover is None or entry.article.rights.mode == "link":
            return None
        alt = self._text(entry).cover_alt
        if is_elsewhere(cover.src):
            return PictureView(printable(cover.src), alt, cover.credit, 0, 0, printable(cover.src))
        target = self._find(entry.article, cover.src)
        if not isinstance(target, Target):
            return None
        url = self.addresses.url(target.path)
        width, height = (target.file.width, target.file.height) if target.file else (0, 0)
        return PictureView(url, alt, cover.credit, width, height, self.addresses.absolute(url))

    def _body(
        self, entry: Entry, body: Body | None, *, comment: bool = False, absolute: bool = False
    ) -> BodyRef | None:
        if body is None:
            return None
        printed = []
        for number, reference in enumerate(entry.rendered.comment_references if comment else entry.rendered.references):
            # An excerpt has lost most of its references, and must not give away where they led.
            if f"\0{number}\0" in body.html:
                find = partial(self._find, entry.article)
                printed.append(print_reference(reference, find, self.addresses, self.variant, absolute=absolute))
            else:
                printed.append("")
        return BodyRef(body.digest, tuple(printed))

    def _find(self, article: Article, path: str) -> Target | str:
        """What a path in an article means. A file that a page refers to is remembered, so that it is published."""
        target = find_target(path, article, self.targets)
        if isinstance(target, Target) and target.file and target.path == target.file.asset_path:
            self.used[target.path] = target.file
        return target

    def _category(self, entry: Entry) -> Link | None:
        view = self._category_views.get(entry.category)
        return Link(view.name, view.url) if view else None

    def _trail(self, category: str) -> tuple[Link, ...]:
        """The categories from the top one down to this one."""
        parts = category.split("/") if category else []
        names = ["/".join(parts[: length + 1]) for length in range(len(parts))]
        return tuple(Link(view.name, view.url) for name in names if (view := self._category_views.get(name)))

    def _card(self, entry: Entry) -> Card:
        card = self._cards.get(entry.article.path)
        if card is None:
            article, text = entry.article, self._text(entry)
            card = self._cards[article.path] = Card(
                id=article.id,
                title=text.title,
                url=self._url(entry.path),
                summary=text.summary,
                date=self._date(article.date),
                category=self._category(entry),
                tags=tuple(self._tag_views[tag] for tag in entry.tags),
                chain=self._chain(entry),
                original=article.original,
                mode=article.rights.mode,
                notices=text.notices,
                cover=self._cover(entry),
            )
        return card

    def _paged(self, path: str, entries: Sequence[Entry]) -> Iterator[tuple[str, tuple[Card, ...], Pager]]:
        """The pages of a list: path, cards, pager. An empty list has one page."""
        count = max(1, -(-len(entries) // PAGE_SIZE))
        urls = tuple(self._url(numbered(path, number)) for number in range(1, count + 1))
        for number in range(1, count + 1):
            cards = tuple(self._card(entry) for entry in entries[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
            previous = urls[number - 2] if number > 1 else ""
            following = urls[number] if number < count else ""
            yield numbered(path, number), cards, Pager(number, count, previous, following, urls)

    # -- pages -----------------------------------------------------------------------------------------------------

    def pages(self) -> Iterator[PageView]:
        """All pages of the variant."""
        collections = self.collections
        for path, cards, pager in self._paged("", collections.articles):
            yield HomePage(self._head(path, self.site.title, self.site.description), cards, pager)
        yield from self._articles()
        generated = has_rights_page(collections, self.config)
        subscribe = has_subscribe_page(collections, self._feeds)
        own = {path for path, is_ours in (("rights/", generated), ("subscribe/", subscribe)) if is_ours}
        for entry in collections.pages:
            if entry.path not in own:
                yield self._standing(entry)
        if generated:
            yield self._rights_page()
        if subscribe:
            yield self._subscribe_page()
        for entry in collections.tombstones:
            yield self._tombstone(entry)
        for term in collections.categories:
            yield from self._category_pages(term)
        yield from self._term_pages("tag", "tags/", collections.tags)
        yield from self._term_pages("source", "sources/", collections.sources)
        yield from self._term_pages("author", "authors/", collections.authors)
        yield from self._archive()
        yield from self._issues()
        head = self._head("404.html", self.words.label("not_found"), noindex=True)
        yield NotFoundPage(replace(head, canonical="", alternates=()))

    def redirects(self) -> Iterator[RedirectPage]:
        """The pages at the aliases; they stand in the default variant alone."""
        for entry in self.collections.everything():
            for alias in entry.article.aliases:
                path = alias_path(alias)
                target = self._url(entry.path)
                head = replace(self._head(path, self._text(entry).title, noindex=True), alternates=(), feeds=())
                absolute = self.addresses.absolute(target)
                yield RedirectPage(replace(head, canonical=absolute), target, absolute)

    def _articles(self) -> Iterator[ArticlePage]:
        articles = self.collections.articles
        issues = {issue_name(entry.article): entry for entry in self.collections.issues}
        for number, entry in enumerate(articles):
            older = articles[number + 1] if number + 1 < len(articles) else None
            newer = articles[number - 1] if number else None
            yield self._article(entry, older, newer, issues.get(entry.article.issue))

    def _article(self, entry: Entry, older: Entry | None, newer: Entry | None, issue: Entry | None) -> ArticlePage:
        article, text, card = entry.article, self._text(entry), self._card(entry)
        repost = not article.original and article.rights.mode == "full" and bool(article.attribution)
        head = self._head(
            entry.path,
            text.title,
            text.summary,
            noindex=article.rights.noindex or (repost and not article.rights.permitted),
            image=card.cover.absolute_url if card.cover else "",
        )
        updated, license_view = self._date(article.updated), self._license(article.rights.license)
        words = entry.rendered.words if article.rights.mode == "full" else 0
        return ArticlePage(
            head=head,
            id=article.id,
            trail=self._trail(entry.category),
            date=card.date,
            updated=updated,
            category=card.category,
            tags=card.tags,
            chain=card.chain,
            original=article.original,
            mode=article.rights.mode,
            notices=text.notices,
            signoff=text.signoff,
            license=license_view,
            holder=article.rights.holder,
            summary=text.summary,
            cover=card.cover,
            body=self._body(entry, text.body),
            comment=self._body(entry, text.comment, comment=True),
            outline=tuple(HeadingView(heading.level, heading.id, heading.text) for heading in text.outline),
            words=words,
            minutes=max(1, round(words / WORDS_A_MINUTE)) if words else 0,
            issue=self._link(issue),
            previous=self._link(older),
            next=self._link(newer),
            original_links=tuple(hop for hop in card.chain if hop.url),
            lead=text.summary if article.summary else "",
            noncommercial=article.rights.noncommercial,
            report=self._report(article, head),
            json_ld=news_article(
                head=head,
                site=self.site,
                chain=card.chain,
                original=article.original,
                holder=article.rights.holder,
                notices=text.notices,
                license=license_view,
                date=card.date,
                updated=updated,
                cover=card.cover,
                keywords=tuple(tag.name for tag in card.tags),
                terms=(self.words.label("noncommercial"),) if article.rights.noncommercial else (),
            ),
        )

    def _report(self, article: Article, head: Head) -> str:
        """Where to report a problem with an article, its id with it: a letter to the site's contact, or the page of that."""
        contact = self.config.rights.contact
        if not contact:
            pages = (self._url(entry.path) for entry in self.collections.pages if entry.path == "contact/")
            mail = f"mailto:{self.config.author.email}" if self.config.author.email else ""
            contact = next(pages, mail)
        if contact.startswith("mailto:"):
            address, _, query = contact.partition("?")
            # Like every address it is the same in all variants: whoever gets the letter looks in one place.
            subject, page = f"[{article.id}] {article.title}", head.alternates[0].absolute_url
            parts = [query, f"subject={quote(subject, safe='')}", f"body={quote(page, safe='')}" if page else ""]
            return f"{address}?" + "&".join(filter(None, parts))
        if not contact:
            return ""
        address, mark, fragment = printable(contact).partition("#")
        return f"{address}{'&' if '?' in address else '?'}id={quote(article.id, safe='')}{mark}{fragment}"

    def _link(self, entry: Entry | None) -> Link | None:
        return Link(self._text(entry).title, self._url(entry.path)) if entry else None

    def _standing(self, entry: Entry) -> StandingPage:
        text = self._text(entry)
        return StandingPage(
            head=self._head(entry.path, text.title, text.summary),
            heading=text.title,
            updated=self._date(entry.article.updated),
            body=self._body(entry, text.body) or BodyRef("", ()),
            outline=tuple(HeadingView(heading.level, heading.id, heading.text) for heading in text.outline),
        )

    def _rights_page(self) -> RightsPage:
        config = self.config
        entry = next((entry for entry in self.collections.pages if entry.path == "rights/"), None)
        text = self._text(entry) if entry else None
        title = text.title if text else self.words.label("rights_page")
        counts = {term.name: len(term.entries) for term in self.collections.sources}
        names = [*counts, *(policy.name for policy in config.sources if not _listed(policy.name, counts))]
        return RightsPage(
            head=self._head("rights/", title, text.summary if text else ""),
            heading=title,
            updated=self._date(entry.article.updated) if entry else None,
            body=self._body(entry, text.body) if entry and text else None,
            outline=tuple(HeadingView(heading.level, heading.id, heading.text) for heading in text.outline)
            if text
            else (),
            mode=config.rights.mode,
            notices=self.site.notices,
            own_license=self._license(config.rights.own_license),
            contact=config.rights.contact,
            sources=tuple(self._source(name, counts.get(name, 0)) for name in sorted(names)),
        )

    def _subscribe_page(self) -> SubscribePage:
        entry = next((entry for entry in self.collections.pages if entry.path == "subscribe/"), None)
        text = self._text(entry) if entry else None
        title = text.title if text else self.words.label("subscribe")
        return SubscribePage(
            head=self._head("subscribe/", title, text.summary if text else ""),
            heading=title,
            updated=self._date(entry.article.updated) if entry else None,
            body=self._body(entry, text.body) if entry and text else None,
            outline=tuple(HeadingView(heading.level, heading.id, heading.text) for heading in text.outline)
            if text
            else (),
            offers=make_offers(self._feeds, self._parts()),
            variants=make_variant_offers(self.config, self.addresses, self.variant),
            opml=make_address("OPML", "feeds.opml", self.variant, self.addresses),
            archived=any(plan.archives for plan in self._feeds),
        )

    def _source(self, name: str, count: int) -> SourceView:
        """A source and its terms: those of the site, where it has none of its own."""
        policies = [policy for policy in self.config.sources if is_same_source(policy.name, name)]
        modes = (self.config.rights.mode, *(policy.mode for policy in policies if policy.mode))
        return SourceView(
            name=name,
            page=self._pages_of.get(("source", name), ""),
            url=next((printable(policy.url) for policy in policies if policy.url), ""),
            count=count,
            mode=max(modes, key=MODES.index),
            license=self._license(next((policy.license for policy in policies if policy.license), "")),
            notices=tuple(self.words.worded(notice) for policy in policies for notice in policy.notices),
            noindex=any(policy.noindex for policy in policies),
        )

    def _tombstone(self, entry: Entry) -> TombstonePage:
        text, withdrawn = self._text(entry), entry.article.withdrawn
        assert withdrawn is not None
        date = self._date(withdrawn.date)
        assert date is not None
        head = self._head(entry.path, text.title, noindex=True)
        chain = self._chain(entry)
        return TombstonePage(head, text.title, date, text.reason, chain, entry.article.original, entry.article.id)

    def _category_pages(self, term: Term) -> Iterator[ListPage]:
        view = self._category_views[term.name]
        children = self._nested.get(term.name, ())
        trail = self._trail(term.name.rpartition("/")[0])
        for path, cards, pager in self._paged(term.path, term.entries):
            head = self._head(path, view.name, feed=("category", term.name))
            yield ListPage(head, "category", view.name, "", trail, children, cards, pager)

    def _term_pages(
        self, kind: Literal["tag", "source", "author"], folder: str, terms: Sequence[Term]
    ) -> Iterator[TermPage | ListPage]:
        if not terms:
            return
        title = self.words.label(folder.rstrip("/"))
        views = tuple(
            self._tag_views[term.name]
            if kind == "tag"
            else TermView(term.name, self._url(term.path), len(term.entries))
            for term in terms
        )
        yield TermPage(self._head(folder, title), kind, views)
        trail = (Link(title, self._url(folder)),)
        for term, view in zip(terms, views, strict=True):
            of_source = self._source(term.name, len(term.entries)) if kind == "source" else None
            link = of_source.url if of_source else ""
            feed: tuple[FeedKind, str] = (kind, term.name) if kind != "author" else ("site", "")
            for path, cards, pager in self._paged(term.path, term.entries):
                yield ListPage(
                    self._head(path, view.name, feed=feed), kind, view.name, link, trail, (), cards, pager, of_source
                )

    def _archive(self) -> Iterator[ArchivePage]:
        terms = self.collections.months
        if not terms:
            return
        title = self.words.label("archive")
        months = [
            MonthView(f"{int(term.name[:4])}年{int(term.name[5:])}月", self._url(term.path), len(term.entries))
            for term in terms
        ]
        years: dict[str, list[MonthView]] = {}
        for term, month in zip(terms, months, strict=True):
            years.setdefault(f"{term.name[:4]}年", []).append(month)
        listed = tuple(YearView(label, tuple(of_year)) for label, of_year in years.items())
        yield ArchivePage(self._head("archive/", title), listed, None, None, None, ())
        for number, (term, month) in enumerate(zip(terms, months, strict=True)):
            older = months[number + 1] if number + 1 < len(months) else None
            newer = months[number - 1] if number else None
            cards = tuple(self._card(entry) for entry in term.entries)
            yield ArchivePage(self._head(term.path, f"{title} {month.label}"), (), month, older, newer, cards)

    def _issues(self) -> Iterator[IssuePage]:
        issues = self.collections.issues
        if not issues:
            return
        title = self.words.label("issues")
        members = {entry.article.path: self._groups(entry) for entry in issues}
        entries = tuple(
            IssueEntry(
                self._text(entry).title,
                self._url(entry.path),
                self._date(entry.article.date),
                self._text(entry).summary,
                sum(len(cards) for _, cards in members[entry.article.path]),
            )
            for entry in issues
        )
        yield IssuePage(
            self._head("issues/", title, feed=("issues", "")), (), title, None, None, (), None, None, entries
        )
        for number, entry in enumerate(issues):
            text = self._text(entry)
            yield IssuePage(
                head=self._head(entry.path, text.title, text.summary, feed=("issues", "")),
                trail=(Link(title, self._url("issues/")),),
                heading=text.title,
                date=self._date(entry.article.date),
                body=self._body(entry, text.body),
                groups=members[entry.article.path],
                previous=self._link(issues[number + 1]) if number + 1 < len(issues) else None,
                next=self._link(issues[number - 1]) if number else None,
                issues=(),
            )

    def _groups(self, issue: Entry) -> tuple[tuple[str, tuple[Card, ...]], ...]:
        return tuple((name, tuple(map(self._card, entries))) for name, entries in self._listed(issue))

    def _listed(self, issue: Entry) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
        """The items of a digest issue by top category, in the order of the settings; those without one last."""
        groups: dict[str, list[Entry]] = {}
        for entry in self._members.get(issue_name(issue.article), ()):
            groups.setdefault(entry.category.partition("/")[0], []).append(entry)
        order = {name: number for number, name in enumerate(self._category_views)}
        return tuple(
            (self._category_views[name].name if name else "", tuple(groups[name]))
            for name in sorted(groups, key=lambda name: order.get(name, len(order)))
        )

    # -- feeds -----------------------------------------------------------------------------------------------------

    def feeds(self) -> Iterator[FeedView]:
        """The feeds of the variant."""
        return make_feeds(self._feeds, self._parts())

    def opml(self) -> tuple[OpmlView, ...]:
        """The list of the variant's feeds, where it has any."""
        return (make_opml(self._feeds, self._parts()),) if any(not plan.is_alone for plan in self._feeds) else ()

    def _parts(self) -> Parts:
        """What feeds are made of."""
        return Parts(
            variant=self.variant,
            config=self.config,
            site=self.site,
            addresses=self.addresses,
            label=self.words.label,
            term_title=self._term_title,
            text=self._text,
            card=self._card,
            chain=self._chain,
            body=partial(self._body, absolute=True),
            comment=partial(self._body, comment=True, absolute=True),
            license=self._license,
            listed=self._listed,
        )

    def _term_title(self, kind: str, name: str) -> str:
        if kind == "category":
            return self._category_title(name)
        return self.words.convert(name) if kind == "tag" else name


def _listed(name: str, names: Iterable[str]) -> bool:
    return any(is_same_source(name, other) for other in names)


def _sitemap(pages: Sequence[PageView], collections: Collections, config: SiteConfig) -> tuple[SitemapEntry, ...]:
    """All pages that search engines may list, each in each variant."""
    prefixes = {variant.tag: variant_path("", variant) for variant in config.variants}
    changed = {file_of(entry.path): entry.article.updated or entry.article.date for entry in collections.everything()}
    entries = []
    for page in pages:
        head = page.head
        if head.noindex or not head.alternates:
            continue
        date = changed.get(head.path.removeprefix(prefixes[head.variant]))
        alternates = tuple((alternate.tag, alternate.absolute_url) for alternate in head.alternates)
        entries.append(
            SitemapEntry(head.canonical, alternates, head.alternates[0].absolute_url, date.moment if date else None)
        )
    return tuple(entries)
