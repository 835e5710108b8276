"""A theme's folders → one `Theme`; a theme and a view → the bytes of a page.

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
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from builder.diagnostics import BuilderError, Checked, Diagnostic, Place, error
from builder.site.views import ArticlePage, BodyRef, TombstonePage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence

    from jinja2 import BaseLoader, Environment

    from builder.site.views import PageView, SiteView

OptionValue: TypeAlias = str | bool | int | float

#: The variant whose strings a theme has to give in full; what another variant lacks is converted from it.
MAIN_VARIANT = "zh-CN"

#: Rendered parts are kept up to this many; a site of 10,000 articles in three variants stays below it.
_MEMO_LIMIT = 200_000


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


def shipped_themes() -> Path:
    """The folder of the themes that come with the program: inside the wheel's package, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


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


def make_renderer(theme: Theme, strings: Mapping[str, Mapping[str, str]]) -> Renderer:
    """A renderer for the variants in `strings` (each from `strings_for`). Make one a process: templates are compiled once
    and parts that repeat are rendered once in it."""
    return Renderer(theme, strings)


def check_templates(theme: Theme) -> tuple[Diagnostic, ...]:
    """Every syntax error in every template, those that no page uses included, and what style sheets hide of the contract."""
    from jinja2 import TemplateSyntaxError

    environment = _make_environment(_make_loader(theme.templates))
    found = []
    for name, file in sorted(theme.templates.items()):
        try:
            environment.compile(file.source, name, file.shown)
        except TemplateSyntaxError as exception:
            found.append(_explain(exception, theme.templates, name))
    for asset in theme.assets:
        if asset.name.endswith(".css"):
            found += _check_style(asset)
    return tuple(found)


class Renderer:
    """Turns views into pages. Holds only what can be made again from its theme and strings: compiled templates, and the
    parts that have been rendered so far."""

    def __init__(self, theme: Theme, strings: Mapping[str, Mapping[str, str]]) -> None:
        """See `make_renderer`."""
        self._theme = theme
        self._strings = strings
        self._loader = _make_loader(theme.templates)
        self._assets = {asset.name: quote(asset.path) for asset in theme.assets}
        self._environments: dict[SiteView, Environment] = {}
        self._latest: tuple[SiteView, Environment] | None = None

    def render_page(self, view: PageView, site: SiteView, bodies: Mapping[str, str]) -> bytes:
        """The page as UTF-8. `bodies` maps the digests in the view to HTML with unresolved references.

        Raises `BuilderError` with the code `template` where a template fails, and with `theme-contract` where the result
        lacks something that the article's rights call for.
        """
        from markupsafe import Markup

        from builder.markup.render import resolve

        name = f"{view.template}.html"
        printed: dict[BodyRef, Markup] = {}

        def body(ref: BodyRef) -> Markup:
            html = printed.get(ref)
            if html is None:
                # Sanitised when it was rendered from Markdown, so it is printed as it is.
                text = bodies[ref.digest] if ref.digest else ""
                html = printed[ref] = Markup(resolve(text, ref.references) if ref.references else text)  # noqa: S704
            return html

        try:
            text = self._environment(site).get_template(name).render(page=view, body=body)
        except MemoryError:
            raise
        # A template is somebody's program: whatever it raises is a finding about that template.
        except Exception as exception:
            raise BuilderError(_explain(exception, self._theme.templates, name)) from exception
        fault = ""
        if isinstance(view, ArticlePage):
            fault = _fault_in(view, text, body(view.body) if view.body else "")
        elif isinstance(view, TombstonePage):
            fault = _fault_in_tombstone(view, text)
        if isinstance(view, ArticlePage | TombstonePage) and not fault and not _says_id(view.id, text):
            fault = f'lacks the id of the article (data-wz-id="{view.id}")'
        if fault:
            raise BuilderError(
                error(
                    "theme-contract",
                    f"the page {view.head.path} {fault}",
                    Place(self._theme.templates[name].shown),
                    "print it with the macros of partials/rights.html; docs/themes.md says which are needed when",
                )
            )
        return (text if text.endswith("\n") else text + "\n").encode("utf-8")

    def _environment(self, site: SiteView) -> Environment:
        """What templates see on every page of a variant; a plan has one site view a variant."""
        latest = self._latest  # looked at once: another thread may be rendering another variant
        if latest is not None and latest[0] is site:
            return latest[1]
        environment = self._environments.get(site)
        if environment is None:
            # A preview changes its site views as it runs: keep those of the last few plans only.
            if len(self._environments) >= 16:
                self._environments.clear()
            environment = self._environments[site] = self._bind(site)
        self._latest = site, environment
        return environment

    def _bind(self, site: SiteView) -> Environment:
        from jinja2 import TemplateRuntimeError
        from markupsafe import Markup

        environment = _make_environment(self._loader)
        root = site.base_path.rstrip("/") + "/"
        assets = self._assets
        rendered: dict[tuple[str, type, object], Markup] = {}
        # The hash of a card takes longer than the look-up, so the very same object is found by its address: the entry
        # keeps that object, so nothing else can come to have the address.
        same: dict[tuple[str, int], tuple[object, Markup]] = {}

        def asset(name: str) -> str:
            path = assets.get(name)
            if path is None:
                raise TemplateRuntimeError(f"there is no '{name}' in assets/{_nearest(name, assets)}")
            return root + path

        def render(name: str, value: object) -> Markup:
            # Safe: it comes out of a template that escapes.
            return Markup(environment.get_template(f"partials/{name}.html").render(it=value))  # noqa: S704

        def part(name: str, value: object = None) -> Markup:
            known = same.get((name, id(value)))
            if known is not None:
                return known[1]
            key = name, type(value), value
            try:
                equal = rendered.get(key)
            except TypeError:  # a list or a mapping made in a template: nothing to remember it by
                return render(name, value)
            if equal is None:
                if len(rendered) >= _MEMO_LIMIT:
                    rendered.clear()
                    same.clear()
                equal = rendered[key] = render(name, value)
                same[name, id(value)] = value, equal
            return equal

        environment.globals |= {
            "site": site,
            "t": SimpleNamespace(**self._strings.get(site.variant, {})),
            "theme": SimpleNamespace(**self._theme.options),
            "asset": asset,
            "part": part,
        }
        return environment


# ── The contract ──


def _fault_in(view: ArticlePage, text: str, body: str) -> str:
    """What an article's page lacks or hides that the view's rights call for, or ""."""
    if missing := _missing_part(view, text, body):
        return f"lacks {missing}"
    start = text.find(body, text.find('data-wz="body"')) if body else 0
    return _hidden_part(text[:start] + text[start + len(body) :])


def _fault_in_tombstone(view: TombstonePage, text: str) -> str:
    from markupsafe import escape

    for mark in ("tombstone", *(["chain"] if view.chain else [])):
        if f'data-wz="{mark}"' not in text:
            return f'lacks data-wz="{mark}"'
    for hop in view.chain:
        for name in filter(None, (hop.source, *(who.title for who in hop.authors), hop.translator)):
            if str(escape(name)) not in text:
                return f'lacks {name!r} (data-wz="chain")'
    return _hidden_part(text)


#: Elements whose content nobody sees, or not before doing something.
_HIDING = re.compile(
    r"""<!-- | <(?P<name>template|noscript|script|style|dialog|details(?![^>]*\sopen\b))\b
      | <(?P<any>[a-z][\w-]*)\b (?=[^>]*? \s (?: hidden (?=[\s=>/])
          | style="[^"]*? (?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0[;"]|font-size\s*:\s*0[a-z;"]) ))""",
    re.VERBOSE | re.IGNORECASE,
)


def _hidden_part(text: str) -> str:
    """A part of the contract that stands in a comment or an element that hides it, or "". What a style sheet hides is found
    by `check_templates`."""
    for found in _HIDING.finditer(text):
        name = (found["name"] or found["any"] or "").lower()
        end = _end_of_element(text, found.start(), name) if name else text.find("-->", found.start())
        if mark := re.search(r'\sdata-wz="(\w+)"', text[found.start() : end if end >= 0 else len(text)]):
            return f'hides data-wz="{mark[1]}"' + (f" in <{name}>" if name else " in a comment")
    return ""


def _end_of_element(text: str, start: int, name: str) -> int:
    """Where an element ends: at its closing tag, elements of the same name within it closed."""
    if name in _VOID:
        return text.find(">", start)
    depth = 0
    for tag in re.compile(rf"<(/?){name}\b", re.IGNORECASE).finditer(text, start):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.end()
    return len(text)


_VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})

_CSS_RULE = re.compile(r"(?P<selectors>[^{}]*)\{(?P<block>[^{}]*)\}")
_CSS_HIDES = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:[;!]|$)"
    r"|font-size\s*:\s*0(?:[a-z%]*)\s*(?:[;!]|$)|content-visibility\s*:\s*hidden)",
    re.IGNORECASE,
)
#: The parts of the contract, and the classes that the shipped macros give them.
_PARTS = re.compile(
    r"\[data-wz\b|\.(?:byline|chain|notices?|original|onward|rights|signoff|tombstone)(?![\w-])|^(?:body|main|article)$"
)


def _check_style(asset: Asset) -> Iterator[Diagnostic]:
    """Rules of a style sheet that hide a part of the contract, on screen or in print."""
    text = asset.content.decode("utf-8", "replace")
    text = re.sub(r"/\*.*?\*/", lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.DOTALL)
    for rule in _CSS_RULE.finditer(text):
        if not _CSS_HIDES.search(rule["block"]):
            continue
        for selector in rule["selectors"].split(";")[-1].split(","):
            # What is hidden is the last part of a selector; `.chain a::after` is none of ours.
            last = re.split(r"[\s>+~]+", selector.strip())[-1]
            if _PARTS.search(last) and "::" not in last:
                line = text.count("\n", 0, rule.end("selectors")) + 1
                message = f"'{selector.strip()}' hides a part that an article's rights call for"
                hint = "style it, make it small, move it: it must be seen on screen and in print"
                yield error("theme-contract", message, Place(f"assets/{asset.name}", line), hint)


def _missing_part(view: ArticlePage, text: str, body: str) -> str:
    """The first part that the view's rights call for and the page lacks, or "". Only substrings are looked for: this runs
    on every article page of every build."""
    from markupsafe import escape

    top = max(text.find("</head>"), 0)
    end, foot = len(text), top
    if view.body is not None:
        # The page is cut at its body, so that nothing in the text can stand in for a part of the page.
        mark = text.find('data-wz="body"', top)
        end = text.find(body, mark) if mark >= 0 else -1
        if end < 0:
            return 'the body (data-wz="body")'
        foot = end + len(body)
    if (view.original or any(hop.authors or hop.translator for hop in view.chain)) and (
        text.find('data-wz="byline"', top, end) < 0
    ):
        return 'the byline above the body (data-wz="byline")'
    if view.chain and text.find('data-wz="chain"', top, end) < 0:
        return 'the chain of sources above the body (data-wz="chain")'
    for hop in view.chain:
        for name in filter(None, (hop.source, *(who.title for who in hop.authors), hop.translator)):
            if text.find(str(escape(name)), top, end) < 0:
                return f'{name!r} in the byline and the chain above the body (data-wz="chain")'
    for notice in view.notices:
        needle = f'data-wz="notice">{escape(notice)}<'
        first = text.find(needle, top, end)
        if first < 0:
            return f'the notice {notice!r} above the body (data-wz="notice")'
        if text.find(needle, foot if view.body is not None else first + 1) < 0:
            return f'the notice {notice!r} below the body (data-wz="notice")'
    for hop in view.original_links:
        if text.find(f'data-wz="original" href="{escape(hop.url)}"', foot) < 0:
            return f'the link to {hop.url} below the body (data-wz="original")'
    if view.license and text.find('data-wz="licence"', foot) < 0:
        return 'the licence below the body (data-wz="licence")'
    if view.signoff:
        mark = text.find('data-wz="signoff"', foot)
        if mark < 0 or text.find(view.signoff, mark) < 0:
            return 'the sign-off below the body (data-wz="signoff")'
    return ""


def _says_id(identity: str, text: str) -> bool:
    """Whether a page says whose it is, which `wenzhai audit` goes by."""
    from markupsafe import escape

    return not identity or f'data-wz-id="{escape(identity)}"' in text


# ── Templates ──


def _make_environment(loader: BaseLoader) -> Environment:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    # A page depends on its view and its theme alone, so there is nothing to draw lots with.
    del environment.globals["lipsum"]
    del environment.filters["random"]
    return environment


def _make_loader(templates: Mapping[str, TemplateFile]) -> BaseLoader:
    """A loader that compiles each template once for all environments: there is one environment a variant."""
    from jinja2 import BaseLoader, Template, TemplateNotFound

    class Loader(BaseLoader):
        def __init__(self) -> None:
            self.compiled: dict[str, Any] = {}

        def list_templates(self) -> list[str]:
            return sorted(templates)

        def load(
            self,
            environment: Environment,
            name: str,
            globals: MutableMapping[str, Any] | None = None,  # noqa: A002 (Jinja's name)
        ) -> Template:
            code = self.compiled.get(name)
            if code is None:
                if name not in templates:
                    raise TemplateNotFound(name)
                file = templates[name]
                code = self.compiled[name] = environment.compile(file.source, name, file.shown)
            # A plain copy: Jinja's chained mapping costs more on each page than most of the page.
            return environment.template_class.from_code(environment, code, dict(globals or {}), lambda: True)

    return Loader()


def _explain(exception: Exception, templates: Mapping[str, TemplateFile], page: str) -> Diagnostic:
    """What went wrong in a template, at the innermost line of a template that was running."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError

    hint = ""
    shown = templates[page].shown if page in templates else f"templates/{page}"
    place = _running_line(exception, {file.shown for file in templates.values()}) or Place(shown)
    if isinstance(exception, TemplateSyntaxError):
        file = templates.get(exception.name or page)
        place = Place(file.shown if file else shown, exception.lineno)
        message = exception.message or "not a template"
    elif isinstance(exception, TemplateNotFound):
        message = f"there is no template '{exception.name}'{_nearest(str(exception.name), templates)}"
    else:
        message = str(exception) or type(exception).__name__
        if isinstance(exception, UndefinedError):
            hint = "docs/themes.md lists all that a template sees"
        elif type(exception).__module__ == "builtins":
            message = f"{type(exception).__name__}: {message}"
    return error("template", message, place, hint)


def _running_line(exception: Exception, shown: set[str]) -> Place | None:
    # Jinja rewrites the frames of a traceback to the templates' own lines, under the file name each was compiled with.
    place = None
    for frame, line in traceback.walk_tb(exception.__traceback__):
        if frame.f_code.co_filename in shown:
            place = Place(frame.f_code.co_filename, line)
    return place


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
        f"there is no theme '{name}'{_nearest(name, names)}",
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
                message = f"'{key}' means nothing here{_nearest(key, known)}"
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
            message = f"the theme has no option '{key}'{_nearest(key, defaults)}"
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
                else f"which is not in assets/{_nearest(name, sources)}"
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


def _nearest(name: str, names: Mapping[str, object] | Sequence[str]) -> str:
    close = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""
