"""sitemap.xml, robots.txt, _headers and _redirects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree as ET

import pytest

from builder.publish.sitemap import (
    render_headers,
    render_redirects,
    render_robots,
    render_sitemap,
    render_sitemap_index,
    sitemap_files,
)
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
    urls = ET.fromstring(render_sitemap([*page("a/", moment), *page("b/")])).findall("s:url", NAMES)
    assert [url.findtext("s:loc", "", NAMES).removeprefix(BASE) for url in urls] == ["a/", "zh-tw/a/", "b/", "zh-tw/b/"]
    assert [url.findtext("s:lastmod", "", NAMES) for url in urls] == ["2026-03-26", "2026-03-26", "", ""]
    links = {link.get("hreflang"): link.get("href") for link in urls[1].findall("x:link", NAMES)}
    assert links == {"zh-CN": BASE + "a/", "zh-TW": BASE + "zh-tw/a/", "x-default": BASE + "a/"}
    assert all(link.get("rel") == "alternate" for url in urls for link in url.findall("x:link", NAMES))


def test_an_empty_site_has_an_empty_sitemap() -> None:
    assert locations(render_sitemap([])) == []


def test_addresses_are_escaped() -> None:
    url = BASE + "?a=1&b=<2>\"'"
    data = render_sitemap([SitemapEntry(url, (("zh-CN", url),), "", None)])
    assert locations(data) == [url]
    assert b"x-default" not in data


@pytest.mark.parametrize(("count", "parts"), [(0, 0), (10_000, 0), (10_001, 2), (35_000, 4)])
def test_a_large_site_has_an_index(count: int, parts: int) -> None:
    files = sitemap_files(count)
    assert list(files) == ["sitemap.xml", *(f"sitemap-{number + 1}.xml" for number in range(parts))]
    assert [number for numbers in files.values() for number in numbers] == list(range(count))
    # A file may have 50 MB: room for addresses of 900 bytes, each of which stands there five times.
    url = BASE + "%E6" * 290
    entry = SitemapEntry(url, (("zh-CN", url), ("zh-TW", url), ("zh-HK", url)), url, datetime(2026, 3, 26, tzinfo=UTC))
    assert len(render_sitemap([entry])) * max(map(len, files.values())) < 50_000_000


def test_the_index_names_the_newest_date_of_each_part() -> None:
    index = render_sitemap_index([(BASE + "sitemap-1.xml", datetime(2026, 3, 26, tzinfo=UTC)), (BASE + "b.xml", None)])
    assert locations(index) == [BASE + "sitemap-1.xml", BASE + "b.xml"]
    assert index.count(b"<lastmod>2026-03-26</lastmod>") == index.count(b"<lastmod>") == 1


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
