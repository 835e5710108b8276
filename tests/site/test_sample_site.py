"""The sample site as it is built: every link leads somewhere, every page knows its variants, and names are never converted."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from html_page import HtmlPage
from sites import Built

VARIANTS = {"zh-CN": "", "zh-TW": "zh-tw/", "zh-HK": "zh-hk/"}


@pytest.fixture(scope="module", params=["sample", "sample_below"])
def built(request: pytest.FixtureRequest) -> Built:
    """The sample site at the root of its host, and below a path."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Built)
    return found


@pytest.fixture(scope="module")
def pages(built: Built) -> dict[str, HtmlPage]:
    return {path: HtmlPage.of(data) for path, data in built.read().items() if path.endswith(".html")}


def test_every_link_leads_to_a_file_and_to_a_part_of_it(built: Built, pages: dict[str, HtmlPage]) -> None:
    tree = built.read()
    base = built.plan.config.base_url
    broken = []
    for path, page in pages.items():
        here = urljoin(base, path.removesuffix("index.html"))
        for tag, attributes in page.elements:
            for name in ("href", "src", "poster"):
                url = attributes.get(name, "")
                if not url or not urljoin(here, url).startswith(base):
                    assert not url or re.match(r"https?://|mailto:", url), (path, url)
                    continue
                assert url == url.strip(), (path, url)
                assert url.isascii() or url[0] == "#", (path, url)
                parts = urlsplit(urljoin(here, url))
                inside = parts._replace(fragment="").geturl().removeprefix(base)
                file = unquote(inside) + ("index.html" if not inside or inside.endswith("/") else "")
                part = unquote(parts.fragment)
                if file not in tree or (part and part not in pages[file].ids):
                    broken.append((path, tag, url))
    assert not broken
    assert len(pages) > 400


def test_no_page_has_an_id_twice(pages: dict[str, HtmlPage]) -> None:
    for path, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), path


def test_addresses_are_encoded_once(built: Built) -> None:
    text = b"\n".join(data for path, data in built.read().items() if path.endswith((".html", ".xml")) or path[0] == "_")
    assert b"%E6%B5%8F" in text or b"%E4%" in text
    assert not re.search(rb"%25[0-9A-F]{2}", text)


def test_every_page_names_itself_in_all_variants(built: Built, pages: dict[str, HtmlPage]) -> None:
    base = built.plan.config.base_url
    for path, page in pages.items():
        variant = next(tag for tag, folder in reversed(VARIANTS.items()) if path.startswith(folder))
        assert page.lang == variant, path
        redirect = page.all("meta", http_equiv="refresh")
        if path.endswith("404.html") or redirect:
            assert not page.hreflang
            assert not page.is_indexable
            continue
        assert unquote(page.canonical) == base + path.removesuffix("index.html")
        assert page.hreflang == pages[path.removeprefix(VARIANTS[variant])].hreflang
        assert list(page.hreflang) == ["zh-CN", "x-default", "zh-TW", "zh-HK"]
        assert page.hreflang[variant] == page.canonical
        assert page.hreflang["x-default"] == page.hreflang["zh-CN"]
        for url in page.hreflang.values():
            assert unquote(url).removeprefix(base) + "index.html" in pages
        own = [urlsplit(link["href"]).path for link in page.links("alternate") if "type" in link]
        names = ("feed.xml", "atom.xml", "feed.json")
        assert own[-3:] == [urlsplit(base).path + VARIANTS[variant] + name for name in names]
        # The switch stays on the same page.
        switch = [found["href"] for found in page.all("a") if "hreflang" in found]
        assert [urljoin(base, url) for url in switch] == [page.hreflang[tag] for tag in VARIANTS]


def test_the_sitemap_lists_what_may_be_found_and_nothing_else(built: Built, pages: dict[str, HtmlPage]) -> None:
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    entries = ET.fromstring(built.read()["sitemap.xml"]).findall("s:url", names)
    listed = {entry.findtext("s:loc", "", names): entry for entry in entries}
    indexable = {page.canonical: page for page in pages.values() if page.is_indexable}
    assert listed.keys() == indexable.keys()
    assert len(entries) == len(listed)
    for url, entry in listed.items():
        alternates = {link.attrib["hreflang"]: link.attrib["href"] for link in entry.findall("x:link", names)}
        assert alternates == indexable[url].hreflang


def test_names_addresses_and_code_are_the_same_in_all_variants(built: Built, pages: dict[str, HtmlPage]) -> None:
    for entry in built.plan.collections.articles:
        read = [pages[f"{folder}{entry.path}index.html"] for folder in VARIANTS.values()]
        for other in read[1:]:
            for tag in ("code", "pre", "kbd", "cite"):
                assert untranslated(other, tag) == untranslated(read[0], tag), entry.path
            assert verbatim(other) == verbatim(read[0]), entry.path
            assert foreign(other) == foreign(read[0]), entry.path
        names = {text for hop in entry.article.attribution for text in (hop.source, hop.author, hop.title) if text}
        for page in read:
            assert all(" ".join(name.split()) in page.text for name in names), entry.path
            assert page.all("a", data_wz="original") or not any(hop.url for hop in entry.article.attribution)


def untranslated(page: HtmlPage, tag: str) -> list[str]:
    return [text for name, _, text in page.texts if name == tag]


def verbatim(page: HtmlPage) -> list[str]:
    return [text for _, attributes, text in page.texts if attributes.get("translate") == "no"]


def foreign(page: HtmlPage) -> list[str]:
    return [url for url in page.hrefs() if url.startswith(("http", "mailto:"))]


def test_articles_say_their_notices_above_and_below_the_text(sample: Built) -> None:
    tree = sample.read()
    for entry in sample.plan.collections.articles:
        for folder in VARIANTS.values():
            html = tree[f"{folder}{entry.path}index.html"].decode()
            order = [
                html.find(f'data-wz="{mark}"') for mark in ("byline", "chain", "notice", "body", "original", "licence")
            ]
            found = [position for position in order if position >= 0]
            assert found == sorted(found), entry.path
            notices = entry.article.rights.notices
            assert len(HtmlPage.of(html.encode()).texts_of("notice")) == 2 * len(notices)
            assert "\0" not in html


def test_json_ld_says_what_the_page_says(built: Built, pages: dict[str, HtmlPage]) -> None:
    for entry in built.plan.collections.articles:
        page = pages[f"zh-tw/{entry.path}index.html"]
        (data,) = page.json_ld
        assert data["headline"] == page.title
        assert data["inLanguage"] == "zh-TW"
        assert data["url"] == page.canonical
        assert [hop["publisher"]["name"] for hop in data.get("isBasedOn", ())] == [
            hop.source for hop in entry.article.attribution
        ]
        granted = [link["href"] for link in page.all("a", rel="license")]
        assert data.get("license", "") == (granted[0] if granted else "")
        assert data["copyrightNotice"] == "\n".join(dict.fromkeys(page.texts_of("notice")))


def test_what_a_mode_withholds_is_in_no_file(sample: Built) -> None:
    from sites import SAMPLE

    everything = b"\n".join(sample.read().values()).decode("utf-8", "replace")
    withheld = [entry.article for entry in sample.plan.collections.articles if entry.article.rights.mode != "full"]
    assert {article.rights.mode for article in withheld} == {"excerpt", "link"}
    for article in withheld:
        text = (SAMPLE / article.path).read_text("utf-8")
        last = text.rstrip().rsplit("\n\n", 1)[1]
        sentence = max(re.split(r"[。！？\n\[\]()*`]", last), key=len)
        assert len(sentence) > 8
        assert sentence not in everything, article.path
