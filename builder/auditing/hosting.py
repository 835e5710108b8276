"""What an output folder tells hosts and search engines: `_redirects` and the sitemap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from pathlib import Path


def read_gone(output: Path) -> frozenset[str]:
    """The decoded paths that `_redirects` answers with 410."""
    gone = set()
    file = output / "_redirects"
    for line in file.read_text("utf-8", errors="replace").splitlines() if file.is_file() else ():
        fields = line.split("#")[0].split()
        if len(fields) >= 2 and re.fullmatch(r"410!?", fields[-1]):
            gone.add(unquote(fields[0]))
    return frozenset(gone)


def read_listed(output: Path) -> frozenset[str]:
    """The decoded paths of all pages in the sitemap, which may be cut into several files."""
    from lxml import etree

    listed = set()
    for file in sorted(output.glob("sitemap*.xml")):
        try:
            root = etree.fromstring(file.read_bytes(), parser=etree.XMLParser(resolve_entities=False, huge_tree=True))
        except (etree.XMLSyntaxError, ValueError):
            continue
        for location in root.iter("{*}loc"):
            listed.add(unquote(urlsplit((location.text or "").strip()).path))
    return frozenset(listed)
