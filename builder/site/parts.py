"""What the pages and feeds of a variant are made of: its texts and addresses, and the views that many of them share, made
once and kept."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from builder.config import ALL_RIGHTS_RESERVED
from builder.content.attribution import people_in
from builder.content.rights import license_url
from builder.site.collections import issue_name
from builder.site.feeds import links_of
from builder.site.permalinks import Addresses, file_of, numbered, printable, variant_path
from builder.site.plan import has_rights_page, has_subscribe_page, members_of_issues
from builder.site.references import Target, is_elsewhere, print_reference, shows_cover
from builder.site.views import (
    Alternate,
    BodyRef,
    Card,
    DateView,
    FeedLink,
    Head,
    HopView,
    LicenseView,
    Link,
    PictureView,
    SiteView,
    TermView,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.config import SiteConfig, Variant, Wording
    from builder.content.models import Date, Hop
    from builder.rendering.articles import Text
    from builder.rendering.records import BodyKey, Texts
    from builder.site.collections import Collections, Entry
    from builder.site.feeds import FeedKind, FeedPlan

#: So many texts are kept decoded: those of an article, its neighbours, and what a list shows.
_TEXTS_KEPT = 2048


class Words(Protocol):
    """The texts of the site itself in one variant."""

    def convert(self, text: str) -> str:
        """A term in the source variant's script."""

    def worded(self, wording: Wording) -> str:
        """A text of the settings."""

    def label(self, key: str) -> str:
        """One of the theme's interface texts."""


class Parts:
    """See above. Everything is made when it is first asked for."""

    def __init__(
        self,
        variant: Variant,
        config: SiteConfig,
        collections: Collections,
        resolved: Mapping[str, Mapping[str, Target | str]],
        feeds: tuple[FeedPlan, ...],
        words: Words,
        texts: Texts,
        generator: str,
    ) -> None:
        """`resolved` tells what the references of each source mean, `texts` what the articles say."""
        self.variant, self.config, self.collections, self.feeds, self.words = variant, config, collections, feeds, words
        self.addresses = Addresses.of(config.base_url)
        self._root = self.addresses.below(variant)
        self._roots = tuple((each, self.addresses.below(each)) for each in config.variants)
        self.resolved, self._generator = resolved, generator
        self._stored = texts
        self._texts: dict[str, Text[BodyKey]] = {}
        self._cards: dict[str, Card] = {}
        self._chains: dict[str, tuple[HopView, ...]] = {}
        self._trails: dict[str, tuple[Link, ...]] = {}
        self._pages_of_lists: dict[tuple[str, int], tuple[str, ...]] = {}
        self._feed_links: dict[tuple[FeedKind, str], tuple[FeedLink, ...]] = {}

    def forget(self) -> None:
        """Let go of what was kept of articles for the pages of this variant."""
        for kept in (self._texts, self._cards, self._chains):
            kept.clear()

    @cached_property
    def site(self) -> SiteView:
        """What all pages share."""
        config, collections = self.config, self.collections
        has_rights = has_rights_page(collections, config) or any(entry.path == "rights/" for entry in collections.pages)
        has_subscribe = has_subscribe_page(collections, self.feeds) or any(
            entry.path == "subscribe/" for entry in collections.pages
        )
        return SiteView(
            title=self.words.worded(config.title),
            description=self.words.worded(config.description),
            variant=self.variant.tag,
            label=self.variant.label,
            home=self.url(""),
            base_path=self.addresses.base_path,
            home_absolute=self.addresses.absolute(self.url("")),
            author=config.author.name,
            author_email=config.author.email,
            author_url=config.author.url,
            categories=tuple(
                Link(view.name, view.url) for name, view in self.category_views.items() if "/" not in name
            ),
            pages=tuple(Link(self.text(entry).title, self.url(entry.path)) for entry in collections.pages),
            tags=self.url("tags/") if collections.tags else "",
            sources=self.url("sources/") if collections.sources else "",
            authors=self.url("authors/") if collections.authors else "",
            archive=self.url("archive/") if collections.months else "",
            issues=self.url("issues/") if collections.issues else "",
            feed=self.url("feed.xml") if any(plan.kind == "site" for plan in self.feeds) else "",
            subscribe=self.url("subscribe/") if has_subscribe else "",
            rights_page=self.url("rights/") if has_rights else "",
            rights_contact=config.rights.contact,
            notices=tuple(self.words.worded(notice) for notice in config.rights.notices),
            generator=self._generator,
            options=config.theme_options,
            tdm_reservation=config.rights.tdm_reservation,
            tdm_policy=printable(config.rights.tdm_policy) if config.rights.tdm_reservation else "",
        )

    @cached_property
    def category_views(self) -> dict[str, TermView]:
        """All categories by their keys, in order."""
        return {
            term.name: TermView(self.category_title(term.name), self.url(term.path), len(term.entries))
            for term in self.collections.categories
        }

    @cached_property
    def tag_links(self) -> dict[str, Link]:
        """All tags by their names in the source variant."""
        return {term.name: Link(self.words.convert(term.name), self.url(term.path)) for term in self.collections.tags}

    def convert_terms(self) -> None:
        """Convert what names terms now: what is converted when a page asks for it is not remembered, and each process that
        renders pages would load the conversion for it."""
        _ = self.category_views, self.tag_links

    @cached_property
    def pages_of(self) -> dict[tuple[str, str], str]:
        """The addresses of the pages of sources and authors, by ("source" or "author", name)."""
        collections = self.collections
        return {
            (kind, term.name): self.url(term.path)
            for kind, terms in (("source", collections.sources), ("author", collections.authors))
            for term in terms
        }

    @cached_property
    def everything(self) -> tuple[Entry, ...]:
        """All that is published, as redirects number it."""
        return self.collections.everything()

    @cached_property
    def issues(self) -> dict[str, Entry]:
        """The digest issues by their names."""
        return {issue_name(entry.article): entry for entry in self.collections.issues}

    @cached_property
    def _feed_plans(self) -> dict[tuple[FeedKind, str], FeedPlan]:
        return {(feed.kind, feed.name): feed for feed in self.feeds}

    @cached_property
    def _members(self) -> Mapping[str, tuple[Entry, ...]]:
        return members_of_issues(self.collections)

    def url(self, path: str) -> str:
        """The root-relative address of a path below the variant's root."""
        return self._root.url(path)

    def absolute(self, path: str) -> str:
        """The absolute address of a path below the variant's root, "" where the site does not know its own."""
        return self._root.absolute(path)

    def pages_of_list(self, path: str, count: int) -> tuple[str, ...]:
        """The addresses of the pages of a list that has so many."""
        urls = self._pages_of_lists.get((path, count))
        if urls is None:
            urls = tuple(self.url(numbered(path, number)) for number in range(1, count + 1))
            self._pages_of_lists[path, count] = urls
        return urls

    def label(self, key: str) -> str:
        """One of the theme's interface texts."""
        return self.words.label(key)

    def text(self, entry: Entry) -> Text[BodyKey]:
        """What an entry says."""
        path = entry.article.path
        text = self._texts.get(path)
        if text is None:
            if len(self._texts) >= _TEXTS_KEPT:
                self._texts.clear()
            text = self._texts[path] = self._stored.read(entry.rendered, self.variant.tag)
        return text

    def link(self, entry: Entry | None) -> Link | None:
        """The title and address of an entry."""
        return Link(self.text(entry).title, self.url(entry.path)) if entry else None

    def category_title(self, name: str) -> str:
        """The title of a category, whether it has a page or not."""
        titles = (category.title for category in self.config.categories if category.key == name)
        return next(map(self.words.worded, titles), "") or self.words.convert(name.rpartition("/")[2])

    def head(
        self,
        path: str,
        title: str,
        description: str = "",
        *,
        feed: tuple[FeedKind, str] = ("site", ""),
        noindex: bool = False,
        image: str = "",
    ) -> Head:
        """The head of a page: `path` is below the variant's root, `feed` what it is announced with beside the site's feed."""
        current = self.variant.tag
        return Head(
            path=file_of(variant_path(path, self.variant)),
            url=self.url(path),
            variant=current,
            title=title,
            description=description,
            canonical=self.absolute(path),
            alternates=tuple(
                [
                    Alternate(variant.tag, variant.label, root.url(path), root.absolute(path), variant.tag == current)
                    for variant, root in self._roots
                ]
            ),
            feeds=self._feeds_of(feed),
            noindex=noindex,
            image=image,
        )

    def _feeds_of(self, feed: tuple[FeedKind, str]) -> tuple[FeedLink, ...]:
        links = self._feed_links.get(feed)
        if links is None:
            links = self._feed_links[feed] = links_of(feed, self._feed_plans, self)
        return links

    def date(self, date: Date | None) -> DateView | None:
        """A date in the site's zone."""
        if date is None:
            return None
        moment = date.moment.astimezone(self.config.zone)
        iso = moment.isoformat()  # 2026-03-26T09:30:00+08:00
        return DateView(
            iso=iso if date.has_time else iso[:10],
            text=f"{moment.year}年{moment.month}月{moment.day}日",
            time=iso[11:16] if date.has_time else "",
        )

    def chain(self, entry: Entry) -> tuple[HopView, ...]:
        """Where the text of an entry comes from."""
        chain = self._chains.get(entry.article.path)
        if chain is None:
            chain = self._chains[entry.article.path] = tuple(self._hop(hop) for hop in entry.article.attribution)
        return chain

    def _hop(self, hop: Hop) -> HopView:
        return HopView(
            source=hop.source,
            page=self.pages_of.get(("source", hop.source), ""),
            authors=tuple(Link(name, self.pages_of.get(("author", name), "")) for name in people_in(hop.author)),
            translator="、".join(people_in(hop.translator)),
            title=hop.title,
            url=printable(hop.url),
            archived=printable(hop.archived),
            date=self.date(hop.date),
        )

    def license(self, name: str) -> LicenseView | None:
        """A licence by its name, None for ""."""
        return LicenseView(name, license_url(name), granted=name != ALL_RIGHTS_RESERVED) if name else None

    def _cover(self, entry: Entry) -> PictureView | None:
        cover = entry.article.cover
        if cover is None or not shows_cover(entry.article):
            return None
        alt = self.text(entry).cover_alt
        if is_elsewhere(cover.src):
            return PictureView(printable(cover.src), alt, cover.credit, 0, 0, printable(cover.src))
        target = self.resolved[entry.article.path][cover.src]
        if not isinstance(target, Target):
            return None
        url = self.addresses.url(target.path)
        width, height = (target.file.width, target.file.height) if target.file else (0, 0)
        return PictureView(url, alt, cover.credit, width, height, self.addresses.absolute(url))

    def body(
        self, entry: Entry, body: BodyKey | None, *, comment: bool = False, absolute: bool = False
    ) -> BodyRef | None:
        """A body of an entry, or its comment, with what its references resolve to."""
        if body is None:
            return None
        references = entry.rendered.comment_references if comment else entry.rendered.references
        # An excerpt has lost most of its references, and must not give away where they led.
        standing = body.references
        if not standing:
            return BodyRef(body.digest, ())
        find = self.resolved.get(entry.article.path, {}).__getitem__
        printed = [""] * len(references)
        for number in standing:
            printed[number] = print_reference(references[number], find, self.addresses, self.variant, absolute=absolute)
        return BodyRef(body.digest, tuple(printed))

    def category(self, entry: Entry) -> Link | None:
        """The category of an entry."""
        view = self.category_views.get(entry.category)
        return Link(view.name, view.url) if view else None

    def term_title(self, kind: str, name: str) -> str:
        """The title of a category, tag or source, whether it has a page or not."""
        if kind == "category":
            return self.category_title(name)
        return self.words.convert(name) if kind == "tag" else name

    def trail(self, category: str) -> tuple[Link, ...]:
        """The categories from the top one down to this one."""
        trail = self._trails.get(category)
        if trail is None:
            parts = category.split("/") if category else []
            names = ["/".join(parts[: length + 1]) for length in range(len(parts))]
            trail = tuple(Link(view.name, view.url) for name in names if (view := self.category_views.get(name)))
            self._trails[category] = trail
        return trail

    def card(self, entry: Entry) -> Card:
        """An entry as an item of a list."""
        card = self._cards.get(entry.article.path)
        if card is None:
            article, text = entry.article, self.text(entry)
            card = self._cards[article.path] = Card(
                id=article.id,
                title=text.title,
                url=self.url(entry.path),
                summary=text.summary,
                date=self.date(article.date),
                category=self.category(entry),
                tags=tuple(self.tag_links[tag] for tag in entry.tags),
                chain=self.chain(entry),
                original=article.original,
                mode=article.rights.mode,
                notices=text.notices,
                cover=self._cover(entry),
            )
        return card

    def listed(self, issue: Entry) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
        """The items of a digest issue by top category, in the order of the settings; those without one last."""
        groups: dict[str, list[Entry]] = {}
        for entry in self._members.get(issue_name(issue.article), ()):
            groups.setdefault(entry.category.partition("/")[0], []).append(entry)
        order = {name: number for number, name in enumerate(self.category_views)}
        return tuple(
            (self.category_views[name].name if name else "", tuple(groups[name]))
            for name in sorted(groups, key=lambda name: order.get(name, len(order)))
        )
