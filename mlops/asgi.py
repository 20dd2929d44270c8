"""The application server's entrance: `granian --interface asginl mlops.asgi:application`.

The event loop does what no thread should wait for, which is clients: it takes in small bodies whole, and hands out
answers as fast as they are taken. Django runs in threads, as under WSGI: through its own ASGI handler a view costs
five times as much, and uploads would be written to disk twice (docs/architecture.md has the figures).

A request without a body, or with a small one, is answered by one of a few threads. A body that is large or of no said
size, and an answer that streams, get a thread of their own for as long as they take.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http import HTTPStatus
from io import BytesIO
from threading import Thread
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connections

from mlops import bodies
from mlops.bodies import Receive

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlops.settings")

Send = Callable[[dict[str, Any]], Any]
Scope = dict[str, Any]

# That are there at once, each with a thread of its own; beyond, clients are asked to come again.
STREAMS = 1000
# In seconds: how long the rest of a refused body is taken in, so that its sender gets to reading why.
FAREWELL = 5.0

django = get_wsgi_application()
# Needs Django to be set up.
from api.mlflow.shortcut import Shortcut  # noqa: E402

shortcut = Shortcut()

_threads = ThreadPoolExecutor(settings.THREADS, thread_name_prefix="request")
_streams = asyncio.BoundedSemaphore(STREAMS)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """One request, from its first byte to the last one of its answer."""
    length, endless = _said(scope)
    loop = asyncio.get_running_loop()
    if endless or length > bodies.SMALL:
        await _with_own_thread(scope, bodies.Stream(receive, loop), send)
        return
    try:
        body = await bodies.small(receive, length) if length else BytesIO()
    except bodies.Stalled as stalled:
        await _refuse(send, 408, "BAD_REQUEST", f"408 Request Timeout - {stalled}")
        return
    except bodies.Broken:
        return
    answer = await loop.run_in_executor(_threads, _answer, scope, body)
    await answer.send(send, [])


async def _with_own_thread(scope: Scope, body: bodies.Stream, send: Send) -> None:
    if _streams.locked():
        await _refuse(send, 503, "TEMPORARILY_UNAVAILABLE", "503 Service Unavailable - Too many transfers at once")
        return
    async with _streams:
        with closing(body):
            await _answer_from_own_thread(scope, body, send)


async def _answer_from_own_thread(scope: Scope, body: bodies.Stream, send: Send) -> None:
    answer = await _in_own_thread(lambda: _answer(scope, body))
    # A connection cannot serve another request while there is something of this one on it.
    await answer.send(send, [] if body.ended else [(b"connection", b"close")])
    if not (answer.sends_on and _is_direct(scope)):
        await body.pass_over(FAREWELL)


class Answer:
    """What Django answered: whole, or as pieces yet to come."""

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], content: Any) -> None:
        self._start = {"type": "http.response.start", "status": status}
        self._headers = headers
        self._content = content

    @property
    def sends_on(self) -> bool:
        """Whether the body is wanted at another address, so that the rest of it need not come here."""
        return self._start["status"] == HTTPStatus.TEMPORARY_REDIRECT

    async def send(self, send: Send, more_headers: list[tuple[bytes, bytes]]) -> None:
        await send({**self._start, "headers": [*self._headers, *more_headers]})
        if isinstance(self._content, bytes):
            await send({"type": "http.response.body", "body": self._content})
        else:
            loop = asyncio.get_running_loop()
            await _in_own_thread(lambda: _send_pieces(self._content, send, loop))
            await send({"type": "http.response.body", "body": b""})


def _answer(scope: Scope, body: Any) -> Answer:
    """The answer to a request, in this thread: by the shortcut, or Django's."""
    environ = _environ(scope, body)
    found = shortcut.answer(environ)
    if found is None:
        return _djangos(environ)
    # As Django's handler does with a signal: a pool gets its connection back.
    close_old_connections()
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in found.items()]
    return Answer(found.status_code, headers, found if found.streaming else found.content)  # type: ignore[attr-defined]


def _djangos(environ: dict[str, Any]) -> Answer:
    status, headers = 500, []

    def start(told: str, said: list[tuple[str, str]], exc_info: Any = None) -> None:
        nonlocal status, headers
        status = int(told[:3])
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in said]

    response: Any = django(environ, start)  # type: ignore[arg-type]
    if not response.streaming:
        content = b"".join(response)
        response.close()
        return Answer(status, headers, content)
    # Another thread goes on with it, and this one's database connection must not wait for that.
    close_old_connections()
    return Answer(status, headers, response)


def _send_pieces(response: Iterable[bytes], send: Send, loop: asyncio.AbstractEventLoop) -> None:
    try:
        for piece in response:
            asyncio.run_coroutine_threadsafe(_hand_out(piece, send), loop).result()
    finally:
        response.close()  # type: ignore[attr-defined]


async def _hand_out(piece: bytes, send: Send) -> None:
    await send({"type": "http.response.body", "body": piece, "more_body": True})


async def _in_own_thread(work: Callable[[], Any]) -> Any:
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as raised:  # noqa: BLE001 - the loop raises it where it is awaited
            error = raised
        finally:
            connections.close_all()
        loop.call_soon_threadsafe(settle, result, error)

    Thread(target=run, name="stream", daemon=True).start()
    return await done


def _said(scope: Scope) -> tuple[int, bool]:
    """The length of the body as its headers say, and whether there may be one of which they say nothing."""
    length, chunked = None, False
    for name, value in scope["headers"]:
        if name == b"content-length":
            length = int(value) if value.isdigit() else 0
        chunked = chunked or name == b"transfer-encoding"
    # In HTTP/2 any request may have a body; in HTTP/1 only what is chunked, or says its length.
    unsaid = scope["http_version"] not in ("1.0", "1.1") and scope["method"] not in ("GET", "HEAD", "DELETE", "OPTIONS")
    return length or 0, chunked or (length is None and unsaid)


def _is_direct(scope: Scope) -> bool:
    """Whether no proxy stands between. Clients take a connection that ends after the answer well, proxies do not."""
    return not any(name in (b"x-forwarded-for", b"forwarded", b"via") for name, _ in scope["headers"])


def _environ(scope: Scope, body: Any) -> dict[str, Any]:
    """The request as WSGI says it (PEP 3333)."""
    client, server = scope.get("client") or ("", 0), scope.get("server") or ("", 0)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw, value in scope["headers"]:
        _add_header(environ, raw.decode("latin-1").upper().replace("-", "_"), value.decode("latin-1"))
    return environ


def _add_header(environ: dict[str, Any], name: str, value: str) -> None:
    """A header that is there twice is one, with commas."""
    key = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
    between = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = f"{environ[key]}{between}{value}" if key in environ else value


async def _refuse(send: Send, status: int, code: str, message: str) -> None:
    """In words of both dialects, as nobody has looked yet which one is spoken."""
    headers = [(b"content-type", b"application/json"), (b"connection", b"close"), (b"retry-after", b"2")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = json.dumps({"error_code": code, "message": message}).encode()
    await send({"type": "http.response.body", "body": body})
