"""The questions that every endpoint of REST v4 is asked, in GitLab's words.

The list is read from `api.rest.urls`: a new endpoint is asked the moment its line is there.
"""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.utils import timezone

from accounts.identity import Identity
from accounts.models import AccessToken
from accounts.scopes import SCOPES
from accounts.services import tokens
from api.rest import urls
from packages.services import packages
from projects import policy
from projects.roles import Ability, Role
from projects.services import members
from registry.models import Alias
from registry.services import files as model_files
from registry.services import models, rules, versions
from tests.endpoints import (
    ODD_BODIES,
    ODD_IN_A_QUERY,
    ODD_IN_AN_ADDRESS,
    Offered,
    offered,
    plausible,
    with_one_odd_field,
)
from tracking.services import experiments, runs
from webhooks import payloads
from webhooks.models import Webhook

OFFERED = list(offered(urls.urlpatterns))
IN_PROJECTS = [one for one in OFFERED if one.endpoint.ability]
WITH_JSON = [one for one in OFFERED if one.method in ("POST", "PUT", "PATCH") and one.takes_json]
# What may be called as people like: an odd name of theirs need not be refused.
NAMED_BY_PEOPLE = ("name", "version", "path", "key")
WRITES = [one for one in OFFERED if one.method != "GET" and one.endpoint.ability not in policy.SCOPE_COVERS["read_api"]]

every_endpoint = pytest.mark.parametrize("asked", OFFERED, ids=str)


@pytest.fixture
def parts(project: Any, alice: Any) -> dict[str, str]:
    """Of things that there are, for the parts of an address."""
    run = runs.start(experiments.create(project, "scores", by=alice), by=alice)
    file = packages.upload(project, "set", "1", "folder/data.csv", [b"1,2"], by=alice)
    generic = {"name": "set", "version": "1", "path": "folder/data.csv", "model_version": "candidate:1"}
    ids = {"package_id": str(file.package_id), "package_file_id": str(file.pk), "run_id": run.uuid}
    # Sending to a private address is refused, so that no test waits for a network.
    hook = Webhook.objects.create(project=project, url="https://127.0.0.1/", events=payloads.OFFERED)
    hooks = {"hook_id": str(hook.pk), "trigger": "model_version.created"}
    return {"project": str(project.pk), **generic, **ids, **hooks, **registered(project, Identity(alice))}


def registered(project: Any, by: Identity) -> dict[str, str]:
    """A model and its version, named as the generic package is, with a file, a tag and an alias."""
    model = models.create(project, "set", by=by, tags=[("team", "risk")])
    version = versions.create(model, by=by, tags=[("team", "risk")])
    model_files.upload(version, "folder/data.csv", [b"1,2"], by=by.user)
    Alias.objects.create(model=model, version=version, name="champion")
    rules.protect(project, "champion", by=by)
    return {"alias": "champion", "key": "team"}


def ask(door: Any, asked: Offered, parts: Any, body: Any = None) -> Any:
    return door(asked.method, asked.at({name: parts.get(name, "x") for name in asked.parts}), body)


def refusal(answered: Any, status: int) -> dict[str, Any]:
    """The body of an answer that has the status and the form of a refusal."""
    assert answered.status_code == status, answered.content[:500]
    assert answered["Content-Type"] == "application/json"
    told: dict[str, Any] = answered.json()
    assert told.get("message") or told.get("error")
    return told


def test_the_list_has_endpoints() -> None:
    assert len(OFFERED) >= 6


@pytest.mark.parametrize("asked", [one for one in OFFERED if not one.endpoint.anonymous], ids=str)
def test_nobody_is_asked_who_they_are(rest: Any, asked: Offered, parts: Any) -> None:
    answered = ask(rest.as_(None), asked, parts)
    assert refusal(answered, 401) == {"message": "401 Unauthorized"}
    assert answered["WWW-Authenticate"]


@pytest.mark.parametrize("asked", IN_PROJECTS, ids=str)
def test_a_stranger_does_not_learn_that_the_project_exists(rest: Any, asked: Offered, parts: Any, charlie: Any) -> None:
    hidden = ask(rest.as_(charlie), asked, parts)
    missing = ask(rest.as_(charlie), asked, {**parts, "project": "999999"})
    assert refusal(hidden, 404) == refusal(missing, 404) == {"message": "404 Project Not Found"}


@pytest.mark.parametrize("asked", IN_PROJECTS, ids=str)
def test_a_member_of_too_low_a_role_is_forbidden(rest: Any, asked: Offered, parts: Any, project: Any, bob: Any) -> None:
    least = policy.LEAST_ROLE[asked.endpoint.ability]
    if least > Role.GUEST:
        members.set_role(bob, project, max(role for role in Role if role < least))
        assert refusal(ask(rest.as_(bob), asked, parts), 403)["message"].startswith("403 Forbidden")


@pytest.mark.parametrize("asked", WRITES, ids=str)
def test_a_read_only_token_does_not_write(rest: Any, asked: Offered, parts: Any, alice: Any) -> None:
    assert refusal(ask(rest.as_(alice, "read_api"), asked, parts), 403)["error"] == "insufficient_scope"


@every_endpoint
def test_a_token_for_something_else_is_told_what_would_do(rest: Any, asked: Offered, parts: Any, alice: Any) -> None:
    needed = asked.endpoint.scopes or policy.scopes_for(asked.endpoint.ability)
    other = next(scope for scope in SCOPES if scope not in needed)
    told = refusal(ask(rest.as_(alice, other), asked, parts), 403)
    assert (told["error"], told["scope"]) == ("insufficient_scope", " ".join(needed))
    assert "higher privileges" in told["error_description"]


@every_endpoint
def test_an_expired_token_no_longer_counts(rest: Any, asked: Offered, parts: Any) -> None:
    AccessToken.objects.update(expires_at=timezone.now().date() - timedelta(days=1))
    told = refusal(ask(rest, asked, parts), 401)
    assert told["error"] == "invalid_token"
    assert "expired" in told["error_description"]


@every_endpoint
def test_a_revoked_token_no_longer_counts(rest: Any, asked: Offered, parts: Any) -> None:
    tokens.revoke(AccessToken.objects.get())
    told = refusal(ask(rest, asked, parts), 401)
    assert told["error"] == "invalid_token"
    assert "revoked" in told["error_description"]


@every_endpoint
def test_a_blocked_users_token_no_longer_counts(rest: Any, asked: Offered, parts: Any, alice: Any) -> None:
    alice.is_active = False
    alice.save()
    assert refusal(ask(rest, asked, parts), 401) == {"message": "401 Unauthorized"}


@pytest.mark.parametrize("address", sorted({one.address for one in OFFERED}))
def test_a_wrong_method_is_told_the_right_ones(rest: Any, address: str, parts: Any) -> None:
    here = next(one for one in OFFERED if one.address == address)
    allowed = {*here.methods, *(["HEAD"] if "GET" in here.methods else [])}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - allowed:
        answered = rest(method, here.at({name: parts.get(name, "x") for name in here.parts}))
        assert refusal(answered, 405) == {"error": "405 Not Allowed"}
        assert set(answered["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("asked", WITH_JSON, ids=str)
@pytest.mark.parametrize("body", [b"{", b"nonsense", b"[]", b"5", b'"x"', b"null", b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(rest: Any, asked: Offered, parts: Any, body: bytes) -> None:
    assert refusal(ask(rest, asked, parts, body), 400)["message"].startswith("400 Bad request - ")


@pytest.mark.parametrize("asked", WITH_JSON, ids=str)
def test_a_body_of_another_type_is_refused(rest: Any, asked: Offered, parts: Any) -> None:
    address = asked.at({name: parts.get(name, "x") for name in asked.parts})
    refusal(rest(asked.method, address, b"<a/>", content_type="text/xml"), 400)


# Rubbish -------------------------------------------------------------------------------------------------------------


def fine(answered: Any, asked: Offered, sent: Any) -> None:
    """Whatever was sent: no bug, and a refusal that looks like one."""
    __tracebackhide__ = True
    if answered.status_code >= 500:
        pytest.fail(f"{asked} answered {answered.status_code} to {sent[:300]!r}: {answered.content[:300]!r}")
    if answered.status_code >= 400:
        refusal(answered, answered.status_code)
    # The net below all endpoints caught it, so one database refused what the other may have kept.
    body = b"".join(answered.streaming_content) if answered.streaming else answered.content
    if b"out of the range that can be stored" in body:
        pytest.fail(f"{asked} left it to the database to refuse {sent[:300]!r}")


@pytest.mark.parametrize("asked", WITH_JSON, ids=str)
def test_odd_bodies_are_never_a_bug(rest: Any, asked: Offered, parts: Any) -> None:
    body = plausible(asked.endpoint.Params, {"namespace_id": None})
    for sent in [json.dumps(body).encode(), *ODD_BODIES, *with_one_odd_field(body)]:
        fine(ask(rest, asked, parts, sent), asked, sent)


@every_endpoint
def test_odd_queries_are_never_a_bug(rest: Any, asked: Offered, parts: Any) -> None:
    query = plausible(asked.endpoint.Params, {"namespace_id": None})
    address = asked.at({name: parts.get(name, "x") for name in asked.parts})
    headers = {"authorization": f"Bearer {rest.token}"}
    for name in query:
        others = urlencode({key: value for key, value in query.items() if key != name and value is not None})
        for odd in ODD_IN_A_QUERY:
            sent = f"{others}&{quote(name)}={odd}&{quote(name)}[]={odd}"
            fine(rest.client.generic(asked.method, f"/api/v4/{address}?{sent}", headers=headers), asked, sent)


@pytest.mark.parametrize("asked", [one for one in OFFERED if one.parts], ids=str)
def test_odd_addresses_are_never_a_bug(rest: Any, asked: Offered, parts: Any) -> None:
    for name in asked.parts:
        for odd in [*ODD_IN_AN_ADDRESS, "a/b", "a%2Fb", "acme", "٣", "²"]:
            answered = ask(rest, asked, {**parts, name: quote(odd, safe="%/")})
            fine(answered, asked, odd)
            # A path of one segment more or less may be the address of something else, which takes other methods.
            expected = (400, 404, 405) if asked.method in ("PUT", "POST") else (400, 404)
            if name not in NAMED_BY_PEOPLE:
                refusal(answered, answered.status_code if answered.status_code in expected else 404)


def test_every_ability_is_in_the_policys_table() -> None:
    assert set(policy.LEAST_ROLE) == set(Ability)
    assert set(policy.SCOPE_COVERS) == set(SCOPES)
