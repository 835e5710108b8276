"""What the other floors call: a Markdown body → sanitised HTML with references, outline, text and findings."""

from __future__ import annotations

import html as html_module
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import Struct

from builder.diagnostics import Checked
from builder.markup.references import Reference, resolve
from builder.markup.text import cut_summary, excerpt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.markup.sanitize import HtmlMode

__all__ = [
    "Heading",
    "Markup",
    "MarkupSettings",
    "Reference",
    "Written",
    "cut_summary",
    "excerpt",
    "render",
    "render_all",
    "render_inline",
    "resolve",
]

_LINK_TO_NOWHERE = re.compile(r'<a(?: href="#[^"]*")?(?: title="[^"]*")?>(.*?)</a>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class MarkupSettings:
    """What the site says about Markdown. `html`: raw HTML is sanitised, shown as text, or let through."""

    html: HtmlMode = "sanitize"


@dataclass(frozen=True, slots=True)
class Written:
    """A Markdown text, written in `script`, which starts at line `first_line` of the file `path`.

    With a `title` ("" for one that is not known yet), a first heading that only repeats it, or says it, is left out.
    `document` goes into the ids of footnotes, so that two bodies can share a page.
    """

    text: str
    path: str
    first_line: int = 1
    document: str = ""
    script: str = "zh-CN"
    title: str | None = None


class Heading(Struct, frozen=True, array_like=True, gc=False):
    """An entry of the outline: level 1 to 6, the id of its element and its plain text."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Markup:
    r"""A rendered body.

    `html` is well formed; each reference stands in it as `\0N\0` in place of the whole attribute (N counts `references`
    from 0), and NUL occurs nowhere else. Manual conversion markup is in it as elements that `manual.resolve_manual` finds, and
    as it was written in attributes. `outline` holds the Markdown headings in order, `anchors` every id, sorted. `title` is the
    one that was given, or found. `text` is plain, a line for each block, without code blocks; `words` counts Chinese
    characters and Latin words in it.
    """

    html: str
    references: tuple[Reference, ...]
    outline: tuple[Heading, ...]
    anchors: tuple[str, ...]
    text: str
    words: int
    title: str = ""


def render(
    text: str,
    settings: MarkupSettings,
    *,
    path: str,
    first_line: int = 1,
    document: str = "",
    script: str = "zh-CN",
    title: str | None = None,
) -> Checked[Markup]:
    """A single text, as `render_all` renders many."""
    return render_all([Written(text, path, first_line, document, script, title)], settings)[0]


def render_all(texts: Sequence[Written], settings: MarkupSettings) -> list[Checked[Markup]]:
    """What each of the texts comes to, which does not depend on the others. Bad Markdown is no error; findings are links and
    anchors that lead nowhere, HTML that was removed, and a text that is nested too deeply to render.
    """
    from builder.markup.steps import take_steps

    rendered = take_steps([text for text in texts if text.text.strip()], settings)
    return [
        next(rendered) if text.text.strip() else Checked(Markup("", (), (), (), "", 0, text.title or ""))
        for text in texts
    ]


def render_inline(text: str, settings: MarkupSettings) -> str:
    """A line of inline Markdown as sanitised HTML: no blocks, no pictures, no ids; links only with a scheme."""
    from builder.markup.parser import build_parser
    from builder.markup.places import Findings, Locator
    from builder.markup.references import link
    from builder.markup.sanitize import clean_inline
    from builder.markup.steps import clean_of, printable

    locator = Locator("", "", 0)
    findings = Findings(locator)
    try:
        raw = build_parser(settings.html, inline=True, manual="-{" in text).renderInline(
            printable(text), {"findings": findings}
        )
    except RecursionError:
        return html_module.escape(printable(text), quote=False)
    linked = link(clean_of(text, clean_inline(raw)), locator, findings)
    return _LINK_TO_NOWHERE.sub(r"\1", resolve(linked.html, [""] * len(linked.references))).strip()
