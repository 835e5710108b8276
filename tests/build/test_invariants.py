"""Three of the promises of docs/architecture.md: many workers = one, two builds = the same bytes, preview = built file. The
fourth, incremental = clean, is in test_increments.py."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from sites import SAMPLE, THREE_VARIANTS, Built, read_tree, source, write_file, write_site

from builder.build import build_site
from builder.preview.server import start, strip_reload
from builder.preview.site import SitePreview
from builder.stages.options import PlanOptions
from builder.workers import ExecutorWorkers, Here, LocalWorkers

if TYPE_CHECKING:
    from builder.workers import Workers

if TYPE_CHECKING:
    from pathlib import Path
from typing import TYPE_CHECKING

NOW = datetime(2025, 1, 1, tzinfo=UTC)


# -- any number of workers = one ---------------------------------------------------------------------------------------


def test_any_number_of_workers_builds_the_same(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "site", "", THREE_VARIANTS)
    for number in range(110):
        front = {
            "tags": [f"标签{number % 40}"],
            "category": f"分类{number % 3}",
            "titel": "x" if number % 50 == 0 else None,
        }
        write_file(folder / f"content/articles/a{number}.md", source(f"软件{number}", title=f"网络{number}", **front))
    trees, findings = [], []
    with ThreadPoolExecutor(3) as threads, ProcessPoolExecutor(2, get_context("spawn")) as processes:
        many: dict[str, Workers] = {
            "here": Here(),
            "forked": LocalWorkers(2),
            "threads": ExecutorWorkers(threads),
            "spawned": ExecutorWorkers(processes),
        }
        for name, workers in many.items():
            shutil.rmtree(folder / ".wenzhai", ignore_errors=True)
            report = build_site(PlanOptions(folder, tmp_path / name, now=NOW), workers=workers)
            trees.append(read_tree(tmp_path / name))
            findings.append(report.summary.diagnostics)
    assert len(findings[0]) == 3
    assert all(tree == trees[0] for tree in trees)
    assert all(found == findings[0] for found in findings)


# -- two builds = the same bytes ---------------------------------------------------------------------------------------


def test_two_builds_are_the_same_bytes_wherever_they_are_made(tmp_path: Path, sample: Built) -> None:
    elsewhere = tmp_path / "别处/copy"
    shutil.copytree(SAMPLE / "content", elsewhere / "content")
    shutil.copy(SAMPLE / "wenzhai.toml", elsewhere)
    clean = {name: value for name, value in os.environ.items() if name not in ("LC_ALL", "PYTHONUTF8")}
    for number, surroundings in enumerate(
        (
            {"TZ": "America/Los_Angeles", "LC_ALL": "C", "PYTHONHASHSEED": "1", "PYTHONIOENCODING": "latin-1"},
            {"TZ": "Pacific/Kiritimati", "LANG": "zh_TW.UTF-8", "PYTHONHASHSEED": "2", "NO_COLOR": "1"},
        )
    ):
        command = [sys.executable, "-m", "builder", "build", "--clock", "2027-01-01T00:00:00Z", "-j", str(number + 1)]
        subprocess.run(
            [*command, "-s", elsewhere, "-o", tmp_path / str(number)],
            env=clean | surroundings | {"PYTHONPATH": str(SAMPLE)},
            cwd=(tmp_path, "/")[number],
            check=True,
            capture_output=True,
        )
        assert read_tree(tmp_path / str(number)) == sample.read()


# -- preview = built file ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fixture", ["sample", "sample_below"])
def test_the_preview_answers_with_the_built_files(fixture: str, request: pytest.FixtureRequest) -> None:
    built: Built = request.getfixturevalue(fixture)
    config = built.plan.config
    options = PlanOptions(SAMPLE, SAMPLE / "public", config.base_url, now=datetime(2027, 1, 1, tzinfo=UTC))
    preview = SitePreview(options)
    said: list[str] = []
    tree = built.read()
    del tree[".wenzhai-manifest"]
    aliases, gone = dict(built.plan.aliases), dict(built.plan.withdrawn)
    running = start(preview, folder=SAMPLE, watched=[], roots=preview.roots, port=0, say=said.append)
    try:
        assert running.wait_ready(20)
        port = int(running.origin.rpartition(":")[2])
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            for path, content in tree.items():
                url = config.base_path + quote(path.removesuffix("index.html"))
                connection.request("GET", url)
                response = connection.getresponse()
                answer = response.read()
                if url in aliases:
                    assert (response.status, response.headers["Location"]) == (301, aliases[url])
                    continue
                assert response.status == (410 if url in gone else 200), url
                assert strip_reload(answer) == content, url
    finally:
        running.stop()
