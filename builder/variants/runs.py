"""Sanitised, well-formed HTML → the texts to convert, in runs that inline markup does not cut, and the way back.

A run is what a reader takes as continuous text: `**头**发` is one run of two nodes. Runs end at blocks, line breaks,
pictures and code. What is never converted (code, other languages, `translate="no"`) is not in any run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from itertools import chain

from builder.variants.quotes import BLOCK_END, HAN

#: Stands between two runs of one block.
RUN_END = "\x1f"

#: Stands where the rules of a text change (`<wz-mark>`).
RULES_END = "\x1d"

#: Around what is kept as it is in an attribute, as `<wz-keep>` does in text.
KEPT_START, KEPT_END = "\x02", "\x03"

#: What other parts of the text know a Chinese text by that is not converted: it may be all that a pair of quotes holds.
_STAND_IN = "〇"


@dataclass(slots=True)
class Channel:
    """The texts in one language, to be converted joined. `slots[n]` is the piece of HTML that `texts[n]` comes from, -1
    for what stands between two runs."""

    texts: list[str] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)

    def end_run(self, mark: str) -> None:
        """Let the text so far and what comes be no phrase, unless the mark is ""."""
        if mark and self.texts and self.texts[-1] not in (BLOCK_END, mark):
            self.texts.append(mark)
            self.slots.append(-1)

    def add(self, text: str, slot: int) -> None:
        self.texts.append(text)
        self.slots.append(slot)


@dataclass(frozen=True)
class SplitHTML:
    """`html`, written in `script`. It is split by the first who asks for its parts: what nobody converts never is."""

    html: str
    script: str

    @property
    def pieces(self) -> tuple[str, ...]:
        """`"".join(pieces)` gives the HTML back, less the marks where rules change."""
        return self._parts[0]

    @property
    def channels(self) -> dict[str, Channel]:
        """The texts by the language marked in the HTML: "" for unmarked text, else the tag of a Chinese variant."""
        return self._parts[1]

    @cached_property
    def _parts(self) -> tuple[tuple[str, ...], dict[str, Channel]]:
        return _Splitter(self.script).split(self.html)


TAG = re.compile(
    r"""(<(?:[sSpP](?i:(?<=s)(?:cript\b.*?</script\s*|tyle\b.*?</style\s*)|(?<=p)re\b.*?</pre\s*)>|!--.*?-->"""
    r"""|[!?/a-zA-Z][^"'<>]*(?:(?:"[^"]*"|'[^']*')[^"'<>]*)*>))""",
    re.DOTALL,
)
#: A character reference, or what stands unescaped; a line break that a reader of Chinese does not see.
_SPECIAL = re.compile(rf"(&(?:#?\w+;)?|<|(?<![^{HAN}])\n(?![^{HAN}]))")
_NAME = re.compile(r"</?([a-zA-Z][^\s/>]*)")
_ATTRIBUTE = re.compile(r"""\s([^\s"'=<>/]+)="([^"]*)\"""")
_KEPT = re.compile(f"({KEPT_START}[^{KEPT_END}]*{KEPT_END})")
_ANY_HAN = re.compile(f"[{HAN}]")

#: Attributes that a reader sees or hears.
READ = frozenset({"alt", "aria-label", "label", "placeholder", "title"})

#: What makes an opening tag worth a closer look: a language, or text that a reader may see.
_TELLING = re.compile(rf"\s(?:lang|translate|{'|'.join(sorted(READ))})\s*=|/>$", re.IGNORECASE)


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


#: Markup that a reader does not see as an interruption.
INLINE = _names(
    "a abbr acronym b bdi bdo big cite data del dfn em font i ins mark nobr q rb rbc rp rt rtc ruby s small span strike "
    "strong sub sup time tt u wbr"
)
_NEVER = _names("code kbd math pre samp script style svg template textarea var wz-keep")
#: They end a run and not the block around it.
_IN_BLOCK = _names(
    "audio br button canvas code embed iframe img input kbd label math meter object output picture progress samp script "
    "select source style svg var video wz-as wz-keep"
)
_VOID = _names("area base br col embed hr img input link meta param source track wbr")

#: What a bare tag ends ("" for inline markup). They are by far the most, and need no closer look.
_BARE = {f"{start}{name}>": "" for start in ("<", "</") for name in INLINE} | {
    f"{start}{name}>": BLOCK_END
    for start in ("<", "</")
    for name in _names("blockquote dd div dl dt h2 h3 h4 li ol p table tbody td th thead tr ul")
}


@dataclass(slots=True)
class _State:
    """What holds inside the elements that are open. `language` is None for another one than Chinese."""

    language: str | None = ""
    translated: bool = True
    kept: bool = False  # inside code

    @property
    def channel(self) -> str | None:
        return self.language if self.translated and not self.kept else None


def split_html(html: str, script: str) -> SplitHTML:
    """The texts of `html`, which is written in `script`. Tags may hold NULs; their attributes stand in double quotes."""
    return SplitHTML(html, script)


class _Splitter:
    def __init__(self, script: str) -> None:
        self.script = script
        self.pieces: list[str] = []
        self.channels = {"": Channel()}
        self.attributes: list[tuple[str, str, int]] = []  # channel, text, slot
        self.state = _State()
        self.opened: list[tuple[str, _State]] = []  # elements that changed the state, with the one before
        self.marks = 0

    def split(self, html: str) -> tuple[tuple[str, ...], dict[str, Channel]]:
        pieces, found = self.pieces, TAG.split(html)
        texts, slots = self.channels[""].texts, self.channels[""].slots
        simple = True  # as long as all text is in the one channel
        # Most of a body is plain text between bare tags; this is what `_text` and `_end_runs` do with it, without the calls.
        for text, tag in zip(found[::2], chain(found[1::2], ("",)), strict=True):
            if text == "\n" and simple and (not texts or slots[-1] < 0):
                pieces.append(text)
            elif text:
                if simple and "\n" not in text and "&" not in text and "<" not in text and not text.isspace():
                    texts.append(text)
                    slots.append(len(pieces))
                    pieces.append(text)
                else:
                    self._text(text)
            mark = _BARE.get(tag) if simple else None
            if mark is None:
                if tag:
                    self._tag(tag)
                    simple = not self.opened and len(self.channels) == 1
                continue
            if mark and texts and texts[-1] != mark:
                texts.append(mark)
                slots.append(-1)
            pieces.append(tag)
        # Attributes stand apart from the text around their element, so their runs come after all others.
        if self.marks:
            self._mark()
        for language, text, slot in self.attributes:
            if text == RULES_END:
                self._mark()
                continue
            channel = self._channel(language)
            if slot != -1 or text:
                channel.add(text, slot)
            else:
                channel.end_run(BLOCK_END)
        return tuple(pieces), self.channels

    def _channel(self, language: str) -> Channel:
        if language not in self.channels:
            self.channels[language] = Channel([RULES_END] * self.marks, [-1] * self.marks)
        return self.channels[language]

    def _mark(self) -> None:
        """Let other rules hold from here on. Attributes are gone through again from the first rules on."""
        self.marks += 1
        for channel in self.channels.values():
            channel.add(RULES_END, -1)

    def _end_runs(self, mark: str) -> None:
        for channel in self.channels.values():
            channel.end_run(mark)

    def _text(self, text: str) -> None:
        language = self.state.channel
        if language is None:
            self.pieces.append(text)
            if _ANY_HAN.search(text):
                for channel in self.channels.values():
                    channel.end_run(RUN_END)
                    channel.add(_STAND_IN, -1)
                    channel.end_run(RUN_END)
            return
        channel = self.channels[language]
        if text.isspace() and (not channel.texts or channel.slots[-1] < 0):
            self.pieces.append(text)  # between blocks
        elif "\n" in text or "&" in text or "<" in text:
            for part, slot in self._parts(text):
                channel.add(part, slot)
        else:
            channel.add(text, len(self.pieces))
            self.pieces.append(text)

    def _parts(self, text: str) -> list[tuple[str, int]]:
        """Add the pieces of a text; give those that a reader sees, decoded, with their slots."""
        seen = []
        for number, part in enumerate(_SPECIAL.split(text)):
            if part:
                if not number % 2:
                    seen.append((part, len(self.pieces)))
                elif part != "\n":
                    seen.append((unescape(part), len(self.pieces)))
                self.pieces.append(part)
        return seen

    def _tag(self, tag: str) -> None:
        match = _NAME.match(tag)
        if match is None:  # a comment
            self.pieces.append(tag)
            return
        name = match[1].lower()
        if name == "wz-mark":
            self._mark()
            self.attributes.append(("", RULES_END, -1))
            return
        mark = "" if name in INLINE else RUN_END if name in _IN_BLOCK else BLOCK_END
        if tag[1] == "/":
            self._end_runs(mark)
            if self.opened and self.opened[-1][0] == name:
                self._leave()
            self.pieces.append(tag)
            return
        self._end_runs(mark)
        if tag.endswith("</pre>"):  # a whole listing: nothing in it is ever converted
            self.pieces.append(tag)
            return
        if name not in _NEVER and not _TELLING.search(tag):
            self.pieces.append(tag)
            if self.opened and self.opened[-1][0] == name and name not in _VOID:
                self._enter(name, self.state)
            return
        state = self._state_in(name, tag)
        self._attributes(tag, state)
        closed = name in _VOID or tag.endswith("/>") or name in ("script", "style")
        if not closed and (state is not self.state or (self.opened and self.opened[-1][0] == name)):
            self._enter(name, state)

    def _state_in(self, name: str, tag: str) -> _State:
        language, translated, kept = self.state.language, self.state.translated, self.state.kept or name in _NEVER
        for match in _ATTRIBUTE.finditer(tag):
            value = match[2].strip().lower()
            if match[1].lower() == "lang":
                language = _language(value, self.script)
            elif match[1].lower() == "translate" and value in ("", "yes", "no"):
                translated = value != "no"
        changed = _State(language, translated, kept)
        return self.state if changed == self.state else changed

    def _enter(self, name: str, state: _State) -> None:
        self.opened.append((name, self.state))
        self._change_to(state)

    def _leave(self) -> None:
        _, state = self.opened.pop()
        self._change_to(state)

    def _change_to(self, state: _State) -> None:
        if state.channel != self.state.channel:
            self._end_runs(RUN_END)
            if state.channel is not None:
                self._channel(state.channel)
        self.state = state

    def _attributes(self, tag: str, state: _State) -> None:
        """Add a tag's pieces: it is cut where it holds a text."""
        language = state.channel
        if language is None:
            self.pieces.append(tag)
            return
        done = 0
        for match in _ATTRIBUTE.finditer(tag):
            value = match[2]
            if match[1].lower() not in READ or "://" in value or not _ANY_HAN.search(unescape(value)):
                continue
            self.pieces.append(tag[done : match.start(2)])
            self.attributes.append((language, "", -1))
            for number, part in enumerate(_KEPT.split(value)):
                if number % 2:
                    self.pieces.append(part)
                    self.attributes.append((language, f"{RUN_END}{_STAND_IN}{RUN_END}", -1))
                elif part:
                    self.attributes += [(language, text, slot) for text, slot in self._parts(part)]
            done = match.end(2)
        self.pieces.append(tag[done:])


def _language(tag: str, script: str) -> str | None:
    """The channel of a `lang`: "" for the language of the text itself, None for one that is not converted."""
    first, *rest = tag.split("-")
    if first not in ("zh", "cmn"):
        return None
    if "hk" in rest or "mo" in rest:
        found = "zh-HK"
    elif "tw" in rest or "hant" in rest:
        found = "zh-TW"
    elif "hans" in rest or "cn" in rest or "sg" in rest or "my" in rest:
        found = "zh-CN"
    else:
        return ""
    return "" if found == script else found
