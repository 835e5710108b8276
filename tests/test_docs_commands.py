"""docs/commands.md names every command, option and choice of the command line, and none that there is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sites import SAMPLE

if TYPE_CHECKING:
    from conftest import Run

COMMANDS = ("init", "new", "import", "withdraw", "build", "serve", "check", "audit", "variants", "list")
PLANNING = ("build", "serve", "check", "list")


def options_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])(--[a-z-]+|-[A-Za-z])(?![\w-])", text))


def sections() -> dict[str, str]:
    text = (SAMPLE / "docs/commands.md").read_text("utf-8")
    found = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def tables(text: str) -> str:
    return "\n".join(line.partition("|")[2].split("|")[0] for line in text.splitlines() if line.startswith("| `"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_documented(run: Run, command: str) -> None:
    shared, planning = sections()["What all commands share"].split("plan the site, and take")
    documented = options_in(tables(shared)) | options_in(tables(sections()[command]))
    if command in PLANNING:
        documented |= options_in(tables(planning))
    # The options stand at the beginning of a line of the help.
    lines = re.findall(r"^  (-.*?)(?:  |$)", run(command, "--help").out, re.MULTILINE)
    assert documented == options_in("\n".join(lines))


def test_every_command_and_choice_is_documented(run: Run) -> None:
    commands = re.findall(r"^    ([a-z]+) ", run("--help").out, re.MULTILINE)
    documented = sections()
    assert sorted(commands) == sorted(COMMANDS)
    assert set(commands) <= documented.keys()
    for command in ("new", "list"):
        (choices,) = set(re.findall(r"\{([a-z,]+)\}", run(command, "--help").out)) - {"text,json"}
        named = set(re.findall(r"[a-z]+", " ".join(re.findall(r"`[^`]*`", documented[command]))))
        assert set(choices.split(",")) <= named
