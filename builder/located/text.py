"""The bytes of a file → its text, or an error that names the byte at fault and says how to convert the file."""

from __future__ import annotations

import re
import shlex

from builder.diagnostics import Checked, Diagnostic, Place, error

#: Characters that no text of ours may hold: controls but tab and line ends, lone surrogates, non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def decode(data: bytes, path: str) -> Checked[str | None]:
    r"""A UTF-8 file's text with line ends as `\\n` and without a byte-order mark, or None with an error."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        before = plain(data[: problem.start].decode("utf-8", "replace"))
        message = f"byte 0x{data[problem.start]:02X} (number {problem.start + 1} of the file) is not UTF-8"
        return Checked(None, (error("encoding", message, _end_of(before, path), _how_to_convert(data, path)),))
    text = plain(text)
    nul = text.find("\0")
    if nul >= 0:
        # Text in UTF-16 that is mostly Latin is valid UTF-8, with a NUL in every other place.
        for encoding, half in (("UTF-16BE", data[::2]), ("UTF-16LE", data[1::2])):
            if half.count(0) * 2 > len(half) > 1:
                hint = _convert_from(encoding, path)
                return Checked(None, (error("encoding", "this is UTF-16, not UTF-8", _end_of(text[:nul], path), hint),))
        hint = "delete it; the file may be damaged"
        return Checked(None, (error("nul", "there is a NUL character (U+0000)", _end_of(text[:nul], path), hint),))
    return Checked(text)


def plain(text: str) -> str:
    r"""A text without byte-order marks at its start, line ends as `\\n`."""
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def find_forbidden(text: str) -> tuple[int, str] | None:
    """The first character that no text of ours may hold: where it is, and what it is called (`U+0008`)."""
    found = _FORBIDDEN.search(text)
    return (found.start(), f"U+{ord(found[0]):04X}") if found else None


def forbidden(name: str, place: Place) -> Diagnostic:
    """The finding that a value holds such a character."""
    hint = "delete it, or the escape (such as \\0) that stands for it: nobody can see or read it"
    return error("control-character", f"the character {name} is not allowed here", place, hint)


def _end_of(before: str, path: str) -> Place:
    return Place(path, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _how_to_convert(data: bytes, path: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _convert_from("UTF-16", path)
    # Where most of a file is good UTF-8, converting it from something else would spoil all of it.
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if sum(character > "\x7f" for character in text) - bad > bad:
        return "the rest of the file is UTF-8: type the character anew at this place, or delete the byte"
    pairs = re.findall(rb"[\x81-\xfe]([\x40-\xfe])", data)
    # Simplified text in GB18030 hardly ever has a second byte below 0x80; in Big5 every third character has.
    is_big5 = sum(pair < b"\x80" for pair in pairs) * 10 > len(pairs)
    for encoding in ("BIG5", "GB18030") if is_big5 else ("GB18030",):
        if _holds_chinese(data, encoding):
            return _convert_from(encoding, path)
    return _convert_from("CP1252", path)


def _holds_chinese(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return sum("\u4e00" <= character <= "\u9fff" for character in text) >= 2


def _convert_from(encoding: str, path: str) -> str:
    return f"it seems to be {encoding}; save it as UTF-8, for instance: iconv -f {encoding} -t UTF-8 {shlex.quote(path)} > NEW"
