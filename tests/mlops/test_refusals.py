"""What never reaches a door is refused in the dialect of its address."""

import json
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import Client

from mlops import refusals

EVIL = {"host": "evil.example"}
REST, MLFLOW = "/api/v4/user", "/api/v4/projects/acme/fraud/ml/mlflow/api/2.0/mlflow/runs/search"


@pytest.fixture
def anybody(db: None) -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("host", ["evil.example", "a b", "evil.example:99999999", "[::1", "evil.example/x"])
def test_a_bad_host_is_refused_in_the_callers_words(anybody: Client, method: str, host: str) -> None:
    told = anybody.generic(method, REST, headers={"host": host})
    assert (told.status_code, told["Content-Type"]) == (400, "application/json")
    assert told.json()["message"].startswith("400 Bad request - this service does not answer to the name")
    told = anybody.generic(method, MLFLOW, headers={"host": host})
    assert (told.status_code, told["Content-Type"]) == (400, "application/json")
    assert told.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert host not in told.content.decode()


def test_a_page_is_refused_with_a_page(anybody: Client) -> None:
    refused = anybody.get("/", headers=EVIL)
    assert (refused.status_code, refused["Content-Type"]) == (400, "text/html; charset=utf-8")


def test_signed_addresses_speak_mlflows_dialect(anybody: Client) -> None:
    assert "error_code" in anybody.put("/api/v4/signed/parts/x", headers=EVIL).json()


@pytest.mark.parametrize(
    "address", ["/api", "/api/", "/api/v4", "/api/v5/user", "/api/v3/projects/1", "/api/v4/nothing"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_api_address_that_is_on_no_list(anybody: Client, method: str, address: str) -> None:
    told = anybody.generic(method, address)
    assert (told.status_code, told.json()) == (404, {"error": "404 Not Found"})


def test_other_addresses_that_are_on_no_list_are_pages(anybody: Client) -> None:
    assert anybody.get("/apis")["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(("address", "field"), [(REST, "message"), (MLFLOW, "error_code")])
def test_a_bug_before_the_doors_is_a_number(rf: Any, address: str, field: str, caplog: Any) -> None:
    try:
        raise KeyError("secret detail")
    except KeyError:
        told = refusals.server_error(rf.get(address))
    assert told.status_code == 500
    assert field in json.loads(told.content)
    assert b"secret" not in told.content
    assert "secret detail" in caplog.text


def test_what_django_finds_suspicious_is_a_400(rf: Any) -> None:
    told = refusals.bad_request(rf.get(REST), SuspiciousOperation("odd"))
    assert (told.status_code, told["Content-Type"]) == (400, "application/json")
