"""A user, in GitLab's words."""

from typing import Any

from django.conf import settings

from accounts.models import User
from api.rest.entities.moments import moment


def basic_user(user: User) -> dict[str, Any]:
    return {
        "id": user.pk,
        "username": user.username,
        "name": user.name,
        "state": user.state,
        "locked": False,
        "avatar_url": None,
        "web_url": f"{settings.EXTERNAL_URL}/{user.username}",
    }


def current_user(user: User) -> dict[str, Any]:
    """With what only they themselves and administrators may see."""
    return basic_user(user) | {
        "created_at": moment(user.created_at),
        "email": user.email,
        "public_email": "",
        "is_admin": user.is_admin,
        "bot": user.is_bot,
        "external": False,
        "two_factor_enabled": user.has_second_factor,
        "can_create_group": not user.is_bot,
        "can_create_project": not user.is_bot,
        "current_sign_in_at": moment(user.last_login),
    }
