"""Feeds' views → bytes: RSS 2.0, Atom 1.0, JSON Feed 1.1, and OPML."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from builder.publish.feeds import atom, json_feed, rss
from builder.publish.feeds.content import STRINGS, Told, tell
from builder.publish.feeds.opml import render_opml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from builder.rendering.records import Bodies
    from builder.site.views import FeedItem, FeedView

__all__ = ["STRINGS", "FeedRenderer", "render_feed", "render_opml"]

Key = TypeVar("Key")
Value = TypeVar("Value")


class _Writer(Protocol):
    """What a format can do."""

    def write_item(self, told: Told) -> str:
        """An item as it stands in a feed."""

    def write_feed(self, view: FeedView, items: Iterable[str]) -> bytes:
        """A whole feed of written items."""


_FORMATS: Mapping[str, _Writer] = {"rss": rss, "atom": atom, "json": json_feed}

#: So many items are kept for each format: an item stands in three formats and in many feeds, which are rendered variant by
#: variant, and a site of 1,000 articles fits in.
_KEPT = 1200


def render_feed(view: FeedView, bodies: Bodies, strings: Mapping[str, str]) -> bytes:
    """A feed in its format, in UTF-8, items in the order of the view. `bodies` maps digests to rendered bodies; `strings` has
    the texts named in `STRINGS`, in the feed's variant. The same arguments give the same bytes at any time and place."""
    return FeedRenderer({view.variant: strings}).render(view, bodies)


class FeedRenderer:
    """Turns views into feeds as `render_feed` does, and remembers items: a body is told by its digest, so an item that is
    equal is written the same."""

    def __init__(self, strings: Mapping[str, Mapping[str, str]]) -> None:
        """`strings` has the texts of every variant."""
        self._strings = strings
        self._told: dict[FeedItem, Told] = {}
        self._written: dict[str, dict[FeedItem, str]] = {format: {} for format in _FORMATS}  # noqa: A001

    def render(self, view: FeedView, bodies: Bodies) -> bytes:
        """See `render_feed`."""
        writer, strings, known = _FORMATS[view.format], self._strings[view.variant], self._written[view.format]

        def write(item: FeedItem) -> str:
            return writer.write_item(_recall(self._told, item, lambda: tell(item, bodies, strings)))

        # No item is of two variants: its guid says which.
        items = [_recall(known, item, partial(write, item)) for item in view.items]
        return writer.write_feed(view, items)


def _recall(memory: dict[Key, Value], key: Key, make: Callable[[], Value]) -> Value:
    value = memory.get(key)
    if value is None:
        # The oldest goes; another thread may have taken it already.
        while len(memory) >= _KEPT:
            memory.pop(next(iter(memory)), None)
        value = memory[key] = make()
    return value
