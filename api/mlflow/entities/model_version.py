from typing import Any

from registry import facts
from registry.facts import VersionFacts
from registry.models import ModelVersion


def model_version(subject: ModelVersion) -> dict[str, Any]:
    """`told` of a version read `with_details()`."""
    return told(facts.of_version(subject))


def told(subject: VersionFacts) -> dict[str, Any]:
    """`mlflow.entities.ModelVersion` on the wire; times in milliseconds since 1970. `version` is its number, as clients
    call `int()` on it; a semver that was given stands among the aliases, as in GitLab."""
    aliases = sorted(subject.aliases)
    if subject.is_explicit:
        aliases.append(subject.semver)
    said = without_aliases(subject)
    return {**said, "aliases": aliases} if aliases else said


def without_aliases(subject: VersionFacts) -> dict[str, Any]:
    """As it stands inside of a registered model."""
    said: dict[str, Any] = {
        "name": subject.model,
        "version": str(subject.number),
        "creation_timestamp": subject.created_ms,
        "last_updated_timestamp": subject.updated_ms,
        "current_stage": subject.stage,
        "description": subject.description,
        "source": subject.source,
        "run_id": subject.run_id,
        "status": "READY",
        "run_link": subject.run_link,
    }
    tags = [{"key": key, "value": value} for key, value in subject.tags]
    return {**said, "tags": tags} if tags else said
