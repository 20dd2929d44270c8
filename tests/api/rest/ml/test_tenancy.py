"""Two projects whose models, versions, aliases, tags and files have the same names: neither sees nor changes anything
of the other. Whatever only Charlie's holds contains his canary."""

from typing import Any

import pytest
from django.apps import apps

from accounts.identity import Identity
from api.rest import urls
from projects.roles import Role
from registry.models import ModelVersion, ProtectedAlias
from registry.services import aliases, files, models, rules, versions
from tests.endpoints import Offered, offered, plausible
from tracking.services import experiments, runs

CANARY = "charlies-canary"
OFFERED = [one for one in offered(urls.urlpatterns) if "/ml/" in one.address]


def furnished(project: Any, user: Any, secret: str) -> dict[str, str]:
    """The parts of addresses in it; only `secret` differs between two projects."""
    by, project.role = Identity(user), Role.OWNER
    run = runs.start(experiments.create(project, "same", by=user), by=user, name=secret)
    model = models.create(project, "same", by=by, description=secret, tags=[("same", secret)])
    version = versions.create(model, by=by, run_id=run.uuid, description=secret, tags=[("same", secret)])
    files.upload(version, "same.txt", [secret.encode()], by=user)
    aliases.point(version, "same", by=by, project=project)
    rules.protect(project, "same", by=by)
    only_here = models.create(project, f"only-{secret}", by=by)
    versions.create(only_here, by=by)
    return {"name": "same", "version": "1", "alias": "same", "key": "same", "path": "same.txt", "run_id": run.uuid}


@pytest.fixture
def ours(project: Any, alice: Any) -> dict[str, str]:
    return {"project": str(project.pk), **furnished(project, alice, "alices")}


@pytest.fixture
def theirs(other_project: Any, charlie: Any) -> dict[str, str]:
    return {"project": str(other_project.pk), **furnished(other_project, charlie, CANARY)}


def rows_of(project: Any) -> dict[str, list[Any]]:
    """Every row of the project's registry, and its files."""
    ways = {"RegistryRules": "project", "RegisteredModel": "project", "ProtectedAlias": "project"}
    found = {}
    for model in apps.get_app_config("registry").get_models():
        way = ways.get(model.__name__, "version__model__project" if "Version" in model.__name__ else "model__project")
        way = "model__project" if model is ModelVersion else way
        found[model.__name__] = sorted(model._default_manager.filter(**{way: project}).values_list(), key=repr)
    kept = apps.get_model("packages", "PackageFile").objects.filter(package__project=project)
    return {**found, "files": sorted(kept.values_list())}


def asked_of(rest: Any, one: Offered, parts: dict[str, str], body: dict[str, Any]) -> Any:
    query = "?force=true" if one.method == "DELETE" else ""
    answered = rest(one.method, one.at(parts) + query, body)
    told = b"".join(answered.streaming_content) if answered.streaming else answered.content
    return answered, told


KNOWN = {
    "version": "1", "from_": "1", "to": "1", "run_id": "", "model_id": "", "source": "", "path": "", "semver": "",
    "stage": "Staging", "cursor": "", "range": "", "alias": "", "tag": [], "search": "", "archive_existing": True,
    "model": "same", "name": "new", "force": True, "tags": [],
}  # fmt: skip


@pytest.mark.parametrize("one", OFFERED, ids=str)
def test_what_alice_asks_of_her_own_leaves_charlies_alone_and_tells_nothing_of_it(
    rest: Any, ours: Any, theirs: Any, other_project: Any, one: Offered
) -> None:
    before = rows_of(other_project)
    body = plausible(one.endpoint.Params, KNOWN)
    if "from_" in body:
        body["from"] = body.pop("from_")
    answered, told = asked_of(rest, one, ours, body)
    assert answered.status_code < 300, told
    assert CANARY.encode() not in told
    assert rows_of(other_project) == before


@pytest.mark.parametrize("one", [one for one in OFFERED if "%(name)s" in one.address], ids=str)
def test_a_model_of_charlies_is_not_there_in_alices_project(
    rest: Any, ours: Any, theirs: Any, other_project: Any, one: Offered
) -> None:
    before = rows_of(other_project)
    body = {**plausible(one.endpoint.Params, KNOWN), "from": "1"}
    answered, told = asked_of(rest, one, {**ours, "name": f"only-{CANARY}"}, body)
    assert (answered.status_code, told) == (404, b'{"message":"404 Model Not Found"}')
    assert rows_of(other_project) == before


@pytest.mark.parametrize("one", OFFERED, ids=str)
def test_charlies_project_is_closed_to_alice(
    rest: Any, ours: Any, theirs: Any, other_project: Any, one: Offered
) -> None:
    before = rows_of(other_project)
    answered, told = asked_of(rest, one, theirs, plausible(one.endpoint.Params, KNOWN))
    assert (answered.status_code, told) == (404, b'{"message":"404 Project Not Found"}')
    assert rows_of(other_project) == before


def test_a_run_or_source_of_charlies_becomes_no_version_of_alices(rest: Any, ours: Any, theirs: Any) -> None:
    here = f"projects/{ours['project']}/ml/models/same/versions"
    for body in (
        {"run_id": theirs["run_id"]},
        {"source": f"models:/only-{CANARY}/1"},
        {"source": f"runs:/{theirs['run_id']}/x", "run_id": ours["run_id"]},
    ):
        assert rest.post(here, body).status_code in (400, 404)
    assert (
        rest.post(f"projects/{ours['project']}/ml/runs/{theirs['run_id']}/promote", {"model": "same"}).status_code
        == 404
    )
    assert ModelVersion.objects.filter(model__project=ours["project"], model__name="same").count() == 1


def test_what_charlie_protects_is_free_in_alices(rest: Any, ours: Any, theirs: Any) -> None:
    ProtectedAlias.objects.filter(project=ours["project"]).delete()
    assert rest.get(f"projects/{ours['project']}/ml/protected_aliases").json() == []
