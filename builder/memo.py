"""Work that is done once: what was computed from the same input by the same code is remembered, and what is missing is
computed in batches, here or on any executor.
"""

from __future__ import annotations

from concurrent.futures import BrokenExecutor
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
    from concurrent.futures import Executor

Item = TypeVar("Item")
Result = TypeVar("Result")

#: The libraries that decide about output.
_LIBRARIES = (
    "ahocorasick-rs",
    "feedgen",
    "Jinja2",
    "linkify-it-py",
    "markdown-it-py",
    "mdit-py-plugins",
    "nh3",
    "OpenCC",
    "Pygments",
)


def digest(*parts: object) -> str:
    """A digest of values by their `repr`, the same in every process: only of text, numbers and frozen values of these."""
    return sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@cache
def code_fingerprint() -> str:
    """A digest of this package's code and the versions of the libraries that decide about output."""
    from importlib.metadata import PackageNotFoundError, version
    from pathlib import Path

    package = Path(__file__).parent
    hasher = sha256()
    for path in sorted(package.rglob("*")):
        if path.suffix in (".py", ".tsv", ".toml", ".txt") and path.relative_to(package).parts[0] != "themes":
            hasher.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    for name in _LIBRARIES:
        try:
            hasher.update(f"{name} {version(name)}\n".encode())
        except PackageNotFoundError:  # vendored by a distributor: its code is theirs to keep in step
            continue
    return hasher.hexdigest()[:32]


def recall(
    memory: MutableMapping[str, Result],
    items: Sequence[tuple[str, Item]],
    compute: Callable[[Sequence[Item]], Iterable[Result]],
) -> list[Result]:
    """The results of (key, item) pairs, those remembered and those that `compute` makes of the missing items, in order.
    Afterwards the memory holds these and nothing else.
    """
    missing = {key: item for key, item in items if key not in memory}
    memory.update(zip(missing, compute(tuple(missing.values())), strict=True))
    results = [memory[key] for key, _ in items]
    wanted = {key for key, _ in items}
    for key in [key for key in memory if key not in wanted]:
        del memory[key]
    return results


def in_batches(
    work: Callable[[Sequence[Item]], Sequence[Result]], items: Sequence[Item], executor: Executor | None, size: int
) -> Iterator[Result]:
    """What `work` makes of the items, in order, by batches of `size` on the executor, or here without one. `work` and
    what goes through it must be picklable. A batch whose worker died is done here.
    """
    batches = [items[start : start + size] for start in range(0, len(items), size)]
    if executor is None or len(batches) < 2:
        for batch in batches:
            yield from work(batch)
        return
    try:
        futures = [executor.submit(work, batch) for batch in batches]
    except BrokenExecutor:
        for batch in batches:
            yield from work(batch)
        return
    for batch, future in zip(batches, futures, strict=True):
        try:
            results = future.result()
        except BrokenExecutor:
            results = work(batch)
        yield from results
