"""What an import takes, as frozen values: a text with its attribution and its terms, and what an editor should look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.content.models import Attribution, Date


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that is left to the editor. `line` and `column` count from 1 in the body; 0: of no particular line."""

    code: str
    message: str
    hint: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class TakenText:
    """A text as it was taken. `body` is Markdown; `script` is a variant's tag, "" where the text does not tell."""

    title: str
    hops: Attribution = ()
    body: str = ""
    date: Date | None = None  # when its nearest copy was published: that hop has it too
    category: str = ""  # as a reader sees it
    tags: tuple[str, ...] = ()
    script: str = ""
    notices: tuple[str, ...] = ()
    signoff: str = ""  # inline Markdown
    noncommercial: bool = False
    license: str = ""  # the address of a licence that the text names itself
    address: str = ""  # of the page that it was taken from, "" where none is known
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of a text beside the text: from the head of a page, an item of a feed, or the command line."""

    title: str = ""
    source: str = ""  # the publication
    address: str = ""
    date: Date | None = None
    authors: tuple[str, ...] = ()
    origins: Attribution = ()  # stations before this one, that the page declares
    bylines: tuple[str, ...] = ()  # lines of the page outside of the text
    category: str = ""
    tags: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    license: str = ""
    language: str = ""  # a BCP 47 tag that the page declares
