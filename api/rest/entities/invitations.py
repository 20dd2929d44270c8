"""An invitation, in GitLab's words. Its link is in no answer: only the digest is kept."""

from typing import TypedDict

from api.rest.entities.moments import Day, Moment, day, moment
from projects.models import Invitation


class InvitationEntity(TypedDict):
    """One that nobody has accepted yet; `user_name` is always null, as nobody has an account."""

    id: int
    invite_email: str
    access_level: int
    created_at: Moment
    expires_at: Day | None
    user_name: None
    created_by_name: str | None


def invitation(invitation: Invitation) -> InvitationEntity:
    by = invitation.created_by
    return {
        "id": invitation.pk,
        "invite_email": invitation.email,
        "access_level": invitation.role,
        "created_at": moment(invitation.created_at),
        "expires_at": day(invitation.expires_at),
        "user_name": None,
        "created_by_name": by.name if by else None,
    }
