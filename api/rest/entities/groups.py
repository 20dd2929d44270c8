"""A group, in GitLab's words."""

from typing import Any

from django.conf import settings

from api.rest.entities.moments import moment
from projects.models import Namespace
from projects.roles import Visibility


def group(group: Namespace) -> dict[str, Any]:
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


def location(place: Namespace) -> dict[str, Any]:
    """A group that something could be moved to. `links_up__ancestor__route` is to be prefetched for a list."""
    whole = group(place)
    return {name: whole[name] for name in ("id", "web_url", "name", "avatar_url", "full_name", "full_path")}
