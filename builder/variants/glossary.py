"""Words that OpenCC does not know: the glossary that ships, a site's own `glossary.toml`, and both as tables of words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING

from builder.diagnostics import Checked, Diagnostic, Place, error
from builder.located import Scalar, Table, parse_toml
from builder.variants.engine import find_chain
from builder.variants.finder import Finder
from builder.variants.quotes import HAN
from builder.variants.words import convert_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.located import Value

#: The variants that are written in Traditional characters.
TRADITIONAL = ("zh-TW", "zh-HK")

#: The longest word that a glossary takes, in characters.
LONGEST = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of a source, and what it is in each variant: "" leaves it to OpenCC, None says nothing about that variant.

    `text` is Simplified; then `zh_cn` is None, and the entry also serves Traditional sources, read backwards, except from
    the variants in `one_way`, whose word means other things too. With a `zh_cn`, `text` is a word of Traditional sources.
    `own`: the variants whose word a site wrote, which is printed as it stands there."""

    text: str
    zh_cn: str | None = None
    zh_tw: str | None = None
    zh_hk: str | None = None
    one_way: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    def word(self, variant: str) -> str | None:
        """The word in a variant."""
        return {"zh-CN": self.zh_cn, "zh-TW": self.zh_tw, "zh-HK": self.zh_hk}[variant]


@dataclass(frozen=True, slots=True)
class Glossary:
    """Entries in order, one for each text and script. Glossaries are equal when their digests are; the digest stands for
    the entries in cache keys."""

    entries: tuple[Entry, ...] = field(compare=False, repr=False)
    digest: str


def make_glossary(entries: Iterable[Entry]) -> Glossary:
    """A glossary; of two entries for one word the later one counts, and what it says nothing about is the earlier one's."""
    merged: dict[tuple[str, bool], Entry] = {}
    for entry in entries:
        key = entry.text, entry.zh_cn is None
        merged[key] = _override(merged[key], entry) if key in merged else entry
    kept = tuple(merged.values())
    return Glossary(kept, sha256(repr(kept).encode("utf-8", "surrogatepass")).hexdigest()[:20])


def merge_glossaries(*glossaries: Glossary) -> Glossary:
    """One glossary of several; the later ones win."""
    return make_glossary(entry for glossary in glossaries for entry in glossary.entries)


@cache
def shipped_glossary() -> Glossary:
    """The glossary that comes with the package: `data/*.tsv`, a file for each subject."""
    from importlib.resources import files

    entries: list[Entry] = []
    for file in sorted(files(__package__).joinpath("data").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".tsv"):
            entries += _read_table(file.read_text(encoding="utf-8"))
    return make_glossary(entries)


def load_site_glossary(text: str, path: str) -> Checked[Glossary]:
    """A site's own words from the TOML of its `glossary.toml`. A word is given for every Traditional variant, or for each:

        "软件" = "軟體"
        "视频" = {zh-TW = "影片", zh-HK = "短片"}
        "台州" = ""                     # leave this word to OpenCC, whatever the shipped glossary says

        [zh-TW]                         # the same, many words for one variant
        "数据" = "資料"

    An entry with a `zh-CN` word is one for Traditional sources: `"軟體" = {zh-CN = "软件"}`. Findings: `toml`,
    `glossary-key`, `glossary-value`, `glossary-variant`, `glossary-conflict`."""
    parsed = parse_toml(text, path)
    if parsed.value is None:
        return Checked(make_glossary(()), tuple(_explain(finding, text) for finding in parsed.diagnostics))
    reading = _Reading(path)
    for key, value in parsed.value.entries:
        if isinstance(value, Table) and key.text in _SECTIONS:
            for word, replacement in value.entries:
                reading.read_word(word, _SECTIONS[key.text], replacement)
        elif isinstance(value, Table):
            reading.read_entry(key, value)
        else:
            reading.read_word(key, TRADITIONAL, value)
    entries = []
    for source, said in reading.words.items():
        zh_cn = said.get("zh-CN")
        own = tuple(variant for variant, word in said.items() if word)
        entries.append(Entry(source, None if zh_cn == source else zh_cn, said.get("zh-TW"), said.get("zh-HK"), own=own))
    return Checked(make_glossary(entries), tuple(reading.found))


def find_words(glossary: Glossary, script: str, variant: str) -> dict[str, str]:
    """What each word of a glossary becomes between two different variants. A word that the glossary leaves to OpenCC
    becomes what OpenCC makes of it alone, so that its neighbours do not disturb it."""
    if script == "zh-CN":
        words = {entry.text: entry.word(variant) for entry in glossary.entries if entry.zh_cn is None}
        return _leave_to_opencc({word: said or "" for word, said in words.items()}, script, variant)
    direct = {
        entry.text: entry.word(variant) or ""
        for entry in glossary.entries
        if entry.zh_cn and entry.word(variant) is not None
    }
    return _find_reverse(glossary, script, variant) | _leave_to_opencc(direct, script, variant)


def written_by_site(glossary: Glossary, variant: str) -> frozenset[str]:
    """The words of a variant that a site's own glossary wrote, which no house style changes."""
    return frozenset(entry.word(variant) or "" for entry in glossary.entries if variant in entry.own)


def _leave_to_opencc(words: Mapping[str, str], script: str, variant: str) -> dict[str, str]:
    left = [word for word, said in words.items() if not said]
    return {**words, **_convert_words(left, script, variant)}


def _convert_words(words: list[str], script: str, variant: str) -> dict[str, str]:
    """Each word as OpenCC alone converts it."""
    if not words:
        return {}
    return dict(zip(words, convert_plain(find_chain(script, variant), "\n".join(words)).split("\n"), strict=True))


def _find_reverse(glossary: Glossary, script: str, variant: str) -> dict[str, str]:
    """The words of a Traditional script that come from exactly one Simplified word (or from several that are one word in
    the wanted variant), less those that OpenCC gets right."""
    entries = [entry for entry in glossary.entries if entry.zh_cn is None and script not in entry.one_way]
    sources = _leave_to_opencc({entry.text: entry.word(script) or "" for entry in entries}, "zh-CN", script)
    targets = {entry.text: entry.text for entry in entries}
    if variant != "zh-CN":
        targets = _leave_to_opencc({entry.text: entry.word(variant) or "" for entry in entries}, "zh-CN", variant)
    pairs = sorted({(sources[entry.text], targets[entry.text]) for entry in entries})
    choices = {word: [target for _, target in found] for word, found in groupby(pairs, key=lambda pair: pair[0])}
    words = {word: found[0] for word, found in choices.items() if len(found) == 1}
    # A word that OpenCC gets right is only needed where a shorter one would spoil it.
    alone = _convert_words(list(words), script, variant)
    needed = {word: target for word, target in words.items() if alone[word] != target}
    spoilt = Finder(needed)
    return needed | {
        word: target for word, target in words.items() if word not in needed and len(spoilt.split(word)) > 1
    }


def _override(known: Entry, entry: Entry) -> Entry:
    def pick(new: str | None, old: str | None) -> str | None:
        return old if new is None else new

    return replace(
        entry,
        zh_cn=pick(entry.zh_cn, known.zh_cn),
        zh_tw=pick(entry.zh_tw, known.zh_tw),
        zh_hk=pick(entry.zh_hk, known.zh_hk),
        one_way=entry.one_way or known.one_way,
        own=tuple(dict.fromkeys(known.own + entry.own)),
    )


def _read_table(text: str) -> Iterable[Entry]:
    """The entries of a shipped file: columns zh-CN, zh-TW, zh-HK, one-way; lines with `#` are remarks."""
    for line in text.splitlines():
        if line and not line.startswith("#"):
            cells = [cell.strip() for cell in line.split("\t")]
            word, zh_tw, zh_hk, one_way = (*cells, "", "", "")[:4]
            yield Entry(word, None, zh_tw, zh_hk, tuple(one_way.split()))


_SECTIONS = {"*": TRADITIONAL, "zh-TW": ("zh-TW",), "zh-HK": ("zh-HK",)}
_BARE_KEY = re.compile(rf"\s*[^\s\"'#=\[]*[{HAN}][^\"'=]*=")


class _Reading:
    """Collects what a glossary file says for each word and variant, and what is wrong with it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.words: dict[str, dict[str, str]] = {}
        self.found: list[Diagnostic] = []

    def read_entry(self, key: Scalar, said: Table) -> None:
        for variant, value in said.entries:
            if variant.text in ("zh-CN", *TRADITIONAL):
                self.read_word(key, (variant.text,), value)
            else:
                message = f"'{variant.text}' is not a variant that a word can be given for"
                hint = 'write "软件" = {zh-TW = "軟體", zh-HK = "軟件"}, or a heading [zh-TW] over lines such as "软件" = "軟體"'
                self._wrong("glossary-variant", message, variant, hint)

    def read_word(self, key: Scalar, variants: tuple[str, ...], value: Value) -> None:
        if not isinstance(value, Scalar) or value.plain:
            hint = f'put the word in quotes: "{key.text}" = "…"'
            self._wrong("glossary-value", f"'{key.text}' takes a word", value, hint)
        elif problem := _find_problem(key.text) or (value.text and _find_problem(value.text)):
            code = "glossary-key" if _find_problem(key.text) else "glossary-value"
            self._wrong(code, f"'{key.text}' = '{value.text}': {problem}", key, "a glossary is made of words")
        else:
            said = self.words.setdefault(key.text, {})
            for variant in variants:
                if said.setdefault(variant, value.text) != value.text:
                    message = f"'{key.text}' is '{said[variant]}' and '{value.text}' in {variant}"
                    self._wrong("glossary-conflict", message, key, "keep one of the two")

    def _wrong(self, code: str, message: str, value: Value, hint: str) -> None:
        self.found.append(error(code, message, Place(self.path, value.line, value.column), hint))


def _find_problem(word: str) -> str:
    if not word:
        return "a word is missing"
    if word != word.strip():
        return "it starts or ends with a space"
    if len(word) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    if not all(character.isprintable() for character in word):
        return "it holds a line break or a character that cannot be seen"
    return ""


def _explain(finding: Diagnostic, text: str) -> Diagnostic:
    lines = text.splitlines()
    number = finding.place.line if finding.place else 0
    if 0 < number <= len(lines) and _BARE_KEY.match(lines[number - 1]):
        return replace(finding, hint='put the word in quotes as well: "软件" = "軟體"')
    return finding
