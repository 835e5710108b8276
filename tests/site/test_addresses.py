"""Where things go: names → segments, sources → paths, paths → addresses."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import SETTINGS, THREE_VARIANTS, build, source, write_file

from builder.config import Variant
from builder.site.permalinks import Addresses, alias_path, clashes, encode, segment

if TYPE_CHECKING:
    from conftest import MakeSite, Run


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("中文", "中文"),
        ("Hello World", "hello-world"),
        ("C", "c"),
        ("C#", "c-sharp"),
        ("C++", "c++"),
        ("CI/CD", "ci-cd"),
        (".NET", "dotnet"),
        ("...", "dot-dot-dot"),
        ("100%", "100-percent"),
        ("什么？", "什么？"),
        ("what?", "what"),
        ("a\\b", "a-b"),
        ("é", "é"),
        ("e\u0301", "é"),
        ("Ünïcode", "ünïcode"),
        ("a\tb\u2028c", "a-b-c"),
        ('<a href="x">', "a-href=-x"),
        ("?", "u003f"),
        ("", "untitled"),
    ],
)
def test_a_name_as_a_segment(name: str, expected: str) -> None:
    assert segment(name) == expected


@given(st.text())
def test_a_segment_is_a_name_on_every_system(name: str) -> None:
    made = segment(name)
    assert made
    assert len(made.encode("utf-8", "replace")) <= 255
    assert not set('/\\?#%<>:"|* \0\n') & set(made)
    assert not made.startswith(".")
    assert segment(made) == made
    assert unicodedata.is_normalized("NFC", made)


def test_long_names_stay_apart() -> None:
    assert segment("长" * 300 + "甲") != segment("长" * 300 + "乙")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_path_is_encoded_once(path: str) -> None:
    assert encode(path).isascii()
    assert unquote(encode(path)) == path


@pytest.mark.parametrize(
    ("alias", "path"),
    [
        ("/old/1.html", "old/1.html"),
        ("/old", "old/"),
        ("/old/", "old/"),
        ("/v1.2/", "v1.2/"),
        ("/%E6%97%A7/a%20b", "旧/a b/"),
        ("//a//b", "a/b/"),
        ("/./a/../b", "a/b/"),
        ("/%2e%2e/%2e%2e/etc/passwd", "etc/passwd/"),
        ("/a%00b%5Cc", "a-b-c/"),
        ("/", ""),
    ],
)
def test_an_alias_stays_in_the_site(alias: str, path: str) -> None:
    assert alias_path(alias) == path


def test_files_that_cannot_stand_side_by_side() -> None:
    assert clashes(["a/index.html", "b/index.html", "ab"]) == []
    assert clashes(["a/index.html", "A/index.html"]) == [("A/index.html", "a/index.html")]
    assert clashes(["feed.xml", "feed.xml/index.html"]) == [("feed.xml", "feed.xml/index.html")]


def test_absolute_addresses_are_below_the_base() -> None:
    below = Addresses.of("https://example.org/digest/")
    assert (below.base_path, below.url("tags/中/")) == ("/digest/", "/digest/tags/%E4%B8%AD/")
    assert below.absolute("/digest/a/") == "https://example.org/digest/a/"
    nowhere = Addresses.of("")
    assert (nowhere.url("a/"), nowhere.absolute("/a/")) == ("/a/", "")


def test_the_root_of_a_variant_says_what_the_site_does() -> None:
    for base in ("https://example.org/digest/", "https://example.org/", ""):
        addresses = Addresses.of(base)
        for variant in (Variant("zh-CN", "简体", "", quotes=False), Variant("zh-TW", "繁體", "zh-tw", quotes=True)):
            root = addresses.below(variant)
            for path in ("", "tags/中/", "a b?.html"):
                url = addresses.url(path, variant)
                assert (root.url(path), root.absolute(path)) == (url, addresses.absolute(url))


def test_where_sources_go(site: MakeSite) -> None:
    folder = site(f"""\
-- content/articles/2024/plain.md --
{source()}
-- content/articles/new.md --
{source(slug="Sora 停服?", category="新闻/AI 进展")}
-- content/root.md --
{source()}
-- content/pages/about.md --
{source(date=None)}
-- content/pages/help/faq.md --
{source(date=None)}
-- content/issues/one.md --
{source()}
-- content/issues/two.md --
{source(issue=12)}
""")
    expected = {"articles/2024/plain", "新闻/ai-进展/sora-停服", "root", "about", "help/faq", "issues/one", "issues/12"}
    built = build(folder)
    entries = built.plan.collections.everything()
    assert {entry.path.rstrip("/") for entry in entries} == expected
    assert {f"{path}/index.html" for path in expected} <= built.paths
    assert built.page("index.html").all("a", href="/%E6%96%B0%E9%97%BB/ai-%E8%BF%9B%E5%B1%95/sora-%E5%81%9C%E6%9C%8D/")


def test_aliases_lead_to_the_page(site: MakeSite) -> None:
    aliases = ["/old/38867.html", "/旧文", "/%E6%97%A7%E6%96%87/2"]
    folder = site(f"-- content/articles/a.md --\n{source(aliases=aliases, slug='新')}", THREE_VARIANTS)
    built = build(folder, base_url="https://example.org/digest/")
    target = "/digest/articles/%E6%96%B0/"
    for path in ("old/38867.html", "旧文/index.html", "旧文/2/index.html"):
        page = built.page(path)
        assert page.all("meta", content=f"0; url={target}")
        assert page.canonical == "https://example.org" + target
        assert not page.is_indexable
    lines = (folder / "public/_redirects").read_text().splitlines()
    assert sorted(lines) == [
        f"/digest/%E6%97%A7%E6%96%87/ {target} 301",
        f"/digest/%E6%97%A7%E6%96%87/2/ {target} 301",
        f"/digest/old/38867.html {target} 301",
    ]
    assert not any(path.startswith(("zh-tw/old", "zh-tw/旧文")) for path in built.paths)


def test_robots_headers_and_redirects_of_ones_own(site: MakeSite) -> None:
    folder = site(f"-- content/articles/a.md --\n{source(aliases=['/old/'])}\n")
    write_file(folder / "static/robots.txt", "User-agent: *\nDisallow: /\n")
    write_file(folder / "static/_headers", "/x\n  X-Own: 1\n")
    write_file(folder / "static/_redirects", "/own /other 302\n")
    write_file(folder / "static/deep/图.txt", "图")
    tree = build(folder).read()
    assert tree["robots.txt"] == b"User-agent: *\nDisallow: /\n"
    assert tree["_headers"].endswith(b"/x\n  X-Own: 1\n")
    assert b"Content-Security-Policy" in tree["_headers"]
    assert tree["_redirects"] == b"/old/ /articles/a/ 301\n/own /other 302\n"
    assert tree["deep/图.txt"].decode() == "图"


def test_a_site_without_an_address(site: MakeSite, run: Run) -> None:
    settings = SETTINGS.replace('base_url = "https://example.org/"\n', "").replace('tag = "tag:example.org,2026"\n', "")
    folder = site(f"-- content/articles/a.md --\n{source(category='news')}", settings)
    built = build(folder)
    assert [finding.code for finding in built.report.summary.diagnostics] == ["base-url"]
    tree = built.read()
    assert not any(path.endswith(".xml") for path in tree)
    assert b"Sitemap:" not in tree["robots.txt"]
    page = built.page("news/a/index.html")
    assert not page.canonical
    assert not page.hreflang
    assert not page.links("alternate")
    assert not page.all("meta", property="og:url")
    # With -b it knows one, but has no tag to make guids from.
    outcome = run("build", "-s", folder, "-b", "https://example.org/", "--format", "json")
    assert (outcome.status, outcome.codes) == (1, {"site-tag"})
