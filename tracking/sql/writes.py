"""The hot writes, in SQL: one statement each, however many rows.

PostgreSQL takes the columns as arrays (`unnest`), so that a statement has one shape for 1 or 1,000 rows and its plan
is kept; SQLite is fastest with `executemany`. Rows are sorted by key before every upsert: two writers that lock the
same rows in the same order cannot deadlock. Call several of them in one transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from msgspec import json

from lib.statements import database, each, instance, rows, whole
from tracking.models import Run
from tracking.models.text import split

Row = Sequence[Any]
Point = tuple[Any, ...]


# The points that are given as columns, and the newest of each key.
_POINT = {"key_id": "bigint", "step": "bigint", "timestamp": "bigint", "value": "float8"}
_LATEST = {"key_id": "bigint", "step": "bigint", "timestamp": "bigint", "value": "float8", "is_nan": "bool"}
_TEXT = {"key": "text", "head": "text", "rest": "text"}
_RUN = ("id", "project_id", "experiment_id", "uuid", "name", "deleted_at")

# By the unique index of run ids. `%s`: the run's id, the project.
RUN = f"SELECT {', '.join(_RUN)} FROM tracking_run WHERE uuid = %s AND project_id = %s"  # noqa: S608 - literals

_POINT_IS_THERE = "ON CONFLICT DO NOTHING"
_IS_NEWER = """
    ON CONFLICT (run_id, key_id) DO UPDATE SET value = excluded.value, is_nan = excluded.is_nan,
    step = excluded.step, timestamp = excluded.timestamp
    WHERE (excluded.step, excluded.timestamp, excluded.value) > (kept.step, kept.timestamp, kept.value)
"""
_POINTS = "INSERT INTO tracking_metric (run_id, key_id, step, timestamp, value)"
_NEWEST = """
    INSERT INTO tracking_latestmetric AS kept
    (run_id, experiment_id, key_id, step, timestamp, value, is_nan)
"""


def _unnested(kinds: dict[str, str]) -> str:
    """Columns that come as arrays: one statement, with one plan, for 1 or 1,000 rows."""
    return f"unnest({', '.join(f'%s::{kind}[]' for kind in kinds.values())}) AS given({', '.join(kinds)})"


# All of log-metric, and of a log-batch of metrics, in one statement and so without BEGIN and COMMIT. The run is found
# once; into one partition go the points, each a look-up in its primary key. A deleted run gets nothing.
_LOG = f"""
    WITH run AS ({RUN}), active AS (SELECT id, experiment_id FROM run WHERE deleted_at IS NULL),
    points AS (
        {_POINTS} SELECT active.id, given.* FROM active, {_unnested(_POINT)} {_POINT_IS_THERE}
    ), newest AS (
        {_NEWEST} SELECT active.id, active.experiment_id, given.* FROM active, {_unnested(_LATEST)} {_IS_NEWER}
    )
    SELECT * FROM run
"""  # noqa: S608 - literals
_ADD_POINT = f"{_POINTS} VALUES (%s, %s, %s, %s, %s) {_POINT_IS_THERE}"
_ADD_NEWEST = f"{_NEWEST} VALUES (%s, %s, %s, %s, %s, %s, %s) {_IS_NEWER}"


def run_named(project_id: int, uuid: str) -> Run | None:
    """The run of this project with this id; other columns than `_RUN` are asked for by whoever reads them."""
    return _run(rows(RUN, (uuid, project_id)))


def log_points(project_id: int, uuid: str, points: list[Point], newest: list[Point]) -> Run | None:
    """Logs to a run that is active; the run, or None when the project has none with this id.

    (key, step, timestamp, value) each; a point that is there already is left alone: a retry adds nothing. Of each key
    the newest, (key, step, timestamp, value, is_nan), replaces the one kept only when that is older: by step, then
    timestamp, then value. Without points it only looks.
    """
    if not points:
        return run_named(project_id, uuid)
    points.sort()
    newest.sort()
    if database().vendor == "postgresql":
        arrays = [_array(column) for column in (*zip(*points, strict=True), *zip(*newest, strict=True))]
        return _run(rows(_LOG, (uuid, project_id, *arrays)))
    return whole(lambda: _log_points(project_id, uuid, points, newest))


def _log_points(project_id: int, uuid: str, points: list[Point], newest: list[Point]) -> Run | None:
    run = run_named(project_id, uuid)
    if run is None or run.deleted_at is not None:
        return run
    pk, experiment = run.pk, run.experiment_id
    # SQLite has no NaN; see PointField.
    each(_ADD_POINT, [(pk, *point) if point[3] == point[3] else (pk, *point[:3], "NaN") for point in points])
    each(_ADD_NEWEST, [(pk, experiment, *point) for point in newest])
    return run


_NEW_RUN = (
    "uuid",
    "project_id",
    "experiment_id",
    "name",
    "creator_id",
    "user_name",
    "status",
    "start_time",
    "job_id",
)
_COUNT = "UPDATE tracking_counter SET last = last + 1 WHERE project_id = %s AND counted = 'run'"
_COUNTED = "SELECT last FROM tracking_counter WHERE project_id = %s AND counted = 'run'"
_INSERT_RUN = f"INSERT INTO tracking_run (iid, {', '.join(_NEW_RUN)})"
# The counter's row, by its unique index, is locked until all of it is done: numbers have no gaps and no doubles.
_START = f"""
    WITH counted AS ({_COUNT} RETURNING last),
    run AS ({_INSERT_RUN} SELECT last, {{values}} FROM counted RETURNING id, iid),
    tags AS (
        INSERT INTO tracking_tag (run_id, experiment_id, key, head, rest)
        SELECT run.id, %s, given.key, given.head, given.rest FROM run, {{tags}}
    )
    SELECT id, iid FROM run
"""  # noqa: S608 - nothing but the literals above
_KINDS = "text bigint bigint text bigint text smallint bigint bigint".split()
_START_RUN = _START.format(values=", ".join(f"%s::{kind}" for kind in _KINDS), tags=_unnested(_TEXT))


def insert_run(run: Run, tags: Mapping[str, str]) -> None:
    """A new run with its tags, and with the next number of its project, which it gets here like its primary key."""
    said = [getattr(run, name) for name in _NEW_RUN]
    if database().vendor == "postgresql":
        split_up = [(key, *split(value)) for key, value in sorted(tags.items())]
        given = [_array_of_texts(column) for column in zip(*split_up, strict=True)]
        run.pk, run.iid = rows(_START_RUN, (run.project_id, *said, run.experiment_id, *given))[0]
    else:
        whole(lambda: _insert_run(run, said, tags))
    run._state.adding, run._state.db = False, database().alias


def _insert_run(run: Run, said: list[Any], tags: Mapping[str, str]) -> None:
    rows(_COUNT, (run.project_id,))
    run.iid = rows(_COUNTED, (run.project_id,))[0][0]
    rows(f"{_INSERT_RUN} VALUES (%s{', %s' * len(said)})", (run.iid, *said))
    run.pk = rows("SELECT last_insert_rowid()")[0][0]
    upsert_tags(run, tags)


def update_run(run: Run, changed: Mapping[str, Any]) -> None:
    """Some of its columns, by primary key."""
    if changed:
        columns = ", ".join(f"{name} = %s" for name in changed)
        rows(f"UPDATE tracking_run SET {columns} WHERE id = %s", (*changed.values(), run.pk))  # noqa: S608


def _run(found: list[tuple[Any, ...]]) -> Run | None:
    return instance(Run, dict(zip(_RUN, found[0], strict=True))) if found else None


def _array(column: Iterable[Any]) -> str:
    """Numbers as PostgreSQL's text for an array, which costs a third of having the driver make it."""
    return f"{{{','.join(map(repr, column))}}}"


def _texts(table: str, conflict: str) -> dict[str, str]:
    """Into the primary key (run, key), and the index for search."""
    head = f"INSERT INTO {table} AS kept (run_id, experiment_id, key, head, rest)"
    return {
        "postgresql": f"{head} SELECT %s::bigint, %s::bigint, given.* FROM {_unnested(_TEXT)} {conflict}",  # noqa: S608
        "sqlite": f"{head} VALUES (%s, %s, %s, %s, %s) {conflict}",
    }


_PARAMS = _texts("tracking_param", "ON CONFLICT DO NOTHING")
_TAGS = _texts("tracking_tag", "ON CONFLICT (run_id, key) DO UPDATE SET head = excluded.head, rest = excluded.rest")


def insert_params(run: Run, params: Mapping[str, str]) -> None:
    """One that is there already keeps its value: compare afterwards."""
    _write_texts(_PARAMS, run, params)


def upsert_tags(run: Run, tags: Mapping[str, str]) -> None:
    _write_texts(_TAGS, run, tags)


# By primary key. SQLite has no arrays, and reads its list from a text.
_KEPT = {
    "postgresql": "SELECT key, head || rest FROM tracking_param WHERE run_id = %s AND key = ANY(%s::text[])",
    "sqlite": """
        SELECT key, head || rest FROM tracking_param WHERE run_id = %s AND key IN (SELECT value FROM json_each(%s))
    """,
}


def kept_params(run: Run, keys: Iterable[str]) -> dict[str, str]:
    """Those of these params that the run has."""
    vendor = database().vendor
    listed = _array_of_texts(keys) if vendor == "postgresql" else json.encode(list(keys)).decode()
    return dict(rows(_KEPT[vendor], (run.pk, listed)))


def _write_texts(statement: dict[str, str], run: Run, texts: Mapping[str, str]) -> None:
    split_up = [(key, *split(value)) for key, value in sorted(texts.items())]
    if not split_up:
        return
    if database().vendor == "postgresql":
        columns = [_array_of_texts(column) for column in zip(*split_up, strict=True)]
        rows(statement["postgresql"], (run.pk, run.experiment_id, *columns))
    else:
        each(statement["sqlite"], [(run.pk, run.experiment_id, *one) for one in split_up])


def _array_of_texts(column: Iterable[str]) -> str:
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in column)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"


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
    if database().vendor == "postgresql":
        # A run is in one partition, in which a row has one place.
        some = "ctid = ANY(ARRAY(SELECT ctid FROM tracking_metric WHERE run_id = %s LIMIT %s))"
    else:
        whole = "(run_id, key_id, step, timestamp, value)"
        columns = whole.strip("()")
        some = f"{whole} IN (SELECT {columns} FROM tracking_metric WHERE run_id = %s LIMIT %s)"  # noqa: S608
    with database().cursor() as cursor:
        cursor.execute(f"DELETE FROM tracking_metric WHERE run_id = %s AND {some}", [run, run, most])  # noqa: S608
        return int(cursor.rowcount)


def _insert(table: str, kinds: dict[str, str], given: Iterable[Row], conflict: str) -> None:
    ordered = sorted(given, key=itemgetter(0, 1))
    if not ordered:
        return
    # Table, columns and types are the literals above; every value is a parameter.
    head = f"INSERT INTO {table} AS kept ({', '.join(kinds)})"
    if database().vendor == "postgresql":
        columns = [list(column) for column in zip(*ordered, strict=True)]
        rows(f"{head} SELECT * FROM {_unnested(kinds)} {conflict}", columns)  # noqa: S608
    else:
        each(f"{head} VALUES ({', '.join(['%s'] * len(kinds))}) {conflict}", ordered)
