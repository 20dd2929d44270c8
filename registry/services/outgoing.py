"""What a project's webhooks are told of a change in the registry: MLflow's own events where it has them."""

from collections.abc import Callable, Mapping
from typing import Any

from registry.models import ModelVersion, RegisteredModel
from registry.models.registered_model import PROMPT_TAG
from webhooks import payloads
from webhooks.payloads import Happening

Details = Mapping[str, Any]

PROMPT_TEXT = "mlflow.prompt.text"
# What MLflow keeps in a prompt's tags for itself, and does not tell.
_INTERNAL = {PROMPT_TAG, PROMPT_TEXT, "_mlflow_prompt_type"}
_PROMPTS = {
    "registered_model": "prompt",
    "registered_model_tag": "prompt_tag",
    "model_version": "prompt_version",
    "model_version_tag": "prompt_version_tag",
    "model_version_alias": "prompt_alias",
}


def of(kind: str, model: RegisteredModel, version: ModelVersion | None, details: Details) -> Happening:
    """`kind` and `details` as `events.happened` has them. A prompt's events are called after prompts."""
    entity, _, action = kind.partition(".")
    entity = _PROMPTS[entity] if model.is_prompt else entity
    if version is None:
        make = _OF_MODELS.get(f"{entity}.{action}")
        return make(model, details) if make else payloads.other(entity, action, model.name, **details)
    told = _OF_VERSIONS.get(f"{entity}.{action}")
    if told is not None:
        return told(model, version, str(version.number), details)
    semver = {} if model.is_prompt else {"semver": version.semver}
    return payloads.other(entity, action, model.name, version=str(version.number), **semver, **details)


def _version_created(model: RegisteredModel, version: ModelVersion, number: str, details: Details) -> Happening:
    return payloads.model_version_created(
        model.name,
        number,
        source=version.source,
        run_id=version.run.uuid if version.run else None,
        tags=details["tags"],
        description=version.description or None,
    )


def _prompt_version_created(model: RegisteredModel, version: ModelVersion, number: str, details: Details) -> Happening:
    tags = details["tags"]
    template, description = tags.get(PROMPT_TEXT), version.description or None
    return payloads.prompt_version_created(
        model.name, number, template=template, tags=_public(tags), description=description
    )


def _public(tags: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in tags.items() if key not in _INTERNAL}


_OF_MODELS: dict[str, Callable[[RegisteredModel, Details], Happening]] = {
    "registered_model.created": lambda model, it: payloads.registered_model_created(
        model.name, tags=it["tags"], description=model.description or None
    ),
    "prompt.created": lambda model, it: payloads.prompt_created(
        model.name, tags=_public(it["tags"]), description=model.description or None
    ),
    "prompt_tag.set": lambda model, it: payloads.prompt_tag_set(model.name, it["key"], it["value"]),
    "prompt_tag.deleted": lambda model, it: payloads.prompt_tag_deleted(model.name, it["key"]),
}
_OF_VERSIONS: dict[str, Callable[[RegisteredModel, ModelVersion, str, Details], Happening]] = {
    "model_version.created": _version_created,
    "model_version_tag.set": lambda model, _, n, it: payloads.model_version_tag_set(
        model.name, n, it["key"], it["value"]
    ),
    "model_version_tag.deleted": lambda model, _, n, it: payloads.model_version_tag_deleted(model.name, n, it["key"]),
    "model_version_alias.created": lambda model, _, n, it: payloads.model_version_alias_created(
        model.name, it["alias"], n
    ),
    "model_version_alias.deleted": lambda model, _, n, it: payloads.model_version_alias_deleted(
        model.name, it["alias"]
    ),
    "prompt_version.created": _prompt_version_created,
    "prompt_version_tag.set": lambda model, _, n, it: payloads.prompt_version_tag_set(
        model.name, n, it["key"], it["value"]
    ),
    "prompt_version_tag.deleted": lambda model, _, n, it: payloads.prompt_version_tag_deleted(model.name, n, it["key"]),
    "prompt_alias.created": lambda model, _, n, it: payloads.prompt_alias_created(model.name, it["alias"], n),
    "prompt_alias.deleted": lambda model, _, n, it: payloads.prompt_alias_deleted(model.name, it["alias"]),
}
