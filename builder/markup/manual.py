"""The manual markup of MediaWiki's LanguageConverter, `-{zh-cn:软件;zh-tw:軟體}-`: its syntax, which of its texts a variant
shows, and the elements that it is between Markdown and conversion.

The rules are those of https://www.mediawiki.org/wiki/Writing_systems/Syntax, but for three places where MediaWiki shows an
error or nothing: a variant that no text is given for has another one converted, `zh` is for whatever variant is not named,
and a text may be empty.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Markup inside markup inside …: what lies deeper is text.
DEEPEST = 10

#: Where a variant finds its text, in order.
FALLBACKS = {
    "zh-CN": ("zh-cn", "zh-hans", "zh-sg", "zh-my", "zh"),
    "zh-TW": ("zh-tw", "zh-hant", "zh-hk", "zh-mo", "zh"),
    "zh-HK": ("zh-hk", "zh-hant", "zh-mo", "zh-tw", "zh"),
}
#: The script that a text given for a variant is written in, where we tell them apart ("zh" is as the text around).
_SCRIPTS = {
    **dict.fromkeys(("zh-cn", "zh-hans", "zh-sg", "zh-my"), "zh-CN"),
    **dict.fromkeys(("zh-tw", "zh-hant"), "zh-TW"),
    **dict.fromkeys(("zh-hk", "zh-mo"), "zh-HK"),
}
_NAMES = {
    "zh": "原文",
    "zh-hans": "简体",
    "zh-hant": "繁體",
    "zh-cn": "大陆简体",
    "zh-tw": "臺灣正體",
    "zh-hk": "香港繁體",
    "zh-mo": "澳門繁體",
    "zh-my": "大马简体",
    "zh-sg": "新加坡简体",
}
_FLAGS = frozenset("ATRDHN-")
_CODE = r"zh(?:-(?:hans|hant|cn|tw|hk|mo|my|sg))?"
_SEPARATOR = re.compile(rf";\s*+(?=(?:{_CODE}|[^;]*?=>\s*{_CODE})\s*:|$)", re.IGNORECASE)

#: What may be in the way of the two marks: escapes, code and tags in Markdown, character references anywhere.
_STEP_IN_MARKDOWN = re.compile(
    r"\\[!-/:-@\[-`{-~]|(?P<code>`+)|<[A-Za-z/!?][^<>]*>|&#?\w+;|(?P<open>-\{)|(?P<close>\}-)"
)
_STEP = re.compile(r"&#?\w+;|(?P<open>-\{)|(?P<close>\}-)")

_TAG = re.compile(r"<[^>]*>")
_ELEMENT = re.compile(r'<(/?)wz-(rule|text)((?: [a-z-]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Shown:
    """What markup shows in a variant. `script` is "" for a text to print as it is, "source" for one to convert like the text
    around it, else the tag of the variant that it is written in."""

    text: str
    script: str = ""


@dataclass(frozen=True, slots=True)
class Manual:
    """One piece of markup. `texts` are by lower-case code of the variant; without any it is no rule, and `content` is all of
    it. `one_way` holds (word, code, replacement). What these texts are (Markdown, HTML, plain) depends on who read them;
    they may hold further markup. `line` and `column` are 0 where nobody asks."""

    flags: frozenset[str]
    content: str
    texts: tuple[tuple[str, str], ...] = ()
    one_way: tuple[tuple[str, str, str], ...] = ()
    line: int = 0
    column: int = 0

    @property
    def adds(self) -> bool:
        """Whether it is a rule from here on."""
        return "+" in self.flags and (self._has_rules or bool(self.content))

    @property
    def removes(self) -> bool:
        """Whether it takes a rule back."""
        return "-" in self.flags

    @property
    def titles(self) -> bool:
        """Whether it is about the title of the page."""
        return "T" in self.flags

    def show(self, variant: str) -> Shown:
        """What it shows at its place."""
        if self.flags & _SCRIPTS.keys() or "zh" in self.flags:
            return Shown(self.content, "source" if _first(FALLBACKS[variant], self.flags) else "")
        if "N" in self.flags:
            return Shown(_NAMES.get(self.content.strip().lower(), ""))
        if "R" in self.flags:
            return Shown(self.content)
        if "D" in self.flags and self._has_rules:
            return Shown(self._describe())
        if self.flags & {"H", "-"} or (self.titles and "S" not in self.flags):
            return Shown("")
        return self.choose(variant)

    def choose(self, variant: str) -> Shown:
        """The text for a variant: its own or, by the fallbacks, another's; one of another script is to be converted."""
        if not self._has_rules:
            return Shown(self.content)
        texts = dict(self.texts)
        code = _first(FALLBACKS[variant], texts)
        if code:
            return Shown(texts[code], "" if code != "zh" else "source")
        ways = [(word, code, text) for word, code, text in self.one_way if code in FALLBACKS[variant]]
        if ways:
            return Shown(min(ways, key=lambda way: FALLBACKS[variant].index(way[1]))[2])
        if texts:
            code, text = self.texts[0]
            return Shown(text, _SCRIPTS[code])
        return Shown(self.one_way[0][0], "source")

    def title(self, variant: str) -> Shown | None:
        """The title that it gives the page in a variant; None where it says nothing of that variant."""
        given = {code for code, _ in self.texts} | {code for _, code, _ in self.one_way}
        if not self.titles or (given and not _first(FALLBACKS[variant], given)):
            return None
        return self.choose(variant)

    def words(self, variant: str, plain: Callable[[str], str]) -> dict[str, str]:
        """What the rule makes of which words in a variant. `plain` makes a text of what stands for one."""
        if not self._has_rules:
            text = plain(self.content)
            return {text: text} if text else {}
        texts = dict(self.texts)
        code = _first(FALLBACKS[variant], texts)
        words: dict[str, str] = {}
        if code:
            words = {plain(text): plain(texts[code]) for text in texts.values()}
        own = [way for way in self.one_way if way[1] == _first(FALLBACKS[variant], {way[1] for way in self.one_way})]
        words |= {plain(word): plain(text) for word, _, text in own}
        words.pop("", None)
        return words

    @property
    def _has_rules(self) -> bool:
        return bool(self.texts or self.one_way)

    def _describe(self) -> str:
        said = [f"{_NAMES[code]}：{text}；" for code, text in self.texts]
        said += [f"{word}⇒{_NAMES[code]}：{text}；" for word, code, text in self.one_way]
        return "".join(said)


def read_manual(content: str, *, markdown: bool, line: int = 0, column: int = 0) -> Manual:
    """What stands between `-{` and `}-`."""
    shadow = _shadow(content, markdown=markdown)
    bar = shadow.find("|")
    flags = frozenset[str]()
    if bar >= 0:
        flags = _read_flags(shadow[:bar])
        content, shadow = content[bar + 1 :], shadow[bar + 1 :]
    flags = flags or frozenset("S")
    if flags & {"R", "N"} or flags & _NAMES.keys():
        return Manual(flags, content, line=line, column=column)
    texts, one_way = _read_rules(content, shadow)
    return Manual(flags, content, tuple(texts.items()), one_way, line, column)


def find_manual(text: str, *, markdown: bool, deepest: int = DEEPEST) -> dict[int, int]:
    """Where markup begins → where its `}-` is: that of the first order and what is inside it. In Markdown, marks in code, tags
    and after a backslash are none."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for kind, start, _ in _steps(text, markdown=markdown):
        if kind == "open" and len(opened) < deepest:
            opened.append(start)
        elif kind == "close" and opened:
            pairs[opened.pop()] = start
    return pairs


def mark_manual(text: str, plain: Callable[[str], str], deepest: int = DEEPEST) -> str:
    """A text that is no Markdown, its markup as elements; `plain` makes HTML of what is around and in it."""
    pairs = find_manual(text, markdown=False, deepest=deepest) if "-{" in text else {}
    shown, done = [], 0
    for start, end in sorted(pairs.items()):
        if start >= done:
            manual = read_manual(text[start + 2 : end], markdown=False)
            shown += [plain(text[done:start]), _element(manual, lambda inner: mark_manual(inner, plain, deepest - 1))]
            done = end + 2
    return "".join([*shown, plain(text[done:])])


def rule_attributes(manual: Manual) -> dict[str, str | int | float]:
    """The attributes of the element that stands for a piece of markup."""
    attributes: dict[str, str | int | float] = {"data-flags": " ".join(sorted(manual.flags))}
    if manual.line:
        attributes["data-at"] = f"{manual.line}:{manual.column}"
    return attributes


def text_attributes(manual: Manual) -> Iterator[tuple[dict[str, str | int | float], str]]:
    """The attributes and the contents of the elements in it."""
    if not (manual.texts or manual.one_way):
        yield {}, manual.content
    for code, text in manual.texts:
        yield {"data-for": code}, text
    for word, code, text in manual.one_way:
        yield {"data-for": code, "data-from": word}, text


def resolve_manual(source: str, show: Callable[[Manual], str]) -> str:
    """HTML with what `show` says in the place of each element that stands for markup, of the first order: what is inside it is
    for `show` to resolve. Nothing is left of elements that are not as we write them."""
    if "<wz-" not in source:
        return source
    shown: list[str] = []
    done = depth = start = 0
    attributes = ""
    for tag in _ELEMENT.finditer(source):
        if tag[2] != "rule":
            continue
        if not tag[1]:
            if not depth:
                shown.append(source[done : tag.start()])
                start, attributes = tag.end(), tag[3]
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                shown.append(show(_read_element(attributes, source[start : tag.start()])))
                done = tag.end()
    return _ELEMENT.sub("", "".join([*shown, source[done:]]))


def show_manual(source: str, variant: str) -> str:
    """HTML as a page of the variant says it, nothing converted."""
    return resolve_manual(source, lambda manual: show_manual(manual.show(variant).text, variant))


def plain_manual(source: str, variant: str) -> str:
    """The plain text of that, for a text inside a line."""
    return html.unescape(_TAG.sub("", show_manual(source, variant))) if "<" in source or "&" in source else source


def _first(codes: tuple[str, ...], among: frozenset[str] | set[str] | dict[str, str]) -> str:
    return next((code for code in codes if code in among), "")


def _read_flags(written: str) -> frozenset[str]:
    """The flags that count; unknown ones never do."""
    flags = {flag if flag in _FLAGS else flag.lower() for flag in map(str.strip, written.split(";"))}
    codes = flags & _NAMES.keys()
    flags &= _FLAGS
    for alone in "RN-":
        if alone in flags:
            return frozenset(alone)
    if flags == {"T"} and not codes:
        return frozenset("TH")
    if "H" in flags:
        return frozenset(flags & set("HTD") | {"+"})
    if codes:
        return frozenset(codes)
    if "A" in flags:
        flags |= {"+", "S"}
    return frozenset(flags)


def _read_rules(content: str, shadow: str) -> tuple[dict[str, str], tuple[tuple[str, str, str], ...]]:
    texts: dict[str, str] = {}
    one_way: dict[tuple[str, str], str] = {}
    start = 0
    for end, following in [
        *((found.start(), found.end()) for found in _SEPARATOR.finditer(shadow)),
        (len(shadow),) * 2,
    ]:
        colon = shadow.find(":", start, end)
        if colon >= 0:
            text = content[colon + 1 : end].strip()
            word, arrow, code = content[start:colon].replace("=&gt;", "=>").partition("=>")
            word, code = word.strip(), (code if arrow else word).strip().lower()
            if code not in _NAMES:
                return {}, ()
            if not arrow:
                texts[code] = text
            elif word:
                one_way[word, code] = text
        start = following
    return texts, tuple((word, code, text) for (word, code), text in one_way.items())


def _shadow(content: str, *, markdown: bool) -> str:
    """The content with everything that a mark is none in as NULs: other markup, code, tags, character references."""
    parts, done, depth = [], 0, 0
    for kind, start, end in _steps(content, markdown=markdown):
        around = content[done:start] if not depth else "\0" * (start - done)
        parts += [around, "\0" * (end - start)]
        depth = depth + 1 if kind == "open" else max(0, depth - 1) if kind == "close" else depth
        done = end
    return "".join([*parts, content[done:]])


def _steps(text: str, *, markdown: bool) -> Iterator[tuple[str | None, int, int]]:
    """The marks of a text ("open", "close") and what hides others (None), in order, with their ends."""
    pattern = _STEP_IN_MARKDOWN if markdown else _STEP
    ends: dict[int, list[int]] = {}  # of runs of backticks, by their length
    if markdown and "`" in text:
        for run in re.finditer("`+", text):
            ends.setdefault(run.end() - run.start(), []).append(run.end())
    position = 0
    while found := pattern.search(text, position):
        kind, position = found.lastgroup, found.end()
        if kind == "code":
            # A run after an escaped backtick is shorter than what `ends` saw there.
            of_length = ends.get(position - found.start(), [])
            closing = bisect_left(of_length, position + 1)
            if closing == len(of_length):
                continue
            kind, position = None, of_length[closing]
        yield kind, found.start(), position


def _element(manual: Manual, inner: Callable[[str], str]) -> str:
    texts = "".join(f"<wz-text{_written(own)}>{inner(text)}</wz-text>" for own, text in text_attributes(manual))
    return f"<wz-rule{_written(rule_attributes(manual))}>{texts}</wz-rule>"


def _written(attributes: dict[str, str | int | float]) -> str:
    return "".join(f' {name}="{html.escape(str(value))}"' for name, value in attributes.items())


def _read_element(written: str, inner: str) -> Manual:
    attributes = _attributes(written)
    line, _, column = attributes.get("data-at", "").partition(":")
    texts: dict[str, str] = {}
    one_way: list[tuple[str, str, str]] = []
    content, start, depth = "", 0, 0
    own: dict[str, str] = {}
    for tag in _ELEMENT.finditer(inner):
        depth += -1 if tag[1] else 1
        if depth == 1 and not tag[1]:
            start, own = tag.end(), _attributes(tag[3])
        elif not depth and tag[1]:
            text, code = inner[start : tag.start()], own.get("data-for", "")
            if code not in _NAMES:
                content += text
            elif "data-from" in own:
                one_way.append((own["data-from"], code, text))
            else:
                texts[code] = text
    flags = frozenset(attributes.get("data-flags", "").split()) & (_FLAGS | _NAMES.keys() | {"S", "+"})
    places = [int(number) if number.isdecimal() else 0 for number in (line, column)]
    return Manual(flags or frozenset("S"), content, tuple(texts.items()), tuple(one_way), *places)


def _attributes(written: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(written)}
