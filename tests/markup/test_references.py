"""Addresses on this site as values with their places, and what is said about those that lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builder.markup.render import Markup, MarkupSettings, Reference, render, resolve

if TYPE_CHECKING:
    from builder.diagnostics import Diagnostic


def _render(text: str, *, first_line: int = 1, document: str = "") -> tuple[Markup, tuple[Diagnostic, ...]]:
    checked = render(text, MarkupSettings(), path="content/a.md", first_line=first_line, document=document)
    return checked.value, checked.diagnostics


def test_places_are_those_of_the_file() -> None:
    markup, _ = _render("甲\n\n见 [a.md](a.md) 与 ![图](图.png)\n\n又见 [乙](a.md)。", first_line=8)
    assert markup.references == (
        Reference("href", "a.md", 10, 10),
        Reference("src", "图.png", 10, 23),
        Reference("href", "a.md", 12, 8),
    )


def test_a_path_inside_another_path_or_in_text_is_not_taken_for_it() -> None:
    markup, _ = _render("b.md 与 [甲](a/b.md) 和 [乙](b.md)")
    assert [(one.target, one.column) for one in markup.references] == [("a/b.md", 12), ("b.md", 26)]


def test_definitions_have_one_place_for_all_their_uses() -> None:
    markup, _ = _render("[甲][1] [乙][1]\n\n[1]: a.md")
    assert [(one.line, one.column) for one in markup.references] == [(3, 6), (3, 6)]


def test_what_is_not_found_as_written_has_the_line_of_the_body() -> None:
    markup, _ = _render("\n\n[甲](a&amp;b.md)", first_line=5)
    assert markup.references == (Reference("href", "a&b.md", 5, 0),)


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("../b/%E7%94%B2%20%E4%B9%99.md#%E9%83%A8", "../b/甲 乙.md#部"),
        ("C%23.md#x", "C%23.md#x"),
        ("100%25.md", "100%25.md"),
        ("a%3fb.md", "a%3Fb.md"),
        ("a%00b.md", "a%00b.md"),
        ("%B0%A1.md", "%B0%A1.md"),
        ("a%zz.md", "a%zz.md"),
        ("/about/?a=b", "/about/?a=b"),
    ],
)
def test_targets_are_decoded_once(written: str, target: str) -> None:
    markup, _ = _render(f"[甲]({written})")
    assert [one.target for one in markup.references] == [target]


def test_pictures_with_a_size_of_their_own_say_so() -> None:
    markup, _ = _render("![](a.png){width=30} ![](b.png)")
    assert [one.sized for one in markup.references] == [True, False]


def test_resolving_puts_attributes_in_place() -> None:
    markup, _ = _render("[甲](a.md) ![乙](b.png) [丙](c.md)")
    assert markup.html.count("\0") == 6
    shown = resolve(markup.html, ['href="/a/"', 'src="/b.png" width="1" height="2"', ""])
    assert shown == (
        '<p><a href="/a/">甲</a> <img src="/b.png" width="1" height="2" alt="乙" loading="lazy" decoding="async">'
        " <a>丙</a></p>\n"
    )


@pytest.mark.parametrize(
    ("text", "severity", "code", "line", "column"),
    [
        ("甲\n\n[乙](#没有)", "warning", "anchor-missing", 3, 5),
        ("[甲](file:///C:/a.md)", "error", "link-scheme", 1, 5),
        ("甲\n![甲](C:\\a.png)", "error", "link-scheme", 2, 6),
        ("![甲](图\\a.png)", "error", "link-scheme", 1, 6),
        ("[甲](javascript:alert(1))", "warning", "link-scheme", 1, 5),
        ("甲乙\n[丙]()", "warning", "link-empty", 2, 3),
        ("甲\n\n[^a]: 没用", "warning", "footnote-unused", 3, 1),
        ('<a id="x"></a>\n\n<b id="x">甲</b>', "warning", "anchor-duplicate", 1, 0),
        ("## 甲 {#a}\n\n## 乙 {#a}", "warning", "anchor-duplicate", 3, 0),
        ("甲\n\n<script>x</script>", "warning", "html-removed", 3, 0),
    ],
)
def test_findings(text: str, severity: str, code: str, line: int, column: int) -> None:
    _, diagnostics = _render(text)
    assert [(one.severity, one.code) for one in diagnostics] == [(severity, code)]
    place = diagnostics[0].place
    assert place is not None
    assert (place.path, place.line, place.column) == ("content/a.md", line, column)
    assert diagnostics[0].hint


@pytest.mark.parametrize(
    "text",
    [
        "## 部 分\n[甲](#部-分)",
        "## 部\n[甲](#%E9%83%A8)",
        "[甲](#) [乙](#top)",
        '<a name="x"></a>\n\n[甲](#x)',
        "甲[^1]\n\n[^1]: 乙",
    ],
)
def test_anchors_that_are_there_are_fine(text: str) -> None:
    assert _render(text)[1] == ()


def test_outline_and_anchors() -> None:
    markup, _ = _render('## 安装 *与* `API` {#a}\n\n<i id="b">x</i>\n\n### 安装')
    assert [(one.level, one.id, one.text) for one in markup.outline] == [(2, "a", "安装 与 API"), (3, "安装", "安装")]
    assert markup.anchors == ("a", "b", "安装")


def test_an_id_does_not_depend_on_other_headings() -> None:
    before = _render("## 甲\n\n## 乙")[0].anchors
    assert set(before) <= set(_render("## 新\n\n## 甲\n\n## 丙\n\n## 乙")[0].anchors)


def test_two_bodies_can_share_a_page() -> None:
    body, _ = _render("甲[^1]\n\n[^1]: 乙")
    comment, _ = _render("甲[^1]\n\n[^1]: 乙", document="comment")
    assert not set(body.anchors) & set(comment.anchors)
    assert comment.anchors == ("fn-comment-1", "fnref-comment-1")
