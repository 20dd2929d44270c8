"""What stands in the address of each page, and what is typed into its form."""

from typing import Any

from tests.access.lines import Line
from tests.access.world import PASSWORD, World

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
    if line.name == "delete-experiment":
        known["iid"] = ids["spare"].iid
    if line.name == "restore-experiment":
        known["iid"] = ids["gone"].iid
    return {name: known.get(name, "x") for name in line.parts}


def form(world: World, line: Line) -> dict[str, Any]:
    return (FORMS if line.method == "POST" else QUERIES).get(line.name, {})
