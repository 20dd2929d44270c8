"""Two projects in which everything has the same name: neither sees nor changes anything of the other.

Whatever only Charlie's project holds contains his canary, which must never appear in an answer given to Alice.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from api.mlflow import urls
from tests.endpoints import BODILESS, Offered, offered, plausible
from tests.furniture import API, FILES, Side, furnished

OFFERED = list(offered(urls.urlpatterns))
CANARY = "charlies-canary"


@pytest.fixture
def ours(door: Any, project: Any, alice: Any) -> Side:
    return furnished(door(f"/api/v4/projects/{project.pk}/ml/mlflow/", alice), project, "alices")


@pytest.fixture
def theirs(door: Any, other_project: Any, charlie: Any) -> Side:
    return furnished(door(f"/api/v4/projects/{other_project.pk}/ml/mlflow/", charlie), other_project, CANARY)


def rows_of(project: Any) -> dict[str, list[Any]]:
    """Every row of the project, of whatever model."""
    found = {}
    for app in ("tracking", "packages", "ci", "registry"):
        for model in apps.get_app_config(app).get_models():
            way = _way_to_a_project(model)
            rows = model._base_manager.filter(**{way: project.pk})
            found[model.__name__] = sorted(rows.values_list(), key=repr)
    return found


def _way_to_a_project(model: Any) -> str:
    fields = {field.name for field in model._meta.get_fields()}
    if "namespace" in fields:
        return "namespace__projects"
    for step in ("project", "experiment", "run", "model", "package", "upload", "version"):
        if step in fields:
            return "project" if step == "project" else f"{step}__{_way_to_a_project(_target(model, step))}"
    raise AssertionError(f"{model.__name__} belongs to no project")


def _target(model: Any, field: str) -> Any:
    return model._meta.get_field(field).related_model


def content(answered: Any) -> bytes:
    return b"".join(answered.streaming_content) if answered.streaming else answered.content


def ask(side: Side, asked: Offered, known: dict[str, Any]) -> Any:
    address = asked.at({name: known.get(name, "x") for name in asked.parts})
    return side.door(asked.method, address, plausible(asked.endpoint.Params, known))


@contextmanager
def each_endpoint(theirs: Side) -> Iterator[Any]:
    """Runs a question for every endpoint, each from the same state; afterwards Charlie's project is as it was."""

    def every(question: Callable[[Offered], None]) -> None:
        for asked in OFFERED:
            with transaction.atomic():
                question(asked)
                assert rows_of(theirs.project) == before, asked
                transaction.set_rollback(True)

    before = rows_of(theirs.project)
    yield every


def test_ids_of_another_projects_objects_find_nothing(ours: Side, theirs: Side) -> None:
    def question(asked: Offered) -> None:
        answered = ask(ours, asked, theirs.ids())
        told = content(answered)
        assert answered.status_code in (200, 400, 404), asked
        assert CANARY.encode() not in told, asked
        declared = plausible(asked.endpoint.Params, {})
        # A list of ids is a search: what is not there is left out.
        one_thing = {name for name, value in declared.items() if not isinstance(value, list)}
        if {"run_id", "model_id", "address"} & {*one_thing, *asked.parts}:
            assert answered.status_code == 404 or b"INVALID_PARAMETER_VALUE" in told, (asked, told)

    with each_endpoint(theirs) as every:
        every(question)


def test_ids_of_both_projects_mixed_link_nothing(ours: Side, theirs: Side) -> None:
    def question(asked: Offered) -> None:
        fields = {*plausible(asked.endpoint.Params, {}), *asked.parts}
        for name, foreign in theirs.ids().items():
            if name in fields or name == "model_id":
                answered = ask(ours, asked, {**ours.ids(), name: foreign})
                assert answered.status_code in (200, 400, 404), (asked, name)
                assert CANARY.encode() not in content(answered), (asked, name)

    with each_endpoint(theirs) as every:
        every(question)


def test_the_same_question_is_answered_from_ones_own_project(ours: Side, theirs: Side) -> None:
    def question(asked: Offered) -> None:
        assert CANARY.encode() not in content(ask(ours, asked, ours.ids())), asked

    with each_endpoint(theirs) as every:
        every(question)


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "tags.same = '{canary}'",
        "tags.same LIKE '%'",
        "params.same = '{canary}'",
        "params.same LIKE '%'",
        "metrics.same > 0",
        "metrics.same = {value}",
        "attributes.run_name = 'same'",
        "attributes.run_id = '{run}'",
        "attributes.run_id IN ('{run}')",
        "attributes.run_id != 'x'",
        "datasets.name = 'same'",
        "datasets.digest = 'same'",
        "datasets.context = '{canary}'",
        "datasets.context LIKE '%'",
    ],
)
def test_a_search_of_runs_finds_ones_own_only(condition: str, ours: Side, theirs: Side) -> None:
    asked = condition.format(canary=CANARY, run=theirs.run_id, value=len(CANARY))
    for experiments in (["1"], ["0", "1", "2", "99"]):
        body = {"experiment_ids": experiments, "filter": asked, "run_view_type": "ALL"}
        answered = ours.door.post(f"{API}runs/search", body)
        assert answered.status_code == 200, answered.content
        assert CANARY not in answered.content.decode()
        assert {run["info"]["run_id"] for run in answered.json().get("runs", [])} <= {ours.run_id}


def test_names_find_ones_own(ours: Side, theirs: Side) -> None:
    found = ours.door.get(f"{API}experiments/get-by-name", {"experiment_name": "same"}).json()["experiment"]
    assert found["tags"] == [{"key": "same", "value": "alices"}]
    found = ours.door.post(f"{API}experiments/search", {"max_results": 100, "filter": "name = 'same'"}).json()
    assert [tag["value"] for one in found["experiments"] for tag in one["tags"]] == ["alices"]
    found = ours.door.post(f"{API}logged-models/search", {"experiment_ids": ["1"], "filter": "name = 'same'"}).json()
    assert [one["info"]["model_id"] for one in found["models"]] == [ours.model_id]
    history = {"run_id": ours.run_id, "metric_key": "same"}
    found = ours.door.get(f"{API}metrics/get-history", history).json()
    assert [point["value"] for point in found["metrics"]] == [len("alices")]


def test_equal_addresses_hold_different_bytes(ours: Side, theirs: Side) -> None:
    for side, secret in ((ours, b"alices"), (theirs, CANARY.encode())):
        for owner in (f"1/{side.run_id}/artifacts", f"1/models/{side.model_id}/artifacts"):
            assert content(side.door.get(f"{FILES}/{owner}/folder/same.txt")) == secret


def test_an_address_of_another_projects_is_of_no_use_for_any_verb(ours: Side, theirs: Side) -> None:
    before = rows_of(theirs.project)
    for owner in (f"1/{theirs.run_id}/artifacts", f"1/models/{theirs.model_id}/artifacts"):
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            body = None if method in BODILESS else b"overwritten"
            answered = ours.door(method, f"{FILES}/{owner}/folder/same.txt", body)
            assert answered.status_code == 404
        listed = ours.door.get(FILES, {"path": owner})
        assert CANARY not in listed.content.decode()
        assert "same" not in listed.content.decode()
    assert rows_of(theirs.project) == before


def test_equal_bytes_are_not_shared(ours: Side, theirs: Side) -> None:
    for side in (ours, theirs):
        side.door("PUT", f"{FILES}/1/{side.run_id}/artifacts/equal", b"equal bytes")
    keys = {side.project.blobs.get(size=len(b"equal bytes")).storage_key for side in (ours, theirs)}
    assert len(keys) == 2


def test_the_job_of_the_same_number_is_another(ours: Side, theirs: Side) -> None:
    assert ours.project.jobs.get().facts == {"CI_COMMIT_SHA": "alices"}
    assert theirs.project.jobs.get().facts == {"CI_COMMIT_SHA": CANARY}


@pytest.mark.parametrize("path", ["runs/search", "experiments/search", "logged-models/search"])
def test_a_page_token_is_of_no_use_elsewhere(path: str, ours: Side, theirs: Side) -> None:
    body = {"experiment_ids": ["0", "1"], "max_results": 1}
    for name in ("one", "two"):
        theirs.door.post(f"{API}runs/create", {"experiment_id": "1", "run_name": name})
        theirs.door.post(f"{API}logged-models", {"experiment_id": "1", "name": name})
    token = theirs.door.post(f"{API}{path}", body).json()["next_page_token"]
    answered = ours.door.post(f"{API}{path}", {**body, "page_token": token})
    assert answered.status_code == 400
    assert answered.json()["error_code"] == "INVALID_PARAMETER_VALUE"


def test_every_answer_to_a_stranger_is_the_same_whether_or_not_the_object_exists(ours: Side, theirs: Side) -> None:
    missing = "0" * 32
    for asked in OFFERED:
        if asked.method in BODILESS and "run_id" in plausible(asked.endpoint.Params, {}):
            foreign = content(ask(ours, asked, theirs.ids())).decode()
            absent = content(ask(ours, asked, {**theirs.ids(), "run_id": missing})).decode()
            assert foreign.replace(theirs.run_id, missing) == absent


def test_the_canary_would_be_seen(theirs: Side) -> None:
    """The tests above prove nothing unless Charlie himself meets it."""
    met = [asked for asked in OFFERED if CANARY.encode() in content(ask(theirs, asked, theirs.ids()))]
    assert len(met) >= 8, [str(asked) for asked in met]
    assert CANARY in json.dumps(rows_of(theirs.project), default=str)
