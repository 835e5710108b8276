"""The corpus of the benchmarks: the same for everybody, and nothing in it to object to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sites import build, read_tree
from speed.corpus import DIALECTS, make_article, write_corpus, write_source
from speed.report import Machine, load, save, write_page
from speed.scenarios import Case, Result
from speed.tools import Place, Wenzhai

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_small_corpus_is_the_beginning_of_a_large_one(tmp_path: Path, dialect: str) -> None:
    size = write_corpus(tmp_path / "small", 5, dialect)
    write_corpus(tmp_path / "large", 12, dialect)
    small, large = read_tree(tmp_path / "small"), read_tree(tmp_path / "large")
    assert len(small) == 5
    assert size == sum(map(len, small.values()))
    assert small.items() < large.items()


def test_the_corpus_stays_what_figures_of_before_were_measured_with() -> None:
    article = make_article(7, 123)
    assert (article.path, article.title, article.url) == (
        "2018-01/a000123.md",
        "数据结构如何使网络延迟下降一个数量级",
        "https://news37.example.com/2018/01/793836.html",
    )
    assert write_source(article, "hugo").endswith(article.body)


def test_our_site_of_the_benchmark_builds_without_findings(tmp_path: Path) -> None:
    place = Place(tmp_path, variants=3)
    Wenzhai(1, future=False).lay_out(place, 20)
    built = build(place.site)
    assert built.report.summary.diagnostics == ()
    assert len(built.plan.collections.articles) == 20
    assert {"index.html", "zh-tw/index.html", "zh-hk/feed.xml"} <= built.paths


def test_results_are_kept_and_written_beside_the_targets(tmp_path: Path) -> None:
    def result(seconds: float) -> Result:
        return Result(seconds, 2 * seconds, 1_000_000, (seconds, seconds))

    def case(ours: float) -> Case:
        return Case(10_000, 3, {"cold": {"wenzhai": result(ours), "hugo": result(30)}}, {"wenzhai": 3, "hugo": 2})

    page = tmp_path / "page.md"
    page.write_text("before\n<!-- measured: begin -->\nstale\n<!-- measured: end -->\nafter\n", "utf-8")
    save(tmp_path, load(tmp_path), case(28.0), Machine("A machine"))
    save(tmp_path, load(tmp_path), case(15.0), Machine("Another machine"))
    for articles in (1_000, 10_000, 100_000):
        alone = Case(articles, 3, {"cold": {"wenzhai": result(articles / 1_000)}}, {"wenzhai": 3})
        save(tmp_path, load(tmp_path), alone, Machine("Another machine"), scale=True)
    write_page(page, load(tmp_path))
    text = page.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "stale" not in text
    assert "A machine" not in text
    assert "| 10,000 × 3, cold, time against Hugo | 0.55 × | 0.500 × | met |" in text
    assert "| 10,000 × 3, cold, peak memory against Hugo | 0.4 × | 1.000 × | missed |" in text
    assert "| 1,000 → 10,000 → 100,000 articles × 3, time an article | 1.3 × | 1.00 × | met |" in text
    assert text.count("### 10,000 articles, 3 variants") == 1
