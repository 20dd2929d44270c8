"""Which other projects' CI jobs a project lets in. Job tokens do not exist yet; the rule is kept for them."""

from django.db import transaction
from django.db.models import QuerySet

from accounts import deeds
from accounts.models import User
from lib.errors import InvalidInput, NotFound
from projects.models import JobTokenRule, Namespace, Project

MOST_RULES = 200


def allow(project: Project, whom: Project | Namespace, *, by: User) -> None:
    """InvalidInput for the project itself, which is always let in, for one that is on the list, or beyond 200."""
    where = _where(whom)
    if whom == project:
        raise InvalidInput("Validation failed: the project itself is always let in")
    with transaction.atomic():
        rules = project.job_token_rules.select_for_update()
        if len(rules) >= MOST_RULES:
            raise InvalidInput(f"the allowlist may have at most {MOST_RULES} entries")
        _, made = JobTokenRule.objects.get_or_create(project=project, **where, defaults={"added_by": by})
        if not made:
            raise InvalidInput("Target is already on the allowlist")
        deeds.tell("job_token_rule_added", project=project, target=whom)


def forbid_project(project: Project, number: int) -> None:
    """NotFound when the project of this id is not on the list."""
    _remove(project.job_token_rules.filter(allowed_project=number))


def forbid_group(project: Project, number: int) -> None:
    """NotFound when the group of this id is not on the list."""
    _remove(project.job_token_rules.filter(allowed_group=number))


def _remove(rules: QuerySet[JobTokenRule]) -> None:
    with transaction.atomic():
        rule = rules.select_related("project__route").first()
        if rule is None:
            raise NotFound("404 Not Found")
        whom = rule.allowed_project or rule.allowed_group or ""
        deeds.tell("job_token_rule_removed", project=rule.project, target=whom)
        rule.delete()


def lets_in(project: Project, source: Project) -> bool:
    """Whether a CI job of `source` may call `project`, as far as the project has to say."""
    if source.pk == project.pk or not project.job_token_scope_enabled:
        return True
    above = source.namespace.links_up.values("ancestor")
    rules = project.job_token_rules
    return rules.filter(allowed_project=source).exists() or rules.filter(allowed_group__in=above).exists()


def _where(whom: Project | Namespace) -> dict[str, Project | Namespace]:
    return {"allowed_project": whom} if isinstance(whom, Project) else {"allowed_group": whom}
