"""Writes seeded runs straight into a peer's tables, which through its API would take the stock server hours.

Both peers have MLflow's tables. Every row is that of a run which the server itself has made, with what follows from the
run's number in its place; `seeds.fill` and W6 check through the API that the server sees them as its own.
"""

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg

from bench import seeds
from bench.workload import T0, Options

Row = dict[str, Any]
# (statement with `?` for its values, values) → rows
Ask = Callable[[str, list[Any]], list[Row]]
Write = Callable[[str, list[Row]], None]
TABLES = ("runs", "tags", "params", "metrics", "latest_metrics")
# Runs that are written in one transaction.
EACH = 2_000


class Template:
    """The rows of the experiment's first seeded run, by table."""

    def __init__(self, ask: Ask, experiment: str) -> None:
        of_the_run = "experiment_id = ? AND name = ?"
        run = ask(f"SELECT * FROM runs WHERE {of_the_run}", [int(experiment), seeds.name(0)])[0]
        self.uuid = run["run_uuid"]
        self.rows = {
            table: ask(f"SELECT * FROM {table} WHERE run_uuid = ?", [self.uuid])  # one of TABLES
            for table in TABLES
        }
        # FastTrackML counts its runs.
        self.first = ask("SELECT max(row_num) + 1 AS next FROM runs", [])[0]["next"] if "row_num" in run else 0

    def copy(self, index: int, options: Options, *, offset: int) -> dict[str, list[Row]]:
        """The rows of the run of that number, by table; `offset`: how many were copied before it."""
        run = uuid.uuid4().hex
        values: dict[str, dict[str, Any]] = {
            "tags": {"mlflow.runName": seeds.name(index), **seeds.tags(index, options)},
            "params": dict(seeds.params(index, options)),
            "metrics": dict(seeds.metrics(index, options)),
        }
        values["latest_metrics"] = values["metrics"]
        rows = {
            table: [
                row
                | {"run_uuid": run, "value": by_key[row["key"]]}
                | ({"timestamp": T0 + index} if "timestamp" in row else {})
                for row in self.rows[table]
            ]
            for table, by_key in values.items()
        }
        return {"runs": [self._run(index, run, options, offset)], **rows}

    def _run(self, index: int, run: str, options: Options, offset: int) -> Row:
        row = dict(self.rows["runs"][0])
        row |= {"run_uuid": run, "name": seeds.name(index), "start_time": seeds.start_time(index)}
        row["artifact_uri"] = row["artifact_uri"].replace(self.uuid, run)
        if row["user_id"]:
            row["user_id"] = seeds.tags(index, options)["mlflow.user"]
        if "row_num" in row:
            row["row_num"] = self.first + offset
        return row


def write(database: str, experiment: str, numbers: range, options: Options) -> None:
    """`database` is a PostgreSQL URL or the file of an SQLite."""
    into = _postgres if database.startswith("postgres") else _sqlite
    into(database, experiment, numbers, options)


def _pieces(template: Template, numbers: range, options: Options) -> Iterator[dict[str, list[Row]]]:
    for begin in range(0, len(numbers), EACH):
        piece: dict[str, list[Row]] = {table: [] for table in TABLES}
        for offset, index in enumerate(numbers[begin : begin + EACH], begin):
            for table, rows in template.copy(index, options, offset=offset).items():
                piece[table] += rows
        yield piece


def _sqlite(file: str, experiment: str, numbers: range, options: Options) -> None:
    with closing(sqlite3.connect(file, timeout=120)) as connection:
        connection.row_factory = sqlite3.Row

        def ask(statement: str, values: list[Any]) -> list[Row]:
            return [dict(row) for row in connection.execute(statement, values)]

        for piece in _pieces(Template(ask, experiment), numbers, options):
            with connection:
                for table, rows in piece.items():
                    marks = ", ".join("?" * len(rows[0]))
                    statement = f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({marks})"
                    connection.executemany(statement, [tuple(row.values()) for row in rows])


def _postgres(url: str, experiment: str, numbers: range, options: Options) -> None:
    with psycopg.connect(url, row_factory=psycopg.rows.dict_row, autocommit=True) as connection:

        def ask(statement: str, values: list[Any]) -> list[Row]:
            return connection.execute(statement.replace("?", "%s"), values).fetchall()

        for piece in _pieces(Template(ask, experiment), numbers, options):
            with connection.transaction(), connection.cursor() as cursor:
                for table, rows in piece.items():
                    with cursor.copy(f"COPY {table} ({', '.join(rows[0])}) FROM STDIN") as copy:
                        for row in rows:
                            copy.write_row(tuple(row.values()))
