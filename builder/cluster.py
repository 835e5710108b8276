"""The address of a Dask scheduler → workers on its machines: for archives that outgrow one. Needs the extra `wenzhai[cluster]`.

All machines have to see the site's folder and the output under the same paths, and run the same code as this one.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

from builder.diagnostics import BuilderError, error
from builder.memo import FOLDER, code_fingerprint
from builder.workers import ExecutorWorkers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: Seconds that a scheduler has to answer.
TIMEOUT = 5


@contextmanager
def cluster_workers(
    address: str, site: Path, lost: Callable[[str], None] = lambda _: None
) -> Iterator[ExecutorWorkers]:
    """The workers of the scheduler at an address such as `tcp://10.0.0.2:8786`, for a site in a folder whose path is absolute.
    `lost` is told when one died with its work, which is then done here.

    Raises `BuilderError`: cluster-missing (the extra is not installed), cluster-unreachable (no answer, or no worker),
    cluster-mismatch (a worker has other code, or does not see the site).
    """
    try:
        import distributed
    except ImportError:
        message = "--scheduler needs the package distributed"
        raise BuilderError(
            error("cluster-missing", message, hint="install it with: pip install 'wenzhai[cluster]'")
        ) from None
    try:
        # A client that cannot connect leaves threads that complain when the program ends: this asks without one.
        asyncio.run(_knock(address))
        client = distributed.Client(address, timeout=TIMEOUT, set_as_default=False)
    except (OSError, ValueError) as problem:  # ValueError: it is no address at all
        raise _unreachable(address, str(problem) or type(problem).__name__) from None
    folder = site / FOLDER
    with client:
        _require_same(client.run(_look, str(site)), address, site)
        _make(folder)
        yield ExecutorWorkers(client.get_executor(), folder, lost, losses=(distributed.scheduler.KilledWorker,))


async def _knock(address: str) -> None:
    from distributed import Security
    from distributed.comm import connect

    comm = await connect(address, timeout=TIMEOUT, **Security().get_connection_args("client"))
    await comm.close()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as problem:
        message = f"{folder}, through which work is handed to the cluster, cannot be made: {problem.strerror}"
        raise BuilderError(error("cluster-mismatch", message, hint="mend its rights")) from None


def _look(site: str) -> tuple[str, bool]:
    """What a worker says of itself: its code, and whether it sees the site."""
    from pathlib import Path

    return code_fingerprint(), Path(site).is_dir()


def _require_same(said: dict[str, tuple[str, bool]], address: str, site: Path) -> None:
    if not said:
        raise _unreachable(address, "it has no workers", "start some with: dask worker ADDRESS")
    for worker, (code, sees) in sorted(said.items()):
        if code != code_fingerprint():
            message = f"the worker {worker} has another version of wenzhai, of Python or of a library"
            raise BuilderError(error("cluster-mismatch", message, hint="install the same ones on all machines"))
        if not sees:
            message = f"the worker {worker} does not see {site}"
            hint = "put the site on a disk that all machines have under the same path"
            raise BuilderError(error("cluster-mismatch", message, hint=hint))


def _unreachable(address: str, why: str, hint: str = "start it with: dask scheduler") -> BuilderError:
    return BuilderError(error("cluster-unreachable", f"the scheduler at {address} cannot be used: {why}", hint=hint))
