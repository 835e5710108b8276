"""The configured Markdown parser: CommonMark with the extensions of design 3, from markdown-it's own plugins where it has
them, with the rules of the other files here where Chinese, this site's references or its style sheets need more.
"""

from __future__ import annotations

import functools
import html
import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from builder.markup.chains import Blocks, Core
from builder.markup.cjk import CjkInline, bare_link, plain_emphasis
from builder.markup.code import highlight, language_of
from builder.markup.containers import containers_plugin
from builder.markup.headings import headings_plugin
from builder.markup.manual_plugin import OPEN, manual_plugin, plain_manual_tokens
from builder.markup.raw_html import raw_html_plugin
from builder.markup.references import refuse_scheme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

    from builder.markup.sanitize import HtmlMode

_SAFE_ATTRIBUTES = ("id", "class", "lang", "title", "translate", "width", "height")

#: Markdown's own limit is 20, and drops what lies deeper without a word; a list takes two levels.
_DEEPEST = 100

_TEMPLATE_TAG = re.compile(r"\{\s*(?:%|\})")


@functools.cache
def build_parser(mode: HtmlMode, *, inline: bool = False, manual: bool = False) -> MarkdownIt:
    """A parser for bodies, or for a text inside a line; with `manual`, for texts that hold manual conversion markup (others
    need not pay for it). Its environment must hold `findings` (`places.Findings`).

    Addresses stay as they were written: `references` encodes and resolves them.
    """
    md = MarkdownIt("commonmark", renderer_cls=_Renderer)
    md.core, md.block, md.inline = Core(), Blocks(), CjkInline()
    md.configure("commonmark", {"html": mode != "escape", "xhtmlOut": False, "maxNesting": _DEEPEST})
    md.enable(["strikethrough", "linkify"])
    md.inline.ruler.at("linkify", bare_link)
    md.inline.ruler.before("emphasis", "plain_emphasis", plain_emphasis)
    for name, kept in (("normalizeLink", _as_written), ("normalizeLinkText", _as_written), ("validateLink", _any)):
        setattr(md, name, kept)
    md.use(attrs_plugin, spans=True, allowed=_SAFE_ATTRIBUTES)
    md.inline.ruler.before("attr", "template_tags", _template_tag)
    if mode != "escape":
        md.use(raw_html_plugin, sanitized=mode == "sanitize")
    if inline:
        return md.use(manual_plugin) if manual else md
    md.enable("table")
    if manual:
        md.use(manual_plugin)
    md.use(footnote_plugin)
    md.add_render_rule("footnote_caption", _footnote_caption)
    md.use(deflist_plugin)
    md.use(tasklists_plugin, label=True)  # a box without a label says nothing to a screen reader
    md.use(attrs_block_plugin, allowed=_SAFE_ATTRIBUTES)
    md.block.ruler.before("attr", "template_tag_lines", _template_tag_line)
    md.use(containers_plugin)
    md.use(headings_plugin)
    return md


def _template_tag(state: StateInline, silent: bool) -> bool:
    """`{% … %}` and `{}` of other generators are text; the attributes plugin would take them for attributes and drop them."""
    found = _TEMPLATE_TAG.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.pending += found[0]
    state.pos = found.end()
    return True


def _template_tag_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The same on a line of its own."""
    begin = state.bMarks[start] + state.tShift[start]
    if silent or not _TEMPLATE_TAG.match(state.src, begin, state.eMarks[start]):
        return False
    paragraph = state.md.block.ruler.getRules("")[-1]
    return paragraph(state, start, end, silent)


def _footnote_caption(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """The number of the note, also where it is referred to again (the plugin would say 1:1)."""
    return f"[{tokens[index].meta['id'] + 1}]"


def _as_written(url: str) -> str:
    return url


def _any(_url: str) -> bool:
    # A refused address is left out with a finding by the renderer below; here, the link would become literal text.
    return True


class _Renderer(RendererHTML):
    """markdown-it's renderer with classes where it writes styles, and findings where an address is refused. It writes the
    common tokens itself, in two thirds of the time."""

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        """As in the base class."""
        rules, shown = self.rules, []
        for index, token in enumerate(tokens):
            if token.type == "inline":
                if token.children:
                    shown.append(self.renderInline(token.children, options, env))
            elif token.type in rules:
                shown.append(rules[token.type](tokens, index, options, env))
            elif token.nesting == -1 and token.block and not token.attrs:
                if not token.hidden:
                    shown.append(f"</{token.tag}>\n")
            else:
                shown.append(self.renderToken(tokens, index, options, env))
        return "".join(shown)

    def renderInline(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:  # noqa: N802 - the base class’s name
        """As in the base class."""
        rules, shown = self.rules, []
        for index, token in enumerate(tokens):
            if token.type == "text":
                shown.append(escapeHtml(token.content))
            elif token.type in rules:
                shown.append(rules[token.type](tokens, index, options, env))
            else:
                shown.append(self.renderToken(tokens, index, options, env))
        return "".join(shown)

    def renderToken(  # noqa: N802 - the base class’s name
        self,
        tokens: Sequence[Token],
        idx: int,
        options: OptionsDict,  # noqa: ARG002 - the base class’s, as the next one
        env: EnvType,  # noqa: ARG002
    ) -> str:
        """As in the base class."""
        token = tokens[idx]
        if token.hidden:
            return ""
        opening = token.nesting != -1
        tag = ("<" if opening else "</") + token.tag
        if token.attrs:
            tag += self.renderAttrs(token)
        if not token.block:
            return tag + ">"
        if opening and idx and tokens[idx - 1].hidden:
            tag = "\n" + tag
        if token.nesting == 1 and idx + 1 < len(tokens):
            following = tokens[idx + 1]
            # What is in the element stands on its line.
            if (
                following.type == "inline"
                or following.hidden
                or (following.nesting == -1 and following.tag == token.tag)
            ):
                return tag + ">"
        return tag + ">\n"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Drops a refused address; marks a text that is an address as nothing to convert."""
        token = tokens[idx]
        if refuse_scheme(str(token.attrs.get("href", "")), env["findings"]):
            token.attrs.pop("href")
        if token.info == "auto" and not tokens[idx + 1].content.isascii():
            token.attrs["translate"] = "no"
        return self.renderToken(tokens, idx, options, env)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Shows the alternative text in place of a picture whose address is refused."""
        token = tokens[idx]
        if refuse_scheme(str(token.attrs.get("src", "")), env["findings"]):
            return html.escape(self.renderInlineAsText(token.children, options, env))
        return super().image(tokens, idx, options, env)

    def renderInlineAsText(  # noqa: N802 - the base class’s name
        self, tokens: Sequence[Token] | None, options: OptionsDict, env: EnvType
    ) -> str:
        """As in the base class; manual conversion markup stays markup, to be resolved in the attribute."""
        tokens, shown, done = tokens or (), [], 0
        for index, token in enumerate(tokens):
            if index >= done and token.type == OPEN:
                shown.append(super().renderInlineAsText(tokens[done:index], options, env))
                written, end = plain_manual_tokens(
                    tokens, index, lambda inner: self.renderInlineAsText(inner, options, env)
                )
                shown.append(written)
                done = end + 1
        return "".join([*shown, super().renderInlineAsText(tokens[done:], options, env)])

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The alignment as a class: a strict content security policy allows no style attribute."""
        token = tokens[idx]
        style = token.attrs.pop("style", None)
        if style:
            token.attrJoin("class", f"align-{str(style).removeprefix('text-align:')}")
        return self.renderToken(tokens, idx, options, env)

    td_open = th_open

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:  # noqa: ARG002 - the base class’s
        """Highlighted code; attributes of the block go to the `<pre>`."""
        token = tokens[idx]
        language = language_of(token.info) if token.info else ""
        token.attrs["class"] = f"highlight {token.attrs.get('class', '')}".rstrip()
        shown = f' class="language-{html.escape(language)}"' if language else ""
        return f"<pre{self.renderAttrs(token)}><code{shown}>{highlight(token.content, language)}</code></pre>\n"

    code_block = fence
