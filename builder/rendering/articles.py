"""One source file → its texts in every variant: parsed, rendered once, converted for each. The unit of work that is
spread over processes; what comes out depends on this file and the settings alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct, structs

from builder.content.front_matter import parse_source, title_from_name
from builder.diagnostics import Checked
from builder.markup.render import Heading, Written, cut_summary, excerpt, render_all, render_inline
from builder.markup.text import plain_text
from builder.rendering.twins import render_twins
from builder.rendering.unused import find_unused
from builder.variants.converter import NO_RULES, make_converter, make_rules
from builder.variants.manual import convert_manual, convert_text, has_manual, show_source
from builder.variants.runs import split_html
from builder.variants.style import NO_STYLE, make_style, merge_style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.config import Variant, Wording
    from builder.content.discover import SourceFile
    from builder.content.front_matter import SourceSettings
    from builder.content.models import Article, Override
    from builder.diagnostics import Diagnostic
    from builder.markup.render import Markup, MarkupSettings, Reference
    from builder.rendering.twins import RenderedTwin
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


class Body(Struct, frozen=True, gc=False):
    """Rendered HTML whose references are not resolved, and its digest."""

    html: str
    digest: str


B = TypeVar("B")


# A build reads the texts of every article in every variant: a struct, as an array, takes a fraction of the time.
class Text(Struct, Generic[B], frozen=True, array_like=True, gc=False):
    """What one article says in one variant, cut down to what its mode publishes. Its bodies are in it, or named by it."""

    title: str
    summary: str
    body: B | None
    comment: B | None
    outline: tuple[Heading, ...]
    cover_alt: str
    notices: tuple[str, ...]
    signoff: str  # HTML
    reason: str  # of a withdrawal


@dataclass(frozen=True, slots=True)
class Rendered:
    """An article, its texts by variant, and what its body refers to. `article` has no body any more."""

    article: Article
    texts: dict[str, Text[Body]]
    references: tuple[Reference, ...]
    comment_references: tuple[Reference, ...]
    anchors: tuple[str, ...]
    words: int


def render_sources(settings: RenderSettings, sources: Sequence[SourceFile]) -> tuple[Checked[Rendered | None], ...]:
    """The texts of a batch of source files and their twins, None where front matter cannot be read; what comes out of a source
    does not depend on the others. Everything in and out can be pickled."""
    # Step by step, each for all of them: source by source, whose steps drive one another out of the processor's caches, takes
    # 140 µs more for each.
    parsed = [parse_source(source, settings.source) for source in sources]
    articles = [one.value for one in parsed if one.value]
    made = zip(
        render_bodies(articles, settings.markup),
        render_all([_comment_of(article) for article in articles], settings.markup),
        strict=True,
    )
    drafts = [
        _draft(source, one.value, one.diagnostics, *next(made))
        for source, one in zip(sources, parsed, strict=True)
        if one.value
    ]
    said = _convert_texts([draft.text for draft in drafts], settings.variants, settings)
    finished = (_finish(draft, texts, settings) for draft, texts in zip(drafts, said, strict=True))
    return tuple(next(finished) if one.value else Checked(None, one.diagnostics) for one in parsed)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A source, rendered in its own script, and what was found on the way."""

    source: SourceFile
    article: Article
    body: Markup
    comment: Markup
    text: _SourceText
    diagnostics: tuple[Diagnostic, ...]


def _draft(
    source: SourceFile,
    article: Article,
    found: tuple[Diagnostic, ...],
    body: Checked[Markup],
    comment: Checked[Markup],
) -> _Draft:
    if not article.title:
        article = structs.replace(article, title=body.value.title or title_from_name(source.name.rpartition("/")[2]))
    return _Draft(
        source,
        article,
        body.value,
        comment.value,
        _prepare(article, body.value, comment.value),
        found + body.diagnostics + comment.diagnostics,
    )


def _finish(draft: _Draft, texts: dict[str, Text[Body]], settings: RenderSettings) -> Checked[Rendered | None]:
    article, body, comment = draft.article, draft.body, draft.comment
    found = [*draft.diagnostics]
    references, comment_references = body.references, comment.references
    if draft.source.twins:
        twins = render_twins(draft.source.twins, article.script, body, comment, settings.variants, settings.markup)
        found += twins.diagnostics
        for twin in twins.value:
            texts[twin.variant.tag] = _text_with(twin, texts[twin.variant.tag], article, settings)
            references += twin.body.references
            comment_references += twin.comment.references
    if article.overrides or article.keep or has_manual(body.html):
        found += find_unused(article, (body.html, comment.html), settings.variants)
    rendered = Rendered(
        article=structs.replace(article, body="", comment=""),
        texts=texts,
        references=references,
        comment_references=comment_references,
        anchors=body.anchors,
        words=body.words,
    )
    return Checked(rendered, tuple(found))


def render_body(article: Article, settings: MarkupSettings) -> Checked[Markup]:
    """An article's body, whatever of it is published. What its first heading says is its title where nothing else is."""
    return render_bodies([article], settings)[0]


def render_bodies(articles: Sequence[Article], settings: MarkupSettings) -> list[Checked[Markup]]:
    """The same for each of many."""
    return render_all(
        [
            Written(article.body, article.path, article.body_line, script=article.script, title=article.title)
            for article in articles
        ],
        settings,
    )


def word(wording: Wording, variant: Variant, settings: RenderSettings, rules: Rules = NO_RULES) -> str:
    """A wording in a variant: as written for it by hand, else converted."""
    written = wording.written_for(variant.tag)
    if written is not None:
        return convert_text(written, converter_for(variant.tag, variant, settings))
    convert = converter_for(wording.script, variant, settings)
    if any(held in wording.original for held, _ in rules.words):
        return convert_text(wording.original, convert, rules)
    return _convert_once(wording.original, convert)


@lru_cache(maxsize=1024)
def _convert_once(text: str, convert: Converter) -> str:
    """A text that many articles say, such as the site's notices."""
    return convert_text(text, convert)


def converter_for(script: str, variant: Variant, settings: RenderSettings) -> Converter:
    """The conversion from a script to a variant as the settings want it."""
    config = next((config for source, config in variant.opencc if source == script), None)
    # Who names a configuration wants its characters, and none but the site's own style over them.
    style = merge_style(variant.tag, variant.style)
    if config:
        style = make_style(variant.style) if variant.style else NO_STYLE
    return make_converter(
        script, variant.tag, config=config, glossary=settings.glossary, quotes=variant.quotes, style=style
    )


@dataclass(frozen=True, slots=True)
class _SourceText:
    """What an article publishes, in its own script, ready to be converted. What its mode withholds goes no further than this:
    no view, feed or index ever sees it. HTML with manual markup, or none, is a string: it says something else in each
    variant. `texts` are the title, the cover's, the reason of a withdrawal, the summary and the
    outline's; the latter are left out where the body says what they are."""

    article: Article
    body: SplitHTML | str
    comment: SplitHTML | str
    texts: tuple[str, ...]
    outline: tuple[Heading, ...]
    names: tuple[str, ...]  # in the wordings about its terms


def _comment_of(article: Article) -> Written:
    # Themes and feeds label it; many a curator does, too.
    if not article.comment:
        return Written("", article.path)
    text, place = _COMMENT_LABEL.sub("", article.comment), article.place("comment")
    return Written(text, place.path, place.line, document="comment", script=article.script)


def _prepare(article: Article, body: Markup, comment: Markup) -> _SourceText:
    marked = has_manual(body.html)
    html = body.html if marked else _published(article, body.html)
    said = "" if article.withdrawn else comment.html
    outline = body.outline if article.rights.mode == "full" and not article.withdrawn else ()
    texts = (
        article.title,
        article.cover.alt if article.cover else "",
        article.withdrawn.reason if article.withdrawn else "",
        article.summary if marked else _summary(article, html, body.text),
        *(() if marked else (heading.text for heading in outline)),
    )
    return _SourceText(
        article=article,
        body=html if marked else split_html(html, article.script),
        comment=said if not said or has_manual(said) else split_html(said, article.script),
        texts=texts,
        outline=outline,
        names=_names_in_terms(article),
    )


def _convert_texts(
    sources: Sequence[_SourceText], variants: Sequence[Variant], settings: RenderSettings
) -> list[dict[str, Text[Body]]]:
    """What each article says, by variant. Those that have the same words of their own, most often none, are converted together,
    which takes far less time than one by one."""
    groups: dict[tuple[str, tuple[Override, ...], tuple[str, ...]], list[int]] = {}
    for number, source in enumerate(sources):
        article = source.article
        groups.setdefault((article.script, article.overrides, article.keep), []).append(number)
    found: list[dict[str, Text[Body]]] = [{} for _ in sources]
    for (script, overrides, keep), numbers in groups.items():
        group = [sources[number] for number in numbers]
        texts = ["" if "-{" in text else text for source in group for text in source.texts]
        htmls = [html for source in group for html in (source.body, source.comment) if not isinstance(html, str)]
        for variant in variants:
            voice = _Voice(
                variant,
                converter_for(script, variant, settings),
                make_rules(overrides, keep, variant.tag),
                settings,
                {},
            )
            said, shown = map(iter, voice.convert.convert(texts, htmls, voice.rules))
            for number, source in zip(numbers, group, strict=True):
                found[number][variant.tag] = _say(source, voice, islice(said, len(source.texts)), shown)
    return found


@dataclass(frozen=True, slots=True)
class _Voice:
    """How articles with the same words of their own are converted to a variant. `terms` are the wordings about the terms that
    were converted already: many articles say the same."""

    variant: Variant
    convert: Converter
    rules: Rules
    settings: RenderSettings
    terms: dict[tuple[tuple[Wording, ...], Wording | None, tuple[str, ...]], tuple[tuple[str, ...], str]]

    def say_terms(self, source: _SourceText) -> tuple[tuple[str, ...], str]:
        """An article's notices and its sign-off."""
        article, variant, settings = source.article, self.variant, self.settings
        key = article.rights.notices, article.rights.signoff, source.names
        said = self.terms.get(key)
        if said is None:
            rules = self.rules
            if source.names:
                rules = make_rules(article.overrides, (*article.keep, *source.names), variant.tag)
            notices = dict.fromkeys(word(notice, variant, settings, rules) for notice in article.rights.notices)
            said = self.terms[key] = tuple(notices), _signoff(article.rights.signoff, variant, settings, rules)
        return said


def _say(source: _SourceText, voice: _Voice, said: Iterator[str], shown: Iterator[str]) -> Text[Body]:
    """What an article says in a variant: its next texts and HTML of those that were converted, and what has manual markup."""
    article, convert, rules = source.article, voice.convert, voice.rules
    title, cover_alt, reason, summary, *headings = (
        convert_text(text, convert, rules) if "-{" in text else new
        for text, new in zip(source.texts, said, strict=True)
    )
    if isinstance(source.body, str):
        resolved = convert_manual(source.body, convert, rules)
        title = title if resolved.title is None else resolved.title
        body = _published(article, resolved.html)
        outline = _read_outline(body, source.outline)
        summary = summary if article.summary else _summary(article, body, plain_text(body))
    else:
        body = next(shown)
        outline = tuple(
            Heading(heading.level, heading.id, text) for heading, text in zip(source.outline, headings, strict=True)
        )
    comment = source.comment
    if not isinstance(comment, str):
        comment = next(shown)
    elif comment:
        comment = convert_manual(comment, convert, rules).html
    notices, signoff = voice.say_terms(source)
    return Text(
        title=title,
        summary=summary,
        body=_body(body),
        comment=_body(comment),
        outline=outline,
        cover_alt=cover_alt,
        notices=notices,
        signoff=signoff,
        reason=reason,
    )


def _names_in_terms(article: Article) -> tuple[str, ...]:
    """The names that the attribution and the rights give and that the wordings about the terms hold: people and publications,
    whose names are never converted."""
    rights = article.rights
    texts = [wording.original for wording in (*rights.notices, rights.signoff) if wording]
    names = [name for hop in article.attribution for name in (hop.source, hop.author, hop.translator)]
    return tuple(name for name in (*names, rights.holder) if any(name in text for text in texts))


def _text_with(twin: RenderedTwin, text: Text[Body], article: Article, settings: RenderSettings) -> Text[Body]:
    """What an article says in a variant that has a twin, by what it would say without."""
    own = twin.twin
    cover = structs.replace(article.cover, alt=own.cover_alt) if article.cover else None
    written = structs.replace(
        article, title=own.title, summary=own.summary, cover=cover, script=own.variant, overrides=(), keep=()
    )
    said = _convert_texts([_prepare(written, twin.body, twin.comment)], [twin.variant], settings)[0][own.variant]
    return structs.replace(
        text,
        title=said.title or text.title,
        summary=text.summary if article.summary and not own.summary else said.summary,
        body=said.body,
        outline=said.outline,
        cover_alt=said.cover_alt or text.cover_alt,
        comment=said.comment or text.comment,
    )


def _published(article: Article, html: str) -> str:
    """The part of a body that the article's mode publishes."""
    if article.withdrawn or article.rights.mode == "link":
        return ""
    return excerpt(html) if article.rights.mode == "excerpt" else html


def _summary(article: Article, published: str, text: str) -> str:
    """The summary, from what is published of a body and its whole text."""
    if article.withdrawn:
        return ""
    if article.summary or article.rights.mode == "link":
        return article.summary
    return cut_summary(plain_text(published) if article.rights.mode == "excerpt" else text)


def _read_outline(html: str, outline: tuple[Heading, ...]) -> tuple[Heading, ...]:
    """The outline of a body whose headings say something else than they did when it was made."""
    said = {unescape(found[1]): plain_text(found[2]) for found in _HEADING.finditer(html)} if outline else {}
    return tuple(structs.replace(heading, text=said.get(heading.id, heading.text)) for heading in outline)


_COMMENT_LABEL = re.compile(r"\A\s*(?:编者按|編者按|编者注|編者註)[：:]\s*")

_HEADING = re.compile(r'<h[1-6](?: [^>]*?)? id="([^"]*)"[^>]*>(.*?)</h[1-6]>', re.DOTALL)


def _signoff(wording: Wording | None, variant: Variant, settings: RenderSettings, rules: Rules) -> str:
    if wording is None:
        return ""
    written = wording.written_for(variant.tag)
    html = _render_line(wording.original if written is None else written, settings.markup)
    if written is not None:
        return show_source(html, variant.tag) if has_manual(html) else html
    convert = converter_for(wording.script, variant, settings)
    return convert_manual(html, convert, rules).html if has_manual(html) else convert.html(html, rules)


@lru_cache(maxsize=256)
def _render_line(text: str, settings: MarkupSettings) -> str:
    """What many articles end with."""
    return render_inline(text, settings)


def _body(html: str) -> Body | None:
    return Body(html, sha256(html.encode()).hexdigest()[:20]) if html else None
