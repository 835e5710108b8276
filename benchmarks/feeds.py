"""What the feeds of a site cost: `python benchmarks/feeds.py SITE`, in seconds of processor time, in this one process.

The items are made while the pages are planned, from what these hold; the rest is here: which feeds there are, their digests, and
rendering all of them with nothing remembered.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import process_time

from builder.build import PlanOptions, plan_site
from builder.publish.feeds import FeedRenderer
from builder.site.feeds import digest_feeds, plan_feeds


def main(folder: Path) -> None:
    """Print a line for each step."""
    plan = plan_site(PlanOptions(folder, folder / "public"))
    start = process_time()
    plan_feeds(plan.collections, plan.config)
    planned = process_time()
    feeds = [feed for feed, _ in digest_feeds(plan.pages.feeds)]
    digested = process_time()
    renderer = FeedRenderer(plan.materials.look.strings)
    size = sum(len(renderer.render(feed, plan.materials.bodies)) for feed in feeds)
    rendered = process_time()
    print(f"{len(feeds)} feeds of {len(plan.config.variants)} variants, {size / 1e6:.1f} MB")
    print(f"plan {planned - start:.2f}, digest {digested - planned:.2f}, render {rendered - digested:.2f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
