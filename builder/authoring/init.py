"""An empty folder → a new site."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from builder.diagnostics import BuilderError, error

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path


def create_site(folder: Path, *, now: datetime) -> tuple[Path, ...]:
    """Write a new site into a folder that is absent or empty, and return the files. Its articles are of the day that it is
    and the day before; the year goes into the tag of its feeds. Raises `BuilderError`, having written nothing, for a folder
    that is not empty.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            hint = "choose a new folder; to build a folder of Markdown as it is, run `wenzhai build` in it"
            raise BuilderError(error("not-empty", f"{folder} is not an empty folder", hint=hint))
        written = []
        for name, text in _FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(
                _fill(text, now.astimezone(ZoneInfo("Asia/Shanghai")).date()), encoding="utf-8", newline="\n"
            )
            written.append(path)
    except OSError as problem:
        raise BuilderError(error("unwritable", f"cannot write to {folder}: {problem.strerror}")) from None
    return tuple(written)


def _fill(text: str, today: date) -> str:
    # Whole days: those of today are never in the future, whatever the hour.
    filled = {
        "@YEAR@": f"{today:%Y}",
        "@TODAY@": f"{today:%Y-%m-%d}",
        "@YESTERDAY@": f"{today - timedelta(1):%Y-%m-%d}",
    }
    for mark, value in filled.items():
        text = text.replace(mark, value)
    return text


_FILES = {
    "wenzhai.toml": """\
# 站点设置。改完保存，`wenzhai serve` 的页面会自己刷新。

[site]
title = "我的文摘"
base_url = "https://example.org/"        # 站点的网址；可以带路径：https://example.org/digest/
tag = "tag:example.org,@YEAR@"            # 订阅条目标识的前缀：上线前换成自己的域名，上线后永不再改
description = "每天读到的值得一读的科技文章。"
timezone = "Asia/Shanghai"
source_variant = "zh-CN"                  # 稿件用什么写：zh-CN、zh-TW 或 zh-HK
author = {name = "编辑部"}

[variants.zh-CN]                          # 没有 path 的是默认版本，放在网站根目录
label = "简体"
[variants.zh-TW]
label = "繁體（台灣）"
path = "zh-tw"
quotes = true                             # “” 换成 「」
[variants.zh-HK]
label = "繁體（香港）"
path = "zh-hk"
quotes = true

[categories.news]                         # 栏目，按这里的顺序排列
title = "新闻"
[categories.notes]
title = "随笔"

[rights]                                  # 每篇文章的默认条款
mode = "full"                             # full 全文、excerpt 摘录、link 只给链接
notices = ["转载文章的版权归原作者所有，请勿用于商业用途。"]
index_reposts = false                     # 未经许可的全文转载不进搜索引擎
own_license = "CC-BY-NC-4.0"              # 自己写的文章（original: true）的许可
contact = "mailto:rights@example.org"

# [sources."某周刊"]                       # 某个来源的条款；与全站、文章相比，最严的一个算数
# url = "https://weekly.example.com/"
# mode = "excerpt"
""",
    "content/articles/hello.md": """\
---
id: hello
title: 第一篇：自己写的
date: @YESTERDAY@
category: notes
tags: [写作]
original: true
---

这是一篇自己写的文章，所以写明 `original: true`，按 `wenzhai.toml` 里的 `own_license` 授权。

## 常用的写法

- 链接到站内另一篇：[转载的写法](repost.md)。
- **“引号”**旁边的强调、https://example.org/，网址后面的中文，都会按预期显示。
- 代码里的 `软件` 不会转换成繁体，正文里的软件会。
""",
    "content/articles/repost.md": """\
---
id: repost
title: 第二篇：转载的写法
date: @TODAY@
category: news
tags: [写作, 署名]
summary: 转载要写明出处：谁写的、最早登在哪里、经过谁的手、按什么条款。
attribution:                               # 从最初的出处到最近的转载，一站一行；链接只写那一站自己的网址
  - {source: 示例周刊, author: 张三, url: "https://example.com/weekly/1.html"}
  - {source: 示例转载站, url: "https://example.net/repost/1.html"}
rights:
  mode: excerpt
  notices: [未经作者同意，请勿转载。]
comment: 这里写自己的话。它总是和引文分开显示。
---

这里放引用的文字。`mode: excerpt` 时，页面、订阅和搜索里只出现开头的一段，其余到原文去读；没有写进页面的部分不会出现在任何输出里。

三种方式从松到严是 `full`、`excerpt`、`link`。全站、来源、文章各说各的时候，最严的一个算数。
""",
    "content/pages/about.md": """\
---
id: about
title: 关于
---

写一写这个站是谁办的、选些什么、怎样联系。
""",
    ".gitignore": """\
/public/
/.wenzhai/
""",
}
