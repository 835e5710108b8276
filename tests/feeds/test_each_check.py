"""A built feed broken one way at a time: the audit names the check that is broken."""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hostile_site import NOTICE, NOTICE_TW, write_hostile
from sites import SAMPLE, Built, build, write_file

from builder.auditing.audit import audit_site
from builder.auditing.feeds.catalogue import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.diagnostics import Diagnostic

NOW = datetime(2025, 1, 1, tzinfo=UTC)
TAG = "tag:example.org,2026"
RSS, RSS_TW, ATOM, JSON = "feed.xml", "zh-tw/feed.xml", "atom.xml", "feed.json"
OLD_RSS, OLD_ATOM = "archive/feed-1.xml", "archive/atom-1.xml"
GOOD = "<p>CDATA 的结尾"

#: A file of the output, what stands in it (None: the file goes), what then stands there instead, and which of several.
Change: TypeAlias = tuple[str, str | None, str] | tuple[str, str, str, int]

#: The check, and what is done to the output.
CASES: dict[str, tuple[str, *tuple[Change, ...]]] = {
    "RSS cut short": ("well-formed", (RSS, "</rss>", "")),
    "Atom cut short": ("well-formed", (ATOM, "</feed>", "")),
    "JSON cut short": ("well-formed", (JSON, '{"version"', '"version"')),
    "version of RSS": ("well-formed", (RSS, 'version="2.0"', 'version="0.91"')),
    "version of JSON Feed": ("well-formed", (JSON, "jsonfeed.org/version/1.1", "jsonfeed.org/version/9")),
    "description of a channel": ("well-formed", (RSS, "<description>科技文摘</description>", "")),
    "date of an item": ("well-formed", (RSS, "<pubDate>", "<pubDate></pubDate><x>")),
    "Atom in the place of RSS": ("well-formed", (RSS, "<rss", "<feed xmlns='http://www.w3.org/2005/Atom'/><!--")),
    "content of another type": ("well-formed", (ATOM, '<content type="html"', '<content type="text"')),
    "control character in JSON": ("characters", (JSON, "空的正文", "空\\u0007的正文")),
    "control character that XML allows": ("characters", (ATOM, "空的正文", "空\x85的正文")),
    "control character by its number": ("characters", (RSS, GOOD, f"&#7;{GOOD}")),
    "markup in a title": ("title-markup", (RSS, "&#x3C;GCC", "&lt;GCC")),
    "author without an address": (
        "author-address",
        (RSS, "<dc:creator>余秋雨</dc:creator>", "<author>余秋雨</author>"),
    ),
    "editor without an address": (
        "author-address",
        (RSS, "<generator>", "<managingEditor>甲</managingEditor><generator>"),
    ),
    "entry of nobody": (
        "entry-author",
        (ATOM, "<author><name>文摘编辑部</name></author>", ""),
        (ATOM, "<author><name>余秋雨</name></author>", ""),
    ),
    "permalink that is none": ("permalink", (RSS, ' isPermaLink="false"', "")),
    "source twice": ("said-once", (RSS, "<source ", "<dc:source>x</dc:source><source ")),
    "copyright twice": (
        "said-once",
        (RSS, "<generator>", "<copyright>x</copyright><dc:rights>x</dc:rights><generator>"),
    ),
    "author twice": ("said-once", (RSS, "<dc:creator>", "<author>a@b.example</author><dc:creator>")),
    "source without an address": ("source-address", (RSS, "<source url=", "<source name=")),
    "empty copyright": ("copyright", (RSS, "<generator>", "<copyright></copyright><generator>")),
    "empty rights": ("copyright", (ATOM, "<generator>", "<rights/><generator>")),
    "address of another": ("self", (RSS, '/digest/feed.xml" rel="self"', '/digest/x/feed.xml" rel="self"')),
    "two addresses": ("self", (ATOM, "<generator>", '<link rel="self" href="https://example.org/a"/><generator>')),
    "address of JSON": ("self", (JSON, '"feed_url"', '"feed_uri"')),
    "home of another": (
        "home",
        (RSS, "<link>https://example.org/digest/<", "<link>https://example.org/digest/progress/<"),
    ),
    "home of a category": ("home", ("progress/feed.json", '/digest/progress/"', '/digest/"')),
    "language of another": ("language", (RSS_TW, "<language>zh-TW", "<language>zh-CN")),
    "language with a bar": ("language", (ATOM, 'xml:lang="zh-CN"', 'xml:lang="zh_CN"')),
    "time of the build": ("newest", (RSS, "<lastBuildDate>Fri, 20 Dec", "<lastBuildDate>Sat, 21 Dec")),
    "update of Atom": ("newest", (ATOM, "<updated>2024-12-20T", "<updated>2024-12-21T")),
    "too many items": ("cap", ("../wenzhai.toml", "limit = 3", "limit = 1")),
    "guid twice": ("guid", (RSS, f"{TAG}:empty:zh-CN", f"{TAG}:hostile:zh-CN")),
    "guid of nobody": ("guid", (JSON, f"{TAG}:empty:zh-CN", f"{TAG}:nobody:zh-CN")),
    "guid of another variant": ("variants-apart", (RSS_TW, f"{TAG}:empty:zh-TW", f"{TAG}:empty:zh-CN")),
    "an older item first": ("order", (RSS, "<pubDate>Tue, 05 Nov 2024 09:30", "<pubDate>Mon, 05 Feb 2024 09:30")),
    "another order at one moment": (
        "order",
        (ATOM, f"<id>{TAG}:long:zh-CN", "<id>__"),
        (ATOM, f"<id>{TAG}:empty:zh-CN", f"<id>{TAG}:long:zh-CN"),
        (ATOM, "<id>__", f"<id>{TAG}:empty:zh-CN"),
    ),
    "date without an offset": ("dates", (RSS, " +0800</pubDate>", "</pubDate>")),
    "date of Atom without an offset": ("dates", (ATOM, "09:30:00+08:00</published>", "09:30:00</published>")),
    "date of another": ("dates", (JSON, '"date_published": "2024-11-05T09:30', '"date_published": "2024-11-05T09:31')),
    "update of another": ("dates", (ATOM, "<updated>2024-11-06T", "<updated>2024-11-07T")),
    "title of another": ("item-title", (ATOM, "<title>空的正文", "<title>满的正文")),
    "title of an issue": ("item-title", ("issues/atom.xml", "<title>第一期", "<title>第二期")),
    "title in another script": ("item-title", ("zh-tw/feed.json", '"title": "空的正文"', '"title": "空的标题"')),
    "author of an Atom entry": ("creator", (ATOM, "<name>余秋雨", "<name>余秋雪")),
    "author in JSON": ("creator", (JSON, '"name": "余秋雨"', '"name": "餘秋雨"')),
    "hop in Atom": ("chain", (ATOM, "转载：&lt;a href=", "&lt;a hrof=")),
    "hop in JSON": ("chain", (JSON, "原题：原来的标题", "")),
    "notice in Atom": ("notices", (ATOM, f"&lt;p&gt;&lt;strong&gt;{NOTICE}&lt;/strong&gt;&lt;/p&gt;", "")),
    "notice in JSON": ("notices", ("zh-tw/feed.json", f"<strong>{NOTICE_TW}", f"<strong>{NOTICE}")),
    "original link in JSON": ("original-links", (JSON, "原文链接：<a href=", "原文链接：<a hrof=")),
    "external_url of a copy": (
        "original-links",
        (JSON, '"external_url": "https://weekly.example.com/', '"external_url": "https://www.iikx.com/'),
    ),
    "address of the original in RSS": ("original-links", (RSS, '<atom:link rel="related"', '<atom:link rel="x"')),
    "address of the original in JSON": ("original-links", (JSON, '"external_url"', '"_external_url"')),
    "address of the copy in Atom": ("original-links", (ATOM, '<link rel="via"', '<link rel="x"')),
    "address of the copy in JSON": ("original-links", (JSON, '"via"', '"vi"')),
    "hop for programs": ("chain", (JSON, '"source": "爱科学"', '"source": "愛科學"')),
    "holder": ("licence", (ATOM, "版权归属：原作者", "版权归属：")),
    "licence that was not granted": (
        "licence",
        (
            ATOM,
            '<link rel="via"',
            '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/"/><link rel="via"',
        ),
    ),
    "terms for programs": ("rights", (RSS, f"{NOTICE}</dc:rights>", "</dc:rights>")),
    "terms of Atom": ("rights", (ATOM, f"{NOTICE}</rights>", "</rights>")),
    "terms in JSON": ("rights", (JSON, f'"notices": ["{NOTICE}"]', '"notices": []')),
    "tombstone": ("tombstone", (JSON, f"{TAG}:gone:zh-CN", f"{TAG}:own:zh-CN")),
    "reason": ("tombstone", (ATOM, "应作者要求", "")),
    "fragment": ("absolute", (RSS, "https://example.org/digest/progress/hostile/#fn1", "#fn1")),
    "srcset": (
        "absolute",
        (RSS, GOOD, f'<img src="https://a.example/1" srcset="https://a.example/2 1x, /3 2x">{GOOD}'),
    ),
    "poster": ("absolute", (RSS, 'poster="https:', 'poster="')),
    "link of an item": ("absolute", (JSON, '"url": "https://example.org/digest/', '"url": "/')),
    "raw link": (
        "ascii",
        (RSS, "https://weekly.example.com/%E4%B8%AD%E6%96%87", "https://weekly.example.com/中文", -1),
    ),
    "raw link in a text": ("ascii", (JSON, "software.example.com/%E8%BD%AF%E4%BB%B6", "software.example.com/软件")),
    "address converted": (
        "same-addresses",
        (RSS_TW, "software.example.com/%E8%BD%AF%E4%BB%B6", "software.example.com/%E8%BB%9F%E9%AB%94"),
    ),
    "code converted": ("unconverted", (RSS_TW, 'print("软件', 'print("軟體')),
    "name converted": ("unconverted", (RSS_TW, "余承东", "余承東")),
    "script": ("safe", (RSS, GOOD, f"<script>1</script>{GOOD}")),
    "frame": ("safe", (RSS, GOOD, f'<iframe src="https://a.example/"></iframe>{GOOD}')),
    "form": ("safe", (JSON, "<p>CDATA", "<form></form><p>CDATA")),
    "style": ("safe", (RSS, GOOD, f"<style>p</style>{GOOD}")),
    "style of an element": ("safe", (RSS, GOOD, GOOD.replace("<p", '<p style="x"'))),
    "handler": ("safe", (RSS, GOOD, GOOD.replace("<p", '<p onclick="x"'))),
    "address that runs": ("safe", (RSS, GOOD, f'<a href="java&#10;script:x">x</a>{GOOD}')),
    "format left out": ("formats-agree", (ATOM, None, "")),
    "another title in JSON": ("formats-agree", (JSON, '"title": "空', '"title": "x空')),
    "another text": ("formats-agree", (ATOM, "CDATA 的结尾", "CDATA 的开头")),
    "another link": (
        "formats-agree",
        (JSON, '"url": "https://example.org/digest/progress/empty/', '"url": "https://example.org/digest/'),
    ),
    "another update": ("formats-agree", (JSON, '"date_modified": "2024-11-06T', '"date_modified": "2024-11-07T')),
    "update of JSON": ("newest", (JSON, '"updated": "2024-12-20T', '"updated": "2024-12-21T')),
    "script in a description": ("safe", (RSS, "<description>简介", "<description>&lt;script&gt;&lt;/script&gt;简介")),
    "hop of JSON without a scheme": ("absolute", (JSON, '"url": "https://www.iikx.com/', '"url": "//www.iikx.com/')),
    "another order": ("formats-agree", (JSON, f"{TAG}:hostile:zh-CN", f"{TAG}:x:zh-CN")),
    "chain cut": ("archives", (RSS, '<atom:link rel="prev-archive"', '<atom:link rel="prev"')),
    "chain to nowhere": ("archives", (ATOM, "archive/atom-1.xml", "archive/atom-7.xml")),
    "chain in a ring": (
        "archives",
        (
            OLD_ATOM,
            '<link rel="current"',
            '<link rel="prev-archive" href="https://example.org/digest/archive/atom-1.xml"/><link rel="current"',
        ),
    ),
    "archive that does not say so": ("archives", (OLD_RSS, "<fh:archive/>", "")),
    "archive of another": (
        "archives",
        (
            OLD_RSS,
            'rel="current" href="https://example.org/digest/feed.xml"',
            'rel="current" href="https://example.org/digest/atom.xml"',
        ),
    ),
    "gap in the archive": ("archives", (OLD_ATOM, f"{TAG}:own:zh-CN", f"{TAG}:x:zh-CN")),
    "overlap in the archive": ("archives", (OLD_ATOM, f"{TAG}:own:zh-CN", f"{TAG}:empty:zh-CN")),
    "OPML left out": ("opml", ("feeds.opml", None, "")),
    "OPML cut short": ("opml", ("feeds.opml", "</opml>", "")),
    "OPML without a feed": (
        "opml",
        ("feeds.opml", "https://example.org/digest/progress/feed.xml", "https://example.org/digest/feed.xml"),
    ),
    "OPML that leads nowhere": ("opml", ("zh-tw/feeds.opml", "/digest/zh-tw/progress/feed.xml", "/digest/zh-tw/x.xml")),
    "page that leads to no feed": (
        "autodiscovery",
        ("about/index.html", 'href="/digest/feed.xml"', 'href="/digest/rss.xml"'),
    ),
    "page that leads to another variant": (
        "autodiscovery",
        ("zh-tw/about/index.html", 'href="/digest/zh-tw/feed.xml"', 'href="/digest/feed.xml"'),
    ),
    "page that does not name its feed": (
        "autodiscovery",
        ("progress/index.html", 'href="/digest/progress/feed.xml"', 'href="/digest/feed.xml"'),
    ),
    "feed left out": ("complete", (RSS, None, "")),
    "newest left out": ("complete", (RSS, f"{TAG}:hostile:zh-CN", f"{TAG}:own:zh-CN")),
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(write_hostile(tmp_path_factory.mktemp("hostile") / "site"))


def findings(built: Built) -> tuple[Diagnostic, ...]:
    return audit_site(built.folder.parent, built.folder, NOW).diagnostics


def names(found: Diagnostic) -> set[str]:
    """The checks that a finding may be of: by its message, or by its code."""
    if found.code == "audit-feed":
        return {found.message.partition(":")[0]}
    return {check.name for check in CHECKS if found.code in check.codes}


@contextmanager
def broken(built: Built, changes: tuple[Change, ...]) -> Iterator[None]:
    """The output with its files changed, as long as it takes; a file without an old text is not there."""
    with ExitStack() as ending:
        for path, old, new, *nth in changes:
            file = built.folder / path
            data = file.read_bytes()
            ending.callback(file.write_bytes, data)
            if old is None:
                file.unlink()
                continue
            parts = data.decode().split(old)
            assert len(parts) > 1, f"{path} has no {old}"
            at = nth[0] % (len(parts) - 1) if nth else 0
            file.write_bytes((old.join(parts[: at + 1]) + new + old.join(parts[at + 1 :])).encode())
        yield


def test_a_site_of_hostile_texts_passes(hostile: Built) -> None:
    report = audit_site(hostile.folder.parent, hostile.folder, NOW)
    assert report.diagnostics == ()
    assert report.count("item") > 100


@pytest.mark.parametrize("case", CASES)
def test_what_is_broken_is_named(hostile: Built, case: str) -> None:
    check, *changes = CASES[case]
    with broken(hostile, tuple(changes)):
        found = findings(hostile)
    paths = {path for path, _, *_ in changes}
    assert any(check in names(one) for one in found), [f"{one.place} {one.message}" for one in found]
    # It is named where it is, or where something else no longer agrees with it.
    told = {one.place.path.removeprefix("public/") for one in found if one.place}
    assert paths & told or "wenzhai.toml" in case or check in ("cap", "archives", "formats-agree"), told


def test_feeds_that_are_static_files_are_somebody_elses(tmp_path_factory: pytest.TempPathFactory) -> None:
    site = write_hostile(tmp_path_factory.mktemp("static") / "site")
    write_file(site / "static/old/feed.xml", "<html></html>")
    write_file(site / "static/old/feed.json", "[]")
    assert findings(build(site)) == ()


def test_every_check_is_broken_once() -> None:
    assert {check for check, *_ in CASES.values()} == {check.name for check in CHECKS}


def test_every_finding_of_a_feed_gives_the_reason(hostile: Built) -> None:
    with broken(hostile, ((RSS, ' isPermaLink="false"', ""),)):
        (found, *_) = findings(hostile)
    assert found.code == "audit-feed"
    assert (
        found.hint
        == f"this is asked because {next(c.reason for c in CHECKS if c.name == 'permalink')}; see docs/audit.md"
    )


def test_two_archive_documents_hang_together(tmp_path_factory: pytest.TempPathFactory) -> None:
    built = build(write_hostile(tmp_path_factory.mktemp("filled") / "site", filled=True))
    assert findings(built) == ()
    with broken(built, (("archive/feed-2.xml", "archive/feed-1.xml", "archive/feed-2.xml"),)):
        assert {"archives"} <= {name for one in findings(built) for name in names(one)}
    for name in ("archive/feed-1.xml", "archive/atom-1.xml"):
        with broken(built, ((name, None, ""),)):
            found = [one.message for one in findings(built) if "archives" in names(one)]
            assert any("is no archive document" in message for message in found)
            assert any("97 more" in message for message in found)


def test_the_checks_are_documented() -> None:
    lines = (SAMPLE / "docs/audit.md").read_text("utf-8").splitlines()
    table = [line for line in lines if re.match(r"\| `[a-z-]+` \|", line)]
    assert table == [
        f"| `{check.name}` | {check.promise} | {check.reason} | {', '.join(f'`{code}`' for code in check.codes)} |"
        for check in CHECKS
    ]
