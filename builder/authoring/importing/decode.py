"""Bytes of a page or a text → text, whatever they were encoded in."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(
    rb"""<\?xml [^>]*? encoding \s*=\s* ["'] (?P<xml>[\w-]+) | <meta \b [^>]*? charset \s*=\s* ["']? (?P<meta>[\w-]+)""",
    re.VERBOSE | re.IGNORECASE,
)
#: A page that says GB2312 or GBK may hold any character of GB 18030, which has them all at the same places; likewise Big5.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso8859-1": "cp1252", "ascii": "utf-8"}
#: Characters that were seldom written before they could be: they tell an encoding that is wrong.
_COMMON = {"gb18030": "gb2312", "big5hkscs": "big5"}
_META_WITHIN = 4096


def decode_text(data: bytes, declared: str = "") -> str:
    r"""The text of some bytes, line ends as `\n`. In this order: a byte-order mark; what was `declared` (by HTTP) or stands
    in the text (`<meta>`, `<?xml`), when all bytes are of it; strict UTF-8; GB 18030 or Big5, the one that has more of the
    text among its common characters. What is left undecided is UTF-8 with replacement characters. Never fails."""
    text = _decode(data, declared)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _decode(data: bytes, declared: str) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    meta = _META.search(data[:_META_WITHIN])
    named = [declared, *([(meta["xml"] or meta["meta"]).decode("ascii", "replace")] if meta else []), "utf-8"]
    for name in named:
        text = _strictly(data, _known(name))
        if text is not None:
            return text
    guesses = [(text, encoding) for encoding in _COMMON if (text := _strictly(data, encoding)) is not None]
    if not guesses:
        return data.decode("utf-8", "replace")
    return max(guesses, key=lambda guess: _share_of_common(*guess))[0]


def _known(name: str) -> str:
    """The codec for an encoding's name, "" for a name that nobody knows or that is none of text."""
    try:
        found = codecs.lookup(name.strip("\"' ")).name
    except (LookupError, ValueError):
        return ""
    return _WIDER.get(found, found)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding) if encoding else None
    except (UnicodeDecodeError, LookupError):
        return None


def _share_of_common(text: str, encoding: str) -> float:
    beyond = [character for character in text if character > "\x7f"]
    common = 0
    for character in beyond:
        try:
            code = character.encode(_COMMON[encoding])
        except UnicodeEncodeError:
            continue
        # The common half of Big5's characters comes first; GB 2312 as a whole is what is common.
        common += encoding == "gb18030" or code[0] < 0xC9
    return common / len(beyond) if beyond else 1.0
