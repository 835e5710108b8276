"""What comes out of a source does not depend on those that it is rendered with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sites import SAMPLE

from builder.content.discover import SourceFile, find_content, read_sources
from builder.planning import plan_site
from builder.rendering.articles import render_sources
from builder.stages.options import PlanOptions

ODD = [
    "于刚说“你好",  # a quotation that does not end, a name at the beginning
    "”于是头",
    "发现-{A|软件=>zh-tw:軟物;}-软件",
    "里\x1d面\x1e的\ue000头\ue001发\ufffe与AI芯片VAPI调用",
    "",
    "<p lang='zh-TW'>軟體</p><p lang='en'>里面</p>与<code>头发</code>",
    "**头**发 & &ldquo;头发&rdquo;",
]


def test_each_source_alone_is_as_in_a_batch() -> None:
    plan = plan_site(PlanOptions(SAMPLE, Path("/nowhere")))
    sources = list(read_sources(find_content(SAMPLE), (SAMPLE / "public",)).value)
    sources += [
        SourceFile(f"content/{number}.md", str(number), f"---\noriginal: true\n{front}---\n{text}")
        for number, text in enumerate(ODD)
        for front in ("", "keep: [头发]\n", "script: zh-TW\n")
    ]
    usual = plan.settings
    replacing = tuple(replace(variant, opencc=(("zh-CN", "s2twp"),)) for variant in usual.variants)
    for settings in (usual, replace(usual, variants=replacing)):
        together = render_sources(settings, sources)
        alone = [render_sources(settings, [source])[0] for source in sources]
        for source, one, other in zip(sources, together, alone, strict=True):
            assert one == other, source.path
