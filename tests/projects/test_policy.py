"""Who may do what in a project: the table of the policy, asked line by line."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.identity import Identity
from accounts.models import AccessToken
from lib.errors import Forbidden, InvalidInput, NotFound
from projects import policy
from projects.models import Project
from projects.roles import Ability, Access, Feature, GroupAbility, Role, Visibility
from projects.services import members, namespaces, projects
from tests.conftest import token_of

A = Ability
READS = [A.READ_PROJECT, A.READ_MEMBERS, A.READ_EXPERIMENTS, A.READ_MODELS]
BY_ROLE = {
    Role.GUEST: {*READS, A.LEAVE_PROJECT},
    Role.REPORTER: {*READS, A.READ_PACKAGES, A.LEAVE_PROJECT},
    Role.DEVELOPER: {*READS, A.READ_PACKAGES, A.LEAVE_PROJECT, A.WRITE_EXPERIMENTS, A.WRITE_MODELS, A.WRITE_PACKAGES},
    Role.MAINTAINER: set(Ability) - {A.DELETE_PROJECT, A.ADMIN_MEMBERS, A.CHANGE_VISIBILITY},
    Role.OWNER: set(Ability),
}
every_ability = pytest.mark.parametrize("ability", list(Ability))


def outcome(user: Any, ability: Ability, project: Any, *scopes: str) -> Any:
    """The role that was granted, or the kind of refusal."""
    token = AccessToken.objects.get(hint=token_of(user, *scopes)[-4:]) if scopes else None
    try:
        return policy.authorize(Identity(user, token) if user else None, ability, project).role
    except (NotFound, Forbidden) as refusal:
        return type(refusal)


@every_ability
@pytest.mark.parametrize("role", BY_ROLE)
def test_what_each_role_permits(project: Any, charlie: Any, role: Role, ability: Ability) -> None:
    members.set_role(charlie, project, role)
    assert outcome(charlie, ability, project.pk) == (role if ability in BY_ROLE[role] else Forbidden)


@every_ability
def test_a_stranger_learns_nothing(project: Any, charlie: Any, ability: Ability) -> None:
    for asked in (project.pk, "acme/fraud", "no/such", 10**6):
        with pytest.raises(NotFound) as refused:
            policy.authorize(Identity(charlie), ability, asked)
        assert refused.value.message == policy.NO_SUCH_PROJECT


@every_ability
def test_an_administrator_may_everything_everywhere(project: Any, admin: Any, ability: Ability) -> None:
    assert outcome(admin, ability, project.pk) == Role.ADMIN


@pytest.mark.parametrize(
    ("visibility", "visitor", "stranger"),
    [
        (Visibility.PRIVATE, NotFound, NotFound),
        (Visibility.INTERNAL, NotFound, Role.REPORTER),
        (Visibility.PUBLIC, Role.REPORTER, Role.REPORTER),
    ],
)
def test_what_visibility_grants(project: Any, charlie: Any, visibility: int, visitor: Any, stranger: Any) -> None:
    Project.objects.filter(pk=project.pk).update(visibility=visibility)
    for ability in (*READS, A.READ_PACKAGES):
        assert outcome(None, ability, project.pk) == visitor
        assert outcome(charlie, ability, project.pk) == stranger
    for user, seen in ((None, visitor), (charlie, stranger)):
        assert outcome(user, A.WRITE_EXPERIMENTS, project.pk) == (NotFound if seen is NotFound else Forbidden)


def test_visibility_never_lowers_a_members_role(project: Any, dana: Any) -> None:
    Project.objects.update(visibility=Visibility.PUBLIC)
    assert outcome(dana, A.WRITE_EXPERIMENTS, project.pk) == Role.DEVELOPER


@pytest.mark.parametrize("depth", [0, 1, 2, 5])
def test_a_role_in_a_group_holds_at_any_depth_below(group: Any, alice: Any, bob: Any, depth: int) -> None:
    below = group
    for level in range(depth):
        below = namespaces.create_group(f"level-{level}", by=alice, parent=below)
    project = projects.create(below, by=alice, name="deep")
    members.set_role(bob, group, Role.DEVELOPER)
    assert outcome(bob, A.WRITE_EXPERIMENTS, project.pk) == Role.DEVELOPER
    assert outcome(bob, A.WRITE_EXPERIMENTS, project.full_path.upper()) == Role.DEVELOPER


def test_a_role_does_not_reach_up_or_sideways(group: Any, project: Any, alice: Any, bob: Any, charlie: Any) -> None:
    sub = namespaces.create_group("sub", by=alice, parent=group)
    beside = namespaces.create_group("beside", by=alice, parent=group)
    inner = projects.create(sub, by=alice, name="inner")
    members.set_role(charlie, sub, Role.OWNER)
    assert outcome(charlie, A.DELETE_PROJECT, inner.pk) == Role.OWNER
    for other in (project, projects.create(beside, by=alice, name="inner")):
        assert outcome(charlie, A.READ_PROJECT, other.pk) is NotFound


def test_the_highest_of_several_roles_wins(group: Any, alice: Any, bob: Any) -> None:
    sub = namespaces.create_group("sub", by=alice, parent=group)
    project = projects.create(sub, by=alice, name="inner")
    for where, role, now in (
        (sub, Role.REPORTER, Role.REPORTER),
        (project, Role.MAINTAINER, Role.MAINTAINER),
        (group, Role.DEVELOPER, Role.MAINTAINER),
        (project, Role.GUEST, Role.DEVELOPER),
    ):
        members.set_role(bob, where, role)
        assert outcome(bob, A.READ_PROJECT, project.pk) == now


def test_a_membership_ends_with_the_start_of_its_last_day(project: Any, group: Any, charlie: Any) -> None:
    today = timezone.now().date()
    members.set_role(charlie, project, Role.OWNER, expires_at=today + timedelta(days=1))
    assert outcome(charlie, A.DELETE_PROJECT, project.pk) == Role.OWNER
    members.set_role(charlie, project, Role.OWNER, expires_at=today)
    assert outcome(charlie, A.READ_PROJECT, project.pk) is NotFound
    members.set_role(charlie, group, Role.REPORTER)
    assert outcome(charlie, A.READ_PROJECT, project.pk) == Role.REPORTER


def test_a_removed_member_is_a_stranger_again(project: Any, dana: Any) -> None:
    members.remove(dana, project)
    assert outcome(dana, A.READ_PROJECT, project.pk) is NotFound


SCOPES = {
    "api": set(Ability),
    "read_api": {*READS, A.READ_PACKAGES},
    "read_user": set(),
    "self_rotate": set(),
    "read_experiments": {A.READ_PROJECT, A.READ_EXPERIMENTS},
    "write_experiments": {A.READ_PROJECT, A.READ_EXPERIMENTS, A.WRITE_EXPERIMENTS},
    "read_models": {A.READ_PROJECT, A.READ_MODELS},
    "write_models": {A.READ_PROJECT, A.READ_MODELS, A.WRITE_MODELS},
    "read_packages": {A.READ_PROJECT, A.READ_PACKAGES},
    "write_packages": {A.READ_PROJECT, A.READ_PACKAGES, A.WRITE_PACKAGES, A.DELETE_PACKAGES},
}


@pytest.mark.parametrize("scope", SCOPES)
def test_what_each_scope_covers(project: Any, alice: Any, admin: Any, scope: str) -> None:
    covered = {ability for ability in Ability if outcome(alice, ability, project.pk, scope) == Role.OWNER}
    assert covered == SCOPES[scope]
    assert outcome(admin, A.WRITE_MODELS, project.pk, scope) == (
        Role.ADMIN if A.WRITE_MODELS in SCOPES[scope] else Forbidden
    )


def test_scopes_add_up_and_a_role_still_limits_them(project: Any, alice: Any, bob: Any) -> None:
    both = ("read_models", "write_experiments")
    assert outcome(alice, A.READ_MODELS, project.pk, *both) == Role.OWNER
    assert outcome(alice, A.WRITE_EXPERIMENTS, project.pk, *both) == Role.OWNER
    assert outcome(bob, A.WRITE_EXPERIMENTS, project.pk, *both) is Forbidden


def test_a_strangers_scopes_are_not_even_looked_at(project: Any, charlie: Any) -> None:
    assert outcome(charlie, A.WRITE_MODELS, project.pk, "read_user") is NotFound


def test_a_deleted_project_is_gone_for_all(project: Any, alice: Any, admin: Any) -> None:
    projects.delete(project)
    for user in (alice, admin):
        assert outcome(user, A.READ_PROJECT, project.pk) is NotFound


def test_a_project_tokens_bot_may_what_its_role_says_in_its_project_alone(
    project: Any, other_project: Any, group: Any, alice: Any
) -> None:
    beside = projects.create(group, by=alice, name="beside")
    token, _ = members.issue_bot_token(project, name="ci", scopes=["api"], role=Role.DEVELOPER)
    assert outcome(token.user, A.WRITE_MODELS, project.pk) == Role.DEVELOPER
    assert outcome(token.user, A.ADMIN_PROJECT, project.pk) is Forbidden
    for elsewhere in (beside, other_project):
        assert outcome(token.user, A.READ_PROJECT, elsewhere.pk) is NotFound


def test_a_group_tokens_bot_may_in_all_projects_below(project: Any, group: Any, other_project: Any) -> None:
    token, _ = members.issue_bot_token(group, name="ci", scopes=["api"], role=Role.REPORTER)
    assert outcome(token.user, A.READ_PACKAGES, project.pk) == Role.REPORTER
    assert outcome(token.user, A.READ_PROJECT, other_project.pk) is NotFound


def test_one_query_answers(project: Any, dana: Any, django_assert_num_queries: Any) -> None:
    for asked in (project.pk, "acme/fraud"):
        with django_assert_num_queries(1):
            policy.authorize(Identity(dana), A.WRITE_EXPERIMENTS, asked)


@pytest.mark.parametrize("asked", ["", "0", "-1", "9" * 30, "acme", "acme/", "/acme/fraud", "a\x00", "x" * 5000, "٣"])
def test_an_address_that_leads_nowhere(project: Any, admin: Any, asked: str) -> None:
    assert outcome(admin, A.READ_PROJECT, asked) is NotFound


def test_where_one_may_create_projects(group: Any, alice: Any, bob: Any, admin: Any) -> None:
    def creates(user: Any, where: Any) -> Any:
        try:
            return policy.authorize_creation(Identity(user), where)
        except (Forbidden, InvalidInput) as refusal:
            return type(refusal)

    sub = namespaces.create_group("sub", by=alice, parent=group)
    assert creates(bob, None) == bob.namespace
    assert creates(bob, group.pk) is InvalidInput
    members.set_role(bob, group, Role.DEVELOPER)
    assert creates(bob, "acme/sub") is Forbidden
    members.set_role(bob, group, Role.MAINTAINER)
    assert creates(bob, "acme/sub") == sub
    assert creates(bob, alice.namespace.pk) is InvalidInput
    assert creates(admin, alice.namespace.pk) == alice.namespace


# Switches, archived projects, groups ----------------------------------------------------------------------------------

FEATURES = {
    Feature.EXPERIMENTS: {A.READ_EXPERIMENTS, A.WRITE_EXPERIMENTS},
    Feature.REGISTRY: {A.READ_MODELS, A.WRITE_MODELS},
    Feature.PACKAGES: {A.READ_PACKAGES, A.WRITE_PACKAGES, A.DELETE_PACKAGES},
}


@pytest.mark.parametrize("feature", FEATURES)
def test_what_is_switched_off_is_there_for_nobody(project: Any, alice: Any, admin: Any, feature: Feature) -> None:
    Project.objects.update(**{feature: Access.DISABLED})
    for user in (alice, admin):
        for ability in Ability:
            off = ability in FEATURES[feature]
            assert (outcome(user, ability, project.pk) is NotFound) == off


@pytest.mark.parametrize("feature", FEATURES)
def test_what_is_for_members_is_there_for_members_alone(
    project: Any, alice: Any, admin: Any, charlie: Any, feature: Feature
) -> None:
    Project.objects.update(**{feature: Access.PRIVATE}, visibility=Visibility.PUBLIC)
    for ability in FEATURES[feature]:
        assert outcome(alice, ability, project.pk) == Role.OWNER
        assert outcome(admin, ability, project.pk) == Role.ADMIN
        assert outcome(charlie, ability, project.pk) is NotFound
        assert outcome(None, ability, project.pk) is NotFound
    assert outcome(charlie, A.READ_PROJECT, project.pk) == Role.REPORTER


def test_files_of_runs_hang_on_the_switch_of_experiments(project: Any, alice: Any, door: Any) -> None:
    mlflow = door(f"/api/v4/projects/{project.pk}/ml/mlflow/api/2.0/mlflow-artifacts/", alice)
    assert mlflow.get("artifacts/1/models/x").status_code == 404
    Project.objects.update(packages_access=Access.DISABLED)
    assert mlflow.get(f"artifacts/0/{'0' * 32}/artifacts/x").json()["message"].startswith("Run with id")
    Project.objects.update(experiments_access=Access.DISABLED)
    assert mlflow.get(f"artifacts/0/{'0' * 32}/artifacts/x").json()["message"] == policy.FEATURE_IS_OFF


def test_an_archived_project_is_only_looked_at(project: Any, alice: Any) -> None:
    projects.archive(project)
    for ability in Ability:
        written = ability in {A.WRITE_EXPERIMENTS, A.WRITE_MODELS, A.WRITE_PACKAGES, A.DELETE_PACKAGES}
        assert outcome(alice, ability, project.pk) == (Forbidden if written else Role.OWNER)
    projects.unarchive(project)
    assert outcome(alice, A.WRITE_MODELS, project.pk) == Role.OWNER


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.GUEST, {GroupAbility.READ_GROUP, GroupAbility.LEAVE_GROUP}),
        (Role.DEVELOPER, {GroupAbility.READ_GROUP, GroupAbility.LEAVE_GROUP}),
        (Role.MAINTAINER, {GroupAbility.READ_GROUP, GroupAbility.LEAVE_GROUP, GroupAbility.CREATE_SUBGROUPS}),
        (Role.OWNER, set(GroupAbility)),
    ],
)
def test_what_each_role_permits_in_a_group_and_below(
    group: Any, alice: Any, charlie: Any, role: Role, may: set[GroupAbility]
) -> None:
    below = namespaces.create_group("below", by=alice, parent=group)
    members.set_role(charlie, group, role)
    for where in (group.pk, "acme", "ACME/below", below.pk):
        for ability in GroupAbility:
            assert in_group(charlie, ability, where) == (role if ability in may else Forbidden)


def in_group(user: Any, ability: GroupAbility, where: Any) -> Any:
    try:
        return policy.authorize_group(Identity(user), ability, where).role
    except (NotFound, Forbidden) as refusal:
        return type(refusal)


def test_who_sees_a_group(project: Any, group: Any, bob: Any, charlie: Any, admin: Any) -> None:
    read = GroupAbility.READ_GROUP
    # Bob is a member of its project, Charlie of nothing.
    assert (in_group(bob, read, "acme"), in_group(charlie, read, "acme")) == (Role.GUEST, NotFound)
    assert in_group(admin, GroupAbility.ADMIN_GROUP, "acme") == Role.ADMIN
    namespaces.update(group, visibility=Visibility.INTERNAL)
    assert in_group(charlie, read, "acme") == Role.GUEST
    assert in_group(charlie, GroupAbility.CREATE_SUBGROUPS, "acme") is Forbidden
    assert in_group(charlie, read, charlie.namespace.pk) is NotFound
    namespaces.delete(group)
    assert in_group(admin, read, group.pk) is NotFound
