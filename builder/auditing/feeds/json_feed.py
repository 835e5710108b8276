"""JSON Feed → a feed (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from builder.auditing.feeds.documents import NO_STAMP, Feed, Item, Paging, Slip, Unreadable, read_rfc3339

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from builder.auditing.feeds.bodies import Body

_VERSION = "https://jsonfeed.org/version/1.1"


def read_json_feed(path: str, data: bytes, read_body: Callable[[str], Body]) -> Feed | Unreadable:
    """The feed in a JSON file."""
    try:
        root = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as fault:
        return Unreadable(path, f"it is no JSON: {fault}")
    if not isinstance(root, dict):
        return Unreadable(path, "it is no object of JSON")
    items = _objects(root.get("items"))
    home, own = _text(root, "home_page_url"), _text(root, "feed_url")
    addresses = [(name, _text(root, name)) for name in ("home_page_url", "feed_url", "next_url", "icon", "favicon")]
    stamps = [read_rfc3339(_text(item, "date_modified") or _text(item, "date_published")) for item in items]
    updated = _text(_extension(root), "updated")
    said = read_rfc3339(updated) if updated else None
    moments = [(stamp.moment, stamp) for stamp in stamps if stamp.moment]
    return Feed(
        path=path,
        format="json",
        title=_text(root, "title"),
        language=_text(root, "language"),
        home=home,
        own=(own,) if own else (),
        # The format has no date of its own.
        updated=said or (max(moments, key=lambda pair: pair[0])[1] if moments else NO_STAMP),
        paging=Paging(),
        addresses=tuple((name, address) for name, address in addresses if address),
        items=tuple(_read_item(item, read_body) for item in items),
        slips=(*_feed_slips(root), *(slip for item in items for slip in _item_slips(item))),
        texts="\n".join(_texts(root)),
    )


def _read_item(item: dict[str, Any], read_body: Callable[[str], Body]) -> Item:
    external, own = _text(item, "external_url"), _extension(item)
    addresses = [(name, _text(item, name)) for name in ("url", "external_url", "image", "banner_image")]
    addresses += [("attachment", _text(attachment, "url")) for attachment in _objects(item.get("attachments"))]
    rights = _object(own, "rights")
    terms = _object(rights, "license")
    licenses = [_text(terms, "url")] if terms.get("granted") is True and _text(terms, "url") else []
    addresses += [("the licence", address) for address in licenses]
    via = _text(own, "via")
    addresses += [("via", via)]
    hops = _objects(own.get("chain"))
    addresses += [(f"{name} of a hop", _text(hop, name)) for hop in hops for name in ("url", "archived")]
    return Item(
        format="json",
        guid=_text(item, "id"),
        title=_text(item, "title"),
        link=_text(item, "url"),
        creators=tuple(_text(author, "name") for author in _objects(item.get("authors")) if _text(author, "name")),
        source=None,
        links=tuple((name, address) for name, address in (("related", external), ("via", via)) if address),
        licenses=tuple(licenses),
        rights="\n".join(_texts(rights)),
        published=read_rfc3339(_text(item, "date_published")),
        updated=read_rfc3339(_text(item, "date_modified")),
        body=read_body(_text(item, "content_html")),
        addresses=tuple((name, address) for name, address in addresses if address),
        line=0,
        chain=tuple((_text(hop, "source"), _text(hop, "url")) for hop in hops),
    )


def _feed_slips(root: dict[str, Any]) -> Iterator[Slip]:
    if root.get("version") != _VERSION:
        yield Slip("well-formed", f"the version is {root.get('version', 'missing')}, and not {_VERSION}")
    if not _text(root, "title"):
        yield Slip("well-formed", "the feed has no title")
    if not isinstance(root.get("items"), list):
        yield Slip("well-formed", "the feed has no items")


def _item_slips(item: dict[str, Any]) -> Iterator[Slip]:
    for key in ("id", "url", "title", "date_published"):
        if not _text(item, key):
            yield Slip("well-formed", f"an item has no {key}: {_text(item, 'id') or _text(item, 'url')}")
    if "content_html" not in item:
        yield Slip("well-formed", f"the item {_text(item, 'id')} has no content_html")


def _extension(item: dict[str, Any]) -> dict[str, Any]:
    """What an item says under names of one's own, which begin with `_`."""
    said: dict[str, Any] = {}
    for key, value in item.items():
        if key.startswith("_") and isinstance(value, dict):
            said |= value
    return said


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key, "")
    return value.strip() if isinstance(value, str) else ""


def _object(item: dict[str, Any], key: str) -> dict[str, Any]:
    value = item.get(key)
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
