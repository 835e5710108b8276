"""A rendered page → what it lacks, or hides, of the parts that an article's rights call for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from builder.diagnostics import Diagnostic, Place, error
from builder.site.views import ArticlePage, TombstonePage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from builder.publish.theme import Asset
    from builder.site.views import HopView, PageView


def find_fault(view: PageView, text: str, body: str) -> str:
    """What a page lacks or hides that its view's rights call for, or "". `body` is what the page prints of its text."""
    if not isinstance(view, ArticlePage | TombstonePage):
        return ""
    top = max(text.find("</head>"), 0)
    fault = (
        _fault_in_article(view, text, body, top) if isinstance(view, ArticlePage) else _fault_in_tombstone(view, text)
    )
    return fault if fault or _says_id(view.id, text, top) else f'lacks the id of the article (data-wz-id="{view.id}")'


def _fault_in_article(view: ArticlePage, text: str, body: str, top: int) -> str:
    if view.body is None:
        missing = _missing_part(view, text, top, len(text), top)
        return f"lacks {missing}" if missing else _hidden_part(text)
    # The page is cut at its body, so that nothing in the text can stand in for a part of the page, or hide one.
    mark = text.find('data-wz="body"', top)
    end = text.find(body, mark) if mark >= 0 else -1
    if end < 0:
        return 'lacks the body (data-wz="body")'
    foot = end + len(body)
    missing = _missing_part(view, text, top, end, foot)
    return f"lacks {missing}" if missing else _hidden_part(text[:end] + text[foot:])


def _fault_in_tombstone(view: TombstonePage, text: str) -> str:
    for mark in ("tombstone", *(["chain"] if view.chain else [])):
        if f'data-wz="{mark}"' not in text:
            return f'lacks data-wz="{mark}"'
    for name in _names_in(view.chain):
        if _escaped(name) not in text:
            return f'lacks {name!r} (data-wz="chain")'
    return _hidden_part(text)


def _names_in(chain: Iterable[HopView]) -> Iterator[str]:
    """Everybody whom a chain names."""
    for hop in chain:
        yield hop.source
        for who in hop.authors:
            yield who.title
        if hop.translator:
            yield hop.translator


@lru_cache(maxsize=4096)
def _escaped(text: str) -> str:
    """A text as templates print it. Names, notices and ids come again and again."""
    from markupsafe import escape

    return str(escape(text))


#: Elements whose content nobody sees, or not before doing something, and comments. Most tags are told by one letter.
_HIDING = re.compile(
    r"<(?=[!tnsd])(?:!--|(template|noscript|script|style|dialog|details(?![^>]*\sopen\b))\b)", re.IGNORECASE
)
#: An attribute, seen from its name on, that hides its element.
_HIDDEN = re.compile(
    r"""hidden(?=[\s=>/]) | style="[^"]*? (?: display\s*:\s*none | visibility\s*:\s*hidden | opacity\s*:\s*0[;"]
      | font-size\s*:\s*0[a-z;"] )""",
    re.VERBOSE | re.IGNORECASE,
)
_TAG = re.compile(r"<([a-z][\w-]*)\b[^>]*\Z", re.IGNORECASE)


def _hidden_part(text: str) -> str:
    """A part of the contract that stands in a comment or an element that hides it, or "". What a style sheet hides is found
    by `check_style`."""
    at = text.find('data-wz="')  # quicker than to search for the expression
    first = _MARK.search(text, at) if at >= 0 else None
    if first is None:
        return ""
    # What begins after the tag of the last part hides none.
    end = text.find(">", text.rfind('data-wz="'))
    for start, name in _hiding_parts(text, end if end >= 0 else len(text)):
        mark = first if start <= first.start() else _MARK.search(text, start)
        if mark and _is_open(text, start, name, mark.start()):
            return f'hides data-wz="{mark[1]}"' + (f" in <{name}>" if name else " in a comment")
    return ""


_MARK = re.compile(r'data-wz="(\w+)"')


def _hiding_parts(text: str, end: int) -> Iterator[tuple[int, str]]:
    """Where the elements and comments begin that hide what is in them, up to `end`, and what they are called ("" for a
    comment)."""
    for found in _HIDING.finditer(text, 0, end):
        yield found.start(), (found[1] or "").lower()
    # This runs on every page, and to look at the attributes of every tag would take as long as its template. What follows
    # the first letter is found in either case of that.
    for word in ("idden", "IDDEN", "tyle=", "TYLE="):
        at = text.find(word, 1, end) - 1
        while at >= 0:
            if text[at - 1].isspace() and _HIDDEN.match(text, at):
                start = text.rfind("<", 0, at)
                if tag := _TAG.match(text, start, at):
                    yield start, tag[1].lower()
            at = text.find(word, at + 2, end) - 1


def _is_open(text: str, start: int, name: str, at: int) -> bool:
    """Whether the element, or the comment, that begins at `start` has not ended at `at`."""
    if not name:
        return text.find("-->", start, at) < 0
    if name in ("script", "style"):  # nothing but text is in them, and they are on every page
        return text.find(f"</{name}", start, at) < 0 and f"</{name}" not in text[start:at].lower()
    if name in _VOID:
        return text.find(">", start, at) < 0
    depth = 0
    for tag in _tags_of(name).finditer(text, start):
        if tag.start() > at:
            break
        depth += -1 if tag[1] else 1  # elements of the same name within it are closed first
        if not depth:
            return False
    return True


@lru_cache(maxsize=64)
def _tags_of(name: str) -> re.Pattern[str]:
    return re.compile(rf"<(/?){name}\b", re.IGNORECASE)


_VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})

_CSS_RULE = re.compile(r"(?P<selectors>[^{}]*)\{(?P<block>[^{}]*)\}")
_CSS_HIDES = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:[;!]|$)"
    r"|font-size\s*:\s*0(?:[a-z%]*)\s*(?:[;!]|$)|content-visibility\s*:\s*hidden)",
    re.IGNORECASE,
)
#: The parts of the contract, and the classes that the shipped macros give them.
_PARTS = re.compile(
    r"\[data-wz\b|\.(?:byline|chain|notices?|original|onward|rights|signoff|tombstone)(?![\w-])|^(?:body|main|article)$"
)


def check_style(asset: Asset) -> Iterator[Diagnostic]:
    """Rules of a style sheet that hide a part of the contract, on screen or in print."""
    text = asset.content.decode("utf-8", "replace")
    text = re.sub(r"/\*.*?\*/", lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.DOTALL)
    for rule in _CSS_RULE.finditer(text):
        if not _CSS_HIDES.search(rule["block"]):
            continue
        for selector in rule["selectors"].split(";")[-1].split(","):
            # What is hidden is the last part of a selector; `.chain a::after` is none of ours.
            last = re.split(r"[\s>+~]+", selector.strip())[-1]
            if _PARTS.search(last) and "::" not in last:
                line = text.count("\n", 0, rule.end("selectors")) + 1
                message = f"'{selector.strip()}' hides a part that an article's rights call for"
                hint = "style it, make it small, move it: it must be seen on screen and in print"
                yield error("theme-contract", message, Place(f"assets/{asset.name}", line), hint)


def _missing_part(view: ArticlePage, text: str, top: int, end: int, foot: int) -> str:
    """The first part that the view's rights call for and the page lacks, or "": above its body, which is from `top` to `end`,
    or from `foot` on. Only substrings are looked for: this runs on every article page of every build."""
    if (view.original or any(hop.authors or hop.translator for hop in view.chain)) and (
        text.find('data-wz="byline"', top, end) < 0
    ):
        return 'the byline above the body (data-wz="byline")'
    if view.chain and text.find('data-wz="chain"', top, end) < 0:
        return 'the chain of sources above the body (data-wz="chain")'
    for name in _names_in(view.chain):
        if text.find(_escaped(name), top, end) < 0:
            return f'{name!r} in the byline and the chain above the body (data-wz="chain")'
    for notice in view.notices:
        needle = f'data-wz="notice">{_escaped(notice)}<'
        first = text.find(needle, top, end)
        if first < 0:
            return f'the notice {notice!r} above the body (data-wz="notice")'
        if text.find(needle, foot if view.body is not None else first + 1) < 0:
            return f'the notice {notice!r} below the body (data-wz="notice")'
    for hop in view.original_links:
        if text.find(f'data-wz="original" href="{_escaped(hop.url)}"', foot) < 0:
            return f'the link to {hop.url} below the body (data-wz="original")'
    if view.license and text.find('data-wz="licence"', foot) < 0:
        return 'the licence below the body (data-wz="licence")'
    if view.signoff:
        mark = text.find('data-wz="signoff"', foot)
        if mark < 0 or text.find(view.signoff, mark) < 0:
            return 'the sign-off below the body (data-wz="signoff")'
    return ""


def _says_id(identity: str, text: str, top: int) -> bool:
    """Whether a page says whose it is, which `wenzhai audit` goes by. It is looked for from `top` on first."""
    needle = f'data-wz-id="{_escaped(identity)}"'
    return not identity or text.find(needle, top) >= 0 or needle in text
