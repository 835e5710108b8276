"""docs/front-matter.md and docs/settings.md document just the keys that are read, each under its table."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sites import SAMPLE

from builder.config import RightsDefaults, load_config
from builder.content.discover import SourceFile
from builder.content.front_matter import SourceSettings, parse_source

if TYPE_CHECKING:
    from pathlib import Path

    from builder.diagnostics import Diagnostic

#: Where a table of the front matter stands → the heading that documents it, and a source with a key that nobody knows in it.
FRONT_MATTER = {
    "": ("Keys", "zzz: x"),
    "attribution": ("`attribution`", "attribution: {zzz: x}"),
    "rights": ("`rights`", "rights: {zzz: x}"),
    "permission": ("`rights.permission`", "rights: {permission: {zzz: x}}"),
    "cover": ("`cover`", "cover: {zzz: x}"),
    "withdrawn": ("`withdrawn`", "withdrawn: {zzz: x}"),
    "imported": ("`imported`", "imported: {zzz: x}"),
}
SETTINGS = {
    "": ("Tables", "zzz = 1"),
    "site": ("`site`", "[site]\nzzz = 1"),
    "author": ("`site.author`", "[site]\nauthor = {zzz = 1}"),
    "variants": ("`variants`", "[variants]\nzzz = 1\n[variants.zh-CN]"),
    "zh-CN": ("A variant", "[variants.zh-CN]\nzzz = 1"),
    "opencc": ("`variants.zh-TW.opencc`", "[variants.zh-CN.opencc]\nzzz = 1"),
    "categories": ("`categories`", "[categories.a]\nzzz = 1"),
    "rights": ("`rights`", "[rights]\nzzz = 1"),
    "sources": ("`sources`", "[sources.a]\nzzz = 1"),
    "feeds": ("`feeds`", "[feeds]\nzzz = 1"),
    "markdown": ("`markdown`", "[markdown]\nzzz = 1"),
    "theme": ("`theme`", "[theme]\nzzz = 1"),
}
#: Tables whose keys are the user's own words.
FREE = {"convert", "options", "style"}


def documented(page: str) -> dict[str, set[str]]:
    """The keys of the tables of a page, by the heading above."""
    found: dict[str, set[str]] = {}
    heading = ""
    for line in (SAMPLE / "docs" / page).read_text("utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif row := re.match(r"\| `([^`]+)` \|", line):
            found.setdefault(heading, set()).add(row[1])
    return found


def known_keys(found: tuple[Diagnostic, ...]) -> set[str]:
    """The keys that are read where one that nobody knows stands: the warning lists them."""
    hints = [item.hint for item in found if item.code == "unknown-key" and "zzz" in item.message]
    assert len(hints) == 1
    start, mark, keys = hints[0].partition("the keys here are: ")
    assert (start, bool(mark)) == ("", True)
    return set(keys.split(", "))


def front_matter_keys(table: str) -> set[str]:
    text = f"---\n{FRONT_MATTER[table][1]}\n---\n"
    settings = SourceSettings(True, ZoneInfo("UTC"), "zh-CN", RightsDefaults(), ())
    return known_keys(parse_source(SourceFile("content/a.md", "a", text), settings).diagnostics)


def settings_keys(folder: Path, table: str) -> set[str]:
    (folder / "wenzhai.toml").write_text(SETTINGS[table][1] + "\n", encoding="utf-8")
    return known_keys(load_config(folder).diagnostics)


@pytest.mark.parametrize("table", FRONT_MATTER)
def test_the_keys_of_the_front_matter_are_documented(table: str) -> None:
    assert documented("front-matter.md")[FRONT_MATTER[table][0]] == front_matter_keys(table)


@pytest.mark.parametrize("table", SETTINGS)
def test_the_keys_of_the_settings_are_documented(tmp_path: Path, table: str) -> None:
    assert documented("settings.md")[SETTINGS[table][0]] == settings_keys(tmp_path, table)


@pytest.mark.parametrize(("page", "tables"), [("front-matter.md", FRONT_MATTER), ("settings.md", SETTINGS)])
def test_no_table_is_documented_that_is_not_compared(page: str, tables: dict[str, tuple[str, str]]) -> None:
    assert documented(page).keys() == {heading for heading, _ in tables.values()}


@pytest.mark.parametrize(
    ("code", "tables"),
    [
        ("builder/config.py", SETTINGS),
        ("builder/content/front_matter.py", FRONT_MATTER),
        ("builder/content/rights.py", FRONT_MATTER),
    ],
)
def test_no_table_is_read_that_is_not_compared(code: str, tables: dict[str, tuple[str, str]]) -> None:
    calls = [node for node in ast.walk(ast.parse((SAMPLE / code).read_text("utf-8"))) if isinstance(node, ast.Call)]
    read = {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "sub"
        and ast.unparse(call.func.value) != "re"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    assert read
    assert read <= tables.keys() | FREE


@pytest.mark.parametrize("page", ["front-matter.md", "settings.md"])
def test_links_within_the_documentation_lead_somewhere(page: str) -> None:
    text = (SAMPLE / "docs" / page).read_text("utf-8")
    for target, anchor in re.findall(r"\]\(([\w.-]*\.md)?(?:#([^)]+))?\)", text):
        other = SAMPLE / "docs" / (target or page)
        assert other.is_file(), target
        if anchor:
            headings = [line.lstrip("# ") for line in other.read_text("utf-8").splitlines() if line.startswith("#")]
            # As GitHub makes them: lower case, punctuation dropped, spaces as hyphens.
            assert anchor in [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings], (
                anchor
            )


def test_the_examples_are_right(tmp_path: Path) -> None:
    for number, block in enumerate(
        re.findall(r"```toml\n(.*?)```", (SAMPLE / "docs/settings.md").read_text("utf-8"), re.DOTALL)
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "wenzhai.toml").write_text(block, encoding="utf-8")
        assert load_config(folder).diagnostics == ()
    settings = SourceSettings(True, ZoneInfo("UTC"), "zh-CN", RightsDefaults(), ())
    text = (SAMPLE / "docs/front-matter.md").read_text("utf-8")
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        if block.startswith("notices:"):
            block = "rights:\n  " + block
        whole = (
            block
            if block.startswith("---")
            else f"---\n{block}\n{'' if 'attribution:' in block else 'original: true'}\n---\n"
        )
        assert parse_source(SourceFile("content/a.md", "a", whole), settings).diagnostics == ()
