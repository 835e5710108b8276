"""Twins: `name.zh-tw.md` beside `name.md`, the text as a person wrote it for one variant. Which files are twins, and what
they say."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from builder.content.discover import FoundSource, SourceFile
from builder.content.front_matter import read_front_matter, read_title
from builder.diagnostics import Checked, Diagnostic, Place, error, warning
from builder.located import Table, quoted
from builder.names import VARIANT_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.located import Reader

Source = TypeVar("Source", SourceFile, FoundSource)

_NAME = re.compile(r"(.+)\.(zh-(?:cn|tw|hk))", re.IGNORECASE)
_TAGS = {tag.lower(): tag for tag in VARIANT_TAGS}


class Twin(Struct, frozen=True, gc=False):
    """What a twin says in its variant. "" is what it leaves to its main source; all else is that one's anyway. The bodies are
    Markdown; `places` tells where the keys of its front matter stand."""

    path: str
    variant: str
    title: str
    summary: str
    cover_alt: str
    comment: str
    body: str
    body_line: int
    places: tuple[tuple[str, int, int], ...] = ()

    def place(self, key: str) -> Place:
        """Where a key of its front matter stands."""
        found = (Place(self.path, line, column) for name, line, column in self.places if name == key)
        return next(found, Place(self.path))


def variant_of(name: str) -> tuple[str, str]:
    """The name of the main source and the variant that a file's name, less its suffix, says it is a twin for; "" for none."""
    found = _NAME.fullmatch(name) if ".zh-" in name.lower() else None
    return (found[1], _TAGS[found[2].lower()]) if found else (name, "")


def join_twins(sources: Iterable[Source], *, declared: bool, script: str) -> Checked[tuple[Source, ...]]:
    """The sources that are published, each with its twins. A twin without a main source is an error. In a folder that is no
    declared site, where a name may mean anything, it is a source like others, and so is one for `script`, the site's own."""
    main: dict[str, Source] = {}
    twins: dict[str, dict[str, Source]] = {}
    found: list[Diagnostic] = []
    everything = tuple(sources)
    names = {source.name for source in everything}
    for source in everything:
        name, variant = variant_of(source.name)
        if not variant or (not declared and (name not in names or variant == script)):
            main[source.path] = source
        elif name not in names:
            message = f"it is the twin for {variant} of a source that is not there"
            hint = (
                f"put {name.rpartition('/')[2]}.md beside it, or give it a name that does not end in .{variant.lower()}"
            )
            found.append(error("twin-orphan", message, Place(source.path), hint))
        elif variant in twins.setdefault(name, {}):
            message = f"{twins[name][variant].path} is the twin for {variant} already"
            found.append(error("twin-double", message, Place(source.path), "keep one of the two"))
        else:
            twins[name][variant] = source
    joined = []
    for source in main.values():
        of_source = twins.pop(source.name, {})
        joined.append(replace(source, twins=tuple(of_source.values())) if of_source else source)
    return Checked(tuple(joined), tuple(found))


def parse_twin(source: SourceFile) -> Checked[Twin | None]:
    """The twin that a file holds; None when its front matter cannot be read."""
    front = read_front_matter(source)
    if front.value is None:
        return Checked(None, front.diagnostics)
    reader, part = front.value
    found = reader.found
    twin = Twin(
        path=source.path,
        variant=variant_of(source.name)[1],
        title=read_title(reader),
        summary=" ".join(reader.text("summary").split()),
        cover_alt=_read_cover(reader),
        comment=reader.text("comment"),
        body=part.body,
        body_line=part.body_line,
        places=tuple((key.text, value.line, value.column) for key, value in reader.table.entries),
    )
    for key, _ in reader.table.entries:
        if key.text not in ("title", "summary", "cover", "comment"):
            found.append(_unread(key.text, reader.place(key)))
    return Checked(twin, tuple(found))


def _read_cover(reader: Reader) -> str:
    if not isinstance(reader.value("cover"), Table):
        if reader.value("cover") is not None:
            reader.found.append(_unread("cover", reader.place(reader.value("cover")), "cover: {alt: 圖上是什麼}"))
        return ""
    cover = reader.sub("cover")
    assert cover is not None
    for key, _ in cover.table.entries:
        if key.text != "alt":
            reader.found.append(_unread(f"cover.{key.text}", reader.place(key)))
    return cover.text("alt")


def _unread(key: str, place: Place, example: str = "") -> Diagnostic:
    message = f"{quoted(key)} is not read from a twin: it is the main source's"
    hint = example or "a twin has a body, and may have title, summary, comment and cover: {alt: …}; take the line out"
    return warning("twin-key", message, place, hint)
