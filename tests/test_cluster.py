"""Builds on a Dask cluster: the same bytes as here, and clear words where there is none."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sites import SAMPLE, THREE_VARIANTS, build, read_tree, source, write_file, write_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import MakeSite, Run

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="distributed is not installed (the extra `cluster`)"
)

#: Two worker processes; the address of their scheduler is printed, and they end when standard input does.
CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers={workers}, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@contextmanager
def cluster(workers: int = 2, code: Path = SAMPLE) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", CLUSTER.format(workers=workers)],
        cwd=code,
        env={**os.environ, "PYTHONPATH": str(code)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate(timeout=60)


def build_on(address: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "builder", "build", "-s", str(folder), "--scheduler", address, *arguments]
    return subprocess.run(command, cwd=SAMPLE, capture_output=True, text=True, check=False, timeout=120)


@needs_dask
def test_a_cluster_makes_the_same_bytes(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "site", "", THREE_VARIANTS)
    for number in range(110):
        front = {"tags": [f"标签{number % 40}"], "category": f"分类{number % 3}"}
        write_file(folder / f"content/articles/a{number}.md", source(f"软件{number}", title=f"网络{number}", **front))
    with cluster() as address:
        ended = build_on(address, folder, "-o", str(tmp_path / "far"), "--clock", "2025-01-01T00:00:00+00:00")
        again = build_on(address, folder, "-o", str(tmp_path / "far"), "--clock", "2025-01-01T00:00:00+00:00")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "died" not in ended.stdout
    assert " 0 files written" in again.stdout.replace("(", " ")
    shutil.rmtree(folder / ".wenzhai")
    near = build(folder, output=tmp_path / "near", now=datetime(2025, 1, 1, tzinfo=UTC))
    assert read_tree(tmp_path / "far") == near.read()


@needs_dask
def test_workers_have_to_be_there_and_to_run_the_same_code(site: MakeSite, tmp_path: Path) -> None:
    folder = site(f"-- content/articles/a.md --\n{source()}")
    with cluster(workers=0) as address:
        ended = build_on(address, folder)
    assert ended.returncode == 1
    assert "error[cluster-unreachable]" in ended.stderr
    assert "it has no workers" in ended.stderr
    shutil.copytree(SAMPLE / "builder", tmp_path / "code/builder")
    with (tmp_path / "code/builder/__init__.py").open("a") as module:
        module.write("# another version\n")
    with cluster(workers=1, code=tmp_path / "code") as address:
        ended = build_on(address, folder)
    assert ended.returncode == 1
    assert "error[cluster-mismatch]" in ended.stderr
    assert not (folder / "public").exists()


@needs_dask
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "", "http://127.0.0.1:8786"])
def test_a_scheduler_has_to_answer(site: MakeSite, run: Run, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builder.cluster.TIMEOUT", 0.2)
    ended = run("build", "-s", site(), "--scheduler", address, "--format", "json")
    assert (ended.status, ended.codes) == (1, {"cluster-unreachable"})


def test_a_cluster_needs_its_extra(site: MakeSite, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    ended = run("build", "-s", site(), "--scheduler", "tcp://127.0.0.1:9", "--format", "json")
    assert (ended.status, ended.codes) == (1, {"cluster-missing"})
    assert "pip install 'wenzhai[cluster]'" in ended.records[0]["hint"]


def test_processes_are_either_here_or_there(site: MakeSite, run: Run) -> None:
    ended = run("build", "-s", site(), "--scheduler", "tcp://127.0.0.1:9", "-j", "2")
    assert ended.status == 2
    assert "--jobs: not allowed with argument --scheduler" in ended.err
