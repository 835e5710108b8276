"""Texts with MediaWiki's manual conversion markup → what a variant shows of them, converted: the one place where the markup
ends. Texts without any do not come here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html import escape, unescape
from typing import TYPE_CHECKING

from builder.diagnostics import Diagnostic, Place, warning
from builder.markup.manual import FALLBACKS, Shown, mark_manual, plain_manual, resolve_manual
from builder.variants.converter import NO_RULES, Rules, make_converter
from builder.variants.glossary import make_glossary
from builder.variants.runs import KEPT_END, KEPT_START, READ, RULES_END, TAG, split_html

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.markup.manual import Manual
    from builder.variants.converter import Converter
    from builder.variants.runs import SplitHTML

#: A rule changes here, or something was here that a page does not show.
_MARK = "<wz-mark>"
_ONLY_MARKS = re.compile(rf"<p>\s*((?:{_MARK}\s*)+)</p>\n?")
_READ_ATTRIBUTE = re.compile(rf'( (?:{"|".join(sorted(READ))})=")([^"]*)"')
_OURS = re.compile(f"</?wz-[^>]*>|[{KEPT_START}{KEPT_END}]")


@dataclass(frozen=True, slots=True)
class Resolved:
    """HTML in a variant; `title` is the title that its markup gives the page, None where it gives none."""

    html: str
    title: str | None = None


def has_manual(html: str) -> bool:
    """Whether HTML holds manual markup: as elements, or in an attribute. Nothing is lost by a yes."""
    return "<wz-" in html or "-{" in html


def convert_manual(html: str, converter: Converter, rules: Rules = NO_RULES) -> Resolved:
    """`Converter.html` for HTML with manual markup. What the markup gives is printed as it is; what it makes a rule holds from
    there on, in the same text, and over `rules`. In the variant that the text is written in, its own rules are the only ones."""
    resolving = _Resolving(converter, rules if converter.chain else NO_RULES)
    split = resolving.split(html)
    shown = _OURS.sub("", converter.html(split, resolving.rules()))
    if resolving.title is None:
        return Resolved(shown)
    title = _OURS.sub("", converter.html(resolving.title, rules if converter.chain else NO_RULES))
    return Resolved(shown, plain_manual(title, converter.variant))


def convert_text(text: str, converter: Converter, rules: Rules = NO_RULES) -> str:
    """`Converter.text` for a text that may hold manual markup."""
    if "-{" not in text:
        return converter.text(text, rules)
    resolved = convert_manual(mark_manual(text, escape), converter, rules)
    # What is marked as a title and nothing else is one.
    return unescape(resolved.html) or resolved.title or ""


def show_source(html: str, script: str) -> str:
    """HTML with manual markup as a page in its own script shows it."""
    return convert_manual(html, _within(script)).html


def unused_rules(html: str, script: str, path: str) -> tuple[Diagnostic, ...]:
    """A finding for each rule of the markup in a body that no text after it holds a word of."""
    resolving = _Resolving(_within(script), NO_RULES)
    channels = resolving.split(html).channels.values()
    sections = ["".join(channel.texts).split(RULES_END) for channel in channels]
    found = []
    for number, manual in resolving.added:
        words = {
            word for variant in FALLBACKS for word in manual.words(variant, lambda text: plain_manual(text, script))
        }
        # Attributes come after all texts, in as many sections.
        texts = [
            part
            for parts in sections
            for part in (*parts[number : len(parts) // 2], *parts[len(parts) // 2 + number :])
        ]
        if manual.line and not any(word in text for word in words for text in texts):
            message = f"nothing after this holds {_list(words)}, which it is a rule for"
            hint = "take it out, or move it before what it is for; without A the markup is for its own place only"
            found.append(warning("convert-unused", message, Place(path, manual.line, manual.column), hint))
    return tuple(found)


@dataclass(slots=True)
class _Resolving:
    """The markup of one text, gone through for one variant."""

    converter: Converter
    base: Rules
    title: str | None = None
    added: list[tuple[int, Manual]] = field(default_factory=list)  # with the number of the mark
    _words: dict[str, str] = field(default_factory=dict)
    _later: list[Rules] = field(default_factory=list)

    def split(self, html: str) -> SplitHTML:
        self._words = dict(self.base.words)
        resolved = resolve_manual(html, self._show)
        if _MARK in resolved:
            resolved = _ONLY_MARKS.sub(r"\1", resolved)
        if "-{" in resolved:
            resolved = TAG.sub(lambda tag: self._show_attributes(tag[0]), resolved)
        return split_html(resolved, self.converter.script)

    def rules(self) -> Rules:
        """The rules from the beginning, and those after each mark; for attributes, once more."""
        if not self._later:
            return self.base
        return replace(self.base, later=(*self._later, self.base, *self._later))

    def _show(self, manual: Manual) -> str:
        variant = self.converter.variant
        title = manual.title(variant)
        if title is not None:
            self.title = self._mark_up(title)
        shown = manual.show(variant)
        html = self._mark_up(shown) if shown.text else ""
        words = manual.words(variant, lambda text: plain_manual(text, variant))
        if manual.adds:
            self._words |= words
        elif manual.removes:
            self._words = {word: said for word, said in self._words.items() if word not in words}
        elif html:
            return html
        self._later.append(Rules(tuple(sorted(self._words.items()))))
        if manual.adds:
            self.added.append((len(self._later), manual))
        return html + _MARK

    def _mark_up(self, shown: Shown) -> str:
        inner = resolve_manual(shown.text, self._show)
        if shown.script == "source":
            return inner
        return f'<wz-as lang="{shown.script}">{inner}</wz-as>' if shown.script else f"<wz-keep>{inner}</wz-keep>"

    def _show_attributes(self, tag: str) -> str:
        if "-{" not in tag or tag[1:2] in "!?/" or tag.lower().startswith(("<script", "<style")):
            return tag
        return _READ_ATTRIBUTE.sub(lambda found: f'{found[1]}{self._show_value(found[2])}"', tag)

    def _show_value(self, value: str) -> str:
        """An attribute for the variant. Rules in it are for itself: a page reads from text to text, not through attributes."""
        text = unescape(value)
        if "-{" not in text or "://" in text:
            return value
        return resolve_manual(mark_manual(text, escape), self._show_in_value)

    def _show_in_value(self, manual: Manual) -> str:
        shown = manual.show(self.converter.variant)
        inner = resolve_manual(shown.text, self._show_in_value)
        if shown.script == "source":
            return inner
        kept = re.sub(f"[{KEPT_START}{KEPT_END}]", "", inner)
        if shown.script:
            kept = self.converter.html(f'<wz-as lang="{shown.script}">{kept}</wz-as>', self.base)
            kept = _OURS.sub("", kept)
        return f"{KEPT_START}{kept}{KEPT_END}"


def _within(script: str) -> Converter:
    return make_converter(script, script, glossary=make_glossary(()))


def _list(words: Iterable[str]) -> str:
    shown = [f"'{word}'" for word in sorted(words)]
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
