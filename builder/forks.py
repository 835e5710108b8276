"""Forked processes of this one: whether there can be any, and what they find out while this one goes on.

with meanwhile(look, shares, jobs) as answers:
    ...
    for answer in answers(): ...
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections import deque
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def can_fork() -> bool:
    """Whether this process can be forked, and safely: not where the system's own libraries run threads, and not while other
    threads of ours may hold a lock that nobody would release in the child."""
    return sys.platform not in ("win32", "darwin") and threading.active_count() == 1


@contextmanager
def without_interrupts() -> Iterator[set[int]]:
    """No Ctrl-C inside: it waits for the end. Gives the signals that were blocked before."""
    if sys.platform == "win32":
        yield set()
        return
    before = {int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})}
    try:
        yield before
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def meanwhile(
    do: Callable[[Item], Answer], items: Sequence[Item], jobs: int
) -> Iterator[Callable[[], Iterator[Answer]]]:
    """Begin to `do` each item in a process of its own, unless `jobs` is one. What is given waits for the answers, in order, and
    is to be called once; what no process answers is done here then. No process is left at the end, called or not.

    A process takes half a millisecond to begin; the standard library's takes ten times as long, most of it for imports.
    """
    asked = _Asked(do)
    try:
        if jobs > 1 and can_fork():
            asked.begin(items)
        yield lambda: map(asked.answer, items)
    finally:
        asked.end()


class _Asked(Generic[Item, Answer]):
    def __init__(self, do: Callable[[Item], Answer]) -> None:
        self._do = do
        #: The processes in the order of the items, with the ends of their pipes.
        self._processes: deque[tuple[int, int]] = deque()

    def begin(self, items: Sequence[Item]) -> None:
        """Begin a process for each item."""
        with suppress(OSError):  # what cannot be begun is done here
            for item in items:
                ours, theirs = os.pipe()
                try:
                    # A child is born deaf to Ctrl-C, which is this process's to hear.
                    with without_interrupts():
                        process = os.fork()
                        if not process:
                            _answer(theirs, self._do, item)
                        self._processes.append((process, ours))
                except OSError:
                    os.close(ours)
                    raise
                finally:
                    os.close(theirs)

    def answer(self, item: Item) -> Answer:
        """What the process that has this item answers, the items in their order."""
        if self._processes:
            process, pipe = self._processes[0]
            with open(pipe, "rb", closefd=False) as stream:
                data = stream.read()
            whole = _wait(process)
            os.close(pipe)
            self._processes.popleft()
            if whole:
                answer: Answer = pickle.loads(data)  # noqa: S301 - our own child's
                return answer
        return self._do(item)

    def end(self) -> None:
        """End the processes that nobody waited for."""
        for process, pipe in self._processes:
            os.close(pipe)
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            _wait(process)
        self._processes.clear()


def _answer(pipe: int, do: Callable[[Item], Answer], item: Item) -> NoReturn:
    """What a process does. It leaves without a word: whatever goes wrong is raised where it is done again."""
    status = 1
    try:
        data = memoryview(pickle.dumps(do(item), protocol=pickle.HIGHEST_PROTOCOL))
        while data:
            data = data[os.write(pipe, data) :]
        status = 0
    finally:
        os._exit(status)


def _wait(process: int) -> bool:
    """Wait for the end of a process, and say whether it ended well."""
    try:
        return os.waitpid(process, 0)[1] == 0
    except ChildProcessError:  # somebody waits for all children, or none are waited for
        return False
