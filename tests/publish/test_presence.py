"""Which files of an output are not there as the manifest says: looked at once, wherever that is done."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from builder.publish.manifest import MANIFEST
from builder.publish.presence import Presence, look
from builder.publish.write import Output, digest_of, open_output, stage_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: So many that a process is worth while.
MANY = {f"页/{number:05}.html": b"page %d" % number for number in range(4000)}


def open_site(folder: Path, presence: Presence | None = None) -> Output:
    return open_output(folder, protected=[], force=False, presence=presence)


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    with open_site(folder) as output:
        output.commit(
            {path: digest_of(data) for path, data in files.items()},
            [stage_file(output.stage, path, data) for path, data in files.items()],
        )


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "public"
    write(folder, MANY)
    return folder


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_files_that_are_gone_or_changed_their_size_are_missing(public: Path, jobs: int) -> None:
    if jobs > 1 and threading.active_count() > 1:
        pytest.skip("the test runner has threads of its own: nothing is forked")
    names = list(MANY)
    gone, cut, folder, link = names[0], names[1], names[2000], names[-1]
    try:
        (public / gone).unlink()
        (public / cut).write_bytes(b"pag")
        (public / folder).unlink()
        (public / folder).mkdir()
        (public / link).unlink()
        (public / link).symlink_to(public / names[5])
        with look(public, jobs) as presence:
            assert presence.missing == {gone, cut, folder, link}
            assert presence.count == len(MANY)
    finally:
        (public / folder).rmdir()
        (public / link).unlink()
        for name in (gone, cut, folder, link):
            (public / name).write_bytes(MANY[name])
    with look(public, jobs) as presence:
        assert not presence.missing


def test_a_page_that_a_power_cut_left_empty_is_made_again(tmp_path: Path) -> None:
    public, page = tmp_path / "public", b"page"
    write(public, {"a.html": page, "b.html": page})
    (public / "b.html").write_bytes(b"")
    with look(public, 1) as presence:
        assert presence.missing == {"b.html"}
        with open_site(public, presence) as output:
            planned = dict.fromkeys(("a.html", "b.html"), digest_of(page))
            assert output.find_stale(planned.items()) == ["b.html"]
            # Nor is it taken for current because it came to the same bytes.
            assert output.known_digest("b.html") == ""
            output.commit(planned, [stage_file(output.stage, "b.html", page)])
    assert (public / "b.html").read_bytes() == page


def test_any_name_is_found(tmp_path: Path) -> None:
    names = ["a b\tc.html", "é/index.html", "1 23\tx.html"]
    if sys.platform not in ("win32", "darwin"):
        names += ["line\nend.html", os.fsdecode(b"not-utf-8-\xff.html")]
    write(tmp_path / "public", {name: name.encode("utf-8", "surrogateescape") for name in names})
    with look(tmp_path / "public", 1) as presence:
        assert not presence.missing
    for name in names:
        (tmp_path / "public" / name).unlink()
    with look(tmp_path / "public", 1) as presence:
        assert presence.missing == frozenset(names)


@pytest.mark.parametrize(
    "manifest", [None, b"", b"\n\n", b"\xff\0 12\t\n x y 1\t\0\n" * 9, b"x y 99999999999999999999\ta\n"]
)
def test_what_is_no_manifest_says_nothing(tmp_path: Path, manifest: bytes | None) -> None:
    if manifest is not None:
        (tmp_path / MANIFEST).write_bytes(manifest)
    with look(tmp_path, 1) as presence:
        assert presence.manifest == (manifest or b"")
        assert all(isinstance(path, str) for path in presence.missing)


def test_there_may_be_no_folder_at_all(tmp_path: Path) -> None:
    (tmp_path / "round").symlink_to(tmp_path / "round")
    for name in ("none", "round"):
        with look(tmp_path / name, 2) as presence:
            assert (presence.manifest, presence.missing) == (b"", frozenset())


def test_what_was_looked_at_is_not_looked_at_again(tmp_path: Path) -> None:
    public = tmp_path / "public"
    write(public, {"a.html": b"a", "b.html": b"b"})
    planned = {"a.html": digest_of(b"a"), "b.html": digest_of(b"b"), "c.html": digest_of(b"c")}
    (public / "a.html").write_bytes(b"cut short, or not")
    with look(public, 1) as presence:
        assert presence.missing == {"a.html"}
        (public / "a.html").write_bytes(b"a")
        with open_site(public, presence) as output:
            assert output.find_stale(planned.items()) == ["a.html", "c.html"]
        with open_site(public) as output:
            assert output.find_stale(planned.items()) == ["c.html"]


def test_under_another_manifest_than_was_looked_at_all_is_looked_at_again(tmp_path: Path) -> None:
    public = tmp_path / "public"
    write(public, {"a.html": b"a", "b.html": b"b"})
    with look(public, 1) as presence:
        assert not presence.missing
        # Another build goes by, and something happens to what it left.
        write(public, {"a.html": b"new", "b.html": b"b"})
        (public / "b.html").unlink()
        planned = {"a.html": digest_of(b"new"), "b.html": digest_of(b"b")}
        with open_site(public, presence) as output:
            assert output.find_stale(planned.items()) == ["b.html"]
            assert output.find_stale({"a.html": digest_of(b"a")}.items()) == ["a.html"]
