"""Dates as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import SHANGHAI, findings, parse, read, settings

from builder.content.dates import date_in_file_name, parse_date
from builder.content.front_matter import require_date

DATES = [
    ("2026-03-26", "2026-03-26T00:00:00+08:00", False),
    ("2026-3-6", "2026-03-06T00:00:00+08:00", False),
    ("2026/3/26", "2026-03-26T00:00:00+08:00", False),
    ("2026.3.26", "2026-03-26T00:00:00+08:00", False),
    ("2026年3月26日", "2026-03-26T00:00:00+08:00", False),
    ("2026 年 3 月 26 日", "2026-03-26T00:00:00+08:00", False),
    ("2026年3月26", "2026-03-26T00:00:00+08:00", False),
    ("２０２６年３月２６日", "2026-03-26T00:00:00+08:00", False),
    ("  2026-03-26 ", "2026-03-26T00:00:00+08:00", False),
    ("2024-02-29", "2024-02-29T00:00:00+08:00", False),
    ("2026-03-26T09:30", "2026-03-26T09:30:00+08:00", True),
    ("2026-03-26 09:30:15", "2026-03-26T09:30:15+08:00", True),
    ("2026-03-26T00:00", "2026-03-26T00:00:00+08:00", True),
    ("2026/3/26 9:30", "2026-03-26T09:30:00+08:00", True),
    ("2026年3月26日 9：30", "2026-03-26T09:30:00+08:00", True),
    ("2026年3月26日09:30", "2026-03-26T09:30:00+08:00", True),
    ("2026-03-26T09:30:00Z", "2026-03-26T09:30:00+00:00", True),
    ("2026-03-26T09:30:00.123456z", "2026-03-26T09:30:00+00:00", True),
    ("2026-03-26T09:30:00+08:00", "2026-03-26T09:30:00+08:00", True),
    ("2026-03-26 09:30:00 +0530", "2026-03-26T09:30:00+05:30", True),
    ("2026-03-26T09:30-03", "2026-03-26T09:30:00-03:00", True),
    ("2026-03-26T09:30:00-00:30", "2026-03-26T09:30:00-00:30", True),
]

NO_DATES = [
    "2026", "2026-03", "26-03-2026", "03/26/2026", "2026-13-01", "2026-00-10", "2026-02-29", "2026-02-30", "2026-04-31",
    "2026-03-26T24:00", "2026-03-26T09:60", "2026-03-26T09:30:60", "2026-03-26T09", "2026-03-26T", "2026-03-26 9:30pm",
    "2026-03-26T09:30+25:00", "2026-03-26T09:30+08:75", "2026-03-26T09:30+8", "2026-03-26+08:00", "2026-03-2609:30",
    "0026-03-26", "0000-00-00", "9999-12-31", "20260326", "3月26日", "昨天", "now", "1774489800", "2026-03-26 北京时间",
]  # fmt: skip


@pytest.mark.parametrize(("written", "moment", "has_time"), DATES)
def test_dates(written: str, moment: str, *, has_time: bool) -> None:
    date = parse_date(written, SHANGHAI)
    assert date is not None
    assert (date.moment.isoformat(), date.has_time) == (moment, has_time)
    assert read(f"date: '{written}'").date == date


@pytest.mark.parametrize("written", NO_DATES)
def test_what_is_no_date_is_said_where_it_stands(written: str) -> None:
    assert parse_date(written, SHANGHAI) is None
    (found,) = findings(f"title: x\ndate: {written}")
    assert (found.severity, found.code, str(found.place)) == ("error", "date", "content/articles/a.md:3:7")
    assert f"'{written}'" in found.message
    assert "2026年3月26日" in found.hint


def test_naive_times_are_in_the_zone_of_the_site() -> None:
    date = read("date: 2026-01-01 00:30", used=settings(zone=ZoneInfo("Asia/Taipei"))).date
    assert date is not None
    assert date.moment == datetime(2025, 12, 31, 16, 30, tzinfo=UTC)


@given(st.text() | st.text("0123456789-/年月日T:+Z. ", max_size=24))
def test_no_text_makes_a_date_raise(text: str) -> None:
    date = parse_date(text, SHANGHAI)
    if date:
        assert date.moment.astimezone(UTC).astimezone(ZoneInfo("America/New_York")) == date.moment


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.timezones()))
def test_iso_times_are_read_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    offset = moment.utcoffset()
    assert offset is not None
    if offset.total_seconds() % 60 == 0:  # before there were zones, offsets had seconds
        date = parse_date(moment.isoformat(), SHANGHAI)
        assert date is not None
        assert date.moment == moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("2026-03-26-标题", "2026-03-26"), ("2026-03-26", "2026-03-26"), ("news_20260326", "2026-03-26"),
        ("2026_3_6_x", "2026-03-06"), ("2026.03.26 x", "2026-03-26"), ("第12期 2026年3月26日", "2026-03-26"),
        ("2026-02-30 2026-03-01", "2026-03-01"), ("x-2026-03-26", "2026-03-26"),
        ("2026-03", None), ("202603261230", None), ("2026-13-01", None), ("2026-03.26", None), ("3026-03-26", None),
        ("v12026-03-26", None), ("2026-03-261", None), ("196-新显示器", None), ("", None),
    ],
)  # fmt: skip
def test_the_date_in_a_file_name(stem: str, expected: str | None) -> None:
    date = date_in_file_name(stem, SHANGHAI)
    assert (date and date.moment.date().isoformat()) == expected
    if stem:
        assert read("", name=f"2020-01-01/{stem}").date == date


def test_the_front_matter_is_stronger_than_the_file_name() -> None:
    date = read("date: 2025-01-01", name="2026-03-26-x").date
    assert date is not None
    assert date.moment.year == 2025


@pytest.mark.parametrize(
    ("name", "front", "declared", "severity"),
    [
        ("articles/a", "", True, "error"), ("articles/a", "", False, "warning"), ("issues/1", "", True, "error"),
        ("pages/about", "", True, None), ("articles/2026-03-26-a", "", True, None),
        ("articles/a", "date: 2026-03-26", True, None),
        ("articles/a", "withdrawn: {date: 2026-04-01, reason: 应作者要求}", True, None),
    ],
)  # fmt: skip
def test_articles_and_issues_need_a_date(name: str, front: str, *, declared: bool, severity: str | None) -> None:
    found = require_date(read(front, name=name), declared=declared)
    assert [item.severity for item in found] == ([severity] if severity else [])
    for item in found:
        assert (item.code, str(item.place)) == ("date-missing", f"content/{name}.md:1")
        assert "date:" in item.hint


def test_every_date_of_a_source_is_checked() -> None:
    text = """---
date: x1
updated: x2
attribution:
  - {source: 甲, date: x3}
  - source: 乙
    date: x4
withdrawn: {date: x5, reason: 原因}
rights:
  permission: {kind: email, date: x6}
---
"""
    found = parse(text).diagnostics
    assert [(item.code, str(item.place)) for item in sorted(found, key=lambda item: item.message)] == [
        ("date", f"content/articles/a.md:{place}") for place in ("2:7", "3:10", "5:23", "7:11", "8:19", "10:35")
    ]
    assert "'attribution[1].date'" in " ".join(item.message for item in found)
