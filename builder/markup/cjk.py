"""What CommonMark gets wrong between Chinese characters: emphasis, line breaks and the end of a bare link.

Text without CJK characters parses exactly as CommonMark says; every rule here asks for a CJK neighbour first.
The emphasis rule follows https://github.com/tats-u/markdown-cjk-friendly, and decides `_` for itself (`CjkState`).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline.state_inline import Scanned, StateInline
from markdown_it.token import Token

from builder.markup.chains import PLAIN, Inlines
from builder.markup.characters import LETTERS, MARKS, SHARED_MARKS

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.utils import EnvType

_MARK = re.compile(f"[{MARKS}]")
_CJK = re.compile(f"[{LETTERS}{MARKS}]")

#: How far a bare link may reach before linkify-it trims it: to white space or to where Chinese begins. Only a host that
#: starts with a Chinese letter may hold them.
_LINK_REACH = re.compile(
    rf"(?:https?://(?:(?=[{LETTERS}])[^\s<>/?#:`\"{MARKS}{SHARED_MARKS}]{{1,255}})?|mailto:)"
    rf"[^\s<>`\"{LETTERS}{MARKS}{SHARED_MARKS}]{{0,4000}}",
    re.IGNORECASE,
)
_PLAIN_EMPHASIS = re.compile(rf"(\*\*?)(?!\*)({PLAIN}+)\1(?!\*)")
_SCHEME_BEFORE = re.compile(r"(?:^|[^a-z0-9.+-])(https?|mailto)$", re.IGNORECASE)


class CjkInline(Inlines):
    """The inline parser with CJK-friendly emphasis and soft breaks that leave no space between Chinese characters."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """As in the base class: appends the tokens of `src` to `tokens`."""
        if not self.marks.search(src):
            if src:
                tokens.append(Token("text", "", 0, content=src))
            return tokens
        state = CjkState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        if "\n" in src:
            _join_lines(state.tokens)
        return state.tokens


class CjkState(StateInline):
    """Tells whether a run of `*`, `_` or `~` can open or close when Chinese stands beside it.

    For `*` and `~`, CJK punctuation counts as a letter, and a CJK character outside as a word's edge: `**「词」**后` and
    `**a)**后` work. `_` stays literal inside words, since 报告_终稿_版本 is a name of a file; but it opens before a CJK
    opening bracket or quote, and closes after other CJK punctuation: `__（一）词。__后文` works, `前__词__后` does not.
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - the base class’s names
        """As in the base class."""
        source, most = self.src, self.posMax
        marker, end = source[start], start + 1
        while end < most and source[end] == marker:
            end += 1
        before = source[start - 1] if start else " "
        after = source[end] if end < most else " "
        before_space, before_mark, before_cjk = _kind(before)
        after_space, after_mark, after_cjk = _kind(after)
        if before in SHARED_MARKS:
            before_cjk = _ends_cjk(source[max(0, start - 8) : start])
        if after in SHARED_MARKS:
            after_cjk = _starts_cjk(source[end : min(end + 8, most)])
        left = not after_space and (not after_mark or after_cjk or before_space or before_mark or before_cjk)
        right = not before_space and (not before_mark or before_cjk or after_space or after_mark or after_cjk)
        if canSplitWord:
            return Scanned(left, right, end - start)
        opens = before_mark or (after_mark and after_cjk and _is_opening(after))
        closes = after_mark or (before_mark and before_cjk and not _is_opening(before))
        return Scanned(left and (not right or opens), right and (not left or closes), end - start)


def plain_emphasis(state: StateInline, silent: bool) -> bool:
    """The inline rule for `**词**` around text alone, with no star before it that may want a partner: by far the most emphasis
    is that. What markdown-it's rules make of it, in half the time."""
    found = None if silent or state.delimiters else _PLAIN_EMPHASIS.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    opens = state.scanDelims(found.start(), canSplitWord=True).can_open
    if not opens or not state.scanDelims(found.end(2), canSplitWord=True).can_close:
        return False
    name = "em" if found[1] == "*" else "strong"
    state.push(f"{name}_open", name, 1).markup = found[1]
    state.pending = found[2]
    state.push(f"{name}_close", name, -1).markup = found[1]
    state.pos = found.end()
    return True


def bare_link(state: StateInline, silent: bool) -> bool:
    """The inline rule for `http://`, `https://` and `mailto:` addresses in plain text.

    It takes the place of markdown-it's `linkify` rules, which know neither where Chinese begins nor that README.md and
    示例.com are no links.
    """
    position = state.pos
    if state.src[position] != ":" or silent or state.linkLevel > 0:
        return False
    scheme = _SCHEME_BEFORE.search(state.src[max(0, position - 7) : position])
    if not scheme or state.md.linkify is None or not state.pending.endswith(scheme[1]):
        return False
    start = position - len(scheme[1])
    reach = _LINK_REACH.match(state.src, start, state.posMax)
    found = reach and state.md.linkify.match_at_start(reach[0])
    if not found:
        return False
    # What closes emphasis is not part of the address.
    url: str = found.url.rstrip("*~")
    state.pending = state.pending[: -len(scheme[1])]
    link = state.push("link_open", "a", 1)
    link.attrs = {"href": url}
    link.markup, link.info = "linkify", "auto"
    state.push("text", "", 0).content = url
    link = state.push("link_close", "a", -1)
    link.markup, link.info = "linkify", "auto"
    state.pos = start + len(url)
    return True


def _join_lines(tokens: list[Token]) -> None:
    """Takes out the soft breaks that a browser would show as a space between Chinese characters."""
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index].type == "softbreak" and _joins(
            _text_beside(tokens, range(index - 1, -1, -1)), _text_beside(tokens, range(index + 1, len(tokens)))
        ):
            del tokens[index]


def _text_beside(tokens: list[Token], indices: range) -> str:
    """The nearest text on one side, through tags, up to something else than a mark that needs its neighbour."""
    text = ""
    for index in indices:
        token = tokens[index]
        if token.type in ("image", "softbreak", "hardbreak"):
            break
        if token.type in ("text", "text_special", "code_inline"):
            text = token.content + text if indices.step < 0 else text + token.content
            if text.strip(SHARED_MARKS):
                break
    return text


def _joins(before: str, after: str) -> bool:
    if not before or not after:
        return False
    if _MARK.match(before[-1]) or _MARK.match(after[0]):
        return True
    return _ends_cjk(before) and _starts_cjk(after)


def _ends_cjk(text: str) -> bool:
    return bool(_CJK.match(text.rstrip(SHARED_MARKS)[-1:]))


def _starts_cjk(text: str) -> bool:
    return bool(_CJK.match(text.lstrip(SHARED_MARKS)[:1]))


@functools.lru_cache(maxsize=4096)
def _kind(character: str) -> tuple[bool, bool, bool]:
    """Whether a character is white space, whether it is punctuation, and whether it is Chinese by itself."""
    is_mark = isMdAsciiPunct(ord(character)) or isPunctChar(character)
    return isWhiteSpace(ord(character)), is_mark, _CJK.match(character) is not None


def _is_opening(mark: str) -> bool:
    return unicodedata.category(mark) in ("Ps", "Pi")
