"""Plans of pages and feeds, assets and static files → every file of the site by its path."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING

from builder.diagnostics import Checked, Diagnostic, Place, error
from builder.memo import digest, digest_bytes
from builder.site.permalinks import SERVICE_FILES, Addresses, clashes, file_of, printable, variant_path
from builder.site.plan import has_feed_list
from builder.site.views import SitemapEntry
from builder.stages.files import CopiedFile, MadeFile, PageFile, known_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from builder.config import SiteConfig, Variant
    from builder.content.files import LocalFile
    from builder.publish.theme import Asset
    from builder.site.parts import Parts
    from builder.site.plan import FeedFilePlan, PagePlan
    from builder.stages.files import PlannedFile
    from builder.stages.local_files import LocalFiles

#: So many of the digits that name what a page is made from say what all pages of its variant share.
_SHARED = 10

#: Files of `static/` that are joined with, or stand in for, our own.
_OURS_TOO = ("robots.txt", "_headers", "_redirects")


def page_files(
    pages: Sequence[PagePlan], feeds: Sequence[FeedFilePlan], variants: Sequence[Variant], shared: Mapping[str, str]
) -> Iterator[tuple[str, PageFile]]:
    """The files of all pages and feeds in every variant, with their paths. `shared` stands for what all views of a variant are
    made of."""
    main = variants[0]
    # What a page depends on is digested once for all variants: its name and that of the variant's parts make one.
    named = [
        (file_of(page.path), digest_bytes(f"{page.kind}\0{page.depends}".encode())[_SHARED:], page) for page in pages
    ]
    named_feeds = [
        (feed.path, digest_bytes(f"{feed.format}\0{feed.archive}\0{feed.depends}".encode())[_SHARED:], feed)
        for feed in feeds
    ]
    for variant in variants:
        tag, common = variant.tag, shared[variant.tag][:_SHARED]
        folder = variant_path("", variant)
        for path, name, page in named:
            if variant is main or page.kind != "redirect":
                yield folder + path, PageFile(common + name, tag, page)
        for path, name, feed in named_feeds:
            yield folder + path, PageFile(common + name, tag, feed)


def asset_files(assets: Iterable[Asset], used: Iterable[LocalFile], folder: Path) -> dict[str, PlannedFile]:
    """The files of the theme, and those that articles show."""
    files: dict[str, PlannedFile] = {asset.path: known_file(asset.content) for asset in assets}
    return files | {file.asset_path: CopiedFile(file.digest[:32], folder / file.path) for file in used}


def static_files(folder: Path, static: Sequence[str], local: LocalFiles) -> Checked[dict[str, PlannedFile]]:
    """The files of `static/` that are published as they are."""
    from builder.publish.write import is_plain

    found: list[Diagnostic] = []
    named = []
    for path in static:
        if is_plain(path):
            named.append(path)
        else:
            place, hint = Place(f"static/{path}"), "rename it without the backslash"
            found.append(error("static-name", "this name cannot be an address", place, hint))
    known = local.read(f"static/{path}" for path in named)
    copies: dict[str, PlannedFile] = {}
    for path in named:
        file = known.get(f"static/{path}")
        if path in _OURS_TOO:
            continue
        if file is None:
            message = "cannot read it"
            found.append(error("unreadable", message, Place(f"static/{path}"), "mend or remove it"))
        else:
            copies[path] = CopiedFile(file.digest[:32], folder / "static" / path)
    return Checked(copies, tuple(found))


def check_copies(copies: Mapping[str, PlannedFile], taken: Mapping[str, PlannedFile]) -> Iterator[Diagnostic]:
    """Files of `static/` at the paths of others, or in their way."""
    if copies:
        blocked = {path for pair in clashes([*taken, *copies]) for path in pair} | (SERVICE_FILES & copies.keys())
        for path in copies:
            if path in taken or path in blocked:
                message = f"static/{path} would take the place of a page or file of the site"
                yield error("static-collision", message, Place(f"static/{path}"), "rename or remove it")


def read_own(folder: Path, static: Sequence[str]) -> Checked[dict[str, bytes]]:
    """The files of `static/` that join ours."""
    own: dict[str, bytes] = {}
    found: list[Diagnostic] = []
    for path in static:
        if path in _OURS_TOO:
            try:
                own[path] = (folder / "static" / path).read_bytes()
            except OSError as problem:
                place = Place(f"static/{path}")
                found.append(error("unreadable", f"cannot read it: {problem.strerror}", place, "mend or remove it"))
    return Checked(own, tuple(found))


def service_files(
    config: SiteConfig,
    aliases: Iterable[tuple[str, str]],
    withdrawn: Iterable[tuple[str, str]],
    own: Mapping[str, bytes],
) -> dict[str, PlannedFile]:
    """The files for hosts and robots."""
    from builder.publish.sitemap import render_headers, render_redirects, render_reservation, render_robots

    rights = config.rights
    sitemap = config.base_url + "sitemap.xml" if config.base_url else None
    policy = printable(rights.tdm_policy)
    files = {
        ".nojekyll": b"",
        "robots.txt": own.get("robots.txt") or render_robots(sitemap, rights.content_signal),
        "_headers": render_headers(config.base_path, reserved=rights.tdm_reservation, policy=policy)
        + own.get("_headers", b""),
        "_redirects": render_redirects(aliases, withdrawn) + own.get("_redirects", b""),
    }
    if rights.tdm_reservation:
        files[".well-known/tdmrep.json"] = render_reservation(config.base_path, policy)
    return {path: known_file(content) for path, content in files.items()}


def opml_files(parts: Mapping[str, Parts], shared: Mapping[str, str]) -> dict[str, PlannedFile]:
    """The list of the feeds of each variant."""
    files: dict[str, PlannedFile] = {}
    for tag, own in parts.items():
        if has_feed_list(own.feeds):
            listed = [(feed.kind, feed.name, feed.path, feed.is_alone) for feed in own.feeds]
            files[variant_path("feeds.opml", own.variant)] = MadeFile(digest(shared[tag], listed), partial(_opml, own))
    return files


def _opml(parts: Parts) -> bytes:
    from builder.publish.feeds.opml import render_opml
    from builder.site.feeds import make_opml

    return render_opml(make_opml(parts.feeds, parts))


def sitemap_plan(pages: Sequence[PagePlan], config: SiteConfig) -> dict[str, PlannedFile]:
    """The sitemap: all pages that search engines may list, each in each variant; none where the site has no address."""
    from builder.publish.sitemap import sitemap_files

    if not config.base_url:
        return {}
    listed = sorted((page for page in pages if not page.noindex and page.kind != "redirect"), key=attrgetter("path"))
    variants = config.variants
    about = [config.base_url, config.timezone, [(variant.tag, variant.path) for variant in variants]]
    dated = (f"{page.path} {page.updated.moment.timestamp()}" if page.updated else page.path for page in listed)
    made_from = digest_bytes("\n".join((repr(about), *dated)).encode())
    files: dict[str, PlannedFile] = {}
    parts = sitemap_files(len(listed) * len(variants))
    for name, numbers in parts.items():
        whole = partial(_sitemap_index, listed, parts, config)
        files[name] = MadeFile(made_from, partial(_sitemap, listed, numbers, config) if numbers else whole)
    return files


def _sitemap(listed: Sequence[PagePlan], numbers: range, config: SiteConfig) -> bytes:
    from builder.publish.sitemap import render_sitemap

    return render_sitemap(_sitemap_entries(listed, numbers, config))


def _sitemap_entries(listed: Sequence[PagePlan], numbers: range, config: SiteConfig) -> Iterator[SitemapEntry]:
    """Some addresses of the sitemap, counted through the variants of each page."""
    addresses, variants = Addresses.of(config.base_url), config.variants
    for number in numbers:
        page = listed[number // len(variants)]
        urls = [addresses.absolute(addresses.url(page.path, variant)) for variant in variants]
        alternates = tuple(zip((variant.tag for variant in variants), urls, strict=True))
        date = page.updated.moment.astimezone(config.zone) if page.updated else None
        yield SitemapEntry(urls[number % len(variants)], alternates, urls[0], date)


def _sitemap_index(listed: Sequence[PagePlan], parts: Mapping[str, range], config: SiteConfig) -> bytes:
    from builder.publish.sitemap import render_sitemap_index

    count = len(config.variants)
    return render_sitemap_index(
        (
            config.base_url + name,
            max(
                (
                    date.moment.astimezone(config.zone)
                    for number in numbers
                    if (date := listed[number // count].updated) is not None
                ),
                default=None,
            ),
        )
        for name, numbers in parts.items()
        if numbers
    )
