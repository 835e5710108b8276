"""The command's life: an address, a browser, and an end within a second."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from folder_site import FolderSite, make_site

import builder
from builder.diagnostics import BuilderError
from builder.preview.server import serve, start

COMMAND = """
import sys
from pathlib import Path
from folder_site import FolderSite
from builder.preview.server import serve
folder = Path(sys.argv[1])
ended = serve(FolderSite(folder), folder=folder, watched=[folder / "content"], port=0,
              open_browser=bool(int(sys.argv[2])), say=lambda line: print(line, flush=True))
print("ended", ended, flush=True)
"""

Run = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    processes: list[subprocess.Popen[str]] = []

    def run(*, browse: bool = False, **environment: str) -> subprocess.Popen[str]:
        paths = [str(Path(builder.__file__).parent.parent), str(Path(__file__).parent)]
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, str(tmp_path), str(int(browse))],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    make_site(tmp_path, "/digest/")
    yield run
    for process in processes:
        process.kill()
        process.communicate()


def wait_for_address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    for line in process.stdout:
        if line.startswith("preview: "):
            return line.split()[1]
    raise AssertionError(process.communicate())


def port_of(url: str) -> int:
    return int(url.split(":")[2].split("/")[0])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_within_a_second_with_streams_open_and_a_request_under_way(
    run: Run, tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "content/slow.md").write_text("SLOW")
    process = run()
    url = wait_for_address(process)
    connections = [http.client.HTTPConnection("127.0.0.1", port_of(url), timeout=5) for _ in range(5)]
    for connection in connections[:4]:
        connection.request("GET", "/__wenzhai__/events")
        connection.getresponse().readline()
    connections[4].request("GET", "/digest/slow/")
    time.sleep(0.2)
    started = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=5)
    assert time.monotonic() - started < 1
    assert (process.returncode, out, err) == (0, "ended False\n", "")
    for connection in connections:
        connection.close()


def test_it_ends_while_the_first_plan_is_under_way(run: Run, tmp_path: Path) -> None:
    (tmp_path / "seconds").write_text("20")
    process = run()
    time.sleep(1)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=5)
    assert time.monotonic() - started < 1.2
    assert (process.returncode, out, err) == (0, "ended False\n", "")


def test_it_opens_the_browser_at_the_site(run: Run, tmp_path: Path) -> None:
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened.part && mv {tmp_path}/opened.part {tmp_path}/opened\n')
    script.chmod(0o755)
    process = run(browse=True, BROWSER=f"{script} %s")
    url = wait_for_address(process)
    assert url.endswith("/digest/")
    for _ in range(200):
        if (tmp_path / "opened").exists():
            break
        time.sleep(0.02)
    assert (tmp_path / "opened").read_text().strip() == url
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=5)
    assert (process.returncode, out, err) == (0, "ended True\n", "")


def test_the_next_free_port(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        said: list[str] = []
        running = start(site, folder=tmp_path, watched=[], port=port, say=said.append)
        try:
            chosen = port_of(running.origin)
            assert port < chosen < port + 20
            assert said[0] == f"port {port} is busy: using {chosen}"
        finally:
            running.stop()
    again = start(site, folder=tmp_path, watched=[], port=chosen)  # free again at once
    assert port_of(again.origin) == chosen
    assert again.stop()


@pytest.mark.parametrize(
    ("bind", "port"), [("203.0.113.7", 8000), ("no such host", 8000), ("127.0.0.1", 70000), ("127.0.0.1", -1)]
)
def test_an_address_that_cannot_be_used_is_a_finding(tmp_path: Path, bind: str, port: int) -> None:
    with pytest.raises(BuilderError) as failed:
        serve(FolderSite(tmp_path), folder=tmp_path, watched=[], bind=bind, port=port, say=lambda _: None)
    assert [diagnostic.code for diagnostic in failed.value.diagnostics] == ["preview-address"]


def test_stopping_leaves_no_thread_and_writes_nothing(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    running = start(site, folder=tmp_path, watched=[tmp_path / "content"], port=0)
    assert running.wait_ready(5)
    started = time.monotonic()
    assert running.stop()
    assert time.monotonic() - started < 1
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("wenzhai")]
    assert sorted(tmp_path.rglob("*")) == before
