"""Collections and planned pages → what is wrong with the site as a whole: references, addresses, collisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.diagnostics import Diagnostic, Place, error, warning
from builder.site.collections import issue_name
from builder.site.permalinks import (
    FEED_FILES,
    GENERATED_PAGES,
    RESERVED,
    SERVICE_FILES,
    alias_path,
    clashes,
    file_of,
    variant_path,
)
from builder.site.references import Target, check_references, find_target, is_elsewhere, paths_of, wanted_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from builder.config import SiteConfig
    from builder.content.models import Article
    from builder.site.collections import Collections, Entry, Term
    from builder.site.references import Targets


def check_entries(collections: Collections, targets: Targets) -> list[Diagnostic]:
    """What is wrong with what each source refers to: links, files, its cover, its digest issue."""
    issues = {issue_name(entry.article) for entry in collections.issues}
    issues |= {issue_name(article) for article, _ in collections.withheld if article.kind == "issue"}
    found: list[Diagnostic] = []
    for entry in collections.everything():
        rendered = entry.rendered
        article = rendered.article
        if article.withdrawn:
            continue  # what it showed may be gone with it
        if rendered.references or rendered.comment_references:
            found += check_references(article, rendered.references, targets)
            found += check_references(article, rendered.comment_references, targets)
        if article.cover:
            found += _check_cover(entry, targets)
        if article.kind == "article" and article.issue and article.issue not in issues:
            hint = "write the issue with `wenzhai new issue TITLE`, or take the key out"
            message = f"there is no digest issue '{article.issue}'"
            found.append(warning("issue-missing", message, article.place("issue"), hint))
    return found


def check_static(collections: Collections, targets: Targets) -> list[Diagnostic]:
    """Files under static/ that only a text uses which is not shown: they are published as long as they are there."""
    hidden = [
        (entry, [*_static(entry, targets)])
        for entry in collections.everything()
        if entry.article.withdrawn or entry.article.rights.mode != "full"
    ]
    if not any(files for _, files in hidden):
        return []
    standing = (entry for entry in collections.everything() if not entry.article.withdrawn)
    used = {path for entry in standing for path, _ in _static(entry, targets, shown=True)}
    found = []
    for entry, files in hidden:
        article, places = entry.article, dict(reversed(files))
        for path in sorted(places.keys() - used):
            if article.withdrawn:
                message = f"{path} belongs to this withdrawn text and is still published"
                hint = "delete the file; what stands under static/ is published whatever refers to it"
                found.append(warning("withdrawn-static", message, article.place("withdrawn"), hint))
            else:
                message = (
                    f"{path} belongs to what the mode `{article.rights.mode}` withholds and is published all the same"
                )
                hint = "put it beside the source: such a file is published with what shows it"
                found.append(warning("withheld-static", message, places[path], hint))
    return found


def _static(entry: Entry, targets: Targets, *, shown: bool = False) -> Iterator[tuple[str, Place]]:
    """The files under static/ that a source refers to, by their paths in the site's folder, and where it does. `shown`:
    only what its mode leaves of it."""
    article, rendered, cover = entry.article, entry.rendered, entry.article.cover
    numbers = rendered.published if shown else range(len(rendered.references))
    references = [*(rendered.references[number] for number in numbers), *rendered.comment_references]
    wanted = [(path, reference.place(article.path)) for reference in references for path in paths_of(reference)]
    if cover and not is_elsewhere(cover.src) and not (shown and article.rights.mode == "link"):
        wanted.append((cover.src, article.place("cover")))
    for target, place in wanted:
        for path in wanted_files(article, (target,), targets.content_root):
            if path.startswith("static/") and path.removeprefix("static/") in targets.static:
                yield path, place


def _check_cover(entry: Entry, targets: Targets) -> list[Diagnostic]:
    cover = entry.article.cover
    if cover is None or is_elsewhere(cover.src):
        return []
    target = find_target(cover.src, entry.article, targets)
    if isinstance(target, Target) and target.kind == "file":
        return []
    why = target if isinstance(target, str) else "is a page, not a picture"
    hint = "put the picture beside the source, or write its path from there"
    return [error("file-missing", f"the cover '{cover.src}' {why}", entry.article.place("cover"), hint)]


def check_paths(collections: Collections, config: SiteConfig) -> list[Diagnostic]:
    """Sources whose paths are the generator's own, and terms that share a path."""
    found = []
    reserved = RESERVED | GENERATED_PAGES | {variant.path for variant in config.variants if variant.path}
    for entry in collections.everything():
        path = entry.path
        if path.partition("/")[0] not in reserved and "page" not in path:
            continue
        parts = path.strip("/").split("/")
        own = (entry.article.kind == "issue" and parts[0] == "issues" and len(parts) == 2) or (
            entry.article.kind == "page" and parts[0] in GENERATED_PAGES and len(parts) == 1
        )
        if not own and (parts[0] in reserved or "page" in parts):
            taken = parts[0] if parts[0] in reserved else "page"
            key = "category" if entry.category else "slug"
            message = f"its address /{entry.path} uses the name '{taken}', which is the generator's own"
            found.append(error("path-reserved", message, entry.article.place(key), f"choose another {key}"))
    for kind, terms in (
        ("tag", collections.tags),
        ("source", collections.sources),
        ("author", collections.authors),
        ("category", collections.categories),
    ):
        first: dict[str, Term] = {}
        for term in terms:
            other = first.setdefault(term.path, term)
            if other is not term:
                message = f"the {kind} '{term.name}' and the {kind} '{other.name}' have one address, /{term.path}"
                place = term.entries[0].article.place({"tag": "tags", "category": "category"}.get(kind, "attribution"))
                found.append(error("path-collision", message, place, "write both the same way, or rename one"))
    return found


def check_collisions(
    pages: Sequence[str], feeds: Iterable[str], collections: Collections, config: SiteConfig
) -> list[Diagnostic]:
    """Pages at one path, or at that of a file of ours, by the files of all pages and feeds in all variants. Each collision is
    said once, not once a variant."""
    origins: dict[str, list[tuple[Article, str]]] = {}  # the sources of a file, and the key that sent them there
    for entry in collections.everything():
        origins.setdefault(file_of(entry.path), []).append((entry.article, "slug"))
    for entry in collections.everything():  # once every page has its place: an alias is what has to give way
        for alias in entry.article.aliases:
            origins.setdefault(file_of(alias_path(alias)), []).append((entry.article, "aliases"))
    found = []
    for path, ((first, _), *others) in origins.items():
        for article, key in others:
            message = f"it goes to /{path.removesuffix('index.html')}, where {first.path} goes already"
            found.append(error("path-collision", message, article.place(key), f"change the `{key}` of one of the two"))
    taken = {*feeds} | SERVICE_FILES
    taken |= {variant_path(name, variant) for name in FEED_FILES for variant in config.variants}
    seen: set[str] = set()
    for path in pages:
        if (path in seen or path in taken) and len(origins.get(path, ())) == 1:
            article, key = origins[path][0]
            message = f"it goes to /{path.removesuffix('index.html')}, where a page or file of the generator's own goes"
            found.append(error("path-collision", message, article.place(key), f"change its `{key}` or `category`"))
        seen.add(path)
    lists = {
        name: [(term.entries[0].article, "category")]
        for term in collections.categories
        for name in (file_of(term.path), term.path.rstrip("/"))
    }
    folders = tuple(f"{variant.path}/" for variant in config.variants if variant.path)
    for one, other in clashes(seen | taken):
        origin = origins.get(one) or origins.get(other) or lists.get(one) or lists.get(other.removesuffix("/…"))
        if not origin and any(one.startswith(folder) and other.startswith(folder) for folder in folders):
            continue  # said of the default variant
        place = origin[0][0].place(origin[0][1]) if origin else Place(one)
        message = f"/{one} and /{other} cannot stand side by side on every host"
        found.append(error("path-collision", message, place, "rename one of the two"))
    return found
