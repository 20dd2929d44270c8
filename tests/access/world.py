"""One project with one of everything in it, and everybody who could ask for it, each known by one short name.

Members have their roles in the group, so that they hold for it and for the project below.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import secrets
from accounts.identity import Identity
from accounts.models import AccessToken, User
from accounts.scopes import SCOPES
from accounts.services import tokens
from api import seals, signed
from api.mlflow import multipart
from packages.models import PackageFile, Upload
from packages.services import uploads
from projects.models import Namespace, Project
from projects.roles import Role
from projects.services import members, namespaces, projects, users
from registry.models import Alias
from registry.services import models as registered_models
from registry.services import versions
from tests.conftest import Door
from tests.furnished import Furnished, furnish
from tracking.services import artifacts, batches, experiments, logged_models, runs
from webhooks.models import Delivery, Webhook

ROLES = {"Guest": 10, "Rep.": 20, "Dev.": 30, "Maint.": 40, "Owner": 50}
PASSWORD = "correct horse battery"


@dataclass
class Caller:
    """Somebody with a token, or with a browser in which they are signed in."""

    name: str
    user: User | None = None
    token: AccessToken | None = None
    headers: dict[str, str] = field(default_factory=dict)
    session: str = ""


@dataclass
class World:
    project: Project
    group: Namespace
    furnished: Furnished
    ids: dict[str, Any]
    callers: dict[str, Caller]


def build() -> World:
    owner = users.create("owner", password=PASSWORD)
    admin = users.create("root", password=PASSWORD, is_admin=True)
    bob = users.create("bob", password=PASSWORD)
    group = namespaces.create_group("acme", by=owner, name="Acme")
    project = projects.create(group, by=owner, name="Fraud", path="fraud")
    members.set_role(bob, project, Role.REPORTER)
    door = Door("/api/v4/", None, Client())
    furnished = furnish(door, project, group, owner, bob, admin)
    ids = {**furnished.numbers, **_tracked(project, owner), **_beside(project, owner, admin)}
    world = World(project, group, furnished, ids, _callers(project, group, owner, admin))
    # So that no call needs to write it.
    AccessToken.objects.update(last_used_at=timezone.now() + timedelta(hours=1))
    return world


def _tracked(project: Project, by: User) -> dict[str, Any]:
    """An experiment with a run and a logged model, with files; another that is deleted, as is its run."""
    experiment = experiments.create(project, "churn", by=by, tags=[("team", "risk")])
    run = runs.start(experiment, by=by, name="first", tags={"team": "risk"})
    batches.log(run, metrics=[batches.Point("loss", 0.5, 1, 1)], params=[("rate", "0.1")])
    model = logged_models.create(experiment, by=by, name="classifier", source_run=run.uuid, tags=[("team", "risk")])
    place = f"{experiment.iid}/{run.uuid}/artifacts"
    file = artifacts.upload(project, f"{place}/folder/data.csv", [b"1,2"], by=by)
    artifacts.upload(project, f"{experiment.iid}/models/{model.uuid}/artifacts/folder/data.csv", [b"1,2"], by=by)
    registered = registered_models.create(project, "backed", by=Identity(by), tags=[("team", "risk")])
    version = versions.create(registered, by=Identity(by), run_id=run.uuid, tags=[("team", "risk")])
    spare_model = registered_models.create(project, "spare", by=Identity(by))
    versions.create(spare_model, by=Identity(by))
    Alias.objects.create(model=registered, version=version, name="candidate")
    spare = experiments.create(project, "spare", by=by)
    gone = experiments.create(project, "gone", by=by)
    gone_run = runs.start(experiment, by=by, name="gone")
    runs.delete(gone_run)
    experiments.delete(gone)
    return {
        "experiment": experiment,
        "run": run,
        "logged": model,
        "place": place,
        "file": file,
        "spare": spare,
        "spare_run": runs.start(experiment, by=by, name="spare"),
        "gone": gone,
        "gone_run": gone_run,
    }


def _beside(project: Project, owner: User, admin: User) -> dict[str, Any]:
    """What hangs on nothing: people, a place to move to, a delivery of a webhook."""
    blocked = users.create("idle", password=PASSWORD)
    User.objects.filter(pk=blocked.pk).update(is_active=False)
    hook = Webhook.objects.get(project=project)
    delivery = Delivery.objects.create(webhook=hook, event="model_version.created", body="{}", status="dead")
    return {
        "blocked": blocked,
        "stranded": projects.create(project.namespace, by=owner, name="stranded").pk,
        "elsewhere": namespaces.create_group("elsewhere", by=owner, parent=project.namespace),
        "above": namespaces.create_group("above", by=owner),
        "newcomer": users.create("newcomer", password=PASSWORD),
        "hook": hook,
        "delivery": delivery,
    }


def _callers(project: Project, group: Namespace, owner: User, admin: User) -> dict[str, Caller]:
    people = {"stranger": users.create("stranger", password=PASSWORD), "Owner": owner, "admin": admin}
    for name, role in ROLES.items():
        if name != "Owner":
            people[name] = users.create(f"{name.lower().rstrip('.')}-member", password=PASSWORD)
            members.set_role(people[name], group, role)
    callers = {"nobody": Caller("nobody")}
    callers |= {name: _with(name, user, "api") for name, user in people.items()}
    for scope in SCOPES:
        callers[scope] = _with(scope, owner, scope)
        callers[f"admin's {scope}"] = _with(f"admin's {scope}", admin, scope)
    callers |= _bots(project, group, people["stranger"])
    callers |= {"expired": _with("expired", owner, "api"), "revoked": _with("revoked", owner, "api")}
    AccessToken.objects.filter(pk=callers["expired"].token.pk).update(expires_at=timezone.now().date())
    tokens.revoke(callers["revoked"].token)
    callers["blocked"] = _with("blocked", users.create("blocked", password=PASSWORD), "api")
    members.set_role(callers["blocked"].user, group, Role.OWNER)
    User.objects.filter(username="blocked").update(is_active=False)
    # To a page, a token is nothing.
    callers["carrying"] = Caller("carrying", headers=callers["Owner"].headers)
    # There are no job tokens yet: who sends one shows nothing.
    callers["job"] = Caller("job", headers={"JOB-TOKEN": secrets.generate("project")})
    return callers


def _bots(project: Project, group: Namespace, stranger: User) -> dict[str, Caller]:
    """Tokens of the project and the group, of a project elsewhere, and one that is for deployments."""
    other = projects.create(stranger.namespace, by=stranger, name="Fraud", path="fraud")
    found = {"foreign": _carrying("foreign", *members.issue_bot_token(other, name="ci", scopes=["api"]))}
    deploy = members.issue_deploy_token(project, name="rollout", scopes=["read_models", "read_packages"])
    found["deploy"] = _carrying("deploy", *deploy)
    for where, place in (("project", project), ("group", group)):
        for scope in SCOPES:
            name = f"{where}'s {scope}"
            found[name] = _carrying(name, *members.issue_bot_token(place, name="ci", scopes=[scope]))
    return found


def _with(name: str, user: User, scope: str) -> Caller:
    caller = _carrying(name, *tokens.issue(user, name=name, scopes=[scope]))
    browser = Client()
    browser.force_login(user)
    caller.session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    return caller


def _carrying(name: str, token: AccessToken, secret: str) -> Caller:
    return Caller(name, token.user, token, {"authorization": f"Bearer {secret}"})


# What carries its own authority ---------------------------------------------------------------------------------------


def upload_for(world: World, caller: Caller) -> tuple[str, Upload, str]:
    """A fresh upload in one part, which has arrived: its id as it would have been told to the caller, and the ETag.

    Fresh, because the bytes of one that was completed are gone even when its rows are back.
    """
    place = f"{world.ids['place']}/folder/large.bin"
    upload = artifacts.begin_upload(world.project, place, count=1, by=world.project.creator)
    part = uploads.put_part(upload, 1, [b"bytes"])
    begun = int(upload.created_at.timestamp() * 1_000_000)
    whose = [world.project.pk, caller.user.pk if caller.user else 0, caller.token.pk if caller.token else 0]
    return seals.sealed(multipart.UPLOAD, [*whose, place, upload.key.hex, begun]), upload, part.etag


def seal_of(kind: str, world: World, caller: Caller) -> str:
    """The last part of an address that was signed for the caller."""
    token = caller.token.pk if caller.token else 0
    if kind == signed.PART:
        return seals.sealed(kind, [upload_for(world, caller)[1].key.hex, 1, token])
    file: PackageFile = world.ids["file"]
    return seals.sealed(kind, [file.pk, file.blob_id, token])
