"""Runs that are written past a peer are copies of one that it made, with the facts of their number."""

import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path

from bench import bulk, seeds
from bench.workload import T0, Options

# MLflow's tables as FastTrackML has them, whose runs are numbered.
TABLES = """
CREATE TABLE runs (run_uuid PRIMARY KEY, name, user_id, status, start_time, artifact_uri, experiment_id, row_num);
CREATE TABLE tags (key, value, run_uuid, PRIMARY KEY (key, run_uuid));
CREATE TABLE params (key, value, run_uuid, PRIMARY KEY (key, run_uuid));
CREATE TABLE metrics (key, value, timestamp, run_uuid, step, is_nan, iter, PRIMARY KEY (key, timestamp, run_uuid));
CREATE TABLE latest_metrics (key, value, timestamp, step, is_nan, run_uuid, PRIMARY KEY (key, run_uuid));
"""
OPTIONS = Options(params=2, metrics=3, tags=2)


def database(folder: Path) -> Path:
    """With the first seeded run in experiment 7, and a stranger's run."""
    file = folder / "peer.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(TABLES)
        run = ("old", seeds.name(0), "user0", "RUNNING", T0, "mlflow-artifacts:/7/old/artifacts", 7, 0)
        connection.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", run)
        connection.execute("INSERT INTO runs VALUES ('other', 'other', '', 'FINISHED', 1, '', 1, 4)")
        for key, value in {"mlflow.runName": seeds.name(0), **seeds.tags(0, OPTIONS)}.items():
            connection.execute("INSERT INTO tags VALUES (?, ?, 'old')", (key, value))
        for key, value in seeds.params(0, OPTIONS).items():
            connection.execute("INSERT INTO params VALUES (?, ?, 'old')", (key, value))
        for key, number in seeds.metrics(0, OPTIONS).items():
            connection.execute("INSERT INTO metrics VALUES (?, ?, ?, 'old', 0, 0, 1)", (key, number, T0))
            connection.execute("INSERT INTO latest_metrics VALUES (?, ?, ?, 0, 0, 'old')", (key, number, T0))
    return file


def test_copies_have_the_facts_of_their_number(tmp_path: Path) -> None:
    file = database(tmp_path)
    bulk.write(str(file), "7", range(1, 6), OPTIONS)
    with closing(sqlite3.connect(file)) as connection:
        runs = connection.execute("SELECT * FROM runs WHERE experiment_id = 7 ORDER BY start_time").fetchall()
        found: dict[str, dict[str, dict[str, object]]] = defaultdict(lambda: defaultdict(dict))
        for table in ("tags", "params", "metrics", "latest_metrics"):
            for run, key, value in connection.execute(f"SELECT run_uuid, key, value FROM {table}"):
                found[run][table][key] = value
        times = dict(connection.execute("SELECT run_uuid, timestamp FROM metrics").fetchall())
    assert [run[1] for run in runs] == [seeds.name(index) for index in range(6)]
    assert len({run[0] for run in runs}) == 6
    assert [run[7] for run in runs] == [0, 5, 6, 7, 8, 9]
    for index, (uuid, _, user, status, start, uri, _, _) in enumerate(runs):
        assert (user, status, start) == (f"user{index % 7}", "RUNNING", seeds.start_time(index))
        assert uri == f"mlflow-artifacts:/7/{uuid}/artifacts"
        assert found[uuid]["tags"] == {"mlflow.runName": seeds.name(index), **seeds.tags(index, OPTIONS)}
        assert found[uuid]["params"] == seeds.params(index, OPTIONS)
        assert found[uuid]["metrics"] == found[uuid]["latest_metrics"] == seeds.metrics(index, OPTIONS)
        assert times[uuid] == T0 + index
