"""Create, describe, rename, tag and delete registered models."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.identity import Identity
from lib.clock import now_ms
from lib.errors import AlreadyExists
from projects.models import Project
from registry import names
from registry.models import RegisteredModel, RegisteredModelTag
from registry.models.registered_model import PROMPT_TAG
from registry.services import aliases, backing, versions
from registry.services.events import happened

Pairs = Iterable[tuple[str, str]]


def create(project: Project, name: str, *, by: Identity, description: str = "", tags: Pairs = ()) -> RegisteredModel:
    """A model, or with the tag `mlflow.prompt.is_prompt` a prompt, without versions. AlreadyExists for a taken name;
    InvalidInput for a name or tag that cannot be kept."""
    names.model(name)
    wanted = names.tags(tags)
    said = {"description": names.description(description), "is_prompt": is_prompt(wanted), "creator": by.user}
    with transaction.atomic():
        at = now_ms()
        model = _insert(project, name, created_ms=at, updated_ms=at, **said)
        rows = [RegisteredModelTag(model=model, key=key, value=value) for key, value in sorted(wanted.items())]
        RegisteredModelTag.objects.bulk_create(rows)
        happened("registered_model.created", model, by=by, tags=wanted)
    return model


def _insert(project: Project, name: str, **fields: object) -> RegisteredModel:
    try:
        with transaction.atomic():
            return RegisteredModel.objects.create(project=project, name=name, **fields)
    except IntegrityError:
        raise _taken(project, name, is_prompt=bool(fields["is_prompt"])) from None


def _taken(project: Project, name: str, *, is_prompt: bool) -> AlreadyExists:
    taken_by_prompt = project.registered_models.prompts().filter(name=name).exists()
    old, new = ("Prompt" if prompt else "Registered Model" for prompt in (taken_by_prompt, is_prompt))
    if old == new:
        return AlreadyExists(f"{new} (name={name}) already exists.", field="name")
    return AlreadyExists(
        f"Tried to create a {new.lower()} with name {name!r}, but the name is already taken by a {old.lower()}. "
        "MLflow does not allow creating a model and a prompt with the same name.",
        field="name",
    )


def is_prompt(tags: dict[str, str]) -> bool:
    return tags.get(PROMPT_TAG, "").lower() == "true"


def describe(model: RegisteredModel, description: str, *, by: Identity) -> None:
    model.description, model.updated_ms = names.description(description), now_ms()
    with transaction.atomic():
        model.save(update_fields=["description", "updated_ms"])
        happened("registered_model.updated", model, by=by, description=description)


def rename(model: RegisteredModel, name: str, *, by: Identity) -> None:
    """Its versions go with it, and its experiment where that name is free. AlreadyExists for a taken name."""
    names.model(name, field="new_name")
    try:
        with transaction.atomic():
            locked = aliases.lock(model)
            old, locked.name, locked.updated_ms = locked.name, name, now_ms()
            locked.save(update_fields=["name", "updated_ms"])
            locked.versions.update(updated_ms=locked.updated_ms)
            backing.follow_name(locked)
            happened("registered_model.renamed", locked, by=by, old_name=old)
    except IntegrityError:
        raise AlreadyExists(f"Registered Model (name={name}) already exists.", field="name") from None
    model.name, model.updated_ms = locked.name, locked.updated_ms


def change(model: RegisteredModel, *, by: Identity, name: str | None = None, description: str | None = None) -> None:
    """Both at once or neither; None leaves it. Refused as `rename` and `describe` are."""
    with transaction.atomic():
        if description is not None:
            describe(model, description, by=by)
        if name is not None and names.model(name) != model.name:
            rename(model, name, by=by)


def delete(model: RegisteredModel, *, by: Identity, project: Project) -> None:
    """With all its versions, aliases and files of its own; runs stay. `project` is what the caller was authorized for:
    Forbidden for who may not move a protected alias that one of the versions has."""
    with transaction.atomic():
        locked = project.registered_models.select_for_update(no_key=True).named(model.name)
        aliases.may_move(locked.aliases.values_list("name", flat=True), by=by, project=project)
        happened("registered_model.deleted", locked, by=by)
        for version in locked.versions.select_related("run__package", "logged_model__package"):
            versions.let_go(version)
        locked.delete()


def set_tag(model: RegisteredModel, key: str, value: str, *, by: Identity) -> None:
    names.tag(key, value)
    with transaction.atomic():
        RegisteredModelTag.objects.update_or_create(model=model, key=key, defaults={"value": value})
        _mark_prompt(model, key, value)
        happened("registered_model_tag.set", model, by=by, key=key, value=value)


def delete_tag(model: RegisteredModel, key: str, *, by: Identity) -> None:
    """Deleting what is not there is no error, as in MLflow."""
    names.tag(key, "")
    with transaction.atomic():
        if model.tags.filter(key=key).delete()[0]:
            _mark_prompt(model, key, "")
            happened("registered_model_tag.deleted", model, by=by, key=key)


def _mark_prompt(model: RegisteredModel, key: str, value: str) -> None:
    if key == PROMPT_TAG:
        model.is_prompt = is_prompt({key: value})
        model.save(update_fields=["is_prompt"])
