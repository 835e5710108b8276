"""Markdown in, HTML out: the case files of `cases/`, in markdown-it's own fixture format (title, input, output).

`html-escape.md` and `html-allow.md` are rendered with that setting. A reference is shown as `href="→target"`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it.utils import read_fixture_file

from builder.markup.render import MarkupSettings, render, resolve

CASES = Path(__file__).parent / "cases"


def _cases() -> list[object]:
    return [
        pytest.param(file.stem, source, expected, id=f"{file.stem}: {title}")
        for file in sorted(CASES.glob("*.md"))
        for _line, title, source, expected in read_fixture_file(file)
    ]


@pytest.mark.parametrize(("name", "source", "expected"), _cases())
def test_case(name: str, source: str, expected: str) -> None:
    modes = {"html-escape": MarkupSettings("escape"), "html-allow": MarkupSettings("allow")}
    markup = render(source, modes.get(name, MarkupSettings()), path="a.md").value
    shown = resolve(markup.html, [f'{one.attribute}="→{one.target}"' for one in markup.references])
    assert shown.rstrip("\n") == expected.rstrip("\n")
