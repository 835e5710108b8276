"""Raw HTML in Markdown, made legible before it is sanitised: what would vanish, or swallow the rest of the page, is shown
as text. Nothing here is about safety, which is `sanitize`'s alone.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from markdown_it.common.html_re import close_tag, open_tag

from builder.markup.sanitize import ALLOWED_TAGS, HTML_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

    from builder.markup.places import Findings

# Each alternative also matches to the end when it is not closed, so that a text full of openers is scanned only once.
_PIECE = re.compile(
    r"(?P<script><(?P<name>script|style)(?=[\s>/])[^>]*>.*?(?:(?P<closed></(?P=name)\s*>)|\Z))"
    r"|(?P<comment><!--.*?(?:(?P<ended>-->)|\Z))"
    rf"|(?P<tag>{open_tag}|{close_tag})"
    r"|<",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(r"</?([a-z][a-z0-9-]*)", re.IGNORECASE)

#: Old ways to say how text looks: the text stays.
_LOOKS = frozenset(["font", "center", "big", "tt", "strike", "acronym", "nobr", "blink", "marquee", "basefont"])
#: The frame of a page, forms and the like. In a block somebody pasted them; in a sentence somebody writes about them.
_FRAMES = frozenset(
    ["html", "head", "body", "main", "header", "footer", "nav", "article", "hgroup", "address", "search"]
)
_FORMS = frozenset(["form", "fieldset", "legend", "label", "button", "menu"])
_EMBEDDED = frozenset(["noscript", "object", "embed", "param", "meta", "link", "base"])
_PASTED = _FRAMES | _FORMS | _EMBEDDED
_UNCLOSED_IS_FINE = frozenset(
    ["br", "hr", "img", "wbr", "source", "input", "col", "p", "li", "dt", "dd", "tr", "td", "th", "rt", "rp"]
)


def raw_html_plugin(md: MarkdownIt, *, sanitized: bool) -> None:
    """Adds the rule to a parser. Where HTML is not sanitised, only names that HTML does not know are shown as text."""
    show = _shown_in_sanitized if sanitized else _shown_in_free

    def rule(state: StateCore) -> None:
        if "<" not in state.src:
            return
        findings: Findings = state.env["findings"]
        for token in state.tokens:
            if token.type == "html_block":
                token.content = "".join(show(token.content, findings, token.map, block=True))
            elif token.children:
                unclosed = _unclosed(token.children) if sanitized else frozenset[int]()
                for index, child in enumerate(token.children):
                    if child.type == "html_inline":
                        shown = "".join(show(child.content, findings, token.map, block=False))
                        if index in unclosed or shown == html.escape(child.content, quote=False):
                            child.type = "text"
                        else:
                            child.content = shown

    md.core.ruler.after("inline", "raw_html", rule)


def _shown_in_sanitized(source: str, findings: Findings, lines: list[int] | None, *, block: bool) -> Iterator[str]:
    for text, piece in _pieces(source):
        yield text
        if piece is None:
            return
        if piece["script"] and piece["closed"] and block:
            name = piece["name"].lower()
            findings.warn(
                "html-removed",
                f"<{name}> is not allowed here and was left out",
                hint='write it in `backticks` to show it, or set markdown.html = "allow" to keep it',
                lines=lines,
            )
        elif piece["comment"] and piece["ended"]:
            pass
        elif piece["tag"]:
            yield _tag(piece[0], block=block)
        else:
            yield html.escape(piece[0], quote=False)


def _shown_in_free(source: str, _findings: Findings, _lines: list[int] | None, *, block: bool) -> Iterator[str]:  # noqa: ARG001 - as its sibling
    for text, piece in _pieces(source):
        yield text
        if piece is None:
            return
        known = (
            piece["script"] or (piece["tag"] and _name(piece[0]) in HTML_TAGS) or (piece["comment"] and piece["ended"])
        )
        yield piece[0] if known else html.escape(piece[0], quote=False)


def _pieces(source: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """The text before each piece of markup with the piece; last the text after all of them."""
    end = 0
    for piece in _PIECE.finditer(source):
        yield source[end : piece.start()], piece
        end = piece.end()
    yield source[end:], None


def _tag(tag: str, *, block: bool) -> str:
    name = _name(tag)
    if name in ALLOWED_TAGS:
        return tag
    if name in _LOOKS or (block and name in _PASTED):
        return ""
    if name == "iframe":
        return "" if tag.startswith("</") else _link_to_frame(tag, block=block)
    return html.escape(tag, quote=False)


def _name(tag: str) -> str:
    found = _NAME.match(tag)
    return found[1].lower() if found else ""


def _link_to_frame(tag: str, *, block: bool) -> str:
    """An `<iframe>` as a link: the page it shows is one click away, and tracks nobody before."""
    reader = _Attributes()
    reader.feed(tag)
    source = reader.attributes.get("src") or ""
    if not source:
        return ""
    title = reader.attributes.get("title") or source
    link = f'<a href="{html.escape(source)}">{html.escape(title)}</a>'
    return f"<p>{link}</p>" if block else link


class _Attributes(HTMLParser):
    """Reads the attributes of one start tag."""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base class’s
        self.attributes = dict(reversed(attrs))


def _unclosed(tokens: list[Token]) -> frozenset[int]:
    """Which tokens are tags that a paragraph opens and does not close: somebody writes about `<table>`, and means no table."""
    opened: list[tuple[str, int]] = []
    counts: dict[str, int] = {}
    for index, token in enumerate(tokens):
        if token.type != "html_inline":
            continue
        name = _name(token.content)
        if not name or name in _UNCLOSED_IS_FINE or token.content.endswith("/>"):
            continue
        if not token.content.startswith("</"):
            opened.append((name, index))
            counts[name] = counts.get(name, 0) + 1
        elif counts.get(name):
            closed = ""
            # What was opened inside and is still open is closed with it.
            while closed != name:
                closed, _ = opened.pop()
                counts[closed] -= 1
    return frozenset(index for _, index in opened)
