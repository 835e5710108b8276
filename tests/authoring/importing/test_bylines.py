"""What one line says: the table of docs/import.md, pattern by pattern."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from builder.authoring.importing.bylines import Address, Byline, More, Notice, Relay, forbids_commerce, read_fact
from builder.authoring.importing.dates import read_date, year_in

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 27, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("作者：甲文 来源：云周刊", {"author": "甲文", "source": "云周刊"}),
        ("作者: writer 来源: 云周刊", {"source": "云周刊"}),
        ("作者：佚名", {}),
        ("作者：张三 李四", {"author": "张三、李四"}),
        ("作者：小编、李四", {"author": "李四"}),
        ("撰文 | Ada Lovelace", {"author": "Ada Lovelace"}),
        ("文/张三", {"author": "张三"}),
        ("（來源：島嶼週刊）", {"source": "島嶼週刊"}),
        ("**来源：《云周刊》**", {"source": "云周刊"}),
        ("来源：云周刊cloud.example", {"source": "云周刊"}),
        ("来源：[云周刊](https://cloud.example/)", {"source": "云周刊"}),
        ("转自：[云周刊](https://cloud.example/1)", {"source": "云周刊", "url": "https://cloud.example/1"}),
        ("来源：https://www.cloud.example/1", {"source": "cloud.example", "url": "https://www.cloud.example/1"}),
        ("来源：网络", {}),
        ("2026-03-26 09:30 来源：云周刊 责任编辑：王五", {"source": "云周刊", "date": "2026-03-26 09:30"}),
        ("来源：云周刊 2026年3月26日", {"source": "云周刊", "date": "2026年3月26日"}),
        ("原标题：《Gone》 译者：王五", {"title": "Gone", "translator": "王五"}),
        ("当地时间3月25日", {"date": "当地时间3月25日"}),
    ],
)
def test_bylines(line: str, expected: dict[str, str]) -> None:
    fact = read_fact(line)
    assert isinstance(fact, Byline)
    assert {key: value for key, value in asdict(fact).items() if value} == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("本文原地址：<https://a.example/1?x=1&y=2>", Address("https://a.example/1?x=1&y=2", "本文原地址")),
        ("原文链接： https://a.example/1", Address("https://a.example/1", "原文链接")),
        ("原網址：[題](https://a.example/1)", Address("https://a.example/1", "原網址")),
        ("更多 科学进展 请访问 <https://a.example/p/>", More("科学进展", "https://a.example/p/")),
        ("更多“科学”请点击：https://a.example/p/", More("科学", "https://a.example/p/")),
        (
            "版权归原作者，[传知a.example](http://a.example)转发",
            Relay("传知", "http://a.example", "版权归原作者，[传知a.example](http://a.example)转发"),
        ),
        ("本文版权归作者所有，传知转发", Relay("传知", "", "本文版权归作者所有，传知转发")),
        ("版权归作者所有，请勿转载", Notice("版权归作者所有，请勿转载")),
        ("版权归作者所有，欢迎转发", Notice("版权归作者所有，欢迎转发")),
        ("**轉載請註明出處**", Notice("轉載請註明出處")),
        ("未经授权，不得转载。", Notice("未经授权，不得转载。")),
    ],
)
def test_terms_and_addresses(line: str, expected: object) -> None:
    assert read_fact(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "据作者：这是一句话",
        "作者：他说，这是一整句话。",
        "记者：您怎么看？",
        "数据来源：公司公告",
        "图片来源：某人",
        "责任编辑：王五",
        "来源于生活的故事有很多",
        "12-3",
        "更多内容请见下文",
        "版权归原作者所有，" + "很长的话" * 20,
        "",
    ],
)
def test_lines_of_the_text_stay_there(line: str) -> None:
    assert read_fact(line) is None


def test_commerce_is_forbidden_in_so_many_words() -> None:
    assert forbids_commerce("请勿用于商业用途")
    assert forbids_commerce("僅供非商業用途使用")
    assert not forbids_commerce("商业转载请联系作者")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-26 09:30", "2026-03-26T09:30:00+08:00"),
        ("3月26日", "2026-03-26"),
        ("12月26日", "2025-12-26"),
        ("二〇二六年三月二十六日", "2026-03-26"),
        ("二零二五年十二月卅一日", "2025-12-31"),
        ("民國115年3月26日", "2026-03-26"),
        ("中華民國一百一十五年三月二十六日", "2026-03-26"),
        ("民国元年1月1日", "1912-01-01"),
        ("当地时间3月25日", "2026-03-25"),
        ("当地时间3月25日下午3时", "2026-03-25"),
        ("北京时间3月25日下午3时05分", "2026-03-25T15:05:00+08:00"),
        ("2026年03月26日 星期四 09:30", "2026-03-26T09:30:00+08:00"),
        ("Thu, 26 Mar 2026 01:30:00 GMT", "2026-03-26T01:30:00+00:00"),
        ("2月30日", None),
        ("3.26", None),
        ("昨天", None),
    ],
)
def test_dates(text: str, expected: str | None) -> None:
    date = read_date(text, ZONE, now=NOW)
    said = date and (date.moment.isoformat() if date.has_time else f"{date.moment:%Y-%m-%d}")
    assert said == expected


def test_a_year_comes_from_what_stands_around_the_date() -> None:
    date = read_date("3月26日", ZONE, now=NOW, year=2019)
    assert date
    assert date.moment.year == 2019
    assert year_in("https://a.example/2019/03/26/x.html") == year_in("https://a.example/t201903_1") == 2019
    assert year_in("https://a.example/38867.html") == 0
