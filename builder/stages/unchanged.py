"""Whether a site has to be built at all: what the last build of a folder started from and left behind, and whether all of it
is as it was. One question to the file system a file, and nothing is read."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from builder.content.walk import Folders, stamp_of
from builder.diagnostics import Diagnostic, Place
from builder.memo import code_fingerprint, digest, digest_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from builder.memo import Memo
    from builder.publish.presence import Presence

KIND = "build"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build says of the site when it is done."""

    diagnostics: tuple[Diagnostic, ...]
    inferred: tuple[str, ...]
    withheld: tuple[tuple[str, str], ...]  # the path of a source that is not published, and why
    articles: int
    pages: int
    variants: int


@dataclass(frozen=True, slots=True)
class _Built:
    """`since` and `until` are seconds since 1970: between them the clock changes nothing. `manifest` is the digest of the
    output's, which has the paths of all files and their sizes."""

    inputs: str
    since: float
    until: float
    summary: Summary
    manifest: str


def stamp_inputs(
    roots: Iterable[Path], excluded: Iterable[Path], asked: Sequence[object], folders: Folders | None = None
) -> str:
    """What stands for everything that a build starts from: all files under some folders (or these files themselves), what was
    `asked` of it, and the code. "" where the system cannot tell a file from one that was written just now."""
    stamps: list[str] = []
    folders = folders or Folders()
    for path, status in list_inputs(roots, excluded, folders):
        stamp = stamp_of(status, folders.now) if status else "-"
        if not stamp:
            return ""
        stamps.append(f"{path}\0{stamp}")
    return digest_bytes(
        "\n".join((digest(code_fingerprint(), *asked), *sorted(stamps))).encode("utf-8", "surrogateescape")
    )


def list_inputs(
    roots: Iterable[Path], excluded: Iterable[Path], folders: Folders | None = None
) -> Iterator[tuple[str, os.stat_result | None]]:
    """All files under some folders (or these files themselves), hidden ones and those in `excluded` folders left out, with
    what the system says of them: None where it says nothing."""
    skipped = {os.path.realpath(path) for path in excluded}
    for root in roots:
        yield from _files(str(root), skipped, folders or Folders())


def recall_build(memo: Memo, output: Path, inputs: str, now: datetime, presence: Presence) -> Summary | None:
    """What the last build into a folder said, where a build from these inputs at this time would do the same and everything
    that it left there still is; else None."""
    data = memo.get(KIND, _key(output)) if inputs else None
    if data is None:
        return None
    try:
        built = _unpack(data)
    except (ValueError, TypeError, KeyError):
        return None
    if built.inputs != inputs or not built.since <= now.timestamp() < built.until:
        return None
    is_same = digest_bytes(presence.manifest) == built.manifest
    return built.summary if is_same and not presence.missing else None


def remember_build(
    memo: Memo, output: Path, inputs: str, now: datetime, until: float, summary: Summary, manifest: bytes
) -> None:
    """Remember what a build started from, what it said, and the manifest of what it left."""
    if not inputs:
        return
    built = _Built(inputs, now.timestamp(), until, summary, digest_bytes(manifest))
    memo.put(KIND, {_key(output): _pack(built)})
    # A folder that is gone is never asked for again (a preview of a branch, a test).
    memo.keep(KIND, [key for key in memo.keys(KIND) if os.path.isdir(bytes.fromhex(key))])  # noqa: PTH112 - of bytes


def _pack(built: _Built) -> bytes:
    # The library that reads other values by their types takes longer to load than all else that is done where nothing changed.
    return json.dumps(asdict(built)).encode()


def _unpack(data: bytes) -> _Built:
    built = json.loads(data)
    said = built["summary"]
    found = tuple(
        Diagnostic(**{**item, "place": item["place"] and Place(**item["place"])}) for item in said["diagnostics"]
    )
    withheld = tuple((path, reason) for path, reason in said["withheld"])
    summary = Summary(**{**said, "diagnostics": found, "inferred": tuple(said["inferred"]), "withheld": withheld})
    return _Built(**{**built, "summary": summary})


def _key(output: Path) -> str:
    return os.fsencode(os.path.realpath(output)).hex()  # not every path is text that a database takes


def _files(root: str, skipped: set[str], folders: Folders) -> Iterator[tuple[str, os.stat_result | None]]:
    """The files below a folder, hidden ones and those in `skipped` folders left out; what is no folder is itself."""
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            listed = folders.entries(folder)
        except NotADirectoryError:
            yield folder, os.stat(folder)  # noqa: PTH116 - as fast as can be
            continue
        except OSError:
            yield folder, None
            continue
        for entry in listed:
            if entry.name.startswith("."):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    if not skipped or os.path.realpath(entry.path) not in skipped:
                        waiting.append(entry.path)
                else:
                    yield entry.path, entry.stat()
            except OSError:
                yield entry.path, None
