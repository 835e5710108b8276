"""YAML and TOML with the places of everything, what is said when they cannot be read, and the reader that checks them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builder.located import Listing, Reader, Scalar, Table, Value, decode, parse_toml, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.diagnostics import Checked, Diagnostic

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"


def plain(value: Value) -> Plain:
    """A tree without its places."""
    if isinstance(value, Scalar):
        return value.text
    if isinstance(value, Listing):
        return [plain(item) for item in value.items]
    return {key.text: plain(item) for key, item in value.entries}


def places(value: Value, name: str = "") -> dict[str, tuple[int, int]]:
    """Where each value stands, by its path; keys too, as `path!`."""
    found = {name: (value.line, value.column)}
    if isinstance(value, Listing):
        for number, item in enumerate(value.items):
            found |= places(item, f"{name}[{number}]")
    elif isinstance(value, Table):
        for key, item in value.entries:
            path = f"{name}.{key.text}".lstrip(".")
            found |= {f"{path}!": (key.line, key.column)} | places(item, path)
    return found


def plain_text(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_whole(checked: Checked[Table | None]) -> Table:
    assert checked.diagnostics == ()
    assert checked.value is not None
    return checked.value


def the_finding(checked: Checked[Table | None]) -> Diagnostic:
    (found,) = checked.diagnostics
    assert found.severity == "error"
    assert found.message
    assert found.hint
    assert "\n" not in found.message + found.hint
    return found


# -- YAML --------------------------------------------------------------------------------------------------------------

YAML = [
    ("nothing", "", {}),
    ("a comment alone", "# nothing\n\n", {}),
    ("what typing would spoil", "a: 0123\nb: on\nc: 1.10\nd: 12:30:45\ne: 2026-03-26\nf: 1e3\ng: =\nh: .inf\ni: No",
     {"a": "0123", "b": "on", "c": "1.10", "d": "12:30:45", "e": "2026-03-26", "f": "1e3", "g": "=", "h": ".inf", "i": "No"}),
    ("tags are no types", "a: !!int 07\nb: !!python/object:os.system {x: y}", {"a": "07", "b": {"x": "y"}}),
    ("quotes", "a: \"x: y\"\nb: 'it''s'\nc: \"\\u4e2d\\n\"", {"a": "x: y", "b": "it's", "c": "中\n"}),
    ("comments", "a: b # c\n# d\ne: f#g", {"a": "b", "e": "f#g"}),
    ("a block that keeps its lines", "a: |\n  x: y\n  # z\nb: c", {"a": "x: y\n# z\n", "b": "c"}),
    ("a block that is folded", "a: >-\n  一\n  二\n\n  三\nb: c", {"a": "一 二\n三", "b": "c"}),
    ("flow", "a: [b, {c: d}, [e]]\nf: {g: [h]}", {"a": ["b", {"c": "d"}, ["e"]], "f": {"g": ["h"]}}),
    ("a list not indented", "a:\n- b\n- c: d\n  e: f", {"a": ["b", {"c": "d", "e": "f"}]}),
    ("anchors", "a: &x [b]\nc: *x\nd: &y {e: *x}\nf: *y", {"a": ["b"], "c": ["b"], "d": {"e": ["b"]}, "f": {"e": ["b"]}}),
    ("an anchor given again", "a: &x b\nc: &x d\ne: *x", {"a": "b", "c": "d", "e": "d"}),
    ("no merge keys", "a: &x {b: c}\nd:\n  <<: *x", {"a": {"b": "c"}, "d": {"<<": {"b": "c"}}}),
    ("Chinese keys", "软件: 軟體\n“甲”: 乙", {"软件": "軟體", "“甲”": "乙"}),
    ("an address", "a: https://example.org/#x?y=z", {"a": "https://example.org/#x?y=z"}),
    ("line ends that are none", "a: x\u2028y\nb: \u2029\x85z", {"a": "x y", "b": "z"}),
    ("one line of braces", "{a: b}", {"a": "b"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in YAML], ids=[case[0] for case in YAML])
def test_yaml_scalars_stay_text(text: str, expected: Plain) -> None:
    assert plain(read_whole(parse_yaml(text, "a.md"))) == expected


@pytest.mark.parametrize(
    ("text", "is_null"),
    [
        ("", True),
        ("~", True),
        ("null", True),
        ("NULL", True),
        ('""', False),
        ("'~'", False),
        ("none", False),
        ("|\n", False),
    ],
)
def test_what_is_left_out_is_told_from_empty_text(text: str, *, is_null: bool) -> None:
    ((_, value),) = read_whole(parse_yaml(f"a: {text}", "a.md")).entries
    assert isinstance(value, Scalar)
    assert value.is_null is is_null


def test_yaml_places_are_those_of_the_file() -> None:
    text = "# 注释\n标题: 甲\nlist:\n  - x\n  - {k: v, 中: '文'}\nblock: |\n  a\n  b\nlast: [1,\n  2]\n"
    assert places(read_whole(parse_yaml(text, "a.md", first_line=2))) == {
        "": (3, 1),
        "标题!": (3, 1), "标题": (3, 5),
        "list!": (4, 1), "list": (5, 3),
        "list[0]": (5, 5),
        "list[1]": (6, 5),
        "list[1].k!": (6, 6), "list[1].k": (6, 9),
        "list[1].中!": (6, 12), "list[1].中": (6, 15),
        "block!": (7, 1), "block": (7, 8),
        "last!": (10, 1), "last": (10, 7), "last[0]": (10, 8), "last[1]": (11, 3),
    }  # fmt: skip


BAD_YAML = [
    ("a second colon", "title: a: b", "yaml", 2, 9, "second `: `"),
    ("a full-width colon", "title：标题\ndate: 2026-03-26", "yaml", 2, 6, "full-width"),
    ("a full-width colon, later", "title: 标题\nslug：x\ndate: 2026-03-26", "yaml", 3, 5, "full-width"),
    ("no space after the colon", "title:标题\ndate: x", "yaml", 2, 6, "no space"),
    ("no space in a hop", "a:\n  - source:某周刊\n    url: x", "yaml", 3, 11, "no space"),
    ("text", "just text", "yaml", 2, 1, "key: value"),
    ("a list at the top", "- a\n- b", "yaml", 2, 1, "key: value"),
    ("a flow list at the top", "[a, b]", "yaml", 2, 1, "key: value"),
    ("TOML", 'title = "x"\ndate = 2026-03-26', "yaml", 2, 1, "key: value"),
    ("a quotation mark left open", 'a: b\ntitle: "x\nc: d\n', "yaml", 3, 8, "quotation mark"),
    ("a quotation mark within", "title: 'it's'", "yaml", 2, 12, "in quotes"),
    ("a list left open", "tags: [a, b\ntitle: x\n", "yaml", 2, 7, "["),
    ("a mapping left open", "a: {b: c\nd: e\n", "yaml", 2, 4, "{"),
    ("a bracket too many", "a: [b]]", "yaml", 2, 7, "does not belong"),
    ("a bracket closed only", "a: ]", "yaml", 2, 4, "cannot begin"),
    ("an at sign", "a: @b", "yaml", 2, 4, "begin with @"),
    ("a percent sign", "a: %b", "yaml", 2, 4, "begin with %"),
    ("emphasis", "a: **重要**", "yaml", 2, 4, "begin with *"),
    ("an alias of nothing", "a: *b", "yaml", 2, 4, "`*b`"),
    ("a backslash", r'a: "C:\users"', "yaml", 2, 9, "double quotes"),
    ("a tab", "a:\n\tb: c", "yaml", 3, 1, "tab"),
    ("indented too far", "a: b\n  c: d", "yaml", 3, 4, "indented"),
    ("indented too little", "a:\n    b: c\n  d: e", "yaml", 4, 3, "does not belong"),
    ("a line that is no pair", "a: b\nc\nd: e", "yaml", 3, 1, "not `key: value`"),
    ("a list below a value", "a: b\n- c", "yaml", 3, 1, "does not belong"),
    ("no item among items", "a:\n- b\nc", "yaml", 4, 1, "not `key: value`"),
    ("text behind |", "a: | b\n", "yaml", 2, 4, "behind"),
    ("an end of document", "a: b\n...\nc: d", "yaml", 4, 1, "..."),
    ("a directive", "%YAML 9.9\na: b", "yaml", 2, 1, "cannot be read"),
    ("a tag of nothing", "a: !x!y z", "yaml", 2, 4, "!"),
    ("a key that is a list", "? [a, b]\n: c", "yaml", 2, 3, "a key"),
    ("itself", "a: &x [b, *x]", "yaml", 2, 11, "contains itself"),
    ("itself in a mapping", "a: &x\n  b: *x", "yaml", 3, 6, "contains itself"),
    ("5,000 brackets", "a: " + "[" * 5_000, "yaml", 2, 35, "too deeply"),
    ("100,000 braces", "a: " + "{b: " * 100_000, "yaml", 2, 128, "too deeply"),
    ("deep by indentation", "\n".join(" " * depth + "a:" for depth in range(500)), "yaml", 34, 33, "too deeply"),
    ("a key twice", "a: 1\nb: 2\na: 3", "duplicate-key", 4, 1, "first on line 2"),
    ("a key twice, deeper", "x:\n  - {a: 1, a: 2}", "duplicate-key", 3, 12, "'a'"),
    ("a control character", "a: b\x08c", "control-character", 2, 5, "U+0008"),
    ("a control character, escaped", 'a: b\nc: "x\\0y"', "control-character", 3, 4, "U+0000"),
    ("an escape", 'a: "\\e[31m"', "control-character", 2, 4, "U+001B"),
    ("half a character", "a: b\ud800", "control-character", 2, 5, "U+D800"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "said"), [case[1:] for case in BAD_YAML], ids=[case[0] for case in BAD_YAML]
)
def test_what_is_wrong_with_yaml_is_located_and_explained(
    text: str, code: str, line: int, column: int, said: str
) -> None:
    found = the_finding(parse_yaml(text, "a.md", first_line=2))
    assert found.code == code
    assert found.place is not None
    assert (found.place.path, found.place.line, found.place.column) == ("a.md", line, column)
    assert said in found.message


def test_a_key_twice_and_a_list_as_key_leave_the_rest_readable() -> None:
    checked = parse_yaml("a: 1\na: 2\n? [x]\n: 3\nb: 4", "a.md")
    assert [found.code for found in checked.diagnostics] == ["duplicate-key", "yaml"]
    assert checked.value is not None
    assert plain(checked.value) == {"a": "1", "b": "4"}


def test_aliases_do_not_grow() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    table = read_whole(parse_yaml("\n".join(lines), "a.md"))
    assert len(table.entries) == 60


JSON = st.recursive(
    st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc中-1", max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc中", min_size=1, max_size=3), JSON, max_size=4), st.sampled_from([None, 2]))
def test_json_is_read_back_and_every_place_holds_what_it_says(data: dict[str, Plain], indent: int | None) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    table = read_whole(parse_yaml(text, "a.md"))
    assert plain(table) == json.loads(json.dumps(data).replace("\\u2028", " ").replace("\\u2029", " "))
    lines = text.split("\n")
    for path, (line, column) in places(table).items():
        held = lines[line - 1][column - 1 :]
        assert held[0] in '"{['
        if path.endswith("!"):
            assert held.startswith(f'"{path[:-1].rpartition(".")[2]}":')


@given(st.text())
@example("---")  # an empty document, which the parser finds on the line behind the last
@example("a: b\n---")
def test_no_text_makes_yaml_raise(text: str) -> None:
    checked = parse_yaml(text, "a.md", first_line=2)
    assert (checked.value is None) <= bool(checked.diagnostics)
    for found in checked.diagnostics:
        assert found.hint
        assert found.place is not None
        assert 2 <= found.place.line <= plain_text(text).count("\n") + 2


@given(
    st.lists(
        st.sampled_from(
            ["a", "b: ", "\n", "  ", "- ", "[", "]", "{", "}", '"', "'", "*x", "&x ", "# ", "|", ": ", "？", "? "]
        )
    )
)
def test_no_row_of_marks_makes_yaml_raise(parts: list[str]) -> None:
    text = "".join(parts)
    for found in parse_yaml(text, "a.md").diagnostics:
        assert found.hint
        assert found.place is not None
        assert 1 <= found.place.line <= plain_text(text).count("\n") + 1


# -- TOML --------------------------------------------------------------------------------------------------------------

TOML = '''\
# 设置
title = "x" # = "y"
a.b."c d" = 1
long = """
title = "not a key"
[nor.a.table] ""quoted"""""
literal = \'\'\'\'it\'\'\'
dates = [2026-03-26, 2026-03-26T09:30:00+08:00, 2026-03-26 09:30:00, 09:30:00]
numbers = [1.10, 1_000, 0x10, 1e3, -5, inf] # 1.10 stays
inline = {x = true, "y z" = [["a"], ["b"]], deep.er = {}}
lines = [
  ["a"],
[["b"], ["c"]],
  {k = "v"}, # } ]
]
after = false

["引号"."点.号"]
z = \'\'
  [ spaced . "out" ]
  y = 1
[[hops]]
source = "甲"
[hops.more]
n = 1
[[hops.parts]]
p = 1
[[hops.parts]]
p = 2
[[hops]]
source = "乙"
[[hops.parts]]
p = 3
'''


def test_toml_values_become_text() -> None:
    assert plain(read_whole(parse_toml(TOML, "a.toml"))) == {
        "title": "x",
        "a": {"b": {"c d": "1"}},
        "long": 'title = "not a key"\n[nor.a.table] ""quoted""',
        "literal": "'it",
        "dates": ["2026-03-26", "2026-03-26T09:30:00+08:00", "2026-03-26T09:30:00", "09:30:00"],
        "numbers": ["1.10", "1000", "16", "1e3", "-5", "inf"],
        "inline": {"x": "true", "y z": [["a"], ["b"]], "deep": {"er": {}}},
        "lines": [["a"], [["b"], ["c"]], {"k": "v"}],
        "after": "false",
        "引号": {"点.号": {"z": ""}},
        "spaced": {"out": {"y": "1"}},
        "hops": [
            {"source": "甲", "more": {"n": "1"}, "parts": [{"p": "1"}, {"p": "2"}]},
            {"source": "乙", "parts": [{"p": "3"}]},
        ],
    }


def test_toml_places_are_those_of_the_file() -> None:
    found = places(read_whole(parse_toml(TOML, "a.toml", first_line=11)))
    expected = {
        "title!": (2, 1), "title": (2, 9),
        "a!": (3, 1), "a.b!": (3, 3), "a.b.c d!": (3, 5), "a.b.c d": (3, 13),
        "long!": (4, 1), "long": (4, 8),
        "literal!": (7, 1),
        "dates[1]": (8, 22), "dates[2]": (8, 49),
        "numbers[5]": (9, 40),
        "inline.x!": (10, 11), "inline.x": (10, 15), "inline.y z!": (10, 21), "inline.y z[1][0]": (10, 38),
        "inline.deep.er!": (10, 50), "inline.deep.er": (10, 55),
        "lines[0][0]": (12, 4), "lines[1]": (13, 1), "lines[1][1][0]": (13, 10), "lines[2].k!": (14, 4),
        "after!": (16, 1), "after": (16, 9),
        "引号!": (18, 2), "引号.点.号!": (18, 7), "引号.点.号.z": (19, 5),
        "spaced.out!": (20, 14), "spaced.out.y!": (21, 3),
        "hops!": (22, 3), "hops[0].source": (23, 10), "hops[0].more!": (24, 7), "hops[0].more.n!": (25, 1),
        "hops[0].parts[0].p!": (27, 1), "hops[0].parts[1].p!": (29, 1),
        "hops[1]": (30, 3), "hops[1].source!": (31, 1), "hops[1].parts[0].p!": (33, 1),
    }  # fmt: skip
    assert {path: found[path] for path in expected} == {
        path: (line + 10, col) for path, (line, col) in expected.items()
    }


BAD_TOML = [
    ("a value left out", "a = 1\nb =", "toml", 3, 4, "Invalid value"),
    ("a list left open", "a = [1,\n  2\n\n", "toml", 3, 4, "text ends here"),
    ("a string left open", 'a = "b\nc = 1', "toml", 2, 7, "cannot be read"),
    ("YAML", "title: x", "toml", 2, 6, "cannot be read"),
    ("a Chinese key", "标题 = 1", "toml", 2, 1, "cannot be read"),
    ("a Chinese table", "[sources.某周刊]", "toml", 2, 10, "cannot be read"),
    ("no such day", "a = 2026-02-30", "toml", 2, 5, "date"),
    ("a number that typing would spoil", "a = 0123", "toml", 2, 6, "cannot be read"),
    ("text without quotes", "a = 某周刊", "toml", 2, 5, "Invalid value"),
    ("a key twice", "a = 1\n  a = 2\n", "duplicate-key", 3, 3, "second time"),
    ("a table twice", "[a]\n[b]\n[a]", "duplicate-key", 4, 1, "second time"),
    ("5,000 brackets", "a = " + "[" * 5_000, "toml", 2, 0, "too deeply"),
    ("200 brackets", "a = " + "[" * 200 + "]" * 200, "toml", 2, 0, "too deeply"),
    ("5,000 dots", ".".join("a" * 5_000) + " = 1", "toml", 2, 0, "too deeply"),
    ("5,000 digits", "a = " + "9" * 5_000, "toml", 2, 0, "too long"),
    ("5,000 hexadecimal digits", "b = 1\na = 0x" + "f" * 5_000, "toml", 3, 5, "too long"),
    ("a control character", "a = 1\nb = '\x1b'", "control-character", 3, 6, "U+001B"),
    ("a control character, escaped", 'a = "\\u0007"', "control-character", 2, 5, "U+0007"),
    ("a control character in a key", '"\\u0007" = 1', "control-character", 2, 1, "U+0007"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "said"), [case[1:] for case in BAD_TOML], ids=[case[0] for case in BAD_TOML]
)
def test_what_is_wrong_with_toml_is_located(text: str, code: str, line: int, column: int, said: str) -> None:
    checked = parse_toml(text, "a.toml", first_line=2)
    found = the_finding(checked)
    assert checked.value is None
    assert found.code == code
    assert found.place is not None
    assert (found.place.path, found.place.line, found.place.column) == ("a.toml", line, column)
    assert said in found.message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("title: x", "---"),
        ("标题 = 1", "in quotes"),
        ('[sources.某周刊]\nmode = "link"', '[sources."'),
        ("a = b", '"value"'),
    ],
)
def test_the_hint_for_toml_fits_the_mistake(text: str, hint: str) -> None:
    assert hint in the_finding(parse_toml(text, "a.toml")).hint


@given(st.text())
def test_no_text_makes_toml_raise(text: str) -> None:
    for found in parse_toml(text, "a.toml").diagnostics:
        assert found.hint
        assert found.place is not None
        assert 1 <= found.place.line <= plain_text(text).count("\n") + 1


TOML_KEYS = st.sampled_from(["a", "b-1", '"c d"', "'e.f'", '"=["', "0"])
TOML_VALUES = st.recursive(
    st.sampled_from(['"x"', "'[b]'", '"""\nk = 1\n"""', "'''#'''", '"\\"="', "1", "true", "2026-03-26 09:30:00", '""']),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[ {', '.join(items)}]")
        | st.lists(inner, max_size=3).map(lambda items: "[\n" + "".join(f"  {item}, # ]\n" for item in items) + "]")
        | st.dictionaries(TOML_KEYS, inner, max_size=3).map(
            lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
        )
    ),
    max_leaves=6,
)
TOML_LINES = st.one_of(
    st.tuples(TOML_KEYS, TOML_VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    st.tuples(TOML_KEYS, TOML_KEYS, TOML_VALUES).map(lambda parts: f" {parts[0]} . {parts[1]}={parts[2]} # [x]"),
    TOML_KEYS.map(lambda key: f"[{key}]"),
    TOML_KEYS.map(lambda key: f"[[{key}]]"),
    st.tuples(TOML_KEYS, TOML_KEYS).map(lambda keys: f" [[ {keys[0]}.{keys[1]} ]]"),
)


@given(st.lists(TOML_LINES, max_size=8))
def test_every_place_in_valid_toml_holds_what_it_says(written: list[str]) -> None:
    text = "\n".join(written)
    table = parse_toml(text, "a.toml").value
    lines = text.split("\n")

    def check(value: Value) -> None:
        held = lines[value.line - 1][value.column - 1 :]
        if isinstance(value, Scalar):
            assert held[0] in ("\"'" if not value.plain else "1t2")
        for key, item in value.entries if isinstance(value, Table) else ():
            assert lines[key.line - 1][key.column - 1 :].lstrip("\"'").startswith(key.text)
            check(item)
        for item in value.items if isinstance(value, Listing) else ():
            check(item)

    if table is not None:
        check(table)


# -- bytes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [b"a\nb\nc", b"a\r\nb\r\nc", b"a\rb\rc", b"\xef\xbb\xbfa\nb\r\nc", b"\xef\xbb\xbf\xef\xbb\xbfa\rb\nc"],
    ids=["plain", "CRLF", "lone CR", "byte-order mark", "two byte-order marks"],
)
def test_line_ends_and_byte_order_marks_vanish(data: bytes) -> None:
    assert decode(data, "a.md").value == "a\nb\nc"


CHINESE = "标题：人工智能的新闻，\n第二行也是中文，还有一些字。"
BAD_BYTES = [
    ("Latin-1", "title\ncaf\xe9 au lait".encode("latin-1"), "encoding", 2, 4, "0xE9", "iconv -f CP1252"),
    ("Latin-1 after CR", b"a\rb\r\nc\xe9 d", "encoding", 3, 2, "number 7", "CP1252"),
    ("Latin-1 after a mark", b"\xef\xbb\xbfab\xe9 d", "encoding", 1, 3, "0xE9", "CP1252"),
    ("GB18030", ("title: " + CHINESE).encode("gb18030"), "encoding", 1, 8, "0xB1", "iconv -f GB18030"),
    ("Big5", "標題：人工智慧的新聞，\n第二行也是中文，還有一些字。".encode("big5"), "encoding", 1, 1, "0xBC", "iconv -f BIG5"),
    ("UTF-16", CHINESE.encode("utf-16"), "encoding", 1, 1, "0xFF", "iconv -f UTF-16 "),
    ("UTF-16 without a mark", "title: x\ndate: y".encode("utf-16-le"), "encoding", 1, 2, "UTF-16", "UTF-16LE"),
    ("UTF-16, the other way", "title: x".encode("utf-16-be"), "encoding", 1, 1, "UTF-16", "UTF-16BE"),
    ("one bad byte in good UTF-8", CHINESE.encode() + b"\n\n\xff x", "encoding", 4, 1, "0xFF", "type the character anew"),
    ("a character cut in two", CHINESE.encode()[:-1], "encoding", 2, 14, "0xE3", "type the character anew"),
    ("NUL", b"a\r\nb\0c", "nul", 2, 2, "NUL", "delete"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code", "line", "column", "said", "hint"),
    [case[1:] for case in BAD_BYTES],
    ids=[case[0] for case in BAD_BYTES],
)
def test_bytes_that_are_no_text_are_located(
    data: bytes, code: str, line: int, column: int, said: str, hint: str
) -> None:
    checked = decode(data, "content/a b.md")
    assert checked.value is None
    (found,) = checked.diagnostics
    assert found.code == code
    assert found.place is not None
    assert (found.place.line, found.place.column) == (line, column)
    assert said in found.message
    assert hint in found.hint
    assert "iconv" not in found.hint or "'content/a b.md'" in found.hint


@given(
    st.binary() | st.text().map(str.encode) | st.text("中文abc\n", min_size=4).map(lambda text: text.encode("gb18030"))
)
def test_no_bytes_make_decoding_raise(data: bytes) -> None:
    checked = decode(data, "a.md")
    assert (checked.value is None) == bool(checked.diagnostics)
    assert all(found.hint and found.place and found.place.line and found.place.column for found in checked.diagnostics)


# -- the reader --------------------------------------------------------------------------------------------------------


def reader(text: str) -> Reader:
    return Reader(read_whole(parse_yaml(text, "a.md", first_line=2)), "a.md", "box")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("true", True),
        ("Yes", True),
        ("on", True),
        ('"true"', True),
        ("false", False),
        ("NO", False),
        ("off", False),
        ("", False),
    ],
)
def test_switches(written: str, *, expected: bool) -> None:
    box = reader(f"a: {written}")
    assert box.switch("a") is expected
    assert box.switch("b", default=True) is True
    assert box.found == []


def test_what_is_left_out_reads_as_missing() -> None:
    box = reader("a: ~\nb:\nc: null\nd: ''\ne: [x, ~, '', x, ' y ']\nf: []\ng: z")
    assert [box.text(key, "default") for key in "abcd"] == ["default", "default", "default", ""]
    assert box.texts("e") == ("x", "y")
    assert box.texts("f") == ()
    assert box.texts("g") == ("z",)
    assert box.sub("h") is None
    assert box.number("i", 40, least=1, most=50) == 40
    box.finish()
    assert box.found == []


WRONG: list[tuple[str, Callable[[Reader], object], int, str, str]] = [
    ("a: [x]", lambda box: box.text("a"), 4, "'box.a' takes one value, not a list", "give one value"),
    ("a: [x, y]", lambda box: box.text("a"), 4, "'box.a' takes one value, not a list", "without the brackets"),
    ("a: {x: y}", lambda box: box.text("a"), 4, "'box.a' takes one value, not a table", "give one value"),
    ("a: maybe", lambda box: box.switch("a"), 4, "'box.a' takes true or false, not 'maybe'", "give true or false"),
    ("a: 0", lambda box: box.number("a", 1, least=1, most=9), 4, "a whole number from 1 to 9, not '0'", "give a whole"),
    ("a: 1.5", lambda box: box.number("a", 1, least=1, most=9), 4, "not '1.5'", "give a whole"),
    ("a: 99999999999", lambda box: box.number("a", 1, least=1, most=9), 4, "not '99999999999'", "give a whole"),
    ("a: exerpt", lambda box: box.choice("a", ("full", "excerpt"), ""), 4, "not 'exerpt'", "mean 'excerpt'?"),
    ("a: FULL", lambda box: box.choice("a", ("full", "excerpt"), "full"), 4, "not 'FULL'", "did you mean 'full'?"),
    ("a: x", lambda box: box.choice("a", ("full", "excerpt"), "full"), 4, "not 'x'", "give one of full, excerpt"),
    ("a: {x: y}", lambda box: box.texts("a"), 4, "'box.a' takes a list, not a table", "give a list"),
    ("a: [x, [y]]", lambda box: box.texts("a"), 8, "a list of single values", "give a list"),
    ("a: x", lambda box: box.sub("a"), 4, "'box.a' takes a table of keys, not 'x'", "give a table"),
    ("a: [x]", lambda box: box.sub("a", hint="like this"), 4, "not a list", "like this"),
    ("a: " + "长" * 500, lambda box: box.switch("a"), 4, "长…'", "give true"),
    ('a: "x\\n\\ny"', lambda box: box.switch("a"), 4, "'x y'", "give true"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "read", "column", "said", "hint"), WRONG)
def test_a_value_of_the_wrong_shape_is_said(
    text: str, read: Callable[[Reader], object], column: int, said: str, hint: str
) -> None:
    box = reader(text)
    read(box)
    box.finish()
    (found,) = box.found
    assert (found.severity, found.code, str(found.place)) == ("error", "wrong-value", f"a.md:2:{column}")
    assert said in found.message
    assert len(found.message) < 150
    assert hint in found.hint


def test_unknown_keys_are_warnings_with_the_nearest_known_key() -> None:
    box = reader("title: x\nTitel: y\nbaseUrl: z\nqqq: w\nelse: v\n? ''\n: u")
    box.text("title")
    box.text("base_url")
    box.finish({"else": "other: {else: …}"})
    assert [(found.severity, found.code, str(found.place), found.message, found.hint) for found in box.found] == [
        ("warning", "unknown-key", "a.md:3:1", "unknown key 'box.Titel'", "did you mean 'title'?"),
        ("warning", "unknown-key", "a.md:4:1", "unknown key 'box.baseUrl'", "did you mean 'base_url'?"),
        ("warning", "unknown-key", "a.md:5:1", "unknown key 'box.qqq'", "the keys here are: title, base_url"),
        ("warning", "unknown-key", "a.md:6:1", "unknown key 'box.else'", "it stands under another: other: {else: …}"),
        ("warning", "unknown-key", "a.md:7:3", "unknown key 'box.'", "the keys here are: title, base_url"),
    ]


def test_a_sub_reader_reports_to_the_one_above() -> None:
    box = reader("in: {ner: [x]}\nin2: 1")
    inner = box.sub("in")
    assert inner is not None
    inner.text("ner")
    inner.finish()
    assert [found.message for found in box.found] == ["'box.in.ner' takes one value, not a list"]
