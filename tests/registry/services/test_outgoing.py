"""Every change in the registry is told to the project's webhooks, as MLflow does where it has an event for it."""

import json
from typing import Any

import pytest

from accounts.identity import Identity
from accounts.models import User
from audit.models import AuditEvent
from projects import policy
from projects.models import Project
from projects.roles import Ability
from registry.models import AliasMove, Stage
from registry.services import aliases, models, versions
from webhooks import payloads
from webhooks.models import Delivery
from webhooks.services import hooks


@pytest.fixture
def by(project: Project, alice: User) -> Identity:
    """Alice, whose hook listens to everything."""
    hooks.create(project, by=alice, name="ci", url="https://1.1.1.1/", events=payloads.HAPPENING_HERE)
    return Identity(alice)


def told() -> list[tuple[str, dict[str, Any]]]:
    """The events that wait to be sent, with their data."""
    return [(row.event, json.loads(row.body)["data"]) for row in Delivery.objects.order_by("pk")]


@pytest.fixture
def admitted(project: Project, by: Identity) -> Project:
    """As a door lets the caller in."""
    return policy.authorize(by, Ability.WRITE_MODELS, project.pk)


LIFE = [
    "registered_model.created",
    "model_version.created",
    "model_version_alias.created",
    "model_version_tag.set",
    "model_version_tag.deleted",
    "model_version.updated",
    "model_version.transitioned",
    "model_version.published",
    "model_version_alias.deleted",
    "model_version.deleted",
    "registered_model_tag.set",
    "registered_model_tag.deleted",
    "registered_model.renamed",
    "registered_model.deleted",
]


def live(project: Project, by: Identity) -> None:
    """Everything that can happen to a model, once."""
    model = models.create(project, "fraud", by=by, description="d", tags=[("a", "b")])
    version = versions.create(model, by=by, tags=[("gitlab.version", "1.2.0")])
    aliases.point(version, "champion", by=by, project=project)
    versions.set_tag(version, "k", "v", by=by)
    versions.delete_tag(version, "k", by=by)
    versions.describe(version, "better", by=by)
    versions.transition(version, "Production", by=by)
    versions.publish(version, by=by)
    aliases.remove(model, "champion", by=by, project=project)
    versions.delete(version, by=by, project=project)
    models.set_tag(model, "k", "v", by=by)
    models.delete_tag(model, "k", by=by)
    models.rename(model, "other", by=by)
    models.delete(model, by=by, project=project)


def test_the_life_of_a_model_is_told(admitted: Project, by: Identity) -> None:
    live(admitted, by)
    happened = told()
    assert [event for event, _ in happened] == LIFE
    data, version = dict(happened), {"name": "fraud", "version": "1", "semver": "1.2.0"}
    assert data["registered_model.created"] == {"name": "fraud", "tags": {"a": "b"}, "description": "d"}
    assert data["model_version_alias.created"] == {"name": "fraud", "alias": "champion", "version": "1"}
    assert data["model_version.deleted"] == version
    assert data["registered_model.renamed"] == {"name": "other", "old_name": "fraud"}
    stages = {"from_stage": Stage.NONE, "to_stage": Stage.PRODUCTION, "archived": []}
    assert data["model_version.transitioned"] == {**version, **stages}


def test_the_life_of_a_prompt_is_told_without_what_mlflow_keeps_for_itself(admitted: Project, by: Identity) -> None:
    project = admitted
    prompt = models.create(project, "greeting", by=by, tags=[("mlflow.prompt.is_prompt", "true"), ("a", "b")])
    version = versions.create(prompt, by=by, tags=[("mlflow.prompt.text", "Hello {{name}}!"), ("c", "d")])
    aliases.point(version, "champion", by=by, project=project)
    versions.delete(version, by=by, project=project, force=True)
    happened = told()
    assert happened[0] == ("prompt.created", {"name": "greeting", "tags": {"a": "b"}, "description": None})
    assert happened[1][0] == "prompt_version.created"
    assert (happened[1][1]["template"], happened[1][1]["tags"]) == ("Hello {{name}}!", {"c": "d"})
    assert happened[2] == ("prompt_alias.created", {"name": "greeting", "alias": "champion", "version": "1"})
    assert happened[-1] == ("prompt_version.deleted", {"name": "greeting", "version": "1"})


def test_a_change_that_is_undone_is_told_to_nobody(project: Project, by: Identity) -> None:
    model = models.create(project, "fraud", by=by)
    before = (Delivery.objects.count(), AuditEvent.objects.count())
    with pytest.raises(Exception, match="already exists"):
        models.create(project, "fraud", by=by)
    assert model.project == project
    assert (Delivery.objects.count(), AuditEvent.objects.count()) == before


def test_an_alias_that_is_pointed_where_it_points_already_is_no_change(admitted: Project, by: Identity) -> None:
    version = versions.create(models.create(admitted, "fraud", by=by), by=by)
    aliases.point(version, "champion", by=by, project=admitted)
    before = (Delivery.objects.count(), AuditEvent.objects.count(), AliasMove.objects.count())
    aliases.point(version, "champion", by=by, project=admitted)
    assert (Delivery.objects.count(), AuditEvent.objects.count(), AliasMove.objects.count()) == before


def test_another_projects_hooks_hear_nothing(
    project: Project, other_project: Project, by: Identity, charlie: User
) -> None:
    models.create(other_project, "fraud", by=Identity(charlie))
    assert told() == []


def test_every_kind_of_change_has_an_event() -> None:
    from registry.services.events import KINDS

    assert set(payloads.ALL) >= KINDS
