"""A page's HTML → what a test asks about it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class HtmlPage:
    """`elements` are all start tags with their attributes, `texts` the text of each element beside its attributes."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    text: str = ""
    json_ld: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, html: bytes) -> HtmlPage:
        page = cls()
        parser = _Parser(page)
        parser.feed(html.decode("utf-8"))
        parser.close()
        return page

    @property
    def lang(self) -> str:
        return next(attributes["lang"] for tag, attributes in self.elements if tag == "html")

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """The attributes of the elements of this name that have these attributes (`data_wz` for data-wz)."""
        names = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [found for name, found in self.elements if name == tag and names.items() <= found.items()]

    def links(self, rel: str) -> list[dict[str, str]]:
        return self.all("link", rel=rel)

    def hrefs(self, tag: str = "a") -> list[str]:
        return [found["href"] for found in self.all(tag) if "href" in found]

    def texts_of(self, mark: str) -> list[str]:
        """The texts of the elements that carry `data-wz=mark`."""
        return [text for _, attributes, text in self.texts if attributes.get("data-wz") == mark]

    @property
    def title(self) -> str:
        return next(text for tag, _, text in self.texts if tag == "h1")

    @property
    def is_indexable(self) -> bool:
        return not self.all("meta", name="robots", content="noindex")

    @property
    def hreflang(self) -> dict[str, str]:
        return {link["hreflang"]: link["href"] for link in self.links("alternate") if "hreflang" in link}

    @property
    def canonical(self) -> str:
        return next((link["href"] for link in self.links("canonical")), "")


class _Parser(HTMLParser):
    def __init__(self, page: HtmlPage) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.open: list[tuple[str, dict[str, str], list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.page.elements.append((tag, attributes))
        if tag not in _VOID:
            self.open.append((tag, attributes, []))

    def handle_endtag(self, tag: str) -> None:
        if not any(name == tag for name, _, _ in self.open):
            return
        while self.open:
            name, attributes, parts = self.open.pop()
            text = "".join(parts)
            self.page.texts.append((name, attributes, " ".join(text.split())))
            if attributes.get("type") == "application/ld+json":
                self.page.json_ld.append(json.loads(text))
            if self.open and name not in ("script", "style"):
                self.open[-1][2].append(text)
            if name == "body":
                self.page.text = " ".join(text.split())
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1][2].append(data)
