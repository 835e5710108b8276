"""The files of an output folder → the article pages among them: whose they are, their marked parts, what they say of
themselves. Nothing is known here about what they should say.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from builder.auditing.hiding import Rule, Sheet, find_hidden, read_rules
from builder.auditing.reading import Reading, parse_page, read, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.auditing.hiding import Element

#: The attribute by which a page says which article it is: its value is the article's id.
ID = "data-wz-id"


#: Parts in which anybody may be named in passing.
_WORDED = ("notice", "signoff", "chain", "byline", "original")


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of a page that rights depend on. `above` and `below` tell on which side of the body it stands."""

    name: str
    reading: Reading
    above: bool
    below: bool


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """A page that carries the id of an article. `path` is below the output folder. `article` is what the element with the
    id reads beside the body, the notices and the like."""

    path: str
    id: str
    lang: str
    marks: tuple[Mark, ...]
    heading: Reading
    article: Reading
    canonical: str
    noindex: bool
    license_links: tuple[str, ...]  # rel=license, anywhere on the page
    json_ld: tuple[dict[str, Any], ...]

    def marked(self, name: str, *, above: bool = False, below: bool = False) -> tuple[Mark, ...]:
        """The parts under a mark; `above` or `below` the body only."""
        return tuple(
            mark for mark in self.marks if mark.name == name and (not above or mark.above) and (not below or mark.below)
        )


def read_pages(output: Path, paths: list[str]) -> Iterator[ArticlePage]:
    """The article pages and tombstones among the HTML files of an output folder."""
    sheets = _Sheets(output)
    for path in paths:
        data = (output / path).read_bytes()
        if ID.encode() in data and (root := parse_page(data)) is not None:
            hidden = find_hidden(root, sheets.of_page(root, path))
            for element in root.iter():
                if element.get(ID, ""):
                    yield _read_page(path, root, element, hidden)


def _read_page(path: str, root: Element, article: Element, hidden: dict[Element, str]) -> ArticlePage:
    elements = list(root.iter())
    order = {element: number for number, element in enumerate(elements)}
    body = next((element for element in elements if element.get("data-wz", "") == "body"), None)
    inside = set(body.iter()) if body is not None else set()
    marked = [element for element in elements if element.get("data-wz", "") and element not in inside]
    first, last = _divide(marked, order, body, inside)
    marks = [
        Mark(element.get("data-wz", ""), read(element, hidden), order[element] < first, order[element] > last)
        for element in marked
    ]
    if body is not None:
        marks.append(Mark("body", read(body, hidden), above=False, below=False))
    headings = [element for element in article.iter("h1") if element not in inside] or [
        element for element in elements if element.tag == "h1" and element not in inside
    ]
    robots = [
        element.get("content", "")
        for element in elements
        if element.tag == "meta" and element.get("name", "") == "robots"
    ]
    links = [element for element in elements if element.tag in ("link", "a") and element.get("href", "")]
    return ArticlePage(
        path=path,
        id=article.get(ID, ""),
        lang=root.get("lang", ""),
        marks=tuple(marks),
        heading=read(headings[0], hidden) if headings else Reading(""),
        article=read(article, hidden, without=inside | {mark for mark in marked if mark.get("data-wz", "") in _WORDED}),
        canonical=next((link.get("href", "") for link in links if "canonical" in link.get("rel", "").split()), ""),
        noindex=any({"noindex", "none"} & set(re.split(r"[\s,]+", content.lower())) for content in robots),
        license_links=tuple(
            link.get("href", "") for link in links if link not in inside and "license" in link.get("rel", "").split()
        ),
        json_ld=tuple(_json_ld(elements)),
    )


def _divide(
    marked: list[Element], order: dict[Element, int], body: Element | None, inside: set[Element]
) -> tuple[int, int]:
    """Before which element the top of an article ends, and after which its foot begins. Without a body these meet where the
    first thing that belongs to the foot stands."""
    if body is not None:
        return order[body], max(order[element] for element in inside)
    heads = [order[element] for element in marked if element.get("data-wz", "") in ("byline", "chain")]
    top = max(heads, default=-1)
    notices = [order[element] for element in marked if element.get("data-wz", "") == "notice"]
    feet = [order[element] for element in marked if element.get("data-wz", "") in ("original", "licence", "signoff")]
    foot = min((number for number in feet if number > top), default=-1)
    if foot < 0:
        foot = notices[len(notices) // 2] if notices else top + 1
    return foot, foot - 1


def _json_ld(elements: list[Element]) -> Iterator[dict[str, Any]]:
    for element in elements:
        if element.tag == "script" and element.get("type", "") == "application/ld+json":
            try:
                data = json.loads(text_of(element))
            except ValueError:
                data = {"@type": "NewsArticle"}  # nothing can be read in it: whatever is looked for is missing
            for item in data if isinstance(data, list) else [data]:
                if isinstance(item, dict) and item.get("@type") in ("NewsArticle", "Article", "BlogPosting"):
                    yield item


class _Sheets:
    """The style sheets of an output folder, each read once."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._rules: dict[str, tuple[Rule, ...]] = {}
        self._known: dict[tuple[tuple[str, str | None, str], ...], Sheet] = {}

    def of_page(self, root: Element, path: str) -> Sheet:
        key: list[tuple[str, str | None, str]] = []  # media, file (None: on the page itself), text
        for element in root.iter("link", "style"):
            media = element.get("media", "") or ""
            if element.tag == "style":
                key.append((media, None, text_of(element)))
            elif "stylesheet" in element.get("rel", "").lower().split() and element.get("href", ""):
                file = self._find(element.get("href", ""), path)
                key.append((media, file, ""))
        known = tuple(key)
        if known not in self._known:
            rules: list[Rule] = []
            for media, sheet, text in key:
                conditions = (f"@media {media}",) if media and media != "all" else ()
                found = tuple(read_rules(text, lambda _: None)) if sheet is None else self._of_file(sheet)
                rules += [Rule(rule.selector, conditions + rule.conditions, rule.declarations) for rule in found]
            self._known[known] = Sheet(tuple(rules))
        return self._known[known]

    def _of_file(self, file: str) -> tuple[Rule, ...]:
        if file not in self._rules:

            def load(address: str) -> str | None:
                found = self._find(address, file)
                return self._text(found) if found else None

            self._rules[file] = tuple(read_rules(self._text(file), load))
        return self._rules[file]

    def _text(self, file: str) -> str:
        return (self._output / file).read_text("utf-8", errors="replace") if file else ""

    def _find(self, address: str, page: str) -> str:
        """The file in the output that an address on a page leads to; "" where it leads elsewhere. The site may be mounted
        at a path, which stands before the file's."""
        path = unquote(urlsplit(address).path)
        parts = [part for part in path.split("/") if part and part != "."]
        if not path.startswith("/") and not urlsplit(address).netloc:
            folders = page.split("/")[:-1]
            while parts and parts[0] == "..":
                parts, folders = parts[1:], folders[:-1]
            parts = folders + parts
        for start in range(len(parts)):
            file = "/".join(parts[start:])
            if not re.search(r"(^|/)\.\.(/|$)", file) and (self._output / file).is_file():
                return file
        return ""
