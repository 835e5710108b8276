"""Themes: their layers, what is wrong with them, the pages of the default one, and the contract that rights depend on."""

from __future__ import annotations

import functools
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from msgspec import Struct
from msgspec.structs import replace

from builder.diagnostics import BuilderError, Place
from builder.publish.feeds import STRINGS
from builder.publish.renderer import CompiledTheme, Renderer, compile_theme
from builder.publish.shipped import shipped_themes
from builder.publish.theme import load_theme, strings_for
from builder.site import views
from builder.site.views import (
    Alternate,
    ArchivePage,
    ArticlePage,
    BodyRef,
    Card,
    DateView,
    FeedAddress,
    FeedLink,
    FeedOffer,
    Head,
    HeadingView,
    HomePage,
    HopView,
    IssueEntry,
    IssuePage,
    LicenseView,
    Link,
    ListPage,
    MonthView,
    NotFoundPage,
    Pager,
    PageView,
    PictureView,
    RedirectPage,
    SiteView,
    StandingPage,
    SubscribePage,
    TermPage,
    TermView,
    TombstonePage,
    VariantOffer,
    YearView,
)

if TYPE_CHECKING:
    from builder.diagnostics import Diagnostic
    from builder.publish.theme import Theme

DOC = Path(__file__).parents[2] / "docs" / "themes.md"
NOTICE = "版权归原作者所有 <请勿> 用于“商业”用途 & 转载！"
VARIANTS = ("zh-CN", "zh-TW", "zh-HK")


# ── A site of every page ──


def make_site(variant: str = "zh-CN", **changes: Any) -> SiteView:
    site = SiteView(
        title="文摘",
        description="每天的科技新闻",
        variant=variant,
        label="简体",
        home="/digest/",
        base_path="/digest/",
        home_absolute="https://example.org/digest/",
        author="编辑部",
        author_email="",
        author_url="",
        categories=(Link("进展", "/digest/progress/"),),
        pages=(Link("关于", "/digest/about/"),),
        tags="/digest/tags/",
        sources="/digest/sources/",
        authors="",
        archive="/digest/archive/",
        issues="/digest/issues/",
        feed="/digest/feed.xml",
        subscribe="/digest/subscribe/",
        rights_page="",
        rights_contact="mailto:rights@example.org",
        notices=(NOTICE,),
        generator="Wenzhai",
    )
    return replace(site, **changes)


def make_head(path: str = "", title: str = "标题", variant: str = "zh-CN", **changes: Any) -> Head:
    others = {"zh-CN": "", "zh-TW": "zh-tw/", "zh-HK": "zh-hk/"}
    head = Head(
        path=f"{others[variant]}{path}index.html",
        url=f"/digest/{others[variant]}{path}",
        variant=variant,
        title=title,
        description="说明",
        canonical=f"https://example.org/digest/{others[variant]}{path}",
        alternates=tuple(
            Alternate(tag, tag, f"/digest/{at}{path}", f"https://example.org/digest/{at}{path}", tag == variant)
            for tag, at in others.items()
        ),
        feeds=(FeedLink("文摘", "application/rss+xml", "/digest/feed.xml"),),
        noindex=False,
    )
    return replace(head, **changes)


DAY = DateView("2026-03-26", "2026年3月26日", "")
TIME = DateView("2026-03-26T09:30:00+08:00", "2026年3月26日", "09:30")
ORIGIN = HopView("澎湃新闻", "/digest/sources/a/", (Link("秦盛", "/digest/authors/b/"),), "", "", "", "", None)
TRANSLATION = HopView(
    "译站", "", (), "林知远", "Sora <is> gone", "https://example.com/t?a=1&b=2", "https://archive.org/1", DAY
)
COPY = HopView("爱科学", "", (Link("writer", ""),), "", "", "https://www.iikx.com/news/progress/38867.html", "", TIME)
PICTURE = PictureView("/digest/a.png", "图", "官方", 60, 40, "https://example.org/digest/a.png")
CARD = Card(
    "a",
    "题目",
    "/digest/a/",
    "摘要",
    DAY,
    Link("进展", "/digest/progress/"),
    (),
    (ORIGIN, COPY),
    False,
    "excerpt",
    (),
    PICTURE,
)
OWN = Card("b", "自己的", "/digest/b/", "", None, None, (), (), True, "full", (), None)
TAGS = (Link("OpenAI", "/digest/tags/openai/"),)
TERMS = (TermView("OpenAI", "/digest/tags/openai/", 3),)
BODY = BodyRef("body", ('href="/digest/c/"',))
BODIES = {
    "body": f"<p>正文<a \0000\0>链接</a>{NOTICE.replace('<', '&lt;')}</p>",
    "comment": "<p>编者的话</p>",
    "excerpt": "<p>摘录的一段。</p>",
}


def make_article(**changes: Any) -> ArticlePage:
    chain = changes.get("chain", (ORIGIN, TRANSLATION, COPY))
    page = ArticlePage(
        head=make_head("progress/a/", "Sora <关闭>"),
        id="a",
        trail=(Link("进展", "/digest/progress/"),),
        date=TIME,
        updated=DAY,
        category=Link("进展", "/digest/progress/"),
        tags=TAGS,
        chain=chain,
        original=False,
        mode="full",
        notices=(NOTICE, "另一则声明"),
        signoff='由<a href="http://iikx.com">爱科学</a>转发',
        license=LicenseView("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/", granted=True),
        holder="原作者",
        summary="摘要",
        cover=PICTURE,
        body=BODY,
        comment=BodyRef("comment", ()),
        outline=tuple(HeadingView(2, f"h{number}", f"第{number}节") for number in range(3)),
        words=1200,
        minutes=3,
        issue=Link("第 1 期", "/digest/issues/1/"),
        previous=Link("旧", "/digest/old/"),
        next=Link("新", "/digest/new/"),
        original_links=tuple(hop for hop in chain if hop.url),
        json_ld='{"@type": "NewsArticle"}',
    )
    return replace(page, **changes)


FEED_KINDS: tuple[Literal["site", "category", "tag", "source", "issues"], ...] = (
    *("site", "category", "tag", "source", "issues"),
)
ADDRESSES = (FeedAddress("RSS", "/digest/feed.xml", "https://example.org/digest/feed.xml"),)


def make_pages(variant: str = "zh-CN") -> list[PageView]:
    def head(path: str = "", title: str = "标题", **changes: Any) -> Head:
        return make_head(path, title, variant, **changes)

    pager = Pager(5, 9, "/digest/page/4/", "/digest/page/6/", tuple(f"/digest/page/{n}/" for n in range(1, 10)))
    month = MonthView("2026年3月", "/digest/archive/2026/03/", 3)
    return [
        HomePage(head(), (CARD, OWN), replace(pager, number=1, previous="")),
        HomePage(head("page/5/"), (CARD, OWN), pager),
        HomePage(head("empty/"), (), Pager(1, 1, "", "", ("/digest/",))),
        ListPage(
            head("progress/"), "category", "进展", "", (), TERMS, (CARD,), Pager(1, 1, "", "", ("/digest/progress/",))
        ),
        ListPage(
            head("sources/a/"),
            "source",
            "澎湃",
            "https://e.com/",
            (Link("来源", "/digest/sources/"),),
            (),
            (CARD,),
            pager,
        ),
        *(TermPage(head(f"{kind}s/"), kind, TERMS) for kind in ("tag", "source", "author")),
        ArchivePage(head("archive/"), (YearView("2026年", (month,)),), None, None, None, ()),
        ArchivePage(head("archive/2026/03/"), (), month, month, month, (CARD,)),
        make_article(head=head("progress/full/")),
        make_article(
            head=head("progress/excerpt/"), mode="excerpt", body=BodyRef("excerpt", ()), updated=None, lead="导语"
        ),
        make_article(
            head=head("progress/link/"), mode="link", body=None, chain=(COPY,), license=None, signoff="", cover=None
        ),
        make_article(
            head=head("progress/own/"), chain=(), original=True, notices=(), comment=None, tags=(), issue=None
        ),
        IssuePage(
            head("issues/1/"),
            (Link("期刊", "/i/"),),
            "第 1 期",
            DAY,
            BODY,
            (("进展", (CARD,)), ("", (OWN,))),
            None,
            None,
            (),
        ),
        IssuePage(
            head("issues/"), (), "期刊", None, None, (), None, None, (IssueEntry("第 1 期", "/i/1/", DAY, "摘要", 2),)
        ),
        StandingPage(head("about/"), "关于", DAY, BODY, tuple(HeadingView(2, f"h{n}", "节") for n in range(3))),
        SubscribePage(
            head("subscribe/"),
            "订阅",
            DAY,
            BODY,
            (),
            tuple(FeedOffer(kind, "科技 <文摘>", "/digest/x/", ADDRESSES) for kind in FEED_KINDS),
            tuple(VariantOffer(tag, tag, "/digest/subscribe/", ADDRESSES, tag == variant) for tag in VARIANTS),
            ADDRESSES[0],
            archived=True,
        ),
        TombstonePage(head("gone/", noindex=True), "撤下的文章", DAY, "应作者要求", (ORIGIN,)),
        NotFoundPage(head("404/", noindex=True, alternates=(), canonical="")),
        RedirectPage(head("old/"), "/digest/new/", "https://example.org/digest/new/"),
    ]


def mark_variant(text: str, variant: str) -> str:
    return f"{variant}:{text}"


@functools.cache
def default_theme() -> Theme:
    checked = load_theme("default", {}, None)
    assert checked.diagnostics == ()
    return checked.value


def compiled(theme: Theme) -> CompiledTheme:
    return CompiledTheme(theme, compile_theme(theme).value)


def renderer_of(theme: Theme) -> Renderer:
    return Renderer(compiled(theme), {variant: strings_for(theme, variant, mark_variant) for variant in VARIANTS})


@functools.cache
def default_renderer() -> Renderer:
    return renderer_of(default_theme())


def render(view: PageView, theme: Theme | None = None) -> str:
    renderer = renderer_of(theme) if theme else default_renderer()
    return renderer.render_page(view, make_site(view.head.variant), BODIES).decode("utf-8")


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return folder


def load_site(tmp_path: Path, files: dict[str, str | bytes], name: str = "mine", **options: object) -> Theme:
    checked = load_theme(name, options, write(tmp_path / "themes", files))
    assert checked.diagnostics == ()
    return checked.value


def findings(tmp_path: Path, files: dict[str, str | bytes], options: dict[str, object]) -> list[Diagnostic]:
    return list(load_theme("mine", options, write(tmp_path / "themes", files)).diagnostics)


# ── Loading ──


def test_the_default_theme_loads_and_names_its_assets_by_their_contents() -> None:
    theme = default_theme()
    assert (theme.name, theme.license) == ("default", "MIT")
    assert [asset.name for asset in theme.assets] == ["favicon.svg", "style.css", "theme.js"]
    for asset in theme.assets:
        assert re.fullmatch(r"assets/(favicon|style|theme)\.[0-9a-f]{10}\.(svg|css|js)", asset.path)
    assert theme == load_theme("default", {}, None).value
    assert compile_theme(theme).diagnostics == ()


def test_a_site_overrides_file_by_file(tmp_path: Path) -> None:
    theme = load_site(
        tmp_path,
        {
            "mine/templates/404.html": (
                '{% extends "default/404.html" %}{% block main %}<b>{{ theme.greeting }}</b>{{ super() }}{% endblock %}'
            ),
            "mine/theme.toml": 'name = "My theme"\nversion = "2"\n[options]\ngreeting = "hello"\n',
            "mine/assets/style.css": "body { color: red }",
            "mine/templates/.draft.html": "{% broken",
            "mine/README.md": "not part of it",
        },
        covers="no",
    )
    assert theme.name == "My theme"
    assert theme.options == {"contents_from": 3, "covers": False, "greeting": "hello", "reading_time": True}
    page = render(NotFoundPage(make_head(alternates=())), theme)
    assert "<b>hello</b>" in page
    assert "找不到这一页" in page
    assert {asset.name: asset.content for asset in theme.assets}["style.css"] == b"body { color: red }"
    assert "<img" not in render(HomePage(make_head(), (CARD,), Pager(1, 1, "", "", ("/",))), theme)


def test_a_site_may_override_single_files_of_the_default_theme(tmp_path: Path) -> None:
    theme = load_site(tmp_path, {"default/templates/partials/brand.html": "<p>our brand</p>"}, name="default")
    assert "<p>our brand</p>" in render(HomePage(make_head(), (), Pager(1, 1, "", "", ("/",))), theme)


def test_the_shipped_folder_may_be_the_sites_own(tmp_path: Path) -> None:
    theme = load_theme("default", {}, shipped_themes()).value
    assert theme.templates["base.html"].shown == "themes/default/templates/base.html"
    assert theme.digest == default_theme().digest
    assert len(theme.folders) == 1


def test_the_digest_changes_with_files_and_options(tmp_path: Path) -> None:
    themes = [
        default_theme(),
        load_theme("default", {"covers": "false"}, None).value,
        load_site(tmp_path / "a", {"mine/templates/404.html": "a"}),
        load_site(tmp_path / "b", {"mine/templates/404.html": "b"}),
        load_site(tmp_path / "c", {"mine/assets/404.html": "b"}),
    ]
    assert len({theme.digest for theme in themes}) == len(themes)
    assert load_site(tmp_path / "d", {"mine/templates/404.html": "a"}).digest == themes[2].digest


def test_style_sheets_follow_the_names_of_what_they_use(tmp_path: Path) -> None:
    theme = load_site(
        tmp_path,
        {
            "mine/assets/css/main.css": "a{b:url(../fonts/x.woff2?v#i) url('two.css') url(#frag) url(https://e.com/x)}",
            "mine/assets/css/two.css": "c{}",
            "mine/assets/fonts/x.woff2": b"\x00\xff",
        },
    )
    paths = {asset.name: asset.path.removeprefix("assets/") for asset in theme.assets}
    main = next(asset for asset in theme.assets if asset.name == "css/main.css").content.decode()
    assert main == (
        f'a{{b:url("{paths["fonts/x.woff2"]}?v#i") url("{paths["css/two.css"]}") url(#frag) url(https://e.com/x)}}'
    )


def test_strings_fall_back_to_the_main_variant_converted(tmp_path: Path) -> None:
    theme = load_site(
        tmp_path,
        {
            "mine/strings.toml": '[zh-CN]\nskip = "跳过"\nours = "我们的"\n[zh-TW]\nours = "咱們的"\n[zh-SG]\nhome = "主页"\n'
        },
    )
    taiwan, singapore = strings_for(theme, "zh-TW", mark_variant), strings_for(theme, "zh-SG", mark_variant)
    assert taiwan["home"] == "首頁"
    assert taiwan["ours"] == "咱們的"
    assert taiwan["skip"] == "zh-TW:跳过"  # the shipped wording was of another text
    assert singapore["home"] == "主页"
    assert singapore["older"] == "zh-SG:较早"


BAD_THEMES: list[tuple[str, dict[str, str | bytes], dict[str, object], str, str]] = [
    (
        "broken theme.toml",
        {"mine/theme.toml": 'name = "x"\nversion = \n'},
        {},
        "theme-toml",
        "themes/mine/theme.toml:2:11",
    ),
    ("unknown key", {"mine/theme.toml": 'nmae = "x"\n'}, {}, "theme-toml", "themes/mine/theme.toml"),
    ("name is a number", {"mine/theme.toml": "name = 1\n"}, {}, "theme-toml", "themes/mine/theme.toml"),
    ("option is a list", {"mine/theme.toml": "[options]\na = []\n"}, {}, "theme-toml", "themes/mine/theme.toml"),
    ("broken strings.toml", {"mine/strings.toml": "[zh-CN\n"}, {}, "theme-toml", "themes/mine/strings.toml:1:7"),
    ("strings of no table", {"mine/strings.toml": 'a = "b"\n'}, {}, "theme-strings", "themes/mine/strings.toml"),
    ("strings of numbers", {"mine/strings.toml": "[zh-CN]\na = 1\n"}, {}, "theme-strings", "themes/mine/strings.toml"),
    ("unknown option", {"mine/a": ""}, {"cover": "true"}, "theme-option", "wenzhai.toml"),
    ("option of another type", {"mine/a": ""}, {"contents_from": "many"}, "theme-option", "wenzhai.toml"),
    ("option neither true nor false", {"mine/a": ""}, {"covers": "2"}, "theme-option", "wenzhai.toml"),
    ("Latin-1", {"mine/templates/a.html": b"ok\ncaf\xe9"}, {}, "theme-file", "themes/mine/templates/a.html:2"),
    ("Latin-1 TOML", {"mine/theme.toml": b"\xe9"}, {}, "theme-file", "themes/mine/theme.toml:1"),
    ("lost picture", {"mine/assets/a.css": "\n\na{b:url(no.png)}"}, {}, "theme-asset", "themes/mine/assets/a.css:3"),
    (
        "style sheets in a circle",
        {"mine/assets/a.css": "@import url(b.css)", "mine/assets/b.css": "@import url(a.css)"},
        {},
        "theme-asset",
        "themes/mine/assets/b.css:1",
    ),
]


@pytest.mark.parametrize(
    ("files", "options", "code", "place"), [case[1:] for case in BAD_THEMES], ids=[c[0] for c in BAD_THEMES]
)
def test_what_is_wrong_with_a_theme_is_located(
    tmp_path: Path, files: dict[str, str | bytes], options: dict[str, object], code: str, place: str
) -> None:
    found = findings(tmp_path, files, options)
    assert [(finding.severity, finding.code, str(finding.place)) for finding in found] == [("error", code, place)]


@pytest.mark.parametrize("name", ["defualt", "../default", "", ".", "a/b"])
def test_a_missing_theme_is_an_error_and_the_default_stands_in(tmp_path: Path, name: str) -> None:
    checked = load_theme(name, {}, tmp_path / "themes", places={"name": Place("wenzhai.toml", 9, 8)})
    (finding,) = checked.diagnostics
    assert (finding.code, str(finding.place)) == ("theme-missing", "wenzhai.toml:9:8")
    assert "default" in finding.hint
    assert checked.value.digest == default_theme().digest


# ── Templates that fail ──

BAD_TEMPLATES = {
    "syntax": ("a\n{% if %}\n", "themes/mine/templates/404.html:2"),
    "unknown filter": ("a\n\n{{ page|nonsense }}", "themes/mine/templates/404.html:3"),
    "undefined": ("a\n{{ page.head.nonsense }}", "themes/mine/templates/404.html:2"),
    "undefined string": ("{{ t.nonsense }}", "themes/mine/templates/404.html:1"),
    "no such asset": ('a\n{{ asset("style.cs") }}', "themes/mine/templates/404.html:2"),
    "no such part": ('a\n{{ part("crad", 1) }}', "themes/mine/templates/404.html:2"),
    "no such parent": ('{% extends "bas.html" %}', "themes/mine/templates/404.html:1"),
    "runtime": ("a\n{{ 1 / 0 }}", "themes/mine/templates/404.html:2"),
    "wrong call": ("{{ body(1) }}", "themes/mine/templates/404.html:1"),
    "in a part": ('{{ part("own", page.head) }}', "themes/mine/templates/partials/own.html:3"),
    "in a part's syntax": ('{{ part("own2", page.head) }}', "themes/mine/templates/partials/own2.html:2"),
    "in a macro": (
        '{% import "partials/own3.html" as own %}\n{{ own.a(page) }}',
        "themes/mine/templates/partials/own3.html:2",
    ),
    "endless": ('{% include "404.html" %}', "themes/mine/templates/404.html:1"),
}


@pytest.mark.parametrize(("source", "place"), BAD_TEMPLATES.values(), ids=BAD_TEMPLATES)
def test_a_failing_template_is_located(tmp_path: Path, source: str, place: str) -> None:
    theme = load_site(
        tmp_path,
        {
            "mine/templates/404.html": source,
            "mine/templates/partials/own.html": "\n\n{{ it.nonsense }}",
            "mine/templates/partials/own2.html": "\n{% endfor %}",
            "mine/templates/partials/own3.html": "{% macro a(page) %}\n{{ page.nonsense }}{% endmacro %}",
        },
    )
    with pytest.raises(BuilderError) as caught:
        render(NotFoundPage(make_head()), theme)
    (finding,) = caught.value.diagnostics
    assert (finding.code, str(finding.place)) == ("template", place)


def test_a_failure_in_a_shipped_template_names_the_theme() -> None:
    renderer = Renderer(compiled(default_theme()), {})
    with pytest.raises(BuilderError) as caught:
        renderer.render_page(NotFoundPage(make_head()), make_site(), {})
    assert str(caught.value.diagnostics[0].place).startswith("theme default: templates/partials/header.html:")


def test_every_syntax_error_is_found_at_once(tmp_path: Path) -> None:
    theme = load_site(tmp_path, {"mine/templates/a.html": "{% if %}", "mine/templates/b.html": "\n{{ }}"})
    assert [str(finding.place) for finding in compile_theme(theme).diagnostics] == [
        "themes/mine/templates/a.html:1",
        "themes/mine/templates/b.html:2",
    ]


# ── Pages of the default theme ──


class Checker(HTMLParser):
    """Elements that close in order, ids that are there once, and what a strict security policy refuses."""

    VOID = frozenset({"meta", "link", "img", "br", "hr", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: Counter[str] = Counter()
        self.problems: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if len(given) != len(attrs):
            self.problems.append(f"twice the same attribute in {attrs}")
        if "style" in given or any(name.startswith("on") for name in given) or tag == "style":
            self.problems.append(f"inline style or script in {tag}")
        if tag == "script" and "src" not in given and given.get("type") != "application/ld+json":
            self.problems.append("inline script")
        if tag == "img" and "alt" not in given:
            self.problems.append("a picture without alt")
        if tag == "a":
            self.links.append(given.get("href") or "")
        self.ids[given.get("id") or ""] += 1
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A part of a drawing."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")


def check_html(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.problems == []
    assert checker.open == []
    assert all(count == 1 for identity, count in checker.ids.items() if identity)
    return checker


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_page_is_well_formed_and_says_its_variant(variant: str) -> None:
    renderer, other = default_renderer(), renderer_of(default_theme())
    for view in make_pages(variant):
        data = renderer.render_page(view, make_site(variant), BODIES)
        page = data.decode("utf-8")
        assert page.startswith("<!doctype html>\n")
        assert page.endswith("</html>\n")
        assert f'<html lang="{variant}">' in page
        assert "\0" not in page
        checker = check_html(page)
        assert all(checker.links), view.template
        assert page.count("<h1") == (0 if view.template == "redirect" else 1)
        assert renderer.render_page(view, make_site(variant), BODIES) == data
        assert other.render_page(replace(view), make_site(variant), BODIES) == data


def test_the_head_says_what_search_engines_and_readers_look_for() -> None:
    page = render(
        HomePage(make_head("page/2/", noindex=True, image="https://e.com/i.png"), (), Pager(1, 1, "", "", ("/",)))
    )
    for line in (
        "<title>标题 - 文摘</title>",
        '<link rel="canonical" href="https://example.org/digest/page/2/">',
        '<link rel="alternate" hreflang="x-default" href="https://example.org/digest/page/2/">',
        '<link rel="alternate" hreflang="zh-HK" href="https://example.org/digest/zh-hk/page/2/">',
        '<link rel="alternate" type="application/rss+xml" title="文摘" href="/digest/feed.xml">',
        '<meta name="robots" content="noindex">',
        '<meta property="og:image" content="https://e.com/i.png">',
        '<a href="/digest/zh-tw/page/2/" lang="zh-TW" hreflang="zh-TW">',
    ):
        assert line in page
    bare = render(HomePage(make_head(canonical="", alternates=(), feeds=()), (), Pager(1, 1, "", "", ("/",))))
    assert "canonical" not in bare
    assert "hreflang" not in bare
    assert "noindex" not in bare


def test_an_article_keeps_the_order_of_its_parts() -> None:
    page = render(make_article())
    marks = re.findall(r'data-wz="(\w+)"', page)
    assert marks == [
        *("byline", "chain", "notice", "notice"),
        "body",
        *("original", "original", "licence", "signoff", "notice", "notice"),
    ]
    assert page.index("<h1>Sora &lt;关闭&gt;</h1>") < page.index('data-wz="byline"')
    assert '<a href="/digest/c/">链接</a>' in page
    assert '<script type="application/ld+json">{"@type": "NewsArticle"}</script>' in page
    assert page.count('<details class="contents"') == 1


def test_a_hop_links_to_its_own_address_or_nowhere() -> None:
    chain = render(make_article()).split('<ol class="chain"')[1].split("</ol>")[0]
    hops = chain.split("</li>")[:-1]
    assert [re.findall(r'href="([^"]*)"', hop) for hop in hops] == [
        [],
        ["https://example.com/t?a=1&amp;b=2", "https://archive.org/1"],
        ["https://www.iikx.com/news/progress/38867.html"],
    ]
    assert [label in hop for label, hop in zip(("原文", "译文", "转载"), hops, strict=True)] == [True] * 3
    assert '<cite translate="no">Sora &lt;is&gt; gone</cite>' in chain


def test_an_original_text_names_references_not_sources() -> None:
    page = render(make_article(original=True, chain=(TRANSLATION,)))
    byline = page.split('data-wz="byline"')[1].split("</p>")[0]
    assert "原创" in byline
    assert "编辑部" in byline
    assert "林知远" not in byline
    assert '<span class="role">参考</span>' in page
    assert '<span class="role">原文</span>' not in page


@pytest.mark.parametrize(
    ("chain", "label"),
    [
        ((COPY,), "继续阅读原文 → "),
        ((ORIGIN, TRANSLATION), "继续阅读译文 → "),
        ((ORIGIN, COPY), "继续阅读转载页 → "),
    ],
)
def test_a_copy_is_never_called_the_original(chain: tuple[HopView, ...], label: str) -> None:
    page = render(make_article(mode="link", body=None, chain=chain))
    assert label in page
    assert page.count("继续阅读") == 1
    assert 'data-wz="body"' not in page


def test_a_site_without_an_address_or_lists_still_renders() -> None:
    site = make_site(
        tags="", sources="", archive="", issues="", feed="", categories=(), pages=(), author="", rights_contact=""
    )
    renderer = renderer_of(default_theme())
    for view in make_pages():
        head = replace(view.head, canonical="", feeds=(), alternates=())
        check_html(renderer.render_page(replace(view, head=head), site, BODIES).decode())


def test_parts_are_remembered_by_value_and_by_variant(tmp_path: Path) -> None:
    theme = load_site(
        tmp_path,
        {
            "mine/templates/404.html": '{{ part("a", 1) }}{{ part("a", true) }}{{ part("a", page.head) }}{{ part("a", [1]) }}',
            "mine/templates/partials/a.html": "<i>{{ it.title if it.title is string else it }} {{ site.title }}</i>",
        },
    )
    renderer = renderer_of(theme)
    first = renderer.render_page(NotFoundPage(make_head(title="<一>")), make_site(), BODIES).decode()
    again = renderer.render_page(NotFoundPage(make_head(title="<二>")), make_site(title="別處"), BODIES).decode()
    assert first == "<i>1 文摘</i><i>True 文摘</i><i>&lt;一&gt; 文摘</i><i>[1] 文摘</i>\n"
    assert again == "<i>1 別處</i><i>True 別處</i><i>&lt;二&gt; 別處</i><i>[1] 別處</i>\n"


def test_what_templates_make_is_not_remembered(tmp_path: Path) -> None:
    page = (
        "{% set own = namespace(text=1) %}{{ part('a', own) }}{% set own.text = 2 %}{{ part('a', own) }}"
        "{{ part('b', ('<b>'|safe,)) }}{{ part('b', ('<b>',)) }}{{ part('b', (1,)) }}{{ part('b', (true,)) }}"
    )
    theme = load_site(
        tmp_path,
        {
            "mine/templates/404.html": page,
            "mine/templates/partials/a.html": "{{ it.text }} ",
            "mine/templates/partials/b.html": "{{ it[0] }} ",
        },
    )
    said = renderer_of(theme).render_page(NotFoundPage(make_head()), make_site(), BODIES).decode()
    assert said == "1 2 <b> &lt;b&gt; 1 True \n"


def test_a_preview_that_plans_anew_shows_new_cards(tmp_path: Path) -> None:
    theme = load_site(
        tmp_path,
        {
            "mine/templates/home.html": "{% for card in page.cards %}{{ part('card', card) }}{% endfor %}",
            "mine/templates/partials/card.html": "{{ it.title }} ",
        },
    )
    renderer = renderer_of(theme)
    for title in ("一", "二"):
        card = replace(CARD, title=title)
        page = HomePage(make_head(), (card, card), Pager(1, 1, "", "", ("/",)))
        # The site views are equal, not the same.
        assert renderer.render_page(page, make_site(), BODIES).decode() == f"{title} {title} \n"


# ── The contract ──

CUTS = {
    "byline": (r'data-wz="byline"', "the byline"),
    "chain": (r'data-wz="chain"', "the chain"),
    "notice": (r'data-wz="notice"', "the notice"),
    "original": (r'data-wz="original" href', "the link to"),
    "licence": (r'data-wz="licence"', "the licence"),
    "signoff": (r'data-wz="signoff"', "the sign-off"),
}


@pytest.mark.parametrize("part", CUTS)
@pytest.mark.parametrize("mode", ["full", "link"])
def test_an_article_page_without_a_part_is_refused(tmp_path: Path, part: str, mode: str) -> None:
    source = (shipped_themes() / "default/templates/partials/rights.html").read_text(encoding="utf-8")
    cut = re.sub(CUTS[part][0], "hidden", source)
    assert cut != source
    theme = load_site(tmp_path, {"mine/templates/partials/rights.html": cut})
    with pytest.raises(BuilderError) as caught:
        render(make_article(mode=mode, body=BODY if mode == "full" else None), theme)
    (finding,) = caught.value.diagnostics
    assert finding.code == "theme-contract"
    assert str(finding.place) == "theme default: templates/article.html"
    assert CUTS[part][1] in finding.message


ARTICLE = (
    '{% import "partials/rights.html" as rights %}<html><head></head><body data-wz-id="{{ page.id }}">'
    '{{ rights.byline(page) }}{{ rights.chain(page.chain) }}TOP<div data-wz="body">{{ body(page.body) }}</div>'
    "{{ rights.original(page) }}{{ rights.licence(page) }}{{ rights.signoff(page) }}FOOT"
)


@pytest.mark.parametrize(
    ("top", "foot", "says"),
    [
        ("", "{{ rights.notices(page.notices) }}", "above the body"),
        ("{{ rights.notices(page.notices) }}", "", "below the body"),
        ("{{ rights.notices(page.notices[:1]) }}", "{{ rights.notices(page.notices) }}", "另一则声明"),
        (
            "{{ rights.notices(page.notices)|replace('请勿', '可以') }}",
            "{{ rights.notices(page.notices) }}",
            "above the body",
        ),
        ("{{ rights.notices(page.notices) }}", "{{ rights.notices(page.notices) }}", ""),
    ],
)
def test_notices_stand_above_and_below_and_are_not_reworded(tmp_path: Path, top: str, foot: str, says: str) -> None:
    theme = load_site(tmp_path, {"mine/templates/article.html": ARTICLE.replace("TOP", top).replace("FOOT", foot)})
    if not says:
        render(make_article(), theme)
        return
    with pytest.raises(BuilderError) as caught:
        render(make_article(), theme)
    assert says in caught.value.diagnostics[0].message


@pytest.mark.parametrize("template", ["{{ body(page.body) }}", '<div data-wz="body"></div>'])
def test_a_body_has_its_mark_and_its_text(tmp_path: Path, template: str) -> None:
    theme = load_site(tmp_path, {"mine/templates/article.html": template})
    with pytest.raises(BuilderError) as caught:
        render(make_article(), theme)
    assert str(caught.value.diagnostics[0].place) == "themes/mine/templates/article.html"
    assert "the body" in caught.value.diagnostics[0].message


def test_a_tombstone_says_so(tmp_path: Path) -> None:
    theme = load_site(tmp_path, {"mine/templates/tombstone.html": "<p>{{ page.title }}"})
    with pytest.raises(BuilderError) as caught:
        render(TombstonePage(make_head(), "撤下", DAY, "", ()), theme)
    assert caught.value.diagnostics[0].code == "theme-contract"


# ── Budgets, words, documentation ──


def test_the_default_theme_keeps_its_budget() -> None:
    sizes = {asset.name: len(asset.content) for asset in default_theme().assets}
    assert sizes["style.css"] <= 20 * 1024
    assert sizes["theme.js"] <= 10 * 1024


def test_colours_can_be_read_in_both_schemes() -> None:
    css = next(asset.content.decode() for asset in default_theme().assets if asset.name == "style.css")
    colours = re.findall(r"--(\w+): light-dark\((#\w+), (#\w+)\)", css)
    for scheme in (1, 2):
        palette = {colour[0]: colour[scheme] for colour in colours}
        for text in ("text", "soft", "accent", "k", "s", "n", "m", "c", "err"):
            for ground in ("bg", "panel", *(["tint", "mark"] if text == "text" else [])):
                assert contrast(palette[text], palette[ground]) >= 4.5, (text, ground, scheme)
    fallback = dict(re.findall(r"--(\w+): (#\w+)", css.split("@supports")[0]))
    assert fallback.keys() == {colour[0] for colour in colours}


def contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_every_string_is_worded_in_three_variants_and_used() -> None:
    theme = default_theme()
    main = theme.strings["zh-CN"]
    for variant in ("zh-TW", "zh-HK"):
        assert list(theme.strings[variant]) == list(main)
        for key, text in main.items():
            assert re.findall(r"\{\w+\}", theme.strings[variant][key]) == re.findall(r"\{\w+\}", text)
    sources = "\n".join(file.source for file in theme.templates.values())
    used = set(re.findall(r"\bt\.(\w+)", sources))
    # Read as t["mode_" ~ page.mode], t[kind], t[page.kind] and t[page.kind ~ "s"], and by feeds.
    used |= {"mode_full", "category", "tag", "source", "author", "tags", "sources", "authors", *STRINGS}
    assert used == set(main)


def test_the_documentation_names_everything_a_theme_sees() -> None:
    doc = DOC.read_text(encoding="utf-8")
    classes = [value for value in vars(views).values() if isinstance(value, type) and issubclass(value, Struct)]
    unseen = ("FeedItem", "FeedView", "ListedItem", "OpmlView", "SitemapEntry")
    shown = [view for view in classes if view is not Struct and view.__name__ not in unseen]
    names = {f"{view.__name__}.{field}" for view in shown for field in view.__struct_fields__}
    theme = default_theme()
    names |= {f"templates/{name}" for name in theme.templates} | {f"assets/{asset.name}" for asset in theme.assets}
    names |= set(theme.options)
    missing = sorted(name for name in names if f"`{name}`" not in doc)
    assert missing == []
    assert sorted(set(re.findall(r"`([A-Z]\w+\.\w+)`", doc)) - names) == []


# ── Parts that are there, and hidden ──

WHOLE = ARTICLE.replace("TOP", "{{ rights.notices(page.notices) }}").replace(
    "FOOT", "{{ rights.notices(page.notices) }}"
)


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("<!-- ", " -->", "in a comment"),
        ("<div hidden>", "</div>", "in <div>"),
        ('<div class="x" HIDDEN="">', "</div>", "in <div>"),
        ('<section style="color: red; display : none">', "</section>", "in <section>"),
        ('<p style="visibility:hidden"></p><div style="visibility:hidden"><div></div>', "</div>", "in <div>"),
        ("<template>", "</template>", "in <template>"),
        ("<noscript>", "</noscript>", "in <noscript>"),
        ("<details><summary>声明</summary>", "</details>", "in <details>"),
        ("<DIV\nSTYLE='' hidden/>", "</DIV>", "in <div>"),
        ('<div Style="opacity:0">', "</div>", "in <div>"),
        ("<TEMPLATE><template></template>", "</TEMPLATE>", "in <template>"),
        ('<aside data-wz="notice" hidden>', "</aside>", "in <aside>"),
        ("<main><p hidden></p></main><main hidden><main></main>", "", "in <main>"),
        ("<!-- 声明 ->", "", "in a comment"),
        ("<details open><summary>声明</summary>", "</details>", ""),
        ('<details data-wz="notice" open>', "</details>", ""),
        ("<input hidden>", '<p data-wz="notice" <template', ""),
        ('<button hidden></button><div data-hidden="1" class="hidden">', "</div>", ""),
        ("<!-- 声明 -->", "", ""),
        ("<div hidden><div>x</div></div>", "", ""),
        ("<STYLE>p {}</STYLE>", "", ""),
    ],
)
def test_a_part_that_nobody_sees_is_not_there(tmp_path: Path, before: str, after: str, where: str) -> None:
    at_foot = "FOOT".join(WHOLE.rsplit("{{ rights.notices(page.notices) }}", 1))
    template = at_foot.replace("FOOT", before + "{{ rights.notices(page.notices) }}" + after)
    theme = load_site(tmp_path, {"mine/templates/article.html": template})
    if not where:
        render(make_article(), theme)
        return
    with pytest.raises(BuilderError) as caught:
        render(make_article(), theme)
    (finding,) = caught.value.diagnostics
    assert (finding.code, str(finding.place)) == ("theme-contract", "themes/mine/templates/article.html")
    assert finding.message.endswith(f'hides data-wz="notice" {where}')


def test_what_the_text_hides_is_its_own_affair(tmp_path: Path) -> None:
    theme = load_site(tmp_path, {"mine/templates/article.html": WHOLE})
    bodies = {**BODIES, "body": '<details><p data-wz="notice">x</p></details><!-- data-wz -->'}
    renderer_of(theme).render_page(make_article(), make_site(), bodies)


@pytest.mark.parametrize(
    ("css", "line"),
    [
        (".notices { display: none }", 1),
        ("a {}\n\n@media print {\n  p, main .chain , i { color: red; visibility: hidden; }\n}", 4),
        ('[data-wz="notice"]{opacity:0}', 1),
        ("p[data-wz] { font-size: 0px; }", 1),
        ("/* .x { */\n.signoff.small { display:none!important }", 2),
        ("article { display: none }", 1),
        (".notices { display: block; opacity: 0.9; font-size: 0.8em }", 0),
        (".chain a::after, .chain .extra, .notices-none, .filed { display: none }", 0),
        ("/* .notices { display: none } */", 0),
    ],
)
def test_a_style_sheet_does_not_hide_a_part(tmp_path: Path, css: str, line: int) -> None:
    theme = load_site(tmp_path, {"mine/assets/own.css": css})
    found = [(finding.code, str(finding.place)) for finding in compile_theme(theme).diagnostics]
    assert found == ([("theme-contract", f"assets/own.css:{line}")] if line else [])


def test_a_chain_names_everybody(tmp_path: Path) -> None:
    named = '<ol data-wz="chain">{% for hop in page.chain %}<li>{{ hop.source }}{% endfor %}</ol>'
    template = WHOLE.replace("{{ rights.chain(page.chain) }}", named)
    theme = load_site(tmp_path, {"mine/templates/article.html": template})
    with pytest.raises(BuilderError) as caught:
        render(make_article(), theme)
    assert "'writer'" in caught.value.diagnostics[0].message  # of the copy: the byline has the origin's alone
    render(make_article(chain=(ORIGIN, TRANSLATION)), theme)
