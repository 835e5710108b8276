"""What `wenzhai import` does: read, understand, compare with what is there, write. Nothing is written over."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from builder.authoring.importing.decode import decode_text
from builder.authoring.importing.taken import Page
from builder.authoring.importing.text import read_text
from builder.authoring.importing.write import Identity, compose_source, show_diff, suggestions_at, write_date
from builder.authoring.new import host_of, slug_of
from builder.config import is_web_address, load_config
from builder.content.discover import find_content, read_sources
from builder.content.front_matter import SourceSettings, parse_source
from builder.content.models import Hop
from builder.content.provenance import digest_body
from builder.diagnostics import BuilderError, Checked, Diagnostic, Place, error, warning

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from builder.authoring.importing.fetch import Fetched
    from builder.authoring.importing.taken import TakenText
    from builder.config import SiteConfig
    from builder.content.models import Article


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says of a text: its title, where it comes from (a name or an address), its category."""

    title: str = ""
    origin: str = ""
    category: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True)
class PlannedSource:
    """A source that an import would write. `path` is relative to the site's folder; `before` is the text of the source that
    has this text already, which is at that path: then nothing is written."""

    path: str
    text: str
    id: str
    title: str
    origin: str
    before: str | None = None

    @property
    def diff(self) -> str:
        """What writing it would change."""
        return show_diff(self.path, self.text, self.before)


def plan_import(folder: Path, fetched: Fetched, wishes: Wishes, *, now: datetime) -> Checked[tuple[PlannedSource, ...]]:
    """The sources that were fetched, one for a text or a page, one for each item of a feed, and what an editor should look at.
    Raises `BuilderError` when there is nothing to import."""
    config = load_config(folder).value
    texts = take_texts(fetched, wishes, now=now, zone=config.zone, marks_captions=config.markdown_html != "escape")
    site = _Site.read(folder, config)
    planned: list[PlannedSource] = []
    found: list[Diagnostic] = []
    for taken in texts:
        if fault := _fault_in(taken, fetched):
            if len(texts) == 1:
                raise BuilderError(fault)
            found.append(replace(fault, severity="warning"))
            continue
        source = site.plan(taken, fetched, wishes, now)
        planned.append(source)
        if source.before is None:
            found += suggestions_at(taken, source.path, source.text)
        else:
            found.append(_known(source, taken, site, alone=len(texts) == 1))
    return Checked(tuple(planned), tuple(found))


def write_planned(folder: Path, planned: Iterable[PlannedSource]) -> tuple[str, ...]:
    """Write the sources that are not there, and return their paths in the site's folder. Raises `BuilderError`."""
    written = []
    for source in planned:
        if source.before is not None:
            continue
        try:
            path = folder / source.path
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(source.text)
        except OSError as problem:
            message = f"cannot write it: {problem.strerror}"
            raise BuilderError(error("unwritable", message, Place(source.path))) from None
        written.append(source.path)
    return tuple(written)


def take_texts(
    fetched: Fetched, wishes: Wishes, *, now: datetime, zone: ZoneInfo, marks_captions: bool = True
) -> tuple[TakenText, ...]:
    """The texts that some bytes hold, whatever they are: a feed by its first element, JSON by its first character, a page by
    its media type, its name or its tags, else plain text."""
    kind = _kind_of(fetched)
    given = wishes.origin if is_web_address(wishes.origin) else ""
    address = fetched.address or given
    if kind == "feed":
        from builder.authoring.importing.feed import read_xml_feed

        items = read_xml_feed(fetched.data, address or fetched.name, zone=zone)
    elif kind == "json":
        from builder.authoring.importing.feed import read_json_feed

        items = read_json_feed(decode_text(fetched.data), address or fetched.name, zone=zone)
    elif kind == "html":
        from builder.authoring.importing.html import read_page

        items = (read_page(decode_text(fetched.data, fetched.charset), address, now=now, zone=zone),)
    else:
        items = ((decode_text(fetched.data, fetched.charset), Page(address=address)),)
    taken = []
    for text, page in items:
        known = replace(page, title=wishes.title or page.title) if len(items) == 1 else page
        one = read_text(text, known, now=now, zone=zone, marks_captions=marks_captions)
        hops = one.hops or ((Hop(wishes.origin),) if wishes.origin and not given else ())
        taken.append(replace(one, hops=hops, category=wishes.category or one.category))
    return tuple(taken)


_FEED = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*|<\?[^>]*\?>\s*)*<(?:rss|feed|rdf:RDF)[\s>]", re.DOTALL | re.IGNORECASE
)
_HTML = re.compile(rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)


def _kind_of(fetched: Fetched) -> str:
    start = fetched.data.removeprefix(b"\xef\xbb\xbf")[:4096]
    name = fetched.name.lower()
    if _FEED.match(start):
        return "feed"
    if start.lstrip().startswith(b"{") and (
        b"jsonfeed.org" in start or "json" in fetched.media_type or name.endswith(".json")
    ):
        return "json"
    is_page = fetched.media_type in ("text/html", "application/xhtml+xml") or name.endswith((".html", ".htm", ".xhtml"))
    # A text may say <html> somewhere; a page begins so, or nearly.
    if is_page or (
        fetched.media_type in ("", "application/octet-stream")
        and not name.endswith((".md", ".txt"))
        and _HTML.search(start[:512])
    ):
        return "html"
    return "text"


def _fault_in(taken: TakenText, fetched: Fetched) -> Diagnostic | None:
    name = fetched.address or fetched.name or "standard input"
    if not taken.body.strip():
        return error(
            "import-empty",
            f"{name} holds no text that could be told from what is around it",
            hint="save the text itself and import that",
        )
    if not taken.title:
        return error("import-title", f"{name} has no line that could be its title", hint="give one with --title")
    if not taken.hops:
        return error(
            "import-source",
            f"{name} does not say where the text comes from",
            hint="give a name or an address with --from",
        )
    return None


def _known(source: PlannedSource, taken: TakenText, site: _Site, *, alone: bool) -> Diagnostic:
    article = next(article for article in site.articles if article.path == source.path)
    place = article.place("imported" if article.imported else "attribution")
    message = f"'{taken.title}' from {source.origin} is here already, and was not written again"
    hint = "--dry-run shows what is different; change the source by hand, or remove it first"
    report = error if alone else warning
    return report("import-known", message, place, hint)


@dataclass(frozen=True, slots=True)
class _Site:
    """What is there already, and what this import has planned so far."""

    folder: Path
    config: SiteConfig
    root: str
    articles: tuple[Article, ...]
    texts: dict[str, str]
    by_address: dict[str, Article]
    by_digest: dict[str, Article]
    names: set[str]

    @classmethod
    def read(cls, folder: Path, config: SiteConfig) -> _Site:
        content = find_content(folder)
        settings = SourceSettings(config.declared, config.zone, config.source_variant, config.rights, config.sources)
        try:
            sources = read_sources(content, (folder / "public",)).value
        except BuilderError as problem:
            if problem.diagnostics[0].code != "no-content":
                raise
            sources = ()
        articles = [article for source in sources if (article := parse_source(source, settings).value)]
        by_address: dict[str, Article] = {}
        by_digest: dict[str, Article] = {}
        for article in articles:
            urls = [hop.url for hop in article.attribution] if not article.original else []
            for url in filter(None, [article.imported.origin if article.imported else "", *urls]):
                by_address.setdefault(address_key(url), article)
            if article.imported and article.imported.sha256:
                by_digest.setdefault(article.imported.sha256.lower(), article)
        # Two sources never share a slug, whatever their folder: with one category they would share an address.
        names = {name for article in articles for name in (article.id, article.slug)}
        texts = {source.path: source.text for source in sources}
        return cls(folder, config, content.root, tuple(articles), texts, by_address, by_digest, names)

    def plan(self, taken: TakenText, fetched: Fetched, wishes: Wishes, now: datetime) -> PlannedSource:
        origin = taken.address or fetched.address or fetched.name or "standard input"
        known = self.by_digest.get(digest_body(taken.body))
        if known is None and is_web_address(origin):
            known = self.by_address.get(address_key(origin))
        if known:
            date = write_date(known.date) if known.date else ""
            text = compose_source(
                taken, Identity(known.id, known.slug, date), self.config, origin=origin, now=now, draft=known.draft
            )
            return PlannedSource(known.path, text, known.id, taken.title, origin, self.texts[known.path])
        moment = now.astimezone(self.config.zone).replace(microsecond=0)
        slug, name, number = slug_of(taken.title), "", 1
        while not name or self._is_taken(name, f"{moment:%Y%m%d}-{name}"):
            name = slug if number == 1 else f"{slug}-{number}"
            number += 1
        identity = Identity(f"{moment:%Y%m%d}-{name}", name, moment.isoformat())
        self.names.update((identity.id, name))
        text = compose_source(taken, identity, self.config, origin=origin, now=now, draft=wishes.draft)
        return PlannedSource(self._path(name), text, identity.id, taken.title, origin)

    def _is_taken(self, name: str, identity: str) -> bool:
        return name in self.names or identity in self.names or (self.folder / self._path(name)).exists()

    def _path(self, name: str) -> str:
        return f"{self.root}/articles/{name}.md".lstrip("/")


def address_key(address: str) -> str:
    """What two addresses of one text have in common: no scheme, `www.`, fragment, slash at the end, or marks of campaigns."""
    parts = urlsplit(address)
    query = [
        (key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not key.startswith("utm_")
    ]
    return f"{host_of(address)}{unquote(parts.path).rstrip('/')}?{urlencode(query)}"
