"""What has happened in the registry: the one place where it is told to whoever wants to know."""

from typing import Any

from accounts.identity import Identity
from audit.services import events as audit
from registry.models import ModelVersion, RegisteredModel
from registry.services import outgoing
from webhooks.services import events as webhooks

# Every kind there is; a subject and a verb.
KINDS = frozenset({
    "registered_model.created", "registered_model.updated", "registered_model.renamed", "registered_model.deleted",
    "registered_model_tag.set", "registered_model_tag.deleted",
    "model_version.created", "model_version.updated", "model_version.deleted", "model_version.published",
    "model_version.transitioned", "model_version_tag.set", "model_version_tag.deleted",
    "model_version_alias.created", "model_version_alias.deleted",
})  # fmt: skip


def happened(
    kind: str, model: RegisteredModel, *, by: Identity, version: ModelVersion | None = None, **details: Any
) -> None:
    """Called last in every service that changes something, in its transaction. `details` are what JSON can say."""
    assert kind in KINDS, kind  # noqa: S101 - a typing error of ours, not of a caller
    told = {"name": model.name, **({"number": version.number, "semver": version.semver} if version else {}), **details}
    target = model if version is None else version
    webhooks.happened(model.project, *outgoing.of(kind, model, version, details))
    audit.record(kind.replace(".", "_"), project=model.project, target=target, details=told, by=by.user)
