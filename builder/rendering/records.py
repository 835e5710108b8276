"""What rendering a source file came to, as bytes that the memo keeps, and back: what planning a site goes by in one value, its
record; what only pages show in others, by their digests: its texts, and each body.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Protocol

# The types of what is read from bytes have to be there when the program runs.
import msgspec

from builder.content.models import Article  # noqa: TC001
from builder.diagnostics import Checked, Diagnostic
from builder.markup.render import Reference  # noqa: TC001
from builder.memo import digest_bytes
from builder.rendering.articles import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.rendering.articles import Body, Rendered


class BodyKey(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A rendered body that is kept elsewhere: its digest, the numbers of the references that stand in it, and its size in
    bytes of UTF-8."""

    digest: str
    references: tuple[int, ...]
    size: int


class Record(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An article, less its texts. `key` names everything that it was made from. `texts` is the digest of what it says in all
    variants (`unpack_text`), `bodies` are those of all its bodies. `published` are the numbers of those of its references that
    stand in any variant's text; `size` is that of its body in the default variant, in bytes."""

    key: str
    article: Article
    texts: str
    references: tuple[Reference, ...]
    comment_references: tuple[Reference, ...]
    published: tuple[int, ...]
    comment_published: tuple[int, ...]
    anchors: tuple[str, ...]
    words: int
    bodies: tuple[str, ...]
    size: int


class Texts(Protocol):
    """What articles say."""

    def read(self, record: Record, variant: str, /) -> Text[BodyKey]:
        """What an article says in a variant."""


class Bodies(Protocol):
    """Rendered bodies by their digests."""

    def __getitem__(self, digest: str, /) -> str:
        """A body's HTML, its references not resolved."""


class _Stored(msgspec.Struct, frozen=True, array_like=True, gc=False):
    record: Record | None
    findings: tuple[Diagnostic, ...]


def pack_record(rendered: Checked[Rendered | None], key: str) -> tuple[bytes, dict[str, bytes]]:
    """A source file's record, and its texts and bodies by their digests."""
    if rendered.value is None:
        return msgspec.msgpack.encode(_Stored(None, rendered.diagnostics)), {}
    item = rendered.value
    bodies = {body.digest: body.html.encode() for body in _bodies(item.texts.values())}
    texts = {tag: _without_bodies(text, bodies) for tag, text in item.texts.items()}
    said = msgspec.msgpack.encode(texts)
    record = Record(
        key=key,
        article=item.article,
        texts=digest_bytes(said),
        references=item.references,
        comment_references=item.comment_references,
        published=_union(text.body for text in texts.values()),
        comment_published=_union(text.comment for text in texts.values()),
        anchors=item.anchors,
        words=item.words,
        bodies=tuple(sorted(bodies)),
        size=next((text.body.size for text in texts.values() if text.body), 0),
    )
    return msgspec.msgpack.encode(_Stored(record, rendered.diagnostics)), {**bodies, record.texts: said}


def unpack_record(data: bytes) -> Checked[Record | None] | None:
    """The record that some bytes hold; None where they hold none."""
    try:
        stored = _record_decoder().decode(data)
    except msgspec.DecodeError:
        return None
    return Checked(stored.record, stored.findings)


def unpack_text(data: bytes, variant: str) -> Text[BodyKey]:
    """What an article says in a variant, of the bytes that hold its texts."""
    return _text_decoder().decode(_texts_decoder().decode(data)[variant])


@cache
def _record_decoder() -> msgspec.msgpack.Decoder[_Stored]:
    return msgspec.msgpack.Decoder(_Stored)


@cache
def _texts_decoder() -> msgspec.msgpack.Decoder[dict[str, msgspec.Raw]]:
    return msgspec.msgpack.Decoder(dict[str, msgspec.Raw])


@cache
def _text_decoder() -> msgspec.msgpack.Decoder[Text[BodyKey]]:
    return msgspec.msgpack.Decoder(Text[BodyKey])


def _without_bodies(text: Text[Body], bodies: dict[str, bytes]) -> Text[BodyKey]:
    return Text(
        title=text.title,
        summary=text.summary,
        body=_key_of(text.body, bodies),
        comment=_key_of(text.comment, bodies),
        outline=text.outline,
        cover_alt=text.cover_alt,
        notices=text.notices,
        signoff=text.signoff,
        reason=text.reason,
    )


_REFERENCE = re.compile("\0([0-9]+)\0")


def _key_of(body: Body | None, bodies: dict[str, bytes]) -> BodyKey | None:
    if body is None:
        return None
    return BodyKey(body.digest, tuple(map(int, _REFERENCE.findall(body.html))), len(bodies[body.digest]))


def _bodies(texts: Iterable[Text[Body]]) -> list[Body]:
    return [body for text in texts for body in (text.body, text.comment) if body]


def _union(keys: Iterable[BodyKey | None]) -> tuple[int, ...]:
    return tuple(sorted({number for key in keys if key for number in key.references}))
