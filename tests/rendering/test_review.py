"""What an editor is shown of a conversion: its pieces, and the places to look at."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from builder.config import RightsDefaults, Variant
from builder.content.discover import SourceFile
from builder.content.front_matter import SourceSettings
from builder.markup.render import MarkupSettings
from builder.rendering.articles import RenderSettings
from builder.rendering.review import AMBIGUOUS, Comparison, Finding, compare_source, compare_text, review_source
from builder.variants.converter import Piece
from builder.variants.glossary import Entry, make_glossary

GLOSSARY = make_glossary(
    [Entry("软件", None, "軟體", "軟件"), Entry("干货", None, "乾貨", "乾貨"), Entry("技术支持", None, "技術支援")]
)
SETTINGS = RenderSettings(
    SourceSettings(declared=False, zone=ZoneInfo("UTC"), source_variant="zh-CN", rights=RightsDefaults(), sources=()),
    MarkupSettings(),
    (Variant("zh-CN", "简体", "", quotes=False), Variant("zh-TW", "繁體", "tw", quotes=False)),
    GLOSSARY,
)


def compare(text: str, script: str = "zh-CN") -> Comparison:
    return compare_text(text, script, SETTINGS)


def test_every_variant_whether_the_site_has_it_or_not() -> None:
    record = compare("软件“头发”").as_record()
    assert record == {"zh-CN": "软件“头发”", "zh-TW": "軟體“頭髮”", "zh-HK": "軟件「頭髮」", "review": []}
    assert compare("軟體", "zh-TW").as_record() == {"zh-CN": "软件", "zh-TW": "軟體", "zh-HK": "軟件", "review": []}


def test_pieces_say_what_converted_them() -> None:
    assert compare("用软件里").pieces["zh-TW"] == (
        Piece("用", "用", ""),
        Piece("软件", "軟體", "glossary"),
        Piece("里", "裡", ""),
    )
    shown = compare("-{zh-cn:软件;zh-tw:軟物}-与-{头发}-")
    assert shown.source == "软件与头发"
    assert shown.texts["zh-TW"] == "軟物與头发"
    assert [(piece.target, piece.origin) for piece in shown.pieces["zh-TW"]] == [
        ("軟物", "rule"), ("與", ""), ("头发", "kept"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("他复了", [("character", "复", 1)]),
        ("回复了", []),  # a phrase decides
        ("三天干货", []),  # the glossary does
        ("“干”", [("character", "干", 1)]),
        ("余承东表示，软件好", []),  # taken for a name, which it is
        ("总裁于刚说", []),
        ("由于刚开始", []),
        ("总裁于地说，好", [("name", "于地", 2)]),
        ("导演种军表示", [("name", "种军", 2)]),
        ("11.9 万次。教授余额说", []),  # a number; a word
        ("“余”是姓", [("character", "余", 1)]),
        ("第 645 卷，四种，几条，并入选，已有的表，借自", []),  # what stands around them decides
        ("这块表", [("character", "表", 2)]),
        ("支持技术，技术支持", []),  # everyday language, the glossary has what it is elsewhere
        ("上传视频", [("word", "视频", 2)]),
        ("软件", []),
        ("𠮷\0\ud800\ue100复\ue000", [("character", "复", 4)]),
        ("", []),
    ],
)
def test_places_to_look_at(text: str, found: list[tuple[str, str, int]]) -> None:
    review = compare(text).review
    assert [(one.kind, one.text, one.position) for one in review] == found
    assert all(text[one.position :].startswith(one.text) and one.note for one in review)


def test_what_the_editor_decided_is_not_shown_again() -> None:
    assert compare("-{复}-").review == ()
    text = "---\nkeep: [于刚]\nconvert: {视频: 影片}\n---\n总裁于刚说视频，复。\n"
    (body,) = (
        one for one in compare_source(SourceFile("a.md", "a", text), SETTINGS).value if one.part.startswith("body")
    )
    assert [one.kind for one in body.review] == ["character"]


def test_a_source_is_compared_text_by_text() -> None:
    text = """\
---
title: 软件标题
summary: 摘要
cover: {src: a.png, alt: 图里}
comment: 按语
convert: {zh-TW: {标题: 題}}
---

# 软件标题

第一段
软件。

- 列表-{H|zh-cn:软件;zh-tw:軟物}-

> 引用 `软件` 软件

| 表 | 格 |
|--|--|
| -{zh-cn:甲;zh-tw:}- | 乙 |
"""
    compared = compare_source(SourceFile("content/a.md", "a", text), SETTINGS).value
    assert [(one.part, str(one.place), one.texts["zh-TW"]) for one in compared] == [
        ("title", "content/a.md:2:8", "軟體題"),
        ("summary", "content/a.md:3:10", "摘要"),
        ("cover", "content/a.md:4:8", "圖裡"),
        ("body: paragraph", "content/a.md:11:1", "第一段軟體。"),
        ("body: list", "content/a.md:14:3", "列表"),
        ("body: paragraph", "content/a.md:16:3", "引用 软件 軟物"),
        ("body: table", "content/a.md:18:3", "表"),
        ("body: table", "content/a.md:18:7", "格"),
        ("body: table", "content/a.md:20:11", ""),
        ("body: table", "content/a.md:20:24", "乙"),
        ("comment: paragraph", "content/a.md:5:10", "按語"),
    ]
    assert compared[0].as_record() == {
        "zh-CN": "软件标题", "zh-TW": "軟體題", "zh-HK": "軟件標題", "review": [], "part": "title", "line": 2,
    }  # fmt: skip


def test_places_of_a_source_are_warnings_with_their_lines() -> None:
    text = "---\ntitle: 复\n---\n一段\n\n上传视频，于地说，视频。\n"
    found = review_source(SourceFile("a.md", "a", text), SETTINGS)
    assert [(one.severity, one.code, str(one.place)) for one in found] == [
        ("warning", "variant-character", "a.md:2:8"),
        ("warning", "variant-word", "a.md:6:1"),
        ("warning", "variant-name", "a.md:6:1"),
    ]
    assert review_source(SourceFile("a.md", "a", "---\ntitle: [\n---\n"), SETTINGS) == ()


def test_the_table_of_characters() -> None:
    assert all(len(forms) >= 2 and len(set(forms)) == len(forms) for forms in AMBIGUOUS.values())
    # Each form becomes the character again, so none is there by mistake.
    for character, forms in AMBIGUOUS.items():
        for form in forms:
            said = compare(form, "zh-TW").texts["zh-CN"]
            assert said == character or form in "瞭藉徵覆乾麯剋彷徬僕鬱嶽甦噹殭濛闆鬨曆臺檯鞦餘麵嚥鎚鍊昇係", (
                character,
                form,
                said,
            )


def test_findings_are_values() -> None:
    assert Finding("word", "甲", 0, "x") == Finding("word", "甲", 0, "x")
