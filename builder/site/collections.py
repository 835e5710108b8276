"""Rendered articles → what is published, in order, and the terms that group it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from builder.content.attribution import people_in
from builder.diagnostics import Checked, Diagnostic, error
from builder.site.permalinks import article_path, segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from builder.config import Category, SiteConfig
    from builder.content.models import Article, Withdrawal
    from builder.rendering.records import Record

Withheld = Literal["draft", "future"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A source file that is published, and where: `path` is below its variant's root."""

    rendered: Record
    path: str
    category: str  # in the source variant's script; "" for none
    tags: tuple[str, ...]  # likewise, each in its one spelling

    @property
    def article(self) -> Article:
        """What the source file says."""
        return self.rendered.article


@dataclass(frozen=True, slots=True)
class Term:
    """A tag, category, source or author and its articles, newest first. `path` is below a variant's root."""

    name: str
    path: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Collections:
    """Everything that the site is made of. Articles are newest first, the undated last."""

    articles: tuple[Entry, ...]
    pages: tuple[Entry, ...]
    issues: tuple[Entry, ...]  # newest first
    tombstones: tuple[Entry, ...]
    categories: tuple[Term, ...]  # parents before their children, in the order of the settings
    tags: tuple[Term, ...]
    sources: tuple[Term, ...]
    authors: tuple[Term, ...]
    months: tuple[Term, ...]  # named "2026-03", newest first
    withheld: tuple[tuple[Article, Withheld], ...]
    announced: tuple[Entry, ...] = ()  # the tombstones that feeds still carry, newest first

    def everything(self) -> tuple[Entry, ...]:
        """Every published source file."""
        return self.articles + self.pages + self.issues + self.tombstones


def exchange(collections: Collections, old: Entry, new: Entry) -> Collections:
    """The collections with another entry in the place of one, where it goes in the same order under the same terms."""

    def put(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        place = next((number for number, entry in enumerate(entries) if entry is old), None)
        return entries if place is None else (*entries[:place], new, *entries[place + 1 :])

    def put_in(terms: tuple[Term, ...]) -> tuple[Term, ...]:
        changed = [(term, put(term.entries)) for term in terms]
        return tuple(term if inside is term.entries else replace(term, entries=inside) for term, inside in changed)

    return Collections(
        articles=put(collections.articles),
        pages=put(collections.pages),
        issues=put(collections.issues),
        tombstones=put(collections.tombstones),
        categories=put_in(collections.categories),
        tags=put_in(collections.tags),
        sources=put_in(collections.sources),
        authors=put_in(collections.authors),
        months=put_in(collections.months),
        withheld=collections.withheld,
        announced=put(collections.announced),
    )


def collect(
    rendered: Iterable[Record],
    config: SiteConfig,
    to_source: Callable[[str, str], str],
    *,
    now: datetime,
    drafts: bool,
    future: bool,
) -> Checked[Collections]:
    """Group the articles of a site. `to_source` puts a term, written in a script, into the source variant's script, so
    that 軟體 and 软件 are one term. `now` decides what is still in the future."""
    published, withheld = [], []
    for item in rendered:
        reason = _withheld(item.article, now, drafts=drafts, future=future)
        if reason:
            withheld.append((item.article, reason))
        else:
            published.append(item)
    spelling = _spellings(published, to_source)
    entries = list(_enter(published, spelling, to_source))
    found = _duplicate_ids([entry.article for entry in entries] + [article for article, _ in withheld])

    live = [entry for entry in entries if not entry.rendered.article.withdrawn]
    articles = newest_first(entry for entry in live if entry.rendered.article.kind == "article")
    collections = Collections(
        articles=articles,
        pages=tuple(sorted((e for e in live if e.rendered.article.kind == "page"), key=lambda e: natural_key(e.path))),
        issues=tuple(
            sorted((e for e in live if e.article.kind == "issue"), key=lambda e: natural_key(e.path), reverse=True)
        ),
        tombstones=tuple(entry for entry in entries if entry.article.withdrawn),
        categories=_categories(articles, config.categories),
        tags=_terms("tags", articles, lambda entry: entry.tags),
        sources=_terms("sources", articles, lambda entry: [hop.source for hop in entry.rendered.article.attribution]),
        authors=_terms("authors", articles, _authors),
        months=_months(articles, config),
        withheld=tuple(withheld),
        announced=newest_first(entry for entry in entries if _is_announced(entry.article, now)),
    )
    return Checked(collections, found)


#: How long feeds carry a tombstone. Readers keep what they have of a text until an item of the same guid comes over it.
ANNOUNCED_DAYS = 90


def announced_until(withdrawal: Withdrawal) -> datetime:
    """Until when feeds carry the tombstone of a text."""
    # A whole day may end when another is long over elsewhere: it counts from its end.
    return withdrawal.date.moment + timedelta(days=ANNOUNCED_DAYS + (not withdrawal.date.has_time))


def _is_announced(article: Article, now: datetime) -> bool:
    """Whether feeds carry an article's tombstone: they had the article, and it went not long ago."""
    withdrawal = article.withdrawn
    in_feeds = article.kind != "page" and article.date is not None
    return withdrawal is not None and in_feeds and now < announced_until(withdrawal)


def issue_name(issue: Article) -> str:
    """What articles call a digest issue under their key `issue`."""
    return issue.issue or issue.slug


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts the numbers in texts as numbers: 2 before 10."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def _withheld(article: Article, now: datetime, *, drafts: bool, future: bool) -> Withheld | None:
    if article.draft and not drafts:
        return "draft"
    if article.date and not future and article.kind != "page" and article.date.moment > now:
        return "future"
    return None


def newest_first(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """In the order of every list: by date, the undated last, those of one moment by their ids."""
    dated: list[Entry] = []
    undated: list[Entry] = []
    for entry in entries:
        (dated if entry.article.date else undated).append(entry)
    undated.sort(key=_id_of)
    # Sorted twice, each by a single value: a tuple for each takes three times as long.
    dated.sort(key=_id_of)
    dated.sort(key=_moment_of, reverse=True)
    return (*dated, *undated)


def _id_of(entry: Entry) -> str:
    return entry.rendered.article.id


def _moment_of(entry: Entry) -> datetime:
    date = entry.rendered.article.date
    assert date is not None
    return date.moment


def _spellings(items: Sequence[Record], to_source: Callable[[str, str], str]) -> Mapping[tuple[str, str], str]:
    """Each tag as written (with its script) → the one spelling of its term: that of the script's own sources, most used
    first, so that `ai` joins `AI`."""
    uses: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    folded: dict[tuple[str, str], str] = {}
    written_as = Counter((tag, item.article.script) for item in items for tag in item.article.tags)
    for (tag, script), times in written_as.items():
        name = folded[tag, script] = to_source(tag, script)
        uses[name.casefold()][name] += times
    chosen = {key: min(names, key=lambda name: (-names[name], name)) for key, names in uses.items()}
    return {written: chosen[name.casefold()] for written, name in folded.items()}


def _enter(
    items: Iterable[Record], spelling: Mapping[tuple[str, str], str], to_source: Callable[[str, str], str]
) -> Iterator[Entry]:
    categories: dict[tuple[str, str], str] = {("", ""): ""}
    for item in items:
        article = item.article
        script = article.script
        written = (article.category, script) if article.category else ("", "")
        if written not in categories:
            categories[written] = "/".join(to_source(part, script) for part in article.category.split("/"))
        category = categories[written]
        tags = tuple(dict.fromkeys([spelling[tag, script] for tag in article.tags]))
        yield Entry(item, article_path(article, category), category, tags)


def _authors(entry: Entry) -> list[str]:
    return [name for hop in entry.rendered.article.attribution for name in people_in(hop.author)]


def _terms(folder: str, articles: Sequence[Entry], names: Callable[[Entry], Sequence[str]]) -> tuple[Term, ...]:
    """The terms of one kind, those with most articles first."""
    members: dict[str, list[Entry]] = defaultdict(list)
    for entry in articles:
        found = names(entry)
        for name in found if len(found) < 2 else dict.fromkeys(found):
            members[name].append(entry)
    ordered = sorted(members, key=lambda name: (-len(members[name]), name))
    return tuple(Term(name, f"{folder}/{segment(name)}/", tuple(members[name])) for name in ordered)


def _categories(articles: Sequence[Entry], declared: Sequence[Category]) -> tuple[Term, ...]:
    """The categories that have articles, their own or a nested category's."""
    members: dict[str, list[Entry]] = defaultdict(list)
    for entry in articles:
        name = entry.category
        while name:
            members[name].append(entry)
            name = name.rpartition("/")[0]
    order = {category.key: number for number, category in enumerate(declared)}

    def key(name: str) -> tuple[tuple[int, str], ...]:
        parts = name.split("/")
        prefixes = ["/".join(parts[: length + 1]) for length in range(len(parts))]
        return tuple((order.get(prefix, len(order)), prefix) for prefix in prefixes)

    return tuple(
        Term(name, "/".join(segment(part) for part in name.split("/")) + "/", tuple(members[name]))
        for name in sorted(members, key=key)
    )


def _months(articles: Sequence[Entry], config: SiteConfig) -> tuple[Term, ...]:
    zone = config.zone
    members: dict[str, list[Entry]] = defaultdict(list)
    for entry in articles:
        date = entry.rendered.article.date
        if date:
            moment = date.moment.astimezone(zone)
            members[f"{moment.year:04}-{moment.month:02}"].append(entry)
    return tuple(
        Term(month, f"archive/{month.replace('-', '/')}/", tuple(members[month]))
        for month in sorted(members, reverse=True)
    )


def _duplicate_ids(articles: Sequence[Article]) -> tuple[Diagnostic, ...]:
    first: dict[str, Article] = {}
    if len({article.id for article in articles}) == len(articles):
        return ()
    found = []
    for article in sorted(articles, key=lambda article: article.path):
        other = first.setdefault(article.id, article)
        if other is not article:
            message = f"the id '{article.id}' is also that of {other.place('id')}"
            hint = "feeds tell items apart by their ids: give the newer one another"
            found.append(error("duplicate-id", message, article.place("id"), hint))
    return tuple(found)
