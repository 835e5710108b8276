"""Bytes → text, text → paragraphs, text → its script."""

from __future__ import annotations

import codecs

import pytest

from builder.authoring.importing.blocks import read_blocks
from builder.authoring.importing.decode import decode_text
from builder.authoring.importing.join import join_paragraphs
from builder.authoring.importing.script import find_script

SIMPLIFIED = "这是一段用简体字写的文字，里面有软件和网络。"
TRADITIONAL = "這是一段用繁體字寫的文字，裡面有軟體和網路，還有龜與鬱。"


@pytest.mark.parametrize(
    ("data", "declared", "expected"),
    [
        (codecs.BOM_UTF8 + SIMPLIFIED.encode(), "gb2312", SIMPLIFIED),
        (codecs.BOM_UTF16_LE + SIMPLIFIED.encode("utf-16-le"), "", SIMPLIFIED),
        (SIMPLIFIED.encode("gb18030"), "gb2312", SIMPLIFIED),
        (SIMPLIFIED.encode("gb18030"), "", SIMPLIFIED),
        (TRADITIONAL.encode("gb18030"), "", TRADITIONAL),
        (TRADITIONAL.encode("big5"), "", TRADITIONAL),
        (TRADITIONAL.encode("big5"), "big5", TRADITIONAL),
        (("嘅喺" + TRADITIONAL).encode("big5hkscs"), "big5", "嘅喺" + TRADITIONAL),
        (SIMPLIFIED.encode(), "gbk", SIMPLIFIED),  # not all of it is what HTTP says: the next in order
        (f'<meta charset="gbk">{SIMPLIFIED}'.encode("gbk"), "", f'<meta charset="gbk">{SIMPLIFIED}'),
        (SIMPLIFIED.encode() + b"\xff", "", SIMPLIFIED + "\ufffd"),
        ("甲\r\n乙\r".encode(), "no-such", "甲\n乙\n"),
        (b"", "", ""),
    ],
)
def test_encodings_are_tried_in_order(data: bytes, declared: str, expected: str) -> None:
    assert decode_text(data, declared) == expected


def joined(text: str) -> tuple[list[str], dict[int, str]]:
    blocks, suspected = join_paragraphs(read_blocks(text))
    return [block.text for block in blocks], suspected


@pytest.mark.parametrize(
    ("above", "below", "elsewhere", "between"),
    [
        ("我们用 Visual", "Studio 写程序。", "", " "),
        ("我们用 Type", "Script 写程序。", "TypeScript 很好。", ""),
        ("我们用 Star", "Map 看地图。", "Star Map 很好。StarMap 也好。", " "),
        ("他们分享搞笑M", "EME 图片。", "", ""),
    ],
)
def test_broken_latin_words_are_joined(above: str, below: str, elsewhere: str, between: str) -> None:
    start = "这是一句话。"
    assert joined(f"{start}{above}\n\n{below}{elsewhere}")[0] == [start + above + between + below + elsewhere]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("这是一句话。接着是一半", "另一半在这里。"),
        ("这是一句话。接着是一半", "Starmap 在这里。"),
        ("这是一句话。接着是 Starmap", "另一半在这里。"),
        ("林子涵预计，公司会调动人手，", "其中包括导航。"),
    ],
)
def test_what_is_not_sure_is_pointed_out(above: str, below: str) -> None:
    texts, suspected = joined(f"{above}\n\n{below}")
    assert texts == [above, below]
    assert list(suspected) == [1]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("“这一段引文。没有完 Star", "Map 还在引文里。"),
        ("# 标题 Star", "Map 是一句话。"),
        ("- 一项。Star", "Map 是一句话。"),
        ("1、一项。Star", "Map 是一句话。"),
        ("| 表。Star |", "Map 是一句话。"),
        ("```\n代码。Star\n```", "Map 是一句话。"),
        ("iPhone", "iPad"),
        ("这是一句话。Star\n\n\n", "Map 隔得远。\n\n又一句。\n\n又一句。"),
        ("亲爱的读者：", "你们好。"),
        ("这是一句完整的话。", "这也是。"),
        ("新的手机", "旧的手机有一句话。"),
    ],
)
def test_what_is_never_joined(above: str, below: str) -> None:
    texts, suspected = joined(f"{above}\n\n{below}")
    assert len(texts) >= 2
    assert not suspected


def test_lines_that_end_as_sentences_are_paragraphs_and_others_flow() -> None:
    assert [block.text for block in read_blocks("第一句。\n第二句。\n第三句。")] == ["第一句。", "第二句。", "第三句。"]
    wrapped = "很长的一段在这里\n断开了，又在这里\n断开，最后完了。"
    assert [block.text for block in read_blocks(wrapped)] == [wrapped]
    # What is invisible goes, and a line below a text makes no heading of it.
    (block,) = read_blocks("　甲\u200b乙\ufeff\u00a0丙\n====")
    assert block.text == "甲乙 丙\n\\===="


@pytest.mark.parametrize(
    ("text", "declared", "host", "expected"),
    [
        (SIMPLIFIED, "", "", "zh-CN"),
        (TRADITIONAL, "", "", "zh-TW"),
        ("新軟件令手機用戶毋須更換硬件。", "", "", "zh-HK"),
        ("佢哋話呢個網誌好好睇，係咪？", "", "", "zh-HK"),
        ("這個東西來了。", "", "", "zh-TW"),
        ("這個東西來了。", "zh-Hant-HK", "", "zh-HK"),
        ("這個東西來了。", "", "news.example.hk", "zh-HK"),
        ("中文", "", "", ""),
        ("Only English.", "", "", ""),
    ],
)
def test_scripts_are_told_by_characters_and_words(text: str, declared: str, host: str, expected: str) -> None:
    assert find_script(text, declared, host) == expected
