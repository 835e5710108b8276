"""The terms of an article: site, sources and front matter weighed into one."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from reading import findings, parse, read, settings, whole, wording

from builder.config import MODES, Mode, RightsDefaults, SourcePolicy, Wording
from builder.content.models import Permission
from builder.content.rights import is_open, license_url

if TYPE_CHECKING:
    from builder.content.models import Rights

CHAIN = "attribution: [{source: 甲}, {source: 乙}, {source: 丙}]\n"


def rights(front: str, used: RightsDefaults | None = None, *sources: SourcePolicy, script: str = "zh-CN") -> Rights:
    return read(front, used=settings(used, *sources, script=script)).rights


# -- the strictest mode ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("site", "source", "own"), [*product(MODES, (*MODES, None), (*MODES, None))])
def test_the_strictest_mode_wins_and_a_looser_one_is_told_so(site: Mode, source: Mode | None, own: Mode | None) -> None:
    front = CHAIN + (f"rights:\n  mode: {own}" if own else "")
    used = settings(RightsDefaults(mode=site), SourcePolicy("乙", mode=source))
    checked = parse(whole(front), used=used)
    assert checked.value is not None
    strictest = max((mode for mode in (site, source, own) if mode), key=MODES.index)
    winner = "the site" if site == strictest else "the source '乙'" if source == strictest else "the article"
    assert checked.value.rights.mode == strictest
    if own and own != strictest:
        (found,) = checked.diagnostics
        assert (found.severity, found.code, str(found.place)) == ("warning", "mode-looser", "content/articles/a.md:4:9")
        assert f"mode '{own}' is looser than '{strictest}', which {winner} sets" in found.message
        assert winner in found.hint
    else:
        assert checked.diagnostics == ()


@pytest.mark.parametrize("stricter", ["甲", "乙", "丙"])
def test_every_hop_counts(stricter: str) -> None:
    policies = [SourcePolicy(name, mode="link" if name == stricter else "full") for name in ("甲", "乙", "丙", "丁")]
    weighed = rights(CHAIN, None, *policies)
    assert weighed.mode == "link"


@pytest.mark.parametrize("written", ["IT之家", "it之家", "ＩＴ之家", "IT 之家"])
def test_a_policy_is_not_missed_by_width_case_or_spaces(written: str) -> None:
    assert rights(f"attribution: {{source: {written}}}", None, SourcePolicy("IT之家", mode="link")).mode == "link"


def test_a_policy_is_for_its_source_alone() -> None:
    weighed = rights("attribution: {source: 甲乙}", None, SourcePolicy("甲", mode="link", notices=(wording("x"),)))
    assert (weighed.mode, weighed.notices) == ("full", ())


# -- notices -----------------------------------------------------------------------------------------------------------


def test_notices_are_joined_in_order_and_said_once() -> None:
    site = RightsDefaults(notices=(wording("站"), wording("同")))
    policies = (
        SourcePolicy("乙", notices=(wording("乙"), wording("同"))),
        SourcePolicy("甲", notices=(wording("甲"),)),
    )
    front = CHAIN + "rights: {notices: [文, 同, ' 文 ', '', ~, 文。]}"
    weighed = rights(front, site, *policies)
    assert [notice.original for notice in weighed.notices] == ["文", "同", "文。", "甲", "乙", "站"]


def test_a_notice_is_never_lost() -> None:
    site = RightsDefaults(notices=(wording("站"),))
    for front in (
        "original: true",
        CHAIN,
        CHAIN + "rights: {notices: []}",
        CHAIN + "rights: {mode: link}",
        "kind: page",
    ):
        assert wording("站") in rights(front, site).notices


def test_notices_and_signoffs_may_be_worded_per_variant() -> None:
    front = """\
rights:
  notices:
    - {zh-TW: 請勿轉載, zh-CN: 请勿转载}
    - zh-HK: 版權所有
      zh-TW: 版權所有
  signoff: {zh-CN: "[爱科学](https://a.org)转发", zh-HK: 轉發}
"""
    weighed = rights(front)
    # What is in the source's script comes first: the others are converted from it.
    assert weighed.notices == (
        Wording("zh-CN", (("zh-CN", "请勿转载"), ("zh-TW", "請勿轉載"))),
        Wording("zh-TW", (("zh-TW", "版權所有"), ("zh-HK", "版權所有"))),
    )
    assert weighed.signoff == Wording("zh-CN", (("zh-CN", "[爱科学](https://a.org)转发"), ("zh-HK", "轉發")))
    assert rights("script: zh-TW\nrights: {notices: 請勿轉載}").notices == (wording("請勿轉載", "zh-TW"),)


# -- licences ----------------------------------------------------------------------------------------------------------

BY = "https://creativecommons.org/licenses/by/4.0/"
LICENSES = [
    ("CC-BY-NC-4.0", "CC-BY-NC-4.0", "https://creativecommons.org/licenses/by-nc/4.0/", True),
    ("cc-by-sa-3.0-tw", "CC-BY-SA-3.0-TW", "https://creativecommons.org/licenses/by-sa/3.0/tw/", True),
    ("CC-BY-NC-ND-2.5-CN", "CC-BY-NC-ND-2.5-CN", "https://creativecommons.org/licenses/by-nc-nd/2.5/cn/", True),
    ("CC0-1.0", "CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/", True),
    ("MIT", "MIT", "https://spdx.org/licenses/MIT.html", True),
    ("GFDL-1.3-or-later", "GFDL-1.3-or-later", "https://spdx.org/licenses/GFDL-1.3-or-later.html", True),
    (BY, BY, BY, True),
    ("https://example.org/terms", "https://example.org/terms", "https://example.org/terms", False),
    ("All-Rights-Reserved", "all-rights-reserved", "", False),
    ("", "", "", False),
]  # fmt: skip


@pytest.mark.parametrize(("written", "name", "url", "is_free"), LICENSES)
def test_licences(written: str, name: str, url: str, *, is_free: bool) -> None:
    weighed = rights(CHAIN + f"rights: {{license: {written}}}")
    assert (weighed.license, license_url(weighed.license), is_open(weighed.license)) == (name, url, is_free)
    assert weighed.permitted is is_free


@pytest.mark.parametrize(
    "name", ["proprietary", "unknown", "NONE", "NOASSERTION", "LicenseRef-x", "CC-BY-NC", "CC-BY-5.0", "copyright"]
)
def test_what_is_no_known_licence_permits_nothing(name: str) -> None:
    checked = parse(
        whole(CHAIN + f"rights:\n  license: {name}"), used=settings(RightsDefaults(require_permission=True))
    )
    assert [(found.severity, found.code, str(found.place)) for found in checked.diagnostics] == [
        ("warning", "license-unknown", "content/articles/a.md:4:12"),
        ("error", "permission-missing", "content/articles/a.md:4:3"),
    ]
    assert checked.value is not None
    assert (checked.value.rights.license, checked.value.rights.permitted) == (name, False)
    assert license_url(name) == ""


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("CC BY-NC 4.0", "did you mean CC-BY-NC-4.0?"),
        ("署名 4.0", "all-rights-reserved"),
        ("保留所有权利", "all-rights-reserved"),
        ("htps://a.org", "SPDX"),
    ],
)
def test_a_licence_in_words_is_an_error(name: str, hint: str) -> None:
    (found,) = findings(f"rights: {{license: '{name}'}}")
    assert (found.severity, found.code, str(found.place)) == ("error", "license", "content/articles/a.md:2:19")
    assert hint in found.hint


def test_licences_do_not_merge() -> None:
    own = RightsDefaults(own_license="CC-BY-4.0")
    policies = (SourcePolicy("甲", license="CC0-1.0"), SourcePolicy("乙", license="MIT"))
    assert rights(CHAIN, own, *policies).license == "CC0-1.0"  # the origin's
    assert rights(CHAIN + "rights: {license: all-rights-reserved}", own, *policies).license == "all-rights-reserved"
    assert rights(CHAIN, own, policies[1]).license == ""  # a copy's terms are not the origin's
    assert rights("original: true", own).license == "CC-BY-4.0"
    assert rights("kind: page", own).license == "CC-BY-4.0"
    assert rights("rights: {license: CC0-1.0}", own).license == "CC0-1.0"


# -- permission --------------------------------------------------------------------------------------------------------

PERMITTED = [
    ("nothing said", CHAIN, RightsDefaults(), False, False),
    ("the site's own text", "original: true", RightsDefaults(), True, True),
    ("a page", "kind: page", RightsDefaults(), True, True),
    ("a permission", CHAIN + "rights: {permission: {kind: email}}", RightsDefaults(), True, True),
    ("an open licence", CHAIN + "rights: {license: CC-BY-4.0}", RightsDefaults(), True, True),
    ("reserved rights", CHAIN + "rights: {license: all-rights-reserved}", RightsDefaults(), False, False),
    ("reposts that may be indexed", CHAIN, RightsDefaults(index_reposts=True), True, False),
    ("an excerpt", CHAIN + "rights: {mode: excerpt}", RightsDefaults(), False, True),
    ("a link", CHAIN, RightsDefaults(mode="link"), False, True),
    ("withdrawn", CHAIN + "withdrawn: {date: 2026-04-01, reason: 应作者要求}", RightsDefaults(), False, True),
]


@pytest.mark.parametrize(
    ("front", "used", "permitted", "may_be_published"),
    [case[1:] for case in PERMITTED],
    ids=[case[0] for case in PERMITTED],
)
def test_what_is_permitted(front: str, used: RightsDefaults, *, permitted: bool, may_be_published: bool) -> None:
    assert rights(front, used).permitted is permitted
    strict = RightsDefaults(mode=used.mode, index_reposts=used.index_reposts, require_permission=True)
    found = findings(front, settings(strict))
    if may_be_published:
        assert found == ()
    else:
        assert [(item.severity, item.code) for item in found] == [("error", "permission-missing")]
        assert found[0].place is not None
        assert found[0].place.path == "content/articles/a.md"
        assert "permission: {kind: email" in found[0].hint


def test_a_permission_is_kept() -> None:
    weighed = rights(CHAIN + "rights: {permission: {kind: email, date: 2026-03-26, evidence: '来信'}}")
    assert weighed.permission == Permission("email", "2026-03-26", "来信")


def test_the_rest_is_kept() -> None:
    weighed = rights("rights: {holder: 原作者, noncommercial: on, signoff: 转发}")
    assert (weighed.holder, weighed.noncommercial, weighed.signoff) == ("原作者", True, wording("转发"))
    bare = rights("rights:")
    assert (bare.holder, bare.noncommercial, bare.signoff, bare.permission) == ("", False, None, None)


BAD = [
    ("a permission without its kind", "permission: {date: 2026-03-26}", "permission", "3:15", "kind: email"),
    ("a permission that is a switch", "permission: yes", "wrong-value", "3:15", "kind: email"),
    ("a permission of no day", "permission: {kind: email, date: 2026-02-30}", "date", "3:35", "2026年3月26日"),
    ("a mode, misspelt", "mode: exerpt", "wrong-value", "3:9", "did you mean 'excerpt'?"),
    ("a mode that is a list", "mode: [link]", "wrong-value", "3:9", "one value"),
    ("noncommercial of what", "noncommercial: 请勿", "wrong-value", "3:18", "true or false"),
    ("notices that are a list in a list", "notices: [甲, [乙]]", "wrong-value", "3:16", "zh-CN"),
    ("a notice for no variant", "notices: {}", "wrong-value", "3:12", "zh-CN"),
    ("a sign-off that is a list", "signoff: [a]", "wrong-value", "3:12", "zh-CN"),
    ("a holder that is a list", "holder: [a, b]", "wrong-value", "3:11", "one text"),
]


@pytest.mark.parametrize(("line", "code", "place", "hint"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_mistake_is_one_error_at_its_place(line: str, code: str, place: str, hint: str) -> None:
    (found,) = findings(f"rights:\n  {line}")
    assert (found.severity, found.code, str(found.place)) == ("error", code, f"content/articles/a.md:{place}")
    assert hint in found.hint


@pytest.mark.parametrize(
    ("line", "place", "hint"),
    [
        ("licence: MIT", "3:3", "did you mean 'license'?"),
        ("notice: 甲", "3:3", "did you mean 'notices'?"),
        ("notices: {zh-CN: 甲, zh-SG: 乙}", "3:23", "zh-"),
        ("permission: {kind: email, by: 乙}", "3:29", "kind, date, evidence"),
    ],
)
def test_unknown_keys_are_warnings(line: str, place: str, hint: str) -> None:
    (found,) = findings(f"rights:\n  {line}")
    assert (found.severity, found.code, str(found.place)) == (
        "warning",
        "unknown-key",
        f"content/articles/a.md:{place}",
    )
    assert hint in found.hint
