"""Record what was done, and find it again."""

import re
from datetime import datetime
from typing import Any

from django.db.models import Model

from accounts import caller, secrets
from accounts.models import AccessToken, TokenKind, User
from audit.models import AuditEvent
from projects.models import Member, Namespace, Project

MASKED = "[masked]"
# Whatever is called so is not written down; `token_id` and `token_name` may be.
_SECRET_NAMES = re.compile(r"(?:^|_)(?:secret|password|digest|private_key|credential|authorization)s?(?:_|$)|^token$")
_SECRETS = re.compile(secrets.PATTERN)
_LONGEST = 1000


def record(
    action: str,
    *,
    project: Project | None = None,
    namespace: Namespace | None = None,
    target: Model | str,
    details: dict[str, Any] | None = None,
    by: User | None = None,
) -> AuditEvent:
    """One event about `project`, or `namespace`, or neither: then about the user that `target` is or belongs to.

    Call it inside the transaction of the change. Who did it, from where and with which token or job is who is calling
    (`accounts.caller`); `by` says it for those who act without a request. `target` is the thing itself, or what it is
    called where that is gone or has no row. `details` are JSON, changes as `{"name": {"from": "a", "to": "b"}}`;
    secrets in them are masked.
    """
    if project is None and namespace is None and isinstance(target, AccessToken):
        project, namespace = _place_of_bot(target)
    who = caller.current()
    author, token = by or who.user, who.token
    entity_type, entity_number, entity_path = _entity(project, namespace, target)
    return AuditEvent.objects.create(
        action=action,
        project=project,
        namespace=None if project else namespace,
        author=author,
        author_name=author.name if author else "",
        token_number=token.pk if token else None,
        token_name=_masked(token.name) if token else "",
        job=who.job,
        ip=who.ip,
        entity_type=entity_type,
        entity_number=entity_number,
        entity_path=entity_path[:1024],
        **_of_target(target),
        details=_clean(details or {}),
    )


def last_of(target: Model, *, project: Project | None = None, namespace: Namespace | None = None) -> datetime | None:
    """When `target` was last made or changed, as far as that is an event of this place; None without one."""
    place = {"project": project, "namespace": namespace} if project or namespace else {}
    found = AuditEvent.objects.filter(target_type=type(target).__name__, target_number=target.pk, **place)
    return found.order_by("-pk").values_list("created_at", flat=True).first()


def _of_target(target: Model | str) -> dict[str, Any]:
    told: dict[str, Any] = {"target": _masked(str(target)[:_LONGEST])}
    if isinstance(target, Model):
        told["target_type"] = type(target).__name__
        told["target_number"] = target.pk if isinstance(target.pk, int) else None
    return told


def _place_of_bot(token: AccessToken) -> tuple[Project | None, Namespace | None]:
    """Where a project's or group's token belongs: its bot is a member of just that place."""
    if token.kind == TokenKind.PERSONAL:
        return None, None
    member = Member.objects.filter(user=token.user_id).select_related("project__route", "namespace__route").first()
    return (member.project, member.namespace) if member else (None, None)


def _entity(project: Project | None, namespace: Namespace | None, target: Model | str) -> tuple[str, int | None, str]:
    if project is not None:
        return "Project", project.pk, project.full_path
    if namespace is not None:
        return "Group" if namespace.is_group else "User", namespace.pk, namespace.full_path
    user = target.user if isinstance(target, AccessToken) else target
    if isinstance(user, User):
        return "User", user.pk, user.username
    return "Instance", None, ""


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: MASKED if _SECRET_NAMES.search(str(key).lower()) else _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _masked(str(value)[:_LONGEST])


def _masked(text: str) -> str:
    return _SECRETS.sub(MASKED, text)
