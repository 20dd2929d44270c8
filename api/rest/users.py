"""The caller, other people, and the service they talk to. https://docs.gitlab.com/api/users/"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, TypedDict

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.crypto import get_random_string
from msgspec import Struct

from accounts.models import User
from accounts.services import users as accounts
from api import parsing
from api.rest import moments, pages
from api.rest.endpoint import Nothing, RestEndpoint, number
from api.rest.entities import users as entities
from audit.services import events
from lib.errors import AlreadyExists, Conflict, Forbidden, InvalidInput, NotFound
from projects.models import Member
from projects.roles import Visibility
from projects.services import users

# What administrators see, or others.
ShownUser = entities.CurrentUser | entities.BasicUser

READ = ("api", "read_api", "read_user")
MISSING = "404 User Not Found"


class GetUser(RestEndpoint):
    """Who am I? https://docs.gitlab.com/api/users/#retrieve-the-current-user"""

    method = "GET"
    scopes = READ

    def handle(self, p: Nothing) -> entities.CurrentUser:
        return entities.current_user(self.identity.user)


class Version(TypedDict):
    version: str
    revision: str


class Kas(TypedDict):
    """GitLab's agent for Kubernetes, which does not exist here."""

    enabled: bool
    externalUrl: str | None
    externalK8sProxyUrl: str | None
    version: str | None


class Metadata(Version):
    kas: Kas
    enterprise: bool


class GetServerVersion(RestEndpoint):
    """Which version is this? https://docs.gitlab.com/api/version/"""

    method = "GET"
    scopes = READ

    def handle(self, p: Nothing) -> Version:
        return {"version": settings.VERSION, "revision": settings.REVISION}


class GetMetadata(RestEndpoint):
    """The same and more. https://docs.gitlab.com/api/metadata/"""

    method = "GET"
    scopes = READ

    def handle(self, p: Nothing) -> Metadata:
        kas: Kas = {"enabled": False, "externalUrl": None, "externalK8sProxyUrl": None, "version": None}
        return {"version": settings.VERSION, "revision": settings.REVISION, "kas": kas, "enterprise": False}


class ListUsers(RestEndpoint):
    """Everybody for administrators; others see those with whom they share a place, and find any by username.

    Who shows no token finds by username those who have a role in something public.
    """

    method = "GET"
    scopes = READ
    anonymous = True

    class Params(pages.Paged):
        username: str = ""
        search: str = ""
        active: bool = False
        blocked: bool = False
        admins: bool = False
        humans: bool = False
        without_project_bots: bool = False
        created_after: str | None = None
        created_before: str | None = None
        order_by: Literal["id", "name", "username", "created_at"] = "id"
        sort: Literal["asc", "desc"] = "desc"

    def handle(self, p: Params) -> pages.Page[ShownUser]:
        caller = self.visitor.user if self.visitor else None
        if caller is None and not p.username:
            raise Forbidden("Not authorized to access /api/v4/users")
        found = known_to(caller)
        if p.username:
            among = found if caller is None or caller.is_admin else User.objects.filter(is_bot=False)
            found = among.filter(username__iexact=p.username)
        sign = "-" if p.sort == "desc" else ""
        rows = _matching(found, p, caller).order_by(f"{sign}{p.order_by}", f"{sign}pk")
        return pages.answer(self.request, p, rows, shown_to(caller))


def _matching(found: QuerySet[User], p: ListUsers.Params, caller: User | None) -> QuerySet[User]:
    is_admin = caller is not None and caller.is_admin
    if p.search:
        mail = Q(email__iexact=p.search) if is_admin else Q()
        found = found.filter(Q(username__icontains=p.search) | Q(name__icontains=p.search) | mail)
    if p.active or p.blocked:
        found = found.filter(is_active=p.active)
    if p.admins and is_admin:
        found = found.filter(is_admin=True)
    if p.humans or p.without_project_bots:
        found = found.filter(is_bot=False)
    return moments.between(found, "created_at", p.created_after, p.created_before, of="created")


def known_to(caller: User | None) -> QuerySet[User]:
    """People who have a role in something that the caller may see; their bots to members alone."""
    if caller is not None and caller.is_admin:
        return User.objects.prefetch_related("authenticator_set")
    open_to = Member.objects.in_open(Visibility.INTERNAL if caller else Visibility.PUBLIC)
    shown = Q(is_bot=False, is_active=True, pk__in=open_to.values("user"))
    if caller is None:
        return User.objects.filter(shown)
    return User.objects.filter(shown | Q(pk=caller.pk) | Q(pk__in=Member.objects.beside(caller).values("user")))


def shown_to(caller: User | None) -> Callable[[User], ShownUser]:
    return entities.current_user if caller is not None and caller.is_admin else entities.basic_user


def find_user(reference: str, known: QuerySet[User] | None = None) -> User:
    found = (User.objects.all() if known is None else known).filter(pk=number(reference, MISSING)).first()
    if found is None:
        raise NotFound(MISSING)
    return found


class _OneUser(RestEndpoint, abstract=True):
    user: User

    def find(self, **captured: str) -> dict[str, str]:
        self.user = find_user(captured.pop("user"), known_to(self.identity.user))
        return captured


class GetUserById(_OneUser):
    method = "GET"
    scopes = READ

    def handle(self, p: Nothing) -> ShownUser:
        return shown_to(self.identity.user)(self.user)


class CreateUser(RestEndpoint):
    """By an administrator. `force_random_password` makes one that nobody knows."""

    method = "POST"
    scopes = ("api",)
    admin = True

    class Params(Struct, kw_only=True):
        username: str
        name: str
        email: str
        password: str = ""
        admin: bool = False
        force_random_password: bool = False
        reset_password: bool = False

    def handle(self, p: Params) -> entities.CurrentUser:
        if not (p.password or p.force_random_password or p.reset_password):
            wanted = "password, reset_password, force_random_password"
            raise InvalidInput("one of them is needed", field=wanted, code=parsing.MISSING)
        if p.password:
            accounts.check_password(p.password, p.username)
        password = p.password or get_random_string(40)
        try:
            user = users.create(p.username, password=password, name=p.name, email=p.email, is_admin=p.admin)
        except AlreadyExists:
            raise Conflict("Username has already been taken") from None
        return entities.current_user(user)


class UpdateUser(_OneUser):
    method = "PUT"
    scopes = ("api",)
    admin = True

    class Params(Struct, kw_only=True):
        name: str | None = None
        email: str | None = None
        password: str | None = None
        admin: bool | None = None

    def handle(self, p: Params) -> entities.CurrentUser:
        wanted: dict[str, Any] = {"name": p.name, "email": p.email, "is_admin": p.admin}
        if p.password is not None:
            accounts.check_password(p.password, self.user.username)
            wanted["password"] = p.password
        if p.admin is False and self.user == self.identity.user:
            raise Forbidden("you cannot take your own rank")
        return entities.current_user(
            accounts.update(self.user, **{field: value for field, value in wanted.items() if value is not None})
        )


class DeleteUser(_OneUser):
    method = "DELETE"
    scopes = ("api",)
    admin = True

    def changed_at(self, **captured: str) -> datetime:
        return events.last_of(self.user) or self.user.created_at

    def handle(self, p: Nothing) -> None:
        if self.user == self.identity.user:
            raise Forbidden("you cannot delete yourself")
        users.delete(self.user)


class BlockUser(_OneUser):
    """They can neither sign in nor call with a token, from the next request on."""

    method = "POST"
    scopes = ("api",)
    admin = True

    def handle(self, p: Nothing) -> bool:
        if self.user == self.identity.user:
            raise Forbidden("you cannot block yourself")
        return bool(accounts.block(User.objects.filter(pk=self.user.pk)))


class UnblockUser(_OneUser):
    method = "POST"
    scopes = ("api",)
    admin = True

    def handle(self, p: Nothing) -> bool:
        if self.user.is_active:
            raise Forbidden("the user is not blocked")
        return bool(accounts.unblock(User.objects.filter(pk=self.user.pk)))
