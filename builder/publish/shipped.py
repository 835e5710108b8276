"""Where what comes with the program is."""

from __future__ import annotations

from pathlib import Path


def shipped_themes() -> Path:
    """The folder of the themes that come with the program: inside the wheel's package, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"
