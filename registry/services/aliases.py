"""Point aliases at versions and take them away."""

from collections.abc import Iterable

from django.db import transaction

from accounts import caller
from accounts.identity import Identity
from lib.clock import now_ms
from lib.errors import Forbidden
from projects import policy
from projects.models import Project
from projects.roles import Ability
from registry import names
from registry.models import Alias, AliasMove, ModelVersion, RegisteredModel
from registry.services.events import happened


def point(version: ModelVersion, name: str, *, by: Identity, project: Project) -> Alias:
    """Gives the version the alias, taking it from the one that had it; nothing happens where it has it already.

    `project` is what the caller was authorized for. InvalidInput for a name that is reserved; Forbidden for a protected
    one, unless they may administer it. NotFound when the version is gone.
    """
    names.alias(name)
    may_move([name], by=by, project=project)
    with transaction.atomic():
        model = lock(version.model)
        version = model.versions.find(_gone(version), pk=version.pk)
        alias, created = Alias.objects.get_or_create(model=model, name=name, defaults={"version": version})
        if created or alias.version_id != version.pk:
            alias.version, alias.moved_ms = version, now_ms()
            alias.save(update_fields=["version", "moved_ms"])
            _remember(alias, version, by=by)
            happened("model_version_alias.created", model, by=by, version=version, alias=name)
    return alias


def remove(model: RegisteredModel, name: str, *, by: Identity, project: Project) -> None:
    """Removing what is not there is no error, as in MLflow. Forbidden as in `point`."""
    names.asked_alias(name)
    may_move([name], by=by, project=project)
    with transaction.atomic():
        lock(model)
        alias = model.aliases.select_related("version").filter(name=name).first()
        if alias is not None:
            forget(alias, by=by)


def forget(alias: Alias, *, by: Identity) -> None:
    """Removes one that exists, in the caller's transaction."""
    alias.delete()
    _remember(alias, None, by=by)
    happened("model_version_alias.deleted", alias.model, by=by, version=alias.version, alias=alias.name)


def may_move(wanted: Iterable[str], *, by: Identity, project: Project) -> None:
    """Forbidden when one of these aliases is protected, and the caller may not administer the project."""
    if policy.allows(project, Ability.ADMIN_PROJECT) and policy.covers(by, Ability.ADMIN_PROJECT):
        return
    protected = project.protected_aliases.filter(name__in=list(wanted)).order_by("name").first()
    if protected is not None:
        least = policy.LEAST_ROLE[Ability.ADMIN_PROJECT].label
        raise Forbidden(
            f"The alias '{protected}' is protected: to move it or delete what it points to needs the role {least} "
            "in this project, and a token of scope `api`"
        )


def _remember(alias: Alias, version: ModelVersion | None, *, by: Identity) -> None:
    AliasMove.objects.create(
        model_id=alias.model_id,
        name=alias.name,
        version=version,
        number=version.number if version else None,
        semver=version.semver if version else "",
        by=by.user,
        job=caller.current().job,
    )


def lock(model: RegisteredModel) -> RegisteredModel:
    """One change of a model's aliases or versions at a time."""
    locked = RegisteredModel.objects.select_for_update(no_key=True)
    return locked.find(f"Registered Model with name={model.name} not found", pk=model.pk)


def _gone(version: ModelVersion) -> str:
    return f"Model Version (name={version.model.name}, version={version.number}) not found"
