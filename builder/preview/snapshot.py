"""What the preview is given: a way to plan the site, and a planned site that renders a page when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from builder.diagnostics import Diagnostic
    from builder.rendering.review import Comparison


class SiteSnapshot(Protocol):
    """A planned site at one moment. `read` and `page_of` are never called by two threads at once on the snapshots of one
    preview; a newer snapshot may be planned in another thread meanwhile."""

    @property
    def base_path(self) -> str:
        """Where the site is mounted: `/` or `/digest/`, percent-encoded or not."""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What planning found that does not stop it."""

    @property
    def redirects(self) -> Mapping[str, tuple[str, int]]:
        """URL path → (target, status), both with the base path. A status 3xx sends the browser to the target; any other
        shows the target's page under that status (410: a withdrawn page and its tombstone). They win over files."""

    def read(self, path: str) -> bytes | Path | None:
        """The output file `path` (`index.html`, `tags/中文/index.html`): its bytes, or the file that is copied there as it
        is; None where the site has no such file. Raises `BuilderError` when it cannot be rendered."""

    def page_of(self, source: str) -> str | None:
        """The URL path, base path included, of the page made from a source (relative to the site's folder, with `/`)."""

    def compare(self, source: str) -> Sequence[Comparison] | None:
        """The texts of a source (relative to the site's folder, with `/`) in every variant; None where the site has no such
        source. Called as `read` is."""


class Preview(Protocol):
    """The site being written."""

    def plan(self, changed: Sequence[Path] = ()) -> SiteSnapshot:
        """Plans the site as it is on disk now. `changed` are the files that changed since it was planned the last time; none:
        anything may have. Raises `BuilderError` with all findings when it cannot. Called in a background thread, never twice
        at once."""

    def missed(self) -> Sequence[Path]:
        """The files that changed since the last plan and are not in it. Called as `plan` is, when nothing was heard of changes
        for a while."""
