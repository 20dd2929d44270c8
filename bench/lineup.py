"""The servers of one comparison, side by side: each with a fresh database of the same kind, and all ended with it."""

import contextlib
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench import bulk, peers
from bench.clusters import Cluster, cluster
from bench.launch import HOST, ROOT, Launch, free_port
from bench.service import server
from bench.target import Target
from bench.workloads.start import LIMIT, wait_until_it_answers

OURS, STOCK, FAST = "tenon", "mlflow", "fasttrackml"
NAMES = (OURS, STOCK, FAST)
DATABASES = ("sqlite", "postgres")
# Where `make bench` installs the peers.
BINARIES = ROOT / "build" / "bench" / "peers" / "bin"


@dataclass
class Lineup:
    """Targets on one kind of database, and on PostgreSQL their clusters by name."""

    database: str
    targets: list[Target] = field(default_factory=list)
    clusters: dict[str, Cluster] = field(default_factory=dict)

    def settle(self) -> None:
        """What autovacuum would do after much was written at once, for all alike and before anything is timed."""
        for one in self.clusters.values():
            one.execute("VACUUM ANALYZE")
            one.execute("CHECKPOINT")


@contextlib.contextmanager
def lineup(database: str, names: tuple[str, ...], folder: Path) -> Iterator[Lineup]:
    """The named servers, answering. The first to be started are the slow ones, so that they start together."""
    found = Lineup(database)
    with contextlib.ExitStack() as stack:
        waiting: dict[str, Target] = {}
        for name in reversed(NAMES):
            if name in names:
                place = folder / f"{name}-{database}"
                place.mkdir(parents=True)
                if database == "postgres":
                    found.clusters[name] = stack.enter_context(cluster())
                waiting[name] = _start(stack, name, place, found.clusters.get(name))
        for target in waiting.values():
            wait_until_it_answers(target, limit=LIMIT)
        found.targets = [waiting[name] for name in NAMES if name in waiting]
        yield found


def _start(stack: contextlib.ExitStack, name: str, folder: Path, own: Cluster | None) -> Target:
    if name == OURS:
        return _ours(stack, folder, own)
    port = free_port()
    kind = {STOCK: peers.mlflow, FAST: peers.fasttrackml}[name]
    launch = kind(BINARIES, folder, own.url if own else "", port)
    launch.start()
    stack.callback(launch.end)
    target = Target(name, f"http://{HOST}:{port}")
    _attach(target, launch, own)
    target.bulk = functools.partial(bulk.write, own.url if own else str(folder / peers.FILE))
    return target


def _ours(stack: contextlib.ExitStack, folder: Path, own: Cluster | None) -> Target:
    service = stack.enter_context(server(folder, **({"DATABASE_URL": own.url} if own else {})))
    target = Target(OURS, service.tracking_uri, service.token)
    _attach(target, service.launch, own)
    return target


def _attach(target: Target, launch: Launch, own: Cluster | None) -> None:
    def restart() -> None:
        launch.end()
        launch.start()
        attach()

    def attach() -> None:
        target.pids = [launch.pid, *([own.pid] if own else [])]

    attach()
    target.restart, target.must_live = restart, launch.must_live
