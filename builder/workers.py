"""Batches of work → where they are done: here, in processes of this machine, or on any `concurrent.futures.Executor`.

    workers = LocalWorkers(2)
    for result in workers.run(work, shared, batches_of(items, 50)): ...

`work(shared, batch)` returns a result for each item of a batch. What all batches share is handed over once: forked
processes inherit it, others read it from a file.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor, Future

Shared = TypeVar("Shared")
Item = TypeVar("Item")
Result = TypeVar("Result")


class Workers(Protocol):
    """Where batches are done. The results come in the order of the items, wherever they were made."""

    def run(
        self,
        work: Callable[[Shared, Sequence[Item]], Sequence[Result]],
        shared: Shared,
        batches: Sequence[Sequence[Item]],
    ) -> Iterator[Result]:
        """What `work` makes of the items of all batches. Whatever `work` raises is raised here."""


class Here:
    """This process."""

    def run(
        self,
        work: Callable[[Shared, Sequence[Item]], Sequence[Result]],
        shared: Shared,
        batches: Sequence[Sequence[Item]],
    ) -> Iterator[Result]:
        """See `Workers`."""
        for batch in batches:
            yield from work(shared, batch)


class LocalWorkers:
    """So many processes of this machine, forked anew for each run, so that they share what there is by then. Here, where
    the work is not worth a process (fewer than two batches) or the system cannot fork."""

    def __init__(self, jobs: int, lost: Callable[[str], None] = lambda _: None) -> None:
        """`lost` is told when a process died: what it was doing is done here instead."""
        self._jobs = jobs
        self._lost = lost

    def run(
        self,
        work: Callable[[Shared, Sequence[Item]], Sequence[Result]],
        shared: Shared,
        batches: Sequence[Sequence[Item]],
    ) -> Iterator[Result]:
        """See `Workers`."""
        import multiprocessing

        if self._jobs < 2 or len(batches) < 2 or "fork" not in multiprocessing.get_all_start_methods():
            for batch in batches:
                yield from work(shared, batch)
            return
        from concurrent.futures import ProcessPoolExecutor

        pool = ProcessPoolExecutor(
            min(self._jobs, len(batches)),
            mp_context=multiprocessing.get_context("fork"),
            initializer=_inherit,
            initargs=(work, shared),  # not pickled: a forked child has them
        )
        try:
            yield from _collect(pool, _do_inherited, batches, lambda batch: work(shared, batch), self._lost)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


class ExecutorWorkers:
    """Any executor, the processes of another machine included. What batches share goes through a file in `folder`, which
    all of them have to see; `work`, items and results are pickled."""

    def __init__(
        self, executor: Executor, folder: Path | None = None, lost: Callable[[str], None] = lambda _: None
    ) -> None:
        """`lost` is told when a worker died: what it was doing is done here instead."""
        self._executor = executor
        self._folder = folder
        self._lost = lost

    def run(
        self,
        work: Callable[[Shared, Sequence[Item]], Sequence[Result]],
        shared: Shared,
        batches: Sequence[Sequence[Item]],
    ) -> Iterator[Result]:
        """See `Workers`."""
        with _handed_over(work, shared, self._folder) as path:
            yield from _collect(self._executor, _Reading(path), batches, lambda batch: work(shared, batch), self._lost)


def available_processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def batches_of(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """The items, so many at a time."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def _collect(
    executor: Executor,
    remote: Callable[[Sequence[Item]], Sequence[Result]],
    batches: Sequence[Sequence[Item]],
    here: Callable[[Sequence[Item]], Sequence[Result]],
    lost: Callable[[str], None],
) -> Iterator[Result]:
    """The results of all batches in order; those of batches that a dead worker took with it are made here."""
    futures: list[Future[Sequence[Result]]] = []
    try:
        futures += [executor.submit(remote, batch) for batch in batches]
    except BrokenExecutor as problem:
        lost(str(problem))
    said = len(futures) < len(batches)
    for number, batch in enumerate(batches):
        try:
            results = futures[number].result() if number < len(futures) else here(batch)
        except (BrokenExecutor, CancelledError) as problem:
            if not said:
                lost(str(problem))
                said = True
            results = here(batch)
        # Results can be large, and the list of futures would hold them to the end.
        if number < len(futures):
            futures[number] = futures[number].__class__()
        yield from results


#: What a forked child was given when it began. The one module state of the package: there is no other way to have it there
#: without sending it along with every batch.
_inherited: list[tuple[Callable[[Any, Sequence[Any]], Sequence[Any]], Any]] = []


def _inherit(work: Callable[[Any, Sequence[Any]], Sequence[Any]], shared: object) -> None:
    import gc

    _inherited[:] = [(work, shared)]
    # What came with the fork is the parent's to collect; going over it would give each child a copy of its own.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _do_inherited(batch: Sequence[Any]) -> Sequence[Any]:
    work, shared = _inherited[0]
    return work(shared, batch)


@contextmanager
def _handed_over(work: object, shared: object, folder: Path | None) -> Iterator[Path]:
    descriptor, name = tempfile.mkstemp(".handed-over", "wenzhai-", folder)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            pickle.dump((work, shared), stream, protocol=pickle.HIGHEST_PROTOCOL)
        yield path
    finally:
        path.unlink()


class _Reading:
    """Does a batch with what stands in a file, which each process reads once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, batch: Sequence[Any]) -> Sequence[Any]:
        work, shared = _read(self._path)
        results: Sequence[Any] = work(shared, batch)
        return results


@lru_cache(maxsize=1)
def _read(path: Path) -> tuple[Callable[[Any, Sequence[Any]], Sequence[Any]], Any]:
    with path.open("rb") as stream:
        work, shared = pickle.load(stream)  # noqa: S301 - our own, of this very build
    return work, shared
