"""What an import records of a text, and how a check tells that the text is another one now."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sites import source, write_file

from builder.content.provenance import digest_body, show_provenance

if TYPE_CHECKING:
    from conftest import MakeSite, Run


@pytest.mark.parametrize(
    "body",
    ["甲\n\n  乙 ", "\n\n甲\n\n  乙 \n", " \t\n甲\n\n  乙 \n \n\n", "\r\n甲\r\n\r\n  乙 \r\n", "甲\r\r  乙 "],
)
def test_the_digest_is_that_of_the_text_without_blank_lines_around_it(body: str) -> None:
    assert digest_body(body) == sha256("甲\n\n  乙 ".encode()).hexdigest()


@pytest.mark.parametrize("body", ["甲\n\n乙", " 甲\n\n  乙 ", "甲\n\n\n  乙 ", "甲\n\n  乙", ""])
def test_any_other_change_changes_it(body: str) -> None:
    assert digest_body(body) != digest_body("甲\n\n  乙 ")


def test_a_check_says_what_was_changed_since_it_was_taken(site: MakeSite, run: Run) -> None:
    body = "# 标题\n\n“引文”，一字不改。\n"
    line = show_provenance('https://a.example/?q="1"&r: #', datetime.fromisoformat("2024-03-26T09:00:00.5+08:00"), body)
    assert line.startswith(
        'imported: {from: "https://a.example/?q=\\"1\\"&r: #", at: 2024-03-26T09:00:00+08:00, sha256: '
    )
    folder = site(f"-- content/articles/b.md --\n{source()}")
    file = folder / "content/articles/a.md"
    front = f"---\ndate: 2024-03-26\noriginal: true\n{line}---\n"
    write_file(file, front + "\n" + body + "\n")
    assert run("check", "-s", folder, "--strict").status == 0
    write_file(file, front + body.replace("改", "动"))
    outcome = run("check", "-s", folder, "--format", "json")
    assert outcome.status == 0
    assert outcome.findings == [("changed-since-import", "content/articles/a.md:4:11")]
    assert run("build", "-s", folder, "--format", "json", "--strict").status == 0
    (hint,) = (record["hint"] for record in outcome.records)
    write_file(file, (front + body.replace("改", "动")).replace(digest_body(body), hint.rpartition(" ")[2]))
    assert run("check", "-s", folder, "--strict").status == 0
    # A draft may claim to be verbatim as well; what is withdrawn claims nothing any more.
    write_file(file, front.replace("---\n", "---\ndraft: true\n", 1) + "别的\n")
    assert run("check", "-s", folder, "--format", "json").codes == {"changed-since-import"}
    write_file(file, front.replace("---\n", "---\nwithdrawn: {date: 2024-04-01, reason: 撤}\n", 1) + "别的\n")
    assert run("check", "-s", folder, "--strict").status == 0


def test_a_new_source_records_nothing_that_nobody_knows(site: MakeSite, run: Run) -> None:
    folder = site(f"-- content/articles/b.md --\n{source()}")
    path = run("new", "-s", folder, "article", "标题", "--format", "json").records[0]["path"]
    text = Path(path).read_text("utf-8")
    assert not any(word in text for word in ("imported", "sha256", "permission", "license", "author: 某"))
