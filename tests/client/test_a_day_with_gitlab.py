"""A working day of an administrator, a maintainer and a guest, with the unmodified python-gitlab."""

import secrets
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

import gitlab
import pytest

pytestmark = pytest.mark.client

SOON = (date.today() + timedelta(days=30)).isoformat()


@pytest.fixture
def connect(live: Any) -> Any:
    with ExitStack() as stack:
        yield lambda token: stack.enter_context(gitlab.Gitlab(live.url, private_token=token))


@pytest.fixture
def root(connect: Any, live: Any) -> Any:
    return connect(live.token)


def person(root: Any, name: str) -> tuple[Any, str]:
    """A user that the administrator has made, and the secret of a token made for them."""
    name = f"{name}{secrets.token_hex(4)}"
    fields = {"username": name, "name": name.title(), "email": f"{name}@example.org", "force_random_password": True}
    user = root.users.create(fields)
    token = user.personal_access_tokens.create({"name": "day", "scopes": ["api"], "expires_at": SOON})
    return user, token.token


def test_the_administrators_day(root: Any, connect: Any) -> None:
    root.auth()
    assert root.user.is_admin
    assert root.http_get("/metadata")["version"] == root.version()[0]
    ada, secret = person(root, "ada")
    assert root.users.list(username=ada.username)[0].id == ada.id
    assert root.users.get(ada.id).email == ada.email
    ada.name = "Ada Lovelace"
    ada.save()
    assert root.users.get(ada.id).name == "Ada Lovelace"
    with pytest.raises(gitlab.GitlabCreateError) as taken:
        root.users.create({"username": ada.username, "name": "x", "email": "x@x.org", "force_random_password": True})
    assert taken.value.response_code == 409

    blocked_and_unblocked(root, ada, connect(secret))
    told_and_deleted(root, ada, connect(secret))


def blocked_and_unblocked(root: Any, ada: Any, theirs: Any) -> None:
    theirs.auth()
    ada.block()
    with pytest.raises(gitlab.GitlabAuthenticationError):
        theirs.auth()
    assert root.users.get(ada.id).state == "blocked"
    ada.unblock()
    theirs.auth()
    assert [project.name for project in root.users.get(ada.id).projects.list()] == []


def told_and_deleted(root: Any, ada: Any, theirs: Any) -> None:
    token = root.personal_access_tokens.list(user_id=ada.id)[0]
    assert (token.name, token.active, token.scopes) == ("day", True, ["api"])
    token.delete()
    with pytest.raises(gitlab.GitlabAuthenticationError, match="invalid_token"):
        theirs.auth()
    events = root.audit_events.list(entity_type="User", entity_id=ada.id, get_all=True)
    assert [event.event_name for event in events] == [
        "personal_access_token_revoked",
        "user_unblocked",
        "user_blocked",
        "user_updated",
        "personal_access_token_created",
        "user_created",
    ]
    assert root.audit_events.get(events[0].id).details["target_id"] == token.id
    ada.delete()
    with pytest.raises(gitlab.GitlabGetError, match="404 User Not Found"):
        root.users.get(ada.id)
    with pytest.raises(gitlab.GitlabAuthenticationError):
        theirs.auth()


def test_the_maintainers_day(root: Any, connect: Any, live: Any) -> None:
    mary, secret = person(root, "mary")
    gus, _gus_secret = person(root, "gus")
    gl = connect(secret)
    path = f"team-{mary.username}"

    group, below = groups_one_in_another(gl, mary, path)
    project = projects_come_and_go(gl, group, below, path)
    members_of_both(project, group, mary, gus)
    invitations_to_both(project, group)
    tokens_of_places(connect, project)
    tokens_of_groups_and_deployments(connect, project, group)
    whose_jobs_are_let_in(gl, project, group)
    ones_own_tokens(gl, connect)
    in_the_evening(gl, project, group, path)


def groups_one_in_another(gl: Any, mary: Any, path: str) -> Any:
    group = gl.groups.create({"name": "Team", "path": path})
    below = gl.groups.create({"name": "Below", "path": "below", "parent_id": group.id})
    assert gl.groups.get(f"{path}/below").full_name == "Team / Below"
    assert [one.id for one in group.subgroups.list()] == [below.id]
    assert [one.id for one in group.descendant_groups.list()] == [below.id]
    below.description = "what is below"
    below.save()
    assert gl.groups.get(below.id).description == "what is below"
    assert [one.full_path for one in gl.groups.list(owned=True)] == [f"{path}/below", path]
    assert gl.namespaces.get(path).kind == "group"
    assert {one.full_path for one in gl.namespaces.list()} == {mary.username, path, f"{path}/below"}
    assert gl.namespaces.exists(path).exists
    assert not gl.namespaces.exists(f"{path}-free").exists
    return group, below


def projects_come_and_go(gl: Any, group: Any, below: Any, path: str) -> Any:
    project = gl.projects.create({"name": "Fraud", "namespace_id": group.id, "visibility": "private"})
    assert project.model_registry_access_level == "enabled"
    project.description = "who did it"
    project.model_registry_access_level = "disabled"
    project.save()
    found = gl.projects.get(f"{path}/fraud")
    assert (found.description, found.model_registry_access_level) == ("who did it", "disabled")
    assert [one.id for one in group.projects.list()] == [project.id]
    assert [one.id for one in gl.projects.list(pagination="keyset", order_by="id", per_page=1, iterator=True)]
    project.archive()
    assert gl.projects.list(archived=True)[0].id == project.id
    project.unarchive()
    project.transfer(below.id)
    assert gl.projects.get(project.id).path_with_namespace == f"{path}/below/fraud"
    assert [one.id for one in group.projects.list(include_subgroups=True)] == [project.id]
    project.delete()
    with pytest.raises(gitlab.GitlabGetError, match="404 Project Not Found"):
        gl.projects.get(project.id)
    project.restore()
    return gl.projects.get(project.id)


def members_of_both(project: Any, group: Any, mary: Any, gus: Any) -> None:
    member = project.members.create({"user_id": gus.id, "access_level": gitlab.const.AccessLevel.GUEST})
    with pytest.raises(gitlab.GitlabCreateError, match="Member already exists") as twice:
        project.members.create({"username": gus.username, "access_level": 10})
    assert twice.value.response_code == 409
    member.access_level = gitlab.const.AccessLevel.REPORTER
    member.expires_at = SOON
    member.save()
    assert project.members.get(gus.id).expires_at == SOON
    assert [one.id for one in project.members.list()] == [gus.id]
    assert {one.id for one in project.members_all.list()} == {gus.id, mary.id}
    assert project.members_all.get(mary.id).access_level == 50
    group.members.create({"username": gus.username, "access_level": 30})
    assert project.members_all.get(gus.id).access_level == 30
    group.members.delete(gus.id)


def invitations_to_both(project: Any, group: Any) -> None:
    for place in (project, group):
        place.invitations.create({"email": "new@example.org,other@example.org", "access_level": 30})
        with pytest.raises(gitlab.GitlabInvitationError, match="has already been taken"):
            place.invitations.create({"email": "new@example.org", "access_level": 10})
        invitation = next(one for one in place.invitations.list() if one.invite_email == "new@example.org")
        assert (invitation.access_level, invitation.expires_at) == (30, None)
        place.invitations.update("new@example.org", {"access_level": 20, "expires_at": SOON})
        found = place.invitations.list(query="new@")[0]
        assert (found.access_level, found.expires_at) == (20, SOON)
        for email in ("new@example.org", "other@example.org"):
            place.invitations.delete(email)
        assert place.invitations.list() == []


def tokens_of_places(connect: Any, project: Any) -> None:
    made = project.access_tokens.create({"name": "ci", "scopes": ["api"], "access_level": 30, "expires_at": SOON})
    bot = connect(made.token)
    bot.auth()
    assert bot.user.username.startswith(f"project_{project.id}_bot_")
    run = {"experiment_id": "0", "run_name": "night"}
    bot.http_post(f"/projects/{project.id}/ml/mlflow/api/2.0/mlflow/runs/create", post_data=run)
    with pytest.raises(gitlab.GitlabCreateError, match="403"):
        bot.projects.get(project.id, lazy=True).access_tokens.create({"name": "x", "scopes": ["api"]})
    assert [one.access_level for one in project.access_tokens.list()] == [30]
    turned = project.access_tokens.rotate(made.id)
    with pytest.raises(gitlab.GitlabAuthenticationError):
        bot.auth()
    itself = connect(turned["token"])
    newest = itself.projects.get(project.id, lazy=True).access_tokens.rotate("self")
    assert project.access_tokens.get(newest["id"]).active
    project.access_tokens.delete(newest["id"])
    with pytest.raises(gitlab.GitlabAuthenticationError):
        connect(newest["token"]).auth()


def tokens_of_groups_and_deployments(connect: Any, project: Any, group: Any) -> None:
    groups = group.access_tokens.create({"name": "ci", "scopes": ["read_api"], "access_level": 20, "expires_at": SOON})
    assert [one.id for one in connect(groups.token).projects.list(membership=True)] == [project.id]
    group.access_tokens.delete(group.access_tokens.rotate(groups.id)["id"])
    deploy = project.deploytokens.create({"name": "serving", "scopes": ["read_package_registry"]})
    assert deploy.scopes == ["read_package_registry"]
    assert [one.id for one in project.deploytokens.list()] == [deploy.id]
    deploy.delete()


def whose_jobs_are_let_in(gl: Any, project: Any, group: Any) -> None:
    scope = project.job_token_scope.get()
    assert scope.inbound_enabled
    other = gl.projects.create({"name": "Caller"})
    scope.allowlist.create({"target_project_id": other.id})
    assert {one.id for one in scope.allowlist.list()} == {project.id, other.id}
    scope.groups_allowlist.create({"target_group_id": group.id})
    assert [one.id for one in scope.groups_allowlist.list()] == [group.id]
    scope.allowlist.delete(other.id)
    scope.enabled = False
    scope.save()
    assert not project.job_token_scope.get().inbound_enabled


def ones_own_tokens(gl: Any, connect: Any) -> None:
    assert gl.personal_access_tokens.get("self").name == "day"
    small = gl.http_post("/user/personal_access_tokens", post_data={"name": "small", "scopes": ["self_rotate"]})
    tiny = connect(small["token"])
    with pytest.raises(gitlab.GitlabHttpError, match="insufficient_scope"):
        tiny.http_get("/user")
    again = connect(tiny.personal_access_tokens.rotate("self")["token"])
    assert again.personal_access_tokens.get("self").name == "small"
    again.http_delete("/personal_access_tokens/self")
    with pytest.raises(gitlab.GitlabAuthenticationError):
        again.personal_access_tokens.get("self")


def in_the_evening(gl: Any, project: Any, group: Any, path: str) -> None:
    assert gl.markdown("**bold** <script>x</script>").startswith("<p><strong>bold</strong>")
    done = {event.event_name for event in project.audit_events.list(get_all=True)}
    assert {"project_created", "project_updated", "project_archived", "project_transferred", "project_deleted"} <= done
    assert {"project_restored", "member_created", "member_updated", "project_access_token_rotated"} <= done
    assert {"deploy_token_created", "deploy_token_revoked", "job_token_rule_added", "job_token_rule_removed"} <= done
    assert "group_created" in {event.event_name for event in group.audit_events.list(get_all=True)}
    group.delete()
    with pytest.raises(gitlab.GitlabGetError):
        gl.groups.get(path)
    with pytest.raises(gitlab.GitlabGetError):
        gl.projects.get(project.id)


def test_the_guests_day(root: Any, connect: Any, live: Any) -> None:
    guest, secret = person(root, "greta")
    tenant, hidden = live.tenant(), live.tenant()
    gl, owner = connect(secret), connect(tenant.token)
    project = owner.projects.get(tenant.project_id)
    with pytest.raises(gitlab.GitlabGetError, match="404 Project Not Found"):
        gl.projects.get(tenant.project_id)
    project.members.create({"user_id": guest.id, "access_level": 10})

    seen = gl.projects.get(tenant.project_id)
    assert seen.permissions["project_access"]["access_level"] == 10
    assert [one.id for one in gl.projects.list(membership=True)] == [tenant.project_id]
    assert {one.id for one in seen.members_all.list()} >= {guest.id}
    root_of = f"/projects/{tenant.project_id}/ml/mlflow/api/2.0/mlflow"
    assert gl.http_post(f"{root_of}/experiments/search", post_data={"max_results": 5})["experiments"]
    a_guest_may_not(gl, seen, guest, root_of)
    assert gl.users.list(search=hidden.username) == []
    with pytest.raises(gitlab.GitlabGetError, match="404"):
        gl.projects.get(hidden.project_id)
    what_is_switched_off_is_not_there(gl, project, guest, root_of)


def a_guest_may_not(gl: Any, seen: Any, guest: Any, root_of: str) -> None:
    for refused in (
        lambda: gl.http_post(f"{root_of}/runs/create", post_data={"experiment_id": "0"}),
        seen.access_tokens.list,
        lambda: seen.members.create({"user_id": guest.id, "access_level": 50}),
        seen.audit_events.list,
        seen.delete,
        lambda: gl.http_put(f"/projects/{seen.id}", post_data={"name": "x"}),
        gl.audit_events.list,
        lambda: gl.users.create({"username": "x", "name": "x", "email": "x@x.org", "force_random_password": True}),
    ):
        with pytest.raises(gitlab.GitlabError) as answered:
            refused()
        assert answered.value.response_code == 403


def what_is_switched_off_is_not_there(gl: Any, project: Any, guest: Any, root_of: str) -> None:
    project.model_experiments_access_level = "disabled"
    project.save()
    with pytest.raises(gitlab.GitlabHttpError) as off:
        gl.http_post(f"{root_of}/experiments/search", post_data={"max_results": 5})
    assert off.value.response_code == 404
    project.members.delete(guest.id)
    with pytest.raises(gitlab.GitlabGetError, match="404 Project Not Found"):
        gl.projects.get(project.id)


def test_a_stolen_token_that_is_rotated_twice(root: Any, connect: Any) -> None:
    _, secret = person(root, "eve")
    thief = connect(secret)
    new = connect(thief.personal_access_tokens.rotate("self")["token"])
    new.auth()
    with pytest.raises(gitlab.GitlabAuthenticationError, match="invalid_token"):
        thief.auth()
    new.auth()
    with pytest.raises(gitlab.GitlabAuthenticationError, match="invalid_token"):
        thief.personal_access_tokens.rotate("self")
    with pytest.raises(gitlab.GitlabAuthenticationError, match="invalid_token"):
        new.auth()


def test_a_token_gives_no_more_than_it_has(root: Any, connect: Any) -> None:
    _user, secret = person(root, "sam")
    gl = connect(secret)
    small = gl.http_post("/user/personal_access_tokens", post_data={"name": "s", "scopes": ["read_api"]})
    late = (date.today() + timedelta(days=31)).isoformat()
    for refused in ({"scopes": ["api"], "expires_at": late},):
        with pytest.raises(gitlab.GitlabHttpError) as answered:
            gl.http_post("/user/personal_access_tokens", post_data={"name": "x", **refused})
        assert answered.value.response_code == 403
    with pytest.raises(gitlab.GitlabHttpError, match="insufficient_scope"):
        connect(small["token"]).http_post("/user/personal_access_tokens", post_data={"name": "x", "scopes": ["api"]})
