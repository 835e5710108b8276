"""A title → a source file with filled-in front matter."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from builder.config import is_web_address, load_config
from builder.content.discover import find_content
from builder.diagnostics import BuilderError, Place, error

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from builder.config import SiteConfig

_FOLDERS = {"article": "articles", "issue": "issues", "page": "pages"}
_SLUG_LENGTH = 60
#: What YAML, or a file in UTF-8, cannot hold; a terminal may pass it on all the same.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def create_source(folder: Path, kind: str, title: str, *, origin: str = "", now: datetime) -> Path:
    """Write a new source of a kind (article, issue, page) and return its path. An existing file is never written over: the
    slug gets a number. `origin` is the address that an article's text comes from: it is recorded, with the time. Raises
    `BuilderError` when it cannot be written.
    """
    title = " ".join(_UNPRINTABLE.sub("", title).split())
    if origin and (kind != "article" or not is_web_address(origin)):
        message = f"'{origin}' is not an http(s) address" if kind == "article" else f"{kind}s come from nowhere else"
        raise BuilderError(
            error("origin", message, hint="wenzhai new article '标题' --from https://example.com/1.html")
        )
    if not title:
        raise BuilderError(error("title", "a source needs a title", hint="wenzhai new article '标题'"))
    config = load_config(folder).value
    content = find_content(folder)
    target = folder / content.root / _FOLDERS[kind]
    slug = slug_of(title)
    moment = now.astimezone(config.zone).replace(microsecond=0)
    if kind == "issue":
        slug = str(_next_issue(target))
    text_of = {"article": _article, "issue": _issue, "page": _page}[kind]
    try:
        target.mkdir(parents=True, exist_ok=True)
        for number in range(1, 1000):
            name = slug if number == 1 else f"{slug}-{number}"
            path = target / f"{name}.md"
            try:
                with path.open("x", encoding="utf-8", newline="\n") as file:
                    file.write(text_of(title, name, moment, config, origin))
            except FileExistsError:
                continue
            return path
    except OSError as problem:
        place = Place(f"{content.root}/{_FOLDERS[kind]}".lstrip("/"))
        raise BuilderError(error("unwritable", f"cannot write there: {problem.strerror}", place)) from None
    raise BuilderError(error("unwritable", f"there are a thousand files called {slug}", hint="choose another title"))


def slug_of(title: str) -> str:
    """An ASCII slug: Han as pinyin, words joined by hyphens, cut at a word."""
    from pypinyin import lazy_pinyin

    words = [part for syllable in lazy_pinyin(title) for part in re.findall(r"[a-z0-9]+", syllable.lower())]
    kept: list[str] = []
    for word in words:
        if kept and len("-".join([*kept, word])) > _SLUG_LENGTH:
            break
        kept.append(word[:_SLUG_LENGTH])
    return "-".join(kept) or "untitled"


def host_of(address: str) -> str:
    """The host of an address, less `www.` and the like; "" for what is none."""
    try:
        host = (urlsplit(address).hostname or "") if is_web_address(address) else ""
    except ValueError:
        return ""
    return re.sub(r"^(?:www|m|wap|mobile)\.", "", host)


def is_on(address: str, site: str) -> bool:
    """Whether an address is on a site, or on a site below it."""
    host, wanted = host_of(address), host_of(site)
    return bool(wanted) and (host == wanted or host.endswith("." + wanted))


def _next_issue(target: Path) -> int:
    numbers = [int(path.stem) for path in target.glob("*.md") if path.stem.isdecimal()]
    return max(numbers, default=0) + 1


def _quoted(text: str) -> str:
    # A JSON string is a YAML string, whatever stands in it.
    return json.dumps(text, ensure_ascii=False)


def _article(title: str, name: str, moment: datetime, config: SiteConfig, origin: str) -> str:
    category = config.categories[0].key if config.categories else ""
    hop, imported = "source: , author: , url: ", ""
    if origin:
        # The digest of a text is for `import` to record, which takes the text itself.
        source = next((policy.name for policy in config.sources if is_on(origin, policy.url)), host_of(origin))
        hop = f"source: {_quoted(source)}, author: , url: {_quoted(origin)}"
        imported = f"imported: {{from: {_quoted(origin)}, at: {moment.isoformat()}}}\n"
    return f"""---
id: {moment:%Y%m%d}-{name}
title: {_quoted(title)}
date: {moment.isoformat()}
slug: {name}
category: {category}
tags: []
summary:
draft: true
attribution:                # 从最初的出处到最近的转载，一站一行；自己写的改为 original: true
  - {{{hop}}}
rights:
  notices: []
{imported}---

"""


def _issue(title: str, name: str, moment: datetime, _config: SiteConfig, _origin: str) -> str:
    return f"""---
id: issue-{name}
title: {_quoted(title)}
date: {moment.isoformat()}
issue: {name}
draft: true
---

"""


def _page(title: str, name: str, moment: datetime, _config: SiteConfig, _origin: str) -> str:
    return f"""---
id: page-{name}
title: {_quoted(title)}
updated: {moment:%Y-%m-%d}
---

"""
