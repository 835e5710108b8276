"""A takedown: a source file → the same file with `withdrawn` in its front matter, every other byte as it was."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.config import load_config
from builder.content.dates import DATE_HINT, parse_date
from builder.content.discover import SUFFIXES, SourceFile, find_content, read_sources
from builder.content.front_matter import SourceSettings, parse_source, split_front_matter
from builder.content.twins import join_twins
from builder.content.walk import is_inside
from builder.diagnostics import BuilderError, Checked, Place, error
from builder.located import Listing, Scalar, Table, decode, parse_toml, parse_yaml, quoted
from builder.planning import plan_site
from builder.site.permalinks import Addresses

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from builder.config import SiteConfig
    from builder.content.models import Article, Date
    from builder.located import Value
    from builder.stages.options import PlanOptions

_OPENING = re.compile(rb"(?:\xef\xbb\xbf)*(?:[ \t]*(?:\r\n|\r|\n))*(---|\+\+\+)[ \t]*(\r\n|\r|\n)")
_BYTE_ORDER_MARKS = re.compile(rb"(?:\xef\xbb\xbf)*")
#: What a line of YAML or TOML cannot hold; a terminal may pass it on all the same.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A source that was marked: its path in the site's folder, the article as it says now, and the line that says it."""

    path: str
    article: Article
    line: str


def withdraw_source(folder: Path, file: Path, reason: str, *, date: str = "", now: datetime) -> Withdrawn:
    """Mark a source of the site in `folder` as withdrawn since `date`, as front matter writes dates ("": `now`, in the
    site's zone). Raises `BuilderError`, the file untouched, when it is no source of the site, is withdrawn already, or has
    front matter that cannot take another line.
    """
    path = _path_in_site(folder, file)
    config = load_config(folder).value
    reason = " ".join(_UNPRINTABLE.sub("", reason).split())
    if not reason:
        raise BuilderError(error("withdraw-reason", "a withdrawal needs a reason", hint="--reason 应作者要求"))
    moment = date.strip() or now.astimezone(config.zone).replace(microsecond=0).isoformat()
    parsed = parse_date(moment, config.zone)
    if parsed is None:
        raise BuilderError(error("date", f"{quoted(date)} is not a date ('--date')", hint=DATE_HINT))
    try:
        data = (folder / path).read_bytes()
    except OSError as problem:
        raise BuilderError(error("unreadable", f"cannot read it: {problem.strerror}", Place(path))) from None
    settings = SourceSettings(config.declared, config.zone, config.source_variant, config.rights, config.sources)
    # A source is called by its path below the content root, less the suffix.
    name = path.removeprefix(f"{find_content(folder).root}/").rpartition(".")[0]
    before = _front_matter(data, path)
    if any(key.text == "withdrawn" for key, _ in before.entries):
        place = next(Place(path, value.line, value.column) for key, value in before.entries if key.text == "withdrawn")
        hint = "its reason and date are in the front matter: change them there"
        raise BuilderError(error("withdrawn-already", "it is withdrawn already", place, hint))
    _refuse_twin(folder, path, config)
    marked, line = _insert(data, before, parsed, reason)
    article = parse_source(SourceFile(path, name, _text(marked, path)), settings).value
    unchanged = article is not None and _same(_front_matter(marked, path), before)
    if article is None or article.withdrawn is None or article.withdrawn.date != parsed or not unchanged:
        hint = f"write it by hand: {line}"
        raise BuilderError(
            error("withdraw-edit", "its front matter has no room for a line of ours", Place(path, 1), hint)
        )
    _replace(folder / path, marked, path)
    return Withdrawn(path, article, line)


def foresee(done: Withdrawn, options: PlanOptions) -> Checked[tuple[str, ...]]:
    """What the next build makes of it: the addresses that the tombstone takes over, aliases too (none for what was not
    published), and what would stop that build or concerns this source."""
    try:
        plan = plan_site(options)
    except BuilderError as problem:
        return Checked((), problem.diagnostics)
    addresses = Addresses.of(plan.config.base_url)
    entries = [entry for entry in plan.collections.tombstones if entry.article.path == done.path]
    tombstones = {addresses.url(entry.path, variant) for entry in entries for variant in plan.config.variants}
    gone = sorted(old for old, tombstone in plan.withdrawn if tombstone in tombstones)
    found = (
        finding
        for finding in plan.diagnostics
        if finding.severity == "error" or (finding.place and finding.place.path == done.path)
    )
    return Checked(tuple(gone), tuple(found))


def _path_in_site(folder: Path, file: Path) -> str:
    """The path in the site's folder of a source, which may also be given from there."""
    there = [path for path in (file, folder / file) if path.is_file()]
    if not there:
        raise BuilderError(error("withdraw-file", f"there is no file {file}", hint="give the path of the source"))
    root = folder / find_content(folder).root
    found = next((path for path in there if is_inside(path, root) and is_inside(path, folder)), None)
    if found is None or found.suffix.lower() not in SUFFIXES:
        hint = "a source is a Markdown file under content/; -s names another site"
        raise BuilderError(error("withdraw-file", f"{file} is no source of the site in {folder}", hint=hint))
    with suppress(ValueError):
        # As a build calls it, were it a link to another file of the site.
        return found.absolute().relative_to(folder.absolute()).as_posix()
    return found.resolve().relative_to(folder.resolve()).as_posix()


def _refuse_twin(folder: Path, path: str, config: SiteConfig) -> None:
    """A twin is a text of its main source: nobody reads there that it is withdrawn."""
    sources = read_sources(find_content(folder)).value
    joined = join_twins(sources, declared=config.declared, script=config.source_variant).value
    main = next((source for source in joined for twin in source.twins if twin.path == path), None)
    if main:
        message = f"it is the text of {main.path} for one variant"
        hint = f"withdraw the article: wenzhai withdraw {main.path} --reason …"
        raise BuilderError(error("withdraw-file", message, Place(path), hint))


def _text(data: bytes, path: str) -> str:
    decoded = decode(data, path)
    if decoded.value is None:
        raise BuilderError(*decoded.diagnostics)
    return decoded.value


def _front_matter(data: bytes, path: str) -> Table:
    split = split_front_matter(_text(data, path), path)
    if split.value is None:
        raise BuilderError(*split.diagnostics)
    part = split.value
    if not part.syntax:
        return Table((), 1, 1)
    parsed = (parse_yaml if part.syntax == "yaml" else parse_toml)(part.front, path, part.front_line)
    if parsed.value is None:
        raise BuilderError(*parsed.diagnostics)
    return parsed.value


def _insert(data: bytes, front: Table, date: Date, reason: str) -> tuple[bytes, str]:
    """The file with the line first in its front matter, where neither a block of text nor a TOML table is open."""
    day = date.moment.isoformat() if date.has_time else f"{date.moment:%Y-%m-%d}"
    said = json.dumps(reason, ensure_ascii=False)  # a JSON string is one of YAML and of TOML
    line = f"withdrawn: {{date: {day}, reason: {said}}}"
    opening = _OPENING.match(data)
    if opening is None:
        marks = _BYTE_ORDER_MARKS.match(data)
        at, end = (marks.end() if marks else 0), "\r\n" if b"\r\n" in data else "\n"
        return data[:at] + f"---{end}{line}{end}---{end}".encode() + data[at:], line
    if opening[1] == b"+++":
        line = f"withdrawn = {{date = {day}, reason = {said}}}"
    indent = " " * (front.entries[0][0].column - 1) if front.entries and opening[1] == b"---" else ""
    at = opening.end()
    return data[:at] + (indent + line).encode() + opening[2] + data[at:], line


def _same(after: Table, before: Table) -> bool:
    """Whether front matter says the same as before, and that it is withdrawn."""
    kept = [(key.text, _plain(value)) for key, value in after.entries if key.text != "withdrawn"]
    return kept == [(key.text, _plain(value)) for key, value in before.entries]


def _plain(value: Value) -> object:
    """A value without its place."""
    if isinstance(value, Scalar):
        return value.text, value.plain
    if isinstance(value, Listing):
        return [_plain(item) for item in value.items]
    return {key.text: _plain(item) for key, item in value.entries}


def _replace(file: Path, data: bytes, path: str) -> None:
    """Write a file in one step: whoever reads it meanwhile has the old bytes or the new ones."""
    import shutil

    target = file.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        beside.write_bytes(data)
        shutil.copymode(target, beside)
        beside.replace(target)
    except OSError as problem:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise BuilderError(error("unwritable", f"cannot write it: {problem.strerror}", Place(path))) from None
