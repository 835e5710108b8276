"""A taken text → the source that `wenzhai new` would have begun, filled in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING

from builder.content.provenance import show_provenance
from builder.diagnostics import Diagnostic, Place, warning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from builder.authoring.importing.taken import TakenText
    from builder.config import SiteConfig
    from builder.content.models import Date, Hop


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a source from others: its id, the last part of its address, when it was published here."""

    id: str
    slug: str
    date: str  # as front matter writes it


#: Scalars that YAML takes as they are, wherever they stand. Front matter types nothing implicitly.
_PLAIN = re.compile(r"\w[\w·（）《》、，。！？“”-]*(?: \w[\w·（）《》、，。！？“”-]*)*")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def compose_source(
    taken: TakenText, identity: Identity, config: SiteConfig, *, origin: str, now: datetime, draft: bool = False
) -> str:
    """The text of the source: front matter in YAML, a blank line, the body. `origin` says where it was taken, at `now`."""
    lines = [
        f"id: {identity.id}",
        f"title: {_scalar(taken.title)}",
        f"date: {identity.date}",
        f"slug: {identity.slug}",
    ]
    if taken.category:
        lines.append(f"category: {_scalar(category_key(taken.category, config))}")
    if taken.tags:
        lines.append(f"tags: [{', '.join(map(_scalar, taken.tags))}]")
    if taken.script and taken.script != config.source_variant:
        lines.append(f"script: {taken.script}")
    if draft:
        lines.append("draft: true")
    lines.append("attribution:")
    lines += [f"  - {{{', '.join(f'{key}: {value}' for key, value in _hop(hop))}}}" for hop in taken.hops]
    lines += _rights(taken)
    recorded = show_provenance(origin, now.astimezone(config.zone), taken.body)
    return "\n".join(["---", *lines, recorded + "---", "", taken.body, ""])


def suggestions_at(taken: TakenText, path: str, text: str) -> tuple[Diagnostic, ...]:
    """What is left to the editor, at its lines in the source that was written."""
    above = text.index("\n---\n") + len("\n---\n")
    first = text.count("\n", 0, above) + 1  # the blank line between front matter and body
    return tuple(
        warning(
            item.code,
            item.message,
            Place(path, first + item.line, item.column) if item.line else Place(path),
            item.hint,
        )
        for item in taken.suggestions
    )


def show_diff(path: str, text: str, before: str | None) -> str:
    """What writing a text would change, as a unified diff; all of a file that is not there yet."""
    old = [] if before is None else before.splitlines(keepends=True)
    name = "/dev/null" if before is None else path
    return "".join(unified_diff(old, text.splitlines(keepends=True), name, path))


def category_key(name: str, config: SiteConfig) -> str:
    """The site's key for a category as a reader sees it, else the name itself."""
    for category in config.categories:
        if name == category.key or name in (text for _, text in category.title.texts):
            return category.key
    return name


def _hop(hop: Hop) -> Iterator[tuple[str, str]]:
    for key, value in (
        ("source", hop.source),
        ("author", hop.author),
        ("translator", hop.translator),
        ("title", hop.title),
        ("url", hop.url),
        ("archived", hop.archived),
    ):
        if value:
            yield key, _scalar(value)
    if hop.date:
        yield "date", write_date(hop.date)


def write_date(date: Date) -> str:
    """A date as front matter writes it."""
    return date.moment.replace(microsecond=0).isoformat() if date.has_time else f"{date.moment:%Y-%m-%d}"


def _rights(taken: TakenText) -> list[str]:
    lines = []
    if taken.license:
        lines.append(f"  license: {_scalar(taken.license)}")
    if taken.noncommercial:
        lines.append("  noncommercial: true")
    if taken.notices:
        lines += ["  notices:", *(f"    - {_scalar(notice)}" for notice in taken.notices)]
    if taken.signoff:
        lines.append(f"  signoff: {_scalar(taken.signoff)}")
    return ["rights:", *lines] if lines else []


def _scalar(text: str) -> str:
    text = _UNPRINTABLE.sub(" ", text).strip()
    # A JSON string is a YAML string, whatever stands in it.
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
