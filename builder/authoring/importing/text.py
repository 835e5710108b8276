"""A scraped text → the text with its way here, its terms, and what is left to the editor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from builder.authoring.importing.blocks import read_blocks
from builder.authoring.importing.bylines import (
    Address,
    Byline,
    More,
    Notice,
    Relay,
    forbids_commerce,
    read_fact,
    words_terms,
)
from builder.authoring.importing.chain import make_chain
from builder.authoring.importing.dates import read_date, year_in
from builder.authoring.importing.join import is_set_off, join_paragraphs
from builder.authoring.importing.script import find_script
from builder.authoring.importing.taken import Suggestion, TakenText
from builder.authoring.new import host_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from builder.authoring.importing.blocks import Block
    from builder.authoring.importing.bylines import Fact
    from builder.authoring.importing.taken import Page

#: What stands above a paragraph that may be a caption. It shows on no page, and is no part of the digest of a body.
CAPTION_MARK = "<!-- import: 疑似图片说明，原图缺失，请核对 -->"
_LONGEST_TITLE = 100
_LONGEST_CAPTION = 60
#: Where bylines of the top may stand though a paragraph (a summary) is above them, and those of the end though some are below.
_TOP_BLOCKS, _PROSE_ABOVE, _PROSE_BELOW = 6, 1, 2
#: `的量` where a number of something was: a filter took the word out (下载, 曝光, 阅读).
_MISSING = re.compile(r"的量(?=[和与與及、，。环環同比较較持继繼不也将將仍已]|[^\u4e00-\u9fff])")
_MARKDOWN_LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\[\]]*)\]\((?P<url>[^()\s]+)(?P<title>\s+\"[^\"]*\")?\)")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


@dataclass(frozen=True, slots=True)
class _Parts:
    """The blocks of a text told apart."""

    title: str
    body: tuple[Block, ...]
    top: tuple[Fact, ...]
    end: tuple[Fact, ...]
    left: tuple[str, ...]  # lines in the midst of the text that look as if they were no part of it


def read_text(text: str, page: Page, *, now: datetime, zone: ZoneInfo, marks_captions: bool = True) -> TakenText:
    """What a text says of itself, and what is left of it as a body. `page` is what is known of it otherwise. Every rule is in
    docs/import.md."""
    parts = _part(read_blocks(text), page.title)
    top = (*(fact for line in page.bylines if (fact := read_fact(line))), *parts.top)
    facts = (*top, *parts.end)
    chain = make_chain(
        top, parts.end, page, lambda text, year: read_date(text, zone, now=now, year=year), _year(facts, page)
    )
    blocks, broken = join_paragraphs(parts.body)
    body, suggestions = _write_body(blocks, broken, parts.left, chain.address, marks_captions=marks_captions)
    notices = _distinct((*(fact.text for fact in facts if isinstance(fact, Notice)), *page.notices))
    signoff = next((fact.text for fact in reversed(facts) if isinstance(fact, Relay)), "")
    return TakenText(
        title=parts.title,
        hops=chain.hops,
        body=body,
        date=chain.date,
        category=next((fact.category for fact in facts if isinstance(fact, More)), page.category),
        tags=page.tags,
        script=find_script(parts.title + "\n" + body, page.language, host_of(chain.address)),
        notices=notices,
        signoff=signoff,
        noncommercial=any(map(forbids_commerce, (*notices, signoff))),
        license=page.license,
        address=chain.address,
        suggestions=suggestions,
    )


def _part(blocks: Sequence[Block], title: str) -> _Parts:
    facts = [read_fact(block.text) if block.is_line else None for block in blocks]
    title, first = _find_title(blocks, facts, title)
    prose = [number for number in range(first, len(blocks)) if facts[number] is None and blocks[number].kind != "short"]
    body: list[Block] = []
    top: list[Fact] = []
    end: list[Fact] = []
    left: list[str] = []
    for number, (block, fact) in enumerate(zip(blocks, facts, strict=True)):
        if number < first:
            if fact is not None:
                top.append(fact)
            continue
        above = sum(other < number for other in prose)
        if fact is None:
            heading = block.text.lstrip("#").strip() if block.text.startswith("#") else block.text
            if not body and heading == title:
                continue
            body.append(block)
        elif above == 0 or (above <= _PROSE_ABOVE and number < _TOP_BLOCKS + first and above < len(prose)):
            top.append(fact)
        elif len(prose) - above <= _PROSE_BELOW:
            end.append(fact)
        else:
            left.append(block.text)
            body.append(block)
    return _Parts(title, tuple(body), tuple(top), tuple(end), tuple(left))


def _find_title(blocks: Sequence[Block], facts: Sequence[Fact | None], title: str) -> tuple[str, int]:
    """The title, and the number of the first block below it. One that is given stands in the text perhaps, too."""
    for number, (block, fact) in enumerate(zip(blocks, facts, strict=True)):
        if fact is not None:
            continue
        text = re.sub(r"^#{1,6}\s+", "", block.text).strip()
        if title:
            return (title, number + 1) if text == title else (title, 0)
        is_title = "\n" not in text and len(text) <= _LONGEST_TITLE and not re.search(r"[。；，、,;]$", text)
        heading = block.text.startswith("#") or block.kind != "markup"
        return (text, number + 1) if is_title and heading and len(blocks) > 1 else ("", 0)
    return title, 0


def _year(facts: Sequence[Fact], page: Page) -> int:
    """The year that dates without one are of: that of an address of the page, or of another date there; 0 for none."""
    addresses = [page.address, *(fact.url for fact in facts if isinstance(fact, Address))]
    years = [year for address in addresses if (year := year_in(address))]
    years += [page.date.moment.year] if page.date else []
    for fact in facts:
        if isinstance(fact, Byline) and (found := re.search(r"(?<!\d)(?:19|20)\d{2}(?!\d)", fact.date)):
            years.append(int(found[0]))
    return years[0] if years else 0


def _distinct(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _write_body(
    blocks: Sequence[Block], broken: dict[int, str], left: Sequence[str], base: str, *, marks_captions: bool
) -> tuple[str, tuple[Suggestion, ...]]:
    """The Markdown of the body, and what to look at there, by its lines."""
    written: list[str] = []
    found: list[Suggestion] = []
    for number, block in enumerate(blocks):
        if number and _is_caption(block, blocks):
            hint = "put the picture back with `![…](…)`, or remove the mark"
            message = "a short paragraph stands by itself: perhaps the caption of a picture that is gone"
            if marks_captions:
                written += [CAPTION_MARK, ""]
            found.append(Suggestion("import-caption", message, hint, len(written) + 1, 1))
        line = len(written) + 1
        text, dropped = (
            _settle_links(block.text, base) if not block.text.startswith(("```", "~~~")) else (block.text, [])
        )
        for target in dropped:
            message = f"the address '{target}' leads nowhere from here, and was dropped"
            found.append(Suggestion("import-link", message, "give the whole address, if it is known", line, 1))
        if not text.strip():
            continue
        if number in broken:
            hint = "join the two if they were one; the words are not touched otherwise"
            found.append(Suggestion("import-join", f"a broken paragraph, perhaps: {broken[number]}", hint, line, 1))
        for missing in _MISSING.finditer(text):
            row, column = text.count("\n", 0, missing.start()), missing.start() - text.rfind("\n", 0, missing.start())
            message = f"a word is missing, perhaps, in '…{text[max(0, missing.start() - 4) : missing.end() + 4]}…'"
            found.append(
                Suggestion("import-missing", message, "see the original; nothing was made up", line + row, column)
            )
        if block.text in left:
            message = "in the midst of the text, this looks like a byline or a notice, and was left there"
            found.append(Suggestion("import-byline", message, "move it to the front matter if it is one", line, 1))
        elif "\n" not in text and words_terms(text):
            message = "this says something of rights, and is longer than a notice or stands in the midst of the text"
            found.append(Suggestion("import-notice", message, "copy it to `rights.notices` if it is one", line, 1))
        written += [*text.split("\n"), ""]
    return "\n".join(written).rstrip("\n"), tuple(found)


def _is_caption(block: Block, blocks: Sequence[Block]) -> bool:
    return block.is_line and len(block.text) <= _LONGEST_CAPTION and is_set_off(block, blocks)


def _settle_links(text: str, base: str) -> tuple[str, list[str]]:
    """A text whose links are whole addresses; what cannot be made one becomes its text, and is told."""
    dropped: list[str] = []

    def settle(found: re.Match[str]) -> str:
        url = found["url"].strip("<>")
        if _SCHEME.match(url):
            return found[0]
        if base and not url.startswith("#"):
            return f"{found['picture']}[{found['text']}]({urljoin(base, url)}{found['title'] or ''})"
        dropped.append(url)
        return "" if found["picture"] else found["text"]

    return _MARKDOWN_LINK.sub(settle, text), dropped
