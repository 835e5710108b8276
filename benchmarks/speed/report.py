"""Results kept from run to run, printed, and written into the docs with the targets beside them."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from speed.scenarios import SCENARIOS, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from speed.scenarios import Case

_BEGIN, _END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
_NAMES = {"wenzhai": "Wenzhai", "hugo": "Hugo", "pelican": "Pelican"}
_SCENARIO_NAMES = {"cold": "cold", "nochange": "no change", "edit": "one article", "template": "one template"}

Results = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Machine:
    """What it was measured on: `text` in words."""

    text: str


@dataclass(frozen=True, slots=True)
class Target:
    """At most `limit` times what `against` takes, and at most so many seconds. `against`: a tool, or a scenario of ours."""

    articles: int
    variants: int
    scenario: str
    against: str
    measure: str
    limit: float
    seconds: float = 0.0


TARGETS = (
    Target(10_000, 3, "cold", "hugo", "seconds", 0.55),
    Target(10_000, 3, "cold", "hugo", "processor", 0.55),
    Target(10_000, 3, "cold", "hugo", "memory", 0.4),
    Target(10_000, 3, "cold", "pelican", "seconds", 0.15),
    Target(10_000, 3, "nochange", "hugo", "seconds", 0.01, 0.4),
    Target(10_000, 3, "edit", "hugo", "seconds", 0.025, 1.0),
    Target(10_000, 3, "template", "cold", "seconds", 0.5),
    Target(1_000, 1, "cold", "hugo", "seconds", 1.3),
    Target(10_000, 1, "cold", "hugo", "seconds", 1.0),
)
#: The largest time an article, by that of the smallest of the sizes.
SCALE_LIMIT = 1.3


def describe_machine(versions: Mapping[str, str], jobs: int) -> Machine:
    """The machine, the day and the versions."""
    models = [line for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    tools = ", ".join(f"{_NAMES[name]} {version}" for name, version in versions.items())
    load = os.getloadavg()[0]
    busy = f"; it was busy with other things too, load average {load:.1f}" if load > 1 else ""
    return Machine(
        f"{datetime.now(UTC):%Y-%m-%d}, {model}, {os.cpu_count()} cores, {jobs} used, {memory:.0f} GB, {tools}{busy}"
    )


def load(work: Path) -> Results:
    """What was measured in this folder before."""
    path = work / "results.json"
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def save(work: Path, results: Results, case: Case, machine: Machine, *, scale: bool = False) -> Results:
    """The results with a case added; they are also kept in the folder. Scenarios replace those of before as a whole, so that what
    is compared was measured in one run; and those of a `scale` run stand apart."""
    name = f"{case.articles}x{case.variants}" + " scale" * scale
    before = results.get(name, {})
    measured = {
        scenario: {"machine": machine.text, "tools": {tool: asdict(result) for tool, result in by_tool.items()}}
        for scenario, by_tool in case.results.items()
    }
    merged = {
        "articles": case.articles,
        "variants": case.variants,
        "scale": scale,
        "scenarios": before.get("scenarios", {}) | measured,
        "files": before.get("files", {}) | case.files,
    }
    results = results | {name: merged}
    (work / "results.json").write_text(json.dumps(results, indent=1), "utf-8")
    return results


def print_case(case: Case) -> None:
    """Print what a case took."""
    for line in _case_lines(case.articles, case.variants, case.results, case.files):
        print(line)
    print(flush=True)


def write_page(path: Path, results: Results) -> None:
    """Write the results between the markers of a page."""
    text = path.read_text("utf-8")
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise SystemExit(f"{path} has no lines {_BEGIN.strip()} and {_END.strip()}")
    path.write_text(before + begin + "\n" + "\n".join(_page_lines(results)) + "\n\n" + end + after, "utf-8")


# -- lines -------------------------------------------------------------------------------------------------------------


def _page_lines(results: Results) -> Iterator[str]:
    machines = {scenario["machine"]: None for case in results.values() for scenario in case["scenarios"].values()}
    yield from (f"- {machine}" for machine in machines)
    targets = [line for target in TARGETS if (line := _target_line(target, results))]
    targets += _scale_targets(results)
    if targets:
        yield from ("", "### Targets", "", "| | target | measured | |", "|---|---|---|---|", *targets)
    for case in _sorted(results, scale=False):
        yield ""
        yield from _case_lines(case["articles"], case["variants"], _by_scenario(case), case["files"])
    if scale := list(_scale_lines(results)):
        yield from ("", "### Time an article", "", *scale)


def _case_lines(
    articles: int, variants: int, results: Mapping[str, Mapping[str, Result]], files: Mapping[str, int]
) -> Iterator[str]:
    plural = "s" if variants > 1 else ""
    yield f"### {articles:,} articles, {variants} variant{plural}"
    yield ""
    yield "Files: " + ", ".join(f"{_NAMES[tool]} {number:,}" for tool, number in files.items()) + "."
    yield ""
    yield "| | | seconds | all rounds | × | processor | × | peak MB | × |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|"
    for scenario in SCENARIOS:
        by_tool = results.get(scenario, {})
        ours = by_tool.get("wenzhai")
        for tool, result in by_tool.items():
            cells = [_SCENARIO_NAMES[scenario], _NAMES[tool], _seconds(result.seconds)]
            cells += [f"{_seconds(min(result.rounds))}–{_seconds(max(result.rounds))}"]
            cells += [_ratio(ours, result, "seconds") if tool != "wenzhai" else ""]
            cells += [_seconds(result.processor), _ratio(ours, result, "processor") if tool != "wenzhai" else ""]
            cells += [f"{result.memory / 1e6:.0f}", _ratio(ours, result, "memory") if tool != "wenzhai" else ""]
            yield "| " + " | ".join(cells) + " |"


def _target_line(target: Target, results: Results) -> str:
    case = _by_scenario(results.get(f"{target.articles}x{target.variants}", {}))
    measured = case.get(target.scenario, {})
    ours = measured.get("wenzhai")
    base = case.get(target.against, {}).get("wenzhai") if target.against in SCENARIOS else measured.get(target.against)
    if not ours or not base:
        return ""
    ratio = getattr(ours, target.measure) / getattr(base, target.measure)
    against = "our cold build" if target.against in SCENARIOS else _NAMES[target.against]
    what = {"seconds": "time", "processor": "processor time", "memory": "peak memory"}[target.measure]
    asked, got, met = f"{target.limit} ×", f"{ratio:.3f} ×", ratio <= target.limit
    if target.seconds:
        asked, got = f"{asked}, {target.seconds} s", f"{got}, {_seconds(ours.seconds)} s"
        met = met and ours.seconds <= target.seconds
    name = f"{target.articles:,} × {target.variants}, {_SCENARIO_NAMES[target.scenario]}, {what} against {against}"
    return f"| {name} | {asked} | {got} | {'met' if met else 'missed'} |"


def _scale_targets(results: Results) -> Iterator[str]:
    for variants, sizes in _an_article(results).items():
        if len(sizes) > 2:
            ratio = max(sizes.values()) / sizes[min(sizes)]
            name = " → ".join(f"{articles:,}" for articles in sizes) + f" articles × {variants}, time an article"
            met = "met" if ratio <= SCALE_LIMIT else "missed"
            yield f"| {name} | {SCALE_LIMIT} × | {ratio:.2f} × | {met} |"


def _scale_lines(results: Results) -> Iterator[str]:
    for variants, sizes in _an_article(results).items():
        if len(sizes) > 1:
            yield (
                f"{variants} variant{'s' * (variants > 1)}, cold: "
                + ", ".join(f"{1000 * seconds:.2f} ms of {articles:,}" for articles, seconds in sizes.items())
                + "."
            )


def _an_article(results: Results) -> dict[int, dict[int, float]]:
    """Seconds an article of our cold builds by variants and size."""
    found: dict[int, dict[int, float]] = {}
    for case in _sorted(results, scale=True):
        if ours := _by_scenario(case).get("cold", {}).get("wenzhai"):
            found.setdefault(case["variants"], {})[case["articles"]] = ours.seconds / case["articles"]
    return found


def _sorted(results: Results, *, scale: bool) -> list[dict[str, Any]]:
    """The cases of scale runs, or all others, as they stand in the page."""
    cases = [case for case in results.values() if case["scale"] == scale]
    return sorted(cases, key=lambda case: (-case["variants"], case["articles"]))


def _by_scenario(case: Mapping[str, Any]) -> dict[str, dict[str, Result]]:
    return {
        scenario: {tool: Result(**result) for tool, result in measured["tools"].items()}
        for scenario, measured in case.get("scenarios", {}).items()
    }


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _ratio(ours: Result | None, theirs: Result, measure: str) -> str:
    return f"{getattr(ours, measure) / getattr(theirs, measure):.3g}" if ours else ""
