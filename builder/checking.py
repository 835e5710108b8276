"""A planned site → everything that a build would find, and what a build does not look at. Writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.content.discover import find_content, read_sources
from builder.content.twins import join_twins
from builder.diagnostics import Diagnostic, has_errors, warning
from builder.names import CONFIG_NAME
from builder.stages.files import try_files
from builder.stages.settings import read_text
from builder.workers import Here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.planning import SitePlan
    from builder.site.collections import Collections
    from builder.workers import Workers


def check_site(plan: SitePlan, workers: Workers | None = None) -> tuple[Diagnostic, ...]:
    """Everything a build would find, the errors of rendering pages included, and what a build does not look at: words of the
    site's glossary that no source holds, and texts that are not the ones that were taken."""
    found = [*plan.diagnostics, *_check_glossary(plan), *_check_provenance(plan.collections)]
    if not has_errors(found):
        found += try_files(plan.files, plan.materials, workers or Here())
    return tuple(sorted(dict.fromkeys(found), key=Diagnostic.sort_key))


def review_site(plan: SitePlan) -> tuple[Diagnostic, ...]:
    """The places of all sources where an editor should look at what conversion made of them, as warnings."""
    from builder.rendering.review import review_source

    sources = read_sources(find_content(plan.options.folder), (plan.options.output,)).value
    joined = join_twins(sources, declared=plan.config.declared, script=plan.config.source_variant).value
    return tuple(finding for source in joined for finding in review_source(source, plan.settings))


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


def _check_glossary(plan: SitePlan) -> tuple[Diagnostic, ...]:
    from builder.located import parse_toml
    from builder.rendering.unused import unused_entries

    folder, content = plan.options.folder, find_content(plan.options.folder)
    path = f"{content.root}/glossary.toml" if content.root else "glossary.toml"
    words = parse_toml(read_text(folder, path), path).value if (folder / path).is_file() else None
    if words is None:
        return ()
    texts = [source.text for source in read_sources(content, (plan.options.output,)).value]
    if plan.config.declared:
        texts.append(read_text(folder, CONFIG_NAME))
    return unused_entries(words, path, texts)
