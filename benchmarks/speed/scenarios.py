"""What is done with each tool in a round, and what came of it over all rounds."""

from __future__ import annotations

import os
import statistics
import sys
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from speed.corpus import SEED, make_article, write_source
from speed.measure import Taken, run
from speed.tools import Place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from speed.tools import Tool

#: In the order of a round: into a folder that never was, without anything that earlier builds left; again; with the title and
#: the first words of a recent article changed; with a line changed in the template of every page's frame.
SCENARIOS = ("cold", "nochange", "edit", "template")


@dataclass(frozen=True, slots=True)
class Result:
    """Of one tool in one scenario: medians in seconds, the peak of the memory in bytes, and the seconds of every round."""

    seconds: float
    processor: float
    memory: int
    rounds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A corpus in so many variants: results by scenario and tool, and how many files each tool made."""

    articles: int
    variants: int
    results: dict[str, dict[str, Result]]
    files: dict[str, int]


def measure_case(
    tools: Sequence[Tool], articles: int, variants: int, scenarios: Sequence[str], rounds: int, work: Path
) -> Case:
    """Measure tools by turns, in each scenario of each round. A round before those that count looks at the memory."""
    places = {tool.name: Place(work / f"{articles}x{variants}" / tool.name, variants) for tool in tools}
    for tool in tools:
        if not places[tool.name].site.exists():
            print(f"writing {articles:,} articles for {tool.name}", flush=True)
            tool.lay_out(places[tool.name], articles)
    samples: dict[tuple[str, str], list[Taken]] = {}
    outputs: dict[str, Path] = {}
    for number in range(rounds + 1):
        for scenario in SCENARIOS:
            if scenario not in scenarios and (scenario != "cold" or number):
                continue  # the others begin where a cold build ended
            for tool in tools:
                place = places[tool.name]
                if scenario == "cold":
                    outputs[tool.name] = _begin(tool, place)
                elif scenario == "edit":
                    _edit_article(tool, place, articles)
                elif scenario == "template":
                    _edit_template(tool, place)
                taken = run(tool.build(place, outputs[tool.name]), memory=number == 0)
                samples.setdefault((scenario, tool.name), []).append(taken)
                _say(f"{articles:,} × {variants}, round {number}, {scenario}, {tool.name}: {taken.seconds:.2f} s")
    _say("")
    results: dict[str, dict[str, Result]] = {}
    for (scenario, name), all_rounds in samples.items():
        if scenario in scenarios:
            results.setdefault(scenario, {})[name] = _summed_up(all_rounds)
    files = {name: sum(len(names) for _, _, names in os.walk(output)) for name, output in outputs.items()}
    return Case(articles, variants, results, files)


def _say(text: str) -> None:
    """Show how far it is, on a terminal."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _summed_up(samples: Sequence[Taken]) -> Result:
    memory, counted = samples[0].memory, samples[1:] or samples
    return Result(
        seconds=statistics.median(taken.seconds for taken in counted),
        processor=statistics.median(taken.processor for taken in counted),
        memory=memory,
        rounds=tuple(taken.seconds for taken in counted),
    )


def _begin(tool: Tool, place: Place) -> Path:
    """A folder that never was, and what builds left beside their output put away: deleting thousands of files slows
    the file system for minutes."""
    number = next(number for number in count() if not (place.folder / f"output-{number}").exists())
    for leaving in tool.leavings:
        if (place.folder / leaving).exists():
            (place.folder / leaving).rename(place.folder / f"left-{number}-{leaving.replace('/', '-')}")
    return place.folder / f"output-{number}"


def _edit_article(tool: Tool, place: Place, articles: int) -> None:
    """Change the title and the first words of a recent article."""
    article = make_article(SEED, max(articles - 4, 0))
    path = place.site / tool.articles / article.path
    edits = next(number for number in count(1) if f"改写{number}" not in path.read_text("utf-8"))
    changed = replace(article, title=f"{article.title}（改写{edits}）", body=f"改写{edits}：{article.body}")
    path.write_text(write_source(changed, tool.name), "utf-8")


def _edit_template(tool: Tool, place: Place) -> None:
    """Change a line of the head of every page."""
    path = place.site / tool.template
    text = path.read_text("utf-8")
    edits = next(number for number in count(1) if f'content="{number}"' not in text)
    before, line = text.rpartition("</head>")[0], f'<meta name="edit" content="{edits}">\n'
    path.write_text(
        before.replace(f'<meta name="edit" content="{edits - 1}">\n', "") + line + text[len(before) :], "utf-8"
    )
