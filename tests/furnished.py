"""One of each thing that an address of REST v4 can name, and who may ask for it."""

from dataclasses import dataclass
from typing import Any

from accounts.identity import Identity
from accounts.models import User
from accounts.services import tokens
from audit.services import events
from packages.services import packages
from projects.models import Namespace, Project
from projects.roles import Role
from projects.services import invitations, job_tokens, members, projects
from registry.models import Alias
from registry.services import files as model_files
from registry.services import models, rules, versions
from tests.conftest import Door
from tests.endpoints import Offered
from tracking.services import experiments, runs
from webhooks import payloads
from webhooks.models import Webhook


@dataclass
class Furnished:
    """Alice owns the project and the group; `bob` is a member of both."""

    rest: Door
    admin: User
    project: Project
    group: Namespace
    numbers: dict[str, Any]
    bots: dict[str, str]

    def parts(self, asked: Offered, **others: str) -> dict[str, str]:
        known = {"project": self.project.pk, "group": self.group.pk, "namespace": self.group.pk, **self.numbers}
        where = asked.address.split("/")
        if "restore" in where:
            known["project"] = self.numbers["deleted"]
        if "token" in asked.parts:
            known["token"] = self.numbers[f"{where[0]} {where[2]}" if len(where) > 2 and where[2] in KINDS else "own"]
        if "invitations" in where:
            known["email"] = "new@example.org"
        if "event" in asked.parts:
            known["event"] = self.numbers[f"{where[0]} event"]
        if "groups_allowlist" in where:
            known["target"] = self.group.pk
        return {name: others.get(name, str(known.get(name, "x"))) for name in asked.parts}

    def door(self, asked: Offered, *scopes: str) -> Door:
        """Alice's, or an administrator's or a bot's where only they may."""
        if asked.endpoint.admin:
            return self.rest.as_(self.admin, *scopes)
        if asked.address.endswith("self/rotate") and not asked.address.startswith("personal"):
            if scopes:
                bot = tokens.resolve(self.bots[asked.address.split("/")[0]]).user
                return self.rest.as_(bot, *scopes)
            return Door(self.rest.root, self.bots[asked.address.split("/")[0]], self.rest.client)
        return self.rest.as_(User.objects.get(username="alice"), *scopes) if scopes else self.rest


KINDS = ("access_tokens", "deploy_tokens")


def furnish(rest: Door, project: Project, group: Namespace, alice: User, bob: User, admin: User) -> Furnished:
    numbers: dict[str, Any] = {"user": bob.pk, "own": tokens.issue(alice, name="own", scopes=["api"])[0].pk}
    bots = {}
    members.set_role(bob, group, 10)
    for name, place in (("projects", project), ("groups", group)):
        invitations.invite("new@example.org", place, Role.REPORTER, by=alice)
        token, bots[name] = members.issue_bot_token(place, name="bot", scopes=["api"])
        numbers[f"{name} access_tokens"] = token.pk
        numbers[f"{name} deploy_tokens"] = members.issue_deploy_token(place, name="d", scopes=["read_packages"])[0].pk
    numbers["run_id"] = runs.start(experiments.create(project, "scores", by=alice), by=alice).uuid
    file = packages.upload(project, "set", "1", "folder/data.csv", [b"1,2"], by=alice)
    numbers |= {"name": "set", "version": "1", "path": "folder/data.csv", "model_version": "candidate:1"}
    numbers |= {"package_id": file.package_id, "package_file_id": file.pk}
    # Sending to a private address is refused, so that no test waits for a network.
    hook = Webhook.objects.create(project=project, url="https://127.0.0.1/", events=payloads.OFFERED)
    numbers |= {"hook_id": hook.pk, "trigger": "model_version.created"}
    numbers |= registered(project, Identity(alice))
    numbers["projects event"] = project.audit_events.first().pk
    numbers["groups event"] = group.audit_events.first().pk
    numbers["audit_events event"] = events.record("tried", target="anything").pk
    beside = projects.create(group, by=alice, name="beside")
    for allowed in (beside, group):
        job_tokens.allow(project, allowed, by=alice)
    numbers["target"] = beside.pk
    gone = projects.create(group, by=alice, name="gone")
    projects.delete(gone)
    numbers["deleted"] = gone.pk
    return Furnished(rest, admin, project, group, numbers, bots)


def registered(project: Project, by: Identity) -> dict[str, str]:
    """A model and its version, named as the generic package is, with a file, a tag and an alias."""
    model = models.create(project, "set", by=by, tags=[("team", "risk")])
    version = versions.create(model, by=by, tags=[("team", "risk")])
    model_files.upload(version, "folder/data.csv", [b"1,2"], by=by.user)
    Alias.objects.create(model=model, version=version, name="champion")
    rules.protect(project, "champion", by=by)
    return {"alias": "champion", "key": "team"}
