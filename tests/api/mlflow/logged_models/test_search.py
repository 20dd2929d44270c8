"""Found models are told by their names: `abc` are the models a, b and c in this order."""

from collections.abc import Callable
from typing import Any

import pytest

from tracking.models import LoggedModel
from tracking.services import experiments, logged_models


@pytest.fixture
def found(mlflow: Any) -> Callable[..., str]:
    def search(**question: Any) -> str:
        answer = mlflow.post("logged-models/search", {"experiment_ids": ["0"], **question})
        assert answer.status_code == 200, answer.content
        return "".join(model["info"]["name"] for model in answer.json().get("models", []))

    return search


@pytest.fixture
def refused(mlflow: Any) -> Callable[..., str]:
    def search(**question: Any) -> str:
        answer = mlflow.post("logged-models/search", {"experiment_ids": ["0"], **question})
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE"), answer.content
        return str(answer.json()["message"])

    return search


@pytest.fixture
def models(project: Any, alice: Any) -> dict[str, LoggedModel]:
    """a to f, created in this order."""
    default = project.experiments.get(iid=0)
    made = {}
    for at, name in enumerate("abcdef"):
        made[name] = logged_models.create(
            default,
            by=alice,
            name=name,
            model_type=name if name < "d" else "",
            source_run="1" * 32 if name < "c" else "",
            params=[("p", name)],
            tags=[("t", name.upper())],
        )
        LoggedModel.objects.filter(pk=made[name].pk).update(created_ms=1000 + at, updated_ms=2000 - at)
    return made


@pytest.fixture
def measured(models: dict[str, LoggedModel], log_metric: Any) -> None:
    """The latest m: a 10 (on d@x), b 20 (on d@y), c NaN, d and e the infinities, f none."""
    log_metric(models["a"], "m", 1, at=1, step=9)
    log_metric(models["a"], "m", 5, at=2)
    log_metric(models["a"], "m", 10, at=9, dataset="d@x")
    log_metric(models["b"], "m", 3, at=1)
    log_metric(models["b"], "m", 20, at=9, dataset="d@y")
    log_metric(models["b"], "q", 20, at=9, dataset="d@y")
    log_metric(models["c"], "m", "NaN")
    log_metric(models["d"], "m", "Infinity")
    log_metric(models["e"], "m", "-Infinity")


@pytest.mark.usefixtures("models")
def test_newest_come_first(found: Any) -> None:
    assert found() == "fedcba"


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        # Numbers first, then NaN, then models without the metric, newest first.
        ({"field_name": "metrics.m"}, "eabdcf"),
        ({"field_name": "metrics.m", "ascending": False}, "dbaecf"),
        ({"field_name": "metrics.m", "dataset_name": "d"}, "abfedc"),
        ({"field_name": "metrics.m", "dataset_name": "d", "dataset_digest": "y"}, "bfedca"),
        ({"field_name": "metrics.m", "dataset_digest": "y"}, "bfedca"),
        ({"field_name": "metrics.never logged"}, "fedcba"),
        ({"field_name": "name", "ascending": True}, "abcdef"),
        ({"field_name": "model_type"}, "fedabc"),
        ({"field_name": "model_type", "ascending": False}, "cbafed"),
        ({"field_name": "source_run_id"}, "fedcba"),
        ({"field_name": "creation_time"}, "abcdef"),
        ({"field_name": "creation_timestamp"}, "abcdef"),
        ({"field_name": "last_updated_timestamp"}, "fedcba"),
        ({"field_name": "status"}, "fedcba"),
        ({"field_name": "experiment_id"}, "fedcba"),
        ({"field_name": "lifecycle_stage"}, "fedcba"),
        ({"field_name": "status_message"}, "fedcba"),
    ],
)
def test_orders(found: Any, order: dict[str, Any], expected: str) -> None:
    assert found(order_by=[order]) == expected


@pytest.mark.usefixtures("models")
def test_a_second_order_decides_ties_and_a_repeated_one_nothing(found: Any) -> None:
    by_type = {"field_name": "model_type", "ascending": True}
    assert found(order_by=[by_type, {"field_name": "name"}]) == "defabc"
    assert found(order_by=[{"field_name": "name"}, {"field_name": "name", "ascending": False}]) == "abcdef"


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize(
    ("filter_string", "expected"),
    [
        ("metrics.m > 2", "dba"),
        ("metrics.m = 5", "a"),  # any point, not only the latest
        ("metrics.m = 0", ""),  # a NaN is no number
        ("metrics.m < 2", "ea"),
        ("metrics.m != 3", "edcba"),
        ("metrics.m > 2 AND metrics.q >= 20", "b"),
        ("params.p = 'a'", "a"),
        ("params.p > 'a'", None),
        ("tags.t LIKE 'a'", ""),
        ("tags.t ILIKE 'a'", "a"),
        ("tags.t != 'A'", "fedcb"),
        ("tags.t IN ('A', 'B')", "ba"),
        ("tags.t NOT IN ('A', 'B')", "fedc"),
        ("tags.other != 'A'", ""),
        ("name = 'a'", "a"),
        ("attributes.name = 'a' and model_type = 'a' and params.p = 'a'", "a"),
        ("name LIKE '_'", "fedcba"),
        ("name IN ('a', 'f')", "fa"),
        ("status = 'READY'", "b"),
        ("status = '2'", "b"),
        ("status = 'LOGGED_MODEL_PENDING'", "fedca"),
        ("status != 'READY'", "fedca"),
        ("status IN ('READY', 'FAILED')", "b"),
        ("status NOT IN ('READY')", "fedca"),
        ("status ILIKE 'read%'", "b"),
        ("model_type = ''", "fed"),
        ("source_run_id = '11111111111111111111111111111111'", "ba"),
        ("experiment_id = '0'", "fedcba"),
        ("experiment_id != '0'", ""),
        ("lifecycle_stage = 'active'", "fedcba"),
        ("lifecycle_stage != 'active'", ""),
        ("artifact_location LIKE 'mlflow-artifacts:/0/models/m-%/artifacts'", "fedcba"),
        ("status_message = 'x'", ""),
        ("creation_time > 1003", "fe"),
        ("creation_timestamp != 1000", "fedcb"),
        ("creation_timestamp_ms <= 1000.5", "a"),
        ("last_updated_timestamp = 2000", "a"),
        ("nope = 'x'", None),
        ("bla.x = 'x'", None),
        ("creation_time > 'a'", None),
        ("zzz", None),
        ("metrics.m > 'x'", None),
    ],
)
def test_filters(found: Any, refused: Any, models: Any, filter_string: str, expected: str | None) -> None:
    LoggedModel.objects.filter(name="b").update(status=2)
    if expected is None:
        assert refused(filter=filter_string)
    else:
        assert found(filter=filter_string) == expected


@pytest.mark.usefixtures("models")
def test_a_model_is_found_by_its_id(found: Any, models: Any) -> None:
    assert found(filter=f"model_id = '{models['c'].uuid}'") == "c"


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize(
    ("datasets", "filter_string", "expected"),
    [
        ([("d", "x")], "", "a"),
        ([("d", "")], "", "ba"),
        ([("d", ""), ("e", "")], "", "ba"),
        ([("e", "")], "", ""),
        ([("d", "x")], "metrics.m > 2", "a"),
        ([("d", "")], "metrics.m > 10", "b"),
        ([("d", "y"), ("d", "x")], "metrics.m > 2 AND metrics.q > 1", "b"),
        ([("d", "x")], "params.p = 'b'", ""),
    ],
)
def test_only_metrics_on_the_datasets_count(
    found: Any, datasets: list[tuple[str, str]], filter_string: str, expected: str
) -> None:
    said = [{"dataset_name": name, **({"dataset_digest": digest} if digest else {})} for name, digest in datasets]
    assert found(datasets=said, filter=filter_string) == expected


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize(
    "order_by",
    [
        [],
        [{"field_name": "metrics.m"}],
        [{"field_name": "metrics.m", "ascending": False}, {"field_name": "name"}],
        [{"field_name": "metrics.m", "dataset_name": "d"}],
        [{"field_name": "model_type", "ascending": False}],
        [{"field_name": "artifact_location"}],
        [{"field_name": "model_id"}],
    ],
)
def test_pages_tell_what_one_page_tells(mlflow: Any, found: Any, order_by: list[Any]) -> None:
    question = {"experiment_ids": ["0"], "order_by": order_by}
    names, token, pages = "", "", 0
    while pages == 0 or token:
        answer = mlflow.post("logged-models/search", {**question, "max_results": 2, "page_token": token}).json()
        names += "".join(model["info"]["name"] for model in answer["models"])
        token, pages = answer.get("next_page_token", ""), pages + 1
    assert (names, pages) == (found(order_by=order_by), 3)


@pytest.mark.usefixtures("models")
def test_a_token_continues_its_own_question_only(mlflow: Any, refused: Any) -> None:
    question = {"experiment_ids": ["0"], "max_results": 2}
    token = mlflow.post("logged-models/search", question).json()["next_page_token"]
    assert "was not issued for this search" in refused(page_token=token, filter="name != 'x'")
    assert "was not issued for this search" in refused(page_token=token, order_by=[{"field_name": "name"}])
    assert "was not issued for this search" in refused(page_token=token, datasets=[{"dataset_name": "d"}])
    assert "could not base64-decode" in refused(page_token="abc")


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        ({"order_by": [{"field_name": "nope"}]}, "Invalid order by field name: nope"),
        ({"order_by": [{"field_name": "tags.t"}]}, "Only metrics are supported"),
        ({"order_by": [{}]}, "Invalid order by field name"),
        ({"order_by": ["name"]}, "Invalid value \"name\" for parameter 'order_by[0]'"),
        ({"datasets": [{"dataset_digest": "x"}]}, "`dataset_name` in the `datasets` clause must be specified"),
        ({"datasets": [{"dataset_name": "d"}] * 101}, "length <= 100"),
        ({"order_by": [{"field_name": "name"}] * 21}, "length <= 20"),
        ({"experiment_ids": ["1"] * 10_001}, "length <= 10000"),
        ({"max_results": -1}, "positive integer"),
        ({"max_results": 50_001}, "at most 50000"),
        ({"experiment_ids": ["x"]}, "Invalid experiment ID 'x'"),
        ({"experiment_ids": [1]}, "parameter 'experiment_ids"),
        ({"experiment_ids": None}, "Missing value for required parameter 'experiment_ids'"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(refused: Any, question: dict[str, Any], complaint: str) -> None:
    assert complaint in refused(**question)


@pytest.mark.parametrize("experiment_ids", [[], ["999"], ["9" * 30]])
@pytest.mark.usefixtures("models")
def test_where_there_is_nothing_nothing_is_found(mlflow: Any, experiment_ids: list[str]) -> None:
    assert mlflow.post("logged-models/search", {"experiment_ids": experiment_ids}).json() == {}


@pytest.mark.usefixtures("models")
def test_a_deleted_model_is_not_found_but_a_deleted_experiments_are(mlflow: Any, found: Any, models: Any) -> None:
    logged_models.delete(models["c"])
    mlflow.post("experiments/delete", {"experiment_id": "0"})
    assert found() == "fedba"


@pytest.mark.usefixtures("models")
def test_several_experiments_are_searched_at_once(project: Any, alice: Any, found: Any) -> None:
    other = experiments.create(project, "other", by=alice)
    logged_models.create(other, by=alice, name="g")
    assert found(experiment_ids=["0", str(other.iid)]) == "gfedcba"
    assert found(experiment_ids=[str(other.iid)]) == "g"


@pytest.mark.usefixtures("measured")
def test_another_project_of_the_same_names_finds_nothing(other_project: Any, charlie: Any, door: Any) -> None:
    his = door(f"/api/v4/projects/{other_project.pk}/ml/mlflow/api/2.0/mlflow/", charlie)
    for more in ({}, {"filter": "metrics.m > 2"}, {"order_by": [{"field_name": "metrics.m"}]}):
        assert his.post("logged-models/search", {"experiment_ids": ["0"], **more}).json() == {}


@pytest.mark.usefixtures("measured")
def test_a_reader_may_search(mlflow: Any, bob: Any) -> None:
    answer = mlflow.as_(bob).post("logged-models/search", {"experiment_ids": ["0"]})
    assert len(answer.json()["models"]) == 6


@pytest.mark.usefixtures("measured")
def test_the_number_of_queries_does_not_grow_with_the_models(mlflow: Any, django_assert_max_num_queries: Any) -> None:
    question = {"experiment_ids": ["0"], "filter": "metrics.m > 2", "order_by": [{"field_name": "metrics.m"}]}
    with django_assert_max_num_queries(12):
        mlflow.post("logged-models/search", question)


@pytest.mark.usefixtures("measured")
def test_the_longest_question_is_answered(mlflow: Any, found: Any) -> None:
    filter_string = " AND ".join(f"metrics.m{n} > 1" for n in range(50))
    filter_string += " AND " + " AND ".join(f"params.p{n} LIKE '%x%'" for n in range(50))
    datasets = [{"dataset_name": f"d{n}"} for n in range(100)]
    assert found(filter=filter_string, datasets=datasets) == ""
    order_by = [{"field_name": f"metrics.m{n or ''}", "dataset_name": "d"} for n in range(5)]
    question = {"experiment_ids": [str(n) for n in range(10_000)], "order_by": order_by, "max_results": 4}
    first = mlflow.post("logged-models/search", question).json()
    second = mlflow.post("logged-models/search", {**question, "page_token": first["next_page_token"]}).json()
    assert [model["info"]["name"] for model in [*first["models"], *second["models"]]] == list("abfedc")
