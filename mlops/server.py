"""The application server: granian, whose entrance to Django's threads is `mlops.asgi`.

Measured against its rivals in docs/architecture.md. Its workers are spawned, not forked, so that no database
connection or thread of this process is inherited.
"""

import http.client
import multiprocessing
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

# Ctrl-C waits this long for requests that are being answered, in seconds.
GRACE = 10
# That one worker holds open. The blocking threads bound how many requests are worked on.
CONNECTIONS = 10_000


def workers() -> int:
    """`WORKERS`; without it one per core, but one alone on SQLite, whose writers wait least inside one process."""
    return settings.WORKERS or (1 if settings.ON_SQLITE else os.cpu_count() or 1)


def why_not(host: str, port: int) -> str:
    """Why nothing can listen there, or "". granian shares ports and would not notice another server."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def serve(host: str, port: int, *, ready: Callable[[], None]) -> None:
    """Answers requests until SIGINT or SIGTERM. Calls `ready` once, when the first answer has been given."""
    multiprocessing.set_start_method("spawn", force=True)
    _allow_many_connections()
    granian = Granian(
        "mlops.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=workers(),
        # Open connections are counted here, idle ones too: with a small number a few clients would lock out all others.
        backpressure=CONNECTIONS,
        backlog=1024,
        workers_kill_timeout=GRACE,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
    )
    threading.Thread(target=_announce, args=(host, port, ready), daemon=True).start()
    granian.serve(target_loader=_load)


def _allow_many_connections() -> None:
    """Systems allow a process 1,024 open files unless it asks for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS if hard == resource.RLIM_INFINITY else min(2 * CONNECTIONS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _load(_target: str) -> Callable[..., Awaitable[None]]:
    """The application, inside a worker.

    Ctrl-C reaches every process of the terminal, and then this worker would be told to stop twice, by the terminal
    and by its parent, which granian's threads may not survive: so that only the parent hears it.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    from mlops import periodic
    from mlops.asgi import application

    periodic.start()
    return application


def _end_with(parent: int) -> None:
    """A parent that was killed could not stop its workers, and they would hold the port."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)


def _announce(host: str, port: int, ready: Callable[[], None]) -> None:
    while not _answers(host, port):
        time.sleep(0.05)
    ready()


def _answers(host: str, port: int) -> bool:
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    connection = http.client.HTTPConnection(here, port, timeout=5)
    try:
        connection.request("GET", "/-/liveness")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
