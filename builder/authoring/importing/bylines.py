"""One line of a scraped text → what it says about the text: who wrote it, where it was, on what terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from builder.authoring.new import host_of
from builder.config import is_web_address
from builder.content.attribution import people_in


@dataclass(frozen=True, slots=True)
class Byline:
    """`作者：甲 来源：乙`, and what else stands on such lines; "" for what it does not say. `date` is as written."""

    author: str = ""
    translator: str = ""
    source: str = ""
    url: str = ""  # of the text there
    title: str = ""  # the original one
    date: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """`本文原地址：<url>`"""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Terms, as they are worded."""

    text: str


@dataclass(frozen=True, slots=True)
class More:
    """`更多 某类 请访问 <url>`: the category, and its page there."""

    category: str
    url: str


@dataclass(frozen=True, slots=True)
class Relay:
    """`…，[某站](url)转发`: who passed the text on, and its home; `text` is the line."""

    source: str
    home: str
    text: str


Fact = Byline | Address | Notice | More | Relay

#: The most characters of a line that is a notice (the notes of the house: longer ones are texts about terms).
LONGEST_NOTICE = 80
_LONGEST_BYLINE = 160

_NOTICE = re.compile(
    r"版[权權][^。]{0,12}[归歸][^。]{0,20}所有"
    r"|[仅僅][供限为為][^。]{0,12}(?:学习|學習|参考|參考|交流)"
    r"|[请請][勿不][^。]{0,6}用[于於]?[^。]{0,4}商[业業用]"
    r"|[转轉][载載發发][^。]{0,6}(?:[请請须須需]|[务務]必)[^。]{0,10}(?:注明|註明|标明|標明|保留|联系|聯[繫系])"
    r"|[请請]注明[^。]{0,6}(?:出处|出處|来源|來源)"
    r"|未[经經][^。]{0,16}(?:授[权權]|[许許]可|允[许許]|同意)[^。]{0,12}(?:不得|禁止|[请請]勿|[严嚴]禁)"
    r"|(?:禁止|[严嚴]禁|[谢謝][绝絕]|不得)[^。]{0,6}[转轉][载載]"
    r"|All rights reserved",
    re.IGNORECASE,
)
_COMMERCE = re.compile(r"(?:勿|不得|禁止|[严嚴]禁|非|不可|不能)[^。；;]{0,12}商[业業用]|non-?commercial", re.IGNORECASE)

_LABELS = {
    "author": "作者 文章作者 原作者 撰文 撰稿 撰文者 文 記者 记者",
    "source": (
        "来源 來源 文章来源 文章來源 稿件来源 稿件來源 信息来源 新闻来源 新聞來源 本文来源 本文來源 来源网站 稿源 "
        "出处 出處 原文出处 原文出處 转自 轉自 转载自 轉載自 本文转自 本文轉自 本文转载自 本文轉載自 本文来自 本文來自 "
        "原载 原載 首发 首發 首发于 首發於"
    ),
    "translator": "译者 譯者 翻译 翻譯 编译 編譯",
    "date": (
        "时间 時間 日期 发布时间 發布時間 發佈時間 发布日期 發佈日期 发表时间 發表時間 发表日期 "
        "发布于 發佈於 发表于 發表於 原文日期 原文时间"
    ),
    "title": "原标题 原標題 原题 原題 原文标题 原文標題",
    "other": (
        "责任编辑 責任編輯 责编 責編 编辑 編輯 校对 校對 审核 審核 "
        "阅读 閱讀 阅读量 浏览 瀏覽 点击 點擊 评论 評論 字号 分享"
    ),
}
#: Labels that a slash or a bar may follow as well: 文/某人.
_LOOSE = "作者|撰文|文|译者|譯者|翻译|翻譯|编译|編譯|来源|來源"
_LABEL = re.compile(
    r"(?:^|(?<=[\s　|｜丨·•,，;；/／(（【\[]))(?:(?P<label>"
    + "|".join(sorted({word for words in _LABELS.values() for word in words.split()}, key=len, reverse=True))
    + r")[ 　]?[:：]|(?P<loose>"
    + _LOOSE
    + r")[ 　]?[/／|｜丨][ 　]?)[ 　]*"
)
_KIND = {word: kind for kind, words in _LABELS.items() for word in words.split()}
_AROUND = " \t　|｜丨·•,，;；/／-—"
_WRAPPERS = (("（", "）"), ("(", ")"), ("【", "】"), ("[", "]"), ("*", "*"), ("_", "_"))
_LINK = re.compile(r"\[(?P<name>[^\]]*)\]\((?P<url>https?://[^)\s]+)(?:\s+\"[^\"]*\")?\)")
_URL = re.compile(r"<(?P<bracketed>https?://[^>\s]+)>|(?P<bare>https?://[^\s<>（）()，。；、]+)")
_DATE_ONLY = re.compile(
    r"(?:(?:当地|當地|北京)?(?:时间|時間))?[ 　]*(?:(?:\d{4}|民[國国][^年]{1,5}|[〇零○一二三四五六七八九]{4})\s*[-/.年])?\s*"
    r"[\d一二三四五六七八九十廿卅]{1,3}\s*[-/.月]\s*[\d一二三四五六七八九十廿卅]{1,3}\s*[日号號]?"
    r"(?:[ 　T]*(?:星期|周|週)[一二三四五六日天])?(?:[ 　T]*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
)
_HAN_NAME = re.compile(r"[\u3400-\u9fff·]{2,5}")

_ADDRESS = re.compile(
    r"(?P<label>(?:本文|原文|文章|来源|來源|原始|转载|轉載)?(?:原)?(?:地址|链接|鏈接|連結|连结|网址|網址)|阅读原文|閱讀原文|原文|via)"
    r"[ 　]*[:：]?[ 　]*(?:"
    + _LINK.pattern.replace("name", "text").replace("P<url>", "P<linked>")
    + r"|<?(?P<plain>https?://[^\s<>]+?)>?)[。.]?",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"更多[ 　]*(?P<category>[^，。！？\s][^，。！？]{0,30}?)[ 　]*"
    r"(?:请|請)?(?:访问|訪問|点击|點擊|见|見|浏览|瀏覽)[ 　]*[:：]?[ 　]*"
    r"(?:\[[^\]]*\]\((?P<linked>https?://[^)\s]+)\)|<?(?P<plain>https?://[^\s<>]+?)>?)[。.]?"
)
_PASSED_ON = r"(?:转发|轉發|转载|轉載|整理|推荐|推薦|发布|發佈|發布)[。.！!]?"
_RELAY = re.compile(r"(?:.*[，,。；;：:\s由])?\[(?P<name>[^\]]+)\]\((?P<url>https?://[^)\s]+)\)[ 　]*" + _PASSED_ON)
_PLAIN_RELAY = re.compile(r"(?:.*[，,。；;\s由])(?P<name>[^，,。；;\s]{2,30})[ 　]*(?:转发|轉發|转载|轉載)[。.！!]?")
_NO_RELAY = re.compile(
    r"勿|不得|禁止|[谢謝][绝絕]|[严嚴]禁|[欢歡]迎|授[权權]|同意|可以?$|[请請]|如需|若|需|[允许許]|微信|微博|朋友圈|自$"
)
_DOMAIN = re.compile(r"[ 　]*[(（]?(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}/?[)）]?$", re.IGNORECASE | re.ASCII)
#: What stands under 来源 where no source is known.
_NO_SOURCE = frozenset(
    {
        *("网络", "網絡", "網路", "互联网", "互聯網", "网络综合", "网络整理", "综合", "綜合", "未知", "不详", "不詳"),
        *("本站", "本站原创", "本站整理", "原创", "原創", "转载", "轉載", "无", "無"),
    }
)


def read_fact(line: str) -> Fact | None:
    """What a line says about the text that it stands with, None for a line of the text itself. Where on the page it stands
    makes a difference, and is for the caller to judge."""
    line = re.sub(r"^(\*{1,3}|_{1,3})(?=\S)(.+)(?<=\S)\1$", r"\2", line.strip())
    if found := _RELAY.fullmatch(line):
        return Relay(site_name(found["name"]), found["url"], line)
    if (found := _ADDRESS.fullmatch(line)) and is_web_address(found["linked"] or found["plain"]):
        return Address(found["linked"] or found["plain"], found["label"])
    if found := _MORE.fullmatch(line):
        return More(found["category"].strip("“”「」【】 　"), found["linked"] or found["plain"])
    if byline := _read_byline(line):
        return byline
    if is_notice(line):
        found = _PLAIN_RELAY.fullmatch(line)
        if found and not _NO_RELAY.search(found["name"]) and not _NOTICE.search(found["name"]):
            return Relay(site_name(found["name"]), "", line)
        return Notice(line)
    return None


def is_notice(line: str) -> bool:
    """Whether a line is a notice of rights: one line of at most 80 characters that words terms."""
    return len(line) <= LONGEST_NOTICE and "\n" not in line and words_terms(line)


def words_terms(text: str) -> bool:
    """Whether a text has the words of a notice in it, however long it is."""
    return _NOTICE.search(text) is not None


def forbids_commerce(text: str) -> bool:
    """Whether terms forbid commercial use."""
    return _COMMERCE.search(text) is not None


def site_name(name: str) -> str:
    """A site's name without the domain behind it (爱科学iikx.com → 爱科学)."""
    name = name.strip()
    return _DOMAIN.sub("", name).strip() or name


def is_home(address: str) -> bool:
    """Whether an address is that of a whole site, not of a text there."""
    parts = urlsplit(address)
    return parts.path in ("", "/") and not parts.query


def _read_byline(line: str) -> Byline | None:
    if len(line) > _LONGEST_BYLINE or "\n" in line:
        return None
    for opening, closing in _WRAPPERS:
        while (
            len(line) > 2
            and line.startswith(opening)
            and line.endswith(closing)
            and line.count(opening) == 1 + (opening == closing)
        ):
            line = line[1:-1].strip()
    labels = list(_LABEL.finditer(line))
    facts: dict[str, str] = {}
    # What stands before the first label may be a date, and nothing else.
    before = line[: labels[0].start()].strip(_AROUND) if labels else line
    if before:
        if not _DATE_ONLY.fullmatch(before) or not re.search(r"月|\d{4}", before):
            return None
        facts["date"] = before
    ends = [*(label.start() for label in labels[1:]), len(line)][: len(labels)]
    for label, end in zip(labels, ends, strict=True):
        kind = _KIND[label["label"] or label["loose"]]
        value = line[label.end() : end].strip(_AROUND).strip()
        if kind == "source" and (tail := re.search(r"[\s　|｜]+(" + _DATE_ONLY.pattern + r")$", value)):
            facts.setdefault("date", tail[1])
            value = value[: tail.start()].strip(_AROUND)
        if value and not _is_value(value, kind, label[0].strip()):
            return None
        facts.setdefault(kind, value)
    if not facts.keys() - {"other"}:
        return None
    source, url = _read_source(facts.get("source", ""))
    return Byline(
        author=_read_people(facts.get("author", "")),
        translator=_read_people(facts.get("translator", "")),
        source=source,
        url=url,
        title=facts.get("title", "").strip("《》"),
        date=facts.get("date", ""),
    )


def _is_value(value: str, kind: str, label: str) -> bool:
    """Whether a value can be one of its kind: names are short, and sentences are none."""
    if label.startswith(("记者", "記者")):  # an interview's question begins like this, too
        return all(_HAN_NAME.fullmatch(name) for name in re.split(r"[、,，\s]+", value))
    if kind == "title":
        return len(value) <= LONGEST_NOTICE
    shown = _URL.sub("", _LINK.sub(lambda found: found["name"], value))
    return len(shown) <= (40 if kind in ("author", "translator") else 60) and not re.search(r"[。！？!?]", shown)


def _read_people(value: str) -> str:
    value = _LINK.sub(lambda found: found["name"], value).strip("《》")
    parts = [part.strip() for part in re.split(r"[、,，;；/／&＆]|\s+(?:and|和|与|與)\s+", value) if part.strip()]
    if len(parts) == 1 and all(_HAN_NAME.fullmatch(name) for name in value.split()):
        parts = value.split()  # Chinese names have no spaces, others do
    return "、".join(people_in("、".join(parts)))


def _read_source(value: str) -> tuple[str, str]:
    """A source's name, and the address of the text there. The address of the source's home is not the text's."""
    link = _LINK.search(value)
    bare = _URL.search(value)
    url = link["url"] if link else (bare["bracketed"] or bare["bare"]) if bare else ""
    name = link["name"] if link else _URL.sub("", value)
    name = name.strip()
    for opening, closing in ("《》", "“”", "「」", "【】"):
        if name.startswith(opening) and name.endswith(closing):
            name = name[1:-1].strip()
    if name in _NO_SOURCE:
        name = ""
    elif not name and url:
        name = host_of(url)
    return site_name(name), url if name and is_web_address(url) and not is_home(url) else ""
