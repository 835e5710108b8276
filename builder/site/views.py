"""What a template may see: frozen, complete values. A page's bytes depend on its view, the site's view, the theme and the
rendering code alone. Every URL here is ready to print: percent-encoded, and root-relative under the base path unless the
field says absolute. Every text is in the page's variant; names, original titles and licences are as their authors wrote them.

A page is made of dozens of these: msgspec's structs are made, hashed and compared several times as fast as dataclasses.
Nothing in a view leads back to it, so the garbage collector need not follow them (`gc=False`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from builder.site.permalinks import FeedFormat


class Link(Struct, frozen=True, gc=False):
    """A text and where it leads ("" leads nowhere: print the text)."""

    title: str
    url: str


class DateView(Struct, frozen=True, gc=False):
    """`iso` for `<time datetime>`, `text` for the reader (2026年3月26日), `time` as 09:30 or "" for a whole day."""

    iso: str
    text: str
    time: str


class PictureView(Struct, frozen=True, gc=False):
    """A picture. Width and height are in pixels, 0 when they are not known (a picture of another host)."""

    url: str
    alt: str
    credit: str
    width: int
    height: int
    absolute_url: str


class TermView(Struct, frozen=True, gc=False):
    """A tag, category, source or author, with its page and the number of items there."""

    name: str
    url: str
    count: int


class HopView(Struct, frozen=True, gc=False):
    """One station of the chain. `url` is the hop's own address or ""; `page` and the links of `authors` lead to pages of
    this site."""

    source: str
    page: str
    authors: tuple[Link, ...]  # none where there is only a placeholder such as 佚名
    translator: str
    title: str
    url: str
    archived: str
    date: DateView | None

    @property
    def author(self) -> str:
        """The names of the authors as one text, joined by 、."""
        return "、".join(who.title for who in self.authors)


class LicenseView(Struct, frozen=True, gc=False):
    """`name` is an SPDX id or a URL, `url` the deed's address; `granted` is false for all-rights-reserved."""

    name: str
    url: str
    granted: bool


class HeadingView(Struct, frozen=True, gc=False):
    """An entry of the contents list."""

    level: int
    id: str
    text: str


class BodyRef(Struct, frozen=True, gc=False):
    """A rendered body by the digest of its HTML, with what its references resolve to, in order. `{{ body(ref) }}` prints it."""

    digest: str
    references: tuple[str, ...]


class Card(Struct, frozen=True, gc=False):
    """An item of a list."""

    id: str
    title: str
    url: str
    summary: str
    date: DateView | None
    category: Link | None
    tags: tuple[Link, ...]
    chain: tuple[HopView, ...]
    original: bool
    mode: Literal["full", "excerpt", "link"]
    notices: tuple[str, ...]
    cover: PictureView | None


class Alternate(Struct, frozen=True, gc=False):
    """This page in a variant. `url` is root-relative, `absolute_url` absolute or "" where the site has no base URL."""

    tag: str
    label: str
    url: str
    absolute_url: str
    current: bool


class FeedLink(Struct, frozen=True, gc=False):
    """A feed for autodiscovery."""

    title: str
    type: str
    url: str


class Head(Struct, frozen=True, gc=False):
    """What every page has."""

    path: str  # the file under the output folder
    url: str
    variant: str
    title: str
    description: str
    canonical: str  # absolute, or "" where the site has no base URL
    alternates: tuple[Alternate, ...]  # all variants of this page, this one included; empty for the 404 page
    feeds: tuple[FeedLink, ...]
    noindex: bool
    image: str = ""  # absolute, for Open Graph


class Pager(Struct, frozen=True, gc=False):
    """A page of a longer list. `pages` are the addresses of all of them, in order."""

    number: int
    count: int
    previous: str
    next: str
    pages: tuple[str, ...]


class HomePage(Struct, frozen=True, gc=False):
    """The newest items of the site."""

    template = "home"
    head: Head
    cards: tuple[Card, ...]
    pager: Pager


class SourceView(Struct, frozen=True, gc=False):
    """A source and its terms on this site: `page` is this site's page of it ("" without articles), `url` its own address."""

    name: str
    page: str
    url: str
    count: int
    mode: Literal["full", "excerpt", "link"]  # how much of its texts is published at most
    license: LicenseView | None
    notices: tuple[str, ...]  # its own, beside those of the whole site
    noindex: bool


class ListPage(Struct, frozen=True, gc=False):
    """The items of one term: a category, tag, source or author."""

    template = "list"
    head: Head
    kind: Literal["category", "tag", "source", "author"]
    heading: str
    link: str  # the source's own address, or ""
    trail: tuple[Link, ...]  # from the home page to the parent
    children: tuple[TermView, ...]  # nested categories
    cards: tuple[Card, ...]
    pager: Pager
    terms: SourceView | None = None  # of a source


class TermPage(Struct, frozen=True, gc=False):
    """All terms of one kind: /tags/, /sources/, /authors/."""

    template = "term"
    head: Head
    kind: Literal["tag", "source", "author"]
    terms: tuple[TermView, ...]


class MonthView(Struct, frozen=True, gc=False):
    """A month of the archive. `label` as 2026年3月."""

    label: str
    url: str
    count: int


class YearView(Struct, frozen=True, gc=False):
    """A year of the archive, newest month first."""

    label: str
    months: tuple[MonthView, ...]


class ArchivePage(Struct, frozen=True, gc=False):
    """/archive/ (`month` is None, `cards` empty) and /archive/2026/03/."""

    template = "archive"
    head: Head
    years: tuple[YearView, ...]
    month: MonthView | None
    previous: MonthView | None
    next: MonthView | None
    cards: tuple[Card, ...]


class ArticlePage(Struct, frozen=True, gc=False):
    """An article. `body` is the whole text in mode full, the excerpt in mode excerpt, and None in mode link."""

    template = "article"
    head: Head
    id: str
    trail: tuple[Link, ...]
    date: DateView | None
    updated: DateView | None
    category: Link | None
    tags: tuple[Link, ...]
    chain: tuple[HopView, ...]  # from the origin to the nearest copy; empty for the site's own texts
    original: bool
    mode: Literal["full", "excerpt", "link"]
    notices: tuple[str, ...]
    signoff: str  # HTML, sanitised
    license: LicenseView | None
    holder: str
    summary: str
    cover: PictureView | None
    body: BodyRef | None
    comment: BodyRef | None
    outline: tuple[HeadingView, ...]
    words: int
    minutes: int
    issue: Link | None
    previous: Link | None  # the older one
    next: Link | None  # the newer one
    original_links: tuple[HopView, ...]  # the hops with an address of their own, origin first
    json_ld: str
    lead: str = ""  # the summary where somebody wrote one; "" where it only repeats the first sentences of the body
    noncommercial: bool = False  # the text must not be used commercially, whatever else its licence says
    report: str = ""  # where to report a problem with this article: an address that carries its id, or ""


class IssuePage(Struct, frozen=True, gc=False):
    """One digest issue: its introduction and its items, by category. Also /issues/ itself, with `issues` and no body."""

    template = "issue"
    head: Head
    trail: tuple[Link, ...]
    heading: str
    date: DateView | None
    body: BodyRef | None
    groups: tuple[tuple[str, tuple[Card, ...]], ...]
    previous: Link | None
    next: Link | None
    issues: tuple[IssueEntry, ...]


class IssueEntry(Struct, frozen=True, gc=False):
    """A digest issue in the list of issues."""

    title: str
    url: str
    date: DateView | None
    summary: str
    count: int


class StandingPage(Struct, frozen=True, gc=False):
    """About, rights, contact."""

    template = "page"
    head: Head
    heading: str
    updated: DateView | None
    body: BodyRef
    outline: tuple[HeadingView, ...]


class RightsPage(Struct, frozen=True, gc=False):
    """/rights/: whose texts stand here on what terms. `body` is that of pages/rights.md, where there is one."""

    template = "rights"
    head: Head
    heading: str
    updated: DateView | None
    body: BodyRef | None
    outline: tuple[HeadingView, ...]
    mode: Literal["full", "excerpt", "link"]  # how much of others' texts is published at most
    notices: tuple[str, ...]
    own_license: LicenseView | None  # of the site's own texts
    contact: str  # an address, or ""
    sources: tuple[SourceView, ...]  # by name


class FeedAddress(Struct, frozen=True, gc=False):
    """A file for feed readers. `format` as it is called: RSS, Atom, JSON Feed or OPML."""

    format: str
    url: str
    absolute_url: str


class FeedOffer(Struct, frozen=True, gc=False):
    """A feed on the subscribe page. `page` is the page that it is the feed of."""

    kind: Literal["site", "category", "tag", "source", "issues"]
    title: str
    page: str
    addresses: tuple[FeedAddress, ...]  # RSS, Atom, JSON Feed


class VariantOffer(Struct, frozen=True, gc=False):
    """The whole site's feeds in a variant, and its subscribe page."""

    tag: str
    label: str
    page: str
    addresses: tuple[FeedAddress, ...]  # RSS, Atom, JSON Feed, OPML
    current: bool


class SubscribePage(Struct, frozen=True, gc=False):
    """/subscribe/: the feeds of this variant, and where those of the others are. `body` is that of pages/subscribe.md, where
    there is one."""

    template = "subscribe"
    head: Head
    heading: str
    updated: DateView | None
    body: BodyRef | None
    outline: tuple[HeadingView, ...]
    offers: tuple[FeedOffer, ...]  # the site's first
    variants: tuple[VariantOffer, ...]
    opml: FeedAddress
    archived: bool  # whether what has left the site's feed can be had from its archive


class TombstonePage(Struct, frozen=True, gc=False):
    """What is left of a withdrawn article: that it was here, when it went and why. No text."""

    template = "tombstone"
    head: Head
    title: str
    date: DateView
    reason: str
    chain: tuple[HopView, ...]
    original: bool = False  # it was the site's own text: the chain is its references
    id: str = ""


class NotFoundPage(Struct, frozen=True, gc=False):
    """404.html. It may be shown at any address."""

    template = "404"
    head: Head


class RedirectPage(Struct, frozen=True, gc=False):
    """An alias: leads to `target`."""

    template = "redirect"
    head: Head
    target: str
    absolute_target: str


class ListedItem(Struct, frozen=True, gc=False):
    """An article in the feed item of its digest issue. `url` is absolute."""

    title: str
    url: str
    summary: str
    authors: tuple[str, ...]
    chain: tuple[HopView, ...]
    original: bool
    notices: tuple[str, ...]


class FeedItem(Struct, frozen=True, gc=False):
    """An item of a feed. All URLs are absolute, those in the bodies included; a hop's pages of this site are not for feeds."""

    guid: str
    title: str
    url: str
    date: datetime  # aware
    updated: datetime  # aware; the date where there was no update
    categories: tuple[str, ...]
    chain: tuple[HopView, ...]
    original: bool
    mode: Literal["full", "excerpt", "link"]
    notices: tuple[str, ...]
    signoff: str  # HTML, sanitised
    license: LicenseView | None
    holder: str
    summary: str
    cover: PictureView | None
    body: BodyRef | None
    comment: BodyRef | None
    withdrawn: str  # the reason, for a tombstone; else ""
    lead: str = ""  # the summary where somebody wrote one
    noncommercial: bool = False
    authors: tuple[str, ...] = ()  # who wrote it, by name
    publisher: str = ""  # who stands for it where nobody is named: the source that it came from, or this site
    listed: tuple[tuple[str, tuple[ListedItem, ...]], ...] = ()  # of a digest issue: its items by category


class FeedView(Struct, frozen=True, gc=False):
    """A feed in one variant and format, newest item first. `url` is its own absolute address. An archive document has
    `current`, the address of the feed that it belongs to."""

    path: str
    url: str
    home: str  # absolute: the page this is the feed of
    title: str
    description: str
    variant: str
    author: str
    author_email: str
    copyright: str
    updated: datetime  # the newest change of an item
    items: tuple[FeedItem, ...]
    format: FeedFormat = "rss"
    id: str = ""  # of the feed: the same wherever it is, and in its archive documents
    author_url: str = ""
    hub: str = ""  # a WebSub hub, or ""
    current: str = ""
    previous_archive: str = ""  # the archive document before this one, or ""


class OpmlView(Struct, frozen=True, gc=False):
    """All feeds of a variant: (title, address, page) of each, all addresses absolute."""

    path: str
    title: str
    variant: str
    feeds: tuple[tuple[str, str, str], ...]


class SitemapEntry(Struct, frozen=True, gc=False):
    """A page in one variant. All addresses are absolute and percent-encoded; `alternates` are pairs of variant and address,
    this page included, and `default` is where a visitor without a preference goes ("" leaves that out)."""

    url: str
    alternates: tuple[tuple[str, str], ...]
    default: str
    updated: datetime | None  # from the content; never when it was built


PageView: TypeAlias = (
    HomePage
    | ListPage
    | TermPage
    | ArchivePage
    | ArticlePage
    | IssuePage
    | StandingPage
    | RightsPage
    | SubscribePage
    | TombstonePage
    | NotFoundPage
    | RedirectPage
)


class SiteView(Struct, frozen=True, gc=False):
    """What all pages of a variant share."""

    title: str
    description: str
    variant: str
    label: str
    home: str
    base_path: str
    home_absolute: str  # absolute address of this variant's home, or ""
    author: str
    author_email: str
    author_url: str
    categories: tuple[Link, ...]  # top level, in the order of the settings
    pages: tuple[Link, ...]  # standing pages, in the order of their file names
    tags: str  # addresses of the lists, "" where there is none
    sources: str
    authors: str
    archive: str
    issues: str
    feed: str
    subscribe: str  # the subscribe page, "" where there is none
    rights_page: str  # likewise
    rights_contact: str
    notices: tuple[str, ...]  # the notices of the whole site
    generator: str
    options: tuple[tuple[str, str], ...] = ()  # the theme's options
    tdm_reservation: bool = False  # text and data mining is reserved (https://www.w3.org/community/tdmrep/)
    tdm_policy: str = ""


def bodies_of(view: PageView) -> Iterator[BodyRef]:
    """What every theme prints of a page's texts: its body, and the comment on it."""
    for ref in (getattr(view, "body", None), getattr(view, "comment", None)):
        if ref:
            yield ref
