"""An address → a socket that listens there, and the HTTP server behind it. Quiet: a broken client is no news."""

from __future__ import annotations

import errno
import os
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from builder.diagnostics import BuilderError, error

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIApplication

#: How many ports are tried, from the one asked for.
TRIES = 20


def listen(bind: str, port: int, say: Callable[[str], None]) -> socket.socket:
    """A listening socket on the address and the port, or on the next free one; says so when it is another. Port 0 is any free
    one. Raises `BuilderError` when the address cannot be used or no port is free."""
    bind = bind.strip("[]")
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    last = min(port + TRIES - 1, 65535) if port else 0
    for number in range(port, last + 1):
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            if os.name == "posix":
                # Else a port cannot be used for a minute after a preview ended. Elsewhere the option takes a port from
                # the program that has it.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((bind, number))
            listener.listen(128)
        except (OSError, OverflowError) as exception:
            listener.close()
            if isinstance(exception, OSError) and exception.errno == errno.EADDRINUSE:
                continue
            reason = getattr(exception, "strerror", None) or str(exception)
            hint = "name another address with --bind or another port with -p; ports below 1024 are often reserved"
            raise BuilderError(
                error("preview-address", f"cannot listen on {bind}:{number}: {reason}", hint=hint)
            ) from exception
        if number != port:
            say(f"port {port} is busy: using {number}")
        return listener
    message = f"ports {port} to {last} of {bind} are busy"
    raise BuilderError(error("preview-address", message, hint="end another preview, or name another port with -p"))


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    #: Seconds that a client may keep us waiting for the rest of its request.
    timeout = 20

    def run_wsgi(self) -> None:
        try:
            urlsplit(self.path)
        except ValueError:  # as http://[
            self.send_error(400)
            return
        super().run_wsgi()

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - its name in Werkzeug
        """Nothing: the application tells what is worth it."""


class PreviewServer(ThreadedWSGIServer):
    """Serves the application on a listening socket, a daemon thread a request."""

    def __init__(self, listener: socket.socket, app: WSGIApplication, say: Callable[[str], None]) -> None:
        address = listener.getsockname()
        self._say = say
        super().__init__(address[0], address[1], app, _Handler, fd=listener.fileno())
        listener.close()  # the server has a descriptor of its own

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - its name in Werkzeug
        if type == "error":
            self._say(_last_line(message % args if args else message))

    def handle_error(self, request: object, client_address: object) -> None:
        """A request whose bytes the library could not take: its thread ends, the preview goes on."""


def _last_line(text: str) -> str:
    """Of a traceback, what was raised."""
    return f"internal error: {text.strip().splitlines()[-1]}"
