"""Every list costs the same, however long it is: it is asked with two rows, and then with seven."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services import tokens
from audit.services import events
from packages.services import packages
from projects.models import Namespace, Project
from projects.roles import Role, Visibility
from projects.services import invitations, job_tokens, members, namespaces, projects, users
from webhooks import payloads
from webhooks.models import Webhook

More = Callable[[int], None]


@pytest.fixture
def more(project: Project, group: Namespace, alice: User) -> More:
    """Makes everything that is listed once more, the `n`th time."""

    def make(n: int) -> None:
        somebody = users.create(f"u{n}", password="correct horse battery")
        members.set_role(somebody, project, Role.GUEST)
        members.set_role(somebody, group, Role.GUEST)
        inner = namespaces.create_group(f"g{n}", by=alice, parent=group)
        below = namespaces.create_group("below", by=alice, parent=inner, visibility=Visibility.PUBLIC)
        there = projects.create(group, by=alice, name=f"p{n}")
        projects.create(below, by=alice, name="deep", visibility=Visibility.PUBLIC)
        projects.create(alice.namespace, by=alice, name=f"own{n}")
        job_tokens.allow(project, there, by=alice)
        job_tokens.allow(project, inner, by=alice)
        tokens.issue(alice, name=f"t{n}", scopes=["api"])
        for place in (project, group):
            members.issue_bot_token(place, name=f"b{n}", scopes=["api"])
            members.issue_deploy_token(place, name=f"d{n}", scopes=["read_packages"])
            invitations.invite(f"{n}@example.com", place, Role.GUEST, by=alice)
        Webhook.objects.create(project=project, url=f"https://example.com/{n}", events=payloads.OFFERED)
        packages.upload(project, f"set{n}", "1", "data.csv", [b"1"], by=alice)
        events.record("tried", target="anything")

    return make


LISTS = [
    "audit_events", "deploy_tokens", "groups", "namespaces", "personal_access_tokens", "projects", "users",
    "personal_access_tokens/self/associations",
    *(f"groups/{{group}}/{of}" for of in (
        "access_tokens", "audit_events", "deploy_tokens", "descendant_groups", "invitations", "members", "members/all",
        "projects", "subgroups",
    )),
    "groups/{group}?with_projects=true", "groups/{inner}/transfer_locations",
    *(f"projects/{{project}}/{of}" for of in (
        "access_tokens", "audit_events", "deploy_tokens", "hooks", "invitations", "job_token_scope/allowlist",
        "job_token_scope/groups_allowlist", "members", "members/all", "packages", "transfer_locations",
    )),
    "users/{alice}/projects",
]  # fmt: skip
FOR_NOBODY = [
    "groups",
    "projects",
    "groups/{group}/descendant_groups",
    "groups/{group}/projects?include_subgroups=true",
]


def cost(door: Any, address: str) -> tuple[int, int]:
    """Rows and queries. Asked twice, as what a process remembers is no row's cost."""
    door.get(address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answered = door.get(address)
    assert answered.status_code == 200, answered.content
    told = answered.json()
    return len(told) if isinstance(told, list) else len(told["projects"]), len(asked)


def grows_at_no_cost(door: Any, address: str, more: More) -> None:
    for n in range(2):
        more(n)
    few, queries = cost(door, address)
    for n in range(2, 7):
        more(n)
    many, queries_of_many = cost(door, address)
    assert (many - few) >= 5
    assert queries_of_many == queries


@pytest.mark.parametrize("address", LISTS)
def test_a_list_costs_the_same_however_long(
    rest: Any, admin: User, alice: User, project: Project, group: Namespace, more: More, address: str
) -> None:
    inner = namespaces.create_group("inner", by=alice, parent=group)
    numbers = {"project": project.pk, "group": group.pk, "inner": inner.pk, "alice": alice.pk}
    # An administrator has no role of their own, and nothing of their own to list.
    door = rest if address.startswith(("personal", "namespaces")) else rest.as_(admin)
    path, _, query = address.format(**numbers).partition("?")
    grows_at_no_cost(door, f"{path}?{query}&per_page=100", more)


@pytest.mark.parametrize("address", FOR_NOBODY)
def test_it_does_for_nobody_as_well(
    rest: Any, alice: User, project: Project, group: Namespace, more: More, address: str
) -> None:
    namespaces.update(group, visibility=Visibility.PUBLIC)
    path, _, query = address.format(group=group.pk).partition("?")
    grows_at_no_cost(rest.as_(None), f"{path}?{query}&per_page=100", more)


def test_every_list_is_among_them() -> None:
    """A list is a GET that takes pages; those of GitLab's packages and of our `ml/` have tests of their own."""
    from api.rest import pages, urls
    from tests.endpoints import offered

    listed = {
        one.address.replace("%(", "{").replace(")s", "}")
        for one in offered(urls.urlpatterns)
        if one.method == "GET" and issubclass(one.endpoint.Params, pages.Paged)
        if "/ml/" not in one.address and "package_id" not in one.address
    }
    known = {address.partition("?")[0].replace("{inner}", "{group}").replace("{alice}", "{user}") for address in LISTS}
    assert listed - known == set()
