"""The tags of well-formed HTML, gone through once: addresses on this site become references, foreign ones are encoded,
pictures load lazily, ids are collected.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from msgspec import Struct

from builder.diagnostics import Place
from builder.markup.sanitize import SCHEMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.markup.places import Findings, Locator

_TAG = re.compile(
    r"<(?:script|style)\b.*?</(?:script|style)>"
    # Pygments' spans are most of the tags of a technical text, and of no interest here.
    r'|<(?!span class="[a-z0-9]{1,4}">)([a-z][a-z0-9]*)((?: [^\s"=<>]+="[^"]*")+)>'
    r"|<(img|audio|video|input)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r' ([^\s"=<>]+)="([^"]*)"')
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
_PLACEHOLDER = re.compile(r"\0(\d+)\0")
_NOT_IN_URLS = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z_a-z~\[\]]|%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"((?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//(?:[^/?#@]*@)?)([^/?#:@\[\]]+)(.*)", re.DOTALL)
_CONTROL = re.compile(r"[\0-\x1f\x7f\ufffd]")
_KEPT_ENCODED = re.compile(r"(%23|%3[Ff]|%25)")

_URL_ATTRIBUTES = {
    "a": ("href",),
    "audio": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
}
_NO_REFERRER = ' referrerpolicy="no-referrer"'
_LAZY = ' loading="lazy" decoding="async"'


class Reference(Struct, frozen=True, gc=False):
    """An address on this site: a path relative to the source file, or `/path` from the site's root.

    `target` is the text as a person would write the path: percent-decoded, the fragment kept after `#`. (`%23`, `%3F` and
    `%25` stay encoded, since `#` and `?` mean something else and `%` must not be decoded twice.) For "srcset" it is the
    whole attribute as written, candidates separated by commas. `sized` says that the element has a width or height of
    its own, so that the resolved attribute must not bring one. `path` is the file that it is written in, "" for that of the
    article itself.
    """

    attribute: str
    target: str
    line: int
    column: int
    sized: bool = False
    path: str = ""

    def place(self, article: str) -> Place:
        """Where it stands, in a twin or in the article itself, whose path is given."""
        return Place(self.path or article, self.line, self.column)


@dataclass(frozen=True, slots=True)
class Linked:
    r"""HTML with `\0N\0` in place of the attribute of reference N; ids in document order; fragments that are linked to."""

    html: str
    references: tuple[Reference, ...]
    ids: tuple[str, ...]
    fragments: tuple[str, ...]


def link(source: str, locator: Locator, findings: Findings) -> Linked:
    """Goes through the tags of well-formed HTML that holds no NUL."""
    walk = _Walk(locator, findings)
    shown = _TAG.sub(walk.visit, source)
    return Linked(shown, tuple(walk.references), tuple(walk.ids), tuple(walk.fragments))


def resolve(source: str, replacements: Sequence[str]) -> str:
    """`source` with the attribute texts (`href="/a/"`, or "" for none) in place of the references, by their numbers."""
    # Looking for the NUL alone is ten times as fast as for a space that may be before it.
    for number, text in enumerate(replacements):
        if not text:
            source = source.replace(f" \0{number}\0", "")
    return _PLACEHOLDER.sub(lambda found: replacements[int(found[1])], source)


def refuse_scheme(url: str, findings: Findings) -> bool:
    """Whether `url` has a scheme that no link may have; says so."""
    found = _SCHEME.match(url)
    if not found or found[1].lower() in SCHEMES:
        return False
    scheme = found[1].lower()
    if scheme == "file" or len(scheme) == 1:
        findings.error(
            "link-scheme",
            f"“{url}” is a path on your own machine",
            hint="put the file into the site and link to it by its path from this file, with /",
            target=url,
        )
    else:
        findings.warn(
            "link-scheme",
            f"“{scheme}:” addresses are not allowed, the link was left out",
            hint=f"allowed are {', '.join(sorted(SCHEMES))}",
            target=url,
        )
    return True


def is_local(url: str) -> bool:
    """Whether an address leads to a file of this site."""
    return not (_SCHEME.match(url) or url.startswith(("//", "#")))


def encode_url(url: str) -> str:
    """An address of another site as it goes over the wire: percent-encoded exactly once, its host by IDNA."""
    if not _NOT_IN_URLS.search(url):
        return url
    found = _HOST.fullmatch(url)
    if found and not found[2].isascii():
        try:
            host = found[2].encode("idna").decode("ascii")
            url = f"{found[1]}{host}{found[3]}"
        except UnicodeError:
            # A host that cannot be encoded is the reader's browser's to judge.
            return found[1] + found[2] + _encode(found[3])
    return _encode(url)


def _encode(text: str) -> str:
    return _NOT_IN_URLS.sub(lambda found: quote(found[0], safe="", errors="replace"), text)


def _decode(path: str) -> str:
    if "%" not in path:
        return path
    decoded = "".join(
        part.upper() if _KEPT_ENCODED.fullmatch(part) else unquote(part) for part in _KEPT_ENCODED.split(path)
    )
    # Bytes that are no UTF-8 or no text are left for the check of the path to name.
    return path if _CONTROL.search(decoded) else decoded


class _Walk:
    """The state of one pass over the tags."""

    def __init__(self, locator: Locator, findings: Findings) -> None:
        self.references: list[Reference] = []
        self.ids: dict[str, None] = {}
        self.fragments: list[str] = []
        self._locator = locator
        self._findings = findings

    def visit(self, found: re.Match[str]) -> str:
        """The tag as it is to stand in the page."""
        name = found[1] or found[3]
        if not name:
            return found[0]
        attributes: dict[str, str] = dict(_ATTRIBUTE.findall(found[2] or ""))
        self._tidy(name, attributes)
        sized = "width" in attributes or "height" in attributes
        shown = [f"<{name}"]
        for key, value in attributes.items():
            if key in _URL_ATTRIBUTES.get(name, ()):
                shown.append(self._address(name, key, value, sized=sized))
            else:
                shown.append(f' {key}="{value}"')
        if name == "img":
            if not any(key in attributes for key in ("src", "srcset")):
                return attributes.get("alt", "")
            shown.append(_LAZY)
        elif name in ("audio", "video") and "controls" not in attributes:
            # Nothing on the page could start it.
            shown.append(' controls=""')
        shown.append(">")
        return "".join(shown)

    def _tidy(self, name: str, attributes: dict[str, str]) -> None:
        """Ids are unique, classes of ours are ours, alignment is a class, a box in a task list cannot be ticked."""
        if name == "a" and "name" in attributes:
            attributes.setdefault("id", attributes.pop("name"))
        if "id" in attributes:
            self._take_id(attributes)
        if "align" in attributes:
            side = attributes.pop("align").lower()
            if side in ("left", "center", "right"):
                attributes["class"] = f"{attributes.get('class', '')} align-{side}".lstrip()
        if "wz-" in attributes.get("class", ""):
            attributes["class"] = " ".join(kept for kept in attributes["class"].split() if not kept.startswith("wz-"))
            if not attributes["class"]:
                del attributes["class"]
        if name == "input":
            checked = "checked" in attributes
            attributes.clear()
            attributes |= {"class": "task-list-item-checkbox", "type": "checkbox", "disabled": ""}
            if checked:
                attributes["checked"] = ""

    def _take_id(self, attributes: dict[str, str]) -> None:
        name = html.unescape(attributes["id"])
        if name and name not in self.ids:
            self.ids[name] = None
            return
        del attributes["id"]
        if name:
            self._findings.warn(
                "anchor-duplicate",
                f"the id “{name}” is used twice, the second one was left out",
                hint="give each heading or element an id of its own",
                target=f"#{name}",
            )

    def _address(self, name: str, attribute: str, value: str, *, sized: bool) -> str:
        url = html.unescape(value).strip()
        if not url:
            self._findings.warn(
                "link-empty",
                f"<{name}> has an empty {attribute}",
                hint="write the address it should have",
                target="]()",
            )
            return ""
        if url.startswith("#"):
            self.fragments.append(unquote(url[1:]))
            return f' {attribute}="{html.escape(url)}"'
        if attribute == "srcset":
            local = any(is_local(candidate.split()[0]) for candidate in url.split(", ") if candidate.strip())
        else:
            local = is_local(url)
        if not local:
            shown = f' {attribute}="{html.escape(url if attribute == "srcset" else encode_url(url), quote=True)}"'
            return shown + _NO_REFERRER if name == "img" and attribute == "src" else shown
        return self._reference(attribute, url, sized=sized)

    def _reference(self, attribute: str, url: str, *, sized: bool) -> str:
        if "\\" in url:
            self._findings.error(
                "link-scheme",
                f"“{url}” has backslashes, which no address has",
                hint=f"write {url.replace(chr(92), '/')}",
                target=url,
            )
        place = self._locator.find(url)
        path, hash_mark, fragment = url.partition("#")
        target = url if attribute == "srcset" else f"{_decode(path)}{hash_mark}{unquote(fragment)}"
        self.references.append(Reference(attribute, target, place.line, place.column, sized))
        return f" \0{len(self.references) - 1}\0"
