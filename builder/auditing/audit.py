"""A built site read back: every article page and feed item compared with its source and the settings.

What is compared are files on both sides. Nothing here asks the builder what it planned: a page says by its id whose it is
(`data-wz-id`), a feed item by its guid, and a variant's pages are in the folder that the settings name.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, unquote, urlsplit

from builder.auditing.checks import (
    check_item,
    check_item_title,
    check_page,
    check_tombstone,
    check_withdrawn_item,
    needs_noindex,
)
from builder.auditing.feeds.acceptance import Known, check_rights
from builder.auditing.feeds.catalogue import reason_of
from builder.auditing.feeds.documents import NO_STAMP
from builder.auditing.feeds.survey import Folders, Sources, check_feeds, read_feeds
from builder.auditing.hosting import read_gone, read_listed
from builder.auditing.pages import read_pages
from builder.auditing.scripts import Scripts, read_glossaries
from builder.auditing.terms import Faults, make_standard
from builder.auditing.titles import settle_title
from builder.auditing.withheld import find_withheld
from builder.config import ALL_RIGHTS_RESERVED, load_config
from builder.content.discover import find_content, read_sources
from builder.content.front_matter import SourceSettings, parse_source, split_front_matter
from builder.content.twins import join_twins, parse_twin
from builder.diagnostics import BuilderError, Diagnostic, Place, error
from builder.names import CONFIG_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builder.auditing.feeds.catalogue import Fault
    from builder.auditing.feeds.documents import Feed, Item
    from builder.auditing.pages import ArticlePage
    from builder.config import SiteConfig
    from builder.content.discover import SourceFile
    from builder.content.models import Article
    from builder.content.twins import Twin

#: Files that people and programs read as text.
_TEXT = frozenset({".html", ".htm", ".xml", ".json", ".txt", ".css", ".js", ".svg", ".opml", ".webmanifest", ".md", ""})


#: How long feeds tell readers that a text is withdrawn, which overwrites it there; a day less, for the zones.
_TOLD = timedelta(days=89)
#: From how many bytes on a feed may have fewer items than the settings say.
_LARGE = 500_000


@dataclass(frozen=True, slots=True)
class Audited:
    """One thing that was looked at, and how many faults it has. `source` is the file that it was compared with."""

    what: Literal["page", "tombstone", "item"]
    path: str
    source: str
    id: str
    variant: str
    faults: int


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was looked at, and every fault."""

    audited: tuple[Audited, ...]
    diagnostics: tuple[Diagnostic, ...]

    def count(self, what: str) -> int:
        """How many pages, tombstones or items were looked at."""
        return sum(item.what == what for item in self.audited)


def audit_site(folder: Path, output: Path, now: datetime | None = None) -> AuditReport:
    """Compare a built site with the sources in `folder`. `now` decides which articles are to be there: those dated later may
    be missing. Raises `BuilderError` where there is nothing to compare."""
    if not output.is_dir():
        hint = "build the site first, or give the folder that it was built into"
        raise BuilderError(error("audit-output", f"there is no folder {output}", None, hint))
    return _Audit(folder, output, now).run()


@dataclass(frozen=True, slots=True)
class _Source:
    """A source that is published. `file` is what was read, `due` whether its pages have to be there; `twins` are its texts
    that somebody wrote by hand, by their variants."""

    article: Article
    file: SourceFile
    due: bool
    twins: Mapping[str, Twin]

    @property
    def bodies(self) -> tuple[str, ...]:
        """Its text, and its twins'."""
        return (self.article.body, *(twin.body for twin in self.twins.values()))


class _Audit:
    """One run: what the sources say, and the faults found so far."""

    def __init__(self, folder: Path, output: Path, now: datetime | None) -> None:
        self.folder, self.output = folder, output
        self.config = load_config(folder).value
        content = find_content(folder)
        now = now or datetime.now(UTC)
        now = now if now.tzinfo else now.replace(tzinfo=self.config.zone)
        self.now = now
        files = read_sources(content, (output,)).value
        files = join_twins(files, declared=self.config.declared, script=self.config.source_variant).value
        articles = _read_articles(files, self.config, now)
        self.sources = _by_id(articles)
        self.issues = {
            source.article.id: source for source in articles if source.due and source.article.kind == "issue"
        }
        self.public = [source for source in articles if source.due and not source.article.withdrawn]
        self.scripts = Scripts(read_glossaries(folder, content.root), self.config.variants)
        self.found: list[Diagnostic] = []
        self.audited: list[Audited] = []
        self.notices: dict[tuple[str, str], tuple[str, ...]] = {}
        self.addresses: dict[tuple[str, str], str] = {}
        self.quoted: list[str] = []
        self.passed: set[tuple[str, Item]] = set()
        self.names: dict[str, str] = {}
        self.listed, self.gone = read_listed(output), read_gone(output)
        self.paths = sorted(
            path.relative_to(output).as_posix()
            for path in output.rglob("*")
            if path.suffix.lower() in _TEXT and path.name != ".wenzhai-manifest" and path.is_file()
        )

    def run(self) -> AuditReport:
        self._audit_pages()
        self._audit_feeds()
        self._audit_withheld()
        return AuditReport(tuple(self.audited), tuple(sorted(dict.fromkeys(self.found), key=Diagnostic.sort_key)))

    # -- pages -----------------------------------------------------------------------------------------------------

    def _audit_pages(self) -> None:
        seen: Counter[tuple[str, str]] = Counter()
        html = [path for path in self.paths if path.endswith((".html", ".htm"))]
        for page in read_pages(self.output, html):
            tag = self._variant_of(page.path)
            source = self.sources.get(page.id)
            seen[page.id, tag] += 1
            if source is None:
                message = f"it is the page of '{page.id}', and no source that may be published has that id"
                self._fault("audit-page", message, page.path)
            else:
                self._audit_page(source, page, tag)
        for source in self.sources.values():
            for variant in self.config.variants:
                number = seen[source.article.id, variant.tag]
                if number == 1 or (number == 0 and not source.due):
                    continue
                carry = f"{number} pages in {variant.tag} carry" if number else f"no page in {variant.tag} carries"
                message = f"{carry} the id '{source.article.id}' of {source.article.path}"
                self._fault("audit-page", message, variant.path)

    def _audit_page(self, source: _Source, page: ArticlePage, variant: str) -> None:
        article = source.article
        faults = Faults(self._shown(page.path), article.path)
        standard = make_standard(article, variant, self.config, self.scripts, source.twins.get(variant))
        address = self.addresses[article.id, variant] = self._address(page)
        if not address.endswith("/" + page.path.removesuffix("index.html")):
            faults.report("audit-indexing", f"its canonical address is {page.canonical}, and not its own")
        if article.withdrawn:
            check_tombstone(standard, page, faults)
            if address not in self.gone:
                faults.report("audit-indexing", f"the text is withdrawn, and _redirects has no line `{address} … 410!`")
        else:
            self.notices[article.id, variant] = check_page(standard, page, faults)
            if article.rights.mode == "excerpt":
                self.quoted += [mark.reading.text for mark in page.marked("body")]
        if (needs_noindex(standard) or page.noindex) and address in self.listed:
            faults.report("audit-indexing", f"the sitemap lists {address}, which is not for search engines")
        self._close("tombstone" if article.withdrawn else "page", page.path, article, variant, faults)

    # -- feeds -----------------------------------------------------------------------------------------------------

    def _audit_feeds(self) -> None:
        folders = Folders(
            self.output,
            self.paths,
            frozenset(path for path in self.paths if (self.folder / "static" / path).is_file()),
            {variant.path: variant.tag for variant in self.config.variants},
            self.config.source_variant,
        )
        feeds, unreadable = read_feeds(folders)
        for fault in unreadable:
            self._fault_of_feed(fault)
        for feed in feeds:
            self._audit_feed(feed)
        for fault in check_feeds(feeds, folders, self._feed_sources()):
            self._fault_of_feed(fault)
        if self.config.base_url and self.config.tag:
            found = {feed.path: feed for feed in feeds}
            for variant in self.config.variants:
                self._require_items(variant.tag, f"{variant.path}/feed.xml".lstrip("/"), found)

    def _feed_sources(self) -> Sources:
        """What the sources say, as far as feeds are concerned."""
        known, keep = {}, {}
        published, told = set(), set()
        for source in (*self.sources.values(), *self.issues.values()):
            article = source.article
            if article.date is None or not source.due:
                continue
            gone = article.withdrawn
            changed = gone.date if gone else article.updated or article.date
            known[article.id] = Known(article.date.moment, changed.moment, gone is not None)
            keep[article.id] = article.keep
            if article.kind == "article" and gone is None:
                published.add(article.id)
            elif article.kind == "article" and gone is not None and self.now < gone.date.moment + _TOLD:
                told.add(article.id)
        by_hand = {
            source.article.id: frozenset(source.twins)
            | (frozenset(["*"]) if _is_worded(source.article) else frozenset())
            for source in self.sources.values()
        }
        return Sources(
            self._read_guid,
            known,
            frozenset(published),
            frozenset(told),
            keep,
            lambda identity, variant: bool(by_hand.get(identity, frozenset()) & {variant, "*"}),
            self.config.feed_limit,
        )

    def _audit_feed(self, feed: Feed) -> None:
        variant = self._variant_of(feed.path)
        for item in feed.items:
            identity, said = self._read_guid(item.guid)
            issue = self.issues.get(identity) if said == variant else None
            if issue is not None:
                faults = Faults(self._shown(feed.path), issue.article.path, f"item {identity}")
                twin = issue.twins.get(variant)
                check_item_title(make_standard(issue.article, variant, self.config, self.scripts, twin), item, faults)
                self.found += faults.found
                continue
            source = self.sources.get(identity)
            if source is None or said != variant:
                message = f"the guid {item.guid} is that of no published source" + (
                    f" in {variant}" if source is not None else ""
                )
                self._fault("audit-item", message, feed.path, item.line)
                continue
            faults = Faults(self._shown(feed.path), source.article.path, f"item {identity}")
            standard = make_standard(source.article, variant, self.config, self.scripts, source.twins.get(variant))
            if source.article.withdrawn:
                check_withdrawn_item(standard, item, faults)
            else:
                notices = self.notices.get((identity, variant), ())
                told = replace(item, line=0, rights="", published=NO_STAMP, updated=NO_STAMP, addresses=())
                # It is in many feeds: what passed in one passes in the others.
                if (variant, told) not in self.passed:
                    check_item(standard, item, notices, faults)
                    if not faults.found:
                        self.passed.add((variant, told))
                terms = source.article.rights
                license_ = terms.license if terms.license != ALL_RIGHTS_RESERVED else ""
                for fault in check_rights(item, feed.path, (*notices, terms.holder, license_)):
                    self._fault_of_feed(fault)
            address = unquote(urlsplit(item.link).path)
            if address != self.addresses.get((identity, variant), address):
                faults.report("audit-item", f"its link leads to {item.link}, which is not its page", item.line)
            self._close("item", feed.path, source.article, variant, faults)

    def _require_items(self, variant: str, path: str, feeds: Mapping[str, Feed]) -> None:
        """The newest articles, as many as the settings say, are in the variant's feed."""
        dated = [
            (source.article.date.moment, source.article)
            for source in self.sources.values()
            if source.due and source.article.kind == "article" and source.article.date and not source.article.withdrawn
        ]
        dated.sort(key=lambda item: item[0], reverse=True)
        if not dated:
            return
        if path not in feeds:
            self._fault("audit-feed", f"complete: the feed of {variant} is missing", path)
            return
        there = {self._read_guid(item.guid)[0] for item in feeds[path].items}
        limit = self.config.feed_limit
        if (self.output / path).stat().st_size > _LARGE:
            # What is older is left to the archive, so that a feed does not grow without bounds.
            limit = min(limit, max(1, len(there & {article.id for _, article in dated})))
        # Of several of one moment any may be the last.
        last = dated[limit - 1][0] if len(dated) > limit else None
        for moment, article in dated[:limit]:
            if article.id not in there and (last is None or moment > last):
                self._fault(
                    "audit-item", f"the feed of {variant} lacks the item '{article.id}' of {article.path}", path
                )

    def _read_guid(self, guid: str) -> tuple[str, str]:
        """The id and the variant in `TAG:ID:VARIANT`."""
        identity, _, variant = guid.removeprefix(self.config.tag + ":").rpartition(":")
        return unquote(identity), variant

    # -- what is withheld ------------------------------------------------------------------------------------------

    def _audit_withheld(self) -> None:
        texts: dict[str, str] = {}
        public: list[str] = [*self.quoted]
        for source in self.sources.values():
            article = source.article
            if article.withdrawn:
                notes = [article.summary, article.comment]
                notes += [text for twin in source.twins.values() for text in (twin.summary, twin.comment)]
                texts[article.path] = "\n".join((*source.bodies, *notes))
                public += [twin.title for twin in source.twins.values()]
                public += [article.title, article.withdrawn.reason]
            elif _is_cut(article):
                texts[article.path] = "\n".join(source.bodies)
        for source in self.public:
            public += [_front_matter(file) for file in (source.file, *source.file.twins)]
            if not _is_cut(source.article):
                public += source.bodies
        if not texts:
            return
        config = self.folder / CONFIG_NAME
        public.append(config.read_text("utf-8", errors="replace") if config.is_file() else "")
        files = ((path, (self.output / path).read_text("utf-8", errors="replace")) for path in self.paths)
        for path, file, stretch in find_withheld(texts, public, files, self.scripts):
            self._fault("audit-withheld", f"it holds text of {path}, which is withheld: “…{stretch}…”", file)

    # -- findings --------------------------------------------------------------------------------------------------

    def _close(
        self, what: Literal["page", "tombstone", "item"], path: str, article: Article, variant: str, faults: Faults
    ) -> None:
        self.found += faults.found
        number = len(faults.found)
        self.audited.append(Audited(what, self._shown(path), article.path, article.id, variant, number))

    def _fault(self, code: str, message: str, path: str, line: int = 0) -> None:
        hint = "build the site again; see docs/audit.md for what is looked at"
        self.found.append(Diagnostic("error", code, message, Place(self._shown(path), line), hint))

    def _fault_of_feed(self, fault: Fault) -> None:
        hint = f"this is asked because {reason_of(fault.check)}; see docs/audit.md"
        place = Place(self._shown(fault.path), fault.line)
        self.found.append(Diagnostic("error", "audit-feed", f"{fault.check}: {fault.message}", place, hint))

    def _shown(self, path: str) -> str:
        """A file of the output as it is named to a person: from the site's folder on, where it is in there."""
        if path not in self.names:
            file, folder = (self.output / path).resolve(), self.folder.resolve()
            self.names[path] = (file.relative_to(folder) if file.is_relative_to(folder) else file).as_posix()
        return self.names[path]

    def _variant_of(self, path: str) -> str:
        first = path.partition("/")[0]
        return next(
            (variant.tag for variant in self.config.variants if variant.path == first and "/" in path),
            self.config.variants[0].tag,
        )

    def _address(self, page: ArticlePage) -> str:
        """The decoded path at which a page is visited; it says so itself where the site has an address."""
        if page.canonical:
            return unquote(urlsplit(page.canonical).path)
        return unquote(self.config.base_path + quote(page.path.removesuffix("index.html")))


def _read_articles(files: tuple[SourceFile, ...], config: SiteConfig, now: datetime) -> list[_Source]:
    """Everything that is written. What cannot be read cannot be compared: then its findings are raised."""
    settings = SourceSettings(config.declared, config.zone, config.source_variant, config.rights, config.sources)
    sources: list[_Source] = []
    wrong: list[Diagnostic] = []
    for file in files:
        parsed = parse_source(file, settings)
        article = settle_title(parsed.value, file.name) if parsed.value else None
        if article is None or not article.draft:
            wrong += [finding for finding in parsed.diagnostics if finding.severity == "error"]
        if article is not None:
            is_future = article.kind != "page" and article.date is not None and article.date.moment > now
            twins = [twin for twin in (parse_twin(twin).value for twin in file.twins) if twin]
            due = not article.draft and not is_future
            sources.append(_Source(article, file, due, {twin.variant: settle_title(twin, "") for twin in twins}))
    if wrong:
        raise BuilderError(*wrong)
    return sources


def _by_id(sources: list[_Source]) -> dict[str, _Source]:
    """The articles, and whatever is withdrawn; of two with one id the one that is published."""
    found: dict[str, _Source] = {}
    for source in sorted(sources, key=lambda source: source.due):
        if source.article.kind == "article" or source.article.withdrawn:
            found[source.article.id] = source
    return found


def _is_worded(article: Article) -> bool:
    """Whether an article has parts that somebody wrote for one variant, which may have links and code of their own."""
    signoff = article.rights.signoff
    of_signoff = [text for _, text in signoff.texts] if signoff else []
    texts = (article.body, article.title, article.summary, article.comment, *of_signoff)
    return any("-{" in text for text in texts) or (len(of_signoff) > 1 and any("://" in text for text in of_signoff))


def _is_cut(article: Article) -> bool:
    """Whether less than the whole text of an article is published."""
    return article.kind == "article" and article.rights.mode != "full"


def _front_matter(file: SourceFile) -> str:
    split = split_front_matter(file.text, file.path).value
    return split.front if split else ""
