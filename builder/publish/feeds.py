"""A feed's view → the bytes of an RSS 2.0 file, written by feedgen.

Readers show what is inside the body of an item and little else, so the byline, the chain, the notices and the original link
stand there as plain text, whatever mode the item is in. The metadata elements say the same for programs.
"""

from __future__ import annotations

import re
from contextlib import suppress
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from feedgen.entry import FeedEntry

    from builder.site.views import FeedItem, FeedView

STRINGS = (
    "by",
    "translated_by",
    "original_work",
    "hop_origin",
    "hop_reference",
    "hop_translation",
    "hop_copy",
    "original_title",
    "archived",
    "comment",
    "cover_credit",
    "read_on",
    "read_original",
    "read_translation",
    "read_copy",
    "no_link",
    "original_link",
    "copy_link",
    "holder",
    "license",
    "all_rights",
    "noncommercial",
    "withdrawn",
    "withdrawn_on",
    "withdrawn_reason",
    "withdrawn_note",
)
"""The interface texts that `render_rss` needs: labels, without punctuation after them."""

GENERATOR = "wenzhai"

_ATOM = "http://www.w3.org/2005/Atom"
_CREATIVE_COMMONS = "http://backend.userland.com/creativeCommonsRssModule"

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
_URL_ATTRIBUTES = frozenset({"cite", "href", "poster", "src"})
#: Elements whose content is no text for a reader.
_DROPPED = frozenset({"iframe", "noscript", "object", "script", "style", "template"})

#: Everything that XML 1.0 does not allow, and the control characters that it allows and nobody can see.
_NOT_TEXT = re.compile("[^\t\n -~\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CHECKBOX = re.compile(r"<input\b[^>]*\btype=\"?checkbox[^>]*>")
_OUTSIDE_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_TITLE = re.compile("<title>[^<]*</title>")


def render_rss(view: FeedView, bodies: Mapping[str, str], strings: Mapping[str, str]) -> bytes:
    """The feed as RSS 2.0 in UTF-8, items in the order of the view. `bodies` maps digests to rendered bodies; `strings`
    has the texts named in `STRINGS`, in the feed's variant. The same arguments give the same bytes at any time and place.

    See https://www.rssboard.org/rss-profile, and https://validator.w3.org/feed/docs/ for what readers trip over.
    """
    from feedgen.feed import FeedGenerator

    feed = FeedGenerator()
    feed.load_extension("dc")
    feed.register_extension("terms", _FeedTerms, _ItemTerms)
    feed.title(_text(view.title) or view.home)
    feed.description(_text(view.description) or _text(view.title) or view.home)
    feed.link(href=_ascii_url(view.url), rel="self", type="application/rss+xml")
    # Last: the channel's link is the one that was given last.
    feed.link(href=_ascii_url(view.home), rel="alternate")
    feed.language(view.variant)
    # Everything that feedgen would take from the clock or from itself.
    feed.lastBuildDate(view.updated)
    feed.generator(GENERATOR)
    if view.copyright:
        feed.copyright(_text(view.copyright))
    if view.author_email:
        # RSS wants an address first, and the name in brackets.
        feed.managingEditor(_text(f"{view.author_email} ({view.author})" if view.author else view.author_email))
    for item in view.items:
        _fill(feed.add_entry(order="append"), item, view, bodies, strings)
    document: bytes = feed.rss_str(pretty=False)
    return _mend_titles(document.decode("utf-8")).encode("utf-8")


class _FeedTerms:
    """Declares the namespaces that the items use: feedgen takes them from here only."""

    def extend_ns(self) -> dict[str, str]:
        return {"creativeCommons": _CREATIVE_COMMONS}

    def extend_rss(self, feed: object) -> object:
        return feed


class _ItemTerms:
    """The links of an item with their relation, and its licence. feedgen's own links lose the relation in RSS."""

    def __init__(self) -> None:
        self.links: list[tuple[str, str, str]] = []  # relation, address, title
        self.creative_commons = ""

    def extend_rss(self, item: object) -> object:
        from feedgen.util import xml_elem

        for relation, address, title in self.links:
            link = xml_elem(f"{{{_ATOM}}}link", item, rel=relation, href=address)
            if title:
                link.set("title", title)
        if self.creative_commons:
            xml_elem(f"{{{_CREATIVE_COMMONS}}}license", item).text = self.creative_commons
        return item


def _fill(
    entry: FeedEntry, item: FeedItem, view: FeedView, bodies: Mapping[str, str], strings: Mapping[str, str]
) -> None:
    entry.title(_text(item.title))
    entry.link(href=_ascii_url(item.url), rel="alternate")
    entry.guid(_text(item.guid), permalink=False)
    entry.published(item.date)
    # Without a description feedgen would write the body there. It is HTML to readers, so that a text must be escaped once
    # more than the XML needs.
    summary = _text(_withdrawal(item, strings) if item.withdrawn else item.summary) or _text(item.title) or item.url
    entry.description(escape(summary, quote=False), isSummary=True)
    content = _clean(_text(_compose(item, view, bodies, strings)), item.url)
    # Once more: `&#1;` in a body is a control character after cleaning.
    entry.content(_text(content), type="CDATA")
    categories = [{"term": _text(name)} for name in item.categories if name]
    if categories:
        entry.category(categories)
    authors = [_text(name) for name in _authors(item, view)]
    if authors:
        entry.dc.dc_creator(authors)
    rights = [_text(text) for text in _rights(item, strings)]
    if rights:
        entry.dc.dc_rights(" · ".join(rights))
    _point(entry, item)


def _point(entry: FeedEntry, item: FeedItem) -> None:
    """`source` and rel=related are the original, and only its own address; rel=via is the copy that the text came from."""
    origin, copies = item.chain[:1], item.chain[1:]
    for hop in origin:
        if _is_web(hop.url):
            entry.source(url=_ascii_url(hop.url), title=_text(hop.source))
            entry.terms.links.append(("related", _ascii_url(hop.url), _text(hop.source)))
    nearest = next((hop for hop in reversed(copies) if _is_web(hop.url)), None)
    if nearest is not None:
        entry.terms.links.append(("via", _ascii_url(nearest.url), _text(nearest.source)))
    # A licence is named to programs only where one was granted: a notice against commercial use is none.
    if item.license is not None and item.license.granted and _is_web(item.license.url):
        address = _ascii_url(item.license.url)
        entry.terms.links.append(("license", address, ""))
        if urlsplit(address).hostname in {"creativecommons.org", "www.creativecommons.org"}:
            entry.terms.creative_commons = address


# The body of an item: what every reader shows.


def _compose(item: FeedItem, view: FeedView, bodies: Mapping[str, str], strings: Mapping[str, str]) -> str:
    """The HTML of an item, in the order of an article's page: byline and chain, notices, text, original link, licence,
    sign-off, notices again. A withdrawn item keeps what says whose it was, and nothing of its text."""
    parts = [*_byline(item, view, strings), *_chain(item, strings)]
    if item.withdrawn:
        note = [f"<p>{escape(strings['withdrawn_note'])}</p>"]
        return "\n".join([f"<p><strong>{escape(_withdrawal(item, strings))}</strong></p>", *parts, *note])
    notices = [f"<p><strong>{escape(notice)}</strong></p>" for notice in item.notices]
    parts += notices
    if item.comment is not None:
        parts.append(f"<p><strong>{_label(strings, 'comment')}</strong></p>")
        parts.append(f"<blockquote>{_resolved(item.comment.digest, item.comment.references, bodies)}</blockquote>")
    parts += [
        "<hr>",
        *_main_text(item, bodies, strings),
        "<hr>",
        *_original_links(item, strings),
        *_terms(item, strings),
    ]
    if item.signoff:
        parts.append(f"<p>{item.signoff}</p>")
    return "\n".join(parts + notices)


def _byline(item: FeedItem, view: FeedView, strings: Mapping[str, str]) -> Iterator[str]:
    authors = "、".join(escape(name) for name in _authors(item, view))
    if authors:
        yield f"<p>{_label(strings, 'by')}{authors}</p>"
    if item.original:
        yield f"<p>{escape(strings['original_work'])}</p>"


def _chain(item: FeedItem, strings: Mapping[str, str]) -> Iterator[str]:
    """A line a hop, from the origin; a hop without an address of its own has no link."""
    lines = []
    for number, hop in enumerate(item.chain):
        facts = [_linked(hop.source, hop.url)]
        if hop.title:
            facts.append(_label(strings, "original_title") + escape(hop.title))
        if hop.author:
            facts.append(_label(strings, "by") + escape(hop.author))
        if hop.translator:
            facts.append(_label(strings, "translated_by") + escape(hop.translator))
        if hop.date is not None:
            facts.append(escape(hop.date.text))
        if _is_web(hop.archived):
            facts.append(_linked(strings["archived"], hop.archived))
        kind = _kind(item, number)
        lines.append(_label(strings, kind) + " · ".join(facts))
    if lines:
        yield "<p>" + "<br>\n".join(lines) + "</p>"


def _kind(item: FeedItem, number: int) -> str:
    """What a hop is called: the site's own text was written after it, else it is the origin, a translation or a copy."""
    if item.original:
        return "hop_reference"
    return "hop_origin" if not number else "hop_translation" if item.chain[number].translator else "hop_copy"


def _main_text(item: FeedItem, bodies: Mapping[str, str], strings: Mapping[str, str]) -> Iterator[str]:
    body = _resolved(item.body.digest, item.body.references, bodies) if item.body is not None else ""
    cover = item.cover
    if cover is not None and cover.absolute_url and escape(cover.absolute_url) not in body:
        size = f' width="{cover.width}" height="{cover.height}"' if cover.width and cover.height else ""
        credit = f"<br>{_label(strings, 'cover_credit')}{escape(cover.credit)}" if cover.credit else ""
        yield f'<p><img src="{escape(cover.absolute_url)}" alt="{escape(cover.alt)}"{size}>{credit}</p>'
    if item.body is None:
        if item.summary:
            yield f"<p>{escape(item.summary)}</p>"
    elif item.mode == "full":
        yield body
    else:
        if item.lead:
            yield f"<p>{escape(item.lead)}</p>"
        yield f"<blockquote>{body}</blockquote>"
    # Our own text has no original elsewhere; what is cut of it is nowhere to be read on.
    if (item.body is None and item.mode == "full") or (item.mode != "full" and not item.original):
        yield _read_on(item, strings)


def _read_on(item: FeedItem, strings: Mapping[str, str]) -> str:
    """Where the rest is: here if the whole text is here, else at the origin, else at the copy that has an address, else
    nowhere that anybody could be sent to."""
    if item.mode == "full" or not item.chain or item.original:
        return f"<p>{_linked(strings['read_on'], item.url)}</p>"
    for number, hop in enumerate(item.chain):
        if _is_web(hop.url):
            key = "read_original" if not number else "read_translation" if hop.translator else "read_copy"
            return f"<p>{_linked(f'{strings[key]} → {hop.source}', hop.url)}</p>"
    origin = f"{_label(strings, 'hop_origin')}{escape(item.chain[0].source)}"
    return f"<p>{origin} · {escape(strings['no_link'])}</p>"


def _original_links(item: FeedItem, strings: Mapping[str, str]) -> Iterator[str]:
    """The addresses as text too: some readers strip links."""
    for number, hop in enumerate(item.chain):
        if _is_web(hop.url):
            kind = "hop_reference" if item.original else "copy_link" if number else "original_link"
            yield f"<p>{_label(strings, kind)}{_linked(hop.url, hop.url)}</p>"


def _terms(item: FeedItem, strings: Mapping[str, str]) -> Iterator[str]:
    if item.holder:
        yield f"<p>{_label(strings, 'holder')}{escape(item.holder)}</p>"
    if item.license is not None:
        name = item.license.name if item.license.granted else strings["all_rights"]
        yield f"<p>{_label(strings, 'license')}{_linked(name, item.license.url)}</p>"
    if item.noncommercial:
        yield f"<p>{escape(strings['noncommercial'])}</p>"


def _rights(item: FeedItem, strings: Mapping[str, str]) -> Iterator[str]:
    """What `dc:rights` says, part by part."""
    if item.holder:
        yield f"© {item.holder}"
    if item.license is not None:
        yield item.license.name if item.license.granted else strings["all_rights"]
    if item.noncommercial:
        yield strings["noncommercial"]
    yield from item.notices


def _authors(item: FeedItem, view: FeedView) -> tuple[str, ...]:
    """Who wrote it, once each: the site's author for its own texts, else who the chain names."""
    names = [view.author] if item.original else [name for hop in item.chain for name in hop.author.split("、")]
    return tuple(dict.fromkeys(name for name in names if name))


def _withdrawal(item: FeedItem, strings: Mapping[str, str]) -> str:
    date = f"{item.updated.year}年{item.updated.month}月{item.updated.day}日"
    return (
        f"{strings['withdrawn']}（{strings['withdrawn_on']}：{date}；{strings['withdrawn_reason']}：{item.withdrawn}）"
    )


def _resolved(digest: str, references: tuple[str, ...], bodies: Mapping[str, str]) -> str:
    from builder.markup.render import resolve

    return resolve(bodies[digest], references)


def _label(strings: Mapping[str, str], key: str) -> str:
    return escape(strings[key]) + "："


def _linked(text: str, url: str) -> str:
    return f'<a href="{escape(_ascii_url(url))}">{escape(text)}</a>' if _is_web(url) else escape(text)


# What may be in a feed.


def _clean(html: str, base: str) -> str:
    """HTML for readers: no scripts, frames, forms, styles, classes or ids, and every address absolute and ASCII."""
    import nh3

    from builder.markup.sanitize import SCHEMES

    def settle(_tag: str, attribute: str, value: str) -> str | None:
        if attribute not in _URL_ATTRIBUTES:
            return value
        try:
            return _ascii_url(value if _is_web(value) else urljoin(base, value))
        except ValueError:  # no address at all, such as "http://["
            return None

    return nh3.clean(
        # A task that is done is told from one that is not by a form element, which no reader shows.
        _CHECKBOX.sub(lambda found: "☑ " if " checked" in found[0] else "☐ ", html),
        tags=set(_TAGS.split()),
        clean_content_tags=set(_DROPPED),
        attributes=_ATTRIBUTES,
        attribute_filter=settle,
        link_rel=None,
        url_schemes=set(SCHEMES),
    )


def _text(text: str) -> str:
    """The text less what XML cannot carry; line ends as XML has them."""
    return _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _is_web(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def _ascii_url(url: str) -> str:
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


def _mend_titles(document: str) -> str:
    """`&lt;` in a title looks like HTML to the validator, `&#x3C;` does not; both are the same to an XML parser."""
    parts = _OUTSIDE_CDATA.split(document)
    # Odd places are the CDATA sections.
    parts[::2] = [_TITLE.sub(lambda found: found[0].replace("&lt;", "&#x3C;"), part) for part in parts[::2]]
    return "".join(parts)
