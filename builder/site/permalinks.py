"""Names → path segments, paths → addresses. Every address of the site is made here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import quote, unquote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.config import Variant
    from builder.content.models import Article

FeedFormat: TypeAlias = Literal["rss", "atom", "json"]

#: First segments that are the generator's own; `page` is reserved at every level.
RESERVED = frozenset({"page", "assets", "tags", "sources", "authors", "archive", "issues"})

#: Files at the site's root that are ours, whatever the site holds.
SERVICE_FILES = frozenset({"sitemap.xml", "robots.txt", "_headers", "_redirects", ".nojekyll", ".wenzhai-manifest"})

#: The files of a feed by their format, the main one first.
FEED_FORMATS: Mapping[FeedFormat, str] = {"rss": "feed.xml", "atom": "atom.xml", "json": "feed.json"}

#: Files at each variant's root that are ours, whether there are feeds or not.
FEED_FILES = frozenset({*FEED_FORMATS.values(), "feeds.opml"})

#: Generated pages: reserved but for a standing page of the same name, which stands on top of them.
GENERATED_PAGES = frozenset({"rights", "subscribe", "search"})

#: What is a segment as it is.
_PLAIN = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")

_SPELLED = {"#": "-sharp", "/": "-", "\\": "-", "?": "-", "%": "-percent"}


@lru_cache(maxsize=65536)
def segment(name: str) -> str:
    """A name as one segment of a path: NFC, Latin letters lower-cased, spaces and what an address or a file system cannot
    bear replaced, so that C#, C and CI/CD stay apart and 中文 stays readable. Never empty."""
    if len(name) <= 200 and _PLAIN.fullmatch(name):
        return name
    text = unicodedata.normalize("NFC", name).strip()
    text = "".join(_SPELLED.get(character, character) for character in text)
    text = "".join(
        character.lower() if unicodedata.name(character, "").startswith("LATIN") else character for character in text
    )
    text = re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029<>:\"|*]+", "-", text)
    text = re.sub(r"-{2,}", "-", text).strip("-")
    text = re.sub(r"^\.+", lambda dots: "-".join(["dot"] * len(dots[0])), text)
    if not text:
        return "u" + "-".join(f"{ord(character):04x}" for character in name) if name else "untitled"
    # A file's name has at most 255 bytes on every system; the rest of a longer one is told apart by its digest.
    data = text.encode("utf-8", "replace")
    if len(data) > 200:
        from hashlib import sha256

        return data[:180].decode("utf-8", "ignore") + "-" + sha256(data).hexdigest()[:10]
    return text


def article_path(article: Article, category: str) -> str:
    """Where an article goes below its variant's root: `progress/sora-shutdown/`. `category` is in the source variant's
    script."""
    if article.kind == "issue":
        return f"issues/{segment(article.issue or article.slug)}/"
    if article.kind == "article" and category:
        folders = segments(category)
    else:
        folders = segments(article.url_path.rpartition("/")[0])
        if article.kind == "page" and folders.startswith("pages/"):
            folders = folders.removeprefix("pages/")
    return f"{folders}{segment(article.slug)}/"


@lru_cache(maxsize=65536)
def segments(path: str) -> str:
    """A path, as it is written or named by an author, as the segments of one: `News/AI` → `news/ai/`."""
    return "".join(f"{segment(part)}/" for part in path.split("/")) if path else ""


def alias_path(alias: str) -> str:
    """Where the page at an old address goes, below the site's root: decoded, a folder unless it names a file."""
    decoded = re.sub(r"[\x00-\x1f\x7f\\]", "-", unquote(alias))
    parts = [part for part in decoded.split("/") if part not in ("", ".", "..")]
    is_file = bool(parts) and "." in parts[-1] and not decoded.endswith("/")
    return "/".join(parts) + ("/" if parts and not is_file else "")


@lru_cache(maxsize=262144)
def encode(path: str) -> str:
    """A path percent-encoded, once."""
    return quote(path, safe="/~!$&'()*+,;=:@")


def printable(url: str) -> str:
    """An http(s) address as ASCII: what is not gets percent-encoded, an internationalised host its ASCII form."""
    if not url or url.isascii():
        return url
    parts = urlsplit(url)
    try:
        host = parts.netloc.encode("idna").decode()
    except UnicodeError:
        host = quote(parts.netloc)
    safe = "/~!$&'()*+,;=:@%?"
    return urlunsplit(
        (
            parts.scheme,
            host,
            quote(parts.path, safe=safe),
            quote(parts.query, safe=safe),
            quote(parts.fragment, safe=safe),
        )
    )


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a site: `base_path` is "/" or "/digest/", `base_url` absolute or ""."""

    base_path: str
    base_url: str

    @classmethod
    def of(cls, base_url: str) -> Addresses:
        """The addresses of a site at an absolute base URL, or at the root of a host that is not known."""
        return cls(urlsplit(base_url).path or "/", base_url)

    def url(self, path: str, variant: Variant | None = None) -> str:
        """The root-relative address of a path below the site's root, or below a variant's."""
        return self.base_path + encode(variant_path("", variant)) + encode(path)

    def absolute(self, url: str) -> str:
        """The absolute address of a root-relative one, "" where the site does not know its own."""
        if not self.base_url or not url.startswith("/"):
            return "" if url.startswith("/") else url
        return self.base_url + url.removeprefix(self.base_path)

    def below(self, variant: Variant) -> Root:
        """The addresses of a variant's pages."""
        home = self.url("", variant)
        return Root(home, self.absolute(home))


@dataclass(frozen=True, slots=True)
class Root:
    """The addresses of the pages of a variant: `home` is root-relative, `home_absolute` absolute, or "" where the site does
    not know its own. For whoever asks for thousands of them."""

    home: str
    home_absolute: str

    def url(self, path: str) -> str:
        """The root-relative address of a path below the variant's root."""
        return self.home + encode(path)

    def absolute(self, path: str) -> str:
        """Its absolute address, or ""."""
        return self.home_absolute + encode(path) if self.home_absolute else ""


def variant_path(path: str, variant: Variant | None) -> str:
    """A path below the site's root of a path below a variant's root."""
    return f"{variant.path}/{path}" if variant and variant.path else path


def file_of(path: str) -> str:
    """The file that answers a path: `about/` → `about/index.html`."""
    return path + "index.html" if path == "" or path.endswith("/") else path


def numbered(path: str, number: int) -> str:
    """Page `number` of a list at `path`."""
    return path if number == 1 else f"{path}page/{number}/"


def clashes(files: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of planned files that cannot stand beside each other on every host: equal but for case, or one needing a
    folder where the other is a file. Equal files are the caller's business."""
    found = []
    by_folded: dict[str, str] = {}
    files = sorted(set(files))
    for file in files:
        other = by_folded.setdefault(file.casefold(), file)
        if other != file:
            found.append((other, file))
    inside = {folded[:position]: file for folded, file in by_folded.items() for position in _slashes(folded)}
    found += [(file, inside[folded]) for folded, file in by_folded.items() if folded in inside]
    return found


def _slashes(path: str) -> list[int]:
    return [position for position, character in enumerate(path) if character == "/"]
