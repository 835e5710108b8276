"""One source file → its texts in every variant: parsed, rendered once, converted for each. The unit of work that is
spread over processes; what comes out depends on this file and the settings alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from builder.content.front_matter import parse_source
from builder.diagnostics import Checked
from builder.markup.render import cut_summary, excerpt, render, render_inline
from builder.markup.text import plain_text
from builder.variants.converter import NO_RULES, make_converter, make_rules
from builder.variants.runs import split_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.config import Variant, Wording
    from builder.content.discover import SourceFile
    from builder.content.front_matter import SourceSettings
    from builder.content.models import Article
    from builder.markup.render import Heading, Markup, MarkupSettings, Reference
    from builder.variants.converter import Converter, Rules
    from builder.variants.glossary import Glossary
    from builder.variants.runs import SplitHTML


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """The settings that decide what a source file's texts are."""

    source: SourceSettings
    markup: MarkupSettings
    variants: tuple[Variant, ...]
    glossary: Glossary


@dataclass(frozen=True, slots=True)
class Body:
    """Rendered HTML whose references are not resolved, and its digest."""

    html: str
    digest: str


@dataclass(frozen=True, slots=True)
class Text:
    """What one article says in one variant, cut down to what its mode publishes."""

    title: str
    summary: str
    body: Body | None
    comment: Body | None
    outline: tuple[Heading, ...]
    cover_alt: str
    notices: tuple[str, ...]
    signoff: str  # HTML
    reason: str  # of a withdrawal


@dataclass(frozen=True, slots=True)
class Rendered:
    """An article, its texts by variant, and what its body refers to. `article` has no body any more."""

    article: Article
    texts: dict[str, Text]
    references: tuple[Reference, ...]
    comment_references: tuple[Reference, ...]
    anchors: tuple[str, ...]
    words: int


def render_sources(sources: Sequence[SourceFile], settings: RenderSettings) -> tuple[Checked[Rendered | None], ...]:
    """The texts of a batch of source files. Everything in and out can be pickled."""
    return tuple(render_source(source, settings) for source in sources)


def render_source(source: SourceFile, settings: RenderSettings) -> Checked[Rendered | None]:
    """The texts of one source file, None where its front matter cannot be read."""
    parsed = parse_source(source, settings.source)
    if parsed.value is None:
        return Checked(None, parsed.diagnostics)
    article = parsed.value
    body = render(article.body, settings.markup, path=article.path, first_line=article.body_line)
    comment_place = article.place("comment")
    comment = render(
        article.comment, settings.markup, path=article.path, first_line=comment_place.line, document="comment"
    )
    # What the mode withholds goes no further than this: no view, feed or index ever sees it.
    published, summary = _published(article, body.value)
    source_text = _SourceText(
        article=article,
        body=split_html(published, article.script),
        comment=split_html("" if article.withdrawn else comment.value.html, article.script),
        summary=summary,
        outline=body.value.outline if article.rights.mode == "full" and not article.withdrawn else (),
    )
    texts = {variant.tag: _text_in(variant, source_text, settings) for variant in settings.variants}
    rendered = Rendered(
        article=replace(article, body="", comment=""),
        texts=texts,
        references=body.value.references,
        comment_references=comment.value.references,
        anchors=body.value.anchors,
        words=body.value.words,
    )
    return Checked(rendered, parsed.diagnostics + body.diagnostics + comment.diagnostics)


def word(wording: Wording, variant: Variant, settings: RenderSettings, rules: Rules = NO_RULES) -> str:
    """A wording in a variant: as written for it by hand, else converted."""
    written = wording.written_for(variant.tag)
    return (
        written
        if written is not None
        else converter_for(wording.script, variant, settings).text(wording.original, rules)
    )


def converter_for(script: str, variant: Variant, settings: RenderSettings) -> Converter:
    """The conversion from a script to a variant as the settings want it."""
    config = next((config for source, config in variant.opencc if source == script), None)
    return make_converter(script, variant.tag, config=config, glossary=settings.glossary, quotes=variant.quotes)


@dataclass(frozen=True, slots=True)
class _SourceText:
    """What an article publishes, in its own script, ready to be converted."""

    article: Article
    body: SplitHTML
    comment: SplitHTML
    summary: str
    outline: tuple[Heading, ...]


def _text_in(variant: Variant, source: _SourceText, settings: RenderSettings) -> Text:
    article, rights = source.article, source.article.rights
    convert = converter_for(article.script, variant, settings)
    rules = make_rules(article.overrides, article.keep, variant.tag)
    return Text(
        title=convert.text(article.title, rules),
        summary=convert.text(source.summary, rules),
        body=_body(convert.html(source.body, rules)),
        comment=_body(convert.html(source.comment, rules)),
        outline=tuple(replace(heading, text=convert.text(heading.text, rules)) for heading in source.outline),
        cover_alt=convert.text(article.cover.alt, rules) if article.cover else "",
        notices=tuple(dict.fromkeys(word(notice, variant, settings, rules) for notice in rights.notices)),
        signoff=_signoff(rights.signoff, variant, settings, rules),
        reason=convert.text(article.withdrawn.reason, rules) if article.withdrawn else "",
    )


def _published(article: Article, body: Markup) -> tuple[str, str]:
    """The part of a body that the article's mode publishes, as HTML, and its summary."""
    mode = article.rights.mode
    if article.withdrawn:
        return "", ""
    if mode == "link":
        return "", article.summary
    if mode == "excerpt":
        quoted = excerpt(body.html)
        return quoted, article.summary or cut_summary(plain_text(quoted))
    return body.html, article.summary or cut_summary(body.text)


def _signoff(wording: Wording | None, variant: Variant, settings: RenderSettings, rules: Rules) -> str:
    if wording is None:
        return ""
    written = wording.written_for(variant.tag)
    if written is not None:
        return render_inline(written, settings.markup)
    html = render_inline(wording.original, settings.markup)
    return converter_for(wording.script, variant, settings).html(html, rules)


def _body(html: str) -> Body | None:
    return Body(html, sha256(html.encode()).hexdigest()[:20]) if html else None
