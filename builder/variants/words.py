"""Simplified text → Traditional text in OpenCC's own standard, with the characters of the words that really stand there.

OpenCC takes the longest phrase from the left, wherever words end: 粉丝|发布 becomes 粉絲髮布 because of its phrase 丝发. Here
its choices between several characters are looked over. Where the words around a character do not agree with what OpenCC
chose, the most probable words of its surroundings decide; names, numbers and foreign syllables have rules of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from builder.variants.engine import run_chain
from builder.variants.names import SURNAMES, is_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.variants.engine import Chain

#: Simplified characters that stand for several Traditional ones.
CHOICES = (
    "万丑个丰了于云仆仇价伙余佣借克党冢冬冲准几凶出划别刮制千升占卷历厘参发只台叶叹吁合吊同后向周咨咸咽哄哗回团困坐坛"
    "复夫夸奸姜娘宁家尝尸尽局岩岳巨布帘席干并幸广弥弦当录彩征径御志念恶愈戚才扎托扣折抵拐挨挽据搜摆斗旋昆暗曲术朱朴"
    "杆杠杯松板极柜核梁欲毁汇沈沾泛注涂淀游溪炼烟熏秋种私秘穗筑签系纤胄背胜胡脏致舍苏药获荐范荡蒙藤虫蜡表谷象赞辟迹适"
    "郁采里针钟铲链锤雕面须饥"
)

#: Where OpenCC's choice for a character that stands alone is the rarer one in print.
_ALONE = {"嶽": "岳", "鬱": "郁", "樸": "朴", "巖": "岩", "鍾": "鐘", "籤": "簽"}

#: Where OpenCC takes the usual character, it is rarely wrong, but for these: words that want another one begin or end with
#: them, and phrases reach into these words (参与|制造 has 与制).
_REACHED_INTO = frozenset("了台并制针周于面只回斗里党干范升征系余布游伙烟泛尽借朴叹迹钟扣岩搜弥涂郁签岳复谷")

_SEPARATOR = "\ue000"
_HAN = "\u3400-\u9fff"


def convert_plain(chain: Chain, text: str) -> str:
    """`text` through a chain, by words where it starts from Simplified and no configuration of the site's takes its place."""
    if chain[:1] == ("s2t",) and len(chain) > 1:
        return run_chain(chain[1:], to_traditional(text))
    return run_chain(chain, text)


@lru_cache(maxsize=4)  # the texts of a batch, which its other variants ask for again
def to_traditional(text: str) -> str:
    """`text` in Traditional characters, one for each. It must hold no NUL and no lone surrogate."""
    traditional = run_chain(("s2t",), text)
    return load_words().look_over(text, traditional) if len(traditional) == len(text) else traditional


@dataclass(frozen=True, slots=True)
class Words:
    """`costs` of words, in quarters of -ln of their probability. `before` and `after`: what a Simplified character becomes in
    the words where it has a certain neighbour, by the two characters. `usual`: what it is alone. `in_question` finds the
    Traditional characters to look at."""

    in_question: re.Pattern[str]
    costs: Mapping[str, int]
    before: Mapping[str, str]
    after: Mapping[str, str]
    usual: Mapping[str, str]

    def look_over(self, text: str, traditional: str) -> str:
        """What OpenCC made of `text`, character by character, with better choices."""
        get_before, get_after, get_usual, costs = self.before.get, self.after.get, self.usual.get, self.costs
        parts: list[str] = []
        done = 0
        for match in self.in_question.finditer(traditional):
            place = match.start()
            character, chosen = text[place], traditional[place]
            usual = get_usual(character)
            after = get_after(text[place : place + 2], "")
            # By far the most are what they usually are, and the word that begins there says so.
            if usual is None or after == chosen == usual:
                continue
            better = self.rule(text, place) if character in _RULED else ""
            if not better:
                before = get_before(text[place - 1 : place + 1], "") if place else ""
                if before == chosen and (after == chosen or (usual == chosen and not after)):
                    continue
                if chosen in before or chosen in after:
                    # Words on one side alone say so; where the other side may belong to another word, all is looked at.
                    if not (before and after) and (
                        chosen == usual
                        or (before and text[max(place - 2, 0) : place] not in costs)
                        or (after and text[place + 1 : place + 3] not in costs)
                    ):
                        continue
                elif not before and not after and chosen not in _ALONE:
                    joined = text[max(place - 2, 0) : place] in costs or text[place + 1 : place + 3] in costs
                    if chosen == usual or not joined:
                        continue
                better = self.decide(text, place)
            if better != chosen:
                parts += (traditional[done:place], better)
                done = place + 1
        return "".join([*parts, traditional[done:]]) if parts else traditional

    def rule(self, text: str, place: int) -> str:
        """What the rules for a character say it is at `place`, or ""."""
        character = text[place]
        for pattern, ruled in _RULES.get(character, ()):
            if pattern.match(text, place):
                return ruled
        return SURNAMES[character] if character in SURNAMES and is_name(text, place, self.costs) else ""

    def decide(self, text: str, place: int) -> str:
        """The Traditional character at `place`, by the most probable words around it."""
        start = place
        while start and place - start < 6 and _is_han(text[start - 1]):
            start -= 1
        end = place + 1
        while end < len(text) and end - place < 7 and _is_han(text[end]):
            end += 1
        around, place = text[start:end], place - start
        ends = self.split(around)
        word = alone = 0  # where the word begins, and where the single characters before it do
        while ends[word] <= place:
            if ends[word] - word > 1:
                alone = ends[word]
            word = ends[word]
        last = ends[word]
        if last - word > 1:
            return run_chain(("s2t",), around[word:last])[place - word]
        while last < len(around) and ends[last] == last + 1:
            last += 1
        character = run_chain(("s2t",), around[alone:last])[place - alone]
        return _ALONE.get(character, character)

    def split(self, text: str, *, whole: bool = True) -> list[int]:
        """Where the word that starts at each place ends, on the cheapest way from there to the end. Unless `whole`, the text
        itself counts as no word."""
        costs, length = self.costs, len(text)
        cheapest, ends = [0] * (length + 1), [0] * length
        for start in range(length - 1, -1, -1):
            best, end = costs.get(text[start], UNKNOWN) + cheapest[start + 1], start + 1
            for stop in range(start + 2, min(length, start + _LONGEST) + 1):
                cost = costs.get(text[start:stop]) if whole or stop - start < length else None
                if cost is not None and cost + cheapest[stop] < best:
                    best, end = cost + cheapest[stop], stop
            cheapest[start], ends[start] = best, end
        return ends


#: The cost of a character that is not even a word.
UNKNOWN = 72
_LONGEST = 7
_FAR_RARER = 20


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


@cache
def load_words() -> Words:
    from importlib.resources import files

    costs: dict[str, int] = {}
    for line in files(__package__).joinpath("words.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            cost, words = line.split("\t")
            costs.update(dict.fromkeys(words.split(" "), int(cost)))
    usual = dict(zip(CHOICES, run_chain(("s2t",), _SEPARATOR.join(CHOICES)).split(_SEPARATOR), strict=True))
    choices = set(CHOICES)
    found = [word for word in costs if len(word) > 1 and not choices.isdisjoint(word)]
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    first: dict[str, int] = {}  # what the most frequent word with a pair costs
    characters = {usual[character] for character in _REACHED_INTO}
    for word, traditional in zip(found, run_chain(("s2t",), "\n".join(found)).split("\n"), strict=True):
        price = costs[word]
        for place, simplified in enumerate(word):
            if simplified not in usual:
                continue
            character = traditional[place]
            if character != usual[simplified]:
                characters.add(character)
            # The file has the most frequent words first; what only far rarer ones say is left out.
            for table, pair in ((before, word[place - 1 : place + 1]), (after, word[place : place + 2])):
                said = table.get(pair, "")
                if len(pair) > 1 and character not in said and price <= first.setdefault(pair, price) + _FAR_RARER:
                    table[pair] = said + character
    # A pattern that begins with a set is searched for six times as fast as one that has sets among several branches.
    in_question = (
        f"[{''.join(sorted(characters - {'了'}))}了黨]"
        f"(?:(?<![了黨])|(?<=了)(?=解)|(?<=黨)(?:(?<![{_HAN}]黨)|(?<=[長員師家者手士任理記]黨)))"
    )
    return Words(re.compile(in_question), costs, before, after, usual)


_NUMBER = "0-9０-９一二三四五六七八九十百千万亿两几数半"
#: What follows 只 where it means "only".
_ONLY = "能有要是会需可想为用好见顾剩怕管求限让供因差占收在做得须不"
#: What stands before or after a character and says what it is.
_RULES = {
    "只": ((re.compile(f"(?:(?<=[{_NUMBER}这那每哪首])|(?<=[{_NUMBER}][多余来]))只(?![{_ONLY}])"), "隻"),),
    "里": (
        (re.compile(f"(?<=[{_NUMBER}])里(?=[路外地长之多远])"), "里"),
        (re.compile("里(?=[斯尔姆奥兹诺茨昂芬维森亚夫]|克(?![服制隆])|约(?=热|翰))"), "里"),
    ),
    "周": ((re.compile("(?<=[0-9０-９])周(?![岁年])"), "週"),),
    "系": ((re.compile("(?<![联关体派星语院嫡直维谱世])系(?=[其因])|(?<=[均皆确])系"), "係"),),
}
_RULED = frozenset(_RULES) | frozenset(SURNAMES)
