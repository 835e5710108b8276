"""Where a text was taken from and what it was then: the digest of a body, and the front matter that records it."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def digest_body(body: str) -> str:
    """The SHA-256, in hexadecimal, of a body: of what stands below the front matter, in UTF-8, line ends as LF, without the
    blank lines (empty, or of spaces and tabs) at its start and end, without an end of line after the last one, and without
    the marks that an import leaves for the editor (lines `<!-- import: … -->`, with the blank line below)."""
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"^<!-- import: .*-->[ \t]*\n(?:[ \t]*\n)?", "", text, flags=re.MULTILINE)
    text = re.sub(r"\A(?:[ \t]*\n)+|(?:\n[ \t]*)+\Z", "", text)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def show_provenance(origin: str, at: datetime, body: str) -> str:
    """The line of YAML front matter that records a body as it was taken from `origin` (an address or a file name)."""
    # A JSON string is a YAML string, whatever stands in it.
    source = json.dumps(origin, ensure_ascii=False)
    moment = at.replace(microsecond=0).isoformat()
    return f"imported: {{from: {source}, at: {moment}, sha256: {digest_body(body)}}}\n"
