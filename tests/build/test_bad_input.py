"""Bad input, one case each: a located error of a known code, exit status 1, and the earlier output as it was."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from sites import SETTINGS, THREE_VARIANTS, read_tree, source, write_file, write_site

if TYPE_CHECKING:
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
    from builder.build import PlanOptions, build_site

    folder = write_site(tmp_path_factory.mktemp("good") / "site", GOOD)
    build_site(PlanOptions(folder, folder / "public"))
    return folder


def assert_refused(run: Run, folder: Path, *expected: tuple[str, str], arguments: tuple[str, ...] = ()) -> None:
    """Assert that a build finds just this (codes and places), fails and leaves the output as it was."""
    before = read_tree(folder / "public")
    assert before
    outcome = run("build", "-s", folder, "-j1", "--format", "json", *arguments)
    errors = [record for record in outcome.records if record.get("severity") == "error"]
    found = [finding for finding, record in zip(outcome.findings, outcome.records, strict=True) if record in errors]
    assert found == sorted(expected, key=lambda finding: finding[1])
    assert outcome.status == 1
    assert read_tree(folder / "public") == before
    assert all(record["message"] for record in errors)


BAD = "content/articles/bad.md"

SOURCES = {
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
    "bad YAML": ("---\ntitle: 'a\ndate: 2024-03-26\n---\n正文。\n", "yaml", ":4:1"),
    "a list for front matter": ("---\n- a\n- b\n---\n正文。\n", "yaml", ":2:1"),
    "a key twice": ("---\ntitle: a\ntitle: b\ndate: 2024-03-26\noriginal: true\n---\n", "duplicate-key", ":3:1"),
    "bad TOML": ('+++\ntitle = "a"\ndate = 三月\n+++\n正文。\n', "toml", ":3:8"),
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


