"""Questions that forked processes answer meanwhile: the same answers wherever they are found, and no process left behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from builder.forks import meanwhile

forks = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="processes are not forked on this system")


@pytest.fixture
def one_thread() -> None:
    if threading.active_count() > 1:
        pytest.skip("the test runner has threads of its own: nothing is forked")


def answer_where(item: int) -> tuple[int, int]:
    time.sleep(0.02)
    return item, os.getpid()


def answer_large(item: int) -> bytes:
    return bytes([item]) * 300_000


def die_elsewhere(home: int, item: int) -> int:
    if os.getpid() != home:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def fail_at_three(item: int) -> int:
    if item == 3:
        raise ValueError("three")
    return item


def children() -> set[str]:
    """The processes that this one began and has not waited for; tests of before may have left some for good."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    if not listed.exists():
        pytest.skip("this system does not list the children of a process")
    return set(listed.read_text("ascii").split())


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_answers_come_in_the_order_of_the_items(jobs: int, one_thread: None) -> None:
    with meanwhile(answer_large, range(9), jobs) as answers:
        assert answers() == [answer_large(item) for item in range(9)]
    with meanwhile(answer_large, [], jobs) as answers:
        assert answers() == []


@forks
def test_others_answer_meanwhile_and_this_process_helps_them(one_thread: None) -> None:
    with meanwhile(answer_where, range(20), 2) as answers:
        time.sleep(0.1)
        found = answers()
    assert [item for item, _ in found] == list(range(20))
    assert len({process for _, process in found}) == 2
    assert os.getpid() in {process for _, process in found}


def test_one_job_is_this_process() -> None:
    with meanwhile(answer_where, range(3), 1) as answers:
        assert {process for _, process in answers()} == {os.getpid()}


def test_nothing_is_forked_beside_other_threads() -> None:
    end = threading.Event()
    other = threading.Thread(target=end.wait)
    other.start()
    try:
        with meanwhile(answer_where, range(3), 3) as answers:
            assert {process for _, process in answers()} == {os.getpid()}
    finally:
        end.set()
        other.join()


@forks
def test_what_a_killed_process_was_asked_is_answered_here(one_thread: None) -> None:
    before = children()
    with meanwhile(partial(die_elsewhere, os.getpid()), range(6), 3) as answers:
        time.sleep(0.1)
        assert answers() == list(range(6))
    assert children() == before


def test_what_goes_wrong_is_raised_here(one_thread: None) -> None:
    with meanwhile(fail_at_three, range(6), 2) as answers:
        time.sleep(0.1)
        with pytest.raises(ValueError, match="three"):
            answers()


@forks
@pytest.mark.parametrize("problem", [None, ValueError, KeyboardInterrupt])
def test_no_process_is_left_of_what_nobody_asked_for(problem: type[BaseException] | None, one_thread: None) -> None:
    started, before = time.perf_counter(), children()
    try:
        with meanwhile(time.sleep, [20, 20], 3):
            assert children() > before
            if problem:
                raise problem
    except (ValueError, KeyboardInterrupt):
        pass
    assert children() == before
    assert time.perf_counter() - started < 10
