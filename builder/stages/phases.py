"""How the phases of a plan and a build are run: timed, and without looking for garbage."""

from __future__ import annotations

import gc
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Clock:
    """Seconds by phase, in the order of the phases."""

    def __init__(self) -> None:
        """Starts with no phase."""
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, phase: str) -> Iterator[None]:
        """Count what is done inside to a phase."""
        start = time.perf_counter()
        yield
        self.seconds[phase] = self.seconds.get(phase, 0.0) + time.perf_counter() - start


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage in circles, neither meanwhile nor afterwards in what was made: a plan makes a million objects that
    all stay, and none of its circles is large. Looking takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()
            gc.enable()
