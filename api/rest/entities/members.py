"""A member, in GitLab's words."""

from api.rest.entities.moments import Day, Moment, day, moment
from api.rest.entities.users import BasicUser, basic_user
from projects.models import Member


class MemberEntity(BasicUser):
    """A user and their role: Guest 10, Reporter 20, Developer 30, Maintainer 40, Owner 50."""

    access_level: int
    created_at: Moment
    expires_at: Day | None
    membership_state: str


def member(member: Member) -> MemberEntity:
    return {
        **basic_user(member.user),
        "access_level": member.role,
        "created_at": moment(member.created_at),
        "expires_at": day(member.expires_at),
        "membership_state": "active",
    }
