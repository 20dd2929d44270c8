"""What the JSON of models and versions says, gathered by a search with one or two statements, or from an object."""

from dataclasses import dataclass, field

from registry.models import ModelVersion, RegisteredModel

Pairs = list[tuple[str, str]]


@dataclass(slots=True)
class VersionFacts:
    """A version; times in milliseconds since 1970, tags in the order of their keys. `run_id` is "" without a run."""

    pk: int
    model_pk: int
    model: str
    number: int
    semver: str
    is_explicit: bool
    created_ms: int
    updated_ms: int
    stage: str
    description: str
    source: str
    run_id: str
    run_link: str
    tags: Pairs = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ModelFacts:
    """A registered model; `aliases` are names with the numbers of their versions, `latest` the latest version of each
    stage that it has versions in."""

    pk: int
    name: str
    created_ms: int
    updated_ms: int
    description: str
    tags: Pairs = field(default_factory=list)
    aliases: list[tuple[str, int]] = field(default_factory=list)
    latest: list[VersionFacts] = field(default_factory=list)


def of_version(version: ModelVersion) -> VersionFacts:
    """Of one read `with_details()`."""
    return VersionFacts(
        pk=version.pk,
        model_pk=version.model_id,
        model=version.model.name,
        number=version.number,
        semver=version.semver,
        is_explicit=version.is_explicit,
        created_ms=version.created_ms,
        updated_ms=version.updated_ms,
        stage=version.stage,
        description=version.description,
        source=version.source,
        run_id=version.run.uuid if version.run else "",
        run_link=version.run_link,
        tags=[(tag.key, tag.value) for tag in version.tags.all()],
        aliases=[alias.name for alias in version.aliases.all()],
    )


def of_model(model: RegisteredModel, latest: list[ModelVersion]) -> ModelFacts:
    """Of one whose tags and aliases are loaded, with its latest versions (`registry.latest.of`)."""
    return ModelFacts(
        pk=model.pk,
        name=model.name,
        created_ms=model.created_ms,
        updated_ms=model.updated_ms,
        description=model.description,
        tags=[(tag.key, tag.value) for tag in model.tags.all()],
        aliases=[(alias.name, alias.version.number) for alias in model.aliases.all()],
        latest=[of_version(version) for version in latest],
    )
