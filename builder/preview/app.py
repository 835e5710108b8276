"""The preview as a WSGI application: hosts, methods, conditional and range requests, the reload script and its events."""

from __future__ import annotations

import ipaddress
import re
import socket
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file

from builder.diagnostics import BuilderError
from builder.preview.answers import HTML, Answer, Answerer, decode_path, is_page_path
from builder.preview.planning import guarded, in_a_line
from builder.preview.reload import EVENTS, RESERVED, SCRIPT, VARIANTS, add_reload, digest_of, event_after
from builder.preview.variants_page import show_variants_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from wsgiref.types import StartResponse, WSGIEnvironment

    from builder.diagnostics import Diagnostic
    from builder.preview.planning import Planner, State, Step

#: Seconds that a page waits for a plan under way, so that a request right after saving shows what was saved. The page is
#: told when a plan takes longer.
PATIENCE = 1.5

#: Seconds between signs of life in an event stream; they also tell that a browser is gone.
_HEARTBEAT = 10.0

#: Event streams at a time. A browser opens six connections to one server, and needs some to load pages with; when there are
#: more windows, the oldest stream ends, and its page comes back a second later and catches up.
_STREAMS = 4

_ANY = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound to
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::([0-9]{1,5}))?")
_RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.IGNORECASE)


class PreviewApp:
    """The WSGI application of one preview, listening on `bind` and `port`."""

    def __init__(
        self,
        planner: Planner,
        folders: Sequence[Path],
        *,
        bind: str,
        port: int,
        say: Callable[[str], None],
        verbose: bool,
    ) -> None:
        self._planner = planner
        self._answerer = Answerer(folders, planner.reading)
        self._bind = bind
        self._port = port
        self._say = say
        self._verbose = verbose
        self._said: tuple[int, frozenset[Diagnostic]] = (0, frozenset())
        self._digests: tuple[int, dict[str, str]] = (0, {})
        self._streams: dict[object, None] = {}  # oldest first
        self._counting = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        target = _target(environ)
        response = self._respond(environ, target)
        response.headers.setdefault("Cache-Control", "no-cache")
        response.headers["X-Content-Type-Options"] = "nosniff"
        if self._verbose and not target.startswith(RESERVED.encode()):
            asked = f"{environ['REQUEST_METHOD']} {unquote(target.decode('utf-8', 'replace'), errors='replace')}"
            printable = "".join(character if character.isprintable() else "�" for character in asked)
            self._say(f"{response.status_code} {printable}")
        return response(environ, start_response)

    def _respond(self, environ: WSGIEnvironment, target: bytes) -> Response:
        host = environ.get("HTTP_HOST", "")
        if not is_own_host(host, bind=self._bind, port=self._port):
            # Otherwise a page elsewhere could point its own name at this address and read what is written here.
            return _plain(403, "This preview answers only to its own address; see the line `wenzhai serve` printed.")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            refused = _plain(405, "A preview only shows pages.")
            refused.headers["Allow"] = "GET, HEAD"
            return refused
        path = decode_path(target)
        if path is not None and path.startswith(RESERVED):
            return self._respond_reserved(environ, path, target)
        state = self._planner.settled(PATIENCE if is_page_path(path or "/") else 0)
        if state is None:
            return _plain(503, "The preview is ending.")
        answer = self._answer(state, path)
        return self._send(answer, environ)

    def _answer(self, state: State, path: str | None) -> Answer:
        answer = self._answerer.answer(state, path)
        if answer.failure and not state.failure:  # a failed plan was told when it failed
            number, said = self._said
            known = said if number == state.number else frozenset()
            self._said = (state.number, known | set(answer.failure))
            self._planner.tell_found([diagnostic for diagnostic in answer.failure if diagnostic not in known])
        return answer

    def _send(self, answer: Answer, environ: WSGIEnvironment) -> Response:
        if answer.location:
            response = _plain(answer.status, f"See {answer.location}")
            response.headers["Location"] = answer.location
            return response
        if isinstance(answer.content, Path):
            return _send_file(answer.content, answer, environ)
        content = answer.content if answer.page is None else add_reload(answer.page)
        response = Response(content, answer.status, content_type=answer.type)
        return _conditional(response, digest_of(content), len(content), environ)

    def _respond_reserved(self, environ: WSGIEnvironment, path: str, target: bytes) -> Response:
        if path == SCRIPT:
            script = _script()
            response = Response(script, content_type="text/javascript; charset=utf-8")
            return _conditional(response, digest_of(script), len(script), environ)
        if path.startswith(VARIANTS):
            return self._show_variants(path.removeprefix(VARIANTS))
        if path != EVENTS:
            return _plain(404, "The preview has nothing here.")
        try:
            query = dict(parse_qsl(target.partition(b"?")[2].decode("ascii", "replace"), max_num_fields=20))
        except ValueError:
            query = {}
        page = decode_path(query.get("page", "").encode())
        me = object()
        events = self._events(me, page, query.get("shows", ""), query.get("last", ""))
        return Response(
            self._stream(me, events),
            content_type="text/event-stream; charset=utf-8",
            headers={"Cache-Control": "no-store"},
        )

    def _show_variants(self, source: str) -> Response:
        """The texts of a source side by side."""
        state = self._planner.settled(PATIENCE)
        if state is None:
            return _plain(503, "The preview is ending.")
        if state.snapshot is None:
            return _plain(404, "The site cannot be planned; its pages say why.")
        snapshot = state.snapshot
        with self._planner.reading:
            try:
                compared = guarded(lambda: snapshot.compare(source))
            except BuilderError as failed:
                return _plain(500, "\n".join(in_a_line(diagnostic) for diagnostic in failed.diagnostics))
        if compared is None:
            return _plain(404, "There is no source of this name; write its path from the site's folder on.")
        response = Response(show_variants_page(source, compared), content_type=HTML)
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
        return response

    def _stream(self, me: object, events: Iterator[bytes]) -> Iterator[bytes]:
        with self._counting:
            self._streams[me] = None
            while len(self._streams) > _STREAMS:
                del self._streams[next(iter(self._streams))]
        self._planner.wake()
        try:
            yield from events
        finally:
            with self._counting:
                self._streams.pop(me, None)

    def _events(self, me: object, page: str | None, shows: str, last: str) -> Iterator[bytes]:
        """What a browser is told: at once when the page that it shows is old, then after every change. A client that does
        not say what it shows is told of every change."""
        planner = self._planner
        state = planner.settled(0)
        if state is None:
            return
        yield b"retry: 1000\n\n" + _event("hello", planner.name(state))
        seen = planner.number(last)
        if seen is not None and seen < state.number:
            event, shows = self._decide(seen, state, page, shows)  # it slept, or lost its connection
            yield event
        elif page is not None and shows and self._digest(state, page) != shows:
            yield _event("reload", planner.name(state))
        while not planner.stopped and me in self._streams:
            newer = planner.newer(state.number, _HEARTBEAT, lambda: me not in self._streams)
            if newer is None:
                yield b": here\n\n"
                continue
            event, shows = self._decide(state.number, newer, page, shows)
            state = newer
            yield event

    def _decide(self, seen: int, state: State, page: str | None, shows: str) -> tuple[bytes, str]:
        """The event (empty: none) for what happened after the state `seen`, and what the page shows then."""
        name = self._planner.name(state)
        steps = self._planner.steps_since(seen, state)
        target = self._page_to_follow(state, steps or (), page)
        if target:
            return _event("navigate", name, target), shows
        digest = self._digest(state, page) if page is not None and shows else ""
        if steps is None:
            return _event("reload", name), digest
        paths = [path for step in steps for path in step.paths]
        event = event_after(paths, same_page=bool(digest) and digest == shows)
        return (_event(event, name) if event else b""), digest

    def _page_to_follow(self, state: State, steps: Sequence[Step], page: str | None) -> str:
        """The page to go to; "" when there is none or it is the one that is shown. Whoever reads a variant stays in it."""
        target = next((step.target for step in reversed(steps) if step.target), "")
        if not target or page is None or state.failure:
            return "" if state.failure else target
        base, wanted = state.base_path, unquote(target)
        variant = page.removeprefix(base).partition("/")[0]
        twin = f"{base}{variant}/{wanted.removeprefix(base)}"
        if page in (wanted, twin):
            return ""
        return quote(twin) if variant and self._answerer.has_page(state, twin) else target

    def _digest(self, state: State, page: str) -> str:
        number, digests = self._digests
        if number != state.number:
            digests = {}
            self._digests = (state.number, digests)
        if page not in digests:
            content = self._answer(state, page).page
            digests[page] = "" if content is None else digest_of(content)
        return digests[page]


def is_own_host(host: str, *, bind: str, port: int) -> bool:
    """Whether a Host header names this preview: its address or localhost, with the port. A preview that listens on all
    addresses also answers to any address and to the machine's name."""
    match = _HOST.fullmatch(host.lower())
    if match is None or int(match[2] or 80) != port:
        return False
    name = match[1].strip("[]")
    if name in ("127.0.0.1", "localhost", "::1", bind.lower().strip("[]")):
        return name not in _ANY
    if bind not in _ANY:
        return False
    machine = socket.gethostname().lower()
    if name in (machine, machine.partition(".")[0], machine.partition(".")[0] + ".local"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _target(environ: WSGIEnvironment) -> bytes:
    """The request target as it was sent, less the address of an absolute one. PATH_INFO is decoded, so that an encoded slash
    in it cannot be told from a slash."""
    target: bytes = environ["REQUEST_URI"].encode("latin-1").decode("utf-8").encode("latin-1")
    if target.startswith(b"/"):
        return target
    return b"/" + target.partition(b"://")[2].partition(b"/")[2] if b"://" in target.partition(b"?")[0] else b"/./"


def _plain(status: int, sentence: str) -> Response:
    return Response(sentence + "\n", status, content_type="text/plain; charset=utf-8")


def _send_file(path: Path, answer: Answer, environ: WSGIEnvironment) -> Response:
    try:
        file = path.open("rb")
        about = path.stat()
    except OSError:
        return _plain(404, "The file is gone.")
    response = Response(wrap_file(environ, file), answer.status, content_type=answer.type, direct_passthrough=True)
    response.call_on_close(file.close)
    response.content_length = about.st_size
    try:
        # Every way of changing a file changes one of these; reading a video to name it would take longer than sending it.
        return _conditional(
            response, f"{about.st_mtime_ns:x}-{about.st_size:x}-{about.st_ino:x}", about.st_size, environ
        )
    except BaseException:
        response.close()
        raise


def _conditional(response: Response, tag: str, length: int, environ: WSGIEnvironment) -> Response:
    if response.status_code != 200:
        return response
    response.set_etag(tag)
    environ = dict(environ)
    wanted = environ.pop("HTTP_RANGE", None)
    if wanted is not None and "HTTP_IF_NONE_MATCH" not in environ and environ["REQUEST_METHOD"] == "GET":
        # One range of bytes is served; anything else that Range may say is to be ignored, says RFC 9110, 14.2.
        match = _RANGE.fullmatch(wanted)
        if (
            match is not None
            and (match[1] or match[2])
            and not (match[1] and match[2] and int(match[1]) > int(match[2]))
        ):
            whole = not match[1] and int(match[2]) >= length > 0  # the last N bytes of fewer than N
            environ["HTTP_RANGE"] = "bytes=0-" if whole else f"bytes={match[1]}-{match[2]}"
    try:
        response = response.make_conditional(environ, accept_ranges=True, complete_length=length)
    except HTTPException as refused:
        response.close()
        unsatisfiable = Response(status=refused.code)
        unsatisfiable.headers.extend(header for header in refused.get_headers() if header[0] == "Content-Range")
        return unsatisfiable
    response.headers.pop("Date", None)  # the server writes one
    return response


def _event(name: str, state: str, data: str = "") -> bytes:
    return f"event: {name}\nid: {state}\ndata: {data}\n\n".encode()


@cache
def _script() -> bytes:
    return (files("builder.preview") / "reload.js").read_bytes()
