"""Everywhere text is, and nowhere else: the trees of all variants walked side by side, on the sample site and on a nasty one.
What no variant may touch is the same byte for byte, and no text is left in the characters of another script."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import opencc
import pytest
from sites import THREE_VARIANTS, Built, build, source, write_site

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDERS = {"zh-TW": "zh-tw/", "zh-HK": "zh-hk/"}
WORD = "-{zh-cn:软件头;zh-tw:軟體頭;zh-hk:軟件頭}-"
BODY = f"""\
引言“软件”后面，[链接](https://例子.中国/软件/页面?查询=头发#内存 "软件标题")，
<span class="头发 里面" id="发布" title="内存“软件”">文</span>。

## 软件与头发 {{.类名}}

![图里的“软件”](软件.png "头发") {WORD}头发 `软件头发` <kbd>发布</kbd> <samp>里面</samp>

```python
变量 = "软件头发"  # 注释里面
```

<table class="数据"><caption>软件表</caption><tr><td lang="en">软件</td><td lang="zh-TW">軟體</td><td>数据</td></tr></table>

<figure><img src="https://例子.中国/软件.png" alt="头发"><figcaption>图注：{WORD}</figcaption></figure>

[里面](#软件与头发) 脚注[^一] <span translate="no">软件头发</span> **头**发 保留词说 <https://例子.中国/头发>

- [ ] 任务软件

::: details 展开里面
软件
:::

[^一]: 脚注里的软件，见[乙](乙.md)。
"""
FRONT = {
    "title": "软件与头发：“发布”",
    "tags": ["软件", "头发 发布", "里面"],
    "category": "软件/里面",
    "summary": "摘要里的软件。",
    "cover": {"src": "软件.png", "alt": "图里的软件", "credit": "摄影头发社"},
    "comment": "编者按：[软件](乙.md#裡面)",
    "original": None,
    "attribution": [
        {
            "source": "头发周刊",
            "author": "余软件",
            "translator": "范里面",
            "title": "软件的原题",
            "url": "https://例子.中国/软件",
        },
        {"source": "发布网", "archived": "https://example.com/头发", "date": "2024-03-01"},
    ],
    "rights": {
        "holder": "里面公司",
        "license": "CC-BY-4.0",
        "notices": ["声明：软件"],
        "signoff": "转自[软件](https://例子.中国/里面)",
    },
    "keep": ["保留词说"],
    "aliases": ["/旧/软件.html"],
    "slug": "软件-头发",
}
TAIWAN = "軟體與頭髮。「發佈」`軟體` [甲](甲.md#软件与头发) 網路裡面的資料庫。\n\n## 裡面\n"
NASTY = f"""\
-- content/articles/甲.md --
{source(BODY, **FRONT)}
-- content/articles/乙.md --
{source(TAIWAN, title="臺灣的軟體", script="zh-TW", tags=["軟體"], category="软件/里面", rights={"notices": [{"zh-CN": "软件"}]})}
-- content/pages/关于.md --
{source("关于软件。", title="关于里面", date=None)}
-- content/issues/1.md --
{source("本期软件", title="第一期：软件")}
-- content/articles/软件.png --
not a picture
"""
SETTINGS = THREE_VARIANTS.replace(
    'title = "科技文摘"',
    'title = "软件文摘"\ndescription = "里面的软件"\nauthor = {name = "软件编辑部", url = "https://例子.中国/里面"}',
)


@pytest.fixture(scope="module", params=["sample", "nasty"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    if request.param == "sample":
        found = request.getfixturevalue("sample")
        assert isinstance(found, Built)
        return found
    return build(write_site(tmp_path_factory.mktemp("nasty") / "site", NASTY, SETTINGS))


def pairs(built: Built, suffix: str) -> Iterator[tuple[str, str, str, str]]:
    """Each file of the default variant beside those of the others: path, variant, text, other text."""
    tree = built.read()
    for path, data in tree.items():
        if path.endswith(suffix) and not path.startswith((*FOLDERS.values(), "assets/")):
            for variant, folder in FOLDERS.items():
                if folder + path in tree:
                    yield path, variant, data.decode(), tree[folder + path].decode()


@dataclass
class Walk(HTMLParser):
    """What of a page no variant may touch, in order; `texts` are those that are in its own script."""

    base: str
    kept: list[object] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    open: list[tuple[str, str]] = field(default_factory=list)
    data: list[dict[str, object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        kept = {
            name: self.same_for_all(value)
            for name, value in attributes.items()
            if not name.startswith("data-") or name == "data-wz"
            if name not in ("alt", "title", "aria-label", "aria-current", "placeholder", "content", "lang")
        }
        if re.match(r"https?:|/", attributes.get("content", "")):
            kept["content"] = self.same_for_all(attributes["content"])
        if kept or tag not in ("b", "em", "strong", "span"):  # those may go with their text into the word before
            self.kept.append((tag, kept))
        state = self.state
        if tag in ("code", "kbd", "samp", "script", "style") or attributes.get("translate") == "no":
            state = "kept"
        elif "lang" in attributes and tag != "html" and state != "kept":
            # What is marked as another variant's is converted from that.
            state = "other" if attributes["lang"].startswith("zh") else "kept"
        if not state:
            self.texts += [
                attributes[name] for name in ("alt", "title", "aria-label", "placeholder") if name in attributes
            ]
            if attributes.get("name") == "description" or attributes.get("property", "") in (
                "og:title",
                "og:description",
            ):
                self.texts.append(attributes["content"])
        if tag not in ("meta", "link", "img", "br", "hr", "input", "source", "wbr", "col"):
            self.open.append((tag, state))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "script" and "schema.org" in data:
            self.data.append(json.loads(data))
        elif self.state == "kept":
            self.kept.append(self.same_for_all(data))  # an address may be there to be read
        else:
            (self.left if self.state else self.texts).append(data)

    @property
    def state(self) -> str:
        return self.open[-1][1] if self.open else ""

    def same_for_all(self, value: str) -> str:
        """An address less the part that names the variant."""
        return re.sub(rf"^({re.escape(self.base)}|/)zh-(?:tw|hk)/", r"\1", value)


def walk(page: str, built: Built) -> Walk:
    walking = Walk(built.plan.config.base_url)
    walking.feed(page)
    walking.close()
    return walking


def test_addresses_ids_classes_code_and_names_are_the_same_in_all_variants(built: Built) -> None:
    seen = 0
    for path, variant, page, other in pairs(built, ".html"):
        assert walk(page, built).kept == walk(other, built).kept, (path, variant)
        seen += 1
    assert seen > 20


def test_what_machines_read_is_the_same_in_all_variants(built: Built) -> None:
    worded = ("headline", "description", "inLanguage", "copyrightNotice", "keywords", "usageInfo")
    seen = 0
    for path, variant, page, other in pairs(built, ".html"):
        one, two = walk(page, built), walk(other, built)
        for mine, its in zip(one.data, two.data, strict=True):
            assert {key: one.same_for_all(json.dumps(value)) if isinstance(value, str) else value
                    for key, value in mine.items() if key not in worded} == {
                key: json.dumps(value).replace(FOLDERS[variant], "") if isinstance(value, str) else value
                for key, value in its.items() if key not in worded
            }, path  # fmt: skip
            assert its["inLanguage"] == variant
            seen += 1
    assert seen


def test_what_feeds_identify_items_by_is_the_same_in_all_variants(built: Built) -> None:
    seen = 0
    for path, variant, feed, other in pairs(built, ".xml"):
        if not path.endswith("feed.xml"):
            continue
        for mine, its in zip(ET.fromstring(feed).iter(), ET.fromstring(other).iter(), strict=True):
            assert mine.tag == its.tag
            name = mine.tag.rpartition("}")[2]
            if name in ("link", "guid", "pubDate", "creator", "url", "docs", "lastBuildDate"):
                said = (its.text or "").replace(f"/{FOLDERS[variant]}", "/").replace(f":{variant}", ":zh-CN")
                assert (mine.text or "") == said, (path, variant)
                seen += 1
    assert seen > 5


def names(built: Built) -> list[str]:
    """What is never converted, wherever it stands: people, publications, original titles, terms, kept words."""
    plan = built.plan
    found = {plan.config.author.name}
    for entry in plan.collections.everything():
        article = entry.article
        found |= {article.rights.holder, *article.keep}
        for hop in article.attribution:
            found |= {hop.source, hop.author, hop.translator, hop.title}
    return sorted(found - {""}, key=len, reverse=True)


def exempted(walking: Walk) -> set[str]:
    texts = [*walking.left, *(item for item in walking.kept if isinstance(item, str))]
    return {text.strip() for text in texts if len(text.strip()) > 1}


def of_another_script(character: str, variant: str) -> bool:
    """Whether a variant never has a character: conversion changes it, and its old national encodings lack it."""
    traditional = variant in FOLDERS
    if not "\u4e00" <= character <= "\u9fff" or CONVERT[variant].convert(character) == character:
        return False
    try:
        character.encode("big5hkscs" if traditional else "gb2312")
    except UnicodeEncodeError:
        return True
    return False


CONVERT = {tag: opencc.OpenCC(name) for tag, name in (("zh-CN", "t2s"), ("zh-TW", "s2tw"), ("zh-HK", "s2hk"))}


def test_no_text_is_left_in_another_script(built: Built) -> None:
    known = names(built)
    pattern = re.compile("|".join(map(re.escape, known)) or "(?!)")
    tree = built.read()
    # In its own script a text is what was typed.
    typed = {variant: set("") for variant in CONVERT}
    for entry in built.plan.collections.everything():
        text = (built.plan.options.folder / entry.article.path).read_text("utf-8")
        typed[entry.article.script] |= set(text)
    for variant, folder in {**FOLDERS, "zh-CN": ""}.items():
        left: dict[str, set[str]] = {}
        for path, data in tree.items():
            if not path.endswith(".html") or not path.startswith(folder) or (not folder and path.startswith("zh-")):
                continue
            walking = walk(data.decode(), built)
            worded = [value for record in walking.data for key in ("headline", "description", "copyrightNotice", "keywords")
                      for value in [record.get(key, "")]]  # fmt: skip
            text = pattern.sub("", " ".join([*walking.texts, json.dumps(worded, ensure_ascii=False)]))
            # Addresses that stand as text are addresses.
            text = re.sub(r"https?://\S+", "", text)
            wrong = {character for character in text if of_another_script(character, variant)} - typed[variant]
            if wrong:
                left[path] = wrong
        assert not left, variant


def test_feeds_hold_no_text_in_another_script(built: Built) -> None:
    # A feed's HTML has no room for `translate` and `lang`.
    known = {text for _, _, _, page in pairs(built, ".html") for text in exempted(walk(page, built))} | set(
        names(built)
    )
    pattern = re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True))))
    for path, variant, _, feed in pairs(built, "feed.xml"):
        for element in ET.fromstring(feed).iter():
            name = element.tag.rpartition("}")[2]
            if name in ("title", "description", "encoded", "category", "copyright", "rights"):
                walking = walk(f"<div>{element.text or ''}</div>", built)
                text = re.sub(r"https?://\S+", "", pattern.sub("", " ".join(walking.texts)))
                assert not {one for one in text if of_another_script(one, variant)}, (path, variant, name, text)
