"""The questions that every endpoint of REST v4 is asked, in GitLab's words; who may call it is asked by `tests/access`.

The list is read from `api.rest.urls`: a new endpoint is asked the moment its line is there.
"""

import json
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
import pytest

from accounts.scopes import SCOPES
from api.rest import pages, projects, urls
from projects import policy
from projects.roles import Ability
from tests.endpoints import (
    ODD_BODIES,
    ODD_IN_A_QUERY,
    ODD_IN_AN_ADDRESS,
    Offered,
    offered,
    plausible,
    with_one_odd_field,
)

OFFERED = list(offered(urls.urlpatterns))
WITH_JSON = [one for one in OFFERED if one.method in ("POST", "PUT", "PATCH") and one.takes_json]
# What may be called as people like: an odd name of theirs need not be refused.
NAMED_BY_PEOPLE = ("name", "version", "path", "key")
# The parameters that every list has are tried on one of them.
COMMON = {field.name for field in msgspec.structs.fields(pages.Paged)}

every_endpoint = pytest.mark.parametrize("asked", OFFERED, ids=str)


def ask(furnished: Any, door: Any, asked: Offered, body: Any = None, **others: str) -> Any:
    return door(asked.method, asked.at(furnished.parts(asked, **others)), body)


def refusal(answered: Any, status: int) -> dict[str, Any]:
    """The body of an answer that has the status and the form of a refusal."""
    assert answered.status_code == status, answered.content[:500]
    assert answered["Content-Type"] == "application/json"
    told: dict[str, Any] = answered.json()
    assert told.get("message") or told.get("error")
    return told


def test_the_list_has_endpoints() -> None:
    assert len(OFFERED) >= 6


@pytest.mark.parametrize("address", sorted({one.address for one in OFFERED}))
def test_a_wrong_method_is_told_the_right_ones(furnished: Any, rest: Any, address: str) -> None:
    here = next(one for one in OFFERED if one.address == address)
    allowed = {*here.methods, *(["HEAD"] if "GET" in here.methods else [])}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - allowed:
        answered = rest(method, here.at(furnished.parts(here)))
        assert refusal(answered, 405) == {"error": "405 Not Allowed"}
        assert set(answered["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("asked", WITH_JSON, ids=str)
def test_a_body_that_is_no_json_object_is_refused(furnished: Any, asked: Offered) -> None:
    for body in (b"{", b"nonsense", b"[]", b"5", b'"x"', b"null", b"\xff"):
        answered = ask(furnished, furnished.door(asked), asked, body)
        assert refusal(answered, 400)["message"].startswith("400 Bad request - ")


@pytest.mark.parametrize("asked", WITH_JSON, ids=str)
def test_a_body_of_another_type_is_refused(furnished: Any, asked: Offered) -> None:
    address = asked.at(furnished.parts(asked))
    refusal(furnished.door(asked)(asked.method, address, b"<a/>", content_type="text/xml"), 400)


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


# What is found by its address alone, whatever that is.
ANYWHERE = {"namespaces/%(namespace)s/exists"}


@pytest.mark.parametrize("asked", WITH_JSON, ids=str)
def test_odd_bodies_are_never_a_bug(furnished: Any, asked: Offered) -> None:
    door = furnished.door(asked)
    body = plausible(asked.endpoint.Params, {"namespace_id": None, "parent_id": None})
    for sent in [json.dumps(body).encode(), *ODD_BODIES, *with_one_odd_field(body)]:
        fine(ask(furnished, door, asked, sent), asked, sent)


@every_endpoint
def test_odd_queries_are_never_a_bug(furnished: Any, asked: Offered) -> None:
    query = plausible(asked.endpoint.Params, {"namespace_id": None, "parent_id": None})
    door = furnished.door(asked)
    address = asked.at(furnished.parts(asked))
    headers = {"authorization": f"Bearer {door.token}"}
    for name in [name for name in query if name not in COMMON or asked.endpoint is projects.ListProjects]:
        others = urlencode({key: value for key, value in query.items() if key != name and value is not None})
        for odd in ODD_IN_A_QUERY:
            sent = f"{others}&{quote(name)}={odd}&{quote(name)}[]={odd}"
            fine(door.client.generic(asked.method, f"/api/v4/{address}?{sent}", headers=headers), asked, sent)


@pytest.mark.parametrize("asked", [one for one in OFFERED if one.parts and one.address not in ANYWHERE], ids=str)
def test_odd_addresses_are_never_a_bug(furnished: Any, asked: Offered) -> None:
    door = furnished.door(asked)
    for name in asked.parts:
        for odd in [*ODD_IN_AN_ADDRESS, "a/b", "a%2Fb", "acme/nothing", "٣", "²"]:
            answered = ask(furnished, door, asked, **{name: quote(odd, safe="%/")})
            fine(answered, asked, odd)
            # A path of one segment more or less may be the address of something else, which takes other methods.
            expected = (400, 404, 405) if asked.method in ("PUT", "POST") else (400, 404)
            if name not in NAMED_BY_PEOPLE:
                refusal(answered, answered.status_code if answered.status_code in expected else 404)


def test_every_ability_is_in_the_policys_table() -> None:
    assert set(policy.LEAST_ROLE) == set(Ability)
    assert set(policy.SCOPE_COVERS) == set(SCOPES)
