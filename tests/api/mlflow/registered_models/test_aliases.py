"""Aliases: where they may point, what they may be called, who may move them, and where they have been."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEvent
from projects.models import Project
from projects.roles import Role
from projects.services import members
from registry.models import Alias, AliasMove, ProtectedAlias
from tests.api.mlflow.conftest import FORMS
from tests.api.mlflow.registered_models.test_models import refused
from tests.conftest import Door


def point(door: Door, alias: str, version: str) -> Any:
    return door.post("registered-models/alias", {"name": "fraud", "alias": alias, "version": version})


def take_away(door: Door, alias: str) -> Any:
    return door("DELETE", "registered-models/alias", {"name": "fraud", "alias": alias})


@pytest.mark.parametrize(("text", "number"), FORMS.values(), ids=FORMS.keys())
def test_an_alias_points_to_whatever_means_a_version(mlflow: Door, three: Any, text: str, number: int) -> None:
    assert point(mlflow, "new", text).json() == {}
    assert Alias.objects.get(name="new").version.number == number


@pytest.mark.parametrize(("text", "number"), FORMS.values(), ids=FORMS.keys())
def test_whatever_means_a_version_may_stand_for_an_alias(mlflow: Door, three: Any, text: str, number: int) -> None:
    answer = mlflow.get("registered-models/alias", {"name": "fraud", "alias": text})
    assert answer.json()["model_version"]["version"] == str(number)


@pytest.mark.parametrize(
    "name", ["latest", "Latest", "1", "12", "v1", "V22", "1.2.0", "v1.2.0", "1.0.0-rc.1", "^1", "a.b", "a b", "", "é/"]
)
def test_what_looks_like_a_version_is_no_alias(mlflow: Door, three: Any, name: str) -> None:
    refused(point(mlflow, name, "1"), 400, "INVALID_PARAMETER_VALUE")
    assert list(Alias.objects.values_list("name", flat=True)) == ["champion"]


@pytest.mark.parametrize(
    ("version", "status", "code"),
    [
        ("7", 404, "RESOURCE_DOES_NOT_EXIST"),
        ("9.9.9", 404, "RESOURCE_DOES_NOT_EXIST"),
        ("^9", 404, "RESOURCE_DOES_NOT_EXIST"),
        ("nobody", 400, "INVALID_PARAMETER_VALUE"),
    ],
)
def test_an_alias_points_to_nothing_that_there_is_not(
    mlflow: Door, three: Any, version: str, status: int, code: str
) -> None:
    refused(point(mlflow, "champion", version), status, code)
    assert Alias.objects.get().version.number == 1


def test_a_moved_alias_remembers_where_it_was(mlflow: Door, three: Any, alice: User) -> None:
    point(mlflow, "champion", "^1.1")
    point(mlflow, "champion", "2")
    for _ in range(2):
        assert take_away(mlflow, "champion").json() == {}
    moves = AliasMove.objects.order_by("pk").values_list("name", "number", "semver", "by")
    assert list(moves) == [
        ("champion", 1, "1.0.0", alice.pk),
        ("champion", 2, "1.2.0", alice.pk),
        ("champion", None, "", alice.pk),
    ]
    told = AuditEvent.objects.filter(action__startswith="model_version_alias").order_by("pk")
    assert [(one.action, one.details["alias"], one.details["semver"]) for one in told][:2] == [
        ("model_version_alias_created", "champion", "1.0.0"),
        ("model_version_alias_created", "champion", "1.2.0"),
    ]
    assert told.last().action == "model_version_alias_deleted"
    assert all(one.author == alice for one in told)


def test_an_alias_that_there_is_not(mlflow: Door, three: Any) -> None:
    answer = mlflow.get("registered-models/alias", {"name": "fraud", "alias": "nobody"})
    assert "alias nobody not found" in refused(answer, 400, "INVALID_PARAMETER_VALUE")


def test_reading_by_an_alias_takes_few_queries(
    mlflow: Door, three: Any, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(6):
        mlflow.get("registered-models/alias", {"name": "fraud", "alias": "champion"})


def test_a_protected_alias_is_moved_by_maintainers_only(
    mlflow: Door, three: Any, project: Project, dana: User, bob: User
) -> None:
    ProtectedAlias.objects.create(project=project, name="production")
    developer = mlflow.as_(dana)
    assert "protected" in refused(point(developer, "production", "1"), 403, "PERMISSION_DENIED")
    members.set_role(bob, project, Role.MAINTAINER)
    assert point(mlflow.as_(bob), "production", "1.0.0").status_code == 200
    assert "Maintainer" in refused(point(developer, "production", "2"), 403, "PERMISSION_DENIED")
    refused(take_away(developer, "production"), 403, "PERMISSION_DENIED")
    whole = developer("DELETE", "registered-models/delete", {"name": "fraud"})
    refused(whole, 403, "PERMISSION_DENIED")
    forced = developer("DELETE", "model-versions/delete", {"name": "fraud", "version": "1", "force": True})
    refused(forced, 403, "PERMISSION_DENIED")
    assert point(developer, "staging", "2").status_code == 200
    assert Alias.objects.get(name="production").version.semver == "1.0.0"


def test_a_protected_alias_needs_more_than_a_reading_token(
    mlflow: Door, three: Any, project: Project, alice: User
) -> None:
    ProtectedAlias.objects.create(project=project, name="production")
    refused(point(mlflow.as_(alice, "read_api"), "production", "1"), 403, "PERMISSION_DENIED")
    assert not Alias.objects.filter(name="production").exists()
