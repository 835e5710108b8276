"""Changes on disk → `Change` values: what a writer saved, without the noise of editors, caches and the output."""

from __future__ import annotations

import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

#: A change is told when nothing more has happened for this long, and at the latest after `_DEBOUNCE`.
_STEP = 30
_DEBOUNCE = 250

#: What editors and systems leave beside the file that is being saved. Vim's test file, backups and swap files; Emacs' locks
#: and auto-saves; JetBrains' and Office's temporary files; `sed -i`; downloads under way.
_NOISE = re.compile(
    r"4913|.*~|#.*#|.*\.(?:sw[a-z]|tmp|temp|part|crdownload|pyc)|.*___jb_(?:tmp|old)___|~\$.*|sed[A-Za-z0-9]{6}"
    r"|Thumbs\.db|node_modules|__pycache__"
)


@dataclass(frozen=True, slots=True)
class Change:
    """Files and folders that were written, made, renamed or deleted: absolute paths, sorted."""

    paths: tuple[Path, ...]


def watch(
    watched: Sequence[Path],
    *,
    ignored: Sequence[Path] = (),
    stop: threading.Event,
    ready: threading.Event | None = None,
    warn: Callable[[str], None] = lambda _: None,
) -> Iterator[Change]:
    """The changes below the folders and files `watched`, less those below `ignored`, hidden ones and editors' temporary
    files, until `stop` is set. What is watched may be missing, come, go and come back. `ready` is set once the first
    change would be noticed. `warn` is told when the system cannot watch and files are polled instead."""
    wanted = _Wanted(tuple(map(_absolute, watched)), tuple(map(_absolute, ignored)))
    polling = None
    missed: set[Path] = set()
    while not stop.is_set():
        folders = _folders(wanted)
        with _Listeners(folders, wanted, polling=polling) as listeners:
            if not listeners.wait_ready(stop):
                if isinstance(listeners.failure, FileNotFoundError):
                    stop.wait(0.1)  # a folder went while we were setting up: look again
                    continue
                if listeners.failure is not None and polling is None:
                    warn(
                        f"cannot watch for changes ({listeners.failure}); looking at every file instead, which is slower"
                    )
                    polling = True
                    continue
                if listeners.failure is not None:
                    warn(f"cannot watch for changes: {listeners.failure}")
                return
            if ready is not None:
                ready.set()
            if missed:
                # Between the two rounds nobody was listening, so this also stands for what happened then.
                yield Change(tuple(sorted(missed)))
                missed = set()
            while not stop.is_set():
                paths = listeners.get()
                if listeners.failure is not None:
                    break
                if not paths:
                    continue
                if _is_outdated(folders, paths, wanted):
                    missed = paths
                    break
                yield Change(tuple(sorted(paths)))


@dataclass(frozen=True, slots=True)
class _Wanted:
    watched: tuple[Path, ...]
    ignored: tuple[Path, ...]

    def accepts(self, path: Path) -> bool:
        """Whether a change of this path matters."""
        for root in self.watched:
            if path == root or root.is_relative_to(path):
                return True  # it, or a folder on the way to it that came or went
            if path.is_relative_to(root) and not self.skips(path, path.relative_to(root).parts):
                return True
        return False

    def skips(self, path: Path, parts: Iterable[str]) -> bool:
        """Whether a path, whose `parts` are those below what is watched, is noise."""
        if any(path.is_relative_to(folder) for folder in self.ignored):
            return True
        return any((part.startswith(".") and part != ".well-known") or _NOISE.fullmatch(part) for part in parts)


@dataclass(frozen=True, slots=True)
class _Folders:
    """Only folders are watched, never files: a file that is replaced by rename would take its watch with it."""

    deep: frozenset[Path]
    shallow: frozenset[Path]


def _folders(wanted: _Wanted) -> _Folders:
    deep: set[Path] = set()
    shallow: set[Path] = set()
    for path in wanted.watched:
        # The parent tells when a file changes, and when a folder comes back after it was deleted.
        shallow.add(next(parent for parent in path.parents if parent.is_dir()))
        if path.is_dir():
            _add_branches(path, wanted, deep, shallow)
    return _Folders(frozenset(deep), frozenset(shallow - deep))


def _add_branches(folder: Path, wanted: _Wanted, deep: set[Path], shallow: set[Path]) -> None:
    """A folder is watched with all below it, unless something large that is not ours lies directly in it or an ignored
    folder below it: the watches of a `node_modules` or an output of 30,000 folders would cost more than all the rest."""
    try:
        with os.scandir(folder) as entries:
            below = [folder / entry.name for entry in entries if entry.is_dir()]
    except OSError:
        return
    kept = [path for path in below if not wanted.skips(path, [path.name])]
    if len(kept) == len(below) and not any(path.is_relative_to(folder) for path in wanted.ignored):
        deep.add(folder)
        return
    shallow.add(folder)
    for path in kept:
        _add_branches(path, wanted, deep, shallow)


def _is_outdated(folders: _Folders, paths: Iterable[Path], wanted: _Wanted) -> bool:
    """Whether a watched folder itself came or went, so that other folders have to be watched from now on. A folder that
    was deleted and made again has lost its watch even if it looks the same."""
    known = folders.deep | folders.shallow
    return any(path in known for path in paths) or _folders(wanted) != folders


class _Listeners:
    """One thread for the folders watched with all below them and one for those watched alone: watchfiles takes one or the
    other."""

    def __init__(self, folders: _Folders, wanted: _Wanted, *, polling: bool | None) -> None:
        self.failure: OSError | None = None
        self._found: SimpleQueue[set[Path] | OSError] = SimpleQueue()
        self._over = threading.Event()
        self._wanted = wanted
        self._polling = polling
        self._threads = [
            threading.Thread(target=self._listen, args=(group, recursive), daemon=True, name="wenzhai-watch")
            for group, recursive in ((folders.deep, True), (folders.shallow, False))
            if group
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            # watchfiles looks at the event every _STEP; a thread left in its native code would abort the interpreter's end.
            thread.join(2)

    def wait_ready(self, stop: threading.Event) -> bool:
        """Waits until every thread listens; false when one failed or `stop` was set. The first thing a thread tells is
        that it listens, or what it found at once, which is kept."""
        heard = 0
        kept: list[set[Path]] = []
        while heard < len(self._threads) and not stop.is_set():
            found = self._next()
            if self.failure is not None:
                return False
            if found is not None:
                heard += 1
                kept.append(found)
        for found in kept:
            self._found.put(found)
        return not stop.is_set()

    def get(self) -> set[Path]:
        """The next changed paths; empty after a short while without any."""
        return self._next() or set()

    def _next(self) -> set[Path] | None:
        try:
            found = self._found.get(timeout=0.1)
        except Empty:
            return None
        if isinstance(found, OSError):
            self.failure = found
            return None
        return found

    def _listen(self, folders: frozenset[Path], recursive: bool) -> None:
        import watchfiles

        told = False
        try:
            for batch in watchfiles.watch(
                *sorted(folders),
                watch_filter=lambda _, path: self._wanted.accepts(Path(path)),
                debounce=_DEBOUNCE,
                step=_STEP,
                stop_event=self._over,
                rust_timeout=100,
                yield_on_timeout=True,
                raise_interrupt=False,
                force_polling=self._polling,
                recursive=recursive,
                ignore_permission_denied=True,
            ):
                if batch or not told:
                    told = True
                    self._found.put({Path(path) for _, path in batch})
        except OSError as exception:
            self._found.put(exception)
        except RuntimeError as exception:  # what watchfiles makes of errors it does not know
            self._found.put(OSError(str(exception)))


def _absolute(path: Path) -> Path:
    """Links on the way are resolved, as the system reports real paths; the last name stays, as the site calls it."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow the last name too
    return path.parent.resolve() / path.name
