"""What no endpoint says, because the frame does."""

import logging
from typing import Any

import pytest
from django.db import OperationalError

from api.rest import users
from api.rest.endpoint import RestEndpoint


@pytest.mark.parametrize("address", ["", "nothing", "user/", "topics/1/nothing", "%2F", "..", "\x00", "a%0Ab"])
def test_an_address_that_is_not_on_the_list(rest: Any, address: str) -> None:
    for door in (rest, rest.as_(None)):
        answered = door.get(address)
        assert (answered.status_code, answered.json()) == (404, {"error": "404 Not Found"})


def test_a_wrong_method_is_told_the_right_ones(rest: Any) -> None:
    refused = rest("DELETE", "projects")
    assert (refused.status_code, refused.json()) == (405, {"error": "405 Not Allowed"})
    assert set(refused["Allow"].split(", ")) == {"GET", "HEAD", "POST"}
    assert rest("OPTIONS", "user").status_code == 405


def test_head_is_answered_like_get(rest: Any) -> None:
    answered = rest("HEAD", "user")
    assert answered.status_code == 200
    assert answered.content == b""


def test_the_answer_is_json_whatever_the_client_would_rather_have(rest: Any) -> None:
    assert rest.get("user", headers={"accept": "text/html"})["Content-Type"] == "application/json"


def test_a_bug_is_a_number_for_the_caller_and_a_traceback_for_the_log(rest: Any, monkeypatch: Any, caplog: Any) -> None:
    def broken(self: Any, p: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(users.GetUser, "handle", broken)
    with caplog.at_level(logging.ERROR):
        failed = rest.get("user")
    assert failed.status_code == 500
    assert "secret detail" not in failed.content.decode()
    number = failed.json()["message"].rsplit(" ", 1)[1]
    assert number in caplog.text
    assert "secret detail" in caplog.text


def test_a_database_outage_asks_to_come_back(rest: Any, monkeypatch: Any) -> None:
    def unreachable(self: Any, p: Any) -> None:
        raise OperationalError("connection refused to 10.0.0.1")

    monkeypatch.setattr(users.GetUser, "handle", unreachable)
    failed = rest.get("user")
    assert (failed.status_code, failed["Retry-After"]) == (503, "2")
    assert "10.0.0.1" not in failed.content.decode()


def test_a_body_beyond_the_limit_is_refused(rest: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert rest.post("projects", {"name": "x" * 20}).status_code == 413


def test_an_endpoint_must_say_what_it_needs() -> None:
    with pytest.raises(TypeError, match="its method"):
        type("Silent", (RestEndpoint,), {})
    with pytest.raises(TypeError, match="ability or its scopes"):
        type("Open", (RestEndpoint,), {"method": "GET"})
