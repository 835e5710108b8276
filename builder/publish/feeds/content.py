"""An item of a feed → what every format tells of it: its texts, its addresses, and the HTML that all readers show.

Readers show what is inside the body of an item and little else, so the byline, the chain, the notices and the original link
stand there as plain text, whatever mode the item is in. The metadata of each format says the same for programs.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from builder.publish.feeds.cleaning import ascii_url, clean, cut, is_web, plain
from builder.site.feeds import ITEM_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder.rendering.records import Bodies
    from builder.site.views import BodyRef, FeedItem, HopView, PictureView

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
"""The interface texts that feeds need: labels, without punctuation after them."""


@dataclass(frozen=True, slots=True)
class Told:
    """An item as all formats tell it. Texts hold what XML can carry and are not escaped, `content` is clean HTML, addresses
    are absolute ASCII or ""."""

    item: FeedItem
    guid: str
    title: str
    summary: str
    content: str
    url: str
    categories: tuple[str, ...]
    authors: tuple[str, ...]  # named persons only
    publisher: str
    rights: tuple[str, ...]  # holder, licence, conditions, notices
    origin: tuple[str, str]  # name and address, both "" where the origin has no address of its own
    copy: tuple[str, str]  # likewise of the nearest copy that has one
    license_url: str  # of a licence that was granted
    is_creative_commons: bool
    cover: PictureView | None


def tell(item: FeedItem, bodies: Bodies, strings: Mapping[str, str]) -> Told:
    """What formats tell of an item. `bodies` maps digests to rendered bodies; `strings` has the texts named in `STRINGS`, in
    the feed's variant."""
    summary = plain(_withdrawal(item, strings) if item.withdrawn else item.summary)
    title = plain(item.title).strip() or ascii_url(item.url)
    origin = next(((hop.source, hop.url) for hop in item.chain[:1] if is_web(hop.url)), ("", ""))
    nearest = next(((hop.source, hop.url) for hop in reversed(item.chain[1:]) if is_web(hop.url)), ("", ""))
    granted = item.license.url if item.license is not None and item.license.granted else ""
    license_url = ascii_url(granted) if is_web(granted) else ""
    return Told(
        item=item,
        guid=plain(item.guid),
        title=title,
        summary=summary.strip() or title,
        content=plain("\n".join(_compose(item, bodies, strings))),
        url=ascii_url(item.url),
        categories=tuple(filter(None, map(plain, item.categories))),
        authors=tuple(map(plain, item.authors)),
        publisher=plain(item.publisher),
        rights=tuple(plain(text) for text in _rights(item, strings)),
        origin=(plain(origin[0]), ascii_url(origin[1])),
        copy=(plain(nearest[0]), ascii_url(nearest[1])),
        license_url=license_url,
        is_creative_commons=urlsplit(license_url).hostname in {"creativecommons.org", "www.creativecommons.org"},
        cover=item.cover if item.cover is not None and is_web(item.cover.absolute_url) and not item.withdrawn else None,
    )


def kind_of_hop(number: int, hop: HopView, *, original: bool) -> str:
    """What a hop is: a `hop_reference` of the site's own text, else the origin, a translation or a copy."""
    if original:
        return "hop_reference"
    return "hop_origin" if not number else "hop_translation" if hop.translator else "hop_copy"


# The HTML of an item.


def _compose(item: FeedItem, bodies: Bodies, strings: Mapping[str, str]) -> Iterator[str]:
    """In the order of an article's page: byline and chain, notices, text, original link, licence, sign-off, notices again. A
    withdrawn item keeps what says whose it was, and nothing of its text."""
    if item.withdrawn:
        yield f"<p><strong>{escape(_withdrawal(item, strings))}</strong></p>"
        yield from _byline(item, strings)
        yield from _chain(item, strings)
        yield f"<p>{escape(strings['withdrawn_note'])}</p>"
        return
    notices = [f"<p><strong>{escape(notice)}</strong></p>" for notice in item.notices]
    yield from _byline(item, strings)
    yield from _chain(item, strings)
    yield from notices
    if item.comment is not None:
        yield f"<p><strong>{_label(strings, 'comment')}</strong></p>"
        yield f"<blockquote>{_body(item.comment, item, bodies)}</blockquote>"
    yield "<hr>"
    yield from _main_text(item, bodies, strings)
    yield "<hr>"
    yield from _original_links(item, strings)
    yield from _terms(item, strings)
    if item.signoff:
        yield f"<p>{clean(item.signoff, item.url)}</p>"
    yield from notices


def _byline(item: FeedItem, strings: Mapping[str, str]) -> Iterator[str]:
    if item.authors:
        yield f"<p>{_label(strings, 'by')}{escape('、'.join(item.authors))}</p>"
    if item.original:
        yield f"<p>{escape(strings['original_work'])}</p>"


def _chain(item: FeedItem, strings: Mapping[str, str]) -> Iterator[str]:
    """A line a hop, from the origin; a hop without an address of its own has no link."""
    lines = []
    for number, hop in enumerate(item.chain):
        facts = [_linked(hop.source, hop.url)]
        if hop.title:
            facts.append(_label(strings, "original_title") + escape(hop.title))
        if hop.authors:
            facts.append(_label(strings, "by") + escape(hop.author))
        if hop.translator:
            facts.append(_label(strings, "translated_by") + escape(hop.translator))
        if hop.date is not None:
            facts.append(escape(hop.date.text))
        if is_web(hop.archived):
            facts.append(_linked(strings["archived"], hop.archived))
        kind = kind_of_hop(number, hop, original=item.original)
        lines.append(_label(strings, kind) + " · ".join(facts))
    if lines:
        yield "<p>" + "<br>\n".join(lines) + "</p>"


def _main_text(item: FeedItem, bodies: Bodies, strings: Mapping[str, str]) -> Iterator[str]:
    whole = _body(item.body, item, bodies) if item.body is not None else ""
    body = cut(whole, ITEM_BYTES)
    cover = ascii_url(item.cover.absolute_url) if item.cover is not None else ""
    if item.cover is not None and is_web(cover) and f'src="{escape(cover)}"' not in body:
        size = (
            f' width="{item.cover.width}" height="{item.cover.height}"' if item.cover.width * item.cover.height else ""
        )
        credit = f"<br>{_label(strings, 'cover_credit')}{escape(item.cover.credit)}" if item.cover.credit else ""
        picture = clean(f'<img src="{escape(cover)}" alt="{escape(item.cover.alt)}"{size}>', item.url)
        yield f"<p>{picture}{credit}</p>"
    if item.body is None:
        if item.summary:
            yield f"<p>{escape(item.summary)}</p>"
    elif item.mode == "full":
        yield body
    else:
        if item.lead:
            yield f"<p>{escape(item.lead)}</p>"
        yield f"<blockquote>{body}</blockquote>"
    yield from _listed(item, strings)
    if item.mode == "full" and (item.body is None or body != whole):
        yield f"<p>{_linked(strings['read_on'], item.url)}</p>"
    elif item.mode != "full" and not item.original:
        # Our own text has no original elsewhere; what is cut of it is nowhere to be read on.
        yield _read_original(item, strings)


def _read_original(item: FeedItem, strings: Mapping[str, str]) -> str:
    """Where the rest is: at the origin, else at the copy that has an address, else nowhere that anybody could be sent to."""
    for number, hop in enumerate(item.chain):
        if is_web(hop.url):
            key = "read_original" if not number else "read_translation" if hop.translator else "read_copy"
            return f"<p>{_linked(f'{strings[key]} → {hop.source}', hop.url)}</p>"
    if not item.chain:
        return f"<p>{_linked(strings['read_on'], item.url)}</p>"
    origin = f"{_label(strings, 'hop_origin')}{escape(item.chain[0].source)}"
    return f"<p>{origin} · {escape(strings['no_link'])}</p>"


def _listed(item: FeedItem, strings: Mapping[str, str]) -> Iterator[str]:
    """The articles of a digest issue, each with whose it is; a notice that the issue has itself is not said again."""
    for name, inside in item.listed:
        if name:
            yield f"<h2>{escape(name)}</h2>"
        yield "<ul>"
        for one in inside:
            lines = [f"<strong>{_linked(one.title, one.url)}</strong>"]
            if one.authors:
                lines.append(_label(strings, "by") + escape("、".join(one.authors)))
            if one.original:
                lines.append(escape(strings["original_work"]))
            for number, hop in enumerate(one.chain):
                kind = kind_of_hop(number, hop, original=one.original)
                translator = f" · {_label(strings, 'translated_by')}{escape(hop.translator)}" if hop.translator else ""
                lines.append(_label(strings, kind) + _linked(hop.source, hop.url) + translator)
            lines += [escape(one.summary)] if one.summary else []
            lines += [escape(notice) for notice in one.notices if notice not in item.notices]
            yield f"<li>{'<br>'.join(lines)}</li>"
        yield "</ul>"


def _original_links(item: FeedItem, strings: Mapping[str, str]) -> Iterator[str]:
    """The addresses as text too: some readers strip links."""
    for number, hop in enumerate(item.chain):
        if is_web(hop.url):
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
    """What metadata says of the rights, part by part."""
    if item.holder:
        yield f"© {item.holder}"
    if item.license is not None:
        yield item.license.name if item.license.granted else strings["all_rights"]
    if item.noncommercial:
        yield strings["noncommercial"]
    yield from item.notices


def _withdrawal(item: FeedItem, strings: Mapping[str, str]) -> str:
    date = f"{item.updated.year}年{item.updated.month}月{item.updated.day}日"
    return (
        f"{strings['withdrawn']}（{strings['withdrawn_on']}：{date}；{strings['withdrawn_reason']}：{item.withdrawn}）"
    )


def _body(ref: BodyRef, item: FeedItem, bodies: Bodies) -> str:
    from builder.markup.render import resolve

    return clean(resolve(bodies[ref.digest], ref.references), item.url)


def _label(strings: Mapping[str, str], key: str) -> str:
    return escape(strings[key]) + "："


def _linked(text: str, url: str) -> str:
    return f'<a href="{escape(ascii_url(url))}">{escape(text)}</a>' if is_web(url) else escape(text)
