"""An HTML page → its text as Markdown, and what the page says of it: bylines, meta elements, JSON-LD."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from builder.authoring.importing.bylines import Byline, read_fact
from builder.authoring.importing.dates import read_date
from builder.authoring.importing.markdown import missing_extra, parse_html, settle_addresses, to_markdown
from builder.authoring.importing.taken import Page
from builder.authoring.new import host_of
from builder.config import is_web_address
from builder.content.attribution import people_in
from builder.content.models import Hop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from lxml.html import HtmlElement

    from builder.content.models import Date

_ARTICLES = frozenset(
    {"Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle", "TechArticle", "ScholarlyArticle"}
)
#: Elements whose text, as a whole, may be a byline.
_LINES = ("p", "div", "span", "li", "section", "header", "td", "h4", "h5", "h6", "em", "small", "address")
_LONGEST_LINE = 160
#: How trafilatura writes blocks of code, and code inside a line.
_EXTRACTED_CODE = re.compile(r"<pre>\s*<pre>(.*?)</pre>\s*</pre>|<pre>(.*?)</pre>", re.DOTALL)
_HAN = re.compile("[\u3400-\u9fff]")
_DATES = ("article:published_time", "datepublished", "pubdate", "publishdate", "date", "dc.date")
_TITLE_TAIL = re.compile(r"\s*[-_|｜—–·丨]+\s*[^-_|｜—–·丨]{1,30}$")


def read_page(text: str, address: str, *, now: datetime, zone: ZoneInfo) -> tuple[str, Page]:
    """The Markdown of a page's article, and what the page says of it. `address` is where the page was read, "" for a file: then
    what the page calls its own counts. Raises `BuilderError` without the extra."""
    tree = parse_html(text)
    meta, data = _meta(tree), _json_ld(tree)
    canonical = next((link.get("href", "") for link in tree.iter("link") if link.get("rel") == "canonical"), "")
    own = address or next(filter(is_web_address, (canonical, meta.get("og:url", ""), _text_of(data.get("url")))), "")
    settle_addresses(tree, own)
    page = _describe(tree, meta, data, own, lambda text: read_date(text, zone, now=now))
    bylines = tuple(_bylines(tree))
    body = _extract(tree, own)
    # What stands in the extracted text as well is read there, where one knows whether it is at the top or at the end.
    inside = {_squeezed(line) for line in body.split("\n")}
    return body, replace(page, bylines=tuple(line for line in bylines if _squeezed(line) not in inside))


def _extract(tree: HtmlElement, address: str) -> str:
    from lxml.html import tostring

    try:
        from trafilatura import extract
    except ImportError:
        raise missing_extra("HTML") from None
    _show_code(tree)
    found = extract(
        tostring(tree, encoding="unicode"),
        url=address or None,
        output_format="html",
        include_comments=False,
        include_formatting=True,
        include_images=True,
        include_links=True,
        include_tables=True,
        favor_recall=True,
    )
    if not found:
        return ""
    return to_markdown(parse_html(_EXTRACTED_CODE.sub(_place_code, found)))


def _show_code(tree: HtmlElement) -> None:
    """Have trafilatura see code where it is: it takes all else that is preformatted for a quotation."""
    from lxml.html import Element

    for block in list(tree.iter("pre")):
        text = block.text_content()
        # Some sites set whole articles so.
        if len(_HAN.findall(text)) * 2 < len(text):
            for inner in list(block):
                block.remove(inner)
            code = Element("code")
            block.text, code.text = None, text
            block.append(code)


def _place_code(found: re.Match[str]) -> str:
    return f"<pre><code>{found[1]}</code></pre>" if found[1] is not None else f"<code>{found[2]}</code>"


def _describe(
    tree: HtmlElement, meta: dict[str, str], data: dict[str, Any], address: str, read: Callable[[str], Date | None]
) -> Page:
    heading = next((_squeeze(element.text_content()) for element in tree.iter("h1")), "")
    title = _text_of(data.get("headline")) or meta.get("og:title", "") or heading
    full = _squeeze(tree.findtext(".//title") or "")
    title = title or _TITLE_TAIL.sub("", full) or full
    if heading and heading != title and title.startswith(heading):
        title = heading  # with the name of the site behind it
    publisher = _first(data.get("publisher"))
    source = meta.get("og:site_name", "") or _text_of(publisher.get("name")) or meta.get("application-name", "")
    people = [_text_of(item.get("name")) for item in _items(data.get("author")) if item.get("@type") != "Organization"]
    people = people or [meta.get("author", "") or meta.get("article:author", "")]
    people = [person for person in people if person and not is_web_address(person) and person not in (source, address)]
    times = [element.get("datetime") for element in tree.iter("time")]
    dates = (data.get("datePublished"), *(meta.get(name) for name in _DATES), *times)
    licences = [link.get("href", "") for link in tree.xpath("//*[@rel='license' and @href]")]
    licence = next(filter(is_web_address, [_text_of(data.get("license")), *licences]), "")
    notice = _text_of(data.get("copyrightNotice"))
    return Page(
        title=title,
        source=source or host_of(address),
        address=address,
        date=next((date for text in dates if isinstance(text, str) and (date := read(text))), None),
        authors=people_in("、".join(people)),
        origins=tuple(_origins(data, address)),
        notices=tuple(line.strip() for line in notice.split("\n") if line.strip()),
        license=licence,
        language=tree.get("lang") or "",
    )


def _meta(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        if name and (content := _squeeze(element.get("content") or "")):
            found.setdefault(name, content)
    return found


def _json_ld(tree: HtmlElement) -> dict[str, Any]:
    """The first article that the page describes for machines."""
    for script in tree.iter("script"):
        if script.get("type") != "application/ld+json":
            continue
        try:
            data = json.loads(script.text or "", strict=False)
        except ValueError:
            continue
        for item in _items(data):
            for candidate in (item, *_items(item.get("@graph"))):
                kinds = candidate.get("@type")
                if _ARTICLES & {
                    kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)
                }:
                    return candidate
    return {}


def _origins(data: dict[str, Any], own: str) -> Iterator[Hop]:
    """What an article says it is based on, where that names who published it."""
    for item in _items(data.get("isBasedOn")):
        url = _text_of(item.get("url"))
        source = _text_of(_first(item.get("publisher")).get("name")) or host_of(url)
        if source and url != own:
            people = [_text_of(person.get("name")) for person in _items(item.get("author"))]
            yield Hop(
                source=source,
                author="、".join(people_in("、".join(people))),
                title=_text_of(item.get("name")),
                url=url if is_web_address(url) else "",
            )


def _bylines(tree: HtmlElement) -> Iterator[str]:
    """The lines of the page that say who wrote the text and where it comes from, outermost elements first. An extraction
    drops those at the top."""
    seen: set[str] = set()
    taken: set[HtmlElement] = set()
    below_title = False
    for element in tree.iter("h1", *_LINES):
        below_title = below_title or element.tag == "h1"
        if element.tag == "h1" or any(parent in taken for parent in element.iterancestors()):
            continue
        line = _line_of(element)
        if not line or len(line) > _LONGEST_LINE or line in seen:
            continue
        fact = read_fact(line)
        # A date by itself may be that of any text that the page links to.
        if isinstance(fact, Byline) and (fact.author or fact.source or fact.translator or (fact.date and below_title)):
            below_title = below_title and not fact.date
            seen.add(line)
            taken.add(element)
            yield line


def _line_of(element: HtmlElement) -> str:
    """An element's text on one line, with links as Markdown has them; "" for one that is too long to look at."""
    parts: list[str] = []
    size = 0
    for node in element.iter():
        if not isinstance(node.tag, str) or node.tag in ("script", "style"):
            continue
        text = _squeeze(node.text or "")
        href = node.get("href") if node.tag == "a" else None
        parts.append(f"[{text}]({href})" if href and text and is_web_address(href) else text)
        if node is not element:
            parts.append(_squeeze(node.tail or ""))
        size += len(parts[-1])
        if size > _LONGEST_LINE * 2:
            return ""
    return _squeeze(" ".join(part for part in parts if part))


def _items(value: object) -> list[dict[str, Any]]:
    """The mappings of a value that may be one, several, or a mere text (its name)."""
    values = value if isinstance(value, list) else [value]
    texts = [
        {"name": item, "url": item if is_web_address(item) else ""} for item in values if isinstance(item, str) and item
    ]
    return [item for item in values if isinstance(item, dict)] or texts


def _first(value: object) -> dict[str, Any]:
    return next(iter(_items(value)), {})


def _text_of(value: object) -> str:
    return "\n".join(_squeeze(line) for line in value.split("\n")).strip() if isinstance(value, str) else ""


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _squeezed(text: str) -> str:
    return "".join(re.sub(r"\]\([^)]*\)|[\[\]*\\]", "", text).split())
