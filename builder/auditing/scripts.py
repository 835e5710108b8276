"""Whether two texts are one wording in two scripts, and whether a text is in the script of its page.

The auditor must not take the converter's word, so it asks the other way round: texts are folded, each character to one that
stands for all its forms, and compared. What the fold cannot bridge are words that somebody wrote down: glossaries and an
article's own `convert`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from builder.config import USUAL_STYLES
from builder.located import Scalar, Table, parse_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from builder.config import Variant
    from builder.located import Value

TRADITIONAL = ("zh-TW", "zh-HK")

#: Characters that OpenCC's tables of single characters leave apart, because they are one in some words only.
_ALSO = {"藉": "借", "覆": "复", "瞭": "了", "彷": "仿", "么": "么", "麼": "么", "幺": "么", "苎": "苧", "傢": "家"}
_QUOTES = dict.fromkeys(map(ord, "“”‘’「」『』＂"), '"')


class Scripts:
    """What the scripts of Chinese have in common."""

    def __init__(self, glossary: Iterable[tuple[str, str, str]], variants: Iterable[Variant] = ()) -> None:
        """`glossary` are words, what they are elsewhere, and in which variant ("": in any); `variants` may have a house style
        of their own."""
        # House style prints what is usual everywhere (說 in Hong Kong too, where OpenCC writes 説).
        own = {variant.tag: variant.style for variant in variants}
        self._printed = {
            tag: {character for _, printed in (*usual, *own.get(tag, ())) for character in printed}
            for tag, usual in USUAL_STYLES.items()
        }
        self._folds = _Folds()
        self._glossary = tuple(glossary)
        self._vocabularies: dict[tuple[tuple[str, str], ...], _Vocabulary] = {}

    def fold(self, text: str) -> str:
        """The text with one character for all forms of it, as many characters as before; quotation marks too."""
        return text.translate(self._folds)

    def agree(self, one: str, other: str, own: tuple[tuple[str, str], ...] = ()) -> bool:
        """Whether two texts say the same, word for word, in whatever scripts. `own` are further pairs of words."""
        one, other = squash(one), squash(other)
        if self.fold(one) == self.fold(other):
            return True
        words = self._vocabulary(own)

        def align(one: str, other: str) -> bool:
            return words.align(self.fold(one), self.fold(other))

        if align(one, other):
            return True
        # Words, and characters that depend on their words: as OpenCC turns them back, and as it makes them where a variant's
        # settings ask for a configuration that changes words.
        return any(align(_load(config)(one), _load(config)(other)) for config in ("t2s", "tw2sp", "hk2sp")) or any(
            align(_load(config)(one), other) for config in ("s2twp", "s2hkp")
        )

    def holds(self, text: str, wanted: str, own: tuple[tuple[str, str], ...] = ()) -> bool:
        """Whether a text has another one in it, in whatever scripts."""
        words = self._vocabulary(own)
        return words.settle(self.fold(squash(wanted))) in words.settle(self.fold(squash(text)))

    def foreign(self, text: str, variant: str, spared: Iterable[str] = ()) -> str:
        """The characters of a text that its variant does not write: what only Simplified has in a Traditional text, and the
        other way round. Words in `spared` are looked over. Characters that both have (后, 面, 台) tell nothing."""
        for word in spared:
            text = text.replace(word, "") if word else text
        return "".join(dict.fromkeys(character for character in text if is_foreign(character, variant)))

    def regional(self, text: str, variant: str, source: str, spared: Iterable[str] = ()) -> str:
        """The characters of a converted text that another Traditional variant writes (裏 in zh-TW). A Simplified source has
        the characters that both write, and words of glossaries are as somebody wrote them."""
        if variant not in TRADITIONAL:
            return ""
        elsewhere = _written_elsewhere(variant) - self._printed.get(variant, set())
        wrong = [character for character in dict.fromkeys(text) if character in elsewhere and character not in source]
        if wrong:
            words = (
                word for _, word, where in self._glossary if where in ("", variant) and not elsewhere.isdisjoint(word)
            )
            for word in sorted({*spared, *words}, key=len, reverse=True):
                text = text.replace(word, "") if word else text
        return "".join(character for character in wrong if character in text)

    def _vocabulary(self, own: tuple[tuple[str, str], ...]) -> _Vocabulary:
        if own not in self._vocabularies:
            pairs = (*((word, other) for word, other, _ in self._glossary), *own)
            self._vocabularies[own] = _Vocabulary((self.fold(a), self.fold(b)) for a, b in pairs)
        return self._vocabularies[own]


def squash(text: str) -> str:
    """A text as HTML shows it: runs of white space as one space, none at the ends."""
    return " ".join(text.split())


@cache
def is_foreign(character: str, variant: str) -> bool:
    """Whether a character belongs to the other script alone. The old national standards say what a script has, so that
    后, 里 or 面, which OpenCC would replace and Traditional has too, are not taken for Simplified."""
    if character <= "\u2e7f":
        return False
    if variant in TRADITIONAL:
        # Hong Kong writes 户 and 温, which Simplified has too and Big5 has not.
        written = _load("t2hk" if variant == "zh-HK" else "t2tw")(_load("s2t")(character))
        return not _has("big5", character) and written != character
    return not _has("gb2312", character) and _load("t2s")(character) != character


@cache
def _written_elsewhere(variant: str) -> frozenset[str]:
    """The characters that the other Traditional variant writes and this one does not, by OpenCC's tables of single ones."""
    characters = [chr(code) for code in range(0x3400, 0xA000)]
    neutral = [one for one, other in zip(characters, _map(characters, "hk2t", "tw2t"), strict=True) if one == other]
    simplified = [
        one
        for one, other in zip(characters, _map(characters, "t2s"), strict=True)
        if one == other and _has("gb2312", one)
    ]
    written = {config: {*_map(neutral, config), *_map(simplified, "s2t", config)} for config in ("t2tw", "t2hk")}
    # What is written in the one place and stays as it is on its way to the other is written in both.
    from_hong_kong = _map(sorted(written["t2hk"]), "hk2t", "t2tw")
    from_taiwan = _map(sorted(written["t2tw"]), "tw2t", "t2hk")
    here = written["t2tw"] | {*from_hong_kong}, written["t2hk"] | {*from_taiwan}
    return frozenset(here[1] - here[0] if variant == "zh-TW" else here[0] - here[1])


def _map(characters: Iterable[str], *configs: str) -> list[str]:
    """Each character, converted on its own."""
    text = "\n".join(characters)
    for config in configs:
        text = _load(config)(text)
    return text.split("\n")


def read_glossaries(folder: Path, content_root: str) -> tuple[tuple[str, str, str], ...]:
    """The words that glossaries make one, and the variant of the second: those that ship, and the site's `glossary.toml`."""
    pairs: list[tuple[str, str, str]] = []
    for path in sorted((Path(__file__).resolve().parents[1] / "variants" / "data").glob("*.tsv")):
        for line in path.read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                word, *others = (cell.strip() for cell in line.split("\t")[:3])
                pairs += [(word, other, where) for other, where in zip(others, TRADITIONAL, strict=False) if other]
    own = folder / content_root / "glossary.toml"
    if own.is_file():
        parsed = parse_toml(own.read_text("utf-8-sig", errors="replace"), own.name)
        if parsed.value is not None:
            pairs += [(word, other, "") for word, other in _pairs_in(parsed.value)]
    return tuple(pairs)


def _pairs_in(table: Table) -> Iterator[tuple[str, str]]:
    """`"软件" = "軟體"`, `"视频" = {zh-TW = "影片"}` and `[zh-TW] "数据" = "資料"`: every key with every text below it."""
    for key, value in table.entries:
        if isinstance(value, Table) and key.text.startswith("zh-"):
            yield from _pairs_in(value)
        else:
            yield from ((key.text, text) for text in _texts_in(value) if text)


def _texts_in(value: Value) -> Iterator[str]:
    if isinstance(value, Scalar):
        yield value.text
    elif isinstance(value, Table):
        for _, inner in value.entries:
            yield from _texts_in(inner)


class _Folds(dict[int, str]):
    """Filled as characters turn up: `str.translate` asks it."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = _QUOTES.get(code, character)
        if character > "\u2e7f" and code not in _QUOTES:
            folded = _ALSO.get(character, "")
            for config in () if folded else ("s2t", "hk2t", "tw2t", "t2s"):
                character = _load(config)(character)
            folded = folded or _ALSO.get(character, character)
        self[code] = folded
        return folded


class _Vocabulary:
    """Words that are one word, in classes."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        leaders: dict[str, str] = {}

        def lead(word: str) -> str:
            while leaders.setdefault(word, word) != word:
                word = leaders[word]
            return word

        for one, other in pairs:
            if one and other and one != other:
                leaders[lead(one)] = lead(other)
        self._words = {word: lead(word) for word in list(leaders)}
        self._starting: dict[str, list[str]] = {}
        self._classes: dict[str, list[str]] = {}
        for word, leader in sorted(self._words.items()):
            self._starting.setdefault(word[0], []).append(word)
            self._classes.setdefault(leader, []).append(word)
        longest_first = sorted(self._words, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def align(self, one: str, other: str) -> bool:
        """Whether one text becomes the other by words of one class in each other's places. Whichever words a text is cut
        into: a cut that leads to the end is enough."""
        seen: set[tuple[int, int]] = set()
        open_ends = [(0, 0)]
        while open_ends:
            place = i, j = open_ends.pop()
            if place in seen:
                continue
            seen.add(place)
            if i == len(one) and j == len(other):
                return True
            for word in self._starting.get(one[i], ()) if i < len(one) else ():
                if one.startswith(word, i):
                    open_ends += [
                        (i + len(word), j + len(same))
                        for same in self._classes[self._words[word]]
                        if same != word and other.startswith(same, j)
                    ]
            if i < len(one) and j < len(other) and one[i] == other[j]:
                open_ends.append((i + 1, j + 1))
        return False

    def settle(self, text: str) -> str:
        """A text with one word of a class in the place of all others, the longest words first."""
        return self._pattern.sub(lambda found: self._words[found[0]], text)


def _has(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@cache
def _load(config: str) -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC(config).convert
    return convert
