"""A user, in GitLab's words."""

from typing import TypedDict

from django.conf import settings

from accounts.models import User
from api.rest.entities.moments import Moment, moment


class BasicUser(TypedDict):
    """What everybody may see who may know of the user at all."""

    id: int
    username: str
    name: str
    state: str
    locked: bool
    avatar_url: str | None
    web_url: str


class CurrentUser(BasicUser):
    """With what only they themselves and administrators may see."""

    created_at: Moment
    email: str
    public_email: str
    is_admin: bool
    bot: bool
    external: bool
    two_factor_enabled: bool
    can_create_group: bool
    can_create_project: bool
    current_sign_in_at: Moment | None


def basic_user(user: User) -> BasicUser:
    return {
        "id": user.pk,
        "username": user.username,
        "name": user.name,
        "state": user.state,
        "locked": False,
        "avatar_url": None,
        "web_url": f"{settings.EXTERNAL_URL}/{user.username}",
    }


def current_user(user: User) -> CurrentUser:
    return {
        **basic_user(user),
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
