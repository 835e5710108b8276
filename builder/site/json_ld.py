"""An article's view → JSON-LD: the same author, chain, terms and notices as on the page, for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.site.views import DateView, Head, HopView, LicenseView, PictureView, SiteView


def news_article(
    *,
    head: Head,
    site: SiteView,
    chain: tuple[HopView, ...],
    original: bool,
    holder: str,
    notices: tuple[str, ...],
    license: LicenseView | None,  # noqa: A002
    date: DateView | None,
    updated: DateView | None,
    cover: PictureView | None,
    keywords: tuple[str, ...],
    terms: tuple[str, ...] = (),
) -> str:
    """A schema.org `NewsArticle` as JSON that may stand inside a script element. `terms` are conditions that are neither
    notices nor licences."""
    rights_page = (
        site.home_absolute.rstrip("/") + site.rights_page.removeprefix(site.home.rstrip("/"))
        if site.rights_page and site.home_absolute
        else ""
    )
    usage: list[object] = [*filter(None, [rights_page]), *({"@type": "CreativeWork", "text": text} for text in terms)]
    publisher = _drop_empty({"@type": "Organization", "name": site.author or site.title, "url": site.author_url})
    # A text of the site's own is its own, whatever it was written after.
    origin = chain[0] if chain and not original else None
    authors = _authors(origin) if origin else [publisher] if original else []
    owners = [{"@type": "Organization", "name": holder}] if holder else authors
    data = _drop_empty(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": head.title,
            "description": head.description,
            "inLanguage": head.variant,
            "url": head.canonical,
            "mainEntityOfPage": head.canonical,
            "datePublished": date.iso if date else "",
            "dateModified": updated.iso if updated else "",
            "author": authors,
            "publisher": publisher,
            "translator": [{"@type": "Person", "name": hop.translator} for hop in chain if hop.translator],
            "isBasedOn": [_based_on(hop) for hop in chain],
            "creditText": " → ".join(f"{hop.source}（{hop.author}）" if hop.author else hop.source for hop in chain)
            if origin
            else (site.author if original else ""),
            "copyrightHolder": owners[0] if len(owners) == 1 else owners,
            "copyrightNotice": "\n".join(notices),
            "usageInfo": usage[0] if len(usage) == 1 else usage,
            "license": license.url if license and license.granted else "",
            "keywords": list(keywords),
            "image": _image(cover) if cover and cover.absolute_url else None,
        }
    )
    # `</script>` and `<!--` inside a string would end the element.
    return json.dumps(data, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c").replace("&", "\\u0026")


def _authors(origin: HopView) -> list[dict[str, object]]:
    """The people of a text, else who published it."""
    return _people(origin) or [{"@type": "Organization", "name": origin.source}]


def _people(hop: HopView) -> list[dict[str, object]]:
    return [{"@type": "Person", "name": who.title} for who in hop.authors]


def _based_on(hop: HopView) -> dict[str, object]:
    return _drop_empty(
        {
            "@type": "CreativeWork",
            "name": hop.title,
            "url": hop.url,
            "author": _people(hop),
            "publisher": {"@type": "Organization", "name": hop.source},
            "datePublished": hop.date.iso if hop.date else "",
        }
    )


def _image(cover: PictureView) -> dict[str, object]:
    return _drop_empty(
        {
            "@type": "ImageObject",
            "url": cover.absolute_url,
            "width": cover.width,
            "height": cover.height,
            "creditText": cover.credit,
            # What a picture's author asks to be named as is the one notice that is known of it.
            "copyrightNotice": cover.credit,
        }
    )


def _drop_empty(data: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in data.items() if value}
