"""Findings as values, and how a person and a program see them."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.diagnostics import (
    BuilderError,
    Diagnostic,
    OutputError,
    Place,
    error,
    has_errors,
    show_json,
    show_text,
    warning,
)


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (Place("a.md"), "a.md"),
        (Place("a.md", 7), "a.md:7"),
        (Place("a.md", 7, 8), "a.md:7:8"),
        (Place("中/文.md", 1, 1), "中/文.md:1:1"),
    ],
)
def test_a_place_is_written_as_editors_understand_it(place: Place, shown: str) -> None:
    assert str(place) == shown


def test_a_finding_is_shown_with_its_line_and_a_caret() -> None:
    found = error(
        "attribution-url", "'htps://x' is not an http(s) address", Place("a.md", 2, 6), "give the whole address"
    )
    assert show_text(found, {"a.md": ["---", "url: htps://x", "---"]}) == (
        "a.md:2:6: error[attribution-url]: 'htps://x' is not an http(s) address\n"
        "  2 | url: htps://x\n"
        "    |      ^\n"
        "  help: give the whole address"
    )


@pytest.mark.parametrize(
    ("line", "column", "caret"),
    [
        ("标题: 甲", 5, "　　  ^"),
        ("a\tb", 3, "  ^"),
        ("e\u0301x", 3, " ^"),
        ("\u200bx", 2, "^"),
        ("ab", 3, "  ^"),
        ("x", 1, "^"),
        ("\x1b[31m", 6, "     ^"),
    ],
)
def test_the_caret_stands_under_its_column(line: str, column: int, caret: str) -> None:
    shown = show_text(error("x", "y", Place("a.md", 1, column)), {"a.md": [line + "\r\n"]}).split("\n")
    assert len(shown) == 3
    assert shown[2] == "    | " + caret


@pytest.mark.parametrize("column", [1, 70, 400, 999])
def test_of_a_long_line_the_part_around_the_column_is_shown(column: int) -> None:
    line = "".join(chr(0x4E00 + number) for number in range(1000))
    _, excerpt, caret = show_text(error("x", "y", Place("a.md", 1, column)), {"a.md": [line]}).split("\n")
    assert len(excerpt) <= 116
    assert excerpt[caret.index("^")] == line[column - 1]


@pytest.mark.parametrize(
    "place",
    [None, Place("a.md"), Place("a.md", 9), Place("b.md", 1, 1)],
    ids=["nowhere", "a file", "past its end", "not read"],
)
def test_what_has_no_line_is_shown_without(place: Place | None) -> None:
    shown = show_text(warning("x", "y", place, "z"), {"a.md": ["one"]})
    assert shown.startswith("warning" if place is None else str(place))
    assert shown.endswith("warning[x]: y\n  help: z")
    assert show_text(error("x", "y")) == "error[x]: y"


def test_colours_tell_errors_from_warnings() -> None:
    red, yellow = (show_text(make("x", "y", Place("a.md")), color=True) for make in (error, warning))
    assert "\x1b[31merror[x]" in red
    assert "\x1b[33mwarning[x]" in yellow
    assert "\x1b" not in show_text(error("x", "y", Place("a.md")))


def test_a_source_gives_a_terminal_no_orders() -> None:
    evil = "\x1b]0;x\x07\x9b31m\u202eabc\nnext\x7f"
    shown = show_text(error("x", evil, Place(evil, 1, 3), evil), {evil: [evil]})
    assert not set(shown) & set("\x1b\x07\x9b\u202e\x7f")
    assert len(shown.split("\n")) == 4
    assert "␛]0;x␇" in shown


def test_json_is_one_line_that_says_everything() -> None:
    found = warning("x", '甲"\n', Place("中.md", 3, 4), "z")
    assert "\n" not in show_json(found)
    assert json.loads(show_json(found)) == {
        "type": "diagnostic", "severity": "warning", "code": "x", "message": '甲"\n',
        "path": "中.md", "line": 3, "column": 4, "hint": "z",
    }  # fmt: skip
    record = json.loads(show_json(error("x", "y")))
    assert (record["path"], record["line"], record["column"]) == ("", 0, 0)


TEXTS = st.text(st.characters())
FINDINGS = st.builds(
    Diagnostic,
    st.sampled_from(["error", "warning"]),
    st.sampled_from(["some-code"]),
    TEXTS,
    st.none() | st.builds(Place, st.sampled_from(["a", "b\udcff"]), st.integers(0, 4), st.integers(0, 200)),
    TEXTS,
)


@given(FINDINGS, TEXTS)
def test_whatever_is_found_can_be_shown_and_printed(found: Diagnostic, text: str) -> None:
    for color in (False, True):
        show_text(found, {"a": text.split("\n")}, color=color).encode()
    shown = show_json(found)
    assert len(shown.encode().split(b"\n")) == 1
    assert json.loads(shown)["message"] == found.message


def test_findings_are_sorted_by_file_then_line() -> None:
    found = [
        error("x", "y", place) for place in (Place("b", 1), Place("a", 10, 1), Place("a", 2, 9), Place("a", 2, 1), None)
    ]
    assert [item.place and str(item.place) for item in sorted(found, key=Diagnostic.sort_key)] == [
        None, "a:2:1", "a:2:9", "a:10:1", "b:1",
    ]  # fmt: skip


def test_only_errors_are_errors() -> None:
    assert not has_errors([])
    assert not has_errors([warning("x", "y")])
    assert has_errors([warning("x", "y"), error("x", "y")])


@pytest.mark.parametrize("kind", [BuilderError, OutputError])
def test_an_exception_comes_back_from_a_worker_as_it_was(kind: type[BuilderError]) -> None:
    problem = pickle.loads(pickle.dumps(kind(error("a", "one", Place("f", 1)), warning("b", "two"))))
    assert type(problem) is kind
    assert [found.code for found in problem.diagnostics] == ["a", "b"]
    assert str(problem) == "one; two"
    assert issubclass(kind, BuilderError)
