"""What conversion costs beside the Markdown of the same texts, in processor time.

    python benchmarks/variants/cost.py [SITE]        # default: this repository's own site

Articles are converted in batches, as a build does it. Prints milliseconds an article for Markdown, for the bodies in the two
Traditional variants, and for everything that an article says in them (title, summary, notices, outline, comment), and what
part of the Markdown that is.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from builder.content.discover import find_content, read_sources
from builder.content.front_matter import parse_source
from builder.markup.render import render
from builder.planning import plan_site
from builder.rendering.articles import converter_for, render_sources
from builder.stages.options import PlanOptions
from builder.stages.sources import BATCH
from builder.variants.runs import split_html

ROUNDS = 7


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2]
    settings = plan_site(PlanOptions(folder, folder / "public")).settings
    two = [variant for variant in settings.variants if variant.tag != "zh-CN"]
    sources = read_sources(find_content(folder), (folder / "public",)).value
    parsed = [parse_source(source, settings.source).value for source in sources]
    articles = [article for article in parsed if article and article.script == "zh-CN"]
    batches = [sources[first : first + BATCH] for first in range(0, len(sources), BATCH)]
    spent: dict[str, list[float]] = {"Markdown": [], "bodies": [], "one": [], "all": []}
    for _ in range(ROUNDS):
        start = time.process_time()
        rendered = [render(article.body, settings.markup, path=article.path).value.html for article in articles]
        spent["Markdown"].append(time.process_time() - start)
        start = time.process_time()
        for first in range(0, len(rendered), BATCH):
            split = [split_html(html, "zh-CN") for html in rendered[first : first + BATCH]]
            for variant in two:
                converter_for("zh-CN", variant, settings).convert((), split)
        spent["bodies"].append(time.process_time() - start)
        for name, variants in (("one", settings.variants[:1]), ("all", settings.variants)):
            chosen = replace(settings, variants=variants)
            start = time.process_time()
            for batch in batches:
                render_sources(chosen, batch)
            spent[name].append(time.process_time() - start)
    # The machine has other work, which only ever adds to a time: the best one is nearest to what the work itself takes.
    best = {name: 1000 * min(times) / len(articles) for name, times in spent.items()}
    rows = {
        "Markdown": best["Markdown"],
        "bodies, two variants": best["bodies"],
        "all texts, two variants": best["all"] - best["one"],
    }
    print("| | ms an article | of the Markdown |\n|---|---|---|")
    for name, taken in rows.items():
        print(f"| {name} | {taken:.2f} | {taken / best['Markdown']:.2f} |")
    versions = ", ".join(f"{name} {version(name)}" for name in ("OpenCC", "ahocorasick-rs", "markdown-it-py"))
    print(
        f"\n{date.today()}; {len(articles)} articles, the best of {ROUNDS} rounds; Python {python_version()}, {versions}."
    )


if __name__ == "__main__":
    main()
