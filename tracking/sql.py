"""The hot writes, in SQL: one statement each, however many rows.

PostgreSQL takes the columns as arrays (`unnest`), so that a statement has one shape for 1 or 1,000 rows and its plan
is kept; SQLite is fastest with `executemany`. Rows are sorted by key before every upsert: two writers that lock the
same rows in the same order cannot deadlock. Call all of them in one transaction.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

Row = Sequence[Any]


def insert_points(rows: Iterable[Row]) -> None:
    """(run, key, step, timestamp, value) each. A point that is there already is left alone: a retry adds nothing."""
    kinds = {"run_id": "bigint", "key_id": "bigint", "step": "bigint", "timestamp": "bigint", "value": "float8"}
    if connection.vendor == "sqlite":  # which has no NaN; see PointField
        rows = [(*row[:4], "NaN" if math.isnan(row[4]) else row[4]) for row in rows]
    _insert("tracking_metric", kinds, rows, "ON CONFLICT DO NOTHING")


def upsert_latest(rows: Iterable[Row]) -> None:
    """(run, key, experiment, value, is_nan, step, timestamp) each, at most one a key.

    A row replaces the one kept only when it is newer: by step, then timestamp, then value.
    """
    kinds = {
        "run_id": "bigint",
        "key_id": "bigint",
        "experiment_id": "bigint",
        "value": "float8",
        "is_nan": "bool",
        "step": "bigint",
        "timestamp": "bigint",
    }
    newer = (
        "ON CONFLICT (run_id, key_id) DO UPDATE SET value = excluded.value, is_nan = excluded.is_nan, "
        "step = excluded.step, timestamp = excluded.timestamp "
        "WHERE (excluded.step, excluded.timestamp, excluded.value) "
        "> (kept.step, kept.timestamp, kept.value)"
    )
    _insert("tracking_latestmetric", kinds, rows, newer)


TEXTS = {"run_id": "bigint", "key": "text", "experiment_id": "bigint", "head": "text", "rest": "text"}


def insert_params(rows: Iterable[Row]) -> None:
    """(run, key, experiment, head, rest) each. One that is there already keeps its value: compare afterwards."""
    _insert("tracking_param", TEXTS, rows, "ON CONFLICT DO NOTHING")


def upsert_tags(rows: Iterable[Row]) -> None:
    """(run, key, experiment, head, rest) each, at most one a key."""
    overwrite = "ON CONFLICT (run_id, key) DO UPDATE SET head = excluded.head, rest = excluded.rest"
    _insert("tracking_tag", TEXTS, rows, overwrite)


def insert_model_points(rows: Iterable[Row]) -> None:
    """(model, key, run, step, timestamp, value, is_nan, dataset, dataset name, dataset digest) each; the dataset's
    id may be None. A point that is there already is left alone."""
    kinds = {
        "model_id": "bigint",
        "key_id": "bigint",
        "run_id": "bigint",
        "step": "bigint",
        "timestamp": "bigint",
        "value": "float8",
        "is_nan": "bool",
        "dataset_id": "bigint",
        "dataset_name": "text",
        "dataset_digest": "text",
    }
    _insert("tracking_loggedmodelmetric", kinds, rows, "ON CONFLICT DO NOTHING")


def delete_points(run: int, most: int) -> int:
    """Deletes up to so many points of a run; how many there were."""
    if connection.vendor == "postgresql":
        # A run is in one partition, in which a row has one place.
        some = "ctid = ANY(ARRAY(SELECT ctid FROM tracking_metric WHERE run_id = %s LIMIT %s))"
    else:
        whole = "(run_id, key_id, step, timestamp, value)"
        columns = whole.strip("()")
        some = f"{whole} IN (SELECT {columns} FROM tracking_metric WHERE run_id = %s LIMIT %s)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM tracking_metric WHERE run_id = %s AND {some}", [run, run, most])  # noqa: S608
        return int(cursor.rowcount)


def _insert(table: str, kinds: dict[str, str], rows: Iterable[Row], conflict: str) -> None:
    ordered = sorted(rows, key=lambda row: (row[0], row[1]))
    if not ordered:
        return
    columns = ", ".join(kinds)
    # Table, columns and types are the literals above; every value is a parameter.
    head = f"INSERT INTO {table} AS kept ({columns})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{kind}[]" for kind in kinds.values())
            statement = f"{head} SELECT * FROM unnest({arrays}) {conflict}"  # noqa: S608
            cursor.execute(statement, [list(column) for column in zip(*ordered, strict=True)])
        else:
            marks = ", ".join(["%s"] * len(kinds))
            statement = f"{head} VALUES ({marks}) {conflict}"
            cursor.executemany(statement, ordered)
