"""What the pages of a model version share, prepared."""

from contextlib import closing
from dataclasses import dataclass

from django.db.models import Q

from lib import notes
from lib.errors import InvalidInput, NotFound
from projects import policy
from projects.models import Project
from projects.roles import Ability, Feature
from registry import lookup, mlmodel
from registry.models import ModelVersion, RegisteredModel
from registry.semver import versions as semvers
from registry.services import files, versions
from web import model_page, registry_snippets

# Where MLflow keeps the text of a prompt's version.
TEXT_TAG = "mlflow.prompt.text"


@dataclass(frozen=True)
class Contents:
    """What the files of a version say: whether it is a model of MLflow's, and with which inputs and outputs."""

    is_mlflow_model: bool = False
    signature: list[tuple[str, list[tuple[str, str]]]] | None = None


def numbered(project: Project, model: str, number: int) -> ModelVersion:
    """NotFound when the project has no such model, or that no such version."""
    found = model_page.find(project, model)
    rows = ModelVersion.objects.filter(model=found).with_details().select_related("creator", "run__package")
    return rows.select_related("logged_model__package", "run__creator", "run__job").find(
        "No such version", number=number
    )


def meant(project: Project, model: RegisteredModel, text: str) -> ModelVersion | None:
    """By number, semver, `latest`, alias or range; None for a text that means none."""
    return lookup.first(model, text)


def of(project: Project, version: ModelVersion, tab: str) -> dict[str, object]:
    """What every tab of a version's page needs."""
    return {
        **model_page.frame(project),
        "model": version.model,
        "version": version,
        "tab": tab,
        "may_read_files": policy.allows(project, Ability.READ_PACKAGES, feature=Feature.REGISTRY)
        and version.owner is not None,
    }


def overview(project: Project, version: ModelVersion) -> dict[str, object]:
    """The first tab, without its lineage."""
    found = contents(project, version)
    tags = [(tag.key, tag.value) for tag in version.tags.all()]
    aliases = sorted(alias.name for alias in version.aliases.all())
    if version.model.is_prompt:
        snippets = registry_snippets.prompt(project, version.model, f"/{version.number}")
    else:
        snippets = registry_snippets.version(project, version, aliases, is_mlflow_model=found.is_mlflow_model)
    return {
        "card": notes.html(version.description),
        "contents": found,
        "tags": [(key, value) for key, value in tags if key != TEXT_TAG],
        "prompt": dict(tags).get(TEXT_TAG) if version.model.is_prompt else None,
        "snippets": snippets,
        "previous": _before(version),
    }


def contents(project: Project, version: ModelVersion) -> Contents:
    """Nothing for who may not read files, and for a version that has no `MLmodel` file at its top."""
    if version.owner is None or not policy.allows(project, Ability.READ_PACKAGES, feature=Feature.REGISTRY):
        return Contents()
    try:
        opened = files.opened(version, mlmodel.NAME)
    except (NotFound, InvalidInput):
        return Contents()
    with closing(opened.reading) as reading:
        raw = b"".join(reading) if opened.length <= mlmodel.LARGEST else b""
    said = mlmodel.signature(raw) or {}
    return Contents(True, [(part, list(columns.items())) for part, columns in said.items()])


def _before(version: ModelVersion) -> ModelVersion | None:
    """The one below it by precedence: what people compare it with."""
    rows = ModelVersion.objects.filter(model=version.model_id)
    lower = Q(precedence__lt=version.precedence) | Q(precedence=version.precedence, number__lt=version.number)
    return rows.filter(lower).highest_first().first()


@dataclass(frozen=True)
class Hint:
    """What is to be said of a semver while it is typed: `next` is the next free one; `problem` is "" when it may be."""

    next: str
    problem: str = ""
    is_free: bool = False


def hint(model: RegisteredModel | None, semver: str) -> Hint:
    """Of a version of `model`, or of a model that is still to be made."""
    free = str(versions.next_semver(model)) if model else str(semvers.FIRST)
    if not semver:
        return Hint(free)
    if semvers.parse(semver) is None:
        return Hint(free, "That is no semantic version such as 1.2.3 or 1.2.3-rc.1.")
    if model and model.versions.filter(semver=semver).exists():
        return Hint(free, f"Version {semver} exists already.")
    return Hint(free, is_free=True)
