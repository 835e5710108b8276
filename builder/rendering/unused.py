"""What an editor set for a conversion and what no text holds any more: words of a front matter, of the markup, of the site's
glossary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.diagnostics import Diagnostic, Place, warning
from builder.located import Scalar, Table
from builder.variants.converter import make_rules
from builder.variants.finder import Finder
from builder.variants.glossary import TRADITIONAL
from builder.variants.manual import has_manual, show_source, unused_rules
from builder.variants.runs import split_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder.config import Variant, Wording
    from builder.content.models import Article, Override


def find_unused(article: Article, bodies: Sequence[str], variants: Sequence[Variant]) -> tuple[Diagnostic, ...]:
    """A finding for each of an article's own words and rules that its text does not hold. `bodies` are its body and its
    comment as HTML, whatever of them is published."""
    found: list[Diagnostic] = []
    if article.overrides or article.keep:
        found += _unused_words(article, _join_texts(article, bodies), variants)
    for html in bodies:
        if has_manual(html):
            found += unused_rules(html, article.script, article.path)
    return tuple(found)


def unused_entries(words: Table, path: str, texts: Iterable[str]) -> tuple[Diagnostic, ...]:
    """A finding for each word of a site's glossary, the TOML of which is `words`, that is in none of the texts, in either
    direction."""
    everything = "\n".join(texts)
    found = []
    for key, value in words.entries:
        section = isinstance(value, Table) and key.text in ("*", *TRADITIONAL)
        for word, said in value.entries if section and isinstance(value, Table) else ((key, value),):
            choices = [one for _, one in said.entries] if isinstance(said, Table) else [said]
            replacements = [one.text for one in choices if isinstance(one, Scalar)]
            if not any(text and text in everything for text in (word.text, *replacements)):
                message = f"no source of the site holds '{word.text}'"
                hint = "take it out; a word in the glossary of the site is for its own texts"
                found.append(warning("glossary-unused", message, Place(path, word.line, word.column), hint))
    return tuple(found)


def _unused_words(article: Article, text: str, variants: Sequence[Variant]) -> list[Diagnostic]:
    tags = [variant.tag for variant in variants if variant.tag != article.script]
    held = {tag: _held_words(article, text, tag) for tag in tags}
    found = []
    for override in article.overrides:
        concerned = [tag for tag in tags if _concerns(override, tag, article.overrides)]
        if concerned and not any(override.text in held[tag] for tag in concerned):
            name = f"{override.variant}.{override.text}" if override.variant else override.text
            found.append(_unused("convert", override.text, article.place(f"convert.{name}")))
    found += [
        _unused("keep", word, article.place(f"keep.{word}"))
        for word in article.keep
        if tags and not any(word in held[tag] for tag in tags)
    ]
    return found


def _concerns(override: Override, tag: str, overrides: Sequence[Override]) -> bool:
    """Whether an override is what counts for its word in a variant."""
    if override.variant:
        return override.variant == tag
    return tag in TRADITIONAL and not any(other.variant == tag and other.text == override.text for other in overrides)


def _held_words(article: Article, text: str, tag: str) -> set[str]:
    """The words of an article's own for a variant that are found in its text."""
    words = [word for word, _ in make_rules(article.overrides, article.keep, tag).words]
    return set(Finder(words).split(text)[1::2])


def _unused(key: str, word: str, place: Place) -> Diagnostic:
    message = f"the text does not hold '{word}', which stands under `{key}`"
    return warning("convert-unused", message, place, "take it out, or write the word as the text has it")


def _join_texts(article: Article, bodies: Sequence[str]) -> str:
    """All that conversion sees of an article, and what is never converted: a name there is as good a reason to keep it."""
    texts = [article.title, article.summary]
    for html in bodies:
        shown = show_source(html, article.script) if has_manual(html) else html
        texts += ["".join(channel.texts) for channel in split_html(shown, article.script).channels.values()]
    if article.cover:
        texts += [article.cover.alt, article.cover.credit]
    if article.withdrawn:
        texts.append(article.withdrawn.reason)
    wordings: list[Wording] = [*article.rights.notices, *([article.rights.signoff] if article.rights.signoff else [])]
    texts += [text for wording in wordings for _, text in wording.texts]
    for hop in article.attribution:
        texts += [hop.source, hop.author, hop.translator, hop.title]
    return "\n".join([*texts, article.rights.holder])
