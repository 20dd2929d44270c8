"""Create, describe, tag, publish, stage and delete model versions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from semver import Version

from accounts.identity import Identity
from lib.clock import now_ms
from lib.errors import AlreadyExists, Conflict, InvalidInput
from packages.models import PackageKind
from packages.services import files as package_files
from projects.models import Project
from registry import names, sources
from registry.models import ModelVersion, ModelVersionTag, RegisteredModel, Stage
from registry.semver import precedence, versions
from registry.services import aliases, backing, prompts, registrations
from registry.services.events import happened
from registry.sources import Files
from tracking import names as tracking_names
from tracking.models import Run
from tracking.services import runs

Pairs = Iterable[tuple[str, str]]
SEMVER_TAG = "gitlab.version"
RUN_LINK_LENGTH = 500
# In milliseconds. The client gives up after 244 s of waiting and the requests' own time.
SENT_AGAIN_WITHIN = 10 * 60 * 1000


@dataclass(frozen=True)
class Wanted:
    """A version to be made, checked as far as it can be without a lock."""

    semver: Version | None
    files: Files
    tags: Mapping[str, str]
    fields: Mapping[str, Any]


def create(
    model: RegisteredModel,
    *,
    by: Identity,
    semver: str = "",
    source: str = "",
    run_id: str = "",
    model_id: str = "",
    description: str = "",
    run_link: str = "",
    tags: Pairs = (),
) -> ModelVersion:
    """The model's next version. Its semver is `semver`, or else what the tag `gitlab.version` says, or else counted on
    from the highest. Its run is `run_id`, or else the one that made its logged model `model_id`, or else a new one.

    InvalidInput for what cannot be a semver, a source (see `registry.sources`) or a tag, and for a deleted run;
    AlreadyExists for a taken semver, which tells the next free one; NotFound for a run or logged model that the
    project has not.
    """
    wanted_tags = names.tags(tags)
    fields = {
        "description": names.description(description),
        "run_link": tracking_names.within(run_link, RUN_LINK_LENGTH, what="run_link"),
        "creator": by.user,
    }
    with transaction.atomic():
        model = aliases.lock(model)
        files = prompts.files(source) if model.is_prompt else _files(model, source, run_id, model_id)
        if files.copied is not None and not semver:
            _let_go_of_semver(model, files.copied, wanted_tags)
        wanted = Wanted(_said(model, semver or wanted_tags.get(SEMVER_TAG, "")), files, wanted_tags, fields)
        return _sent_before(model, wanted) or _insert(model, wanted, by=by)


def _files(model: RegisteredModel, source: str, run_id: str, model_id: str) -> Files:
    project = model.project
    run = _active_run(project, run_id) if run_id else None
    logged = project.logged_models.active().with_id(model_id) if model_id else None
    files = sources.resolve(project, source, run=run, logged_model=logged)
    if files.run is None and files.logged_model is not None:
        made_by = project.runs.active().filter(uuid=files.logged_model.source_run_uuid).first()
        files = replace(files, run=made_by)
    return files


def _let_go_of_semver(model: RegisteredModel, copied: ModelVersion, tags: dict[str, str]) -> None:
    """MLflow's client copies a version with its tags. Where the semver that came along is taken, the copy is counted
    on; nobody has asked for that one here."""
    if tags.get(SEMVER_TAG) == copied.semver and model.versions.filter(semver=copied.semver).exists():
        del tags[SEMVER_TAG]


def _active_run(project: Project, run_id: str) -> Run:
    """Locked, so that it is not deleted meanwhile."""
    run = project.runs.select_for_update(no_key=True, of=("self",)).with_id(run_id)
    runs.must_be_active(run)
    return run


def _said(model: RegisteredModel, text: str) -> Version | None:
    if not text:
        return None
    parsed = versions.parse(text)
    if parsed is None:
        raise InvalidInput(
            f"Invalid version '{text[:255]}': it must be a semantic version such as 1.2.3 or 1.2.3-rc.1 "
            f"(https://semver.org). The next free one is {next_semver(model)}.",
            field="semver",
        )
    return parsed


def next_semver(model: RegisteredModel) -> Version:
    """What a version without a semver of its own would get now: the lowest release above all versions there are, and
    above all that were ever counted."""
    highest = model.versions.highest_first().values_list("semver", flat=True).first()
    return versions.following(Version.parse(text) for text in (highest, model.last_counted) if text)


def _sent_before(model: RegisteredModel, wanted: Wanted) -> ModelVersion | None:
    """The version that this very request has made already, if nothing has been done with it yet.

    MLflow's client sends again what it got no answer to, and gives no key to know it by. A semver of its own is such
    a key, and so is a logged model, which nobody registers twice in a row on purpose. But a run may well become
    several versions, as in MLflow; so a request that names no more than a run makes a new one each time.
    """
    rows = model.versions.filter(created_ms__gte=now_ms() - SENT_AGAIN_WITHIN, **wanted.fields)
    rows = rows.filter(stage=Stage.NONE, aliases=None, logged_model=wanted.files.logged_model)
    if wanted.semver is not None:
        rows = rows.filter(semver=str(wanted.semver), is_explicit=True)
    elif wanted.files.is_whole_model:
        rows = rows.filter(number=model.last_number, is_explicit=False)
    else:
        return None
    found = rows.filter(source=wanted.files.source).select_related("model", "run", "logged_model").first()
    if found is None or not _same_run(model, found, wanted.files.run):
        return None
    return found if dict(found.tags.values_list("key", "value")) == wanted.tags else None


def _same_run(model: RegisteredModel, found: ModelVersion, run: Run | None) -> bool:
    if run is not None:
        return found.run_id == run.pk
    return found.run is None or found.run.experiment_id == model.experiment_id


def _insert(model: RegisteredModel, wanted: Wanted, *, by: Identity) -> ModelVersion:
    at = now_ms()
    semver = wanted.semver or next_semver(model)
    if wanted.semver is not None and model.versions.filter(semver=str(semver)).exists():
        message = f"Version '{semver}' of '{model.name}' already exists. The next free one is {next_semver(model)}."
        raise AlreadyExists(message, field="semver")
    version = ModelVersion.objects.create(
        model=model,
        number=model.last_number + 1,
        semver=str(semver),
        is_explicit=wanted.semver is not None,
        precedence=precedence.of(semver),
        is_prerelease=semver.prerelease is not None,
        source=wanted.files.source,
        run=wanted.files.run or _own_run(model, str(semver), by=by),
        logged_model=wanted.files.logged_model,
        folder=wanted.files.folder,
        created_ms=at,
        updated_ms=at,
        **wanted.fields,
    )
    _count_on(model, version)
    rows = [ModelVersionTag(version=version, key=key, value=value) for key, value in sorted(wanted.tags.items())]
    ModelVersionTag.objects.bulk_create(rows)
    registrations.add(version)
    happened("model_version.created", model, by=by, version=version, tags=dict(wanted.tags))
    if version.source and _published_at_once(model):
        publish(version, by=by)
    return version


def _own_run(model: RegisteredModel, semver: str, *, by: Identity) -> Run | None:
    return None if model.is_prompt else backing.start(model, semver, by=by.user)


def _count_on(model: RegisteredModel, version: ModelVersion) -> None:
    model.last_number, model.updated_ms = version.number, version.created_ms
    if not version.is_explicit:
        model.last_counted = version.semver
    model.save(update_fields=["last_number", "last_counted", "updated_ms"])


def _published_at_once(model: RegisteredModel) -> bool:
    rules = getattr(model.project, "registry_rules", None)
    return not model.is_prompt and rules is not None and rules.publish_at_once


def describe(version: ModelVersion, description: str, *, by: Identity) -> None:
    version.description, version.updated_ms = names.description(description), now_ms()
    with transaction.atomic():
        version.save(update_fields=["description", "updated_ms"])
        happened("model_version.updated", version.model, by=by, version=version, description=description)


def set_tag(version: ModelVersion, key: str, value: str, *, by: Identity) -> None:
    names.tag(key, value)
    with transaction.atomic():
        ModelVersionTag.objects.update_or_create(version=version, key=key, defaults={"value": value})
        happened("model_version_tag.set", version.model, by=by, version=version, key=key, value=value)


def delete_tag(version: ModelVersion, key: str, *, by: Identity) -> None:
    """Deleting what is not there is no error, as in MLflow."""
    names.tag(key, "")
    with transaction.atomic():
        if version.tags.filter(key=key).delete()[0]:
            happened("model_version_tag.deleted", version.model, by=by, version=version, key=key)


def transition(version: ModelVersion, stage: str, *, by: Identity, archive: bool = False) -> None:
    """To another stage, by its name in any case; with `archive` those that are there now are archived."""
    wanted = stage_named(stage)
    if archive and wanted not in (Stage.STAGING, Stage.PRODUCTION):
        raise InvalidInput(
            "Model version transition cannot archive existing model versions because "
            f"'{stage}' is not an Active stage. Valid stages are ['Staging', 'Production']"
        )
    with transaction.atomic():
        model, at = aliases.lock(version.model), now_ms()
        others = model.versions.filter(stage=wanted).exclude(pk=version.pk)
        archived = list(others.order_by("number").values_list("number", flat=True)) if archive else []
        if archived:
            others.update(stage=Stage.ARCHIVED, updated_ms=at)
        old, version.stage, version.updated_ms = version.stage, wanted, at
        version.save(update_fields=["stage", "updated_ms"])
        RegisteredModel.objects.filter(pk=model.pk).update(updated_ms=at)
        details = {"from_stage": old, "to_stage": wanted.value, "archived": archived}
        happened("model_version.transitioned", model, by=by, version=version, **details)


def stage_named(text: str) -> Stage:
    """InvalidInput unless it is one of MLflow's four, in any case."""
    for stage in Stage:
        if stage.value.lower() == text.lower():
            return stage
    offered = ", ".join(stage.value for stage in Stage)
    raise InvalidInput(f"Invalid Model Version stage: {text[:255]}. Value must be one of {offered}.", field="stage")


def publish(version: ModelVersion, *, by: Identity) -> None:
    """From now on its files cannot change. Doing it twice changes nothing."""
    from registry.services import files

    with transaction.atomic():
        if version.published_ms is None:
            files.freeze(version, by=by)
            version.published_ms = version.updated_ms = now_ms()
            version.save(update_fields=["published_ms", "updated_ms"])
            happened("model_version.published", version.model, by=by, version=version)


def delete(version: ModelVersion, *, by: Identity, project: Project, force: bool = False) -> None:
    """Its number is never given again; its run stays. `project` is what the caller was authorized for.

    Conflict when an alias points to it, unless forced; Forbidden when that alias is protected, and the caller may not
    move it.
    """
    with transaction.atomic():
        model = aliases.lock(version.model)
        pointing = list(model.aliases.filter(version=version).order_by("name"))
        if pointing and not force:
            raise _aliased(model, version, [alias.name for alias in pointing])
        aliases.may_move([alias.name for alias in pointing], by=by, project=project)
        for alias in pointing:
            aliases.forget(alias, by=by)
        RegisteredModel.objects.filter(pk=model.pk).update(updated_ms=now_ms())
        happened("model_version.deleted", model, by=by, version=version)
        let_go(version)
        version.delete()


def _aliased(model: RegisteredModel, version: ModelVersion, pointing: list[str]) -> Conflict:
    told = ", ".join(f"'{name}'" for name in pointing)
    return Conflict(
        f"Version {version.number} ({version.semver}) of '{model.name}' cannot be deleted: the alias {told} points to "
        "it. Move or delete the alias first, or send force=true with the request.",
    )


def let_go(version: ModelVersion) -> None:
    """Of its files, before it is deleted: they are thawed, and those of its own package deleted with it."""
    from registry.services import files

    files.thaw(version)
    run = version.run
    package = run.package if run else None
    if run is None or package is None or package.kind != PackageKind.ML_MODEL:
        return
    if not run.model_versions.exclude(pk=version.pk).exists():
        package_files.delete(package, "")
        package.delete()
