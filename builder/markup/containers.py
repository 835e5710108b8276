"""`::: note Title` … `:::` → `<aside class="note callout">`, and `::: details Title` → `<details class="callout">`.

Kinds: note, tip, warning, details. Containers nest when the outer one has more colons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore

KINDS = ("note", "tip", "warning", "details")

#: A `<details>` needs a summary. This one reads the same in both scripts.
_DEFAULT_SUMMARY = "更多"


def containers_plugin(md: MarkdownIt) -> None:
    """Adds the containers to a parser. The title is inline Markdown; without one there is no title line."""

    def validate(info: str, _markup: str) -> bool:
        return info.strip().split(maxsplit=1)[:1] in ([kind] for kind in KINDS)

    container_plugin(md, "callout", validate=validate)
    md.core.ruler.after("block", "callouts", _shape)


def _shape(state: StateCore) -> None:
    """Gives the containers their elements and titles, before the inline text is parsed."""
    if ":::" not in state.src:
        return
    tokens: list[Token] = []
    kinds: list[str] = []
    for token in state.tokens:
        tokens.append(token)
        if token.type == "container_callout_open":
            kind, _, title = token.info.strip().partition(" ")
            kinds.append(kind)
            token.tag = "details" if kind == "details" else "aside"
            if kind != "details":
                token.attrJoin("class", kind)
            tokens += _title(kind, title.strip(), token)
        elif token.type == "container_callout_close":
            token.tag = "details" if kinds.pop() == "details" else "aside"
    state.tokens = tokens


def _title(kind: str, title: str, container: Token) -> list[Token]:
    if kind == "details":
        name, tag, title = "summary", "summary", title or _DEFAULT_SUMMARY
    elif title:
        name, tag = "paragraph", "p"
    else:
        return []
    level = container.level + 1
    opening = Token(f"{name}_open", tag, 1, block=True, level=level, map=container.map)
    if tag == "p":
        opening.attrSet("class", "callout-title")
    inline = Token("inline", "", 0, content=title, children=[], block=True, level=level + 1, map=container.map)
    return [opening, inline, Token(f"{name}_close", tag, -1, block=True, level=level)]
