"""What a page and the lines of its text say → the stations of the text's way here, origin first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from msgspec import structs

from builder.authoring.importing.bylines import Address, Byline, Relay
from builder.authoring.new import host_of, is_on
from builder.content.attribution import people_in
from builder.content.models import Hop
from builder.content.rights import is_same_source

if TYPE_CHECKING:
    from builder.authoring.importing.bylines import Fact
    from builder.authoring.importing.taken import Page
    from builder.content.models import Attribution, Date

ReadDate = Callable[[str, int], "Date | None"]
#: Labels for the page that one has before oneself; 原文链接 and the like may be another's.
_OWN_PAGE = ("本文", "文章")


@dataclass(frozen=True, slots=True)
class Chain:
    """The hops, the address of the nearest copy ("" for none), and when that was published."""

    hops: Attribution
    address: str
    date: Date | None


def make_chain(top: Sequence[Fact], end: Sequence[Fact], page: Page, read_date: ReadDate, year: int) -> Chain:
    """The stations: what the page declares to be based on, the source near the end (the deeper one), the source near the top
    (which the copy names), and the copy itself: who signs off, or the page. Each has its own address or none."""
    deep, near = _first_byline(end), _first_byline(top)
    relay = next((fact for fact in reversed((*top, *end)) if isinstance(fact, Relay)), None)
    copy = _copy(relay, page)
    hops = list(page.origins)
    if not near.source:
        # An author near the top and a source near the end are one byline in two places.
        deep = replace(deep, author=deep.author or (near.author if deep.source else ""))
    if deep.source:
        _add(hops, _hop(deep, read_date, year))
    if near.source:
        author = near.author or (deep.author if not deep.source else "") or "、".join(page.authors)
        _add(hops, _hop(replace(near, author=author, date=""), read_date, year))
    if copy:
        # Whoever has no place yet wrote for the copy.
        people = people_in("、".join((near.author, *page.authors))) or people_in(deep.author)
        named = {person for hop in hops for person in people_in(hop.author)}
        _add(hops, structs.replace(copy, author="、".join(person for person in people if person not in named)))
    nearest = hops[-1] if hops else Hop("")
    if near.translator and hops:
        hops[-1] = nearest = structs.replace(nearest, translator=nearest.translator or near.translator)
    date = page.date or next(
        (day for fact in top if isinstance(fact, Byline) and (day := read_date(fact.date, year))), None
    )
    placed = _place_addresses(hops, top, end, copy)
    if placed and date and placed[-1].date is None:
        placed[-1] = structs.replace(placed[-1], date=date)
    address = page.address or next((hop.url for hop in reversed(placed) if hop.url), "")
    return Chain(tuple(hop for hop in placed if hop.source), address, date)


def _first_byline(facts: Sequence[Fact]) -> Byline:
    """What the bylines of one place say together: of each kind the first."""
    together = Byline()
    for fact in facts:
        if isinstance(fact, Byline):
            together = Byline(
                author=together.author or fact.author,
                translator=together.translator or fact.translator,
                source=together.source or fact.source,
                url=together.url or (fact.url if not together.source else ""),
                title=together.title or fact.title,
                date=together.date or fact.date,
            )
    return together


def _hop(byline: Byline, read_date: ReadDate, year: int) -> Hop:
    return Hop(
        source=byline.source,
        author=byline.author,
        translator=byline.translator,
        title=byline.title,
        url=byline.url,
        date=read_date(byline.date, year) if byline.date else None,
    )


def _copy(relay: Relay | None, page: Page) -> Hop | None:
    """The copy that was taken: who signs it off, at the page's address when that is on the same host; else the page."""
    if relay and (not page.address or not relay.home or _are_one_site(relay.home, page.address)):
        return Hop(relay.source, url=page.address)
    if relay and not page.source:
        return Hop(relay.source)
    name = page.source or host_of(page.address)
    return Hop(name, url=page.address) if name else None


def _add(hops: list[Hop], hop: Hop) -> None:
    """Another station, unless it is the last one once more: then each says what the other does not."""
    if not hops or not is_same_source(hops[-1].source, hop.source):
        hops.append(hop)
        return
    last = hops[-1]
    hops[-1] = Hop(
        source=last.source,
        author=last.author or hop.author,
        translator=last.translator or hop.translator,
        title=last.title or hop.title,
        url=last.url or hop.url,
        archived=last.archived,
        date=last.date or hop.date,
    )


def _place_addresses(hops: Sequence[Hop], top: Sequence[Fact], end: Sequence[Fact], copy: Hop | None) -> list[Hop]:
    """The hops with the addresses that lines of the text give: that of the copy's own page for the copy, if its host is that of
    the sign-off; at the end, beside the deeper source, another for that; else for the source that the copy names."""
    placed = list(hops)
    relay = next((fact for fact in reversed((*top, *end)) if isinstance(fact, Relay)), None)
    deep = _first_byline(end).source
    for fact in (*top, *end):
        if not isinstance(fact, Address):
            continue
        if not placed:
            placed.append(Hop(host_of(fact.url)))
        if copy and copy.url and _same_page(copy.url, fact.url):
            continue
        place: int | None
        if relay and relay.home and _are_one_site(relay.home, fact.url):
            place = len(placed) - 1
        elif deep and any(fact is other for other in end) and not fact.label.startswith(_OWN_PAGE):
            place = next((number for number, hop in enumerate(placed) if is_same_source(hop.source, deep)), 0)
        else:
            place = _named(placed, top, copy)
        if place is None:
            placed.insert(0, Hop(host_of(fact.url), url=fact.url))
        elif not placed[place].url:
            placed[place] = structs.replace(placed[place], url=fact.url)
    return placed


def _named(hops: Sequence[Hop], top: Sequence[Fact], copy: Hop | None) -> int | None:
    """The number of the hop that the copy names as its source; None where it names nobody, and is no text's own page."""
    source = _first_byline(top).source
    for number, hop in enumerate(hops):
        if is_same_source(hop.source, source):
            return number
    return None if copy and len(hops) == 1 else 0


def _are_one_site(one: str, other: str) -> bool:
    """Whether two addresses are of one site: the host of one is that of the other or below it."""
    return is_on(one, other) or is_on(other, one)


def _same_page(one: str, other: str) -> bool:
    return one.split("://")[-1].rstrip("/") == other.split("://")[-1].rstrip("/")
