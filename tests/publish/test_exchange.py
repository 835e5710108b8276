"""Two files that change places: both are whole before and after, and where it cannot be done nothing happens."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from builder.publish.exchange import load_exchange

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_not_there_is_not_exchanged(tmp_path: Path) -> None:
    exchange = load_exchange()
    (tmp_path / "here").write_bytes(b"1")
    assert not exchange(str(tmp_path / "here"), str(tmp_path / "gone"))
    assert not exchange(str(tmp_path / "gone"), str(tmp_path / "here"))
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
    assert (tmp_path / "here").read_bytes() == b"1"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges files")
def test_files_change_places(tmp_path: Path) -> None:
    exchange = load_exchange()
    one, other = tmp_path / "一.html", tmp_path / os.fsdecode(b"\xff.html")
    one.write_bytes(b"1")
    other.write_bytes(b"22")
    if not exchange(str(one), str(other)):
        pytest.skip("this file system exchanges no files")
    assert (one.read_bytes(), other.read_bytes()) == (b"22", b"1")
