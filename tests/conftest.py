"""Sites from strings, commands run on them, and the sample site built once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from sites import SAMPLE, SETTINGS, Built, Outcome, build, write_site

from builder import cli

# What decides whether work lands gives the same answer twice. New cases, and the sequences of edits of
# tests/build/test_increments.py by the hundred, are looked for by `pytest --hypothesis-profile=long`.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("long", max_examples=5000, deadline=None)
settings.load_profile("repeatable")

MakeSite = Callable[..., Path]
Run = Callable[..., Outcome]


@pytest.fixture
def site(tmp_path: Path) -> MakeSite:
    """Writes a site into `tmp_path/site`: see `sites.write_site`."""

    def make(text: str = "", settings: str = SETTINGS) -> Path:
        return write_site(tmp_path / "site", text, settings)

    return make


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command `wenzhai` in this process."""

    def call(*arguments: str | Path) -> Outcome:
        capsys.readouterr()
        try:
            status = cli.main([str(argument) for argument in arguments])
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Outcome(status, out, err)

    return call


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The sample site, built at the root of its host."""
    return build_sample(tmp_path_factory.mktemp("sample") / "public")


@pytest.fixture(scope="session")
def sample_below(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The sample site, built below a path."""
    return build_sample(tmp_path_factory.mktemp("sample") / "digest", "https://wenzhai.example/digest/")


def build_sample(output: Path, base_url: str = "") -> Built:
    return build(SAMPLE, output=output, base_url=base_url, now=datetime(2027, 1, 1, tzinfo=UTC))
