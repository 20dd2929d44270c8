"""Who is counted as whom at each door, and what they are told. Off, nothing is told."""

import ipaddress
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import AccessToken
from lib import limits
from lib.limits import Limit
from tests.conftest import Door, token_of

YEAR = 86400 * 365
HEADERS = {"RateLimit-Limit", "RateLimit-Name", "RateLimit-Observed", "RateLimit-Remaining", "RateLimit-Reset"}


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    limits.forget()
    yield
    limits.forget()


@pytest.fixture
def few(settings: Any) -> None:
    """Two requests of each caller, three of the MLflow client."""
    settings.RATE_LIMIT_UNAUTHENTICATED = settings.RATE_LIMIT_AUTHENTICATED = Limit(2, YEAR)
    settings.RATE_LIMIT_MLFLOW = Limit(3, YEAR)


def told(answer: Any) -> set[str]:
    return {name for name in answer.headers if name.startswith("RateLimit") or name == "Retry-After"}


def test_off_there_are_no_headers_and_no_counters(rest: Door, mlflow: Door, page: Client) -> None:
    for answer in (rest.get("user"), rest.as_(None).get("projects"), mlflow.get("experiments/search"), page.get("/")):
        assert told(answer) == set()
    assert limits._windows == {}


def test_rest_tells_gitlabs_headers_and_words(rest: Door, few: None) -> None:
    first, second, third = rest.get("user"), rest.get("user"), rest.get("user")
    assert told(first) == HEADERS
    assert (first["RateLimit-Name"], first["RateLimit-Observed"], first["RateLimit-Remaining"]) == (
        "throttle_authenticated_api",
        "1",
        "1",
    )
    assert (second.status_code, second["RateLimit-Remaining"]) == (200, "0")
    assert (third.status_code, third.content, third["Content-Type"]) == (429, b"Retry later\n", "text/plain")
    assert told(third) == HEADERS | {"RateLimit-ResetTime", "Retry-After"}
    assert third["RateLimit-ResetTime"].endswith(" GMT")
    assert 0 < int(third["Retry-After"]) <= YEAR


def test_the_limit_is_told_for_a_minute_whatever_its_period(rest: Door, settings: Any) -> None:
    settings.RATE_LIMIT_AUTHENTICATED = Limit(7200, 3600)
    assert rest.get("user")["RateLimit-Limit"] == "120"


def test_mlflow_is_told_in_its_own_words_and_has_a_limit_of_its_own(mlflow: Door, rest: Door, few: None) -> None:
    answers = [mlflow.get("experiments/get-by-name", {"experiment_name": "Default"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].json()["error_code"] == "REQUEST_LIMIT_EXCEEDED"
    assert "try again in" in answers[3].json()["message"]
    assert answers[0]["RateLimit-Name"] == "throttle_authenticated_mlflow"
    assert rest.get("user").status_code == 200


def test_what_is_refused_has_changed_nothing(mlflow: Door, project: Any, few: None) -> None:
    for number in range(5):
        mlflow.post("experiments/create", {"name": f"e{number}"})
    assert project.experiments.count() == 1 + 3


def test_each_token_is_counted_for_itself(rest: Door, alice: Any, bob: Any, few: None) -> None:
    for door in (rest, rest.as_(alice), rest.as_(bob)):
        assert [door.get("user").status_code for _ in range(3)] == [200, 200, 429]


def test_whoever_has_no_token_is_counted_by_address(rest: Door, few: None) -> None:
    nobody = rest.as_(None)
    assert [nobody.get("projects").status_code for _ in range(3)] == [200, 200, 429]
    assert nobody.get("projects", REMOTE_ADDR="203.0.113.9").status_code == 200
    assert rest.get("user").status_code == 200, "who shows a token is not nobody"


def test_tokens_that_do_not_hold_count_as_none(rest: Door, alice: Any, few: None) -> None:
    revoked = token_of(alice)
    AccessToken.objects.update(revoked_at="2026-01-01T00:00Z")
    tried = [Door(rest.root, token, rest.client).get("user").status_code for token in (revoked, "junk", "other junk")]
    assert tried == [401, 401, 429]


def test_a_network_of_ipv6_is_one_address(rest: Door, few: None) -> None:
    nobody = rest.as_(None)
    for host in ("2001:db8::1", "2001:db8::2"):
        assert nobody.get("projects", REMOTE_ADDR=host).status_code == 200
    assert nobody.get("projects", REMOTE_ADDR="2001:db8::3").status_code == 429
    assert nobody.get("projects", REMOTE_ADDR="2001:db8:0:1::3").status_code == 200


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3"])
def test_allowed_addresses_are_not_counted(rest: Door, few: None, settings: Any, address: str) -> None:
    settings.RATE_LIMIT_ALLOWLIST = [ipaddress.ip_network("10.0.0.0/8")]
    answers = [rest.get("user", REMOTE_ADDR=address) for _ in range(4)]
    assert {answer.status_code for answer in answers} == {200}
    assert told(answers[0]) == set()
    assert [rest.get("user").status_code for _ in range(3)] == [200, 200, 429]


def test_pages_are_counted_by_user_and_answer_with_a_page(page: Client, few: None) -> None:
    answers = [page.get("/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0]["RateLimit-Name"] == "throttle_authenticated_web"
    assert "Too many requests" in answers[2].content.decode()
    assert "Retry-After" in answers[2]


def test_the_sign_in_page_is_counted_by_address_and_probes_are_not(client: Client, db: None, few: None) -> None:
    from django.urls import reverse

    assert [client.get(reverse("sign-in")).status_code for _ in range(3)] == [200, 200, 429]
    assert {client.get("/-/liveness").status_code for _ in range(4)} == {200}


def test_counting_asks_the_database_nothing(rest: Door, few: None, django_assert_num_queries: Any) -> None:
    rest.get("user")  # notes the token's use
    with django_assert_num_queries(2):  # the second: whether there is a second factor
        assert rest.get("user").status_code == 200
    with django_assert_num_queries(1):
        assert rest.get("user").status_code == 429


def test_redis_being_away_shuts_nobody_out(rest: Door, few: None, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answers = [rest.get("user") for _ in range(4)]
    assert {answer.status_code for answer in answers} == {200}
    assert told(answers[3]) == set()
