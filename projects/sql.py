"""The hot read: who calls, and what they are in the project they name, once a request."""

from datetime import date
from typing import Any

from accounts import sql as accounts
from accounts.models import AccessToken
from lib.statements import instance, rows
from projects.models import Project
from projects.roles import Role

_PROJECT = (
    "id",
    "namespace_id",
    "path",
    "name",
    "visibility",
    "archived",
    "experiments_access",
    "registry_access",
    "packages_access",
    "job_token_scope_enabled",
    "creator_id",
)
_COLUMNS = ", ".join(f"p.{name}" for name in _PROJECT)

# The highest of the user's memberships, which one index gives, that are of the project or of a group above it, each of
# which is looked up in the index of links. As `ProjectQuerySet.with_member_role_of`.
_MEMBER_ROLE = """
    (SELECT max(m.role) FROM projects_member m
     WHERE m.user_id = u.id AND (m.expires_at IS NULL OR m.expires_at > %s)
     AND (m.project_id = p.id OR EXISTS (
        SELECT 1 FROM projects_namespacelink l
        WHERE l.descendant_id = p.namespace_id AND l.ancestor_id = m.namespace_id)))
"""

# Five or six look-ups by unique index, and no scan. `%s`: today, the project (its path twice: the present one comes
# before a former one), the token's digest.
_BY_ID = "LEFT JOIN projects_project p ON p.id = %s AND p.deleted_at IS NULL"
_BY_PATH = """
    LEFT JOIN projects_project p ON p.deleted_at IS NULL AND p.id = coalesce(
        (SELECT r.project_id FROM projects_route r WHERE lower(r.path) = %s),
        (SELECT f.project_id FROM projects_redirect f WHERE lower(f.path) = %s))
"""


def _admission(project: str) -> str:
    columns = f"{accounts.COLUMNS}, {_COLUMNS}, {_MEMBER_ROLE}"
    return f"SELECT {columns} FROM {accounts.TABLES} {project} WHERE t.digest = %s"  # noqa: S608 - literals


ADMISSION_BY_ID, ADMISSION_BY_PATH = _admission(_BY_ID), _admission(_BY_PATH)


def admission(digest: str, project: int | str, today: date) -> tuple[AccessToken | None, Project | None]:
    """The token with this digest, and the live project, by id or by full path in lower case (a former one too), with
    its user's `member_role`. Whether the token holds and whether they may know of the project is for others to say."""
    if isinstance(project, int):
        found = rows(ADMISSION_BY_ID, (today, project, digest))
    else:
        found = rows(ADMISSION_BY_PATH, (today, project, project, digest))
    if not found:
        return None, None
    token = accounts.token_of(found[0])
    return token, _project(found[0][accounts.COUNT :], is_admin=token.user.is_admin)


def _project(row: tuple[Any, ...], *, is_admin: bool) -> Project | None:
    if row[0] is None:
        return None
    found = instance(Project, dict(zip(_PROJECT, row, strict=False)))
    found.member_role = Role.ADMIN if is_admin else row[-1] or Role.NONE
    return found
