"""A preview of such a site in this process, and what a browser asks of it."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from folder_site import FolderSite, make_site

from builder.preview.server import Running, start

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass
class Shown:
    """A running preview, its site and what it said."""

    site: FolderSite
    running: Running
    said: list[str]
    streams: ExitStack = field(default_factory=ExitStack)

    @property
    def port(self) -> int:
        return int(self.running.origin.rpartition(":")[2])

    def ask(self, path: str, method: str = "GET", **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, path, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def write(self, path: str, text: str) -> None:
        file = self.site.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def events(self, **query: str) -> Iterator[tuple[str, str, str]]:
        """Connects, and then gives the events: name, id and data."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        self.streams.callback(connection.close)
        connection.request("GET", "/__wenzhai__/events?" + urlencode(query))
        response = connection.getresponse()
        self.streams.callback(response.close)
        assert response.headers["Content-Type"].startswith("text/event-stream")

        def read() -> Iterator[tuple[str, str, str]]:
            event: dict[str, str] = {}
            while line := response.readline():
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name in ("event", "id", "data"):
                    event[name] = value
                elif not name and "event" in event:
                    yield event["event"], event["id"], event.get("data", "")
                    event = {}

        return read()

    def until(self, path: str, holds: Callable[[Reply], bool]) -> Reply:
        deadline = time.monotonic() + 5
        while True:
            reply = self.ask(path)
            if holds(reply):
                return reply
            assert time.monotonic() < deadline, reply
            time.sleep(0.02)


Start = Callable[..., Shown]


@contextmanager
def starting(folder: Path) -> Iterator[Start]:
    """Starts previews, of a new site in `folder` unless told which, and stops them in the end."""
    with ExitStack() as ending:

        def begin(site: FolderSite | None = None, *, base: str = "/", **options: Any) -> Shown:
            site = site or make_site(folder, base)
            said: list[str] = []
            watched = [site.folder / name for name in ("content", "static", "themes", "wenzhai.toml")]
            running = start(
                site, **{"port": 0, "folder": site.folder, "watched": watched, "say": said.append, **options}
            )
            shown = Shown(site, running, said)
            ending.callback(running.stop)
            ending.callback(shown.streams.close)
            assert running.wait_ready(5)
            return shown

        yield begin
