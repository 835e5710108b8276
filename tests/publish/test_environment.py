"""Templates print what Jinja's own code prints, whatever they do."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined
from jinja2.exceptions import TemplateError
from markupsafe import Markup

from builder.publish.environment import TemplateLoader, make_environment
from builder.publish.theme import TemplateFile

PARTS = {
    "base": "<{% block head %}base {{ page.title }}{% endblock %}>{% block main %}{% endblock %}{{ after }}",
    "middle": '{% extends "base" %}{% block head %}middle {{ super() }}{% endblock %}',
    "with": "[{{ page.title }} {{ inner|default('none') }} {{ it }}]",
    "plain": "[{{ site }}]",
    "macros": "{% macro say(text, mark='!') %}<{{ text }}{{ mark }}{{ caller() if caller else '' }}>{% endmacro %}"
    "{% macro own(hop) %}{{ hop.name }}{{ site }}{% endmacro %}",
}

TEMPLATES = (
    "{{ page.title }} {{ page.title }} {{ markup }} {{ page.number }} {{ page.nothing }} {{ page.rows }}",
    "{{ page.html }}{{ page.html|safe }}{{ page.html|e }}{{ page.html ~ markup }}{{ markup ~ page.html }}",
    "{{ page.missing|default('gone') }}{{ page.missing is defined }}{{ missing|default('gone') }}",
    "{{ page.missing }}",
    "{{ page.missing.more }}",
    "{{ page.nothing.more }}",
    "{{ table.key }}{{ table['key'] }}{{ table.keys()|list }}{{ table.other|default('no') }}{{ rows[1].name }}",
    "{{ page.title.upper() }}{{ '%s<'|format(page.title) }}{{ page.title|replace('<', '>') }}",
    "{% for row in page.rows %}{{ loop.index }}{{ row.name }}{% if not loop.last %},{% endif %}{% else %}-{% endfor %}",
    "{% for row in page.rows if row.name != 'b' recursive %}{{ row.name }}{{ loop(row.rows) }}{% else %}-{% endfor %}",
    "{% for row in page.rows %}{% set name = row.name %}{{ name }}{% endfor %}{{ name|default('outside') }}",
    "{% set all %}<b>{{ page.html }}</b>{% endset %}{{ all }}{{ all|length }}",
    "{% filter upper %}{{ page.html }}{% endfilter %}{% autoescape false %}{{ page.html }}{% endautoescape %}",
    "{% with it = page.title, inner = 2 %}{% include 'with' %}{{ inner }}{% endwith %}{{ inner|default('out') }}",
    "before {{ site }}{% include 'plain' without context %}{{ page.title }}",
    "{% include ['absent', 'plain'] %}{% include 'absent' ignore missing %}{% include page.part %}",
    "{% include 'absent' %}",
    "{% import 'macros' as m %}{{ m.say(page.html) }}{{ m.say('x', mark=page.title) }}{{ m.own(rows[0]) }}",
    "{% import 'macros' as m with context %}{% call m.say('x') %}{{ page.html }}{% endcall %}",
    "{% from 'macros' import say %}{% for row in rows %}{{ say(row.name) }}{% endfor %}",
    "{% extends 'base' %}{% block main %}main {{ page.html }}{% include 'with' %}{% endblock %}",
    "{% extends 'middle' %}{% set it = 5 %}{% block main %}{{ self.head() }}{{ it|default('no') }}{% endblock %}",
    "{% if page.number %}{% extends 'base' %}{% endif %}{% block main %}maybe{% endblock %}",
    "{% block outer scoped %}{% for row in rows %}{% block inner scoped %}{{ row.name }}{% endblock %}{% endfor %}{% endblock %}",
    "{{ part('card', page.title) }}{{ part(name='x', value=1) }}{{ part(*pair) }}{{ body(none) }}{{ asset('a') }}",
    "{% macro part(it) %}own {{ it }}{% endmacro %}{{ part(page.html) }}",
    "{% macro body() %}[{{ caller() }}]{% endmacro %}{% call body() %}in{% endcall %}",
    "{% set body = page.title.upper %}{{ body() }}{{ (page or rows).title }}{{ (rows|first).name }}",
    "{{ rows|map(attribute='name')|join('<') }}{{ rows|selectattr('rows')|list|length }}{{ page.rows[0].rows[0].name }}",
    (
        "{% macro deep(row) %}{{ row.name }}{% for in_it in row.rows %}{{ deep(in_it) }}{% endfor %}{% endmacro %}"
        "{{ deep(rows[0]) }}"
    ),
    "{{ [page.title, page.rows[0].name]|join(page.html) }}{{ {'a': page.title}.a }}{{ page.title if page.rows else page.html }}",
    "{{ 1.5 }}{{ true }}{{ none }}{{ 7 // 2 }}{{ page.number + 1 }}{{ -page.number }}{{ page.html == '<' }}",
)


@dataclass(frozen=True)
class Row:
    """A thing with things in it."""

    name: str
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Page:
    """What the templates see."""

    title: str = "标题 & <b>"
    html: str = "<i>'\"</i>"
    number: int = 3
    nothing: None = None
    part: str = "plain"
    rows: tuple[Row, ...] = (Row("a", (Row("a.a", (Row("<a>"),)),)), Row("b"), Row("c"))


def names() -> dict[str, object]:
    """What the templates are given."""
    return {
        "page": Page(),
        "rows": Page().rows,
        "markup": Markup("<br>&"),
        "table": {"key": "<value>", "items": 1},
        "site": "站 <&>",
        "after": "<end>",
        "it": "it",
        "pair": ("brand", 2),
        "part": lambda name, value=None: Markup(f"<{name}>{value}"),
        "body": lambda ref: f"<{ref}>",
        "asset": lambda name: name + "&",
    }


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_prints_what_jinjas_own_code_prints(template: str) -> None:
    sources = {**PARTS, "page": template}
    jinja = Environment(
        loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    ours = make_environment(TemplateLoader({name: TemplateFile(text, name) for name, text in sources.items()}, {}))
    for environment in (jinja, ours):
        environment.globals["t"] = {"more": "更多 <"}
    # A text that was escaped once is kept: the second page is like the first.
    wanted = render(jinja)
    assert [render(ours), render(ours)] == [wanted, wanted]


def render(environment: Environment) -> str:
    """What the page is, or the error that it ends with."""
    try:
        return environment.get_template("page").render(names())
    except (TemplateError, AttributeError, TypeError) as problem:
        return f"{type(problem).__name__}: {problem}"


def test_texts_that_were_escaped_are_told_from_html_that_is_the_same() -> None:
    files = {"page": TemplateFile("{{ text }}|{{ html }}|{{ text }}", "page")}
    environment = make_environment(TemplateLoader(files, {}))
    template = environment.get_template("page")
    assert template.render(text="a & b", html=Markup("a & b")) == "a &amp; b|a & b|a &amp; b"
    assert template.render(text=Markup("a & b"), html="a & b") == "a & b|a &amp; b|a & b"
    many = [f"<{number}>" for number in range(25_000)]
    listing = environment.from_string("{% for text in many %}{{ text }}{% endfor %}")
    assert listing.render(many=many) == "".join(f"&lt;{number}&gt;" for number in range(25_000))
