"""What a build took time for: its phases, the kinds of files, and the slowest sources and files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from builder.content.discover import FoundSource
from builder.site.plan import PagePlan
from builder.stages.files import PageFile
from builder.workers import TimedWorkers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.build import BuildReport
    from builder.workers import Workers

#: So many of the slowest are named.
SLOWEST = 10


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds that something took: `count` times in all. Those of sources and files are added up over all processes."""

    what: Literal["phase", "kind", "source", "file"]
    name: str
    count: int
    seconds: float


@dataclass
class Profile:
    """Collects what the workers of one build say."""

    _sources: dict[str, float] = field(default_factory=dict)
    _files: dict[str, float] = field(default_factory=dict)

    def watch(self, workers: Workers) -> TimedWorkers:
        """The same workers, watched. They do one item at a time, which takes longer than many at once."""
        return TimedWorkers(workers, self._take)

    def spent(self, report: BuildReport) -> tuple[Spent, ...]:
        """What the build took time for: phases in their order, the rest from the slowest on. A kind is `sources`, a kind of
        pages (a template, unless it is an article's) or a format of feeds."""
        kinds: dict[str, list[float]] = {"sources": list(self._sources.values())} if self._sources else {}
        for path, seconds in self._files.items():
            kinds.setdefault(_kind_of(report, path), []).append(seconds)
        return (
            *(Spent("phase", name, 1, seconds) for name, seconds in report.phases.items()),
            *_slowest(Spent("kind", name, len(seconds), sum(seconds)) for name, seconds in kinds.items()),
            *_each("source", self._sources),
            *_each("file", self._files),
        )

    def _take(self, item: object, seconds: float) -> None:
        match item:
            case FoundSource():
                self._sources[item.path] = seconds
            case (str(path), *_):
                self._files[path] = seconds


def _kind_of(report: BuildReport, path: str) -> str:
    file = report.plan.files.get(path) if report.plan else None
    if not isinstance(file, PageFile):
        return "other files"
    return f"{file.plan.kind} pages" if isinstance(file.plan, PagePlan) else f"{file.plan.format} feeds"


def _each(what: Literal["source", "file"], seconds: Mapping[str, float]) -> list[Spent]:
    return _slowest(Spent(what, name, 1, spent) for name, spent in seconds.items())[:SLOWEST]


def _slowest(spent: Iterable[Spent]) -> list[Spent]:
    return sorted(spent, key=lambda item: (-item.seconds, item.name))
