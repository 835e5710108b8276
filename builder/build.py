"""A site's folder → its output folder: nothing, where nothing changed; else what is planned and is not there yet."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from builder.content.walk import Folders
from builder.diagnostics import BuilderError, has_errors
from builder.memo import empty_memo, open_memo, with_memo
from builder.names import CONFIG_NAME
from builder.publish.presence import look
from builder.publish.report import WriteReport
from builder.publish.shipped import shipped_themes
from builder.stages.options import nobody
from builder.stages.phases import Clock, uncollected
from builder.stages.unchanged import recall_build, remember_build, stamp_inputs
from builder.workers import Here

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.memo import Memo
    from builder.planning import SitePlan
    from builder.publish.presence import Presence
    from builder.stages.options import PlanOptions, Progress
    from builder.stages.unchanged import Summary
    from builder.workers import Workers


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. `phases` are seconds by name, in order; `plan` is None where nothing had to be planned."""

    summary: Summary
    written: WriteReport
    phases: Mapping[str, float]
    plan: SitePlan | None


def build_site(
    options: PlanOptions,
    *,
    strict: bool = False,
    force: bool = False,
    clean: bool = False,
    workers: Workers | None = None,
    progress: Progress = nobody,
) -> BuildReport:
    """Build a site into its output folder. Raises `BuilderError` with every finding, and leaves the output as it was, when
    there is an error (or, `strict`, a warning). `clean` does all the work anew; `force` allows a folder that is not ours.
    """
    workers = workers or Here()
    memo = empty_memo(options.folder) if clean else open_memo(options.folder)
    build = partial(_build, options, workers, progress, strict=strict, force=force)
    # What is made anew in any case is not looked at.
    with uncollected(), nullcontext() if clean else look(options.output, workers.jobs) as presence:
        return with_memo(memo, options.folder, partial(build, presence=presence))


def _build(
    options: PlanOptions,
    workers: Workers,
    progress: Progress,
    memo: Memo,
    *,
    presence: Presence | None,
    strict: bool,
    force: bool,
) -> BuildReport:
    clock = Clock()
    now = options.now or datetime.now(UTC)
    folder, folders = options.folder, Folders()
    with clock("look"):
        # What a naive clock means is a matter of the settings, which are not read yet.
        inputs = _stamp(options, folders) if now.tzinfo else ""
        summary = recall_build(memo, options.output, inputs, now, presence) if presence else None
    if presence and summary:
        if strict and summary.diagnostics:
            raise BuilderError(*summary.diagnostics)
        return BuildReport(summary, WriteReport((), presence.count, ()), clock.seconds, None)
    # Nothing of this is there before it is known that there is work.
    from builder.planning import plan_site
    from builder.publish.write import open_output
    from builder.stages.files import stage_files
    from builder.stages.sources import Recalled

    options = replace(options, now=now)
    plan = plan_site(options, recalled=Recalled(memo), folders=folders, workers=workers, progress=progress)
    if has_errors(plan.diagnostics) or (strict and plan.diagnostics):
        raise BuilderError(*plan.diagnostics)
    protected = [folder / name for name in ("content", "static", "themes")]
    with open_output(
        options.output, protected=protected, force=force, site=folder, presence=presence, jobs=workers.jobs
    ) as output:
        plan = replace(plan, diagnostics=plan.diagnostics + memo.diagnostics + output.diagnostics)
        with clock("render pages"):
            made_from = {path: file.made_from for path, file in plan.files.items()}
            stale = output.find_stale(made_from.items()) if presence else list(made_from)
            told = partial(progress, "rendering pages")
            staged = stage_files(plan.files, stale, plan.materials, output, workers, told)
        with clock("write"):
            written = output.commit(made_from, staged)
            summary = plan.summary
            # What was said of the cache or the manifest holds for this build alone.
            if not (memo.diagnostics or output.diagnostics):
                remember_build(memo, options.output, inputs, now, plan.until, summary, output.manifest)
    return BuildReport(summary, written, {"look": 0.0, **plan.phases, **clock.seconds}, plan)


def _stamp(options: PlanOptions, folders: Folders) -> str:
    folder = options.folder
    names = ("content", "static", "themes", CONFIG_NAME)
    roots = [folder / name for name in names] if (folder / "content").is_dir() else [folder]
    asked = (str(folder.resolve()), options.base_url, options.drafts, options.future)
    return stamp_inputs([*roots, shipped_themes()], [options.output], asked, folders)
