"""What a user of a generator without script variants has to do first: Markdown sources in Simplified Chinese become a tree of
sources for Taiwan and one for Hong Kong, by OpenCC, in several processes, only those that changed.

    python benchmarks/speed/convert.py SOURCES GENERATED PROCESSES
"""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

CONFIGURATIONS = {"zh-TW": "s2twp", "zh-HK": "s2hk"}

#: So few files are converted faster without other processes.
FEW = 50


def main() -> None:
    """Convert what changed since the last time."""
    sources, generated, processes = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    paths = sorted(path.relative_to(sources).as_posix() for path in sources.rglob("*.md"))
    jobs = [
        (str(sources), str(generated / variant), configuration, changed)
        for variant, configuration in CONFIGURATIONS.items()
        if (changed := [path for path in paths if _is_changed(sources / path, generated / variant / path)])
    ]
    if sum(len(changed) for *_, changed in jobs) < FEW:
        for job in jobs:
            convert(job)
    else:
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork")) as executor:
            list(executor.map(convert, jobs))


def convert(job: tuple[str, str, str, list[str]]) -> None:
    """Convert files: the folder they are in, the folder of the converted ones, the configuration, their paths in either."""
    import opencc  # its objects do not go from process to process

    sources, generated, configuration, paths = job
    converter = opencc.OpenCC(configuration)
    made: set[Path] = set()
    for path in paths:
        file = Path(generated, path)
        if file.parent not in made:
            file.parent.mkdir(parents=True, exist_ok=True)
            made.add(file.parent)
        file.write_text(converter.convert(Path(sources, path).read_text("utf-8")), "utf-8")


def _is_changed(source: Path, converted: Path) -> bool:
    try:
        return converted.stat().st_mtime < source.stat().st_mtime
    except FileNotFoundError:
        return True


if __name__ == "__main__":
    main()
