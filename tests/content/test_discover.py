"""Folders → source files: what is read, what is passed over, what is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import SHANGHAI

from builder.content.discover import dates_from_git, find_content, read_sources
from builder.content.files import list_static, read_file
from builder.content.front_matter import parse_source
from builder.diagnostics import BuilderError

if TYPE_CHECKING:
    from collections.abc import Iterator


def write(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    return folder


def paths(folder: Path, *excluded: Path) -> list[str]:
    """The paths of the sources of a folder in which nothing is wrong."""
    checked = read_sources(find_content(folder), excluded)
    assert checked.diagnostics == ()
    return [source.path for source in checked.value]


def found_in(folder: Path) -> list[tuple[str, str, str]]:
    found = read_sources(find_content(folder)).diagnostics
    assert all(item.message and item.hint for item in found)
    return [(item.severity, item.code, str(item.place)) for item in found]


# -- what is read ------------------------------------------------------------------------------------------------------


def test_sources_are_the_markdown_files_under_content(tmp_path: Path) -> None:
    write(
        tmp_path,
        "content/b.md",
        "content/a/d.markdown",
        "content/a/c.MD",
        "content/新闻.md",
        "content/v1.0.md",
        "README.md",
    )
    write(tmp_path, "content/a/p.png", "content/a.txt", "content/md", "content/a.md.bak", "content/glossary.toml")
    sources = read_sources(find_content(tmp_path)).value
    assert [(source.path, source.name) for source in sources] == [
        ("content/a/c.MD", "a/c"), ("content/a/d.markdown", "a/d"), ("content/b.md", "b"), ("content/v1.0.md", "v1.0"),
        ("content/新闻.md", "新闻"),
    ]  # fmt: skip
    assert sources[0].text == "x"


def test_without_content_the_folder_itself_is_the_content(tmp_path: Path) -> None:
    write(tmp_path, "b.md", "pages/a.md", "docs/x/c.md")
    assert find_content(tmp_path).root == ""
    sources = read_sources(find_content(tmp_path)).value
    assert [(source.path, source.name) for source in sources] == [
        ("b.md", "b"), ("docs/x/c.md", "docs/x/c"), ("pages/a.md", "pages/a"),
    ]  # fmt: skip


def test_hidden_files_modules_and_the_output_are_passed_over(tmp_path: Path) -> None:
    write(
        tmp_path,
        "a.md",
        ".b.md",
        ".git/c.md",
        ".wenzhai/d.md",
        "node_modules/e/f.md",
        "x/node_modules/g.md",
        "x/__pycache__/h.md",
    )
    write(tmp_path, "public/i.md", "x/out/j.md", "x/public/k.md")
    assert paths(tmp_path, tmp_path / "public", tmp_path / "x" / "out") == ["a.md", "x/public/k.md"]
    (tmp_path / "link").symlink_to(tmp_path / "public")
    assert paths(tmp_path, tmp_path / "link", tmp_path / "x" / "out") == ["a.md", "x/public/k.md"]


def test_a_folder_within_folders_within_folders(tmp_path: Path) -> None:
    folders = [tmp_path / "content"]
    for _ in range(1100):  # deeper than Python calls functions
        folders.append(folders[-1] / "d")
    for folder in folders:
        folder.mkdir()
    source = folders[-1] / "a.md"
    source.write_text("x", encoding="utf-8")
    try:
        assert len(paths(tmp_path)) == 1
    finally:
        source.unlink()
        for folder in reversed(folders):  # what cleans up after tests does call functions
            folder.rmdir()


def test_line_ends_and_byte_order_marks_vanish(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbf---\r\ntitle: x\r---\n")
    (source,) = read_sources(find_content(tmp_path)).value
    assert source.text == "---\ntitle: x\n---\n"


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", ["", "content/x.txt", "content/.hidden.md", "x.txt"])
def test_a_folder_without_sources_is_an_error(tmp_path: Path, make: str) -> None:
    if make:
        write(tmp_path, make)
    with pytest.raises(BuilderError) as problem:
        read_sources(find_content(tmp_path))
    (found,) = problem.value.diagnostics
    assert (found.severity, found.code) == ("error", "no-content")
    assert str(found.place) == ("content" if make.startswith("content") else ".")
    assert "wenzhai new" in found.hint


@pytest.mark.parametrize("name", ["missing", "file"])
def test_no_folder_at_all_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(BuilderError) as problem:
        read_sources(find_content(tmp_path / name))
    (found,) = problem.value.diagnostics
    assert found.code == "no-site"
    assert "-s" in found.hint


def test_files_that_are_no_text_are_said_and_the_others_read(tmp_path: Path) -> None:
    write(tmp_path, "content/a.md")
    (tmp_path / "content/b.md").write_bytes(b"title\n\xb1\xea\xcc\xe2\xd6\xd0\xce\xc4")
    (tmp_path / "content/c.md").write_bytes(b"\0")
    checked = read_sources(find_content(tmp_path))
    assert [source.path for source in checked.value] == ["content/a.md"]
    assert found_in(tmp_path) == [("error", "encoding", "content/b.md:2:1"), ("error", "nul", "content/c.md:1:1")]
    assert "content/b.md" in checked.diagnostics[0].hint


def test_links(tmp_path: Path) -> None:
    site, elsewhere = (
        write(tmp_path / "site", "content/a.md", "drafts/b.md", "content/deep/c.md"),
        write(tmp_path / "out", "x.md", "y.txt"),
    )
    content = site / "content"
    for name, target in {
        "inside.md": site / "drafts" / "b.md",  # read
        "outside.md": elsewhere / "x.md",
        "outside.txt": elsewhere / "y.txt",  # nobody's business
        "folder": elsewhere,
        "circle": content,
        "sideways": site / "drafts",
        "dangling.md": content / "gone.md",
        "self.md": content / "self.md",
        "self": content / "self",
        "one.md": content / "two.md",
        "two.md": content / "one.md",
        ".hidden.md": elsewhere / "x.md",
    }.items():
        (content / name).symlink_to(target)
    assert sorted(found_in(site)) == [
        ("error", "outside-site", "content/folder"),
        ("error", "outside-site", "content/outside.md"),
        ("error", "unreadable", "content/dangling.md"),
        ("error", "unreadable", "content/one.md"),
        ("error", "unreadable", "content/self.md"),
        ("error", "unreadable", "content/two.md"),
        ("warning", "folder-link", "content/circle"),
        ("warning", "folder-link", "content/sideways"),
    ]
    sources = read_sources(find_content(site)).value
    assert [source.path for source in sources] == ["content/a.md", "content/deep/c.md", "content/inside.md"]


def test_content_that_is_a_link_out_of_the_site(tmp_path: Path) -> None:
    write(tmp_path / "out", "a.md")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "content").symlink_to(tmp_path / "out")
    assert found_in(tmp_path / "site") == [("error", "outside-site", "content")]


def test_a_site_may_be_reached_by_a_link(tmp_path: Path) -> None:
    write(tmp_path / "real", "content/a.md")
    (tmp_path / "site").symlink_to(tmp_path / "real")
    assert paths(tmp_path / "site") == ["content/a.md"]


def test_pipes_are_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, "content/a.md")
    os.mkfifo(tmp_path / "content" / "b.md")
    assert paths(tmp_path) == ["content/a.md"]


def test_names_that_are_no_text_are_errors(tmp_path: Path) -> None:
    write(tmp_path, "content/a.md")
    try:
        for name in (b"\xce\xc4.md", b"\xce\xc4.png", b"dir\xff"):
            path = os.path.join(os.fsencode(tmp_path / "content"), name)  # noqa: PTH118 - Path takes no bytes
            if name.startswith(b"dir"):
                os.mkdir(path)  # noqa: PTH102
            else:
                Path(os.fsdecode(path)).write_text("x", encoding="utf-8")
    except OSError:
        pytest.skip("this file system has only names that are text")
    found = read_sources(find_content(tmp_path)).diagnostics
    assert [item.code for item in found] == ["file-name", "file-name"]
    assert all(item.hint for item in found)


@contextmanager
def as_somebody(folder: Path) -> Iterator[None]:
    """As a user who must heed permissions: root need not."""
    if os.geteuid() != 0:
        yield
        return
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001:
            pytest.skip(f"nobody else may look into {parent}")
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_what_may_not_be_read_is_said() -> None:
    with TemporaryDirectory() as top:
        site = write(Path(top) / "site", "content/a.md", "content/b.md", "content/shut/c.md", "content/shut/d.md")
        Path(top).chmod(0o755)
        (site / "content" / "b.md").chmod(0)
        (site / "content" / "shut").chmod(0)
        try:
            with as_somebody(site):
                assert found_in(site) == [
                    ("error", "unreadable", "content/shut"),
                    ("error", "unreadable", "content/b.md"),
                ]
        finally:
            (site / "content" / "shut").chmod(0o755)


@given(
    st.dictionaries(
        st.text("ab. #中", min_size=1, max_size=4),
        st.binary(max_size=40) | st.text(max_size=40).map(str.encode),
        min_size=1,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_files_raise_but_findings(files: dict[str, bytes]) -> None:
    from reading import settings as used_settings

    with TemporaryDirectory() as top:
        for name, data in files.items():
            (Path(top) / (name + ".md")).write_bytes(data)
        try:
            checked = read_sources(find_content(Path(top)))
        except BuilderError as problem:
            assert [found.code for found in problem.diagnostics] == ["no-content"]
            return
        shown = [name for name in files if not name.startswith(".")]
        assert len(checked.value) + len(checked.diagnostics) == len(shown)
        for source in checked.value:
            assert "\r" not in source.text
            assert "\0" not in source.text
            parse_source(source, used_settings())


# -- dates from git ----------------------------------------------------------------------------------------------------

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


class Repository:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.run("init", "-q")

    def run(self, *words: str, when: str = "2020-01-01T00:00:00Z") -> None:
        own = {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_COMMITTER_DATE": when,
            "GIT_AUTHOR_DATE": when,
        }
        names = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        subprocess.run(
            ["git", *words], cwd=self.folder, check=True, env={**os.environ, **own, **names}, capture_output=True
        )

    def commit(self, when: str, message: str = "x") -> None:
        self.run("add", "-A")
        self.run("commit", "-q", "-m", message, when=when)


@needs_git
def test_dates_from_the_history(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    site = repository.folder / "site"
    write(repository.folder, "site/content/旧.md", "site/b.md", "elsewhere.md")
    (site / '"引"\n号.md').write_text("unlike the others\n" * 9, encoding="utf-8")
    repository.commit("2021-02-03T20:30:00Z", "one\n\nA\tsite/b.md")
    write(repository.folder, "site/c.md")
    (site / "b.md").write_text("changed", encoding="utf-8")
    (site / '"引"\n号.md').rename(site / "renamed.md")
    repository.commit("2022-01-01T00:00:00Z")
    (site / "renamed.md").rename(site / "content" / "again.md")
    (site / "c.md").unlink()
    repository.commit("2023-01-01T00:00:00Z")
    write(repository.folder, "site/c.md", "site/uncommitted.md")
    repository.run("add", "site/c.md")
    repository.run("commit", "-qm", "y", when="2024-01-01T00:00:00Z")

    dates = dates_from_git(site, SHANGHAI)
    first = "2021-02-04T04:30:00+08:00"
    wanted = {"content/旧.md": first, "b.md": first, "content/again.md": first, "c.md": "2022-01-01T08:00:00+08:00"}
    assert {name: dates[name].moment.isoformat() for name in wanted} == wanted
    assert all(date.has_time for date in dates.values())
    assert not {"uncommitted.md", "elsewhere.md", "../elsewhere.md"} & dates.keys()


@needs_git
def test_a_history_that_is_cut_off_tells_nothing(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    for number in range(2):
        write(repository.folder, f"{number}.md")
        repository.commit("2021-01-01T00:00:00Z")
    clone = Repository(tmp_path / "clone")
    clone.run("fetch", "-q", "--depth=1", repository.folder.as_uri(), "HEAD")
    clone.run("checkout", "-q", "FETCH_HEAD")
    assert (clone.folder / "0.md").is_file()
    assert dates_from_git(clone.folder, SHANGHAI) == {}


@needs_git
def test_without_a_history_there_are_no_dates(tmp_path: Path) -> None:
    assert dates_from_git(Repository(tmp_path / "empty").folder, SHANGHAI) == {}
    assert dates_from_git(tmp_path / "missing", SHANGHAI) == {}


def test_outside_of_a_repository_or_without_git_there_are_no_dates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert dates_from_git(tmp_path, SHANGHAI) == {}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert dates_from_git(tmp_path, SHANGHAI) == {}


# -- other files -------------------------------------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big") + b"\x08\x02\0\0\0"


def test_a_picture_is_known_by_its_bytes_and_size(tmp_path: Path) -> None:
    for name, data in {
        "a/图 1.PNG": PNG,
        "a.txt": PNG,
        "bad.png": PNG[:20],
        "a.svg": b'<svg width="10" height="20"/>',
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    picture = read_file(tmp_path, "a/图 1.PNG")
    assert picture is not None
    assert (picture.path, picture.width, picture.height) == ("a/图 1.PNG", 640, 480)
    assert picture.asset_path == f"assets/图 1.{picture.digest[:10]}.png"
    for name in ("a.txt", "bad.png"):
        other = read_file(tmp_path, name)
        assert other is not None
        assert (other.width, other.height) == (0, 0)
    assert len(picture.digest) == 64


@given(
    st.sampled_from(
        [
            b"",
            b"GIF89a",
            PNG[:24],
            b"\xff\xd8\xff\xe0",
            b"RIFF....WEBPVP8X",
            b"<svg ",
            b"II*\0",
            b"BM",
            b"\0\0\0\x18ftypavif",
        ]
    ),
    st.binary(max_size=60),
)
def test_a_damaged_picture_is_still_a_file(start: bytes, rest: bytes) -> None:
    with TemporaryDirectory() as top:
        for suffix in ("png", "jpg", "gif", "webp", "svg", "tiff", "avif"):
            (Path(top) / f"a.{suffix}").write_bytes(start + rest)
            file = read_file(Path(top), f"a.{suffix}")
            assert file is not None
            assert min(file.width, file.height) >= 0


def test_only_files_of_the_site_are_read(tmp_path: Path) -> None:
    site = write(tmp_path / "site", "a.png", "folder/b.png")
    write(tmp_path, "out.png")
    (site / "inside.png").symlink_to(site / "a.png")
    (site / "outside.png").symlink_to(tmp_path / "out.png")
    (site / "loop.png").symlink_to(site / "loop.png")
    os.mkfifo(site / "pipe.png")
    assert read_file(site, "inside.png") is not None
    for path in (
        "outside.png",
        "loop.png",
        "loop.png/x",
        "pipe.png",
        "folder",
        "",
        ".",
        "../out.png",
        "a.png/x",
        "gone.png",
        "a\0.png",
        "x" * 5000,
        "/etc/hostname",
    ):
        assert read_file(site, path) is None, path


def test_static_files(tmp_path: Path) -> None:
    site = write(
        tmp_path / "site",
        "static/b.txt",
        "static/a/c.txt",
        "static/.well-known/x",
        "static/_headers",
        "static/.DS_Store",
    )
    write(tmp_path, "out/x.txt")
    assert list_static(site).value == (".well-known/x", "_headers", "a/c.txt", "b.txt")
    assert list_static(tmp_path).value == ()
    (site / "static" / "in.txt").symlink_to(site / "static" / "b.txt")
    (site / "static" / "out.txt").symlink_to(tmp_path / "out" / "x.txt")
    (site / "static" / "outdir").symlink_to(tmp_path / "out")
    (site / "static" / "loop").symlink_to(site / "static" / "loop")
    (site / "static" / "a" / "up").symlink_to(site / "static")
    checked = list_static(site)
    assert "in.txt" in checked.value
    assert sorted((item.severity, item.code, str(item.place)) for item in checked.diagnostics) == [
        ("error", "outside-site", "static/out.txt"), ("error", "outside-site", "static/outdir"),
        ("error", "unreadable", "static/loop"), ("warning", "folder-link", "static/a/up"),
    ]  # fmt: skip
    assert all(item.hint for item in checked.diagnostics)


def test_a_static_folder_elsewhere_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "out/x.txt", "site/a.md")
    (tmp_path / "site" / "static").symlink_to(tmp_path / "out")
    (found,) = list_static(tmp_path / "site").diagnostics
    assert (found.code, str(found.place)) == ("outside-site", "static")
