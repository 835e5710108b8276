"""The straight line from a site's folder to its pages: read, render every source, group, plan, render pages, write."""

from __future__ import annotations

import os
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from builder import __version__
from builder.config import CONFIG_NAME, Variant, load_config, parse_base_url, warn_undeclared
from builder.content.discover import SourceFile, dates_from_git, find_content, read_sources
from builder.content.files import list_static, read_file
from builder.content.front_matter import SourceSettings, require_date
from builder.content.twins import join_twins
from builder.diagnostics import BuilderError, Checked, Diagnostic, Place, error, has_errors, warning
from builder.located import decode
from builder.memo import code_fingerprint, digest, in_batches, recall
from builder.rendering.articles import RenderSettings, converter_for, render_sources, word
from builder.site.collections import collect
from builder.site.feeds import digest_feeds
from builder.site.pages import Words, list_paths, plan_pages
from builder.site.permalinks import SERVICE_FILES, clashes, printable
from builder.site.references import Targets, is_elsewhere, paths_of, wanted_files
from builder.site.views import FeedView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
    from concurrent.futures import Executor

    from builder.config import SiteConfig, Wording
    from builder.publish.feeds import FeedRenderer
    from builder.publish.theme import Renderer, Theme
    from builder.publish.write import Output, Stage, Staged, WriteReport
    from builder.rendering.articles import Rendered
    from builder.site.collections import Collections
    from builder.site.pages import SitePages
    from builder.site.views import PageView, SiteView

#: Sources, and pages, that one task of a worker process takes: large enough that sending them costs little.
SOURCES_A_BATCH = 50
PAGES_A_BATCH = 200

Memory: TypeAlias = "MutableMapping[str, Checked[Rendered | None]]"

#: Is told of each item that is done: the phase, the number of the item, and how many there are.
Progress: TypeAlias = "Callable[[str, int, int], None]"

T = TypeVar("T")


def _nobody(_phase: str, _done: int, _total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What a person may ask of a plan. `output` is passed over when sources are looked for; `now` decides what is in the
    future (None: whenever it is planned); `base_url` replaces the setting where it is not empty.
    """

    folder: Path
    output: Path
    base_url: str = ""
    drafts: bool = False
    future: bool = False
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file that is rendered from a view."""

    made_from: str
    view: PageView | FeedView


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """A file that is published as it is."""

    made_from: str
    source: Path


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file whose bytes are known already."""

    made_from: str
    content: bytes


PlannedFile: TypeAlias = PageFile | CopiedFile | MadeFile


@dataclass(frozen=True, eq=False)
class Look:
    """A theme and its texts in every variant: two of one digest render the same bytes, and are equal."""

    theme: Theme
    strings: Mapping[str, Mapping[str, str]]
    digest: str

    def __eq__(self, other: object) -> bool:
        """Equal by digest: the parts are large."""
        return isinstance(other, Look) and self.digest == other.digest

    def __hash__(self) -> int:
        """As `__eq__`."""
        return hash(self.digest)


@dataclass(frozen=True, slots=True)
class Materials:
    """What rendering takes besides a view: the look, what a variant's pages share, and bodies by digest."""

    look: Look
    sites: Mapping[str, SiteView]
    bodies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SitePlan:
    """A whole site, planned: every file by its path under the output folder, and what was found on the way."""

    options: PlanOptions
    config: SiteConfig
    settings: RenderSettings
    collections: Collections
    pages: SitePages
    files: Mapping[str, PlannedFile]
    materials: Materials
    diagnostics: tuple[Diagnostic, ...]
    inferred: tuple[str, ...]
    phases: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. `phases` are seconds by name, in order."""

    plan: SitePlan
    written: WriteReport
    phases: Mapping[str, float]

    @property
    def page_count(self) -> int:
        """How many pages the site has, all variants together."""
        return len(self.plan.pages.pages)


def plan_site(
    options: PlanOptions,
    *,
    memory: Memory | None = None,
    executor: Executor | None = None,
    progress: Progress = _nobody,
) -> SitePlan:
    """Plan a site. `memory` holds rendered sources from one plan to the next; `progress` is told how far it is. Raises
    `BuilderError` where nothing can be planned at all; every other finding is in the plan, which is not to be published
    when there are errors among them.
    """
    clock = _Clock()
    with clock("read"):
        config = _load(options)
        content = find_content(options.folder)
        files = read_sources(content, (options.output,))
        sources = join_twins(files.value, declared=config.value.declared, script=config.value.source_variant)
        static = list_static(options.folder)
        theme = _load_theme(options.folder, config.value)
        settings, settings_findings = _render_settings(options.folder, content.root, config.value)
    with clock("render sources"):
        checked = _render(sources.value, settings, {} if memory is None else memory, executor, progress)
    with clock("assemble"):
        rendered, found = _date(checked, options.folder, config.value)
        to_source = partial(_to_source, config.value.source_variant, settings)
        collections = collect(
            rendered,
            config.value,
            to_source,
            now=_aware(options.now, config.value),
            drafts=options.drafts,
            future=options.future,
        )
        targets = _targets(options.folder, content.root, collections.value, static.value, config.value)
    with clock("plan pages"):
        strings = _strings(theme.value, config.value, settings)
        words = {variant.tag: _words(variant, settings, strings[variant.tag]) for variant in config.value.variants}
        pages = plan_pages(collections.value, config.value, targets, words, generator=f"Wenzhai {__version__}")
        bodies = {
            body.digest: body.html
            for entry in collections.value.everything()
            for text in entry.rendered.texts.values()
            for body in (text.body, text.comment)
            if body
        }
        bodies[""] = ""  # a standing page without a text
        look = Look(theme.value, strings, digest(code_fingerprint(), theme.value.digest, sorted(strings.items())))
        materials = Materials(look, pages.value.sites, bodies)
        planned = _plan_files(options.folder, config.value, pages.value, static.value, materials)
    diagnostics = (
        *config.diagnostics,
        *warn_undeclared(config.value),
        *files.diagnostics,
        *sources.diagnostics,
        *static.diagnostics,
        *theme.diagnostics,
        *_check_templates(look),
        *settings_findings,
        *_spare_drafts(found, collections.value, sources.value),
        *collections.diagnostics,
        *pages.diagnostics,
        *planned.diagnostics,
    )
    return SitePlan(
        options=options,
        config=config.value,
        settings=settings,
        collections=collections.value,
        pages=pages.value,
        files=planned.value,
        materials=materials,
        diagnostics=tuple(sorted(dict.fromkeys(diagnostics), key=Diagnostic.sort_key)),
        inferred=_inferred(options.folder, config.value, content.root, collections.value),
        phases=clock.seconds,
    )


def read_planned(plan: SitePlan, path: str) -> bytes | Path | None:
    """One file of a planned site: its bytes, or the file that is copied there; None where the site has no such file.
    Raises `BuilderError` when it cannot be rendered.
    """
    planned = plan.files.get(path)
    if isinstance(planned, PageFile):
        return _render_view(planned.view, plan.materials)
    if isinstance(planned, CopiedFile):
        return planned.source
    return planned.content if planned else None


def check_site(plan: SitePlan) -> tuple[Diagnostic, ...]:
    """Everything a build would find, the errors of rendering pages included, and what a build does not look at: words of the
    site's glossary that no source holds, and texts that are not the ones that were taken. Writes nothing."""
    found = [*plan.diagnostics, *_check_glossary(plan), *_check_provenance(plan.collections)]
    if not has_errors(found):
        views = [file.view for file in plan.files.values() if isinstance(file, PageFile)]
        failed: list[Diagnostic] = []
        for findings in in_batches(partial(_try_views, plan.materials), views, None, PAGES_A_BATCH):
            failed += findings
        found += _few_of_a_kind(sorted(dict.fromkeys(failed), key=Diagnostic.sort_key))
    return tuple(sorted(dict.fromkeys(found), key=Diagnostic.sort_key))


def _check_provenance(collections: Collections) -> Iterator[Diagnostic]:
    articles = [entry.article for entry in collections.everything()] + [article for article, _ in collections.withheld]
    for article in articles:
        if article.imported and article.imported.is_changed and not article.withdrawn:
            message = "the text is not the one that was imported: its SHA-256 is another"
            hint = (
                "undo the changes if the text is to be verbatim; if they are meant, say so (`comment`) and write "
                f"sha256: {article.imported.sha256_now}"
            )
            yield warning("changed-since-import", message, article.place("imported"), hint)


def review_site(plan: SitePlan) -> tuple[Diagnostic, ...]:
    """The places of all sources where an editor should look at what conversion made of them, as warnings."""
    from builder.rendering.review import review_source

    sources = read_sources(find_content(plan.options.folder), (plan.options.output,)).value
    joined = join_twins(sources, declared=plan.config.declared, script=plan.config.source_variant).value
    return tuple(finding for source in joined for finding in review_source(source, plan.settings))


def load_settings(folder: Path) -> Checked[RenderSettings]:
    """The settings that decide what texts become on the site in a folder."""
    config = load_config(folder)
    settings, found = _render_settings(folder, find_content(folder).root, config.value)
    return Checked(settings, config.diagnostics + found)


def load_source(folder: Path, file: Path) -> Checked[SourceFile | None]:
    """One Markdown file as a source of the site in a folder; it need not be below its content root."""
    root = folder / find_content(folder).root
    path = file.resolve()
    shown = path.relative_to(folder.resolve()) if path.is_relative_to(folder.resolve()) else file
    named = path.relative_to(root.resolve()) if path.is_relative_to(root.resolve()) else Path(file.name)
    try:
        text = decode(path.read_bytes(), shown.as_posix())
    except OSError as problem:
        raise BuilderError(error("unreadable", f"cannot read it: {problem.strerror}", Place(str(file)))) from None
    if text.value is None:
        return Checked(None, text.diagnostics)
    return Checked(SourceFile(shown.as_posix(), named.with_suffix("").as_posix(), text.value))


def _check_glossary(plan: SitePlan) -> tuple[Diagnostic, ...]:
    from builder.located import parse_toml
    from builder.rendering.unused import unused_entries

    folder, content = plan.options.folder, find_content(plan.options.folder)
    path = f"{content.root}/glossary.toml" if content.root else "glossary.toml"
    words = parse_toml(_read_text(folder, path), path).value if (folder / path).is_file() else None
    if words is None:
        return ()
    texts = [source.text for source in read_sources(content, (plan.options.output,)).value]
    if plan.config.declared:
        texts.append(_read_text(folder, CONFIG_NAME))
    return unused_entries(words, path, texts)


def build_site(
    options: PlanOptions,
    *,
    strict: bool = False,
    force: bool = False,
    clean: bool = False,
    executor: Executor | None = None,
    progress: Progress = _nobody,
) -> BuildReport:
    """Build a site into its output folder. Raises `BuilderError` with every finding, and leaves the output as it was, when
    there is an error (or, `strict`, a warning). `clean` renders every page anew; `force` allows a folder that is not ours.
    """
    from builder.publish.write import open_output

    plan = plan_site(options, executor=executor, progress=progress)
    if has_errors(plan.diagnostics) or (strict and plan.diagnostics):
        raise BuilderError(*plan.diagnostics)
    clock = _Clock()
    folder = options.folder
    protected = [folder / name for name in ("content", "static", "themes")]
    with open_output(options.output, protected=protected, force=force, site=folder) as output:
        plan = replace(plan, diagnostics=plan.diagnostics + output.diagnostics)
        with clock("render pages"):
            stale = [
                (path, file)
                for path, file in plan.files.items()
                if clean or not output.is_current(path, file.made_from)
            ]
            staged = _stage(stale, plan.materials, output, executor, progress)
        with clock("write"):
            written = output.commit({path: file.made_from for path, file in plan.files.items()}, staged)
    return BuildReport(plan, written, {**plan.phases, **clock.seconds})


@contextmanager
def worker_processes(jobs: int) -> Iterator[Executor | None]:
    """An executor of so many processes; None for a single one. Ends them on leaving, whatever happened."""
    if jobs <= 1:
        yield None
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # A forked child shares what is loaded already; where there is no fork, each child loads it anew.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    executor = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context(method))
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def available_processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# -- reading and rendering sources -------------------------------------------------------------------------------------


def _load(options: PlanOptions) -> Checked[SiteConfig]:
    config = load_config(options.folder)
    if not options.base_url:
        return config
    base_url = parse_base_url(options.base_url, None)
    if has_errors(base_url.diagnostics):
        raise BuilderError(*base_url.diagnostics)
    if config.value.declared and not config.value.tag:
        hint = (
            'add `tag = "tag:example.org,2026"` under [site] in wenzhai.toml, with your host and year, once and for all'
        )
        raise BuilderError(error("site-tag", "the feeds need 'site.tag', the prefix of their guids", None, hint))
    return Checked(replace(config.value, base_url=base_url.value), config.diagnostics)


def _aware(now: datetime | None, config: SiteConfig) -> datetime:
    """The moment that a plan is for; a naive one is in the site's zone."""
    now = now or datetime.now(UTC)
    return now if now.tzinfo else now.replace(tzinfo=config.zone)


def _load_theme(folder: Path, config: SiteConfig) -> Checked[Theme]:
    from builder.publish.theme import load_theme

    own = folder / "themes"
    site_themes = own if own.is_dir() else None
    return load_theme(config.theme, dict(config.theme_options), site_themes, places=dict(config.theme_places))


def _render_settings(
    folder: Path, content_root: str, config: SiteConfig
) -> tuple[RenderSettings, tuple[Diagnostic, ...]]:
    from builder.markup.render import MarkupSettings
    from builder.variants.glossary import load_site_glossary, merge_glossaries, shipped_glossary

    glossary, found = shipped_glossary(), tuple[Diagnostic, ...]()
    path = f"{content_root}/glossary.toml" if content_root else "glossary.toml"
    if (folder / path).is_file():
        text = _read_text(folder, path)
        own = load_site_glossary(text, path)
        glossary, found = merge_glossaries(glossary, own.value), own.diagnostics
    source = SourceSettings(config.declared, config.zone, config.source_variant, config.rights, config.sources)
    return RenderSettings(source, MarkupSettings(config.markdown_html), config.variants, glossary), found


def _read_text(folder: Path, path: str) -> str:
    try:
        data = (folder / path).read_bytes()
    except OSError as problem:
        raise BuilderError(error("unreadable", f"cannot read it: {problem.strerror}", Place(path))) from None
    text = decode(data, path)
    if text.value is None:
        raise BuilderError(*text.diagnostics)
    return text.value


def _render(
    sources: Sequence[SourceFile],
    settings: RenderSettings,
    memory: Memory,
    executor: Executor | None,
    progress: Progress,
) -> list[Checked[Rendered | None]]:
    known = digest(code_fingerprint(), settings.source, settings.markup, settings.variants, settings.glossary.digest)
    keyed = [(digest(known, source), source) for source in sources]
    work = partial(render_sources, settings)

    def compute(missing: Sequence[SourceFile]) -> Iterator[Checked[Rendered | None]]:
        results = in_batches(work, missing, executor, SOURCES_A_BATCH)
        return _counted(results, "rendering sources", len(missing), progress)

    return recall(memory, keyed, compute)


def _date(
    checked: Sequence[Checked[Rendered | None]], folder: Path, config: SiteConfig
) -> tuple[list[Rendered], list[Diagnostic]]:
    """The articles that could be read, those that no date was found for dated by the history of the repository."""
    rendered = [item.value for item in checked if item.value]
    found = [diagnostic for item in checked for diagnostic in item.diagnostics]
    if any(item.article.date is None and item.article.kind != "page" for item in rendered):
        history = dates_from_git(folder, config.zone)
        rendered = [
            replace(item, article=replace(item.article, date=item.article.date or history.get(item.article.path)))
            if item.article.kind != "page"
            else item
            for item in rendered
        ]
    for item in rendered:
        found += require_date(item.article, declared=config.declared)
    return rendered, found


def _to_source(tag: str, settings: RenderSettings, text: str, script: str) -> str:
    """A term in the site's source script. A word typed in the other script than its file is told by its characters."""
    if script == "zh-CN" and _convert_characters("zh-TW", "zh-CN", text) != text:
        script = "zh-TW"
    elif script != "zh-CN" and _convert_characters("zh-CN", "zh-TW", text) != text:
        script = "zh-CN"
    return converter_for(script, Variant(tag, "", "", quotes=False), settings).text(text)


def _convert_characters(script: str, variant: str, text: str) -> str:
    from builder.variants.converter import make_converter
    from builder.variants.glossary import make_glossary

    return make_converter(script, variant, glossary=make_glossary(())).text(text)


def _spare_drafts(
    found: Sequence[Diagnostic], collections: Collections, sources: Sequence[SourceFile]
) -> Iterator[Diagnostic]:
    """The findings, errors in drafts that are not published as warnings: what is half-written does not stop a build."""
    drafts = {article.path for article, reason in collections.withheld if reason == "draft"}
    drafts |= {twin.path for source in sources if source.path in drafts for twin in source.twins}
    for finding in found:
        unfinished = finding.place is not None and finding.place.path in drafts
        yield replace(finding, severity="warning") if unfinished else finding


# -- planning ----------------------------------------------------------------------------------------------------------


def _targets(
    folder: Path, content_root: str, collections: Collections, static: Sequence[str], config: SiteConfig
) -> Targets:
    """Everything that references may lead to, the files among it read."""
    wanted: dict[str, None] = {}
    for entry in collections.everything():
        rendered = entry.rendered
        references = (*rendered.references, *rendered.comment_references)
        cover = (entry.article.cover.src,) if entry.article.cover and not is_elsewhere(entry.article.cover.src) else ()
        targets = (*(path for reference in references for path in paths_of(reference)), *cover)
        wanted.update(dict.fromkeys(wanted_files(entry.article, targets, content_root)))
    files = {path: file for path in sorted(wanted) if (file := read_file(folder, path))}
    return Targets(
        content_root=content_root,
        entries={entry.article.path: entry for entry in collections.everything()},
        withheld={article.path: reason for article, reason in collections.withheld},
        files=files,
        static=frozenset(static),
        pages=list_paths(collections, config),
    )


def _strings(theme: Theme, config: SiteConfig, settings: RenderSettings) -> dict[str, dict[str, str]]:
    from builder.publish.theme import MAIN_VARIANT, strings_for

    def convert(text: str, tag: str) -> str:
        variant = next(variant for variant in config.variants if variant.tag == tag)
        return converter_for(MAIN_VARIANT, variant, settings).text(text)

    return {variant.tag: strings_for(theme, variant.tag, convert) for variant in config.variants}


def _words(variant: Variant, settings: RenderSettings, strings: Mapping[str, str]) -> Words:
    convert = converter_for(settings.source.source_variant, variant, settings)

    def worded(wording: Wording) -> str:
        return word(wording, variant, settings)

    return Words(convert=convert.text, worded=worded, label=lambda key: strings.get(key, key))


def _plan_files(
    folder: Path,
    config: SiteConfig,
    pages: SitePages,
    static: Sequence[str],
    materials: Materials,
) -> Checked[dict[str, PlannedFile]]:
    """Every file of the site by its path. A static file at the path of another is an error."""
    from builder.publish.write import is_plain

    files: dict[str, PlannedFile] = {}
    shared = {tag: digest(materials.look.digest, site) for tag, site in materials.sites.items()}
    for page in pages.pages:
        files[page.head.path] = PageFile(digest(shared[page.head.variant], page), page)
    for feed, made_from in digest_feeds(pages.feeds):
        files[feed.path] = PageFile(digest(shared[feed.variant], made_from), feed)
    for asset in materials.look.theme.assets:
        files[asset.path] = MadeFile(digest(asset.content), asset.content)
    for used in pages.files:
        files[used.asset_path] = CopiedFile(used.digest[:32], folder / used.path)
    found: list[Diagnostic] = []
    copies: dict[str, CopiedFile] = {}
    own: dict[str, bytes] = {}
    for path in static:
        source, place = folder / "static" / path, Place(f"static/{path}")
        if not is_plain(path):
            found.append(
                error("static-name", "this name cannot be an address", place, "rename it without the backslash")
            )
            continue
        try:
            if path in _OURS_TOO:
                own[path] = source.read_bytes()
                continue
            with source.open("rb") as stream:
                copies[path] = CopiedFile(file_digest(stream, "sha256").hexdigest()[:32], source)
        except OSError as problem:
            found.append(error("unreadable", f"cannot read it: {problem.strerror}", place, "mend or remove it"))
    for path, content in _service_files(config, pages, own).items():
        files[path] = MadeFile(digest(content), content)
    blocked = {path for pair in clashes([*files, *copies]) for path in pair} | (SERVICE_FILES & copies.keys())
    for path in copies:
        if path in files or path in blocked:
            message = f"static/{path} would take the place of a page or file of the site"
            found.append(error("static-collision", message, Place(f"static/{path}"), "rename or remove it"))
    return Checked(files | copies, tuple(found))


#: Files of `static/` that are joined with, or stand in for, our own.
_OURS_TOO = ("robots.txt", "_headers", "_redirects")


def _service_files(config: SiteConfig, pages: SitePages, own: Mapping[str, bytes]) -> dict[str, bytes]:
    from builder.publish.feeds.opml import render_opml
    from builder.publish.sitemap import (
        render_headers,
        render_redirects,
        render_reservation,
        render_robots,
        render_sitemap,
    )

    files: dict[str, bytes] = {".nojekyll": b""}
    files |= {view.path: render_opml(view) for view in pages.opml}
    if config.base_url:
        files |= render_sitemap(pages.sitemap, config.base_url)
    rights = config.rights
    files["robots.txt"] = own.get("robots.txt") or render_robots(
        config.base_url + "sitemap.xml" if config.base_url else None, rights.content_signal
    )
    policy = printable(rights.tdm_policy)
    headers = render_headers(config.base_path, reserved=rights.tdm_reservation, policy=policy)
    files["_headers"] = headers + own.get("_headers", b"")
    if rights.tdm_reservation:
        files[".well-known/tdmrep.json"] = render_reservation(config.base_path, policy)
    files["_redirects"] = render_redirects(pages.aliases, pages.withdrawn) + own.get("_redirects", b"")
    return files


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


# -- rendering and staging pages ---------------------------------------------------------------------------------------


def _render_view(view: PageView | FeedView, materials: Materials) -> bytes:
    if isinstance(view, FeedView):
        return _feed_renderer(materials.look).render(view, materials.bodies)
    return _renderer(materials.look).render_page(view, materials.sites[view.head.variant], materials.bodies)


@lru_cache(maxsize=2)
def _check_templates(look: Look) -> tuple[Diagnostic, ...]:
    """A preview plans the site again and again, and most of a small plan's time would go into this."""
    from builder.publish.theme import check_templates

    return check_templates(look.theme)


@lru_cache(maxsize=2)
def _renderer(look: Look) -> Renderer:
    """Compiled templates are kept from page to page."""
    from builder.publish.theme import make_renderer

    return make_renderer(look.theme, look.strings)


@lru_cache(maxsize=2)
def _feed_renderer(look: Look) -> FeedRenderer:
    """Items are kept from feed to feed."""
    from builder.publish.feeds import FeedRenderer

    return FeedRenderer(look.strings)


def _try_views(materials: Materials, views: Sequence[PageView | FeedView]) -> list[tuple[Diagnostic, ...]]:
    """What is wrong with rendering each of the views."""
    found = []
    for view in views:
        try:
            _render_view(view, materials)
        except BuilderError as problem:
            found.append(problem.diagnostics)
        else:
            found.append(())
    return found


@dataclass(frozen=True, slots=True)
class _Task:
    """One file to be rendered by whatever process, with the bodies that it prints and the digest of what is there."""

    path: str
    view: PageView | FeedView
    bodies: Mapping[str, str]
    known: str


def _stage(
    stale: Sequence[tuple[str, PlannedFile]],
    materials: Materials,
    output: Output,
    executor: Executor | None,
    progress: Progress,
) -> list[Staged]:
    """Render and stage files. Raises `BuilderError` with the findings of all that failed."""
    from builder.publish.write import stage_copy, stage_file

    stage = output.stage
    tasks: list[_Task] = []
    staged: list[Staged] = []
    for path, file in stale:
        if isinstance(file, PageFile):
            bodies = {name: materials.bodies[name] for name in _bodies_of(file.view)}
            tasks.append(_Task(path, file.view, bodies, output.known_digest(path)))
        elif isinstance(file, CopiedFile):
            staged.append(stage_copy(stage, path, file.source))
        else:
            staged.append(stage_file(stage, path, file.content))
    found: list[Diagnostic] = []
    work = partial(_stage_batch, materials.look, materials.sites, stage)
    results = in_batches(work, tasks, executor, PAGES_A_BATCH)
    for result in _counted(results, "rendering pages", len(tasks), progress):
        if isinstance(result, tuple):
            found += result
        else:
            staged.append(result)
    if found:
        raise BuilderError(*_few_of_a_kind(sorted(dict.fromkeys(found), key=Diagnostic.sort_key)))
    return staged


def _few_of_a_kind(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """One fault of a template is found on every page: three of a code at a place say enough."""
    seen: Counter[tuple[str, Place | None]] = Counter()
    kept = []
    for diagnostic in found:
        seen[diagnostic.code, diagnostic.place] += 1
        if seen[diagnostic.code, diagnostic.place] <= 3:
            kept.append(diagnostic)
    return kept


def _counted(results: Iterable[T], phase: str, total: int, progress: Progress) -> Iterator[T]:
    """The results, each told to whoever watches."""
    for number, result in enumerate(results, 1):
        progress(phase, number, total)
        yield result


def _stage_batch(
    look: Look, sites: Mapping[str, SiteView], stage: Stage, tasks: Sequence[_Task]
) -> list[Staged | tuple[Diagnostic, ...]]:
    """Render and stage a batch: for each file what was staged (nothing, where the output has these bytes already), or why
    it could not be rendered.
    """
    from builder.publish.write import Staged, digest_of, stage_file

    results: list[Staged | tuple[Diagnostic, ...]] = []
    for task in tasks:
        try:
            data = _render_view(task.view, Materials(look, sites, task.bodies))
            if task.known and digest_of(data) == task.known:
                results.append(Staged(task.path, task.known, len(data)))
            else:
                results.append(stage_file(stage, task.path, data))
        except BuilderError as problem:
            results.append(problem.diagnostics)
    return results


def _bodies_of(view: PageView | FeedView) -> Iterator[str]:
    """The digests of the bodies that a view prints."""
    for part in view.items if isinstance(view, FeedView) else (view,):
        for ref in (getattr(part, "body", None), getattr(part, "comment", None)):
            if ref is not None:
                yield ref.digest


class _Clock:
    """Seconds by phase, in the order of the phases."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, phase: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[phase] = self.seconds.get(phase, 0.0) + time.perf_counter() - start
