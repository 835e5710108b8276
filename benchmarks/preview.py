"""How long the preview of a large site takes to show its first page, and a text that was saved.

    python benchmarks/preview.py [ARTICLES]

Starts `wenzhai serve` on a generated site with a warm cache, as a person would, and talks to it as the reload script does.
What is measured: from the start of the command to the first page read; from the end of saving to the event that has a page
reload; and from there to the page read with the new text in it. Medians are printed, in milliseconds.
"""

from __future__ import annotations

import re
import socket
import statistics
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent))

from speed.tools import Place, Wenzhai

STARTS = 3
SAVES = 15


def main() -> None:
    """Print the medians."""
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with TemporaryDirectory() as work:
        place = Place(Path(work), 3)
        Wenzhai(2, future=False).lay_out(place, articles)
        measure(place.site)


def measure(site: Path) -> None:
    """Measure with the site in a folder."""
    source = max((site / "content").rglob("*.md"))
    first: list[float] = []
    told: list[float] = []
    shown: list[float] = []
    subprocess.run([sys.executable, "-m", "builder", "build", "-s", str(site), "-q"], check=True)
    for _ in range(STARTS):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        start = time.perf_counter()
        command = [sys.executable, "-m", "builder", "serve", "-s", str(site), "-p", str(port), "-q"]
        process = subprocess.Popen(command)
        try:
            page = read_first(port)
            first.append(time.perf_counter() - start)
            path = page_of(source, page)
            for number in range(SAVES):
                time.sleep(0.4 if number else 4)  # nobody saves at once; a first look for what was missed is over
                told_one, shown_one = save(source, path, port, f"{port} {number}")
                told.append(told_one)
                shown.append(shown_one)
        finally:
            process.terminate()
            process.wait()
    for name, seconds in (("first page", first), ("saved to told", told), ("saved to shown", shown)):
        worst = max(seconds) * 1000
        print(f"{name}: {statistics.median(seconds) * 1000:.0f} ms (worst of {len(seconds)}: {worst:.0f})")


def read_first(port: int) -> str:
    """The home page, as soon as anybody listens."""
    while True:
        try:
            return read("/", port)
        except ConnectionRefusedError:
            time.sleep(0.005)


def read(path: str, port: int) -> str:
    """One page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def page_of(source: Path, home: str) -> str:
    """The address of the page that a source makes, as the home page links to it."""
    slug = re.search(r"^slug: (.+)$", source.read_text("utf-8"), re.MULTILINE)
    assert slug
    found = re.search(rf'href="(/[^"]*/{slug[1]}/)"', home)
    assert found, slug[1]
    return found[1]


def save(source: Path, path: str, port: int, mark: str) -> tuple[float, float]:
    """Seconds from a save to the event that it leads to, and to the page that shows it."""
    shows = re.search(r'data-page="([0-9a-f]*)"', read(path, port))
    assert shows
    events = HTTPConnection("127.0.0.1", port, timeout=60)
    events.request("GET", f"/__wenzhai__/events?page={path}&shows={shows[1]}&last=")
    stream = events.getresponse()
    while not stream.readline().startswith(b"data:"):
        pass  # hello
    time.sleep(0.2)
    with source.open("a", encoding="utf-8") as file:
        file.write(f"\n保存于 {mark}。\n")
    start = time.perf_counter()
    while not stream.readline().startswith(b"event: reload"):
        pass
    told = time.perf_counter() - start
    text = read(path, port)
    shown = time.perf_counter() - start
    assert mark in text
    events.close()
    return told, shown


if __name__ == "__main__":
    main()
