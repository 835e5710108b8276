"""FILE, URL or - → the bytes that are there, and what is said of them. The one place of an import that reads."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from builder import __version__
from builder.config import is_web_address
from builder.diagnostics import BuilderError, Diagnostic, error

if TYPE_CHECKING:
    from http.client import HTTPMessage
    from typing import IO

STANDARD_INPUT = "-"
_SECONDS = 30
_MOST_BYTES = 20_000_000
#: What makes an address ASCII and leaves what is encoded already as it is.
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"
_READS = "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/feed+json, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class Fetched:
    """Bytes from somewhere. `address` is the one that answered, after all redirects, "" for a file; `name` that of the file."""

    data: bytes
    address: str = ""
    name: str = ""
    media_type: str = ""
    charset: str = ""


def fetch(what: str) -> Fetched:
    """Read a file, an http(s) address, or standard input (`-`). Raises `BuilderError` for what cannot be read, takes longer
    than half a minute between two answers, or is larger than 20 MB."""
    if what == STANDARD_INPUT:
        return Fetched(_limited(sys.stdin.buffer, "standard input"))
    if "://" in what:
        return _fetch_address(what)
    path = Path(what)
    try:
        with path.open("rb") as file:
            return Fetched(_limited(file, what), name=path.name)
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise BuilderError(_unreadable(what, why or "it cannot be read")) from None


def _fetch_address(address: str) -> Fetched:
    if not is_web_address(address):
        raise BuilderError(_unreadable(address, "only http(s) addresses are read"))
    headers = {"User-Agent": f"wenzhai/{__version__} (import)", "Accept": _READS}
    request = Request(_ascii_address(address), headers=headers)  # noqa: S310 - http(s) only, see above
    try:
        with build_opener(_Redirects).open(request, timeout=_SECONDS) as response:
            said = response.headers
            data = _limited(response, address)
            return Fetched(data, response.geturl(), "", said.get_content_type(), said.get_content_charset() or "")
    except HTTPError as problem:
        why = f"the answer is {problem.code} {problem.reason}".strip()
    except URLError as problem:
        why = str(problem.reason)
    except (OSError, HTTPException, ValueError) as problem:
        why = str(problem) or type(problem).__name__
    raise BuilderError(_unreadable(address, why))


class _Redirects(HTTPRedirectHandler):
    """Follows to other http(s) addresses, and nowhere else."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """What is asked next. Raises `URLError` for an address that is none of the web."""
        if not is_web_address(newurl):
            raise URLError(f"it leads on to {newurl}, which is no http(s) address")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _ascii_address(address: str) -> str:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
        parts = parts._replace(netloc=host + (f":{parts.port}" if parts.port else ""))
    return urlunsplit((parts.scheme, parts.netloc, quote(parts.path, _URL_SAFE), quote(parts.query, _URL_SAFE), ""))


def _limited(file: IO[bytes], name: str) -> bytes:
    data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise BuilderError(_unreadable(name, f"it is larger than {_MOST_BYTES // 1_000_000} MB"))
    return data


def _unreadable(name: str, why: str) -> Diagnostic:
    return error(
        "import-unreadable",
        f"cannot read {name}: {why}",
        hint="give a file, an http(s) address, or - for standard input",
    )
