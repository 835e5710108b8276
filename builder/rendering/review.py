"""A text in all variants side by side, with what converted it and the places that an editor should look at: what dictionaries
cannot know. A help for people: nothing that is published depends on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, partial
from html import escape, unescape
from typing import TYPE_CHECKING, Literal

from builder.config import default_config
from builder.content.front_matter import parse_source
from builder.diagnostics import Checked, Place, warning
from builder.markup.manual import Manual, mark_manual, plain_manual, resolve_manual
from builder.markup.render import render
from builder.names import VARIANT_TAGS
from builder.rendering.articles import converter_for, render_body
from builder.variants.converter import NO_RULES, Piece, Rules, make_rules
from builder.variants.engine import mark_undecided, run_chain
from builder.variants.manual import convert_manual, convert_text, has_manual, show_source
from builder.variants.quotes import HAN
from builder.variants.words import load_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from builder.content.discover import SourceFile
    from builder.content.models import Article
    from builder.diagnostics import Diagnostic
    from builder.rendering.articles import RenderSettings
    from builder.variants.converter import Converter
    from builder.variants.glossary import Glossary

Kind = Literal["character", "name", "word"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A place to look at: `position` counts the characters of the text before it."""

    kind: Kind
    text: str
    position: int
    note: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A text in every variant, by tag. `part` says what it is of a source ("title", "paragraph"), `place` where it stands there.
    `pieces` are the source as each variant's rules and words cut it; joined, their targets are the text, unless markup
    changed more than they tell."""

    source: str
    texts: Mapping[str, str]
    pieces: Mapping[str, tuple[Piece, ...]]
    review: tuple[Finding, ...]
    part: str = ""
    place: Place | None = None

    def as_record(self) -> dict[str, object]:
        """What `--format json` prints."""
        places = {"part": self.part, "line": self.place.line} if self.place else {}
        review = [
            {"kind": found.kind, "text": found.text, "position": found.position, "note": found.note}
            for found in self.review
        ]
        return {**self.texts, "review": review, **places}


def compare_text(text: str, script: str, settings: RenderSettings) -> Comparison:
    """A text of no source, which may hold manual markup."""
    comparing = _Comparing(script, settings)
    return comparing.compare(text, {tag: convert_text(text, comparing.converters[tag]) for tag in VARIANT_TAGS})


def compare_source(source: SourceFile, settings: RenderSettings) -> Checked[tuple[Comparison, ...]]:
    """The texts of a source, its own words applied: title, summary, the cover's text, and its body and comment by blocks. All
    of them, whatever the mode of the article publishes."""
    parsed = parse_source(source, settings.source)
    if parsed.value is None:
        return Checked((), parsed.diagnostics)
    article = parsed.value
    body = render_body(article, settings.markup)
    comment = render(article.comment, settings.markup, path=article.path, script=article.script)
    comparing = _Comparing(article.script, settings, article)
    compared = []
    for part, text in (("title", body.value.title), ("summary", article.summary)):
        if text:
            texts = {tag: convert_text(text, comparing.converters[tag], comparing.rules[tag]) for tag in VARIANT_TAGS}
            compared.append(comparing.compare(text, texts, part, article.place(part)))
    if article.cover and article.cover.alt:
        alt = article.cover.alt
        texts = {tag: convert_text(alt, comparing.converters[tag], comparing.rules[tag]) for tag in VARIANT_TAGS}
        compared.append(comparing.compare(alt, texts, "cover", article.place("cover")))
    places = _Places(source.text, article.path)
    places.go_to(article.body_line)
    compared += comparing.compare_html(body.value.html, "body", places.find)
    compared += comparing.compare_html(comment.value.html, "comment", lambda _: article.place("comment"))
    return Checked(tuple(compared), parsed.diagnostics)


def review_source(source: SourceFile, settings: RenderSettings) -> tuple[Diagnostic, ...]:
    """The places of a source to look at, as warnings."""
    found = []
    for compared in compare_source(source, settings).value:
        for finding in compared.review:
            place = compared.place or Place(source.path)
            before = compared.source[max(0, finding.position - 6) : finding.position]
            after = compared.source[finding.position + len(finding.text) :][:6]
            message = f"'{finding.text}' in '{before}{finding.text}{after}': {finding.note}"
            found.append(_warn(finding, message, place))
    return tuple(found)


def _warn(finding: Finding, message: str, place: Place) -> Diagnostic:
    if finding.kind == "character":
        hint = "if it is wrong, write the word under `convert` in the front matter, or into content/glossary.toml"
        return warning("variant-character", message, place, hint)
    if finding.kind == "name":
        hint = "if it is a name, write it under `convert` or `keep` in the front matter"
        return warning("variant-name", message, place, hint)
    hint = "if another word is usual there, write it into content/glossary.toml; else the word as it is"
    return warning("variant-word", message, place, hint)


class _Comparing:
    """The conversions of one source or text into all variants."""

    def __init__(self, script: str, settings: RenderSettings, article: Article | None = None) -> None:
        self.script = script
        self.glossary = settings.glossary
        self.shown: set[str] = set()  # words that were found before
        known = {variant.tag: variant for variant in (*default_config("").variants, *settings.variants)}
        self.converters: dict[str, Converter] = {
            tag: converter_for(script, known[tag], settings) for tag in VARIANT_TAGS
        }
        own = (article.overrides, article.keep) if article else ((), ())
        self.rules: dict[str, Rules] = {
            tag: make_rules(*own, tag) if tag != script else NO_RULES for tag in VARIANT_TAGS
        }

    def compare(
        self, text: str, texts: Mapping[str, str], part: str = "", place: Place | None = None, marked: str = ""
    ) -> Comparison:
        """`text` and what the variants say. `marked` is HTML whose markup tells more rules; a text has its own."""
        marked = marked or (mark_manual(text, escape) if "-{" in text else "")
        source = unescape(show_source(marked, self.script)) if marked and "-{" in text else text
        pieces = {}
        for tag in VARIANT_TAGS:
            rules = _with_markup(self.rules[tag], marked, tag, self.script) if marked else self.rules[tag]
            pieces[tag] = self.converters[tag].pieces(source, rules)
        return Comparison(source, texts, pieces, self._review(source, pieces), part, place)

    def compare_html(self, html: str, part: str, find: Callable[[str], Place]) -> Iterator[Comparison]:
        """The blocks of a body."""
        if has_manual(html):
            shown = {tag: convert_manual(html, self.converters[tag], self.rules[tag]).html for tag in VARIANT_TAGS}
            source = show_source(html, self.script)
        else:
            shown = {tag: self.converters[tag].html(html, self.rules[tag]) for tag in VARIANT_TAGS}
            source = html
        blocks = {tag: _blocks(shown[tag]) for tag in VARIANT_TAGS}
        for number, (name, text) in enumerate(_blocks(source)):
            texts = {tag: blocks[tag][number][1] if number < len(blocks[tag]) else "" for tag in VARIANT_TAGS}
            if text or any(texts.values()):
                marked = html if has_manual(html) else ""
                yield self.compare(text, texts, f"{part}: {name}" if name else part, find(text), marked)

    def _review(self, text: str, pieces: Mapping[str, Sequence[Piece]]) -> tuple[Finding, ...]:
        found: list[Finding] = []
        if self.script == "zh-CN":
            names = list(_find_names(text, pieces["zh-TW"]))
            taken = {found.position for found in names}
            found += names
            found += [one for one in _find_characters(text, pieces["zh-TW"]) if one.position not in taken]
            for one in _find_words(text, pieces["zh-TW"], self.glossary):
                # Once for a source: what is right for it there is right for it everywhere.
                if one.text not in self.shown:
                    self.shown.add(one.text)
                    found.append(one)
        return tuple(sorted(found, key=lambda one: (one.position, one.kind)))


#: Simplified characters that stand for several Traditional ones, where either is common and none can be taken for granted.
#: From OpenCC's STCharacters (Apache License 2.0), less those whose first form is nearly always right by itself: 胜 is 胜 in a
#: peptide alone, and words such as 收获, 老板 and 综合症 are in the dictionaries.
_AMBIGUOUS = """
丑醜丑 仆僕仆 借借藉 克克剋 准準准 几幾几 冲衝沖 制制製 刮刮颳 划劃划 卜卜蔔 卷卷捲 历歷曆
台臺檯颱 吁籲吁 周周週 咸鹹咸 困困睏 坛壇罈 复復複覆 姜姜薑 干幹乾干 并並併 征徵征 御御禦
念念唸 愈愈癒 扎扎紮 托托託 折折摺 斗鬥斗 曲曲麴 朴樸朴 杆杆桿 栗栗慄 梁梁樑 欲欲慾 汇匯彙
沈沈瀋 淀澱淀 游遊游 炼煉鍊 种種种 筑築筑 签簽籤 系系係繫 纤纖縴 胡胡鬍 脏髒臟 舍舍捨
苏蘇甦 范範范 荡蕩盪 蒙蒙矇濛 表表錶 谷谷穀 辟闢辟 采採采 钟鐘鍾 面面麵 须須鬚 饥飢饑 余餘余
岳岳嶽 郁鬱郁 松松鬆 尸屍尸 咽咽嚥
"""
AMBIGUOUS = {entry[0]: entry[1:] for entry in _AMBIGUOUS.split()}

_COUNT = "0-9０-９一二三四五六七八九十百千万亿两几数半这那哪每各某多第"
#: What stands around such a character where it is certainly what it is alone.
_CERTAIN = {
    "几": f"几(?=[{HAN}])",
    "并": f"(?<![{HAN}])并(?![入到购轨为成网])",  # begins a clause: 並
    "借": "借(?=[自给了来出入到用过])",
    "表": "(?<![块只支戴买修腕怀名秒手])表",
} | {character: f"(?<=[{_COUNT}]){character}|(?<=[{_COUNT}] ){character}" for character in "种卷克台"}
_IS_CERTAIN = {character: re.compile(pattern) for character, pattern in _CERTAIN.items()}

#: Surnames that conversion takes for other words, and what they are as names; and what stands around a name in the news.
SURNAMES = dict(zip("余范于涂党郁岳钟游沈姜谷卜曲秋种", "余范于涂党郁岳鍾游沈姜谷卜曲秋种", strict=True))
#: How often a word of everyday language occurs at least, as what it costs (`builder.variants.words`).
_EVERYDAY = 45
_TITLES = (
    "总裁 经理 教授 博士 院士 记者 作者 编辑 编译 导演 主任 官员 学者 专家 队长 总监",
    "董事长 创始人 研究员 发言人 负责人 科学家 工程师 分析师 执行官 理事长 秘书长 首席官",
)
_SPEAKS = "说 表示 称 认为 指出 告诉 介绍 透露 宣布 坦言 强调 回应 撰文 博士 教授 先生 女士 院士 团队"
_SURNAME = re.compile(
    f"(?:(?<![{HAN}0-9])(?<![0-9] )|" + "|".join(f"(?<={titles.replace(' ', '|')})" for titles in _TITLES) + ")"
    f"(?P<name>[{''.join(SURNAMES)}](?![是于在的了有和为])[{HAN}]{{1,2}}?)(?={_SPEAKS.replace(' ', '|')}|[^{HAN}]|$)"
)

_MARK = "\ue100"
_BLOCK = re.compile(
    r"<(/?)(address|article|aside|blockquote|caption|d[dlt]|details|div|fig(?:caption|ure)|h[1-6]|hr|li|[ou]l|p|pre|section"
    r"|summary|t(?:able|body|d|foot|h|head|r)|br)\b[^>]*>"
)
_NAMES = {
    "p": "paragraph",
    "li": "list",
    "td": "table",
    "th": "table",
    "blockquote": "quotation",
    "dt": "list",
    "dd": "list",
}
_NAMES |= {f"h{level}": "heading" for level in range(1, 7)} | {"caption": "caption", "figcaption": "caption"}
_CODE = re.compile(r"<pre\b.*?</pre>|<(?:script|style)\b.*?</(?:script|style)>|<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def _blocks(html: str) -> list[tuple[str, str]]:
    """The plain texts of HTML between two tags of blocks, with what they are; empty ones too, so that two variants of one text
    have as many."""
    blocks, name, done = [], "", 0
    html = _CODE.sub("", html)
    for tag in _BLOCK.finditer(html):
        blocks.append((_NAMES.get(name, ""), _plain(html[done : tag.start()])))
        name, done = "" if tag[1] else tag[2], tag.end()
    return [*blocks, ("", _plain(html[done:]))]


def _plain(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", html)).split())


def _with_markup(rules: Rules, marked: str, tag: str, script: str) -> Rules:
    """The rules with every text that the markup of a text gives, wherever: to say what was kept, not to convert by."""
    words = dict(rules.words)

    def collect(manual: Manual) -> str:
        words.update(manual.words(tag, partial(plain_manual, variant=tag)))
        own, said = manual.show(script).text, manual.show(tag)
        if own and said.text and not said.script:
            words[plain_manual(own, script)] = plain_manual(said.text, tag)
        return ""

    resolve_manual(marked, collect)
    words.pop("", None)
    return Rules(tuple(sorted(words.items())))


def _converted_by_opencc(pieces: Sequence[Piece]) -> list[bool]:
    """For each character of the source, whether nothing but OpenCC converted it."""
    return [not piece.origin for piece in pieces for _ in piece.source]


def _find_characters(text: str, pieces: Sequence[Piece]) -> Iterator[Finding]:
    taken = "".join(piece.source if not piece.origin else "\ue000" * len(piece.source) for piece in pieces)
    marked = mark_undecided("".join(AMBIGUOUS), _MARK)(_clean(taken))
    position = 0
    for number, chunk in enumerate(marked.split(_MARK)):
        if number:
            character = text[position]
            if not _is_decided(text, position):
                note = f"one of {' '.join(AMBIGUOUS[character])}, and no phrase decides which"
                yield Finding("character", character, position, note)
        position += len(chunk)


def _is_decided(text: str, place: int) -> bool:
    """Whether what stands around a character says what it is, though no phrase does."""
    pattern = _IS_CERTAIN.get(text[place])
    return bool((pattern and pattern.match(text, place)) or load_words().rule(text, place))


def _find_names(text: str, pieces: Sequence[Piece]) -> Iterator[Finding]:
    """What looks like a name, is no other word, and was not taken for a name."""
    free, words = _converted_by_opencc(pieces), load_words()
    for found in _SURNAME.finditer(text):
        name, start = found["name"], found.start("name")
        if free[start] and name not in words.costs and _target(pieces, start) != SURNAMES[name[0]]:
            yield Finding("name", name, start, f"if this is a name, {name[0]} is a surname")


def _target(pieces: Sequence[Piece], place: int) -> str:
    """What became of a character that OpenCC converted."""
    for piece in pieces:
        if place < len(piece.source):
            return piece.target[place : place + 1]
        place -= len(piece.source)
    return ""


def _find_words(text: str, pieces: Sequence[Piece], glossary: Glossary) -> Iterator[Finding]:
    """Words that OpenCC's table of Taiwan's words changes and our glossary says nothing of."""
    plain = _clean(text)
    usual, regional = run_chain(("s2tw",), plain), run_chain(("s2twp",), plain)
    if usual == regional or len(usual) != len(plain):
        return
    free, done = _converted_by_opencc(pieces), 0
    for kind, start, end, _, _ in SequenceMatcher(None, usual, regional, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        # Where something is put in, the word ends or begins.
        places = [start - 1, start] if kind == "insert" else range(start, end)
        words = [word for place in places if done <= place < len(plain) and (word := _changed_word(plain, place))]
        if kind == "insert":
            words = sorted(words, key=lambda word: word[1] - word[0])[:1]
        for first, last, said in words:
            found = text[first:last]
            if first >= done and all(free[first:last]) and not _is_everyday(found, glossary):
                note = f"OpenCC has '{said}' for it in Taiwan, the glossary has nothing"
                yield Finding("word", found, first, note)
            done = max(done, last)


@cache
def _is_everyday(word: str, glossary: Glossary) -> bool:
    """Whether a word is one of everyday language, which the glossary has in the longer words where it says something else: 支持
    in 技术支持."""
    cost = load_words().costs.get(word)
    return cost is not None and cost <= _EVERYDAY and any(word in entry.text for entry in glossary.entries)


def _changed_word(text: str, position: int) -> tuple[int, int, str] | None:
    """The shortest part of a text around a place that the table of words changes by itself, and what to."""
    for length in range(1, 9):
        for first in range(max(0, position - length + 1), min(position, len(text) - length) + 1):
            said = _regional(text[first : first + length])
            if said:
                return first, first + length, said
    return None


@cache
def _regional(word: str) -> str:
    said = run_chain(("s2twp",), word)
    return said if said != run_chain(("s2tw",), word) else ""


def _clean(text: str) -> str:
    """What OpenCC can take, of the same length."""
    return re.sub(f"[\0{_MARK}\ud800-\udfff]", "\ue000", text)


class _Places:
    """Where the blocks of a body are in its file, found by their words: a block that is not there as it is has the place of the
    one before."""

    def __init__(self, text: str, path: str) -> None:
        self._text, self._path = text, path
        self._done = 0

    def go_to(self, line: int) -> None:
        for _ in range(line - 1):
            self._done = self._text.find("\n", self._done) + 1

    def find(self, block: str) -> Place:
        for words in (block[:24], block[:8], *re.findall(rf"[{HAN}]{{4,8}}", block)[:4], block[:3]):
            found = self._text.find(words, self._done) if words else -1
            if found >= 0:
                self._done = found
                break
        line = self._text.count("\n", 0, self._done) + 1
        return Place(self._path, line, self._done - self._text.rfind("\n", 0, self._done))
