"""What is asked of feeds, on a site of hostile texts, in every format and variant: read with parsers of others."""

from __future__ import annotations

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hostile_site import LONG_TITLE, NOTICE, NOTICE_TW, SIGNS, write_hostile
from reading_feeds import ATOM, NAMES, entries, entry, guids
from sites import Built, build, source, write_file

from builder.diagnostics import BuilderError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

FOLDERS = {"zh-CN": "", "zh-TW": "zh-tw/", "zh-HK": "zh-hk/"}
FEEDS = [folder + name for folder in FOLDERS.values() for name in NAMES]
ROOT = "https://example.org/digest/"
#: XML's characters, less the controls that nobody can see.
ILL = re.compile("[^\t\n -~\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(write_hostile(tmp_path_factory.mktemp("hostile") / "site", limit=10))


def all_feeds(built: Built) -> list[str]:
    return [path for path in built.read() if re.search(r"(feed|atom)(-\d+)?\.(xml|json)$", path)]


def is_latin(path: str) -> bool:
    return not path.startswith(("zh-tw/", "zh-hk/"))


def test_every_feed_is_well_formed(hostile: Built) -> None:
    assert len(all_feeds(hostile)) > 30
    for path in all_feeds(hostile):
        data = (hostile.folder / path).read_bytes()
        if path.endswith(".json"):
            assert json.loads(data)["version"] == "https://jsonfeed.org/version/1.1"
        else:
            assert ET.fromstring(data).tag in ("rss", f"{ATOM}feed")
            parsed = feedparser.parse(data)
            assert not parsed.bozo, parsed.get("bozo_exception")


@pytest.mark.parametrize("path", FEEDS)
def test_hostile_signs_are_everywhere_and_control_characters_nowhere(hostile: Built, path: str) -> None:
    item = entry(hostile, path, "hostile")
    for sign in SIGNS:
        assert sign in item.text
        assert sign in item.title
    assert all(not ILL.search(part) for one in entries(hostile, path) for part in (one.title, one.content, one.text))
    assert "&lt;b&gt;" in item.title  # what the title says, to the letter


@pytest.mark.parametrize("path", FEEDS)
def test_long_titles_and_empty_bodies_are_items(hostile: Built, path: str) -> None:
    assert len(entry(hostile, path, "long").title) == len(LONG_TITLE) == 300
    empty = entry(hostile, path, "empty")
    assert (NOTICE if is_latin(path) else NOTICE_TW) in empty.text
    assert "余秋雨" in empty.text


@pytest.mark.parametrize("path", FEEDS)
def test_every_address_is_whole_and_ascii(hostile: Built, path: str) -> None:
    seen = set()
    for one in entries(hostile, path):
        for tag, name, value in one.attributes():
            if name in ("href", "src", "srcset", "poster", "cite"):
                seen.add((tag, name))
                for address in value.split(",") if name == "srcset" else [value]:
                    assert re.match(r"\s*https?://[^/]", address), (one.id, tag, name, value)
                assert value.isascii()
        assert one.link.startswith(ROOT) and one.link.isascii()
    assert {("a", "href"), ("img", "src"), ("video", "poster")} <= seen


@pytest.mark.parametrize("path", FEEDS)
def test_footnotes_and_fragments_lead_to_the_page(hostile: Built, path: str) -> None:
    item = entry(hostile, path, "hostile")
    hrefs = [value for _, name, value in item.attributes() if name == "href"]
    assert item.link + "#fn1" in hrefs
    assert any(href.startswith(item.link + "#%E5") for href in hrefs)


@pytest.mark.parametrize("path", FEEDS)
def test_pictures_without_a_scheme_have_one(hostile: Built, path: str) -> None:
    sources = {value for one in entries(hostile, path) for _, name, value in one.attributes() if name == "src"}
    assert {"https://host.example.com/path.png", "https://host.example.com/b.png"} <= sources


@pytest.mark.parametrize("path", FEEDS)
def test_nothing_in_a_body_runs_or_asks_or_paints(hostile: Built, path: str) -> None:
    for one in entries(hostile, path):
        assert not one.tags() & {"script", "iframe", "form", "style", "input", "object", "embed"}
        assert not [name for _, name, _ in one.attributes() if name.startswith("on") or name in ("style", "class")]


@pytest.mark.parametrize("path", FEEDS)
def test_notices_links_and_people_are_in_every_item(hostile: Built, path: str) -> None:
    for identity in ("hostile", "long", "empty", "picture"):
        item = entry(hostile, path, identity)
        assert item.text.count(NOTICE if is_latin(path) else NOTICE_TW) == 2
        assert "周刊里" in item.text and "余秋雨" in item.text  # names are never converted
        hrefs = [value for _, name, value in item.attributes() if name == "href"]
        original = "https://weekly.example.com/%E4%B8%AD%E6%96%87/%E8%BD%AF%E4%BB%B6.html"
        assert {original, "https://www.iikx.com/news/38867.html?a=1&b=2"} <= set(hrefs)


def test_kept_names_code_and_addresses_are_the_same_in_all_variants(hostile: Built) -> None:
    items = [entry(hostile, path, "hostile") for path in FEEDS]
    for item in items:
        assert 'print("软件 ]]> <GCC> & 网络")  # 注释' in item.text
        assert "软件 <T>" in item.text
        assert "余承东" in item.text
    elsewhere = [
        sorted(value for _, name, value in item.attributes() if name in ("href", "src") and not value.startswith(ROOT))
        for item in items
    ]
    assert all(one == elsewhere[0] for one in elsewhere)


def test_a_channel_says_where_and_in_what_it_is(hostile: Built) -> None:
    for variant, folder in FOLDERS.items():
        channel = ET.fromstring((hostile.folder / folder / "feed.xml").read_bytes()).find("channel")
        assert channel is not None
        own = [link.get("href") for link in channel.findall(f"{ATOM}link") if link.get("rel") == "self"]
        assert own == [f"{ROOT}{folder}feed.xml"]
        assert (channel.findtext("link"), channel.findtext("language")) == (ROOT + folder, variant)
        atom = ET.fromstring((hostile.folder / folder / "atom.xml").read_bytes())
        assert atom.get("{http://www.w3.org/XML/1998/namespace}lang") == variant
        links = {link.get("rel"): link.get("href") for link in atom.findall(f"{ATOM}link")}
        assert (links["self"], links["alternate"]) == (f"{ROOT}{folder}atom.xml", ROOT + folder)
        feed = json.loads((hostile.folder / folder / "feed.json").read_bytes())
        assert feed["feed_url"] == f"{ROOT}{folder}feed.json"
        assert (feed["home_page_url"], feed["language"]) == (ROOT + folder, variant)


def test_the_date_of_a_feed_is_that_of_its_newest_item(hostile: Built) -> None:
    channel = ET.fromstring((hostile.folder / "progress/feed.xml").read_bytes()).find("channel")
    assert channel is not None
    # The withdrawal is what changed last.
    assert channel.findtext("lastBuildDate") == "Fri, 20 Dec 2024 00:00:00 +0800"
    atom = ET.fromstring((hostile.folder / "issues/atom.xml").read_bytes())
    assert atom.findtext(f"{ATOM}updated") == "2024-11-06T00:00:00+08:00"


@pytest.mark.parametrize("path", FEEDS)
def test_dates_have_an_offset_and_the_newest_is_first(hostile: Built, path: str) -> None:
    def moment(text: str) -> datetime:
        return parsedate_to_datetime(text) if path.endswith("feed.xml") else datetime.fromisoformat(text)

    moments = [moment(one.date) for one in entries(hostile, path)]
    assert all(one.utcoffset() is not None for one in moments)
    assert moments == sorted(moments, reverse=True)
    # At one moment, by their ids.
    assert [one.id for one in entries(hostile, path)] == ["hostile", "empty", "long", "picture", "own", "gone"]


def test_guids_are_unique_and_of_one_variant(hostile: Built) -> None:
    by_variant = {variant: set(guids(hostile, f"{folder}feed.xml")) for variant, folder in FOLDERS.items()}
    for variant, found in by_variant.items():
        assert all(guid.endswith(":" + variant) for guid in found)
    assert len(set.union(*by_variant.values())) == 3 * len(by_variant["zh-CN"])
    for path in all_feeds(hostile):
        assert len(set(guids(hostile, path))) == len(guids(hostile, path)), path


def test_the_formats_of_a_feed_say_the_same(hostile: Built) -> None:
    for path in all_feeds(hostile):
        if path.endswith("/feed.xml") or path == "feed.xml":
            rss, atom, of_json = (
                [
                    (one.guid, one.title, one.link, one.content)
                    for one in entries(hostile, path.removesuffix("feed.xml") + name)
                ]
                for name in NAMES
            )
            assert rss == atom == of_json


def test_a_feed_has_no_more_items_than_it_may(tmp_path: Path) -> None:
    built = build(write_hostile(tmp_path / "site", limit=2))
    # The tombstone comes on top.
    assert [one.id for one in entries(built, "feed.xml")] == ["hostile", "empty", "gone"]


@pytest.mark.parametrize("path", FEEDS)
def test_a_tombstone_comes_over_what_it_was(tmp_path: Path, path: str) -> None:
    folder = write_hostile(tmp_path / "site", limit=10)
    file = folder / "content/articles/gone.md"
    written = file.read_text("utf-8")
    file.write_text(re.sub("withdrawn: .*\n", "", written), "utf-8")
    before = entry(build(folder), path, "gone")
    file.write_text(written, "utf-8")
    after = entry(build(folder), path, "gone")
    assert (before.guid, before.link, before.date) == (after.guid, after.link, after.date)
    assert "倉庫" in before.text or "仓库" in before.text
    assert "倉庫" not in after.text and "仓库" not in after.text
    assert "作者要求" in after.text


def test_an_undated_article_is_an_error(tmp_path: Path) -> None:
    folder = write_hostile(tmp_path / "site")
    write_file(folder / "content/articles/undated.md", source("正文。", title="无日期", date=None))
    with pytest.raises(BuilderError) as failed:
        build(folder)
    assert "date-missing" in {found.code for found in failed.value.diagnostics}


def test_one_of_the_future_is_left_out_and_that_is_said(hostile: Built, run: Run) -> None:
    assert not [path for path in all_feeds(hostile) if "future" in {one.id for one in entries(hostile, path)}]
    outcome = run(
        "build", "-s", hostile.folder.parent, "-o", hostile.folder.parent / "other", "--clock", "2025-01-01", "-v"
    )
    assert "content/articles/future.md" in outcome.out + outcome.err
    assert "future" in outcome.out + outcome.err
