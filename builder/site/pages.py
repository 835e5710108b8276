"""A planned page → its view: a frozen value with everything that a template may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import quote

from msgspec.structs import replace

from builder.config import MODES
from builder.content.rights import is_same_source
from builder.site.feeds import make_address, make_offers, make_variant_offers
from builder.site.json_ld import news_article
from builder.site.permalinks import printable
from builder.site.plan import PAGE_SIZE
from builder.site.views import (
    ArchivePage,
    ArticlePage,
    BodyRef,
    HeadingView,
    HomePage,
    IssueEntry,
    IssuePage,
    Link,
    ListPage,
    MonthView,
    NotFoundPage,
    Pager,
    RedirectPage,
    RightsPage,
    SourceView,
    StandingPage,
    SubscribePage,
    TermPage,
    TermView,
    TombstonePage,
    YearView,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from builder.content.models import Article
    from builder.rendering.articles import Text
    from builder.rendering.records import BodyKey
    from builder.site.collections import Entry, Term
    from builder.site.parts import Parts
    from builder.site.plan import PageKind, PagePlan
    from builder.site.views import Card, Head, PageView

WORDS_A_MINUTE = 400


def make_page(plan: PagePlan, parts: Parts) -> PageView:
    """The view of a page in the variant that the parts are for."""
    return _MAKERS[plan.kind](plan, parts)


def _home(plan: PagePlan, parts: Parts) -> HomePage:
    cards, pager = _paged("", parts.collections.articles, plan.number, parts)
    return HomePage(parts.head(plan.path, parts.site.title, parts.site.description), cards, pager)


def _paged(path: str, entries: Sequence[Entry], number: int, parts: Parts) -> tuple[tuple[Card, ...], Pager]:
    """The cards of a page of a list, and the way to the others. An empty list has one page."""
    count = max(1, -(-len(entries) // PAGE_SIZE))
    urls = parts.pages_of_list(path, count)
    cards = tuple(map(parts.card, entries[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]))
    previous = urls[number - 2] if number > 1 else ""
    following = urls[number] if number < count else ""
    return cards, Pager(number, count, previous, following, urls)


def _article(plan: PagePlan, parts: Parts) -> ArticlePage:
    articles = parts.collections.articles
    entry = articles[plan.subject]
    older = articles[plan.subject + 1] if plan.subject + 1 < len(articles) else None
    newer = articles[plan.subject - 1] if plan.subject else None
    article, text, card = entry.article, parts.text(entry), parts.card(entry)
    head = parts.head(
        entry.path,
        text.title,
        text.summary,
        noindex=plan.noindex,
        image=card.cover.absolute_url if card.cover else "",
    )
    updated, license_view = parts.date(article.updated), parts.license(article.rights.license)
    words = entry.rendered.words if article.rights.mode == "full" else 0
    return ArticlePage(
        head=head,
        id=article.id,
        trail=parts.trail(entry.category),
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
        body=parts.body(entry, text.body),
        comment=parts.body(entry, text.comment, comment=True),
        outline=_outline(text),
        words=words,
        minutes=max(1, round(words / WORDS_A_MINUTE)) if words else 0,
        issue=parts.link(parts.issues.get(article.issue) if article.issue else None),
        previous=parts.link(older),
        next=parts.link(newer),
        original_links=tuple(hop for hop in card.chain if hop.url),
        lead=text.summary if article.summary else "",
        noncommercial=article.rights.noncommercial,
        report=_report(article, head, parts),
        json_ld=news_article(
            head=head,
            site=parts.site,
            chain=card.chain,
            original=article.original,
            holder=article.rights.holder,
            notices=text.notices,
            license=license_view,
            date=card.date,
            updated=updated,
            cover=card.cover,
            keywords=tuple(tag.title for tag in card.tags),
            terms=(parts.label("noncommercial"),) if article.rights.noncommercial else (),
        ),
    )


def _report(article: Article, head: Head, parts: Parts) -> str:
    """Where to report a problem with an article, its id with it: a letter to the site's contact, or the page of that."""
    contact = parts.config.rights.contact
    if not contact:
        pages = (parts.url(entry.path) for entry in parts.collections.pages if entry.path == "contact/")
        mail = f"mailto:{parts.config.author.email}" if parts.config.author.email else ""
        contact = next(pages, mail)
    if contact.startswith("mailto:"):
        address, _, query = contact.partition("?")
        # Like every address it is the same in all variants: whoever gets the letter looks in one place.
        subject, page = f"[{article.id}] {article.title}", head.alternates[0].absolute_url
        fields = [query, f"subject={quote(subject, safe='')}", f"body={quote(page, safe='')}" if page else ""]
        return f"{address}?" + "&".join(filter(None, fields))
    if not contact:
        return ""
    address, mark, fragment = printable(contact).partition("#")
    return f"{address}{'&' if '?' in address else '?'}id={quote(article.id, safe='')}{mark}{fragment}"


def _outline(text: Text[BodyKey] | None) -> tuple[HeadingView, ...]:
    return tuple(HeadingView(heading.level, heading.id, heading.text) for heading in text.outline) if text else ()


def _standing(plan: PagePlan, parts: Parts) -> StandingPage:
    entry = parts.collections.pages[plan.subject]
    text = parts.text(entry)
    return StandingPage(
        head=parts.head(entry.path, text.title, text.summary),
        heading=text.title,
        updated=parts.date(entry.article.updated),
        body=parts.body(entry, text.body) or BodyRef("", ()),
        outline=_outline(text),
    )


def _rights(plan: PagePlan, parts: Parts) -> RightsPage:
    config = parts.config
    entry = parts.collections.pages[plan.subject] if plan.subject >= 0 else None
    text = parts.text(entry) if entry else None
    title = text.title if text else parts.label("rights_page")
    counts = {term.name: len(term.entries) for term in parts.collections.sources}
    names = [*counts, *(policy.name for policy in config.sources if not _listed(policy.name, counts))]
    return RightsPage(
        head=parts.head("rights/", title, text.summary if text else ""),
        heading=title,
        updated=parts.date(entry.article.updated) if entry else None,
        body=parts.body(entry, text.body) if entry and text else None,
        outline=_outline(text),
        mode=config.rights.mode,
        notices=parts.site.notices,
        own_license=parts.license(config.rights.own_license),
        contact=config.rights.contact,
        sources=tuple(_source(name, counts.get(name, 0), parts) for name in sorted(names)),
    )


def _subscribe(plan: PagePlan, parts: Parts) -> SubscribePage:
    entry = parts.collections.pages[plan.subject] if plan.subject >= 0 else None
    text = parts.text(entry) if entry else None
    title = text.title if text else parts.label("subscribe")
    return SubscribePage(
        head=parts.head("subscribe/", title, text.summary if text else ""),
        heading=title,
        updated=parts.date(entry.article.updated) if entry else None,
        body=parts.body(entry, text.body) if entry and text else None,
        outline=_outline(text),
        offers=make_offers(parts.feeds, parts),
        variants=make_variant_offers(parts.config, parts.addresses, parts.variant),
        opml=make_address("OPML", "feeds.opml", parts.variant, parts.addresses),
        archived=any(plan.archives for plan in parts.feeds),
    )


def _source(name: str, count: int, parts: Parts) -> SourceView:
    """A source and its terms: those of the site, where it has none of its own."""
    policies = [policy for policy in parts.config.sources if is_same_source(policy.name, name)]
    modes = (parts.config.rights.mode, *(policy.mode for policy in policies if policy.mode))
    return SourceView(
        name=name,
        page=parts.pages_of.get(("source", name), ""),
        url=next((printable(policy.url) for policy in policies if policy.url), ""),
        count=count,
        mode=max(modes, key=MODES.index),
        license=parts.license(next((policy.license for policy in policies if policy.license), "")),
        notices=tuple(parts.words.worded(notice) for policy in policies for notice in policy.notices),
        noindex=any(policy.noindex for policy in policies),
    )


def _tombstone(plan: PagePlan, parts: Parts) -> TombstonePage:
    entry = parts.collections.tombstones[plan.subject]
    text, withdrawn = parts.text(entry), entry.article.withdrawn
    assert withdrawn is not None
    date = parts.date(withdrawn.date)
    assert date is not None
    head = parts.head(entry.path, text.title, noindex=True)
    chain = parts.chain(entry)
    return TombstonePage(head, text.title, date, text.reason, chain, entry.article.original, entry.article.id)


def _category(plan: PagePlan, parts: Parts) -> ListPage:
    term = parts.collections.categories[plan.subject]
    view = parts.category_views[term.name]
    children = tuple(child for name, child in parts.category_views.items() if name.rpartition("/")[0] == term.name)
    cards, pager = _paged(term.path, term.entries, plan.number, parts)
    head = parts.head(plan.path, view.name, feed=("category", term.name))
    trail = parts.trail(term.name.rpartition("/")[0])
    return ListPage(head, "category", view.name, "", trail, children, cards, pager)


_FOLDERS: Mapping[Literal["tag", "source", "author"], Literal["tags", "sources", "authors"]] = {
    "tag": "tags",
    "source": "sources",
    "author": "authors",
}


def _terms_of(kind: Literal["tag", "source", "author"], parts: Parts) -> tuple[Term, ...]:
    collections = parts.collections
    return {"tag": collections.tags, "source": collections.sources, "author": collections.authors}[kind]


def _list(plan: PagePlan, parts: Parts) -> ListPage:
    kind = cast("Literal['tag', 'source', 'author']", plan.kind)
    term = _terms_of(kind, parts)[plan.subject]
    name = parts.tag_links[term.name].title if kind == "tag" else term.name
    of_source = _source(term.name, len(term.entries), parts) if kind == "source" else None
    cards, pager = _paged(term.path, term.entries, plan.number, parts)
    head = parts.head(plan.path, name, feed=(kind, term.name) if kind != "author" else ("site", ""))
    trail = (Link(parts.label(_FOLDERS[kind]), parts.url(f"{_FOLDERS[kind]}/")),)
    return ListPage(head, kind, name, of_source.url if of_source else "", trail, (), cards, pager, of_source)


def _terms(plan: PagePlan, parts: Parts) -> TermPage:
    kind = next(kind for kind, folder in _FOLDERS.items() if folder == plan.kind)
    views = tuple(
        TermView(
            parts.tag_links[term.name].title if kind == "tag" else term.name, parts.url(term.path), len(term.entries)
        )
        for term in _terms_of(kind, parts)
    )
    return TermPage(parts.head(plan.path, parts.label(plan.kind)), kind, views)


def _month_view(term: Term, parts: Parts) -> MonthView:
    return MonthView(f"{int(term.name[:4])}年{int(term.name[5:])}月", parts.url(term.path), len(term.entries))


def _archive(plan: PagePlan, parts: Parts) -> ArchivePage:
    years: dict[str, list[MonthView]] = {}
    for term in parts.collections.months:
        years.setdefault(f"{term.name[:4]}年", []).append(_month_view(term, parts))
    listed = tuple(YearView(label, tuple(of_year)) for label, of_year in years.items())
    return ArchivePage(parts.head(plan.path, parts.label("archive")), listed, None, None, None, ())


def _month(plan: PagePlan, parts: Parts) -> ArchivePage:
    months, number = parts.collections.months, plan.subject
    month = _month_view(months[number], parts)
    older = _month_view(months[number + 1], parts) if number + 1 < len(months) else None
    newer = _month_view(months[number - 1], parts) if number else None
    cards = tuple(map(parts.card, months[number].entries))
    return ArchivePage(parts.head(plan.path, f"{parts.label('archive')} {month.label}"), (), month, older, newer, cards)


def _issues(plan: PagePlan, parts: Parts) -> IssuePage:
    title = parts.label("issues")
    entries = tuple(
        IssueEntry(
            parts.text(entry).title,
            parts.url(entry.path),
            parts.date(entry.article.date),
            parts.text(entry).summary,
            sum(len(inside) for _, inside in parts.listed(entry)),
        )
        for entry in parts.collections.issues
    )
    head = parts.head(plan.path, title, feed=("issues", ""))
    return IssuePage(head, (), title, None, None, (), None, None, entries)


def _issue(plan: PagePlan, parts: Parts) -> IssuePage:
    issues, number = parts.collections.issues, plan.subject
    entry = issues[number]
    text = parts.text(entry)
    return IssuePage(
        head=parts.head(plan.path, text.title, text.summary, feed=("issues", "")),
        trail=(Link(parts.label("issues"), parts.url("issues/")),),
        heading=text.title,
        date=parts.date(entry.article.date),
        body=parts.body(entry, text.body),
        groups=tuple((name, tuple(map(parts.card, inside))) for name, inside in parts.listed(entry)),
        previous=parts.link(issues[number + 1]) if number + 1 < len(issues) else None,
        next=parts.link(issues[number - 1]) if number else None,
        issues=(),
    )


def _not_found(plan: PagePlan, parts: Parts) -> NotFoundPage:
    head = parts.head(plan.path, parts.label("not_found"), noindex=True)
    return NotFoundPage(replace(head, canonical="", alternates=()))


def _redirect(plan: PagePlan, parts: Parts) -> RedirectPage:
    entry = parts.everything[plan.subject]
    target = parts.url(entry.path)
    head = replace(parts.head(plan.path, parts.text(entry).title, noindex=True), alternates=(), feeds=())
    absolute = parts.addresses.absolute(target)
    return RedirectPage(replace(head, canonical=absolute), target, absolute)


def _listed(name: str, names: Iterable[str]) -> bool:
    return any(is_same_source(name, other) for other in names)


_MAKERS: Mapping[PageKind, Callable[[PagePlan, Parts], PageView]] = {
    "home": _home,
    "article": _article,
    "standing": _standing,
    "rights": _rights,
    "subscribe": _subscribe,
    "tombstone": _tombstone,
    "category": _category,
    "tag": _list,
    "source": _list,
    "author": _list,
    "tags": _terms,
    "sources": _terms,
    "authors": _terms,
    "archive": _archive,
    "month": _month,
    "issues": _issues,
    "issue": _issue,
    "404": _not_found,
    "redirect": _redirect,
}
