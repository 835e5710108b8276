"""Texts that are withheld → where the output has them all the same.

A text is known again by stretches of its sentences, folded so that script, markup and punctuation make no difference. What
is said anywhere else in the sources for everybody to read proves nothing and is left out.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from builder.auditing.scripts import Scripts

#: How many characters of a sentence in Chinese, and of one in Latin letters, are taken for that sentence.
HAN, LATIN = 10, 30
#: How many of a short stretch are Han characters.
_MOSTLY = 7

_SENTENCE_END = re.compile(r"[。！？!?；;\n]|\.(?=\s)")
_LINK_TARGET = re.compile(r"\]\([^()\s]*(?:\s+[\"'][^\"']*[\"'])?\)|<[^<>]*>|\{[#.:][^{}]*\}|&[#\w]+;")
_NO_WORD = re.compile(r"[\W_]+")
_IDEOGRAPH = re.compile("[\u2e80-\U0003ffff]")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def find_withheld(
    texts: Mapping[str, str], public: Iterable[str], files: Iterable[tuple[str, str]], scripts: Scripts
) -> Iterator[tuple[str, str, str]]:
    """Where a withheld text shows: its name in `texts`, the file, and the stretch that was found, once a text and file.
    `public` are texts that may be read, `files` the paths and contents of the output."""
    keys: dict[str, str] = {}
    shown: dict[str, str] = {}
    for name, text in texts.items():
        for stretch in _stretches(text):
            keys.setdefault(_squeeze(stretch, scripts), name)
            shown.setdefault(_squeeze(stretch, scripts), stretch)
    for text in public:
        for key in _keys_in(_squeeze(_LINK_TARGET.sub("", text), scripts), keys):
            keys.pop(key, None)
    if not keys:
        return
    for path, content in files:
        content = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), html.unescape(html.unescape(content)))
        found: dict[str, str] = {}
        # Once for text that tags cut apart, once for what stands in the tags.
        for readable in (re.sub(r"<[^<>]*>", "", content), content):
            for key in _keys_in(_squeeze(readable, scripts), keys):
                found.setdefault(keys[key], shown[key])
        for name, stretch in found.items():
            yield name, path, stretch


def _stretches(text: str) -> Iterator[str]:
    """Overlapping stretches of the sentences of a Markdown text that are long enough to tell it from others: short ones where
    they are Chinese, longer ones where they are not."""
    for sentence in _SENTENCE_END.split(_LINK_TARGET.sub("", text)):
        words = _NO_WORD.sub("", sentence)
        short = [words[start : start + HAN] for start in _starts(len(words), HAN)]
        chinese = [stretch for stretch in short if len(_IDEOGRAPH.findall(stretch)) >= _MOSTLY]
        yield from chinese
        if len(chinese) < len(short):
            yield from (words[start : start + LATIN] for start in _starts(len(words), LATIN))


def _starts(length: int, size: int) -> list[int]:
    return sorted({*range(0, length - size + 1, size // 3), length - size}) if length >= size else []


def _squeeze(text: str, scripts: Scripts) -> str:
    """The letters, digits and Han characters of a text, folded."""
    return scripts.fold(_NO_WORD.sub("", text)).lower()


def _keys_in(text: str, keys: Mapping[str, str]) -> Iterator[str]:
    for size in (HAN, LATIN):
        # A set is looked through once, in C.
        yield from {text[start : start + size] for start in range(len(text) - size + 1)} & keys.keys()
