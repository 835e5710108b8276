"""What a person may ask of a plan, and be told meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable
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
