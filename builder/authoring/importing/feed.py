"""A feed (RSS, Atom, JSON Feed) → its items, each as Markdown with what the feed says of it."""

from __future__ import annotations

import html
import io
import json
import re
from calendar import timegm
from datetime import datetime
from typing import TYPE_CHECKING, Any

from builder.authoring.importing.markdown import missing_extra, parse_html, settle_addresses, to_markdown
from builder.authoring.importing.taken import Page
from builder.authoring.new import host_of
from builder.config import is_web_address
from builder.content.attribution import people_in
from builder.content.dates import parse_date
from builder.content.models import Date, Hop
from builder.diagnostics import BuilderError, error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

Item = tuple[str, Page]
_MOST_TAGS = 10
_LONGEST_NOTICE = 200
#: What is no tag that a title may have in it, but text: `<GCC>`.
_NO_TAG = re.compile(
    r"<(?!/?(?:a|abbr|b|big|br|cite|code|em|font|i|img|p|s|small|span|strong|sub|sup|tt|u|wbr)\b[^<>]*>)", re.IGNORECASE
)


def read_json_feed(text: str, address: str, *, zone: ZoneInfo) -> tuple[Item, ...]:
    """The items of a JSON Feed (https://jsonfeed.org/version/1.1). Raises `BuilderError` for what is none."""
    try:
        feed = json.loads(text, strict=False)
    except ValueError as problem:
        raise _broken(address, str(problem)) from None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise _broken(address, "it has no items")
    title = _text(feed.get("title")) or host_of(_text(feed.get("home_page_url")) or address)
    return tuple(
        _json_item(item, title, _authors(feed), _text(feed.get("language")), zone)
        for item in feed["items"]
        if isinstance(item, dict)
    )


def _json_item(item: dict[str, Any], source: str, authors: str, language: str, zone: ZoneInfo) -> Item:
    url, elsewhere = _text(item.get("url")), _text(item.get("external_url"))
    text = _text(item.get("content_text")) or _text(item.get("summary"))
    body = _markdown(_text(item.get("content_html")), url) or _markdown(_as_html(text), url)
    origin = Hop(host_of(elsewhere), url=elsewhere) if is_web_address(elsewhere) and elsewhere != url else None
    if not url and origin:
        url, origin = elsewhere, None
    told = _dict(item.get("_wenzhai"))
    chain = tuple(_hops(told.get("chain"), zone)) if not told.get("original") else ()
    rights = _dict(told.get("rights"))
    licence = _dict(rights.get("license"))
    return body, Page(
        title=_plain(_text(item.get("title"))),
        source=source,
        address=url if is_web_address(url) else "",
        date=parse_date(_text(item.get("date_published")), zone),
        # The authors of a text with a chain are those of its origin.
        authors=() if chain else people_in(_authors(item) or authors),
        origins=chain or ((origin,) if origin else ()),
        tags=_tags(item.get("tags")),
        notices=tuple(notice for notice in map(_plain, _texts(rights.get("notices"))) if notice),
        license=_text(licence.get("url")) if licence.get("granted") is True else "",
        language=_text(item.get("language")) or language,
    )


def _hops(chain: object, zone: ZoneInfo) -> Iterator[Hop]:
    """The chain that a feed of another Wenzhai tells."""
    for hop in chain if isinstance(chain, list) else []:
        if isinstance(hop, dict) and (source := _plain(_text(hop.get("source")))):
            url, archived = _text(hop.get("url")), _text(hop.get("archived"))
            yield Hop(
                source=source,
                author="、".join(people_in("、".join(_texts(hop.get("authors"))))),
                translator=_plain(_text(hop.get("translator"))),
                title=_plain(_text(hop.get("title"))),
                url=url if is_web_address(url) else "",
                archived=archived if is_web_address(archived) else "",
                date=parse_date(_text(hop.get("date")), zone),
            )


def read_xml_feed(data: bytes, address: str, *, zone: ZoneInfo) -> tuple[Item, ...]:
    """The items of an RSS or Atom feed. Raises `BuilderError` for what is none, and without the extra."""
    try:
        import feedparser
    except ImportError:
        raise missing_extra("feeds") from None
    # What is dangerous in it, the build takes out: it sees what editors add as well.
    parsed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not parsed.get("version"):
        raise _broken(address, str(parsed.get("bozo_exception", "it is none")))
    feed = parsed.feed
    title = _plain(feed.get("title", "")) or host_of(feed.get("link", "") or address)
    return tuple(_xml_item(entry, title, feed, zone) for entry in parsed.entries)


def _xml_item(entry: dict[str, Any], source: str, feed: dict[str, Any], zone: ZoneInfo) -> Item:
    contents = [_text(part.get("value")) for part in entry.get("content", [])]
    url = _text(entry.get("link"))
    body = _markdown(max([*contents, _text(entry.get("summary"))], key=len, default=""), url)
    declared = entry.get("source") or {}
    name = _plain(_text(declared.get("title")))
    authors = [_text(person.get("name")) for person in entry.get("authors", [])] or [_text(entry.get("author"))]
    # Several are put into one element, parted by dots.
    notices = (_text(entry.get("rights")) or _text(feed.get("rights"))).replace("\n", " · ").split(" · ")
    licences = [
        link.get("href", "")
        for link in (*entry.get("links", []), *feed.get("links", []))
        if link.get("rel") == "license"
    ]
    licences += [_text(entry.get("license")), _text(feed.get("license"))]
    return body, Page(
        title=_plain(_text(entry.get("title"))),
        source=source,
        address=url if is_web_address(url) else "",
        date=_date(entry, zone),
        authors=people_in("、".join(person for person in authors if person and person != source)),
        # `<source>` names the feed that an item comes from, and its address is that of the feed.
        origins=(Hop(name),) if name and name != source else (),
        tags=_tags([_text(tag.get("term")) for tag in entry.get("tags", [])]),
        notices=tuple(notice for text in notices if (notice := _plain(text)) and len(notice) <= _LONGEST_NOTICE),
        license=next(filter(is_web_address, licences), ""),
        language=_text(feed.get("language")),
    )


def _date(entry: dict[str, Any], zone: ZoneInfo) -> Date | None:
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    return Date(datetime.fromtimestamp(timegm(parsed), zone), has_time=True) if parsed else None


def _markdown(source: str, base: str) -> str:
    if not source.strip():
        return ""
    tree = parse_html(source)
    settle_addresses(tree, base)
    return to_markdown(tree)


def _as_html(text: str) -> str:
    """Plain text, whose paragraphs are parted by blank lines."""
    return "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in re.split(r"\n\s*\n", text) if part.strip())


def _authors(item: dict[str, Any]) -> str:
    people = item.get("authors")
    people = people if isinstance(people, list) else [item.get("author")]  # version 1 had one
    return "、".join(name for person in people if isinstance(person, dict) and (name := _text(person.get("name"))))


def _tags(values: object) -> tuple[str, ...]:
    def texts() -> Iterator[str]:
        for value in values if isinstance(values, list) else []:
            if isinstance(value, str) and (text := " ".join(value.split())):
                yield text

    return tuple(dict.fromkeys(texts()))[:_MOST_TAGS]


def _plain(text: str) -> str:
    """A title without tags and entities, on one line."""
    if "<" in text or "&" in text:
        text = _NO_TAG.sub("&lt;", text)
        text = parse_html(f"<p>{text}</p>").text_content() if "<" in text else html.unescape(text)
    return " ".join(text.split())


def _texts(values: object) -> tuple[str, ...]:
    return tuple(filter(None, map(_text, values))) if isinstance(values, list) else ()


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _broken(address: str, why: str) -> BuilderError:
    name = address or "this"
    return BuilderError(
        error("import-feed", f"{name} cannot be read as a feed: {why}", hint="give a page or a text, or mend the feed")
    )
