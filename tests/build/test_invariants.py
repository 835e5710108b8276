"""The four promises of docs/architecture.md: incremental = clean, many workers = one, two builds = the same bytes,
preview = built file."""

from __future__ import annotations

import http.client
import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from sites import SAMPLE, THREE_VARIANTS, Built, read_tree, source, write_file, write_site

from builder.build import PlanOptions, build_site, plan_site, read_planned, worker_processes
from builder.diagnostics import has_errors
from builder.preview.server import start, strip_reload
from builder.preview.site import SitePreview

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.build import Memory

NOW = datetime(2025, 1, 1, tzinfo=UTC)


# -- incremental = clean -----------------------------------------------------------------------------------------------


@dataclass
class Editor:
    """Somebody at work on a small site: every method is one edit, drawn by `random`."""

    folder: Path
    random: random.Random
    articles: dict[str, dict[str, object]] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    edits: int = 0

    def begin(self) -> None:
        write_site(self.folder, f"-- content/pages/about.md --\n{source(title='关于', date=None)}", THREE_VARIANTS)
        self.picture()
        for _ in range(7):
            self.add()

    def step(self) -> str:
        """A few edits; their names."""
        edits: list[Callable[[], None]] = [
            *(self.add, self.delete, self.rename, self.retag, self.redate, self.rewrite, self.rewrite, self.withdraw),
            *(self.draft, self.alias, self.attribute, self.set_settings, self.template, self.strings, self.glossary),
            *(self.picture, self.static, self.page),
        ]
        done = []
        for _ in range(self.random.randint(1, 3)):
            edit = self.random.choice(edits)
            edit()
            done.append(edit.__name__)
        return ", ".join(done)

    def _some(self) -> str:
        return self.random.choice(sorted(self.articles))

    def _save(self, name: str) -> None:
        front = {**self.articles[name]}
        body = str(front.pop("body"))
        write_file(self.folder / f"content/articles/{name}.md", source(body, **front))

    def _change(self, **front: object) -> None:
        name = self._some()
        self.articles[name] |= front
        self._save(name)

    def _new_name(self) -> str:
        self.edits += 1
        return f"a{self.edits}"

    def add(self) -> None:
        name = self._new_name()
        self.articles[name] = {
            "id": name,
            "title": f"软件{self.edits}",
            "category": self.random.choice(["news", "news/progress", "notes"]),
            "tags": self.random.sample(["AI", "软件", "C#", "ai"], 2),
            "date": f"2024-0{self.random.randint(1, 3)}-1{self.random.randint(0, 9)}",
            "body": "一段“文字”。\n\n![图](pic.svg)",
        }
        self._save(name)

    def delete(self) -> None:
        if len(self.articles) > 4:
            name = self._some()
            del self.articles[name]
            (self.folder / f"content/articles/{name}.md").unlink()

    def rename(self) -> None:
        old, new = self._some(), self._new_name()
        self.articles[new] = self.articles.pop(old)
        (self.folder / f"content/articles/{old}.md").rename(self.folder / f"content/articles/{new}.md")

    def retag(self) -> None:
        self._change(tags=self.random.sample(["AI", "軟件", "网络", "C", "ai"], self.random.randint(0, 3)))

    def redate(self) -> None:
        self._change(date=f"202{self.random.randint(2, 6)}-0{self.random.randint(1, 9)}-15T09:30:00")

    def rewrite(self) -> None:
        self._change(body=f"改写的网络{self.random.randint(0, 99)}。\n\n## 部分\n\n见[关于](../pages/about.md)。")

    def withdraw(self) -> None:
        self._change(withdrawn=self.random.choice([None, {"date": "2024-04-01", "reason": "应作者要求"}]))

    def draft(self) -> None:
        self._change(draft=self.random.choice([True, False]))

    def alias(self) -> None:
        self._change(aliases=self.random.choice([[], [f"/old/{self._new_name()}.html"], [f"/old/{self._new_name()}"]]))

    def attribute(self) -> None:
        hops = [{"source": "某周刊", "author": "甲", "url": "https://a.example/1"}, {"source": "某网"}]
        mode = self.random.choice(["full", "excerpt", "link"])
        self._change(original=False, attribution=hops[: self.random.randint(1, 2)], rights={"mode": mode})

    def set_settings(self) -> None:
        text = THREE_VARIANTS + self.random.choice(
            ['[rights]\nnotices = ["转载请注明。"]\n', "[feeds]\nlimit = 3\n", ""]
        )
        if self.random.random() < 0.5:
            text = text.replace("科技文摘", f"文摘{self.random.randint(0, 9)}")
        if self.random.random() < 0.3:
            text = text.replace("example.org/", "example.org/digest/")
        if self.random.random() < 0.2:
            text = text[: text.index("[variants.zh-HK]")]
        write_file(self.folder / "wenzhai.toml", text)

    def template(self) -> None:
        path = self.folder / "themes/default/templates/404.html"
        if path.exists() and self.random.random() < 0.4:
            path.unlink()
        else:
            write_file(
                path, f"{{% extends 'default/404.html' %}}\n{{# {self.edits} #}}\n" + "x" * self.random.randint(0, 3)
            )

    def strings(self) -> None:
        write_file(self.folder / "themes/default/strings.toml", f'[zh-CN]\nhome = "首页{self.random.randint(0, 9)}"\n')

    def glossary(self) -> None:
        write_file(self.folder / "content/glossary.toml", f'"网络" = "網{self.random.choice("路絡")}"\n')

    def picture(self) -> None:
        size = self.random.randint(10, 99)
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}"/>'
        write_file(self.folder / "content/articles/pic.svg", svg)

    def static(self) -> None:
        write_file(self.folder / f"static/{self.random.choice('ab')}.txt", str(self.random.random()))
        if self.random.random() < 0.3:
            shutil.rmtree(self.folder / "static")

    def page(self) -> None:
        write_file(
            self.folder / "content/pages/about.md", source(f"软件{self.random.random()}", title="关于", date=None)
        )


@pytest.mark.parametrize("seed", range(4))
def test_an_incremental_build_is_a_clean_build(tmp_path: Path, seed: int) -> None:
    editor = Editor(tmp_path / "site", random.Random(seed))
    editor.begin()
    options = PlanOptions(editor.folder, editor.folder / "public", now=NOW)
    memory: Memory = {}
    done = ["begin"]
    before: dict[str, bytes] = {}
    for number in range(9):
        written = build_site(options).written
        tree = read_tree(options.output)
        clean = tmp_path / f"clean{number}"
        build_site(PlanOptions(editor.folder, clean, now=NOW))
        assert tree == read_tree(clean), done
        assert not build_site(options).written.written
        # Only what changed was written, and what is gone was removed.
        del tree[".wenzhai-manifest"]
        assert set(written.written) == {path for path in tree if before.get(path) != tree[path]}, done
        assert set(written.removed) == before.keys() - tree.keys(), done
        # A plan that remembers the sources of the one before, as the preview does.
        plan = plan_site(options, memory=memory)
        assert not has_errors(plan.diagnostics)
        if seed == 0:
            assert {path: read_whole(read_planned(plan, path)) for path in plan.files} == tree
        before = tree
        done.append(editor.step())


def read_whole(planned: bytes | Path | None) -> bytes | None:
    return planned.read_bytes() if isinstance(planned, Path) else planned


# -- any number of workers = one ---------------------------------------------------------------------------------------


def test_any_number_of_workers_builds_the_same(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "site", "", THREE_VARIANTS)
    for number in range(110):
        front = {
            "tags": [f"标签{number % 40}"],
            "category": f"分类{number % 3}",
            "titel": "x" if number % 50 == 0 else None,
        }
        write_file(folder / f"content/articles/a{number}.md", source(f"软件{number}", title=f"网络{number}", **front))
    executors: dict[str, AbstractContextManager[Executor | None]] = {
        "one": nullcontext(),
        "processes": worker_processes(2),
        "threads": ThreadPoolExecutor(3),
    }
    trees, findings = [], []
    for name, context in executors.items():
        with context as executor:
            report = build_site(PlanOptions(folder, tmp_path / name, now=NOW), executor=executor)
        trees.append(read_tree(tmp_path / name))
        findings.append(report.plan.diagnostics)
    assert len(findings[0]) == 3
    assert trees[0] == trees[1] == trees[2]
    assert findings[0] == findings[1] == findings[2]


# -- two builds = the same bytes ---------------------------------------------------------------------------------------


def test_two_builds_are_the_same_bytes_wherever_they_are_made(tmp_path: Path, sample: Built) -> None:
    elsewhere = tmp_path / "别处/copy"
    shutil.copytree(SAMPLE / "content", elsewhere / "content")
    shutil.copy(SAMPLE / "wenzhai.toml", elsewhere)
    clean = {name: value for name, value in os.environ.items() if name not in ("LC_ALL", "PYTHONUTF8")}
    for number, surroundings in enumerate(
        (
            {"TZ": "America/Los_Angeles", "LC_ALL": "C", "PYTHONHASHSEED": "1", "PYTHONIOENCODING": "latin-1"},
            {"TZ": "Pacific/Kiritimati", "LANG": "zh_TW.UTF-8", "PYTHONHASHSEED": "2", "NO_COLOR": "1"},
        )
    ):
        command = [sys.executable, "-m", "builder", "build", "--clock", "2027-01-01T00:00:00Z", "-j", str(number + 1)]
        subprocess.run(
            [*command, "-s", elsewhere, "-o", tmp_path / str(number)],
            env=clean | surroundings | {"PYTHONPATH": str(SAMPLE)},
            cwd=(tmp_path, "/")[number],
            check=True,
            capture_output=True,
        )
        assert read_tree(tmp_path / str(number)) == sample.read()


# -- preview = built file ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fixture", ["sample", "sample_below"])
def test_the_preview_answers_with_the_built_files(fixture: str, request: pytest.FixtureRequest) -> None:
    built: Built = request.getfixturevalue(fixture)
    config = built.report.plan.config
    options = PlanOptions(SAMPLE, SAMPLE / "public", config.base_url, now=datetime(2027, 1, 1, tzinfo=UTC))
    preview = SitePreview(options)
    said: list[str] = []
    tree = built.read()
    del tree[".wenzhai-manifest"]
    pages = built.report.plan.pages
    aliases, gone = dict(pages.aliases), dict(pages.withdrawn)
    running = start(preview, folder=SAMPLE, watched=[], roots=preview.roots, port=0, say=said.append)
    try:
        assert running.wait_ready(20)
        port = int(running.origin.rpartition(":")[2])
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            for path, content in tree.items():
                url = config.base_path + quote(path.removesuffix("index.html"))
                connection.request("GET", url)
                response = connection.getresponse()
                answer = response.read()
                if url in aliases:
                    assert (response.status, response.headers["Location"]) == (301, aliases[url])
                    continue
                assert response.status == (410 if url in gone else 200), url
                assert strip_reload(answer) == content, url
    finally:
        running.stop()
