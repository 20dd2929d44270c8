"""W8: large files, up and down through the proxy, over plain sockets."""

import contextlib
import random
import socket
import time
import uuid
from typing import Any

from bench.loadgen import Address
from bench.processes import MIB, Watch
from bench.target import Mismatch, Target, Unsupported
from bench.workload import Figures, Options, Workload, require


class Artifacts(Workload):
    code = "W8"
    clients = (1,)

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        sizes = " and ".join(f"{size:,} MiB" for size in options.sizes_mib)
        self.title = f"a file of {sizes}, up and down through the proxy"
        self.noise = random.Random(7).randbytes(MIB - 8)

    def prepare(self, target: Target) -> Any:
        info = target.run(target.new_run(target.fresh_experiment("bench-w8")))["info"]
        target.artifact_url(info["artifact_uri"], "probe")
        return info

    def slice(self, target: Target, state: Any, clients: int) -> Figures:
        figures: Figures = {}
        for mib in self.options.sizes_mib:
            place = target.artifact_url(state["artifact_uri"], f"blob-{mib}-{uuid.uuid4().hex[:8]}.bin")
            file = File(target.head, *place, blocks=mib, noise=self.noise)
            for way, move in (("up", file.upload), ("down", file.download)):
                cpu = target.cpu()
                with Watch(target.memory, every=0.1) as memory:
                    figures[f"{way} {mib} MB/s"] = mib * MIB / move() / 1e6
                after = target.cpu()
                if cpu is not None and after is not None:
                    figures[f"{way} {mib} memory MiB"] = memory.grown / MIB
                    figures[f"{way} {mib} cpu ms"] = 1000 * (after - cpu)
            file.delete()
        return figures


class File:
    """A file of blocks of 1 MiB, each of which begins with its number. `upload` and `download` take so many seconds."""

    def __init__(self, head: bytes, address: Address, path: str, *, blocks: int, noise: bytes) -> None:
        self.head, self.address, self.path = head, address, path
        self.blocks, self.noise = blocks, noise

    def _request(self, opened: socket.socket, method: str, *headers: str) -> None:
        lines = "".join(f"{line}\r\n" for line in (*headers, "Connection: close", ""))
        opened.sendall(f"{method} {self.path} HTTP/1.1\r\n".encode() + self.head + lines.encode())

    def _connect(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=600)

    def upload(self) -> float:
        with self._connect() as opened:
            began = time.perf_counter()
            length = f"Content-Length: {self.blocks * MIB}"
            self._request(opened, "PUT", "Content-Type: application/octet-stream", length)
            with contextlib.suppress(ConnectionError):  # an answer that came early is read below
                for block in range(self.blocks):
                    opened.sendall(block.to_bytes(8, "big") + self.noise)
            status, _, rest = read_head(opened)
            while opened.recv(65536):
                pass
            took = time.perf_counter() - began
        if status in (404, 405, 501):
            raise Unsupported(f"PUT of a file: HTTP {status}")
        require(status in (200, 201, 204), f"PUT {self.path}: HTTP {status} {rest[:200]!r}")
        return took

    def download(self) -> float:
        with self._connect() as opened:
            began = time.perf_counter()
            self._request(opened, "GET")
            status, head, rest = read_head(opened)
            require(status == 200, f"GET {self.path}: HTTP {status} {rest[:200]!r}")
            body = Body(opened, rest, chunked=b"transfer-encoding: chunked" in head.lower())
            buffer = bytearray(MIB)
            for block in range(self.blocks):
                require(body.fill(buffer), f"GET {self.path}: ended in block {block} of {self.blocks}")
                same = buffer[:8] == block.to_bytes(8, "big") and buffer[8:] == self.noise
                require(same, f"GET {self.path}: block {block} differs")
            require(not body.fill(bytearray(1)), f"GET {self.path}: longer than what was stored")
            return time.perf_counter() - began

    def delete(self) -> None:
        """Keeps the disk small where the server knows how to."""
        with self._connect() as opened:
            self._request(opened, "DELETE")
            read_head(opened)


def read_head(opened: socket.socket) -> tuple[int, bytes, bytes]:
    """Status, head, and what came of the body with it."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = opened.recv(65536)
        require(bool(more), f"connection closed before the answer: {data[:200]!r}")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    return int(head[9:12]), head, rest


class Body:
    """Fills buffers from the body of an answer, plain or in chunks."""

    def __init__(self, opened: socket.socket, rest: bytes, *, chunked: bool) -> None:
        self.socket, self.rest, self.chunked = opened, rest, chunked
        self.left = 0
        self.ended = False

    def fill(self, buffer: bytearray) -> bool:
        """False when the body ended before the buffer was full."""
        view, at = memoryview(buffer), 0
        while at < len(view):
            most = self._available(len(view) - at)
            got = self._read(view[at : at + most]) if most else 0
            if not got:
                return False
            self.left -= got if self.chunked else 0
            at += got
        return True

    def _available(self, wanted: int) -> int:
        """How much may be read before the next chunk's head; 0 at the end."""
        if not self.chunked:
            return wanted
        if self.left == 0 and not self.ended:
            # A chunk is followed by an empty line.
            line = self._line() or self._line()
            self.left = int(line.split(b";")[0], 16)
            self.ended = self.left == 0
        return min(wanted, self.left)

    def _read(self, view: memoryview) -> int:
        if not self.rest:
            return self.socket.recv_into(view)
        size = min(len(view), len(self.rest))
        view[:size] = self.rest[:size]
        self.rest = self.rest[size:]
        return size

    def _line(self) -> bytes:
        while b"\r\n" not in self.rest:
            more = self.socket.recv(65536)
            if not more:
                raise Mismatch("a body in chunks was cut short")
            self.rest += more
        line, self.rest = self.rest.split(b"\r\n", 1)
        return line
