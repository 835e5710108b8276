"""The title of a source whose front matter gives none, by the auditor's own reading of its Markdown."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from builder.content.front_matter import title_from_name

if TYPE_CHECKING:
    from builder.content.models import Article
    from builder.content.twins import Twin

Entitled = TypeVar("Entitled", "Article", "Twin")


def settle_title(source: Entitled, name: str) -> Entitled:
    """An article or twin that has its title (from the `name` of its file where nothing says one; "" is none), and a body
    without a first heading that only repeats it."""
    heading = _find_heading(source.body, at_start=bool(source.title))
    stem = name.rpartition("/")[2]
    if heading is None:
        return replace(source, title=source.title or (title_from_name(stem) if stem else ""))
    said, start, end = heading
    if source.title and source.title != said:
        return source
    if source.body[:start].strip():
        return replace(
            source, title=said
        )  # what stands above the heading belongs there: the heading stays in its place
    return replace(source, title=said, body=source.body[end:])


def _find_heading(body: str, *, at_start: bool) -> tuple[str, int, int] | None:
    """The first heading of the first level that says something, outside of code: its plain text, and where it is. With
    `at_start`, only one that the body begins with."""
    fence, first = "", True  # whether a paragraph may begin here
    for line in _LINE.finditer(body):
        text = line[0]
        if marks := re.match(r" {0,3}(`{3,}|~{3,})", text):
            if not fence:
                fence = marks[1]
            elif marks[1].startswith(fence) and not text[marks.end() :].strip():
                fence = ""
        elif not fence and len(text) < _LONGEST_HEADING and not text[:4].isspace():
            if (found := _ATX.fullmatch(text)) and (said := _plain(found[1])):
                return said, line.start(), line.end()
            if first and (below := _SETEXT.match(body, line.end())) and (said := _plain(text)):
                return said, line.start(), below.end()
        if at_start and text.strip():
            return None
        first = not text.strip()
    return None


_LONGEST_HEADING = 500
_ATX = re.compile(r" {0,3}#[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*\n?")
_SETEXT = re.compile(r" {0,3}={2,}[ \t]*(?:\n|\Z)")
_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")

_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_MARK = re.compile(r"[!-/:-@\[-`{-~]")

#: Inline Markdown → what of it is read: pictures and links, attributes, tags, emphasis, escapes.
_MARKS = tuple(
    (re.compile(pattern), kept)
    for pattern, kept in (
        (r"[ \t]*\{[#.:][^{}]*\}[ \t]*\Z", ""),
        (r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+[\"'][^\"']*[\"'])?\)", r"\1"),
        (r"(?<!\\)</?[A-Za-z][^<>]*>", ""),
        (r"(?<!\\)(\*{1,3})(?=[^\s*])(.+?)(?<=[^\s*\\])\1", r"\2"),
        (r"(?<![\w\\])(_{1,3})(?=[^\s_])(.+?)(?<=[^\s_\\])\1(?!\w)", r"\2"),
        (r"\\([!-/:-@\[-`{-~])", r"\1"),
    )
)


def _plain(markdown: str) -> str:
    # What is code has no marks.
    text = _CODE.sub(lambda code: _MARK.sub(r"\\\g<0>", code[2]), markdown.strip())
    for pattern, kept in _MARKS:
        text = pattern.sub(kept, text)
    return " ".join(html.unescape(text).split())
