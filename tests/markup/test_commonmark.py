"""Text without CJK characters parses as CommonMark says, whatever it is made of."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from builder.markup.cjk import CjkInline

STOCK = MarkdownIt("commonmark").enable("strikethrough")


@pytest.fixture(scope="module")
def ours() -> MarkdownIt:
    md = MarkdownIt("commonmark")
    md.inline = CjkInline()
    return md.configure("commonmark").enable("strikethrough")


DELIMITERS = ["*", "**", "***", "_", "__", "~~"]
MARKUP = ["[a](/u)", "`c`", "<b>", "\\*", "&amp;", "  \n", "\\\n", "<http://a.b>", "![", "]"]
TEXT = ["a", "b c", " ", "\n", "(", ")", '"', "'", ".", ",", "-", "!", "é", "£", "“", "”", "…", "—", "\u00a0", "я"]
PIECES = st.sampled_from([*DELIMITERS, *MARKUP, *TEXT])


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_delimiters_between_other_scripts(ours: MarkdownIt, text: str) -> None:
    assert ours.render(text) == STOCK.render(text)


@settings(max_examples=200)
@given(st.text(st.characters(max_codepoint=126), max_size=40))
def test_any_ascii_text(ours: MarkdownIt, text: str) -> None:
    assert ours.render(text) == STOCK.render(text)


# From section 6.2 of the specification (https://spec.commonmark.org/0.31.2/), where the rules for `*` and `_` differ.
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a * foo bar*", "<p>a * foo bar*</p>"),
        ('a*"foo"*', "<p>a*&quot;foo&quot;*</p>"),
        ("*\u00a0a\u00a0*", "<p>*\u00a0a\u00a0*</p>"),
        ("*€*charlie.", "<p>*€*charlie.</p>"),
        ("foo*bar*", "<p>foo<em>bar</em></p>"),
        ("пристаням_стремятся_", "<p>пристаням_стремятся_</p>"),
        ("foo-_(bar)_", "<p>foo-<em>(bar)</em></p>"),
        ("**foo bar **", "<p>**foo bar **</p>"),
        ("*foo**bar**baz*", "<p><em>foo<strong>bar</strong>baz</em></p>"),
        ("foo__bar__baz", "<p>foo__bar__baz</p>"),
        ("__foo_ bar_", "<p><em><em>foo</em> bar</em></p>"),
        ("foo ***", "<p>foo ***</p>"),
    ],
)
def test_examples_of_the_specification(ours: MarkdownIt, source: str, expected: str) -> None:
    assert ours.render(source).strip() == expected
