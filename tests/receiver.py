"""A receiver of webhooks on this machine, with or without TLS, that remembers what it was sent.

What it answers is said by the path: `/ok`, `/status/503`, `/redirect`, `/endless`, `/trickle`, `/silent`, `/echo`.
"""

import contextlib
import datetime
import ipaddress
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    url: str
    port: int
    received: list[Received] = field(default_factory=list)
    # Answered in this order before what the path says.
    statuses: list[int] = field(default_factory=list)
    cut_off: int = 0


class Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def log_message(self, *args: Any) -> None: ...

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.receiver.received.append(Received(self.path, dict(self.headers), body))
        if self.receiver.statuses:
            self.answer(self.receiver.statuses.pop(0), b"")
            return
        try:
            getattr(self, self.path.split("/")[1], self.ok)()
        except OSError:
            self.receiver.cut_off += 1

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def ok(self) -> None:
        self.answer(200, b"thanks")

    def status(self) -> None:
        self.answer(int(self.path.rsplit("/", 1)[1]), b"no")

    def redirect(self) -> None:
        self.answer(302, b"", Location="/ok")

    def echo(self) -> None:
        self.answer(200, str(self.headers).encode())

    def endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 65536)

    def trickle(self) -> None:
        """Headers that never end, a few bytes at a time: no single wait is long."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.wfile.write(b"X-More: 1\r\n")
            self.wfile.flush()
            time.sleep(0.2)

    def silent(self) -> None:
        time.sleep(3)
        self.answer(200, b"late")


@contextlib.contextmanager
def receiver(certificate: Path | None = None) -> Iterator[Receiver]:
    """`certificate` is a PEM file with a key, for TLS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    port = server.server_address[1]
    found = Receiver(f"{'https' if certificate else 'http'}://127.0.0.1:{port}", port)
    server.RequestHandlerClass = type("Bound", (Handler,), {"receiver": found})
    server.handle_error = lambda *args: None  # type: ignore[method-assign]
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certify(folder: Path, *, host: str = "hooks.example.com") -> tuple[Path, Path]:
    """An authority's certificate, and a certificate with its key for `host` and 127.0.0.1, as PEM files."""
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    root = _certificate("Authority", authority, "Authority", authority, [x509.BasicConstraints(True, None)])
    leaf = _certificate(host, own, "Authority", authority, [x509.SubjectAlternativeName(names)])
    ca, pair = folder / "authority.pem", folder / "pair.pem"
    ca.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    key = own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pair.write_bytes(key + leaf.public_bytes(serialization.Encoding.PEM))
    return ca, pair


def _certificate(name: str, key: Any, issuer: str, issuer_key: Any, extensions: list[Any]) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = x509.CertificateBuilder(
        issuer_name=_called(issuer),
        subject_name=_called(name),
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - datetime.timedelta(days=1),
        not_valid_after=now + datetime.timedelta(days=1),
    )
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    builder = builder.add_extension(identifier, critical=False)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    return builder.sign(issuer_key, hashes.SHA256())


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
