"""The only way out: a POST to an address that a user has chosen, and that must not be one of our own machines.

A name is resolved once, every address it has is checked, and the connection goes to a checked address: what the name
says a moment later does not matter. TLS is verified against the name. No redirect is followed, no proxy is asked, and
whatever the receiver does it has `TIMEOUT` seconds and `MOST_READ` bytes.
"""

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

import urllib3
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection

from lib.errors import InvalidInput, Refusal

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

TIMEOUT = 10.0
RESOLVE_TIMEOUT = 5.0
MOST_READ = 64 * 1024
# Names that are being resolved at once; a broken name server must not cost more threads than that.
MOST_RESOLVING = 16

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# What browsers and C libraries take for an IPv4 address: 127.1, 2130706433, 0x7f.1, 0177.0.0.1.
_NUMERIC = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)", re.IGNORECASE)
_resolving = threading.BoundedSemaphore(MOST_RESOLVING)


@dataclass(frozen=True)
class Outcome:
    """`status` None: there was no answer, for the reason `error`."""

    status: int | None = None
    body: str = ""
    error: str = ""

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class Target:
    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[Address, ...]


def check(url: str) -> Target:
    """Where a POST to `url` would go. InvalidInput unless it may go there."""
    split = _split(url)
    host = (split.hostname or "").removesuffix(".")
    port = _port(split)
    addresses = tuple(_addresses(host, port))
    for address in addresses:
        if not allowed(address):
            raise _wrong(f"must not resolve to a non-public IP address: '{host}' resolves to {address}")
    return Target(split.scheme, host, port, _path(split), addresses)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Total."""
    try:
        target = check(url)
    except Refusal as refusal:
        return Outcome(error=f"The URL {refusal.message.removeprefix('Webhook URL ')}")
    return _Exchange(target).run(body, headers)


def allowed(address: Address) -> bool:
    """Public, or in one of the networks that the administrator has opened."""
    inner = _innermost(address)
    if any(inner.version == network.version and inner in network for network in settings.WEBHOOK_PRIVATE_NETWORKS):
        return True
    # Whatever else Python's own idea of "global" lets through.
    special = inner.is_multicast or inner.is_reserved or inner.is_unspecified or inner.is_link_local
    return inner.is_global and not special and not (isinstance(inner, ipaddress.IPv6Address) and inner.is_site_local)


def _innermost(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _wrong(reason: str) -> InvalidInput:
    return InvalidInput(f"Webhook URL {reason}.", field="url")


def _split(url: str) -> SplitResult:
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise _wrong("must be ASCII without spaces and backslashes; write what is not as xn-- and %XX")
    try:
        split = urlsplit(url)
    except ValueError:
        raise _wrong("cannot be read") from None
    if split.scheme not in settings.WEBHOOK_SCHEMES:
        raise _wrong(f"must begin with {' or '.join(f'{scheme}://' for scheme in settings.WEBHOOK_SCHEMES)}")
    if "@" in split.netloc:
        raise _wrong("must not hold a user name or password")
    if not split.hostname or "%" in split.netloc:
        raise _wrong("must include a hostname")
    return split


def _port(split: SplitResult) -> int:
    try:
        port = split.port or {"http": 80, "https": 443}[split.scheme]
    except ValueError:
        raise _wrong("has a port that is none") from None
    # Mail, shells and file servers take commands from whoever connects.
    if port not in (80, 443) and port < 1024:
        raise _wrong("must have port 80, 443, or one from 1024")
    return port


def _path(split: SplitResult) -> str:
    return (split.path or "/") + (f"?{split.query}" if split.query else "")


def _addresses(host: str, port: int) -> list[Address]:
    with contextlib.suppress(ValueError):
        return [ipaddress.ip_address(host)]
    if _NUMERIC.fullmatch(host):
        raise _wrong(f"has a host that is no canonical IP address: '{host}'")
    return [ipaddress.ip_address(found.partition("%")[0]) for found in _resolved(host, port)]


def _resolved(host: str, port: int) -> list[str]:
    """The addresses of a name, without waiting for its name server longer than `RESOLVE_TIMEOUT`."""
    found: list[str] = []

    def resolve() -> None:
        try:
            with contextlib.suppress(OSError, UnicodeError):
                infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                found.extend(dict.fromkeys(str(info[4][0]) for info in infos))
        finally:
            _resolving.release()

    if not _resolving.acquire(timeout=RESOLVE_TIMEOUT):
        raise _wrong("cannot be resolved: too many names are being resolved now")
    thread = threading.Thread(target=resolve, name="resolve", daemon=True)
    thread.start()
    thread.join(RESOLVE_TIMEOUT)
    if thread.is_alive() or not found:
        raise _wrong(f"has a hostname that cannot be resolved: '{host}'")
    return list(found)


@lru_cache
def _trusted() -> ssl.SSLContext:
    """The machine's certificate authorities; OpenSSL reads `SSL_CERT_FILE` and `SSL_CERT_DIR`."""
    return ssl.create_default_context()


class _Exchange:
    """One connection, one request, one answer, and one clock for all of it."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.ends = time.monotonic() + TIMEOUT
        self.late = False
        self.line: socket.socket | None = None

    def run(self, body: bytes, headers: Mapping[str, str]) -> Outcome:
        watch = threading.Timer(TIMEOUT, self._cut)
        watch.daemon = True
        watch.start()
        connection = self._connection()
        try:
            connection.request("POST", self.target.path, body, {**headers}, preload_content=False, decode_content=False)
            response = connection.getresponse()
            # Headers that were cut off look like headers that ended.
            return Outcome(error=self._told(TimeoutError())) if self.late else self._answer(response)
        except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError) as error:
            return Outcome(error=self._told(error))
        finally:
            watch.cancel()
            connection.close()
            if self.line is not None:
                self.line.close()

    def _connection(self) -> HTTPConnection:
        host, port = self.target.host, self.target.port
        if self.target.scheme == "http":
            return _Plain(self, host, port, timeout=TIMEOUT)
        return _Secure(self, host, port, timeout=TIMEOUT, ssl_context=_trusted())

    def connect(self) -> socket.socket:
        for address in self.target.addresses:
            try:
                connected = socket.create_connection(
                    (str(address), self.target.port), max(self.ends - time.monotonic(), 0.01)
                )
            except OSError as error:
                reason = error
                continue
            # TLS takes the socket over; this one still reaches the same connection.
            self.line = connected.dup()
            return connected
        raise reason

    def _cut(self) -> None:
        self.late = True
        if self.line is not None:
            with contextlib.suppress(OSError):
                self.line.shutdown(socket.SHUT_RDWR)

    def _answer(self, response: Any) -> Outcome:
        """Its status is what counts: a body that never ends is read no further, and is no failure."""
        read = b""
        with contextlib.suppress(OSError, http.client.HTTPException, urllib3.exceptions.HTTPError):
            while len(read) < MOST_READ and (some := response.read(1024, decode_content=False)):
                read += some
        # NUL has no place in a database.
        return Outcome(
            response.status, read[:MOST_READ].decode(errors="replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")
        )

    def _told(self, error: Exception) -> str:
        if self.late or isinstance(error, TimeoutError | urllib3.exceptions.TimeoutError):
            return f"No answer within {TIMEOUT:g} seconds"
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"The certificate cannot be trusted: {error.verify_message}"
        if isinstance(error, ssl.SSLError):
            return f"TLS failed: {error.reason or 'no reason given'}"
        if isinstance(error, OSError):
            return f"No connection: {error.strerror or type(error).__name__}"
        return "The connection was closed, or what came was not HTTP"


class _Pinned(HTTPConnection):
    """Goes where its exchange says, whatever its host would resolve to now."""

    def __init__(self, exchange: _Exchange, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exchange = exchange

    def _new_conn(self) -> socket.socket:
        return self.exchange.connect()


class _Plain(_Pinned):
    pass


class _Secure(_Pinned, HTTPSConnection):
    pass
