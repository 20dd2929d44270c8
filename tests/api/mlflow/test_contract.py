"""The questions that every endpoint of MLflow's API is asked; who may call it is asked by `tests/access`.

The list is read from `api.mlflow.urls`: a new endpoint is asked the moment its line is there.
"""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from api.mlflow import errors, urls
from tests.endpoints import (
    BODILESS,
    ODD_BODIES,
    ODD_IN_A_QUERY,
    ODD_IN_AN_ADDRESS,
    Offered,
    offered,
    plausible,
    with_one_odd_field,
)
from webhooks import payloads
from webhooks.models import Webhook

OFFERED = list(offered(urls.urlpatterns))
WITH_JSON = [one for one in OFFERED if one.takes_json]

CODES = {code for _, code in errors.ANSWERS.values()} | errors.KNOWN_CODES | {"INTERNAL_ERROR"}
PARTS = {"model_id": "m-" + "0" * 32, "tag_key": "key", "address": "0/" + "0" * 32 + "/artifacts/folder/file.txt"}


@pytest.fixture
def root(door: Any, project: Any, alice: Any) -> Any:
    """The MLflow root of Alice's project, called by her."""
    return door(f"/api/v4/projects/{project.pk}/ml/mlflow/", alice)


def parts_of(asked: Offered, known: Any = PARTS) -> dict[str, str]:
    """An unknown name is a new endpoint's, and anything will do."""
    return {name: known.get(name, "x") for name in asked.parts}


def ask(door: Any, asked: Offered, body: Any = None, known: Any = PARTS) -> Any:
    return door(asked.method, asked.at(parts_of(asked, known)), body)


def refusal(answered: Any, status: int, method: str = "") -> str:
    """The error code of an answer that has the status and the form of a refusal."""
    assert answered.status_code == status, answered.content[:500]
    if method == "HEAD":
        return ""
    assert answered["Content-Type"] == "application/json"
    told = answered.json()
    assert told["error_code"] in CODES
    assert isinstance(told["message"], str)
    assert told["message"]
    return str(told["error_code"])


def test_the_list_has_endpoints_and_each_is_found_at_its_address() -> None:
    assert len(OFFERED) > 30
    assert len({str(one) for one in OFFERED}) == len(OFFERED)


@pytest.mark.parametrize("address", sorted({one.address for one in OFFERED}))
def test_a_wrong_method_is_told_the_right_ones(root: Any, address: str) -> None:
    here = next(one for one in OFFERED if one.address == address)
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - set(here.methods):
        answered = root(method, here.at(parts_of(here)))
        refusal(answered, 405, method)
        assert set(answered["Allow"].split(", ")) == set(here.methods)


@pytest.mark.parametrize("asked", WITH_JSON, ids=str)
@pytest.mark.parametrize("body", [b"{", b"nonsense", b"[]", b"5", b'"x"', b"null", b"true", b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(root: Any, asked: Offered, body: bytes) -> None:
    assert refusal(ask(root, asked, body), 400) == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize("asked", WITH_JSON, ids=str)
def test_a_body_of_another_type_is_refused(root: Any, asked: Offered) -> None:
    answered = root(asked.method, asked.at(parts_of(asked)), b"a=b", content_type="text/plain")
    assert refusal(answered, 400) == "INVALID_PARAMETER_VALUE"


# Rubbish -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def known(root: Any, project: Any) -> dict[str, str]:
    """Things of Alice's project by the names of fields and URL parts, so that what is odd meets no earlier refusal."""
    api = "api/2.0/mlflow/"
    run = root.post(f"{api}runs/create", {"run_name": "r"}).json()["run"]["info"]
    model = root.post(f"{api}logged-models", {"experiment_id": "0", "name": "m"}).json()["model"]["info"]
    # Sending to a private address is refused, so that no test waits for a network.
    hook = Webhook.objects.create(project=project, url="https://127.0.0.1/", events=payloads.OFFERED)
    return {
        "webhook_id": str(hook.uuid),
        "experiment_id": "0",
        "experiment_ids": ["0"],
        "run_id": run["run_id"],
        "run_uuid": "",
        "run_ids": [run["run_id"]],
        "model_id": model["model_id"],
        "address": f"0/{run['run_id']}/artifacts/folder/file.txt",
        "path": f"0/{run['run_id']}/artifacts",
        "page_token": "",
        "filter": "",
    }


def fine(answered: Any, asked: Offered, sent: Any) -> None:
    """Whatever was sent: no bug, and a refusal that looks like one."""
    __tracebackhide__ = True
    if answered.status_code >= 500:
        pytest.fail(f"{asked} answered {answered.status_code} to {sent[:300]!r}: {answered.content[:300]!r}")
    if answered.status_code >= 400:
        refusal(answered, answered.status_code, asked.method)
    # The net below all endpoints caught it, so one database refused what the other may have kept.
    if b"out of the range that can be stored" in answered.content:
        pytest.fail(f"{asked} left it to the database to refuse {sent[:300]!r}")


@pytest.mark.parametrize("asked", WITH_JSON, ids=str)
def test_odd_bodies_are_never_a_bug(root: Any, asked: Offered, known: Any) -> None:
    address = asked.at(parts_of(asked, PARTS | known))
    body = plausible(asked.endpoint.Params, known)
    for sent in [json.dumps(body).encode(), *ODD_BODIES, *with_one_odd_field(body)]:
        fine(root(asked.method, address, sent), asked, sent)


@pytest.mark.parametrize("asked", [one for one in OFFERED if one.method in BODILESS], ids=str)
def test_odd_queries_are_never_a_bug(root: Any, asked: Offered, known: Any) -> None:
    address = asked.at(parts_of(asked, PARTS | known))
    query = plausible(asked.endpoint.Params, known)
    for name in query:
        others = urlencode({key: value for key, value in query.items() if key != name}, doseq=True)
        for odd in ODD_IN_A_QUERY:
            for key in (name, f"{name}[]"):
                sent = f"{others}&{quote(key)}={odd}&{quote(key)}={odd}"
                headers = {"authorization": f"Bearer {root.token}"}
                fine(root.client.get(f"{root.root}{address}?{sent}", headers=headers), asked, sent)


@pytest.mark.parametrize("asked", [one for one in OFFERED if one.parts], ids=str)
def test_odd_addresses_are_never_a_bug(root: Any, asked: Offered, known: Any) -> None:
    parts = parts_of(asked, PARTS | known)
    for name in parts:
        for odd in ODD_IN_AN_ADDRESS:
            sent = asked.at(parts | {name: odd})
            fine(root(asked.method, sent), asked, sent)


@pytest.mark.parametrize(
    "odd", [*ODD_IN_AN_ADDRESS, "a/b", "a/b/c", "acme", "acme/fraud/x", "%2F", "1.0", "+1", "٣", "²"]
)
def test_an_odd_project_is_not_found(root: Any, odd: str) -> None:
    root.root = "/api/v4/projects/"
    for address in ("api/2.0/mlflow/experiments/get?experiment_id=0", "nothing"):
        answered = root.get(f"{quote(odd, safe='%/')}/ml/mlflow/{address}")
        assert answered.status_code == 404
        assert answered["Content-Type"] == "application/json"


def test_an_address_that_is_not_on_the_list_says_so_to_those_who_may_know(root: Any, charlie: Any) -> None:
    for address in ("api/2.0/mlflow/nothing", "x", "api/2.0/mlflow/runs/create/", "api/9.0/mlflow/runs/create"):
        assert refusal(root.post(address), 404) == "ENDPOINT_NOT_FOUND"
        assert refusal(root.as_(charlie).post(address), 404) == "RESOURCE_DOES_NOT_EXIST"
        assert refusal(root.as_(None).post(address), 401) == "UNAUTHENTICATED"


def test_who_calls_and_whether_they_may_cost_one_query(root: Any, django_assert_num_queries: Any) -> None:
    root.get("version")
    with django_assert_num_queries(1):
        assert root.get("version").status_code == 200
