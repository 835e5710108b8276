"""Text and HTML in one script of Chinese → the same in another variant: the article's own words, the glossary's, and
OpenCC for the rest.

OpenCC sees a text whose glossary words have been taken out, one private-use character in the place of each. Texts that
inline markup cuts are converted joined, and what comes out is cut again where the markup was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from builder.variants.cuts import CUT, move_cuts, search_cuts
from builder.variants.engine import find_chain, keeps_length, run_chain
from builder.variants.glossary import TRADITIONAL, Glossary, find_words, make_glossary, word_pattern
from builder.variants.quotes import corner_to_curly, curly_to_corner
from builder.variants.runs import RULES_END, split_html
from builder.variants.wrappers import drop_wrappers, is_needed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder.content.models import Override
    from builder.variants.engine import Chain
    from builder.variants.runs import Channel, SplitHTML

#: Stands for a word that has been taken out. No dictionary has it, so no phrase reaches across it.
_TAKEN = "\ue000"
#: What OpenCC cannot take (NUL, lone surrogates), and our own marks: they pass as they are.
_UNTOUCHED = f"[\0{_TAKEN}{CUT}\ud800-\udfff]"


@dataclass(frozen=True, slots=True)
class Rules:
    """An article's own words for one variant, stronger than any glossary: what each becomes (itself, when it is kept).
    `later` are those that hold in turn after each `RULES_END` in a text."""

    words: tuple[tuple[str, str], ...]
    later: tuple[Rules, ...] = ()


NO_RULES = Rules(())
_NO_WORDS = make_glossary(())


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text and what it became. `origin` is "glossary", "rule" or "kept" (the article's own words), or "" for what
    was left to OpenCC."""

    source: str
    target: str
    origin: str


def make_rules(overrides: Iterable[Override], keep: Iterable[str], variant: str) -> Rules:
    """The rules for a variant. An override without a variant is for the Traditional ones; one that names the variant is
    stronger, and any is stronger than a kept word. Where several match, the leftmost wins, and there the longest."""
    words = {word: word for word in keep}
    for named in ("", variant):
        if named or variant in TRADITIONAL:
            words |= {rule.text: rule.replacement for rule in overrides if rule.variant == named}
    words.pop("", None)
    return Rules(tuple(sorted(words.items()))) if words else NO_RULES


def make_converter(
    script: str, variant: str, *, config: str | None = None, glossary: Glossary, quotes: bool = False
) -> Converter:
    """The conversion from a script to a variant (zh-CN, zh-TW, zh-HK). `config` names an OpenCC configuration to use instead
    of the usual ones; `quotes` says whether the variant prints 「」. Cheap: OpenCC is loaded by the first conversion, which
    raises `BuilderError` when that cannot be."""
    return Converter(script, variant, find_chain(script, variant, config), glossary, quotes)


@dataclass(frozen=True, slots=True)
class Converter:
    """Converts from `script` to `variant`. Text in the variant's own script comes out as it went in."""

    script: str
    variant: str
    chain: Chain
    glossary: Glossary
    quotes: bool

    def text(self, text: str, rules: Rules | None = None) -> str:
        """Plain text, converted. Anything goes in; what is not Chinese comes out unchanged."""
        return self._convert(text, (), rules or NO_RULES)[0] if text and self.chain else text

    def html(self, html: str | SplitHTML, rules: Rules | None = None) -> str:
        r"""Sanitised, well-formed HTML with the text and the attributes that people read converted; for several variants,
        `split_html` it once. The markup stays byte for byte, `\0N\0` in tags included, except that inline elements whose
        whole text went into the word before them are left out.

        An element marked with the language of another Chinese variant is converted from that; what is already in the
        characters of this variant, in another language or `translate="no"` stays."""
        if isinstance(html, str):
            if not self.chain and "lang=" not in html:
                return html
            html = split_html(html, self.script)
        pieces = list(html.pieces)
        for language, channel in html.channels.items():
            converter = self._for(language)
            if channel.texts and (converter.chain or (rules and rules.later)):
                converter._fill(pieces, channel, rules or NO_RULES)
        return "".join(pieces)

    def pieces(self, text: str, rules: Rules | None = None) -> tuple[Piece, ...]:
        """Plain text, converted, in pieces that say what converted them."""
        if not self.chain or not text:
            return (Piece(text, text, ""),) if text else ()
        lexicon = _lexicon(self.glossary, self.script, self.variant)
        own = dict((rules or NO_RULES).words)
        parts, words = _take_out(text, lexicon, rules or NO_RULES)
        out = self._set_quotes(text, parts)
        out[::2] = run_chain(self.chain, _TAKEN.join(out[::2])).split(_TAKEN)
        out[1::2] = words
        found = []
        for number, (part, new) in enumerate(zip(parts, out, strict=True)):
            origin = "" if not number % 2 else "rule" if part in own else "glossary" if part in lexicon.words else ""
            if part:
                found.append(Piece(part, new, "kept" if origin == "rule" and part == new else origin))
        return tuple(found)

    def _for(self, language: str) -> Converter:
        if not language:
            return self
        if (language in TRADITIONAL) == (self.variant in TRADITIONAL):
            return replace(self, script=self.variant, chain=())
        return replace(self, script=language, chain=find_chain(language, self.variant))

    def _fill(self, pieces: list[str], channel: Channel, rules: Rules) -> None:
        """Put the converted texts of a channel in their places."""
        texts, slots = channel.texts, channel.slots
        converted = self._convert_joined(texts, rules)
        emptied = [slot for slot, text, new in zip(slots, texts, converted, strict=True) if text and not new]
        if any(is_needed(pieces, slot, emptied) for slot in emptied):
            converted = self._convert_joined(texts, rules, share=True)
        for slot, text, new in zip(slots, texts, converted, strict=True):
            if new != text and slot >= 0:
                pieces[slot] = _escape(new, text)
        for slot in emptied:
            if not pieces[slot]:
                drop_wrappers(pieces, slot)

    def _convert_joined(self, texts: list[str], rules: Rules, *, share: bool = False) -> list[str]:
        """The texts, converted as one. A word that has another length afterwards belongs to the text where it starts, or is
        shared out between those that it stands in."""
        result, cuts = self._convert("".join(texts), list(accumulate(map(len, texts))), rules, share=share)
        return [result[start:end] for start, end in pairwise((0, *cuts))]

    def _convert(
        self, text: str, cuts: Sequence[int], rules: Rules, *, share: bool = False
    ) -> tuple[str, Sequence[int]]:
        """The converted text, and where each place of `cuts` (offsets in order) is in it."""
        # Within a script there are no words but those of the rules, and quotes stay.
        lexicon = _lexicon(self.glossary if self.chain else _NO_WORDS, self.script, self.variant)
        parts, words = _take_out(text, lexicon, rules)
        shown = self._set_quotes(text, parts) if self.chain else list(parts)
        taken = _TAKEN.join(shown[::2])
        converted = run_chain(self.chain, taken)
        out = shown
        out[::2] = converted.split(_TAKEN)
        out[1::2] = words
        result = "".join(out)
        if not cuts or result == text:
            return result, cuts
        if keeps_length(self.chain) and len(converted) == len(taken):
            return result, move_cuts(cuts, parts, out, share=share)
        return result, search_cuts(cuts, parts, out, self.chain, share=share)

    def _set_quotes(self, text: str, parts: list[str]) -> list[str]:
        """The parts of a text with the quotation marks of the variant."""
        if self.variant in TRADITIONAL:
            quoted = curly_to_corner(text) if self.quotes else text
        else:
            quoted = text if self.quotes else corner_to_curly(text)
        if quoted is text:
            return list(parts)
        starts = accumulate(map(len, parts), initial=0)
        return [quoted[start : start + len(part)] for start, part in zip(starts, parts, strict=False)]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Words and what becomes of them. `pattern` has one group, which finds a word or what must be left untouched."""

    pattern: re.Pattern[str]
    words: dict[str, str]


@cache
def _lexicon(glossary: Glossary, script: str, variant: str) -> _Lexicon:
    words = find_words(glossary, script, variant)
    return _Lexicon(re.compile(f"({word_pattern(words, _UNTOUCHED)})"), words)


def _take_out(text: str, lexicon: _Lexicon, rules: Rules) -> tuple[list[str], list[str]]:
    """The text cut into what is for OpenCC (at even places) and words (at odd ones), and what becomes of the words."""
    if rules.later:
        return _take_out_in_turn(text, lexicon, (replace(rules, later=()), *rules.later))
    if not rules.words:
        parts: list[str] = lexicon.pattern.split(text)
        return parts, [lexicon.words.get(word, word) for word in parts[1::2]]
    own = dict(rules.words)
    longest_first = sorted(own, key=lambda word: (-len(word), word))
    parts, words = [], []
    for number, chunk in enumerate(re.split(f"({'|'.join(map(re.escape, longest_first))})", text)):
        if number % 2:
            parts.append(chunk)
            words.append(own[chunk])
        else:
            split = lexicon.pattern.split(chunk)
            parts += split
            words += [lexicon.words.get(word, word) for word in split[1::2]]
    return parts, words


def _take_out_in_turn(text: str, lexicon: _Lexicon, rules: tuple[Rules, ...]) -> tuple[list[str], list[str]]:
    """The same for a text in sections, each with its own rules, or the last ones. A mark between two counts as a word."""
    parts, words = [], []
    for number, section in enumerate(text.split(RULES_END)):
        if number:
            parts.append(RULES_END)
            words.append(RULES_END)
        # A text may have a thousand rules, and a section a word or two of them.
        held = [pair for pair in rules[min(number, len(rules) - 1)].words if pair[0] in section]
        taken, becomes = _take_out(section, lexicon, Rules(tuple(held)))
        parts += taken
        words += becomes
    return parts, words


def _escape(new: str, text: str) -> str:
    """`new` as HTML in the place of `text`, which held no character that needs it: these came with a replacement."""
    if "&" in new or "<" in new:
        new = new.replace("&", "&amp;").replace("<", "&lt;")
    return new.replace('"', "&quot;") if '"' in new and '"' not in text else new
