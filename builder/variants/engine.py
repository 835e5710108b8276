"""OpenCC, and nothing else of the house knows it: which of its configurations make a conversion, loaded once a process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from builder.diagnostics import BuilderError, error

if TYPE_CHECKING:
    from collections.abc import Callable

#: How a script becomes a variant. `s2t` and then `t2tw` is what `s2tw` does, without its second segmentation: the same text
#: in half the time, and the large dictionaries are loaded once for both Traditional variants.
_CHAINS = {
    ("zh-CN", "zh-TW"): ("s2t", "t2tw"),
    ("zh-CN", "zh-HK"): ("s2t", "t2hk"),
    ("zh-TW", "zh-CN"): ("tw2s",),
    ("zh-HK", "zh-CN"): ("hk2s",),
    ("zh-TW", "zh-HK"): ("tw2t", "t2hk"),
    ("zh-HK", "zh-TW"): ("hk2t", "t2tw"),
}

#: Configurations that replace characters by characters, so that a place in the text stays where it is.
_LENGTH_KEEPING = frozenset({"s2t", "s2tw", "s2hk", "t2s", "t2tw", "t2hk", "tw2s", "tw2t", "hk2s", "hk2t"})

Chain = tuple[str, ...]


def find_chain(script: str, variant: str, config: str | None = None) -> Chain:
    """The OpenCC configurations to apply in order; `config` overrides them, and none are needed within a script."""
    if script == variant:
        return ()
    return (config,) if config else _CHAINS[script, variant]


@cache
def keeps_length(chain: Chain) -> bool:
    """Whether a chain keeps the number of characters (the `…p` configurations, which replace words, do not)."""
    return _LENGTH_KEEPING.issuperset(chain)


def run_chain(chain: Chain, text: str) -> str:
    """`text` through each configuration. It must hold no NUL, which OpenCC cuts a text at, and no lone surrogate."""
    for config in chain:
        text = _load(config)(text)
    return text


@cache
def _load(config: str) -> Callable[[str], str]:
    try:
        import opencc
    except ImportError as problem:
        raise BuilderError(
            error("opencc-missing", f"OpenCC cannot be imported: {problem}", hint="run `pip install OpenCC`")
        ) from problem
    if not hasattr(opencc, "CONFIGS"):
        raise BuilderError(
            error(
                "opencc-shadowed",
                "the package `opencc-python-reimplemented` stands in the place of OpenCC and is far less accurate",
                hint="run `pip uninstall opencc-python-reimplemented`, then `pip install --force-reinstall OpenCC`",
            )
        )
    names = sorted(name.removesuffix(".json") for name in opencc.CONFIGS)
    if config not in names:
        message = f"OpenCC has no configuration '{config}'"
        raise BuilderError(error("opencc-config", message, hint=f"it has: {', '.join(names)}"))
    convert: Callable[[str], str] = opencc.OpenCC(config).convert
    return convert


@cache
def mark_undecided(characters: str, mark: str) -> Callable[[str], str]:
    """A function that puts `mark` before each of the Simplified `characters` that no phrase of OpenCC's decides. What it does
    to other characters is of no use."""
    import json
    import tempfile
    from importlib.resources import files
    from pathlib import Path

    import opencc

    def adapt(value: object) -> object:
        if isinstance(value, list):
            return [adapt(item) for item in value]
        if not isinstance(value, dict):
            return value
        file = value.get("file")
        if file == "STCharacters.ocd2":
            return {"type": "text", "file": str(marks)}
        return {key: str(share / str(item)) if key == "file" else adapt(item) for key, item in value.items()}

    # OpenCC tells nobody which dictionary a character came from: s2t, its table of single characters replaced by one of marks.
    share = Path(str(files("opencc"))) / "clib" / "share" / "opencc"
    with tempfile.TemporaryDirectory() as folder:
        marks, config = Path(folder) / "marks.txt", Path(folder) / "marks.json"
        marks.write_text("".join(f"{character}\t{mark}{character}\n" for character in characters), "utf-8")
        adapted = adapt(json.loads((share / "s2t.json").read_text("utf-8")))
        config.write_text(json.dumps(adapted), "utf-8")
        convert: Callable[[str], str] = opencc.OpenCC(str(config)).convert
    return convert
