"""A site's folder as the preview server wants it: planned anew on request, its pages rendered when asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from builder.content.twins import variant_of
from builder.diagnostics import BuilderError, has_errors
from builder.memo import Memo, MemoError, open_memo
from builder.names import CONFIG_NAME
from builder.planning import plan_site, read_planned
from builder.replanning import replan
from builder.site.permalinks import Addresses
from builder.stages.phases import uncollected
from builder.stages.settings import load_source
from builder.stages.sources import Recalled
from builder.stages.unchanged import list_inputs

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from builder.diagnostics import Diagnostic
    from builder.planning import SitePlan
    from builder.rendering.review import Comparison
    from builder.stages.options import PlanOptions


@dataclass(slots=True)
class SitePreview:
    """The site being written. What was rendered for one plan serves the next."""

    options: PlanOptions
    _recalled: Recalled | None = None
    _planned: SitePlan | None = None
    _stamps: dict[str, str] = field(default_factory=dict)  # of all files, when they were last read

    @property
    def watched(self) -> tuple[Path, ...]:
        """What a change of makes the preview plan anew."""
        from builder.publish.shipped import shipped_themes

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
        from builder.publish.shipped import shipped_themes

        return (self.options.folder, shipped_themes())

    def plan(self, changed: Sequence[Path] = ()) -> Snapshot:
        """The site as it is on disk now; `changed` says which files changed since the last plan, if that is known. Raises
        `BuilderError` with all findings when it cannot be published."""
        if self._recalled is None:
            self._recalled = Recalled(open_memo(self.options.folder))
        before, self._planned = self._planned, None
        with uncollected():
            try:
                plan = self._plan(before, changed, self._recalled)
            except MemoError:
                # What it held can all be made again; it is held in memory until the next start.
                self._recalled.memo.close()
                self._recalled = Recalled(Memo())
                plan = self._plan(None, (), self._recalled)
        if has_errors(plan.diagnostics):
            raise BuilderError(*plan.diagnostics)
        self._planned = plan
        return Snapshot(plan)

    def missed(self) -> tuple[Path, ...]:
        """The files that are not any more as they were when they were last read."""
        known, self._stamps = self._stamps, self._look()
        now = self._stamps
        return tuple(Path(path) for path in sorted(known.keys() | now.keys()) if known.get(path) != now.get(path))

    def _plan(self, before: SitePlan | None, changed: Sequence[Path], recalled: Recalled) -> SitePlan:
        followed = self._follow(before, changed, recalled) if before and changed else None
        if followed is not None:
            return followed
        self._stamps = self._look()
        return plan_site(self.options, recalled=recalled)

    def _follow(self, before: SitePlan, changed: Sequence[Path], recalled: Recalled) -> SitePlan | None:
        folder = self.options.folder.resolve()
        if not all(path.is_relative_to(folder) for path in changed):
            return None
        names = [path.relative_to(folder).as_posix() for path in changed]
        self._stamps |= {str(self.options.folder / name): _stamp(self.options.folder / name) for name in names}
        return replan(before, names, recalled)

    def _look(self) -> dict[str, str]:
        return {path: _said(status) for path, status in list_inputs(self.watched, self.ignored)}


def _stamp(path: Path) -> str:
    try:
        return _said(path.stat())
    except OSError:
        return ""


def _said(status: os.stat_result | None) -> str:
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ino}" if status else ""


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
