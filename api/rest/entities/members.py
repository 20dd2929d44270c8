"""A member, in GitLab's words."""

from typing import Any

from api.rest.entities.moments import day, moment
from api.rest.entities.users import basic_user
from projects.models import Member


def member(member: Member) -> dict[str, Any]:
    return basic_user(member.user) | {
        "access_level": member.role,
        "created_at": moment(member.created_at),
        "expires_at": day(member.expires_at),
        "membership_state": "active",
    }
