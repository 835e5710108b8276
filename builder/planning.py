"""The straight line from a site's folder to a plan of all its files: read, render every source, group, plan pages. Nothing of
what is planned is made before somebody asks for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from msgspec import structs

from builder import __version__
from builder.config import warn_undeclared
from builder.content.discover import dates_from_git, find_content, find_sources
from builder.content.files import list_static
from builder.content.front_matter import require_date
from builder.content.twins import join_twins
from builder.diagnostics import Checked, Diagnostic
from builder.memo import Memo, code_fingerprint, digest, digest_bytes
from builder.site.checks import check_collisions, check_entries, check_paths, check_static
from builder.site.collections import announced_until, collect
from builder.site.feeds import plan_feeds
from builder.site.parts import Parts
from builder.site.permalinks import Addresses, alias_path
from builder.site.plan import PagePlan, digest_entries, list_paths, plan_feed_files, plan_page_files
from builder.site.references import Target, Targets, is_elsewhere, paths_of, resolve, wanted_files
from builder.stages.files import CopiedFile, Look, Materials, PageFile, StoredBodies
from builder.stages.local_files import LocalFiles
from builder.stages.options import nobody
from builder.stages.phases import Clock
from builder.stages.settings import load_site, load_site_theme, render_settings
from builder.stages.site_files import (
    asset_files,
    check_copies,
    opml_files,
    page_files,
    read_own,
    service_files,
    sitemap_plan,
    static_files,
)
from builder.stages.sources import Recalled, forget_sources, recall_sources, settings_digest
from builder.stages.templates import compile_once
from builder.stages.unchanged import Summary
from builder.stages.words import Conversions, SiteWords, convert_string, to_source
from builder.workers import Here

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from builder.config import SiteConfig
    from builder.content.discover import FoundSource
    from builder.content.files import LocalFile
    from builder.content.models import Article
    from builder.content.walk import Folders
    from builder.publish.theme import Theme
    from builder.rendering.articles import RenderSettings
    from builder.rendering.records import Record
    from builder.site.collections import Collections
    from builder.site.feeds import FeedPlan
    from builder.site.parts import Words
    from builder.stages.files import PlannedFile
    from builder.stages.options import PlanOptions, Progress
    from builder.workers import Workers


@dataclass(frozen=True, slots=True)
class SitePlan:
    """A whole site, planned: every file by its path under the output folder, and what was found on the way. `aliases` are old
    root-relative addresses and new ones; `withdrawn` such that are gone, aliases too, and their tombstones."""

    options: PlanOptions
    config: SiteConfig
    settings: RenderSettings
    collections: Collections
    aliases: tuple[tuple[str, str], ...]
    withdrawn: tuple[tuple[str, str], ...]
    files: Mapping[str, PlannedFile]
    materials: Materials
    sources: Mapping[str, FoundSource]  # by their paths and those of their twins
    targets: Targets
    diagnostics: tuple[Diagnostic, ...]
    inferred: tuple[str, ...]
    phases: Mapping[str, float]
    until: float  # seconds since 1970: from then on the plan would be another

    @property
    def summary(self) -> Summary:
        """What there is to say of it."""
        return Summary(
            diagnostics=self.diagnostics,
            inferred=self.inferred,
            withheld=tuple((article.path, reason) for article, reason in self.collections.withheld),
            articles=len(self.collections.articles),
            pages=sum(isinstance(file, PageFile) and isinstance(file.plan, PagePlan) for file in self.files.values()),
            variants=len(self.config.variants),
        )


def plan_site(
    options: PlanOptions,
    *,
    recalled: Recalled | None = None,
    folders: Folders | None = None,
    workers: Workers | None = None,
    progress: Progress = nobody,
) -> SitePlan:
    """Plan a site. `recalled` has what earlier plans and builds came to, `folders` what was looked at just now; `progress` is
    told how far it is. Raises `BuilderError` where nothing can be planned at all, and `MemoError` where what is recalled is
    damaged; every other finding is in the plan, which is not to be published when there are errors among them.
    """
    clock = Clock()
    recalled = Recalled(Memo()) if recalled is None else recalled
    memo = recalled.memo
    with clock("read"):
        site = load_site(options.folder, options.base_url)
        config = site.value
        now = options.now or datetime.now(UTC)
        now = now if now.tzinfo else now.replace(tzinfo=config.zone)
        content = find_content(options.folder)
        found_sources = find_sources(content, (options.output,), folders)
        sources = join_twins(found_sources.value, declared=config.declared, script=config.source_variant)
        static = list_static(options.folder, folders)
        theme = load_site_theme(options.folder, config)
        settings, settings_findings = render_settings(options.folder, content.root, config)
    with clock("render sources"):
        told = partial(progress, "rendering sources")
        checked = recall_sources(options.folder, sources.value, settings, recalled, workers or Here(), told)
    with clock("assemble"):
        records, found = _date(checked, options.folder, config)
        conversions = Conversions(memo, settings)
        collected = collect(
            records,
            config,
            lambda text, script: to_source(text, script, settings, conversions),
            now=now,
            drafts=options.drafts,
            future=options.future,
        )
        collections = collected.value
        feeds = plan_feeds(collections, config)
        local = LocalFiles(options.folder, memo)
        targets = _targets(content.root, collections, static.value, config, feeds, local)
        resolved = resolve(collections.everything(), targets)
    with clock("plan pages"):
        digests = digest_entries(collections, resolved)
        pages = plan_page_files(collections, config, feeds, digests)
        feed_files = plan_feed_files(feeds, collections, digests)
        look = _look(theme.value, config, settings, conversions, memo)
        words = {
            variant.tag: SiteWords(variant, settings, look.value.strings[variant.tag], conversions)
            for variant in config.variants
        }
        parts = make_parts(config, collections, resolved, feeds, words)
        for part in parts.values():
            part.convert_terms()
        common = digest(look.value.digest, settings_digest(settings), config)
        shared = {tag: digest(common, part.site) for tag, part in parts.items()}
        rendered = tuple(page_files(pages, feed_files, config.variants, shared))
        aliases, withdrawn = _moved(collections, config)
        own = read_own(options.folder, static.value)
        others: dict[str, PlannedFile] = {
            **asset_files(theme.value.assets, _used(resolved), options.folder),
            **sitemap_plan(pages, config),
            **opml_files(parts, shared),
            **service_files(config, aliases, withdrawn, own.value),
        }
        copies = static_files(options.folder, static.value, local)
        wrong = (
            *check_entries(collections, targets),
            *check_static(collections, targets),
            *check_paths(collections, config),
            *_check_collisions(rendered, others, copies.value, collections, config, memo),
        )
        local.remember()
        conversions.remember()
        forget_sources(recalled, checked, [source.path for source in sources.value])
    diagnostics = (
        *site.diagnostics,
        *warn_undeclared(config),
        *found_sources.diagnostics,
        *sources.diagnostics,
        *static.diagnostics,
        *theme.diagnostics,
        *look.diagnostics,
        *settings_findings,
        *_spare_drafts(found, collections, sources.value),
        *collected.diagnostics,
        *wrong,
        *own.diagnostics,
        *copies.diagnostics,
    )
    return SitePlan(
        options=options,
        config=config,
        settings=settings,
        collections=collections,
        aliases=aliases,
        withdrawn=withdrawn,
        files={**dict(rendered), **others, **copies.value},
        materials=Materials(look.value, parts, StoredBodies(memo)),
        sources={path: source for source in sources.value for path in paths_of_source(source)},
        targets=targets,
        diagnostics=tuple(sorted(dict.fromkeys(diagnostics), key=Diagnostic.sort_key)),
        inferred=_inferred(options.folder, config, content.root, collections),
        phases=clock.seconds,
        until=_until(collections, records, now),
    )


def make_parts(
    config: SiteConfig,
    collections: Collections,
    resolved: Mapping[str, Mapping[str, Target | str]],
    feeds: tuple[FeedPlan, ...],
    words: Mapping[str, Words],
) -> dict[str, Parts]:
    """What the views of each variant are made of."""
    made = f"Wenzhai {__version__}"
    return {
        variant.tag: Parts(variant, config, collections, resolved, feeds, words[variant.tag], made)
        for variant in config.variants
    }


def read_planned(plan: SitePlan, path: str) -> bytes | Path | None:
    """One file of a planned site: its bytes, or the file that is copied there; None where the site has no such file.
    Raises `BuilderError` when it cannot be rendered.
    """
    planned = plan.files.get(path)
    if isinstance(planned, PageFile):
        return plan.materials.render(planned)
    if isinstance(planned, CopiedFile):
        return planned.source
    return planned.make() if planned else None


def paths_of_source(source: FoundSource) -> Iterator[str]:
    """The files that a source is made of, its own first."""
    yield source.path
    for twin in source.twins:
        yield twin.path


#: Ends the key of a record whose date is not its source's own.
FROM_HISTORY = " from history"


def _takes_history(article: Article) -> bool:
    return article.date is None and article.kind != "page"


def _date(
    checked: Sequence[Checked[Record | None]], folder: Path, config: SiteConfig
) -> tuple[list[Record], list[Diagnostic]]:
    """The articles that could be read, those that no date was found for dated by the history of the repository."""
    records = [item.value for item in checked if item.value]
    found = [diagnostic for item in checked for diagnostic in item.diagnostics]
    if any(_takes_history(record.article) for record in records):
        history = dates_from_git(folder, config.zone)
        records = [
            replace(
                record,
                key=f"{record.key} {date.moment}{FROM_HISTORY}",
                article=structs.replace(record.article, date=date),
            )
            if _takes_history(record.article) and (date := history.get(record.article.path))
            else record
            for record in records
        ]
    for record in records:
        found += require_date(record.article, declared=config.declared)
    return records, found


def _spare_drafts(
    found: Sequence[Diagnostic], collections: Collections, sources: Sequence[FoundSource]
) -> Iterator[Diagnostic]:
    """The findings, errors in drafts that are not published as warnings: what is half-written does not stop a build."""
    drafts = {article.path for article, reason in collections.withheld if reason == "draft"}
    drafts |= {twin.path for source in sources if source.path in drafts for twin in source.twins}
    for finding in found:
        unfinished = finding.place is not None and finding.place.path in drafts
        yield replace(finding, severity="warning") if unfinished else finding


# -- planning ----------------------------------------------------------------------------------------------------------


def _targets(
    content_root: str,
    collections: Collections,
    static: Sequence[str],
    config: SiteConfig,
    feeds: Sequence[FeedPlan],
    local: LocalFiles,
) -> Targets:
    """Everything that references may lead to, the files among it read."""
    asked: dict[tuple[str, str], Article] = {}  # most sources of a folder refer to the same things
    for entry in collections.everything():
        rendered, cover = entry.rendered, entry.rendered.article.cover
        if rendered.references or rendered.comment_references or cover:
            folder = rendered.article.path.rpartition("/")[0]
            for reference in (*rendered.references, *rendered.comment_references):
                for path in paths_of(reference):
                    asked[folder, path] = rendered.article
            if cover and not is_elsewhere(cover.src):
                asked[folder, cover.src] = rendered.article
    wanted = {file for (_, path), article in asked.items() for file in wanted_files(article, (path,), content_root)}
    return Targets(
        content_root=content_root,
        entries={entry.article.path: entry for entry in collections.everything()},
        withheld={article.path: reason for article, reason in collections.withheld},
        files=local.read(wanted),
        static=frozenset(static),
        pages=list_paths(collections, config, feeds),
    )


def _look(
    theme: Theme, config: SiteConfig, settings: RenderSettings, conversions: Conversions, memo: Memo
) -> Checked[Look]:
    """The theme, compiled, and its texts in every variant."""
    from builder.publish.theme import MAIN_VARIANT, strings_for

    variants = {variant.tag: variant for variant in config.variants}

    def convert(text: str, tag: str) -> str:
        return convert_string(text, MAIN_VARIANT, variants[tag], settings, conversions)

    compiled = compile_once(theme, memo)
    strings = {tag: strings_for(theme, tag, convert) for tag in variants}
    name = digest(code_fingerprint(), theme.digest, sorted(strings.items()))
    return Checked(Look(compiled.value, strings, name), compiled.diagnostics)


def _used(resolved: Mapping[str, Mapping[str, Target | str]]) -> Iterator[LocalFile]:
    """The files of the site that pages show, to be published as assets."""
    shown = {
        target.path: target
        for targets in resolved.values()
        for target in targets.values()
        if isinstance(target, Target) and target.file
    }
    used = {path: target.file for path, target in shown.items() if target.file and path == target.file.asset_path}
    return (used[path] for path in sorted(used))


def _moved(
    collections: Collections, config: SiteConfig
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Old addresses and new ones; and addresses that are gone, with their tombstones."""
    addresses = Addresses.of(config.base_url)
    gone = {addresses.url(entry.path) for entry in collections.tombstones}
    moved = [
        (addresses.url(alias_path(alias)), addresses.url(entry.path))
        for entry in collections.everything()
        for alias in entry.article.aliases
    ]
    withdrawn = [(old, tombstone) for old, tombstone in moved if tombstone in gone]
    for entry in collections.tombstones:
        everywhere = (addresses.url(entry.path, variant) for variant in config.variants)
        withdrawn += ((path, path) for path in everywhere)
    return tuple((old, new) for old, new in moved if new not in gone), tuple(withdrawn)


def _check_collisions(
    rendered: Sequence[tuple[str, PageFile]],
    others: Mapping[str, PlannedFile],
    copies: Mapping[str, PlannedFile],
    collections: Collections,
    config: SiteConfig,
    memo: Memo,
) -> list[Diagnostic]:
    """Whether two files have one path. That none have is remembered: to look takes long, and what it depends on is this."""
    about = (
        (code_fingerprint(), repr(config.variants)),
        (path for path, file in rendered if file.variant == config.variants[0].tag),
        (path for entry in collections.everything() for path in (entry.path, *entry.article.aliases)),
        others,
        copies,
    )
    key = digest_bytes("\n\0".join(map("\n".join, about)).encode("utf-8", "surrogateescape"))
    if memo.get("paths", key) is not None:
        return []
    pages = [path for path, file in rendered if isinstance(file.plan, PagePlan)]
    feeds = (path for path, file in rendered if not isinstance(file.plan, PagePlan))
    found = check_collisions(pages, feeds, collections, config)
    found += check_copies(copies, {**dict(rendered), **others})
    if not found:
        memo.put("paths", {key: b""})
        memo.keep("paths", {key})
    return found


def _until(collections: Collections, records: Sequence[Record], now: datetime) -> float:
    """When the next text is due, or the next tombstone leaves the feeds, in seconds since 1970. At once, where dates come from
    the history of the repository, which is no file of the site."""
    if any(_takes_history(record.article) or record.key.endswith(FROM_HISTORY) for record in records):
        return 0.0
    moments = [article.date.moment for article, reason in collections.withheld if reason == "future" and article.date]
    moments += [announced_until(entry.article.withdrawn) for entry in collections.tombstones if entry.article.withdrawn]
    return min((moment.timestamp() for moment in moments if moment > now), default=float("inf"))


def _inferred(folder: Path, config: SiteConfig, content_root: str, collections: Collections) -> tuple[str, ...]:
    """What a folder that is not declared as a site was taken to be."""
    if config.declared:
        return ()
    kinds = Counter(entry.article.kind for entry in collections.everything())
    undated = sum(entry.article.date is None for entry in collections.articles)
    said = [
        f"{folder} has no wenzhai.toml: content from {content_root or 'the folder itself'}, "
        + ", ".join(f"{number} {kind}{'s' * (number != 1)}" for kind, number in sorted(kinds.items())),
        "variants: " + ", ".join(variant.tag for variant in config.variants) + f", written in {config.source_variant}",
    ]
    if undated:
        said.append(f"{undated} without a date: listed last")
    return tuple(said)
