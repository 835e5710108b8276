"""Source files → articles: the front matter by its schema, every mistake located, titles and kinds where nothing is said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import findings, parse, read, whole
from reading import settings as used_settings

from builder.content.front_matter import split_front_matter, title_from_name
from builder.content.models import Cover, Hop, Override, Provenance, Withdrawal

EVERYTHING = """\
---
id: sora-shutdown
kind: article
title: OpenAI  退出视频生成领域
date: 2026-03-26T09:30:00+08:00
updated: 2026-03-27
slug: sora-shutdown
category: " progress / video/"
tags: [OpenAI, Sora, OpenAI, '']
summary: |
  一句话
  摘要
cover: {src: sora.jpg, alt: 截图, credit: Sora 官方账号}
script: zh-TW
draft: yes
issue: 0012
comment: |
  编者按：*好*
  第二行
aliases: [/news/progress/38867.html, /旧/, /news/progress/38867.html]
attribution:
  - {source: 澎湃新闻, author: 秦盛, translator: 译者, title: 原题, url: "https://www.thepaper.cn/1", date: 2026年3月25日}
  - source: 爱科学
    url: https://www.iikx.com/news/progress/38867.html
    archived: https://web.archive.org/web/2026/https://www.iikx.com/
imported: {from: "https://a.org/x", at: 2026-03-26T09:00:00+08:00, sha256: "00ff"}
convert:
  软件: 軟體
  zh-TW: {视频: 影片}
  zh-CN: {影片: 视频}
keep: [秦盛, 余承东]
---
# 第一节

正文
"""


def test_every_key_is_read() -> None:
    checked = parse(EVERYTHING)
    assert checked.diagnostics == ()
    article = checked.value
    assert article is not None
    assert (article.id, article.kind, article.slug) == ("sora-shutdown", "article", "sora-shutdown")
    assert article.title == "OpenAI 退出视频生成领域"
    assert article.updated is not None
    assert article.updated.moment.isoformat() == "2026-03-27T00:00:00+08:00"
    assert article.category == "progress/video"
    assert article.tags == ("OpenAI", "Sora")
    assert article.summary == "一句话 摘要"
    assert article.cover == Cover("sora.jpg", "截图", "Sora 官方账号")
    assert (article.script, article.draft, article.issue) == ("zh-TW", True, "0012")
    assert article.comment == "编者按：*好*\n第二行"
    assert article.aliases == ("/news/progress/38867.html", "/旧/")
    origin, copy = article.attribution
    assert (origin.source, origin.author, origin.translator, origin.title) == ("澎湃新闻", "秦盛", "译者", "原题")
    assert origin.date is not None
    assert copy == Hop(
        "爱科学",
        url="https://www.iikx.com/news/progress/38867.html",
        archived="https://web.archive.org/web/2026/https://www.iikx.com/",
    )
    assert not article.original
    taken = ("https://a.org/x", "2026-03-26T09:00:00+08:00", "00ff")
    assert article.imported == Provenance(*taken, sha256_now=article.imported.sha256_now if article.imported else "")
    assert article.overrides == (
        Override("", "软件", "軟體"), Override("zh-TW", "视频", "影片"), Override("zh-CN", "影片", "视频"),
    )  # fmt: skip
    assert article.keep == ("秦盛", "余承东")
    assert (article.body, article.body_line) == ("# 第一节\n\n正文\n", EVERYTHING.split("\n").index("# 第一节") + 1)
    assert str(article.place("tags")) == "content/articles/a.md:9:7"
    assert str(article.place("nothing")) == "content/articles/a.md"


def test_toml_is_read_as_yaml_is() -> None:
    text = """\
+++
title = "标题"
date = 2026-03-26T09:30:00+08:00
updated = 2026-03-27
draft = true
issue = 12
tags = ["a", "b"]
[[attribution]]
source = "甲"
url = "https://a.org"
[[attribution]]
source = "乙"
url = "htps://b.org"
[rights]
mode = "excerpt"
+++
正文
"""
    checked = parse(text)
    assert [(found.code, str(found.place)) for found in checked.diagnostics] == [
        ("attribution-url", "content/articles/a.md:13:7")
    ]
    article = checked.value
    assert article is not None
    assert article.date is not None
    assert article.date.moment.isoformat() == "2026-03-26T09:30:00+08:00"
    assert article.updated is not None
    assert not article.updated.has_time
    assert (article.draft, article.issue, article.tags) == (True, "12", ("a", "b"))
    assert [hop.source for hop in article.attribution] == ["甲", "乙"]
    assert article.rights.mode == "excerpt"
    assert (article.body, article.body_line) == ("正文\n", 17)


def test_little_is_needed() -> None:
    article = read("", "正文", name="articles/2026/新闻")
    assert (article.id, article.url_path, article.slug) == ("articles/2026/新闻", "articles/2026/新闻", "新闻")
    assert (article.title, article.kind, article.script) == ("", "article", "zh-CN")
    assert (article.category, article.tags, article.summary, article.comment, article.issue) == ("", (), "", "", "")
    assert (article.cover, article.withdrawn, article.imported, article.date) == (None, None, None, None)
    assert not article.draft


# -- where the front matter ends ---------------------------------------------------------------------------------------

SPLITS = [
    ("nothing", "", "", "", 1, "", 1),
    ("no front matter", "正文\n---\n后文", "", "", 1, "正文\n---\n后文", 1),
    ("YAML", "---\na: b\n---\n正文\n", "yaml", "a: b\n", 2, "正文\n", 4),
    ("TOML", "+++\na = 1\n+++\n正文", "toml", "a = 1\n", 2, "正文", 4),
    ("blank lines before", "\n \t\n---\na: b\n---\nx", "yaml", "a: b\n", 4, "x", 6),
    ("spaces after", "---  \na: b\n--- \nx", "yaml", "a: b\n", 2, "x", 4),
    ("an empty one", "---\n---\nx", "yaml", "", 2, "x", 3),
    ("nothing else", "---\na: b\n---", "yaml", "a: b\n", 2, "", 3),
    ("a rule in the body", "---\na: b\n---\nx\n\n---\n\ny", "yaml", "a: b\n", 2, "x\n\n---\n\ny", 4),
    ("a rule of the other kind", "---\na: |\n  x\n+++\n---\ny", "yaml", "a: |\n  x\n+++\n", 2, "y", 6),
    ("longer lines are rules", "----\na: b\n----\n", "", "", 1, "----\na: b\n----\n", 1),
    ("indented lines are text", " ---\na: b\n---\n", "", "", 1, " ---\na: b\n---\n", 1),
    ("indented in a block", "---\na: |\n  ---\n  x\n---\ny", "yaml", "a: |\n  ---\n  x\n", 2, "y", 6),
    ("one rule and no more", "---", "", "", 1, "---", 1),
]


@pytest.mark.parametrize(
    ("text", "syntax", "front", "front_line", "body", "body_line"),
    [case[1:] for case in SPLITS],
    ids=[c[0] for c in SPLITS],
)
def test_the_front_matter_is_told_from_the_body(
    text: str, syntax: str, front: str, front_line: int, body: str, body_line: int
) -> None:
    split = split_front_matter(text, "a.md").value
    assert split is not None
    assert (split.syntax, split.front, split.front_line) == (syntax, front, front_line)
    assert (split.body, split.body_line) == (body, body_line)


@pytest.mark.parametrize(
    ("text", "place"),
    [("---\ntitle: x\n\n正文\n", "1:1"), ("\n\n+++\ntitle = 1\n", "3:1"), ("---\n", "1:1"), ("---\na\n----\n", "1:1")],
)
def test_a_front_matter_that_does_not_end_is_an_error(text: str, place: str) -> None:
    checked = parse(text)
    assert checked.value is None
    (found,) = checked.diagnostics
    assert (found.severity, found.code, str(found.place)) == (
        "error",
        "front-matter-open",
        f"content/articles/a.md:{place}",
    )
    assert "***" in found.hint


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("---\ntitle: a: b\n---\n", "yaml", "2:9"),
        ("\n---\ntitle: x\ntags: [a\n---\n", "yaml", "4:7"),
        ("---\ntitle: x\ntitle: y\n---\n", "duplicate-key", "3:1"),
        ("+++\ntitle = x\n+++\n", "toml", "2:9"),
        ("\n+++\na = 1\ntags = [1\n+++\n", "toml", "4:10"),
        ("+++\na = 1\na = 2\n+++\n", "duplicate-key", "3:1"),
        ('---\ntitle: "\\x07"\n---\n', "control-character", "2:8"),
        ("---\n- a\n---\n", "yaml", "2:1"),
    ],
)
def test_a_front_matter_that_cannot_be_read_is_located_in_the_file(text: str, code: str, place: str) -> None:
    found = next(item for item in parse(text).diagnostics if item.code != "attribution-missing")
    assert (found.severity, found.code, str(found.place)) == ("error", code, f"content/articles/a.md:{place}")


# -- names and kinds ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stem", "title"),
    [
        ("196-新显示器", "新显示器"), ("2026-03-26-新显示器", "新显示器"), ("20260326_x", "x"), ("2026-3-6 x", "x"),
        ("01. 开始", "开始"), ("3、开始", "开始"), ("38867-foo-bar", "foo-bar"), ("3d-printing", "3d-printing"),
        ("5G时代", "5G时代"), ("7.1 发布", "7.1 发布"), ("2026-review", "2026-review"), ("1984", "1984"),
        ("2026年总结", "2026年总结"), ("2026-03-26", "2026-03-26"), ("196", "196"), ("新-显示器", "新-显示器"),
    ],
)  # fmt: skip
def test_the_title_from_a_file_name(stem: str, title: str) -> None:
    assert title_from_name(stem) == title


@pytest.mark.parametrize(
    ("name", "front", "kind"),
    [
        ("articles/a", "", "article"), ("issues/1", "", "issue"), ("pages/about", "", "page"), ("pages/deep/er", "", "page"),
        ("anything/pages/a", "", "article"), ("pages", "", "article"), ("a", "", "article"),
        ("pages/a", "kind: article", "article"), ("a", "kind: page", "page"),
    ],
)  # fmt: skip
def test_the_kind_follows_from_the_folder_or_the_key(name: str, front: str, kind: str) -> None:
    assert read(front, name=name).kind == kind


# -- attribution -------------------------------------------------------------------------------------------------------


def test_one_hop_may_be_a_mapping() -> None:
    assert read("attribution: {source: 科学网, author: ~}").attribution == (Hop("科学网"),)


@pytest.mark.parametrize(("declared", "severity"), [(True, "error"), (False, "warning")])
def test_an_article_says_where_it_comes_from(*, declared: bool, severity: str) -> None:
    (found,) = parse("# 标题\n", used=used_settings(declared=declared)).diagnostics
    assert (found.severity, found.code, str(found.place)) == (
        severity,
        "attribution-missing",
        "content/articles/a.md:1",
    )
    assert "original: true" in found.hint


@pytest.mark.parametrize("name", ["pages/about", "issues/1"])
def test_pages_and_issues_are_the_sites_own(name: str) -> None:
    assert parse("# 标题\n", name).diagnostics == ()


# -- mistakes ----------------------------------------------------------------------------------------------------------

BAD = [
    ("a kind that there is not", "kind: artikel", "wrong-value", "2:7", "did you mean 'article'?"),
    ("a script that there is not", "script: zh_TW", "wrong-value", "2:9", "did you mean 'zh-TW'?"),
    ("a title that is a list", "title: [甲]", "wrong-value", "2:8", "one value"),
    ("a draft of maybe", "draft: maybe", "wrong-value", "2:8", "true or false"),
    ("an id with spaces", "id: a b", "id", "2:5", "one word"),
    ("an id that is empty", 'id: ""', "id", "2:5", "one word"),
    ("tags that are a mapping", "tags: {a: b}", "wrong-value", "2:7", "a list"),
    ("a tag that is a list", "tags: [a, [b]]", "wrong-value", "2:11", "a list"),
    ("a cover without a picture", "cover: {alt: 图}", "cover", "2:8", "src"),
    ("a cover that is empty", 'cover: ""', "cover", "2:8", "src"),
    ("a cover that is a list", "cover: [a.jpg]", "wrong-value", "2:8", "src"),
    ("an alias without a slash", "aliases: [news/1.html]", "alias", "2:11", "/news/"),
    ("an alias on another site", "aliases:\n- https://a.org/1", "alias", "3:3", "this site"),
    ("an alias that is another host", "aliases: //a.org/1", "alias", "2:10", "this site"),
    ("an alias out of the site", "aliases: /a/../../b", "alias", "2:10", "this site"),
    ("an alias out of the site, encoded", "aliases: /a/%2e%2e/b", "alias", "2:10", "this site"),
    ("an alias with a query", "aliases: /a?id=1", "alias", "2:10", "without ?"),
    ("an alias with a backslash", r"aliases: /a\b", "alias", "2:10", "this site"),
    ("an alias at the home page", "aliases: /", "alias", "2:10", "home"),
    ("an attribution that is a text", "attribution: 科学网", "wrong-value", "2:14", "attribution: {source:"),
    ("an attribution of texts", "attribution:\n  - 科学网", "wrong-value", "3:5", "attribution: {source:"),
    ("an attribution of lists", "attribution: [[a]]", "wrong-value", "2:15", "attribution: {source:"),
    ("an attribution of nothing", "attribution: []", "attribution-source", "2:14", "name the source"),
    ("an empty hop", "attribution: {}", "attribution-source", "2:14", "who published it"),
    ("a hop as `new` writes it", "attribution:\n  - {source: , author: , url: }", "attribution-source", "3:5", "who published"),
    ("a hop without its source", "attribution: {author: 甲}", "attribution-source", "2:14", "who published it"),
    ("two authors in a list", "attribution: {source: 甲, author: [乙, 丙]}", "wrong-value", "2:34", "as one text"),
    ("an address, misspelt", "attribution: {source: 甲, url: htps://a.org}", "attribution-url", "2:31", "https://"),
    ("an address without its host", "attribution:\n- source: 甲\n  url: https:///x", "attribution-url", "4:8", "https://"),
    ("an address with spaces", "attribution: {source: 甲, archived: https://a.org/a b}", "attribution-url", "2:36", "leave"),
    ("an address with a bad port", 'attribution: {source: 甲, url: "https://a.org:x/"}', "attribution-url", "2:31", "https://"),
    ("a withdrawal that is a switch", "withdrawn: true", "wrong-value", "2:12", "reason: 应作者要求"),
    ("a withdrawal without a reason", "withdrawn: {date: 2026-04-01}", "withdrawn", "2:12", "reason"),
    ("a withdrawal without a date", "withdrawn:\n  reason: 应作者要求", "withdrawn", "3:3", "date"),
    ("a withdrawal on no day", "withdrawn: {date: 2026-04-31, reason: 原因}", "date", "2:19", "2026-03-26"),
    ("imported as a text", "imported: https://a.org", "wrong-value", "2:11", "wenzhai import"),
    ("a conversion to nothing", "convert: {甲: 乙, 软件: }", "convert", "2:17", "软件: 軟體"),
    ("a conversion of nothing", "convert: {'': 乙}", "convert", "2:11", "软件: 軟體"),
    ("a conversion to a list", "convert: {软件: [軟體, 軟件]}", "wrong-value", "2:15", "one text"),
    ("a conversion for a variant, alone", "convert: {zh-TW: 影片}", "wrong-value", "2:18", "zh-TW: {视频: 影片}"),
    ("conversions that are a list", "convert: [软件]", "wrong-value", "2:10", "convert: {软件: 軟體}"),
    ("kept words that are a mapping", "keep: {a: b}", "wrong-value", "2:7", "a list"),
    ("rights that are a text", "rights: excerpt", "wrong-value", "2:9", "mode: excerpt"),
]  # fmt: skip


@pytest.mark.parametrize(("front", "code", "place", "hint"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_mistake_is_one_error_at_its_place(front: str, code: str, place: str, hint: str) -> None:
    (found,) = findings(front)
    assert (found.severity, found.code, str(found.place)) == ("error", code, f"content/articles/a.md:{place}")
    assert found.message
    assert "\n" not in found.message
    assert hint in found.hint


WARNED = [
    ("a key, misspelt", "titel: x", "unknown-key", "2:1", "did you mean 'title'?"),
    ("another generator's key", "categories: x", "unknown-key", "2:1", "did you mean 'category'?"),
    ("a key of a hop", "author: 甲", "unknown-key", "2:1", "attribution: {author: …}"),
    ("a key of the rights", "license: MIT", "unknown-key", "2:1", "rights: {license: …}"),
    ("a key nobody knows", "qqq: x", "unknown-key", "2:1", "the keys here are: kind,"),
    ("a key of a hop, misspelt", "attribution: {source: 甲, auther: 乙}", "unknown-key", "2:26", "did you mean 'author'?"),
    ("a key of the cover", "cover: {src: a.png, caption: x}", "unknown-key", "2:21", "src, alt, credit"),
    ("a key of the withdrawal", "withdrawn: {date: 2026-04-01, reason: x, by: y}", "unknown-key", "2:42", "date, reason"),
    ("a key of the import", "imported: {form: x}", "unknown-key", "2:12", "did you mean 'from'?"),
    ("a merge key", "x: &x {a: b}\n<<: *x", "unknown-key", "2:1", "the keys here are"),
    ("tags with commas", "tags: OpenAI, Sora", "tag-commas", "2:7", "[OpenAI, Sora]"),
    ("tags with full-width commas", "tags: [OpenAI，Sora、视频, x]", "tag-commas", "2:8", "[OpenAI, Sora, 视频]"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("front", "code", "place", "hint"), [case[1:] for case in WARNED], ids=[case[0] for case in WARNED]
)
def test_what_is_odd_is_a_warning(front: str, code: str, place: str, hint: str) -> None:
    checked = parse(whole(front))
    assert checked.value is not None
    found = checked.diagnostics[0]
    assert (found.severity, found.code, str(found.place)) == ("warning", code, f"content/articles/a.md:{place}")
    assert hint in found.hint


def test_a_tag_in_quotes_may_hold_a_comma() -> None:
    assert read('tags: ["a, b", c]').tags == ("a, b", "c")


def test_all_mistakes_are_said_at_once() -> None:
    found = findings(
        "id: a b\nkind: x\ndate: x\nfoo: x\nattribution: [{source: 甲, url: x}, {author: 乙}]\naliases: [x, y]"
    )
    assert sorted(item.code for item in found) == [
        "alias", "alias", "attribution-source", "attribution-url", "date", "id", "unknown-key", "wrong-value",
    ]  # fmt: skip


def test_what_is_wrong_is_read_as_missing_and_the_rest_stays() -> None:
    article = parse(whole("title: 甲\ndate: x\ncover: []\naliases: [x, /y]\nconvert: {a: , 软件: 軟體}")).value
    assert article is not None
    assert (article.title, article.date, article.cover, article.aliases) == ("甲", None, None, ("/y",))
    assert article.overrides == (Override("", "软件", "軟體"),)


def test_a_withdrawal_is_read() -> None:
    article = read("withdrawn: {date: 2026-04-01, reason: 应作者要求}")
    assert isinstance(article.withdrawn, Withdrawal)
    assert (article.withdrawn.date.moment.day, article.withdrawn.reason) == (1, "应作者要求")


@pytest.mark.parametrize("cover", ["a.png", "{src: a.png}"])
def test_a_cover_may_be_its_path(cover: str) -> None:
    assert read(f"cover: {cover}").cover == Cover("a.png")


# -- whatever is written -----------------------------------------------------------------------------------------------

KEYS = """id kind title date updated slug category tags summary cover script draft issue comment aliases attribution original
    rights withdrawn imported convert keep source author url src mode license notices permission zh-TW reason from x"""
VALUES = st.recursive(
    st.sampled_from(
        [
            "x",
            "''",
            "~",
            "true",
            "2026-03-26",
            "/a",
            "https://a.org",
            "[a",
            '"\\0"',
            "*a",
            "&a b",
            "a: b",
            "zh-TW",
            "：",
            "|",
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=3).map(
            lambda table: "{" + ", ".join(f"{key}: {value}" for key, value in table.items()) + "}"
        )
    ),
    max_leaves=4,
)
FRONTS = st.lists(st.tuples(st.sampled_from(KEYS.split()), VALUES).map(": ".join), max_size=6).map("\n".join)
BODIES = st.text() | st.lists(
    st.sampled_from(["# ", "a", "\n", "```", "*", "_", "[", "](", ")", "<", ">", "&", "\\", "---", " "])
).map("".join)
TEXTS = st.one_of(
    st.text(),
    st.tuples(FRONTS, BODIES).map(lambda parts: f"---\n{parts[0]}\n---\n{parts[1]}"),
    st.tuples(
        st.sampled_from(["---\n", "+++\n", "\n---\n"]), st.text(), st.sampled_from(["\n---\n", "\n+++\n", ""])
    ).map("".join),
)


@given(TEXTS, st.sampled_from(["articles/a", "pages/2026-03-26 b", "c", "issues/12"]))
@settings(max_examples=200)
def test_no_text_raises_or_hides_a_mistake(text: str, name: str) -> None:
    checked = parse(text, name)
    assert (checked.value is None) <= bool(checked.diagnostics)
    for found in checked.diagnostics:
        assert found.code
        assert found.message
        assert found.hint
        assert found.place is not None
        assert found.place.path == f"content/{name}.md"
        assert 1 <= found.place.line <= text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    if checked.value:
        assert checked.value.body.count("\n") <= text.count("\n")


@given(BODIES)
def test_a_body_is_what_it_is(body: str) -> None:
    article = parse(whole("", body)).value
    assert article is not None
    assert (article.body, article.body_line) == (body, 5)
