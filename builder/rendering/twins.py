"""The twins of a source → bodies that fit into its record: their references and ids beside those of the source."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from msgspec import structs

from builder.content.twins import Twin, parse_twin, variant_of
from builder.diagnostics import Checked, Diagnostic, Place, error, warning
from builder.markup.render import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.config import Variant
    from builder.content.discover import SourceFile
    from builder.markup.render import Markup, MarkupSettings

_REFERENCE = re.compile(r"\0(\d+)\0")
_ID = re.compile(r'( id="| href="#)([^"]*)(")')


@dataclass(frozen=True, slots=True)
class RenderedTwin:
    """A twin, its bodies rendered: the numbers of their references go on from those of the bodies before."""

    twin: Twin
    variant: Variant
    body: Markup
    comment: Markup


def render_twins(
    sources: Sequence[SourceFile],
    script: str,
    body: Markup,
    comment: Markup,
    variants: Sequence[Variant],
    settings: MarkupSettings,
) -> Checked[tuple[RenderedTwin, ...]]:
    """The twins of a source that is written in `script` and was rendered as `body` and `comment`, for those of `variants` that
    they are for."""
    twins: list[RenderedTwin] = []
    found: list[Diagnostic] = []
    offset, comment_offset = len(body.references), len(comment.references)
    for source in sources:
        tag = variant_of(source.name)[1]
        variant = next((variant for variant in variants if variant.tag == tag), None)
        if tag == script:
            message = f"it is a twin for {tag}, which its main source is written in"
            found.append(error("twin-script", message, Place(source.path), "put the text into the main source"))
        elif variant is None:
            message = f"it is a twin for {tag}, which is no variant of this site"
            found.append(warning("twin-variant", message, Place(source.path), f"add [variants.{tag}] to wenzhai.toml"))
        else:
            checked = _render_twin(source, variant, settings)
            found += checked.diagnostics
            if checked.value:
                twin = checked.value
                own, said = (
                    _place(_match_ids(twin.body, body), source, offset),
                    _place(twin.comment, source, comment_offset),
                )
                offset, comment_offset = offset + len(own.references), comment_offset + len(said.references)
                twins.append(replace(twin, body=own, comment=said))
    return Checked(tuple(twins), tuple(found))


def _render_twin(source: SourceFile, variant: Variant, settings: MarkupSettings) -> Checked[RenderedTwin | None]:
    parsed = parse_twin(source)
    if parsed.value is None:
        return Checked(None, parsed.diagnostics)
    twin, tag = parsed.value, variant.tag
    body = render(twin.body, settings, path=twin.path, first_line=twin.body_line, script=tag, title=twin.title)
    line = twin.place("comment").line
    comment = render(twin.comment, settings, path=twin.path, first_line=line, document="comment", script=tag)
    found = parsed.diagnostics + body.diagnostics + comment.diagnostics
    return Checked(
        RenderedTwin(structs.replace(twin, title=body.value.title), variant, body.value, comment.value), found
    )


def _match_ids(twin: Markup, main: Markup) -> Markup:
    """A twin whose headings have the ids of those they translate, where there are as many: an address with a part is the same
    in every variant."""
    if [heading.level for heading in twin.outline] != [heading.level for heading in main.outline]:
        return twin
    names = {own.id: other.id for own, other in zip(twin.outline, main.outline, strict=True)}
    anchors = tuple(sorted(names.get(anchor, anchor) for anchor in twin.anchors))
    if len(set(anchors)) != len(anchors):
        return twin
    written = {escape(own): escape(other) for own, other in names.items()}
    html = _ID.sub(lambda found: f"{found[1]}{written.get(found[2], found[2])}{found[3]}", twin.html)
    outline = tuple(structs.replace(heading, id=names[heading.id]) for heading in twin.outline)
    return replace(twin, html=html, outline=outline, anchors=anchors)


def _place(markup: Markup, source: SourceFile, offset: int) -> Markup:
    references = tuple(structs.replace(reference, path=source.path) for reference in markup.references)
    html = _REFERENCE.sub(lambda found: f"\0{int(found[1]) + offset}\0", markup.html)
    return replace(markup, html=html, references=references)
