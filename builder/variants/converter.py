"""Text and HTML in one script of Chinese → the same in another variant: the article's own words, the glossary's, and
OpenCC for the rest.

OpenCC sees a text whose glossary words have been taken out, one private-use character in the place of each. Texts that
inline markup cuts are converted joined, and what comes out is cut again where the markup was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import accumulate, chain, pairwise, repeat
from typing import TYPE_CHECKING

from builder.variants.cuts import CUT, move_cuts, search_cuts
from builder.variants.engine import find_chain, keeps_length
from builder.variants.finder import Finder
from builder.variants.glossary import (
    TRADITIONAL,
    Glossary,
    find_words,
    make_glossary,
    written_by_site,
)
from builder.variants.quotes import BLOCK_END, corner_to_curly, curly_to_corner
from builder.variants.runs import RULES_END, split_html
from builder.variants.style import NO_STYLE, restyle, spell_usually
from builder.variants.words import convert_plain
from builder.variants.wrappers import drop_wrappers, is_needed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from builder.content.models import Override
    from builder.variants.engine import Chain
    from builder.variants.runs import Channel, SplitHTML
    from builder.variants.style import Style

#: Stands for a word that has been taken out. No dictionary has it, so no phrase reaches across it.
_TAKEN = "\ue000"
#: What OpenCC cannot take (NUL, lone surrogates), and our own marks: they pass as they are.
_UNTOUCHED = ("\0", _TAKEN, CUT, *map(chr, range(0xD800, 0xE000)))


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
    script: str,
    variant: str,
    *,
    config: str | None = None,
    glossary: Glossary,
    quotes: bool = False,
    style: Style = NO_STYLE,
) -> Converter:
    """The conversion from a script to a variant (zh-CN, zh-TW, zh-HK). `config` names an OpenCC configuration to use instead
    of the usual ones, and then OpenCC's choices stand as they are; `quotes` says whether the variant prints 「」; `style` is
    the variant's whole house style (`merge_style`). Cheap: OpenCC is loaded by the first conversion, which raises
    `BuilderError` when that cannot be."""
    return Converter(script, variant, find_chain(script, variant, config), glossary, quotes, style)


@dataclass(frozen=True, slots=True)
class Converter:
    """Converts from `script` to `variant`. Text in the variant's own script comes out as it went in."""

    script: str
    variant: str
    chain: Chain
    glossary: Glossary
    quotes: bool
    style: Style

    def text(self, text: str, rules: Rules | None = None) -> str:
        """Plain text, converted. Anything goes in; what is not Chinese comes out unchanged."""
        return self._convert(text, (), rules or NO_RULES)[0] if text and self.chain else text

    def convert(
        self, texts: Sequence[str], htmls: Sequence[SplitHTML], rules: Rules | None = None
    ) -> tuple[list[str], list[str]]:
        """What `text` makes of each text and `html` of each HTML, in far less time than one by one. `rules` are for all of them,
        and have no later ones."""
        rules = rules or NO_RULES
        if not self.chain or not keeps_length(self.chain):  # nothing to save, or dear in a long text
            return [self.text(text, rules) for text in texts], [self.html(html, rules) for html in htmls]
        joined = list(chain.from_iterable(zip(texts, repeat(BLOCK_END), strict=False)))
        starts = []
        for html in htmls:
            starts.append(len(joined))
            joined += html.channels[""].texts
            joined.append(BLOCK_END)
        converted = self._convert_joined(joined, rules)
        shown = []
        for html, start in zip(htmls, starts, strict=True):
            pieces = list(html.pieces)
            for language, channel in html.channels.items():
                new = None if language else converted[start : start + len(channel.texts)]
                self._for(language)._fill(pieces, channel, rules, new)
            shown.append("".join(pieces))
        return converted[: 2 * len(texts) : 2], shown

    def html(self, html: str | SplitHTML, rules: Rules | None = None) -> str:
        r"""Sanitised, well-formed HTML (names in lower case) with the text and the attributes that people read converted; for
        several variants, `split_html` it once. The markup stays byte for byte, `\0N\0` in tags included, except that inline
        elements whose whole text went into the word before them are left out.

        An element marked with the language of another Chinese variant is converted from that; what is already in the
        characters of this variant, in another language or `translate="no"` stays."""
        rules, split = rules or NO_RULES, split_html(html, self.script) if isinstance(html, str) else html
        if not self.chain and not rules.later and "lang=" not in split.html:
            return split.html
        pieces = list(split.pieces)
        for language, channel in split.channels.items():
            self._for(language)._fill(pieces, channel, rules)
        return "".join(pieces)

    def pieces(self, text: str, rules: Rules | None = None) -> tuple[Piece, ...]:
        """Plain text, converted, in pieces that say what converted them."""
        if not self.chain or not text:
            return (Piece(text, text, ""),) if text else ()
        own, words = dict((rules or NO_RULES).words), self._words
        cut, becomes = self._take_out(text, rules or NO_RULES)
        out = self._put_back(cut, becomes)
        found = []
        for number, (part, new) in enumerate(zip(cut.parts, out, strict=True)):
            origin = "" if not number % 2 else "rule" if part in own else "glossary" if part in words else ""
            if part:
                found.append(Piece(part, new, "kept" if origin == "rule" and part == new else origin))
        return tuple(found)

    def _for(self, language: str) -> Converter:
        if not language:
            return self
        if (language in TRADITIONAL) == (self.variant in TRADITIONAL):
            return replace(self, script=self.variant, chain=())
        return replace(self, script=language, chain=find_chain(language, self.variant))

    def _fill(self, pieces: list[str], channel: Channel, rules: Rules, converted: list[str] | None = None) -> None:
        """Put the texts of a channel in their places, `converted`."""
        texts, slots = channel.texts, channel.slots
        if not texts or not (self.chain or rules.later):
            return
        if converted is None:
            converted = self._convert_joined(texts, rules)
        emptied: list[int] = []
        if "" in converted:
            emptied = [slot for slot, text, new in zip(slots, texts, converted, strict=True) if text and not new]
            if any(is_needed(pieces, slot, emptied) for slot in emptied):
                converted = self._convert_joined(texts, rules, share=True)
        special = _SPECIAL.search("".join(converted)) is not None
        for slot, text, new in zip(slots, texts, converted, strict=True):
            if slot >= 0 and new != text:
                pieces[slot] = _escape(new, text) if special else new
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
        cut, becomes = self._take_out(text, rules)
        out = self._put_back(cut, becomes)
        result = "".join(out)
        if not cuts or result == text:
            return result, cuts
        if keeps_length(self.chain) and len(result) - sum(map(len, becomes)) == cut.plain_length:
            return result, move_cuts(cuts, cut.spans, becomes, share=share)
        return result, search_cuts(cuts, cut.parts, out, self.chain, share=share)

    def _take_out(self, text: str, rules: Rules) -> tuple[_Cut, list[str]]:
        """The text, cut into words and what is for OpenCC, and what becomes of the words."""
        # All Traditional variants of a Simplified text look for the same words.
        variant = TRADITIONAL[0] if self.script == "zh-CN" and self.chain else self.variant
        vocabulary = self.glossary if self.chain else _NO_WORDS, self.script, variant
        # Whether the variant prints other quotation marks than those that stand there.
        traditional = self.variant in TRADITIONAL
        corner = traditional if self.chain and self.quotes == traditional else None
        own: list[dict[str, str]] = [{}]
        if rules.words or rules.later:
            # A text may have a thousand rules, and a section a word or two of them: these are soon looked for.
            own = [
                {word: said for word, said in held.words if word in section} for section, held in _sections(text, rules)
            ]
        cut = _cut_text(text, vocabulary, tuple(map(tuple, own)), corner)
        words = self._words
        becomes: list[str] = []
        for number, (taken, said) in enumerate(zip(cut.words, own, strict=True)):
            if number:
                becomes.append(RULES_END)
            if said:
                becomes += [said[word] if word in said else words.get(word, word) for word in taken]
            else:
                becomes += map(words.get, taken, taken)
        return cut, becomes

    def _put_back(self, cut: _Cut, becomes: list[str]) -> list[str]:
        """The parts of a text, converted."""
        plain = cut.plain
        if self.chain:
            plain = restyle(self.style, convert_plain(self.chain, plain))
        out = [""] * len(cut.parts)
        out[::2] = plain.split(_TAKEN)
        out[1::2] = becomes
        return out

    @property
    def _words(self) -> dict[str, str]:
        """What the words of the glossary become. Within a script there are none."""
        return _find_words(self.glossary if self.chain else _NO_WORDS, self.script, self.variant, self.style)


@cache
def _find_words(glossary: Glossary, script: str, variant: str, style: Style) -> dict[str, str]:
    """What becomes of the words of a glossary, in house style where the site did not write them itself."""
    written = written_by_site(glossary, variant)
    return {
        spell_usually(script, word): said if said in written else restyle(style, said)
        for word, said in find_words(glossary, script, variant).items()
    }


@cache
def _finder(glossary: Glossary, script: str, variant: str) -> Finder:
    """Finds the words of a glossary, and what must be left untouched."""
    return Finder((*_find_words(glossary, script, variant, NO_STYLE), *_UNTOUCHED))


@lru_cache(maxsize=64)  # an article's, and those of the sections of a text
def _own_finder(words: tuple[str, ...]) -> Finder:
    return Finder(words)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A text in `parts`, those at odd places words: of the article or the glossary, and marks that OpenCC must not see. `words`
    are these by sections, without the marks between them; `spans` tells where they all are. `plain` is the rest with the
    quotation marks of the variant, one character in the place of each word; without these, it is `plain_length` long."""

    parts: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    spans: tuple[tuple[int, int], ...]
    plain: str
    plain_length: int


@lru_cache(maxsize=4)  # the texts of a batch, which its other variants ask for again
def _cut_text(
    text: str, vocabulary: tuple[Glossary, str, str], own: tuple[tuple[str, ...], ...], corner: bool | None
) -> _Cut:
    """`own` has the words for each section of the text; `corner` says which quotation marks the variant has, None for those
    that stand there."""
    glossary, script, _ = vocabulary
    find = _finder(*vocabulary).split
    parts: list[str] = []
    words: list[tuple[str, ...]] = []
    for section, held in zip(text.split(RULES_END) if len(own) > 1 else (text,), own, strict=True):
        if words:
            parts.append(RULES_END)
        first = len(parts) + 1
        for number, chunk in enumerate(_own_finder(held).split(section) if held else (section,)):
            if number % 2:
                parts.append(chunk)
            else:
                parts += find(spell_usually(script, chunk) if glossary.entries else chunk)
        words.append(tuple(parts[first::2]))
    ends = list(accumulate(map(len, parts)))
    spans = tuple(zip(ends[:-1:2], ends[1::2], strict=True))
    shown = parts[::2]
    if corner is not None:
        quoted = curly_to_corner(text) if corner else corner_to_curly(text)
        if quoted is not text:
            shown = [quoted[end - len(part) : end] for end, part in zip(ends[::2], shown, strict=True)]
    return _Cut(tuple(parts), tuple(words), spans, _TAKEN.join(shown), sum(map(len, shown)))


def _sections(text: str, rules: Rules) -> Iterator[tuple[str, Rules]]:
    """The sections of a text, each with its own rules or the last ones."""
    if not rules.later:
        yield text, rules
        return
    for number, section in enumerate(text.split(RULES_END)):
        yield section, rules.later[min(number, len(rules.later)) - 1] if number else rules


_SPECIAL = re.compile('[&<"]')


def _escape(new: str, text: str) -> str:
    """`new` as HTML in the place of `text`, which held no character that needs it: these came with a replacement."""
    if "&" in new or "<" in new:
        new = new.replace("&", "&amp;").replace("<", "&lt;")
    return new.replace('"', "&quot;") if '"' in new and '"' not in text else new
