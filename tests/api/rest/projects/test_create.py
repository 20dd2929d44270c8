from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from projects.models import Project
from projects.roles import Role, Visibility
from projects.services import members


def test_a_project_without_a_namespace_is_the_callers_own(rest: Any, alice: Any) -> None:
    answered = rest.post("projects", {"name": "My Models", "description": "All of them", "visibility": "internal"})
    assert answered.status_code == 201
    shown = answered.json()
    made = Project.objects.get()
    assert (made.namespace, made.creator, made.visibility) == (alice.namespace, alice, Visibility.INTERNAL)
    assert (shown["id"], shown["path"], shown["path_with_namespace"]) == (made.pk, "my-models", "alice/my-models")
    assert shown["web_url"] == f"{settings.EXTERNAL_URL}/alice/my-models"
    assert shown["namespace"]["kind"] == "user"
    assert shown["owner"]["username"] == "alice"
    assert (shown["description"], shown["visibility"]) == ("All of them", "internal")
    assert shown["permissions"] == {
        "project_access": None,
        "group_access": {"access_level": 50, "notification_level": 3},
    }
    assert shown["mlflow_tracking_uri"] == f"{settings.EXTERNAL_URL}/api/v4/projects/{made.pk}/ml/mlflow"


def test_a_new_project_has_its_default_experiment(rest: Any) -> None:
    made = rest.post("projects", {"name": "x"}).json()
    root = f"projects/{made['id']}/ml/mlflow/api/2.0/mlflow/"
    assert rest.get(f"{root}experiments/get", {"experiment_id": "0"}).json()["experiment"]["name"] == "Default"


def test_a_path_alone_is_also_the_name(rest: Any) -> None:
    assert rest.post("projects", {"path": "lone"}).json()["name"] == "lone"


@pytest.mark.parametrize("role", [Role.MAINTAINER, Role.OWNER])
def test_maintainers_create_projects_in_their_group(rest: Any, group: Any, bob: Any, role: Role) -> None:
    members.set_role(bob, group, role)
    answered = rest.as_(bob).post("projects", {"name": "New", "namespace_id": group.pk})
    assert answered.status_code == 201
    assert answered.json()["name_with_namespace"] == "Acme / New"
    assert answered.json()["permissions"]["group_access"]["access_level"] == role


@pytest.mark.parametrize("role", [Role.GUEST, Role.REPORTER, Role.DEVELOPER])
def test_lesser_members_are_forbidden_to(rest: Any, group: Any, bob: Any, role: Role) -> None:
    members.set_role(bob, group, role)
    answered = rest.as_(bob).post("projects", {"name": "New", "namespace_id": group.pk})
    assert answered.status_code == 403
    assert answered.json()["message"].startswith("403 Forbidden")
    assert not Project.objects.exists()


def test_a_namespace_one_may_not_know_of_and_one_that_is_not_there_look_alike(
    rest: Any, group: Any, charlie: Any
) -> None:
    answers = [
        rest.as_(charlie).post("projects", {"name": "New", "namespace_id": namespace})
        for namespace in (group.pk, 10**9, 10**30, 0, -1)
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert {answer.content for answer in answers} == {b'{"message":{"namespace":["is not valid"]}}'}


def test_nobody_creates_among_another_users_own(rest: Any, charlie: Any) -> None:
    assert rest.post("projects", {"name": "New", "namespace_id": charlie.namespace.pk}).status_code == 400


def test_administrators_create_projects_anywhere(rest: Any, admin: Any, group: Any, charlie: Any) -> None:
    for namespace in (group, charlie.namespace):
        assert rest.as_(admin).post("projects", {"name": "New", "namespace_id": namespace.pk}).status_code == 201
    assert rest.as_(admin).post("projects", {"name": "New"}).json()["path_with_namespace"] == "root/new"


@pytest.mark.parametrize("scope", ["read_api", "read_user", "write_experiments"])
def test_only_the_scope_api_may(rest: Any, alice: Any, admin: Any, scope: str) -> None:
    for user in (alice, admin):
        refused = rest.as_(user, scope).post("projects", {"name": "x"})
        assert (refused.status_code, refused.json()["scope"]) == (403, "api")


def test_a_bot_has_no_projects_of_its_own_but_may_create_in_its_group(rest: Any, project: Any, group: Any) -> None:
    _, rest.token = members.issue_bot_token(project, name="ci", scopes=["api"])
    assert rest.post("projects", {"name": "x"}).status_code == 400
    assert rest.post("projects", {"name": "x", "namespace_id": group.pk}).status_code == 400
    _, rest.token = members.issue_bot_token(group, name="ci", scopes=["api"])
    assert rest.post("projects", {"name": "x", "namespace_id": group.pk}).status_code == 201


def test_a_taken_path_is_said_of_the_path(rest: Any, group: Any, project: Any) -> None:
    taken = rest.post("projects", {"name": "Other", "path": "FRAUD", "namespace_id": group.pk})
    assert taken.status_code == 400
    assert taken.json() == {"message": {"path": ["has already been taken"]}}
    taken = rest.post("projects", {"name": "fraud", "path": "other", "namespace_id": group.pk})
    assert taken.json() == {"message": {"name": ["has already been taken"]}}


@pytest.mark.parametrize("path", ["-", "ml", "members", "a b", "../x", ".a", "x.git", "a/b", "é", "x" * 256])
def test_a_path_that_cannot_stand_in_a_url(rest: Any, path: str) -> None:
    refused = rest.post("projects", {"path": path})
    assert refused.status_code == 400
    assert list(refused.json()["message"]) == ["path"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, {"error": "name, path is missing"}),
        ({"name": 5}, {"error": "name is invalid"}),
        ({"name": ["x"]}, {"error": "name is invalid"}),
        ({"name": "x", "visibility": "secret"}, {"error": "visibility is invalid"}),
        ({"name": "x", "namespace_id": "acme"}, {"error": "namespace_id is invalid"}),
        ({"name": "x" * 256}, {"message": {"name": ["is too long (maximum is 255 characters)"]}}),
    ],
)
def test_what_is_wrong_is_said(rest: Any, body: Any, error: Any) -> None:
    refused = rest.post("projects", body)
    assert (refused.status_code, refused.json()) == (400, error)


def test_parameters_may_come_as_a_form_or_in_the_query(rest: Any) -> None:
    form = {"content_type": "application/x-www-form-urlencoded"}
    assert rest.post("projects", urlencode({"name": "by form", "visibility": "public"}), **form).status_code == 201
    assert rest.post("projects?name=by+query", b"").status_code == 201
    assert set(Project.objects.values_list("path", "visibility")) == {("by-form", 20), ("by-query", 0)}


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_a_path_at_once_one_gets_it(rest: Any, alice: User) -> None:
    def ask(_: int) -> int:
        try:
            return (
                Client()
                .post("/api/v4/projects", {"name": "x"}, "application/json", headers={"private-token": rest.token})
                .status_code
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(ask, range(8)))
    assert answers == [201] + [400] * 7
    assert Project.objects.count() == 1
