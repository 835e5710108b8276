"""Manual conversion markup in Markdown → elements, `manual.resolve_manual` undoes them. Its texts are inline Markdown of
their own: emphasis, links and code in them stay in them, and emphasis around it may hold it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.rules_block import table

from builder.markup.manual import DEEPEST, find_manual, mark_manual, read_manual, rule_attributes, text_attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

    from builder.markup.manual import Manual
    from builder.markup.places import Findings

#: Stands for a bar that ends no cell. No body holds it: what is not printable is taken out first.
_BAR = "\x1a"
_FREE_BAR = re.compile(r"(?<!\\)\|")

#: What is code in raw HTML, too.
_CODE = frozenset(["code", "kbd", "math", "pre", "samp", "script", "style", "svg", "template", "textarea", "var"])
_TAG = re.compile(r"(<!--.*?-->|</?([A-Za-z][\w-]*)[^<>]*>)", re.DOTALL)

OPEN, CLOSE, TEXT_OPEN, TEXT_CLOSE = "manual_open", "manual_close", "manual_text_open", "manual_text_close"


def manual_plugin(md: MarkdownIt) -> None:
    """Adds the markup to a parser, in raw HTML too."""
    md.inline.ruler.before("escape", "manual", _manual)
    md.core.ruler.push("manual_in_html", _mark_html)
    if "table" in md.block.ruler.get_active_rules():
        md.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})


def shown_tokens(tokens: Sequence[Token], script: str) -> list[Token]:
    """The tokens of a line less those that it does not show in the script it is written in."""
    if all(token.type != OPEN for token in tokens):
        return list(tokens)
    kept: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token.type != OPEN:
            kept.append(token)
            continue
        end = _find_end(tokens, position, OPEN, CLOSE)
        manual: Manual = token.meta["manual"]
        wanted = manual.show(script).text
        for text, inside in _find_texts(tokens[position:end]):
            if text == wanted:
                kept += shown_tokens(inside, script)
                break
        position = end + 1
    return kept


def plain_manual_tokens(
    tokens: Sequence[Token], start: int, plain: Callable[[Sequence[Token]], str]
) -> tuple[str, int]:
    """The markup that begins at a token, for an attribute: its texts made plain. And where its last token is."""
    manual: Manual = tokens[start].meta["manual"]
    end = _find_end(tokens, start + 1, OPEN, CLOSE)
    if "S" not in manual.flags and manual.flags & {"+", "-", "T"}:
        return "", end
    texts = [plain(inside) for _, inside in _find_texts(tokens[start + 1 : end])]
    codes = [f"{code}:" for code, _ in manual.texts] + [f"{word}=>{code}:" for word, code, _ in manual.one_way]
    if not codes:
        flags = ";".join(sorted(manual.flags - {"S", "+"})) or "R"
        return f"-{{{flags}|{''.join(texts)}}}-", end
    return f"-{{{';'.join(map(''.join, zip(codes, texts, strict=True)))}}}-", end


def _manual(state: StateInline, silent: bool) -> bool:
    """The inline rule."""
    source, start = state.src, state.pos
    if not source.startswith("-{", start):
        return False
    depth = state.env.get("manual_depth", 0)
    pairs: dict[int, int] | None = getattr(state, "manual_pairs", None)
    if pairs is None:
        # Once for a line: looking for the end from every beginning would take time in the square of its length.
        pairs = find_manual(source, markdown=True, deepest=DEEPEST - depth)
        state.manual_pairs = pairs  # type: ignore[attr-defined]
    end = pairs.get(start)
    if end is None or end + 2 > state.posMax or ("<" in source and _is_in_code(state.tokens)):
        return False
    if not silent:
        _push(state, source[start + 2 : end], depth)
    state.pos = end + 2
    return True


def _push(state: StateInline, content: str, depth: int) -> None:
    manual = read_manual(content, markdown=True)
    written = f"-{{{content}}}-"
    if manual.adds:
        findings: Findings = state.env["findings"]
        place = findings.locate(written)
        manual = read_manual(content, markdown=True, line=place.line, column=place.column)
    opening = state.push(OPEN, "wz-rule", 1)
    opening.attrs = rule_attributes(manual)
    opening.meta = {"manual": manual}
    for attributes, text in text_attributes(manual):
        part = state.push(TEXT_OPEN, "wz-text", 1)
        part.attrs, part.meta = attributes, {"text": text}
        children: list[Token] = []
        state.env["manual_depth"] = depth + 1
        state.md.inline.parse(text, state.md, state.env, children)
        state.env["manual_depth"] = depth
        for child in children:
            # A link is no place for another.
            if not (state.linkLevel and child.type in ("link_open", "link_close")):
                child.level += state.level
                state.tokens.append(child)
                state.tokens_meta.append(None)
        state.push(TEXT_CLOSE, "wz-text", -1)
    state.push(CLOSE, "wz-rule", -1)


def _is_in_code(tokens: Sequence[Token]) -> bool:
    """Whether raw HTML before this place opened an element for code and did not close it."""
    opened = 0
    for token in tokens:
        tag = _TAG.match(token.content) if token.type == "html_inline" else None
        if tag and tag[2] and tag[2].lower() in _CODE:
            opened = max(0, opened + (-1 if tag[1].startswith("</") else 1))
    return opened > 0


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table in which a bar inside the markup ends no cell."""
    if "-{" not in state.src:
        return table(state, start, end, silent)
    source, before = state.src, len(state.tokens)
    if state.env.get("manual_source") != source:
        state.env["manual_source"] = source
        state.env["manual_guarded"] = "\n".join(map(_guard_bars, source.split("\n")))
    state.src = state.env["manual_guarded"]
    try:
        return table(state, start, end, silent)
    finally:
        state.src = source
        for token in state.tokens[before:]:
            token.content = token.content.replace(_BAR, "|")


def _guard_bars(line: str) -> str:
    if "-{" not in line or "|" not in line:
        return line
    shown, done = [], 0
    for start, end in sorted(find_manual(line, markdown=True).items()):
        if start >= done:
            shown += [line[done:start], _FREE_BAR.sub(_BAR, line[start:end])]
            done = end
    return "".join([*shown, line[done:]])


def _mark_html(state: StateCore) -> None:
    """The markup in blocks of raw HTML, where no Markdown is: as much as stands between two tags."""
    if "-{" not in state.src:
        return
    for token in state.tokens:
        if token.type == "html_block" and "-{" in token.content:
            token.content = "".join(_mark_pieces(token.content))


def _mark_pieces(source: str) -> Iterator[str]:
    opened = done = 0
    for tag in _TAG.finditer(source):
        text = source[done : tag.start()]
        yield text if opened else mark_manual(text, str)
        yield tag[0]
        done = tag.end()
        if tag[2] and tag[2].lower() in _CODE:
            opened = max(0, opened + (-1 if tag[0].startswith("</") else 1))
    yield source[done:] if opened else mark_manual(source[done:], str)


def _find_texts(tokens: Sequence[Token]) -> Iterator[tuple[str, Sequence[Token]]]:
    """The texts of one piece of markup as they were written, with their tokens."""
    position = 0
    while position < len(tokens):
        end = _find_end(tokens, position + 1, TEXT_OPEN, TEXT_CLOSE)
        yield tokens[position].meta["text"], tokens[position + 1 : end]
        position = end + 1


def _find_end(tokens: Sequence[Token], position: int, opening: str, closing: str) -> int:
    depth = 1
    while True:
        depth += (tokens[position].type == opening) - (tokens[position].type == closing)
        if not depth:
            return position
        position += 1
