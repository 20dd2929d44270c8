"""Invitations by e-mail address to a project or group. https://docs.gitlab.com/api/invitations/"""

from datetime import date, datetime
from typing import Any, Literal, NotRequired, TypedDict

from msgspec import UNSET, Struct, UnsetType

from api import parsing
from api.fields import Int64
from api.rest import members as people
from api.rest import pages
from api.rest.endpoint import Nothing, RestEndpoint, for_both
from api.rest.entities.invitations import InvitationEntity
from api.rest.entities.invitations import invitation as entity
from api.rest.entities.moments import Day, day
from lib.errors import InvalidInput, NotFound, Refusal
from projects import policy
from projects.models import Invitation
from projects.roles import Ability, GroupAbility
from projects.services import invitations, members

MISSING = "404 Not found"
MOST_AT_ONCE = 100


class _ListInvitations(RestEndpoint, abstract=True):
    """Those that nobody has accepted yet."""

    method = "GET"

    class Params(pages.Paged):
        query: str = ""

    def handle(self, p: Params) -> pages.Page[InvitationEntity]:
        found = self.place.invitations.select_related("created_by").order_by("pk")
        return pages.answer(self.request, p, found.filter(email__icontains=p.query) if p.query else found, entity)


class Invited(TypedDict):
    """`message` says by address or id who was not invited, and why."""

    status: Literal["success", "error"]
    message: NotRequired[dict[str, str]]
    invite_links: NotRequired[dict[str, str]]


class _CreateInvitations(RestEndpoint, abstract=True):
    """By `email`, or by `user_id` who has an account; several with commas. What was refused is told for each.

    Where no mail leaves this service, `invite_links` has the link of each address for the caller to pass on.
    """

    method = "POST"

    class Params(Struct, kw_only=True):
        access_level: Int64
        email: str | list[str] = ""
        user_id: str | int | list[Int64] | None = None
        expires_at: date | None = None

    def handle(self, p: Params) -> Invited:
        emails, ids = _several(p.email), _several(p.user_id)
        if not emails and not ids:
            raise InvalidInput("one is needed", field="email, user_id", code=parsing.MISSING)
        if len(emails) + len(ids) > MOST_AT_ONCE:
            raise InvalidInput(f"Too many users specified (limit is {MOST_AT_ONCE})")
        members.check_role(p.access_level)
        policy.need_own_role(self.place, p.access_level)
        refused, links = self._invited(emails, p)
        refused |= self._added(ids, p)
        told: Invited = {"status": "error", "message": refused} if refused else {"status": "success"}
        if links:
            told["invite_links"] = links
        return told

    def _invited(self, emails: list[str], p: Params) -> tuple[dict[str, str], dict[str, str]]:
        refused: dict[str, str] = {}
        links: dict[str, str] = {}
        for email in emails:
            try:
                made = invitations.invite(
                    email, self.place, p.access_level, by=self.identity.user, expires_at=p.expires_at
                )
            except Refusal as refusal:
                refused[email] = f"Invite email {refusal.message}" if refusal.field else refusal.message
            else:
                links |= {email: made.link} if made.link else {}
        return refused, links

    def _added(self, ids: list[str], p: Params) -> dict[str, str]:
        refused = {}
        for reference in ids:
            try:
                user = people.person(reference)
                members.add(user, self.place, p.access_level, expires_at=p.expires_at)
            except Refusal as refusal:
                refused[reference] = refusal.message
        return refused


def _several(given: str | int | list[Any] | None) -> list[str]:
    listed = given if isinstance(given, list) else str("" if given is None else given).split(",")
    return list(dict.fromkeys(str(one).strip() for one in listed if str(one).strip()))


class _One(RestEndpoint, abstract=True):
    invitation: Invitation

    def changed_at(self, **captured: str) -> datetime:
        return self.invitation.created_at

    def find(self, **captured: str) -> dict[str, str]:
        found = self.place.invitations.to(captured.pop("email")).first()
        if found is None:
            raise NotFound(MISSING)
        self.invitation = found
        return captured


class Changed(TypedDict):
    access_level: int
    expires_at: Day | None


class _UpdateInvitation(_One, abstract=True):
    method = "PUT"

    class Params(Struct, kw_only=True):
        access_level: Int64 | UnsetType = UNSET
        expires_at: date | UnsetType | None = UNSET

    def handle(self, p: Params) -> Changed:
        wanted = {"role": p.access_level, "expires_at": p.expires_at}
        changes: dict[str, Any] = {field: value for field, value in wanted.items() if value is not UNSET}
        policy.need_own_role(self.place, max(self.invitation.role, changes.get("role", 0)))
        changed = invitations.update(self.invitation, **changes)
        return {"access_level": changed.role, "expires_at": day(changed.expires_at)}


class _RevokeInvitation(_One, abstract=True):
    method = "DELETE"

    def handle(self, p: Nothing) -> None:
        policy.need_own_role(self.place, self.invitation.role)
        invitations.revoke(self.invitation)


LIST = for_both(_ListInvitations, Ability.ADMIN_MEMBERS, GroupAbility.ADMIN_GROUP)
CREATE = for_both(_CreateInvitations, Ability.ADMIN_MEMBERS, GroupAbility.ADMIN_GROUP)
UPDATE = for_both(_UpdateInvitation, Ability.ADMIN_MEMBERS, GroupAbility.ADMIN_GROUP)
REVOKE = for_both(_RevokeInvitation, Ability.ADMIN_MEMBERS, GroupAbility.ADMIN_GROUP)
