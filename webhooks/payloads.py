"""What MLflow says of each event: the entity, the action, and the data. As in `mlflow.webhooks.types` (3.17).

Each function takes plain values and knows no model. `EXAMPLES` are MLflow's own, which a test of a webhook sends.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

Data = dict[str, Any]


class Happening(NamedTuple):
    entity: str
    action: str
    data: Data

    @property
    def event(self) -> str:
        return f"{self.entity}.{self.action}"


def registered_model_created(name: str, *, tags: Mapping[str, str], description: str | None) -> Happening:
    return Happening("registered_model", "created", {"name": name, "tags": dict(tags), "description": description})


def model_version_created(
    name: str,
    version: str,
    *,
    source: str,
    run_id: str | None,
    tags: Mapping[str, str],
    description: str | None = None,
) -> Happening:
    told = {"name": name, "version": version, "source": source, "run_id": run_id or None}
    return Happening("model_version", "created", {**told, "tags": dict(tags), "description": description or None})


def model_version_tag_set(name: str, version: str, key: str, value: str) -> Happening:
    return Happening("model_version_tag", "set", {"name": name, "version": version, "key": key, "value": value})


def model_version_tag_deleted(name: str, version: str, key: str) -> Happening:
    return Happening("model_version_tag", "deleted", {"name": name, "version": version, "key": key})


def model_version_alias_created(name: str, alias: str, version: str) -> Happening:
    """Also said of an alias that moves to another version."""
    return Happening("model_version_alias", "created", {"name": name, "alias": alias, "version": version})


def model_version_alias_deleted(name: str, alias: str) -> Happening:
    return Happening("model_version_alias", "deleted", {"name": name, "alias": alias})


def prompt_created(name: str, *, tags: Mapping[str, str], description: str | None) -> Happening:
    """`tags` without MLflow's own, here and below."""
    return Happening("prompt", "created", {"name": name, "tags": dict(tags), "description": description})


def prompt_version_created(
    name: str, version: str, *, template: str | None, tags: Mapping[str, str], description: str | None = None
) -> Happening:
    told = {"name": name, "version": version, "template": template}
    return Happening("prompt_version", "created", {**told, "tags": dict(tags), "description": description or None})


def prompt_tag_set(name: str, key: str, value: str) -> Happening:
    return Happening("prompt_tag", "set", {"name": name, "key": key, "value": value})


def prompt_tag_deleted(name: str, key: str) -> Happening:
    return Happening("prompt_tag", "deleted", {"name": name, "key": key})


def prompt_version_tag_set(name: str, version: str, key: str, value: str) -> Happening:
    return Happening("prompt_version_tag", "set", {"name": name, "version": version, "key": key, "value": value})


def prompt_version_tag_deleted(name: str, version: str, key: str) -> Happening:
    return Happening("prompt_version_tag", "deleted", {"name": name, "version": version, "key": key})


def prompt_alias_created(name: str, alias: str, version: str) -> Happening:
    return Happening("prompt_alias", "created", {"name": name, "alias": alias, "version": version})


def prompt_alias_deleted(name: str, alias: str) -> Happening:
    return Happening("prompt_alias", "deleted", {"name": name, "alias": alias})


def other(entity: str, action: str, name: str, **told: Any) -> Happening:
    """What MLflow has no event for, in the same form. `told` is what the change says of itself."""
    return Happening(entity, action, {"name": name, **told})


_MODEL, _PROMPT, _ALIAS = "example_model", "example_prompt", "example_alias"
_TAG = ("example_key", "example_value")
_TAGS = dict([_TAG])
# The gateway's budgets are not offered here: one may listen for them, as on the stock server, and hears nothing.
_BUDGET = {
    "budget_policy_id": "bp-abc123",
    "budget_unit": "USD",
    "budget_amount": 100.0,
    "current_spend": 105.50,
    "duration_unit": "MONTHS",
    "duration_value": 1,
    "target_scope": "ENDPOINT",
    "workspace": "default",
    "target_value": "ep-abc123",
    "window_start": 1704067200000,
}
_ALL = [
    registered_model_created(_MODEL, tags=_TAGS, description="An example registered model"),
    model_version_created(
        _MODEL,
        "1",
        source="models:/123",
        run_id="abcd1234abcd5678",
        tags=_TAGS,
        description="An example model version",
    ),
    model_version_tag_set(_MODEL, "1", *_TAG),
    model_version_tag_deleted(_MODEL, "1", _TAG[0]),
    model_version_alias_created(_MODEL, _ALIAS, "1"),
    model_version_alias_deleted(_MODEL, _ALIAS),
    prompt_created(_PROMPT, tags=_TAGS, description="An example prompt"),
    prompt_version_created(
        _PROMPT, "1", template="Hello {{name}}!", tags=_TAGS, description="An example prompt version"
    ),
    prompt_tag_set(_PROMPT, *_TAG),
    prompt_tag_deleted(_PROMPT, _TAG[0]),
    prompt_version_tag_set(_PROMPT, "1", *_TAG),
    prompt_version_tag_deleted(_PROMPT, "1", _TAG[0]),
    prompt_alias_created(_PROMPT, _ALIAS, "1"),
    prompt_alias_deleted(_PROMPT, _ALIAS),
    Happening("budget_policy", "exceeded", _BUDGET),
]
# By event; all events that MLflow has.
EXAMPLES: dict[str, Happening] = {happening.event: happening for happening in _ALL}
# Those that can happen here.
OFFERED = [event for event in EXAMPLES if not event.startswith("budget_policy.")]

_VERSION = {"version": "1", "semver": "1.0.0"}
_OWN = [
    other("registered_model", "updated", _MODEL, description="An example registered model"),
    other("registered_model", "renamed", _MODEL, old_name="example_old_name"),
    other("registered_model", "deleted", _MODEL),
    other("registered_model_tag", "set", _MODEL, key=_TAG[0], value=_TAG[1]),
    other("registered_model_tag", "deleted", _MODEL, key=_TAG[0]),
    other("model_version", "updated", _MODEL, **_VERSION, description="An example model version"),
    other("model_version", "published", _MODEL, **_VERSION),
    other("model_version", "transitioned", _MODEL, **_VERSION, from_stage="None", to_stage="Production", archived=[]),
    other("model_version", "deleted", _MODEL, **_VERSION),
    other("prompt", "updated", _PROMPT, description="An example prompt"),
    other("prompt", "renamed", _PROMPT, old_name="example_old_name"),
    other("prompt", "deleted", _PROMPT),
    other("prompt_version", "updated", _PROMPT, version="1", description="An example prompt version"),
    other(
        "prompt_version", "transitioned", _PROMPT, version="1", from_stage="None", to_stage="Production", archived=[]
    ),
    other("prompt_version", "deleted", _PROMPT, version="1"),
]
# By event; those that MLflow does not know. Its API neither takes nor shows them, as its client would stumble.
OWN: dict[str, Happening] = {happening.event: happening for happening in _OWN}
ALL = {**EXAMPLES, **OWN}
HAPPENING_HERE = [*OFFERED, *OWN]
