"""docs/diagnostics.md has a line for each code that the program reports, and no other."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from sites import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_every_code_is_documented_and_every_documented_code_exists() -> None:
    assert sorted(documented_codes()) == sorted(reported_codes())


def test_every_code_is_kebab_case() -> None:
    assert not [code for code in reported_codes() if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code)]


def test_every_line_says_what_to_do() -> None:
    for line in table():
        code, severity, meaning, mend = (cell.strip() for cell in line.strip("|").split("|"))
        assert severity in ("error", "warning", "either"), code
        assert meaning.endswith((".", "`")), code
        assert mend, code


def table() -> list[str]:
    lines = (SAMPLE / "docs/diagnostics.md").read_text("utf-8").splitlines()
    return [line for line in lines if line.startswith("| `")]


def documented_codes() -> list[str]:
    return [line.split("`")[1] for line in table()]


def reported_codes() -> set[str]:
    """The first arguments of the calls that make a finding."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted((SAMPLE / "builder").rglob("*.py"))]
    functions = {node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    reporters = {function.name for function in functions if parameters(function)[:1] == ["code"]}
    assert {"error", "warning"} <= reporters
    reporters.add("Suggestion")  # an import's, which becomes a warning where it gets its place
    return {code for function in functions for code in codes_in(function, reporters)}


def parameters(function: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in function.args.args if argument.arg != "self"]


def codes_in(function: ast.FunctionDef, reporters: set[str]) -> Iterator[str]:
    values = {
        target.id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    # `report = error if declared else warning`
    aliases = {
        name
        for name, value in values.items()
        if isinstance(value, ast.IfExp) and isinstance(value.body, ast.Name) and value.body.id in reporters
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in reporters | aliases:
                yield from constants(node.args[0], values)


def constants(value: ast.expr | None, values: dict[str, ast.expr]) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from constants(value.body, values)
        yield from constants(value.orelse, values)
    elif isinstance(value, ast.Name) and value.id in values:
        yield from constants(values[value.id], values)
