"""What makes no difference to a feed, and what a host answers when nothing has changed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from hostile_site import SOURCES, write_hostile
from reading_feeds import NAMES, guids
from showing import ask, previewed
from sites import SAMPLE, build, read_tree, source, write_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FEEDS = re.compile(r"(^|/)((feed|atom)(-\d+)?\.(xml|json)|feeds\.opml)$")


def feeds_of(folder: Path) -> dict[str, bytes]:
    return {path: data for path, data in read_tree(folder).items() if FEEDS.search(path)}


# -- bytes -------------------------------------------------------------------------------------------------------------


def test_clock_zone_locale_and_folder_make_no_difference(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LANG", "TZ")}
    found = []
    for number, (clock, environment) in enumerate(
        [
            ("2025-01-01T00:00:00Z", {"TZ": "America/Los_Angeles", "LC_ALL": "C", "PYTHONHASHSEED": "1"}),
            ("2025-02-03T04:05:06+14:00", {"TZ": "Pacific/Kiritimati", "LANG": "zh_TW.UTF-8", "PYTHONHASHSEED": "2"}),
        ]
    ):
        site = write_hostile(tmp_path / f"{'x' * number}site")
        command = [sys.executable, "-m", "builder", "build", "-s", str(site), "--clock", clock]
        subprocess.run(
            command, check=True, capture_output=True, env={**clean, "PYTHONPATH": str(SAMPLE), **environment}
        )
        found.append(feeds_of(site / "public"))
    assert len(found[0]) > 30
    assert found[0] == found[1]


# -- guids -------------------------------------------------------------------------------------------------------------

EDITS = {
    "title": ('"空的正文"', '"另一个标题"'),
    "slug": ('id: "empty"', 'id: "empty"\nslug: elsewhere'),
    "category": ('category: "progress"', 'category: "products"'),
    "date": ('date: "2024-11-05"', 'date: "2024-11-06"'),
    "body": ("---\n\n", "---\n正文不空了。\n"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_guids_stay_after_an_edit(tmp_path: Path, edit: str) -> None:
    old, new = EDITS[edit]
    text = SOURCES["articles/empty.md"]
    assert old in text
    before = build(write_hostile(tmp_path / "before", limit=10))
    after = build(write_hostile(tmp_path / "after", limit=10, empty=text.replace(old, new)))
    for name in NAMES:
        path = f"zh-tw/{name}"
        assert sorted(guids(before, path)) == sorted(guids(after, path))
        assert (before.folder / path).read_bytes() != (after.folder / path).read_bytes()


def test_guids_stay_at_another_address(tmp_path: Path) -> None:
    folder = write_hostile(tmp_path / "site", limit=10)
    before = build(folder, output=tmp_path / "before")
    after = build(folder, output=tmp_path / "after", base_url="https://elsewhere.example/")
    for path in NAMES:
        assert guids(before, path) == guids(after, path)
        assert b"https://elsewhere.example/" in (after.folder / path).read_bytes()


# -- what is not touched -----------------------------------------------------------------------------------------------


def test_a_full_archive_document_never_changes(tmp_path: Path) -> None:
    folder = write_hostile(tmp_path / "site", filled=True)
    before = {path: data for path, data in feeds_of(build(folder).folder).items() if "archive/" in path}
    write_file(folder / "content/articles/new.md", source("新的一篇。", id="new", title="新", date="2024-12-01"))
    after = feeds_of(build(folder).folder)
    assert before.keys() <= after.keys()
    assert {path[-5] for path in before if after[path] == before[path]} == {"1"}
    assert {path[-5] for path in before if after[path] != before[path]} == {"2"}


@contextmanager
def plain_server(folder: Path) -> Iterator[int]:
    """A static server that knows nothing but files, and its port."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_static_host_answers_304_after_a_rebuild(tmp_path: Path) -> None:
    folder = write_hostile(tmp_path / "site")
    output = build(folder).folder
    feeds = sorted(feeds_of(output))
    for path in feeds:
        os.utime(output / path, (1_700_000_000, 1_700_000_000))
    with plain_server(output) as port:

        def status(path: str, since: str = "") -> tuple[int, str]:
            reply = ask(port, f"/{path}", **({"If-Modified-Since": since} if since else {}))
            return reply.status, reply.headers.get("last-modified", "")

        since = {path: status(path)[1] for path in NAMES}
        write_file(folder / "content/pages/about.md", source("关于别的。", title="关于", original=None))
        build(folder)
        assert "关于别的" in (output / "about/index.html").read_text("utf-8")
        assert [status(path, since[path])[0] for path in NAMES] == [304, 304, 304]
        assert {int((output / path).stat().st_mtime) for path in feeds} == {1_700_000_000}
        write_file(folder / "content/articles/empty.md", SOURCES["articles/empty.md"].replace("空的正文", "另一个标题"))
        build(folder)
        assert [status(path, since[path])[0] for path in NAMES] == [200, 200, 200]


def test_the_preview_answers_304_after_a_change_elsewhere(tmp_path: Path) -> None:
    folder = write_hostile(tmp_path / "site")
    with previewed(folder) as shown:
        tags = {path: shown.ask(f"/digest/{path}").headers["etag"] for path in NAMES}
        write_file(folder / "content/pages/about.md", source("关于别的。", title="关于", original=None))
        shown.until("/digest/about/", "关于别的")
        for path in NAMES:
            assert shown.ask(f"/digest/{path}", **{"If-None-Match": tags[path]}).status == 304
        write_file(folder / "content/articles/empty.md", SOURCES["articles/empty.md"].replace("空的正文", "另一个标题"))
        shown.until("/digest/feed.xml", "另一个标题")
        for path in NAMES:
            assert shown.ask(f"/digest/{path}", **{"If-None-Match": tags[path]}).status == 200
