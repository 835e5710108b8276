"""A scraped text → its blocks, in order, and what kind each is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from builder.authoring.importing.bylines import read_fact

Kind = Literal["prose", "short", "markup"]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list, table or piece of code. `gap` is the number of blank lines above it."""

    text: str
    gap: int
    kind: Kind

    @property
    def is_line(self) -> bool:
        """Whether it is one line of running text, as bylines and notices are."""
        return self.kind != "markup" and "\n" not in self.text


_FENCE = re.compile(r"[ \t　]*(?P<fence>`{3,}|~{3,})")
_LIST_ITEM = re.compile(r"[-*+•·●○■◆▪]\s+\S|\d{1,3}[.)]\s+\S")
_MARKUP = re.compile(r"#{1,6}(?:\s|$)|\||>|!\[[^\]]*\]\([^)]*\)$|</?[a-zA-Z]|\[\^[^\]]+\]:|[-*_](?:\s*[-*_]){2,}\s*$")
_NUMBERED = re.compile(
    r"(?:第?[一二三四五六七八九十百\d]{1,4}[、.．:：]|[（(][一二三四五六七八九十\d]{1,3}[)）]|[①-⑳])\s*\S"
)
_END = re.compile(r"[。！？!?…；;：:][”’」』）)】\]]*$|[.][\"')]?$")
_STOP = re.compile(r"[。！？；]|[.!?;](?=\s|$)")
_LONG = 40
#: Nothing to see, and nothing that a text says: zero-width spaces, soft hyphens, byte-order marks.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
_SPACES = str.maketrans("\u00a0\u2002\u2003\u2009\u202f\t\v\f", "        ")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
#: A line of such characters below a paragraph would make a heading of it.
_UNDERLINE = re.compile(r"(?:=+|-+)\s*")
_VERSE_LINE = 20


def read_blocks(text: str) -> tuple[Block, ...]:
    r"""The blocks of a text whose line ends are `\n`. Paragraphs are set off by blank lines, or by line ends where the lines end
    as sentences do. Spaces at the ends of lines and indents go, but not those of code."""
    blocks: list[Block] = []
    lines: list[str] = []
    gap = next_gap = 0
    fence = ""
    for raw in _UNPRINTABLE.sub("", text.translate(_INVISIBLE)).split("\n"):
        if fence:
            lines.append(raw.rstrip())
            if raw.strip().startswith(fence) and not raw.strip().strip(fence[0]):
                blocks.append(Block("\n".join(lines), gap, "markup"))
                lines, fence, next_gap = [], "", 0
            continue
        line = raw.translate(_SPACES).strip(" 　")
        opened = _FENCE.match(raw)
        if (not line or opened) and lines:
            blocks += _cut(lines, gap)
            lines, next_gap = [], 0
        if opened:
            fence, gap, lines = opened["fence"], next_gap, [raw.strip()]
        elif not line:
            next_gap += 1
        else:
            gap = gap if lines else next_gap
            # Lists keep their indents: these say what belongs to what.
            lines.append(
                raw.translate(_SPACES).rstrip() if _LIST_ITEM.match(line) or (lines and raw.startswith("  ")) else line
            )
    if lines:
        blocks += [Block("\n".join(lines), gap, "markup")] if fence else _cut(lines, gap)
    return tuple(blocks)


def kind_of(text: str) -> Kind:
    """`markup` for what Markdown sets apart and for numbered items; `prose` for sentences; `short` for lines without a stop:
    titles, salutations, verse, products, captions."""
    if _MARKUP.match(text) or _LIST_ITEM.match(text.lstrip()) or _NUMBERED.match(text):
        return "markup"
    if _STOP.search(text) or (len(text) >= _LONG and re.search("[，,、]", text)):
        return "prose"
    return "short"


def _cut(lines: list[str], gap: int) -> list[Block]:
    """The blocks of lines that no blank line parts."""
    if kind_of(lines[0]) == "markup" and not _NUMBERED.match(lines[0]):
        return [Block("\n".join(lines), gap, "markup")]
    groups: list[list[str]] = []
    ends = sum(bool(_END.search(line)) for line in lines[:-1])
    # Lines that end as sentences are paragraphs; else the text was broken at a width, and flows.
    are_paragraphs = ends * 2 >= len(lines) - 1
    apart = True
    for line in lines:
        alone = read_fact(line) is not None or kind_of(line) == "markup"
        if apart or alone or are_paragraphs or not groups:
            groups.append([line])
        else:
            groups[-1].append(line)
        apart = alone
    return [_block(group, gap if number == 0 else 0) for number, group in enumerate(groups)]


def _block(lines: list[str], gap: int) -> Block:
    if len(lines) > 2 and all(len(line) <= _VERSE_LINE and not _STOP.search(line) for line in lines):
        return Block("\\\n".join(lines), gap, "short")  # verse keeps its lines
    lines = ["\\" + line if number and _UNDERLINE.fullmatch(line) else line for number, line in enumerate(lines)]
    text = "\n".join(lines)
    return Block(text, gap, kind_of(text))
