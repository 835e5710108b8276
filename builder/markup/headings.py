"""Headings: `## Title {#id}`, ids that keep Chinese, and the outline."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from mdit_py_plugins.attrs.parse import ParseError, parse

from builder.markup.manual_plugin import OPEN, plain_manual_tokens, shown_tokens
from builder.markup.render import Heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

    from builder.markup.places import Findings

_NOT_IN_IDS = re.compile(r"[^\w\s-]+")
_SPACES = re.compile(r"[\s-]+")


def headings_plugin(md: MarkdownIt) -> None:
    """Adds heading ids to a parser; the outline is then `env["outline"]`.

    An id is the heading's text in lower case, punctuation dropped and spaces as `-`. It depends on no other heading, save
    that one that is taken gets `-1`, `-2` and so on. Explicit ids win over made ones wherever they stand.
    Manual conversion markup counts as what it shows in `env["script"]`.

    With an `env["title"]`, that is the title of the text ("" where it is still to be found), and afterwards the one that it
    has: else its first heading of the first level. A heading that the text begins with and that only repeats the title is left
    out.
    """
    md.core.ruler.after("block", "heading_attributes", _read_attributes)
    md.core.ruler.push("title", _take_title)
    md.core.ruler.push("heading_ids", _set_ids)


def _read_attributes(state: StateCore) -> None:
    for token, inline in _headings(state.tokens):
        text, brace, trailing = inline.content.rpartition("{")
        if not trailing.endswith("}") or trailing.strip()[:1] not in ("#", "."):
            continue
        try:
            length, attributes = parse(brace + trailing)
        except ParseError:
            continue
        if length == len(trailing):
            inline.content = text.rstrip()
            token.attrs.update({key: value for key, value in attributes.items() if key in ("id", "class")})


def _take_title(state: StateCore) -> None:
    given: str | None = state.env.get("title")
    if given is None:
        return
    for place, token in enumerate(state.tokens):
        if token.type == "heading_open" and token.tag == "h1" and not token.level:
            said = " ".join(_written(state.tokens[place + 1].children or []).split())
            if said and len(said) <= _LONGEST_TITLE and given in ("", said):
                state.env["title"] = said
                if not place:
                    del state.tokens[:3]
                return
        if given:  # it is no news that a later heading says the same
            return


_LONGEST_TITLE = 500


def _set_ids(state: StateCore) -> None:
    headings = _headings(state.tokens)
    taken = {str(token.attrs["id"]) for token, _ in headings if token.attrs.get("id")}
    used: set[str] = set()
    numbers: dict[str, int] = {}
    findings: Findings = state.env["findings"]
    outline = []
    for token, inline in headings:
        text = _plain(inline.children or [], state.env["script"]).strip()
        name = str(token.attrs.get("id") or "")
        if name in used:
            findings.warn(
                "anchor-duplicate",
                f"two headings have the id “{name}”, the second one got another",
                hint="give each heading an id of its own",
                lines=token.map,
            )
        if not name or name in used:
            name = _free_id(name or _slug(text), taken, numbers)
            token.attrSet("id", name)
        taken.add(name)
        used.add(name)
        outline.append(Heading(int(token.tag[1]), name, text))
    state.env["outline"] = tuple(outline)


def _headings(tokens: list[Token]) -> list[tuple[Token, Token]]:
    return [(token, tokens[index + 1]) for index, token in enumerate(tokens) if token.type == "heading_open"]


def _plain(tokens: Sequence[Token], script: str) -> str:
    """The plain text of a line as it is shown in the script that it is written in."""
    return "".join(_said(token) or _plain(token.children or (), script) for token in shown_tokens(tokens, script))


def _written(tokens: Sequence[Token]) -> str:
    """The plain text of a line in which manual conversion markup stays markup."""
    parts: list[str] = []
    done = 0
    for index, token in enumerate(tokens):
        if index < done:
            continue
        if token.type == OPEN:
            written, end = plain_manual_tokens(tokens, index, _written)
            parts.append(written)
            done = end + 1
        else:
            parts.append(_said(token) or _written(token.children or ()))
    return "".join(parts)


def _said(token: Token) -> str:
    if token.type in ("text", "code_inline"):
        return token.content
    return " " if token.type in ("softbreak", "hardbreak") else ""


def _slug(text: str) -> str:
    kept = _NOT_IN_IDS.sub("", unicodedata.normalize("NFC", text).lower())
    return _SPACES.sub("-", kept).strip("-") or "section"


def _free_id(name: str, taken: set[str], numbers: dict[str, int]) -> str:
    """`name`, or `name` with a number; `numbers` remembers the last one, for a thousand headings of one name."""
    free = name
    while free in taken:
        numbers[name] = numbers.get(name, 0) + 1
        free = f"{name}-{numbers[name]}"
    return free
