"""What stands in the address of each page, and what is typed into its form."""

from hashlib import sha256
from typing import Any

from projects.models import Namespace
from projects.services.invitations import SIGNER
from tests.access.lines import Line
from tests.access.world import PASSWORD, Caller, World

FORMS: dict[str, dict[str, Any]] = {
    "sign-in": {"username": "owner", "password": PASSWORD},
    "tokens": {"name": "new", "scopes": ["read_api"]},
    "create-experiment": {"name": "new"},
    "rename-experiment": {"name": "renamed"},
    "delete-artifact": {"path": "folder/data.csv"},
    "delete-version-file": {"path": "folder/data.csv"},
    "promote-run": {"model": "backed", "semver": "3.0.0"},
    "new-model": {"name": "new"},
    "edit-model": {"name": "renamed"},
    "point-model-alias": {"alias": "newest", "version": "1"},
    "remove-model-alias": {"alias": "candidate"},
    "set-model-tag": {"key": "a", "value": "b"},
    "set-version-tag": {"key": "a", "value": "b"},
    "delete-model-tag": {"key": "team"},
    "delete-version-tag": {"key": "team"},
    "new-model-version": {"semver": "3.0.0"},
    "edit-version": {"description": "new"},
    "version-stage": {"stage": "Staging"},
    "delete-version": {"force": "1"},
    "protect-alias": {"alias": "stable"},
    "unprotect-alias": {"alias": "champion"},
    "registry-rules": {"publish_at_once": "1"},
    "hooks": {"name": "new", "url": "https://8.8.8.8/", "events": ["model_version.created"], "active": "on"},
    "hook": {"name": "new", "url": "https://8.8.8.8/", "events": ["model_version.created"], "active": "on"},
}
for _kind in ("", "group-"):
    FORMS |= {
        f"{_kind}add-member": {"who": "newcomer", "role": "10"},
        f"{_kind}change-member": {"role": "10"},
        f"{_kind}access-tokens": {"name": "new", "role": "10", "scopes": ["read_api"]},
        f"{_kind}deploy-tokens": {"name": "new", "scopes": ["read_models"]},
    }
FORMS |= {
    "settings": {"name": "Renamed"},
    "join-by-invitation": {"username": "invited", "name": "Invited", "password": PASSWORD},
    "group-settings": {"name": "Renamed", "visibility": "0"},
    "move-project": {"path": "moved"},
    "move-group": {"path": "moved"},
    "delete-project": {"confirm_deletion": "acme/fraud"},
    "delete-group": {"confirm_deletion": "acme"},
    "new-group": {"name": "New", "path": "fresh", "visibility": "0"},
}
# What a look at a page needs to be told.
QUERIES: dict[str, dict[str, Any]] = {
    "run-curve": {"key": "loss"},
    "compare-versions": {"from": "1", "to": "1"},
}


def parts(world: World, line: Line) -> dict[str, Any]:
    ids = world.ids
    known: dict[str, Any] = {
        "project": world.project.full_path,
        "group": world.group.full_path,
        "token": ids["own"],
        "iid": ids["experiment"].iid,
        "run": ids["run"].iid,
        "path": "folder/data.csv",
        "model": ids["logged"].uuid if "/logged_models/" in line.address else "backed",
        "version": 1,
        "package": ids["file"].package_id,
        "file": ids["file"].pk,
        "hook": ids["hook"].pk,
        "delivery": ids["delivery"].pk,
    }
    known |= _of_the_place(world, line)
    if line.name == "restore-project":
        known["number"] = ids["deleted"]
    if line.name in ("delete-experiment", "restore-experiment"):
        known["iid"] = ids["spare" if line.name == "delete-experiment" else "gone"].iid
    return {name: known.get(name, "x") for name in line.parts}


def _of_the_place(world: World, line: Line) -> dict[str, Any]:
    """What a project and a group have alike."""
    place, kind = (world.group, "groups") if line.address.startswith("/groups/") else (world.project, "projects")
    known: dict[str, Any] = {}
    if "member" in line.name:
        known["member"] = place.members.get(user__username="bob").pk
    if "invitation" in line.parts:
        known["invitation"] = place.invitations.get().pk
    if "access-token" in line.name or "deploy-token" in line.name:
        known["token"] = world.ids[f"{kind} {'deploy' if 'deploy' in line.name else 'access'}_tokens"]
    if "secret" in line.parts:
        world.project.invitations.update(digest=sha256(b"matrix").hexdigest())
        known["secret"] = SIGNER.sign("matrix")
    return known


def form(world: World, line: Line, caller: Caller) -> dict[str, Any]:
    if line.name == "transfer-project":
        return {"namespace": world.ids["elsewhere"].pk, "confirm_transfer": world.project.full_path}
    if line.name == "new-project" and line.method == "POST":
        # Everybody may, among their own.
        own = Namespace.objects.filter(owner=caller.user).first() if caller.user else None
        return {"name": "Fresh", "visibility": "0", "namespace": own.pk if own else ""}
    return (FORMS if line.method == "POST" else QUERIES).get(line.name, {})
