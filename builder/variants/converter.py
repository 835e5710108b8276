"""Text and HTML in one script of Chinese → the same in another variant: the article's own words, the glossary's, and
OpenCC for the rest.

OpenCC sees a text whose glossary words have been taken out, one private-use character in the place of each. Texts that
inline markup cuts are converted joined, and what comes out is cut again where the markup was.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from builder.variants.engine import find_chain, keeps_length, run_chain
from builder.variants.glossary import TRADITIONAL, Glossary, find_words, word_pattern
from builder.variants.quotes import corner_to_curly, curly_to_corner
from builder.variants.runs import INLINE, split_html

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from builder.content.models import Override
    from builder.variants.engine import Chain
    from builder.variants.runs import Channel, SplitHTML

#: Stands for a word that has been taken out. No dictionary has it, so no phrase reaches across it.
_TAKEN = "\ue000"
#: Stands at a cut in a text that is converted a second time.
_CUT = "\ue001"
#: What OpenCC cannot take (NUL, lone surrogates), and our own marks: they pass as they are.
_UNTOUCHED = f"[\0{_TAKEN}{_CUT}\ud800-\udfff]"


@dataclass(frozen=True, slots=True)
class Rules:
    """An article's own words for one variant, stronger than any glossary: what each becomes (itself, when it is kept)."""

    words: tuple[tuple[str, str], ...]


NO_RULES = Rules(())


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
            if converter.chain and channel.texts:
                converter._fill(pieces, channel, rules or NO_RULES)
        return "".join(pieces)

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
        if any(_is_needed(pieces, slot, emptied) for slot in emptied):
            converted = self._convert_joined(texts, rules, share=True)
        for slot, text, new in zip(slots, texts, converted, strict=True):
            if new != text and slot >= 0:
                pieces[slot] = _escape(new) if "<" in new or "&" in new or '"' in new else new
        for slot in emptied:
            if not pieces[slot]:
                _drop_wrappers(pieces, slot)

    def _convert_joined(self, texts: list[str], rules: Rules, *, share: bool = False) -> list[str]:
        """The texts, converted as one. A word that has another length afterwards belongs to the text where it starts, or is
        shared out between those that it stands in."""
        result, cuts = self._convert("".join(texts), list(accumulate(map(len, texts))), rules, share=share)
        return [result[start:end] for start, end in pairwise((0, *cuts))]

    def _convert(
        self, text: str, cuts: Sequence[int], rules: Rules, *, share: bool = False
    ) -> tuple[str, Sequence[int]]:
        """The converted text, and where each place of `cuts` (offsets in order) is in it."""
        lexicon = _lexicon(self.glossary, self.script, self.variant)
        parts, words = _take_out(text, lexicon, rules)
        shown = self._set_quotes(text, parts)
        taken = _TAKEN.join(shown[::2])
        converted = run_chain(self.chain, taken)
        out = shown
        out[::2] = converted.split(_TAKEN)
        out[1::2] = words
        result = "".join(out)
        if not cuts or result == text:
            return result, cuts
        if keeps_length(self.chain) and len(converted) == len(taken):
            return result, _move_cuts(cuts, parts, out, share=share)
        return result, _search_cuts(cuts, parts, out, self.chain, share=share)

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


def _move_cuts(cuts: Sequence[int], parts: list[str], out: list[str], *, share: bool) -> Sequence[int]:
    """Where `cuts` are after conversion, when only words (at odd places) changed their length."""
    changed: list[tuple[int, int, int]] = []  # where such a word starts and ends, and its length afterwards
    end = 0
    for number, (part, new) in enumerate(zip(parts, out, strict=True)):
        start, end = end, end + len(part)
        if number % 2 and len(part) != len(new):
            changed.append((start, end, len(new)))
    if not changed:
        return cuts
    moved = []
    shift = 0
    coming = iter(changed)
    start, end, length = next(coming)
    for cut in cuts:
        while cut >= end:
            shift += length - (end - start)
            start, end, length = next(coming, (_FAR, _FAR + 1, 1))
        moved.append(
            shift + (cut if cut <= start else start + _cut_word(cut - start, end - start, length, share=share))
        )
    return moved


#: Behind every text.
_FAR = 1 << 60


def _cut_word(offset: int, length: int, new_length: int, *, share: bool) -> int:
    """Where a cut inside a word is in what the word became, when that has another length."""
    if not share or new_length < 2:
        return new_length
    return min(max(1, offset * new_length // length), new_length - 1)


def _search_cuts(cuts: Sequence[int], parts: list[str], out: list[str], chain: Chain, *, share: bool) -> list[int]:
    """Where `cuts` are after conversion by a chain that changes lengths anywhere."""
    found: list[int] = []
    start = shift = first = 0
    for number, (part, new) in enumerate(zip(parts, out, strict=True)):
        end = start + len(part)
        last = bisect_left(cuts, end, first)
        inside = [cut - start for cut in cuts[first:last]]
        if number % 2 and len(part) != len(new):
            inside = [_cut_word(cut, len(part), len(new), share=share) if cut else 0 for cut in inside]
        elif not number % 2 and any(inside):
            inside = _cut_converted(part, new, inside, chain)
        found += [cut + start + shift for cut in inside]
        start, shift, first = end, shift + len(new) - len(part), last
    return found + [cut + shift for cut in cuts[first:]]


#: Where a text may be cut before it is searched: no phrase of a dictionary that replaces words reaches across most
#: punctuation. Short pieces first, for a search takes time in the square of their length.
_CLAUSE_ENDS = (
    re.compile("([，。、！？；：“”「」…\\s\x1e\x1f]+|[^，。、！？；：“”「」…\\s\x1e\x1f]{48})"),
    re.compile("([，。、！？；：“”「」…\\s\x1e\x1f]+)"),
)


def _cut_converted(text: str, converted: str, cuts: list[int], chain: Chain) -> list[int]:
    """Where `cuts` in `text` are in `converted`: where sentinels come out, when they disturb nothing; else clause by clause
    what is the same whether the text is cut or not belongs to its side, and a word across the cut to the left."""
    with_cuts = run_chain(chain, _CUT.join(text[a:b] for a, b in pairwise((0, *cuts, len(text)))))
    pieces = with_cuts.split(_CUT)
    if "".join(pieces) == converted:
        return list(accumulate(map(len, pieces[:-1])))
    clauses, converted_clauses = [text], [converted]
    for ends in _CLAUSE_ENDS:
        short = ends.split(text)
        converted_short = run_chain(chain, _CUT.join(short)).split(_CUT)
        if "".join(converted_short) == converted:
            clauses, converted_clauses = short, converted_short
            break
    found: list[int] = []
    start = new_start = 0
    for clause, new in zip(clauses, converted_clauses, strict=True):
        for cut in cuts[len(found) :]:
            if cut >= start + len(clause):
                break
            here = new_start + _cut_clause(clause, new, cut - start, chain)
            found.append(max(here, found[-1]) if found else here)
        start, new_start = start + len(clause), new_start + len(new)
    return found + [len(converted)] * (len(cuts) - len(found))


def _cut_clause(clause: str, converted: str, cut: int, chain: Chain) -> int:
    left, right = run_chain(chain, f"{clause[:cut]}{_CUT}{clause[cut:]}").split(_CUT)
    if len(left) + len(right) == len(converted):
        return len(left)
    # What follows the word across the cut is the same as without the part before the cut.
    same = 0
    while same < min(len(right), len(converted)) and right[-1 - same] == converted[-1 - same]:
        same += 1
    return len(converted) - same


_OPENING = re.compile(r"<([a-z]+)[\s>]")
_CLOSING = re.compile(r"</([a-z]+)>")


def _is_needed(pieces: list[str], slot: int, emptied: Collection[int]) -> bool:
    """Whether an element around an emptied text must not be empty: a link, or something with an address or a title."""
    return not all(_may_go(pieces[start], pieces[end]) for start, end in _find_wrappers(pieces, slot, emptied))


def _drop_wrappers(pieces: list[str], slot: int) -> None:
    """Take away the elements that hold nothing but the emptied text at `slot`."""
    for start, end in list(_find_wrappers(pieces, slot, ())):
        if not _may_go(pieces[start], pieces[end]):
            break
        pieces[start] = pieces[end] = ""


def _may_go(start: str, end: str) -> bool:
    opening, closing = _OPENING.match(start), _CLOSING.match(end)
    same = opening is not None and closing is not None and opening[1] == closing[1] != "a"
    return same and " id=" not in start and "\0" not in start


def _find_wrappers(pieces: list[str], slot: int, emptied: Collection[int]) -> Iterator[tuple[int, int]]:
    """The first and the last piece of each inline element that holds the text at `slot` alone, from the innermost."""
    before, after = slot, slot
    while True:
        before = next((n for n in range(before - 1, -1, -1) if pieces[n] and n not in emptied), -1)
        after = next((n for n in range(after + 1, len(pieces)) if pieces[n] and n not in emptied), -1)
        if before < 0 or after < 0 or not pieces[before].endswith(">") or pieces[before].startswith("</"):
            return
        closing = _CLOSING.match(pieces[after])
        if not closing or closing[1] not in INLINE:
            return
        yield before, after


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
