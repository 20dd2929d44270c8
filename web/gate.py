"""From a browser's session to an identity and a project: the only way a page gets at either.

    @project_page(Ability.READ_EXPERIMENTS)
    def index(request: HttpRequest, project: Project) -> HttpResponse: ...

Who is not signed in is asked to, wherever they may not look: for them a private project and none are the same.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.identity import Identity
from accounts.models import User
from lib.errors import Forbidden, NotFound, Unauthenticated
from projects import policy
from projects.models import Project
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
            return page(request, authorize(request, ability, project, feature), **captured)

        view.ability = ability  # type: ignore[attr-defined]
        return view

    return guarded


def group_page(ability: GroupAbility) -> Callable[[Page], Page]:
    """The page gets the group in place of the path in its address, if its visitor has the ability there."""

    def guarded(page: Page) -> Page:
        @wraps(page)
        def view(request: HttpRequest, group: str, **captured: Any) -> HttpResponseBase:
            caller = Identity(require(request))
            return page(request, policy.authorize_group(caller, ability, group), **captured)

        view.ability = ability  # type: ignore[attr-defined]
        return view

    return guarded


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
