"""A corpus of synthetic Chinese tech news in the front matter of Wenzhai, Hugo or Pelican.

Article `number` depends on the seed and the number alone, so 1,000 articles are the first of 10,000; ten a day from 2018 on.
"""

from __future__ import annotations

import json
import random
import re
import struct
import tomllib
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SEED = 7
PICTURES = 40

#: The slots of sentences and what fills them.
_SLOTS = dict(
    zip(
        "CHPENAVDLTRKOU",
        (
            *("company", "person", "product", "technology", "noun", "adjective", "verb"),
            *("adverb", "place", "time", "reason", "connect", "outcome", "unit"),
        ),
        strict=True,
    )
)
_NUMBERS = (3, 5, 7, 12, 15, 18, 24, 30, 36, 42, 60, 75, 90, 120, 300, 850)
_OPTIONS = ("--enable-tls", "max_threads", "/etc/example.conf", "HTTP/3", "ipv6.disable")
_CATEGORY_WEIGHTS = (24, 14, 20, 10, 14, 7, 5, 6)

_USUAL_NOTICE = "本文仅供学习交流之用，版权归原作者所有，请勿用于商业用途！"
_NOTICES = {
    "translated": "本文为翻译稿件，如有出入以原文为准。",
    "machine_assisted": "本文使用了机器辅助翻译。",
    "abridged": "本文经过删节。",
    "updated": "本文发布后有更新。",
    "sponsored": "本文包含赞助内容。",
    "opinion": "本文仅代表作者观点。",
}

_CODE = (
    """\
```python
def fetch(url: str, timeout: float = 3.0) -> bytes:
    \"\"\"下载一个网页，失败时重试。\"\"\"
    for attempt in range(3):
        try:
            return session.get(url, timeout=timeout).content
        except TimeoutError:
            log.warning("第 %d 次重试", attempt)
    raise RuntimeError("网络不可用")
```""",
    """\
```bash
# 升级软件包并重新启动服务
sudo apt-get update && sudo apt-get install -y example-server
systemctl restart example-server
journalctl -u example-server -n 20
```""",
    """\
```json
{
  "name": "示例程序",
  "version": "2.1.0",
  "features": ["离线", "加密"],
  "limits": {"memory": 512, "threads": 4}
}
```""",
    """\
```c
/* 检查缓冲区边界 */
if (len > sizeof(buf) - 1) {
    fprintf(stderr, "输入过长\\n");
    return -EINVAL;
}
memcpy(buf, src, len);
```""",
)


@dataclass(frozen=True, slots=True)
class Words:
    """What articles are made of. `tag_weights` are cumulative: the commonest tag is in one article of seven."""

    lists: Mapping[str, Sequence[str]]
    sentences: Sequence[str]
    titles: Sequence[str]
    tags: Sequence[str]
    tag_weights: Sequence[float]
    authors: Sequence[str]


@dataclass(frozen=True, slots=True)
class Article:
    """One article, in no generator's dialect. `notices` are keys."""

    slug: str
    title: str
    date: datetime
    author: str
    source: str
    url: str
    category: str
    tags: tuple[str, ...]
    notices: tuple[str, ...]
    body: str

    @property
    def path(self) -> str:
        """Where its source is, below the folder of all."""
        return f"{self.date:%Y-%m}/{self.slug}.md"


def write_corpus(folder: Path, count: int, dialect: str, *, seed: int = SEED) -> int:
    """Write so many articles below a folder, by month; returns their size in bytes. `dialect`: a key of `DIALECTS`."""
    total = 0
    for number in range(count):
        article = make_article(seed, number)
        data = write_source(article, dialect).encode()
        total += len(data)
        path = folder / article.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return total


def write_pictures(folder: Path) -> None:
    """Write the pictures that the articles show, `images/cover-NN.png` for them, into a folder."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    folder.mkdir(parents=True, exist_ok=True)
    width, height = 640, 360
    for number in range(PICTURES):
        rows = (b"\0" + bytes((number * 6, 120, 255 - number * 6)) * width) * height
        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        png = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
        (folder / f"cover-{number:02d}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + png)


def make_article(seed: int, number: int) -> Article:
    """One article of the corpus."""
    words, chance = _words(), random.Random(seed * 1_000_003 + number)
    date = datetime(2018, 1, 1, 8, 0) + timedelta(minutes=number * 144)
    # The order of the draws decides what the corpus is.
    return Article(
        slug=f"a{number:06d}",
        title=_fill(chance, chance.choice(words.titles)),
        date=date,
        author=chance.choice(words.authors),
        source=chance.choice(words.lists["media"][:60]),
        url=f"https://news{chance.randrange(60):02d}.example.com/{date:%Y/%m}/{chance.randrange(10**7)}.html",
        category=chance.choices(words.lists["category"], weights=_CATEGORY_WEIGHTS)[0],
        tags=tuple(
            sorted(set(chance.choices(words.tags, cum_weights=words.tag_weights, k=chance.choice((3, 4, 4, 5)))))
        ),
        notices=tuple(chance.sample(list(_NOTICES), chance.choice((0, 1, 1, 2)))),
        body=_body(chance),
    )


def write_source(article: Article, dialect: str) -> str:
    """The text of an article's source file in a generator's dialect."""
    return DIALECTS[dialect](article) + article.body


# -- dialects ----------------------------------------------------------------------------------------------------------


def _wenzhai(article: Article) -> str:
    notices = [_USUAL_NOTICE, *(_NOTICES[notice] for notice in article.notices)]
    return _lines(
        "---",
        f"id: {article.slug}",
        f"title: {_quoted(article.title)}",
        f"date: {article.date:%Y-%m-%dT%H:%M:%S}+08:00",
        f"slug: {article.slug}",
        f"category: {_quoted(article.category)}",
        f"tags: {_listed(article.tags)}",
        "attribution:",
        f"  source: {_quoted(article.source)}",
        f"  author: {_quoted(article.author)}",
        f"  url: {_quoted(article.url)}",
        "rights:",
        f"  notices: {_listed(notices)}",
        "---",
    )


def _hugo(article: Article) -> str:
    return _lines(
        "---",
        f"title: {_quoted(article.title)}",
        f"date: {article.date:%Y-%m-%dT%H:%M:%S}+08:00",
        f"author: {_quoted(article.author)}",
        f"source: {_quoted(article.source)}",
        f"original_url: {_quoted(article.url)}",
        f"categories: {_listed([article.category])}",
        f"tags: {_listed(article.tags)}",
        f"notices: [{', '.join(article.notices)}]",
        "---",
    )


def _pelican(article: Article) -> str:
    return _lines(
        f"Title: {article.title}",
        f"Date: {article.date:%Y-%m-%d %H:%M}",
        f"Slug: {article.slug}",
        f"Author: {article.author}",
        f"Source: {article.source}",
        f"Original_url: {article.url}",
        f"Category: {article.category}",
        f"Tags: {', '.join(article.tags)}",
        f"Notices: {', '.join(article.notices)}",
        "",
    )


#: The front matter of each generator.
DIALECTS: Mapping[str, Callable[[Article], str]] = {"wenzhai": _wenzhai, "hugo": _hugo, "pelican": _pelican}


def _lines(*lines: str) -> str:
    return "".join(line + "\n" for line in lines)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # JSON is YAML


def _listed(texts: Sequence[str]) -> str:
    return "[" + ", ".join(map(_quoted, texts)) + "]"


# -- texts -------------------------------------------------------------------------------------------------------------


@cache
def _words() -> Words:
    data = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
    lists = {key: value.split() for key, value in data.items() if isinstance(value, str)}
    known = sorted({*lists["tag"], *lists["technology"], *lists["product"]})
    given = ("知远", "小雨", "子墨", "思齐", "书言", "嘉木")
    return Words(
        lists=lists,
        sentences=data["sentences"],
        titles=data["titles"],
        tags=random.Random(20250101).sample(known, 200),
        tag_weights=list(accumulate(1 / (rank + 8) for rank in range(200))),
        authors=[family + name for family in "林周陈何郑苏沈韩许梁" for name in given],
    )


def _body(chance: random.Random) -> str:
    lists = _words().lists
    parts = [_paragraph(chance)]
    heads = chance.sample(lists["heading"], 3)
    shown, picture, title = (
        chance.choice(lists["product"]),
        chance.randrange(PICTURES),
        chance.choice(lists["technology"]),
    )
    parts.append(f'![{shown}示意图](/images/cover-{picture:02d}.png "{title}")')
    parts += [f"## {heads[0]}", _paragraph(chance)]
    parts.append(f"> {_sentence(chance)}\n>\n> —— {chance.choice(lists['person'])}")
    parts += [f"## {heads[1]}", _paragraph(chance, 2)]
    items = [_fill(chance, "**{N}**：{A}{P}，{O}") for _ in range(chance.choice((3, 4)))]
    parts.append("\n".join(f"- {item}" for item in items))
    kind = chance.random()
    if kind < 0.20:
        parts.append(chance.choice(_CODE))
    if 0.15 < kind < 0.35:
        rows = [
            f"| {chance.choice(lists['noun'])} | {chance.randrange(100)} | {chance.randrange(100)} |" for _ in range(3)
        ]
        parts.append("\n".join(["| 项目 | 旧版本 | 新版本 |", "| --- | ---: | ---: |", *rows]))
    parts += [f"### {heads[2]}", _paragraph(chance, 2)]
    return "\n\n".join(parts) + "\n"


def _paragraph(chance: random.Random, sentences: int = 0) -> str:
    return "".join(_sentence(chance) for _ in range(sentences or chance.choice((3, 4, 4, 5))))


def _sentence(chance: random.Random) -> str:
    words = _words()
    text = _fill(chance, chance.choice(words.sentences))
    kind = chance.random()
    if kind < 0.10:
        return text[:-1] + f"，其中**{chance.choice(words.lists['noun'])}**尤为突出。"
    if kind < 0.18:
        product = chance.choice(words.lists["product"])
        page = f"https://example.org/{chance.randrange(10**6)}/{chance.choice('abcdef')}.html"
        return text[:-1] + f"（参见[{product}的说明]({page})）。"
    if kind < 0.22:
        return text[:-1] + f"，相关选项是 `{chance.choice(_OPTIONS)}`。"
    return text


def _fill(chance: random.Random, frame: str) -> str:
    lists = _words().lists

    def word(slot: re.Match[str]) -> str:
        return str(chance.choice(_NUMBERS)) if slot[1] == "n" else chance.choice(lists[_SLOTS[slot[1]]])

    return re.sub(r"\{([A-Za-z])\}", word, frame)
