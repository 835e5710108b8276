"""What counts as a change of the site."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import pytest

from builder.preview.watch import Change, watch

if TYPE_CHECKING:
    from pathlib import Path


class Watching:
    def __init__(self, folder: Path, found: SimpleQueue[Change]) -> None:
        self.folder = folder
        self._found = found

    def told(self) -> list[str]:
        """What is told within a while, each path once."""
        paths: set[Path] = set()
        try:
            paths |= set(self._found.get(timeout=3).paths)
            while True:
                paths |= set(self._found.get(timeout=0.25).paths)
        except Empty:
            return sorted(path.relative_to(self.folder).as_posix() for path in paths)

    def is_silent(self) -> bool:
        try:
            self._found.get(timeout=0.4)
        except Empty:
            return True
        return False

    def next(self) -> Change:
        return self._found.get(timeout=3)

    def write(self, path: str, text: str = "x") -> None:
        (self.folder / path).write_text(text)


Begin = Callable[..., Watching]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    stop, ready = threading.Event(), threading.Event()
    threads: list[threading.Thread] = []

    def begin(*names: str, ignored: tuple[str, ...] = ()) -> Watching:
        found: SimpleQueue[Change] = SimpleQueue()
        watched = [tmp_path / name for name in names]

        def run() -> None:
            for change in watch(watched, ignored=[tmp_path / name for name in ignored], stop=stop, ready=ready):
                found.put(change)

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        assert ready.wait(5)
        return Watching(tmp_path, found)

    yield begin
    stop.set()
    for thread in threads:
        thread.join(2)
        assert not thread.is_alive()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "content/articles").mkdir(parents=True)
    (tmp_path / "content/articles/a.md").write_text("a")
    (tmp_path / "wenzhai.toml").write_text("")
    (tmp_path / "themes").mkdir()
    return tmp_path


SITE = ("content", "static", "themes", "wenzhai.toml")


def test_a_burst_is_one_change(site: Path, begin: Begin) -> None:
    seen = begin(*SITE)
    for number in range(50):
        seen.write(f"content/articles/{number}.md")
    assert len(seen.next().paths) == 50
    assert seen.is_silent()


def test_noise_is_not_told(site: Path, begin: Begin) -> None:
    (site / ".wenzhai").mkdir()
    (site / "public").mkdir()
    seen = begin(*SITE)
    for name in (
        ".a.md.swp",
        "4913",
        "a.md~",
        "#a.md#",
        ".#a.md",
        ".DS_Store",
        "a.md___jb_tmp___",
        "a.tmp",
        "sedAb12Cd",
        "~$a.md",
    ):
        seen.write("content/articles/" + name)
    seen.write("public/index.html")
    seen.write(".wenzhai/memo")
    seen.write("README.md")
    assert seen.is_silent()
    seen.write("content/articles/a.md", "b")
    assert seen.told() == ["content/articles/a.md"]


def test_replaced_by_rename_again_and_again(site: Path, begin: Begin) -> None:
    seen = begin(*SITE)
    for name in ("content/articles/a.md", "wenzhai.toml"):
        for text in ("1", "2", "3"):
            (site / name).rename(site / (name + "~"))
            seen.write(name, text)
            (site / (name + "~")).unlink()
            assert seen.told() == [name]


def test_settings_deleted_and_made_again(site: Path, begin: Begin) -> None:
    seen = begin(*SITE)
    for _ in range(2):
        (site / "wenzhai.toml").unlink()
        assert seen.told() == ["wenzhai.toml"]
        seen.write("wenzhai.toml")
        assert seen.told() == ["wenzhai.toml"]


def test_new_folders(site: Path, begin: Begin) -> None:
    seen = begin(*SITE)
    (site / "content/new/deep").mkdir(parents=True)
    assert "content/new" in seen.told()
    seen.write("content/new/deep/b.md")
    assert seen.told() == ["content/new/deep/b.md"]
    (site / "static").mkdir()  # was missing
    assert seen.told() == ["static"]
    seen.write("static/robots.txt")
    assert seen.told() == ["static/robots.txt"]


def test_a_watched_folder_that_goes_and_comes_back(site: Path, begin: Begin) -> None:
    seen = begin(*SITE)
    shutil.rmtree(site / "content")
    assert "content" in seen.told()
    (site / "content/articles").mkdir(parents=True)
    assert "content" in seen.told()
    seen.write("content/articles/a.md")
    assert seen.told() == ["content/articles/a.md"]


def test_a_folder_that_is_the_site_itself(tmp_path: Path, begin: Begin) -> None:
    """Without `content/` the folder is the content: its output, cache, repository and modules are not."""
    site = tmp_path / "notes"
    for name in ("public/a", ".git", ".wenzhai", "node_modules/x", "posts"):
        (site / name).mkdir(parents=True)
    seen = begin("notes", ignored=("notes/public",))
    for name in ("public/index.html", "public/a/x", ".git/index", ".wenzhai/memo", "node_modules/x/y.md"):
        seen.write("notes/" + name)
    assert seen.is_silent()
    for name in ("notes/a.md", "notes/posts/b.md"):
        seen.write(name)
        assert seen.told() == [name]
    (site / "more").mkdir()
    assert seen.told() == ["notes/more"]
    seen.write("notes/more/c.md")
    assert seen.told() == ["notes/more/c.md"]


def test_links_to_nowhere_do_no_harm(site: Path, begin: Begin) -> None:
    (site / "content/.#a.md").symlink_to("somebody@somewhere.1")
    (site / "content/link.md").symlink_to("/nowhere/at/all")
    seen = begin(*SITE)
    seen.write("content/articles/a.md", "b")
    assert seen.told() == ["content/articles/a.md"]
