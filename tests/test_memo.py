"""The memo: whatever happens to its file, a build is right and says no more than a line; and it keeps no more than is live."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import random
import shutil
import sqlite3
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sites import THREE_VARIANTS, Built, build, source, write_file, write_site

from builder.memo import (
    Memo,
    MemoBusyError,
    MemoError,
    StoredMemo,
    empty_memo,
    find_value,
    memory_memo,
    open_memo,
    with_memo,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = write_site(tmp_path / "site", "", THREE_VARIANTS)
    for number in range(6):
        article = source(f"软件的网络{number}。\n\n" * 50, title=f"标题{number}", tags=[f"标签{number}"])
        write_file(folder / f"content/articles/a{number}.md", article)
    return folder


def file_of(folder: Path) -> Path:
    return folder / ".wenzhai/memo.sqlite"


def codes(built: Built) -> list[str]:
    return [finding.code for finding in built.report.summary.diagnostics]


def rows(folder: Path) -> dict[str, int]:
    with closing(sqlite3.connect(file_of(folder))) as connection:
        kinds = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {kind: connection.execute(f'SELECT count(*) FROM "{kind}"').fetchone()[0] for kind in sorted(kinds)}


def test_values_are_kept(tmp_path: Path) -> None:
    with open_memo(tmp_path) as memo:
        memo.put("word", {"a": b"1", "b": b"", "c": b"\0" * 100})
    with open_memo(tmp_path) as memo:
        assert memo.load("word") == {"a": b"1", "b": b"", "c": b"\0" * 100}
        assert (memo.get("word", "a"), memo.get("word", "z"), memo.get("other", "a")) == (b"1", None, None)
        memo.keep("word", {"b", "z"})
        assert memo.load("word") == {"b": b""}
        assert memo.diagnostics == ()
    assert (tmp_path / ".wenzhai/.gitignore").read_text() == "*\n"


def test_nothing_is_made_where_nothing_is_to_be_written(tmp_path: Path) -> None:
    with open_memo(tmp_path, make=False) as memo:
        memo.put("word", {"a": b"1"})
        assert memo.load("word") == {"a": b"1"}
    assert list(tmp_path.iterdir()) == []


def test_another_process_reads_by_itself(tmp_path: Path) -> None:
    with open_memo(tmp_path) as memo:
        memo.put("word", {"a": b"1"})
        sent: Memo = pickle.loads(pickle.dumps(memo))
        assert (sent.get("word", "a"), sent.get("word", "z")) == (b"1", None)
        assert memo.path
        with pytest.raises(MemoError):
            find_value(memo.path, "other", "a")


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system does not fork")
def test_a_forked_process_reads_by_itself(tmp_path: Path) -> None:
    with open_memo(tmp_path) as memo:
        memo.put("word", {str(number): b"%d" % number for number in range(1000)})
        children = []
        for _ in range(3):
            child = os.fork()
            if not child:
                right = all(memo.get("word", str(number)) == b"%d" % number for number in range(1000))
                os._exit(0 if right else 1)
            children.append(child)
        memo.put("word", {"more": b"1" * 1_000_000})
        assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
        assert memo.get("word", "more")


def test_what_another_process_uses_is_not_pruned(tmp_path: Path) -> None:
    with open_memo(tmp_path) as memo:
        memo.put("word", {"a": b"1", "b": b"2"})
        with open_memo(tmp_path):
            memo.keep("word", {"a"})
            assert set(memo.load("word")) == {"a", "b"}
        memo.keep("word", {"a"})
        assert set(memo.load("word")) == {"a"}


def test_a_change_is_made_for_all_rows_or_none(tmp_path: Path) -> None:
    with open_memo(tmp_path) as memo:
        memo.put("word", {"a": b"1"})
        with pytest.raises(UnicodeEncodeError):
            memo.put("word", {"b": b"2", "c": b"3", "\udc80": b"no text"})
        memo.put("word", {"d": b"4"})
        assert set(memo.load("word")) == {"a", "d"}


def test_nothing_is_left_open(tmp_path: Path, folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        build(folder)
        gc.collect()
    held = [str(path.resolve()) for path in Path("/proc/self/fd").iterdir()] if sys.platform == "linux" else []
    assert not [path for path in held if str(folder) in path]


def harm(path: Path, how: str) -> None:
    data = path.read_bytes()
    if how == "truncated":
        data = data[: len(data) // 2]
    elif how == "cut short":
        data = data[:50]
    elif how == "zeros":
        data = bytes(len(data))
    elif how == "zeros in the middle":
        data = data[:4096] + bytes(len(data) - 8192) + data[-4096:]
    elif how == "text":
        data = "这是一个文本文件。\n".encode() * 500
    elif how == "another program's":
        path.unlink()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE theirs (a)")
        return
    elif how == "another format":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 99")
        return
    path.write_bytes(data)


@pytest.mark.parametrize(
    "how", ["truncated", "cut short", "zeros", "zeros in the middle", "text", "another program's", "another format"]
)
def test_a_damaged_file_is_made_anew(folder: Path, how: str) -> None:
    before = build(folder).read()
    harm(file_of(folder), how)
    write_file(folder / "content/articles/a0.md", source("别的软件。", title="标题0", tags=["标签0"]))
    harmed = build(folder)
    assert codes(harmed) == ["cache-damaged"]
    assert harmed.read() != before
    again = build(folder)
    assert codes(again) == []
    shutil.rmtree(folder / ".wenzhai")
    assert build(folder, output=folder / "clean").read() == again.read() == harmed.read()


def test_flipped_bytes_never_reach_the_output(folder: Path) -> None:
    build(folder)
    whole = file_of(folder).read_bytes()
    write_file(folder / "content/articles/a0.md", source("别的软件。", title="标题0", tags=["标签0"]))
    expected = build(folder).read()
    for seed in range(12):
        dice = random.Random(seed)
        data = bytearray(whole)
        for _ in range(dice.choice([1, 10, 100])):
            data[dice.randrange(100, len(data))] ^= 1 << dice.randrange(8)
        file_of(folder).write_bytes(data)
        shutil.rmtree(folder / "public")
        harmed = build(folder)
        assert codes(harmed) in ([], ["cache-damaged"]), seed
        assert harmed.read() == expected, seed


def test_what_cannot_be_written_is_said(folder: Path) -> None:
    expected = build(folder).read()
    shutil.rmtree(folder / ".wenzhai")
    write_file(folder / ".wenzhai", "in the way")
    assert codes(build(folder)) == ["cache-unwritable"]
    (folder / ".wenzhai").unlink()
    file_of(folder).mkdir(parents=True)  # a folder that nobody made for us is nobody's to remove
    write_file(file_of(folder) / "theirs", "")
    built = build(folder, output=folder / "other")
    assert codes(built) == ["cache-unwritable"]
    assert built.read() == expected
    assert (file_of(folder) / "theirs").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_rights_is_said(folder: Path) -> None:
    expected = build(folder).read()
    (folder / ".wenzhai").chmod(0o500)
    file_of(folder).chmod(0o400)
    try:
        built = build(folder, output=folder / "other")
        assert codes(built) == ["cache-unwritable"]
        assert built.read() == expected
    finally:
        (folder / ".wenzhai").chmod(0o700)


def test_what_another_version_left_is_harmless(folder: Path) -> None:
    expected = build(folder).read()
    with closing(sqlite3.connect(file_of(folder))) as connection, connection:
        for kind in rows(folder):
            # The same values under the keys of other code.
            connection.execute(f"UPDATE \"{kind}\" SET key = '0' || substr(key, 2) || 'x'")
    shutil.rmtree(folder / "public")
    built = build(folder)
    assert codes(built) == []
    assert built.read() == expected


def test_only_what_is_live_is_kept(folder: Path) -> None:
    build(folder)
    before = rows(folder)
    assert before["record"] == before["stamp"] == 6
    for number in range(5):
        article = source(f"第{number}版的软件。", title=f"标题{number}", tags=[f"新{number}"])
        write_file(folder / "content/articles/a1.md", article)
        write_file(folder / "content/glossary.toml", f'"网络" = "網{number}"\n')
        build(folder)
    after = rows(folder)
    assert after == before
    (folder / "content/articles/a5.md").unlink()
    build(folder)
    assert rows(folder)["record"] == rows(folder)["stamp"] == 5


def test_a_folder_that_is_gone_is_forgotten(folder: Path) -> None:
    time.sleep(0.2)  # a file that is younger cannot be told from its successor, and no build is remembered
    for number in range(3):
        build(folder, output=folder / f"public{number}")
        assert rows(folder)["build"] == 1
        shutil.rmtree(folder / f"public{number}")


def test_what_turns_out_to_be_damaged_is_done_anew(tmp_path: Path) -> None:
    tried: list[tuple[bool, list[str]]] = []

    def failing(times: int) -> Callable[[Memo], str]:
        def do(memo: Memo) -> str:
            tried.append((memo.path is not None, [finding.code for finding in memo.diagnostics]))
            if len(tried) <= times:
                raise MemoError("damaged")
            return "done"

        return do

    assert with_memo(open_memo(tmp_path), tmp_path, failing(0)) == "done"
    assert tried == [(True, [])]
    tried.clear()
    assert with_memo(open_memo(tmp_path), tmp_path, failing(2)) == "done"
    assert tried == [(True, []), (True, ["cache-damaged"]), (False, ["cache-unwritable"])]


def test_an_empty_memo_takes_the_place_of_any(tmp_path: Path) -> None:
    with open_memo(tmp_path) as memo:
        memo.put("word", {"a": b"1"})
    with empty_memo(tmp_path) as memo:
        assert memo.load("word") == {}
    assert memory_memo(tmp_path, "why").diagnostics[0].code == "cache-unwritable"


def test_a_clean_build_of_a_new_site_keeps_its_cache_out_of_repositories(tmp_path: Path) -> None:
    with empty_memo(tmp_path):
        assert (tmp_path / ".wenzhai/.gitignore").read_text() == "*\n"


def test_who_writes_waits_for_who_reads_many_values(tmp_path: Path) -> None:
    with open_memo(tmp_path) as memo, open_memo(tmp_path) as other, ThreadPoolExecutor(2) as threads:
        memo.put("word", {"a": b"1"})
        with memo.reading():
            assert (memo.get("word", "a"), memo.get("word", "b")) == (b"1", None)
            waiting = [threads.submit(one.put, "word", {key: b"2"}) for one, key in ((memo, "b"), (other, "c"))]
            time.sleep(0.05)
            assert not any(future.done() for future in waiting)
            assert (memo.get("word", "b"), memo.get("word", "c")) == (None, None)
        for future in waiting:
            future.result(20)
        assert [memo.get("word", key) for key in "abc"] == [b"1", b"2", b"2"]


def test_a_memo_that_another_process_holds_on_to_is_left_alone(folder: Path) -> None:
    build(folder)
    before = rows(folder)

    def do(memo: Memo) -> Memo:
        if memo.path:
            raise MemoBusyError("database is locked")
        return memo

    used = with_memo(open_memo(folder), folder, do)
    assert [finding.code for finding in used.diagnostics] == ["cache-unwritable"]
    assert rows(folder) == before


def test_a_lock_that_is_not_given_up_is_told_from_damage(tmp_path: Path) -> None:
    with open_memo(tmp_path) as memo:
        memo.put("word", {"a": b"1"})
        with closing(sqlite3.connect(tmp_path / ".wenzhai/memo.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            impatient = sqlite3.connect(tmp_path / ".wenzhai/memo.sqlite", timeout=0, isolation_level=None)
            with closing(StoredMemo(tmp_path / ".wenzhai/memo.sqlite", impatient)) as waiting:
                with pytest.raises(MemoBusyError, match="locked"):
                    waiting.put("word", {"b": b"2"})
                with pytest.raises(MemoBusyError, match="locked"), waiting.reading():
                    waiting.get("word", "a")
