"""Code → HTML with Pygments' classes."""

from __future__ import annotations

import functools
import html
import re
from typing import TYPE_CHECKING

from markdown_it.common.utils import unescapeAll

if TYPE_CHECKING:
    from pygments.formatters import HtmlFormatter
    from pygments.lexer import Lexer

#: Longer code is shown plain: highlighting it would cost seconds and serve nobody.
_LONGEST = 60_000
_LANGUAGE = re.compile(r"[\w+#.*-]{1,40}")


def language_of(info: str) -> str:
    """The language that the info string of a fence names, or "": its first word, also as `{.python …}`."""
    word = unescapeAll(info).strip().partition(" ")[0].lstrip("{.").rstrip("}")
    found = _LANGUAGE.match(word)
    return found[0] if found else ""


def highlight(source: str, language: str) -> str:
    """The code as HTML, in spans with Pygments' short classes; only escaped when the language is not known."""
    lexer = _find_lexer(language.lower()) if language and len(source) <= _LONGEST else None
    if lexer is None:
        return html.escape(source, quote=False)
    from pygments import highlight as run

    return run(source, lexer, _formatter())


@functools.lru_cache(maxsize=256)
def _find_lexer(language: str) -> Lexer | None:
    # Not found is remembered too: Pygments then asks every installed package for more lexers.
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None


@functools.cache
def _formatter() -> HtmlFormatter[str]:
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)
