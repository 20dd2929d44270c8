"""A cheap HTTP/1.1 load generator: one thread, one epoll loop, raw sockets.

A *script* is a generator. It yields `(label, request bytes)` and is sent back an `Answer`; each script has one
keep-alive connection of its own, so that 16 scripts are 16 clients. A script ends when it returns, so that "create a
run, then log to the run that came back" is straight code. Only plain `http://` is spoken: the benchmark runs beside
the server.
"""

import collections
import contextlib
import gc
import select
import socket
import time
from array import array
from collections.abc import Generator, Iterable
from dataclasses import dataclass

RECEIVE = 1 << 18
# Servers drop idle keep-alive connections; a request never races them. In seconds.
IDLE_REOPEN = 1.5
# The longest silence before everything is given up, in seconds.
SILENCE = 300.0


@dataclass(slots=True)
class Answer:
    """`status` is 0 when there was none; `seconds` since the request was begun to be sent."""

    status: int
    body: bytes
    seconds: float


Script = Generator[tuple[str, bytes], Answer, None]
Address = tuple[str, int]


class Result:
    """What the scripts met: latencies by label in seconds, errors, and what the generator itself used of the CPU."""

    def __init__(self) -> None:
        self.latency: dict[str, array[float]] = collections.defaultdict(lambda: array("d"))
        self.errors = 0
        self.samples: list[str] = []
        self.elapsed = 0.0
        self.cpu = 0.0
        self.server_cpu: float | None = None

    @property
    def total(self) -> int:
        return sum(len(latencies) for latencies in self.latency.values())

    def count(self, label: str) -> int:
        return len(self.latency[label])

    def rate(self, label: str) -> float:
        return self.count(label) / self.elapsed if self.elapsed else 0.0

    def quantile_ms(self, label: str, share: float) -> float:
        values = sorted(self.latency[label])
        return 1000 * values[min(len(values) - 1, int(share * len(values)))] if values else float("nan")

    def note_error(self, text: str) -> None:
        self.errors += 1
        if len(self.samples) < 5:
            self.samples.append(text)


class Reply:
    """An answer while it arrives."""

    __slots__ = ("buffer", "chunked", "closes", "end", "head_end", "status")

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.status = 0
        self.head_end = -1
        self.end = -1
        self.chunked = self.closes = False

    def body(self) -> bytes | None:
        """The body once all of it is there."""
        if self.head_end < 0 and not self._read_head():
            return None
        if self.end >= 0:
            return bytes(self.buffer[self.head_end : self.end]) if len(self.buffer) >= self.end else None
        if self.chunked and self.buffer.endswith(b"0\r\n\r\n"):
            return dechunk(self.buffer, self.head_end)
        return None

    @property
    def ends_with_connection(self) -> bool:
        return self.head_end >= 0 and self.end < 0 and not self.chunked

    def _read_head(self) -> bool:
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self.buffer[:end]).lower() + b"\r\n"
        self.status, self.head_end = int(head[9:12]), end + 4
        self.closes = b"\nconnection: close" in head
        at = head.find(b"\ncontent-length:")
        if at >= 0:
            self.end = self.head_end + int(head[at + 16 : head.find(b"\r", at)])
        elif b"transfer-encoding: chunked" in head:
            self.chunked = True
        elif self.status in (204, 304):
            self.end = self.head_end
        return True


def dechunk(buffer: bytearray, at: int) -> bytes | None:
    """A body in chunks that begins at `at`; None while a part of it is missing."""
    parts: list[bytes] = []
    while (line_end := buffer.find(b"\r\n", at)) >= 0:
        size = int(bytes(buffer[at:line_end]).split(b";")[0], 16)
        if size == 0:
            return b"".join(parts)
        begin = line_end + 2
        if len(buffer) < begin + size + 2:
            return None
        parts.append(bytes(buffer[begin : begin + size]))
        at = begin + size + 2
    return None


class Connection:
    """One script and its socket."""

    __slots__ = ("address", "blocked", "label", "last_used", "out", "reply", "script", "socket", "started")

    def __init__(self, address: Address, script: Script) -> None:
        self.address, self.script = address, script
        self.socket: socket.socket | None = None
        self.reply = Reply()
        self.label, self.out = "", memoryview(b"")
        self.started = self.last_used = 0.0
        # The socket took only a part of the request.
        self.blocked = False

    def open(self) -> socket.socket:
        self.socket = socket.create_connection(self.address, timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        return self.socket


class Drive:
    """Runs scripts to their end.

    `quickack` acknowledges every segment at once. Real clients do not: a server that sends head and body in two writes
    without TCP_NODELAY then waits for the 40 ms of a delayed acknowledgement. With it one sees what such a server costs
    apart from that.
    """

    def __init__(self, *, quickack: bool = False) -> None:
        self.quickack = quickack
        self.result = Result()
        self.poller = select.epoll()
        self.live: dict[int, Connection] = {}

    def run(self, address: Address, scripts: Iterable[Script]) -> Result:
        began, cpu_began = time.perf_counter(), time.process_time()
        collected = gc.isenabled()
        gc.disable()
        try:
            for script in scripts:
                self._advance(Connection(address, script), None)
            self._loop()
        finally:
            self.result.elapsed = time.perf_counter() - began
            self.result.cpu = time.process_time() - cpu_began
            for connection in list(self.live.values()):
                self._drop(connection)
            self.poller.close()
            if collected:
                gc.enable()
        return self.result

    def _loop(self) -> None:
        while self.live:
            events = self.poller.poll(SILENCE)
            if not events:
                for connection in list(self.live.values()):
                    self.result.note_error(f"{connection.label}: no answer for {SILENCE:.0f} s")
                return
            for descriptor, event in events:
                # An earlier event of the same look may have closed it.
                met = self.live.get(descriptor)
                if met and event & select.EPOLLOUT:
                    self._push(met)
                if met and event & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
                    self._receive(met)

    def _advance(self, connection: Connection, answer: Answer | None) -> None:
        try:
            label, request = connection.script.send(answer)  # type: ignore[arg-type]
        except StopIteration:
            self._drop(connection)
            return
        connection.label, connection.out, connection.reply = label, memoryview(request), Reply()
        connection.blocked = False
        if connection.socket is not None and time.perf_counter() - connection.last_used > IDLE_REOPEN:
            self._drop(connection)
        if connection.socket is None:
            descriptor = connection.open().fileno()
            self.live[descriptor] = connection
            self.poller.register(descriptor, select.EPOLLIN)
        connection.started = time.perf_counter()
        self._push(connection)

    def _push(self, connection: Connection) -> None:
        opened = connection.socket
        if opened is None:
            return
        while connection.out:
            try:
                sent = opened.send(connection.out)
            except BlockingIOError:
                connection.blocked = True
                self.poller.modify(opened.fileno(), select.EPOLLIN | select.EPOLLOUT)
                return
            except OSError:
                return  # who reads sees the same failure, and reports it
            connection.out = connection.out[sent:]
        if connection.blocked:
            connection.blocked = False
            self.poller.modify(opened.fileno(), select.EPOLLIN)
        self._acknowledge(opened)

    def _acknowledge(self, opened: socket.socket) -> None:
        if self.quickack:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _receive(self, connection: Connection) -> None:
        opened, reply = connection.socket, connection.reply
        if opened is None:
            return
        try:
            self._acknowledge(opened)
            data = opened.recv(RECEIVE)
        except BlockingIOError:
            return
        except OSError as error:
            self._finish(connection, 0, f"socket error: {error}".encode())
            return
        if data:
            reply.buffer += data
            body = reply.body()
            if body is not None:
                self._finish(connection, reply.status, body)
        elif reply.ends_with_connection:
            reply.closes = True
            self._finish(connection, reply.status, bytes(reply.buffer[reply.head_end :]))
        else:
            self._finish(connection, 0, b"connection closed by the server before its answer")

    def _finish(self, connection: Connection, status: int, body: bytes) -> None:
        connection.last_used = time.perf_counter()
        spent = connection.last_used - connection.started
        self.result.latency[connection.label].append(spent)
        if status != 200:
            self.result.note_error(f"{connection.label}: HTTP {status} {body[:200]!r}")
        if connection.reply.closes or status == 0:
            self._drop(connection)
        self._advance(connection, Answer(status, body, spent))

    def _drop(self, connection: Connection) -> None:
        if connection.socket is None:
            return
        descriptor = connection.socket.fileno()
        self.live.pop(descriptor, None)
        with contextlib.suppress(OSError, ValueError):
            self.poller.unregister(descriptor)
        connection.socket.close()
        connection.socket = None
