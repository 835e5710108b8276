"""Whatever the text: no crash, no script, well-formed HTML, and NUL only where a reference stands."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.markup.render import Markup, MarkupSettings, Written, render, render_all, render_inline, resolve
from builder.markup.sanitize import ALLOWED_TAGS, SCHEMES

VOID = {"br", "col", "hr", "img", "input", "source", "wbr"}
URLS = {"href", "src", "poster"}


class _Auditor(HTMLParser):
    """Reads HTML independently of the code under test and asserts what it may hold."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED_TAGS
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names))
        for name, value in attrs:
            assert not name.startswith(("on", "data-", "style", "form"))
            assert value is not None
            if name in URLS:
                scheme = re.match(r"[\s\0-\x20]*([a-z][a-z0-9+.-]*):", value, re.IGNORECASE)
                assert scheme is None or scheme[1].lower() in SCHEMES
            if name == "class":
                assert not any(part.startswith("wz-") for part in value.split())
            if name == "id":
                self.ids.append(value)
        if tag not in VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def _audit(markup: Markup) -> None:
    numbers = [int(number) for number in re.findall("\0(\\d+)\0", markup.html)]
    assert numbers == list(range(len(markup.references)))
    assert markup.html.count("\0") == 2 * len(numbers)
    auditor = _Auditor()
    auditor.feed(resolve(markup.html, [f'{one.attribute}="/x"' for one in markup.references]))
    auditor.close()
    assert not auditor.opened
    assert sorted(auditor.ids) == list(markup.anchors)
    assert "\0" not in markup.text


SYNTAX = [
    "<",
    ">",
    '"',
    "'",
    "=",
    "/",
    "&",
    ";",
    "\n",
    "\n\n",
    " ",
    "`",
    "*",
    "[",
    "](",
    ")",
    "!",
    "{",
    "}",
    "#",
    ":",
    "|",
    "\\",
]
MARKDOWN = [
    "## ",
    "- [x] ",
    "[^1]",
    "[^1]: ",
    "::: note\n",
    ":::\n",
    "~~",
    "> ",
    "- ",
    "1. ",
    "```\n",
    "    ",
    ": ",
    "^[",
    "{#x}",
]
TAGS = [
    "<script>",
    "</script>",
    "<style>",
    "<svg>",
    "<math>",
    "<title>",
    "<table>",
    "<td>",
    "<p>",
    "</p>",
    "<noscript>",
    "<details>",
]
OPEN_TAGS = [
    "<iframe src=",
    "<a href=",
    "<img src=",
    "<b ",
    "onerror=x",
    "style=x",
    " id=x",
    "class=wz-a ",
    "<textarea>",
    "<video ",
]
OTHER_MARKUP = ["<!--", "-->", "&#0;", "&lt;", "&#x6a;avascript:", "<?", "<![CDATA[", "]]>"]
TEXT = ["甲", "。", "a", "javascript:", "https://", "//", "data:", "mailto:", "\t", "|-|-|\n", "\0"]
PIECES = st.sampled_from([*SYNTAX, *MARKDOWN, *TAGS, *OPEN_TAGS, *OTHER_MARKUP, *TEXT])


@settings(max_examples=500)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_mixture_is_safe(text: str) -> None:
    for mode in ("sanitize", "escape"):
        _audit(render(text, MarkupSettings(mode), path="a.md").value)
    render(text, MarkupSettings("allow"), path="a.md")
    auditor = _Auditor()
    auditor.feed(render_inline(text, MarkupSettings()))
    auditor.close()
    assert not auditor.opened


# Well-known ways around a sanitiser (OWASP's filter evasion list, mutation XSS).
@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "<IMG SRC=JaVaScRiPt:alert(1)>",
        "<img src=`javascript:alert(1)`>",
        '<img """><script>alert(1)</script>">',
        '<a href="java&#10;script:alert(1)">x</a>',
        "<a href='\x01javascript:alert(1)'>x</a>",
        "[x](java\tscript:alert(1)) [y](&#x6A;avascript:alert(1)) [z](<java\nscript:alert(1)>)",
        "<svg/onload=alert(1)>",
        '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<iframe src=javascript:alert(1)></iframe>",
        "<details ontoggle=alert(1) open>x</details>",
        '![x](a.png){onload=alert(1) style="x"}',
        "{onclick=alert(1)}\n甲",
        '```"><script>alert(1)</script>\nx\n```',
        "::: note <script>alert(1)</script>\n:::",
        "| <script>alert(1)</script> |\n|-|\n| x |",
        '<a href="https://a.com/" title=\'"><script>alert(1)</script>\'>x</a>',
        "<form action=javascript:alert(1)><button>x</button></form>",
        "<base href=//evil.example><meta http-equiv=refresh content=0>",
        "<video><source onerror=alert(1)></video>",
    ],
)
def test_known_attacks(text: str) -> None:
    _audit(render(text, MarkupSettings(), path="a.md").value)


LARGE = {
    "one paragraph": "字" * 20_000,
    "emphasis": "字**词**，" * 4_000,
    "quotations": ">" * 500,
    "quotations with spaces": "> " * 500 + "x",
    "nested lists": "\n".join("  " * level + "- 项" for level in range(150)),
    "brackets": "[" * 5_000,
    "matched brackets": "[" * 2_000 + "x" + "]" * 2_000,
    "stars": "*" * 5_000,
    "open emphasis": "**甲" * 3_000,
    "open links": "[a](" * 2_000,
    "open pictures": "![" * 2_000,
    "nested pictures": "![" * 500 + "](x)" * 500,
    "open tags": "<b>" * 3_000,
    "angle brackets": "<a " * 5_000,
    "comments": "甲 <!-- " * 5_000,
    "comment block": "<!--" * 5_000,
    "scripts": "<script>" * 2_000,
    "divisions": "<div>" * 3_000,
    "schemes": "http:" * 5_000,
    "addresses": "https://" * 2_000,
    "equal headings": "# 甲\n" * 3_000,
    "soft breaks": "字\n" * 5_000,
    "soft breaks after quotes": "“\n" * 3_000,
    "footnotes": "甲[^1]" * 1_000 + "\n\n[^1]: 乙",
    "open footnotes": "^[" * 1_000,
    "spans": "[甲]{.a}" * 1_000,
    "references": "[a.md](a.md) " * 2_000,
    "table": "|甲" * 1_000 + "\n" + "|-" * 1_000,
    "containers": "::: note\n" * 300,
}


@pytest.mark.parametrize("name", LARGE)
def test_large_and_deep_texts(name: str) -> None:
    start = time.process_time()
    checked = render(LARGE[name], MarkupSettings(), path="a.md")
    # Generous: each takes less than half a second; quadratic time would take minutes.
    assert time.process_time() - start < 10
    _audit(checked.value)


def test_many_large_texts_come_out_in_order() -> None:
    texts = [Written("" if number == 2 else f"{number}文" * 100_000, "a.md") for number in range(5)]
    rendered = render_all(texts, MarkupSettings())
    assert [one.value.text[:2] for one in rendered] == ["0文", "1文", "", "3文", "4文"]


def test_nesting_that_does_not_fit_on_the_stack_is_a_finding() -> None:
    def deep(levels: int) -> tuple[str, ...]:
        if levels:
            return deep(levels - 1)
        return tuple(
            one.code for one in render("> " * 90 + "x", MarkupSettings(), path="a.md", first_line=3).diagnostics
        )

    import inspect
    import sys

    room = sys.getrecursionlimit() - len(inspect.stack())
    assert deep(room - 120) == ("markup-nesting",)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("甲\0乙", "<p>甲乙</p>\n"),
        ("甲\x08\x1b乙\ud800丙", "<p>甲乙丙</p>\n"),
        ("甲\u200b乙 \uf8ff \u00a0丙", "<p>甲\u200b乙 \uf8ff &nbsp;丙</p>\n"),
        ("甲\r\n乙\r\n\r\n丙\r\n", "<p>甲乙</p>\n<p>丙</p>\n"),
        ("", ""),
        ("\n\n  \n", ""),
        (">::: note\n>", '<blockquote>\n<aside class="note callout"></aside>\n</blockquote>\n'),
    ],
)
def test_odd_characters(text: str, html: str) -> None:
    assert render(text, MarkupSettings(), path="a.md").value.html == html
