"""The comparison of a source's variants → an HTML page that needs no other file."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.rendering.review import Comparison

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Variants of {path}</title>
<style>
:root {{ color-scheme: light dark; --ink: #222; --paper: #fdfdfb; --line: #ddd6c8; --glossary: #1b6e3c; --rule: #0b5e86;
  --kept: #5b4a9c; --look: #b3261e; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #ddd; --paper: #1b1b1a; --line: #444; --glossary: #7fd69f;
  --rule: #7cc7ee; --kept: #b9a8f5; --look: #ff8a80; }} }}
body {{ margin: 0 auto; max-width: 80rem; padding: 1.5rem 1rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.7 system-ui, sans-serif; }}
h1 {{ font-size: 1.2rem; overflow-wrap: anywhere; }}
table {{ border-collapse: collapse; width: 100%; table-layout: fixed; }}
th, td {{ text-align: start; vertical-align: top; padding: .4rem .7rem; border-top: 1px solid var(--line);
  overflow-wrap: anywhere; }}
.place {{ font-size: .8rem; opacity: .7; }}
.glossary {{ color: var(--glossary); }} .rule {{ color: var(--rule); }} .kept {{ color: var(--kept); }}
mark {{ color: var(--look); background: none; text-decoration: underline wavy; }}
ul {{ margin: 0; padding-inline-start: 1.2rem; font-size: .9rem; }}
</style>
</head>
<body>
<h1>Variants of {path}</h1>
<p><span class="glossary">by the glossary</span> · <span class="rule">by the text’s own words</span> ·
<span class="kept">kept</span> · <mark>look at this</mark></p>
<table>
{rows}
</table>
</body>
</html>
"""


def show_variants_page(path: str, compared: Sequence[Comparison]) -> bytes:
    """The page for a source: a row for each of its texts, with the notes on it below."""
    tags = tuple(compared[0].texts) if compared else ()
    rows = ["<tr>" + "".join(f'<th scope="col">{tag}</th>' for tag in tags) + "</tr>"]
    for comparison in compared:
        where = f"{comparison.place or ''} {comparison.part}".strip()
        rows.append(f'<tr><td class="place" colspan="{len(tags)}">{escape(where)}</td></tr>')
        rows.append("<tr>" + "".join(f'<td lang="{tag}">{_cell(comparison, tag)}</td>' for tag in tags) + "</tr>")
        if comparison.review:
            notes = "".join(f"<li>{escape(found.text)}: {escape(found.note)}</li>" for found in comparison.review)
            rows.append(f'<tr><td colspan="{len(tags)}"><ul>{notes}</ul></td></tr>')
    return _PAGE.format(path=escape(path), rows="\n".join(rows)).encode("utf-8", "replace")


def _cell(comparison: Comparison, tag: str) -> str:
    text, pieces = comparison.texts[tag], comparison.pieces[tag]
    if text == comparison.source:
        return _mark(comparison)
    if "".join(piece.target for piece in pieces) != text:
        return escape(text)
    return "".join(
        f'<span class="{piece.origin}" title="{escape(piece.source)}">{escape(piece.target)}</span>'
        if piece.origin
        else escape(piece.target)
        for piece in pieces
    )


def _mark(comparison: Comparison) -> str:
    """The source with the places to look at marked."""
    shown, done = [], 0
    for found in comparison.review:
        if found.position >= done:
            end = found.position + len(found.text)
            marked = f'<mark title="{escape(found.note)}">{escape(comparison.source[found.position : end])}</mark>'
            shown += [escape(comparison.source[done : found.position]), marked]
            done = end
    return "".join([*shown, escape(comparison.source[done:])])
