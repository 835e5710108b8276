"""Sources from strings, read as the build reads them."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from builder.config import RightsDefaults, SourcePolicy, Wording
from builder.content.discover import SourceFile
from builder.content.front_matter import SourceSettings, parse_source

if TYPE_CHECKING:
    from builder.content.models import Article
    from builder.diagnostics import Checked, Diagnostic

SHANGHAI = ZoneInfo("Asia/Shanghai")


def wording(text: str, script: str = "zh-CN") -> Wording:
    return Wording(script, ((script, text),))


def settings(
    rights: RightsDefaults | None = None,
    *sources: SourcePolicy,
    declared: bool = True,
    zone: ZoneInfo = SHANGHAI,
    script: str = "zh-CN",
) -> SourceSettings:
    return SourceSettings(declared, zone, script, rights or RightsDefaults(), sources)


def parse(text: str, name: str = "articles/a", used: SourceSettings | None = None) -> Checked[Article | None]:
    """What a whole source file holds."""
    return parse_source(SourceFile(f"content/{name}.md", name, text), used or settings())


def read(front: str, body: str = "", name: str = "articles/a", used: SourceSettings | None = None) -> Article:
    """The article of a YAML front matter and a body, in which nothing is wrong. It is the site's own unless it says."""
    checked = parse(whole(front, body), name, used)
    assert checked.diagnostics == ()
    assert checked.value is not None
    return checked.value


def findings(front: str, used: SourceSettings | None = None) -> tuple[Diagnostic, ...]:
    """What is wrong with a YAML front matter. Its first line is the second of the file."""
    return parse(whole(front), used=used).diagnostics


def whole(front: str, body: str = "") -> str:
    front = dedent(front).strip("\n")
    own = "" if "attribution:" in front or "original:" in front else "\noriginal: true"
    return f"---\n{front}{own}\n---\n{body}"
