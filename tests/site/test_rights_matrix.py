"""Every mode, licence, chain, kind and variant at once: one article each, and what page, feed and JSON-LD say of it."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from html_page import HtmlPage
from sites import THREE_VARIANTS, build, source, write_file, write_site

if TYPE_CHECKING:
    from pathlib import Path

MODES = ("full", "excerpt", "link")
FOLDERS = {"zh-CN": "", "zh-TW": "zh-tw/", "zh-HK": "zh-hk/"}
CC = "https://creativecommons.org/licenses/by-nc/4.0/"
#: What is written → what is named as granted, and where.
LICENSES: dict[str, tuple[str, str]] = {
    "": ("", ""),
    "all-rights-reserved": ("", ""),
    "CC-BY-NC-4.0": ("CC-BY-NC-4.0", CC),
    "MIT": ("MIT", "https://spdx.org/licenses/MIT.html"),
    "https://terms.example/x": ("https://terms.example/x", "https://terms.example/x"),
}
ORIGIN, COPY = "https://origin.example/云?a=1&b=2", "http://copy.example/1.html"
PRINTED = {ORIGIN: "https://origin.example/%E4%BA%91?a=1&b=2"}
CHAINS: dict[str, list[dict[str, str]]] = {
    "none": [],
    "origin": [{"source": "云周刊", "author": "里云", "url": ORIGIN, "title": "云里的软件", "date": "2024-03-01"}],
    "unlinked": [{"source": "云周刊", "author": "里云"}],
    "copy": [
        {"source": "云周刊", "author": "里云"},
        {"source": "中转", "author": "writer"},
        {"source": "爱云", "url": COPY},
    ],
    "translation": [{"source": "Cloud", "url": ORIGIN}, {"source": "译云", "translator": "云译", "url": COPY}],
    "placeholder": [{"source": "云周刊", "author": "佚名", "url": ORIGIN}],
    "two authors": [{"source": "云周刊", "author": "里云、小编、后云", "url": ORIGIN}],
}
#: Standing pages and digest issues have no terms of their own: their keys are an error (`kind-key`).
KINDS = ("repost", "own")
NOTICE = {"zh-CN": "软件的声明，请勿转载。", "zh-TW": "軟體的聲明，請勿轉載。", "zh-HK": "軟件的聲明，請勿轉載。"}
HAND = {"zh-CN": "手写的软件声明", "zh-TW": "台灣另寫的聲明", "zh-HK": "手寫的軟件聲明"}
SIGNOFF = {"zh-CN": "由云站转发，后云", "zh-TW": "由雲站轉發，後雲", "zh-HK": "由雲站轉發，後雲"}


@dataclass(frozen=True)
class Case:
    mode: str
    license: str
    chain: str
    kind: str
    noncommercial: bool

    @property
    def name(self) -> str:
        return "-".join(
            [self.kind, self.mode, re.sub(r"\W+", "", self.license) or "none", self.chain.replace(" ", "")]
        ).lower()

    @property
    def hops(self) -> list[dict[str, str]]:
        return CHAINS[self.chain]

    @property
    def path(self) -> str:
        return f"articles/{self.name}/index.html"

    def write(self, folder: Path) -> None:
        rights: dict[str, Any] = {
            "mode": self.mode,
            "notices": [NOTICE["zh-CN"], {"zh-CN": HAND["zh-CN"], "zh-TW": HAND["zh-TW"]}],
            "signoff": "由[云站](http://copy.example/)转发，后云",
            "noncommercial": self.noncommercial,
            "holder": "云的权利人",
        }
        rights |= {"license": self.license} if self.license else {}
        front: dict[str, Any] = {"title": "标题", "original": True if self.kind == "own" else None, "rights": rights}
        front |= {"attribution": self.hops} if self.hops else {}
        body = "云的第一句。" + "云的第二句很长，" * 60 + "云的末句。"
        write_file(folder / f"content/articles/{self.name}.md", source(body, **front))


CASES = [
    Case(mode, license_, chain, kind, noncommercial=number // 2 % 2 == 0)
    for number, (mode, license_, chain, kind) in enumerate(product(MODES, LICENSES, CHAINS, KINDS))
    if not (kind == "repost" and chain == "none")
]


@dataclass
class Output:
    tree: dict[str, bytes]
    _pages: dict[str, HtmlPage] = field(default_factory=dict)

    def page(self, variant: str, case: Case) -> HtmlPage:
        path = FOLDERS[variant] + case.path
        if path not in self._pages:
            self._pages[path] = HtmlPage.of(self.tree[path])
        return self._pages[path]

    def items(self, variant: str) -> dict[str, ET.Element]:
        """By the paths of their pages, below the variant's root."""
        start = f"https://example.org/{FOLDERS[variant]}"
        feed = ET.fromstring(self.tree[f"{FOLDERS[variant]}feed.xml"])
        return {item.findtext("link", "").removeprefix(start) + "index.html": item for item in feed.iter("item")}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Output:
    folder = write_site(
        tmp_path_factory.mktemp("matrix") / "site",
        "",
        THREE_VARIANTS + '[feeds]\nlimit = 500\n[rights]\ncontact = "mailto:rights@example.org"\n',
    )
    for case in CASES:
        case.write(folder)
    return Output(build(folder).read())


def printed(url: str) -> str:
    return PRINTED.get(url, url)


def people(hop: dict[str, str]) -> list[str]:
    named = [name for name in hop.get("author", "").split("、") if name not in ("", "佚名", "writer", "小编")]
    return named + ([hop["translator"]] if "translator" in hop else [])


@pytest.mark.parametrize("variant", FOLDERS)
def test_the_page_says_it(output: Output, variant: str) -> None:
    for case in CASES:
        page = output.page(variant, case)
        where = (variant, case.name)
        assert page.texts_of("notice") == [NOTICE[variant], HAND[variant]] * 2, where
        assert page.texts_of("signoff") == [SIGNOFF[variant]], where
        assert "云的权利人" in page.text, where
        for hop in case.hops:
            assert hop["source"] in page.text, where
            assert all(name in page.text for name in people(hop)), where
            assert hop.get("title", "") in page.text
        assert not re.search("佚名|writer|小编|小編", page.text), where
        links = {found["href"] for found in page.all("a", data_wz="original")}
        assert links == {printed(hop["url"]) for hop in case.hops if "url" in hop}, where
        noncommercial = re.search("不得(用于商业用途|作商業使用|作商業用途)", page.text)
        assert bool(noncommercial) == case.noncommercial, where
        granted, url = LICENSES[case.license]
        named = page.texts_of("licence")
        assert bool(named) == bool(case.license), where
        assert granted in "".join(named), where
        assert {found["href"] for found in page.all("a", rel="license")} == ({url} if url else set()), where
        assert [found["href"] for found in page.links("license")] == ([url] if url else []), where
        text = "".join(page.texts_of("body"))
        whole = case.mode == "full"
        ends, starts = re.search("末句", text), re.search("第一句", text)
        assert bool(ends) == whole, where
        assert bool(starts) == (case.mode != "link"), where


@pytest.mark.parametrize("variant", FOLDERS)
def test_labels_tell_the_original_from_a_copy(output: Output, variant: str) -> None:
    labels = {
        "zh-CN": ("原文", "转载", "译文", "参考", "继续阅读"),
        "zh-TW": ("原文", "轉載", "譯文", "參考", "繼續閱讀"),
        "zh-HK": ("原文", "轉載", "譯文", "參考", "繼續閱讀"),
    }
    original, copy, translation, reference, read_on = labels[variant]
    for case in CASES:
        page = output.page(variant, case)
        roles = [text for tag, found, text in page.texts if found.get("class") == "role"]
        chain = roles[: len(case.hops)]
        if case.kind != "repost":
            assert set(roles) <= {reference}, case.name
            assert read_on not in page.text, case.name
            assert len(chain) == len(case.hops)
            continue
        expected = [original, *(translation if "translator" in hop else copy for hop in case.hops[1:])]
        assert chain == expected, case.name
        buttons = [text for tag, found, text in page.texts if found.get("class") == "button"]
        first = next((number for number, hop in enumerate(case.hops) if "url" in hop), None)
        if case.mode == "full" or first is None:
            assert buttons == []
        else:
            assert [button.startswith(f"{read_on}{expected[first]}") for button in buttons] == [True], case.name
            assert buttons[0].endswith(f"→ {case.hops[first]['source']}")


@pytest.mark.parametrize("variant", FOLDERS)
def test_the_feed_says_it(output: Output, variant: str) -> None:
    dc = "{http://purl.org/dc/elements/1.1/}"
    atom = "{http://www.w3.org/2005/Atom}"
    items = output.items(variant)
    assert len(items) == len(CASES)
    for case in CASES:
        item = items[case.path]
        content = item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded", "")
        shown = html.unescape(re.sub("<[^>]*>", "", content))
        where = (variant, case.name)
        assert shown.count(NOTICE[variant]) == shown.count(HAND[variant]) == 2, where
        assert SIGNOFF[variant] in shown, where
        assert bool(re.search("末句", content)) == (case.mode == "full"), where
        assert bool(re.search("第一句", content)) == (case.mode != "link"), where
        for hop in case.hops:
            assert hop["source"] in shown, where
            assert all(name in shown for name in people(hop)), where
            if "url" in hop:
                assert f'href="{html.escape(printed(hop["url"]))}"' in content, where
        authors = [name for hop in case.hops for name in people(hop) if name != hop.get("translator")]
        creators = [creator.text for creator in item.findall(f"{dc}creator")]
        # Readers show one of several creators, and the channel's editor where there is none.
        publisher = case.hops[0]["source"] if case.kind == "repost" else "科技文摘"
        assert creators == ["、".join(authors) if authors and case.kind == "repost" else publisher], where
        granted, url = LICENSES[case.license]
        rights = item.findtext(f"{dc}rights", "")
        assert all(text in rights for text in ("云的权利人", NOTICE[variant], granted)), where
        assert bool(re.search("不得(用于商业用途|作商業使用|作商業用途)", rights)) == case.noncommercial, where
        relations = {link.get("rel"): link.get("href") for link in item.findall(f"{atom}link")}
        assert relations.get("license", "") == url, where
        commons = item.findtext("{http://backend.userland.com/creativeCommonsRssModule}license", "")
        assert commons == (url if "creativecommons" in url else ""), where
        origin = case.hops[0].get("url", "") if case.hops else ""
        found = item.find("source")
        assert (found is not None and found.get("url")) == (printed(origin) if origin else False), where


@pytest.mark.parametrize("variant", FOLDERS)
def test_json_ld_says_it(output: Output, variant: str) -> None:
    for case in CASES:
        page = output.page(variant, case)
        (data,) = page.json_ld
        where = (variant, case.name)
        assert data["copyrightNotice"] == f"{NOTICE[variant]}\n{HAND[variant]}", where
        assert data.get("license", "") == LICENSES[case.license][1], where
        assert data["copyrightHolder"]["name"] == "云的权利人"
        based = data.get("isBasedOn", [])
        assert [hop["publisher"]["name"] for hop in based] == [hop["source"] for hop in case.hops], where
        assert [hop.get("url", "") for hop in based] == [printed(hop.get("url", "")) for hop in case.hops], where
        persons = [author["name"] for author in data["author"] if author["@type"] == "Person"]
        if case.kind == "repost":
            first = [name for name in people(case.hops[0]) if name != case.hops[0].get("translator")]
            assert persons == first, where
            assert [author["name"] for author in data["author"]] == (first or [case.hops[0]["source"]]), where
            assert data["creditText"].split("（")[0].split(" →")[0] == case.hops[0]["source"]
        else:
            assert persons == []
        usage = data["usageInfo"] if isinstance(data["usageInfo"], list) else [data["usageInfo"]]
        assert usage[0] == f"https://example.org/{FOLDERS[variant]}rights/", where
        assert len(usage) == 1 + case.noncommercial, where
        assert data["datePublished"] == "2024-03-26"
        dates = [hop.get("datePublished", "") for hop in based]
        assert dates == [hop.get("date", "") for hop in case.hops], where
        assert not re.search("佚名|writer|小编", str(data)), where
