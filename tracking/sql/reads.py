"""The hot reads, in SQL: runs with all they logged, in one statement however many runs.

SQLite and PostgreSQL answer the same text but for three words, which are chosen by the kind of database.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from msgspec import json

from lib.statements import Rows, database, fresh, instance, rows
from tracking.models import Experiment, Run
from tracking.sql import parts

_RUN = (
    "id",
    "project_id",
    "experiment_id",
    "uuid",
    "iid",
    "name",
    "creator_id",
    "user_name",
    "status",
    "start_time",
    "end_time",
    "deleted_at",
    "job_id",
    "package_id",
)
_EXPERIMENT = (
    "id",
    "project_id",
    "iid",
    "name",
    "location",
    "creator_id",
    "created_ms",
    "updated_ms",
    "deleted_at",
)
_BOTH = ", ".join([*(f"r.{name}" for name in _RUN), *(f"e.{name}" for name in _EXPERIMENT)])

# What a row is of.
RUN, METRIC, PARAM, TAG, DATASET, MODEL_IN, MODEL_OUT = range(7)

# (kind, run, key, text, value, is_nan, number, step) a row. `wanted` has a handful of runs, or a page of them; each of
# the seven is entered with it by an index that begins with the run, the primary key of the table for the first four.
_WHOLE = """
    SELECT 1, d.run_id, k.name, '', d.value, d.is_nan, d.timestamp, d.step FROM wanted
        JOIN tracking_latestmetric d ON d.run_id = wanted.id JOIN tracking_metrickey k ON k.id = d.key_id
    UNION ALL SELECT 0, r.id, '', CAST({array}({run}) AS text), 0.0, {false}, 0, 0 FROM wanted
        JOIN tracking_run r ON r.id = wanted.id JOIN tracking_experiment e ON e.id = r.experiment_id
    UNION ALL SELECT 2, d.run_id, d.key, d.head || d.rest, 0.0, {false}, 0, 0 FROM wanted
        JOIN tracking_param d ON d.run_id = wanted.id
    UNION ALL SELECT 3, d.run_id, d.key, d.head || d.rest, 0.0, {false}, 0, 0 FROM wanted
        JOIN tracking_tag d ON d.run_id = wanted.id
    UNION ALL SELECT 4, d.run_id, '', '', 0.0, {false}, d.id, 0 FROM wanted
        JOIN tracking_datasetinput d ON d.run_id = wanted.id
    UNION ALL SELECT 5, d.run_id, '', m.uuid, 0.0, {false}, d.id, 0 FROM wanted
        JOIN tracking_modelinput d ON d.run_id = wanted.id JOIN tracking_loggedmodel m ON m.id = d.model_id
    UNION ALL SELECT 6, d.run_id, '', m.uuid, 0.0, {false}, d.id, d.step FROM wanted
        JOIN tracking_modeloutput d ON d.run_id = wanted.id JOIN tracking_loggedmodel m ON m.id = d.model_id
"""
_ONE = "WITH wanted AS (SELECT id FROM tracking_run WHERE uuid = %s AND project_id = %s)"
_MANY = {
    "sqlite": "WITH wanted AS (SELECT value AS id FROM json_each(%s))",
    "postgresql": "WITH wanted AS (SELECT unnest(%s::bigint[]) AS id)",
}
_WORDS = {
    "sqlite": {"array": "json_array", "false": "0"},
    "postgresql": {"array": "jsonb_build_array", "false": "false"},
}
WHOLE_RUN = {vendor: f"{_ONE} {_WHOLE.format(run=_BOTH, **words)}" for vendor, words in _WORDS.items()}
WHOLE_RUNS = {vendor: f"{_MANY[vendor]} {_WHOLE.format(run=_BOTH, **words)}" for vendor, words in _WORDS.items()}

# By the unique index of run ids, and the experiment by primary key. `%s`: the run's id, the project.
RUN_WITH_EXPERIMENT = f"""
    SELECT {_BOTH} FROM tracking_run r JOIN tracking_experiment e ON e.id = r.experiment_id
    WHERE r.uuid = %s AND r.project_id = %s
"""  # noqa: S608 - nothing but the literals above
# By the unique indexes of numbers and of names in a project.
_EXPERIMENTS = f"SELECT {', '.join(_EXPERIMENT)} FROM tracking_experiment WHERE project_id = %s"  # noqa: S608
EXPERIMENT, EXPERIMENT_NAMED = f"{_EXPERIMENTS} AND iid = %s", f"{_EXPERIMENTS} AND name = %s"
# By the unique index of keys in an experiment.
EXPERIMENT_TAGS = "SELECT key, value FROM tracking_experimenttag WHERE experiment_id = %s"


def whole_run(project_id: int, uuid: str) -> Rows:
    """All rows of a run of this project; [] when it has none with this id."""
    return rows(WHOLE_RUN[database().vendor], (uuid, project_id))


def whole_runs(keys: Sequence[int]) -> Rows:
    """All rows of the runs with these primary keys."""
    vendor = database().vendor
    listed = ",".join(map(str, keys))
    return rows(WHOLE_RUNS[vendor], (f"[{listed}]" if vendor == "sqlite" else f"{{{listed}}}",))


def run_with_experiment(project_id: int, uuid: str) -> Run | None:
    found = rows(RUN_WITH_EXPERIMENT, (uuid, project_id))
    return _run(found[0]) if found else None


def experiment(project_id: int, iid: int) -> Experiment | None:
    return _experiment(rows(EXPERIMENT, (project_id, iid)))


def experiment_named(project_id: int, name: str) -> Experiment | None:
    return _experiment(rows(EXPERIMENT_NAMED, (project_id, name)))


def _experiment(found: Rows) -> Experiment | None:
    return instance(Experiment, dict(zip(_EXPERIMENT, found[0], strict=True))) if found else None


def experiment_tags(experiment: int) -> list[tuple[str, str]]:
    return rows(EXPERIMENT_TAGS, (experiment,))


def experiment_keys(project_id: int, iids: Sequence[int]) -> list[int]:
    """The primary keys of those of the experiments that the project has, deleted ones as well."""
    wanted = parts.one_of_keys("iid", iids)
    columns = f"SELECT id FROM tracking_experiment WHERE project_id = %s AND {wanted.sql}"  # noqa: S608
    return [row[0] for row in fresh(columns, (project_id, *wanted.values))]


def run_told(text: str) -> Run:
    """The run, with its experiment, of the text of a row of the kind RUN."""
    return _run(json.decode(text))


def _run(row: Sequence[Any]) -> Run:
    run = instance(Run, dict(zip(_RUN, row, strict=False)))
    run._state.fields_cache["experiment"] = instance(Experiment, dict(zip(_EXPERIMENT, row[len(_RUN) :], strict=True)))
    return run


_OF_KEY = "SELECT timestamp, step, value FROM tracking_metric WHERE run_id = %s AND key_id = %s"
# One range of the primary key, in its order; pages need it in another, and so a sort of what is left.
_POINTS = f"{_OF_KEY} ORDER BY step, timestamp, value"
_BY_TIME = "ORDER BY timestamp, step, value LIMIT %s"
_FIRST = f"{_OF_KEY} {_BY_TIME}"
_AFTER = f"{_OF_KEY} AND (timestamp, step, value) > (%s, %s, %s) {_BY_TIME}"


def points(run: int, key: int) -> Rows:
    """(timestamp, step, value) of all points of a run's metric, in this order.

    Nearly always they have come in it, and then to sort them here, which keeps those with equal keys as the table has
    them, is a quarter of what it is for the database.
    """
    found = rows(_POINTS, (run, key))
    found.sort(key=itemgetter(0, 1))
    return found


def points_after(run: int, key: int, last: Sequence[Any] | None, most: int) -> Rows:
    """The same from the first one on, or from that after `last`, and not more than `most`."""
    if last is None:
        return rows(_FIRST, (run, key, most))
    return rows(_AFTER, (run, key, *last, most))
