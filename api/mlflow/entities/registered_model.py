from typing import Any

from api.mlflow.entities.model_version import without_aliases
from registry.facts import ModelFacts


def registered_model(subject: ModelFacts) -> dict[str, Any]:
    """`mlflow.entities.model_registry.RegisteredModel` on the wire. What is empty is left out, as MLflow does."""
    told: dict[str, Any] = {
        "name": subject.name,
        "creation_timestamp": subject.created_ms,
        "last_updated_timestamp": subject.updated_ms,
    }
    more = {
        "description": subject.description,
        "latest_versions": [without_aliases(version) for version in subject.latest],
        "tags": [{"key": key, "value": value} for key, value in subject.tags],
        "aliases": [{"alias": name, "version": str(number)} for name, number in subject.aliases],
    }
    return {**told, **{name: value for name, value in more.items() if value}}
