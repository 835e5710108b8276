"""A theme's folders → one `Theme`.

The layers of a theme lie over each other file by file, the nearest first: the site's `themes/<name>/`, the shipped theme
of that name, the shipped `default`. `docs/themes.md` is the same from a theme author's side.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import posixpath
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from builder.diagnostics import BuilderError, Checked, Diagnostic, Place, error
from builder.publish.shipped import shipped_themes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path


OptionValue: TypeAlias = str | bool | int | float

#: The variant whose strings a theme has to give in full; what another variant lacks is converted from it.
MAIN_VARIANT = "zh-CN"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of a theme's `assets/`. `path` is where it goes under the output folder, with ten hex digits of its SHA-256."""

    name: str
    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A template's text, and its file as it is named to a person."""

    source: str
    shown: str


@dataclass(frozen=True, slots=True)
class Theme:
    """Everything a theme says, its layers already laid over each other. Safe to send to another process.

    `digest` covers the contents of all files and the options: two themes with one digest render the same bytes.
    `templates` are named relative to `templates/`; `default/<name>` is the shipped default's file where another covers it.
    """

    name: str
    version: str
    license: str
    options: Mapping[str, OptionValue]
    templates: Mapping[str, TemplateFile]
    strings: Mapping[str, Mapping[str, str]]
    assets: tuple[Asset, ...]
    digest: str
    folders: tuple[Path, ...] = field(compare=False)  # nearest first, for whoever watches them


def load_theme(
    name: str,
    options: Mapping[str, object],
    site_themes: Path | None,
    *,
    places: Mapping[str, Place] | None = None,
) -> Checked[Theme]:
    """The theme `name` with the site's `options`. `site_themes` is the site's own `themes/` folder, if it has one;
    `places` tells where in the settings the keys "name" and those of `options` stand.

    There is always a theme in the answer (the default one when `name` is missing), so that more can be checked; findings
    are errors of the codes theme-missing, theme-toml, theme-strings, theme-option, theme-file and theme-asset.
    Raises `BuilderError` only where the shipped default itself is not there.
    """
    found: list[Diagnostic] = []
    where = dict(places or {})
    layers = _layers(name, site_themes)
    if layers is None:
        found.append(_missing(name, site_themes, where.get("name", Place("wenzhai.toml"))))
        layers = _layers("default", None)
    if layers is None:
        raise BuilderError(
            error(
                "theme-missing",
                f"the shipped theme is not at {shipped_themes() / 'default'}",
                hint="the installation is incomplete: install wenzhai again",
            )
        )
    files = _read_layers(layers, found)
    about = _merge_about(layers, files, found)
    chosen = _choose_options(about.options, options, where, found)
    templates = _templates(files, found)
    strings = _merge_strings(files, found)
    assets = _name_assets(files, found)
    theme = Theme(
        name=about.name or layers[0].name,
        version=about.version,
        license=about.license,
        options=chosen,
        templates=templates,
        strings=strings,
        assets=assets,
        digest=_digest(files, chosen),
        folders=tuple(layer.folder for layer in layers),
    )
    return Checked(theme, tuple(found))


def strings_for(theme: Theme, variant: str, convert: Callable[[str, str], str]) -> dict[str, str]:
    """The interface texts in `variant`: its own wording where the theme has one, else the main variant's, converted."""
    main = theme.strings.get(MAIN_VARIANT, {})
    own = theme.strings.get(variant, {})
    return {key: own[key] if key in own else convert(main[key], variant) for key in sorted({*main, *own})}


# ── Layers ──


@dataclass(frozen=True, slots=True)
class _Layer:
    name: str
    folder: Path
    prefix: str  # what its files are called to a person, up to their name in the theme
    default: bool  # whether this is the shipped default


@dataclass(frozen=True, slots=True)
class _File:
    layer: _Layer
    content: bytes

    def shown(self, name: str) -> str:
        return self.layer.prefix + name


_Files: TypeAlias = "dict[str, tuple[_File, ...]]"
"""The name of a file in a theme → that file in each layer that has it, nearest first."""


@dataclass(frozen=True, slots=True)
class _About:
    name: str
    version: str
    license: str
    options: dict[str, OptionValue]


def _layers(name: str, site_themes: Path | None) -> tuple[_Layer, ...] | None:
    """The layers of the theme, or None when there is no theme of that name."""
    if not name or name.startswith(".") or "/" in name or "\\" in name:
        return None
    shipped = shipped_themes()
    own = (
        [] if site_themes is None else [_Layer(name, site_themes / name, f"{site_themes.name}/{name}/", default=False)]
    )
    named = _Layer(name, shipped / name, f"theme {name}: ", default=name == "default")
    default = _Layer("default", shipped / "default", "theme default: ", default=True)
    layers: dict[Path, _Layer] = {}
    for layer in (*own, named, default):
        # From a checkout that is itself the site, its own folder and the shipped one are the same: the nearer name stays.
        if layer.folder.is_dir():
            folder = layer.folder.resolve()
            is_default = folder == default.folder.resolve()
            layers.setdefault(folder, _Layer(layer.name, layer.folder, layer.prefix, default=is_default))
    chosen = tuple(layers.values())
    return chosen if any(layer.folder.is_dir() for layer in (*own, named)) else None


def _missing(name: str, site_themes: Path | None, place: Place) -> Diagnostic:
    folders = [folder for folder in (site_themes, shipped_themes()) if folder is not None and folder.is_dir()]
    names = sorted({entry.name for folder in folders for entry in folder.iterdir() if entry.is_dir()})
    return error(
        "theme-missing",
        f"there is no theme '{name}'{nearest(name, names)}",
        place,
        f"put one into themes/{name}/, or choose one of: {', '.join(names)}",
    )


def _read_layers(layers: Sequence[_Layer], found: list[Diagnostic]) -> _Files:
    files: dict[str, list[_File]] = {}
    for layer in layers:
        for path in _walk(layer.folder):
            name = path.relative_to(layer.folder).as_posix()
            try:
                content = path.read_bytes()
            except OSError as exception:
                found.append(_unreadable(layer.prefix + name, exception.strerror or "it cannot be read"))
                continue
            files.setdefault(name, []).append(_File(layer, content))
    return {name: tuple(files[name]) for name in sorted(files)}


def _walk(folder: Path) -> Iterator[Path]:
    """The files that are a theme's: no notes beside them, nothing hidden, no editor's leavings."""
    for name in ("theme.toml", "strings.toml"):
        if (folder / name).is_file():
            yield folder / name
    for part in ("templates", "assets"):
        for path in sorted((folder / part).rglob("*")):
            names = path.relative_to(folder).parts
            if path.is_file() and not any(each.startswith(".") or each.endswith("~") for each in names):
                yield path


def _unreadable(shown: str, why: str) -> Diagnostic:
    return error("theme-file", f"this file of the theme cannot be used: {why}", Place(shown))


def _digest(files: _Files, options: Mapping[str, OptionValue]) -> str:
    digest = hashlib.sha256()
    for name, layered in files.items():
        for file in layered:
            digest.update(f"{name}\0{int(file.layer.default)}\0{len(file.content)}\0".encode())
            digest.update(file.content)
    digest.update(json.dumps(dict(options), sort_keys=True).encode())
    return digest.hexdigest()


# ── theme.toml, strings.toml ──


def _merge_about(layers: Sequence[_Layer], files: _Files, found: list[Diagnostic]) -> _About:
    """The nearest theme.toml names the theme; options add up, since the templates of every layer may be in use."""
    options: dict[str, OptionValue] = {}
    heading = {"name": layers[0].name, "version": "", "license": ""}
    for file in reversed(files.get("theme.toml", ())):
        shown = file.shown("theme.toml")
        table = _parse_toml(file, "theme.toml", found)
        for key, value in table.items():
            if key in heading:
                if isinstance(value, str):
                    heading[key] = value
                else:
                    found.append(error("theme-toml", f"'{key}' is not a text", Place(shown)))
            elif key == "options" and isinstance(value, dict):
                for option, default in value.items():
                    if isinstance(default, (str, bool, int, float)):
                        options[option] = default
                    else:
                        found.append(
                            error(
                                "theme-toml",
                                f"the option '{option}' is neither text, number nor true/false",
                                Place(shown),
                            )
                        )
            else:
                known = ("name", "version", "license", "options")
                message = f"'{key}' means nothing here{nearest(key, known)}"
                found.append(error("theme-toml", message, Place(shown), f"known are: {', '.join(known)}"))
    return _About(heading["name"], heading["version"], heading["license"], options)


def _choose_options(
    defaults: Mapping[str, OptionValue],
    given: Mapping[str, object],
    where: Mapping[str, Place],
    found: list[Diagnostic],
) -> dict[str, OptionValue]:
    chosen = dict(defaults)
    for key, value in given.items():
        place = where.get(key, Place("wenzhai.toml"))
        default = defaults.get(key)
        if default is None:
            message = f"the theme has no option '{key}'{nearest(key, defaults)}"
            hint = f"its options are: {', '.join(sorted(defaults)) or 'none'}"
            found.append(error("theme-option", message, place, hint))
            continue
        read = _read_option(value, default)
        if read is None:
            kind = {bool: "true or false", int: "a whole number", float: "a number"}.get(type(default), "a text")
            message = f"the theme's option '{key}' takes {kind}, not {value!r}"
            found.append(error("theme-option", message, place, f"its default is {str(default).lower()}"))
        else:
            chosen[key] = read
    return dict(sorted(chosen.items()))


def _read_option(value: object, default: OptionValue) -> OptionValue | None:
    """The value in the type of its default, or None. The settings hand on texts: the theme decides what they are."""
    text = str(value).strip()
    if isinstance(default, bool):
        return {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}.get(text.lower())
    if isinstance(default, int):
        return int(text) if re.fullmatch(r"[+-]?[0-9]{1,9}", text) else None
    if isinstance(default, float):
        return float(text) if re.fullmatch(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?", text) else None
    return value if isinstance(value, str) else None


def _merge_strings(files: _Files, found: list[Diagnostic]) -> dict[str, dict[str, str]]:
    merged: dict[str, dict[str, str]] = {}
    for file in reversed(files.get("strings.toml", ())):
        table = _parse_toml(file, "strings.toml", found)
        tables: dict[str, dict[str, str]] = {}
        for variant, texts in table.items():
            if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
                message = f"'{variant}' is not a table of texts"
                place = Place(file.shown("strings.toml"))
                found.append(error("theme-strings", message, place, 'write [zh-CN], then key = "text" a line'))
                continue
            tables[variant] = dict(texts)
        # A text worded anew replaces the wordings of it that lie below, in every variant.
        for texts in merged.values():
            for key in tables.get(MAIN_VARIANT, {}):
                texts.pop(key, None)
        for variant, texts in tables.items():
            merged.setdefault(variant, {}).update(texts)
    return merged


def _parse_toml(file: _File, name: str, found: list[Diagnostic]) -> dict[str, Any]:
    text = _decode(file, name, found)
    if text is None:
        return {}
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exception:
        place, message = Place(file.shown(name)), str(exception)
        if at := re.search(r" \(at line (\d+), column (\d+)\)$", message):
            place, message = Place(place.path, int(at[1]), int(at[2])), message[: at.start()]
        found.append(error("theme-toml", f"not TOML: {message}", place))
        return {}


def _decode(file: _File, name: str, found: list[Diagnostic]) -> str | None:
    try:
        return file.content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as exception:
        line = file.content.count(b"\n", 0, exception.start) + 1
        why = f"byte 0x{file.content[exception.start]:02x} is not UTF-8"
        found.append(error("theme-file", why, Place(file.shown(name), line), "save the file as UTF-8"))
        return None


def _templates(files: _Files, found: list[Diagnostic]) -> dict[str, TemplateFile]:
    templates: dict[str, TemplateFile] = {}
    for path, layered in files.items():
        folder, _, name = path.partition("/")
        if folder != "templates":
            continue
        nearest = layered[0]
        # Under `default/`, so that a template of a site can extend the one that it replaces.
        for key, file in ((name, nearest), *((f"default/{name}", file) for file in layered[1:] if file.layer.default)):
            text = _decode(file, path, found)
            if text is not None:
                templates[key] = TemplateFile(text, file.shown(path))
    return templates


# ── assets/ ──

_CSS_URL = re.compile(r"""url\(\s*(["']?)([^"')]+)\1\s*\)""")


def _name_assets(files: _Files, found: list[Diagnostic]) -> tuple[Asset, ...]:
    """The files of assets/ under names that change with their contents; a style sheet's `url(…)` follows them."""
    sources = {
        path.removeprefix("assets/"): layered[0] for path, layered in files.items() if path.startswith("assets/")
    }
    named: dict[str, Asset] = {}

    def name_asset(name: str, users: tuple[str, ...]) -> Asset:
        if name not in named:
            file = sources[name]
            content = file.content
            if name.endswith(".css"):
                text = _decode(file, f"assets/{name}", found)
                if text is not None:
                    content = _CSS_URL.sub(lambda url: link(url, name, (*users, name)), text).encode("utf-8")
            named[name] = Asset(name, _hashed(name, content), content)
        return named[name]

    def link(url: re.Match[str], sheet: str, users: tuple[str, ...]) -> str:
        target = url[2].strip()
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|[/#]", target):
            return url[0]
        path, mark, rest = re.match(r"([^?#]*)(.?)(.*)", target, re.DOTALL).groups()  # type: ignore[union-attr]
        name = posixpath.normpath(posixpath.join(posixpath.dirname(sheet), path))
        if name not in sources or name in users:
            line = url.string.count("\n", 0, url.start()) + 1
            why = (
                "which is this style sheet again"
                if name in users
                else f"which is not in assets/{nearest(name, sources)}"
            )
            place = Place(sources[sheet].shown(f"assets/{sheet}"), line)
            found.append(error("theme-asset", f"url({target}) leads to '{name}', {why}", place))
            return url[0]
        # All assets come to lie in one folder, whatever folders they were in.
        return f'url("{quote(posixpath.basename(name_asset(name, users).path))}{mark}{rest}")'

    return tuple(name_asset(name, ()) for name in sorted(sources))


def _hashed(name: str, content: bytes) -> str:
    stem, suffix = posixpath.splitext(posixpath.basename(name))
    return f"assets/{stem}.{hashlib.sha256(content).hexdigest()[:10]}{suffix}"


def nearest(name: str, names: Mapping[str, object] | Sequence[str]) -> str:
    """A question after the one of some names that is most like a name, or ""."""
    close = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""
