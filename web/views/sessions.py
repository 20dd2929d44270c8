"""Sign in, with a second factor where there is one, sign up where that is allowed, and sign out."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.logout import logout
from allauth.account.models import Login
from allauth.account.views import LoginView
from allauth.core import ratelimit
from allauth.mfa.base.views import AuthenticateView
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from audit.services import events
from lib.errors import Forbidden, NotFound
from web import gate, refusals
from web.sign_in import single_sign_on, throttle
from web.sign_in.forms import KeyForm, SignInForm, SignUpForm


class SignIn(LoginView):  # type: ignore[misc]
    """Sign in with a name and a password, or go to another provider for it."""

    template_name = "web/sign_in.html"
    form_class = SignInForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.PASSWORD_SIGN_IN:
            raise Forbidden("Passwords sign nobody in here. Use one of the other ways.")
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        more = {
            "next": self.request.POST.get(REDIRECT_FIELD_NAME) or self.request.GET.get(REDIRECT_FIELD_NAME, ""),
            "passwords": settings.PASSWORD_SIGN_IN,
            "providers": single_sign_on.offered(),
            "sign_up": settings.SIGN_UP and settings.PASSWORD_SIGN_IN,
        }
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | more


class SecondFactor(AuthenticateView):  # type: ignore[misc]
    """The second step of signing in: a code, or a security key."""

    template_name = "web/second_factor.html"
    webauthn_form_class = KeyForm

    def form_invalid(self, form: Any) -> HttpResponse:
        events.record("sign_in_failed", target=self.stage.login.user, details={"with": "second factor"})
        answer: HttpResponse = super().form_invalid(form)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"kinds": kinds(self.stage.login.user)}


def kinds(user: Any) -> set[str]:
    """What of `totp`, `recovery_codes` and `webauthn` the user has."""
    return set(user.authenticator_set.values_list("type", flat=True))


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    """Makes a user of whoever wants to be one, if the administrator allows it."""
    if not (settings.SIGN_UP and settings.PASSWORD_SIGN_IN):
        raise NotFound("Sign-up is closed")
    if gate.identity(request):
        return redirect("home")
    if not ratelimit.consume(request, action="signup"):
        return throttle.refused(request)
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "web/sign_up.html", {"form": form}, status=400 if form.is_bound else 200)
    answer: HttpResponse = perform_password_login(request, {}, Login(user=form.created))
    return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """By POST alone: a link or image on another site must not sign anybody out."""
    logout(request, show_message=False)
    return redirect("sign-in")


def blocked(request: HttpRequest) -> HttpResponse:
    """What a blocked user is told, after the right password or by way of a provider."""
    return refusals.page(request, 403, "This account is blocked. Ask your administrator.")


def to_administration(request: HttpRequest) -> HttpResponseBase:
    """Where Django's administration sends those whom it does not know: to the same door as everybody."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    back = wanted if safe else reverse("admin:index")
    caller = gate.identity(request)
    if caller is None:
        return redirect(f"{reverse('sign-in')}?{urlencode({REDIRECT_FIELD_NAME: back})}")
    if not caller.user.is_admin:
        raise Forbidden("The administration is for administrators.")
    return redirect(back)


def to_password(request: HttpRequest) -> HttpResponseBase:
    """Django's administration has a page for one's own password: it is changed where everybody's is."""
    return redirect("account_change_password")
