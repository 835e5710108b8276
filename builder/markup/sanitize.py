"""HTML → the HTML that a page may hold, well formed, by nh3: a whole document at once, never tag by tag."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

HtmlMode = Literal["sanitize", "escape", "allow"]

_EMPHASIS = frozenset(["b", "cite", "del", "dfn", "em", "i", "ins", "mark", "q", "s", "small", "strong", "u"])
_NOTATION = frozenset(["abbr", "bdi", "bdo", "code", "kbd", "samp", "span", "sub", "sup", "time", "var"])
_RUBY = frozenset(["ruby", "rt", "rp"])
_BLOCKS = frozenset(["aside", "blockquote", "details", "div", "hr", "p", "pre", "section", "summary"])
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_LISTS = frozenset(["dd", "dl", "dt", "input", "li", "ol", "ul"])
_TABLES = frozenset(["caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"])
_MEDIA = frozenset(["audio", "figcaption", "figure", "img", "picture", "source", "video"])
_FORMS = frozenset(
    ["button", "fieldset", "form", "label", "legend", "optgroup", "option", "output", "select", "textarea"]
)
_FRAMES = frozenset(["address", "article", "footer", "header", "hgroup", "main", "menu", "nav", "search"])
_EMBEDDED = frozenset(["area", "canvas", "embed", "iframe", "map", "noscript", "object", "param", "script", "style"])
_GRAPHICS = frozenset(
    ["circle", "defs", "ellipse", "g", "line", "path", "polygon", "polyline", "rect", "svg", "text", "use"]
)
_OTHERS = frozenset(["data", "datalist", "dialog", "link", "meta", "meter", "progress", "slot", "template", "track"])
_FONTS = frozenset(["acronym", "big", "center", "font", "nobr", "strike", "tt"])

#: What may stand inside a line of text.
INLINE_TAGS = frozenset(["a", "br", "wbr"]) | _EMPHASIS | _NOTATION | _RUBY

#: Every element that a body may have. No `style`, no `script`, no frames, no forms but the boxes of task lists.
ALLOWED_TAGS = INLINE_TAGS | {"label"} | _BLOCKS | _HEADINGS | _LISTS | _TABLES | _MEDIA

#: Every element that a body may have when it is not sanitised.
HTML_TAGS = ALLOWED_TAGS | _FORMS | _FRAMES | _EMBEDDED | _GRAPHICS | _OTHERS | _FONTS

_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"class", "dir", "id", "lang", "title", "translate"},
    "a": {"href", "hreflang", "name"},
    "audio": {"controls", "loop", "muted", "preload", "src"},
    "bdo": {"dir"},
    "col": {"span", "align"},
    "colgroup": {"span"},
    "del": {"datetime"},
    "details": {"open"},
    "div": {"align"},
    "h1": {"align"},
    "h2": {"align"},
    "h3": {"align"},
    "img": {"alt", "height", "sizes", "src", "srcset", "width"},
    "input": {"checked", "disabled"},
    "ins": {"datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "p": {"align"},
    "source": {"height", "media", "sizes", "src", "srcset", "type", "width"},
    "td": {"align", "colspan", "headers", "rowspan"},
    "th": {"align", "colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"controls", "height", "loop", "muted", "playsinline", "poster", "preload", "src", "width"},
}

#: What manual conversion markup is until it is resolved. Raw HTML cannot name them (`raw_html` shows such a tag as text), and
#: would gain nothing by it.
_MANUAL: dict[str, set[str]] = {"wz-rule": {"data-flags", "data-at"}, "wz-text": {"data-for", "data-from"}}

#: Schemes that an address may have. Any other makes the attribute go.
SCHEMES = frozenset(["http", "https", "mailto", "tel", "ftp", "magnet", "xmpp", "geo"])


def clean(html: str, mode: HtmlMode) -> str:
    """`html` as a well-formed fragment: every tag closed, every attribute in double quotes, `<` and `&` escaped.

    "allow" keeps scripts, styles and any attribute; the others keep what `ALLOWED_TAGS` and its attributes say. An
    address with a scheme that is not in `SCHEMES` goes in either case ("allow" also lets `data:` be).
    """
    return _cleaner(free=mode == "allow")(html)


def clean_inline(html: str) -> str:
    """The same for a text inside a line: phrasing elements only, the text of others stays."""
    return _inline_cleaner()(html)


@functools.cache
def _cleaner(*, free: bool) -> Callable[[str], str]:
    import nh3

    if not free:
        return nh3.Cleaner(
            tags=ALLOWED_TAGS | _MANUAL.keys(),
            attributes=_ATTRIBUTES | _MANUAL,
            url_schemes=SCHEMES,
            link_rel=None,
            tag_attribute_values={"input": {"type": {"checkbox"}}},
        ).clean
    return nh3.Cleaner(
        tags=HTML_TAGS | _MANUAL.keys(),
        clean_content_tags=set(),
        attributes={"*": {"class"}},
        generic_attribute_prefixes=set("abcdefghijklmnopqrstuvwxyz"),
        url_schemes=SCHEMES | {"data"},
        link_rel=None,
        strip_comments=False,
    ).clean


@functools.cache
def _inline_cleaner() -> Callable[[str], str]:
    import nh3

    attributes = {name: kept for name, kept in _ATTRIBUTES.items() if name == "*" or name in INLINE_TAGS}
    attributes["*"] = attributes["*"] - {"id"}
    attributes |= _MANUAL
    return nh3.Cleaner(
        tags=INLINE_TAGS | _MANUAL.keys(), attributes=attributes, url_schemes=SCHEMES, link_rel=None
    ).clean
