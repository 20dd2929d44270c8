"""Moving groups, and where groups and projects could be moved to."""

from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEvent
from projects.models import Member, Namespace, NamespaceLink, Project, Route
from projects.roles import Role
from projects.services import members, namespaces, projects


@pytest.fixture
def team(alice: User, group: Namespace) -> Namespace:
    """`acme/team` with a subgroup and a project in each."""
    team = namespaces.create_group("team", by=alice, parent=group)
    deep = namespaces.create_group("deep", by=alice, parent=team)
    for place in (team, deep):
        projects.create(place, by=alice, name="p")
    return team


@pytest.fixture
def elsewhere(alice: User) -> Namespace:
    return namespaces.create_group("elsewhere", by=alice)


def move(door: Any, group: Namespace, **to: Any) -> Any:
    return door.post(f"groups/{group.pk}/transfer", to)


def above(group: Namespace) -> set[str]:
    return set(NamespaceLink.objects.filter(descendant=group).values_list("ancestor__route__path", flat=True))


def paths() -> set[str]:
    return set(Route.objects.values_list("path", flat=True))


def test_all_that_lies_below_moves_along(rest: Any, team: Namespace, elsewhere: Namespace) -> None:
    moved = move(rest, team, group_id=elsewhere.pk)
    assert (moved.status_code, moved.json()["full_path"]) == (201, "elsewhere/team")
    assert moved.json()["parent_id"] == elsewhere.pk
    assert {"elsewhere/team/p", "elsewhere/team/deep", "elsewhere/team/deep/p"} < paths()
    assert not [path for path in paths() if path.startswith("acme/team")]
    deep = Namespace.objects.get(path="deep")
    assert above(deep) == {"elsewhere", "elsewhere/team", "elsewhere/team/deep"}
    assert rest.get("projects/elsewhere%2Fteam%2Fdeep%2Fp").status_code == 200
    event = AuditEvent.objects.get(action="group_transferred")
    assert event.details == {"path": {"from": "acme/team", "to": "elsewhere/team"}}


def test_roles_are_those_of_the_new_groups_above(
    rest: Any, team: Namespace, elsewhere: Namespace, group: Namespace, bob: User, charlie: User
) -> None:
    members.set_role(bob, group, Role.DEVELOPER)
    members.set_role(charlie, elsewhere, Role.DEVELOPER)
    address = f"projects/{Project.objects.get(namespace__path='deep').pk}"
    assert [rest.as_(user).get(address).status_code for user in (bob, charlie)] == [200, 404]
    move(rest, team, group_id=elsewhere.pk)
    assert [rest.as_(user).get(address).status_code for user in (bob, charlie)] == [404, 200]


def test_to_the_top(rest: Any, team: Namespace) -> None:
    moved = move(rest, team)
    assert (moved.status_code, moved.json()["full_path"], moved.json()["parent_id"]) == (201, "team", None)
    assert above(Namespace.objects.get(path="deep")) == {"team", "team/deep"}


def test_at_the_top_a_group_has_an_owner_of_its_own(rest: Any, team: Namespace, alice: User) -> None:
    Member.objects.filter(namespace=team).delete()
    assert move(rest, team).status_code == 201
    assert list(team.members.values_list("user", "role")) == [(alice.pk, Role.OWNER)]
    assert AuditEvent.objects.filter(action="member_created", namespace=team, target="alice").count() == 1


@pytest.mark.parametrize("target", ["itself", "below", "where it is"])
def test_what_cannot_be_is_refused_and_nothing_has_moved(
    rest: Any, team: Namespace, group: Namespace, target: str
) -> None:
    places = {"itself": team, "below": Namespace.objects.get(path="deep"), "where it is": group}
    before = paths(), NamespaceLink.objects.count()
    refused = move(rest, team, group_id=places[target].pk)
    assert (refused.status_code, list(refused.json()["message"])) == (400, ["group_id"])
    assert (paths(), NamespaceLink.objects.count()) == before
    assert move(rest, group).status_code == 400, "it is at the top already"


def test_a_path_that_is_taken_there_is_refused(rest: Any, team: Namespace, elsewhere: Namespace, alice: User) -> None:
    projects.create(elsewhere, by=alice, name="Team", path="team")
    refused = move(rest, team, group_id=elsewhere.pk)
    assert (refused.status_code, refused.json()) == (400, {"message": {"path": ["has already been taken"]}})
    assert above(team) == {"acme", "acme/team"}
    assert "acme/team/deep/p" in paths()


def test_a_name_that_is_reserved_at_the_top_stays_below(rest: Any, group: Namespace, alice: User) -> None:
    inner = namespaces.create_group("explore", by=alice, parent=group)
    assert move(rest, inner).status_code == 400
    assert above(inner) == {"acme", "acme/explore"}


def test_it_takes_an_owner_here_and_a_maintainer_there(
    rest: Any, team: Namespace, elsewhere: Namespace, bob: User, charlie: User
) -> None:
    hidden = namespaces.create_group("hidden", by=charlie)
    assert move(rest, team, group_id=hidden.pk).json() == {"message": "404 Group Not Found"}
    members.set_role(bob, team, Role.OWNER)
    members.set_role(bob, elsewhere, Role.DEVELOPER)
    assert move(rest.as_(bob), team, group_id=elsewhere.pk).status_code == 403
    members.set_role(bob, team, Role.MAINTAINER)
    members.set_role(bob, elsewhere, Role.MAINTAINER)
    assert move(rest.as_(bob), team, group_id=elsewhere.pk).status_code == 403
    members.set_role(bob, team, Role.OWNER)
    assert move(rest.as_(bob), team, group_id=elsewhere.pk).status_code == 201


def locations(door: Any, address: str, **query: Any) -> list[str]:
    answered = door.get(f"{address}/transfer_locations", query)
    assert answered.status_code == 200
    assert answered["X-Total"] == str(len(answered.json()))
    return [place["full_path"] for place in answered.json()]


def test_where_a_group_could_be_moved_to(
    rest: Any, team: Namespace, elsewhere: Namespace, alice: User, charlie: User, admin: User
) -> None:
    namespaces.create_group("hidden", by=charlie)
    namespaces.create_group("beside", by=alice, parent=Namespace.objects.get(path="acme"))
    seen = namespaces.create_group("seen", by=charlie)
    members.set_role(alice, seen, Role.DEVELOPER)
    assert locations(rest, f"groups/{team.pk}") == ["elsewhere", "acme/beside"]
    assert locations(rest, f"groups/{team.pk}", search="BESIDE") == ["acme/beside"]
    assert set(locations(rest.as_(admin), f"groups/{team.pk}")) == {"elsewhere", "acme/beside", "hidden", "seen"}
    [first, _] = rest.get(f"groups/{team.pk}/transfer_locations").json()
    assert set(first) == {"id", "web_url", "name", "avatar_url", "full_name", "full_path"}


def test_where_a_project_could_be_moved_to(rest: Any, project: Project, team: Namespace, elsewhere: Namespace) -> None:
    address = f"projects/{project.pk}"
    assert locations(rest, address) == ["acme/team", "acme/team/deep", "elsewhere"]
    moved = rest("PUT", f"{address}/transfer", {"namespace": elsewhere.pk})
    assert moved.status_code == 200
    assert "elsewhere" not in locations(rest, address)
