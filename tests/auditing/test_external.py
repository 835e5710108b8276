"""The addresses of other sites, asked of a server of our own."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from sites import source

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from conftest import MakeSite, Run


class Elsewhere(BaseHTTPRequestHandler):
    asked: list[str]

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        status = int(self.path.strip("/").split("/")[0])
        # Some hosts do not know HEAD.
        self.send_response(501 if status == 201 and self.command == "HEAD" else status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Elsewhere,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_addresses_that_do_not_answer_are_warnings(site: MakeSite, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with elsewhere() as (origin, asked):
        hops = {"source": "某周刊", "url": f"{origin}/200/中文?a=b&c", "archived": f"{origin}/410/"}
        folder = site(
            f"""\
-- content/articles/a.md --
{source(f"[x]({origin}/404/?a=b&c) [y]({origin}/401/) ![z]({origin}/201/)", original=None, attribution=hops)}
-- content/articles/b.md --
{source(f"[x]({origin}/404/?a=b&c)", comment=f"[c]({origin}/503/)")}
"""
        )
        outcome = run("check", "--external", "-s", folder, "--format", "json")
    dead = [
        (record["path"], record["message"].split(": ")[0].split(" ")[0].removeprefix(origin))
        for record in outcome.records
    ]
    assert outcome.status == 0
    assert outcome.codes == {"link-dead"}
    assert sorted(dead) == [
        ("content/articles/a.md", "/404/?a=b&c"),
        ("content/articles/a.md", "/410/"),
        ("content/articles/b.md", "/404/?a=b&c"),
        ("content/articles/b.md", "/503/"),
    ]
    # Each is asked once, by HEAD, and by GET where that is refused.
    assert asked.count("HEAD /404/?a=b&c") == asked.count("GET /404/?a=b&c") == 1
    assert asked.count("HEAD /200/%E4%B8%AD%E6%96%87?a=b&c") == 1
    assert "GET /201/" in asked
