"""A site's folder as the preview server wants it: planned anew on request, its pages rendered when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.config import CONFIG_NAME
from builder.content.twins import variant_of
from builder.diagnostics import BuilderError, has_errors
from builder.memo import Memo, MemoError, open_memo
from builder.planning import plan_site, read_planned
from builder.site.permalinks import Addresses
from builder.stages.settings import load_source
from builder.stages.sources import Recalled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from builder.diagnostics import Diagnostic
    from builder.planning import SitePlan
    from builder.rendering.review import Comparison
    from builder.stages.options import PlanOptions


@dataclass(slots=True)
class SitePreview:
    """The site being written. What was rendered for one plan serves the next."""

    options: PlanOptions
    _recalled: Recalled | None = None

    @property
    def watched(self) -> tuple[Path, ...]:
        """What a change of makes the preview plan anew."""
        from builder.publish.theme import shipped_themes

        folder = self.options.folder
        own = (
            [folder]
            if not (folder / "content").is_dir()
            else [folder / name for name in ("content", "static", "themes")]
        )
        return (*own, folder / CONFIG_NAME, shipped_themes())

    @property
    def ignored(self) -> tuple[Path, ...]:
        """What is written by us."""
        return (self.options.output, self.options.folder / ".wenzhai")

    @property
    def roots(self) -> tuple[Path, ...]:
        """Where files that are sent as they are may lie."""
        from builder.publish.theme import shipped_themes

        return (self.options.folder, shipped_themes())

    def plan(self) -> Snapshot:
        """The site as it is on disk now. Raises `BuilderError` with all findings when it cannot be published."""
        if self._recalled is None:
            self._recalled = Recalled(open_memo(self.options.folder))
        try:
            plan = plan_site(self.options, recalled=self._recalled)
        except MemoError:
            # What it held can all be made again; it is held in memory until the next start.
            self._recalled.memo.close()
            self._recalled = Recalled(Memo())
            plan = plan_site(self.options, recalled=self._recalled)
        if has_errors(plan.diagnostics):
            raise BuilderError(*plan.diagnostics)
        return Snapshot(plan)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A planned site."""

    plan: SitePlan

    @property
    def base_path(self) -> str:
        """Where the site is mounted."""
        return self.plan.config.base_path

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The warnings of the plan."""
        return self.plan.diagnostics

    @property
    def redirects(self) -> Mapping[str, tuple[str, int]]:
        """Aliases and withdrawn pages, as a host would answer them."""
        return {old: (new, 301) for old, new in self.plan.aliases} | {
            path: (tombstone, 410) for path, tombstone in self.plan.withdrawn
        }

    def read(self, path: str) -> bytes | Path | None:
        """One output file."""
        return read_planned(self.plan, path)

    def compare(self, source: str) -> Sequence[Comparison] | None:
        """The texts of a source in every variant, as it is on disk."""
        from builder.rendering.review import compare_source

        collections, folder = self.plan.collections, self.plan.options.folder
        known = {entry.article.path for entry in collections.everything()}
        if source not in known | {article.path for article, _ in collections.withheld}:
            return None
        loaded = load_source(folder, folder / source)
        return compare_source(loaded.value, self.plan.settings).value if loaded.value else None

    def page_of(self, source: str) -> str | None:
        """The address of the page that a source makes, or that its twin is for, in the default variant."""
        addresses = Addresses.of(self.plan.config.base_url)
        pages = {entry.article.path: entry.path for entry in self.plan.collections.everything()}
        name, _, suffix = source.rpartition(".")
        path = pages.get(source, pages.get(f"{variant_of(name)[0]}.{suffix}"))
        return None if path is None else addresses.url(path)
