"""markdown-it's chains of rules, asked by the character that stands where they look: of twenty rules, three may find
something where a line of Chinese begins, and none between two letters. The tokens are those of the whole chain, which takes
a third more time (block) and a fifth (inline).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from markdown_it.parser_block import ParserBlock
from markdown_it.parser_core import ParserCore
from markdown_it.parser_inline import ParserInline
from markdown_it.ruler import Ruler

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markdown_it.parser_block import RuleFuncBlockType
    from markdown_it.parser_core import RuleFuncCoreType
    from markdown_it.parser_inline import RuleFuncInlineType
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

Rule = TypeVar("Rule")

#: With what a line begins in which a rule finds something. Rules that are not here are asked about any line.
_LINE_STARTS: Mapping[str, str] = {
    "attr": "{",
    "blockquote": ">",
    "container_callout": ":",
    "fence": "`~",
    "footnote_def": "[",
    "heading": "#",
    "hr": "*-_",
    "html_block": "<",
    "list": "*+-0123456789",
    "reference": "[",
    "template_tag_lines": "{",
}
#: Rules that find nothing in a line that none follows.
_OF_TWO_LINES = frozenset(["lheading", "table"])

#: What a text holds somewhere in which a step of the core finds something to do. NUL, for which "normalize" looks, too, is
#: taken out before.
_TELLING = {
    "attr": re.compile("{"),
    "github-tasklists": re.compile(r"\[[ xX]\]"),
    "heading_attributes": re.compile("{"),
    "normalize": re.compile("\r"),
    # Escapes and character references are tokens of their own; that other texts stand beside one another matters to nobody.
    "text_join": re.compile(r"[\\&]"),
}

#: Where rules find something inside a line. Each has to be here.
_STARTS: Mapping[str, str] = {
    "attr": "{",
    "autolink": "<",
    "backticks": "`",
    "emphasis": "*_",
    "entity": "&",
    "escape": "\\",
    "footnote_inline": "^",
    "footnote_ref": "[",
    "html_inline": "<",
    "image": "!",
    "link": "[",
    "linkify": ":",
    "manual": "-",
    "newline": "\n",
    "plain_emphasis": "*",
    "span": "[",
    "strikethrough": "~",
    "template_tags": "{",
}
#: A set of what no rule looks at inside a line.
PLAIN = f"[^{re.escape(''.join(sorted({*''.join(_STARTS.values()), ']'})))}]"


class Core(ParserCore):
    """The steps from a text to tokens, less those that have nothing to do."""

    def process(self, state: StateCore) -> None:
        """As in the base class."""
        for step in core_steps(self):
            step(state)


def core_steps(core: ParserCore) -> list[RuleFuncCoreType]:
    """The steps from a text to tokens in order. Each looks whether it has anything to do."""
    rules = zip(core.ruler.get_active_rules(), core.ruler.getRules(""), strict=True)
    return [_if_told(rule, _TELLING[name]) if name in _TELLING else rule for name, rule in rules]


def _if_told(rule: RuleFuncCoreType, telling: re.Pattern[str]) -> RuleFuncCoreType:
    def step(state: StateCore) -> None:
        if telling.search(state.src):
            rule(state)

    return step


class _BlockRules(Ruler["RuleFuncBlockType"]):
    """The rules for blocks. Those that may end a block in the middle of its lines are asked by one function for all of them."""

    def __compile__(self) -> None:
        super().__compile__()
        assert self.__cache__ is not None
        for alternative in self.__cache__.keys() - {""}:
            rules = [(rule.name, rule.fn) for rule in self.__rules__ if rule.enabled and alternative in rule.alt]
            self.__cache__[alternative] = [_ask_by_character(rules)]


def _ask_by_character(rules: Sequence[tuple[str, RuleFuncBlockType]]) -> RuleFuncBlockType:
    chains = _by_character(rules, _LINE_STARTS)

    def ask(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        start = state.bMarks[line] + state.tShift[line]
        for rule in chains.get(state.src[start : start + 1]) or chains[""]:  # noqa: SIM110 - a generator is as dear as a rule
            if rule(state, line, end, silent):
                return True
        return False

    return ask


class Blocks(ParserBlock):
    """The block parser."""

    def __init__(self) -> None:
        super().__init__()
        rules, self.ruler = self.ruler.__rules__, _BlockRules()
        self.ruler.__rules__ = rules
        self._active: list[RuleFuncBlockType] | None = None
        self._chains: dict[str, tuple[RuleFuncBlockType, ...]] = {}
        self._lone: dict[str, tuple[RuleFuncBlockType, ...]] = {}

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803 - the base class’s names
        """As in the base class."""
        self._find_rules()
        source, starts, shifts, ends = state.src, state.bMarks, state.tShift, state.eMarks
        deepest = state.md.options.maxNesting
        line, loose = startLine, False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:  # the end, or of the block around this one
                break
            if state.level >= deepest:
                state.line = endLine
                break
            following = line + 1
            is_lone = following >= endLine or starts[following] + shifts[following] >= ends[following]
            chains = self._lone if is_lone else self._chains
            for rule in chains.get(source[starts[line] + shifts[line]]) or chains[""]:
                if rule(state, line, endLine, False):  # noqa: FBT003 - markdown-it’s way
                    break
            if state.line <= line:
                raise RuntimeError("no block rule went on to the next line")
            state.tight = not loose
            line = state.line
            # A paragraph in a list may have taken the empty line after it.
            loose = loose or (line - 1 < endLine and state.isEmpty(line - 1))
            if line < endLine and state.isEmpty(line):
                loose = True
                state.line = line = line + 1

    def _find_rules(self) -> None:
        active = self.ruler.getRules("")
        if active is not self._active:
            rules = list(zip(self.ruler.get_active_rules(), active, strict=True))
            self._chains = _by_character(rules, _LINE_STARTS)
            self._lone = _by_character([rule for rule in rules if rule[0] not in _OF_TWO_LINES], _LINE_STARTS)
            self._active = active


class Inlines(ParserInline):
    """The inline parser."""

    def __init__(self) -> None:
        super().__init__()
        self._active: list[RuleFuncInlineType] | None = None
        self._chains: dict[str, tuple[RuleFuncInlineType, ...]] = {}
        self._marks = re.compile("")

    @property
    def marks(self) -> re.Pattern[str]:
        """Finds the next character where a rule may find something, or a label may end."""
        active = self.ruler.getRules("")
        if active is not self._active:
            rules = [rule for rule in zip(self.ruler.get_active_rules(), active, strict=True) if rule[0] != "text"]
            self._chains = _by_character(rules, _STARTS)
            looked_for = "".join(_STARTS[name] for name, _ in rules)
            self._marks = re.compile(f"[{re.escape(looked_for)}\\]]")
            self._active = active
        return self._marks

    def tokenize(self, state: StateInline) -> None:
        """As in the base class."""
        find, chains = self.marks.search, self._chains
        source, end = state.src, state.posMax
        deepest = state.md.options.maxNesting
        while state.pos < end:
            found = find(source, state.pos, end)
            start = found.start() if found else end
            if start > state.pos:
                state.append_pending(source[state.pos : start])
                state.pos = start
            if not found:
                break
            if state.level < deepest:
                for rule in chains.get(found[0], ()):
                    if rule(state, False):  # noqa: FBT003 - the same
                        break
            if state.pos <= start:
                state.append_pending(found[0])
                state.pos += 1
        if state.pending:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:  # noqa: N802 - the base class’s name
        """As in the base class."""
        start = state.pos
        if start in state.cache:
            state.pos = state.cache[start]
            return
        if state.level >= state.md.options.maxNesting:
            state.pos = state.posMax + 1
        elif found := self.marks.match(state.src, start):
            state.level += 1  # rules call this again
            for rule in self._chains.get(found[0], ()):
                if rule(state, True):  # noqa: FBT003 - the same
                    break
            state.level -= 1
            if state.pos <= start:
                state.pos += 1
        else:
            found = self._marks.search(state.src, start)
            state.pos = found.start() if found else state.posMax
        state.cache[start] = state.pos


def _by_character(rules: Sequence[tuple[str, Rule]], starts: Mapping[str, str]) -> dict[str, tuple[Rule, ...]]:
    """The rules that may find something where a character stands; under "", where any other does."""
    characters = ["", *sorted({character for name, _ in rules for character in starts.get(name, "")})]
    return {
        character: tuple(
            rule for name, rule in rules if name not in starts or (character and character in starts[name])
        )
        for character in characters
    }
