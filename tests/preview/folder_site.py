"""A site small enough to read. Every `content/*.md` is a page, also in the variant `zh-tw/`; `themes/style.css` is its style
sheet; `static/` is copied; `wenzhai.toml` holds the base path; a file `seconds` makes planning slow. The word BROKEN in a
source fails the plan, BAD the page."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.diagnostics import BuilderError, Diagnostic, Place, error, warning
from builder.rendering.review import Comparison, Finding
from builder.variants.converter import Piece

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PAGE = '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{0}</title>{1}</head>\n<body>\n<p>{2}</p>\n</body></html>\n'


@dataclass(frozen=True)
class FolderSnapshot:
    base_path: str
    files: dict[str, bytes | Path | Diagnostic]
    sources: dict[str, str]
    redirects: dict[str, tuple[str, int]] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    def read(self, path: str) -> bytes | Path | None:
        content = self.files.get(path)
        if isinstance(content, Diagnostic):
            raise BuilderError(content)
        if content == b"SLOW":
            time.sleep(30)
        if content == b"FAULT":
            raise KeyError("no such view")
        return content

    def compare(self, source: str) -> tuple[Comparison, ...] | None:
        if source not in self.sources:
            return None
        if source == "content/index.md":
            raise KeyError("a fault")
        texts = {"zh-CN": "<软件>", "zh-TW": "<軟體>"}
        pieces = {"zh-CN": (Piece("<软件>", "<软件>", ""),), "zh-TW": (Piece("<软件>", "<軟體>", "glossary"),)}
        return (Comparison("<软件>", texts, pieces, (Finding("word", "软件", 1, "<note>"),), "title"),)

    def page_of(self, source: str) -> str | None:
        return self.sources.get(source)


@dataclass(frozen=True)
class FolderSite:
    folder: Path

    def missed(self) -> tuple[Path, ...]:
        return ()

    def plan(self, changed: Sequence[Path] = ()) -> FolderSnapshot:  # noqa: ARG002 - it reads all of it
        sources = {
            path.relative_to(self.folder).as_posix(): path.read_text("utf-8")
            for path in sorted((self.folder / "content").rglob("*.md"))
        }
        base = (self.folder / "wenzhai.toml").read_text("utf-8").strip()
        if (self.folder / "seconds").exists():
            time.sleep(float((self.folder / "seconds").read_text()))
        broken = [
            error(
                "broken-source",
                "this <cannot> be planned",
                Place(path, line, text.index("BROKEN") + 1),
                "write something else",
            )
            for path, whole in sources.items()
            for line, text in enumerate(whole.split("\n"), 1)
            if "BROKEN" in text
        ]
        if broken:
            raise BuilderError(*broken)
        files: dict[str, bytes | Path | Diagnostic] = {}
        style = self.folder / "themes/style.css"
        link = ""
        if style.exists():
            name = f"assets/style.{hashlib.sha256(style.read_bytes()).hexdigest()[:8]}.css"
            files[name] = style
            link = f'<link rel="stylesheet" href="{base}{name}">'
        for path, text in sources.items():
            stem = path.removeprefix("content/").removesuffix(".md")
            for variant in ("", "zh-tw/"):
                html: bytes | Diagnostic = PAGE.format(stem, link, text).encode()
                if "BAD" in text:
                    html = error("template-error", "'x' is undefined", Place("themes/page.html", 1, 3))
                if text in ("SLOW", "FAULT"):
                    html = text.encode()
                files[f"{variant}index.html" if stem == "index" else f"{variant}{stem}/index.html"] = html
        for file in sorted((self.folder / "static").rglob("*")):
            if not file.is_dir():
                files[file.relative_to(self.folder / "static").as_posix()] = file
        files["404.html"] = PAGE.format("404", link, "没有这一页").encode()
        files["zh-tw/404.html"] = PAGE.format("404", link, "沒有這一頁").encode()
        files["feed.xml"] = b"<?xml version='1.0' encoding='UTF-8'?><rss/>"
        for suffix in ("json", "txt", "md", "js", "xml", "webmanifest", "opml"):
            files[f"a.{suffix}"] = b"{}"
        return FolderSnapshot(
            base,
            files,
            {
                path: base + f"{path.removeprefix('content/').removesuffix('.md')}/".removeprefix("index/")
                for path in sources
            },
            {
                f"{base}old.html": (f"{base}progress/文/", 301),
                f"{base}%E6%97%A7/": (f"{base}progress/文/", 302),
                f"{base}gone/": (f"{base}gone/", 410),
            },
            (warning("draft-left-out", "one draft is left out"),),
        )


def make_site(folder: Path, base: str = "/") -> FolderSite:
    for path, text in {
        "wenzhai.toml": base,
        "content/index.md": "首页",
        "content/progress/文.md": "一篇文章",
        "content/gone.md": "已撤下",
        "themes/style.css": "p { color: black }",
        "static/robots.txt": "User-agent: *",
        "static/plain.html": "<p>as it is</p>",
        "static/pic.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "static/data.bin": "0123456789" * 1000,
    }.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    for name in ("a.avif", "a.webp", "a.woff2", "a.png", "a.jpg"):
        (folder / "static" / name).write_bytes(b"\0\1")
    return FolderSite(folder)
