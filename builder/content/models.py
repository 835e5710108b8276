"""What a source file says, as frozen values. Nothing here is computed from other sources or knows about pages."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - as below
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

# These values are read back from bytes by their types, which have to be there when the program runs.
from builder.config import Mode, Wording  # noqa: TC001
from builder.diagnostics import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

# Structs are made, read and written in a fraction of the time that dataclasses take.

Kind = Literal["article", "issue", "page"]
KINDS: tuple[Kind, ...] = ("article", "issue", "page")


class Date(Struct, frozen=True, gc=False):
    """A moment, or a whole day when `has_time` is false: then its beginning in the site's zone. Always aware, in whatever zone:
    it is put into the site's to be shown."""

    moment: datetime
    has_time: bool


class Hop(Struct, frozen=True, gc=False):
    """One station of a text's way here. A link is only ever this hop's own `url`."""

    source: str
    author: str = ""
    translator: str = ""
    title: str = ""
    url: str = ""
    archived: str = ""
    date: Date | None = None


Attribution: TypeAlias = tuple[Hop, ...]
"""From the origin to the nearest copy; empty for the site's own texts."""


class Permission(Struct, frozen=True, gc=False):
    """The record of a holder's consent."""

    kind: str
    date: str = ""
    evidence: str = ""


class Rights(Struct, frozen=True, gc=False):
    """The *effective* terms of an article: site, sources and front matter already weighed."""

    mode: Mode
    notices: tuple[Wording, ...]
    holder: str = ""
    license: str = ""  # an SPDX id, a URL, "all-rights-reserved" or "" (nothing said)
    noncommercial: bool = False
    signoff: Wording | None = None  # inline Markdown
    permission: Permission | None = None
    permitted: bool = False
    noindex: bool = False  # a source asks search engines to pass it over


class Cover(Struct, frozen=True, gc=False):
    """The picture that stands for an article. `src` is as written: a path beside the source, a path of the site or a URL."""

    src: str
    alt: str = ""
    credit: str = ""


class Withdrawal(Struct, frozen=True, gc=False):
    """A takedown: a tombstone takes the article's place."""

    date: Date
    reason: str


class Provenance(Struct, frozen=True, gc=False):
    """Written by `import`: where and when the text was taken, and its SHA-256 then (`provenance.digest_body`). `sha256_now`
    is that of the body as it stands."""

    origin: str
    at: str = ""
    sha256: str = ""
    sha256_now: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether the body is another than the one that was taken; false where nobody recorded what that was."""
        return bool(self.sha256) and self.sha256.lower() != self.sha256_now


class Override(Struct, frozen=True, gc=False):
    """One of the editor's own words: `text` becomes `replacement` in `variant` ("" means every Traditional variant)."""

    variant: str
    text: str
    replacement: str


class Article(Struct, frozen=True, gc=False):
    """One source file of any kind, checked. `body` is Markdown and starts at line `body_line` of the file; `places` tells
    where the keys of its front matter stand, and the words under `convert` and `keep` ("convert.zh-TW.视频", "keep.秦盛")."""

    path: str  # relative to the site's folder, with "/"
    id: str
    kind: Kind
    title: str  # "" until its text is rendered, where the front matter gives none
    date: Date | None
    updated: Date | None
    url_path: str  # as written under content/, no suffix: where it goes without a category
    slug: str  # the last part of its URL
    category: str
    tags: tuple[str, ...]
    summary: str
    cover: Cover | None
    script: str
    draft: bool
    issue: str
    comment: str  # Markdown
    aliases: tuple[str, ...]
    attribution: Attribution
    original: bool
    rights: Rights
    withdrawn: Withdrawal | None
    imported: Provenance | None
    overrides: tuple[Override, ...]
    keep: tuple[str, ...]
    body: str
    body_line: int
    places: str = ""

    def place(self, key: str = "") -> Place:
        """Where a key of the front matter stands; the file alone where it does not."""
        parts = iter(self.places.split("\0"))
        found = (
            Place(self.path, int(line), int(column))
            for name, line, column in zip(parts, parts, parts, strict=False)
            if name == key
        )
        return next(found, Place(self.path))


def join_places(places: Iterable[tuple[str, int, int]]) -> str:
    """Names with their lines and columns as one text, for `Article.places`: there are twenty in an article, and hardly ever
    does anybody ask for one."""
    return "\0".join(f"{name}\0{line}\0{column}" for name, line, column in places)
