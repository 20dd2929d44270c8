from collections.abc import Iterable
from typing import Any

from api.mlflow.entities.model_version import without_aliases
from registry.models import ModelVersion, RegisteredModel


def registered_model(subject: RegisteredModel, latest: Iterable[ModelVersion]) -> dict[str, Any]:
    """`mlflow.entities.model_registry.RegisteredModel` on the wire, of a model whose tags and aliases are loaded, with
    the latest version of each stage. What is empty is left out, as MLflow does."""
    told: dict[str, Any] = {
        "name": subject.name,
        "creation_timestamp": subject.created_ms,
        "last_updated_timestamp": subject.updated_ms,
    }
    more = {
        "description": subject.description,
        "latest_versions": [without_aliases(version) for version in latest],
        "tags": [{"key": tag.key, "value": tag.value} for tag in subject.tags.all()],
        "aliases": [{"alias": alias.name, "version": str(alias.version.number)} for alias in subject.aliases.all()],
    }
    return {**told, **{name: value for name, value in more.items() if value}}
