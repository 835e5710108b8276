"""Links and pictures of a body → addresses on its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from sites import SETTINGS, THREE_VARIANTS, build, source, write_file

if TYPE_CHECKING:
    from conftest import MakeSite, Run

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="3" height="4"/>'


LINKS = {
    "b.md": "/news/%E4%B9%99/",
    "./b.md": "/news/%E4%B9%99/",
    "../articles/b.md": "/news/%E4%B9%99/",
    "b.md#部分": "/news/%E4%B9%99/#%E9%83%A8%E5%88%86",
    "../pages/about.md": "/about/",
    "/about/": "/about/",
    "/about": "/about/",
    "/": "/",
    "/tags/c-sharp/": "/tags/c-sharp/",
    "/feed.xml": "/feed.xml",
    "/articles/b.md": "/news/%E4%B9%99/",
    "深/c d.md": "/articles/%E6%B7%B1/c-d/",
    "%E6%B7%B1/c%20d.md": "/articles/%E6%B7%B1/c-d/",
    "/data.txt": "/data.txt",
    "https://other.example/a b": "https://other.example/a%20b",
    "mailto:a@example.org": "mailto:a@example.org",
}


@pytest.mark.parametrize("base", ["/", "/digest/"])
def test_where_links_lead(site: MakeSite, base: str) -> None:
    lines = [f"- [{number}](<{written}>)" for number, written in enumerate(LINKS)]
    lines += ["- [文件](paper.pdf)", "- [静态文件](../../static/data.txt)", "- [本篇](#本篇)", "", "## 本篇"]
    body = "\n".join(lines)
    folder = site(
        f"""\
-- content/articles/a.md --
{source(body)}
-- content/articles/b.md --
{source("## 部分", slug="乙", category="news", tags=["C#"])}
-- content/articles/深/c d.md --
{source()}
-- content/pages/about.md --
{source(date=None)}
-- content/articles/paper.pdf --
x
-- static/data.txt --
x
"""
    )
    built = build(folder, base_url=f"https://example.org{base}")
    assert not built.report.summary.diagnostics
    page = built.page("articles/a/index.html")
    found = {text: attributes["href"] for tag, attributes, text in page.texts if tag == "a" and "href" in attributes}
    for number, (written, address) in enumerate(LINKS.items()):
        expected = base + address[1:] if address[0] == "/" else address
        assert found[str(number)] == expected, written
    for text in ("文件", "静态文件"):
        assert found[text].startswith(base + "assets/")
        assert found[text].removeprefix(base) in built.read()
    assert unquote(found["本篇"]) == "#本篇"


def test_links_stay_in_their_variant_and_pictures_do_not(site: MakeSite) -> None:
    folder = site(
        f"""\
-- content/articles/a.md --
{source("[这里](b.md) ![图](pic.svg) ![静](/still.svg)", cover={"src": "pic.svg", "alt": "软件"})}
-- content/articles/b.md --
{source()}
-- content/articles/pic.svg --
{SVG}
-- static/still.svg --
{SVG}
""",
        THREE_VARIANTS,
    )
    built = build(folder, base_url="https://example.org/digest/")
    pictures = set()
    for start in ("", "zh-tw/", "zh-hk/"):
        page = built.page(f"{start}articles/a/index.html")
        assert f"/digest/{start}articles/b/" in page.hrefs()
        pictures |= {(found["src"], found["width"], found["height"]) for found in page.all("img")}
        feed = (folder / f"public/{start}feed.xml").read_text()
        assert f"https://example.org/digest/{start}articles/b/" in feed
        assert 'src="/' not in feed
        assert "src=&quot;/" not in feed
    name = next(path for path in built.read() if path.startswith("assets/pic."))
    assert pictures == {(f"/digest/{name}", "3", "4"), ("/digest/still.svg", "3", "4")}


def test_a_path_from_the_root_that_is_nothing_is_a_warning(site: MakeSite, run: Run) -> None:
    folder = site(f"-- content/articles/a.md --\n{source('见[旧站](/old/1.html?x#y)。')}")
    outcome = run("build", "-s", folder, "-b", "https://example.org/digest/", "--format", "json")
    assert (outcome.status, outcome.findings) == (0, [("link-unknown", "content/articles/a.md:6:7")])
    built = build(folder, base_url="https://example.org/digest/")
    assert "/digest/old/1.html?x#y" in built.page("articles/a/index.html").hrefs()
    assert "https://example.org/digest/old/1.html?x#y" in (folder / "public/feed.xml").read_text()


def test_a_picture_that_changes_gets_another_address(site: MakeSite) -> None:
    folder = site(f"-- content/articles/a.md --\n{source('![图](pic.svg)')}\n-- content/articles/pic.svg --\n{SVG}")
    before = build(folder).read()
    write_file(folder / "content/articles/pic.svg", SVG.replace('"3"', '"5"'))
    built = build(folder)
    gone = before.keys() - built.read().keys()
    assert len(gone) == 1
    assert built.page("articles/a/index.html").all("img", width="5")


def test_the_same_picture_from_two_articles_is_published_once(site: MakeSite) -> None:
    folder = site(
        f"""\
-- content/articles/x/a.md --
{source("![图](../pic.svg)")}
-- content/articles/y/b.md --
{source("![图](../pic.svg)")}
-- content/articles/pic.svg --
{SVG}
-- content/articles/unused.svg --
{SVG}
""",
        SETTINGS,
    )
    paths = build(folder).read()
    assert len([path for path in paths if path.startswith("assets/pic.")]) == 1
    assert not any("unused" in path for path in paths)
