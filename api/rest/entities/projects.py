"""A project and its namespace, in GitLab's words."""

from typing import NotRequired, TypedDict

from django.conf import settings

from accounts.models import User
from api.rest.entities.moments import Moment, moment
from api.rest.entities.statistics import Statistics
from api.rest.entities.users import BasicUser, basic_user
from projects.models import Namespace, Project
from projects.models.project import ProjectQuerySet
from projects.roles import Access, Visibility


class NamespaceEntity(TypedDict):
    """`kind` is `user` or `group`."""

    id: int
    name: str
    path: str
    kind: str
    full_path: str
    parent_id: int | None
    avatar_url: str | None
    web_url: str


class SimpleProject(TypedDict):
    """What `simple=true` shows, and all that a visitor without a token sees."""

    id: int
    description: str
    name: str
    name_with_namespace: str
    path: str
    path_with_namespace: str
    created_at: Moment
    default_branch: str | None
    tag_list: list[str]
    topics: list[str]
    web_url: str
    avatar_url: str | None
    last_activity_at: Moment
    namespace: NamespaceEntity
    mlflow_tracking_uri: str


class OwnAccess(TypedDict):
    access_level: int
    notification_level: int


class Permissions(TypedDict):
    """The caller's role in the project itself, and in the groups above."""

    project_access: OwnAccess | None
    group_access: OwnAccess | None


class ProjectLinks(TypedDict):
    self: str


class ProjectEntity(SimpleProject):
    """`owner` is there for a project in a user's own namespace, `statistics` when they were asked for."""

    _links: ProjectLinks
    archived: bool
    visibility: str
    owner: NotRequired[BasicUser]
    creator_id: int | None
    model_experiments_access_level: str
    model_registry_access_level: str
    package_registry_access_level: str
    ci_job_token_scope_enabled: bool
    permissions: Permissions
    statistics: NotRequired[Statistics]


def with_all_that_is_shown(found: ProjectQuerySet, user: User | None) -> ProjectQuerySet:
    """So that a list costs as many queries as a single project."""
    related = found.select_related("route", "namespace__route", "namespace__owner")
    return related.prefetch_related("namespace__links_up__ancestor__route").with_member_roles_of(user)


def simple_project(project: Project) -> SimpleProject:
    full_path = project.route.path
    return {
        "id": project.pk,
        "description": project.description,
        "name": project.name,
        "name_with_namespace": " / ".join([*_names_above(project.namespace), project.name]),
        "path": project.path,
        "path_with_namespace": full_path,
        "created_at": moment(project.created_at),
        "default_branch": None,
        "tag_list": [],
        "topics": [],
        "web_url": f"{settings.EXTERNAL_URL}/{full_path}",
        "avatar_url": None,
        "last_activity_at": moment(project.last_activity_at),
        "namespace": namespace(project.namespace),
        "mlflow_tracking_uri": f"{settings.EXTERNAL_URL}/api/v4/projects/{project.pk}/ml/mlflow",
    }


def project(project: Project) -> ProjectEntity:
    shown: ProjectEntity = {
        **simple_project(project),  # type: ignore[typeddict-item]  # mypy fears for keys that it does not have
        "_links": {"self": f"{settings.EXTERNAL_URL}/api/v4/projects/{project.pk}"},
        "archived": project.archived,
        "visibility": Visibility(project.visibility).label,
        "creator_id": project.creator_id,
        "model_experiments_access_level": Access(project.experiments_access).label,
        "model_registry_access_level": Access(project.registry_access).label,
        "package_registry_access_level": Access(project.packages_access).label,
        "ci_job_token_scope_enabled": project.job_token_scope_enabled,
        "permissions": {
            "project_access": _access(project.own_role),
            "group_access": _access(project.group_role),
        },
    }
    if project.namespace.owner:
        shown["owner"] = basic_user(project.namespace.owner)
    return shown


def namespace(namespace: Namespace) -> NamespaceEntity:
    full_path = namespace.route.path
    below = "groups/" if namespace.is_group else ""
    return {
        "id": namespace.pk,
        "name": namespace.name,
        "path": namespace.path,
        "kind": namespace.kind,
        "full_path": full_path,
        "parent_id": namespace.parent_id,
        "avatar_url": None,
        "web_url": f"{settings.EXTERNAL_URL}/{below}{full_path}",
    }


def _names_above(namespace: Namespace) -> list[str]:
    """From the topmost group down: the longer its path, the deeper a namespace lies."""
    line = sorted((link.ancestor for link in namespace.links_up.all()), key=lambda one: len(one.route.path))
    return [one.name for one in line]


def _access(role: int | None) -> OwnAccess | None:
    return None if role is None else {"access_level": role, "notification_level": 3}
