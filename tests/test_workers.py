"""Workers: the same results wherever they are made, and whatever happens to a process on the way."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sites import SAMPLE, THREE_VARIANTS, Outcome, build, read_tree, source, write_file, write_site

from builder.workers import ExecutorWorkers, Here, LocalWorkers, TimedWorkers, available_processors, batches_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


forks = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="processes are not forked on this system")


@pytest.fixture
def one_thread() -> None:
    if threading.active_count() > 1:
        pytest.skip("the test runner has threads of its own: nothing is forked")


def double(by: int, items: Sequence[int]) -> list[int]:
    return [by * item for item in items]


def pids(_: None, items: Sequence[int]) -> list[int]:
    return [os.getpid() for _ in items]


def large(_: None, items: Sequence[int]) -> list[bytes]:
    return [bytes([item]) * 1_000_000 for item in items]


def die_elsewhere(home: int, items: Sequence[int]) -> list[int]:
    """Kills the process that does item 3, unless it is the one at home."""
    if 3 in items and os.getpid() != home:
        os.kill(os.getpid(), signal.SIGKILL)
    return [item + 100 for item in items]


def fail(_: None, items: Sequence[int]) -> list[int]:
    if 7 in items:
        raise ValueError("seven")
    return list(items)


def leave_word(folder: Path, items: Sequence[int]) -> list[int]:
    for item in items:
        (folder / str(item)).touch()
    return list(items)


def take_long(_: None, items: Sequence[int]) -> list[int]:
    time.sleep(30)
    return list(items)


class Never(Executor):
    """An executor whose workers are all dead, and says so in its own words."""

    class GoneError(Exception): ...

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ARG002
        future: Future[Any] = Future()
        future.set_exception(self.GoneError("gone"))
        return future


BATCHES = batches_of(range(40), 4)


def test_results_come_in_order(one_thread: None) -> None:
    expected = [3 * item for item in range(40)]
    for workers in (Here(), LocalWorkers(1), LocalWorkers(3), LocalWorkers(50), TimedWorkers(Here(), lambda *_: None)):
        assert list(workers.run(double, 3, BATCHES)) == expected
        assert list(workers.run(double, 3, [])) == []
        assert list(workers.run(double, 3, [[1]])) == [3]


def test_any_executor_does(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as executor:
        assert list(ExecutorWorkers(executor, tmp_path).run(double, 2, BATCHES)) == [2 * item for item in range(40)]
    assert list(tmp_path.iterdir()) == []


@forks
def test_results_may_be_larger_than_a_pipe(one_thread: None) -> None:
    assert list(LocalWorkers(2).run(large, None, BATCHES)) == large(None, range(40))


def test_where_forking_is_not_safe_processes_are_started(one_thread: None) -> None:
    end = threading.Event()
    other = threading.Thread(target=end.wait)
    other.start()
    try:
        found = set(LocalWorkers(2).run(pids, None, BATCHES))
    finally:
        end.set()
        other.join()
    assert found - {os.getpid()}


@forks
def test_what_a_killed_process_took_with_it_is_done_here(one_thread: None) -> None:
    said: list[str] = []
    results = list(LocalWorkers(2, said.append).run(die_elsewhere, os.getpid(), BATCHES))
    assert results == [item + 100 for item in range(40)]
    assert said == ["exit status -9"]


def test_an_executor_may_say_in_its_own_words_that_a_worker_died(tmp_path: Path) -> None:
    said: list[str] = []
    workers = ExecutorWorkers(Never(), tmp_path, said.append, losses=(Never.GoneError,))
    assert list(workers.run(double, 2, BATCHES)) == [2 * item for item in range(40)]
    assert said == ["gone"]


def test_what_work_raises_is_raised_here(one_thread: None) -> None:
    for workers in (Here(), LocalWorkers(2)):
        with pytest.raises(ValueError, match="seven"):
            list(workers.run(fail, None, BATCHES))


@forks
def test_whoever_stops_early_leaves_no_process(one_thread: None) -> None:
    with closing(LocalWorkers(2).run(pids, None, BATCHES)) as results:
        found = next(results)
    with pytest.raises(ProcessLookupError):
        os.kill(found, 0)


@forks
def test_a_single_batch_is_worth_a_process_where_there_is_something_else_to_do(one_thread: None) -> None:
    for workers in (LocalWorkers(2), TimedWorkers(LocalWorkers(2), lambda *_: None)):
        assert set(workers.run(pids, None, [[1, 2]])) == {os.getpid()}
        assert os.getpid() not in set(workers.run(pids, None, [[1, 2]], meanwhile=True))
    assert set(LocalWorkers(1).run(pids, None, [[1, 2]], meanwhile=True)) == {os.getpid()}


@forks
def test_processes_begin_before_the_first_result_is_asked_for(tmp_path: Path, one_thread: None) -> None:
    with closing(LocalWorkers(2).run(leave_word, tmp_path, [[1]], meanwhile=True)) as results:
        until = time.monotonic() + 20
        while not (tmp_path / "1").exists():
            assert time.monotonic() < until
            time.sleep(0.01)
        assert list(results) == [1]


@forks
def test_two_runs_may_go_on_at_once(one_thread: None) -> None:
    with (
        closing(LocalWorkers(2).run(double, 2, BATCHES)) as one,
        closing(LocalWorkers(3).run(double, 3, BATCHES)) as other,
    ):
        assert list(one) == [2 * item for item in range(40)]
        assert list(other) == [3 * item for item in range(40)]
    assert not multiprocessing.active_children()


@forks
def test_work_that_nobody_asks_about_ends(one_thread: None) -> None:
    results = LocalWorkers(2).run(take_long, None, [[1], [2]])
    assert len(multiprocessing.active_children()) == 1  # this process is the other one
    results.close()
    assert not multiprocessing.active_children()


def test_time_is_told_of_each_item() -> None:
    told: list[tuple[object, float]] = []
    workers = TimedWorkers(Here(), lambda item, seconds: told.append((item, seconds)))
    assert list(workers.run(double, 2, [[1, 2], [3]])) == [2, 4, 6]
    assert [item for item, _ in told] == [1, 2, 3]
    assert all(0 <= seconds < 1 for _, seconds in told)


def test_there_is_a_processor() -> None:
    assert available_processors() >= 1


# -- builds that are interrupted ---------------------------------------------------------------------------------------


def many(folder: Path, articles: int = 80) -> Path:
    """A site that is worth several processes."""
    write_site(folder, "", THREE_VARIANTS)
    for number in range(articles):
        front = {"tags": [f"标签{number % 40}"], "category": f"分类{number % 3}"}
        write_file(
            folder / f"content/articles/a{number}.md", source("软件的网络。\n\n" * 20, title=f"网络{number}", **front)
        )
    return folder


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """`wenzhai build` in a process group of its own, as a terminal would start it."""
    command = [
        sys.executable,
        "-m",
        "builder",
        "build",
        "-s",
        str(folder),
        "--clock",
        "2025-01-01",
        "-j",
        "2",
        *arguments,
    ]
    return subprocess.Popen(
        command, cwd=SAMPLE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def finish(process: subprocess.Popen[str]) -> Outcome:
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in out + err
    return Outcome(process.returncode, out, err)


def children(process: subprocess.Popen[str], seconds: float = 20) -> list[int]:
    """The processes that a process forked, as soon as there are any."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        if found := [int(number) for number in listed.read_text().split()]:
            return found
        time.sleep(0.005)
    return []


def is_alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@linux
@pytest.mark.parametrize("wait", [0.0, 0.3])
def test_ctrl_c_ends_a_build_cleanly(tmp_path: Path, wait: float) -> None:
    folder = many(tmp_path / "site", 300)
    write_file(folder / "public/.wenzhai-manifest", "wenzhai-manifest 1\n")
    before = read_tree(folder / "public")
    process = start(folder)
    workers = children(process)
    assert workers
    time.sleep(wait)
    os.killpg(process.pid, signal.SIGINT)
    ended = finish(process)
    assert (ended.status, ended.out.strip(), ended.err.strip()) == (130, "stopped", "")
    assert not any(map(is_alive, workers))
    assert read_tree(folder / "public") == before
    assert [path.name for path in folder.glob(".wenzhai-stage*")] == []


@linux
def test_a_killed_worker_is_said_and_its_work_done_again(tmp_path: Path) -> None:
    folder = many(tmp_path / "site")
    process = start(folder)
    workers = children(process)
    os.kill(workers[0], signal.SIGKILL)
    ended = finish(process)
    assert ended.status == 0
    assert ended.out.count("a worker process died (exit status -9)") == 1
    assert read_tree(folder / "public") == clean_tree(folder, tmp_path)


@linux
def test_builds_that_are_killed_at_any_moment_leave_nothing_wrong(tmp_path: Path) -> None:
    folder = many(tmp_path / "site")
    for wait in (0.05, 0.5):
        process = start(folder)
        workers = children(process)
        time.sleep(wait)
        process.kill()
        finish(process)
        end = time.monotonic() + 10
        while any(map(is_alive, workers)) and time.monotonic() < end:
            time.sleep(0.02)
        assert not any(map(is_alive, workers)), "workers outlive the build"
    ended = finish(start(folder, "--format", "json"))
    assert ended.status == 0
    assert ended.findings == []
    assert read_tree(folder / "public") == clean_tree(folder, tmp_path)


def test_two_builds_at_once_are_both_right(tmp_path: Path) -> None:
    folder = many(tmp_path / "site", 55)
    both = [start(folder, "-o", str(tmp_path / name), "--format", "json") for name in ("one", "two")]
    ended = [finish(process) for process in both]
    assert [(one.status, one.findings) for one in ended] == [(0, []), (0, [])]
    expected = clean_tree(folder, tmp_path)
    assert read_tree(tmp_path / "one") == expected
    assert read_tree(tmp_path / "two") == expected


def clean_tree(folder: Path, place: Path) -> dict[str, bytes]:
    """What a build of the site makes with nothing but the sources."""
    shutil.copytree(folder / "content", place / "copy/content")
    shutil.copy(folder / "wenzhai.toml", place / "copy")
    return build(place / "copy", output=place / "expected").read()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_progress_is_drawn_on_a_terminal_alone(tmp_path: Path) -> None:
    import pty

    folder = many(tmp_path / "site", 55)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "builder", "build", "-s", str(folder), "--clock", "2025-01-01"]
    process = subprocess.Popen(command, cwd=SAMPLE, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    drawn = b""
    try:
        while part := os.read(ours, 4096):
            drawn += part
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    process.communicate(timeout=60)
    assert process.returncode == 0
    shown = drawn.decode()
    assert "55/55 rendering sources" in shown
    pages = [line for line in shown.split("\r") if line.rstrip().endswith("rendering pages")]
    done, _, total = pages[-1].split()[1].partition("/")
    assert done == total
    assert shown.endswith("\r"), "the bar is wiped"
    shutil.rmtree(folder / ".wenzhai")
    assert finish(start(folder)).err == ""
