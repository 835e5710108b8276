"""Batches of work → where they are done: here, in processes of this machine, or on any `concurrent.futures.Executor`.

    workers = LocalWorkers(2)
    for result in workers.run(work, shared, batches_of(items, 50)): ...

`work(shared, batch)` returns a result for each item of a batch. What all batches share is handed over once: forked
processes inherit it, others read it from a file. Whoever stops early closes the iterator, which ends the work.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import time
from collections import deque
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, TypeVar, cast

from builder.forks import can_fork, without_interrupts

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from concurrent.futures import Executor, Future
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext, SpawnContext
    from multiprocessing.process import BaseProcess
    from types import TracebackType

Shared = TypeVar("Shared")
Item = TypeVar("Item")
Result = TypeVar("Result")

#: So many batches make up for the time that processes need to begin which are not forked.
_WORTH_STARTING = 8

#: So many tasks a process is given at a time: one to do, and others to go on with while this one is busy itself.
_AHEAD = 3


class Workers(Protocol):
    """Where batches are done. The results come in the order of the items, wherever they were made."""

    @property
    def jobs(self) -> int:
        """How many processes of this machine may be at work."""

    def run(
        self,
        work: Callable[[Shared, Sequence[Item]], Sequence[Result]],
        shared: Shared,
        batches: Sequence[Sequence[Item]],
        *,
        meanwhile: bool = False,
    ) -> Generator[Result, None, None]:
        """What `work` makes of the items of all batches. Whatever `work` raises is raised here. `meanwhile`: there is something
        else to do before the first result is asked for, so that even a single batch is worth a process."""


class Here:
    """This process."""

    jobs = 1

    def run(
        self,
        work: Callable[[Shared, Sequence[Item]], Sequence[Result]],
        shared: Shared,
        batches: Sequence[Sequence[Item]],
        *,
        meanwhile: bool = False,  # noqa: ARG002 - nothing is done here until it is asked for
    ) -> Generator[Result, None, None]:
        """See `Workers`."""
        for batch in batches:
            yield from work(shared, batch)


class LocalWorkers:
    """So many processes of this machine, this one among them. The others are forked anew for each run, so that they share what
    there is by then; where forking is not safe, they are new ones. Here alone, where the work is not worth a process."""

    def __init__(self, jobs: int, lost: Callable[[str], None] = lambda _: None) -> None:
        """`lost` is told when a process died: what it was doing is done here instead."""
        self.jobs = jobs
        self._lost = lost

    def run(
        self,
        work: Callable[[Shared, Sequence[Item]], Sequence[Result]],
        shared: Shared,
        batches: Sequence[Sequence[Item]],
        *,
        meanwhile: bool = False,
    ) -> Generator[Result, None, None]:
        """See `Workers`. The processes begin at once; closing the iterator ends them."""
        results = self._run(work, shared, batches, fewest=1 if meanwhile and self.jobs > 1 else 2)
        next(results)
        return cast("Generator[Result, None, None]", results)

    def _run(
        self,
        work: Callable[[Shared, Sequence[Item]], Sequence[Result]],
        shared: Shared,
        batches: Sequence[Sequence[Item]],
        *,
        fewest: int,
    ) -> Generator[Result | None, None, None]:
        """Nothing, when all has begun; then the results. A generator that has not come so far would not end on being closed."""
        jobs = min(self.jobs, len(batches))
        forks = can_fork()
        if jobs < fewest or (not forks and len(batches) < _WORTH_STARTING):
            yield None
            yield from Here().run(work, shared, batches)
            return
        here = _Task(work, shared, batches)
        with ExitStack() as stack:
            there = here if forks else stack.enter_context(_handed_over(here, None))
            crew = stack.enter_context(_Crew(here, len(batches), self._lost))
            crew.start(max(1, jobs - 1), "fork" if forks else "spawn", there)
            yield None
            stack.enter_context(_tidied())
            for number in range(len(batches)):
                yield from crew.result(number)


class ExecutorWorkers:
    """Any executor, the processes of another machine included. What batches share goes through a file in `folder`, which
    all of them have to see; `work`, items and results are pickled."""

    jobs = 1

    def __init__(
        self,
        executor: Executor,
        folder: Path | None = None,
        lost: Callable[[str], None] = lambda _: None,
        *,
        losses: tuple[type[BaseException], ...] = (),
    ) -> None:
        """`lost` is told when a worker died: what it was doing is done here instead. `losses` are exceptions by which the
        executor says so, besides those of the standard library."""
        self._executor = executor
        self._folder = folder
        self._lost = lost
        from concurrent.futures import BrokenExecutor, CancelledError

        self._losses: tuple[type[BaseException], ...] = (BrokenExecutor, CancelledError, *losses)

    def run(
        self,
        work: Callable[[Shared, Sequence[Item]], Sequence[Result]],
        shared: Shared,
        batches: Sequence[Sequence[Item]],
        *,
        meanwhile: bool = False,  # noqa: ARG002 - a single batch is not worth its way there
    ) -> Generator[Result, None, None]:
        """See `Workers`."""
        here = partial(work, shared)
        with _handed_over(here, self._folder) as there:
            yield from _collect(self._executor, there, batches, here, self._losses, self._lost)


class TimedWorkers:
    """Other workers, asked for each item by itself, so that it can be told how long each took where it was done."""

    def __init__(self, workers: Workers, timed: Callable[[object, float], None]) -> None:
        """`timed` is told of each item and its seconds."""
        self._workers = workers
        self._timed = timed

    @property
    def jobs(self) -> int:
        """See `Workers`."""
        return self._workers.jobs

    def run(
        self,
        work: Callable[[Shared, Sequence[Item]], Sequence[Result]],
        shared: Shared,
        batches: Sequence[Sequence[Item]],
        *,
        meanwhile: bool = False,
    ) -> Generator[Result, None, None]:
        """See `Workers`."""
        return self._tell(batches, self._workers.run(_time_each, (work, shared), batches, meanwhile=meanwhile))

    def _tell(
        self, batches: Sequence[Sequence[Item]], timed: Generator[tuple[Result, float], None, None]
    ) -> Generator[Result, None, None]:
        with closing(timed) as results:
            for item, (result, seconds) in zip(chain.from_iterable(batches), results, strict=True):
                self._timed(item, seconds)
                yield result


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
    losses: tuple[type[BaseException], ...],
    lost: Callable[[str], None],
) -> Iterator[Result]:
    """The results of all batches in order; those of batches that a dead worker took with it are made here."""
    futures: deque[Future[Sequence[Result]]] = deque()
    said = False

    def tell(problem: BaseException) -> None:
        nonlocal said
        if not said:
            lost(str(problem) or type(problem).__name__)
        said = True

    try:
        try:
            for batch in batches:
                futures.append(executor.submit(remote, batch))
        except losses as problem:
            tell(problem)
        for batch in batches:
            # Results can be large: none is held longer than it is needed.
            future = futures.popleft() if futures else None
            try:
                results = here(batch) if future is None else future.result()
            except losses as problem:
                tell(problem)
                results = here(batch)
            del future
            yield from results
    finally:
        for future in futures:
            future.cancel()


def _time_each(
    asked: tuple[Callable[[Shared, Sequence[Item]], Sequence[Result]], Shared], batch: Sequence[Item]
) -> list[tuple[Result, float]]:
    work, shared = asked
    results = []
    for item in batch:
        start = time.perf_counter()
        (result,) = work(shared, [item])
        results.append((result, time.perf_counter() - start))
    return results


class _Crew:
    """Processes that do numbered tasks, and what came of them, in the order in which it is asked for. While it is asked for
    something that another one has not done yet, this process does some of them itself: one that only waited would take the
    memory of a worker for nothing.

    The standard library's pool waits for ever for a process that is killed while it sends a result, leaves its processes
    behind when it is killed itself, and prints their tracebacks on Ctrl-C: here each process has a pipe of its own, which ends
    when either side does.
    """

    def __init__(self, do: Callable[[int], Sequence[Any]], total: int, lost: Callable[[str], None]) -> None:
        self._do, self._lost = do, lost
        self._waiting = deque(range(total))
        self._done: dict[int, Sequence[Any]] = {}
        self._members: dict[Connection, BaseProcess] = {}
        #: What each process was given and has not answered.
        self._given: dict[Connection, deque[int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection, process in self._members.items():
            # That its pipe is closed would not end a process: those of another crew that began meanwhile have it, too.
            with suppress(OSError):
                connection.send(None)
            connection.close()
            if kind is not None:
                process.kill()
        for process in self._members.values():
            process.join()
            with suppress(ValueError):  # where the system waits for children itself, this one cannot tell that it ended
                process.close()

    def start(self, jobs: int, method: Literal["fork", "spawn"], do: Callable[[int], Sequence[Any]]) -> None:
        """Start so many processes besides this one, in which `do` does a task."""
        import multiprocessing

        context: ForkContext | SpawnContext = multiprocessing.get_context("spawn")
        if method == "fork":
            context = multiprocessing.get_context("fork")
        # A child is born deaf to Ctrl-C, and then ignores it: it is this process that ends the others.
        with without_interrupts() as mask:
            for _ in range(jobs):
                ours, theirs = context.Pipe()
                others = [ours, *self._members] if method == "fork" else []
                process = context.Process(target=_serve, args=(theirs, others, mask, do), daemon=True)
                try:
                    process.start()
                except OSError as problem:
                    ours.close()
                    self._lost(f"it could not be started: {problem.strerror}")
                    break
                finally:
                    theirs.close()
                self._members[ours] = process
                self._given[ours] = deque()
        for _ in range(_AHEAD):
            for connection in list(self._given):
                self._give(connection)

    def result(self, number: int) -> Sequence[Any]:
        """What came of a task. It is done here where nobody has it, or the process that had it is dead or could not do it, so
        that whatever goes wrong is raised here."""
        while number not in self._done and any(number in given for given in self._given.values()):
            if not self._listen(wait=not self._waiting):
                mine = self._waiting.popleft()
                self._done[mine] = self._do(mine)
        results = self._done.pop(number, None)
        if results is None:
            with suppress(ValueError):
                self._waiting.remove(number)
            results = self._do(number)
        return results

    def _give(self, connection: Connection) -> None:
        """Give a process a task, unless it has enough to go on with while others, this one among them, have their share."""
        ahead = min(_AHEAD, len(self._waiting) // (len(self._members) + 1))
        if not self._waiting or len(self._given[connection]) >= max(1, ahead):
            return
        number = self._waiting.popleft()
        self._given[connection].append(number)
        try:
            connection.send(number)
        except OSError:
            self._bury(connection)

    def _listen(self, *, wait: bool) -> bool:
        """Take the answers that are there, and `wait` for one at least; false where there was none."""
        from multiprocessing import connection as connections

        ready = cast("list[Connection]", connections.wait(list(self._given), None if wait else 0))
        for connection in ready:
            try:
                number, results = connection.recv()
            except (EOFError, OSError):
                self._bury(connection)
                continue
            self._given[connection].remove(number)
            if results is not None:
                self._done[number] = results
            self._give(connection)
        return bool(ready)

    def _bury(self, connection: Connection) -> None:
        if self._given.pop(connection, None) is None:
            return
        process = self._members[connection]
        process.kill()  # it may have lost no more than its pipe
        process.join()
        self._lost(f"exit status {process.exitcode}")


@dataclass(frozen=True, slots=True)
class _Task:
    """A batch by its number → its results."""

    work: Callable[[Any, Sequence[Any]], Sequence[Any]]
    shared: Any
    batches: Sequence[Sequence[Any]]

    def __call__(self, number: int) -> Sequence[Any]:
        return self.work(self.shared, self.batches[number])


def _serve(
    connection: Connection, others: Iterable[Connection], mask: Iterable[int], do: Callable[[int], Sequence[Any]]
) -> None:
    """What a process does: answers numbers with results, None where it failed, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    for other in others:
        other.close()  # else the pipes of the others would not end with the process that forked us all
    with suppress(EOFError, OSError), _tidied():
        while (number := connection.recv()) is not None:
            results: Sequence[Any] | None
            try:
                results = do(number)
            except BaseException:  # noqa: BLE001 - whatever it is, it is raised where it is done again
                results = None
            connection.send((number, results))
            del results


@contextmanager
def _tidied() -> Iterator[None]:
    """Garbage in circles is looked for inside, but among what tasks leave behind alone. What was there before stays, most of it
    for as long as the process does, and going over what came with a fork would give each child a copy of its own."""
    was_enabled, thresholds = gc.isenabled(), gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        if not was_enabled:
            gc.disable()


@contextmanager
def _handed_over(function: Callable[[Any], Sequence[Any]], folder: Path | None) -> Iterator[_FromFile]:
    """A function as other processes can be sent it, whatever it holds."""
    import tempfile

    descriptor, name = tempfile.mkstemp(".handed-over", "wenzhai-", folder)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            pickle.dump(function, stream, protocol=pickle.HIGHEST_PROTOCOL)
        yield _FromFile(path)
    finally:
        path.unlink()


@dataclass(frozen=True, slots=True)
class _FromFile:
    """A function that stands in a file, which each process reads once."""

    path: Path

    def __call__(self, asked: Any) -> Sequence[Any]:  # noqa: ANN401 - whatever that function takes
        results: Sequence[Any] = _read(self.path)(asked)
        return results


@lru_cache(maxsize=1)
def _read(path: Path) -> Any:  # noqa: ANN401 - what was handed over
    with path.open("rb") as stream:
        return pickle.load(stream)  # noqa: S301 - our own, of this very build
