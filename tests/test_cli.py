"""The command line: what each command says, in which format, and how it ends."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sites import SAMPLE, THREE_VARIANTS, read_tree, source, write_file

from builder import __version__, cli

if TYPE_CHECKING:
    from conftest import MakeSite, Run

SITE = f"""\
-- content/articles/a.md --
{source("软件", title="甲", tags=["AI"], category="news", date="2024-01-01")}
-- content/articles/b.md --
{source(title="乙", original=None, attribution={"source": "某周刊"}, date="2024-01-02")}
-- content/articles/draft.md --
{source(title="草稿", draft=True)}
-- content/articles/future.md --
{source(title="将来", date="2999-01-01")}
-- content/articles/gone.md --
{source(title="撤下", withdrawn={"date": "2024-04-01", "reason": "应作者要求"})}
-- content/pages/about.md --
{source(title="关于", date=None)}
-- content/issues/1.md --
{source(title="第一期")}
"""


@pytest.fixture
def folder(site: MakeSite) -> Path:
    return site(SITE)


# -- build -------------------------------------------------------------------------------------------------------------


def test_a_build_says_what_it_did(run: Run, folder: Path) -> None:
    outcome = run("build", "-s", folder)
    assert outcome.status == 0
    assert not outcome.err
    lines = outcome.out.splitlines()
    assert lines[:2] == [
        "not published (draft): content/articles/draft.md",
        "not published (future): content/articles/future.md",
    ]
    assert re.fullmatch(
        r"\d+ pages in 1 variant → .*public in \d+\.\d\d s \(\d+ files written, 0 unchanged, 0 removed\)", lines[2]
    )
    assert lines[3].startswith("Preview them with: ")
    assert run("build", "-s", folder, "-q").out == ""
    assert re.search(r"^ +\d+\.\d\d\d s  look$", run("build", "-s", folder, "-v").out, re.MULTILINE)
    verbose = run("build", "-s", folder, "-v", "--clean").out
    for phase in ("look", "read", "render sources", "assemble", "plan pages", "render pages", "write"):
        assert re.search(rf"^ +\d+\.\d\d\d s  {phase}$", verbose, re.MULTILINE)


def test_a_build_as_json_is_one_object_a_line(run: Run, folder: Path) -> None:
    write_file(folder / "content/articles/a.md", source(titel="x"))
    outcome = run("build", "-s", folder, "--format", "json", "-v")
    assert not outcome.err
    diagnostic, report = outcome.records
    assert diagnostic | {"message": "", "hint": ""} == {
        "type": "diagnostic",
        "severity": "warning",
        "code": "unknown-key",
        "path": "content/articles/a.md",
        "line": 5,
        "column": 1,
        "message": "",
        "hint": "",
    }
    assert (report["type"], report["articles"], report["variants"], report["removed"]) == ("build", 2, 1, 0)
    assert report["written"] == report["files"]
    assert set(report["phases"]) >= {"read", "render pages", "write"}


def test_a_second_build_writes_nothing(run: Run, site: MakeSite) -> None:
    folder = site(SITE, THREE_VARIANTS)
    first = run("build", "-s", folder, "--format", "json").records[-1]
    before = {path: path.stat().st_mtime_ns for path in (folder / "public").rglob("*")}
    again = run("build", "-s", folder, "--format", "json").records[-1]
    assert (again["written"], again["unchanged"], again["removed"]) == (0, first["files"], 0)
    clean = run("build", "-s", folder, "--clean", "--format", "json").records[-1]
    assert (clean["written"], clean["unchanged"], clean["removed"]) == (0, first["files"], 0)
    assert before == {path: path.stat().st_mtime_ns for path in (folder / "public").rglob("*")}


def test_an_edit_writes_only_what_mentions_the_article(site: MakeSite) -> None:
    from sites import build

    folder = site(SITE, THREE_VARIANTS)
    build(folder)
    variants = ("", "zh-tw/", "zh-hk/")
    write_file(
        folder / "content/articles/a.md", source("硬件", title="甲", tags=["AI"], category="news", date="2024-01-01")
    )
    # The summary is on the lists, the text on the page and in the feeds.
    written = build(folder).report.written
    lists = ("index.html", "archive/2024/01/index.html", "news/index.html", "tags/ai/index.html")
    feeds = tuple(f"{folder}{name}" for folder in ("", "news/") for name in ("feed.xml", "atom.xml", "feed.json"))
    assert set(written.written) == {f"{v}{path}" for v in variants for path in (*lists, *feeds, "news/a/index.html")}
    assert not written.removed
    # With a summary of its own, a change of the text is on the page and in the feeds alone.
    for body in ("硬件", "软件和硬件"):
        text = source(body, title="甲", tags=["AI"], category="news", date="2024-01-01", summary="摘要")
        write_file(folder / "content/articles/a.md", text)
        written = build(folder).report.written
    assert set(written.written) == {f"{v}{path}" for v in variants for path in (*feeds, "news/a/index.html")}


def test_what_is_gone_is_removed_and_what_is_not_ours_stays(run: Run, folder: Path) -> None:
    run("build", "-s", folder)
    write_file(folder / "public/CNAME", "example.org")
    write_file(folder / "public/news/a/notes.txt", "mine")
    (folder / "content/articles/a.md").unlink()
    report = run("build", "-s", folder, "--format", "json").records[-1]
    assert (
        report["removed"] == 7
    )  # the article, its category and the three feeds of that, its tag, and the list of tags
    assert (folder / "public/news/a/notes.txt").read_text() == "mine"
    assert (folder / "public/CNAME").exists()
    assert not (folder / "public/news/a/index.html").exists()
    assert not (folder / "public/tags").exists()


def test_options_of_a_build(run: Run, folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "elsewhere"
    report = run(
        *("build", "-s", folder, "-o", output, "-b", "https://other.example/x", "-D", "-F", "-j", "2"),
        *("--format", "json"),
    ).records[-1]
    assert report["articles"] == 4
    assert not (folder / "public").exists()
    assert "https://other.example/x/articles/draft/" in (output / "sitemap.xml").read_text()
    bad = run("build", "-s", folder, "-b", "other.example", "--format", "json")
    assert (bad.status, bad.codes) == (1, {"base-url"})


@pytest.mark.parametrize(
    ("clock", "articles"),
    [
        ("2023-12-31T15:59:59Z", 0),
        ("2023-12-31T16:00:00Z", 1),
        ("2024-01-01", 1),
        ("2024-01-02T00:00:00", 2),
        ("2999-01-01T00:00:00+08:00", 3),
    ],
)
def test_the_clock_decides_what_is_in_the_future(run: Run, folder: Path, clock: str, articles: int) -> None:
    assert run("build", "-s", folder, "--clock", clock, "--format", "json").records[-1]["articles"] == articles


# -- findings ----------------------------------------------------------------------------------------------------------


def test_findings_for_a_person_have_an_excerpt_a_caret_and_a_hint(run: Run, folder: Path) -> None:
    write_file(folder / "content/articles/a.md", source(title="很长的标题", date="三月某日"))
    outcome = run("build", "-s", folder)
    assert outcome.status == 1
    assert not outcome.out
    assert outcome.err.splitlines() == [
        "content/articles/a.md:3:7: error[date]: '三月某日' is not a date ('date')",
        '  3 | date: "三月某日"',
        "    |       ^",
        "  help: write it like 2026-03-26, 2026-03-26T09:30:00+08:00, 2026/3/26 or 2026年3月26日",
        "1 error, 0 warnings",
    ]


def test_quiet_shows_errors_alone(run: Run, folder: Path) -> None:
    write_file(folder / "content/articles/a.md", source(titel="x"))
    outcome = run("build", "-s", folder, "-q")
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
    write_file(folder / "content/articles/a.md", source(titel="x", date="x"))
    outcome = run("build", "-s", folder, "-q")
    assert "error[date]" in outcome.err
    assert "unknown-key" not in outcome.err


def test_many_warnings_of_a_kind_are_counted(run: Run, folder: Path) -> None:
    write_file(folder / "content/articles/a.md", source(**{f"x{number}": "1" for number in range(13)}))
    assert run("build", "-s", folder).err.count("warning[unknown-key]") == 10
    assert "… 3 more warnings [unknown-key]; -v shows all" in run("build", "-s", folder).err
    assert run("build", "-s", folder, "-v").err.count("warning[unknown-key]") == 13


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    write_file(folder / "content/articles/a.md", source(titel="x", date="x"))
    shown = {}
    for no_color in (True, False):
        terminal = Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", terminal)
            patch.setenv("NO_COLOR", "1") if no_color else patch.delenv("NO_COLOR", raising=False)
            assert cli.main(["build", "-s", str(folder)]) == 1
        shown[no_color] = terminal.getvalue()
    assert "\033" not in shown[True]
    assert "\033[31m" in shown[False]
    assert "\033[33m" in shown[False]
    assert re.sub(r"\033\[\d+m", "", shown[False]) == shown[True]


# -- check and list ----------------------------------------------------------------------------------------------------


def test_the_sample_has_nothing_to_mend(run: Run) -> None:
    outcome = run("check", "-s", SAMPLE, "--strict", "--clock", "2027-01-01")
    assert (outcome.status, outcome.err) == (0, "")
    assert "nothing to mend" in outcome.out


def test_a_check_writes_nothing(run: Run, folder: Path) -> None:
    before = read_tree(folder)
    assert run("check", "-s", folder).status == 0
    write_file(folder / "themes/default/templates/home.html", "{{ page.nothing }}")
    assert run("check", "-s", folder, "--format", "json").codes == {"template"}
    (folder / "themes/default/templates/home.html").unlink()
    assert read_tree(folder) == before


def test_lists(run: Run, folder: Path) -> None:
    def listed(*what: str) -> list[tuple[str, str]]:
        records = run("list", *what, "-s", folder, "--format", "json").records
        assert all(record["type"] == "source-file" for record in records)
        return [(Path(record["path"]).stem, record["state"]) for record in records]

    everything = [("a", "published"), ("b", "published"), ("draft", "draft"), ("future", "future")]
    everything += [("gone", "withdrawn"), ("1", "published"), ("about", "published")]
    assert listed() == listed("all") == everything
    assert listed("drafts") == [("draft", "draft")]
    assert listed("future") == [("future", "future")]
    assert listed("withdrawn") == [("gone", "withdrawn")]
    assert listed("excluded") == [item for item in everything if item[1] != "published"]
    assert listed("drafts", "-D") == []
    text = run("list", "excluded", "-s", folder).out
    for why in ("[draft: true]", "[dated 2999-01-01, in the future]", "[withdrawn 2024-04-01: 应作者要求]"):
        assert why in text
    (record,) = run("list", "sources", "-s", folder, "--format", "json").records
    assert record == {"type": "source", "name": "某周刊", "articles": 1, "path": "/sources/某周刊/"}


def test_a_list_says_what_cannot_be_read(run: Run, folder: Path) -> None:
    write_file(folder / "content/articles/a.md", "---\ntitle: [\n---\n")
    for what in ("all", "excluded"):
        outcome = run("list", what, "-s", folder)
        assert outcome.status == 1
        assert "content/articles/a.md" in outcome.err
        assert "future" in outcome.out
    assert run("list", "drafts", "-s", folder).status == 0


# -- finding the site, and wrong command lines -------------------------------------------------------------------------


def test_the_site_is_the_nearest_folder_with_settings(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "content/articles")
    assert run("build").status == 0
    assert (folder / "public/index.html").exists()
    created = run("new", "article", "新的").out.strip()
    assert (folder / "content/articles" / created).exists()
    inner = folder / "content/articles/inner"
    write_file(inner / "wenzhai.toml", THREE_VARIANTS)
    write_file(inner / "a.md", source())
    monkeypatch.chdir(inner)
    assert run("build").status == 0
    assert (inner / "public/zh-tw/index.html").exists()


def test_a_folder_without_settings_is_the_site_itself(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_file(tmp_path / "notes/2024-01-01-a.md", "# 甲\n")
    monkeypatch.chdir(tmp_path / "notes")
    outcome = run("build")
    assert outcome.status == 0
    assert "has no wenzhai.toml" in outcome.out
    assert "warning[attribution-missing]" in outcome.err
    assert "warning[base-url]" in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bake"],
        ["build", "--fast"],
        ["build", "-j", "0"],
        ["build", "-j", "many"],
        ["build", "--clock", "noon"],
        ["build", "--format", "xml"],
        ["serve", "-p", "70000"],
        ["new", "poem", "标题"],
        ["new", "article"],
        ["init"],
        ["list", "everything"],
        ["check", "extra"],
    ],
)
def test_a_wrong_command_line_is_said_in_a_sentence(run: Run, arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert outcome.status == 2
    assert not outcome.out
    first, second = outcome.err.splitlines()
    assert first.startswith("wenzhai")
    assert second.startswith("See `wenzhai")


def test_help_and_version(run: Run) -> None:
    assert run("--version").out == f"wenzhai {__version__}\n"
    for command in ("init", "new", "build", "serve", "check", "list"):
        outcome = run(command, "--help")
        assert outcome.status == 0
        assert "--source" in outcome.out


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    import subprocess

    command = f"{sys.executable} -m builder list -s '{folder}' --format json | head -n 1"
    ended = subprocess.run(["sh", "-c", command], cwd=SAMPLE, capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout)["path"] == "content/articles/a.md"
    assert not ended.stderr


def test_what_a_terminal_cannot_show_is_shown_by_number(folder: Path) -> None:
    import os
    import subprocess

    def listed(*arguments: str) -> bytes:
        command = [sys.executable, "-m", "builder", "list", "-s", str(folder), *arguments]
        return subprocess.run(
            command, cwd=SAMPLE, capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": "latin-1"}
        ).stdout

    assert b"\\u7532" in listed()
    assert "甲" in listed("--format", "json").decode("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="as shells of other systems close streams")
@pytest.mark.parametrize(("closed", "status"), [(">&-", 0), ("2>&-", 0), ("> /dev/null", 0), ("| head -n 0", 0)])
def test_a_command_ends_well_whatever_its_streams_are(site: MakeSite, closed: str, status: int) -> None:
    folder = site(f"-- content/a.md --\n{source()}")
    command = f"{sys.executable} -m builder list -s {shlex.quote(str(folder))} {closed}"
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (status, "")
