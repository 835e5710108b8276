"""Real readers, subscribed to two variants on the preview: nothing stands there twice, nothing is lost, and what is withdrawn is
gone. Other readers have been seen to do the same: newsboat is the strictest, as it keeps items by guid across feeds."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import feedparser
import pytest
from hostile_site import LONG_TITLE, NOTICE, NOTICE_TW, SOURCES, write_hostile
from reading_feeds import NAMES
from showing import previewed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from showing import Shown

NEWSBOAT = shutil.which("newsboat")
#: The items of the site's feed in one variant: five articles and a tombstone.
N = 6
EMPTY, PICTURE = SOURCES["articles/empty.md"], SOURCES["articles/picture.md"]
WITHDRAWN = PICTURE.replace("---\n!", 'withdrawn: {"date": "2024-12-31", "reason": "版权人来信"}\n---\n!')


@dataclass(frozen=True)
class Site:
    folder: Path
    shown: Shown

    def addresses(self, name: str) -> list[str]:
        return [f"{self.shown.origin}/digest/{folder}{name}" for folder in ("", "zh-tw/")]

    def write(self, name: str, text: str, wanted: str) -> None:
        """Change an article, and wait until the feeds have it."""
        (self.folder / f"content/articles/{name}.md").write_text(text, "utf-8")
        self.shown.until("/digest/zh-tw/feed.json", wanted)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    folder = write_hostile(tmp_path / "site", limit=10)
    with previewed(folder) as shown:
        yield Site(folder, shown)


# -- newsboat ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Newsboat:
    """A newsboat with a home and a cache of its own."""

    home: Path

    def subscribe(self, addresses: list[str]) -> None:
        self.home.mkdir()
        (self.home / "urls").write_text("\n".join(addresses) + "\n", "utf-8")
        (self.home / "config").write_text("reload-threads 1\ndownload-retries 1\n", "utf-8")

    def reload(self) -> None:
        assert NEWSBOAT
        files = [f"-{option}" if not name else f"-{option}{self.home / name}" for option, name in self.options]
        environment = {**os.environ, "HOME": str(self.home), "LC_ALL": "C.UTF-8"}
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            environment.pop(name, None)
        subprocess.run([NEWSBOAT, *files, "-x", "reload"], check=True, timeout=60, env=environment, capture_output=True)

    @property
    def options(self) -> list[tuple[str, str]]:
        return [("u", "urls"), ("c", "cache.db"), ("C", "config")]

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.home / "cache.db")) as cache:
            found = cache.execute(query).fetchall()
            cache.commit()
        return found

    def items(self) -> dict[str, tuple[str, str, int]]:
        """Title, text and whether it is unread, by guid."""
        rows = self.ask("SELECT guid, title, content, unread FROM rss_item")
        assert len({guid for guid, *_ in rows}) == len(rows)
        return {str(guid): (str(title), str(text), int(unread)) for guid, title, text, unread in rows}


@pytest.fixture
def newsboat(tmp_path: Path) -> Newsboat:
    if NEWSBOAT is None:
        pytest.skip("newsboat is not installed: nothing was seen in it")
    return Newsboat(tmp_path / "newsboat")


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml"])
def test_newsboat_has_every_item_once_and_keeps_what_was_read(site: Site, newsboat: Newsboat, name: str) -> None:
    newsboat.subscribe(site.addresses(name))
    newsboat.reload()
    items = newsboat.items()
    assert len(items) == 2 * N
    for guid, (title, text, _) in items.items():
        identity, _, variant = guid.removeprefix("tag:example.org,2026:").rpartition(":")
        if identity in ("empty", "long", "hostile", "picture"):
            assert (NOTICE if variant == "zh-CN" else NOTICE_TW) in text
        if identity == "long":
            assert title == (
                LONG_TITLE if variant == "zh-CN" else LONG_TITLE.replace("长", "長").replace("标题", "標題")
            )
        if identity == "hostile":
            assert title.startswith(']]> <GCC> & "引') and "𠮷😀" in title
            assert "余承东" in text and "𠮷、😀" in text

    newsboat.ask("UPDATE rss_item SET unread = 0")
    site.write("empty", EMPTY.replace("空的正文", "改过的标题"), "改過的標題")
    newsboat.reload()
    changed = newsboat.items()
    assert changed.keys() == items.keys()
    assert {unread for _, _, unread in changed.values()} == {0}
    assert changed["tag:example.org,2026:empty:zh-CN"][0] == "改过的标题"
    assert changed["tag:example.org,2026:empty:zh-TW"][0] == "改過的標題"

    assert "host.example.com/path.png" in changed["tag:example.org,2026:picture:zh-CN"][1]
    site.write("picture", WITHDRAWN, "版權人來信")
    newsboat.reload()
    after = newsboat.items()
    assert after.keys() == items.keys()
    text = after["tag:example.org,2026:picture:zh-CN"][1]
    assert "版权人来信" in text and "host.example.com/path.png" not in text


# -- feedparser --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".xml")])
def test_feedparser_has_every_item_once_and_what_comes_over_it(site: Site, name: str) -> None:
    kept: dict[str, Any] = {}  # as a reader keeps them: by guid, the newest over what was there

    def reload() -> int:
        for address in site.addresses(name):
            parsed = feedparser.parse(site.shown.ask("/" + address.split("/", 3)[3]).body)
            assert not parsed.bozo
            kept.update({entry.id: entry for entry in parsed.entries})
        return len(kept)

    assert reload() == 2 * N
    long, tombstone = (kept[f"tag:example.org,2026:{identity}:zh-CN"] for identity in ("long", "gone"))
    assert long.title == LONG_TITLE
    assert long.content[0].value.count(NOTICE) == 2
    assert long.author == "余秋雨"
    assert "应作者要求" in tombstone.content[0].value
    site.write("empty", EMPTY.replace("空的正文", "改过的标题"), "改過的標題")
    assert reload() == 2 * N
    assert kept["tag:example.org,2026:empty:zh-TW"].title == "改過的標題"
    site.write("picture", WITHDRAWN, "版權人來信")
    assert reload() == 2 * N
    assert "path.png" not in kept["tag:example.org,2026:picture:zh-CN"].content[0].value


def test_feedparser_is_told_that_nothing_changed(site: Site) -> None:
    address = site.addresses("feed.xml")[0]
    first = feedparser.parse(address)
    assert (first.status, len(first.entries)) == (200, N)
    again = feedparser.parse(address, etag=first.etag)
    assert (again.status, len(again.entries)) == (304, 0)
