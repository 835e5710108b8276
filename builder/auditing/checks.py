"""One article page, tombstone or feed item → what it lacks of what its source says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from builder.auditing.reading import NOTHING, Reading, settle_address
from builder.auditing.scripts import squash
from builder.auditing.terms import (
    authors_of,
    check_byline,
    check_chain,
    check_holder,
    check_license,
    check_notices,
    check_original,
    check_placeholders,
    check_signoff,
    find_foreign,
    host_of,
)
from builder.config import ALL_RIGHTS_RESERVED
from builder.content.attribution import people_in
from builder.content.rights import license_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.auditing.feeds.documents import Item
    from builder.auditing.pages import ArticlePage
    from builder.auditing.terms import Faults, Standard
    from builder.content.models import Article, Hop

#: How long a quotation of several sentences may be, in characters: the builder's 200 and some room for how it is counted.
_LONGEST_QUOTATION = 260


def check_page(standard: Standard, page: ArticlePage, faults: Faults) -> tuple[str, ...]:
    """What an article's page lacks. Returns its notices as they read above the text."""
    article = standard.article
    _check_variant(standard, page.lang, page.heading, faults)
    byline = _joined([mark.reading for mark in page.marked("byline", above=True)])
    chain = _joined([mark.reading for mark in page.marked("chain", above=True)])
    check_byline(standard, faults, byline, chain)
    check_placeholders(standard, faults, byline)
    if article.original and not page.marked("byline", above=True):
        faults.report("audit-author", "the byline, which says that this is the site's own text, is missing")
    if article.attribution:
        check_chain(standard, faults, chain, host_of(page.canonical))
    links = [mark.reading for mark in page.marked("original", below=True)]
    check_original(standard, faults, links, strictly=True)
    top = [mark.reading for mark in page.marked("notice", above=True)]
    foot = [mark.reading for mark in page.marked("notice", below=True)]
    notices = check_notices(standard, faults, top, "above the text", alone=True)
    below = check_notices(standard, faults, foot, "below the text", alone=True)
    for one, other in zip(notices, below, strict=True):
        if one and other and one != other:
            faults.report("audit-notice", f"a notice reads “{one}” above the text and “{other}” below it")
    licences = [mark.reading for mark in page.marked("licence", below=True)]
    check_license(standard, faults, licences, page.license_links, marked=True)
    if licences and not article.rights.license:
        faults.report("audit-license", "a licence is named, and the source gives none", licences[0].line)
    check_holder(standard, faults, [page.article])
    check_signoff(standard, faults, [mark.reading for mark in page.marked("signoff", below=True)])
    if page.marked("tombstone"):
        faults.report("audit-tombstone", "a tombstone stands in the place of a text that is not withdrawn")
    _check_mode(standard, page, faults)
    if needs_noindex(standard) and not page.noindex:
        faults.report("audit-indexing", "the whole text of somebody else is open to search engines: noindex is missing")
    for data in page.json_ld:
        _check_json_ld(standard, data, squash(page.heading.text), notices, faults)
    return notices


def needs_noindex(standard: Standard) -> bool:
    """Whether search engines are to leave an article alone: the whole text of others, without leave."""
    article = standard.article
    is_repost = not article.original and article.rights.mode == "full" and bool(article.attribution)
    return article.withdrawn is not None or (is_repost and not article.rights.permitted)


def check_tombstone(standard: Standard, page: ArticlePage, faults: Faults) -> None:
    """What the page of a withdrawn article lacks, or has left."""
    _check_variant(standard, page.lang, page.heading, faults)
    stones = [mark.reading for mark in page.marked("tombstone")]
    if not any(stone.text.strip() for stone in stones):
        faults.report("audit-tombstone", "the text is withdrawn, and no tombstone stands here")
    if page.marked("body"):
        faults.report(
            "audit-tombstone", "the text is withdrawn, and there is a body", page.marked("body")[0].reading.line
        )
    withdrawn = standard.article.withdrawn
    if withdrawn and stones and not any(_gives_reason(standard, stone) for stone in stones):
        faults.report(
            "audit-tombstone", f"it does not say why the text is withdrawn: {withdrawn.reason}", stones[0].line
        )
    if standard.article.attribution:
        check_chain(standard, faults, _joined([mark.reading for mark in page.marked("chain")]), host_of(page.canonical))
    if not page.noindex:
        faults.report(
            "audit-indexing", "the text is withdrawn, and its page is open to search engines: noindex is missing"
        )


def check_withdrawn_item(standard: Standard, item: Item, faults: Faults) -> None:
    """What the feed item of a withdrawn article lacks: it says so, and why."""
    if not _gives_reason(standard, item.body.head) and not _gives_reason(standard, item.body.foot):
        faults.report("audit-tombstone", "the item of a withdrawn text does not say why it is withdrawn", item.line)


def _gives_reason(standard: Standard, reading: Reading) -> bool:
    withdrawn = standard.article.withdrawn
    return withdrawn is None or standard.scripts.holds(reading.text, withdrawn.reason, standard.words)


def check_item(standard: Standard, item: Item, on_page: Sequence[str], faults: Faults) -> None:
    """What a feed item lacks. `on_page` are the article's notices as its page has them, "" for what is not known."""
    article = standard.article
    check_item_title(standard, item, faults)
    authors = authors_of(standard)
    # RSS has all of them in one element. Where nobody is named, it is who published the text.
    wanted = ("、".join(authors),) if authors and item.format == "rss" else authors
    if item.creators != wanted and (authors or not _is_publisher(item.creators, standard)):
        said = "、".join(item.creators) or "nobody"
        faults.report("audit-author", f"its metadata name {said} for {'、'.join(authors) or 'nobody'}", item.line)
    chain = _find_chain(item, article.attribution)
    byline = _joined([block for block in item.body.blocks if block is not chain])
    check_byline(standard, faults, byline, chain)
    if article.attribution:
        check_chain(standard, faults, chain)
    check_original(standard, faults, [item.body.foot], strictly=False)
    lines = {True: item.body.blocks, False: item.body.foot.lines()}
    hidden = Reading("", hidden=item.body.foot.hidden)
    for at_top, where in ((True, "at the top"), (False, "at the foot")):
        there = lines[at_top] if at_top else (*lines[at_top], hidden)
        found = check_notices(standard, faults, there, where, alone=False)
        for text, reference in zip(found, on_page, strict=False):
            if text and reference and text != reference:
                faults.report("audit-notice", f"a notice reads “{text}” {where} and “{reference}” on the page")
    check_license(standard, faults, [item.body.foot], item.licenses, marked=False)
    signoff = check_signoff(standard, faults, [item.body.foot], inside=True)
    check_holder(
        standard, faults, [line for line in item.body.foot.lines() if signoff is None or line.text != signoff.text]
    )
    _check_pointers(article, item, faults)


def check_item_title(standard: Standard, item: Item, faults: Faults) -> None:
    """The title is the source's, in the script of the variant."""
    if not standard.titled(item.title):
        faults.report(
            "audit-variant", f"the title “{squash(item.title)}” is not that of the source: {standard.title}", item.line
        )
    elif wrong := find_foreign(squash(item.title), standard.title, standard.title_script, standard):
        faults.report("audit-variant", f"the title is not in the script of {standard.variant}: {wrong}", item.line)


def _is_publisher(names: Sequence[str], standard: Standard) -> bool:
    """Whether this is who published a text: the source that it came from, else this site, by its author or by its title."""
    article, config = standard.article, standard.config
    if article.attribution and not article.original:
        return list(names) == [article.attribution[0].source]
    if config.author.name:
        return list(names) == [config.author.name]
    title = config.title.written_for(standard.variant) or config.title.original
    return len(names) == 1 and standard.scripts.holds(names[0], title) and standard.scripts.holds(title, names[0])


def _check_pointers(article: Article, item: Item, faults: Faults) -> None:
    """What the metadata call the original is the origin's own address, and nothing else; of the copies it is the nearest one's.
    Where these have addresses, the metadata say so, and so they do of the whole chain where their format can."""
    hops = article.attribution
    origin = settle_address(hops[0].url) if hops and hops[0].url else ""
    copies = {settle_address(hop.url) for hop in hops[1:] if hop.url}
    said = [("source", item.source[1])] if item.source else []
    said += [(f"link rel={relation}", address) for relation, address in item.links if relation == "related"]
    for name, address in said:
        if settle_address(address) != origin:
            faults.report("audit-link", f"{name} has {address}, which is not the address of the original", item.line)
    for relation, address in item.links:
        if relation == "via" and settle_address(address) not in copies:
            faults.report("audit-link", f"link rel=via has {address}, which is not the address of a copy", item.line)
    relations = {relation for relation, _ in item.links}
    # JSON Feed has no word for what an original text refers to.
    if origin and "related" not in relations and not (article.original and item.format == "json"):
        faults.report("audit-link", f"the metadata lack the address of the original, {hops[0].url}", item.line)
    if copies and "via" not in relations:
        nearest = next(hop.url for hop in reversed(hops) if hop.url)
        faults.report("audit-link", f"the metadata lack the address of the copy, {nearest}", item.line)
    if item.format == "json":
        wanted = tuple((hop.source, settle_address(hop.url) if hop.url else "") for hop in hops)
        if tuple((source, settle_address(url) if url else "") for source, url in item.chain) != wanted:
            faults.report("audit-chain", "the metadata have another chain than the source", item.line)


def _find_chain(item: Item, hops: Sequence[Hop]) -> Reading:
    """The paragraph at the head of an item that names most of the sources."""

    def named(block: Reading) -> int:
        return sum(block.says(hop.source) for hop in hops)

    best = max(item.body.blocks, key=named, default=NOTHING)
    return best if named(best) else replace(NOTHING, hidden=item.body.head.hidden, line=item.line)


def _check_variant(standard: Standard, lang: str, heading: Reading, faults: Faults) -> None:
    if lang != standard.variant:
        faults.report("audit-variant", f"<html lang> says {lang or 'nothing'} in the folder of {standard.variant}")
    text = squash(heading.text)
    title = standard.title
    if not text:
        faults.report("audit-variant", f"there is no heading: {title}")
    elif not standard.titled(text):
        faults.report("audit-variant", f"the heading “{text}” is not the title of the source: {title}", heading.line)
    elif wrong := find_foreign(text, title, standard.title_script, standard):
        faults.report("audit-variant", f"the heading is not in the script of {standard.variant}: {wrong}", heading.line)


def _check_mode(standard: Standard, page: ArticlePage, faults: Faults) -> None:
    mode, bodies = standard.article.rights.mode, page.marked("body")
    text = "\n".join(mark.reading.text for mark in bodies).strip()
    line = bodies[0].reading.line if bodies else 0
    if mode == "link" and text:
        faults.report("audit-mode", "the mode is link, and there is a body", line)
    elif mode == "full" and standard.article.body.strip() and not bodies:
        faults.report("audit-mode", "the mode is full, and there is no body")
    elif mode == "excerpt":
        sentences = sum(text.count(end) for end in "。！？!?")
        if len("".join(text.split())) > _LONGEST_QUOTATION and sentences > 1:
            faults.report("audit-mode", f"the mode is excerpt, and the body has {len(text)} characters", line)


def _check_json_ld(
    standard: Standard, data: dict[str, Any], heading: str, notices: Sequence[str], faults: Faults
) -> None:
    """The same author, chain, notices and terms for machines as for people."""
    article = standard.article
    hops = article.attribution

    def differs(name: str, said: object, wanted: object) -> None:
        if said != wanted:
            faults.report("audit-json-ld", f"JSON-LD: {name} is {said or 'missing'}, and not {wanted or 'to be there'}")

    differs("inLanguage", data.get("inLanguage", ""), standard.variant)
    differs("headline", squash(str(data.get("headline", ""))), heading)
    if hops and not article.original:
        origin = hops[0]
        differs("author", _names(data.get("author")), list(people_in(origin.author) or [origin.source]))
    elif standard.config.author.name:
        differs("author", _names(data.get("author")), [standard.config.author.name])
    differs(
        "isBasedOn", [_hop_said(item) for item in _items(data.get("isBasedOn"))], [_hop_wanted(hop) for hop in hops]
    )
    if all(notices):
        differs(
            "copyrightNotice", squash(str(data.get("copyrightNotice", ""))), squash(" ".join(dict.fromkeys(notices)))
        )
    if article.rights.holder:
        differs("copyrightHolder", _names(data.get("copyrightHolder")), [article.rights.holder])
    name = article.rights.license
    granted = license_url(name) if name and name != ALL_RIGHTS_RESERVED else ""
    differs("license", settle_address(str(data.get("license", ""))), settle_address(granted))


def _hop_said(item: dict[str, Any]) -> tuple[str, list[str], str, str]:
    return (
        "".join(_names(item.get("publisher"))),
        _names(item.get("author")),
        str(item.get("name", "")),
        settle_address(str(item.get("url", ""))),
    )


def _hop_wanted(hop: Hop) -> tuple[str, list[str], str, str]:
    return hop.source, list(people_in(hop.author)), hop.title, settle_address(hop.url)


def _names(value: object) -> list[str]:
    return [str(item.get("name", "")) for item in _items(value)]


def _items(value: object) -> list[dict[str, Any]]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def _joined(readings: Sequence[Reading]) -> Reading:
    """Several parts as one."""
    if len(readings) == 1:
        return readings[0]
    text, edges, links, hidden = "", set[int](), [], list[tuple[str, str]]()
    for reading in readings:
        start = len(text)
        edges |= {edge + start for edge in reading.edges}
        links += [replace(link, start=link.start + start, end=link.end + start) for link in reading.links]
        hidden += reading.hidden
        text += reading.text.rstrip("\n") + "\n"
    line = readings[0].line if readings else 0
    return Reading(text, frozenset(edges), tuple(links), tuple(hidden), line)
