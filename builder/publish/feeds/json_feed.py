"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). What it has no words for is under `_wenzhai`; docs/feeds.md lists
that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from builder.publish.feeds.cleaning import ascii_url, is_web, plain
from builder.publish.feeds.content import kind_of_hop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.publish.feeds.content import Told
    from builder.site.views import FeedItem, FeedView


def write_item(told: Told) -> str:
    """An item of `items`."""
    item = told.item
    return _to_json(
        {
            "id": told.guid,
            "url": told.url,
            "external_url": told.origin[1] if not item.original else "",
            "title": told.title,
            "content_html": told.content,
            "summary": told.summary,
            "image": ascii_url(told.cover.absolute_url) if told.cover else "",
            "date_published": item.date.isoformat(),
            "date_modified": item.updated.isoformat(),
            "authors": [{"name": name} for name in told.authors or filter(None, (told.publisher,))],
            "tags": list(told.categories),
            "_wenzhai": _more(told),
        }
    )


def _more(told: Told) -> dict[str, object]:
    item, license = told.item, told.item.license  # noqa: A001
    rights = {
        "holder": plain(item.holder),
        "license": _kept({"name": plain(license.name), "url": ascii_url(license.url), "granted": license.granted})
        if license
        else {},
        "noncommercial": item.noncommercial,
        "notices": [plain(notice) for notice in item.notices],
    }
    return {
        "mode": item.mode,
        "original": item.original,
        "chain": _chain(item),
        "via": told.copy[1],
        "rights": _kept(rights),
        "cover_credit": plain(told.cover.credit) if told.cover else "",
        "withdrawn": plain(item.withdrawn),
    }


def _chain(item: FeedItem) -> list[dict[str, object]]:
    return [
        _kept(
            {
                "kind": kind_of_hop(number, hop, original=item.original).removeprefix("hop_"),
                "source": plain(hop.source),
                "authors": [plain(who.title) for who in hop.authors],
                "translator": plain(hop.translator),
                "title": plain(hop.title),
                "url": ascii_url(hop.url) if is_web(hop.url) else "",
                "archived": ascii_url(hop.archived) if is_web(hop.archived) else "",
                "date": hop.date.iso if hop.date else "",
            }
        )
        for number, hop in enumerate(item.chain)
    ]


def write_feed(view: FeedView, items: Iterable[str]) -> bytes:
    """The whole file."""
    author = _kept({"name": plain(view.author), "url": ascii_url(view.author_url)})
    head = _to_json(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": plain(view.title) or view.home,
            "home_page_url": ascii_url(view.home),
            "feed_url": ascii_url(view.url),
            "description": plain(view.description),
            "language": view.variant,
            "authors": [author] if author else [],
            "hubs": [{"type": "WebSub", "url": ascii_url(view.hub)}] if view.hub else [],
            "_wenzhai": {"id": view.id, "updated": view.updated.isoformat(), "copyright": plain(view.copyright)},
        }
    )
    return (head.removesuffix("}") + ', "items": [\n' + ",\n".join(items) + "\n]}\n").encode()


def _to_json(value: dict[str, object]) -> str:
    kept = {key: _kept(inside) if isinstance(inside, dict) else inside for key, inside in value.items()}
    return json.dumps(_kept(kept), ensure_ascii=False)


def _kept(value: dict[str, object]) -> dict[str, object]:
    """Less what says nothing: a feed leaves out what it does not know."""
    return {key: inside for key, inside in value.items() if inside not in ("", [], {})}
