"""Dates as people write them → aware moments."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from builder.content.models import Date

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DATE = re.compile(
    r"""(?P<year>\d{4}) (?: [-/.] | \s*年\s* ) (?P<month>\d{1,2}) (?: [-/.] | \s*月\s* ) (?P<day>\d{1,2}) \s*日?
    (?: [T\s]\s* (?P<hour>\d{1,2}) [:：] (?P<minute>\d{2}) (?: [:：] (?P<second>\d{2}) (?:[.,]\d+)? )?
        \s* (?P<offset> [Zz] | [+-]\d{2}:?\d{2} )? )?""",
    re.VERBOSE,
)
_IN_FILE_NAME = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})([-_.]?)(?P<month>0\d|1[0-2])\2(?P<day>[0-2]\d|3[01])(?!\d)"
)

DATE_HINT = "write it like 2026-03-26, 2026-03-26T09:30:00+08:00, 2026/3/26 or 2026年3月26日"


def parse_date(text: str, zone: ZoneInfo) -> Date | None:
    """The date that a text says; naive ones are in `zone`, seconds' fractions are dropped. None when it says none."""
    found = _DATE.fullmatch(text.strip())
    if not found:
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


def date_in_file_name(stem: str, zone: ZoneInfo) -> Date | None:
    """The date that a file name holds (`2026-03-26-title`, `news_20260326`)."""
    found = _IN_FILE_NAME.search(stem)
    return parse_date(f"{found['year']}-{found['month']}-{found['day']}", zone) if found else None


def _offset(text: str) -> timezone:
    if text in "Zz":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
