"""A group, in GitLab's words."""

from typing import TypedDict

from django.conf import settings

from api.rest.entities.moments import Moment, moment
from api.rest.entities.projects import ProjectEntity, SimpleProject
from projects.models import Namespace
from projects.roles import Visibility


class GroupEntity(TypedDict):
    id: int
    web_url: str
    name: str
    path: str
    description: str
    visibility: str
    share_with_group_lock: bool
    require_two_factor_authentication: bool
    avatar_url: str | None
    request_access_enabled: bool
    full_name: str
    full_path: str
    created_at: Moment
    parent_id: int | None
    organization_id: int


class GroupWithProjects(GroupEntity):
    projects: list[ProjectEntity]


class PublicGroup(GroupEntity):
    """What a visitor without a token sees."""

    projects: list[SimpleProject]


def group(group: Namespace) -> GroupEntity:
    """`links_up__ancestor__route` is to be prefetched for a list."""
    full_path = group.full_path
    above = sorted((link.ancestor for link in group.links_up.all()), key=lambda one: len(one.full_path))
    return {
        "id": group.pk,
        "web_url": web_url(group),
        "name": group.name,
        "path": group.path,
        "description": group.description,
        "visibility": Visibility(group.visibility).label,
        "share_with_group_lock": False,
        "require_two_factor_authentication": False,
        "avatar_url": None,
        "request_access_enabled": False,
        "full_name": " / ".join(one.name for one in above),
        "full_path": full_path,
        "created_at": moment(group.created_at),
        "parent_id": group.parent_id,
        "organization_id": 1,
    }


def web_url(place: Namespace) -> str:
    return f"{settings.EXTERNAL_URL}/groups/{place.full_path}"


class Location(TypedDict):
    """A group that something could be moved to."""

    id: int
    web_url: str
    name: str
    avatar_url: str | None
    full_name: str
    full_path: str


def location(place: Namespace) -> Location:
    """`links_up__ancestor__route` is to be prefetched for a list."""
    whole = group(place)
    return {
        "id": whole["id"],
        "web_url": whole["web_url"],
        "name": whole["name"],
        "avatar_url": whole["avatar_url"],
        "full_name": whole["full_name"],
        "full_path": whole["full_path"],
    }
