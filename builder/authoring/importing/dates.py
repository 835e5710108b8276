"""Dates as Chinese pages write them → moments: less strict than front matter, for what others wrote."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from builder.content.dates import parse_date
from builder.content.models import Date

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DIGITS = str.maketrans("〇零○Ｏ一二三四五六七八九０１２３４５６７８９", "00001234567890123456789")
_HAN = "〇零○一二三四五六七八九十百廿卅元"
_PLACE = r"(?:(?P<elsewhere>当地|當地|美东|美東|美西|东部|東部)?(?:北京|台北|臺北|香港)?(?:时间|時間))?\s*"
_CLOCK = (
    r"(?:[T\s　]*(?P<half>凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|晚間)?\s*"
    r"(?P<hour>\d{1,2})\s*[:：时時点點]\s*(?P<minute>\d{1,2})?(?:\s*[:：分]\s*(?P<second>\d{1,2})?(?:[.,]\d+)?)?秒?"
    r"(?P<offset>\s*(?:[Zz]|[+-]\d{2}:?\d{2}))?)?"
)
_DATE = re.compile(
    rf"""{_PLACE}
    (?: (?P<era>民國|民国|中華民國|中华民国)\s*(?P<republic>\d{{1,3}}|[{_HAN}]{{1,6}}) \s* 年
      | (?P<year>(?<!\d)\d{{4}}|[{_HAN}]{{4}}) \s* (?:年|[-/.](?=\s*\d)) )?
    \s* (?P<month>\d{{1,2}}|[{_HAN}]{{1,2}}) \s* (?:月|[-/.](?=\s*\d)) \s*
    (?P<day>\d{{1,2}}|[{_HAN}]{{1,3}}) \s* [日号號]?
    (?:\s*[(（]?(?:星期|周|週)[一二三四五六日天][)）]?)? {_CLOCK}""",
    re.VERBOSE,
)
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "晚间", "晚間"})
_YEAR_IN_ADDRESS = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=[-/_]?(?:0[1-9]|1[0-2])(?!\d{3}))")


def read_date(text: str, zone: ZoneInfo, *, now: datetime, year: int = 0) -> Date | None:
    """The date that a text is, as a whole: 2026-03-26 09:30, 3月26日, 二〇二六年三月二十六日, 民國115年3月26日, 当地时间3月25日
    下午3时, RFC 2822. A date without a year is of `year`, where that is known, else the latest that is not after `now`.
    None for anything else."""
    text = text.strip(" \t　,，。;；")
    if not text:
        return None
    if strict := parse_date(text, zone):
        return strict
    found = _DATE.fullmatch(text)
    # "3.26" and "3-26" are as good as any number; with a year, or as 月 and 日, they are a date.
    if found and (found["year"] or found["republic"] or "月" in text):
        return _settle(found, zone, now, year)
    return _rfc_date(text, zone)


def year_in(address: str) -> int:
    """The year that an address holds (`/2026/03/26/`, `/202603/`), 0 for none."""
    found = _YEAR_IN_ADDRESS.search(address)
    return int(found[1]) if found else 0


def _settle(found: re.Match[str], zone: ZoneInfo, now: datetime, year: int) -> Date | None:
    month, day = _number(found["month"]), _number(found["day"])
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["half"] in _AFTERNOON and hour < 12:
        hour += 12
    if found["republic"]:
        year = 1911 + _number(found["republic"])
    elif found["year"]:
        year = _year(found["year"])
    parts = f"-{month:02}-{day:02}"
    if found["hour"] and not found["elsewhere"]:  # a time of a place whose zone nobody knows is none
        parts += f"T{hour:02}:{minute:02}:{second:02}{(found['offset'] or '').strip()}"
    if year:
        return parse_date(f"{year:04}{parts}", zone)
    today = now.astimezone(zone)
    latest = parse_date(f"{today.year:04}{parts}", zone)
    # A day's slack, for the place may be where it is tomorrow already.
    if latest is None or latest.moment <= today + timedelta(days=1):
        return latest
    return parse_date(f"{today.year - 1:04}{parts}", zone)


def _year(text: str) -> int:
    digits = text.translate(_DIGITS)
    return int(digits) if digits.isdecimal() else 0


def _number(text: str) -> int:
    """A number up to 199 in Arabic or Chinese figures, 0 for what is none."""
    if text == "元":
        return 1
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "百" in text:
        return 100 + _number(text.partition("百")[2].lstrip("零〇"))
    if "十" not in text:
        digits = text.translate(_DIGITS)
        return int(digits) if digits.isdecimal() else 0
    tens, _, ones = text.partition("十")
    return int(tens.translate(_DIGITS) or 1) * 10 + int(ones.translate(_DIGITS) or 0)


def _rfc_date(text: str, zone: ZoneInfo) -> Date | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return Date(moment if moment.tzinfo else moment.replace(tzinfo=zone), has_time=True)
