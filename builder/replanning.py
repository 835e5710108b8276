"""A planned site, and sources that were written to since → the same plan with their new texts. The preview's way to follow
somebody who writes: nothing else of the site is looked at."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import structs

from builder.content.front_matter import require_date
from builder.content.walk import stamp_of
from builder.diagnostics import Diagnostic
from builder.planning import FROM_HISTORY, make_parts, paths_of_source
from builder.site.checks import check_entries
from builder.site.collections import Entry, exchange
from builder.site.feeds import plan_feeds
from builder.site.references import paths_of, resolve, written_paths
from builder.stages.files import Materials
from builder.stages.sources import recall_sources
from builder.workers import Here

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from builder.content.discover import FoundSource
    from builder.content.models import Article
    from builder.planning import SitePlan
    from builder.rendering.records import Record
    from builder.site.feeds import FeedPlan
    from builder.stages.sources import Recalled


def replan(before: SitePlan, changed: Collection[str], recalled: Recalled) -> SitePlan | None:
    """The plan of a site after some of its files were written to (by their paths in the site's folder), where this changed
    nothing but the texts of published sources; None where the site has to be planned anew. It is there to be shown: what
    its files are made from is said as it was `before`."""
    plan = before
    for path in sorted({source.path for name in changed if (source := before.sources.get(name))}):
        follower = _exchange(plan, before.sources[path], recalled)
        if follower is None:
            return None
        plan = follower
    return plan if all(name in before.sources for name in changed) else None


def _exchange(plan: SitePlan, source: FoundSource, recalled: Recalled) -> SitePlan | None:
    """The plan with the text that a source has now."""
    old = next((entry for entry in plan.collections.everything() if entry.article.path == source.path), None)
    stamped = _stamped(plan.options.folder, source)
    if old is None or stamped is None or old.rendered.key.endswith(FROM_HISTORY):
        return None
    said = recalled.records.get(old.rendered.key)
    (checked,) = recall_sources(
        plan.options.folder, [stamped], plan.settings, recalled, Here(), lambda _done, _total: None
    )
    if said is None or checked.value is None or _shape(checked.value) != _shape(old.rendered):
        return None
    new = replace(old, rendered=checked.value)
    if set(written_paths(new)) != set(written_paths(old)):
        return None
    collections = exchange(plan.collections, old, new)
    known = plan.materials.parts[plan.config.variants[0].tag]
    feeds = plan_feeds(collections, plan.config)
    if [*map(_outline, feeds)] != [*map(_outline, known.feeds)]:
        return None
    entries = {**plan.targets.entries, source.path: new}
    targets = replace(plan.targets, entries=entries)
    own = {*paths_of_source(source)}
    about = {finding for finding in plan.diagnostics if finding.place and finding.place.path in own}
    if not about <= {*said.diagnostics, *_check(plan, old)}:
        return None  # what it has to do with others
    resolved = {**known.resolved, **resolve([new], targets)}
    parts = make_parts(
        plan.config, collections, resolved, feeds, {tag: one.words for tag, one in plan.materials.parts.items()}
    )
    follower = replace(
        plan,
        collections=collections,
        materials=Materials(plan.materials.look, parts, plan.materials.bodies),
        sources={**plan.sources, **dict.fromkeys(paths_of_source(source), stamped)},
        targets=targets,
    )
    found = {*plan.diagnostics} - about | {*checked.diagnostics, *_check(follower, new)}
    if checked.value.key != old.rendered.key:
        recalled.records.pop(old.rendered.key, None)
    return replace(follower, diagnostics=tuple(sorted(found, key=Diagnostic.sort_key)))


def _stamped(folder: Path, source: FoundSource) -> FoundSource | None:
    """A source with the stamps that it and its twins have now; None where one of them is gone."""
    now = time.time_ns()
    try:
        # A link to another place is not ours to judge here.
        if any((folder / path).is_symlink() for path in paths_of_source(source)):
            return None
        twins = tuple(replace(twin, stamp=stamp_of(os.stat(folder / twin.path), now)) for twin in source.twins)  # noqa: PTH116
        return replace(source, stamp=stamp_of(os.stat(folder / source.path), now), twins=twins)  # noqa: PTH116
    except OSError:
        return None


def _shape(record: Record) -> tuple[object, ...]:
    """What other pages than its own go by, but for its title and its summary, which they ask for when they are shown."""
    references = {path for one in (*record.references, *record.comment_references) for path in paths_of(one)}
    return _less_text(record.article), references, record.anchors


def _less_text(article: Article) -> Article:
    return structs.replace(article, title="", summary="", comment="", body="", body_line=0, imported=None, places="")


def _outline(feed: FeedPlan) -> tuple[object, ...]:
    return feed.kind, feed.name, len(feed.entries), len(feed.archives)


def _check(plan: SitePlan, entry: Entry) -> list[Diagnostic]:
    """What is wrong with what a source refers to."""
    alone = replace(plan.collections, articles=(entry,), pages=(), tombstones=())
    found = [*check_entries(alone, plan.targets), *require_date(entry.article, declared=plan.config.declared)]
    return [finding for finding in found if finding.place and finding.place.path == entry.article.path]
