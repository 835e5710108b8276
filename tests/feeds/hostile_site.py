"""A site whose texts hold whatever breaks feeds, and as many articles as it takes for an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sites import THREE_VARIANTS, source, write_file

if TYPE_CHECKING:
    from pathlib import Path

NOTICE = "本文仅供学习交流之用，版权归原作者所有，请勿用于商业用途！"
NOTICE_TW = "本文僅供學習交流之用，版權歸原作者所有，請勿用於商業用途！"
#: What has to come through everywhere.
SIGNS = ("]]>", '<GCC> & "', "𠮷", "😀")
LONG_TITLE = "很长的标题" * 60

SETTINGS = (
    THREE_VARIANTS.replace("https://example.org/", "https://example.org/digest/").replace(
        'source_variant = "zh-CN"', 'source_variant = "zh-CN"\nauthor = {name = "文摘编辑部"}'
    )
    + """\
[categories.progress]
title = "科学进展"
[rights]
own_license = "CC-BY-NC-4.0"
[feeds]
limit = LIMIT
tags = true
sources = true
hub = "https://hub.example.com/"
"""
)

CHAIN = [
    {"source": "周刊里", "author": "余秋雨", "title": "原来的标题", "url": "https://weekly.example.com/中文/软件.html"},
    {"source": "爱科学", "url": "https://www.iikx.com/news/38867.html?a=1&b=2"},
]

HOSTILE_BODY = """\
CDATA 的结尾 ]]> 与 <GCC> & "引号" 和 𠮷、😀；控制符在\x0b这里\x1b那里\x85还有\ufffe。

看[软件](https://software.example.com/软件?q=网络 "软件")，看[这里](#小标题)，看[注]{.x}[^1]，看[另一篇](long.md#部分)。

看[根](/progress/)。

![图](//host.example.com/软件/a.png "图")

<img src="//host.example.com/b.png" srcset="https://host.example.com/c.png 1x, //host.example.com/d.png 2x" alt="软件">
<video poster="//host.example.com/p.png" src="//host.example.com/v.mp4" controls></video>
<script>alert("软件")</script><iframe src="https://video.example.com/embed/1" title="视频"></iframe>
<form action="/x"><input name="q"></form><p style="color: red" onclick="alert(1)">红</p><style>p { color: red }</style>

## 小标题

`软件 <T>` 是代码，余承东是人。&#1; &#x85;

```python
print("软件 ]]> <GCC> & 网络")  # 注释
```

| 表 | 格 |
|---|---|
| 软件 | 1 |

[^1]: 脚注说软件。
"""


def repost(body: str, **front: Any) -> str:
    """A repost with its chain and terms."""
    terms = {"holder": "原作者", "license": "all-rights-reserved", "notices": [NOTICE]}
    return source(body, **({"original": None, "category": "progress", "attribution": CHAIN, "rights": terms} | front))


SOURCES = {
    "articles/hostile.md": repost(
        HOSTILE_BODY,
        id="hostile",
        title=']]> <GCC> & "引号" 𠮷😀软件 &lt;b&gt;',
        date="2024-11-05T09:30:00+08:00",
        updated="2024-11-06",
        summary='简介 ]]> <GCC> & "𠮷" 😀',
        tags=["C++", '<GCC> & "', "𠮷"],
        comment="编者按 ]]> <GCC>&#27;，看[这里](#小标题)。",
        keep=["余承东"],
    ),
    "articles/long.md": repost("## 部分\n\n正文。", id="long", title=LONG_TITLE, date="2024-11-05"),
    "articles/empty.md": repost("", id="empty", title="空的正文", date="2024-11-05"),
    "articles/picture.md": repost(
        "![图](//host.example.com/path.png)",
        id="picture",
        title="只有一张图",
        date="2024-11-05",
        cover={"src": "//host.example.com/封面.png", "alt": "封面", "credit": "摄影 <甲>"},
    ),
    "articles/own.md": source("自己写的软件。", id="own", title="自己写的", date="2024-11-04", tags=["C++"]),
    "articles/gone.md": repost(
        "这一段从未公开过的文字谈到了第七号仓库里的旧机器，钥匙三年前就丢了。",
        id="gone",
        title="撤下的一篇",
        date="2024-11-03",
        withdrawn={"date": "2024-12-20", "reason": "应作者要求"},
    ),
    "articles/future.md": source("将来。", id="future", title="将来的一篇", date="2025-06-01"),
    "pages/about.md": source("关于软件。", title="关于", original=None),
    "issues/1.md": source("第一期 ]]> <GCC>\x0b。", title="第一期", date="2024-11-06", original=None),
}

#: Enough for a full archive document and one that is not.
FILLING = {
    f"articles/n{number:03}.md": source(
        f"第 {number} 篇。", id=f"n{number:03}", title=f"第 {number} 篇", date="2024-02-03"
    )
    for number in range(107)
}


def write_hostile(folder: Path, *, filled: bool = False, limit: int = 3, **changes: str | None) -> Path:
    """Write the site, `filled` with short articles or without. `changes` are other texts for its sources by their ids; None
    leaves one out."""
    for name, text in (SOURCES | FILLING if filled else SOURCES).items():
        changed = changes.get(name.rpartition("/")[2].removesuffix(".md"), text)
        if changed is not None:
            write_file(folder / "content" / name, changed)
    write_file(folder / "wenzhai.toml", SETTINGS.replace("LIMIT", str(limit)))
    return folder
