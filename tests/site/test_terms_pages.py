"""Where a site says its terms: /rights/, the pages of sources, the link to report a problem, and what machines read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sites import SETTINGS, THREE_VARIANTS, build, source

from builder.diagnostics import BuilderError

if TYPE_CHECKING:
    from conftest import MakeSite, Run

SOURCES = """\
[sources."云周刊"]
url = "https://cloud.example/云/"
mode = "excerpt"
license = "CC-BY-4.0"
notices = ["软件的声明", {zh-CN = "手写", zh-TW = "另寫"}]
[sources."不收录"]
noindex = true
[sources."没有文章的"]
mode = "link"
"""
HOPS: list[dict[str, str]] = [
    {"source": "云 周刊", "author": "里云、后云", "url": "https://cloud.example/1"},
    {"source": "爱云"},
]


def article(*hops: dict[str, str], **front: Any) -> str:
    return source(original=None, attribution=list(hops), **front)


def test_the_rights_page_lists_every_source_and_its_terms(site: MakeSite) -> None:
    folder = site(
        f"""\
-- content/articles/a.md --
{article(*HOPS)}
-- content/pages/rights.md --
{source("软件正文 [甲](#部分)" + chr(10) * 2 + "## 部分", title="软件权利说明", date=None, updated="2024-05-01")}
""",
        THREE_VARIANTS
        + '[rights]\nnotices = ["全站的软件声明"]\nown_license = "CC-BY-NC-4.0"\ncontact = "mailto:r@example.org"\n'
        + SOURCES,
    )
    built = build(folder)
    for start, word in (("", "软件"), ("zh-tw/", "軟體"), ("zh-hk/", "軟件")):
        page = built.page(f"{start}rights/index.html")
        assert word in page.title
        assert f"{word}正文" in page.text
        for text in ("云 周刊", "爱云", "不收录", "没有文章的", "CC-BY-4.0", "CC-BY-NC-4.0"):
            assert text in page.text, text
        assert "https://cloud.example/%E4%BA%91/" in page.hrefs()
        assert "mailto:r@example.org" in page.hrefs()
        assert f"/{start}sources/%E4%BA%91-%E5%91%A8%E5%88%8A/" in page.hrefs()
        # Another's licence is none of this page's.
        assert not page.all("a", rel="license")
        assert page.text.index(f"{word}正文") < page.text.index("云 周刊")
    assert built.page("rights/index.html").text.count("全站的软件声明") == 1
    assert "2024年5月1日" in built.page("rights/index.html").text
    assert "https://example.org/rights/" in (folder / "public/sitemap.xml").read_text()
    # The page of a source says the same of it, and no policy is missed by a space in its name.
    page = built.page("zh-tw/sources/云-周刊/index.html")
    assert all(text in page.text for text in ("摘錄", "CC-BY-4.0", "軟體的聲明", "另寫"))
    assert "https://cloud.example/%E4%BA%91/" in page.hrefs()
    assert "/zh-tw/articles/a/" in page.hrefs()
    # Each of several authors is a person of their own.
    for person, link in (("里云", "%E9%87%8C%E4%BA%91"), ("后云", "%E5%90%8E%E4%BA%91")):
        assert "/zh-tw/articles/a/" in built.page(f"zh-tw/authors/{person}/index.html").hrefs()
        for path in ("zh-tw/index.html", "zh-tw/articles/a/index.html"):
            assert f"/zh-tw/authors/{link}/" in built.page(path).hrefs(), path
    assert not any("、" in path for path in built.paths)
    assert [who["name"] for who in built.page("articles/a/index.html").json_ld[0]["author"]] == ["里云", "后云"]


def test_the_rights_page_is_there_without_a_text_of_its_own(site: MakeSite) -> None:
    folder = site(f"-- content/articles/a.md --\n{source('[条款](/rights/)')}")
    built = build(folder)
    page = built.page("rights/index.html")
    assert page.title == "版权说明"
    assert "/rights/" in built.page("index.html").hrefs()
    assert built.page("articles/a/index.html").json_ld[0]["usageInfo"] == "https://example.org/rights/"
    assert built.report.summary.diagnostics == ()
    # A folder that is not declared as a site claims nothing.
    (folder / "wenzhai.toml").unlink()
    (folder / "content/articles/a.md").write_text(source(), "utf-8")
    assert "rights/index.html" not in build(folder).paths


def test_an_article_cannot_take_the_place_of_the_rights_page(site: MakeSite) -> None:
    folder = site(f"-- content/rights.md --\n{source(kind='article')}")
    with pytest.raises(BuilderError) as refused:
        build(folder)
    assert {str(finding.place) for finding in refused.value.diagnostics} == {"content/rights.md"}
    assert "path-reserved" in {finding.code for finding in refused.value.diagnostics}


@pytest.mark.parametrize(
    ("settings", "files", "expected"),
    [
        ('[rights]\ncontact = "mailto:r@example.org"\n', "", "mailto:r@example.org?subject=[a b/c&d] 标题 %"),
        (
            '[rights]\ncontact = "mailto:r@example.org?cc=x"\n',
            "",
            "mailto:r@example.org?cc=x&subject=[a b/c&d] 标题 %",
        ),
        ('[rights]\ncontact = "https://x.example/报告#form"\n', "", "https://x.example/报告?id=a b/c&d#form"),
        ('[rights]\ncontact = "https://x.example/?q=1"\n', "", "https://x.example/?q=1&id=a b/c&d"),
        ("", "-- content/pages/contact.md --\n---\ntitle: 联系\n---\n写信\n", "/contact/?id=a b/c&d"),
        ("", "", ""),
    ],
)
def test_a_problem_is_reported_with_the_articles_id(site: MakeSite, settings: str, files: str, expected: str) -> None:
    text = source(title="标题 %").replace("---\n", "---\nid: a-b/c&d\n", 1)
    folder = site(f"-- content/articles/a.md --\n{text}\n{files}", SETTINGS + settings)
    page = build(folder).page("articles/a/index.html")
    links = [link for link in page.hrefs() if "id=" in link or "subject=" in link]
    if not expected:
        assert links == []
        return
    (link,) = links
    assert link.isascii()
    assert unquote(link).partition("&body=")[0] == expected.replace("a b/c&d", "a-b/c&d")
    query = parse_qs(urlsplit(link).query)
    assert query.get("id", ["a-b/c&d"]) == ["a-b/c&d"]
    assert query.get("body", ["https://example.org/articles/a/"]) == ["https://example.org/articles/a/"]


def test_the_editors_address_is_a_contact_too(site: MakeSite) -> None:
    settings = SETTINGS.replace("[variants", 'author = {name = "编辑部", email = "e@example.org"}\n[variants', 1)
    page = build(site(f"-- content/articles/a.md --\n{source()}", settings)).page("articles/a/index.html")
    assert any(link.startswith("mailto:e@example.org?subject=%5Barticles%2Fa%5D") for link in page.hrefs())


def test_a_source_may_ask_not_to_be_listed(site: MakeSite) -> None:
    folder = site(
        f"""\
-- content/articles/a.md --
{article({"source": "某刊"}, {"source": "不收录"}, rights={"mode": "excerpt"})}
-- content/articles/b.md --
{article({"source": "某刊"}, rights={"mode": "excerpt"})}
""",
        SETTINGS + SOURCES,
    )
    built = build(folder)
    assert not built.page("articles/a/index.html").is_indexable
    assert built.page("articles/b/index.html").is_indexable
    sitemap = (folder / "public/sitemap.xml").read_text()
    assert ("articles/a/" in sitemap, "articles/b/" in sitemap) == (False, True)
    assert "articles/a/" in (folder / "public/feed.xml").read_text()


def test_machines_are_told_what_was_asked_for_and_nothing_else(site: MakeSite) -> None:
    folder = site(f"-- content/articles/a.md --\n{source()}")
    built = build(folder, base_url="https://example.org/digest/")
    assert ".well-known/tdmrep.json" not in built.read()
    everything = b"\n".join(built.read().values())
    assert b"Content-Signal" not in everything
    assert b"tdm" not in everything.lower()
    rights = '[rights]\ncontent_signal = " search=yes,ai-train = no"\ntdm_reservation = true\n'
    rights += 'tdm_policy = "https://example.org/条款"\n'
    (folder / "wenzhai.toml").write_text(SETTINGS + rights, "utf-8")
    built = build(folder, base_url="https://example.org/digest/")
    robots = (folder / "public/robots.txt").read_text()
    assert robots.startswith("User-agent: *\nContent-Signal: search=yes, ai-train=no\nDisallow:\n")
    policy = "https://example.org/%E6%9D%A1%E6%AC%BE"
    assert json.loads((folder / "public/.well-known/tdmrep.json").read_text()) == [
        {"location": "/digest/*", "tdm-reservation": 1, "tdm-policy": policy}
    ]
    headers = (folder / "public/_headers").read_text()
    assert headers.startswith("/digest/*\n")
    assert f"  TDM-Reservation: 1\n  TDM-Policy: {policy}\n" in headers
    for path in ("index.html", "articles/a/index.html", "404.html"):
        page = built.page(path)
        assert page.all("meta", name="tdm-reservation", content="1")
        assert page.all("meta", name="tdm-policy", content=policy)


@pytest.mark.parametrize("signal", ["yes", "search=maybe", "search=yes, search=no", "sell=no", "search=yes,", ""])
def test_a_signal_that_nobody_knows_is_an_error(site: MakeSite, run: Run, signal: str) -> None:
    folder = site(f"-- content/articles/a.md --\n{source()}", SETTINGS + f'[rights]\ncontent_signal = "{signal}"\n')
    outcome = run("check", "-s", folder, "--format", "json")
    assert outcome.findings == [("content-signal", "wenzhai.toml:11:18")]
    assert outcome.status == 1


def test_a_picture_says_whose_it_is(site: MakeSite) -> None:
    folder = site(
        f"""\
-- content/articles/a.md --
{source(cover={"src": "pic.svg", "alt": "图", "credit": "软件摄影"})}
-- content/articles/pic.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>
""",
        THREE_VARIANTS,
    )
    for start in ("", "zh-tw/"):
        image = build(folder).page(f"{start}articles/a/index.html").json_ld[0]["image"]
        assert image["@type"] == "ImageObject"
        assert image["creditText"] == image["copyrightNotice"] == "软件摄影"
        assert (image["width"], image["height"]) == (3, 2)


def test_the_origins_time_is_not_ours(site: MakeSite) -> None:
    hop = {"source": "某刊", "date": "2024-03-01T08:00:00+08:00"}
    folder = site(f"-- content/articles/a.md --\n{article(hop)}\n-- content/articles/b.md --\n{source()}")
    built = build(folder)
    page = built.page("articles/a/index.html")
    (chain,) = page.texts_of("chain")
    (byline,) = page.texts_of("byline")
    assert "2024年3月1日" in chain
    assert "2024年3月1日" not in byline
    assert "本站发布于 2024年3月26日" in byline
    (data,) = page.json_ld
    assert (data["datePublished"], data["isBasedOn"][0]["datePublished"]) == ("2024-03-26", "2024-03-01T08:00:00+08:00")
    assert "本站" not in built.page("articles/b/index.html").texts_of("byline")[0]


def test_a_card_names_every_hop(site: MakeSite) -> None:
    folder = site(f"-- content/articles/a.md --\n{article(*HOPS, {'source': '三', 'author': 'admin'})}")
    (card,) = [text for tag, found, text in build(folder).page("index.html").texts if found.get("class") == "from"]
    assert card == "云 周刊 里云、后云 → 爱云 → 三"


REPOST = """\
---
title: 公司关闭软件服务
date: 2026-03-26T09:30:00+08:00
category: progress
attribution:
  - {source: 澎湃新闻, author: 秦盛}
  - {source: 科学网, author: writer}
  - {source: 爱科学, url: "https://www.iikx.com/news/progress/38867.html"}
rights:
  notices: [本文仅供学习交流之用，版权归原作者所有，请勿用于商业用途！, 更多软件请访问原站。]
  signoff: 本文版权归原作者所有，请勿用于商业用途，[爱科学iikx.com](http://iikx.com)转发
keep: [秦盛]
---

当地时间3月25日，公司宣布将停止软件服务。秦盛报道。
"""


def test_a_repost_of_three_hops_keeps_them_all(site: MakeSite) -> None:
    """A stand-in with the shape of a real repost, whose one address is that of the last copy."""
    folder = site(f"-- content/articles/a.md --\n{REPOST}", THREE_VARIANTS)
    built = build(folder, now=datetime(2027, 1, 1, tzinfo=UTC))
    worded = {
        "": ("本文仅供学习交流之用，版权归原作者所有，请勿用于商业用途！", "更多软件请访问原站。", "转发"),
        "zh-tw/": ("本文僅供學習交流之用，版權歸原作者所有，請勿用於商業用途！", "更多軟體請訪問原站。", "轉發"),
        "zh-hk/": ("本文僅供學習交流之用，版權歸原作者所有，請勿用於商業用途！", "更多軟件請訪問原站。", "轉發"),
    }
    for start, (first, second, passed_on) in worded.items():
        page = built.page(f"{start}progress/a/index.html")
        feed = (folder / f"public/{start}feed.xml").read_text("utf-8")
        assert page.texts_of("notice") == [first, second] * 2
        assert page.texts_of("signoff")[0].endswith(passed_on)
        assert [link["href"] for link in page.all("a", data_wz="original")] == [
            "https://www.iikx.com/news/progress/38867.html"
        ]
        for text in ("澎湃新闻", "科学网", "爱科学", "秦盛"):
            assert text in page.text and text in feed
        assert feed.count(first) >= 2 and feed.count(second) >= 2
        assert "http://iikx.com" in feed and "http://iikx.com" in page.hrefs()
        assert "writer" not in page.text + feed
        assert "https://www.iikx.com/news/progress/38867.html" in feed
        # The address of the copy is nowhere that of the origin.
        (data,) = page.json_ld
        assert [hop.get("url") for hop in data["isBasedOn"]] == [
            None,
            None,
            "https://www.iikx.com/news/progress/38867.html",
        ]
        assert "<source url=" not in feed
