"""What a token reaches, with the role it has there, in GitLab's words."""

from typing import Any

from api.rest.entities import groups, projects
from projects.models import Namespace, Project
from projects.roles import Visibility


def group(place: Namespace) -> dict[str, Any]:
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


def project(place: Project) -> dict[str, Any]:
    """`own_role` and `group_role` are annotated."""
    whole = projects.simple_project(place)
    shown = (
        "id", "description", "name", "name_with_namespace", "path", "path_with_namespace", "created_at", "web_url",
        "namespace",
    )  # fmt: skip
    return {name: whole[name] for name in shown} | {
        "visibility": Visibility(place.visibility).label,
        "access_levels": {"project_access_level": place.own_role, "group_access_level": place.group_role},
    }
