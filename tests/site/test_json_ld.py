"""JSON-LD: valid in a script element whatever the texts hold, and without what is empty."""

from __future__ import annotations

import json

from builder.site.json_ld import news_article
from builder.site.views import DateView, Head, HopView, LicenseView, Link, SiteView

HOSTILE = '</script><!-- & "引" \\ \n\t\x00\x1f\x7f \u2028\ufeff😀'


def head(title: str) -> Head:
    url = "https://example.org/a/"
    return Head("a/index.html", "/a/", "zh-CN", title, "", url, alternates=(), feeds=(), noindex=False)


def site() -> SiteView:
    return SiteView(
        title="文摘",
        categories=(),
        pages=(),
        notices=(),
        description="",
        variant="",
        label="",
        home="",
        base_path="",
        home_absolute="",
        author="",
        author_email="",
        author_url="",
        tags="",
        sources="",
        authors="",
        archive="",
        issues="",
        feed="",
        subscribe="",
        rights_page="",
        rights_contact="",
        generator="",
    )


def hop(source: str, *authors: str, url: str = "") -> HopView:
    return HopView(source, "", tuple(Link(name, "") for name in authors), "", "", url, "", None)


def test_a_hostile_text_stays_in_its_string() -> None:
    chain = (hop(HOSTILE, HOSTILE),)
    text = news_article(
        head=head(HOSTILE),
        site=site(),
        chain=chain,
        original=False,
        holder=HOSTILE,
        notices=(HOSTILE,),
        license=None,
        date=None,
        updated=None,
        cover=None,
        keywords=(HOSTILE,),
    )
    assert not {"<", "&", "\n"} & set(text)
    data = json.loads(text)
    assert text == json.dumps(data, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c").replace("&", "\\u0026")
    assert data["headline"] == data["copyrightNotice"] == data["copyrightHolder"]["name"] == HOSTILE
    assert data["author"] == [{"@type": "Person", "name": HOSTILE}]
    assert data["keywords"] == [HOSTILE]


def test_only_what_is_known_is_said() -> None:
    text = news_article(
        head=head("题"),
        site=site(),
        chain=(hop("云", "甲", "乙", url="https://example.com/"), hop("爱云")),
        original=False,
        holder="",
        notices=(),
        license=LicenseView("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/", granted=True),
        date=DateView("2026-03-26", "2026年3月26日", ""),
        updated=None,
        cover=None,
        keywords=(),
        terms=("不得用于商业用途",),
    )
    people = [{"@type": "Person", "name": "甲"}, {"@type": "Person", "name": "乙"}]
    assert json.loads(text) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "author": people,
        "copyrightHolder": people,
        "creditText": "云（甲、乙） → 爱云",
        "datePublished": "2026-03-26",
        "headline": "题",
        "inLanguage": "zh-CN",
        "isBasedOn": [
            {
                "@type": "CreativeWork",
                "author": people,
                "publisher": {"@type": "Organization", "name": "云"},
                "url": "https://example.com/",
            },
            {"@type": "CreativeWork", "publisher": {"@type": "Organization", "name": "爱云"}},
        ],
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "mainEntityOfPage": "https://example.org/a/",
        "publisher": {"@type": "Organization", "name": "文摘"},
        "url": "https://example.org/a/",
        "usageInfo": {"@type": "CreativeWork", "text": "不得用于商业用途"},
    }
