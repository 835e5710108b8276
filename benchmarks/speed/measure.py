"""Commands run one after another, and what they took: time, processor time, memory."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Seconds between two looks at the memory.
INTERVAL = 0.02


@dataclass(frozen=True, slots=True)
class Command:
    """A program with its arguments, the folder it runs in, and what its environment has besides ours."""

    arguments: Sequence[str | Path]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds by the clock, seconds of processors (user and system, all processes that were waited for), and the largest sum of
    the memory of all processes, in bytes (0: not looked at).
    """

    seconds: float
    processor: float
    memory: int


def run(commands: Sequence[Command], *, memory: bool = False) -> Taken:
    """Run commands one after another. Looking at the `memory` takes time itself. Raises `CalledProcessError`."""
    seconds = processor = 0.0
    peak = 0
    for command in commands:
        taken = _run(command, memory=memory)
        seconds, processor, peak = seconds + taken.seconds, processor + taken.processor, max(peak, taken.memory)
    return Taken(seconds, processor, peak)


def _run(command: Command, *, memory: bool) -> Taken:
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(argument) for argument in command.arguments],
        cwd=command.folder,
        env=os.environ | command.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    watch = _Watch(process.pid)
    if memory:
        watch.start()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if memory:
        watch.end()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return Taken(seconds, usage.ru_utime + usage.ru_stime, watch.peak)


class _Watch(threading.Thread):
    """Looks at the memory of a process and all that came from it."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._pid = pid
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(INTERVAL):
            self.peak = max(self.peak, sum(_memory(pid) for pid in _family(self._pid)))

    def end(self) -> None:
        self._ended.set()
        self.join()


def _family(pid: int) -> list[int]:
    """A process and all that came from it and are there now."""
    found, waiting = [], [pid]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                waiting += map(int, task.read_text("ascii").split())
            except OSError:  # it has ended meanwhile
                continue
    return found


def _memory(pid: int) -> int:
    """The proportional set size of a process in bytes: what processes share is counted once among them."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")), 0)
