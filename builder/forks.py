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
def meanwhile(do: Callable[[Item], Answer], items: Sequence[Item], jobs: int) -> Iterator[Callable[[], list[Answer]]]:
    """Begin to `do` items in processes, as many as `jobs` has besides this one, which helps them when what is given is called
    for the answers, in the order of the items; once. At most 256 items. No process is left at the end, called or not.

    A process takes half a millisecond to begin; the standard library's takes ten times as long, most of it for imports.
    """
    asked = _Asked(do, items)
    try:
        if can_fork():
            asked.begin(min(jobs, len(items)) - 1)
        yield asked.answers
    finally:
        asked.end()


class _Asked(Generic[Item, Answer]):
    def __init__(self, do: Callable[[Item], Answer], items: Sequence[Item]) -> None:
        self._do = do
        self._items = items
        #: A pipe with the numbers of the items that nobody has taken yet, a byte each.
        self._tickets, end = os.pipe()
        os.write(end, bytes(range(len(items))))
        os.close(end)
        #: The processes, with the ends of their pipes.
        self._processes: dict[int, int] = {}

    def begin(self, number: int) -> None:
        """Begin so many processes."""
        with suppress(OSError):  # what they would have done is done here
            for _ in range(number):
                ours, theirs = os.pipe()
                try:
                    # A child is born deaf to Ctrl-C, which is this process's to hear.
                    with without_interrupts():
                        process = os.fork()
                        if not process:
                            self._serve(theirs)
                        self._processes[process] = ours
                except OSError:
                    os.close(ours)
                    raise
                finally:
                    os.close(theirs)

    def answers(self) -> list[Answer]:
        """The answers to all items. Raises `ValueError` after the end."""
        if self._tickets < 0:
            raise ValueError("it was ended")
        answers = self._take()
        for process, pipe in list(self._processes.items()):
            with open(pipe, "rb", closefd=False) as stream:
                data = stream.read()
            if _wait(process):
                answers |= pickle.loads(data)  # noqa: S301 - our own child's
            del self._processes[process]
            os.close(pipe)
        return [answers[number] if number in answers else self._do(item) for number, item in enumerate(self._items)]

    def end(self) -> None:
        """End the processes that nobody waited for."""
        os.close(self._tickets)
        self._tickets = -1  # the number may be another file's by now
        for process, pipe in self._processes.items():
            os.close(pipe)
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            _wait(process)
        self._processes.clear()

    def _take(self) -> dict[int, Answer]:
        """Answers to items that nobody else took, by their numbers."""
        answers = {}
        while ticket := os.read(self._tickets, 1):
            answers[ticket[0]] = self._do(self._items[ticket[0]])
        return answers

    def _serve(self, pipe: int) -> NoReturn:
        """What a process does. It leaves without a word: whatever goes wrong is raised where it is done again."""
        status = 1
        try:
            data = memoryview(pickle.dumps(self._take(), protocol=pickle.HIGHEST_PROTOCOL))
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
