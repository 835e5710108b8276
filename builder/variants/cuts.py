"""Where a place in a text is after the text was converted: for runs that were joined, and are cut again where markup was."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from builder.variants.engine import run_chain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.variants.engine import Chain

#: Stands at a cut in a text that is converted a second time. No dictionary has it.
CUT = "\ue001"


def move_cuts(
    cuts: Sequence[int], spans: Sequence[tuple[int, int]], words: Sequence[str], *, share: bool
) -> Sequence[int]:
    """Where `cuts` are after conversion, when only what stood in `spans` changed its length: it is now `words`."""
    # Where such a word starts and ends, and its length afterwards.
    changed = [
        (start, end, length)
        for (start, end), length in zip(spans, map(len, words), strict=True)
        if end - start != length
    ]
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


def search_cuts(cuts: Sequence[int], parts: Sequence[str], out: list[str], chain: Chain, *, share: bool) -> list[int]:
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
    with_cuts = run_chain(chain, CUT.join(text[a:b] for a, b in pairwise((0, *cuts, len(text)))))
    pieces = with_cuts.split(CUT)
    if "".join(pieces) == converted:
        return list(accumulate(map(len, pieces[:-1])))
    clauses, converted_clauses = [text], [converted]
    for ends in _CLAUSE_ENDS:
        short = ends.split(text)
        converted_short = run_chain(chain, CUT.join(short)).split(CUT)
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
    left, right = run_chain(chain, f"{clause[:cut]}{CUT}{clause[cut:]}").split(CUT)
    if len(left) + len(right) == len(converted):
        return len(left)
    # What follows the word across the cut is the same as without the part before the cut.
    same = 0
    while same < min(len(right), len(converted)) and right[-1 - same] == converted[-1 - same]:
        same += 1
    return len(converted) - same
