"""What the feeds of a site cost, in processor seconds: all documents of three variants of a site that is made up here.

    python benchmarks/feeds/cost.py [ARTICLES] [--every]    # default: 1000; --every: feeds of tags and sources too
    python benchmarks/feeds/cost.py --site SITE             # of a site that is there

Prints how many documents and bytes there are, and the medians of several rounds for RSS, Atom, JSON Feed and OPML together, which
begin with nothing at hand. The target is 2 s for 1,000 articles.
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import tempfile
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from builder import __version__
from builder.memo import Memo
from builder.planning import plan_site
from builder.site.feeds import plan_feeds
from builder.site.plan import FeedFilePlan, digest_entries, plan_feed_files
from builder.stages.files import MadeFile, Materials, PageFile
from builder.stages.options import PlanOptions
from builder.stages.sources import Recalled

ROUNDS = 5
SETTINGS = """\
[site]
title = "科技文摘"
base_url = "https://example.org/"
tag = "tag:example.org,2026"
[variants.zh-CN]
label = "简体"
[variants.zh-TW]
label = "繁體"
path = "zh-tw"
[variants.zh-HK]
label = "香港"
path = "zh-hk"
[rights]
notices = ["本文仅供学习交流之用，版权归原作者所有，请勿用于商业用途！"]
[feeds]
tags = {every}
sources = {every}
"""
WORDS = "软件 网络 视频 芯片 数据 程序 发布 公司 研究 模型 电池 卫星 用户 系统 市场 手机 计算 智能 训练 开源".split()  # noqa: SIM905
CATEGORIES = ("progress", "products", "data", "ai", "web", "space", "health", "energy")


def main() -> None:
    """Make a site, plan it, and measure its feeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=int, nargs="?", default=1000)
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--site", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder: Path = asked.site or Path(made)
        if not asked.site:
            write_site(folder, asked.articles, every=asked.every)
        options, recalled = PlanOptions(folder, folder / "public"), Recalled(Memo())
        plan = plan_site(options, recalled=recalled)
        rounds = [measure(options, recalled, number) for number in range(ROUNDS)]
    documents, size = rounds[0][:2]
    told = ", ".join(f"{name} {version(name)}" for name in ("feedgen", "lxml", "nh3"))
    print(f"wenzhai {__version__}, {told}; Python {platform.python_version()}, {platform.machine()}")
    articles, variants = len(plan.collections.articles), len(plan.config.variants)
    print(f"{articles} articles, {variants} variants: {documents} documents, {size / 1e6:.1f} MB")
    for name, place in (("which there are", 2), ("making them all", 3)):
        print(f"{name:18} {statistics.median(found[place] for found in rounds):.2f} s of processor time")
    print(f"{'together':18} {statistics.median(sum(found[2:]) for found in rounds):.2f} s, median of {ROUNDS} rounds")


def measure(options: PlanOptions, recalled: Recalled, number: int) -> tuple[int, int, float, float]:
    """How many documents and bytes there are, and the seconds that it takes to say which, and to make and write them all."""
    plan = plan_site(options, recalled=recalled)
    collections = plan.collections
    # What is kept from feed to feed goes by the look: nothing of the rounds before is there.
    look = replace(plan.materials.look, digest=str(number))
    materials = Materials(look, plan.materials.parts, plan.materials.texts)
    start = time.process_time()
    digests = digest_entries(collections, {})
    plan_feed_files(plan_feeds(collections, plan.config), collections, digests)
    middle = time.process_time()
    written = [
        materials.render(file)
        for file in plan.files.values()
        if isinstance(file, PageFile) and isinstance(file.plan, FeedFilePlan)
    ]
    written += [
        file.make() for path, file in plan.files.items() if path.endswith(".opml") and isinstance(file, MadeFile)
    ]
    end = time.process_time()
    return len(written), sum(map(len, written)), middle - start, end - middle


def write_site(folder: Path, articles: int, *, every: bool) -> None:
    """Articles of some 1,200 characters in 8 categories, with 40 tags and 25 sources."""
    chance = random.Random(1)
    (folder / "content/articles").mkdir(parents=True)
    (folder / "wenzhai.toml").write_text(SETTINGS.replace("{every}", str(every).lower()), "utf-8")
    for number in range(articles):
        paragraphs = [
            "".join(chance.choices(WORDS, k=100)) + f"，见[这里](https://example.com/{number})。" for _ in range(6)
        ]
        day = f"{2020 + number % 6}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        front = f"""\
---
id: n{number}
title: 第 {number} 篇：{"".join(chance.choices(WORDS, k=4))}
date: {day}
category: {CATEGORIES[number % 8]}
tags: [标签{number % 40}, 标签{number * 7 % 40}]
attribution:
  - {{source: 源{number % 25}, author: 作者{number % 90}, url: "https://source{number % 25}.example.com/{number}"}}
  - {{source: 转载站, url: "https://copy.example.com/{number}"}}
rights: {{holder: 原作者, license: all-rights-reserved}}
---
"""
        (folder / f"content/articles/n{number}.md").write_text(front + "\n\n".join(paragraphs) + "\n", "utf-8")


if __name__ == "__main__":
    main()
