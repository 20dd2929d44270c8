from typing import Any

import pytest

from lib.errors import InvalidInput, NotFound
from tracking.models import LoggedModel, LoggedModelMetric, LoggedModelStatus, Run
from tracking.services import batches, inputs, logged_models, runs
from tracking.services.batches import Point
from tracking.services.inputs import UsedDataset


@pytest.fixture
def run(project: Any, alice: Any) -> Run:
    return runs.start(project.experiments.get(iid=0), by=alice)


@pytest.fixture
def model(project: Any, alice: Any) -> LoggedModel:
    return logged_models.create(project.experiments.get(iid=0), by=alice)


def point(model: LoggedModel, value: float = 0.5, *, step: int = 0, name: str = "", digest: str = "") -> Point:
    return Point("acc", value, 1, step, model.uuid, name, digest)


def test_a_point_sent_again_is_kept_once(run: Run, model: LoggedModel) -> None:
    for _ in range(2):
        batches.log(run, metrics=[point(model), point(model), point(model, float("nan"))])
    kept = LoggedModelMetric.objects.order_by("is_nan").values_list("value", "is_nan", "run", "model", "key__name")
    assert list(kept) == [(0.5, False, run.pk, model.pk, "acc"), (0.0, True, run.pk, model.pk, "acc")]


def test_two_datasets_measured_at_once_are_two_points(run: Run, model: LoggedModel) -> None:
    batches.log(run, metrics=[point(model, name="d", digest="x"), point(model, name="e", digest="x"), point(model)])
    assert sorted(model.metrics.values_list("dataset_name", flat=True)) == ["", "d", "e"]


def test_a_point_is_linked_to_a_dataset_that_the_experiment_knows(run: Run, model: LoggedModel) -> None:
    inputs.log(run, datasets=[UsedDataset("d", "x")])
    batches.log(run, metrics=[point(model, name="d", digest="x"), point(model, name="d", digest="y")])
    linked = model.metrics.order_by("dataset_digest").values_list("dataset_digest", "dataset__name")
    assert list(linked) == [("x", "d"), ("y", None)]


def test_a_thousand_points_take_a_handful_of_queries(
    run: Run, model: LoggedModel, django_assert_max_num_queries: Any
) -> None:
    points = [point(model, step=step, name="d", digest="x") for step in range(1000)]
    # On SQLite each row of an `executemany` counts.
    with django_assert_max_num_queries(20 + 2000):
        batches.log(run, metrics=points)
    assert model.metrics.count() == 1000


def test_a_model_of_another_project_takes_no_metric_and_nothing_else_is_kept(
    run: Run, model: LoggedModel, other_project: Any, charlie: Any
) -> None:
    his = logged_models.create(other_project.experiments.get(iid=0), by=charlie)
    with pytest.raises(NotFound, match=f"Logged model with ID '{his.uuid}' not found."):
        batches.log(run, metrics=[point(model), point(his)], params=[("p", "1")])
    assert not LoggedModelMetric.objects.exists()
    assert not run.metrics.exists()
    assert not run.params.exists()


@pytest.mark.parametrize(("name", "digest"), [("d", ""), ("", "x"), ("d" * 501, "x"), ("d", "x" * 37)])
def test_half_a_dataset_or_a_long_one_is_refused(run: Run, model: LoggedModel, name: str, digest: str) -> None:
    with pytest.raises(InvalidInput):
        batches.log(run, metrics=[point(model, name=name, digest=digest)])
    assert not run.metrics.exists()


def test_a_client_that_lost_the_answer_gets_the_same_model_again(project: Any, alice: Any) -> None:
    run = runs.start(project.experiments.get(iid=0), by=alice)
    sent: dict[str, Any] = {"name": "net", "source_run": run.uuid, "params": [("a", "1")], "tags": [("t", "2")]}
    first = logged_models.create(run.experiment, by=alice, **sent)
    assert logged_models.create(run.experiment, by=alice, **sent).pk == first.pk
    other = logged_models.create(run.experiment, by=alice, **{**sent, "params": [("a", "2")]})
    logged_models.finalize(first, LoggedModelStatus.READY)
    later = logged_models.create(run.experiment, by=alice, **sent)
    assert len({first.pk, other.pk, later.pk}) == project.logged_models.count() == 3


def test_models_without_a_name_or_a_run_are_always_new(project: Any, alice: Any) -> None:
    experiment = project.experiments.get(iid=0)
    run = runs.start(experiment, by=alice)
    for _ in range(2):
        logged_models.create(experiment, by=alice, name="net")
        logged_models.create(experiment, by=alice, source_run=run.uuid)
    assert project.logged_models.count() == 4
