"""The glossaries: the one that ships, a site's own, and how words are found."""

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.content.models import Override
from builder.variants.converter import make_converter, make_rules
from builder.variants.finder import Finder
from builder.variants.glossary import (
    Entry,
    find_words,
    load_site_glossary,
    make_glossary,
    merge_glossaries,
    shipped_glossary,
)


def words_of(toml: str) -> dict[str, tuple[str | None, ...]]:
    loaded = load_site_glossary(toml, "content/glossary.toml")
    assert loaded.diagnostics == ()
    return {entry.text: (entry.zh_cn, entry.zh_tw, entry.zh_hk) for entry in loaded.value.entries}


def test_a_site_glossary_is_written_word_by_word_or_by_variant() -> None:
    toml = """
        "软件" = "軟體"                       # a remark
        "视频" = {zh-TW = "影片", zh-HK = "短片"}
        "台州" = ""
        "軟體" = {zh-CN = "软件"}
        "网络" = {zh-CN = "网络", zh-TW = "網路"}
        [zh-TW]
        "数据" = "資料"
        [zh-HK]
        "软件" = "軟體"
        "质量" = "質素"
        ["*"]
        "老挝" = "寮國"
    """
    assert words_of(toml) == {
        "软件": (None, "軟體", "軟體"),
        "视频": (None, "影片", "短片"),
        "台州": (None, "", ""),
        "軟體": ("软件", None, None),
        "网络": (None, "網路", None),
        "数据": (None, "資料", None),
        "质量": (None, None, "質素"),
        "老挝": (None, "寮國", "寮國"),
    }


@pytest.mark.parametrize(
    ("toml", "code", "line", "column"),
    [
        ('\n软件 = "軟體"', "toml", 2, 1),
        ('"软件" = "軟體', "toml", 1, 0),
        ('"软件" = 3', "glossary-value", 1, 8),
        ('"a" = "b"\n"软件" = ["軟體"]', "glossary-value", 2, 8),
        ('[zh-TW]\n"软件" = true', "glossary-value", 2, 8),
        ('"软件" = "軟\\n體"', "glossary-value", 1, 1),
        ('"" = "軟體"', "glossary-key", 1, 1),
        ('" 软件" = "軟體"', "glossary-key", 1, 1),
        ('"软\\u0000件" = "軟體"', "control-character", 1, 1),
        (f'"{"长" * 51}" = "長"', "glossary-key", 1, 1),
        ('\n"软件" = {zh-SG = "软体"}', "glossary-variant", 2, 9),
        ('[zh-SG]\n"软件" = "软体"', "glossary-variant", 2, 1),
        ('"软件" = "軟體"\n[zh-TW]\n"软件" = "軟件"', "glossary-conflict", 3, 1),
    ],
)
def test_what_is_wrong_with_a_site_glossary_is_located(toml: str, code: str, line: int, column: int) -> None:
    [finding] = load_site_glossary(toml, "content/glossary.toml").diagnostics
    assert (finding.severity, finding.code) == ("error", code)
    assert finding.hint
    assert finding.place is not None
    assert (finding.place.path, finding.place.line) == ("content/glossary.toml", line)
    assert not column or finding.place.column == column


def test_the_hint_for_a_bare_chinese_key_says_to_quote_it() -> None:
    [finding] = load_site_glossary('软件 = "軟體"', "glossary.toml").diagnostics
    assert '"软件" = "軟體"' in finding.hint


def test_a_site_wins_over_the_shipped_glossary_word_by_word() -> None:
    site = load_site_glossary('"视频" = {zh-TW = "視訊"}\n"数据" = ""', "glossary.toml").value
    merged = merge_glossaries(shipped_glossary(), site)
    tw, hk = (make_converter("zh-CN", variant, glossary=merged) for variant in ("zh-TW", "zh-HK"))
    assert tw.text("软件视频的数据") == "軟體視訊的數據"
    assert hk.text("视频会议与视频") == "視像會議與影片"
    assert make_converter("zh-TW", "zh-CN", glossary=merged).text("視訊") == "视频"
    assert merged.digest != shipped_glossary().digest


def test_a_word_of_traditional_sources_is_for_them_alone() -> None:
    site = load_site_glossary('"幹話" = {zh-CN = "废话"}', "glossary.toml").value
    assert make_converter("zh-TW", "zh-CN", glossary=site).text("幹話") == "废话"
    assert make_converter("zh-CN", "zh-TW", glossary=site).text("幹話") == "幹話"


def test_the_digest_stands_for_the_entries() -> None:
    one, two = (make_glossary([Entry("软件", zh_tw="軟體")]) for _ in range(2))
    assert one == two
    assert hash(one) == hash(two)
    assert one != make_glossary([Entry("软件", zh_tw="軟件")])


def test_a_word_that_is_left_to_opencc_is_not_spoilt_by_a_shorter_one() -> None:
    glossary = make_glossary([Entry("数据", zh_tw="資料"), Entry("数据线", zh_tw="")])
    assert make_converter("zh-CN", "zh-TW", glossary=glossary).text("数据线与数据") == "數據線與資料"


def test_only_unambiguous_words_are_turned_back() -> None:
    glossary = make_glossary(
        [
            Entry("默认", zh_tw="預設"),
            Entry("缺省", zh_tw="預設"),
            Entry("软件", zh_tw="軟體"),
            Entry("数据", zh_tw="資料", one_way=("zh-TW",)),
            Entry("台湾", zh_tw="台灣"),
        ]
    )
    assert find_words(glossary, "zh-TW", "zh-CN") == {"軟體": "软件"}


def test_a_converted_word_is_not_converted_again() -> None:
    glossary = make_glossary([Entry("甲", zh_tw="乙"), Entry("乙", zh_tw="丙"), Entry("丙", zh_tw="甲头发")])
    assert make_converter("zh-CN", "zh-TW", glossary=glossary).text("甲乙丙") == "乙丙甲头发"


def test_a_large_glossary_is_ready_in_no_time() -> None:
    words = {chr(0x4E00 + n * 7 % 900) + chr(0x5E00 + n * 11 % 700) + "词" * (n % 3) for n in range(1600)}
    start = time.perf_counter()
    Finder(words)
    assert time.perf_counter() - start < 0.3  # about 0.01 s on an idle machine


@given(
    st.sets(st.text("软件数据库a.[]^-\\\ud812", min_size=1, max_size=4), max_size=12),
    st.text("软件数据库a.[]^-\\\ud812"),
)
def test_the_finder_finds_the_leftmost_and_longest_word(words: set[str], text: str) -> None:
    def stands(word: str, place: int) -> bool:
        """Whether a word is in the text there, and no part of a longer Latin one."""
        before, after = text[place - 1 : place] if place else "", text[place + len(word) : place + len(word) + 1]
        return (
            text.startswith(word, place)
            and not (word[0] == "a" and before == "a")
            and not (word[-1] == "a" and after == "a")
        )

    expected = []
    place = 0
    while place < len(text):
        found = max((word for word in words if stands(word, place)), key=len, default="")
        if found:
            expected.append(found)
        place += len(found) or 1
    assert Finder(words).split(text)[1::2] == expected
    assert "".join(Finder(words).split(text)) == text


def test_a_latin_word_is_none_inside_a_longer_one() -> None:
    words = [
        Entry("IT", zh_tw="資訊"),
        Entry("U盘", zh_tw="隨身碟"),
        Entry("SQL注入", zh_tw="SQL隱碼攻擊"),
        Entry("3D", zh_tw="立體"),
    ]
    converter = make_converter("zh-CN", "zh-TW", glossary=make_glossary(words))
    assert converter.text("IT业 GIT ITs MIT IT，éIT") == "資訊業 GIT ITs MIT 資訊，éIT"
    assert (
        converter.text("U盘与CPU盘、MySQL注入、SQL注入、3D 23D 3DS")
        == "隨身碟與CPU盤、MySQL注入、SQL隱碼攻擊、立體 23D 3DS"
    )
    rules = make_rules([Override("", "AI", "人工智慧")], ["Go"], "zh-TW")
    assert converter.text("AI OpenAI AI业 Go语言 Google", rules) == "人工智慧 OpenAI 人工智慧業 Go語言 Google"


def test_importing_the_floor_loads_no_opencc() -> None:
    program = "import sys, builder.variants.converter; sys.exit('opencc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_another_package_in_the_place_of_opencc_is_told() -> None:
    program = (
        "import sys, types; sys.modules['opencc'] = types.ModuleType('opencc')\n"
        "from builder.diagnostics import BuilderError\n"
        "from builder.variants.converter import make_converter\n"
        "from builder.variants.glossary import make_glossary\n"
        "try: make_converter('zh-CN', 'zh-TW', glossary=make_glossary(())).text('软件')\n"
        "except BuilderError as problem: print(problem.diagnostics[0].code)"
    )
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "opencc-shadowed"
