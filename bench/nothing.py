"""A server that does nothing, to learn what the load generator itself can do: `python -m bench.nothing` prints its
port and answers every request with an empty object."""

import contextlib
import select
import socket
import sys

REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def serve(listener: socket.socket) -> None:
    poller = select.epoll()
    poller.register(listener.fileno(), select.EPOLLIN)
    peers: dict[int, socket.socket] = {}
    while True:
        for descriptor, _ in poller.poll():
            if descriptor == listener.fileno():
                peer, _ = listener.accept()
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                peers[peer.fileno()] = peer
                poller.register(peer.fileno(), select.EPOLLIN)
            elif not _answered(peers[descriptor]):
                poller.unregister(descriptor)
                peers.pop(descriptor).close()


def _answered(peer: socket.socket) -> bool:
    with contextlib.suppress(OSError):
        if peer.recv(1 << 18):
            peer.send(REPLY)
            return True
    return False


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0), backlog=256) as opened:
        sys.stdout.write(f"{opened.getsockname()[1]}\n")
        sys.stdout.flush()
        serve(opened)
