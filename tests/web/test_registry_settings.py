"""What maintainers decide about the registry."""

from typing import Any

import pytest
from django.test import Client

from accounts.identity import Identity
from accounts.models import User
from audit.models import AuditEvent
from projects.models import Project
from registry.models import RegistryRules
from registry.services import models, versions
from tracking.models import Run

WHERE = "/acme/fraud/-/settings/model_registry"


def told(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_an_alias_is_protected_and_no_longer(page: Client, project: Project) -> None:
    page.post(f"{WHERE}/protect", {"alias": "@production"})
    assert [alias.name for alias in project.protected_aliases.all()] == ["production"]
    assert "@production" in told(page.get(WHERE))
    page.post(f"{WHERE}/protect", {"alias": "production"})
    assert "protected already" in told(page.get(WHERE))
    page.post(f"{WHERE}/unprotect", {"alias": "production"})
    assert not project.protected_aliases.exists()
    assert AuditEvent.objects.filter(action__startswith="protected_alias").count() == 2


@pytest.mark.parametrize("alias", ["", "latest", "1.0.0", "a b", "\x00"])
def test_what_no_alias_may_be_called_is_not_protected(page: Client, project: Project, alias: str) -> None:
    page.post(f"{WHERE}/protect", {"alias": alias})
    assert 'class="alert alert-danger"' in told(page.get(WHERE))
    assert not project.protected_aliases.exists()


def test_what_is_not_protected_is_not_found(page: Client, project: Project) -> None:
    assert page.post(f"{WHERE}/unprotect", {"alias": "production"}).status_code == 404


def test_publishing_at_once_is_switched(page: Client, project: Project, run: Run, keep: Any, alice: User) -> None:
    keep("model/MLmodel", b"x")
    page.post(f"{WHERE}/rules", {"publish_at_once": "1"})
    assert RegistryRules.objects.get(project=project).publish_at_once
    assert "checked" in told(page.get(WHERE))
    model = models.create(project, "fraud", by=Identity(alice))
    made = versions.create(model, by=Identity(alice), run_id=run.uuid, source=f"runs:/{run.uuid}/model")
    assert made.published_ms is not None
    page.post(f"{WHERE}/rules", {})
    assert not RegistryRules.objects.get(project=project).publish_at_once


def test_only_maintainers_find_the_way(page: Client, project: Project, dana: User, signed_in: Any) -> None:
    assert WHERE in told(page.get("/acme/fraud"))
    assert WHERE not in told(signed_in(dana).get("/acme/fraud"))
