"""Texts, addresses and HTML → what may be in a feed: readers take out what they do not know, and know little."""

from __future__ import annotations

import functools
import re
from contextlib import suppress
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Callable

#: What a reader may be sent. `span` is left out: without classes it says nothing, and highlighted code is full of it.
_TAGS = """
    a abbr article aside audio b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em
    figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small
    source strong sub summary sup table tbody td tfoot th thead time tr tt u ul var video wbr
"""
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "audio": {"controls", "src"},
    "blockquote": {"cite"},
    "del": {"cite", "datetime"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"reversed", "start"},
    "q": {"cite"},
    "source": {"src", "type"},
    "td": {"align", "colspan", "headers", "rowspan"},
    "th": {"align", "colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"controls", "height", "poster", "src", "width"},
}
#: Elements whose content is no text for a reader.
_DROPPED = frozenset({"iframe", "noscript", "object", "script", "style", "template"})

#: The widest that a picture may call itself, in pixels: readers that believe it would scroll sideways.
WIDEST = 1200

#: Everything that XML 1.0 does not allow, and the control characters that it allows and nobody can see.
_NOT_TEXT = re.compile("[^\t\n -~\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CHECKBOX = re.compile(r"<input\b[^>]*\btype=\"?checkbox[^>]*>")
_ALIGNED = re.compile(r'<(t[dh]) class="align-(left|center|right)">')
_EMBEDDED = re.compile(r"<(?:(iframe|object)\b([^>]*)>.*?</\1>|(embed)\b([^>]*)>(?:\s*</embed>)?)", re.DOTALL)
#: Of HTML that nh3 wrote: attributes in double quotes, and no `<` or `>` but those of tags.
_TAG = re.compile(r'<(a|audio|blockquote|del|img|ins|q|source|video)((?: [a-z-]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-zA-Z-]+)="([^"]*)"')
_MEDIA = re.compile(r"<(video|audio)\b([^>]*)>(.*?)</\1>", re.DOTALL)
_URL_ATTRIBUTES = frozenset({"cite", "href", "poster", "src"})
_ANY_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^>]*>")
_VOID = frozenset({"br", "col", "hr", "img", "source", "wbr"})


def clean(html: str, base: str) -> str:
    """HTML for readers, well formed: no scripts, frames, forms, styles, classes or ids, every address absolute (those that
    are relative are so to `base`) and ASCII. What is embedded from elsewhere becomes a link, pictures tell nobody who looks."""
    if "<input" in html:
        # A task that is done is told from one that is not by a form element, which no reader shows.
        html = _CHECKBOX.sub(lambda found: "☑ " if " checked" in found[0] else "☐ ", html)
    if "align-" in html:
        # Markdown's tables say it with a class.
        html = _ALIGNED.sub(r'<\1 align="\2">', html)
    if any(f"<{name}" in html for name in ("iframe", "object", "embed")):
        html = _EMBEDDED.sub(_link_to_embedded, html)
    html = _TAG.sub(functools.partial(_settle, base), _cleaner()(plain(html)))
    # Once more: `&#1;` is a control character only now.
    html = plain(html)
    return _MEDIA.sub(_link_in_media, html) if "<video" in html or "<audio" in html else html


@functools.cache
def _cleaner() -> Callable[[str], str]:
    import nh3

    from builder.markup.sanitize import SCHEMES

    return nh3.Cleaner(
        tags=set(_TAGS.split()),
        clean_content_tags=set(_DROPPED),
        attributes=_ATTRIBUTES,
        link_rel=None,
        url_schemes=set(SCHEMES),
    ).clean


def _link_to_embedded(found: re.Match[str]) -> str:
    """`<iframe src title>` → a link there; nh3 judges the address."""
    attributes = dict(_ATTRIBUTE.findall(found[2] or found[4] or ""))
    url = attributes.get("src") or attributes.get("data") or ""
    return f'<a href="{url}">{attributes.get("title") or url}</a>' if url else ""


def _link_in_media(found: re.Match[str]) -> str:
    """Readers that cannot play it show what is inside: a link to the file."""
    url = _address_of(found[2]) or next(filter(None, map(_address_of, re.findall("<source([^>]*)>", found[3]))), "")
    if not url or f'href="{url}"' in found[3]:
        return found[0]
    title = next((value for name, value in _ATTRIBUTE.findall(found[2]) if name == "title"), "") or url
    return f'<{found[1]}{found[2]}>{found[3]}<a href="{url}">{title}</a></{found[1]}>'


def _address_of(attributes: str) -> str:
    return next((value for name, value in _ATTRIBUTE.findall(attributes) if name == "src"), "")


def _settle(base: str, found: re.Match[str]) -> str:
    """A tag whose addresses are absolute; a picture within bounds; "" for one that shows nothing."""
    name = found[1]
    attributes: dict[str, str] = {}
    for key, value in _ATTRIBUTE.findall(found[2]):
        if key not in _URL_ATTRIBUTES:
            attributes[key] = value
        elif url := absolute(unescape(value), base):
            attributes[key] = escape(url)
    if name in ("img", "source") and "src" not in attributes:
        return ""
    if "width" in attributes or "height" in attributes:
        attributes |= _bounded(attributes.pop("width", ""), attributes.pop("height", ""))
    if name == "img":
        attributes["referrerpolicy"] = "no-referrer"
    return "<" + name + "".join(f' {key}="{value}"' for key, value in attributes.items()) + ">"


def _bounded(width: str, height: str) -> dict[str, str]:
    """A size in pixels within `WIDEST`, its proportions kept; nothing for what is no number of pixels."""
    if not all(re.fullmatch("[0-9]{1,6}", value) for value in (width, height) if value):
        return {}
    size = {name: int(value) for name, value in (("width", width), ("height", height)) if value}
    wide = size.get("width", 0)
    if wide > WIDEST:
        size = {name: max(1, value * WIDEST // wide) for name, value in size.items()}
    return {name: str(value) for name, value in size.items()}


def absolute(url: str, base: str) -> str:
    """The address as a feed prints it; "" for what is none, such as "http://["."""
    try:
        return ascii_url(url if is_web(url) else urljoin(base, url))
    except ValueError:
        return ""


def cut(html: str, limit: int) -> str:
    """The beginning of clean HTML, at most `limit` bytes up to the end of a block at its top; all of it where that is
    shorter. Nothing is left of a first block that is longer."""
    data = html.encode()
    if len(data) <= limit:
        return html
    end = depth = 0
    room = len(data[:limit].decode("utf-8", "ignore"))
    for tag in _ANY_TAG.finditer(html, 0, room):
        if tag[2] in _VOID:
            continue
        depth += -1 if tag[1] else 1
        if not depth:
            end = tag.end()
    return html[:end]


def plain(text: str) -> str:
    """The text less what XML cannot carry; line ends as XML has them."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NOT_TEXT.sub("", text)


def is_web(url: str) -> bool:
    """Whether an address is one of the web."""
    return url.lower().startswith(("http://", "https://"))


def ascii_url(url: str) -> str:
    """The address in ASCII: feeds must not have raw Chinese in it, and it is the same in every variant. What is encoded
    stays as it is."""
    if url.isascii() and url.isprintable() and not set(url) & set(' "<>\\^`{|}'):
        return url
    try:
        scheme, host, path, query, fragment = urlsplit(url)
    except ValueError:  # brackets that are no address
        return _encoded(url)
    with suppress(UnicodeError):  # a host that no name server knows: encoded like a path
        host = host.encode("idna").decode("ascii")
    return urlunsplit((scheme, _encoded(host, "[]"), _encoded(path), _encoded(query), _encoded(fragment)))


def _encoded(part: str, safe: str = "") -> str:
    return quote(re.sub("%(?![0-9A-Fa-f]{2})", "%25", part), safe="%/?:@!$&'()*+,;=~" + safe, errors="replace")
