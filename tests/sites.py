"""Sites small enough to read in a test: a whole folder from one string, sources from keywords, an output folder as a value."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from html_page import HtmlPage

from builder.build import build_site
from builder.stages.options import PlanOptions

if TYPE_CHECKING:
    from builder.build import BuildReport
    from builder.planning import SitePlan

#: The repository, which is a site itself.
SAMPLE = Path(__file__).resolve().parents[1]

SETTINGS = """\
[site]
title = "科技文摘"
base_url = "https://example.org/"
tag = "tag:example.org,2026"
timezone = "Asia/Shanghai"
source_variant = "zh-CN"

[variants.zh-CN]
label = "简体"
"""

THREE_VARIANTS = (
    SETTINGS
    + """\
[variants.zh-TW]
label = "繁體（台灣）"
path = "zh-tw"
quotes = true
[variants.zh-HK]
label = "繁體（香港）"
path = "zh-hk"
quotes = true
"""
)


def write_site(folder: Path, text: str, settings: str = SETTINGS) -> Path:
    """Write the files of `text`, each after a line `-- path --`, into a folder, beside what is there; and `settings` as
    wenzhai.toml, unless they are "" or the text has its own."""
    files: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in dedent(text).splitlines():
        if line.startswith("-- ") and line.endswith(" --"):
            lines = files.setdefault(line[3:-3], [])
        else:
            lines.append(line)
    if settings and "wenzhai.toml" not in files:
        files["wenzhai.toml"] = settings.splitlines()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_file(folder / name, "\n".join(content).rstrip("\n") + "\n")
    return folder


def write_file(path: Path, content: str | bytes) -> None:
    """Write one file, its folders with it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def source(body: str = "正文。", /, **front: Any) -> str:
    """A source file: an article of the site's own of the year 2024, but for what `front` says; None takes a key out."""
    keys = {"title": "标题", "date": "2024-03-26", "original": True} | front
    # JSON is YAML.
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items() if value is not None]
    return "\n".join(["---", *lines, "---", body, ""])


def read_tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@dataclass(frozen=True)
class Built:
    """A site that was built, and where."""

    folder: Path
    report: BuildReport

    def read(self) -> dict[str, bytes]:
        return read_tree(self.folder)

    @property
    def plan(self) -> SitePlan:
        """What was planned; not every build has to plan."""
        assert self.report.plan is not None
        return self.report.plan

    @property
    def paths(self) -> set[str]:
        """Its files, less those that every site has."""
        return {path for path in self.read() if not path.startswith(("assets/", ".", "_", "robots", "sitemap"))}

    def page(self, path: str) -> HtmlPage:
        return HtmlPage.of((self.folder / path).read_bytes())


def build(
    folder: Path,
    *,
    output: Path | None = None,
    base_url: str = "",
    drafts: bool = False,
    future: bool = False,
    now: datetime = datetime(2025, 1, 1, tzinfo=UTC),
) -> Built:
    """Build a site, into its `public/` unless told where, as things stood at the beginning of 2025."""
    output = output or folder / "public"
    return Built(output, build_site(PlanOptions(folder, output, base_url, drafts, future, now)))


@dataclass(frozen=True)
class Outcome:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """What it said with --format json: every line of standard output."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def findings(self) -> list[tuple[str, str]]:
        """The codes and places of what it found, with --format json."""
        return [(record["code"], place_of(record)) for record in self.records if record["type"] == "diagnostic"]

    @property
    def codes(self) -> set[str]:
        return {code for code, _ in self.findings}


def place_of(record: dict[str, Any]) -> str:
    """`path:line:column` of a finding, less what is not known."""
    return ":".join(str(part) for part in (record["path"], record["line"], record["column"]) if part)
