"""Many at once on one model, each with a connection of its own to the live server."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.live import Live, Tenant

pytestmark = [pytest.mark.client, pytest.mark.timeout(300)]

MANY = 50
Answer = tuple[int, Any]


@pytest.fixture
def call(tenant: Tenant) -> Callable[..., Answer]:
    """`call("POST", "runs/create", {…})`: (status, JSON)."""
    headers = {"Authorization": f"Bearer {tenant.token}"}

    def called(method: str, path: str, sent: Any) -> Answer:
        where = {"params": sent} if method == "GET" else {"json": sent}
        url = f"{tenant.tracking_uri}/api/2.0/mlflow/{path}"
        answer = httpx.request(method, url, **where, headers=headers, timeout=120, trust_env=False)
        return answer.status_code, answer.json()

    return called


def together(attempts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    barrier = threading.Barrier(len(attempts))

    def one(attempt: Callable[[], Answer]) -> Answer:
        barrier.wait(30)
        return attempt()

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(one, attempts))


def version(semver: str = "", **more: Any) -> dict[str, Any]:
    return {"name": "m", "tags": [{"key": "gitlab.version", "value": semver}] if semver else [], **more}


@pytest.fixture
def model(call: Any) -> None:
    assert call("POST", "registered-models/create", {"name": "m"})[0] == 200


def kept(call: Any) -> list[dict[str, Any]]:
    status, found = call("GET", "model-versions/search", {"filter": "name = 'm'", "order_by": "version_number"})
    assert status == 200
    versions: list[dict[str, Any]] = found.get("model_versions", [])
    return versions


def test_fifty_creations_have_fifty_numbers_and_semvers(live: Live, tenant: Tenant, call: Any, model: None) -> None:
    """Half of them say a semver, which no counted one can be: those end in a patch above 0, but for 1.0.0."""
    sent = [version(f"{number + 2}.0.0" if number % 2 else "") for number in range(MANY)]
    answers = together([lambda one=one: call("POST", "model-versions/create", one) for one in sent])
    assert [status for status, _ in answers] == [200] * MANY
    told = [answer["model_version"] for _, answer in answers]
    assert sorted(int(one["version"]) for one in told) == list(range(1, MANY + 1))
    assert len({one["run_id"] for one in told}) == MANY
    assert [one["version"] for one in kept(call)] == [str(number) for number in range(1, MANY + 1)]
    events = [one for one in live.history(tenant)["events"] if one["action"] == "model_version_created"]
    semvers = {one["semver"] for one in events}
    assert len(events) == len(semvers) == MANY
    assert {f"{number + 2}.0.0" for number in range(MANY) if number % 2} < semvers
    for event in events:
        found = call("GET", "model-versions/get", {"name": "m", "version": event["semver"]})[1]
        assert found["model_version"]["version"] == str(event["number"])


def test_one_semver_that_fifty_want_is_given_once(call: Any, model: None) -> None:
    sent = [version("1.2.0", description=str(number)) for number in range(MANY)]
    answers = together([lambda one=one: call("POST", "model-versions/create", one) for one in sent])
    assert sorted(status for status, _ in answers) == [200] + [400] * (MANY - 1)
    for status, answer in answers:
        if status == 400:
            assert answer["error_code"] == "RESOURCE_ALREADY_EXISTS"
            assert answer["message"].endswith("The next free one is 1.2.1.")
    [only] = kept(call)
    winner = next(answer["model_version"] for status, answer in answers if status == 200)
    assert (only["version"], only["description"]) == ("1", winner["description"])


def test_one_model_that_fifty_create_is_made_once(call: Any) -> None:
    answers = together([lambda: call("POST", "registered-models/create", {"name": "m"})] * MANY)
    assert sorted(status for status, _ in answers) == [200] + [400] * (MANY - 1)
    assert {answer.get("error_code") for _, answer in answers} == {None, "RESOURCE_ALREADY_EXISTS"}


def test_an_alias_that_two_move_is_at_one_place_and_both_are_told(
    live: Live, tenant: Tenant, call: Any, model: None
) -> None:
    for _ in range(2):
        call("POST", "model-versions/create", version())
    moved = [{"name": "m", "alias": "champion", "version": number} for number in ("1", "2")]
    answers = together([lambda one=one: call("POST", "registered-models/alias", one) for one in moved])
    assert answers == [(200, {})] * 2
    winner = call("GET", "registered-models/alias", {"name": "m", "alias": "champion"})[1]["model_version"]["version"]
    assert call("GET", "registered-models/get", {"name": "m"})[1]["registered_model"]["aliases"] == [
        {"alias": "champion", "version": winner}
    ]
    history = live.history(tenant)
    events = [one["number"] for one in history["events"] if one["action"] == "model_version_alias_created"]
    moves = [one["number"] for one in history["moves"]]
    assert sorted(events) == [1, 2]
    assert moves == events, "the history and the events tell the same, in the same order"
    assert str(moves[-1]) == winner


def test_stages_that_many_change_leave_one_in_production(call: Any, model: None) -> None:
    for _ in range(8):
        call("POST", "model-versions/create", version())
    sent = [
        {"name": "m", "version": str(number), "stage": "Production", "archive_existing_versions": True}
        for number in range(1, 9)
    ]
    answers = together([lambda one=one: call("POST", "model-versions/transition-stage", one) for one in sent])
    assert [status for status, _ in answers] == [200] * 8
    assert sorted(one["current_stage"] for one in kept(call)) == ["Archived"] * 7 + ["Production"]
