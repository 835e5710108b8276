"""A theme and a view → the bytes of a page."""

from __future__ import annotations

import marshal
import traceback
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct

from builder.diagnostics import BuilderError, Checked, Diagnostic, Place, error
from builder.memo import MemoError
from builder.publish.contract import check_style, find_fault
from builder.publish.theme import nearest
from builder.site.views import Card, bodies_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from jinja2 import Environment
    from markupsafe import Markup

    from builder.publish.theme import TemplateFile, Theme
    from builder.rendering.records import Bodies
    from builder.site.views import BodyRef, PageView, SiteView

    _PrintBody: TypeAlias = Callable[[BodyRef], Markup]

#: Rendered parts are kept up to this many; a site of 10,000 articles in three variants stays below it.
_PARTS_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class CompiledTheme:
    """A theme whose templates are compiled: `code` is Python's, marshalled, by their names."""

    theme: Theme
    code: Mapping[str, bytes]


def compile_theme(theme: Theme) -> Checked[dict[str, bytes]]:
    """The code of all templates, and every syntax error in them, those that no page uses included, and what style sheets
    hide of the contract."""
    from jinja2 import TemplateSyntaxError

    from builder.publish.environment import TemplateLoader, make_environment

    environment = make_environment(TemplateLoader({}, {}))
    found, compiled = [], {}
    for name, file in sorted(theme.templates.items()):
        try:
            compiled[name] = marshal.dumps(environment.compile(file.source, name, file.shown))
        except TemplateSyntaxError as exception:
            found.append(_explain(exception, theme.templates, name))
    for asset in theme.assets:
        if asset.name.endswith(".css"):
            found += check_style(asset)
    return Checked(compiled, tuple(found))


class _KeptParts:
    """Parts that were rendered, by their names and what they are rendered from. `same` finds that by its address: the entry
    keeps the very same object, so nothing else can come to have the address. A card, which there is one of, is found by that
    alone: its hash takes longer than all else."""

    def __init__(self) -> None:
        self.same: dict[tuple[str, int], tuple[object, Markup]] = {}
        self.equal: dict[tuple[str, type, object], Markup] = {}

    def clear(self) -> None:
        self.same.clear()
        self.equal.clear()


class Renderer:
    """Turns views into pages. Holds only what can be made again from its theme and strings: compiled templates, and the
    parts that have been rendered so far."""

    def __init__(self, compiled: CompiledTheme, strings: Mapping[str, Mapping[str, str]]) -> None:
        """A renderer for the variants in `strings` (each from `strings_for`). One a process: parts that repeat are rendered
        once in it."""
        from builder.publish.environment import TemplateLoader

        theme = self._theme = compiled.theme
        self._strings = strings
        self._loader = TemplateLoader(theme.templates, compiled.code)
        self._assets = {asset.name: quote(asset.path) for asset in theme.assets}
        self._environments: dict[str, tuple[SiteView, Environment]] = {}
        self._kept: dict[str, _KeptParts] = {}
        self._latest: tuple[SiteView, Environment] | None = None

    def render_page(self, view: PageView, site: SiteView, bodies: Bodies) -> bytes:
        """One page: see `render_pages`. Raises `BuilderError` with what is wrong with it."""
        (page,) = self.render_pages([view], site, bodies)
        if isinstance(page, bytes):
            return page
        raise BuilderError(*page)

    def render_pages(
        self, views: Sequence[PageView], site: SiteView, bodies: Bodies
    ) -> list[bytes | tuple[Diagnostic, ...]]:
        """Pages as UTF-8, or what is wrong with each: `template` where a template fails, and `theme-contract` where the result
        lacks something that the article's rights call for. `bodies` maps the digests in views to HTML with unresolved
        references.

        Each step is done for all pages: page by page, whose steps drive one another out of the processor's caches, an article
        takes a fifth more time.
        """
        environment = self._environment(site)
        printers = [_print_bodies(view, bodies) for view in views]
        texts = [self._print(view, body, environment) for view, body in zip(views, printers, strict=True)]
        return [
            self._check(view, body, text) if isinstance(text, str) else (text,)
            for view, body, text in zip(views, printers, texts, strict=True)
        ]

    def _print(self, view: PageView, body: _PrintBody, environment: Environment) -> str | Diagnostic:
        name = f"{view.template}.html"
        try:
            return environment.get_template(name).render(page=view, body=body)
        except (MemoryError, MemoError):  # nothing that a template can help
            raise
        # A template is somebody's program: whatever it raises is a finding about that template.
        except Exception as exception:  # noqa: BLE001
            return _explain(exception, self._theme.templates, name)

    def _check(self, view: PageView, body: _PrintBody, text: str) -> bytes | tuple[Diagnostic, ...]:
        main = getattr(view, "body", None)
        fault = find_fault(view, text, body(main) if main else "")
        if fault:
            message, place = (
                f"the page {view.head.path} {fault}",
                Place(self._theme.templates[f"{view.template}.html"].shown),
            )
            hint = "print it with the macros of partials/rights.html; docs/themes.md says which are needed when"
            return (error("theme-contract", message, place, hint),)
        return (text if text.endswith("\n") else text + "\n").encode("utf-8")

    def forget(self, variant: str) -> None:
        """Let go of the parts that were rendered for a variant."""
        self._environments.pop(variant, None)
        # An environment goes round in circles: what it holds would stay until somebody looks for those.
        if kept := self._kept.pop(variant, None):
            kept.clear()
        if self._latest is not None and self._latest[0].variant == variant:
            self._latest = None

    def _environment(self, site: SiteView) -> Environment:
        """What templates see on every page of a variant; a plan has one site view a variant."""
        latest = self._latest  # looked at once: another thread may be rendering another variant
        if latest is not None and latest[0] is site:
            return latest[1]
        known = self._environments.get(site.variant)
        # A preview plans again and again: the latest environment of each variant is kept, but its cards are others then.
        if known is None or known[0] != site:
            self.forget(site.variant)
            known = site, self._bind(site)
        elif known[0] is not site:
            known = site, known[1]
            self._kept[site.variant].same.clear()
        self._latest = self._environments[site.variant] = known
        return known[1]

    def _bind(self, site: SiteView) -> Environment:
        from jinja2 import TemplateRuntimeError
        from markupsafe import Markup

        from builder.publish.environment import make_environment

        environment = make_environment(self._loader)
        root = site.base_path.rstrip("/") + "/"
        assets = self._assets
        kept = self._kept[site.variant] = _KeptParts()

        def asset(name: str) -> str:
            path = assets.get(name)
            if path is None:
                raise TemplateRuntimeError(f"there is no '{name}' in assets/{nearest(name, assets)}")
            return root + path

        def render(name: str, value: object) -> Markup:
            # Safe: it comes out of a template that escapes.
            return Markup(environment.get_template(f"partials/{name}.html").render(it=value))  # noqa: S704

        def part(name: str, value: object = None) -> Markup:
            known = kept.same.get((name, id(value)))
            if known is not None:
                return known[1]
            if len(kept.equal) + len(kept.same) >= _PARTS_LIMIT:
                kept.clear()
            if isinstance(value, Card):
                text = render(name, value)
            else:
                if not _is_frozen(value):
                    return render(name, value)
                key = name, type(value), value
                equal = kept.equal.get(key)
                if equal is not None:
                    return equal
                text = kept.equal[key] = render(name, value)
            kept.same[name, id(value)] = value, text
            return text

        environment.globals |= {
            "site": site,
            "t": SimpleNamespace(**self._strings.get(site.variant, {})),
            "theme": SimpleNamespace(**self._theme.options),
            "asset": asset,
            "part": part,
        }
        return environment


def _is_frozen(value: object) -> bool:
    """Whether all that is equal to a value prints the same: not so what templates make, such as lists and namespaces, or HTML,
    which is equal to a text that would be escaped."""
    if type(value) is tuple:
        return all(isinstance(item, Struct) for item in value)
    return value is None or type(value) in (str, bool) or isinstance(value, Struct)


def _print_bodies(view: PageView, bodies: Bodies) -> _PrintBody:
    """What prints the bodies of a page; those that every theme prints are made ready at once."""
    from markupsafe import Markup

    from builder.markup.render import resolve

    printed: dict[BodyRef, Markup] = {}

    def body(ref: BodyRef) -> Markup:
        html = printed.get(ref)
        if html is None:
            # Sanitised when it was rendered from Markdown, so it is printed as it is.
            text = bodies[ref.digest] if ref.digest else ""
            html = printed[ref] = Markup(resolve(text, ref.references) if ref.references else text)  # noqa: S704
        return html

    for ref in bodies_of(view):
        body(ref)
    return body


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
        message = f"there is no template '{exception.name}'{nearest(str(exception.name), templates)}"
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
