"""Score script conversion on sentences with hand-made references, beside other converters, and write the table in the docs.

    python benchmarks/variants/score.py              # print the table
    python benchmarks/variants/score.py --write      # put it into docs/variants.md, with date and versions

Needs `pip install -e '.[bench]'` for the other converters; those that are not installed are left out. Exact: the share of
whole sentences that equal a reference. CER: Levenshtein distance by length of the reference, over all sentences. A reference
file has the wordings that an editor in Taipei or Hong Kong might print as well; `strict` counts the first one alone.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from builder.config import Variant, load_config
from builder.variants.converter import make_converter
from builder.variants.glossary import shipped_glossary
from builder.variants.style import merge_style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "variants.md"
BEGIN, END = "<!-- scores: benchmarks/variants/score.py -->", "<!-- end of scores -->"
COLUMNS = {"zh-TW": (1, 3), "zh-HK": (2, 4)}


class Row(NamedTuple):
    """A sentence and what it may become, per variant; the usual wording first."""

    source: str
    references: dict[str, tuple[str, ...]]


class Score(NamedTuple):
    """Shares from 0 to 1."""

    exact: float
    character_error: float


def read_rows(path: Path) -> list[Row]:
    """The sentences of a file."""
    rows = []
    for line in path.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        cells = [*line.split("\t"), "", ""]
        references = {
            tag: (cells[main], *filter(None, cells[others].split("|"))) for tag, (main, others) in COLUMNS.items()
        }
        rows.append(Row(cells[0], references))
    return rows


def score(convert: Callable[[str], str], rows: Sequence[Row], tag: str, *, strict: bool) -> Score:
    """How well a conversion does; the closest reference counts."""
    exact = distance = length = 0
    for row in rows:
        output = convert(row.source)
        references = row.references[tag][: 1 if strict else None]
        errors, size = min(
            ((edit_distance(output, reference), len(reference)) for reference in references),
            key=lambda found: found[0] / found[1],
        )
        exact, distance, length = exact + (errors == 0), distance + errors, length + size
    return Score(exact / len(rows), distance / length)


def edit_distance(one: str, other: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(other) + 1))
    for number, character in enumerate(one, 1):
        before, row[0] = row[0], number
        for position, wanted in enumerate(other, 1):
            before, row[position] = (
                row[position],
                min(row[position] + 1, row[position - 1] + 1, before + (character != wanted)),
            )
    return row[-1]


def converters(tag: str) -> Iterator[tuple[str, Callable[[str], str]]]:
    """The conversions that are installed, by name; ours first, as the repository's own settings have it."""
    variant = next(variant for variant in load_config(HERE.parents[1]).value.variants if variant.tag == tag)
    yield "Wenzhai", our_conversion(variant)
    import opencc

    for config in {"zh-TW": ("s2tw", "s2twp"), "zh-HK": ("s2hk", "s2hkp")}[tag]:
        yield f"OpenCC {config}", opencc.OpenCC(config).convert
    for module, call in (
        ("zhconv", lambda module: lambda text: module.convert(text, tag.lower())),
        ("zhconv_rs", lambda module: lambda text: module.zhconv(text, tag.lower())),
        ("hanziconv", lambda module: module.HanziConv.toTraditional),
    ):
        try:
            yield module.replace("_", "-"), call(importlib.import_module(module))
        except ImportError:
            print(f"{module} is not installed: left out")


def our_conversion(variant: Variant) -> Callable[[str], str]:
    """Our conversion of Simplified text as a site without words of its own has it: shipped glossary, usual house style."""
    style = merge_style(variant.tag, ())
    return make_converter("zh-CN", variant.tag, glossary=shipped_glossary(), quotes=variant.quotes, style=style).text


def table() -> str:
    """The scores as Markdown."""
    files = {"held back": "held-back.tsv", "tuning": "tuning.tsv"}
    sets = {name: read_rows(HERE / file) for name, file in files.items()}
    lines = []
    for tag in COLUMNS:
        lines += [
            f"| {tag} | " + " | ".join(f"{name}: exact · CER | strict" for name in sets) + " |",
            "|---|" + "--:|--:|" * len(sets),
        ]
        for name, convert in converters(tag):
            cells = []
            for rows in sets.values():
                free, strict = (score(convert, rows, tag, strict=strict) for strict in (False, True))
                cells.append(f"{free.exact:.1%} · {free.character_error:.2%}")
                cells.append(f"{strict.exact:.1%} · {strict.character_error:.2%}")
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
        lines.append("")
    sizes = ", ".join(f"{len(rows)} {name}" for name, rows in sets.items())
    lines.append(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}; {sizes} sentences; {versions()}.")
    return "\n".join(lines)


def versions() -> str:
    """The converters' versions."""
    found = []
    for name in ("OpenCC", "zhconv", "zhconv-rs", "hanziconv"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def main() -> None:
    """Print the table, or put it into the docs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--write", action="store_true", help="put the table into docs/variants.md")
    options = parser.parse_args()
    made = table()
    print(made)
    if options.write:
        text = DOCS.read_text("utf-8")
        start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
        DOCS.write_text(f"{text[:start]}\n\n{made}\n\n{text[end:]}", "utf-8", newline="\n")


if __name__ == "__main__":
    main()
