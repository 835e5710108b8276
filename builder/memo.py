"""What was computed before: values by kind and key, kept in `.wenzhai/` from one build to the next.

A key says everything that its value was made from, the code included (`code_fingerprint`), so that nothing here is ever
stale: it is there or it is not. The file is SQLite's, and safe to delete at any time.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import threading
from functools import cache, lru_cache
from hashlib import blake2b, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar
from zlib import crc32

from builder.diagnostics import Diagnostic, Place, warning

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from contextlib import AbstractContextManager
    from types import TracebackType

Result = TypeVar("Result")

FOLDER = ".wenzhai"

#: "wenz", and the layout of the tables: a file with another pair is not ours to read.
_APPLICATION, _FORMAT = 0x77656E7A, 2

#: So many bytes are written at once, so that builds that run side by side wait for each other shortly.
_BUNCH = 4 << 20

#: The libraries that decide about output.
_LIBRARIES = (
    "ahocorasick-rs",
    "feedgen",
    "Jinja2",
    "linkify-it-py",
    "markdown-it-py",
    "mdit-py-plugins",
    "msgspec",
    "nh3",
    "OpenCC",
    "Pygments",
)


class MemoError(Exception):
    """The memo cannot be read, or a value that has to be there is not: it is to be made anew."""


class MemoBusyError(MemoError):
    """Another process kept the file for itself for a minute: nothing is wrong with it."""


class Memo:
    """Values by kind and key, in this process alone. A kind is a word."""

    #: What other processes find the values by (`find_value`); None where there is no file.
    path: Path | None = None
    #: What was found on opening.
    diagnostics: tuple[Diagnostic, ...] = ()

    def __init__(self) -> None:
        self._values: dict[str, dict[str, bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def load(self, kind: str) -> dict[str, bytes]:
        """All values of a kind."""
        return {**self._values.get(kind, {})}

    def keys(self, kind: str) -> list[str]:
        """The keys of a kind."""
        return list(self._values.get(kind, {}))

    def get(self, kind: str, key: str) -> bytes | None:
        """One value."""
        return self._values.get(kind, {}).get(key)

    def reading(self) -> AbstractContextManager[object]:
        """Inside, one value after the other is had in a third of the time. Nothing else may be asked of the memo there, and
        other threads, and processes that put something, wait for the end: it is for moments."""
        return contextlib.nullcontext()

    def put(self, kind: str, values: Mapping[str, bytes]) -> None:
        """Remember values."""
        self._values.setdefault(kind, {}).update(values)

    def keep(self, kind: str, keys: Collection[str]) -> None:
        """Forget the values of a kind that have other keys."""
        known = self._values.get(kind, {})
        for key in known.keys() - set(keys):
            del known[key]

    def close(self) -> None:
        """Let go of the file."""


class StoredMemo(Memo):
    """A memo in a file, which several processes may read and write at once."""

    def __init__(self, path: Path, connection: sqlite3.Connection, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__()
        self.path = path
        self.diagnostics = diagnostics
        self._connection = connection
        self._process = os.getpid()
        self._kinds: set[str] = set()
        #: The connection that a thread reads many values by.
        self._held: tuple[int, sqlite3.Connection] | None = None
        self._turn = threading.Lock()  # a preview plans in one thread and reads in others
        self._lock = _share(path)

    def load(self, kind: str) -> dict[str, bytes]:
        """See `Memo`."""
        with self._reading(kind) as connection:
            rows = connection.execute(f'SELECT key, value FROM "{kind}"').fetchall()  # noqa: S608 - our own words
        return {key: value[4:] for key, value in rows if _is_whole(value)}

    def keys(self, kind: str) -> list[str]:
        """See `Memo`."""
        with self._reading(kind) as connection:
            return [key for (key,) in connection.execute(f'SELECT key FROM "{kind}"')]  # noqa: S608

    def get(self, kind: str, key: str) -> bytes | None:
        """See `Memo`. A process that was forked from this one, or was sent the memo, may ask for this alone."""
        assert self.path is not None
        held = self._held
        if held and held[0] == threading.get_ident():
            return _read(held[1], kind, key)
        if os.getpid() != self._process:
            return find_value(self.path, kind, key)
        with self._reading(kind) as connection:
            return _read(connection, kind, key)

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """See `Memo`."""
        assert self.path is not None
        own = os.getpid() == self._process
        with self._turn, _held(self._connection if own else _find_reader(self.path)) as connection:
            self._held = threading.get_ident(), connection
            try:
                yield
            finally:
                self._held = None

    def __reduce__(self) -> tuple[type[_SentMemo], tuple[Path | None]]:
        """Another process reads the file by itself."""
        return _SentMemo, (self.path,)

    def put(self, kind: str, values: Mapping[str, bytes]) -> None:
        """See `Memo`."""
        bunch: list[tuple[str, bytes]] = []
        size = 0
        for key, value in values.items():
            bunch.append((key, crc32(value).to_bytes(4, "big") + value))
            size += len(value)
            if size > _BUNCH:
                self._write(kind, bunch)
                bunch, size = [], 0
        if bunch:
            self._write(kind, bunch)

    def keep(self, kind: str, keys: Collection[str]) -> None:
        """See `Memo`. Leaves everything as it is while another process uses the file: it may be about to read it."""
        wanted = set(keys)
        spare = [(key,) for key in self.keys(kind) if key not in wanted]
        if not spare:
            return
        with self._reading(kind) as connection, _alone(self._lock) as alone:
            if alone:
                _change(connection, f'DELETE FROM "{kind}" WHERE key = ?', spare)  # noqa: S608

    def close(self) -> None:
        """See `Memo`."""
        self._connection.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _write(self, kind: str, rows: list[tuple[str, bytes]]) -> None:
        with self._reading(kind) as connection:
            _change(connection, f'INSERT OR REPLACE INTO "{kind}" VALUES (?, ?)', rows)  # noqa: S608

    @contextlib.contextmanager
    def _reading(self, kind: str) -> Iterator[sqlite3.Connection]:
        with self._turn, _as_memo_error():
            if kind not in self._kinds:
                self._connection.execute(f'CREATE TABLE IF NOT EXISTS "{kind}" (key TEXT PRIMARY KEY, value BLOB)')
                self._kinds.add(kind)
            yield self._connection


class _SentMemo(Memo):
    """A stored memo in a process that it was sent to: values are read one by one."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def get(self, kind: str, key: str) -> bytes | None:
        """See `Memo`."""
        assert self.path is not None
        return find_value(self.path, kind, key)

    def reading(self) -> AbstractContextManager[object]:
        """See `Memo`."""
        assert self.path is not None
        return _held(_find_reader(self.path))


def open_memo(site: Path, *, make: bool = True) -> Memo:
    """The memo of the site in a folder; where there is none, it is made, or, unless `make`, one in memory takes its place. One
    that is damaged, or not ours, is replaced; where none can be written, one in memory is used. Both are said in its
    `diagnostics`."""
    folder = site / FOLDER
    path = folder / "memo.sqlite"
    if not make and not path.exists():
        return Memo()
    try:
        _make_folder(folder)
    except OSError as problem:
        return memory_memo(site, problem.strerror or str(problem))
    try:
        return StoredMemo(path, _connect(path))
    except (sqlite3.Error, MemoError) as problem:
        if isinstance(problem, sqlite3.OperationalError) and (_is_busy(problem) or not _may_replace(path)):
            return memory_memo(site, str(problem))
    return replace_memo(site)


def replace_memo(site: Path) -> Memo:
    """An empty memo in the place of one that cannot be read, which is said."""
    message = "the cache cannot be read: it is made anew"
    place = Place(f"{FOLDER}/memo.sqlite")
    return empty_memo(site, (warning("cache-damaged", message, place, "nothing is lost but time"),))


def empty_memo(site: Path, found: tuple[Diagnostic, ...] = ()) -> Memo:
    """An empty memo in the place of any that is there; `found` is why."""
    path = site / FOLDER / "memo.sqlite"
    try:
        _make_folder(path.parent)
        for name in (path.name, f"{path.name}-journal"):
            (path.parent / name).unlink(missing_ok=True)
        return StoredMemo(path, _connect(path), found)
    except (OSError, sqlite3.Error, MemoError) as problem:
        return memory_memo(
            site, problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        )


def _make_folder(folder: Path) -> None:
    """The folder for the memo, which no repository wants."""
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")


def with_memo(memo: Memo, site: Path, do: Callable[[Memo], Result]) -> Result:
    """What is done with a memo, which is closed then. Where it turns out that it cannot be read, all is done anew with an
    empty one, and where that cannot be kept either (a full disk, two builds that mend it at once), or another process does
    not let go of it, with one in memory."""
    try:
        with memo:
            return do(memo)
    except MemoBusyError as problem:
        return do(memory_memo(site, str(problem), "wait for the other build, or end it"))
    except MemoError:
        pass
    try:
        with replace_memo(site) as memo:
            return do(memo)
    except MemoError as problem:
        why = str(problem)
    return do(memory_memo(site, why))


def memory_memo(site: Path, why: str, hint: str = "mend its rights") -> Memo:
    """A memo for this build alone, which is said, and `why`."""
    memo = Memo()
    message = f"the cache cannot be written ({why}): every build does all the work"
    memo.diagnostics = (warning("cache-unwritable", message, Place(f"{site.as_posix()}/{FOLDER}"), hint),)
    return memo


def find_value(path: Path, kind: str, key: str) -> bytes | None:
    """One value of the memo in a file, from a process that did not open it. Raises `MemoError` when it cannot be read."""
    return _read(_find_reader(path), kind, key)


def digest(*parts: object) -> str:
    """A digest of values by their `repr`, the same in every process: only of text, numbers and frozen values of these."""
    return digest_bytes(repr(parts).encode("utf-8", "surrogatepass"))


def digest_bytes(data: bytes) -> str:
    """A digest of bytes, of 32 hexadecimal digits."""
    return blake2b(data, digest_size=16).hexdigest()


@cache
def code_fingerprint() -> str:
    """A digest of this package's code and the versions of the libraries that decide about output."""
    package = str(Path(__file__).parent)
    hasher = sha256(f"Python {sys.version_info[0]}.{sys.version_info[1]}".encode())
    for path in sorted(_code_files(package)):
        with open(path, "rb") as stream:  # noqa: PTH123 - this is done before every build
            hasher.update(path[len(package) :].replace(os.sep, "/").encode() + b"\0" + stream.read())
    for line in sorted(_find_versions()):
        hasher.update(line.encode())
    return hasher.hexdigest()[:32]


def _code_files(package: str) -> Iterator[str]:
    waiting = [package]
    while waiting:
        folder = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".py", ".tsv", ".toml", ".txt")):
                    yield entry.path
                elif "." not in entry.name and entry.is_dir() and (folder != package or entry.name != "themes"):
                    waiting.append(entry.path)


def _find_versions() -> Iterator[str]:
    """The libraries with their versions, as the names of the folders say them that installers leave beside each: reading
    what stands in these takes thirty times as long. One that is there without such a folder was put there by a distributor,
    whose it is to keep in step."""
    wanted = {_folded(name) for name in _LIBRARIES}
    for place in sys.path:
        try:
            names = os.listdir(place or ".")  # noqa: PTH208 - names are all that is needed
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                library, _, version = name.rpartition(".")[0].partition("-")
                if _folded(library) in wanted:
                    wanted.remove(_folded(library))
                    yield f"{_folded(library)} {version}\n"


def _folded(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _connect(path: Path) -> sqlite3.Connection:
    # Transactions are ours to begin and end. The preview's threads take turns.
    connection = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    try:
        # A process that is killed leaves a journal, which the next one rolls back; against a loss of power there is nothing
        # to keep that could not be made again, and damage is found.
        connection.execute("PRAGMA synchronous = OFF")
        if _is_ours(connection):
            return connection
        # Another process may be making it just now.
        connection.execute("BEGIN IMMEDIATE")
        empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if empty:
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.execute("COMMIT")
        if not _is_ours(connection):
            raise MemoError("another program's file, or another version's")  # noqa: TRY301 - closed below
    except (sqlite3.Error, MemoError):
        connection.close()
        raise
    return connection


def _is_ours(connection: sqlite3.Connection) -> bool:
    found = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
    return found == [_APPLICATION, _FORMAT]


def _change(connection: sqlite3.Connection, statement: str, rows: list[tuple[str, bytes]] | list[tuple[str]]) -> None:
    """Do it for all rows or for none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.executemany(statement, rows)
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _is_busy(problem: sqlite3.Error) -> bool:
    """Whether another process keeps the file for itself: nothing is wrong with it."""
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _may_replace(path: Path) -> bool:
    """Whether what stands in the way can be removed: a file, not a folder or what is in a folder that may not be written."""
    return os.access(path.parent, os.W_OK | os.X_OK) and (path.is_file() or not path.exists())


def _find_reader(path: Path) -> sqlite3.Connection:
    """This thread's own connection to the memo in a file."""
    with _as_memo_error():
        return _reader(path, _identity(path), os.getpid(), threading.get_ident())


@lru_cache(maxsize=64)
def _reader(path: Path, identity: int, process: int, thread: int) -> sqlite3.Connection:  # noqa: ARG001 - not the file that was there, and nobody else's
    connection = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _identity(path: Path) -> int:
    try:
        return os.stat(path).st_ino  # noqa: PTH116 - asked for each value
    except OSError as problem:
        raise MemoError(str(problem)) from problem


def _read(connection: sqlite3.Connection, kind: str, key: str) -> bytes | None:
    try:
        row = connection.execute(f'SELECT value FROM "{kind}" WHERE key = ?', (key,)).fetchone()  # noqa: S608 - our words
    except sqlite3.Error as problem:
        raise _memo_error(problem) from problem
    return row[0][4:] if row and _is_whole(row[0]) else None


def _is_whole(value: object) -> bool:
    return isinstance(value, bytes) and len(value) >= 4 and crc32(value[4:]).to_bytes(4, "big") == value[:4]


@contextlib.contextmanager
def _held(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """A connection that keeps its lock on the file between two questions."""
    with _as_memo_error():
        connection.execute("BEGIN")
    try:
        yield connection
    finally:
        with _as_memo_error():
            connection.execute("COMMIT")


@contextlib.contextmanager
def _as_memo_error() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as problem:
        raise _memo_error(problem) from problem


def _memo_error(problem: sqlite3.Error) -> MemoError:
    return (MemoBusyError if _is_busy(problem) else MemoError)(str(problem))


def _share(path: Path) -> int | None:
    """Say to other processes that this one uses the file; None where that cannot be said."""
    if sys.platform == "win32":
        return None
    try:
        descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


@contextlib.contextmanager
def _alone(descriptor: int | None) -> Iterator[bool]:
    """Whether no other process uses the file; if so, none begins to before the end."""
    if sys.platform == "win32" or descriptor is None:
        yield False
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        alone = True
    except OSError:
        alone = False
    try:
        yield alone
    finally:
        # What could not be had may have cost what was there.
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_SH)
