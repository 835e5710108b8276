"""Markdown texts → sanitised HTML, a step at a time for all of them: steps that take turns drive one another out of the
processor's caches, which costs a text 40 µs.
"""

from __future__ import annotations

import html as html_module
import re
from typing import TYPE_CHECKING

from markdown_it.rules_core import StateCore

from builder.diagnostics import Checked, error
from builder.markup.chains import core_steps
from builder.markup.manual import show_manual
from builder.markup.parser import build_parser
from builder.markup.places import Findings, Locator
from builder.markup.references import link
from builder.markup.render import Markup
from builder.markup.sanitize import clean
from builder.markup.text import count_words, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from markdown_it import MarkdownIt

    from builder.markup.references import Linked
    from builder.markup.render import MarkupSettings, Written

#: What neither HTML nor XML can hold.
_UNPRINTABLE = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

#: So many characters at once, and the text that goes beyond them: tokens take many times the room of their text.
_MOST = 400_000


def take_steps(texts: Iterable[Written], settings: MarkupSettings) -> Iterator[Checked[Markup]]:
    """What each of the texts comes to, none of them empty."""
    waiting: list[Written] = []
    size = 0
    for text in texts:
        waiting.append(text)
        size += len(text.text)
        if size > _MOST:
            yield from _take_together(waiting, settings)
            waiting, size = [], 0
    yield from _take_together(waiting, settings)


def _take_together(texts: Sequence[Written], settings: MarkupSettings) -> Iterator[Checked[Markup]]:
    ways = [_Way(text, build_parser(settings.html, manual="-{" in text.text), settings) for text in texts]
    # Texts with manual conversion markup are few, and have a step of their own.
    for md in dict.fromkeys(way.md for way in ways):
        steps: list[Callable[[_Way], None]] = [*core_steps(md.core), _show, _clean, _link, _read]
        for step in steps:
            for way in ways:
                if way.md is md and not way.is_too_deep:
                    try:
                        step(way)
                    except RecursionError:
                        way.is_too_deep = True
    return map(_finish, ways)


def printable(text: str) -> str:
    """A text less what neither HTML nor XML can hold."""
    return _UNPRINTABLE.sub("", text)


def clean_of(text: str, html: str) -> str:
    """Sanitised HTML less what a character reference in the raw HTML of a text brought in."""
    return printable(html) if "&#" in text else html


class _Way(StateCore):
    """A text on its way, and what it is by now."""

    html: str
    linked: Linked
    plain: str
    words: int

    def __init__(self, written: Written, md: MarkdownIt, settings: MarkupSettings) -> None:
        self.written, self.settings = written, settings
        self.locator = Locator(written.text, written.path, written.first_line)
        self.findings = Findings(self.locator)
        self.is_too_deep = False
        environment = {
            "findings": self.findings,
            "outline": (),
            "script": written.script,
            "title": written.title,
        }
        if written.document:
            environment["docId"] = written.document
        # Rules of markdown-it's plugins look at the character after an empty last line.
        super().__init__(f"{printable(written.text)}\n", md, environment)


def _show(way: _Way) -> None:
    way.html = way.md.renderer.render(way.tokens, way.md.options, way.env)
    way.tokens = []


def _clean(way: _Way) -> None:
    way.html = clean_of(way.written.text, clean(way.html, way.settings.html))


def _link(way: _Way) -> None:
    way.linked = link(way.html, way.locator, way.findings)
    _check_fragments(way.linked.fragments, frozenset(way.linked.ids), way.findings)
    _check_footnotes(way.env.get("footnotes"), way.findings)


def _read(way: _Way) -> None:
    way.plain = plain_text(show_manual(way.linked.html, way.written.script))
    way.words = count_words(way.plain)


def _finish(way: _Way) -> Checked[Markup]:
    title = way.written.title or ""
    if way.is_too_deep:
        shown = f"<pre>{html_module.escape(printable(way.written.text), quote=False)}</pre>"
        failure = error(
            "markup-nesting",
            "the text is nested too deeply to render",
            way.locator.line(0),
            "look for long runs of brackets, quotes or tags inside one another",
        )
        return Checked(Markup(shown, (), (), (), "", 0, title), (failure,))
    markup = Markup(
        html=way.linked.html,
        references=way.linked.references,
        outline=way.env["outline"],
        anchors=tuple(sorted(way.linked.ids)),
        text=way.plain,
        words=way.words,
        title=str(way.env["title"] or ""),
    )
    return Checked(markup, way.findings.diagnostics())


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
