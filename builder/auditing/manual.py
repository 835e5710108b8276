"""Texts with manual conversion markup (`-{zh-cn:软件;zh-tw:軟體}-`) → what a variant is to read. A reading of its own of
what docs/variants.md promises, as far as titles, notices and sign-offs need it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_INNERMOST = re.compile(r"(?<!\\)-\{((?:(?!-\{|\}-).)*)\}-", re.DOTALL)
_CODE = re.compile(r"\s*(zh(?:-[a-z]{2,4})?)\s*:", re.IGNORECASE)
#: Whose text a variant takes, the nearest first.
_ORDER = {
    "zh-CN": ("zh-cn", "zh-hans", "zh-sg", "zh-my", "zh"),
    "zh-TW": ("zh-tw", "zh-hant", "zh-hk", "zh-mo", "zh"),
    "zh-HK": ("zh-hk", "zh-hant", "zh-mo", "zh-tw", "zh"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says in a variant. `words` are pairs that its rules make one word, `kept` what stands as it was written;
    `titles` are the titles that it gives its page."""

    text: str
    words: tuple[tuple[str, str], ...] = ()
    kept: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


def read_manual(text: str, variant: str) -> Said:
    """What a text says in a variant; without markup, the text itself."""
    if "-{" not in text:
        return Said(text)
    words: list[tuple[str, str]] = []
    kept: list[str] = []
    titles: list[str] = []

    def resolve(found: re.Match[str]) -> str:
        flags, bar, content = found[1].partition("|")
        if not bar or ":" in flags:
            flags, content = "", found[1]
        named = {flag.strip().upper() for flag in flags.split(";")}
        texts = _texts_in(content) if "R" not in named else {}
        chosen = next((texts[code] for code in _ORDER[variant] if code in texts), next(iter(texts.values()), content))
        if named & {"A", "H", "+"}:
            words.extend((chosen, other.rpartition("=>")[2]) for other in texts.values())
        if "T" in named:
            titles.append(chosen)
        if named & {"H", "T", "-"}:
            return ""
        kept.append(chosen)
        return chosen

    for _ in range(10):
        text, number = _INNERMOST.subn(resolve, text)
        if not number:
            break
    return Said(text, tuple(words), tuple(kept), tuple(titles))


def _texts_in(content: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    last = ""
    for part in content.split(";"):
        if code := _CODE.match(part):
            last = code[1].lower()
            texts[last] = part[code.end() :].strip()
        elif last and part.strip():
            texts[last] += ";" + part  # a semicolon in the text itself
    return texts
