"""To another provider, and back from there."""

from collections.abc import Callable

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.gitlab.views import GitLabOAuth2Adapter
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from lib.errors import NotFound
from web import gate, refusals
from web.sign_in.single_sign_on import OpenIdAdapter

View = Callable[[HttpRequest], HttpResponse]


@require_POST
@never_cache
def to_openid(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Goes to the OpenID provider to sign in there, or to connect it to the user that is signed in."""
    return _leave(request, OAuth2LoginView.adapter_view(OpenIdAdapter(request, provider_id)))


@require_GET
@never_cache
def from_openid(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the OpenID provider sends people back to."""
    return _answered(request, OAuth2CallbackView.adapter_view(OpenIdAdapter(request, provider_id)))


@require_POST
@never_cache
def to_gitlab(request: HttpRequest) -> HttpResponse:
    """Goes to GitLab to sign in there, or to connect it to the user that is signed in."""
    return _leave(request, OAuth2LoginView.adapter_view(GitLabOAuth2Adapter))


@require_GET
@never_cache
def from_gitlab(request: HttpRequest) -> HttpResponse:
    """Where GitLab sends people back to."""
    return _answered(request, OAuth2CallbackView.adapter_view(GitLabOAuth2Adapter))


def _leave(request: HttpRequest, view: View) -> HttpResponse:
    """A page that goes there: the answer to a form may not lead to another site, says our content policy."""
    if request.POST.get("process") == AuthProcess.CONNECT:
        gate.require(request)
        raise_if_reauthentication_required(request, app="allauth.socialaccount")
    answer = _answered(request, view)
    if answer.status_code != 302:
        return answer
    return render(request, "web/leaving.html", {"address": answer["Location"]})


def _answered(request: HttpRequest, view: View) -> HttpResponse:
    try:
        return view(request)
    except SocialApp.DoesNotExist:
        raise NotFound("There is no such provider") from None
    except (RequestException, KeyError, ValueError):
        return refusals.page(request, 503, "The provider does not answer as it should. Try again later.")
