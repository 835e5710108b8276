"""wenzhai.toml: every key read, every mistake located, defaults where nothing is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.config import (
    Author,
    Category,
    RightsDefaults,
    SourcePolicy,
    Variant,
    Wording,
    default_config,
    is_web_address,
    load_config,
    parse_base_url,
    warn_undeclared,
)
from builder.diagnostics import BuilderError

if TYPE_CHECKING:
    from pathlib import Path

    from builder.config import SiteConfig
    from builder.diagnostics import Diagnostic


def load(folder: Path, text: str | bytes) -> tuple[SiteConfig | None, tuple[Diagnostic, ...]]:
    folder.mkdir(exist_ok=True)
    (folder / "wenzhai.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    try:
        checked = load_config(folder)
    except BuilderError as problem:
        return None, problem.diagnostics
    return checked.value, checked.diagnostics


def read(folder: Path, text: str | bytes) -> SiteConfig:
    config, found = load(folder, text)
    assert found == ()
    assert config is not None
    return config


def one(text: str, script: str = "zh-CN") -> Wording:
    return Wording(script, ((script, text),))


EVERYTHING = """\
[site]
title = {zh-CN = "科技文摘", zh-HK = "科技文摘（港）"}
base_url = "https://Example.org/digest"
tag = "tag:example.org,2026:news"
description = "说明"
timezone = "Asia/Taipei"
source_variant = "zh-TW"
author = {name = "编辑部", email = "editor@example.org", url = "https://example.org/about/"}

[variants.zh-HK]
label = "港"
path = "/zh-hk/"
quotes = true
[variants.zh-HK.opencc]
zh-CN = "s2hk"
zh-TW = "t2hk"
[variants.zh-TW]
style = {"台" = "臺", "公布" = "公佈"}

[categories.progress]
title = "科学进展"
[categories."news/progress"]
title = {zh-CN = "新", zh-TW = "新"}
[categories.bare]

[rights]
mode = "excerpt"
notices = ["甲", {zh-TW = "乙", zh-CN = "乙"}, "甲"]
require_permission = true
index_reposts = true
own_license = "cc-by-nc-4.0"
contact = "mailto:rights@example.org"

[sources."某周刊"]
url = "https://weekly.example.com/"
mode = "link"
license = "all-rights-reserved"
notices = "丙"
[sources.plain]

[feeds]
limit = 12
content = "summary"
tags = true
sources = true
archives = false
hub = "https://hub.example/"
[markdown]
html = "escape"
[theme]
name = "mine"
options = {colour = "red", wide = true}
"""


def test_every_key_is_read(tmp_path: Path) -> None:
    config = read(tmp_path, EVERYTHING)
    assert config.declared
    # The site's own script comes first; what it lacks is converted from the one that is there.
    assert config.title == Wording("zh-CN", (("zh-CN", "科技文摘"), ("zh-HK", "科技文摘（港）")))
    assert config.title.original == "科技文摘"
    assert [config.title.written_for(tag) for tag in ("zh-HK", "zh-TW")] == ["科技文摘（港）", None]
    assert (config.base_url, config.base_path) == ("https://example.org/digest/", "/digest/")
    assert config.tag == "tag:example.org,2026:news"
    assert config.description == one("说明", "zh-TW")
    assert (config.timezone, config.zone.key, config.source_variant) == ("Asia/Taipei", "Asia/Taipei", "zh-TW")
    assert config.author == Author("编辑部", "editor@example.org", "https://example.org/about/")
    assert config.variants == (
        Variant("zh-TW", "繁體（台灣）", "", quotes=False, style=(("台", "臺"), ("公布", "公佈"))),
        Variant("zh-HK", "港", "zh-hk", quotes=True, opencc=(("zh-CN", "s2hk"), ("zh-TW", "t2hk"))),
    )
    assert config.categories == (
        Category("progress", one("科学进展", "zh-TW")),
        Category("news/progress", Wording("zh-TW", (("zh-TW", "新"), ("zh-CN", "新")))),
        Category("bare", one("bare", "zh-TW")),
    )
    assert config.rights == RightsDefaults(
        mode="excerpt",
        notices=(one("甲", "zh-TW"), Wording("zh-TW", (("zh-TW", "乙"), ("zh-CN", "乙")))),
        require_permission=True,
        index_reposts=True,
        own_license="CC-BY-NC-4.0",
        contact="mailto:rights@example.org",
    )
    assert config.sources == (
        SourcePolicy("某周刊", "https://weekly.example.com/", "link", "all-rights-reserved", (one("丙", "zh-TW"),)),
        SourcePolicy("plain"),
    )
    assert (config.feed_limit, config.feed_content, config.markdown_html) == (12, "summary", "escape")
    assert (config.feed_tags, config.feed_sources, config.feed_archives) == (True, True, False)
    assert config.feed_hub == "https://hub.example/"
    assert (config.theme, config.theme_options) == ("mine", (("colour", "red"), ("wide", "true")))


def test_nothing_is_needed(tmp_path: Path) -> None:
    config = read(tmp_path / "我的文摘", "# nothing yet\n")
    assert (config.title, config.description) == (one("我的文摘"), one(""))
    assert (config.base_url, config.base_path, config.tag) == ("", "/", "")
    assert [(variant.tag, variant.path, variant.quotes) for variant in config.variants] == [
        ("zh-CN", "", False), ("zh-TW", "zh-tw", True), ("zh-HK", "zh-hk", True),
    ]  # fmt: skip
    assert config.rights == RightsDefaults()
    assert config.rights.mode == "full"
    assert (config.feed_limit, config.feed_content, config.markdown_html, config.theme) == (
        40,
        "full",
        "sanitize",
        "default",
    )


def test_a_folder_without_settings_claims_nothing(tmp_path: Path) -> None:
    config = load_config(tmp_path).value
    assert config == default_config(tmp_path.name)
    assert not config.declared
    (found,) = warn_undeclared(config)
    assert (found.severity, found.code, found.place) == ("warning", "base-url", None)
    assert "-b" in found.hint


def test_a_site_without_an_address_is_told_what_it_goes_without(tmp_path: Path) -> None:
    (found,) = warn_undeclared(read(tmp_path, '[site]\ntitle = "x"\n'))
    assert (found.code, str(found.place)) == ("base-url", "wenzhai.toml")
    assert warn_undeclared(read(tmp_path, '[site]\nbase_url = "https://a.org"\ntag = "tag:a.org,2026"\n')) == ()


@pytest.mark.parametrize(("mark", "line_end"), [("", "\r\n"), ("", "\r"), ("\ufeff", "\n")])
def test_line_ends_and_byte_order_marks_do_not_matter(tmp_path: Path, mark: str, line_end: str) -> None:
    assert read(tmp_path, mark + EVERYTHING.replace("\n", line_end)) == read(tmp_path, EVERYTHING)


TW = "[variants.zh-CN]\n[variants.zh-TW]\n"
BAD: list[tuple[str, str | bytes, str, str, str]] = [
    ("bad TOML", '[site]\ntitle = "x\n', "toml", "2:11", "quotes"),
    ("a bare Chinese source", '[sources.某周刊]\nmode = "link"\n', "toml", "1:10", '[sources."'),
    ("a key twice", '[site]\ntitle = "x"\ntitle = "y"\n', "duplicate-key", "3:1", "one of the two"),
    ("GB18030", '# 设置\n[site]\ntitle = "科技文摘"\n'.encode("gb18030"), "encoding", "1:3", "iconv -f GB18030"),
    ("NUL", b"[site]\n\0", "nul", "2:1", "delete"),
    ("a control character", '[site]\ntitle = "a\\u0001b"\n', "control-character", "2:9", "delete"),
    ("a table that is none", "site = 1\n", "wrong-value", "1:8", "table"),
    ("a title that is a list", '[site]\ntitle = ["x"]\n', "wrong-value", "2:9", "zh-TW"),
    ("a title that is empty", "[site]\ntitle = {}\n", "wrong-value", "2:9", "zh-TW"),
    ("a base URL without a scheme", '[site]\nbase_url = "example.org"\n', "base-url", "2:12", "https://"),
    ("a base URL with a query", '[site]\nbase_url = "https://a.org/?x"\n', "base-url", "2:12", "without ?"),
    ("an address without a tag", '\n[site]\nbase_url = "https://a.org/"\n', "site-tag", "2:2", "tag:a.org,2026"),
    ("a tag that is none", '[site]\ntag = "example.org,2026"\n', "site-tag", "2:7", "tag:example.org,2026"),
    ("a tag without a year", '[site]\ntag = "tag:example.org"\n', "site-tag", "2:7", "RFC 4151"),
    ("a time zone, misspelt", '[site]\ntimezone = "Asia/Shangai"\n', "timezone", "2:12", 'did you mean "Asia/Shanghai"'),
    ("a time zone in lower case", '[site]\ntimezone = "asia/tokio"\n', "timezone", "2:12", "Asia/Tokyo"),
    ("an offset", '[site]\ntimezone = "+08:00"\n', "timezone", "2:12", "Asia/Taipei"),
    ("a path as time zone", '[site]\ntimezone = "../../etc/passwd"\n', "timezone", "2:12", "Asia/Taipei"),
    ("a folder as time zone", '[site]\ntimezone = "Asia"\n', "timezone", "2:12", "mean"),
    ("a script that is none", '[site]\nsource_variant = "zh-cn"\n', "wrong-value", "2:18", "did you mean 'zh-CN'?"),
    ("an e-mail address that is none", '[site]\nauthor = {name = "x", email = "x at y"}\n', "email", "2:31", "@"),
    ("an author's address", '[site]\nauthor = {url = "example.org"}\n', "url", "2:17", "https://"),
    ("an author that is a text", '[site]\nauthor = "编辑部"\n', "wrong-value", "2:10", "table"),
    ("no variant", "[variants]\n", "variants", "1:2", "[variants.zh-CN]"),
    ("two default variants", "[variants.zh-CN]\n[variants.zh-TW]\n", "variant-path", "2:11", "exactly one"),
    ("one path twice", TW + 'path = "t"\n[variants.zh-HK]\npath = "/t/"', "variant-path", "4:11", "one each"),
    ("no default variant", '[variants.zh-CN]\npath = "cn"\n', "variant-path", "1:2", "root"),
    ("a path of two words", TW + 'path = "zh/tw"\n', "variant-path", "3:8", "zh-tw"),
    ("a path out of the site", TW + 'path = ".."\n', "variant-path", "3:8", "zh-tw"),
    ("no such conversion", TW + 'path = "t"\nopencc = {zh-CN = "s2twpp"}', "wrong-value", "4:19", "mean 's2twp'?"),
    ("quotes that are no switch", '[variants.zh-CN]\nquotes = "「」"\n', "wrong-value", "2:10", "true or false"),
    ("a style that changes a length", TW + 'path = "t"\nstyle = {"臺" = "台灣"}', "variant-style", "4:16", "glossary"),
    ("a style without a word", TW + 'path = "t"\nstyle = {"" = ""}', "variant-style", "4:15", "of the same length"),
    ("a style with a space", TW + 'path = "t"\nstyle = {"甲 乙" = "甲乙丙"}', "variant-style", "4:18", "of the same length"),
    ("a style that is a text", TW + 'path = "t"\nstyle = "台"', "wrong-value", "4:9", '{"臺" = "台"}'),
    ("a style that is a list", TW + 'path = "t"\nstyle = {"臺" = ["台"]}', "wrong-value", "4:16", "one value"),
    ("a category that is a text", '[categories]\nprogress = "科学进展"\n', "wrong-value", "2:12", "[categories.progress]"),
    ("a category without a name", '[categories." "]\n', "category", "1:13", "name"),
    ("a category twice", "[categories.a]\n[categories.'a/']\n", "category", "2:13", "of its own"),
    ("a mode that there is not", '[rights]\nmode = "exzerpt"\n', "wrong-value", "2:8", "did you mean 'excerpt'?"),
    ("a notice in a list in a list", '[rights]\nnotices = ["甲", ["乙"]]\n', "wrong-value", "2:17", "zh-CN"),
    ("a licence in words", '[rights]\nown_license = "署名-非商业性使用"\n', "license", "2:15", "CC-BY-NC-4.0"),
    ("a licence with spaces", '[rights]\nown_license = "CC BY-SA 4.0"\n', "license", "2:15", "did you mean CC-BY-SA-4.0?"),
    ("a contact that is none", '[rights]\ncontact = "rights@example.org"\n', "url", "2:11", "mailto:"),
    ("a source that is a text", '[sources]\n"某周刊" = "link"\n', "wrong-value", "2:9", '[sources."某周刊"]'),
    ("a source's address", '[sources.a]\nurl = "htps://a.org"\n', "url", "2:7", "https://"),
    ("a source's mode", '[sources.a]\nmode = "none"\n', "wrong-value", "2:8", "full, excerpt, link"),
    ("a source's licence", '[sources.a]\nlicense = "©"\n', "license", "2:11", "SPDX"),
    ("too few in a feed", "[feeds]\nlimit = 0\n", "wrong-value", "2:9", "1 to 500"),
    ("a hub that is none", '[feeds]\nhub = "hub.example"\n', "url", "2:7", "https://"),
    ("tags that are no switch", '[feeds]\ntags = "all"\n', "wrong-value", "2:8", "true or false"),
    ("a feed of what", '[feeds]\ncontent = "all"\n', "wrong-value", "2:11", "full, summary"),
    ("HTML how", '[markdown]\nhtml = "raw"\n', "wrong-value", "2:8", "sanitize"),
    ("a theme out of the site", '[theme]\nname = "../x"\n', "theme-missing", "2:8", "one word"),
    ("a theme without a name", '[theme]\nname = ""\n', "theme-missing", "2:8", "one word"),
    ("an option that is a list", "[theme]\noptions = {a = [1, 2]}\n", "wrong-value", "2:16", "one text"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "place", "hint"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_mistake_stops_the_build_at_its_place(
    tmp_path: Path, text: str | bytes, code: str, place: str, hint: str
) -> None:
    config, (found,) = load(tmp_path, text)
    assert config is None
    assert (found.severity, found.code, str(found.place)) == ("error", code, f"wenzhai.toml:{place}")
    assert found.message
    assert "\n" not in found.message
    assert hint in found.hint


WARNED = [
    ("a section, misspelt", '[right]\nmode = "link"\n', "unknown-key", "1:2", "did you mean 'rights'?"),
    ("a key at the top", 'title = "x"\n', "unknown-key", "1:1", "[site] title"),
    ("a key in the wrong section", '[site]\nlimit = 3\n', "unknown-key", "2:1", "the keys here are"),
    ("a key, misspelt", '[site]\nbaseurl = "https://a.org"\n', "unknown-key", "2:1", "'base_url'"),
    ("a variant that there is not", "[variants.zh-CN]\n[variants.zh-SG]\n", "unknown-key", "2:11", "zh-"),
    ("a wording for no variant", '[rights]\nnotices = [{zh-CN = "甲", en = "a"}]\n', "unknown-key", "2:26", "zh-TW"),
    ("a licence nobody knows", '[rights]\nown_license = "Proprietary"\n', "license-unknown", "2:15", "SPDX"),
    ("a licence without its version", '[sources.a]\nlicense = "CC-BY-NC"\n', "license-unknown", "2:11", "CC-BY-NC-4.0?"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "place", "hint"), [case[1:] for case in WARNED], ids=[case[0] for case in WARNED]
)
def test_what_is_odd_is_a_warning(tmp_path: Path, text: str, code: str, place: str, hint: str) -> None:
    config, (found,) = load(tmp_path, text)
    assert config is not None
    assert (found.severity, found.code, str(found.place)) == ("warning", code, f"wenzhai.toml:{place}")
    assert hint in found.hint


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    text = '[site]\ntimezone = "x"\nfoo = 1\n[rights]\nmode = "x"\n[feeds]\nlimit = "x"\n'
    _, found = load(tmp_path, text)
    assert {item.place.line for item in found if item.place} == {2, 3, 5, 7}


def test_settings_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    (tmp_path / "wenzhai.toml").mkdir()
    with pytest.raises(BuilderError) as problem:
        load_config(tmp_path)
    (found,) = problem.value.diagnostics
    assert (found.code, str(found.place)) == ("unreadable", "wenzhai.toml")
    assert found.hint


@pytest.mark.parametrize(
    ("tag", "is_one"),
    [
        ("tag:example.org,2026", True), ("tag:example.org,2026:", True), ("tag:a@b.org,2026-03", True),
        ("tag:a.org,2026-03-26:文摘", True), ("tag:,2026", False), ("tag:a.org,26", False), ("tag:a.org,２０２６", False),
        ("tag:a.org,2026:a b", False), ("https://a.org", False), ("", False),
    ],
)  # fmt: skip
def test_tags(tmp_path: Path, tag: str, *, is_one: bool) -> None:
    config, found = load(tmp_path, f'[site]\ntag = "{tag}"\n')
    assert (config is not None) is is_one
    assert all(item.code == "site-tag" for item in found)
    assert config is None or not config.tag.endswith(":")


# -- addresses ---------------------------------------------------------------------------------------------------------

GOOD_ADDRESSES = [
    "https://example.org", "http://example.org/", "https://example.org:8443/a?b=c#d", "HTTPS://EXAMPLE.ORG/",
    "https://例子.中国/新闻?题=目", "https://例子。中国/", "https://xn--fsqu00a.xn--fiqs8s/", "http://localhost:8000/", "http://127.0.0.1/",
    "http://[::1]:8000/", "https://a_b.example.org/", "https://example.org./", "https://user@example.org/",
    "https://zh.wikipedia.org/wiki/汉字_(消歧义)", "https://example.org/a%20b/'c'",
]  # fmt: skip
BAD_ADDRESSES = [
    "", " ", "example.org", "www.example.org/a", "//example.org/", "htps://example.org", "ftp://example.org/",
    "javascript:alert(1)", "mailto:a@b.org", "https://", "https:///a", "https:/example.org", "https:example.org", "https://https://example.org/",
    "https://example.org:99999/", "https://example.org:port/", "https://example.org:/", "https://exa mple.org/",
    "https://example.org/a b", "https://example.org/\na", "https://example.org/<a>", 'https://example.org/"', "https://.example.org/",
    "https://例..中国/", "https://-/", "https://a.-b/", "https://exa%6dple.org/", "https://example.org\\a",
    "https:\\\\example.org",
    "https://[::1", "https://[x]/", "https://" + "a" * 64 + ".org/", "https://" + "中" * 64 + ".org/", "https://a.org/\udcff",
    "https：//example.org", "https://example。org:x/", "https://?a", "https://#a",
]  # fmt: skip


@pytest.mark.parametrize("address", GOOD_ADDRESSES)
def test_addresses(address: str) -> None:
    assert is_web_address(address)


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_what_is_no_address(address: str) -> None:
    assert not is_web_address(address)
    checked = parse_base_url(address, None)
    assert checked.value == ""
    assert [found.code for found in checked.diagnostics] == ["base-url"]
    assert checked.diagnostics[0].hint


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("https://example.org", "https://example.org/"),
        (" https://Example.ORG:8443//a///b ", "https://example.org:8443/a/b/"),
        ("https://example.org/文摘", "https://example.org/%E6%96%87%E6%91%98/"),
        ("https://example.org/%E6%96%87%E6%91%98/", "https://example.org/%E6%96%87%E6%91%98/"),
        ("https://example.org/100%", "https://example.org/100%25/"),
        ("https://例子.中国/", "https://xn--fsqu00a.xn--fiqs8s/"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x/"),
    ],
)
def test_a_base_url_has_one_form(written: str, expected: str) -> None:
    checked = parse_base_url(written, None)
    assert (checked.value, checked.diagnostics) == (expected, ())
    assert parse_base_url(checked.value, None).value == expected


@pytest.mark.parametrize(
    "written", ["https://a.org/?", "https://a.org/x?y", "https://a.org/#x", "https://u:p@a.org/", "https://a.org/../x"]
)
def test_a_base_url_is_the_address_of_a_folder(written: str) -> None:
    if written.endswith("?"):
        assert parse_base_url(written, None).value == "https://a.org/"  # an empty query is none
    else:
        assert parse_base_url(written, None).value == ""


@given(st.text(st.characters()) | st.text("htps:/.@[]%?#中a-_ ").map(lambda text: f"https://{text}"))
def test_no_text_makes_addresses_raise(text: str) -> None:
    base_url = parse_base_url(text, None).value
    assert not base_url or (is_web_address(base_url) and base_url.isascii() and base_url.endswith("/"))
    assert parse_base_url(base_url, None).value == base_url


# -- whatever is written -----------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "site",
        "variants",
        "zh-CN",
        "rights",
        "sources",
        "title",
        "path",
        "notices",
        "mode",
        "feeds",
        "theme",
        "opencc",
        '"某"',
    ]
)
VALUES = st.recursive(
    st.sampled_from(['"x"', '""', "1", "true", "2026-03-26", '"full"', '"zh-CN"', '"https://a.org"']),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(WORDS, inner, max_size=2).map(
            lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
        )
    ),
    max_leaves=4,
)
LINES = st.one_of(
    st.tuples(WORDS, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    st.lists(WORDS, min_size=1, max_size=3).map(lambda words: f"[{'.'.join(words)}]"),
    WORDS.map(lambda word: f"[[{word}]]"),
)


@given(
    st.binary() | st.text().map(str.encode) | st.lists(LINES, max_size=8).map(lambda lines: "\n".join(lines).encode())
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_is_written_raises_but_findings(tmp_path: Path, data: bytes) -> None:
    config, found = load(tmp_path, data)
    assert config is not None or found
    for item in found:
        assert item.hint
        assert item.place is not None
        assert item.place.path == "wenzhai.toml"
        assert item.place.line
