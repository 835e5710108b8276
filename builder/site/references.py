"""References of rendered bodies to other files of the site → the attributes that pages print."""

from __future__ import annotations

import html
import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, unquote

from builder.diagnostics import Diagnostic, error, warning
from builder.site.permalinks import encode, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from builder.config import Variant
    from builder.content.files import LocalFile
    from builder.content.models import Article
    from builder.markup.render import Reference
    from builder.rendering.records import Bodies
    from builder.site.collections import Entry
    from builder.site.permalinks import Addresses


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference means. For a page, `path` is below a variant's root; for a file, below the site's root."""

    kind: Literal["page", "file"]
    path: str
    fragment: str = ""
    file: LocalFile | None = None


@dataclass(frozen=True, slots=True)
class Targets:
    """Everything of the site that a reference can lead to."""

    content_root: str
    entries: Mapping[str, Entry]  # published sources by their path in the site's folder
    withheld: Mapping[str, str]  # source paths that are not published → why
    files: Mapping[str, LocalFile]  # by their path in the site's folder; those that were asked for
    static: frozenset[str]  # paths under static/
    pages: frozenset[str]  # paths of lists, below a variant's root
    found: dict[tuple[str, str], Target | str] = field(default_factory=dict)  # what was looked up, by folder and path


def wanted_files(article: Article, targets: tuple[str, ...], content_root: str) -> list[str]:
    """The paths in the site's folder of the files that an article's references may mean."""
    wanted = []
    for target in targets:
        path = target.partition("#")[0].partition("?")[0]
        if path.startswith("/"):
            wanted.append("static" + posixpath.normpath(path))
        elif path and not path.lower().endswith((".md", ".markdown")):
            joined = posixpath.normpath(posixpath.join(posixpath.dirname(article.path), path))
            if _may_publish(joined, content_root):
                wanted.append(joined)
    return wanted


def _may_publish(path: str, content_root: str) -> bool:
    """Whether an article may have a file of the site published: below the content root or static/, and not hidden. No text,
    least of all an imported one, gets at the settings or at a repository."""
    folders = (f"{content_root}/" if content_root else "", "static/")
    return path.startswith(folders) and not any(part.startswith(".") for part in path.split("/"))


def paths_of(reference: Reference) -> tuple[str, ...]:
    """The paths of this site in a reference: one, or those among the candidates of a `srcset`."""
    if reference.attribute != "srcset":
        return (reference.target,)
    return tuple(unquote(url) for url, _ in _candidates(reference.target) if not is_elsewhere(url))


def is_elsewhere(url: str) -> bool:
    """Whether an address names a host or a scheme of its own."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", url) is not None


def _candidates(srcset: str) -> list[tuple[str, str]]:
    """The (address, descriptor) pairs of a `srcset`; an address holds no spaces and does not end in a comma."""
    return re.findall(r"[\s,]*(\S*[^\s,])((?:\s+[^\s,]+)?)", srcset)


def find_target(written: str, article: Article, targets: Targets) -> Target | str:
    """What a path means that an article at its place in the site refers to, or why it means nothing."""
    # Most sites refer to few things again and again.
    asked = ("" if written.startswith("/") else article.path.rpartition("/")[0], written)
    found = targets.found.get(asked)
    if found is None:
        found = targets.found[asked] = _find_target(written, article, targets)
    return found


def _find_target(written: str, article: Article, targets: Targets) -> Target | str:
    path, mark, fragment = written.partition("#")
    path, _, _ = path.partition("?")
    fragment = mark + encode(fragment)
    if path.startswith("/"):
        return _find_from_root(path, fragment, targets)
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(article.path), path))
    if joined.startswith("../") or joined == "..":
        return "leads out of the site"
    if joined in targets.entries:
        return _page(targets.entries[joined], fragment)
    if joined in targets.withheld:
        return f"is not published ({targets.withheld[joined]})"
    if joined in targets.files:
        file = targets.files[joined]
        return Target("file", file.asset_path, fragment, file)
    if not _may_publish(joined, targets.content_root):
        return "is not among the files that can be published, those under content/ and static/"
    for suffix in (".md", ".markdown"):
        if joined + suffix in targets.entries:
            return f"is not there; {posixpath.basename(joined + suffix)} is"
    return "is not there"


def _find_from_root(path: str, fragment: str, targets: Targets) -> Target | str:
    plain = posixpath.normpath(path).lstrip("/")
    for candidate in (plain + path[-1:] if path.endswith("/") and plain else plain, plain + "/" if plain else ""):
        if candidate in targets.pages:
            return Target("page", candidate, fragment)
    if plain in targets.static:
        return Target("file", plain, fragment, targets.files.get("static/" + plain))
    root = f"{targets.content_root}/" if targets.content_root else ""
    if root + plain in targets.entries:
        return _page(targets.entries[root + plain], fragment)
    return "is no page and no static file of this site"


def _page(entry: Entry, fragment: str) -> Target | str:
    if len(fragment) > 1 and unquote(fragment[1:]) not in entry.rendered.anchors:
        return f"has no part '{unquote(fragment[1:])}'"
    # The part may be among what the article's mode withholds: its page is as near as one gets.
    whole = entry.article.rights.mode == "full" and not entry.article.withdrawn
    return Target("page", entry.path, fragment if whole else "")


def written_paths(entry: Entry) -> tuple[str, ...]:
    """The paths of this site that what is published of a source refers to, as written: its texts', its comment's and its
    cover's."""
    rendered, cover = entry.rendered, entry.article.cover
    references = [rendered.references[number] for number in rendered.published]
    references += [rendered.comment_references[number] for number in rendered.comment_published]
    paths = [path for reference in references for path in paths_of(reference)]
    if cover and shows_cover(entry.article) and not is_elsewhere(cover.src):
        paths.append(cover.src)
    return tuple(dict.fromkeys(paths))


def shows_cover(article: Article) -> bool:
    """Whether pages show the cover of an article."""
    return article.kind == "article" and not article.withdrawn and article.rights.mode != "link"


def resolve(entries: Iterable[Entry], targets: Targets) -> dict[str, dict[str, Target | str]]:
    """What the paths mean that each source refers to, by the source's path; sources that refer to nothing are left out."""
    return {
        entry.article.path: {path: find_target(path, entry.article, targets) for path in paths}
        for entry in entries
        if (paths := written_paths(entry))
    }


def check_references(article: Article, references: tuple[Reference, ...], targets: Targets) -> tuple[Diagnostic, ...]:
    """What is wrong with the references of a body."""
    found: list[Diagnostic] = []
    for reference in references:
        place = reference.place(article.path)
        for path in paths_of(reference):
            target = find_target(path, article, targets)
            if isinstance(target, Target):
                continue
            if path.startswith("/"):
                hint = "a path from / on means a page of the site or a file under static/"
                found.append(warning("link-unknown", f"'{path}' {target}", place, hint))
            elif reference.attribute == "href":
                hint = "link to a source by its path from this file, such as ../a.md#part"
                found.append(error("link-broken", f"'{path}' {target}", place, hint))
            else:
                hint = "put the file beside the source, or write its path from there"
                found.append(error("file-missing", f"'{path}' {target}", place, hint))
    return tuple(found)


def print_reference(
    reference: Reference,
    find: Callable[[str], Target | str],
    addresses: Addresses,
    variant: Variant,
    *,
    absolute: bool,
) -> str:
    """The attribute that a page of a variant prints for a reference; `find` tells what a path means. An address of the
    site that is not known stays as it was written, any other leads nowhere.
    """

    def address(path: str, target: Target | str) -> str:
        if isinstance(target, Target):
            url = addresses.url(target.path, variant if target.kind == "page" else None) + target.fragment
        elif path.startswith("/"):
            # The marks before a query and a fragment are not part of a name.
            path, *rest = re.split(r"([?#].*)", path[1:], maxsplit=1, flags=re.DOTALL)
            url = addresses.url(path) + quote("".join(rest), safe="?#/~!$&'()*+,;=:@")
        else:
            return ""
        return (addresses.absolute(url) or url) if absolute else url

    if reference.attribute == "srcset":
        candidates = _candidates(reference.target)
        urls = [url if is_elsewhere(url) else address(unquote(url), find(unquote(url))) for url, _ in candidates]
        return _attribute(
            "srcset", ", ".join(url + size for url, (_, size) in zip(urls, candidates, strict=True) if url)
        )
    target = find(reference.target)
    url = address(reference.target, target)
    text = _attribute(reference.attribute, url) if url else ""
    file = target.file if isinstance(target, Target) else None
    if reference.attribute == "src" and file and file.width and file.height and not reference.sized:
        text += f' width="{file.width}" height="{file.height}"'
    return text


def _attribute(name: str, value: str) -> str:
    return f'{name}="{html.escape(value)}"'


_ADDRESS = re.compile(r"""<(?:a|img|video|audio|source)\b[^>]*?\s(?:href|src)="(https?://[^"]+)\"""")


def addresses_elsewhere(entries: Iterable[Entry], bodies: Bodies) -> dict[str, set[str]]:
    """The addresses of other sites that articles link to, show or name as a source, each with the sources that do. `bodies`
    maps digests to rendered bodies."""
    named: dict[str, set[str]] = {}
    for entry in entries:
        article = entry.article
        urls = [printable(url) for hop in article.attribution for url in (hop.url, hop.archived) if url]
        for digest in entry.rendered.bodies:
            urls += map(html.unescape, _ADDRESS.findall(bodies[digest]))
        for url in urls:
            named.setdefault(url, set()).add(article.path)
    return named
