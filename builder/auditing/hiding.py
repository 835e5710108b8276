"""Style sheets and attributes → which elements of a page nobody sees, and why.

A browser lays a page out; this only reads what the sheets say. It knows the usual ways to hide something, and takes a rule
under `@media`, `@supports` and the like for one that may apply: what is hidden on paper or on a phone is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence


class Element(Protocol):
    """What the auditor uses of lxml's elements."""

    tag: str
    text: str | None
    tail: str | None
    sourceline: int | None

    def __iter__(self) -> Iterator[Element]:
        """Its children."""

    def iter(self, *tags: str) -> Iterator[Element]:
        """Itself and everything inside it, in document order."""

    def iterancestors(self) -> Iterator[Element]:
        """Its parent, and so on."""

    def get(self, name: str, default: str) -> str:
        """An attribute."""

    def keys(self) -> list[str]:
        """The names of its attributes."""

    def findall(self, path: str) -> list[Element]:
        """Its children of a name."""

    def getparent(self) -> Element | None:
        """The element around it."""


#: Elements whose text is no text of the page, or is shown only by those who cannot show something else.
UNSEEN_TAGS = frozenset(
    {
        "head",
        "script",
        "style",
        "template",
        "noscript",
        "iframe",
        "object",
        "video",
        "audio",
        "canvas",
        "select",
        "datalist",
    }
)

#: How an element can vanish: properties that `_why` looks at.
_PROPERTY_NAMES = """
    display visibility content-visibility opacity font-size color -webkit-text-fill-color width height max-width max-height
    inline-size block-size max-inline-size max-block-size overflow overflow-x overflow-y clip clip-path position left right
    top bottom inset inset-inline-start inset-block-start text-indent margin margin-left margin-top margin-inline-start
    transform scale font
"""
_PROPERTIES = frozenset(_PROPERTY_NAMES.split())
#: Farther than any screen, in pixels.
_FAR = 900.0
_UNITS = {
    "px": 1.0,
    "em": 16.0,
    "rem": 16.0,
    "vw": 10.0,
    "vh": 10.0,
    "%": 10.0,
    "pt": 1.33,
    "ch": 8.0,
    "cm": 38.0,
    "in": 96.0,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a style sheet that has to do with hiding. `conditions` are the at-rules around it."""

    selector: str
    conditions: tuple[str, ...]
    declarations: tuple[tuple[str, str, bool], ...]  # name, value, important


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rules of a page's style sheets, in order."""

    rules: tuple[Rule, ...]


def read_rules(css: str, load: Callable[[str], str | None]) -> Iterator[Rule]:
    """The rules of a style sheet that set a property by which something can be hidden, nested and imported ones too. `load`
    gives the text of an imported sheet, None where it is not there."""
    import tinycss2

    yield from _rules_in(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), (), "", load)


def find_hidden(root: Element, sheet: Sheet) -> dict[Element, str]:
    """Each element that is hidden by itself, and by what. What is inside of it is hidden with it."""
    from cssselect2 import ElementWrapper

    suspects, everything = _matchers(sheet)
    hidden: dict[Element, str] = {}
    for wrapper in ElementWrapper.from_html_root(root).iter_subtree():
        element: Element = wrapper.etree_element
        why = _hidden_by_attribute(element)
        own = _parse_style(element.get("style", "")) if element.get("style", "") else ()
        if not why and (own or any(pseudo is None for _, _, pseudo, _ in suspects.match(wrapper))):
            matched = [
                (specificity, order, rule)
                for specificity, order, pseudo, rule in everything.match(wrapper)
                if pseudo is None
            ]
            why = _hidden_by_style(matched, own)
        if why:
            hidden[element] = why
    return hidden


def _hidden_by_attribute(element: Element) -> str:
    if element.tag in UNSEEN_TAGS:
        return f"<{element.tag}>"
    if element.get("hidden", "no") != "no":
        return "the attribute hidden"
    if element.get("aria-hidden", "") == "true":
        return "aria-hidden"
    if element.tag == "dialog" and element.get("open", "no") == "no":
        return "a closed <dialog>"
    parent = element.getparent()
    if parent is not None and parent.tag == "details" and element.tag != "summary" and parent.get("open", "no") == "no":
        return "a closed <details>"
    return ""


def _hidden_by_style(
    matched: Sequence[tuple[tuple[int, ...], int, Rule]], own: tuple[tuple[str, str, bool], ...]
) -> str:
    """What hides an element, in one of the places where its rules apply: in none of the conditions, or in one of them."""
    environments: dict[tuple[str, ...], None] = {(): None}
    for _, _, rule in matched:
        environments[rule.conditions] = None
    for environment in environments:
        claims = [
            ((important, False, tuple(specificity), order), name, value, rule.selector)
            for specificity, order, rule in matched
            if rule.conditions == environment[: len(rule.conditions)]
            for name, value, important in rule.declarations
        ]
        claims += [((important, True, (), 0), name, value, "style") for name, value, important in own]
        # The later of two claims of one rank stays, as in a browser.
        winners = {name: (value, where) for _, name, value, where in sorted(claims, key=lambda claim: claim[0])}
        name = _why({name: value for name, (value, _) in winners.items()})
        if name:
            value, where = winners[name]
            condition = f" in {' '.join(environment)}" if environment else ""
            return f"`{where} {{{name}: {value}}}`{condition}"
    return ""


def _why(style: Mapping[str, str]) -> str:
    """The property that hides an element of this style, "" where none does."""
    said = {name: value.lower().strip() for name, value in style.items()}
    for name, values in _HIDING_VALUES.items():
        if said.get(name) in values:
            return name
    for name in ("color", "-webkit-text-fill-color"):
        if said.get(name, "").replace(" ", "") in ("transparent", "rgba(0,0,0,0)", "#0000", "#00000000"):
            return name
    opacity = _number(said.get("opacity", ""))
    if opacity is not None and opacity <= 0.1:
        return "opacity"
    size = _length(said.get("font-size", "").partition(" ")[0])
    if size is not None and size <= 2:
        return "font-size"
    font = next((part for part in said.get("font", "").split() if _length(part.partition("/")[0]) == 0), "")
    if font:
        return "font"
    return _why_no_room(said) or _why_far_away(said)


_HIDING_VALUES = {
    "display": ("none",),
    "visibility": ("hidden", "collapse"),
    "content-visibility": ("hidden",),
    "scale": ("0", "0%"),
}


def _why_no_room(said: Mapping[str, str]) -> str:
    clipped = any(
        "hidden" in said.get(name, "") or "clip" in said.get(name, "")
        for name in ("overflow", "overflow-x", "overflow-y")
    )
    for name in said:
        if name.endswith(("width", "height", "size")) and name != "font-size" and clipped:
            length = _length(said[name])
            if length is not None and length <= 2:
                return name
    path = said.get("clip-path", "")
    if path.startswith(("inset(5", "inset(6", "inset(7", "inset(8", "inset(9", "inset(100", "circle(0", "ellipse(0")):
        return "clip-path"
    if path.startswith("polygon(") and not any(digit in path for digit in "123456789"):
        return "clip-path"
    sides = said.get("clip", "").removeprefix("rect(").rstrip(")").replace(",", " ").split()
    if len(sides) == 4 and all((_length(side) or 0) <= 2 and side != "auto" for side in sides):
        return "clip"
    return ""


def _why_far_away(said: Mapping[str, str]) -> str:
    offsets = ["text-indent", "margin", "margin-left", "margin-top", "margin-inline-start"]
    if said.get("position") in ("absolute", "fixed", "relative"):
        offsets += ["left", "right", "top", "bottom", "inset", "inset-inline-start", "inset-block-start"]
    for name in offsets:
        lengths = [_length(part) for part in said.get(name, "").split()]
        if any(
            length is not None and (length <= -_FAR or (name != "margin" and length >= 4 * _FAR)) for length in lengths
        ):
            return name
    moved = said.get("transform", "").replace(" ", "")
    if any(f"scale{axis}(0{end}" in moved for axis in ("", "x", "y", "3d") for end in (")", ",")):
        return "transform"
    for part in moved.replace("(", ",").replace(")", ",").split(","):
        length = _length(part) if "translate" in moved else None
        if length is not None and length <= -_FAR:
            return "transform"
    return ""


def _number(text: str) -> float | None:
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None


def _length(text: str) -> float | None:
    """About how many pixels a length is."""
    for unit, pixels in sorted(_UNITS.items(), key=lambda item: -len(item[0])):
        if text.endswith(unit):
            number = _number(text.removesuffix(unit))
            return None if number is None else number * pixels
    number = _number(text)
    return number if number in (None, 0.0) else None


# -- reading style sheets ----------------------------------------------------------------------------------------------


def _rules_in(
    nodes: Iterable[Any],  # tinycss2's nodes, which have no types
    conditions: tuple[str, ...],
    parent: str,
    load: Callable[[str], str | None],
) -> Iterator[Rule]:
    import tinycss2

    for node in nodes:
        if node.type == "at-rule":
            prelude = tinycss2.serialize(node.prelude).strip()
            if node.lower_at_keyword == "import" and node.content is None:
                address = next((token.value for token in node.prelude if token.type in ("string", "url")), "")
                address = address or _function_url(node.prelude)
                imported = load(address) if address else None
                if imported is not None:
                    yield from read_rules(imported, lambda _: None)
            elif node.content is not None and node.lower_at_keyword in (
                "media",
                "supports",
                "layer",
                "container",
                "scope",
            ):
                inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
                if parent:
                    yield from _own_rule(inner, (*conditions, f"@{node.lower_at_keyword} {prelude}"), parent)
                yield from _rules_in(inner, (*conditions, f"@{node.lower_at_keyword} {prelude}"), parent, load)
        elif node.type == "qualified-rule":
            selector = tinycss2.serialize(node.prelude).strip()
            if parent:
                inside = f":is({parent})"
                selector = selector.replace("&", inside) if "&" in selector else f"{inside} {selector}"
            inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
            yield from _own_rule(inner, conditions, selector)
            yield from _rules_in(inner, conditions, selector, load)


def _own_rule(nodes: Iterable[Any], conditions: tuple[str, ...], selector: str) -> Iterator[Rule]:
    declarations = tuple(_declarations(nodes))
    if declarations:
        yield Rule(selector, conditions, declarations)


def _declarations(nodes: Iterable[Any]) -> Iterator[tuple[str, str, bool]]:
    import tinycss2

    for node in nodes:
        if node.type == "declaration" and node.lower_name in _PROPERTIES:
            yield node.lower_name, tinycss2.serialize(node.value).strip(), node.important


def _function_url(prelude: Iterable[Any]) -> str:
    for token in prelude:
        if token.type == "function" and token.lower_name == "url":
            return next((part.value for part in token.arguments if part.type == "string"), "")
    return ""


def _parse_style(text: str) -> tuple[tuple[str, str, bool], ...]:
    import tinycss2

    return tuple(_declarations(tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True)))


@lru_cache(maxsize=8)  # a site has one set of style sheets, or a few
def _matchers(sheet: Sheet) -> tuple[Any, Any]:
    """cssselect2's matchers of the rules that may hide something, and of all rules."""
    from cssselect2 import Matcher, SelectorError, compile_selector_list

    suspects, everything = Matcher(), Matcher()
    for rule in sheet.rules:
        try:
            selectors = compile_selector_list(rule.selector)
        except SelectorError:
            continue  # a selector that browsers may know and cssselect2 does not
        position = {"position": "absolute", "overflow": "hidden"}
        suspicious = bool(_why(position | {name: value for name, value, _ in rule.declarations}))
        for selector in selectors:
            everything.add_selector(selector, rule)
            if suspicious:
                suspects.add_selector(selector, rule)
    return suspects, everything
