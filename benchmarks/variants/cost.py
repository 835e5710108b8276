"""What conversion costs beside the Markdown of the same texts, in processor time and as a ratio from interleaved runs.

    python benchmarks/variants/cost.py [SITE]        # default: this repository's own site

Articles are converted in batches, as a build does it. Prints milliseconds an article for Markdown, for the bodies in the two
Traditional variants, and for everything that an article says in them (title, summary, notices, outline, comment), and the
medians of the ratios.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from builder.build import SOURCES_A_BATCH, PlanOptions, plan_site
from builder.content.discover import find_content, read_sources
from builder.content.front_matter import parse_source
from builder.markup.render import render
from builder.rendering.articles import converter_for, render_sources
from builder.variants.runs import split_html

ROUNDS = 7


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2]
    settings = plan_site(PlanOptions(folder, folder / "public")).settings
    one_variant = settings.variants[:1]
    two = [variant for variant in settings.variants if variant.tag != "zh-CN"]
    sources = read_sources(find_content(folder), (folder / "public",)).value
    parsed = [parse_source(source, settings.source).value for source in sources]
    articles = [article for article in parsed if article and article.script == "zh-CN"]
    markdown, bodies = [], []
    for _ in range(ROUNDS + 1):
        start = time.process_time()
        rendered = [render(article.body, settings.markup, path=article.path).value.html for article in articles]
        middle = time.process_time()
        for first in range(0, len(rendered), SOURCES_A_BATCH):
            split = [split_html(html, "zh-CN") for html in rendered[first : first + SOURCES_A_BATCH]]
            for variant in two:
                converter_for("zh-CN", variant, settings).convert((), split)
        markdown.append(middle - start)
        bodies.append(time.process_time() - middle)
    whole = []
    for _ in range(ROUNDS + 1):
        spent = []
        for variants in (one_variant, settings.variants):
            chosen = replace(settings, variants=variants)
            start = time.process_time()
            for first in range(0, len(sources), SOURCES_A_BATCH):
                render_sources(chosen, sources[first : first + SOURCES_A_BATCH])
            spent.append(time.process_time() - start)
        whole.append(spent[1] - spent[0])
    each = 1000 / len(articles)
    base = statistics.median(markdown[1:])
    print("| | ms an article | of the Markdown |\n|---|---|---|")
    for name, times in (("Markdown", markdown), ("bodies, two variants", bodies), ("all texts, two variants", whole)):
        median = statistics.median(times[1:])
        print(f"| {name} | {median * each:.2f} | {median / base:.2f} |")
    versions = ", ".join(f"{name} {version(name)}" for name in ("OpenCC", "ahocorasick-rs", "markdown-it-py"))
    print(
        f"\n{date.today()}; {len(articles)} articles, medians of {ROUNDS} rounds; Python {python_version()}, {versions}."
    )


if __name__ == "__main__":
    main()
