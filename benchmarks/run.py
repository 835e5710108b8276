"""Measure Wenzhai beside Hugo and Pelican: the same corpus, the same pages, by turns; medians and ratios of time, processor time
and peak memory.

    python benchmarks/run.py                                        # 1,000 and 10,000 articles, 1 and 3 variants: two hours
    python benchmarks/run.py --sizes 200 --variants 3 --rounds 3    # a minute
    python benchmarks/run.py --scale                                # Wenzhai alone, 1,000 to 100,000 articles

The peers are installed from PyPI into environments of their own. Needs Linux, an idle machine, and to be run by the Python that
Wenzhai is installed for; what is measured is this checkout. `--write` brings docs/benchmarks.md up to date.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from speed.report import describe_machine, load, print_case, save, write_page
from speed.scenarios import SCENARIOS, measure_case
from speed.tools import Hugo, Pelican, Wenzhai, available_processors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from speed.tools import Tool

TOOLS = ("wenzhai", "hugo", "pelican")
SCALE = "1000,10000,100000"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    asked = _parser().parse_args(arguments)
    if not Path("/proc/self/smaps_rollup").exists():
        sys.exit("the memory of processes is read from Linux's /proc")
    if asked.scale:
        asked.sizes, asked.tools, asked.scenarios = asked.sizes or _numbers(SCALE), ["wenzhai"], ["cold"]
    sizes = asked.sizes or [1000, 10000]
    with _work_folder(asked.work, keep=asked.keep) as work:
        tools: dict[str, Tool] = {
            "wenzhai": Wenzhai(asked.jobs, future=asked.scale),
            "hugo": Hugo(work, asked.jobs),
            "pelican": Pelican(work, asked.jobs),
        }
        chosen = [tools[name] for name in asked.tools]
        for tool in chosen:
            tool.install()
        machine = describe_machine({tool.name: tool.version() for tool in chosen}, asked.jobs)
        print(machine.text, flush=True)
        results = load(work)
        for variants in asked.variants:
            for size in sizes:
                case = measure_case(chosen, size, variants, asked.scenarios, asked.rounds, work)
                print_case(case)
                results = save(work, results, case, machine, scale=asked.scale)
        if asked.write:
            write_page(asked.write, results)
            print(f"written: {asked.write}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=_numbers, metavar="N,N", help="numbers of articles (default: 1000,10000)")
    parser.add_argument("--variants", type=_numbers, default=[3, 1], metavar="1|3", help="numbers of variants (3,1)")
    parser.add_argument("--tools", type=_among(TOOLS), default=list(TOOLS), metavar=",".join(TOOLS))
    parser.add_argument("--scenarios", type=_among(SCENARIOS), default=list(SCENARIOS), metavar=",".join(SCENARIOS))
    parser.add_argument(
        "--rounds", type=int, default=5, help="rounds that count (5); the first one looks at the memory"
    )
    parser.add_argument("--jobs", type=int, default=available_processors(), help="processes (default: the processors)")
    parser.add_argument("--scale", action="store_true", help=f"Wenzhai alone, cold, {SCALE} articles")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where to work, and where results of before are")
    parser.add_argument("--keep", action="store_true", help="keep the work folder, if it is not one of yours")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the results into this page of the docs")
    return parser


def _numbers(text: str) -> list[int]:
    return [int(part.replace("_", "")) for part in text.split(",")]


def _among(names: Sequence[str]) -> Callable[[str], list[str]]:
    def parse(text: str) -> list[str]:
        parts = text.split(",")
        if unknown := set(parts) - set(names):
            raise argparse.ArgumentTypeError(f"not among {', '.join(names)}: {', '.join(sorted(unknown))}")
        return [name for name in names if name in parts]

    return parse


@contextmanager
def _work_folder(given: Path | None, *, keep: bool) -> Iterator[Path]:
    """A folder to work in. One that was given is kept: removing so many files slows the file system for minutes."""
    work = given.resolve() if given else Path(tempfile.mkdtemp(prefix="benchmark-"))
    work.mkdir(parents=True, exist_ok=True)
    try:
        yield work
    finally:
        if given or keep:
            print(f"kept: {work}")
        else:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
