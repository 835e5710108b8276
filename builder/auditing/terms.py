"""What a source says of its rights, compared with what a page or a feed item reads: people, chain, links, notices, licence,
sign-off. Pages and items are read differently and held to the same.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from builder.auditing.manual import read_manual
from builder.auditing.reading import parse_fragment, read, settle_address
from builder.auditing.scripts import TRADITIONAL, squash
from builder.config import ALL_RIGHTS_RESERVED
from builder.content.attribution import is_placeholder, people_in
from builder.content.rights import license_url
from builder.diagnostics import Diagnostic, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder.auditing.reading import Reading
    from builder.auditing.scripts import Scripts
    from builder.config import SiteConfig, Wording
    from builder.content.models import Article, Hop
    from builder.content.twins import Twin

#: From how much likeness on a text counts as another one that was altered.
_ALIKE = 0.5


@dataclass(slots=True)
class Faults:
    """Collects what is wrong with one page or item. `shown` is its file as it is named to a person, `source` the file that
    it is compared with."""

    shown: str
    source: str
    about: str = ""  # what in the file it is: "item …"
    found: list[Diagnostic] = field(default_factory=list)

    def report(self, code: str, message: str, line: int = 0) -> None:
        """Add a finding."""
        text = f"{self.about}: {message}" if self.about else message
        hint = f"compared with {self.source}" if self.source else ""
        self.found.append(Diagnostic("error", code, text, Place(self.shown, line), hint))


@dataclass(frozen=True, slots=True)
class Standard:
    """What one article is held to in one variant. `title` is its title there and `title_script` what that is written in;
    `words` are the article's own conversions."""

    article: Article
    title: str
    title_script: str
    variant: str
    config: SiteConfig
    scripts: Scripts
    words: tuple[tuple[str, str], ...]

    @property
    def spared(self) -> tuple[str, ...]:
        """Words that stand in this text on purpose, whatever their script."""
        hops = self.article.attribution
        names = (name for hop in hops for name in (hop.source, hop.author, hop.translator, hop.title))
        return (*self.article.keep, *names, *(word for _, word in self.words))

    def agree(self, wanted: str, other: str) -> bool:
        """Whether a text says what a source wants it to say, in whatever scripts."""
        said = read_manual(wanted, self.variant)
        return self.scripts.agree(said.text, other, (*self.words, *said.words))

    def titled(self, text: str) -> bool:
        """Whether a text is the article's title, or one that the markup of its body gives it."""
        given = read_manual(self.article.body, self.variant).titles if "-{T" in self.article.body else ()
        return any(self.agree(title, text) for title in (self.title, *given))


def make_standard(
    article: Article, variant: str, config: SiteConfig, scripts: Scripts, twin: Twin | None = None
) -> Standard:
    """What an article is held to in a variant, where it may have a twin that somebody wrote by hand."""
    title, script = (twin.title, variant) if twin and twin.title else (article.title, article.script)
    words = tuple(
        (override.text, override.replacement) for override in article.overrides if override.variant in ("", variant)
    )
    return Standard(article, title, script, variant, config, scripts, words)


# -- who, and from where -----------------------------------------------------------------------------------------------


def authors_of(standard: Standard) -> tuple[str, ...]:
    """Who is to be named as an author: the site's for its own texts, else those of the chain who are people."""
    if standard.article.original:
        return (standard.config.author.name,) if standard.config.author.name else ()
    return tuple(dict.fromkeys(name for hop in standard.article.attribution for name in people_in(hop.author)))


def check_byline(standard: Standard, faults: Faults, byline: Reading, chain: Reading) -> None:
    """Every author and translator is named in the byline, or in the chain beside the hop."""
    people = [(name, "author") for name in authors_of(standard)]
    people += [(name, "translator") for hop in standard.article.attribution for name in people_in(hop.translator)]
    for name, part in people:
        if byline.says(name) or chain.says(name):
            continue
        if why := byline.hides(name) or chain.hides(name):
            faults.report("audit-hidden", f"the {part} {name} is hidden by {why}", byline.line)
        else:
            faults.report("audit-author", f"the {part} {name} is not named", byline.line)


def check_placeholders(standard: Standard, faults: Faults, byline: Reading) -> None:
    """What a scraper wrote where no author is known is shown to nobody as a person."""
    for name in dict.fromkeys(name for hop in standard.article.attribution for name in hop.author.split("、")):
        if name and is_placeholder(name) and byline.says(name):
            faults.report("audit-author", f"{name} stands for nobody, and is named as an author", byline.line)


def check_chain(standard: Standard, faults: Faults, chain: Reading, own_host: str = "") -> None:
    """All hops in their order, each with its own link or none, with the names and titles as their source writes them.
    Links to `own_host` and those without a host lead to pages of the site itself."""
    hops = standard.article.attribution
    lines = chain.lines()
    parts: Sequence[Reading | None]
    if len(lines) == len(hops):
        parts = [line if line.says(hop.source) else None for line, hop in zip(lines, hops, strict=True)]
    else:
        parts = _cut_at_sources(chain, hops)
    for source in dict.fromkeys(hop.source for hop in hops):
        # A name may also stand in the title of a hop.
        allowed = sum(source in text for hop in hops for text in (hop.source, hop.title, hop.author, hop.translator))
        if chain.count(source) > allowed:
            faults.report("audit-chain", f"the chain names {source} once too often", chain.line)
    for number, (hop, part) in enumerate(zip(hops, parts, strict=True), 1):
        if part is not None:
            _check_hop(hop, hops, part, faults, own_host, standard.article)
        elif why := chain.hides(hop.source):
            faults.report("audit-hidden", f"the hop {number}, {hop.source}, is hidden by {why}", chain.line)
        elif chain.says(hop.source):
            faults.report("audit-chain", f"the hop {hop.source} is not in its place, number {number}", chain.line)
        else:
            faults.report("audit-chain", f"the chain lacks the hop {number}, {hop.source}", chain.line)


def _cut_at_sources(chain: Reading, hops: Sequence[Hop]) -> list[Reading | None]:
    """The stretch of each hop: from its source's name, with the link around it, to the next one's."""
    starts: list[int] = []
    cursor = 0
    for hop in hops:
        position = chain.find(hop.source, cursor)
        if position >= 0:
            cursor = position + len(squash(hop.source))
            position = min([position, *(link.start for link in chain.links if link.start <= position < link.end)])
        starts.append(position)
    ends = [
        next((later for later in starts[number + 1 :] if later >= 0), len(chain.text)) for number in range(len(starts))
    ]
    return [chain.part(start, end) if start >= 0 else None for start, end in zip(starts, ends, strict=True)]


def _check_hop(hop: Hop, hops: Sequence[Hop], part: Reading, faults: Faults, own_host: str, article: Article) -> None:
    own = settle_address(hop.url) if hop.url else ""
    others = {settle_address(other.url): other.source for other in hops if other.url}
    if own and own not in part.addresses:
        faults.report("audit-link", f"the hop {hop.source} lacks its link to {hop.url}", part.line)
    for address in part.addresses:
        is_own_page = "://" not in address or (own_host and address.startswith(own_host))
        if address in (own, settle_address(hop.archived)) or is_own_page:
            continue
        whose = f"which is that of {others[address]}" if address in others else "which the source does not give"
        faults.report("audit-link", f"the hop {hop.source} has the address {address}, {whose}", part.line)
    first_of_repost = hop is hops[0] and not article.original
    # The authors of the origin stand in the byline, and so do all translators: `check_byline`.
    people = () if first_of_repost else people_in(hop.author)
    for name, what in (*((name, "author") for name in people), (hop.title, "original title")):
        if not name or part.says(name):
            continue
        code = "audit-author" if what == "author" else "audit-chain"
        if why := part.hides(name):
            faults.report("audit-hidden", f"the {what} {name} of the hop {hop.source} is hidden by {why}", part.line)
        else:
            faults.report(code, f"the hop {hop.source} lacks the {what} {name}", part.line)


def check_original(standard: Standard, faults: Faults, links: Iterable[Reading], *, strictly: bool) -> None:
    """A link at the foot to each hop that has an address. `strictly`: and no other link among them."""
    readings = list(links)
    there = {address for reading in readings for address in reading.addresses}
    wanted = {settle_address(hop.url): hop.source for hop in standard.article.attribution if hop.url}
    for address, source in wanted.items():
        if address in there:
            continue
        if why := next((why for reading in readings for _, why in reading.hidden), ""):
            faults.report("audit-hidden", f"the link to {source}, {address}, is hidden by {why}")
        else:
            faults.report("audit-original", f"there is no link to {source}, {address}, below the text")
    for reading in readings:
        for address in reading.addresses:
            if strictly and address not in wanted:
                faults.report("audit-original", f"{address} is no address of this text's chain", reading.line)


# -- notices -----------------------------------------------------------------------------------------------------------


def check_notices(
    standard: Standard, faults: Faults, lines: Sequence[Reading], where: str, *, alone: bool
) -> tuple[str, ...]:
    """Every notice stands there, unaltered, in the right script and not hidden. `alone`: the lines are notices and nothing
    else, so that one more is a fault, and their order counts. Returns the texts that were found, "" for one that was not."""
    shown = [(line.text.strip(), line.line) for line in lines if line.text.strip()]
    hidden = [(text, why) for line in lines for text, why in line.hidden]
    left = list(range(len(shown)))
    hits: list[int | None] = []
    for notice in standard.article.rights.notices:
        hit = next((n for n in left if shown[n][0] == _exact(notice, standard)), None)
        if hit is None:
            hit = next((n for n in left if _says(notice, shown[n][0], standard)), None)
        if hit is None:  # two notices may be one in a variant: then they stand there once
            hit = next((n for n, (text, _) in enumerate(shown) if _says(notice, text, standard)), None)
        if hit in left:
            left.remove(hit)
        hits.append(hit)
    if alone and any(later < hit for hit, later in _pairs(hits)):
        faults.report("audit-notice", f"the notices {where} are not in their order", shown[0][1])
    for notice, hit in zip(standard.article.rights.notices, hits, strict=True):
        if hit is not None:
            _check_script(notice, *shown[hit], where, standard, faults)
            continue
        wanted = _exact(notice, standard) or squash(read_manual(notice.original, standard.variant).text)
        if why := next((why for text, why in hidden if _says(notice, text, standard)), ""):
            faults.report("audit-hidden", f"the notice “{wanted}” {where} is hidden by {why}")
            continue
        nearest = max(left, key=lambda n: _likeness(shown[n][0], wanted, standard.scripts), default=None)
        if nearest is not None and _likeness(shown[nearest][0], wanted, standard.scripts) >= _ALIKE:
            left.remove(nearest)
            message = f"the notice “{wanted}” {where} is altered: “{shown[nearest][0]}”"
            faults.report("audit-notice", message, shown[nearest][1])
        else:
            faults.report("audit-notice", f"the notice “{wanted}” is missing {where}")
    for number in left if alone else ():
        faults.report(
            "audit-notice", f"the notice “{shown[number][0]}” {where} is none of this text's", shown[number][1]
        )
    return tuple(shown[hit][0] if hit is not None else "" for hit in hits)


def _exact(notice: Wording, standard: Standard) -> str | None:
    """How a notice is to read to the letter: as it was written for the variant."""
    written = notice.written_for(standard.variant)
    return None if written is None else squash(read_manual(written, standard.variant).text)


def _says(notice: Wording, text: str, standard: Standard) -> bool:
    written = notice.written_for(standard.variant)
    return standard.agree(notice.original if written is None else written, text)


def _check_script(notice: Wording, text: str, line: int, where: str, standard: Standard, faults: Faults) -> None:
    exact = _exact(notice, standard)
    if exact is not None:
        if text != exact:
            message = f"the notice {where} is not as it was written for {standard.variant}: “{text}” for “{exact}”"
            faults.report("audit-script", message, line)
        return
    wrong = find_foreign(text, notice.original, notice.script, standard)
    if wrong:
        message = f"the notice “{text}” {where} is not in the script of {standard.variant}: {wrong}"
        faults.report("audit-script", message, line)


def find_foreign(text: str, source: str, script: str, standard: Standard) -> str:
    """The characters of a text that its variant does not write. `source` is what it was made from, in `script`: what its
    author wrote in the same script is no fault of a conversion."""
    variant = standard.variant
    spared = (*standard.spared, *read_manual(source, variant).kept)
    foreign = standard.scripts.foreign(text, variant, spared)
    one_script = (script in TRADITIONAL) == (variant in TRADITIONAL)
    if one_script:
        foreign = "".join(character for character in foreign if character not in source)
    if not foreign and script != variant:
        foreign = standard.scripts.regional(text, variant, "" if one_script else source, spared)
    return foreign


def _likeness(one: str, other: str, scripts: Scripts) -> float:
    return difflib.SequenceMatcher(None, scripts.fold(one), scripts.fold(other), autojunk=False).ratio()


def _pairs(hits: Sequence[int | None]) -> Iterable[tuple[int, int]]:
    there = [hit for hit in hits if hit is not None]
    return pairwise(there)


# -- licence and sign-off ----------------------------------------------------------------------------------------------


def check_license(
    standard: Standard, faults: Faults, readings: Sequence[Reading], stated: Iterable[str], *, marked: bool
) -> None:
    """The licence by its name and link, and none stated to machines (`stated`: their addresses) where none was granted.
    `marked`: the readings are the licence's part and nothing else."""
    name = standard.article.rights.license
    address = license_url(name) if name and name != ALL_RIGHTS_RESERVED else ""
    if name:
        text = "\n".join(reading.text for reading in readings)
        why = next((why for reading in readings for _, why in reading.hidden), "")
        reserved = name == ALL_RIGHTS_RESERVED
        there = (
            bool(text.strip()) if reserved else any(reading.says(name) or name in reading.text for reading in readings)
        )
        if not there and (marked or not reserved):
            if why and marked:
                faults.report("audit-hidden", f"the licence {name} is hidden by {why}")
            else:
                faults.report("audit-license", f"the licence {name} is not named below the text")
        elif address and not any(settle_address(address) in reading.addresses for reading in readings):
            faults.report("audit-license", f"the licence {name} has no link to {address}")
    for other in stated:
        if settle_address(other) != settle_address(address):
            faults.report("audit-license", f"{other} is stated as a licence, and was not granted")


def check_holder(standard: Standard, faults: Faults, readings: Iterable[Reading]) -> None:
    """The holder of the rights is named."""
    holder = standard.article.rights.holder
    if holder and not any(reading.says(holder) for reading in readings):
        faults.report("audit-license", f"the holder of the rights, {holder}, is not named")


def check_signoff(
    standard: Standard, faults: Faults, readings: Sequence[Reading], *, inside: bool = False
) -> Reading | None:
    """The sign-off reads as it was written, with its links. `inside`: it is one of the lines of the readings. Returns where
    it stands."""
    wording = standard.article.rights.signoff
    if wording is None:
        return None
    written = wording.written_for(standard.variant)
    text = read_manual(wording.original if written is None else written, standard.variant).text
    wanted = read_markdown(text)
    lines = [line for reading in readings for line in reading.lines()] if inside else list(readings)
    found = next((line for line in lines if standard.agree(_bare(line.text), _bare(wanted.text))), None)
    if found is None and "<" in text:
        # What is no tag that a line may have, such as <GCC>, is shown as text: only the words around tags are compared.
        tagless = _bare(re.sub("<[^<>]*>", "", read_markdown(text, tags=False).text))
        found = next(
            (line for line in lines if standard.agree(_bare(re.sub("<[^<>]*>", "", line.text)), tagless)), None
        )
    if found is None:
        why = next(
            (why for reading in readings for text, why in reading.hidden if _bare(wanted.text)[:4] in _bare(text)), ""
        )
        if why:
            faults.report("audit-hidden", f"the sign-off is hidden by {why}")
        elif lines and not inside:
            faults.report("audit-signoff", f"the sign-off is altered: “{squash(lines[0].text)}”", lines[0].line)
        else:
            faults.report("audit-signoff", f"the sign-off “{wanted.text.strip()}” is missing or altered")
        return None
    for address in wanted.addresses:
        if address not in found.addresses:
            faults.report("audit-signoff", f"the sign-off lacks its link to {address}", found.line)
    if written is not None:
        if "<" not in text and _bare(found.text) != _bare(wanted.text):
            message = f"the sign-off is not as it was written for {standard.variant}: “{found.text.strip()}”"
            faults.report("audit-script", message, found.line)
    elif wrong := find_foreign(found.text, wording.original, wording.script, standard):
        faults.report("audit-script", f"the sign-off is not in the script of {standard.variant}: {wrong}", found.line)
    return found


def read_markdown(text: str, *, tags: bool = True) -> Reading:
    """What inline Markdown reads: by CommonMark alone, for the auditor does not share the builder's renderer. Without `tags`,
    HTML in it is text."""
    from markdown_it import MarkdownIt

    return read(parse_fragment(MarkdownIt("commonmark", {"html": tags}).renderInline(text)), {})


def _bare(text: str) -> str:
    """A text without white space and the marks of emphasis, on which Markdown in Chinese differs."""
    return re.sub(r"[\s*_`~\\]+", "", text)


def host_of(address: str) -> str:
    """The scheme and host of an absolute address, "" of another."""
    found = re.match(r"https?://[^/]+/", settle_address(address))
    return found[0] if found else ""
