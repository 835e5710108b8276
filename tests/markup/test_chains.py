"""Rules that are asked by a character find what the whole chains of rules find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_core import ParserCore
from markdown_it.parser_inline import ParserInline

from builder.markup.cjk import CjkInline
from builder.markup.parser import build_parser
from builder.markup.places import Findings, Locator

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


class _WholeChain(CjkInline):
    """The inline parser that asks every rule."""

    tokenize = ParserInline.tokenize
    skipToken = ParserInline.skipToken  # noqa: N815 - the base class’s name


@pytest.fixture(scope="module")
def whole() -> MarkdownIt:
    """A parser that asks every rule about everything."""
    md = build_parser.__wrapped__("sanitize", manual=True)
    core, block, inline = ParserCore(), ParserBlock(), _WholeChain()
    core.ruler, block.ruler.__rules__ = md.core.ruler, md.block.ruler.__rules__
    inline.ruler, inline.ruler2 = md.inline.ruler, md.inline.ruler2
    inline.ruler.disable("plain_emphasis")
    md.core, md.block, md.inline = core, block, inline
    return md


STARTS = [
    "- ",
    "* ",
    "+",
    "1. ",
    "- [x] ",
    "- [ ]\t",
    "2) ",
    "> ",
    "# ",
    "#",
    "    ",
    "\t",
    "  ",
    ": ",
    "~ ",
    "[a]: /u",
    "[^1]: ",
    "{.a}",
    "{% a %}",
]
LINES = [
    "---",
    "***",
    "===",
    "- -",
    "| a | b |",
    "|-|-|",
    "```",
    "~~~",
    "::: note",
    ":::",
    "<div>",
    "<!--",
    "-->",
    "<b>",
]
MARKUP = [
    "*",
    "**",
    "_",
    "~~",
    "`",
    "``",
    "[",
    "]",
    "](/u)",
    "![",
    "(",
    ")",
    "<",
    ">",
    "<i>",
    "&amp;",
    "&",
    "\\",
    "^[",
    "[^1]",
]
OTHERS = [
    "{#i}",
    "{",
    "}",
    "-{",
    "}-",
    "-{zh-hans:甲;zh-hant:乙}-",
    "http://a.b",
    "http",
    ":",
    "mailto:a@b.c",
    "%",
    "=",
    "#",
    "!",
]
TEXT = ["\n", "\r", "\n\n", "  \n", " ", "a", "文", "。", "“", "1", "|"]
EMPHASIS = [
    "*",
    "**",
    "***",
    "_",
    "~~",
    "**文**",
    "*文*",
    "**“文”**",
    "a",
    "文",
    "。",
    "“",
    " ",
    "\\",
    "[",
    "](/u)",
    "-",
]


@settings(max_examples=600)
@given(st.lists(st.sampled_from([*STARTS, *LINES, *MARKUP, *OTHERS, *TEXT, *TEXT, *TEXT]), max_size=24).map("".join))
def test_tokens_are_those_of_the_whole_chains(whole: MarkdownIt, text: str) -> None:
    assert _tokens(build_parser("sanitize", manual=True), text) == _tokens(whole, text)


@settings(max_examples=600)
@given(st.lists(st.sampled_from(EMPHASIS), max_size=16).map("".join))
def test_emphasis_is_that_of_the_whole_chains(whole: MarkdownIt, text: str) -> None:
    assert _tokens(build_parser("sanitize", manual=True), text) == _tokens(whole, text)


@pytest.mark.parametrize(
    "text", ["[" * 300 + "a" + "]" * 300, "*a " * 300 + "b*" * 300, "> " * 300 + "a", "- " * 300 + "a"]
)
def test_nesting_ends_where_it_ended(whole: MarkdownIt, text: str) -> None:
    assert _tokens(build_parser("sanitize", manual=True), text) == _tokens(whole, text)


def _tokens(md: MarkdownIt, text: str) -> list[Token]:
    """The tokens, texts beside one another joined to one: how many there are, and which of them was an escape, matters to none
    of the steps after them."""
    environment = {"findings": Findings(Locator(text, "a.md", 1)), "script": "zh-CN", "title": ""}
    return _joined(md.parse(f"{text}\n", environment))


def _joined(tokens: list[Token]) -> list[Token]:
    joined: list[Token] = []
    for token in tokens:
        token.children = token.children and _joined(token.children)
        if token.type != "text":
            joined.append(token)
        elif joined and joined[-1].type == "text":
            joined[-1].content += token.content
        elif token.content:
            token.markup = token.info = ""
            joined.append(token)
    return joined
