"""Writers of one process on SQLite: they stand in line, share commits, and none suffers from another's failure."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from lib.statements import database, rows, whole
from projects.models import Project
from tracking.models import Metric, Run
from tracking.services import batches, experiments, runs
from tracking.services.batches import Point

pytestmark = [
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's writers do not wait for each other"),
    pytest.mark.django_db(transaction=True),
]


def in_threads(count: int, work: Any) -> list[Any]:
    def alone(number: int) -> Any:
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(alone, range(count)))


@contextmanager
def the_line_held() -> Iterator[None]:
    """Long enough that all who come meanwhile stand behind."""
    begun, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            begun.set()
            release.wait(10)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert begun.wait(10)
    threading.Timer(0.5, release.set).start()
    yield
    holder.join()


@pytest.fixture
def run(project: Project, alice: Any) -> Run:
    return runs.start(experiments.create(project, "e", by=alice), by=alice)


def test_all_that_threads_log_at_once_is_kept(run: Run) -> None:
    def log(number: int) -> None:
        for step in range(20):
            batches.log_to(run.project_id, run.uuid, metrics=[Point("m", number, 1, step)])

    in_threads(8, log)
    assert Metric.objects.filter(run=run).count() == 160


def test_who_fails_takes_back_nothing_of_the_others(run: Run, project: Project) -> None:
    """They wait behind one that holds the line, and so are done in one transaction."""
    name = "INSERT INTO tracking_metrickey (project_id, name) VALUES (%s, %s)"

    def add(number: int) -> str:
        def work() -> None:
            rows(name, (project.pk, f"own{number}"))
            rows(name, (project.pk, "once"))

        try:
            whole(work)
        except IntegrityError:
            return "refused"
        return "kept"

    with the_line_held():
        outcomes = in_threads(6, add)
    assert sorted(outcomes) == ["kept"] + ["refused"] * 5
    kept = project.metric_keys.order_by("name").values_list("name", flat=True)
    assert [*kept] == ["once", f"own{outcomes.index('kept')}"]


def test_a_rolled_back_transaction_gives_up_its_place(run: Run) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        raise RuntimeError
    assert in_threads(2, lambda number: whole(lambda: rows("SELECT 1"))) == [[(1,)], [(1,)]]
    assert not database().in_atomic_block
