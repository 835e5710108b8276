"""What a person may ask of a plan, and how long its phases take."""

from __future__ import annotations

import gc
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

#: Is told of each item that is done: the phase, the number of the item, and how many there are.
Progress: TypeAlias = "Callable[[str, int, int], None]"


def nobody(_phase: str, _done: int, _total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What a person may ask of a plan. `output` is passed over when sources are looked for; `now` decides what is in the
    future (None: whenever it is planned); `base_url` replaces the setting where it is not empty.
    """

    folder: Path
    output: Path
    base_url: str = ""
    drafts: bool = False
    future: bool = False
    now: datetime | None = None


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
