"""The attribution of a front matter → hops, from the origin to the nearest copy."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from builder.config import is_web_address
from builder.content.dates import DATE_HINT, parse_date
from builder.content.models import Hop
from builder.diagnostics import error
from builder.located import Listing, Reader, Table, quoted

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from builder.content.models import Attribution, Date

#: What scrapers and content systems write where no author is known. Shown to nobody as a person.
PLACEHOLDER_AUTHORS = frozenset(
    {
        *("writer", "admin", "administrator", "author", "editor", "root", "user", "webmaster"),
        *("unknown", "anonymous", "none", "null", "n/a", "-"),
        *("佚名", "匿名", "网络", "網絡", "網路", "未知", "不详", "不詳", "无", "無", "小编", "小編"),
        *("作者不详", "作者不詳", "作者未知"),
    }
)

EXAMPLE = 'attribution: {source: 某周刊, author: 某人, url: "https://example.com/1.html"}'


def is_placeholder(author: str) -> bool:
    """Whether an author's name stands for nobody."""
    return unicodedata.normalize("NFKC", author).strip().lower() in PLACEHOLDER_AUTHORS


@lru_cache(maxsize=65536)
def people_in(author: str) -> tuple[str, ...]:
    """The people that an author's name holds (several are joined by 、), once each, less those that stand for nobody."""
    names = (name.strip() for name in author.split("、"))
    return tuple(dict.fromkeys(name for name in names if name and not is_placeholder(name)))


def read_attribution(reader: Reader, zone: ZoneInfo) -> Attribution:
    """The hops under `attribution`: one mapping, or a list of them. Faults are the reader's findings."""
    value = reader.value("attribution")
    if value is None:
        return ()
    items = value.items if isinstance(value, Listing) else (value,)
    if not items:
        message = "'attribution' is an empty list"
        reader.found.append(error("attribution-source", message, reader.place(value), f"name the source: {EXAMPLE}"))
    hops = []
    for number, item in enumerate(items, 1):
        name = f"attribution[{number}]" if isinstance(value, Listing) else "attribution"
        if not isinstance(item, Table):
            got = "a list" if isinstance(item, Listing) else quoted(item.text)
            reader.wrong(name, item, "a mapping with `source`", got, f"write it like {EXAMPLE}")
            continue
        hop = _read_hop(Reader(item, reader.path, name, reader.found), zone)
        if hop:
            hops.append(hop)
    return tuple(hops)


def _read_hop(reader: Reader, zone: ZoneInfo) -> Hop | None:
    hop = Hop(
        source=reader.text("source"),
        author=reader.text("author"),
        translator=reader.text("translator"),
        title=reader.text("title"),
        url=_read_address(reader, "url"),
        archived=_read_address(reader, "archived"),
        date=read_date(reader, "date", zone),
    )
    reader.finish()
    if not hop.source:
        message = f"'{reader.name}' does not say its `source`"
        reader.found.append(error("attribution-source", message, reader.place(), f"name who published it: {EXAMPLE}"))
        return None
    return hop


def read_date(reader: Reader, key: str, zone: ZoneInfo) -> Date | None:
    """The date under a key; what is no date is a finding."""
    scalar = reader.scalar(key)
    if scalar is None:
        return None
    date = parse_date(scalar.text, zone)
    if date is None:
        message = f"{quoted(scalar.text)} is not a date ('{reader.full_name(key)}')"
        reader.found.append(error("date", message, reader.place(scalar), DATE_HINT))
    return date


def _read_address(reader: Reader, key: str) -> str:
    scalar = reader.scalar(key)
    if scalar is None:
        return ""
    address = scalar.text.strip()
    if not is_web_address(address):
        message = f"{quoted(address)} is not an http(s) address"
        hint = "give the whole address, from https:// on, or leave the key out"
        reader.found.append(error("attribution-url", message, reader.place(scalar), hint))
        return ""
    return address
