"""Well-formed HTML → plain text, and texts cut at the end of a sentence."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.markup.characters import LETTERS
from builder.markup.sanitize import INLINE_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LEFT_OUT = re.compile(
    r"<pre\b.*?</pre>|<(?:script|style)\b.*?</(?:script|style)>|<r[tp]\b.*?</r[tp]>|<!--.*?-->"
    r'|<sup class="footnote-ref">.*?</sup>|<a [^>]*class="footnote-backref">.*?</a>',
    re.DOTALL,
)
_BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|caption|d[dlt]|details|div|fig(?:caption|ure)|footer|form|h[1-6r]|header|li"
    r"|main|nav|[ou]l|p|section|summary|t(?:able|body|d|foot|h|head|r)|br)\b[^>]*>"
)
_TAG = re.compile(r"<[^>]*>")
_SPACES = re.compile(r"[ \t\n\r\f\xa0]+")
#: Blanks that are not a single space, which is what stands in their place.
_BLANKS = re.compile(r"[ \t\r\f\xa0](?:[ \t\r\f\xa0]+|(?<! ))")

_LETTER_RUN = re.compile(f"[{LETTERS}]+")
_WORD = re.compile(rf"[^\W_{LETTERS}]+(?:['’.,_+-][^\W_{LETTERS}]+)*")

_QUOTES = "”’」』\"'"
_BRACKETS = "）】》〉〕〗)\\]"
_STOP = re.compile(
    rf"(?:[。！？｡]+|[!?]+(?=[\s{_QUOTES}{_BRACKETS}]|$)|(?<![A-Z\s.])\.(?=[\s{_QUOTES}{_BRACKETS}]|$)"
    rf"|(?:…+|\.{{3,}})(?=[{_QUOTES}{_BRACKETS}]*(?:\s|$)))(?P<closers>[{_QUOTES}{_BRACKETS}]*)"
)
#: With which a stop begins. Searched for alone, it takes a third of the time.
_STOP_MARK = re.compile("[。！？｡!?.…]")
_CHINESE_ENDS = "。！？｡…”’」』）】》〉〕〗"
_PAUSE = re.compile(r"[，,；;：、—]")

_PIECE = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^>]*>|[^<]+")
#: What stands apart from the text, and what is no prose.
_APART = frozenset(["aside", "details", "dl", "figcaption", "figure", "ol", "pre", "section", "table", "ul"])
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_NOT_QUOTED = _APART | _HEADINGS
_KEPT_IN_EXCERPT = INLINE_TAGS - {"a", "br", "wbr"}


def plain_text(source: str) -> str:
    """The text of well-formed HTML, a line for each block; code blocks, readings and footnote marks are left out."""
    text = _LEFT_OUT.sub("", source).replace("\n", " ")
    lines = _BLANKS.sub(" ", html.unescape(_TAG.sub("", _BLOCK.sub("\n", text)))).split("\n")
    return "\n".join(filter(None, map(str.strip, lines)))


def count_words(text: str) -> int:
    """Chinese characters and Latin words; `GPT-4.5` and `don’t` are one word."""
    rest, runs = _LETTER_RUN.subn(" ", text)
    return len(text) - len(rest) + runs + len(_WORD.findall(rest))


def cut_summary(text: str, limit: int = 120) -> str:
    """The first sentences of a plain text, at most `limit` characters of them.

    Lines without a sentence, such as headings, are passed over where others have one. A first sentence of up to twice the
    limit stays whole; a longer one is cut, at a comma if possible, and ends in “……”.
    """
    lines = list(filter(None, map(str.strip, text.splitlines())))
    # Sentences are looked for as far as they are needed: most often that is the first line of thirty.
    joined = _join(filter(_has_sentence, lines), 2 * limit) or _join(lines, 2 * limit)
    return _cut(joined, limit).text


def excerpt(source: str, limit: int = 200) -> str:
    """The beginning of a body as `<p>` elements: whole sentences up to `limit` characters, or the first one.

    Emphasis and the like stay; links, pictures, footnotes, headings, lists, tables, code and asides do not. A body that
    has no other text than lists is quoted from these. "" where there is no text at all.
    """
    paragraphs = _paragraphs(source)
    if not paragraphs:
        summary = cut_summary(plain_text(source), limit)
        return f"<p>{html.escape(summary, quote=False)}</p>" if summary else ""
    shown: list[str] = []
    room = limit
    for paragraph in paragraphs:
        text = "".join(piece.text for piece in paragraph)
        if shown and len(text) > room:
            # A later paragraph only comes as far as its sentences fit.
            ends = _sentence_ends(text, room)
            if ends and ends[-1] <= room:
                shown.append(_take(paragraph, ends[-1], ""))
            break
        cut = _cut(text, room)
        shown.append(_take(paragraph, cut.length, cut.text[cut.length :]))
        room -= cut.length
        if cut.length < len(text) or room <= 0:
            break
    return "\n".join(f"<p>{text}</p>" for text in shown)


@dataclass(frozen=True, slots=True)
class _Cut:
    """The text that is left, and how much of the original it holds."""

    text: str
    length: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """A tag with no text, or the text between tags; `tag` is as in the source, `name` starts with "/" for a closing one."""

    tag: str
    name: str
    text: str


def _join(lines: Iterable[str], length: int) -> str:
    """The first lines as one, as many as make it longer than a length."""
    joined = ""
    for line in lines:
        joined += f" {line}" if joined and joined[-1] not in _CHINESE_ENDS else line
        if len(joined) > length:
            break
    return joined


def _cut(text: str, limit: int) -> _Cut:
    ends = _sentence_ends(text, limit)
    if len(text) <= limit and not ends:
        return _Cut(text, len(text))
    whole = ends[-1] if ends else len(text)
    if whole <= 2 * limit:
        return _Cut(text[:whole].rstrip(), len(text[:whole].rstrip()))
    pauses = [found.start() for found in _PAUSE.finditer(text, 0, limit) if found.start() > limit // 3]
    end = pauses[-1] if pauses else limit
    if not pauses and text[end - 1 : end + 1].isascii() and text[end - 1 : end + 1].isalnum():
        # Never inside a Latin word, unless it is all there is.
        end = max(text.rfind(" ", 0, end), limit // 2)
    kept = text[:end].rstrip()
    return _Cut(kept + "……", len(kept))


def _has_sentence(text: str) -> bool:
    return next(_ends(text), None) is not None


def _sentence_ends(text: str, limit: int) -> list[int]:
    """Where the sentences end that fit into `limit`; where the first one ends if none fits."""
    ends: list[int] = []
    for end in _ends(text):
        if ends and end > limit:
            break
        ends.append(end)
    return ends


def _ends(text: str) -> Iterator[int]:
    """Where the sentences end, closing quotes and brackets included.

    A stop within quotes or brackets ends a sentence only where no other goes on: not in （新品。）发布, nor in “为什么？”他问.
    """
    place = 0
    while mark := _STOP_MARK.search(text, place):
        found = _STOP.match(text, mark.start())
        place = (found or mark).end()
        if not found:
            continue
        following = text[found.end() : found.end() + 1]
        if following and following in "，,、；;：:":
            continue
        if found["closers"] and following and not following.isspace():
            full_stop = found[0][0] in "。｡."
            if not full_stop or any(closer in _BRACKETS for closer in found["closers"]):
                continue
        yield found.end()


def _paragraphs(source: str) -> list[list[_Piece]]:
    """The paragraphs that may be quoted, less what is not kept of them."""
    paragraphs: list[list[_Piece]] = []
    apart = 0
    current: list[_Piece] | None = None
    for found in _PIECE.finditer(_LEFT_OUT.sub("", source)):
        slash, name = found[1], found[2]
        if name in _NOT_QUOTED:
            apart += -1 if slash else 1
        elif name == "p" and not apart:
            current = None if slash else []
            if current is not None:
                paragraphs.append(current)
        elif current is None or apart:
            continue
        elif name is None:
            current.append(_Piece("", "", _SPACES.sub(" ", html.unescape(found[0]))))
        elif name == "br":
            current.append(_Piece("", "", " "))
        elif name in _KEPT_IN_EXCERPT:
            current.append(_Piece(found[0], slash + name, ""))
    quoted = [trimmed for trimmed in map(_trim, paragraphs) if trimmed]
    # A byline or a caption on top is no quotation of the text.
    prose = (i for i, pieces in enumerate(quoted) if _has_sentence("".join(piece.text for piece in pieces)))
    return quoted[next(prose, 0) :]


def _trim(paragraph: list[_Piece]) -> list[_Piece]:
    """Without the spaces at its start; empty when it has no text."""
    for index, piece in enumerate(paragraph):
        if piece.text.strip():
            paragraph[index] = _Piece("", "", piece.text.lstrip())
            return paragraph
        if piece.text:
            paragraph[index] = _Piece("", "", "")
    return []


def _take(paragraph: list[_Piece], length: int, ending: str) -> str:
    """The first `length` characters with the tags around them, all closed, then `ending`."""
    shown: list[str] = []
    opened: list[str] = []
    for piece in paragraph:
        if piece.text:
            shown.append(html.escape(piece.text[:length], quote=False))
            length -= len(piece.text)
            if length <= 0:
                break
        elif piece.name.startswith("/"):
            if opened:
                opened.pop()
                shown.append(piece.tag)
        elif piece.name:
            opened.append(piece.name)
            shown.append(re.sub(r' id="[^"]*"', "", piece.tag))
    return "".join(shown).rstrip() + ending + "".join(f"</{name}>" for name in reversed(opened))
