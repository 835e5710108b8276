"""Found source files → their records: those that the memo has, and those that are read and rendered in batches."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from builder.content.discover import read_source
from builder.diagnostics import Checked
from builder.memo import MemoError, code_fingerprint, digest, digest_bytes
from builder.rendering.records import pack_record, unpack_record
from builder.workers import batches_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from builder.content.discover import FoundSource, SourceFile
    from builder.diagnostics import Diagnostic
    from builder.memo import Memo
    from builder.rendering.articles import RenderSettings
    from builder.rendering.records import Record
    from builder.workers import Workers

#: Sources that one task of a worker takes: large enough that sending them costs little.
BATCH = 100

#: From so many values on, all of a kind are read at once.
_MANY = 50

#: So many records take as long to read as a process to begin.
_WORTH_A_PROCESS = 1000

#: So many bytes of texts wait to be remembered at once.
_BUNCH = 4 << 20


@dataclass(frozen=True, slots=True)
class _Job:
    """What all batches share. `settings_key` names the settings; `memo` is where any process finds what is
    known; None where that is this one alone."""

    folder: Path
    settings: RenderSettings
    settings_key: str
    memo: Memo | None


@dataclass(frozen=True, slots=True)
class _Done:
    """A source that was read: the digest of what stands in it, and, unless the memo has it, its record and the texts that
    belong to that."""

    written: str
    record: bytes | None
    texts: dict[str, bytes]


class Recalled:
    """Records by their keys as they were read from the memo, kept from plan to plan by whoever plans again and again."""

    def __init__(self, memo: Memo) -> None:
        self.memo = memo
        self.records: dict[str, Checked[Record | None]] = {}

    def find(self, keys: Sequence[str]) -> None:
        """Read what the memo has of some keys."""
        missing = [key for key in keys if key not in self.records]
        # One record is looked up, many are read with all others.
        values = (
            {key: self.memo.get("record", key) for key in missing} if len(missing) < _MANY else self.memo.load("record")
        )
        for key in missing:
            data = values.get(key)
            record = unpack_record(data) if data else None
            if record is not None:
                self.records[key] = record


def recall_sources(
    folder: Path,
    sources: Sequence[FoundSource],
    settings: RenderSettings,
    recalled: Recalled,
    workers: Workers,
    progress: Callable[[int, int], None],
) -> list[Checked[Record | None]]:
    """The record of each source, in order, with what was found in it. `progress` is told how many of those to be rendered
    are done."""
    memo = recalled.memo
    settings_key = settings_digest(settings)
    stamps = {source.path: _stamp(source) for source in sources}
    digests = _recall_digests(memo, stamps)
    rendering = _Rendering(recalled, settings_key)
    job = _Job(folder, settings, settings_key, memo if memo.path else None)
    written = [source for source in sources if source.path not in digests]
    # What was written to is rendered while the records of the others are read.
    is_worth_it = len(digests) >= _WORTH_A_PROCESS
    with closing(workers.run(_render_batch, job, batches_of(written, BATCH), meanwhile=is_worth_it)) as results:
        keys = {
            path: _key(settings_key, source, digests[path]) for source in sources if (path := source.path) in digests
        }
        recalled.find(list(keys.values()))
        gone = [source for source in sources if source.path in keys and keys[source.path] not in recalled.records]
        told = lambda number: progress(number, len(written) + len(gone))  # noqa: E731 - for both of them
        rendering.take(written, results, told)
    with closing(workers.run(_render_batch, job, batches_of(gone, BATCH))) as results:
        rendering.take(gone, results, told)
    rendering.remember(stamps)
    keys |= rendering.keys
    return [
        Checked(None, rendering.unread[path])
        if (path := source.path) in rendering.unread
        else recalled.records[keys[path]]
        for source in sources
    ]


def _recall_digests(memo: Memo, stamps: Mapping[str, str]) -> dict[str, str]:
    """The digests of the texts of those sources, by their paths, that have not been written to since."""
    # One stamp is looked up, many are read with all others.
    stored = memo.load("stamp") if len(stamps) >= _MANY else {path: memo.get("stamp", path) or b"" for path in stamps}
    digests = {}
    for path, value in stored.items():
        stamp, _, written = value.decode().rpartition("\n")
        if stamp and stamps.get(path) == stamp:
            digests[path] = written
    return digests


class _Rendering:
    """What sources came to that had to be rendered, on its way to the memo and to `recalled`. `keys` are those of their records,
    `unread` is why some cannot be read, both by path."""

    def __init__(self, recalled: Recalled, settings_key: str) -> None:
        self._recalled, self._settings_key = recalled, settings_key
        self.keys: dict[str, str] = {}
        self.unread: dict[str, tuple[Diagnostic, ...]] = {}
        self._written: dict[str, str] = {}
        self._records: dict[str, bytes] = {}
        self._texts: dict[str, bytes] = {}
        self._size = 0

    def take(
        self,
        sources: Sequence[FoundSource],
        results: Iterable[_Done | tuple[Diagnostic, ...]],
        told: Callable[[int], None],
    ) -> None:
        """Take the results of some sources; `told` is told how many there are by then."""
        for source, done in zip(sources, results, strict=True):
            if isinstance(done, tuple):
                self.unread[source.path] = done
            else:
                self._take(source, done)
            told(len(self.keys) + len(self.unread))

    def _take(self, source: FoundSource, done: _Done) -> None:
        self._written[source.path] = done.written
        key = self.keys[source.path] = _key(self._settings_key, source, done.written)
        if done.record is None:
            return
        record = unpack_record(done.record)
        assert record is not None
        self._recalled.records[key] = record
        self._records[key] = done.record
        self._texts |= done.texts
        self._size += sum(map(len, done.texts.values()))
        if self._size > _BUNCH:
            self._recalled.memo.put("text", self._texts)
            self._texts, self._size = {}, 0

    def remember(self, stamps: Mapping[str, str]) -> None:
        """Remember what was taken, and find what the memo had of it. Raises `MemoError` where that is gone."""
        memo, recalled = self._recalled.memo, self._recalled
        memo.put("text", self._texts)
        memo.put("record", self._records)
        recalled.find(list(self.keys.values()))
        for path, key in self.keys.items():
            if key not in recalled.records:
                raise MemoError(f"the record of {path} is gone")
        memo.put("stamp", {path: f"{stamps[path]}\n{written}".encode() for path, written in self._written.items()})


def forget_sources(recalled: Recalled, used: Sequence[Checked[Record | None]], paths: Sequence[str]) -> None:
    """Forget what none of the sources that are there came to."""
    records = [item.value for item in used if item.value]
    keys = {record.key for record in records}
    for key in recalled.records.keys() - keys:
        del recalled.records[key]
    recalled.memo.keep("record", keys)
    recalled.memo.keep("text", {name for record in records for name in (record.texts, *record.bodies)})
    recalled.memo.keep("stamp", set(paths))


@cache
def settings_digest(settings: RenderSettings) -> str:
    """What names the settings that rendering depends on, the code included."""
    return digest(code_fingerprint(), settings.source, settings.markup, settings.variants, settings.glossary.digest)


def _stamp(source: FoundSource) -> str:
    """The stamps of a source and its twins; "" where one of them cannot be told."""
    if not source.twins:
        return source.stamp
    stamps = [source.stamp, *(f"{twin.path} {twin.stamp}" if twin.stamp else "" for twin in source.twins)]
    return "" if "" in stamps else "|".join(stamps)


def _key(settings_key: str, source: FoundSource, written: str) -> str:
    return digest_bytes(f"{settings_key}\0{source.path}\0{source.name}\0{written}".encode())


def _text_digest(source: SourceFile) -> str:
    hashed = [source.text, *(part for twin in source.twins for part in (twin.path, twin.name, twin.text))]
    return digest_bytes("\0".join(hashed).encode())


def _render_batch(job: _Job, sources: Sequence[FoundSource]) -> list[_Done | tuple[Diagnostic, ...]]:
    """The unit of work that is spread over processes: for each source what it came to, or why it cannot be read."""
    read = [read_source(job.folder, found) for found in sources]
    # A file that is there and cannot be read is no result to be remembered.
    texts = {number: item.value for number, item in enumerate(read) if item.value and not item.diagnostics}
    written = {number: _text_digest(text) for number, text in texts.items()}
    keys = {number: _key(job.settings_key, sources[number], one) for number, one in written.items()}
    known = _find_known(job.memo, keys.values()) if job.memo is not None else set[str]()
    packed: dict[int, tuple[bytes, dict[str, bytes]]] = {}
    if missing := [number for number, key in keys.items() if key not in known]:
        from builder.rendering.articles import render_sources

        rendered = render_sources(job.settings, [texts[number] for number in missing])
        packed = {number: pack_record(item, keys[number]) for number, item in zip(missing, rendered, strict=True)}
    return [
        _Done(written[number], *packed.get(number, (None, {}))) if number in texts else item.diagnostics
        for number, item in enumerate(read)
    ]


def _find_known(memo: Memo, keys: Iterable[str]) -> set[str]:
    """Those of some keys that a memo has whole records for."""
    try:
        with memo.reading():
            return {key for key in keys if (data := memo.get("record", key)) and unpack_record(data)}
    except MemoError:
        return set()
