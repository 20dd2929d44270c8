from typing import Any

from registry.models import ModelVersion


def model_version(subject: ModelVersion) -> dict[str, Any]:
    """`mlflow.entities.ModelVersion` on the wire, of a version read `with_details()`; times in milliseconds since
    1970. `version` is its number, as clients call `int()` on it; a semver that was given stands among the aliases,
    as in GitLab."""
    aliases = sorted(alias.name for alias in subject.aliases.all())
    if subject.is_explicit:
        aliases.append(subject.semver)
    told = without_aliases(subject)
    return {**told, "aliases": aliases} if aliases else told


def without_aliases(subject: ModelVersion) -> dict[str, Any]:
    """As it stands inside of a registered model."""
    told: dict[str, Any] = {
        "name": subject.model.name,
        "version": str(subject.number),
        "creation_timestamp": subject.created_ms,
        "last_updated_timestamp": subject.updated_ms,
        "current_stage": subject.stage,
        "description": subject.description,
        "source": subject.source,
        "run_id": subject.run.uuid if subject.run else "",
        "status": "READY",
        "run_link": subject.run_link,
    }
    tags = [{"key": tag.key, "value": tag.value} for tag in subject.tags.all()]
    return {**told, "tags": tags} if tags else told
