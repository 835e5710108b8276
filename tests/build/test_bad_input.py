"""Bad input, one case each: a located error of a known code, exit status 1, and the earlier output as it was."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from sites import SETTINGS, THREE_VARIANTS, read_tree, source, write_file, write_site

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conftest import Run

GOOD = f"""\
-- content/articles/good.md --
{source(slug="good", category="news", tags=["AI"])}
-- content/pages/about.md --
{source(title="关于", date=None)}
-- static/pic.txt --
a file
"""


@pytest.fixture
def good(tmp_path: Path, good_once: Path) -> Path:
    """A good site with its output in public/."""
    return shutil.copytree(good_once, tmp_path / "site")


@pytest.fixture(scope="module")
def good_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from builder.build import build_site
    from builder.stages.options import PlanOptions

    folder = write_site(tmp_path_factory.mktemp("good") / "site", GOOD)
    build_site(PlanOptions(folder, folder / "public"))
    return folder


def assert_refused(run: Run, folder: Path, *expected: tuple[str, str], arguments: tuple[str, ...] = ()) -> None:
    """Assert that a build finds just this (codes and places, as exact as given), fails and leaves the output as it was."""
    before = read_tree(folder / "public")
    assert before
    outcome = run("build", "-s", folder, "-j1", "--format", "json", *arguments)
    errors = [record for record in outcome.records if record.get("severity") == "error"]
    found = [finding for finding, record in zip(outcome.findings, outcome.records, strict=True) if record in errors]
    assert cut(found, expected) == sorted(expected, key=lambda finding: finding[1])
    assert outcome.status == 1
    assert read_tree(folder / "public") == before
    assert all(record["message"] for record in errors)


def cut(found: list[tuple[str, str]], expected: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The findings with places that are as exact as those expected: a path, its line, its column."""
    exact = {(code, place.split(":")[0]): place.count(":") for code, place in expected}
    parts = [(code, place.split(":")) for code, place in found]
    return [(code, ":".join(place[: exact.get((code, place[0]), 2) + 1])) for code, place in parts]


BAD = "content/articles/bad.md"

SOURCES: dict[str, tuple[str | bytes, str, str]] = {
    "no attribution": (source(original=None), "attribution-missing", ":1"),
    "a hop without a source": (source(attribution={"author": "甲"}), "attribution-source", ":5:14"),
    "a bad date": (source(date="三月某日"), "date", ":3:7"),
    "a day that is not": (source(date="2024-02-30"), "date", ":3:7"),
    "no date": (source(date=None), "date-missing", ":1"),
    "a bad URL": (source(attribution={"source": "某周刊", "url": "htps://a.example/"}), "attribution-url", ":5:39"),
    "a bad alias": (source(aliases=["https://a.example/"]), "alias", ":5:11"),
    "an id with a space": (source(id="a b"), "id", ":5:5"),
    "a switch that is none": (source(draft="maybe"), "wrong-value", ":5:8"),
    "a kind that is none": (source(kind="essay"), "wrong-value", ":5:7"),
    "a licence that is none": (source(rights={"license": "free for all"}), "license", ":5:21"),
    "a withdrawal without a reason": (source(withdrawn={"date": "2024-04-01"}), "withdrawn", ":5:12"),
    "bad YAML": ("---\ntitle: 'a\ndate: 2024-03-26\n---\n正文。\n", "yaml", ":2"),
    "a list for front matter": ("---\n- a\n- b\n---\n正文。\n", "yaml", ":2:1"),
    "a key twice": ("---\ntitle: a\ntitle: b\ndate: 2024-03-26\noriginal: true\n---\n", "duplicate-key", ":3:1"),
    "bad TOML": ('+++\ntitle = "a"\ndate = 三月\n+++\n正文。\n', "toml", ":3"),
    "front matter that does not end": ("---\ntitle: a\n\n正文。\n", "front-matter-open", ":1:1"),
    "a NUL": (source("一\n二\0三"), "nul", ":7:2"),
    "Latin-1 bytes": (source("caf").encode() + b"\xe9\n", "encoding", ":7:1"),
    "GBK bytes": (source("").encode() + "正文".encode("gbk"), "encoding", ":7:1"),
    "a broken link": (source("见[别处](nowhere.md)。"), "link-broken", ":6:7"),
    "a broken anchor": (source("见[别处](good.md#nowhere)。"), "link-broken", ":6:7"),
    "a link out of the site": (source("见[别处](../../../../etc/passwd)。"), "link-broken", ":6:7"),
    "a link to what is not published": (source("见[草稿](draft.md)。"), "link-broken", ":6:7"),
    "a missing picture": (source("一\n\n![图](no.png)"), "file-missing", ":8:6"),
    "a picture out of the site": (source("![图](../../../x.png)"), "file-missing", ":6:6"),
    "a picture that is no content": (source("![图](../../wenzhai.toml)"), "file-missing", ":6:6"),
    "a picture that is hidden": (source("![图](../.hidden.png)"), "file-missing", ":6:6"),
    "a picture behind a link out of the site": (source("![图](linked.png)"), "file-missing", ":6:6"),
    "a missing cover": (source(cover={"src": "no.png"}), "file-missing", ":5:8"),
    "a reserved category": (source(category="tags"), "path-reserved", ":5:11"),
    "a reserved slug": (source(slug="page", category="news"), "path-reserved", ":6:11"),
    "an address twice": (source(slug="good", category="news"), "path-collision", ""),
    "an address of a list": (source(slug="b", category="a"), "path-collision", ":5:7"),
    "an alias of a page": (source(aliases=["/news/good/"]), "path-collision", ":5:10"),
    "an alias of a feed": (source(aliases=["/feed.xml"]), "path-collision", ":5:10"),
    "an alias of a service file": (source(aliases=["/sitemap.xml"]), "path-collision", ":5:10"),
    "an alias below a file": (source(aliases=["/feed.xml/old"]), "path-collision", ":5:10"),
    "an alias in an asset": (source(aliases=["/404.html/x"]), "path-collision", ":5:10"),
    "tags at one address": (source(tags=["CI/CD", "CI CD"]), "path-collision", ":5:7"),
}


@pytest.mark.parametrize("case", SOURCES)
def test_a_bad_source(run: Run, good: Path, case: str) -> None:
    text, code, place = SOURCES[case]
    write_file(good / BAD, text)
    write_file(good / "content/articles/nested.md", source(category="a/b"))
    write_file(good / "content/articles/draft.md", source(draft=True))
    write_file(good / "content/.hidden.png", b"\x89PNG")
    write_file(good.parent / "x.png", b"\x89PNG")
    (good / "content/articles/linked.png").symlink_to(good.parent / "x.png")
    assert_refused(run, good, (code, (BAD if place else "content/articles/good.md") + (place or ":5:7")))


def test_an_id_twice(run: Run, good: Path) -> None:
    write_file(good / "content/articles/b.md", source(id="one", slug="b"))
    write_file(good / "content/articles/c.md", source(id="one", slug="c"))
    assert_refused(run, good, ("duplicate-id", "content/articles/c.md:5:5"))


def test_an_address_twice_is_said_once_for_all_variants(run: Run, good: Path) -> None:
    write_file(good / "wenzhai.toml", THREE_VARIANTS)
    assert run("build", "-s", good, "-j1").status == 0
    write_file(good / BAD, source(slug="good", category="news"))
    write_file(good / "content/articles/page.md", source(slug="about"))
    write_file(good / "content/about.md", source())
    assert_refused(
        run,
        good,
        ("path-collision", "content/articles/good.md:5:7"),
        ("path-collision", "content/pages/about.md"),
    )


def test_an_article_in_the_place_of_a_variant(run: Run, good: Path) -> None:
    write_file(good / "wenzhai.toml", THREE_VARIANTS)
    assert run("build", "-s", good, "-j1").status == 0
    write_file(good / BAD, source(category="zh-tw"))
    assert_refused(run, good, ("path-reserved", BAD + ":5:11"))


SETTING_LINES: dict[str, tuple[str | bytes, str, str]] = {
    "bad TOML": ("[site\n", "toml", ":1"),
    "Latin-1 bytes": (b'[site]\ntitle = "caf\xe9"\n', "encoding", ":2"),
    "no tag for the feeds": (SETTINGS.replace('tag = "tag:example.org,2026"\n', ""), "site-tag", ":1"),
    "a tag that is none": (SETTINGS.replace("tag:example.org,2026", "example"), "site-tag", ":4"),
    "a bad address": (SETTINGS.replace("https://", "htps://"), "base-url", ":3"),
    "a bad time zone": (SETTINGS.replace("Asia/Shanghai", "Asia/Nowhere"), "timezone", ":5"),
    "two default variants": (SETTINGS + "[variants.zh-TW]\n", "variant-path", ":10"),
    "a missing theme": (SETTINGS + '[theme]\nname = "nowhere"\n', "theme-missing", ":11"),
    "an option the theme lacks": (SETTINGS + '[theme.options]\ncolour = "red"\n', "theme-option", ":11"),
}


@pytest.mark.parametrize("case", SETTING_LINES)
def test_bad_settings(run: Run, good: Path, case: str) -> None:
    text, code, place = SETTING_LINES[case]
    write_file(good / "wenzhai.toml", text)
    assert_refused(run, good, (code, "wenzhai.toml" + place))


TEMPLATES = {
    "bad syntax": ("{% extends 'base.html' %}\n{% block main %}{{ page. }}{% endblock %}", "template", ":2"),
    "an unknown field": ("<html>\n{{ page.nothing }}", "template", ":2"),
    "a fault as it runs": ("<html>\n\n{{ 1 / 0 }}", "template", ":3"),
    "an unknown partial": ("{% include 'partials/nowhere.html' %}", "template", ":1"),
    "no rights parts": ("<html><head></head><body>{{ body(page.body) }}</body></html>", "theme-contract", ""),
}


@pytest.mark.parametrize("case", TEMPLATES)
def test_a_bad_template(run: Run, good: Path, case: str) -> None:
    text, code, line = TEMPLATES[case]
    write_file(good / "themes/default/templates/article.html", text)
    assert_refused(run, good, (code, "themes/default/templates/article.html" + line))


OTHER_FILES: dict[str, tuple[str, str | bytes, str]] = {
    "a static page": ("static/news/good/index.html", "", "static-collision"),
    "a static file where a folder goes": ("static/news", "", "static-collision"),
    "a static file below a page": ("static/404.html/x", "", "static-collision"),
    "a static file that differs in case": ("static/News/good/index.html", "", "static-collision"),
    "the manifest": ("static/.wenzhai-manifest", "", "static-collision"),
    "a backslash in a name": ("static/a\\b.txt", "", "static-name"),
    "a bad glossary": ("content/glossary.toml", '"软件 = 1', "toml"),
    "a glossary in Latin-1": ("content/glossary.toml", b"\xe9", "encoding"),
}


@pytest.mark.parametrize("case", OTHER_FILES)
def test_another_bad_file(run: Run, good: Path, case: str) -> None:
    path, content, code = OTHER_FILES[case]
    write_file(good / path, content)
    before = read_tree(good / "public")
    outcome = run("build", "-s", good, "--format", "json")
    assert outcome.status == 1
    assert [(found, place.partition(":")[0]) for found, place in outcome.findings] == [(code, path)]
    assert read_tree(good / "public") == before


def test_a_static_file_that_is_not_there(run: Run, good: Path) -> None:
    (good / "static/gone.txt").symlink_to(good / "static/nowhere.txt")
    assert_refused(run, good, ("unreadable", "static/gone.txt"))


def test_links_out_of_the_site(run: Run, good: Path) -> None:
    write_file(good.parent / "secret.md", source("秘密"))
    (good / "content/articles/secret.md").symlink_to(good.parent / "secret.md")
    (good / "static/secret.txt").symlink_to(good.parent / "secret.md")
    assert_refused(run, good, ("outside-site", "content/articles/secret.md"), ("outside-site", "static/secret.txt"))


def test_outputs_that_cannot_be(run: Run, good: Path) -> None:
    before = read_tree(good)
    write_file(good.parent / "foreign/notes.txt", "mine")
    write_file(good.parent / "file", "mine")
    for output, code in {
        good: "output-protected",
        good.parent: "output-protected",
        good / "content": "output-protected",
        good / "static/public": "output-protected",
        good.parent / "foreign": "output-not-ours",
        good.parent / "file": "output-unwritable",
        good.parent / "no/such/folder": "output-unwritable",
        good.parent / "file/public": "output-unwritable",
    }.items():
        outcome = run("build", "-s", good, "-o", output, "-j1", "--format", "json")
        assert (outcome.status, outcome.codes) == (1, {code}), output
    after = read_tree(good)
    assert {path for path in before | after if before.get(path) != after.get(path)} <= {".wenzhai/memo.sqlite"}
    assert read_tree(good.parent / "foreign") == {"notes.txt": b"mine"}
    assert run("build", "-s", good, "-o", good.parent / "foreign", "--force").status == 0
    assert (good.parent / "foreign/notes.txt").read_text() == "mine"


def test_a_read_only_output(run: Run, good: Path) -> None:
    write_file(good / BAD, source())
    folders = [good, good / "public", *(path for path in (good / "public").rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        if os.access(good / "public", os.W_OK):
            pytest.skip("this user may write to folders that are read-only")
        assert_refused(run, good, ("output-unwritable", f"{good}/public"))
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_folders_without_content(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_file(tmp_path / "bare/wenzhai.toml", SETTINGS)
    (tmp_path / "bare/content").mkdir()
    for folder, code, place in (
        (tmp_path / "empty", "no-content", "."),
        (tmp_path / "bare", "no-content", "content"),
        (tmp_path / "nowhere", "no-site", ""),
    ):
        outcome = run("build", "-s", folder, "--format", "json")
        assert (outcome.status, outcome.findings) == (1, [(code, place)])
        assert not (folder / "public").exists()


def test_an_unknown_key_is_a_warning_that_strict_refuses(run: Run, good: Path) -> None:
    write_file(good / BAD, source(titel="标题"))
    before = read_tree(good / "public")
    strict = run("build", "-s", good, "-j1", "--strict", "--format", "json")
    assert (strict.status, strict.findings) == (1, [("unknown-key", BAD + ":5:1")])
    assert "'title'" in strict.records[0]["hint"]
    assert read_tree(good / "public") == before
    assert run("check", "-s", good, "--strict").status == 1
    assert run("check", "-s", good).status == 0
    loose = run("build", "-s", good, "-j1", "--format", "json")
    assert (loose.status, loose.codes) == (0, {"unknown-key"})
    assert read_tree(good / "public") != before


def test_all_findings_of_a_run_are_reported_by_place(run: Run, good: Path) -> None:
    write_file(good / "content/articles/a.md", source("[x](no.md)\n\n![y](no.png)", date="nie", original=None))
    write_file(good / "content/articles/b.md", "---\na: [\n---\n")
    write_file(good / "content/articles/c.md", source("[x](b.md)", titel="c", slug="good", category="news"))
    expected = [
        ("attribution-missing", "content/articles/a.md:1"),
        ("date", "content/articles/a.md:3:7"),
        ("link-broken", "content/articles/a.md:5:5"),
        ("file-missing", "content/articles/a.md:7:6"),
        ("yaml", "content/articles/b.md:2"),
        ("unknown-key", "content/articles/c.md:5:1"),
        ("link-broken", "content/articles/c.md:9:5"),
        ("path-collision", "content/articles/good.md:5:7"),
    ]
    before = read_tree(good / "public")
    build = run("build", "-s", good, "-j1", "--format", "json")
    assert (build.status, cut(build.findings, expected)) == (1, expected)
    assert read_tree(good / "public") == before
    assert run("check", "-s", good, "--format", "json").findings == build.findings


def test_every_template_that_fails_is_reported(run: Run, good: Path) -> None:
    for name in ("home", "page"):
        write_file(good / f"themes/default/templates/{name}.html", "<html>{{ page.nothing }}")
    places = ("themes/default/templates/home.html:1", "themes/default/templates/page.html:1")
    assert_refused(run, good, *(("template", place) for place in places))
    assert run("check", "-s", good, "--format", "json").findings == [("template", place) for place in places]


def test_a_draft_may_be_half_written(run: Run, good: Path) -> None:
    write_file(good / BAD, source("[x](no.md)", date=None, original=None, draft=True))
    outcome = run("build", "-s", good, "-j1", "--format", "json")
    assert outcome.status == 0
    assert outcome.codes == {"attribution-missing", "date-missing"}
    assert run("build", "-s", good, "-j1", "-D").status == 1


@pytest.mark.parametrize("category", ["404.html", "feed.xml"])
def test_a_category_that_needs_a_folder_where_a_file_of_ours_is(run: Run, good: Path, category: str) -> None:
    write_file(good / BAD, source(category=category))
    assert_refused(run, good, ("path-collision", BAD + ":5:11"))


@pytest.mark.parametrize("key", ["attribution", "comment"])
def test_attribution_that_no_page_would_print(run: Run, good: Path, key: str) -> None:
    write_file(
        good / "content/pages/p.md",
        source(original=None, date=None, **{key: {"source": "甲"} if key == "attribution" else "话"}),
    )
    assert_refused(run, good, ("kind-key", "content/pages/p.md:3"))
