"""A source file's text → an article: its front matter, YAML or TOML, read by the schema, and its Markdown body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote

from builder.content.attribution import EXAMPLE, read_attribution, read_date
from builder.content.dates import DATE_HINT, date_in_file_name
from builder.content.models import KINDS, Article, Cover, Override, Provenance, Withdrawal, join_places
from builder.content.provenance import digest_body
from builder.content.rights import read_rights
from builder.diagnostics import Checked, Diagnostic, Place, error, warning
from builder.located import Listing, Reader, Scalar, Table, parse_toml, parse_yaml, quoted
from builder.names import VARIANT_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from builder.config import RightsDefaults, SourcePolicy
    from builder.content.discover import SourceFile
    from builder.content.models import Kind
    from builder.located import Value

_FENCE = re.compile(r"(?:---|\+\+\+)[ \t]*\n")
_KIND_FOLDERS: Mapping[str, Kind] = {"issues": "issue", "pages": "page"}
#: Keys that people look for at the top → where they stand.
_ELSEWHERE = {key: f"attribution: {{{key}: …}}" for key in ("source", "author", "translator", "url", "archived")}
_ELSEWHERE |= {
    key: f"rights: {{{key}: …}}"
    for key in ("mode", "holder", "license", "noncommercial", "notices", "signoff", "permission")
}


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """The settings that decide what a source file means."""

    declared: bool  # whether there is a wenzhai.toml: then what is missing is an error
    zone: ZoneInfo
    source_variant: str
    rights: RightsDefaults
    sources: tuple[SourcePolicy, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """A text in its two parts. `syntax` is "yaml", "toml", or "" without front matter; lines count from 1."""

    syntax: str
    front: str
    front_line: int
    body: str
    body_line: int


def split_front_matter(text: str, path: str) -> Checked[Split | None]:
    """The front matter and the body of a text; None with an error when the front matter does not end."""
    opening = _FENCE.match(text, _end_of_blank_lines(text))
    if not opening:
        return Checked(Split("", "", 1, text, 1))
    fence = opening[0][:3]
    first_line = text.count("\n", 0, opening.end()) + 1
    closing = re.compile(rf"^{re.escape(fence)}[ \t]*(?:\n|\Z)", re.MULTILINE).search(text, opening.end())
    if not closing:
        place = Place(path, first_line - 1, 1)
        hint = f"end it with a line of {fence} alone; a rule at the top of a text without front matter is written ***"
        return Checked(
            None, (error("front-matter-open", f"the front matter opened by {fence} does not end", place, hint),)
        )
    front = text[opening.end() : closing.start()]
    body_line = text.count("\n", 0, closing.end()) + 1
    syntax = "yaml" if fence == "---" else "toml"
    return Checked(Split(syntax, front, first_line, text[closing.end() :], body_line))


def parse_source(source: SourceFile, settings: SourceSettings) -> Checked[Article | None]:
    """The article that a source file holds, and everything found wrong with it; None when it cannot be known at all. A
    date that neither the front matter nor the file name tells is left out, and not reported yet (`require_date`)."""
    front = read_front_matter(source)
    if front.value is None:
        return Checked(None, front.diagnostics)
    reader, part = front.value
    article = _read_article(reader, source, part, settings)
    reader.finish(_ELSEWHERE)
    return Checked(article, tuple(reader.found))


def read_front_matter(source: SourceFile) -> Checked[tuple[Reader, Split] | None]:
    """A reader of a source's front matter, which holds what was found so far, and the parts of the text; None when it cannot
    be read."""
    split = split_front_matter(source.text, source.path)
    if split.value is None:
        return Checked(None, split.diagnostics)
    part = split.value
    table, found = Table((), 1, 1), list[Diagnostic]()
    if part.syntax:
        parse = parse_yaml if part.syntax == "yaml" else parse_toml
        parsed = parse(part.front, source.path, part.front_line)
        found += parsed.diagnostics
        if parsed.value is None:
            return Checked(None, tuple(found))
        table = parsed.value
    return Checked((Reader(table, source.path, found=found), part))


def require_date(article: Article, *, declared: bool) -> tuple[Diagnostic, ...]:
    """The finding that an article or issue has no date."""
    if article.date or article.kind == "page" or article.withdrawn or article.place("date").line:
        return ()  # a date that is there and cannot be read has been reported as such
    message = "it has no date: it is listed last and stands in no feed"
    report = error if declared else warning
    return (report("date-missing", message, Place(article.path, 1), f"add `date:` and {DATE_HINT}"),)


def read_title(reader: Reader) -> str:
    """The title that the front matter gives, "" where it gives none."""
    return " ".join(reader.text("title").split())


def title_from_name(stem: str) -> str:
    """What a source whose text has no title is called, by the last part of its name: `196-新显示器` and
    `2026-03-26-新显示器` are 新显示器; `3d-printing` and `2026-review` are that."""
    date = r"(?:19|20)\d\d(?:\d{4}|([-_.])\d{1,2}\1\d{1,2})(?!\d)"
    number = r"(?!(?:19|20)\d\d(?!\d))\d+"
    return re.sub(rf"\A(?:{date}|{number})(?:[-_ ]+|[.、][ ]*(?!\d))(?=\S)", "", stem) or stem


def _read_article(reader: Reader, source: SourceFile, part: Split, settings: SourceSettings) -> Article:
    folder = source.name.partition("/")[0] if "/" in source.name else ""
    kind = cast("Kind", reader.choice("kind", KINDS, _KIND_FOLDERS.get(folder, "article")))
    script = reader.choice("script", VARIANT_TAGS, settings.source_variant)
    stem = source.name.rpartition("/")[2]
    attribution = read_attribution(reader, settings.zone)
    original = reader.switch("original")
    if kind == "article" and not attribution and not original and reader.value("attribution") is None:
        _report_missing(reader, settings)
    _refuse_unprinted(reader, kind)
    withdrawn = _read_withdrawn(reader, settings.zone)
    rights = read_rights(
        reader,
        attribution,
        original=original or kind != "article",
        withdrawn=withdrawn is not None,
        script=script,
        defaults=settings.rights,
        sources=settings.sources,
    )
    return Article(
        path=source.path,
        id=_read_id(reader, source.name),
        kind=kind,
        title=read_title(reader),
        date=read_date(reader, "date", settings.zone) or date_in_file_name(stem, settings.zone),
        updated=read_date(reader, "updated", settings.zone),
        url_path=source.name,
        slug=reader.text("slug") or stem,
        category=_read_category(reader),
        tags=_read_tags(reader),
        summary=" ".join(reader.text("summary").split()),
        cover=_read_cover(reader),
        script=script,
        draft=reader.switch("draft"),
        issue=reader.text("issue"),
        comment=reader.text("comment"),
        aliases=_read_aliases(reader),
        attribution=attribution,
        original=original,
        rights=rights,
        withdrawn=withdrawn,
        imported=_read_imported(reader, part.body),
        overrides=_read_overrides(reader),
        keep=reader.texts("keep"),
        body=part.body,
        body_line=part.body_line,
        places=join_places(
            (
                *((key.text, value.line, value.column) for key, value in reader.table.entries),
                *_places_of_words(reader),
            )
        ),
    )


def _report_missing(reader: Reader, settings: SourceSettings) -> None:
    message = "it does not say who wrote it and where it comes from"
    hint = f"add {EXAMPLE}, or `original: true` for a text of your own"
    report = error if settings.declared else warning
    reader.found.append(report("attribution-missing", message, Place(reader.path, 1), hint))


def _refuse_unprinted(reader: Reader, kind: Kind) -> None:
    """Attribution that no page would show must not be lost in silence: only articles print it."""
    if kind == "article":
        return
    for key in ("attribution", "rights", "comment"):
        value = reader.value(key)
        if value is not None:
            message = f"'{key}' says nothing on {'an issue' if kind == 'issue' else 'a page'}: only articles print it"
            hint = "make it an article (`kind: article`), or say it in the text"
            reader.found.append(error("kind-key", message, reader.place(value), hint))


def _read_id(reader: Reader, name: str) -> str:
    scalar = reader.scalar("id")
    if scalar is None:
        return name
    if not re.fullmatch(r"\S+", scalar.text):
        message = f"{quoted(scalar.text)} cannot be an id: it " + (
            "holds spaces" if scalar.text.strip() else "is empty"
        )
        reader.found.append(error("id", message, reader.place(scalar), "one word, such as sora-shutdown"))
    return scalar.text


def _read_category(reader: Reader) -> str:
    return "/".join(part.strip() for part in reader.text("category").split("/") if part.strip())


def _read_tags(reader: Reader) -> tuple[str, ...]:
    tags = reader.scalars("tags")
    for scalar in tags:
        parts = [part.strip() for part in re.split("[,，、]", scalar.text) if part.strip()]
        if scalar.plain and len(parts) > 1:
            message = f"{quoted(scalar.text)} is one tag, and holds commas"
            hint = f"write several as a list, with half-width commas: [{', '.join(parts)}]; or put the one in quotes"
            reader.found.append(warning("tag-commas", message, reader.place(scalar), hint))
    return tuple(dict.fromkeys(scalar.text.strip() for scalar in tags if scalar.text.strip()))


def _read_cover(reader: Reader) -> Cover | None:
    value = reader.value("cover")
    if value is None:
        return None
    example = "cover: {src: picture.jpg, alt: 图上是什么, credit: 谁拍的}"
    if isinstance(value, Scalar):
        cover = Cover(value.text.strip())
    elif sub := reader.sub("cover", hint=f"write it like {example}"):
        cover = Cover(sub.text("src"), sub.text("alt"), sub.text("credit"))
        sub.finish()
    else:
        return None
    if not cover.src:
        reader.found.append(error("cover", "the cover does not say its `src`", reader.place(value), example))
        return None
    return cover


def _read_aliases(reader: Reader) -> tuple[str, ...]:
    aliases = []
    for scalar in reader.scalars("aliases"):
        alias = scalar.text.strip()
        # Doubled slashes, dots, and what is written percent-encoded to look like neither, name no page.
        parts = unquote(alias).removesuffix("/").split("/")
        if not alias.startswith("/") or {"", ".", ".."} & set(parts[1:]) or re.search(r"[?#\s\\]", alias):
            hint = "an alias is an old path of this site, such as /news/progress/38867.html, without ? and #"
            message = f"{quoted(alias)} is not a path of the site"
            reader.found.append(error("alias", message, reader.place(scalar), hint))
        elif len(parts) < 2:
            hint = "the home page cannot lead elsewhere"
            reader.found.append(error("alias", f"{quoted(alias)} is the home page", reader.place(scalar), hint))
        else:
            aliases.append(alias)
    return tuple(dict.fromkeys(aliases))


def _read_withdrawn(reader: Reader, zone: ZoneInfo) -> Withdrawal | None:
    example = "withdrawn: {date: 2026-04-01, reason: 应作者要求}"
    sub = reader.sub("withdrawn", hint=f"write it like {example}")
    if sub is None:
        return None
    says_date, date, reason = sub.value("date") is not None, read_date(sub, "date", zone), sub.text("reason")
    sub.finish()
    if not says_date or not reason:
        message = "a withdrawal says its `date` and its `reason`"
        sub.found.append(error("withdrawn", message, sub.place(), example))
        return None
    return Withdrawal(date, reason) if date else None


def _read_imported(reader: Reader, body: str) -> Provenance | None:
    sub = reader.sub("imported", hint="`wenzhai import` writes it: imported: {from: …, at: …, sha256: …}")
    if sub is None:
        return None
    provenance = Provenance(sub.text("from"), sub.text("at"), sub.text("sha256"), digest_body(body))
    sub.finish()
    return provenance


def _read_overrides(reader: Reader) -> tuple[Override, ...]:
    sub = reader.sub("convert", hint="write it like convert: {软件: 軟體}")
    if sub is None:
        return ()
    overrides: list[Override] = []

    def read(table: Reader, variant: str, word: Scalar, value: Value) -> None:
        replacement = table.text(word.text)
        if word.text.strip() and replacement:
            overrides.append(Override(variant, word.text, replacement))
        elif isinstance(value, Scalar):
            message = "a conversion has two sides, and neither is empty"
            reader.found.append(error("convert", message, reader.place(word), "convert: {软件: 軟體}"))

    for key, value in sub.table.entries:
        if key.text not in VARIANT_TAGS:
            read(sub, "", key, value)
        elif table := sub.sub(key.text, hint="write a variant's own words below it: {zh-TW: {视频: 影片}}"):
            for word, replacement in table.table.entries:
                read(table, key.text, word, replacement)
    return tuple(overrides)


def _places_of_words(reader: Reader) -> Iterator[tuple[str, int, int]]:
    """Where each word under `convert` and `keep` stands: "convert.软件", "convert.zh-TW.视频", "keep.秦盛"."""
    for key, value in reader.table.entries:
        if key.text == "convert" and isinstance(value, Table):
            for word, said in value.entries:
                inner = said.entries if isinstance(said, Table) else ()
                yield f"convert.{word.text}", word.line, word.column
                yield from ((f"convert.{word.text}.{sub.text}", sub.line, sub.column) for sub, _ in inner)
        elif key.text == "keep":
            items = value.items if isinstance(value, Listing) else (value,)
            yield from ((f"keep.{i.text.strip()}", i.line, i.column) for i in items if isinstance(i, Scalar))


def _end_of_blank_lines(text: str) -> int:
    found = re.match(r"(?:[ \t]*\n)*", text)
    return found.end() if found else 0
