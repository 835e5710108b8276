"""What the parts of a cold build cost: processor time, a step at a time, of a site that the other benchmarks use.

    python benchmarks/parts.py SITE [BATCHES]    # default: 20 batches of a hundred, from the newest article on

The steps are those of the build, by its own functions, each for a whole batch. Prints the medians of the batches, in
microseconds a source and a page.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from builder.content.discover import find_content, find_sources, read_source
from builder.content.front_matter import parse_source
from builder.memo import Memo
from builder.planning import plan_site
from builder.publish.renderer import Renderer
from builder.publish.write import open_output, stage_file
from builder.rendering.articles import render_bodies, render_sources
from builder.rendering.records import pack_record
from builder.site.pages import make_page
from builder.site.plan import PagePlan
from builder.stages.files import PageFile
from builder.stages.options import PlanOptions
from builder.stages.settings import load_settings
from builder.stages.sources import Recalled
from builder.workers import batches_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.content.discover import FoundSource
    from builder.planning import SitePlan

BATCH = 100


class Costs:
    """Microseconds a thing by step, of each batch."""

    def __init__(self) -> None:
        """Starts with none."""
        self._seen: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def __call__(self, step: str, count: int) -> Iterator[None]:
        """Count what is done inside to a step for so many things."""
        start = time.process_time()
        yield
        self._seen[step].append((time.process_time() - start) / count * 1e6)

    def show(self, title: str, thing: str) -> None:
        """Print the medians."""
        print(f"\n| {title} | µs a {thing} |\n|---|---:|")
        for step, seen in self._seen.items():
            print(f"| {step} | {statistics.median(seen):.0f} |")


def main() -> None:
    """Measure a site."""
    # As the processes of a build do: by default, Python looks for garbage among the tokens of a batch all the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    site, batches = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20
    sources = find_sources(find_content(site)).value[-batches * BATCH :]
    measure_sources(site, sources).show("sources", "source")
    plan = plan_site(PlanOptions(site, site / "none"), recalled=Recalled(Memo()))
    for kind in ("article", "tag"):
        files = [
            file
            for file in plan.files.values()
            if isinstance(file, PageFile) and kind == getattr(file.plan, "kind", "")
        ]
        measure_pages(plan, files[: batches * BATCH]).show(f"{kind} pages", "page")


def measure_sources(site: Path, sources: Sequence[FoundSource]) -> Costs:
    """The steps from a file to its record."""
    settings, costs = load_settings(site).value, Costs()
    for number, batch in enumerate(batches_of(sources, BATCH)):
        step = costs if number else Costs()  # the first one loads what all need
        with step("reading", len(batch)):
            read = [found for source in batch if (found := read_source(site, source).value)]
        with step("front matter", len(batch)):
            articles = [article for source in read if (article := parse_source(source, settings.source).value)]
        with step("Markdown and sanitising", len(batch)):
            render_bodies(articles, settings.markup)
        with step("all of these, and conversion to every variant", len(batch)):
            rendered = render_sources(settings, read)
        with step("packing records and bodies", len(batch)):
            for checked in rendered:
                pack_record(checked, "key")
    return costs


def measure_pages(plan: SitePlan, files: Sequence[PageFile]) -> Costs:
    """The steps from a plan to a file."""
    costs, materials = Costs(), plan.materials
    renderer = Renderer(materials.look.theme, materials.look.strings)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_output(Path(folder) / "public", protected=[], force=False) as output,
    ):
        for number, batch in enumerate(batches_of(files, BATCH)):
            step, parts = costs if number else Costs(), materials.parts[batch[0].variant]
            with step("view", len(batch)):
                views = [make_page(file.plan, parts) for file in batch if isinstance(file.plan, PagePlan)]
            with step("bodies, template and rights contract", len(batch)):
                pages = renderer.render_pages(views, parts.site, materials.texts)
            with step("writing", len(batch)):
                for view, page in zip(views, pages, strict=True):
                    if isinstance(page, bytes):
                        stage_file(output.stage, view.head.path, page)
    return costs


if __name__ == "__main__":
    main()
