"""HTML of a page or of an item of a feed → Markdown. Needs the extra `wenzhai[import]`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from builder.diagnostics import BuilderError, error

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: Where scripts that load pictures late keep the address of the picture.
_LATE = ("data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-original-src")
_LINE_END = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*\n\s*(?=[\u3000-\u9fff\uff00-\uffef])")
#: What a tree cannot hold.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
#: Characters of a text that Markdown would take for its own, and lose words by: of a tag or a comment, of a character's name,
#: of attributes, of a link, before punctuation.
_MARKUP = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?[A-Za-z0-9]+;)|\\(?=[!-/:-@\[-`{-~])|\{|(?<=\])\(")
#: The same at the beginning of a line: of a definition, a heading, a quotation, a container; what makes a heading of the line
#: above.
_MARKUP_FIRST = re.compile(r"\s*(?:(?=\[[^\]]+\]:)|(?=#{1,6}(?:\s|$))|(?=>)|(?=:::)|(?=(?:-+|=+)\s*$))")
_CODE = frozenset({"code", "kbd", "samp", "pre"})
_INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "label",
        "mark",
        "q",
        "rp",
        "rt",
    }
    | {"ruby", "s", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr", *_CODE}
)
_KEEPS_LINES = frozenset({"pre", "textarea", "script", "style"})
_LOST = ("script", "style", "noscript", "template", "iframe", "object", "embed", "form", "button", "input", "svg")


def parse_html(text: str) -> HtmlElement:
    """A page or a piece of one as a tree, with the addresses of its pictures in their places."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    # A declaration of an encoding says how it was once stored.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", _UNPRINTABLE.sub("", text))
    try:
        tree = document_fromstring(text if text.strip() else "<p></p>", parser=HTMLParser(remove_comments=True))
    except (etree.ParserError, ValueError):  # nothing but comments, for example
        tree = document_fromstring("<p></p>")
    for picture in tree.iter("img"):
        late = next((value for name in _LATE if (value := (picture.get(name) or "").strip())), "")
        if late:
            picture.set("src", late)
    for element in tree.iter():
        # A line's end in the source of a page is a space between words, and nothing between Han characters.
        above = {parent.tag for parent in element.iterancestors()}
        if element.text and not _KEEPS_LINES & {element.tag, *above}:
            element.text = _LINE_END.sub("", element.text)
        if element.tail and not _KEEPS_LINES & above:
            element.tail = _LINE_END.sub("", element.tail)
    return tree


def settle_addresses(tree: HtmlElement, base: str) -> None:
    """Make the addresses of links and pictures whole, where the page's own is known. Other elements have none."""
    declared = tree.find(".//base[@href]")
    base = urljoin(base, declared.get("href") or "") if declared is not None else base
    for element, name in (*((link, "href") for link in tree.iter("a")), *((pic, "src") for pic in tree.iter("img"))):
        address = (element.get(name) or "").strip()
        if not address:
            continue
        if address.startswith(("#", "javascript:", "data:")):
            element.attrib.pop(name)  # a part of the page it was on, or nothing
        elif base:
            try:
                element.set(name, urljoin(base, address))
            except ValueError:
                element.attrib.pop(name)


def to_markdown(tree: HtmlElement) -> str:
    """The Markdown of a tree, without what is no text: scripts, forms, frames, pictures without an address."""
    from lxml.html import tostring

    for name in _LOST:
        for element in list(tree.iter(name)):
            element.drop_tree()
    for picture in list(tree.iter("img")):
        if not picture.get("src"):
            picture.drop_tree()
        else:
            picture.set("alt", re.sub(r"[\\\[\]]", r"\\\g<0>", picture.get("alt") or ""))
    for code in list(tree.iter("pre")):
        for inner in list(code.iter("pre")):
            if inner is not code:
                inner.drop_tag()
    for element in list(tree.iter()):
        _escape(element)
    try:
        from markdownify import markdownify
    except ImportError:
        raise missing_extra("HTML") from None
    markdown: str = markdownify(
        tostring(tree, encoding="unicode"),
        heading_style="ATX",
        bullets="-",
        strong_em_symbol="*",
        escape_misc=False,
        newline_style="backslash",
    )
    return re.sub(r"\n{3,}", "\n\n", markdown).strip()


def _escape(element: HtmlElement) -> None:
    """Have the text in and behind an element say in Markdown what it says in HTML."""
    around = {parent.tag for parent in element.iterancestors()}
    if element.text:
        inside = around | {element.tag}
        element.text = _escaped(element.text, inside, first=element.tag not in _INLINE)
    if element.tail:
        element.tail = _escaped(element.tail, around, first=element.tag not in _INLINE)


def _escaped(text: str, inside: set[str], *, first: bool) -> str:
    """`inside` are the names of the elements around the text; `first`: it begins a line."""
    if not _CODE & inside:
        begin = _MARKUP_FIRST.match(text) if first else None
        text = _MARKUP.sub(r"\\\g<0>", text)
        if begin:
            text = text[: begin.end()] + "\\" + text[begin.end() :]
    # Even in code, a bar ends a cell.
    return text.replace("|", r"\|") if inside & {"td", "th"} else text


def missing_extra(what: str) -> BuilderError:
    """What to do where a package of the extra is not there."""
    message = f"reading {what} takes packages that are not installed"
    return BuilderError(
        error("import-extra", message, hint="run `pip install 'wenzhai[import]'`; plain text needs none of them")
    )
