"""A site being written → a local server that shows it, follows every change and writes nothing to the output.

watch ──▶ plan anew (in the background) ──▶ tell the pages shown ──▶ they ask again
"""

from __future__ import annotations

import signal
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from builder.preview.reload import strip_reload
from builder.preview.snapshot import Preview, SiteSnapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from builder.diagnostics import Diagnostic
    from builder.preview.listening import PreviewServer
    from builder.preview.planning import Planner

__all__ = ["Preview", "Running", "SiteSnapshot", "serve", "start", "strip_reload"]


@dataclass(frozen=True, slots=True)
class Running:
    """A preview that runs in threads of its own."""

    origin: str  # http://127.0.0.1:8000
    _planner: Planner
    _server: PreviewServer
    _stopping: threading.Event
    _watching: threading.Event
    _threads: tuple[threading.Thread, ...]

    @property
    def url(self) -> str:
        """Where the site is mounted; just the server's root before the first plan is ready."""
        state = self._planner.state
        return self.origin + quote(state.base_path if state else "/")

    @property
    def is_planned(self) -> bool:
        """Whether the first plan is ready; requests wait for it."""
        return self._planner.state is not None

    def wait_ready(self, seconds: float) -> bool:
        """Waits until the first plan is ready and changes are noticed; false when that took longer."""
        return self._watching.wait(seconds) and (self.is_planned or self._planner.newer(0, seconds) is not None)

    def stop(self) -> bool:
        """Ends the preview within a second: streams close and the port is free. False when a plan or a page is still being
        made; that work goes on in a daemon thread until it is done or the process ends."""
        self._stopping.set()
        self._planner.stop()
        self._server.shutdown()
        for thread in self._threads:
            thread.join(0.3)
        return not any(thread.is_alive() for thread in self._threads) and not self._planner.reading.locked()


def start(
    preview: Preview,
    *,
    folder: Path,
    watched: Sequence[Path],
    ignored: Sequence[Path] = (),
    roots: Sequence[Path] = (),
    bind: str = "127.0.0.1",
    port: int = 8000,
    navigate: bool = False,
    verbose: bool = False,
    say: Callable[[str], None] = lambda _: None,
    found: Callable[[Sequence[Diagnostic]], None] | None = None,
) -> Running:
    """Starts a preview and returns at once; the first plan goes on in the background. `folder` is the site's, to which sources
    and findings are relative; `watched` and `ignored` are as in `watch`; files to send lie in `folder` or one of `roots` (the
    shipped themes). `navigate` sends every page shown to the page of a source that changed. `say` gets a line at a time, from
    any thread: findings (unless `found` takes them), and with `verbose` every request. Raises `BuilderError` when it cannot
    listen there.
    """
    from builder.preview.app import PreviewApp
    from builder.preview.listening import PreviewServer, listen
    from builder.preview.planning import Planner
    from builder.preview.watch import watch

    listener = listen(bind, port, say)
    number = listener.getsockname()[1]
    planner = Planner(preview, folder, navigate=navigate, say=say, verbose=verbose, found=found)
    app = PreviewApp(planner, (folder, *roots), bind=bind, port=number, say=say, verbose=verbose)
    server = PreviewServer(listener, app, say)
    stopping, watching = threading.Event(), threading.Event()

    def follow() -> None:
        for change in watch(watched, ignored=ignored, stop=stopping, ready=watching, warn=say):
            planner.changed(change)

    threads = (
        threading.Thread(target=follow, daemon=True, name="wenzhai-follow"),
        threading.Thread(target=planner.run, daemon=True, name="wenzhai-plan"),
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True, name="wenzhai-serve"),
    )
    for thread in threads:
        thread.start()
    return Running(f"http://{_shown(bind)}:{number}", planner, server, stopping, watching, threads)


def serve(
    preview: Preview,
    *,
    folder: Path,
    watched: Sequence[Path],
    ignored: Sequence[Path] = (),
    roots: Sequence[Path] = (),
    bind: str = "127.0.0.1",
    port: int = 8000,
    open_browser: bool = False,
    navigate: bool = False,
    verbose: bool = False,
    say: Callable[[str], None],
    found: Callable[[Sequence[Diagnostic]], None] | None = None,
) -> bool:
    """As `start`, but blocks until Ctrl-C or SIGTERM; says the address once the first plan is ready. Returns what
    `Running.stop` does: on false the caller should leave without waiting for the interpreter's threads."""
    asked: list[int] = []
    # A handler that only takes note: one that set an event could wait for a lock that the interrupted code holds.
    before = {
        number: signal.signal(number, lambda received, _: asked.append(received))
        for number in (signal.SIGINT, signal.SIGTERM)
        if threading.current_thread() is threading.main_thread()
    }
    try:
        running = start(
            preview,
            folder=folder,
            watched=watched,
            ignored=ignored,
            roots=roots,
            bind=bind,
            port=port,
            navigate=navigate,
            verbose=verbose,
            say=say,
            found=found,
        )
        pause = threading.Event()
        told = False
        while not asked:
            if running.is_planned and not told:
                told = True
                _welcome(running, bind, open_browser=open_browser, say=say)
            pause.wait(0.05 if not told else 0.2)
        return running.stop()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _welcome(running: Running, bind: str, *, open_browser: bool, say: Callable[[str], None]) -> None:
    say(f"preview: {running.url} (Ctrl-C ends it)")
    if bind in ("0.0.0.0", "::"):  # noqa: S104 - told, as it is what was asked for
        say("it listens on all addresses: everybody in this network can read it, drafts included")
    if open_browser:
        import webbrowser

        # Browsers of the terminal return only when they are closed.
        threading.Thread(target=webbrowser.open, args=(running.url,), daemon=True, name="wenzhai-browser").start()


def _shown(bind: str) -> str:
    """The host part of the address to open. Nothing can be opened at 0.0.0.0."""
    bind = bind.strip("[]")
    if bind == "0.0.0.0":  # noqa: S104 - replaced by what can be opened
        return "127.0.0.1"
    if bind == "::":
        return "[::1]"
    return f"[{bind}]" if ":" in bind else bind
