"""`wenzhai import` and `wenzhai new --from`: what they write, refuse and record."""

from __future__ import annotations

import io
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pages import PAGE, RSS
from sites import SETTINGS, THREE_VARIANTS, build, source, write_file

from builder.content.provenance import digest_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import MakeSite, Run

REPOST = Path(__file__).parent / "cases/repost.txt"


@pytest.fixture
def folder(site: MakeSite) -> Path:
    return site(f"-- content/articles/a.md --\n{source()}", THREE_VARIANTS)


def only_source(folder: Path) -> Path:
    (path,) = (path for path in (folder / "content/articles").glob("*.md") if path.name != "a.md")
    return path


def test_a_repost_is_on_page_and_feed_in_three_variants(folder: Path, run: Run) -> None:
    outcome = run("import", REPOST, "-s", folder, "--format", "json")
    assert outcome.status == 0
    (record,) = (record for record in outcome.records if record["type"] == "import")
    path = only_source(folder)
    assert (record["path"], record["written"]) == (path.relative_to(folder).as_posix(), True)
    # What is left to the editor is said of lines of the source.
    lines = path.read_text("utf-8").split("\n")
    places = {code: place.split(":") for code, place in outcome.findings}
    assert places.keys() == {"import-caption", "import-join", "import-missing"}
    assert lines[int(places["import-caption"][1]) - 1] == "星图的告别公告。"
    assert lines[int(places["import-join"][1]) - 1] == "其中包括导航。"
    assert lines[int(places["import-missing"][1]) - 1][int(places["import-missing"][2]) - 1 :].startswith("的量")
    assert run("check", "-s", folder, "-F").status == 0
    built = build(folder, future=True)
    assert not built.report.summary.diagnostics
    for start in ("", "zh-tw/", "zh-hk/"):
        (name,) = (path for path in built.paths if re.fullmatch(f"{start}科学进展/yuan-.*/index.html", path))
        page = built.page(name)
        feed = (folder / f"public/{start}feed.xml").read_text("utf-8")
        for text in ("澄海新闻", "秦盛", "山川网", "传知"):
            assert text in page.text, text
            assert text in feed, text
        assert len(page.texts_of("notice")) == 2
        assert len(page.texts_of("signoff")) == 1
        assert "https://www.relay.example/news/tech/1234.html" in page.hrefs()
        assert "https://www.relay.example/news/tech/1234.html" in feed
        assert "疑似" not in page.text + feed
    assert run("audit", "-s", folder).status == 0


def test_a_check_says_when_it_was_changed_since(folder: Path, run: Run) -> None:
    run("import", REPOST, "-s", folder)
    path = only_source(folder)
    assert run("check", "-s", folder, "-F", "--strict").status == 0
    text = path.read_text("utf-8")
    # To follow the mark of the import is no change of the text.
    path.write_text(re.sub(r"<!-- import: .*-->\n\n", "", text), "utf-8")
    assert run("check", "-s", folder, "-F", "--strict").status == 0
    path.write_text(text.replace("成本太高", "成本不高"), "utf-8")
    assert run("check", "-s", folder, "-F", "--format", "json").codes == {"changed-since-import"}


def test_nothing_is_written_over(folder: Path, run: Run, tmp_path: Path) -> None:
    run("import", REPOST, "-s", folder)
    path = only_source(folder)
    edited = path.read_text("utf-8").replace("成本太高", "成本不高")
    path.write_text(edited, "utf-8")
    # The same address is the same text, whatever else is different.
    again = write_file_in(tmp_path / "again.txt", REPOST.read_text("utf-8").replace("https://www.", "http://"))
    outcome = run("import", again, "-s", folder, "--format", "json")
    assert outcome.status == 1
    (finding,) = outcome.findings
    assert finding == ("import-known", f"{path.relative_to(folder).as_posix()}:{line_of(edited, 'imported:')}:11")
    assert only_source(folder).read_text("utf-8") == edited
    # A dry run shows what is different.
    shown = run("import", REPOST, "-s", folder, "--dry-run")
    assert shown.status == 1
    assert "-分析者认为，地图业务的成本不高。" in shown.out
    assert "+分析者认为，地图业务的成本太高。" in shown.out
    assert f"--- {path.relative_to(folder).as_posix()}\n" in shown.out
    assert only_source(folder).read_text("utf-8") == edited


def write_file_in(path: Path, text: str) -> Path:
    write_file(path, text)
    return path


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if line.startswith(start))


def test_a_dry_run_shows_the_whole_file_and_writes_nothing(folder: Path, run: Run) -> None:
    before = sorted(folder.rglob("*"))
    outcome = run("import", REPOST, "-s", folder, "--dry-run")
    assert outcome.status == 0
    assert sorted(folder.rglob("*")) == before
    shown = outcome.out
    assert shown.startswith("--- /dev/null\n+++ content/articles/yuan-shan-")
    run("import", REPOST, "-s", folder)
    written = only_source(folder).read_text("utf-8").splitlines()
    added = [line[1:] for line in shown.splitlines()[3:]]
    assert [line for line in added if "T" not in line] == [line for line in written if "T" not in line]


def test_texts_of_one_title_are_two_sources(folder: Path, run: Run, tmp_path: Path) -> None:
    for number in (1, 2):
        text = write_file_in(tmp_path / f"{number}.txt", f"同一个题目\n\n来源：周刊\n\n第 {number} 篇的正文。\n")
        assert run("import", text, "-s", folder).status == 0
    assert {path.stem for path in (folder / "content/articles").glob("t*.md")} == {
        "tong-yi-ge-ti-mu",
        "tong-yi-ge-ti-mu-2",
    }
    # The same text once more is known by its digest: it has no address.
    assert run("import", tmp_path / "2.txt", "-s", folder, "--format", "json").codes == {"import-known"}
    assert build(folder, future=True).report.summary.diagnostics == ()


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("", (), "import-empty"),
        ("题目\n\n来源：周刊\n", (), "import-empty"),
        ("没有题目的一段，只有句子。\n\n来源：周刊\n", (), "import-title"),
        ("题目\n\n没有出处的一段。\n", (), "import-source"),
        ("题目\n\n没有出处的一段。\n", ("--from", "周刊"), ""),
        ("题目\n\n没有出处的一段。\n", ("--from", "https://a.example/1"), ""),
        ("没有题目的一段，只有句子。\n\n来源：周刊\n", ("--title", "题：目 #1"), ""),
    ],
)
def test_what_a_text_does_not_say_the_command_line_says(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, text: str, options: tuple[str, ...], code: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    outcome = run("import", "-", "-s", folder, "--format", "json", "--draft", "--category", "news", *options)
    assert outcome.codes == ({code} if code else set())
    assert outcome.status == (1 if code else 0)
    if not code:
        written = only_source(folder).read_text("utf-8")
        assert "draft: true\n" in written
        assert "category: news\n" in written
        assert run("build", "-s", folder, "-D", "-F", "--strict").status == 0


@pytest.mark.parametrize("what", ["no-such-file", "file:///etc/passwd", "ftp://a.example/", "https://", "a\0b"])
def test_what_cannot_be_read_is_said(folder: Path, run: Run, what: str) -> None:
    assert run("import", what, "-s", folder, "--format", "json").codes == {"import-unreadable"}


def test_an_empty_site_takes_its_first_text(site: MakeSite, run: Run) -> None:
    folder = site("-- content/.keep --\n", SETTINGS)
    assert run("import", REPOST, "-s", folder).status == 0


def test_new_records_where_a_text_comes_from(folder: Path, run: Run) -> None:
    path = (
        folder
        / run("new", "article", "题目", "--from", "https://a.example/1", "-s", folder, "--format", "json").records[0][
            "path"
        ]
    )
    text = path.read_text("utf-8")
    assert '{source: "a.example", author: , url: "https://a.example/1"}' in text
    assert re.search(r'^imported: \{from: "https://a.example/1", at: \d{4}-\S+\}$', text, re.MULTILINE)
    path.write_text(text.replace("draft: true\n", "").replace("author: , ", "") + "抄来的一段。\n", "utf-8")
    assert run("check", "-s", folder, "-F").status == 0
    assert (
        run(
            "import", write_file_in(folder / "x.txt", "题\n\n原文链接：https://a.example/1\n\n一段。\n"), "-s", folder
        ).status
        == 1
    )
    for wrong in (("page", "https://a.example/"), ("article", "a.example")):
        assert run("new", wrong[0], "题目", "--from", wrong[1], "-s", folder, "--format", "json").codes == {"origin"}


# -- addresses, pages and feeds ----------------------------------------------------------------------------------------


class Answers(BaseHTTPRequestHandler):
    """A site with a page, a feed, and addresses that lead on."""

    def do_GET(self) -> None:
        moved = {"/old": "/页.html?a=1", "/evil": "file:///etc/passwd"}
        if self.path in moved:
            self.send_response(302)
            self.send_header("Location", moved[self.path].replace("页", "%E9%A1%B5"))
            self.end_headers()
            return
        known = {
            "/%E9%A1%B5.html?a=1": ("text/html; charset=gbk", PAGE.encode("gbk")),
            "/feed.xml": ("application/rss+xml", RSS.encode()),
            "/t.txt": ("text/plain; charset=gbk", "题目\n\n这是正文，有句子。\n".encode("gbk")),
        }
        kind, data = known.get(self.path, ("", b""))
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_page_is_fetched_and_the_address_that_answered_recorded(folder: Path, run: Run, host: str) -> None:
    pytest.importorskip("trafilatura", reason="comes with the extra wenzhai[import]")
    assert run("import", f"{host}/old", "-s", folder).status == 0
    text = only_source(folder).read_text("utf-8")
    assert f'imported: {{from: "{host}/%E9%A1%B5.html?a=1"' in text
    assert f'{{source: 某站, url: "{host}/%E9%A1%B5.html?a=1", date: 2026-03-26T09:30:00+08:00}}' in text
    assert run("check", "-s", folder, "-F", "--strict").status == 0
    assert run("import", f"{host}/页.html?a=1&utm_source=x#y", "-s", folder).status == 1


def test_a_text_is_fetched_too(folder: Path, run: Run, host: str) -> None:
    assert run("import", f"{host}/t.txt", "-s", folder).status == 0
    assert "这是正文" in only_source(folder).read_text("utf-8")


@pytest.mark.parametrize("path", ["/gone", "/evil"])
def test_an_address_that_does_not_answer_is_said(folder: Path, run: Run, host: str, path: str) -> None:
    assert run("import", f"{host}{path}", "-s", folder, "--format", "json").codes == {"import-unreadable"}


def test_of_a_feed_only_what_is_new_is_written(folder: Path, run: Run, host: str) -> None:
    pytest.importorskip("trafilatura", reason="comes with the extra wenzhai[import]")
    outcome = run("import", f"{host}/feed.xml", "-s", folder, "--format", "json")
    assert outcome.status == 0
    assert outcome.codes == {"import-empty"}
    assert [record["written"] for record in outcome.records if record["type"] == "import"] == [True, True]
    build(folder, future=True)
    next((folder / "content/articles").glob("di-er-*.md")).unlink()
    outcome = run("import", f"{host}/feed.xml", "-s", folder, "--format", "json")
    assert outcome.status == 0
    assert outcome.codes == {"import-empty", "import-known"}
    assert [record["written"] for record in outcome.records if record["type"] == "import"] == [False, True]


def test_without_the_extra_a_page_says_what_to_install(
    folder: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # None in the table of modules is what Python itself takes for one that cannot be imported.
    for package in ("trafilatura", "markdownify", "feedparser"):
        monkeypatch.setitem(sys.modules, package, None)
    for name, text in (("a.html", PAGE), ("feed.xml", RSS)):
        outcome = run("import", write_file_in(tmp_path / name, text), "-s", folder)
        assert outcome.status == 1
        assert "pip install 'wenzhai[import]'" in outcome.err
    assert run("import", REPOST, "-s", folder).status == 0


def test_the_digest_is_that_of_the_text_as_it_was_taken(folder: Path, run: Run) -> None:
    run("import", REPOST, "-s", folder)
    text = only_source(folder).read_text("utf-8")
    assert digest_body(text.split("\n---\n", 1)[1]) in text
