"""The site's own texts in a variant: titles, terms, notices, the theme's interface texts. What was converted for one build is
remembered for the next, so that a build without new words needs no converter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from builder.config import Variant
from builder.stages.sources import settings_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder.config import Wording
    from builder.memo import Memo
    from builder.rendering.articles import RenderSettings

KIND = "words"


class Conversions:
    """Short texts and what they become, remembered by what was asked of them."""

    def __init__(self, memo: Memo, settings: RenderSettings) -> None:
        """Starts from what the memo has for these settings."""
        self._memo = memo
        self._key = settings_digest(settings)
        data = memo.get(KIND, self._key)
        self._known: dict[str, str] = {}
        if data:
            try:
                self._known = msgspec.msgpack.decode(data, type=dict[str, str])
            except msgspec.DecodeError:
                self._known = {}
        self._stored = len(self._known)

    def find(self, name: str, text: str, convert: Callable[[str], str]) -> str:
        """What `convert`, which `name` stands for, makes of a text."""
        key = f"{name}\0{text}"
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = convert(text)
        return known

    def remember(self) -> None:
        """Keep what is new."""
        if len(self._known) > self._stored:
            self._memo.put(KIND, {self._key: msgspec.msgpack.encode(self._known)})
            self._memo.keep(KIND, {self._key})
            self._stored = len(self._known)

    def __reduce__(self) -> tuple[type[_Sent], tuple[dict[str, str]]]:
        """What goes to another process knows what is known and keeps nothing."""
        return _Sent, (self._known,)


class _Sent(Conversions):
    """Conversions in another process."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = known

    def remember(self) -> None:
        """Nothing is kept here."""


class SiteWords:
    """The texts of the site itself in one variant. It can be sent to another process."""

    def __init__(
        self, variant: Variant, settings: RenderSettings, strings: Mapping[str, str], conversions: Conversions
    ) -> None:
        self._variant, self._settings, self._strings, self._conversions = variant, settings, strings, conversions

    def convert(self, text: str) -> str:
        """A term in the source variant's script."""
        return self._conversions.find(f"term {self._variant.tag}", text, self._convert)

    def worded(self, wording: Wording) -> str:
        """A text of the settings."""
        from builder.rendering.articles import word

        written = wording.written_for(self._variant.tag)
        name = f"{'written' if written is not None else wording.script} {self._variant.tag}"
        text = wording.original if written is None else written
        return self._conversions.find(name, text, lambda _: word(wording, self._variant, self._settings))

    def label(self, key: str) -> str:
        """One of the theme's interface texts."""
        return self._strings.get(key, key)

    def _convert(self, text: str) -> str:
        from builder.rendering.articles import converter_for

        return converter_for(self._settings.source.source_variant, self._variant, self._settings).text(text)


def convert_string(text: str, script: str, variant: Variant, settings: RenderSettings, conversions: Conversions) -> str:
    """An interface text of the theme in a variant."""
    from builder.rendering.articles import converter_for

    convert = lambda text: converter_for(script, variant, settings).text(text)  # noqa: E731 - made only where it is needed
    return conversions.find(f"string {script} {variant.tag}", text, convert)


def to_source(text: str, script: str, settings: RenderSettings, conversions: Conversions) -> str:
    """A term in the site's source script. A word typed in the other script than its file is told by its characters."""
    return conversions.find(f"source {script}", text, lambda text: _to_source(text, script, settings))


def _to_source(text: str, script: str, settings: RenderSettings) -> str:
    from builder.rendering.articles import converter_for

    if script == "zh-CN" and _convert_characters("zh-TW", "zh-CN", text) != text:
        script = "zh-TW"
    elif script != "zh-CN" and _convert_characters("zh-CN", "zh-TW", text) != text:
        script = "zh-CN"
    variant = Variant(settings.source.source_variant, "", "", quotes=False)
    return converter_for(script, variant, settings).text(text)


def _convert_characters(script: str, variant: str, text: str) -> str:
    from builder.variants.converter import make_converter
    from builder.variants.glossary import make_glossary

    return make_converter(script, variant, glossary=make_glossary(())).text(text)
