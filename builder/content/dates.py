"""Dates as people write them → aware moments."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from builder.content.models import Date

if TYPE_CHECKING:
    from datetime import tzinfo

_DATE = re.compile(
    r"""(?P<year>\d{4}) (?: [-/.] | \s*年\s* ) (?P<month>\d{1,2}) (?: [-/.] | \s*月\s* ) (?P<day>\d{1,2}) (?:\s*日)?
    (?: (?: [T\s]\s* | (?<=日) ) (?P<hour>\d{1,2}) [:：] (?P<minute>\d{2}) (?: [:：] (?P<second>\d{2}) (?:[.,]\d+)? )?
        \s* (?P<offset> [Zz] | [+-]\d{2}(?::?[0-5]\d)? )? )?""",
    re.VERBOSE,
)
_IN_FILE_NAME = re.compile(
    r"""(?<!\d)(?P<year>(?:19|20)\d{2})
    (?: (?P<month>\d{2}) (?P<day>\d{2})
      | (?: ([-_.]) (?P<month_>\d{1,2}) \4 | 年 (?P<month__>\d{1,2}) 月 ) (?P<day_>\d{1,2}) ) (?!\d)""",
    re.VERBOSE,
)

#: Years outside these cannot be told in every time zone, and are slips of the hand.
_YEARS = range(1000, 9999)

DATE_HINT = "write it like 2026-03-26, 2026-03-26T09:30:00+08:00, 2026/3/26 or 2026年3月26日"


def parse_date(text: str, zone: tzinfo) -> Date | None:
    """The date that a text says; naive ones are in `zone`, seconds' fractions are dropped. None when it says none."""
    found = _DATE.fullmatch(text.strip())
    if not found or int(found["year"]) not in _YEARS:
        return None
    offset = found["offset"]
    try:
        return Date(
            datetime(
                int(found["year"]),
                int(found["month"]),
                int(found["day"]),
                int(found["hour"] or 0),
                int(found["minute"] or 0),
                int(found["second"] or 0),
                tzinfo=_offset(offset) if offset else zone,
            ),
            has_time=found["hour"] is not None,
        )
    except ValueError:
        return None


def date_in_file_name(stem: str, zone: tzinfo) -> Date | None:
    """The date that a file name holds (`2026-03-26-title`, `news_20260326`, `2026年3月26日`): the first that there is."""
    for found in _IN_FILE_NAME.finditer(stem):
        month, day = found["month"] or found["month_"] or found["month__"], found["day"] or found["day_"]
        if date := parse_date(f"{found['year']}-{month}-{day}", zone):
            return date
    return None


def _offset(text: str) -> timezone:
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
