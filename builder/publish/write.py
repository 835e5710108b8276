"""Files → the output folder: all or nothing, only what changed, and nothing removed that we did not write.

    with open_output(Path("public"), site=..., protected=[...], force=False) as output:
        for path in output.find_stale(made_from.items()): ... stage_file(output.stage, path, data) ...
        report = output.commit(made_from, staged)

Everything is written to a staging folder first. An absent or empty output is then replaced by it in one rename; else the
files that changed are put into place one by one: renamed or, if they are many, exchanged for the old ones, which are then
removed by several processes. Whoever reads a page meanwhile finds the old or the new one. The manifest tells both apart from
what others put there. After a power cut a page may be empty until the next build, which sees that its size is not the
manifest's.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import stat
import sys
import unicodedata
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, Self

from builder.diagnostics import Diagnostic, OutputError, Place, error, warning
from builder.forks import meanwhile
from builder.publish.exchange import load_exchange
from builder.publish.manifest import (
    MANIFEST,
    PENDING,
    Listed,
    add_pending,
    read_line,
    read_manifest,
    write_line,
    write_manifest,
)
from builder.publish.report import WriteReport

if sys.platform != "win32":  # elsewhere builds cannot see each other, and what a killed build left behind stays
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import TracebackType

    from builder.publish.presence import Presence

_MARKER = ".wenzhai-stage"
#: Staged files of an output that is updated lie in folders by the first digit of their names: processes that write or remove
#: files of one folder wait for one another.
_SHELVES = "0123456789abcdef"
#: From so many changed files on they are exchanged: to rename one over another takes longer, since ext4 then writes it to the
#: disk at once and frees the old one's place. What has to be loaded and begun for it takes 15 ms, as long as 200 files.
_MANY = 500


@dataclass(frozen=True, slots=True)
class Stage:
    """Where staged files wait: a value that a worker process can be handed."""

    folder: Path
    shelved: bool  # not under their paths: folders would be made twice where files are put into place one by one

    def make(self) -> None:
        """Make the folder, and those that it is divided into."""
        self.folder.mkdir()
        for shelf in self.shelves():
            os.mkdir(shelf)  # noqa: PTH102 - see `place`

    def shelves(self) -> list[str]:
        """The folders that it is divided into."""
        return [f"{self.folder}{os.sep}{digit}" for digit in _SHELVES] if self.shelved else []

    def place(self, path: str) -> str:
        """Where the file for this output path is staged. Text: of 40,000 files, a `Path` each takes as long as renaming them."""
        if not self.shelved:
            return f"{self.folder}{os.sep}{path}"
        name = blake2b(os.fsencode(path), digest_size=16).hexdigest()
        return f"{self.folder}{os.sep}{name[0]}{os.sep}{name}"


class Staged(NamedTuple):
    """A file that waits in the staging folder: its path in the output, the digest of its bytes and its size."""

    path: str
    digest: str
    size: int


def open_output(
    folder: Path,
    *,
    protected: Sequence[Path],
    force: bool,
    site: Path | None = None,
    presence: Presence | None = None,
    jobs: int = 1,
) -> Output:
    """The output folder, checked and ready to be staged for. Nothing in it changes before `Output.commit`.

    The output may be none of `protected` (content/, static/, themes/ …), nor inside or above one of them; it may be inside
    `site`, but neither be it nor be above it. `force` allows a folder with other files in it; they stay, unless a planned
    file has the same path. What was found of its files before, `presence`, is taken for true if it was found by the manifest
    that stands in the folder now. Many old files are removed by `jobs` processes. Raises OutputError: output-protected,
    output-unwritable, output-not-ours, output-busy.
    """
    try:
        root = folder.resolve()
    except (OSError, RuntimeError) as problem:  # a loop of symbolic links is a RuntimeError before Python 3.13
        raise _unwritable(folder, f"its path cannot be followed ({problem})") from None
    _refuse_protected(folder, root, site, protected)
    with _as_unwritable(folder):
        exists = _look(root)
        if exists is not None and not stat.S_ISDIR(exists.st_mode):
            raise _unwritable(folder, "it is a file", "Choose another folder, or move the file away.")
        if exists is None and not root.parent.is_dir():
            raise _unwritable(folder, f"{root.parent} does not exist", "Make that folder first.")
        if exists is not None and not os.access(root, os.W_OK | os.X_OK):
            raise _unwritable(folder, "it may not be written to")
        _sweep(root, folder)
        names = sorted(os.listdir(root)) if exists is not None else []  # noqa: PTH208 -- names are all that is needed
        if names and MANIFEST not in names and not force:
            raise OutputError(
                error(
                    "output-not-ours",
                    f"{folder} is not empty and was not written by wenzhai (there is {names[0]!r})",
                    _place(folder),
                    "Choose another folder, or pass --force: files of others stay, unless a page has the same path.",
                )
            )
        manifest = _read_manifest(root)
        beside = exists is None or _can_stage_beside(root)
        holder, lock = _make_holder(root, beside=beside)
        # A mount point can be written to, but not be replaced by a rename.
        replace = not names and beside
        stage = Stage(holder / "files", shelved=not replace)
        stage.make()
    if presence and presence.manifest != manifest:
        presence = None
    return Output(
        folder, root, stage, lock=lock, manifest=manifest, replace=replace, force=force, presence=presence, jobs=jobs
    )


def stage_file(stage: Stage, path: str, data: bytes) -> Staged:
    """Write one file to the staging folder; any process may. Raises OutputError (output-write)."""
    with _open_staged(stage, path) as descriptor:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
    return Staged(path, digest_of(data), len(data))


def stage_copy(stage: Stage, path: str, source: Path) -> Staged:
    """Copy one file to the staging folder as it is; any process may. Raises OutputError (output-write)."""
    digest, size = blake2b(digest_size=16), 0
    with (
        _open_staged(stage, path) as descriptor,
        source.open("rb") as incoming,
        open(descriptor, "wb", closefd=False) as copy,
    ):
        while block := incoming.read(1 << 20):
            digest.update(block)
            size += copy.write(block)
    return Staged(path, digest.hexdigest(), size)


def digest_of(data: bytes) -> str:
    """The digest of a file's bytes, as it stands in `Staged` and in the manifest."""
    return blake2b(data, digest_size=16).hexdigest()


class Output:
    """An output folder between opening and commit. As a context manager it discards what was not committed."""

    def __init__(
        self,
        folder: Path,
        root: Path,
        stage: Stage,
        *,
        lock: int | None,
        manifest: bytes | None,
        replace: bool,
        force: bool,
        presence: Presence | None,
        jobs: int,
    ) -> None:
        self.stage = stage
        #: After a commit: the manifest that stands in the folder.
        self.manifest = manifest or b""
        #: What was found on opening: a manifest that cannot be read (manifest-damaged).
        self.diagnostics: tuple[Diagnostic, ...] = ()
        known = {} if manifest is None else read_manifest(manifest)
        if known is None:
            self.diagnostics = (
                warning(
                    "manifest-damaged",
                    "the manifest of the output folder cannot be read: every file is compared and written anew where it differs",
                    Place(_place(folder).path + "/" + MANIFEST),
                    "Files that the site no longer makes stay where they are; remove them by hand, or build into a new folder.",
                ),
            )
        self._folder = folder
        self._root = root
        self._base = f"{root}{os.sep}" if not str(root).endswith(os.sep) else str(root)
        self._holder = stage.folder.parent
        self._lock = lock
        self._known = known or {}
        self._presence = presence
        # With a damaged manifest the files at our paths are ours as far as anybody can tell.
        self._overwrites = force or known is None
        self._is_whole = bool(known) and self.manifest.count(b"\n= ") == 1  # whether the manifest can be added to
        self._replace = replace
        self._jobs = jobs
        self._has_old_files = False  # many, in the staging folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def find_stale(self, planned: Iterable[tuple[str, str]]) -> list[str]:
        """Of some paths, with what their files are made from, those whose files are not current."""
        known = self._known
        return [
            path
            for path, made_from in planned
            if not known.get(path, "").startswith(f"{made_from} ") or not self._is_there(path)
        ]

    def known_digest(self, path: str) -> str:
        """The digest of the bytes that are there already, or "" if that is not known for sure. A file rendered anew with
        this digest need not be staged: its `Staged` is enough."""
        known = self._listed(path)
        # Asked now, whatever was found before: nothing is staged that could take its place.
        return known.digest if known and known != PENDING and self._size_of(path) == known.size else ""

    def _is_there(self, path: str) -> bool:
        """Whether a file of the manifest is there, as large as it was written."""
        if self._presence:
            return path not in self._presence.missing
        return self._size_of(path) == read_line(self._known[path]).size

    def _listed(self, path: str) -> Listed | None:
        line = self._known.get(path)
        return None if line is None else read_line(line)

    def commit(self, planned: Mapping[str, str], staged: Iterable[Staged]) -> WriteReport:
        """Make the output what is planned: `planned` maps every path of the site to the digest that it was made from, and
        each of them is staged or current. Raises OutputError: output-foreign (nothing was changed), output-write (if some
        files were changed by then, the manifest says which, and the next build mends them).
        """
        waiting = {item.path: item for item in staged}
        for path in waiting:
            assert is_plain(path) and path != MANIFEST, path
            assert planned[path].split() == [planned[path]], planned[path]
        lines = {
            path: write_line(Listed(planned[path], item.digest, item.size), path) for path, item in waiting.items()
        }
        known = self._known
        if known.keys() == planned.keys():
            lines = known | lines  # in the order of the manifest, which is sorted
        else:
            lines = {path: lines.get(path) or known[path] for path in sorted(planned)}
        try:
            report = self._replace_all(lines) if self._replace else self._update(lines, waiting)
        except OSError as problem:
            raise self._write_error(problem) from None
        self.discard()
        return report

    def discard(self) -> None:
        """Remove the staging folder. Harmless after a commit and when repeated."""
        if self._has_old_files:
            # To free their places on the disk can take longer than all else of a commit.
            with (
                contextlib.suppress(OSError),  # what is left goes below
                meanwhile(_remove_folder, self.stage.shelves(), self._jobs) as answers,
            ):
                answers()
            self._has_old_files = False
        shutil.rmtree(self._holder, ignore_errors=True)
        if sys.platform != "win32" and self._lock is not None:
            # Worker processes may still hold the same descriptor: closing alone would leave it locked.
            fcntl.flock(self._lock, fcntl.LOCK_UN)
            os.close(self._lock)
            self._lock = None

    def _replace_all(self, lines: Mapping[str, str]) -> WriteReport:
        self.manifest = write_manifest(lines)
        (self.stage.folder / MANIFEST).write_bytes(self.manifest)
        existing = _look(self._root)
        if existing is not None:
            self.stage.folder.chmod(stat.S_IMODE(existing.st_mode))
            self._root.rmdir()  # fails if somebody put a file there meanwhile, as it should
        self.stage.folder.rename(self._root)
        return WriteReport(tuple(lines), 0, ())

    def _update(self, lines: Mapping[str, str], waiting: Mapping[str, Staged]) -> WriteReport:
        changed = sorted((path for path, item in waiting.items() if not self._holds(item)), key=_pages_last)
        # A manifest that names files outside of the folder is not to have us remove those.
        removed = (
            []
            if lines.keys() == self._known.keys()
            else [path for path in self._known if path not in lines and is_plain(path)]
        )
        obstacles = tuple(self._obstacles(changed, frozenset(removed)))
        if obstacles:
            raise OutputError(*obstacles)
        unchanged = {path: line for path, line in lines.items() if path not in waiting}
        if len(changed) < len(waiting):
            unchanged = {path: lines[path] for path in sorted({*unchanged, *(waiting.keys() - {*changed})})}
        if changed or removed:
            # From here until the end the manifest vouches for nothing that is in motion, so that a build that dies midway
            # leaves no file that looks current and is not, and none that is ours and unlisted.
            before = self.manifest if self._is_whole else write_manifest(unchanged)
            self._write_manifest(add_pending(before, chain(changed, removed)))
            in_the_way = _in_the_way(removed, changed, lines)
            self._remove(in_the_way)
            self._put_all(changed)
            self._remove([path for path in removed if path not in in_the_way])
        self._write_manifest(write_manifest(lines))
        return WriteReport(tuple(sorted(changed)), len(unchanged), tuple(removed))

    def _holds(self, item: Staged) -> bool:
        """Whether the output has these bytes already, in a file that is ours."""
        known = self._listed(item.path)
        if known is not None and known != PENDING:
            return known.digest == item.digest and self._size_of(item.path) == item.size
        if (known is None and not self._overwrites) or self._size_of(item.path) != item.size:
            return False
        return digest_of(Path(self._base + item.path).read_bytes()) == item.digest

    def _size_of(self, path: str) -> int:
        """The size of a file in the output; -1 if there is none."""
        try:
            found = os.lstat(self._base + path)
        except (OSError, ValueError):
            return -1
        return found.st_size if stat.S_ISREG(found.st_mode) else -1

    def _obstacles(self, changed: Sequence[str], removed: frozenset[str]) -> Iterator[Diagnostic]:
        """What others put where our files must go. A file at the very path gives way to --force, nothing else does."""
        for path in changed:
            found = _look(self._base + path)
            if found is None:
                continue
            if stat.S_ISDIR(found.st_mode):
                foreign = next((name for name in self._files_under(path) if name not in removed), None)
                if foreign is not None:
                    yield self._foreign(foreign, f"a file of others is in the folder {path!r}, where a file must go")
            elif path not in self._known and not self._overwrites:
                yield self._foreign(
                    path, "a file of others is where a page must go", " Or pass --force to overwrite it."
                )
        for folder in sorted({parent for path in changed for parent in _parents(path)}):
            found = _look(self._base + folder)
            if found is None or stat.S_ISDIR(found.st_mode) or (folder in removed and stat.S_ISREG(found.st_mode)):
                continue
            kind = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "a file of others"
            yield self._foreign(folder, f"{kind} is where a folder must go")

    def _foreign(self, path: str, message: str, more: str = "") -> Diagnostic:
        return error("output-foreign", message, Place(f"{_place(self._folder).path}/{path}"), "Move it away." + more)

    def _files_under(self, folder: str) -> Iterator[str]:
        for place, _, names in os.walk(self._base + folder):
            for name in names:
                yield (Path(place) / name).relative_to(self._root).as_posix()

    def _put_all(self, paths: Sequence[str]) -> None:
        if len(paths) < _MANY:
            for path in paths:
                self._put(path)
            return
        exchange = load_exchange()
        for path in paths:
            # Asked now: a folder that others made meanwhile must not end in the staging folder.
            if self._size_of(path) >= 0 and exchange(self.stage.place(path), self._base + path):
                self._has_old_files = True
            else:
                self._put(path)

    def _put(self, path: str) -> None:
        source = self.stage.place(path)
        try:
            os.replace(source, self._base + path)  # noqa: PTH105 - see `Stage.place`
        except OSError:
            target = Path(self._base + path)
            if target.is_dir() and not target.is_symlink():
                # Nothing but empty folders is left in it: `_obstacles` looked.
                for place, _, _ in os.walk(target, topdown=False):
                    Path(place).rmdir()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(source, target)  # noqa: PTH105

    def _remove(self, paths: Iterable[str]) -> None:
        folders: dict[str, bool] = {}  # whether it is a folder indeed, and no link to one
        for path in paths:
            parents = _parents(path)
            for parent in parents:
                if parent not in folders:
                    found = _look(self._base + parent)
                    folders[parent] = found is not None and stat.S_ISDIR(found.st_mode)
            if all(folders[parent] for parent in parents) and self._size_of(path) >= 0:
                Path(self._base + path).unlink()
        for folder in sorted((name for name, real in folders.items() if real), key=lambda name: -name.count("/")):
            with contextlib.suppress(OSError):  # others, or other pages, have files in it
                Path(self._base + folder).rmdir()

    def _write_manifest(self, manifest: bytes) -> None:
        if manifest == self.manifest:
            return
        waiting = self._holder / MANIFEST
        waiting.write_bytes(manifest)
        waiting.replace(self._root / MANIFEST)
        self.manifest = manifest

    def _write_error(self, problem: OSError) -> OutputError:
        target = problem.filename2 or problem.filename
        place = str(target) if target else str(self._folder)
        if place.startswith(self._base):
            place = f"{_place(self._folder).path}/{PurePosixPath(Path(place).relative_to(self._root))}"
        hint = "Mend that and build again: the next build completes what this one could not."
        return OutputError(error("output-write", f"cannot write the output: {_reason(problem)}", Place(place), hint))


def is_plain(path: str) -> bool:
    """Whether a path of the output is what it must be: relative, with "/", in no other folder than it says."""
    return bool(path) and "\0" not in path and "\\" not in path and not {"", ".", ".."} & set(path.split("/"))


def _refuse_protected(folder: Path, root: Path, site: Path | None, protected: Sequence[Path]) -> None:
    home = site.resolve() if site is not None else None
    for place in chain([] if home is None else [home], (path.resolve() for path in protected)):
        if _is_within(place, root):
            what = "is" if _is_within(root, place) else "contains"
        elif place != home and _is_within(root, place):
            what = "is inside"
        else:
            continue
        raise OutputError(
            error(
                "output-protected",
                f"the output folder {what} {place}, which holds sources",
                _place(folder),
                "Choose a folder that is used for nothing else, such as public/.",
            )
        )


def _is_within(inner: Path, outer: Path) -> bool:
    """Whether one folder is the other or inside it, on file systems too that do not care about case."""
    return any(place == outer or _is_same(place, outer) for place in (inner, *inner.parents))


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _can_stage_beside(root: Path) -> bool:
    """Whether files can be renamed from beside the folder into it: not if it is a mount point or its parent is read-only."""
    return os.access(root.parent, os.W_OK | os.X_OK) and not root.is_mount()


def _holder_pattern(root: Path) -> re.Pattern[str]:
    return re.compile(re.escape(f".{root.name}.wenzhai-") + r"[0-9a-f]{16}")


def _make_holder(root: Path, *, beside: bool) -> tuple[Path, int | None]:
    """A new staging folder, and the lock that tells other builds that it is in use."""
    holder = (root.parent if beside else root) / f".{root.name}.wenzhai-{secrets.token_hex(8)}"
    holder.mkdir()  # not `tempfile`: the folder becomes the output, with the rights that new folders have here
    lock = None
    if sys.platform != "win32":
        lock = os.open(holder, os.O_RDONLY)
        # A file system without locks (some network mounts) only loses the warning about a second build.
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    # Last: a folder without it is not ours to remove, one with it is locked as long as its build lives.
    (holder / _MARKER).touch()
    return holder, lock


def _sweep(root: Path, folder: Path) -> None:
    """Remove what killed builds left of their staging folders. Raises OutputError (output-busy) if one is in use."""
    if sys.platform == "win32":
        return
    pattern = _holder_pattern(root)
    for place in (root.parent, root):
        # What may not be looked at is not ours.
        with contextlib.suppress(OSError):
            for name in sorted(os.listdir(place)):  # noqa: PTH208 -- names are all that is needed
                if pattern.fullmatch(name) and (place / name / _MARKER).is_file():
                    _sweep_one(place / name, folder)


def _sweep_one(holder: Path, folder: Path) -> None:
    descriptor = os.open(holder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        hint = f"Wait until it is done. If there is none, remove {holder}."
        raise OutputError(error("output-busy", "another build is writing this folder", _place(folder), hint)) from None
    finally:
        os.close(descriptor)
    shutil.rmtree(holder, ignore_errors=True)


def _remove_folder(folder: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _read_manifest(root: Path) -> bytes | None:
    """What we wrote the last time; None without a manifest."""
    try:
        return (root / MANIFEST).read_bytes()
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _open_staged(stage: Stage, path: str) -> Iterator[int]:
    assert is_plain(path), path
    place = stage.place(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        if not stage.shelved:
            _make_folder_of(place)
        descriptor = os.open(place, flags, 0o666)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
    except OSError as problem:
        message = f"cannot write the output file {path!r}: {_reason(problem)}"
        raise OutputError(error("output-write", message, Place(path), "Nothing in the output was changed.")) from None


def _make_folder_of(place: str) -> None:
    """Make the folder that a file is to be in. Most pages have one of their own, so that to try first takes longer."""
    folder = os.path.dirname(place)  # noqa: PTH120 - see `Stage.place`
    try:
        os.mkdir(folder)  # noqa: PTH102
    except FileExistsError:
        pass
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103


def _in_the_way(removed: Sequence[str], changed: Sequence[str], planned: Iterable[str]) -> frozenset[str]:
    """The files that must go before others are written: `a` for `a/index.html`, the reverse, and `A.html` for `a.html`
    (one file to some file systems: removing it afterwards would remove the new one)."""
    if not removed:
        return frozenset()
    folders = {parent for path in changed for parent in _parents(path)}
    files, folded = set(changed), {_folded(path) for path in planned}
    return frozenset(
        path
        for path in removed
        if path in folders or _folded(path) in folded or any(parent in files for parent in _parents(path))
    )


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _pages_last(path: str) -> tuple[bool, str]:
    """Styles and pictures are there before the pages that show them."""
    return path.endswith((".html", ".xml", ".json")), path


def _parents(path: str) -> tuple[str, ...]:
    """The folders of a path, from the outermost."""
    parts = path.split("/")
    return tuple("/".join(parts[:count]) for count in range(1, len(parts)))


def _look(path: Path | str) -> os.stat_result | None:
    """What is there, links not followed; None if nothing is."""
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _place(folder: Path) -> Place:
    return Place(folder.as_posix())


def _reason(problem: OSError) -> str:
    target = problem.filename2 or problem.filename
    return (problem.strerror or str(problem)) + (f" ({target})" if target else "")


def _unwritable(
    folder: Path, reason: str, hint: str = "Choose another folder with -o, or mend its rights."
) -> OutputError:
    return OutputError(error("output-unwritable", f"cannot write to {folder}: {reason}", _place(folder), hint))


@contextlib.contextmanager
def _as_unwritable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise _unwritable(folder, _reason(problem)) from None
