"""From a browser's session to an identity and a project: the only way a page gets at either.

    @project_page(Ability.READ_EXPERIMENTS)
    def index(request: HttpRequest, project: Project) -> HttpResponse: ...

Who is not signed in is asked to, wherever they may not look: for them a private project and none are the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.identity import Identity
from accounts.models import User
from lib.errors import Forbidden, NotFound, Unauthenticated
from projects import policy
from projects.models import Namespace, Project
from projects.roles import Ability, Feature, GroupAbility

Page = Callable[..., HttpResponseBase]


def identity(request: HttpRequest) -> Identity | None:
    """Whoever is signed in with the session; None for an anonymous visitor."""
    return Identity(request.user) if isinstance(request.user, User) else None


def require(request: HttpRequest) -> User:
    """The user that is signed in."""
    return caller(request).user


def caller(request: HttpRequest) -> Identity:
    """The same as services of the registry want it."""
    found = identity(request)
    if found is None:
        raise Unauthenticated("Sign in to see this page.")
    return found


def authorize(request: HttpRequest, ability: Ability, project: str, feature: Feature | None = None) -> Project:
    caller = identity(request)
    try:
        return policy.authorize(caller, ability, project, feature=feature)
    except (NotFound, Forbidden):
        if caller is None:
            raise Unauthenticated("Sign in to see this page.") from None
        raise


def project_page(ability: Ability, feature: Feature | None = None) -> Callable[[Page], Page]:
    """The page gets the project in place of the path in its address, if its visitor has the ability there.

    `feature` names the switch it hangs on where that is not the ability's own.
    """

    def guarded(page: Page) -> Page:
        @wraps(page)
        def view(request: HttpRequest, project: str, **captured: Any) -> HttpResponseBase:
            found = authorize(request, ability, project, feature)
            return _moved(request, found, project) or page(request, found, **captured)

        view.ability = ability  # type: ignore[attr-defined]
        return view

    return guarded


def group_page(ability: GroupAbility) -> Callable[[Page], Page]:
    """The page gets the group in place of the path in its address, if its visitor has the ability there."""

    def guarded(page: Page) -> Page:
        @wraps(page)
        def view(request: HttpRequest, group: str, **captured: Any) -> HttpResponseBase:
            found = policy.authorize_group(Identity(require(request)), ability, group)
            return _moved(request, found, group) or page(request, found, **captured)

        view.ability = ability  # type: ignore[attr-defined]
        return view

    return guarded


@dataclass(frozen=True)
class Pair:
    """A page that projects and groups have alike, at the address of each."""

    of_project: Page
    of_group: Page


READS_AND_FORM = ("GET", "HEAD", "POST")


def place_page(ability: Ability, group_ability: GroupAbility, *methods: str) -> Callable[[Page], Pair]:
    """The page gets the project or group in place of the path in its address. It takes these methods, else POST."""
    taking = require_http_methods(methods or ("POST",))

    def guarded(page: Page) -> Pair:
        return Pair(taking(project_page(ability)(page)), taking(group_page(group_ability)(page)))

    return guarded


def _moved(request: HttpRequest, found: Project | Namespace, address: str) -> HttpResponseBase | None:
    """On to the present address, for who looks at a former one. A form that was open meanwhile is taken as it is."""
    if request.method not in ("GET", "HEAD") or not policy.has_moved(found, address):
        return None
    above, _, below = request.get_full_path().partition(f"/{address}")
    answer = HttpResponsePermanentRedirect(f"{above}/{found.full_path}{below}")
    answer["Cache-Control"] = "no-store"  # somebody else may take the path
    return answer


def own_page(page: Page) -> Page:
    """The page is about the user that is signed in, and gets them."""

    @wraps(page)
    def view(request: HttpRequest, **captured: Any) -> HttpResponseBase:
        return page(request, require(request), **captured)

    view.ability = "own"  # type: ignore[attr-defined]
    return view


def own_view(view: Page) -> Page:
    """The same for a view of allauth's, which looks itself for who is signed in. What it shows no cache keeps."""
    uncached = never_cache(view)

    @wraps(view)
    def guarded(request: HttpRequest, **captured: Any) -> HttpResponseBase:
        require(request)
        return uncached(request, **captured)

    guarded.ability = "own"  # type: ignore[attr-defined]
    return guarded
