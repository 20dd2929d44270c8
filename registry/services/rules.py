"""What a project decides about its registry: which aliases only maintainers move, and what is published at once."""

from django.db import IntegrityError, transaction

from accounts.identity import Identity
from audit.services import events as audit
from lib.errors import AlreadyExists, NotFound
from projects.models import Project
from registry import names
from registry.models import ProtectedAlias, RegistryRules


def protect(project: Project, name: str, *, by: Identity) -> ProtectedAlias:
    """From now on only who may administer the project moves the alias, in all of its models. AlreadyExists when it is
    so; InvalidInput for a name that no alias may have."""
    names.alias(name)
    try:
        with transaction.atomic():
            made = ProtectedAlias.objects.create(project=project, name=name)
            audit.record("protected_alias_created", project=project, target=made, by=by.user)
    except IntegrityError:
        raise AlreadyExists("has already been taken", field="name") from None
    return made


def unprotect(project: Project, name: str, *, by: Identity) -> None:
    with transaction.atomic():
        found = project.protected_aliases.select_for_update(no_key=True).filter(name=name).first()
        if found is None:
            raise NotFound("404 Protected Alias Not Found")
        audit.record("protected_alias_deleted", project=project, target=found, by=by.user)
        found.delete()


def of(project: Project) -> RegistryRules:
    """What it has decided, or what holds for one that has not."""
    return RegistryRules.objects.filter(project=project).first() or RegistryRules(project=project)


def decide(project: Project, *, by: Identity, publish_at_once: bool) -> RegistryRules:
    """Every version that is created from a source is published with it, or none. Versions that there are stay."""
    with transaction.atomic():
        RegistryRules.objects.get_or_create(project=project)
        rules = RegistryRules.objects.select_for_update(no_key=True).get(project=project)
        if rules.publish_at_once != publish_at_once:
            changed = {"publish_at_once": {"from": rules.publish_at_once, "to": publish_at_once}}
            rules.publish_at_once = publish_at_once
            rules.save(update_fields=["publish_at_once"])
            audit.record("registry_rules_updated", project=project, target=rules, details=changed, by=by.user)
    return rules
