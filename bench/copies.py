"""Runs full of metric points, written straight into the service's tables on PostgreSQL.

Every row is a copy of one of a run that came through the API, but for what must differ, so that columns this module
knows nothing of are as the service writes them.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import psycopg

from bench.clusters import Cluster
from bench.target import Target
from bench.workload import T0, points
from lib.progress import Progress

KEYS, STEPS = 10, 1_000
# Copies that are made in one transaction: a million points.
AT_ONCE = 100
# Steps of a batch: points arrive in this order, which decides how full the pages of the index become.
BATCH = 100
# Far above what the service counts, so that the runs it makes later find their numbers free.
FIRST_IID = 1_000_000_000

NUMBERS = "generate_series(%(begin)s::int, %(end)s::int) AS number"
UUID = "md5('copy ' || number)"
MADE = f"(SELECT id FROM tracking_run WHERE uuid IN (SELECT {UUID} FROM {NUMBERS})) AS made"
# `bench.workload.metric_value`, as PostgreSQL calculates it.
VALUE = "((step::bigint * 2654435761 + series * 40503) %% 1000003) / 1000003.0::float8"
POINTS = f"""
    INSERT INTO tracking_metric (run_id, key_id, step, timestamp, value)
    SELECT made.id, key.id, step, {T0} + step, {VALUE}
    FROM {MADE},
        unnest(%(keys)s::bigint[]) WITH ORDINALITY AS key (id, place),
        LATERAL (SELECT key.place - 1 AS series) AS of_the_key,
        generate_series(0, {STEPS - 1}) AS step
    ORDER BY made.id, step / {BATCH}, key.id, step
"""


def uuid_of(number: int) -> str:
    """The id of the copy of that number."""
    return hashlib.md5(f"copy {number}".encode(), usedforsecurity=False).hexdigest()


def template(target: Target, experiment: str) -> str:
    """The run that is copied: its latest values are those of the copies."""
    run = target.new_run(experiment)
    last = [points(1, key=f"m{key}", first=STEPS - 1, series=key)[0] for key in range(KEYS)]
    target.post("runs/log-batch", run_id=run, metrics=last)
    return run


@dataclass
class Copies:
    """`made` so far of the run."""

    cluster: Cluster
    run: str
    made: int = 0

    def fill(self, wanted: int, progress: Progress) -> None:
        """Up to so many copies; the progress is told of points."""
        with psycopg.connect(self.cluster.url, autocommit=True) as connection:
            statements, known = self._statements(connection)
            while self.made < wanted:
                until = min(self.made + AT_ONCE, wanted)
                with connection.transaction():
                    for statement in statements:
                        connection.execute(statement, {**known, "begin": self.made, "end": until - 1})
                progress.step((until - self.made) * KEYS * STEPS)
                self.made = until
        self.cluster.execute("VACUUM ANALYZE")
        self.cluster.execute("CHECKPOINT")

    def _statements(self, connection: "psycopg.Connection[Any]") -> tuple[list[str], dict[str, Any]]:
        run = connection.execute("SELECT id FROM tracking_run WHERE uuid = %s", [self.run]).fetchone()
        of_keys = "SELECT id FROM tracking_metrickey WHERE name = %s"
        keys = [connection.execute(of_keys, [f"m{key}"]).fetchone() for key in range(KEYS)]
        changed = {"uuid": UUID, "iid": f"{FIRST_IID} + number"}
        runs = _copying(connection, "tracking_run", changed, leave="id")
        latest = _copying(connection, "tracking_latestmetric", {"run_id": "made.id"})
        statements = [
            f"{runs}, {NUMBERS} WHERE tracking_run.id = %(run)s",
            f"{latest}, {MADE} WHERE run_id = %(run)s",
            POINTS,
        ]
        return statements, {"run": _only(run), "keys": [_only(key) for key in keys]}

    def bytes_a_point(self) -> float:
        """Of the table with its index, all partitions together."""
        with psycopg.connect(self.cluster.url, autocommit=True) as connection:
            size = connection.execute(
                "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits "
                "WHERE inhparent = 'tracking_metric'::regclass"
            ).fetchone()
            count = connection.execute("SELECT count(*) FROM tracking_metric").fetchone()
        return float(_only(size)) / float(_only(count))


def _copying(connection: "psycopg.Connection[Any]", table: str, changed: dict[str, str], leave: str = "") -> str:
    """INSERT of rows of the table as they are, but for what is changed. What it selects from can be added to."""
    known = "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
    columns = [name for (name,) in connection.execute(known, [table]) if name != leave]
    values = [changed.get(name, f"{table}.{name}") for name in columns]
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table}"


def _only(row: tuple[Any, ...] | None) -> Any:
    if row is None:
        raise RuntimeError("the run to be copied has not arrived")
    return row[0]
