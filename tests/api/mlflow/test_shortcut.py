"""The short way to MLflow's endpoints, which the server's entrance takes, means the same as Django's long one."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import resolve

from accounts import caller
from api.mlflow.shortcut import Shortcut
from lib.limits import Limit
from tests.conftest import token_of
from tracking.models import Run


@pytest.fixture
def short() -> Shortcut:
    return Shortcut()


def asked(method: str, path: str, body: Any = None, token: str = "", **more: Any) -> dict[str, Any]:
    sent = json.dumps(body).encode() if body is not None else b""
    request = RequestFactory().generic(method, path, sent, "application/json", **more)
    environ: dict[str, Any] = {**request.environ, "wsgi.input": BytesIO(sent)}
    return {**environ, "HTTP_AUTHORIZATION": f"Bearer {token}"} if token else environ


def test_every_address_leads_where_djangos_patterns_do(short: Shortcut) -> None:
    assert len(short.views) > 200
    for address, view in short.views.items():
        found = resolve(f"/api/v4/projects/acme/fraud/ml/mlflow/{address}")
        assert found.func is view
        assert found.kwargs == {"project": "acme/fraud"}


def test_a_run_is_made_and_read(short: Shortcut, project: Any, alice: Any, mlflow: Any) -> None:
    root, token = f"/api/v4/projects/{project.pk}/ml/mlflow/api/2.0/mlflow/", token_of(alice)
    made = short.answer(asked("POST", f"{root}runs/create", {"experiment_id": "0", "run_name": "r"}, token))
    assert made is not None
    assert made.status_code == 200
    assert made["Content-Length"] == str(len(made.content))
    assert made["X-Content-Type-Options"] == "nosniff"
    run = Run.objects.get(project=project)
    assert run.creator == alice
    read = short.answer(asked("GET", f"{root}runs/get?run_id={run.uuid}", token=token))
    assert read is not None
    assert json.loads(read.content) == mlflow.get("runs/get", {"run_id": run.uuid}).json()
    assert caller.current() == caller.NOBODY


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/v4/projects/1/ml/mlflow/",
        "/api/v4/projects/1/ml/mlflow/api/2.0/mlflow/nothing",
        "/api/v4/projects/1/ml/mlflow/api/2.0/mlflow/runs/create/",
        "/api/v4/projects//ml/mlflow/api/2.0/mlflow/runs/create",
        "/api/v4/projects/a//b/ml/mlflow/api/2.0/mlflow/runs/create",
        "/api/v4/projects/1/ml/mlflow/api/2.0/mlflow-artifacts/artifacts/x",
    ],
)
def test_whatever_else_goes_the_long_way(short: Shortcut, path: str) -> None:
    assert short.answer(asked("POST", path, {})) is None


def test_a_host_that_is_not_ours_goes_the_long_way(short: Shortcut) -> None:
    path = "/api/v4/projects/1/ml/mlflow/api/2.0/mlflow/runs/create"
    assert short.answer(asked("POST", path, {}, HTTP_HOST="evil.example")) is None


def test_refusals_are_mlflows(short: Shortcut, project: Any, charlie: Any) -> None:
    path = f"/api/v4/projects/{project.pk}/ml/mlflow/api/2.0/mlflow/runs/search"
    for token, status, code in (("", 401, "UNAUTHENTICATED"), (token_of(charlie), 404, "RESOURCE_DOES_NOT_EXIST")):
        answer = short.answer(asked("POST", path, {}, token))
        assert answer is not None
        assert (answer.status_code, json.loads(answer.content)["error_code"]) == (status, code)


def test_callers_are_counted(settings: Any, project: Any, alice: Any) -> None:
    settings.RATE_LIMIT_MLFLOW = Limit(1, 60)
    path, token = f"/api/v4/projects/{project.pk}/ml/mlflow/api/2.0/mlflow/server-info", token_of(alice)
    short = Shortcut()
    answers = [short.answer(asked("GET", path, token=token)) for _ in range(2)]
    assert [answer.status_code for answer in answers if answer is not None] == [200, 429]
    assert all(answer["RateLimit-Limit"] == "1" for answer in answers if answer is not None)
