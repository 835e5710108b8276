"""A preview of a site in this process, and what a reader asks of it."""

from __future__ import annotations

import http.client
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from builder.preview.server import start
from builder.preview.site import SitePreview
from builder.stages.options import PlanOptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(port: int, path: str, **headers: str) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()


@dataclass(frozen=True)
class Shown:
    """A running preview."""

    origin: str

    def ask(self, path: str, **headers: str) -> Reply:
        return ask(int(self.origin.rpartition(":")[2]), path, **headers)

    def until(self, path: str, text: str) -> None:
        """Wait for a text to be there."""
        deadline = time.monotonic() + 20
        while text not in self.ask(path).body.decode():
            assert time.monotonic() < deadline, f"{path} never had {text}"
            time.sleep(0.05)


@contextmanager
def previewed(folder: Path) -> Iterator[Shown]:
    """The preview of a site as things stood at the beginning of 2025."""
    preview = SitePreview(PlanOptions(folder, folder / "public", now=NOW))
    running = start(
        preview, folder=folder, watched=preview.watched, roots=preview.roots, ignored=preview.ignored, port=0
    )
    try:
        assert running.wait_ready(20)
        yield Shown(running.origin)
    finally:
        running.stop()
