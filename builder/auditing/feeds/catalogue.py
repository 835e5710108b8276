"""What is asked of the feeds of a built site: each check with its name, what it promises, and why that is asked.

docs/audit.md has the same table. What says `code` is found by the comparison with the sources, which pages are held to as
well; the rest is reported as `audit-feed` under the check's name.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is asked. `codes` are those under which its faults are reported."""

    name: str
    promise: str
    reason: str
    codes: tuple[str, ...] = ("audit-feed",)


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a feed breaks its promise: the check's name, the file below the output folder, what is wrong, and the line."""

    check: str
    path: str
    message: str
    line: int = 0


#: Items of an archive document.
ARCHIVE_ITEMS = 100

CHECKS = (
    # the form
    Check(
        "well-formed",
        "the file is RSS 2.0, Atom 1.0 or JSON Feed 1.1, and has what its format calls for",
        "a reader shows nothing of a feed that it cannot parse",
    ),
    Check(
        "characters",
        "no control character or other one that XML forbids, escaped ones in a text's HTML included",
        "one of them makes the whole document unreadable, or shows as a box",
    ),
    Check("title-markup", "`<` in a title is written `&#x3C;`", "`&lt;` is taken for markup, and what follows is lost"),
    Check(
        "author-address",
        "RSS `author` is an e-mail address, or is left out",
        "a name alone is an error; `dc:creator` is for names",
    ),
    Check("entry-author", "every Atom entry has an author, its own or the feed's", "RFC 4287 asks for one"),
    Check(
        "permalink", 'a guid that is no address says `isPermaLink="false"`', "readers open the guid as a link otherwise"
    ),
    Check(
        "said-once",
        "not both of `copyright` and `dc:rights`, `source` and `dc:source`, `author` and `dc:creator`",
        "readers show one of them, each another",
    ),
    Check(
        "source-address",
        "RSS `source` has its `url`",
        "it is an error without one; an origin without an address has no `source`",
    ),
    Check("copyright", "a copyright that is there says something", "an empty one reads as a waiver"),
    # the channel
    Check("self", "one link to itself, which is the address of the file", "readers subscribe to what it says"),
    Check("home", "the feed's link is the page that it is the feed of", "it is where the feed's title leads"),
    Check(
        "language", "the language is the variant's tag, as in `zh-TW`", "readers choose fonts by it; `zh_TW` is none"
    ),
    Check(
        "newest",
        "`lastBuildDate` and `updated` are those of the item that changed last, never the time of the build",
        "a feed whose bytes change with every build is fetched anew by every reader",
    ),
    Check(
        "cap",
        "no more items than `feeds.limit`, tombstones on top; an archive has 100 at most",
        "a feed is fetched hourly by everybody",
    ),
    # identity and order
    Check(
        "guid",
        "guids are `TAG:ID:VARIANT` of a published source, and stand once in a document",
        "readers tell items apart by them",
        ("audit-feed", "audit-item"),
    ),
    Check(
        "variants-apart",
        "no guid is in the feeds of two variants",
        "newsboat keeps items by guid across feeds: one variant would hide the other",
    ),
    Check(
        "order",
        "newest first; those of one moment in one order in all documents",
        "readers cut at the end, and unsteady order changes the bytes",
    ),
    Check(
        "dates",
        "dates have an offset and are those of the source",
        "without one, a text moves by hours, and one of the future sticks at the top",
    ),
    # what an item carries
    Check(
        "item-title",
        "the title is the source's, in the variant's script",
        "it is all that a list shows",
        ("audit-variant",),
    ),
    Check(
        "creator",
        "`dc:creator`, `author` or `authors` name the people of the chain, letter for letter",
        "whoever wrote the text is named wherever it goes",
        ("audit-author",),
    ),
    Check(
        "chain",
        "the chain stands in the text of the item",
        "only what is in the text reaches the eyes of every reader",
        ("audit-chain", "audit-link", "audit-author"),
    ),
    Check(
        "notices",
        "each notice stands above and below the text, in the variant's script",
        "readers show neither `copyright` nor `dc:rights`",
        ("audit-notice", "audit-script", "audit-hidden"),
    ),
    Check(
        "original-links",
        "links to the original and to each copy stand below the text",
        "readers show neither `source` nor links of the metadata",
        ("audit-original", "audit-link"),
    ),
    Check(
        "licence",
        "the licence and the holder are named; one is stated to programs only where it was granted",
        "a notice against commercial use is no licence",
        ("audit-license", "audit-signoff"),
    ),
    Check(
        "rights",
        "`dc:rights` and `rights` hold the notices, the holder and the terms",
        "programs that take texts over read them there",
    ),
    Check(
        "tombstone",
        "for 90 days the item of a withdrawn text says so, and why, under its old guid",
        "an item that is gone stays in readers; one that comes over it does not",
        ("audit-feed", "audit-tombstone", "audit-withheld"),
    ),
    # the body of an item
    Check(
        "absolute",
        "every address, in `srcset` and `poster` too, is whole, footnotes' included",
        "a reader has no page that `#fn1` could be on",
    ),
    Check("ascii", "addresses are percent-encoded ASCII", "raw Chinese in a link is an error, and is guessed at"),
    Check(
        "same-addresses",
        "the addresses of other sites are the same in all variants",
        "an address that is converted leads nowhere",
    ),
    Check(
        "unconverted",
        "code, and words under `keep`, are the same in all variants",
        "converted code does not run, a converted name is another's",
    ),
    Check("safe", "no script, frame, form, style or handler of events", "readers strip them, or refuse the item"),
    # documents together
    Check(
        "formats-agree",
        "RSS, Atom and JSON Feed stand side by side and have the same items, titles, dates, links and texts",
        "nobody is to miss something by the choice of a format",
    ),
    Check(
        "archives",
        "archive documents chain everything that was published, without gaps and without overlap (RFC 5005)",
        "whoever subscribes late can read it all",
    ),
    Check(
        "opml",
        "`feeds.opml` of each variant lists its feeds, and nothing that is not there",
        "it is how to subscribe to all of them at once",
    ),
    Check(
        "autodiscovery",
        "the pages' links to feeds lead to feeds of their variant; the page of a feed names it",
        "it is how readers find a feed",
    ),
    Check(
        "complete",
        "the newest articles are in their variant's feed",
        "what is missing is never seen by a subscriber",
        ("audit-feed", "audit-item"),
    ),
)


def reason_of(name: str) -> str:
    """Why a check is made."""
    return next(check.reason for check in CHECKS if check.name == name)
