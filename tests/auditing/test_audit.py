"""`wenzhai audit`: a built site passes as it is, and whatever is taken out of it, altered or hidden is named with its file."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from audited_site import GONE, SETTINGS, WITHHELD, write_audited
from sites import SAMPLE, Built, build, source, write_file, write_site

from builder.auditing.audit import audit_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Run

LATER = datetime(2027, 1, 1, tzinfo=UTC)
#: When `sites.build` builds.
NOW = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site of `audited_site.py` in the shipped theme."""
    return build(write_audited(tmp_path_factory.mktemp("audited") / "site"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The same in a theme of its own."""
    return build(write_audited(tmp_path_factory.mktemp("audited") / "site", theme=True))


def findings(built: Built) -> list[tuple[str, str]]:
    """The codes of an audit and their files, without those that repeat."""
    report = audit_site(built.folder.parent, built.folder, NOW)
    return sorted(
        {(found.code, found.place.path.removeprefix("public/")) for found in report.diagnostics if found.place}
    )


@contextmanager
def changed(built: Built, path: str, old: str, new: str, *, nth: int = 0) -> Iterator[None]:
    """A file of the output with one occurrence of `old` (the last: -1) replaced, for as long as it takes."""
    file = built.folder / path
    text = file.read_bytes().decode()
    parts = text.split(old)
    assert len(parts) > 1, f"{path} has no {old}"
    position = nth if nth >= 0 else len(parts) - 1 + nth
    file.write_bytes((old.join(parts[: position + 1]) + new + old.join(parts[position + 1 :])).encode())
    try:
        yield
    finally:
        file.write_bytes(text.encode())


# -- what is right passes ----------------------------------------------------------------------------------------------


def test_the_sample_passes(sample: Built) -> None:
    report = audit_site(SAMPLE, sample.folder, LATER)
    assert report.diagnostics == ()
    assert report.count("page") % 3 == 0 and report.count("item")


def test_the_sample_below_a_path_passes(sample_below: Built) -> None:
    assert audit_site(SAMPLE, sample_below.folder, LATER).diagnostics == ()


@pytest.mark.parametrize("theme", ["audited", "plain"])
def test_every_kind_of_term_passes_in_any_theme(theme: str, request: pytest.FixtureRequest) -> None:
    built: Built = request.getfixturevalue(theme)
    report = audit_site(built.folder.parent, built.folder)
    assert report.diagnostics == ()
    assert (report.count("page"), report.count("tombstone"), report.count("item")) == (21, 3, 81)


@pytest.mark.parametrize("script", ["zh-CN", "zh-TW", "zh-HK"])
def test_notices_that_a_converter_has_words_for_pass(tmp_path: Path, script: str) -> None:
    notices = {
        "zh-CN": ["请勿用于商业用途；软件程序的网络视频信息，默认反复发布。", "了解后面的里程、干净的头发、只系云南。"],
        "zh-TW": ["請勿用於商業用途；軟體程式的網路影片資訊，預設反覆發布。", "瞭解後面的里程、乾淨的頭髮、只係雲南。"],
        "zh-HK": ["請勿用於商業用途；軟件程式的網絡短片資訊，預設反覆發佈。", "瞭解後面的里程、乾淨的頭髮、只係雲南。"],
    }[script]
    text = source("正文。", id="a", title="文", script=script, rights={"notices": notices})
    site = write_site(tmp_path, "", SETTINGS)
    write_file(site / "content/articles/a.md", text)
    assert audit_site(site, build(site).folder).diagnostics == ()


def test_a_sign_off_about_tags_passes(tmp_path: Path) -> None:
    signoff = "用 <GCC> 编译，<script>不运行</script>，<b>保留</b>[署名](https://sign.example.com/)，a < b"
    site = write_site(tmp_path, "", SETTINGS)
    front = {"original": None, "attribution": [{"source": "某刊"}]}
    for number, text in enumerate((signoff, signoff.replace("<b>保留</b>", "保留"))):
        write_file(site / f"content/articles/{number}.md", source("正文。", rights={"signoff": text}, **front))
    built = build(site)
    report = audit_site(site, built.folder, NOW)
    assert {found.place.path for found in report.diagnostics if found.place} == set()


def test_terms_that_were_withdrawn_with_their_only_article_pass(tmp_path: Path) -> None:
    front = {"original": None, "attribution": [{"source": "某刊"}], "tags": ["软件"], "category": "news"}
    site = write_site(tmp_path, "", SETTINGS + "[feeds]\ntags = true\nsources = true\n")
    write_file(site / "content/articles/own.md", source("自己的正文。", id="own"))
    gone = {"date": "2024-12-30", "reason": "应作者要求"}
    write_file(site / "content/articles/gone.md", source("撤下的正文。", id="gone", withdrawn=gone, **front))
    built = build(site)
    assert {"sources/某刊/feed.xml", "tags/软件/feed.xml", "news/feed.xml"} <= built.paths
    assert audit_site(site, built.folder, NOW).diagnostics == ()


# -- what is wrong is named --------------------------------------------------------------------------------------------

REPOST, REPOST_TW, REPOST_HK = (f"{folder}progress/repost/index.html" for folder in ("", "zh-tw/", "zh-hk/"))
EXCERPT, OWN, LINK, GONE_PAGE = (f"articles/{name}/index.html" for name in ("excerpt", "own", "link", "gone"))
NOTICE = "本文仅供学习交流之用，版权归原作者所有，请勿用于商业用途！"
NOTICE_TW = "本文僅供學習交流之用，版權歸原作者所有，請勿用於商業用途！"
URL = "https://www.iikx.com/news/progress/38867.html"
SUMMARY = "关于那座房子的简介，也要一并消失才算数</main>"
PAGE_CASES = {
    "notice at the top": (REPOST, f'<p data-wz="notice">{NOTICE}</p>', "", 0, "audit-notice"),
    "notice at the foot": (REPOST_TW, f'<p data-wz="notice">{NOTICE_TW}</p>', "", -1, "audit-notice"),
    "notice altered": (REPOST, "请勿用于商业用途！</p>", "可以用于商业用途！</p>", 0, "audit-notice"),
    "notice lacks a word": (REPOST_TW, "請勿用於", "請用於", -1, "audit-notice"),
    "notice with another digit": (REPOST_HK, "v2.0", "v2.1", -1, "audit-notice"),
    "notice too many": (
        REPOST,
        '<p data-wz="notice">',
        '<p data-wz="notice">可以转载</p><p data-wz="notice">',
        0,
        "audit-notice",
    ),
    "notice of another variant": (REPOST_TW, NOTICE_TW, NOTICE, -1, "audit-script"),
    "notice half in the other script": (REPOST_TW, "版權歸原作者", "版权歸原作者", -1, "audit-script"),
    "notice by hand of another variant": (OWN, "作者保留署名权。", "作者保留具名權。", -1, "audit-notice"),
    "notice in Traditional at home": (REPOST, NOTICE, NOTICE_TW, -1, "audit-script"),
    "notice of Hong Kong in Taiwan": (
        "zh-hk/articles/traditional/index.html",
        "裏面的圖",
        "裡面的圖",
        -1,
        "audit-script",
    ),
    "mark gone from a notice": (REPOST, '<p data-wz="notice">', "<p>", 0, "audit-notice"),
    "hop": (REPOST, '<li><span class="role">转载</span> <b translate="no">科学网</b>', "<li>", 0, "audit-chain"),
    "hop converted": (REPOST_TW, '<b translate="no">科学网</b>', '<b translate="no">科學網</b>', 0, "audit-chain"),
    "hop lengthened": (REPOST, '<b translate="no">科学网</b>', '<b translate="no">科学网站</b>', 0, "audit-chain"),
    "chain": (REPOST, 'data-wz="chain"', "", 0, "audit-chain"),
    "original title": (REPOST, "OpenAI退出视频生成领域</cite>", "OpenAI退出</cite>", 0, "audit-chain"),
    "link of a hop": (REPOST, f'<a href="{URL}" translate="no">爱科学</a>', "<b>爱科学</b>", 0, "audit-link"),
    "link of a hop on another": (
        REPOST,
        '<b translate="no">澎湃新闻</b>',
        f'<a href="{URL}" translate="no">澎湃新闻</a>',
        0,
        "audit-link",
    ),
    "link that nobody gave": (
        REPOST,
        '<b translate="no">科学网</b>',
        '<a href="https://x.example/" translate="no">科学网</a>',
        0,
        "audit-link",
    ),
    "author": (REPOST, 'translate="no">秦盛</a>', 'translate="no"></a>', 0, "audit-author"),
    "author altered": (REPOST_HK, 'translate="no">秦盛</a>', 'translate="no">秦晟</a>', 0, "audit-author"),
    "author converted": ("zh-tw/articles/excerpt/index.html", "余秋雨</a>", "餘秋雨</a>", 0, "audit-author"),
    "author of an origin in Traditional": (
        "articles/traditional/index.html",
        "游錫堃</a>",
        "游锡堃</a>",
        0,
        "audit-author",
    ),
    "translator": (EXCERPT, "张后</b>", "張後</b>", 0, "audit-author"),
    "author of one's own": (OWN, "<span>文摘编辑部</span>", "", 0, "audit-author"),
    "author of a reference": (OWN, 'translate="no">李干</a>', 'translate="no">李乾</a>', 0, "audit-author"),
    "second author of a reference": (OWN, 'translate="no">于后云</a>', 'translate="no">于後云</a>', 0, "audit-author"),
    "second author for machines": (OWN, '"name": "于后云"', '"name": "于後云"', 0, "audit-json-ld"),
    "original link": (REPOST, f'data-wz="original" href="{URL}"', 'data-wz="original" href="#"', 0, "audit-original"),
    "original link altered": (
        LINK,
        'data-wz="original" href="https://news.example.com/1"',
        'data-wz="original" href="https://news.example.com/2"',
        0,
        "audit-original",
    ),
    "holder": (REPOST, '<span translate="no">原作者</span>', "", 0, "audit-license"),
    "licence": (EXCERPT, 'data-wz="licence"', "", 0, "audit-license"),
    "licence altered": (EXCERPT, ">CC-BY-4.0<", ">CC0-1.0<", 0, "audit-license"),
    "link of a licence": (
        EXCERPT,
        'href="https://creativecommons.org/licenses/by/4.0/"',
        'href="/"',
        0,
        "audit-license",
    ),
    "licence that was not granted": (
        REPOST,
        "</head>",
        '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/"></head>',
        0,
        "audit-license",
    ),
    "sign-off": (REPOST, "请勿用于商业用途，<a", "<a", 0, "audit-signoff"),
    "mark of a sign-off": (REPOST_TW, 'data-wz="signoff"', "", 0, "audit-signoff"),
    "link of a sign-off": (REPOST, 'href="http://iikx.com/"', 'href="http://iikx.example/"', 0, "audit-signoff"),
    "sign-off in another script": (REPOST_TW, "版權歸<strong>", "版权归<strong>", 0, "audit-script"),
    "language": (REPOST_TW, '<html lang="zh-TW">', '<html lang="zh-CN">', 0, "audit-variant"),
    "title in another script": (REPOST_TW, "<h1>影片生成軟體關閉", "<h1>视频生成软件关闭", 0, "audit-variant"),
    "title altered": (REPOST, "<h1>视频生成软件关闭", "<h1>视频生成软件开张", 0, "audit-variant"),
    "name of a JSON-LD author": (REPOST, '"name": "秦盛"', '"name": "某人"', 0, "audit-json-ld"),
    "notice of JSON-LD": (REPOST, '"copyrightNotice": "本文', '"copyrightNotice": "全文', 0, "audit-json-ld"),
    "licence of JSON-LD": (
        REPOST,
        '"inLanguage"',
        '"license": "https://creativecommons.org/licenses/by/4.0/", "inLanguage"',
        0,
        "audit-json-ld",
    ),
    "JSON-LD broken": (REPOST, '{"@context"', '{"@context', 0, "audit-json-ld"),
    "body in mode link": (LINK, "<footer>", '<div data-wz="body">一些字</div><footer>', 0, "audit-mode"),
    "noindex of a repost": (REPOST, '<meta name="robots" content="noindex">', "", 0, "audit-indexing"),
    "noindex of a tombstone": (GONE_PAGE, '<meta name="robots" content="noindex">', "", 0, "audit-indexing"),
    "tombstone": (GONE_PAGE, 'data-wz="tombstone"', "", 0, "audit-tombstone"),
    "text on a tombstone": (GONE_PAGE, "</article>", f"<p>{GONE}</p></article>", 0, "audit-withheld"),
    "withheld text": (EXCERPT, "</article>", f"<p>{WITHHELD}</p></article>", 0, "audit-withheld"),
    "withheld text, converted and cut by tags": (
        "zh-tw/index.html",
        "</main>",
        "<p>這一段從未公開過的<b>文字談到了</b>第七號倉庫裡的舊機器</p></main>",
        0,
        "audit-withheld",
    ),
    "withheld text in an attribute": ("about/index.html", "<main", f'<main title="{WITHHELD}"', 0, "audit-withheld"),
    "summary of what is withdrawn": ("archive/index.html", "</main>", SUMMARY, 0, "audit-withheld"),
    "hidden by an attribute": (REPOST, '<p data-wz="notice">', '<p hidden data-wz="notice">', 0, "audit-hidden"),
    "hidden from those who listen": (
        REPOST,
        '<div class="notices"',
        '<div aria-hidden="true" class="notices"',
        0,
        "audit-hidden",
    ),
    "hidden by its style": (
        REPOST,
        '<div class="notices"',
        '<div style="display: none" class="notices"',
        -1,
        "audit-hidden",
    ),
    "chain behind a summary": (
        REPOST,
        '<ol class="chain"',
        '<details><summary>x</summary><ol class="chain"',
        0,
        "audit-hidden",
    ),
    "hidden original link": (REPOST, '<p class="original">', '<p class="original" hidden>', 0, "audit-hidden"),
    "hidden author": (REPOST, '<p class="byline"', '<p class="byline" hidden', 0, "audit-hidden"),
    "hidden by a style element": (
        REPOST,
        "</head>",
        "<style>.notices { display: none }</style></head>",
        0,
        "audit-hidden",
    ),
    "canonical of another page": (
        REPOST,
        'rel="canonical" href="https://example.org/progress',
        'rel="canonical" href="https://example.org',
        0,
        "audit-indexing",
    ),
    "chain of a tombstone": (GONE_PAGE, 'data-wz="chain"', "", 0, "audit-chain"),
    "reason of a withdrawal": (GONE_PAGE, "<dd>应作者要求</dd>", "", 0, "audit-tombstone"),
    "placeholder as an author": (
        REPOST,
        '<p class="byline" data-wz="byline">',
        '<p class="byline" data-wz="byline"><b>writer</b>',
        0,
        "audit-author",
    ),
    "title of a twin": ("zh-tw/articles/twin/index.html", "<h1>手寫的標題", "<h1>有孿生的軟體", 0, "audit-variant"),
    "notice with markup": ("zh-tw/articles/marked/index.html", "請保留具名", "請保留署名", -1, "audit-notice"),
    "in a template": (REPOST, '<p class="signoff" data-wz="signoff">', '<template><p data-wz="signoff">', 0, "audit-"),
}


@pytest.mark.parametrize("case", PAGE_CASES)
def test_what_a_page_lacks_is_named(audited: Built, case: str) -> None:
    path, old, new, nth, code = PAGE_CASES[case]
    with changed(audited, path, old, new, nth=nth):
        found = findings(audited)
    assert found, "nothing was found"
    assert any(name.startswith(code) and file == path for name, file in found), found
    # Whatever else is found is in that file, or in the feeds that are held against it.
    assert {file for _, file in found} <= {path, *(file for _, file in found if file.endswith(FEEDS))}


FEED, FEED_TW = "feed.xml", "zh-tw/feed.xml"
FEEDS = ("feed.xml", "atom.xml", "feed.json")
FEED_CASES = {
    "notice at the top": (FEED, f"<p><strong>{NOTICE}</strong></p>", "", 0, "audit-notice"),
    "notice at the foot": (FEED, f"<p><strong>{NOTICE}</strong></p>", "", 1, "audit-notice"),
    "notice altered": (FEED_TW, f"<p><strong>{NOTICE_TW}", f"<p><strong>{NOTICE_TW[:-1]}。", 0, "audit-notice"),
    "notice of another variant": (FEED_TW, f"<p><strong>{NOTICE_TW}", f"<p><strong>{NOTICE}", 0, "audit-script"),
    "author": (FEED, "<dc:creator>秦盛</dc:creator>", "", 0, "audit-author"),
    "hop": (FEED, "转载：科学网", "转载：", 0, "audit-chain"),
    "hop converted": (FEED_TW, "：科学网", "：科學網", 0, "audit-chain"),
    "link of a hop": (FEED, f'<a href="{URL}">爱科学</a>', "爱科学", 0, "audit-link"),
    "link of a hop on another": (FEED, "原文：澎湃新闻", f'原文：<a href="{URL}">澎湃新闻</a>', 0, "audit-link"),
    "original link": (FEED, f'<a href="{URL}">{URL}</a>', "", 0, "audit-original"),
    "copy as the original": (FEED, 'rel="via"', 'rel="related"', 0, "audit-link"),
    "licence": (FEED, '<a href="https://creativecommons.org/licenses/by/4.0/">CC-BY-4.0</a>', "CC", 0, "audit-license"),
    "sign-off": (FEED, "<p>本文版权归", "<p>本文版权", 0, "audit-signoff"),
    "title": (FEED_TW, "<title>影片生成軟體關閉", "<title>视频生成软件关闭", 0, "audit-variant"),
    "language": (FEED_TW, "<language>zh-TW", "<language>zh-CN", 0, "audit-feed"),
    "guid": (FEED, "tag:example.org,2026:own:zh-CN", "tag:example.org,2026:other:zh-CN", 0, "audit-item"),
    "variant of a guid": (FEED, "tag:example.org,2026:own:zh-CN", "tag:example.org,2026:own:zh-TW", 0, "audit-item"),
    "link": (
        FEED,
        "<link>https://example.org/articles/own/",
        "<link>https://example.org/articles/link/",
        0,
        "audit-item",
    ),
    "item of what is withdrawn": (
        FEED,
        "tag:example.org,2026:gone:zh-CN",
        "tag:example.org,2026:own:zh-CN",
        0,
        "audit-item",
    ),
    "reason of a withdrawal": (FEED_TW, "應作者要求", "", -1, "audit-tombstone"),
    "form": (FEED, "</rss>", "", 0, "audit-feed"),
    "withheld text": (FEED, "<description>", f"<description>{WITHHELD}", 1, "audit-withheld"),
    "hidden": (FEED, f"<p><strong>{NOTICE}", f"<p hidden><strong>{NOTICE}", 0, "audit-hidden"),
}


@pytest.mark.parametrize("case", FEED_CASES)
def test_what_a_feed_lacks_is_named(audited: Built, case: str) -> None:
    path, old, new, nth, code = FEED_CASES[case]
    with changed(audited, path, old, new, nth=nth):
        found = findings(audited)
    assert (code, path) in found
    # What else is found is that the formats and variants do not agree any more.
    assert {file for name, file in found if name != "audit-feed"} <= {path}


PLAIN_CASES = {
    "notice": (REPOST, f'<li data-wz="notice">{NOTICE}', '<li data-wz="notice">', 0, "audit-notice"),
    "hop": (REPOST, "<i>科学网</i>", "", 0, "audit-chain"),
    "order of the hops": (REPOST, "<i>澎湃新闻</i>", "<i>科学网</i> → <i>澎湃新闻</i>", 0, "audit-chain"),
    "link of a hop": (REPOST, f'<a href="{URL}">爱科学', "<a>爱科学", 0, "audit-link"),
    "link of a hop on another": (REPOST, "<i>科学网</i>", f'<a href="{URL}">科学网</a>', 0, "audit-link"),
    "author": (REPOST, '<i translate="no">秦盛</i>', "", 0, "audit-author"),
    "original link": (LINK, 'data-wz="original"', "", 0, "audit-original"),
    "id": (REPOST, 'data-wz-id="repost"', "", 0, "audit-page"),
    "id of nobody": (REPOST, 'data-wz-id="repost"', 'data-wz-id="nobody"', 0, "audit-page"),
}


@pytest.mark.parametrize("case", PLAIN_CASES)
def test_what_a_page_in_a_theme_of_its_own_lacks_is_named(plain: Built, case: str) -> None:
    path, old, new, nth, code = PLAIN_CASES[case]
    with changed(plain, path, old, new, nth=nth):
        assert code in {name for name, _ in findings(plain)}


def test_a_chain_out_of_order_is_named(plain: Built) -> None:
    with (
        changed(plain, REPOST, "<i>澎湃新闻</i>", "<i>__</i>"),
        changed(plain, REPOST, "<i>科学网</i>", "<i>澎湃新闻</i>"),
    ):
        assert ("audit-chain", REPOST) in findings(plain)


# -- style sheets ------------------------------------------------------------------------------------------------------

HIDING = [
    ".notices { display: none }",
    '[data-wz="notice"] { visibility: hidden !important }',
    "@media print { .notices { display: none } }",
    "@media (max-width: 30em) { @supports (display: grid) { .article > header .notices { opacity: 0 } } }",
    ".article { .notices { font-size: 0 } }",
    ".article { & .notices { clip-path: inset(50%) } }",
    ".notices { position: absolute; left: -9999px }",
    ".notices { position: absolute } .notices { left: -999em }",
    ".notices { height: 0; overflow: hidden }",
    ".notices p { text-indent: -100em }",
    ".notices { transform: scale(0) }",
    ".notices { color: transparent }",
    ".notices { content-visibility: hidden }",
    ":lang(zh-TW) .notices { display: none }",
    "body :is(.notices, .x):not(.y) { display: none }",
    ".notices { position: absolute; width: 1px; height: 1px; clip: rect(0, 0, 0, 0); overflow: hidden }",
]


def style_of(built: Built, name: str = "style") -> str:
    return next(path.relative_to(built.folder).as_posix() for path in (built.folder / "assets").glob(f"{name}.*.css"))


@pytest.mark.parametrize("rule", HIDING)
def test_what_a_style_sheet_hides_is_named(audited: Built, rule: str) -> None:
    path = style_of(audited)
    text = (audited.folder / path).read_text("utf-8")
    with changed(audited, path, text, text + rule):
        assert ("audit-hidden", REPOST_TW) in findings(audited)


@pytest.mark.parametrize(
    "rule",
    [
        ".notices::before { display: none }",
        ".notices { display: none } .notices { display: block }",
        ".notices:hover { opacity: 0 }",
        ".other .notices { display: none }",
        ".notices { overflow: hidden; max-height: 90vh; margin: -4px; color: #000; font-size: .8em; opacity: .9 }",
        "a[href$='.zip'] { display: none } .vh { left: -9999px }",
        "nonsense {{{ display: none",
    ],
)
def test_what_a_style_sheet_does_not_hide_passes(audited: Built, rule: str) -> None:
    path = style_of(audited)
    text = (audited.folder / path).read_text("utf-8")
    with changed(audited, path, text, text + rule):
        assert findings(audited) == []


def test_an_imported_style_sheet_is_read(plain: Built) -> None:
    path = style_of(plain, "plain")
    text = (plain.folder / path).read_text("utf-8")
    write_file(plain.folder / "assets/more.css", 'span[data-wz], [data-wz="chain"] { display: none }')
    try:
        with changed(plain, path, text, '@import url("more.css");' + text):
            assert {("audit-hidden", REPOST), ("audit-hidden", EXCERPT)} <= set(findings(plain))
    finally:
        (plain.folder / "assets/more.css").unlink()


# -- hosts -------------------------------------------------------------------------------------------------------------


def test_a_tombstone_is_gone_for_hosts_and_not_in_the_sitemap(audited: Built) -> None:
    with changed(audited, "_redirects", "/articles/gone/ /articles/gone/ 410!", ""):
        assert findings(audited) == [("audit-indexing", GONE_PAGE)]
    with changed(
        audited, "sitemap.xml", "</urlset>", "<url><loc>https://example.org/articles/gone/</loc></url></urlset>"
    ):
        assert findings(audited) == [("audit-indexing", GONE_PAGE)]


def test_a_page_or_a_feed_that_is_not_there_is_named(audited: Built, tmp_path: Path) -> None:
    for path, code in ((REPOST_TW, "audit-page"), (FEED_TW, "audit-feed")):
        (audited.folder / path).rename(tmp_path / "aside")
        try:
            assert code in {name for name, _ in findings(audited)}
        finally:
            (tmp_path / "aside").rename(audited.folder / path)


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command_says_what_passed(audited: Built, run: Run) -> None:
    outcome = run("audit", "-s", audited.folder.parent, "-v")
    assert outcome.status == 0
    assert outcome.out.endswith("7 articles in 3 variants: 21 pages, 3 tombstones, 81 feed items: all passed\n")
    assert "PASS  page       zh-TW  public/zh-tw/progress/repost/index.html  [repost]\n" in outcome.out
    assert outcome.err == ""


def test_the_command_fails_and_names_the_file(audited: Built, run: Run) -> None:
    with changed(audited, REPOST, f'<p data-wz="notice">{NOTICE}</p>', ""):
        outcome = run("audit", audited.folder, "-s", audited.folder.parent)
        said = run("audit", audited.folder, "-s", audited.folder.parent, "--format", "json")
    assert outcome.status == said.status == 1
    assert f"public/{REPOST}: error[audit-notice]: the notice “{NOTICE}” is missing above the text" in outcome.err
    *_, summary = said.records
    assert summary["type"] == "audit" and not summary["passed"] and summary["findings"] == 1
    assert [item["path"] for item in said.records if item["type"] == "audited" and not item["passed"]] == [
        f"public/{REPOST}"
    ]


def test_there_must_be_something_to_audit(audited: Built, run: Run, tmp_path: Path) -> None:
    outcome = run("audit", tmp_path / "nothing", "-s", audited.folder.parent, "--format", "json")
    assert outcome.status == 1 and outcome.codes == {"audit-output"}


def test_a_site_without_settings_is_held_to_what_it_says(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", "-- a.md --\n# 一篇\n\n正文。\n", "")
    built = build(site)
    assert audit_site(site, built.folder).diagnostics == ()


# -- every combination -------------------------------------------------------------------------------------------------

CHAINS = [
    {"source": "甲报", "author": "秦盛", "url": "https://a.example.com/1"},
    {"source": "乙报与网"},
    [
        {"source": "甲报", "author": "余秋雨"},
        {"source": "丙网"},
        {"source": "丁网", "url": "https://d.example.com/?x=1&y=2"},
    ],
    [
        {"source": "Origin", "author": "A. Writer", "title": "A & B", "url": "https://o.example.com/"},
        {"source": "译者网", "translator": "张后", "url": "https://t.example.com/中文/"},
    ],
    None,
]
LICENSES = ["", "CC-BY-NC-4.0", "CC0-1.0", "all-rights-reserved", "LicenseRef-house", "https://terms.example.com/x"]


@pytest.mark.parametrize("script", ["zh-CN", "zh-TW"])
def test_every_mode_licence_and_chain_passes(tmp_path: Path, script: str) -> None:
    site = write_site(tmp_path / "site", "", SETTINGS)
    number = 0
    for mode in ("full", "excerpt", "link"):
        for license_name in LICENSES:
            for chain in CHAINS:
                number += 1
                text = source(
                    f"第{number}号文件里的正文，只有这里才有的一句话。\n\n" * 3,
                    id=f"n{number}",
                    title=f"第 {number} 号文件" if script == "zh-CN" else f"第 {number} 號文件",
                    script=script,
                    attribution=chain,
                    original=True if chain is None else None,
                    rights={
                        "mode": mode,
                        "license": license_name or None,
                        "notices": ["请勿用于商业用途。", "来源见上。"],
                    },
                )
                write_file(site / f"content/articles/n{number}.md", text)
    report = audit_site(site, build(site).folder)
    assert report.diagnostics == ()
    # In three formats, and in the archives of two.
    assert (report.count("page"), report.count("item")) == (3 * number, 3 * (3 * 40 + 2 * number))
