"""An article's view → JSON-LD: the same author, chain, terms and notices as on the page, for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

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
    usage = (*([rights_page] if rights_page else []), *map(_Condition, terms))
    publisher = _Organization(site.author or site.title, site.author_url)
    # A text of the site's own is its own, whatever it was written after.
    origin = chain[0] if chain and not original else None
    authors = _authors(origin) if origin else (publisher,) if original else ()
    credit = " → ".join(map(_credit, chain)) if origin else site.author if original else ""
    data = _NewsArticle(
        context="https://schema.org",
        headline=head.title,
        description=head.description,
        in_language=head.variant,
        url=head.canonical,
        main_entity_of_page=head.canonical,
        date_published=date.iso if date else "",
        date_modified=updated.iso if updated else "",
        author=authors,
        publisher=publisher,
        translator=tuple(_Person(hop.translator) for hop in chain if hop.translator),
        is_based_on=tuple(map(_based_on, chain)),
        credit_text=credit,
        copyright_holder=_one_or_all((_Organization(holder),) if holder else authors),
        copyright_notice="\n".join(notices),
        usage_info=_one_or_all(usage),
        license=license.url if license and license.granted else "",
        keywords=keywords,
        image=_image(cover) if cover and cover.absolute_url else None,
    )
    text = msgspec.json.format(msgspec.json.encode(data, order="sorted"), indent=0).decode()
    # `</script>` and `<!--` inside a string would end the element.
    return text.replace("<", "\\u003c").replace("&", "\\u0026")


def _one_or_all(values: tuple[object, ...]) -> object:
    return values[0] if len(values) == 1 else values


def _credit(hop: HopView) -> str:
    author = hop.author
    return f"{hop.source}（{author}）" if author else hop.source


def _authors(origin: HopView) -> tuple[_Person | _Organization, ...]:
    """The people of a text, else who published it."""
    return _people(origin) or (_Organization(origin.source),)


def _people(hop: HopView) -> tuple[_Person, ...]:
    return tuple(_Person(who.title) for who in hop.authors)


def _based_on(hop: HopView) -> _Origin:
    return _Origin(
        author=_people(hop),
        date_published=hop.date.iso if hop.date else "",
        name=hop.title,
        publisher=_Organization(hop.source),
        url=hop.url,
    )


def _image(cover: PictureView) -> _Image:
    # What a picture's author asks to be named as is the one notice that is known of it.
    return _Image(
        cover.absolute_url, cover.width, cover.height, credit_text=cover.credit, copyright_notice=cover.credit
    )


# -- types of schema.org, by its names; what is empty is left out ----------------------------------------------------------


class _Thing(msgspec.Struct, tag_field="@type", rename="camel", omit_defaults=True, gc=False):
    pass


class _Person(_Thing, tag="Person"):
    name: str


class _Organization(_Thing, tag="Organization"):
    name: str
    url: str = ""


class _Condition(_Thing, tag="CreativeWork"):
    text: str


class _Origin(_Thing, tag="CreativeWork"):
    publisher: _Organization
    author: tuple[_Person, ...] = ()
    date_published: str = ""
    name: str = ""
    url: str = ""


class _Image(_Thing, tag="ImageObject"):
    url: str
    width: int = 0
    height: int = 0
    credit_text: str = ""
    copyright_notice: str = ""


class _NewsArticle(_Thing, tag="NewsArticle"):
    context: str = msgspec.field(name="@context")
    publisher: _Organization
    headline: str = ""
    description: str = ""
    in_language: str = ""
    url: str = ""
    main_entity_of_page: str = ""
    date_published: str = ""
    date_modified: str = ""
    author: tuple[_Person | _Organization, ...] = ()
    translator: tuple[_Person, ...] = ()
    is_based_on: tuple[_Origin, ...] = ()
    credit_text: str = ""
    copyright_holder: object = ()  # one, or a tuple of them
    copyright_notice: str = ""
    usage_info: object = ()  # an address or a condition, or a tuple of them
    license: str = ""
    keywords: tuple[str, ...] = ()
    image: _Image | None = None
