"""A source file's text → an article: its front matter, YAML or TOML, read by the schema, and its Markdown body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from builder.config import VARIANT_TAGS, is_web_address
from builder.content.attribution import EXAMPLE, read_attribution, read_date
from builder.content.dates import DATE_HINT, date_in_file_name
from builder.content.models import KINDS, Article, Cover, Override, Provenance, Withdrawal
from builder.content.rights import read_rights
from builder.diagnostics import Checked, Diagnostic, Place, error, warning
from builder.located import Reader, Scalar, Table, parse_toml, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from builder.config import RightsDefaults, SourcePolicy
    from builder.content.discover import SourceFile
    from builder.content.models import Kind

_FENCE = re.compile(r"(?:---|\+\+\+)[ \t]*\n")
_KIND_FOLDERS: Mapping[str, Kind] = {"issues": "issue", "pages": "page"}
_HEADING = re.compile(r"[ ]{0,3}#[ \t]+(?P<text>.*?)(?:[ \t]+#+)?[ \t]*(?:\n|\Z)")
_ID = re.compile(r"[^\s\x00-\x1f]+")


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
    start = len(text) - len(text.lstrip("\n"))
    opening = _FENCE.match(text, start)
    if not opening:
        return Checked(Split("", "", 1, text, 1))
    fence = opening[0][:3]
    first_line = text.count("\n", 0, opening.end()) + 1
    closing = re.compile(rf"^{re.escape(fence)}[ \t]*(?:\n|\Z)", re.MULTILINE).search(text, opening.end())
    if not closing:
        place = Place(path, first_line - 1, 1)
        hint = f"end it with a line of {fence}; a rule at the top of a text without front matter is written ***"
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
    reader = Reader(table, source.path, found=found)
    article = _read_article(reader, source, part, settings)
    reader.finish()
    return Checked(article, tuple(found))


def require_date(article: Article, *, declared: bool) -> tuple[Diagnostic, ...]:
    """The finding that an article or issue has no date."""
    if article.date or article.kind == "page" or article.withdrawn or article.place("date").line:
        return ()  # a date that is there and cannot be read has been reported as such
    message = "it has no date: it is listed last and stands in no feed"
    report = error if declared else warning
    return (report("date-missing", message, Place(article.path, 1), f"add `date:` and {DATE_HINT}"),)


def _read_article(reader: Reader, source: SourceFile, part: Split, settings: SourceSettings) -> Article:
    folder = source.name.partition("/")[0] if "/" in source.name else ""
    kind = cast("Kind", reader.choice("kind", KINDS, _KIND_FOLDERS.get(folder, "article")))
    script = reader.choice("script", VARIANT_TAGS, settings.source_variant)
    stem = source.name.rpartition("/")[2]
    title, body = _read_title(reader, stem, part.body)
    attribution = read_attribution(reader, settings.zone)
    original = reader.switch("original")
    if kind == "article" and not attribution and not original and reader.value("attribution") is None:
        _report_missing(reader, settings)
    rights = read_rights(
        reader,
        attribution,
        original=original or kind != "article",
        script=script,
        defaults=settings.rights,
        sources=settings.sources,
    )
    return Article(
        path=source.path,
        id=_read_id(reader, source.name),
        kind=kind,
        title=title,
        date=read_date(reader, "date", settings.zone) or date_in_file_name(stem, settings.zone),
        updated=read_date(reader, "updated", settings.zone),
        url_path=source.name,
        slug=reader.text("slug") or stem,
        category=_read_category(reader),
        tags=reader.texts("tags"),
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
        withdrawn=_read_withdrawn(reader, settings.zone),
        imported=_read_imported(reader),
        overrides=_read_overrides(reader),
        keep=reader.texts("keep"),
        body=body,
        body_line=part.body_line,
        places=tuple((key.text, value.line, value.column) for key, value in reader.table.entries),
    )


def _read_title(reader: Reader, stem: str, body: str) -> tuple[str, str]:
    """The title, and the body without a first heading that only repeats it; its line stays, empty, so that lines keep
    their numbers."""
    title = " ".join(reader.text("title").split())
    start = len(body) - len(body.lstrip("\n"))
    heading = _HEADING.match(body, start)
    if heading and (not title or " ".join(heading["text"].split()) == title):
        shown = title or re.sub(r"\[([^\]]*)\]\([^)]*\)|[*_`]+", r"\1", heading["text"]).strip()
        if shown:
            return shown, body[:start] + "\n" + body[heading.end() :]
    if title:
        return title, body
    # `196-新显示器` and `2026-03-26-新显示器` are called 新显示器.
    return re.sub(r"^\d[\d\-_. ]*(?=[^\d\-_. ])", "", stem) or stem, body


def _report_missing(reader: Reader, settings: SourceSettings) -> None:
    message = "it does not say who wrote it and where it comes from"
    hint = f"add {EXAMPLE}, or `original: true` for a text of your own"
    report = error if settings.declared else warning
    reader.found.append(report("attribution-missing", message, Place(reader.path, 1), hint))


def _read_id(reader: Reader, name: str) -> str:
    scalar = reader.scalar("id")
    if scalar is None:
        return name
    if not _ID.fullmatch(scalar.text):
        message = f"'{scalar.text}' cannot be an id: it holds spaces"
        reader.found.append(error("id", message, reader.place(scalar), "one word, such as sora-shutdown"))
    return scalar.text


def _read_category(reader: Reader) -> str:
    return "/".join(part.strip() for part in reader.text("category").split("/") if part.strip())


def _read_cover(reader: Reader) -> Cover | None:
    value = reader.value("cover")
    if value is None:
        return None
    if isinstance(value, Scalar):
        return Cover(value.text.strip())
    sub = reader.sub("cover")
    if sub is None:
        return None
    cover = Cover(sub.text("src"), sub.text("alt"), sub.text("credit"))
    sub.finish()
    if not cover.src:
        reader.found.append(
            error("cover", "the cover does not say its `src`", sub.place(), "cover: {src: picture.jpg}")
        )
        return None
    return cover


def _read_aliases(reader: Reader) -> tuple[str, ...]:
    aliases = []
    for scalar in reader.scalars("aliases"):
        alias = scalar.text.strip()
        if (
            not alias.startswith("/")
            or is_web_address(alias)
            or ".." in alias.split("/")
            or re.search(r"[?#\s\\]", alias)
        ):
            hint = "an alias is an old path of this site, from / on, without ? and #"
            reader.found.append(error("alias", f"'{alias}' is not a path of the site", reader.place(scalar), hint))
        else:
            aliases.append(alias)
    return tuple(dict.fromkeys(aliases))


def _read_withdrawn(reader: Reader, zone: ZoneInfo) -> Withdrawal | None:
    sub = reader.sub("withdrawn")
    if sub is None:
        return None
    date, reason = read_date(sub, "date", zone), sub.text("reason")
    sub.finish()
    if date is None or not reason:
        hint = "withdrawn: {date: 2026-04-01, reason: 应作者要求}"
        sub.found.append(error("withdrawn", "a withdrawal says its `date` and its `reason`", sub.place(), hint))
        return None
    return Withdrawal(date, reason)


def _read_imported(reader: Reader) -> Provenance | None:
    sub = reader.sub("imported")
    if sub is None:
        return None
    provenance = Provenance(sub.text("from"), sub.text("at"), sub.text("sha256"))
    sub.finish()
    return provenance


def _read_overrides(reader: Reader) -> tuple[Override, ...]:
    sub = reader.sub("convert")
    if sub is None:
        return ()
    overrides = []
    for key, value in sub.table.entries:
        if key.text in VARIANT_TAGS and isinstance(value, Table):
            table = sub.sub(key.text)
            assert table is not None
            overrides += [Override(key.text, word.text, table.text(word.text)) for word, _ in table.table.entries]
        else:
            overrides.append(Override("", key.text, sub.text(key.text)))
    for override in overrides:
        if not override.text or not override.replacement:
            hint = "convert: {软件: 軟體}"
            reader.found.append(error("convert", "a conversion has two sides, and neither is empty", sub.place(), hint))
    return tuple(override for override in overrides if override.text and override.replacement)
