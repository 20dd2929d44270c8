"""What a token reaches, with the role it has there, in GitLab's words."""

from typing import TypedDict

from api.rest.entities import groups, projects
from api.rest.entities.moments import Moment
from projects.models import Namespace, Project
from projects.roles import Visibility


class GroupAssociation(TypedDict):
    id: int
    web_url: str
    name: str
    parent_id: int | None
    organization_id: int
    access_levels: int
    visibility: str


class ProjectLevels(TypedDict):
    project_access_level: int | None
    group_access_level: int | None


class ProjectAssociation(TypedDict):
    id: int
    description: str
    name: str
    name_with_namespace: str
    path: str
    path_with_namespace: str
    created_at: Moment
    web_url: str
    namespace: projects.NamespaceEntity
    visibility: str
    access_levels: ProjectLevels


class Associations(TypedDict):
    """The groups and projects that a token reaches, each with the role it has there."""

    groups: list[GroupAssociation]
    projects: list[ProjectAssociation]


def group(place: Namespace) -> GroupAssociation:
    """`role` is annotated."""
    return {
        "id": place.pk,
        "web_url": groups.web_url(place),
        "name": place.name,
        "parent_id": place.parent_id,
        "organization_id": 1,
        "access_levels": place.role,
        "visibility": Visibility(place.visibility).label,
    }


def project(place: Project) -> ProjectAssociation:
    """`own_role` and `group_role` are annotated."""
    whole = projects.simple_project(place)
    return {
        "id": whole["id"],
        "description": whole["description"],
        "name": whole["name"],
        "name_with_namespace": whole["name_with_namespace"],
        "path": whole["path"],
        "path_with_namespace": whole["path_with_namespace"],
        "created_at": whole["created_at"],
        "web_url": whole["web_url"],
        "namespace": whole["namespace"],
        "visibility": Visibility(place.visibility).label,
        "access_levels": {"project_access_level": place.own_role, "group_access_level": place.group_role},
    }
