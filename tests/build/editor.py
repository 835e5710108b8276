"""Somebody at work on a small site: every method but the first two is one thing that people do between builds."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st
from sites import SAMPLE, SETTINGS, source, write_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

T = TypeVar("T")

_DATES = ("2024-03-01", "2024-12-20T09:30:00", "2024-12-20", "2025-01-04T08:00:00", "2025-02-10", "2025-03-01", "2026")
_TAGS = ("AI", "ai", "软件", "軟件", "网络", "C#")
_BODIES = (
    "一段“文字”，里面的网络。\n\n![图](pic.svg)",
    "## 部分\n\n见[关于](../pages/about.md)与[上面](#部分)。\n\n```python\nprint('软件')\n```",
    "-{zh-tw:軟體; zh-hk:軟件; zh-cn:软件}-的发布会。\n\n<div onclick=x>甲</div>",
    "第一段。[^1]\n\n[^1]: 注。\n\n> 引文\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |",
)
_HOPS: tuple[dict[str, str], ...] = (
    {"source": "某周刊", "author": "甲", "url": "https://a.example/1"},
    {"source": "某网", "date": "2024-02-01"},
)
_TEMPLATES = ("404.html", "article.html", "base.html", "list.html", "partials/footer.html", "partials/summary.html")


@dataclass
class Editor:
    """The site in `folder`, and what its next build is asked for. `draw` decides everything."""

    folder: Path
    draw: Callable[[st.SearchStrategy[Any]], Any]
    articles: dict[str, dict[str, Any]] = field(default_factory=dict)
    now: datetime = datetime(2025, 1, 1, tzinfo=UTC)
    asked: tuple[str, ...] = ()
    spoilt: str = ""
    numbers: int = 0
    settings: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        write_file(self.folder / "content/pages/about.md", source(title="关于", date=None))
        self._write_settings()
        self.picture()
        for _ in range(5):
            self.add()

    def step(self) -> str:
        """One edit; its name."""
        if self.spoilt:
            self.mend()
        edit = self.pick(EDITS)
        edit(self)
        return edit.__name__

    def pick(self, values: Sequence[T]) -> T:
        chosen: T = self.draw(st.sampled_from(values))
        return chosen

    # -- articles

    def add(self) -> None:
        name = self._new_name()
        self.articles[name] = {
            "id": name,
            "title": f"软件{self.numbers}",
            "category": self.pick(["news", "news/progress", "notes"]),
            "tags": [self.pick(_TAGS)],
            "date": self.pick(_DATES[:4]),
            "body": self.pick(_BODIES),
        }
        self._save(name)

    def delete(self) -> None:
        if len(self.articles) > 3:
            name = self._some()
            del self.articles[name]
            for path in (self._path(name), self._path(name, ".zh-tw")):
                path.unlink(missing_ok=True)

    def rename(self) -> None:
        old, new = self._some(), self._new_name()
        self.articles[new] = self.articles.pop(old)
        for suffix in ("", ".zh-tw"):
            if self._path(old, suffix).exists():
                self._path(old, suffix).rename(self._path(new, suffix))

    def swap(self) -> None:
        """Two articles change places, their files as they are."""
        one, other = self._some(), self._some()
        if one != other:
            aside = self.folder / "aside"
            self._path(one).rename(aside)
            self._path(other).rename(self._path(one))
            aside.rename(self._path(other))
            self.articles[one], self.articles[other] = self.articles[other], self.articles[one]

    def rewrite(self) -> None:
        self._change(body=self.pick(_BODIES) + f"\n\n{self._new_name()}")

    def rewrite_unseen(self) -> None:
        """The text is another of the same length, and its file says that it is as old as before."""
        name = self._some()
        path, body = self._path(name), str(self.articles[name]["body"])
        before = path.stat()
        self.articles[name]["body"] = body[:-1] + self.pick([c for c in "0123456789" if c != body[-1]])
        self._save(name)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def touch(self) -> None:
        self._path(self._some()).touch()

    def retitle(self) -> None:
        self._change(title=self.pick(["网络", "軟體<b>", "发布会上的粉丝", "x" * 40]))

    def retag(self) -> None:
        self._change(tags=self.draw(st.lists(st.sampled_from(_TAGS), max_size=3, unique=True)))

    def move(self) -> None:
        self._change(category=self.pick([None, "news", "别的", "notes"]), slug=self.pick([None, self._new_name()]))

    def redate(self) -> None:
        self._change(date=self.pick(_DATES))

    def withdraw(self) -> None:
        date = self.pick(["2024-10-05", "2024-10-05T10:00:00", "2024-12-30"])
        self._change(withdrawn=self.pick([None, {"date": date, "reason": "应作者要求"}]))

    def draft(self) -> None:
        self._change(draft=self.pick([True, False]))

    def alias(self) -> None:
        name = self._new_name()
        self._change(aliases=self.pick([[], [f"/old/{name}.html"], [f"/old/{name}"]]))

    def attribute(self) -> None:
        hops = list(_HOPS[: self.pick([1, 2])])
        mode = self.pick(["full", "excerpt", "link"])
        self._change(original=False, attribution=hops, rights={"mode": mode, "notices": ["转载请注明“出处”。"]})

    def comment(self) -> None:
        self._change(
            comment=self.pick([None, "编者按：见[关于](../pages/about.md)。"]), summary=self.pick([None, "摘要"])
        )

    def convert(self) -> None:
        self._change(convert=self.pick([None, {"软件": "程式"}]), keep=self.pick([None, ["网络"]]))

    def twin(self) -> None:
        path = self._path(self._some(), ".zh-tw")
        if path.exists():
            path.unlink()
        else:
            write_file(path, f"---\ntitle: 另寫{self._new_name()}\n---\n臺灣的文字。\n")

    def issue(self) -> None:
        number = self.pick([1, 2])
        write_file(self.folder / f"content/issues/{number}.md", source(title=f"第{number}期", date=self.pick(_DATES)))
        self._change(issue=self.pick([None, "1", "2"]))

    def page(self) -> None:
        path = self.folder / f"content/pages/{self.pick(['about', 'rights', 'contact'])}.md"
        write_file(path, source(f"软件{self._new_name()}", title="一页", date=None))

    def spoil(self) -> None:
        """An article that cannot be built, until the next step."""
        self.spoilt = self._some()
        self._change_file(self.spoilt, date="不是日子")

    def mend(self) -> None:
        name, self.spoilt = self.spoilt, ""
        self._save(name)

    # -- what stands beside them

    def picture(self) -> None:
        size = self.pick(range(10, 99))
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}"/>'
        write_file(self.folder / "content/articles/pic.svg", svg)

    def no_picture(self) -> None:
        (self.folder / "content/articles/pic.svg").unlink(missing_ok=True)

    def static(self) -> None:
        if (self.folder / "static").exists() and self.pick([True, False]):
            shutil.rmtree(self.folder / "static")
        else:
            write_file(
                self.folder / f"static/{self.pick(['a.txt', 'robots.txt', '_headers'])}", self._new_name() + "\n"
            )

    def glossary(self) -> None:
        write_file(self.folder / "content/glossary.toml", f'"网络" = "網{self.pick("路絡")}"\n')

    def no_glossary(self) -> None:
        (self.folder / "content/glossary.toml").unlink(missing_ok=True)

    # -- how the site looks

    def template(self) -> None:
        name = self.pick(_TEMPLATES)
        path = self.folder / "themes/default/templates" / name
        shipped = SAMPLE / "themes/default/templates" / name
        if not shipped.exists() or (path.exists() and self.pick([True, False])):
            path.unlink(missing_ok=True)
        else:
            write_file(path, shipped.read_text("utf-8") + f"\n<!-- {self.pick('xy')} -->\n")

    def strings(self) -> None:
        text = f'[{self.pick(["zh-CN", "zh-TW"])}]\nhome = "首页{self.pick("12")}"\n'
        write_file(self.folder / "themes/default/strings.toml", text)

    def style(self) -> None:
        write_file(self.folder / "themes/default/assets/style.css", f"p {{ margin: {self.pick('12')}px }}\n")

    # -- settings

    def set_settings(self) -> None:
        key = self.pick(sorted(_SETTINGS))
        self.settings[key] = self.pick(_SETTINGS[key])
        self._write_settings()

    def _write_settings(self) -> None:
        def chosen(key: str) -> str:
            return self.settings.get(key, _SETTINGS[key][0])

        parts = [SETTINGS.replace("科技文摘", chosen("title")).replace("example.org/", chosen("address"))]
        parts += ['[variants.zh-TW]\npath = "zh-tw"\n' + chosen("quotes"), chosen("variants")]
        parts += [chosen(key) for key in ("rights", "feeds", "sources", "categories", "theme")]
        write_file(self.folder / "wenzhai.toml", "\n".join(parts))

    # -- how and when it is built

    def pass_time(self) -> None:
        """Something of the future may have come, or a tombstone's announcement ended; a clock may also be set back."""
        self.now += self.pick([timedelta(hours=3), timedelta(days=1), timedelta(days=30), timedelta(days=-40)])

    def ask(self) -> None:
        self.asked = self.pick([(), (), ("-D",), ("-F",), ("-b", "https://elsewhere.example/x/"), ("--clean",)])

    # -- what happens to what builds leave

    def lose_output(self) -> None:
        shutil.rmtree(self.folder / "public", ignore_errors=True)

    def harm_output(self) -> None:
        pages = sorted((self.folder / "public").rglob("*.html"))
        if pages:
            page = self.pick(pages)
            if self.pick([True, False]):
                page.unlink()
            else:
                page.write_bytes(page.read_bytes()[:-1])

    def lose_cache(self) -> None:
        shutil.rmtree(self.folder / ".wenzhai", ignore_errors=True)

    def harm_cache(self) -> None:
        for path in (self.folder / ".wenzhai").rglob("*"):
            if path.is_file():
                path.write_bytes(path.read_bytes()[:100] + b"\xff" * 5000)

    # -- small things

    def _some(self) -> str:
        return self.pick(sorted(self.articles))

    def _new_name(self) -> str:
        self.numbers += 1
        return f"a{self.numbers}"

    def _path(self, name: str, suffix: str = "") -> Path:
        return self.folder / f"content/articles/{name}{suffix}.md"

    def _save(self, name: str) -> None:
        self._change_file(name)

    def _change(self, **front: object) -> None:
        name = self._some()
        self.articles[name] |= front
        self._save(name)

    def _change_file(self, name: str, **front: object) -> None:
        keys = self.articles[name] | front
        write_file(self._path(name), source(str(keys.pop("body")), **keys))


#: The first of each is what a site begins with.
_SETTINGS = {
    "title": ("科技文摘", "文摘一", "“网络”"),
    "address": ("example.org/", "example.org/digest/"),
    "quotes": ("quotes = true\n", "quotes = false\n", 'style = {"台" = "臺"}\n'),
    "variants": ('[variants.zh-HK]\npath = "zh-hk"\n', "", '[variants.zh-HK]\npath = "hk"\nlabel = "港"\n'),
    "rights": ("", '[rights]\nnotices = ["转载请注明。"]\n', '[rights]\nindex_reposts = true\nmode = "excerpt"\n'),
    "feeds": ("", "[feeds]\nlimit = 2\n", '[feeds]\ncontent = "summary"\n'),
    "sources": ("", '[sources."某周刊"]\nmode = "link"\n', '[sources."某网"]\nnotices = ["某网的软件"]\n'),
    "categories": ("", '[categories.notes]\ntitle = "手记"\n'),
    "theme": ("", "[theme.options]\ncovers = false\n"),
}

_NO_EDITS = ("begin", "step", "pick", "mend")
EDITS: tuple[Callable[[Editor], None], ...] = tuple(
    edit for name, edit in vars(Editor).items() if callable(edit) and not name.startswith("_") and name not in _NO_EDITS
)
