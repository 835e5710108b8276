"""Findings → the page that stands in for every page while the site cannot be planned or a page cannot be rendered."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from builder.diagnostics import show_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from builder.diagnostics import Diagnostic

#: A file that is larger than this is not shown in excerpt.
_LARGEST = 4_000_000

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #222; --paper: #fdfdfb; --mark: #b3261e; --box: #f3f0ea; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #ddd; --paper: #1b1b1a; --mark: #ff8a80; --box: #272624; }} }}
body {{ margin: 0 auto; max-width: 60rem; padding: 2rem 1rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.6 system-ui, sans-serif; }}
h1 {{ font-size: 1.3rem; border-left: .3rem solid var(--mark); padding-left: .7rem; }}
pre {{ background: var(--box); padding: .8rem 1rem; overflow-x: auto; border-radius: .3rem;
  font: .9rem/1.5 ui-monospace, "Sarasa Mono SC", "Noto Sans Mono CJK SC", Menlo, Consolas, monospace; }}
</style>
</head>
<body>
<h1>{title}</h1>
{findings}
<p>This page reloads by itself when it is mended.</p>
</body>
</html>
"""


def show_error_page(diagnostics: Sequence[Diagnostic], folders: Sequence[Path]) -> bytes:
    """The findings, each with the line it is about, as an HTML page that needs no other file. Lines are read from the files
    below `folders`, the site's folder first, whose places the findings name."""
    lines = {
        diagnostic.place.path: _lines(diagnostic.place.path, folders) for diagnostic in diagnostics if diagnostic.place
    }
    count = sum(diagnostic.severity == "error" for diagnostic in diagnostics)
    title = f"{count} error{'' if count == 1 else 's'} in the site"
    findings = "\n".join(f"<pre>{escape(show_text(diagnostic, lines))}</pre>" for diagnostic in diagnostics)
    return _PAGE.format(title=title, findings=findings).encode("utf-8", "replace")


def _lines(name: str, folders: Sequence[Path]) -> list[str]:
    for folder in folders:
        try:
            path = (folder / name).resolve()
            if path.is_relative_to(folder.resolve()) and path.is_file() and path.stat().st_size <= _LARGEST:
                # Not `splitlines`: the lines that findings count end at \n alone.
                return path.read_text("utf-8-sig", "replace").split("\n")
        except (OSError, ValueError):
            continue
    return []
