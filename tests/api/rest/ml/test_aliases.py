"""…/aliases, protected aliases, and what a project decides on its registry."""

from typing import Any

import pytest

from audit.models import AuditEvent
from projects.roles import Role
from projects.services import members
from registry.models import Alias, AliasMove, ModelVersion, ProtectedAlias, RegistryRules


def test_an_alias_is_given_moved_and_taken_away(ml: Any, released: Any) -> None:
    given = ml("PUT", "models/fraud/aliases/champion", {"version": "^1.0"})
    assert given.status_code == 200
    told = given.json()
    assert (told["name"], told["version"]["number"], told["version"]["semver"]) == ("champion", 2, "1.2.0")
    assert told["version"]["_links"]["self"].endswith("/ml/models/fraud/versions/2")
    assert ml("PUT", "models/fraud/aliases/champion", {"version": 1}).status_code == 400
    assert ml("PUT", "models/fraud/aliases/champion", {"version": "1"}).status_code == 200
    assert Alias.objects.get().version == released[0]
    assert ml.get("models/fraud/aliases/champion").json()["version"]["number"] == 1
    assert [one["name"] for one in ml.get("models/fraud/aliases").json()] == ["champion"]
    assert ml("DELETE", "models/fraud/aliases/champion").status_code == 204
    assert not Alias.objects.exists()
    assert [move.number for move in AliasMove.objects.order_by("pk")] == [2, 1, None]
    for method in ("GET", "DELETE"):
        answered = ml(method, "models/fraud/aliases/champion")
        assert (answered.status_code, answered.json()) == (404, {"message": "404 Alias Not Found"})


def test_an_alias_is_pointed_where_another_points(ml: Any, released: Any) -> None:
    ml("PUT", "models/fraud/aliases/challenger", {"version": "2.0.0-rc.1"})
    assert ml("PUT", "models/fraud/aliases/champion", {"version": "challenger"}).json()["version"]["number"] == 3


@pytest.mark.parametrize("name", ["latest", "3", "v1", "1.2.0", "v1.2.0", "a b", "a.b"])
def test_a_reserved_or_odd_name_is_refused(ml: Any, released: Any, name: str) -> None:
    refused = ml("PUT", f"models/fraud/aliases/{name}", {"version": "1"})
    assert (refused.status_code, list(refused.json()["message"])) == (400, ["alias"])
    assert not Alias.objects.exists()


def test_a_version_that_there_is_not_gets_no_alias(ml: Any, released: Any) -> None:
    assert ml("PUT", "models/fraud/aliases/champion", {"version": "9"}).status_code == 404
    assert ml("PUT", "models/fraud/aliases/champion", {"version": "no such"}).status_code == 400
    assert ml("PUT", "models/fraud/aliases/champion").json() == {"error": "version is missing"}
    assert not Alias.objects.exists()


def test_moves_are_audit_events(ml: Any, released: Any) -> None:
    for version in ("1", "2"):
        ml("PUT", "models/fraud/aliases/champion", {"version": version})
    ml("DELETE", "models/fraud/aliases/champion")
    told = AuditEvent.objects.filter(action__startswith="model_version_alias").order_by("pk")
    assert [(one.action, one.details["number"], one.details["alias"]) for one in told] == [
        ("model_version_alias_created", 1, "champion"),
        ("model_version_alias_created", 2, "champion"),
        ("model_version_alias_deleted", 2, "champion"),
    ]


def test_only_maintainers_move_a_protected_alias(ml: Any, project: Any, released: Any, dana: Any) -> None:
    made = ml.post("protected_aliases", {"name": "production"})
    assert (made.status_code, made.json()) == (201, {"name": "production"})
    assert [one["name"] for one in ml.get("protected_aliases").json()] == ["production"]
    developer = ml.as_(dana)
    refused = developer("PUT", "models/fraud/aliases/production", {"version": "1"})
    assert refused.status_code == 403
    assert "'production' is protected" in refused.json()["message"]
    assert not Alias.objects.exists()
    assert developer("PUT", "models/fraud/aliases/staging", {"version": "1"}).status_code == 200
    assert ml("PUT", "models/fraud/aliases/production", {"version": "1"}).status_code == 200
    assert developer("DELETE", "models/fraud/aliases/production").status_code == 403
    assert developer("DELETE", "models/fraud/versions/1?force=true").status_code == 403
    assert ModelVersion.objects.filter(number=1).exists()
    members.set_role(dana, project, Role.MAINTAINER)
    assert developer("DELETE", "models/fraud/aliases/production").status_code == 204


def test_a_protection_is_made_once_and_lifted(ml: Any, project: Any, dana: Any) -> None:
    ml.post("protected_aliases", {"name": "production"})
    taken = ml.post("protected_aliases", {"name": "production"})
    assert (taken.status_code, taken.json()) == (400, {"message": {"name": ["has already been taken"]}})
    assert ml.post("protected_aliases", {"name": "latest"}).status_code == 400
    assert ml.as_(dana)("DELETE", "protected_aliases/production").status_code == 403
    assert ml("DELETE", "protected_aliases/production").status_code == 204
    assert ml("DELETE", "protected_aliases/production").status_code == 404
    assert not ProtectedAlias.objects.exists()
    told = AuditEvent.objects.filter(project=project, action__startswith="protected").order_by("pk")
    assert [one.action for one in told] == ["protected_alias_created", "protected_alias_deleted"]


def test_a_project_may_publish_at_once_what_comes_from_a_source(
    ml: Any, project: Any, model: Any, run: Any, dana: Any
) -> None:
    assert ml.get("settings").json() == {"publish_at_once": False}
    assert ml.as_(dana)("PUT", "settings", {"publish_at_once": True}).status_code == 403
    assert ml("PUT", "settings", {"publish_at_once": True}).json() == {"publish_at_once": True}
    assert ml("PUT", "settings", {"publish_at_once": True}).status_code == 200
    assert ml("PUT", "settings", {"publish_at_once": "maybe"}).status_code == 400
    assert RegistryRules.objects.get().publish_at_once
    (event,) = AuditEvent.objects.filter(action="registry_rules_updated")
    assert event.details == {"publish_at_once": {"from": False, "to": True}}
    assert ml.post("models/fraud/versions", {"run_id": run.uuid, "path": "model"}).json()["published_at"]
    assert ml.post("models/fraud/versions").json()["published_at"] is None
