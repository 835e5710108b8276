"""The editor's means on a whole site: twins, the markup in every field, and findings about what is not needed any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sites import SETTINGS, THREE_VARIANTS, build, source, write_file

from builder.memo import Memo
from builder.planning import plan_site
from builder.preview.site import SitePreview
from builder.stages.options import PlanOptions
from builder.stages.sources import Recalled

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeSite, Run


TWIN = """\
---
title: 手寫的標題
summary: 手寫的摘要
cover: {alt: 手寫的圖}
comment: 手寫的[按語](b.md)
---

# 手寫的標題

手寫的软件，[乙](b.md#部分) ![圖](p.png) ![](q.png)

## 第一節

## 另一節 {#other}

[節](#第一節)
"""
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03\x08\x02\0\0\0"
MAIN = source(
    "正文软件 ![图](p.png)。\n\n## 第一节\n\n## 第二节\n",
    title="标题",
    cover={"src": "p.png", "alt": "图"},
    comment="编者按",
)
OTHER = source("乙文。[甲](a.md#第一节)\n\n## 部分\n", title="乙")
SITE = f"""\
-- content/articles/a.md --
{MAIN}
-- content/articles/a.zh-TW.md --
{TWIN}
-- content/articles/b.md --
{OTHER}
"""


def make(site: MakeSite, text: str = SITE, settings: str = THREE_VARIANTS) -> Path:
    folder = site(text, settings)
    for name in ("p", "q"):
        write_file(folder / f"content/articles/{name}.png", PNG + name.encode())
    return folder


def test_a_twin_takes_the_place_of_the_conversion(site: MakeSite) -> None:
    folder = make(site)
    built = build(folder)
    assert not [path for path in built.paths if "a.zh-tw" in path]
    taiwan, hong_kong = (built.read()[f"zh-{tag}/articles/a/index.html"].decode() for tag in ("tw", "hk"))
    assert "手寫的软件" in taiwan
    assert "正文" not in taiwan
    assert taiwan.count("手寫的標題</h1>") == 1
    assert 'content="手寫的摘要"' in taiwan
    assert 'alt="手寫的圖"' in taiwan
    assert '手寫的<a href="/zh-tw/articles/b/">按語</a>' in taiwan
    assert '<a href="/zh-tw/articles/b/#%E9%83%A8%E5%88%86">乙</a>' in taiwan
    assert "正文軟件" in hong_kong
    assert "手寫" not in hong_kong
    # One address for a part, in every variant.
    page = built.page("zh-tw/articles/a/index.html")
    assert "第一节" in page.ids
    assert "#第一节" in page.hrefs()
    assert (
        '<a href="/zh-tw/articles/a/#%E7%AC%AC%E4%B8%80%E8%8A%82">'
        in built.read()["zh-tw/articles/b/index.html"].decode()
    )
    assert "手寫的软件" in built.read()["zh-tw/feed.xml"].decode()
    assert [path for path in built.read() if path.startswith("assets/q.")]


def test_what_a_twin_leaves_out_is_converted(site: MakeSite) -> None:
    folder = make(site)
    write_file(folder / "content/articles/a.zh-TW.md", "只有正文软件。第二句。\n")
    page = build(folder).page("zh-tw/articles/a/index.html")
    assert page.title == "標題"
    assert "只有正文软件" in page.text
    assert "編者按" in page.text
    assert page.all("meta", name="description")[0]["content"] == "只有正文软件。第二句。"


def test_a_change_of_a_twin_is_a_change_of_its_source(site: MakeSite) -> None:
    folder = make(site)
    options = PlanOptions(folder, folder / "public")
    recalled = Recalled(Memo())
    plan_site(options, recalled=recalled)
    before = set(recalled.records)
    plan_site(options, recalled=recalled)
    assert set(recalled.records) == before
    write_file(folder / "content/articles/a.zh-TW.md", "另一篇。\n")
    plan_site(options, recalled=recalled)
    assert len(set(recalled.records) - before) == 1


def test_an_excerpt_cuts_a_twin_too(site: MakeSite) -> None:
    folder = make(site)
    write_file(
        folder / "content/articles/a.md", source("正文。\n\n## 第一节", rights={"mode": "link"}, summary="摘要软件")
    )
    write_file(folder / "content/articles/a.zh-TW.md", "手寫的秘密。\n")
    built = build(folder)
    assert "秘密" not in built.read()["zh-tw/articles/a/index.html"].decode()
    assert "摘要軟體" in built.page("zh-tw/articles/a/index.html").text


def test_what_is_wrong_with_twins(run: Run, site: MakeSite) -> None:
    folder = site(
        f"""\
-- content/articles/a.md --
{source("正文")}
-- content/articles/a.zh-cn.md --
自己
-- content/articles/a.zh-tw.markdown --
---
date: 2024-01-01
tags: [a]
titel: x
cover: {{src: p.png, alt: 圖}}
---
[沒有](none.md)
-- content/articles/a.zh-tw.md --
又一
-- content/articles/b.zh-hk.md --
孤兒
""",
        THREE_VARIANTS,
    )
    found = run("check", "-s", folder, "--format", "json").findings
    assert sorted(code for code, _ in found) == sorted(
        ["twin-script", *["twin-key"] * 4, "link-broken", "twin-double", "twin-orphan"]
    )
    assert ("link-broken", "content/articles/a.zh-tw.markdown:7:6") in found
    assert ("twin-key", "content/articles/a.zh-tw.markdown:5:9") in found


def test_a_twin_for_a_variant_that_the_site_lacks(run: Run, site: MakeSite) -> None:
    folder = site(SITE, SETTINGS)
    write_file(folder / "content/articles/p.png", PNG)
    assert run("check", "-s", folder, "--format", "json").findings == [("twin-variant", "content/articles/a.zh-TW.md")]


def test_in_a_folder_that_is_no_site_a_name_may_mean_anything(site: MakeSite) -> None:
    text = "-- README.md --\n# 读我\n\n甲\n-- README.zh-CN.md --\n# 中文\n\n乙\n"
    folder = site(f"{text}-- x.zh-tw.md --\n# 孤\n\n丙\n-- README.zh-TW.md --\n丁\n", "")
    built = build(folder)
    assert {"readme.zh-cn/index.html", "x.zh-tw/index.html"} <= built.paths
    assert "丁" in built.page("zh-tw/readme/index.html").text


def test_a_draft_with_a_twin_stops_nothing(site: MakeSite) -> None:
    folder = make(site)
    write_file(folder / "content/articles/d.md", source("草稿", draft=True))
    write_file(folder / "content/articles/d.zh-hk.md", "![](none.png)\n---\n")
    write_file(folder / "content/articles/d.zh-tw.md", "---\ntitle: [\n---\n")
    build(folder)


WORD = "-{zh-cn:软件;zh-tw:軟物}-"
FIRST = source(
    f"正文{WORD}。-{{H|{WORD[2:-2]}}}-第二句软件。\n\n## {WORD}节\n\n第三句。\n\n-{{T|zh-tw:另一個標題}}-\n",
    title=f"标题{WORD}",
    comment=f"按{WORD}",
    cover={"src": "p.png", "alt": f"图{WORD}"},
    rights={"notices": [f"声明{WORD}"], "signoff": f"**{WORD}**"},
)
SECOND = source("正文。", title=f"标题{WORD}", summary=f"摘要{WORD}")
THIRD = source(f"正文{WORD}。-{{A|zh-cn:甲;zh-tw:乙}}-第二句。甲。", title="丙", rights={"mode": "excerpt"})
MARKED = f"""\
-- content/articles/a.md --
{FIRST}
-- content/articles/b.md --
{SECOND}
-- content/articles/c.md --
{THIRD}
"""


def test_the_markup_is_resolved_in_every_field(site: MakeSite) -> None:
    built = build(make(site, MARKED))
    for path, content in built.read().items():
        if path.endswith((".html", ".xml")):
            assert b"-{" not in content, path
            assert b"}-" not in content, path
            assert b"wz-rule" not in content, path
            assert b"wz-keep" not in content, path
    simplified, taiwan = (built.page(f"{path}articles/a/index.html") for path in ("", "zh-tw/"))
    assert (simplified.title, taiwan.title) == ("标题软件", "另一個標題")
    for page, folder, words in (
        (simplified, "", ["按软件", "声明软件", "图软件", "软件"]),
        (taiwan, "zh-tw/", ["按軟物", "聲明軟物", "圖軟物", "軟物"]),
    ):
        comment, notice, alt, word = words
        assert comment in page.text
        assert f"正文{word}。第二句{word}。" in page.text
        assert "软件节" in page.ids
        assert alt in [image["alt"] for image in page.all("img")]
        assert page.all("meta", name="description")[0]["content"] == f"正文{word}。第二句{word}。第三句。"
        assert notice in " ".join(page.texts_of("notice"))
        assert f"<strong>{word}</strong>" in (built.folder / folder / "articles/a/index.html").read_text("utf-8")
    outline = [text for tag, attributes, text in taiwan.texts if tag == "a" and attributes.get("href") == "#软件节"]
    assert outline in ([], ["軟物節"])
    second = built.page("zh-tw/articles/b/index.html")
    assert second.title == "標題軟物"
    assert second.all("meta", name="description")[0]["content"] == "摘要軟物"
    third = built.read()["zh-tw/articles/c/index.html"].decode()
    assert "正文軟物。乙第二句。乙。" in third
    feed = built.read()["zh-tw/feed.xml"].decode()
    assert "另一個標題" in feed
    assert "正文軟物。第二句軟物。" in feed


def test_words_that_no_text_holds_are_told_with_their_places(run: Run, site: MakeSite) -> None:
    folder = site(
        """\
-- content/articles/a.md --
---
title: 标题
date: 2024-01-01
attribution: {source: 某刊, author: 秦盛}
convert:
  软件: 軟物
  没有: 無
  zh-TW: {视频: 影音, 文本: 文}
keep: [秦盛, 张三, 标题]
---
软件视频 `文本` -{A|zh-cn:李四;zh-tw:李肆}-
-- content/glossary.toml --
"软件" = "軟體"
"硬件" = "硬體"
[zh-TW]
"鼠标" = "滑鼠"
"视频" = "影片"
-- content/articles/b.md --
---
title: 硬體
script: zh-TW
date: 2024-01-01
original: true
---
文
""",
        THREE_VARIANTS,
    )
    assert run("check", "-s", folder, "--format", "json").findings == [
        ("convert-unused", "content/articles/a.md:7:3"),
        ("convert-unused", "content/articles/a.md:8:19"),
        ("convert-unused", "content/articles/a.md:9:12"),
        ("convert-unused", "content/articles/a.md:11:11"),
        ("glossary-unused", "content/glossary.toml:4:1"),
    ]
    # A build does not read all sources once more for its glossary.
    assert run("build", "-s", folder, "--format", "json").codes == {"convert-unused"}


def test_the_preview_knows_twins_and_shows_variants(site: MakeSite) -> None:
    folder = make(site)
    snapshot = SitePreview(PlanOptions(folder, folder / "public")).plan()
    assert (
        snapshot.page_of("content/articles/a.zh-TW.md") == snapshot.page_of("content/articles/a.md") == "/articles/a/"
    )
    compared = snapshot.compare("content/articles/a.md")
    assert compared is not None
    assert [one.texts["zh-HK"] for one in compared][:2] == ["標題", "圖"]
    assert snapshot.compare("content/articles/none.md") is None
    assert snapshot.compare("wenzhai.toml") is None
