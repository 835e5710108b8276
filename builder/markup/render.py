"""What the other floors call: a Markdown body → sanitised HTML with references, outline, text and findings."""

from __future__ import annotations

import html as html_module
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.diagnostics import Checked, error
from builder.markup.headings import Heading
from builder.markup.references import Reference, resolve
from builder.markup.text import cut_summary, excerpt

if TYPE_CHECKING:
    from builder.markup.places import Findings, Locator
    from builder.markup.sanitize import HtmlMode

__all__ = [
    "Heading",
    "Markup",
    "MarkupSettings",
    "Reference",
    "cut_summary",
    "excerpt",
    "render",
    "render_inline",
    "resolve",
]

#: What neither HTML nor XML can hold.
_UNPRINTABLE = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LINK_TO_NOWHERE = re.compile(r'<a(?: href="#[^"]*")?(?: title="[^"]*")?>(.*?)</a>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class MarkupSettings:
    """What the site says about Markdown. `html`: raw HTML is sanitised, shown as text, or let through."""

    html: HtmlMode = "sanitize"


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
    """The body `text`, written in `script`, which starts at line `first_line` of the file `path`.

    With a `title` ("" for one that is not known yet), a first heading that only repeats it, or says it, is left out.
    `document` goes into the ids of footnotes, so that two bodies can share a page. Bad Markdown is no error; findings are
    links and anchors that lead nowhere, HTML that was removed, and a text that is nested too deeply to render.
    """
    from builder.markup.places import Findings, Locator

    if not text.strip():
        return Checked(Markup("", (), (), (), "", 0, title or ""))
    locator = Locator(text, path, first_line)
    findings = Findings(locator)
    try:
        markup = _render(_printable(text), settings, locator, findings, document, script, title)
    except RecursionError:
        shown = f"<pre>{html_module.escape(_printable(text), quote=False)}</pre>"
        failure = error(
            "markup-nesting",
            "the text is nested too deeply to render",
            locator.line(0),
            "look for long runs of brackets, quotes or tags inside one another",
        )
        return Checked(Markup(shown, (), (), (), "", 0, title or ""), (failure,))
    return Checked(markup, findings.diagnostics())


def render_inline(text: str, settings: MarkupSettings) -> str:
    """A line of inline Markdown as sanitised HTML: no blocks, no pictures, no ids; links only with a scheme."""
    from builder.markup.parser import build_parser
    from builder.markup.places import Findings, Locator
    from builder.markup.references import link
    from builder.markup.sanitize import clean_inline

    locator = Locator("", "", 0)
    findings = Findings(locator)
    try:
        raw = build_parser(settings.html, inline=True, manual="-{" in text).renderInline(
            _printable(text), {"findings": findings}
        )
    except RecursionError:
        return html_module.escape(_printable(text), quote=False)
    linked = link(_clean(text, clean_inline(raw)), locator, findings)
    return _LINK_TO_NOWHERE.sub(r"\1", resolve(linked.html, [""] * len(linked.references))).strip()


def _render(
    text: str,
    settings: MarkupSettings,
    locator: Locator,
    findings: Findings,
    document: str,
    script: str,
    title: str | None,
) -> Markup:
    from builder.markup.manual import show_manual
    from builder.markup.parser import build_parser
    from builder.markup.references import link
    from builder.markup.sanitize import clean
    from builder.markup.text import count_words, plain_text

    environment: dict[str, object] = {"findings": findings, "outline": (), "script": script, "title": title}
    if document:
        environment["docId"] = document
    # Rules of markdown-it's plugins look at the character after an empty last line.
    raw = build_parser(settings.html, manual="-{" in text).render(f"{text}\n", environment)
    linked = link(_clean(text, clean(raw, settings.html)), locator, findings)
    _check_fragments(linked.fragments, frozenset(linked.ids), findings)
    _check_footnotes(environment.get("footnotes"), findings)
    plain = plain_text(show_manual(linked.html, script))
    outline = environment["outline"]
    assert isinstance(outline, tuple)
    return Markup(
        html=linked.html,
        references=linked.references,
        outline=outline,
        anchors=tuple(sorted(linked.ids)),
        text=plain,
        words=count_words(plain),
        title=str(environment["title"] or ""),
    )


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("", text)


def _clean(text: str, html: str) -> str:
    """Sanitised HTML less what a character reference in raw HTML brought in."""
    return _printable(html) if "&#" in text else html


def _check_fragments(fragments: tuple[str, ...], ids: frozenset[str], findings: Findings) -> None:
    for fragment in fragments:
        if fragment not in ids and fragment not in ("", "top"):
            findings.warn(
                "anchor-missing",
                f"nothing in this text has the id “{fragment}”",
                hint="link to the id of a heading: its text in lower case, spaces as -",
                target=f"#{fragment}",
            )


def _check_footnotes(footnotes: object, findings: Findings) -> None:
    """The plugin leaves out notes that no text refers to: `footnotes["refs"]` has -1 for them."""
    references = footnotes.get("refs", {}) if isinstance(footnotes, dict) else {}
    for label, number in references.items():
        if number < 0:
            name = label.removeprefix(":")
            findings.warn(
                "footnote-unused",
                f"nothing refers to the footnote “{name}”, so it is not shown",
                hint=f"write [^{name}] where it belongs",
                target=f"[^{name}]",
            )
