"""`wenzhai withdraw`: one line in the front matter, every other byte as it was, and a word on what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sites import THREE_VARIANTS, source, write_file

if TYPE_CHECKING:
    from conftest import MakeSite, Run

NOW = "--date=2024-04-01T08:00:00+08:00"
YAML_LINE = 'withdrawn: {date: 2024-04-01T08:00:00+08:00, reason: "应作者要求：\\"撤\\" #1"}'
REASON = '应作者要求："撤" #1'
BODY = "正文  \r\n两个空格留在行尾\n\n---\n\n+++\n没有换行结尾"

#: What stands before the line, the line itself, what stands behind it.
FILES = {
    "yaml": ("---\n", YAML_LINE + "\n", f"title: 标题 # 注\ndate: 2024-03-26\noriginal: true\n---\n{BODY}"),
    "Windows line ends": (
        "---\r\n",
        YAML_LINE + "\r\n",
        "title: 标题\r\ndate: 2024-03-26\r\noriginal: true\r\n---\r\n正文\r\n",
    ),
    "a byte-order mark and blank lines": (
        "\ufeff\n \n--- \n",
        YAML_LINE + "\n",
        f"title: 标题\noriginal: true\n---\n{BODY}",
    ),
    "indented keys": ("---\n", "  " + YAML_LINE + "\n", f"  title: 标题\n  original: true\n---\n{BODY}"),
    "comments first": ("---\n", YAML_LINE + "\n", f"# 说明\n\ntitle: 标题\noriginal: true\n---\n{BODY}"),
    "a block of text last": ("---\n", YAML_LINE + "\n", f"original: true\ncomment: |+\n  按语\n\n\n---\n{BODY}"),
    "an anchor and a multi-line list": (
        "---\n",
        YAML_LINE + "\n",
        f"original: true\ntags:\n- 甲\n- &x 乙\n---\n{BODY}",
    ),
    "empty front matter": ("---\n", YAML_LINE + "\n", f"---\n# 标题\n\n{BODY}"),
    "toml": (
        "+++\n",
        YAML_LINE.replace("withdrawn: {date: ", "withdrawn = {date = ").replace("reason: ", "reason = ") + "\n",
        f'title = "标题"\noriginal = true\n[convert]\n"软件" = "軟體"\n+++\n{BODY}',
    ),
    "no front matter": ("", f"---\n{YAML_LINE}\n---\n", "# 标题\n\n正文\n"),
}


@pytest.mark.parametrize("name", FILES)
def test_one_line_and_every_other_byte_as_it_was(site: MakeSite, run: Run, name: str) -> None:
    before, line, after = FILES[name]
    folder = site(f"-- content/articles/other.md --\n{source()}")
    file = folder / "content/articles/a.md"
    write_file(file, before + after)
    outcome = run("withdraw", "-s", folder, file, "--reason", REASON, NOW)
    assert outcome.status == 0, outcome.err
    if name == "no front matter":
        line = line.replace("\n", "\r\n") if "\r\n" in after else line
    assert file.read_bytes().decode() == before + line + after
    assert [path.name for path in sorted(file.parent.iterdir())] == ["a.md", "other.md"]
    again = run("withdraw", "-s", folder, file, "--reason", REASON, "--format", "json")
    assert again.status == 1
    assert again.codes == {"withdrawn-already"}
    assert file.read_bytes().decode() == before + line + after
    if name != "no front matter":  # which does not say whose text it is
        listed = run("list", "withdrawn", "-s", folder, "--format", "json").records
        assert [(record["path"], record["why"]) for record in listed] == [
            ("content/articles/a.md", f"withdrawn 2024-04-01: {REASON}")
        ]


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        ("---\n{title: 标题, original: true}\n---\n正文\n", [], "withdraw-edit"),
        ("---\ntitle: 标题\nwithdrawn:\n---\n正文\n", [], "withdrawn-already"),
        ("---\ntitle: [\n---\n正文\n", [], "yaml"),
        ("---\ntitle: 标题\n正文\n", [], "front-matter-open"),
        ("---\ntitle: 标题\n---\n正文\n", ["--date", "三月某日"], "date"),
        ("---\ntitle: 标题\n---\n正文\n", ["--reason", " "], "withdraw-reason"),
        (b"---\ntitle: \xff\n---\n", [], "encoding"),
    ],
)
def test_what_cannot_be_marked_is_left_alone(
    site: MakeSite, run: Run, text: str | bytes, arguments: list[str], code: str
) -> None:
    folder = site(f"-- content/articles/other.md --\n{source()}")
    file = folder / "content/articles/a.md"
    write_file(file, text)
    before = file.read_bytes()
    outcome = run("withdraw", "-s", folder, file, "--reason", "x", *arguments, "--format", "json")
    assert (outcome.status, outcome.codes) == (1, {code})
    assert file.read_bytes() == before


@pytest.mark.parametrize("file", ["content/none.md", "wenzhai.toml", "README.md", "content/articles/pic.svg"])
def test_only_a_source_is_withdrawn(site: MakeSite, run: Run, file: str) -> None:
    folder = site(
        f"-- content/articles/a.md --\n{source()}\n-- README.md --\n# 标题\n-- content/articles/pic.svg --\n<svg/>"
    )
    outcome = run("withdraw", "-s", folder, folder / file, "--reason", "x", "--format", "json")
    assert (outcome.status, outcome.codes) == (1, {"withdraw-file"})


def test_a_twin_is_withdrawn_with_its_article(site: MakeSite, run: Run) -> None:
    folder = site(f"-- content/a.md --\n{source()}\n-- content/a.zh-tw.md --\n正文\n", THREE_VARIANTS)
    outcome = run("withdraw", "-s", folder, "content/a.zh-tw.md", "--reason", "x", "--format", "json")
    assert (outcome.status, outcome.codes) == (1, {"withdraw-file"})
    assert "content/a.md" in outcome.records[0]["hint"]
    assert (folder / "content/a.zh-tw.md").read_text("utf-8") == "正文\n"


def test_it_says_what_the_next_build_does(site: MakeSite, run: Run) -> None:
    folder = site(
        f"""\
-- content/articles/a.md --
{source("![图](/pic.svg)", category="news", aliases=["/old.html"])}
-- content/articles/b.md --
{source()}
-- content/articles/draft.md --
{source(draft=True)}
-- static/pic.svg --
<svg/>
""",
        THREE_VARIANTS,
    )
    outcome = run("withdraw", "-s", folder, "content/articles/a.md", "--reason", "应作者要求", NOW, "--format", "json")
    *findings, record = outcome.records
    assert [(finding["code"], finding["path"]) for finding in findings] == [
        ("withdrawn-static", "content/articles/a.md")
    ]
    assert record == {
        "type": "withdraw",
        "path": "content/articles/a.md",
        "id": "articles/a",
        "date": "2024-04-01T08:00:00+08:00",
        "reason": "应作者要求",
        "addresses": ["/news/a/", "/old.html", "/zh-hk/news/a/", "/zh-tw/news/a/"],
        "feeds_until": "2024-06-30T08:00:00+08:00",
    }
    said = run("withdraw", "-s", folder, "content/articles/draft.md", "--reason", "x").out
    assert "makes no tombstone" in said
    write_file(folder / "content/articles/bad.md", "---\ntitle: 标题\n---\n正文\n")
    said = run("withdraw", "-s", folder, "content/articles/b.md", "--reason", "x").out
    assert "the text stays where it is" in said
    assert "withdrawn: " in (folder / "content/articles/b.md").read_text()
