"""Who has which role in a project or group. https://docs.gitlab.com/api/members/"""

from datetime import date, datetime
from typing import Any, Literal, NotRequired, TypedDict

from django.db.models import Q, QuerySet
from msgspec import UNSET, Struct, UnsetType

from accounts.models import User
from api import parsing
from api.fields import Int64
from api.rest import pages
from api.rest.endpoint import Nothing, RestEndpoint, for_both, number
from api.rest.entities.members import MemberEntity
from api.rest.entities.members import member as entity
from audit.services import events
from lib.errors import InvalidInput, NotFound, Refusal
from projects import policy
from projects.models import Member, Project
from projects.roles import Ability, GroupAbility
from projects.services import members

MISSING, NO_USER = "404 Not found", "404 User Not Found"


def of(endpoint: RestEndpoint, *, inherited: bool = False) -> QuerySet[Member]:
    """The current ones."""
    place, found = endpoint.place, Member.objects.current().people().select_related("user")
    if not inherited:
        return found.in_place(place)
    every = found.of_place(project=place) if isinstance(place, Project) else found.of_place(group=place)
    return found.filter(pk__in=_highest(every))


def _highest(every: QuerySet[Member]) -> list[int]:
    """Of each user the membership that counts."""
    ranked = every.order_by("role", "pk").values_list("user_id", "pk")
    return list(dict(ranked).values())


class _Listing(pages.Paged):
    query: str = ""
    user_ids: list[Int64] = []


class _ListMembers(RestEndpoint, abstract=True):
    method = "GET"
    Params = _Listing
    inherited = False

    def handle(self, p: _Listing) -> pages.Page[MemberEntity]:
        found = of(self, inherited=self.inherited)
        if p.query:
            found = found.filter(Q(user__username__icontains=p.query) | Q(user__name__icontains=p.query))
        if p.user_ids:
            found = found.filter(user__in=p.user_ids)
        return pages.answer(self.request, p, found.order_by("pk"), entity)


class _ListAllMembers(_ListMembers, abstract=True):
    """With those of the groups above; of each user the membership that counts."""

    inherited = True


class _One(RestEndpoint, abstract=True):
    inherited = False
    member: Member

    def find(self, **captured: str) -> dict[str, str]:
        user = number(captured.pop("user"), MISSING)
        found = of(self, inherited=self.inherited).filter(user=user).first()
        if found is None:
            raise NotFound(MISSING)
        self.member = found
        return captured


class _GetMember(_One, abstract=True):
    method = "GET"

    def handle(self, p: Nothing) -> MemberEntity:
        return entity(self.member)


class _GetMemberOfAll(_GetMember, abstract=True):
    inherited = True


class Additions(TypedDict):
    """For several at once. `message` says by username who was not added, and why."""

    status: Literal["success", "error"]
    message: NotRequired[dict[str, str]]


class _AddMember(RestEndpoint, abstract=True):
    """By `user_id` (several with commas) or `username`."""

    method = "POST"

    class Params(Struct, kw_only=True):
        access_level: Int64
        user_id: str | int | None = None
        username: str = ""
        expires_at: date | None = None

    def handle(self, p: Params) -> MemberEntity | Additions:
        people = _people(p.user_id, p.username)
        policy.need_own_role(self.place, p.access_level)
        if len(people) == 1:
            return entity(members.add(people[0], self.place, p.access_level, expires_at=p.expires_at))
        refused = {}
        for user in people:
            try:
                members.add(user, self.place, p.access_level, expires_at=p.expires_at)
            except Refusal as refusal:
                refused[user.username] = refusal.message
        return {"status": "error", "message": refused} if refused else {"status": "success"}


def _people(user_id: str | int | None, username: str) -> list[User]:
    if bool(username) == (user_id is not None and user_id != ""):
        raise InvalidInput("exactly one is needed", field="user_id, username", code=parsing.MISSING)
    given = (username or str(user_id)).split(",")[:100]
    return [person(one.strip(), by_name=bool(username)) for one in given]


def person(reference: str, *, by_name: bool = False) -> User:
    """By id, or by name. NotFound when there is nobody."""
    where: dict[str, Any] = {"username__iexact": reference} if by_name else {"pk": number(reference, NO_USER)}
    found = User.objects.filter(**where, is_bot=False).first()
    if found is None:
        raise NotFound(NO_USER)
    return found


class _UpdateMember(_One, abstract=True):
    method = "PUT"

    class Params(Struct, kw_only=True):
        access_level: Int64
        expires_at: date | UnsetType = UNSET

    def handle(self, p: Params) -> MemberEntity:
        policy.need_own_role(self.place, max(p.access_level, self.member.role))
        expires_at = self.member.expires_at if p.expires_at is UNSET else p.expires_at
        member = members.set_role(self.member.user, self.place, p.access_level, expires_at=expires_at)
        return entity(member)


class _RemoveMember(_One, abstract=True):
    """Oneself anybody, others only who manages members."""

    method = "DELETE"

    def changed_at(self, **captured: str) -> datetime:
        place = {"project": self.project} if self.ability else {"namespace": self.group}
        return events.last_of(self.member.user, **place) or self.member.created_at

    def handle(self, p: Nothing) -> None:
        if self.member.user != self.identity.user:
            policy.need(self.place, Ability.ADMIN_MEMBERS if self.ability else GroupAbility.ADMIN_GROUP)
        policy.need_own_role(self.place, self.member.role)
        members.remove(self.member.user, self.place)


LIST = for_both(_ListMembers, Ability.READ_MEMBERS, GroupAbility.READ_GROUP)
LIST_ALL = for_both(_ListAllMembers, Ability.READ_MEMBERS, GroupAbility.READ_GROUP)
GET = for_both(_GetMember, Ability.READ_MEMBERS, GroupAbility.READ_GROUP)
GET_FROM_ALL = for_both(_GetMemberOfAll, Ability.READ_MEMBERS, GroupAbility.READ_GROUP)
ADD = for_both(_AddMember, Ability.ADMIN_MEMBERS, GroupAbility.ADMIN_GROUP)
UPDATE = for_both(_UpdateMember, Ability.ADMIN_MEMBERS, GroupAbility.ADMIN_GROUP)
REMOVE = for_both(_RemoveMember, Ability.LEAVE_PROJECT, GroupAbility.LEAVE_GROUP)
