"""Jinja as our themes use it. Imports Jinja: only where there is something to render.

The code that templates are compiled to prints faster than Jinja's own, and the same: a text that was escaped once is not
escaped again on the next page, an attribute is looked up without a call, and a template hands on what it prints in one piece,
where Jinja's own hands each bit through all the templates that extend it. An article page takes two thirds of the time.
"""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, nodes
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

    from jinja2 import Template
    from jinja2.compiler import Frame

    from builder.publish.theme import TemplateFile

#: So many texts are kept escaped: those of the theme, and of some pages.
_TEXTS_KEPT = 2_000

#: Functions that every template is given, and that need to know nothing of the template that calls them.
_PLAIN_FUNCTIONS = frozenset({"asset", "part", "body"})


class _Code(CodeGenerator):
    """The Python code of a template. Everything that it leaves to its base is as in any template."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as its base takes them
        super().__init__(*args, **kwargs)
        self._collects = True
        self._collecting: set[int] = set()

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """The functions of a template."""
        # What is included without the context is handed on by itself, and would come before what was collected by then.
        self._collects = all(include.with_context for include in node.find_all(nodes.Include))
        super().visit_Template(node, frame)

    def write_commons(self) -> None:
        """What each function begins with."""
        super().write_commons()
        self.writeline("shown = environment.shown")

    def enter_frame(self, frame: Frame) -> None:
        """The beginning of a part of the code."""
        super().enter_frame(frame)
        # A part with no buffer is a function that hands on what it prints: of a whole template, or of a block.
        if self._collects and frame.buffer is None:
            self.buffer(frame)
            self._collecting.add(id(frame))

    def leave_frame(self, frame: Frame, with_python_scope: bool = False) -> None:
        """The end of it."""
        if id(frame) in self._collecting:
            self._collecting.remove(id(frame))
            self.writeline(f"yield concat({frame.buffer})")
        super().leave_frame(frame, with_python_scope)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        """An attribute; what has none of that name is left to the environment."""
        self.write("(found if (found := getattr((holder := ")
        self.visit(node.node, frame)
        self.write(f"), {node.attr!r}, missing)) is not missing else environment.getattr(holder, {node.attr!r}))")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        """A call; Jinja asks of each function whether it wants to know who calls."""
        called = node.node
        is_plain = isinstance(called, nodes.Name) and called.name in _PLAIN_FUNCTIONS
        if not is_plain or forward_caller or node.kwargs or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(called, frame)
        self.write("(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("shown(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Environment(Environment):
    code_generator_class = _Code
    #: Anything → what is printed of it: HTML.
    shown: Callable[[object], str]


def make_environment(loader: BaseLoader) -> Environment:
    """An environment of its own for the pages of a variant."""
    environment = _Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.shown = _make_shown()
    # A page depends on its view and its theme alone, so there is nothing to draw lots with.
    del environment.globals["lipsum"]
    del environment.filters["random"]
    return environment


def _make_shown() -> Callable[[object], str]:
    known: dict[str, str] = {}
    find = known.get

    def shown(value: object) -> str:
        """What is printed of a value: HTML as it is, anything else escaped."""
        if type(value) is str:
            text = find(value)
            if text is None:
                if len(known) >= _TEXTS_KEPT:
                    known.clear()
                text = known[value] = str(escape(value))
            return text
        return value if type(value) is Markup else escape(value)

    return shown


class TemplateLoader(BaseLoader):
    """Reads the code of each template once for all environments: there is one environment a variant."""

    def __init__(self, templates: Mapping[str, TemplateFile], compiled: Mapping[str, bytes]) -> None:
        """`compiled` is the marshalled code of the templates that are compiled already."""
        self._templates, self._compiled = templates, compiled
        self._code: dict[str, Any] = {}

    def list_templates(self) -> list[str]:
        """The names of all templates."""
        return sorted(self._templates)

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 (Jinja's name)
    ) -> Template:
        """A template of an environment."""
        code = self._code.get(name)
        if code is None:
            if name not in self._templates:
                raise TemplateNotFound(name)
            file = self._templates[name]
            # What has no code has a fault, which is said once more.
            known = self._compiled.get(name)
            code = marshal.loads(known) if known else environment.compile(file.source, name, file.shown)  # noqa: S302
            self._code[name] = code
        # A plain copy: Jinja's chained mapping costs more on each page than most of the page.
        return environment.template_class.from_code(environment, code, dict(globals or {}), lambda: True)
