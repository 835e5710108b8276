"""sitemap.xml, robots.txt, _headers and _redirects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree as ET

import pytest

from builder.publish.sitemap import render_headers, render_redirects, render_robots, render_sitemap
from builder.site.views import SitemapEntry

BASE = "https://example.org/digest/"
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def page(path: str, updated: datetime | None = None) -> tuple[SitemapEntry, SitemapEntry]:
    alternates = (("zh-CN", BASE + path), ("zh-TW", f"{BASE}zh-tw/{path}"))
    return (
        SitemapEntry(BASE + path, alternates, BASE + path, updated),
        SitemapEntry(f"{BASE}zh-tw/{path}", alternates, BASE + path, updated),
    )


def locations(data: bytes) -> list[str | None]:
    return [element.text for element in ET.fromstring(data).findall("s:*/s:loc", NAMES)]


def test_every_page_with_its_alternates_and_date() -> None:
    moment = datetime(2026, 3, 26, 1, 0, tzinfo=timezone(timedelta(hours=8)))
    entries = [*page("b/"), *page("a/", moment)]
    files = render_sitemap(entries, BASE)
    assert list(files) == ["sitemap.xml"]
    urls = ET.fromstring(files["sitemap.xml"]).findall("s:url", NAMES)
    assert [url.findtext("s:loc", "", NAMES).removeprefix(BASE) for url in urls] == ["a/", "b/", "zh-tw/a/", "zh-tw/b/"]
    assert [url.findtext("s:lastmod", "", NAMES) for url in urls] == ["2026-03-26", "", "2026-03-26", ""]
    links = {link.get("hreflang"): link.get("href") for link in urls[2].findall("x:link", NAMES)}
    assert links == {"zh-CN": BASE + "a/", "zh-TW": BASE + "zh-tw/a/", "x-default": BASE + "a/"}
    assert all(link.get("rel") == "alternate" for url in urls for link in url.findall("x:link", NAMES))
    assert render_sitemap(reversed(entries), BASE) == files


def test_an_empty_site_has_an_empty_sitemap() -> None:
    assert locations(render_sitemap([], BASE)["sitemap.xml"]) == []


def test_addresses_are_escaped() -> None:
    url = BASE + "?a=1&b=<2>\"'"
    files = render_sitemap([SitemapEntry(url, (("zh-CN", url),), "", None)], BASE)
    assert locations(files["sitemap.xml"]) == [url]
    assert b"x-default" not in files["sitemap.xml"]


@pytest.mark.parametrize(("count", "length", "files"), [(45_000, 1, 1), (45_001, 1, 2), (60, 1_000_000, 2)])
def test_a_large_site_has_an_index(count: int, length: int, files: int) -> None:
    newest = datetime(2026, 3, 26, tzinfo=UTC)
    urls = [f"{BASE}{number:06}/{'x' * length}" for number in range(count)]
    rendered = render_sitemap([SitemapEntry(url, (), "", newest) for url in urls], BASE)
    if files == 1:
        assert list(rendered) == ["sitemap.xml"]
        return
    parts = [f"sitemap-{number + 1}.xml" for number in range(files)]
    assert list(rendered) == ["sitemap.xml", *parts]
    assert locations(rendered["sitemap.xml"]) == [BASE + part for part in parts]
    assert rendered["sitemap.xml"].count(b"<lastmod>2026-03-26</lastmod>") == files
    assert [url for part in parts for url in locations(rendered[part])] == urls
    assert all(len(data) < 50_000_000 for data in rendered.values())


def test_robots() -> None:
    assert render_robots(None) == b"User-agent: *\nDisallow:\n"
    assert render_robots(BASE + "sitemap.xml").decode() == (
        "User-agent: *\nDisallow:\n\nSitemap: https://example.org/digest/sitemap.xml\n"
    )


@pytest.mark.parametrize(
    ("base_path", "prefix"), [("/", "/"), ("/digest/", "/digest/"), ("/digest", "/digest/"), ("", "/")]
)
def test_headers(base_path: str, prefix: str) -> None:
    rules: dict[str, dict[str, str]] = {}
    for line in render_headers(base_path).decode().splitlines():
        if line.startswith("/"):
            rules[line] = {}
        else:
            name, _, value = line.strip().partition(": ")
            rules[list(rules)[-1]][name] = value
    assert all(path.startswith(prefix) and path.count("*") <= 1 for path in rules)
    assert rules[f"{prefix}assets/*"] == {"Cache-Control": "public, max-age=31536000, immutable"}
    assert rules[f"{prefix}*/feed.xml"]["Content-Type"].startswith("application/rss+xml")
    policy = dict(rule.split(" ", 1) for rule in rules[f"{prefix}*"]["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["img-src"] == "* data:"
    # A header that two rules set for one address is sent twice by some hosts.
    assert len({name for rule in rules.values() for name in rule}) == 5


def test_redirects() -> None:
    aliases = [("/digest/old.html", "/digest/progress/new/"), ("/digest/a b", "/digest/c\n/ d")]
    gone = [("/digest/progress/gone/", "/digest/progress/gone/"), ("/digest/o ld/", "/digest/progress/gone/")]
    assert render_redirects([*aliases, aliases[0]], gone).decode().splitlines() == [
        "/digest/a%20b /digest/c%0A/%20d 301",
        "/digest/old.html /digest/progress/new/ 301",
        "/digest/o%20ld/ /digest/progress/gone/ 410!",
        "/digest/progress/gone/ /digest/progress/gone/ 410!",
    ]
    assert render_redirects([], []) == b""
