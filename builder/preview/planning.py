"""Changes → newer snapshots of the site, planned one at a time in the background; and what happened since a page was shown."""

from __future__ import annotations

import secrets
import threading
import time
import traceback
from collections import deque
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, unquote

from builder.diagnostics import BuilderError, error, show_text
from builder.preview.watch import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from builder.diagnostics import Diagnostic
    from builder.preview.snapshot import Preview, SiteSnapshot

T = TypeVar("T")

#: When nothing was heard of changes for so many seconds, the files are asked themselves: systems lose events.
_QUIET = 2.0

#: How many plans back a browser can ask what happened; one that comes later reloads.
_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class State:
    """The site after the plan `number`, counted from 1. `failure` says why that plan failed; `snapshot` is then the last good
    one, or None when there has been none."""

    number: int
    snapshot: SiteSnapshot | None
    failure: tuple[Diagnostic, ...]
    base_path: str  # decoded
    redirects: Mapping[str, tuple[str, int]]  # by decoded path


@dataclass(frozen=True, slots=True)
class Step:
    """What led to the plan `number`: the paths that changed, and the page to show, if it is to be followed."""

    number: int
    paths: tuple[Path, ...]
    target: str = ""  # percent-encoded URL path


class Planner:
    """Holds the current `State` and makes the next one after each change. All methods may be called from any thread."""

    def __init__(
        self,
        preview: Preview,
        folder: Path,
        *,
        navigate: bool,
        say: Callable[[str], None],
        verbose: bool,
        found: Callable[[Sequence[Diagnostic]], None] | None = None,
    ) -> None:
        #: Held while a snapshot is asked something: snapshots need not be safe for threads.
        self.reading = threading.Lock()
        self._preview = preview
        self._folder = folder.resolve()
        self._navigate = navigate
        self._say = say
        self._found = found
        self._verbose = verbose
        self._boot = secrets.token_hex(4)
        self._turn = threading.Condition()
        self._state: State | None = None
        self._steps: deque[Step] = deque(maxlen=_REMEMBERED)
        self._pending: set[Path] | None = set()  # the first plan is pending from the start
        self._busy = False
        self._stopped = False

    def run(self) -> None:
        """Plans until `stop`: once at the start, then after each change; changes during a plan lead to one more."""
        sure = True
        while True:
            with self._turn:
                self._busy = False
                self._turn.notify_all()
                heard = self._turn.wait_for(
                    lambda: self._pending is not None or self._stopped, None if sure else _QUIET
                )
                if self._stopped:
                    return
                if not heard:
                    self._busy = True  # whoever asks for a page meanwhile waits, as for a plan
            if not heard:
                sure, missed = True, self._look_for_missed()
                if missed:
                    self.changed(Change(tuple(missed)))
                continue
            sure = False
            with self._turn:
                paths, self._pending = sorted(self._pending or ()), None
                self._busy = True
                before = self._state
            started = time.monotonic()
            state = self._plan(before, paths)
            step = Step(state.number, tuple(paths), self._target(state, paths) if self._navigate else "")
            self._tell(before, state, paths, time.monotonic() - started)
            with self._turn:
                self._steps.append(step)
                self._state = state

    def stop(self) -> None:
        """Ends `run` after the plan under way, and every wait at once."""
        with self._turn:
            self._stopped = True
            self._turn.notify_all()

    def changed(self, change: Change) -> None:
        """Has the site planned anew."""
        with self._turn:
            self._pending = (self._pending or set()) | set(change.paths)
            self._turn.notify_all()

    def settled(self, patience: float) -> State | None:
        """The state with all changes noticed so far in it, waited for at most `patience` seconds; then the older one. The
        first plan is waited for as long as it takes. None when the preview ends."""
        with self._turn:
            self._turn.wait_for(lambda: self._state is not None or self._stopped)
            self._turn.wait_for(lambda: self._is_settled() or self._stopped, patience)
            return None if self._stopped else self._state

    def newer(self, number: int, patience: float, given_up: Callable[[], bool] = lambda: False) -> State | None:
        """The state when it is newer than `number`, waited for at most `patience` seconds and until `given_up`, which is asked
        again after `wake`; else None."""

        def found() -> State | None:
            return self._state if self._state is not None and self._state.number > number else None

        with self._turn:
            self._turn.wait_for(lambda: self._stopped or given_up() or found(), patience)
            return None if self._stopped else found()

    def wake(self) -> None:
        """Has those who wait ask again whether they should."""
        with self._turn:
            self._turn.notify_all()

    @property
    def state(self) -> State | None:
        """The current state; None before the first plan is ready."""
        return self._state

    @property
    def stopped(self) -> bool:
        """Whether the preview ends."""
        return self._stopped

    def steps_since(self, number: int, state: State) -> tuple[Step, ...] | None:
        """What led from the plan `number` to `state`; None when that is forgotten."""
        with self._turn:
            steps = tuple(step for step in self._steps if number < step.number <= state.number)
        return steps if len(steps) == state.number - number else None

    def name(self, state: State) -> str:
        """What a browser remembers a state by; another run of the preview never uses it again."""
        return f"{self._boot}.{state.number}"

    def number(self, name: str) -> int | None:
        """The state's number by its `name`; None when it is of another run."""
        boot, _, digits = name.partition(".")
        return int(digits) if boot == self._boot and digits.isdecimal() and len(digits) < 10 else None

    def _is_settled(self) -> bool:
        return self._state is not None and self._pending is None and not self._busy

    def _look_for_missed(self) -> Sequence[Path]:
        try:
            return guarded(self._preview.missed)
        except BuilderError:
            return ()  # whatever it is, the next plan meets it too

    def _plan(self, before: State | None, changed: Sequence[Path]) -> State:
        number = before.number + 1 if before else 1
        try:
            snapshot = guarded(lambda: self._preview.plan(changed))
        except BuilderError as failed:
            if before is None:
                return State(number, None, failed.diagnostics, "/", {})
            return State(number, before.snapshot, failed.diagnostics, before.base_path, before.redirects)
        redirects = {unquote(path): target for path, target in snapshot.redirects.items()}
        return State(number, snapshot, (), unquote(snapshot.base_path), redirects)

    def _target(self, state: State, paths: list[Path]) -> str:
        """The page of the source that changed; none when several pages' sources did: nobody writes two at once."""
        snapshot = state.snapshot
        if snapshot is None or state.failure:
            return ""
        inside = [path.relative_to(self._folder).as_posix() for path in paths if path.is_relative_to(self._folder)]
        try:
            with self.reading:
                pages = {page for page in (guarded(partial(snapshot.page_of, source)) for source in inside) if page}
        except BuilderError:
            return ""  # whatever is wrong, showing the page will say it
        return quote(unquote(pages.pop())) if len(pages) == 1 else ""

    def tell_found(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Say findings as whoever started the preview wants them: a line each, if nobody said."""
        if self._found is not None:
            if diagnostics:
                self._found(diagnostics)
            return
        for diagnostic in diagnostics:
            self._say(in_a_line(diagnostic))

    def _tell(self, before: State | None, state: State, paths: list[Path], seconds: float) -> None:
        known: tuple[Diagnostic, ...] = ()
        if before:
            known = before.failure + (before.snapshot.diagnostics if before.snapshot else ())
        found = state.failure or (state.snapshot.diagnostics if state.snapshot else ())
        self.tell_found([diagnostic for diagnostic in found if diagnostic not in known])
        if before and before.failure and not state.failure:
            self._say("mended: the preview shows the site again")
        if self._verbose:
            names = ", ".join(path.name for path in paths[:3]) + (" …" if len(paths) > 3 else "")
            self._say(f"planned in {seconds:.2f} s" + (f" after a change of {names}" if names else ""))


def in_a_line(diagnostic: Diagnostic) -> str:
    """The finding in one line, for the terminal of somebody who has the page open beside it."""
    return show_text(diagnostic).split("\n", 1)[0]


def guarded(call: Callable[[], T]) -> T:
    """What `call` returns. Whatever it raises becomes a `BuilderError`, so that a fault in the builder shows on the page
    and is gone with the next change, rather than ending the preview in the middle of someone's work."""
    try:
        return call()
    except BuilderError:
        raise
    except OSError as exception:
        # Files come and go while they are being saved; the change that follows plans again.
        hint = "if the file is there and readable, save it once more"
        raise BuilderError(error("unreadable", str(exception), hint=hint)) from exception
    except Exception as exception:
        frame = traceback.extract_tb(exception.__traceback__)[-1]
        message = f"{type(exception).__name__}: {exception} (in {Path(frame.filename).name}, line {frame.lineno})"
        hint = "this is a fault of wenzhai, not of the site; `wenzhai build` may tell more"
        raise BuilderError(error("internal-error", message, hint=hint)) from exception
