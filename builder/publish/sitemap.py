"""What is written for search engines and hosts: sitemap.xml, robots.txt, _headers and _redirects, as bytes."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from builder.site.views import SitemapEntry

#: A file may have 50,000 addresses and 50 MB (https://www.sitemaps.org/protocol.html#index). An address stands in it as often
#: as there are variants, and a Chinese one is long: so many always fit.
_MOST_URLS = 10_000

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_XHTML = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'

#: What pages load, and nothing else: no inline script or style, and no frames. Pictures and recordings may be anywhere,
#: since articles show those of others. JSON-LD is data and falls under no directive.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "img-src * data:",
        "media-src *",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)


def sitemap_files(count: int) -> dict[str, range]:
    """The names of the sitemap's files for so many addresses, and which of these stand in each: `sitemap.xml` alone; or an
    index of that name, which has none, and `sitemap-1.xml`, `sitemap-2.xml` … beside it."""
    if count <= _MOST_URLS:
        return {"sitemap.xml": range(count)}
    starts = range(0, count, _MOST_URLS)
    parts = {
        f"sitemap-{number}.xml": range(start, min(start + _MOST_URLS, count))
        for number, start in enumerate(starts, start=1)
    }
    return {"sitemap.xml": range(0)} | parts


def render_sitemap(entries: Iterable[SitemapEntry]) -> bytes:
    """A file with these addresses, in their order."""
    return f"{_DECLARATION}<urlset {_SITEMAP} {_XHTML}>\n{''.join(map(_show_url, entries))}</urlset>\n".encode()


def render_sitemap_index(parts: Iterable[tuple[str, datetime | None]]) -> bytes:
    """The index of a sitemap, by the absolute address of each of its files and the newest date in it."""
    shown = "".join(f"<sitemap><loc>{escape(url)}</loc>{_lastmod(_day(newest))}</sitemap>\n" for url, newest in parts)
    return f"{_DECLARATION}<sitemapindex {_SITEMAP}>\n{shown}</sitemapindex>\n".encode()


def render_robots(sitemap_url: str | None, content_signal: str = "") -> bytes:
    """robots.txt: everything may be read. Pages that should not be listed say so themselves. `content_signal` says what may
    be done with it (https://contentsignals.org/)."""
    lines = ["User-agent: *", *([f"Content-Signal: {content_signal}"] if content_signal else []), "Disallow:"]
    if sitemap_url:
        lines += ["", f"Sitemap: {sitemap_url}"]
    return _lines(lines)


def render_reservation(base_path: str, policy: str) -> bytes:
    """`/.well-known/tdmrep.json`: text and data mining is reserved for everything at `base_path` ("/" or "/digest/"), on the
    terms that are at the address `policy`, if there is one. See https://www.w3.org/community/tdmrep/."""
    rule: dict[str, object] = {"location": f"{base_path}*", "tdm-reservation": 1}
    if policy:
        rule["tdm-policy"] = policy
    return (json.dumps([rule], indent=2) + "\n").encode("utf-8")


def render_nginx(withdrawn: Iterable[tuple[str, str]]) -> str:
    """For a server's configuration, what `_redirects` says to other hosts: a location for each (address that is gone,
    tombstone), both percent-encoded, that answers 410 with the tombstone. nginx compares decoded addresses."""
    lines, shown = [], set()
    for path, tombstone in sorted(set(withdrawn)):
        file = unquote(tombstone) + "index.html"
        # In the address of an error page `$` would begin a variable.
        page = f"error_page 410 {_nginx_text(file)}; " if "$" not in file else ""
        lines.append(f"location = {_nginx_text(unquote(path))} {{ {page}return 410; }}")
        if page and file not in shown:
            shown.add(file)
            lines.append(f"location = {_nginx_text(file)} {{ internal; }}")
    return "".join(f"{line}\n" for line in lines)


def _nginx_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def render_headers(base_path: str, *, reserved: bool = False, policy: str = "") -> bytes:
    """`_headers` as Netlify and Cloudflare Pages read it, for a site mounted at `base_path` ("/" or "/digest/"); `reserved`
    and `policy` as in `render_reservation`.

    No two rules set the same header for one address: hosts differ in what they make of that.
    See https://docs.netlify.com/routing/headers/ and https://developers.cloudflare.com/pages/configuration/headers/.
    """
    base = "/".join(["", *filter(None, base_path.split("/")), ""])
    types = {
        "feed.xml": "application/rss+xml; charset=utf-8",
        "*/feed.xml": "application/rss+xml; charset=utf-8",
        "atom.xml": "application/atom+xml; charset=utf-8",
        "*/atom.xml": "application/atom+xml; charset=utf-8",
        "feed.json": "application/feed+json",
        "*/feed.json": "application/feed+json",
        "feeds.opml": "text/x-opml; charset=utf-8",
        "*/feeds.opml": "text/x-opml; charset=utf-8",
        "sitemap*.xml": "application/xml; charset=utf-8",
    }
    lines = [
        f"{base}*",
        f"  Content-Security-Policy: {_POLICY}",
        "  Referrer-Policy: strict-origin-when-cross-origin",
        "  X-Content-Type-Options: nosniff",
        *(["  TDM-Reservation: 1"] if reserved else []),
        *([f"  TDM-Policy: {policy}"] if reserved and policy else []),
        # The names of assets change with their bytes.
        f"{base}assets/*",
        "  Cache-Control: public, max-age=31536000, immutable",
    ]
    for path, kind in types.items():
        lines += [f"{base}{path}", f"  Content-Type: {kind}"]
    return _lines(lines)


def render_redirects(aliases: Iterable[tuple[str, str]], withdrawn: Iterable[tuple[str, str]]) -> bytes:
    """`_redirects` as Netlify reads it: aliases (old address, new address) move for good, and what is withdrawn (address,
    tombstone) is answered by its tombstone as 410, in spite of a file that is there. All addresses are root-relative under
    the base path and percent-encoded."""
    moved = sorted({(_field(old), _field(new)) for old, new in aliases})
    gone = sorted({(_field(path), _field(tombstone)) for path, tombstone in withdrawn})
    return _lines(
        [*(f"{old} {new} 301" for old, new in moved), *(f"{path} {tombstone} 410!" for path, tombstone in gone)]
    )


def _show_url(entry: SitemapEntry) -> str:
    return "".join(
        (f"<url><loc>{escape(entry.url)}</loc>", _lastmod(_day(entry.updated)), *_show_alternates(entry), "</url>\n")
    )


def _show_alternates(entry: SitemapEntry) -> Iterator[str]:
    default = (("x-default", entry.default),) if entry.default else ()
    for variant, url in entry.alternates + default:
        yield f'<xhtml:link rel="alternate" hreflang="{escape(variant)}" href="{escape(url)}"/>'


def _day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment is not None else ""


def _lastmod(day: str) -> str:
    return f"<lastmod>{day}</lastmod>" if day else ""


def _field(address: str) -> str:
    """The address as one field of a line: whatever else is in it, no space and no end of line."""
    return "".join(quote(character) if character.isspace() else character for character in address)


def _lines(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8")
