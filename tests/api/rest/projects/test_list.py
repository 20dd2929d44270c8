from typing import Any

import pytest
from django.conf import settings

from projects.models import Project
from projects.roles import Role, Visibility
from projects.services import members, projects


@pytest.fixture
def several(project: Any, other_project: Any, alice: Any, charlie: Any) -> dict[str, Project]:
    """Five by name: one in Alice's group, two of her own, and Charlie's: one hidden, one public."""
    return {
        "group": project,
        "own": projects.create(alice.namespace, by=alice, name="Apples", description="Red ones"),
        "archived": projects.create(alice.namespace, by=alice, name="bananas"),
        "hidden": other_project,
        "public": projects.create(charlie.namespace, by=charlie, name="Cherries", visibility=Visibility.PUBLIC),
    }


def listed(several: Any, answered: Any) -> list[str]:
    assert answered.status_code == 200, answered.content
    names = {project.pk: name for name, project in several.items()}
    return [names[one["id"]] for one in answered.json()]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "public archived own group"),
        ({"sort": "asc"}, "group own archived public"),
        ({"order_by": "name", "sort": "asc", "membership": "true", "search": "a"}, "own group archived"),
        ({"order_by": "id", "sort": "asc"}, "group own archived public"),
        ({"order_by": "path", "sort": "desc", "owned": "true"}, "group archived own"),
        ({"membership": "true", "sort": "asc"}, "group own archived"),
        ({"min_access_level": 30, "sort": "asc"}, "group own archived"),
        ({"visibility": "public"}, "public"),
        ({"search": "red"}, "own"),
        ({"search": "ACME/"}, "group"),
        ({"search": "100%"}, ""),
        ({"archived": "true"}, "archived"),
        ({"archived": "false", "sort": "asc"}, "group own public"),
        ({"simple": "true", "visibility": "public"}, "public"),
        ({"statistics": "true", "visibility": "public"}, "public"),
    ],
)
def test_what_is_listed_in_which_order(rest: Any, several: Any, asked: Any, found: str) -> None:
    Project.objects.filter(pk=several["archived"].pk).update(archived=True)
    if asked.get("order_by") == "name":  # Databases differ in how they sort capitals.
        Project.objects.filter(pk=several["archived"].pk).update(name="Zananas")
    assert listed(several, rest.get("projects", asked)) == found.split()


def test_a_visitor_sees_what_is_public(rest: Any, several: Any) -> None:
    assert listed(several, rest.as_(None).get("projects")) == ["public"]
    assert rest.as_(None).get("projects", {"membership": "true"}).json() == []


def test_an_administrator_sees_all_but_is_a_member_of_none(rest: Any, several: Any, admin: Any) -> None:
    assert len(rest.as_(admin).get("projects").json()) == 5
    assert rest.as_(admin).get("projects", {"membership": "true"}).json() == []


def test_a_deleted_project_is_not_listed(rest: Any, several: Any) -> None:
    projects.delete(several["own"])
    assert "own" not in listed(several, rest.get("projects"))


def test_a_project_tokens_bot_sees_its_project(rest: Any, several: Any) -> None:
    _, rest.token = members.issue_bot_token(several["group"], name="ci", scopes=["read_api"], role=Role.GUEST)
    assert listed(several, rest.get("projects", {"membership": "true"})) == ["group"]


def test_pages_and_their_headers(rest: Any, several: Any) -> None:
    second = rest.get("projects", {"per_page": 2, "page": 2, "membership": "true", "search": "a"})
    told = {header: second[header] for header in second.headers if header.startswith("X-") and "age" in header}
    assert told == {
        "X-Page": "2",
        "X-Per-Page": "2",
        "X-Next-Page": "",
        "X-Prev-Page": "1",
        "X-Total-Pages": "2",
    }
    assert second["X-Total"] == "3"
    links = dict(part.split("; ")[::-1] for part in second["Link"].split(", "))
    assert set(links) == {'rel="prev"', 'rel="first"', 'rel="last"'}
    first = f"<{settings.EXTERNAL_URL}/api/v4/projects?membership=true&search=a&page=1&per_page=2>"
    assert links['rel="prev"'] == links['rel="first"'] == first


def test_walking_the_pages_meets_each_project_once(rest: Any, several: Any) -> None:
    met, page = [], "1"
    while page:
        answered = rest.get("projects", {"per_page": 1, "page": page, "order_by": "last_activity_at"})
        met += listed(several, answered)
        page = answered["X-Next-Page"]
    assert sorted(met) == ["archived", "group", "own", "public"]


def test_an_empty_list_has_one_page(rest: Any, alice: Any) -> None:
    empty = rest.get("projects")
    assert (empty.json(), empty["X-Total"], empty["X-Total-Pages"], empty["X-Next-Page"]) == ([], "0", "1", "")


def test_more_than_a_hundred_a_page_is_a_hundred(rest: Any, alice: Any) -> None:
    assert rest.get("projects", {"per_page": 5000})["X-Per-Page"] == "100"


@pytest.mark.parametrize(
    "asked", [{"page": 0}, {"page": "x"}, {"per_page": -1}, {"order_by": "digest"}, {"sort": "up"}, {"owned": "si"}]
)
def test_a_parameter_that_cannot_be_read_is_named(rest: Any, asked: Any) -> None:
    refused = rest.get("projects", asked)
    assert (refused.status_code, refused.json()) == (400, {"error": f"{next(iter(asked))} is invalid"})


def test_a_page_far_beyond_the_end_is_empty(rest: Any, several: Any) -> None:
    assert rest.get("projects", {"page": 10**9, "per_page": 100}).json() == []


def test_a_list_costs_the_same_however_long_it_is(
    rest: Any, several: Any, alice: Any, django_assert_num_queries: Any
) -> None:
    rest.get("user")
    with django_assert_num_queries(6) as few:
        rest.get("projects", {"membership": "true"})
    for number in range(8):
        projects.create(alice.namespace, by=alice, name=f"p{number}")
    with django_assert_num_queries(len(few)):
        rest.get("projects", {"membership": "true"})
