"""The output folder: all or nothing, only what changed, nothing removed that is not ours."""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import signal
import stat
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.diagnostics import OutputError
from builder.publish.manifest import MANIFEST, add_pending, write_manifest
from builder.publish.report import WriteReport
from builder.publish.write import (
    Output,
    Staged,
    digest_of,
    is_plain,
    open_output,
    stage_copy,
    stage_file,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_current(output: Output, path: str, made_from: str) -> bool:
    """Whether a file is there that was made from just this."""
    return not output.find_stale([(path, made_from)])


def open_site(folder: Path, *, force: bool = False, jobs: int = 1) -> Output:
    return open_output(folder, protected=[], force=force, jobs=jobs)


def made_from(data: bytes) -> str:
    return "of-" + digest_of(data)


def many(text: str) -> dict[str, bytes]:
    """So many files that they are not renamed one by one, of the same sizes for texts of the same length."""
    return {f"{number}/index.html": f"{text} {number}".encode() for number in range(600)}


def write(folder: Path, files: Mapping[str, bytes], *, force: bool = False, jobs: int = 1) -> WriteReport:
    """A build: stage what is not current, commit."""
    with open_site(folder, force=force, jobs=jobs) as output:
        planned = {path: made_from(data) for path, data in files.items()}
        staged = [
            stage_file(output.stage, path, data)
            for path, data in files.items()
            if not is_current(output, path, planned[path])
        ]
        return output.commit(planned, staged)


def found(folder: Path) -> dict[str, bytes]:
    """What a visitor finds: every file but the manifest."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files.pop(MANIFEST, None)
    return files


def folders(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_dir()}


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """What tells whether a file was touched at all."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (folder, *folder.rglob("*"))}


def code_of(caught: pytest.ExceptionInfo[OutputError]) -> str:
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.severity == "error"
    assert diagnostic.place is not None
    assert diagnostic.message
    assert diagnostic.hint
    return diagnostic.code


# The ordinary life of an output.


def test_an_absent_folder_is_made_at_once(tmp_path: Path) -> None:
    public = tmp_path / "public"
    report = write(public, {"index.html": b"home", "文章/一/index.html": b"one"})
    assert found(public) == {"index.html": b"home", "文章/一/index.html": b"one"}
    assert report == WriteReport(("index.html", "文章/一/index.html"), 0, ())
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def test_nothing_is_there_before_the_commit(tmp_path: Path) -> None:
    with open_site(tmp_path / "public") as output:
        stage_file(output.stage, "index.html", b"home")
        assert not (tmp_path / "public").exists()
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    public = tmp_path / "public"
    public.mkdir()
    public.chmod(0o711)
    write(public, {"index.html": b"home"})
    assert found(public) == {"index.html": b"home"}
    assert stat.S_IMODE(public.stat().st_mode) == 0o711


def test_new_folders_and_files_have_the_usual_modes(tmp_path: Path) -> None:
    (tmp_path / "usual").mkdir()
    (tmp_path / "usual.txt").touch()
    write(tmp_path / "public", {"a/index.html": b"home"})
    assert (tmp_path / "public").stat().st_mode == (tmp_path / "usual").stat().st_mode
    assert (tmp_path / "public/a/index.html").stat().st_mode == (tmp_path / "usual.txt").stat().st_mode


def test_an_unchanged_site_is_not_touched(tmp_path: Path) -> None:
    public = tmp_path / "public"
    files = {"index.html": b"home", "a/index.html": b"a"}
    write(public, files)
    before = stamps(public)
    assert write(public, files) == WriteReport((), 2, ())
    assert stamps(public) == before


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    public = tmp_path / "public"
    write(public, {"index.html": b"home", "a/index.html": b"a", "b/index.html": b"b"})
    inode = (public / "b/index.html").stat().st_ino
    report = write(public, {"index.html": b"new!", "b/index.html": b"b", "c/index.html": b"c"})
    assert report == WriteReport(("c/index.html", "index.html"), 1, ("a/index.html",))
    assert found(public) == {"index.html": b"new!", "b/index.html": b"b", "c/index.html": b"c"}
    assert (public / "b/index.html").stat().st_ino == inode
    assert folders(public) == {"b", "c"}


def test_the_same_bytes_made_from_something_else_are_not_touched(tmp_path: Path) -> None:
    public = tmp_path / "public"
    write(public, {"feed.xml": b"feed"})
    before = (public / "feed.xml").stat()
    with open_site(public) as output:
        assert not is_current(output, "feed.xml", "other")
        report = output.commit({"feed.xml": "other"}, [stage_file(output.stage, "feed.xml", b"feed")])
    assert report.unchanged == 1
    after = (public / "feed.xml").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    with open_site(public) as output:
        assert is_current(output, "feed.xml", "other")


def test_known_bytes_need_not_be_staged(tmp_path: Path) -> None:
    public = tmp_path / "public"
    write(public, {"a.html": b"same"})
    with open_site(public) as output:
        assert output.known_digest("a.html") == digest_of(b"same")
        assert output.known_digest("b.html") == ""
        report = output.commit({"a.html": "other"}, [Staged("a.html", digest_of(b"same"), 4)])
    assert report == WriteReport((), 1, ())
    (public / "a.html").write_bytes(b"cut")
    with open_site(public) as output:
        assert output.known_digest("a.html") == ""


@pytest.mark.parametrize("mend", [b"", b"other size"])
def test_a_file_that_was_cut_or_lost_is_written_again(tmp_path: Path, mend: bytes) -> None:
    public = tmp_path / "public"
    write(public, {"index.html": b"home", "a/b.html": b"b"})
    if mend:
        (public / "a/b.html").write_bytes(mend)
    else:
        shutil.rmtree(public / "a")
    assert write(public, {"index.html": b"home", "a/b.html": b"b"}).written == ("a/b.html",)
    assert found(public)["a/b.html"] == b"b"


def test_a_file_becomes_a_folder_and_back(tmp_path: Path) -> None:
    public = tmp_path / "public"
    one = {"a": b"file", "b/c/index.html": b"c"}
    other = {"a/index.html": b"folder", "b": b"b"}
    for files in (one, other, one):
        write(public, files)
        assert found(public) == files


def test_files_and_folders_of_others_stay(tmp_path: Path) -> None:
    public = tmp_path / "public"
    write(public, {"index.html": b"home", "a/index.html": b"a", "b/index.html": b"b"})
    (public / "CNAME").write_bytes(b"example.org")
    (public / "a/notes.txt").write_bytes(b"mine")
    (public / "empty").mkdir()
    write(public, {"index.html": b"home"})
    assert found(public) == {"index.html": b"home", "CNAME": b"example.org", "a/notes.txt": b"mine"}
    assert folders(public) == {"a", "empty"}


def test_names_that_differ_by_case_only(tmp_path: Path) -> None:
    public = tmp_path / "public"
    write(public, {"GCC/index.html": b"old", "x.html": b"x"})
    write(public, {"gcc/index.html": b"new", "x.html": b"x"})
    assert found(public) == {"gcc/index.html": b"new", "x.html": b"x"}


def test_assets_and_static_files_are_copied(tmp_path: Path) -> None:
    source = tmp_path / "photo.jpg"
    data = bytes(range(256)) * 9000
    source.write_bytes(data)
    with open_site(tmp_path / "public") as output:
        staged = stage_copy(output.stage, "assets/photo.jpg", source)
        output.commit({"assets/photo.jpg": "photo"}, [staged])
    assert staged == Staged("assets/photo.jpg", digest_of(data), len(data))
    assert found(tmp_path / "public") == {"assets/photo.jpg": data}


def test_a_source_that_went_away_is_an_error(tmp_path: Path) -> None:
    with open_site(tmp_path / "public") as output:
        with pytest.raises(OutputError, match=r"gone\.jpg") as caught:
            stage_copy(output.stage, "assets/photo.jpg", tmp_path / "gone.jpg")
        assert code_of(caught) == "output-write"


def test_other_processes_stage(tmp_path: Path) -> None:
    names = [f"{number}/index.html" for number in range(6)]
    with open_site(tmp_path / "public") as output, ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        jobs = [pool.submit(stage_file, output.stage, name, name.encode()) for name in names]
        output.commit(dict.fromkeys(names, "x"), [job.result() for job in jobs])
    assert found(tmp_path / "public") == {name: name.encode() for name in names}
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def test_a_name_that_is_too_long_says_so_across_processes(tmp_path: Path) -> None:
    with open_site(tmp_path / "public") as output, pytest.raises(OutputError) as caught:
        stage_file(output.stage, "长" * 200 + "/index.html", b"")
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.diagnostics == caught.value.diagnostics
    assert "长长长" in again.diagnostics[0].message


def test_a_name_that_is_too_long_changes_nothing(tmp_path: Path) -> None:
    public = tmp_path / "public"
    write(public, {"a.html": b"old"})
    with pytest.raises(OutputError) as caught:
        write(public, {"a.html": b"new", "长" * 200 + "/index.html": b""})
    assert code_of(caught) == "output-write"
    assert found(public) == {"a.html": b"old"}
    assert write(public, {"a.html": b"old"}).unchanged == 1


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["a", "a/b", "a/b/c", "A", "b/index.html", "b", "c.html", "d/e/f/g.html"]),
            st.sampled_from([b"1", b"2", b"long"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_sequence_of_builds_ends_like_a_clean_one(
    tmp_path_factory: pytest.TempPathFactory, builds: list[dict[str, bytes]]
) -> None:
    place = tmp_path_factory.mktemp("sequence")
    for build in builds:
        files = {path: data for path, data in build.items() if not any(other.startswith(path + "/") for other in build)}
        write(place / "public", files)
        write(place / "clean", files)
        assert found(place / "public") == found(place / "clean") == files
        assert folders(place / "public") == folders(place / "clean")
        assert (place / "public" / MANIFEST).read_bytes() == (place / "clean" / MANIFEST).read_bytes()
        shutil.rmtree(place / "clean")


# The manifest.


def test_the_manifest_is_sorted_text_without_times(tmp_path: Path) -> None:
    write(tmp_path / "public", {"b.html": b"b", "文.html": b"w", "a.html": b"a"})
    text = (tmp_path / "public" / MANIFEST).read_text(encoding="utf-8")
    _, *lines, end = text.splitlines()
    assert [line.split("\t")[1] for line in lines] == ["a.html", "b.html", "文.html"]
    assert lines[0] == f"{made_from(b'a')} {digest_of(b'a')} 1\ta.html"
    assert end.startswith("= ")
    write(tmp_path / "other", {"文.html": b"w", "a.html": b"a", "b.html": b"b"})
    assert (tmp_path / "other" / MANIFEST).read_text(encoding="utf-8") == text


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_odd_names_come_back_as_they_are(tmp_path: Path) -> None:
    names = ["a\nb.txt", 'a"b.txt', os.fsdecode(b"\xff.txt"), " a ", "𠮷.txt"]
    write(tmp_path / "public", dict.fromkeys(names, b"x"))
    report = write(tmp_path / "public", dict.fromkeys(names, b"x"))
    assert report.unchanged == len(names)
    assert len(write(tmp_path / "public", {}).removed) == len(names)
    assert found(tmp_path / "public") == {}


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"": "wenzhai-manifest 1", "a.html": "x y 1"}',
        b"wenzhai-manifest 2\n",
        b"wenzhai-manifest 2\nx y 1\ta.html\n= 00000000\n",
        write_manifest({"a.html": "x"}),
        write_manifest({"a.html": "x y 1\ta.html"}).replace(b"manifest 2", b"manifest 3"),
        write_manifest({"a.html": "x y 1\ta.html"})[:-3],
        add_pending(write_manifest({"a.html": "x y 1\ta.html"}), ["b.html"])[:-3],
    ],
)
def test_a_damaged_manifest_is_a_warning_and_nothing_is_removed(tmp_path: Path, damage: bytes) -> None:
    public = tmp_path / "public"
    (tmp_path / "precious.txt").write_bytes(b"1")
    write(public, {"a.html": b"a", "b.html": b"b", "old.html": b"old"})
    (public / MANIFEST).write_bytes(damage)
    inode = (public / "a.html").stat().st_ino
    with open_site(public) as output:
        (diagnostic,) = output.diagnostics
        assert (diagnostic.severity, diagnostic.code) == ("warning", "manifest-damaged")
        files = {"a.html": b"a", "b.html": b"B"}
        planned = {path: made_from(data) for path, data in files.items()}
        assert not is_current(output, "a.html", planned["a.html"])
        output.commit(planned, [stage_file(output.stage, path, data) for path, data in files.items()])
    assert found(public) == {"a.html": b"a", "b.html": b"B", "old.html": b"old"}
    assert (public / "a.html").stat().st_ino == inode
    assert (tmp_path / "precious.txt").exists()
    with open_site(public) as output:
        assert output.diagnostics == ()
        assert is_current(output, "b.html", planned["b.html"])


def test_a_manifest_of_a_stranger_removes_nothing_elsewhere(tmp_path: Path) -> None:
    public = tmp_path / "public"
    (tmp_path / "precious.txt").write_bytes(b"1")
    write(public, {"a.html": b"a"})
    lines = {path: f"x y 1\t{path}" for path in ("../precious.txt", f"{tmp_path}/precious.txt", "./../precious.txt")}
    (public / MANIFEST).write_bytes(write_manifest(lines))
    with open_site(public, force=True) as output:
        report = output.commit({"a.html": "x"}, [stage_file(output.stage, "a.html", b"a")])
    assert report.removed == ()
    assert (tmp_path / "precious.txt").exists()
    assert b"precious" not in (public / MANIFEST).read_bytes()


# What is refused.


def test_a_folder_of_others_is_refused_without_force(tmp_path: Path) -> None:
    public = tmp_path / "public"
    public.mkdir()
    (public / "thesis.doc").write_bytes(b"years of work")
    with pytest.raises(OutputError, match=r"thesis\.doc") as caught:
        open_site(public)
    assert code_of(caught) == "output-not-ours"
    assert found(public) == {"thesis.doc": b"years of work"}
    write(public, {"index.html": b"home"}, force=True)
    write(public, {"about.html": b"about"})
    assert found(public) == {"thesis.doc": b"years of work", "about.html": b"about"}


def test_a_file_of_others_in_our_place_needs_force(tmp_path: Path) -> None:
    public = tmp_path / "public"
    write(public, {"index.html": b"home"})
    (public / "about.html").write_bytes(b"by hand")
    new = {"index.html": b"changed", "about.html": b"ours"}
    with pytest.raises(OutputError, match="file of others") as caught:
        write(public, new)
    assert code_of(caught) == "output-foreign"
    assert found(public) == {"index.html": b"home", "about.html": b"by hand"}
    write(public, new, force=True)
    assert found(public) == new


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_of_others_in_our_place_is_never_removed(tmp_path: Path, force: bool) -> None:
    public = tmp_path / "public"
    write(public, {"index.html": b"home", "a/index.html": b"a"})
    (public / "a/photo.jpg").write_bytes(b"photo")
    (public / "b").write_bytes(b"file")
    before = found(public)
    for files in ({"a": b"a file"}, {"b/index.html": b"b"}):
        with pytest.raises(OutputError) as caught:
            write(public, files, force=force)
        assert code_of(caught) == "output-foreign"
        assert found(public) == before


def test_empty_folders_are_no_obstacle(tmp_path: Path) -> None:
    public = tmp_path / "public"
    write(public, {"index.html": b"home"})
    (public / "a/b").mkdir(parents=True)
    write(public, {"index.html": b"home", "a": b"a"})
    assert found(public) == {"index.html": b"home", "a": b"a"}


def test_links_lead_nowhere(tmp_path: Path) -> None:
    public, outside = tmp_path / "public", tmp_path / "outside"
    write(public, {"index.html": b"home", "a/index.html": b"a"})
    outside.mkdir()
    (outside / "index.html").write_bytes(b"a")
    shutil.rmtree(public / "a")
    (public / "a").symlink_to(outside)
    with pytest.raises(OutputError, match="symbolic link") as caught:
        write(public, {"index.html": b"home", "a/index.html": b"new"})
    assert code_of(caught) == "output-foreign"
    write(public, {"index.html": b"home"})
    assert (outside / "index.html").read_bytes() == b"a"
    assert (public / "a").is_symlink()


def test_what_holds_sources_is_protected(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for name in ("content/a", "static", "public"):
        (site / name).mkdir(parents=True)
    (tmp_path / "link").symlink_to(site / "content")
    (tmp_path / "home").symlink_to(site)
    protected = [site / "content", site / "static", site / "themes"]
    refused = [
        site,
        tmp_path,
        site / "content",
        site / "content/a",
        site / "content/new",
        site / "themes",
        site / "themes/mine",
    ]
    for folder in [*refused, tmp_path / "link", tmp_path / "link/a", site / "public/../content", tmp_path / "home"]:
        for force in (False, True):
            with pytest.raises(OutputError) as caught:
                open_output(folder, site=site, protected=protected, force=force)
            assert code_of(caught) == "output-protected", folder
    for folder in (site / "public", site / "themes-built", tmp_path / "elsewhere", tmp_path / "home/public"):
        open_output(folder, site=site, protected=protected, force=False).discard()
    # A folder of Markdown without content/ is its own content root; its output is inside it.
    open_output(site / "public", site=site, protected=[site], force=False).discard()


def test_a_linked_output_is_written_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "public").symlink_to(tmp_path / "www")
    write(tmp_path / "public", {"index.html": b"home"})
    assert (tmp_path / "public").is_symlink()
    assert found(tmp_path / "www") == {"index.html": b"home"}


def test_a_file_a_missing_parent_and_a_loop_are_unwritable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for folder in (tmp_path / "file", tmp_path / "file/public", tmp_path / "no/such/place", tmp_path / "loop"):
        with pytest.raises(OutputError) as caught:
            open_site(folder)
        assert code_of(caught) == "output-unwritable", folder


def test_a_read_only_folder_or_parent(tmp_path: Path) -> None:
    public = tmp_path / "public"
    write(public, {"index.html": b"home"})
    public.chmod(0o555)
    if os.access(public, os.W_OK):
        pytest.skip("nothing is read-only for root")
    with pytest.raises(OutputError) as caught:
        open_site(public)
    assert code_of(caught) == "output-unwritable"
    public.chmod(0o755)
    tmp_path.chmod(0o555)
    try:
        write(public, {"index.html": b"new", "a/index.html": b"a"})  # staged inside the output itself
        assert found(public) == {"index.html": b"new", "a/index.html": b"a"}
        assert folders(public) == {"a"}
        with pytest.raises(OutputError) as caught:
            open_site(tmp_path / "other")
        assert code_of(caught) == "output-unwritable"
    finally:
        tmp_path.chmod(0o755)


def test_paths_are_plain(tmp_path: Path) -> None:
    assert all(map(is_plain, ["index.html", "文/a b.html", "..a/b", "a/.nojekyll"]))
    assert not any(map(is_plain, ["", "/a", "a/", "a//b", "../a", "a/../b", "./a", "a\\b", "a\0b"]))
    with pytest.raises(AssertionError), open_site(tmp_path / "public") as output:
        stage_file(output.stage, "../a", b"")


# What dies midway.


def wait_until_free(public: Path) -> None:
    """Processes that remove old files go on for a moment when their build is killed, and hold its lock."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with contextlib.suppress(OutputError):
            open_site(public).discard()
            return
        time.sleep(0.01)


def break_off(public: Path, files: Mapping[str, bytes], *, after: int) -> None:
    """A build that fails after some renames: a staged file vanishes, which every file system reports alike."""
    with open_site(public) as output:
        planned = {path: made_from(data) for path, data in files.items()}
        staged = [stage_file(output.stage, path, data) for path, data in files.items()]
        lost = sorted(files)[after]
        Path(output.stage.place(lost)).unlink()
        output.commit(planned, staged)


@pytest.mark.parametrize("after", range(4))
def test_the_next_build_mends_what_one_could_not_complete(tmp_path: Path, after: int) -> None:
    public = tmp_path / "public"
    old = {"a.html": b"old a", "b.html": b"old b", "c.html": b"old c", "gone/index.html": b"gone"}
    # The same sizes: nothing but the manifest can tell that these are not the old files.
    new = {"a.html": b"new a", "b.html": b"new b", "c.html": b"new c", "d/index.html": b"new d"}
    write(public, old)
    with pytest.raises(OutputError) as caught:
        break_off(public, new, after=after)
    assert code_of(caught) == "output-write"
    assert [path.name for path in tmp_path.iterdir()] == ["public"]
    kept = found(public)
    assert kept["gone/index.html"] == b"gone"
    assert all(data in {old.get(path), new.get(path)} for path, data in kept.items())
    for files in (old, new):
        again = tmp_path / f"again-{files['a.html'].decode()}"
        shutil.copytree(public, again)
        write(again, files)
        assert found(again) == files


def test_many_files_are_put_into_place_by_any_number_of_processes(tmp_path: Path) -> None:
    for jobs in (1, 3):
        public = tmp_path / f"public-{jobs}"
        write(public, many("old"))
        report = write(public, many("new"), jobs=jobs)
        assert found(public) == many("new")
        assert report == WriteReport(tuple(sorted(many("new"))), 0, ())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["public-1", "public-3"]


def test_what_could_not_be_completed_of_many_files_is_mended(tmp_path: Path) -> None:
    public = tmp_path / "public"
    write(public, many("old"))
    with pytest.raises(OutputError) as caught:
        break_off(public, many("new"), after=300)
    assert code_of(caught) == "output-write"
    assert len(set(found(public).values()) & set(many("new").values())) == 300
    write(public, many("old"))
    assert found(public) == many("old")


def test_whatever_is_where_one_of_many_files_must_go(tmp_path: Path) -> None:
    public, outside = tmp_path / "public", tmp_path / "outside"
    outside.write_bytes(b"theirs")
    write(public, {**many("old"), "e": b"a file", "f/index.html": b"a folder"})
    for name in ("0", "1", "2"):
        shutil.rmtree(public / name)
    (public / "1/index.html/empty").mkdir(parents=True)
    (public / "2").mkdir()
    (public / "2/index.html").symlink_to(outside)
    new = {**many("new"), "e/index.html": b"a folder", "f": b"a file"}
    write(public, new)
    assert found(public) == new
    assert not (public / "2/index.html").is_symlink()
    assert outside.read_bytes() == b"theirs"
    (public / "1/index.html").unlink()
    (public / "1/index.html").mkdir()
    (public / "1/index.html/photo.jpg").write_bytes(b"photo")
    with pytest.raises(OutputError) as caught:
        write(public, many("newer"))
    assert code_of(caught) == "output-foreign"
    del new["1/index.html"]
    assert found(public) == {**new, "1/index.html/photo.jpg": b"photo"}


def test_a_failed_first_build_leaves_nothing(tmp_path: Path) -> None:
    public = tmp_path / "public"
    with pytest.raises(OutputError), open_site(public) as output:
        staged = stage_file(output.stage, "a.html", b"a")
        public.mkdir()
        (public / "theirs").touch()  # somebody was faster
        output.commit({"a.html": "x"}, [staged])
    assert found(public) == {"theirs": b""}
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def test_what_a_killed_build_left_is_removed(tmp_path: Path) -> None:
    public = tmp_path / "public"
    child = os.fork()
    if not child:
        output = open_site(public)
        stage_file(output.stage, "a/index.html", b"a")
        os._exit(0)  # no clean-up of any kind, as if it were killed
    os.waitpid(child, 0)
    (left,) = tmp_path.iterdir()
    lookalike = tmp_path / ".public.wenzhai-0123456789abcdef"
    lookalike.mkdir()
    (lookalike / "mine.txt").touch()
    write(public, {"index.html": b"home"})
    assert not left.exists()
    assert (lookalike / "mine.txt").exists()
    assert found(public) == {"index.html": b"home"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked on this system")
def test_a_build_that_is_killed_amid_many_files_is_mended_by_the_next(tmp_path: Path) -> None:
    public, old, new = tmp_path / "public", many("old"), many("new")
    for _ in range(20):  # a kill may come too late to prove anything
        write(public, old)
        child = os.fork()
        if not child:
            try:
                write(public, new, jobs=2)
            finally:
                os._exit(0)
        page, end = public / "0/index.html", time.monotonic() + 20  # the first in the order of their paths
        while (data := page.read_bytes()) == old["0/index.html"] and time.monotonic() < end:
            pass
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert data == new["0/index.html"]
        left = found(public)
        assert left.keys() == new.keys()
        assert all(data in {old[path], new[path]} for path, data in left.items())
        wait_until_free(public)
        is_midway = any(left[path] == data for path, data in old.items())
        # To go back is what a build would get wrong that takes the killed one's word.
        write(public, old if is_midway else new)
        assert found(public) == (old if is_midway else new)
        assert [path.name for path in tmp_path.iterdir()] == ["public"]
        if is_midway:
            return
    pytest.fail("no kill came midway")


def test_two_builds_at_once_are_refused(tmp_path: Path) -> None:
    public = tmp_path / "public"
    with open_site(public) as output:
        staged = stage_file(output.stage, "index.html", b"home")
        with pytest.raises(OutputError) as caught:
            open_site(public)
        assert code_of(caught) == "output-busy"
        output.commit({"index.html": "x"}, [staged])
    assert found(public) == {"index.html": b"home"}
    open_site(public).discard()
