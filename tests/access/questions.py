"""What one tenant asks about the other: any line of the URL lists, with some of the other's names and numbers in it."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec

from tests.access.lines import Line
from tests.access.refusals import SECRET_OF_THE_FORM
from tests.access.requests import is_page
from tests.access.tenants import Tenant
from tests.endpoints import plausible

Named = dict[str, Any]

# Fields that may be said although they need not be, as they name something or search for it.
NAMING = {
    "run_id", "run_ids", "source_run_id", "model_id", "model_ids", "alias", "source", "filter", "search", "path", "to",
    "page_token", "namespace_id", "parent_id", "user_ids", "user_id", "author_id", "package_name", "query", "key",
    "models", "max_results", "dataset_name", "entity_id", "skip_groups", "stages", "range", "tag", "project",
}  # fmt: skip


def of_address(tenant: Tenant, line: Line, which: int) -> Named:
    """What stands in the parts of an address, by their names there."""
    things = {
        "experiment": "iid", "run": "run_id", "logged": "model_id", "package": "package_id", "file": "package_file_id",
        "hook": "hook_id", "webhook": "webhook_id", "alias": "alias", "event": "event", "user": "user",
        "token": "token",
    }  # fmt: skip
    known: Named = {part: tenant.a(kind, which) for kind, part in things.items()}
    model = known["model_id"] if "/logged_models/" in line.address else tenant.a("model", which)
    known |= {"name": tenant.a("model", which), "model": model, "tag_key": f"{tenant.marker}-key"}
    known |= {"run": known["run_id"], "package": known["package_id"], "file": known["package_file_id"]}
    known |= {"hook": known["hook_id"], "delivery": 1, "version": "1", "key": f"{tenant.marker}-key"}
    known |= {"path": f"{tenant.marker}-file", "trigger": "model_version.created", "seal": "x", "digest": "x"}
    known |= {"address": f"{tenant.a('place', which)}/{tenant.marker}-file", "target": tenant.project.pk}
    known |= {"model_version": f"candidate:{known['run_id']}", "namespace": tenant.group.pk}
    if "generic" in line.address:
        known["name"] = f"{tenant.marker}-set"
    return {name: known.get(name, "x") for name in line.parts if name not in ("project", "group")}


def of_fields(tenant: Tenant, line: Line, which: int) -> Named:
    """What stands in the fields of a body or query, by their names there."""
    params = getattr(line.endpoint, "Params", None)
    if params is None:
        return {}
    known = _fields(tenant, which)
    wanted = {one.name for one in msgspec.structs.fields(params) if one.required or one.name in NAMING & set(known)}
    return {name.rstrip("_"): value for name, value in plausible(params, known).items() if name in wanted}


def _fields(tenant: Tenant, which: int) -> Named:
    run, logged, model = tenant.a("run", which), tenant.a("logged", which), tenant.a("model", which)
    text, user, group = tenant.a("text", which), tenant.guest.pk, tenant.group.pk
    conditions = [
        f"attributes.run_id = '{run}'", f"tags.`{tenant.marker}-key` LIKE '%'", f"params.`{text}` = 'x'",
        f"metrics.`{tenant.marker}-key` >= 0", f"name LIKE '%{tenant.marker}%'", f"run_id = '{run}'", "",
    ]  # fmt: skip
    return {
        "experiment_id": "1", "experiment_ids": ["0", "1", "2"], "experiment_name": text, "run_id": run,
        "run_ids": [run], "source_run_id": run, "model_id": logged, "model_ids": [logged], "name": model,
        "version": "1", "alias": f"{tenant.marker}-alias", "key": f"{tenant.marker}-key", "metric_key": text,
        "source": [f"models:/{logged}", f"models:/{model}/1", f"runs:/{run}/x"][which % 3], "model": model,
        "filter": conditions[which % len(conditions)], "search": text, "query": text, "package_name": tenant.marker,
        "path": f"{tenant.marker}-file", "page_token": "", "namespace": group, "namespace_id": group,
        "parent_id": group, "target_project_id": tenant.project.pk, "target_group_id": group, "user_ids": [user],
        "author_id": user, "entity_id": tenant.project.pk, "project": tenant.project.full_path, "from_": "1",
        "access_level": 20, "scopes": ["read_api"], "url": "https://8.8.8.8/", "new_name": text, "models": [],
        "username": "new", "email": "new@example.com", "max_results": 9, "status": "LOGGED_MODEL_READY",
    }  # fmt: skip


# Numbers that are counted for the whole service; what is counted per project everybody has.
WORLDWIDE = {
    "package_id", "package_file_id", "package", "file", "hook_id", "hook", "event", "user", "token", "target",
    "namespace",
    "namespace_id", "parent_id", "target_project_id", "target_group_id", "user_ids", "author_id", "entity_id",
}  # fmt: skip
# What of an address or a filter may be told back by itself.
WORDS = r"zq[\w-]*|(?:m-)?[0-9a-f]{32}"
NO_UUID = "ffffffff-ffff-4fff-bfff-ffffffffffff"


def not_there(tenant: Tenant, name: str, value: Any) -> Any:
    """What has the form of this thing of the tenant's, and does not exist."""
    if isinstance(value, list):
        return [not_there(tenant, name, one) for one in value]
    if isinstance(value, int):
        return 10**9 + value if name in WORLDWIDE else value
    if not isinstance(value, str):
        return value
    made_up = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", NO_UUID, value)
    return re.sub(r"\b(m-)?[0-9a-f]{32}\b", r"\1" + "f" * 32, made_up).replace(tenant.marker, "zq" + "f" * 10)


@dataclass(frozen=True)
class Question:
    line: Line
    place: Named
    parts: Named
    fields: Named

    @property
    def path(self) -> str:
        path = self.line.address
        for name, value in (self.place | self.parts).items():
            path = path.replace(f"<{name}>", quote(str(value), safe="/%:"))
        return path

    def said(self) -> list[str]:
        """Everything in it, as it may be told back."""
        every = [*self.place.values(), *self.parts.values(), *self.fields.values()]
        flat = [one for value in every for one in (value if isinstance(value, list) else [value])]
        return [str(one) for one in flat if one != ""]


def masked(content: bytes, *asked: Question) -> str:
    """The answer without what was asked for, whole or in words: that is no news to whoever asked."""
    words = {word for question in asked for one in question.said() for word in (one, *re.findall(WORDS, one))}
    text = SECRET_OF_THE_FORM.sub(b"", content).decode(errors="replace")
    for word in sorted(words - {"x", ""}, key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", "<asked>", text.replace(quote(word, safe=""), word))
    return text


def asked_of(asker: Tenant, other: Tenant, line: Line, *, which: int, foreign: int, abroad: bool) -> list[Question]:
    """The question, and the same about what is not there if anything in it is the other's.

    Each bit of `foreign` decides about one name in it; `abroad` asks in the other's own place.
    """
    where = other if abroad else asker
    place: Named = {"project": where.project.full_path if is_page(line) else where.project.pk, "group": where.group.pk}
    place = {name: value for name, value in place.items() if name in line.parts}
    theirs = {name for at, name in enumerate(_names(asker, line, which)) if abroad or foreign >> at & 1}
    first, second = [], []
    for of in (of_address, of_fields):
        mine, others = of(asker, line, which), of(other, line, which)
        first.append({name: others[name] if name in theirs else value for name, value in mine.items()})
        second.append({n: not_there(other, n, value) if n in theirs else value for n, value in first[-1].items()})
    nowhere = {"project": "zqffffffffff/none" if is_page(line) else 10**9, "group": 10**9}
    question = Question(line, place, *first)
    if abroad and place:
        return [question, Question(line, {name: nowhere[name] for name in place}, *first)]
    return [question, Question(line, place, *second)] if theirs else [question]


def _names(tenant: Tenant, line: Line, which: int) -> list[str]:
    return [*of_address(tenant, line, which), *of_fields(tenant, line, which)]
