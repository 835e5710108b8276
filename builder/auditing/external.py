"""Addresses of other sites → which of them do not answer. The one place that goes on the network."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from builder.diagnostics import Diagnostic, Place, warning

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SECONDS, _AT_ONCE = 15, 8
# Some hosts refuse a visitor that does not look like a browser; others refuse HEAD.
_HEADERS = {"User-Agent": "Mozilla/5.0 (compatible; wenzhai-check)"}


def check_external(named: Mapping[str, Iterable[str]]) -> tuple[Diagnostic, ...]:
    """Ask every address once, and warn of those that do not answer. `named` maps each to the sources that name it."""
    addresses = sorted(named)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = tuple(pool.map(why_dead, addresses))
    return tuple(
        warning("link-dead", f"{url} does not answer: {why}", Place(path), "mend the address, or give `archived`")
        for url, why in zip(addresses, answers, strict=True)
        if why
        for path in sorted(named[url])
    )


def why_dead(url: str) -> str:
    """Why an address does not answer, "" if it does. A refusal of robots (401, 403, 405, 429) is an answer."""
    why = ""
    for method in ("HEAD", "GET"):
        try:
            with urlopen(Request(url, headers=_HEADERS, method=method), timeout=_SECONDS):  # noqa: S310 - http(s) only
                return ""
        except HTTPError as problem:
            if problem.code in (401, 403, 405, 429):
                return ""
            why = f"status {problem.code}"
        except URLError as problem:
            why = str(problem.reason)
        except (OSError, HTTPException, ValueError) as problem:
            why = str(problem) or type(problem).__name__
    return why
