"""Account security: one's password, second factors, providers and sessions.

The protocols are allauth's views; what is done is told to the audit events in the same transaction. Before a factor
changes, who is signed in confirms that it is them.
"""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.views import PasswordChangeView, ReauthenticateView
from allauth.mfa.base.views import IndexView
from allauth.mfa.base.views import ReauthenticateView as MfaReauthenticateView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.views import ConnectionsView
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator

from audit.services import events
from lib.errors import NotFound
from web import gate
from web.sign_in import single_sign_on, two_factor
from web.sign_in.forms import AddKeyForm, ConfirmKeyForm
from web.views.sessions import kinds

SECURITY = reverse_lazy("mfa_index")
confirmed = method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")


class Overview(IndexView):  # type: ignore[misc]
    """One's password, second factors, other providers and sessions."""

    template_name = "web/security.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        accounts = list(SocialAccount.objects.filter(user=user).order_by("pk"))
        linked = {account.provider for account in accounts}
        providers = single_sign_on.offered()
        names = {provider["id"]: provider["name"] for provider in providers}
        sessions = UserSession.objects.purge_and_list(user)
        more = {
            "section": "security",
            "has_password": settings.PASSWORD_SIGN_IN and user.has_usable_password(),
            "missing": two_factor.is_missing(user),
            "accounts": [{"pk": one.pk, "name": names.get(one.provider, one.provider)} for one in accounts],
            "providers": [provider for provider in providers if provider["id"] not in linked],
            "sessions": sorted(sessions, key=lambda session: session.created_at, reverse=True),
        }
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | more


class ChangePassword(PasswordChangeView):  # type: ignore[misc]
    """A new password; one's other sessions end."""

    template_name = "web/password.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (settings.PASSWORD_SIGN_IN and gate.require(request).has_usable_password()):
            raise NotFound("There is no password to change")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


class ActivateApp(ActivateTOTPView):  # type: ignore[misc]
    """Sets up an authenticator app, by a QR code."""

    template_name = "web/authenticator_app.html"

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            _told(self.request, "two_factor_added", "authenticator app")
            answer: HttpResponse = super().form_valid(form)
        return answer


class RemoveApp(DeactivateTOTPView):  # type: ignore[misc]
    """Removes the authenticator app."""

    template_name = "web/authenticator_app_remove.html"

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            _told(self.request, "two_factor_removed", "authenticator app")
            answer: HttpResponse = super().form_valid(form)
        return answer


class AddKey(AddWebAuthnView):  # type: ignore[misc]
    """Adds a security key, a phone or this device as a second factor."""

    template_name = "web/security_key.html"
    form_class = AddKeyForm

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            _told(self.request, "two_factor_added", "security key", name=form.cleaned_data["name"])
            answer: HttpResponse = super().form_valid(form)
        return answer


class RenameKey(EditWebAuthnView):  # type: ignore[misc]
    """Gives a security key another name."""

    template_name = "web/security_key_rename.html"
    success_url = SECURITY


class RemoveKey(RemoveWebAuthnView):  # type: ignore[misc]
    """Removes a security key."""

    template_name = "web/security_key_remove.html"
    success_url = SECURITY

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            _told(self.request, "two_factor_removed", "security key", name=str(self.get_object()))
            answer: HttpResponse = super().form_valid(form)
        return answer


class RecoveryCodes(ViewRecoveryCodesView):  # type: ignore[misc]
    """The codes for when the second factor is lost, shown once."""

    template_name = "web/recovery_codes.html"


class NewRecoveryCodes(GenerateRecoveryCodesView):  # type: ignore[misc]
    """New recovery codes; the old ones no longer work."""

    template_name = "web/recovery_codes_new.html"

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            events.record("recovery_codes_created", target=self.request.user)
            answer: HttpResponse = super().form_valid(form)
        return answer


class ConfirmPassword(ReauthenticateView):  # type: ignore[misc]
    """Asks for the password again before something important."""

    template_name = "web/confirm_password.html"


class ConfirmCode(MfaReauthenticateView):  # type: ignore[misc]
    """Asks for a code before something important."""

    template_name = "web/confirm_code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"kinds": kinds(self.request.user)}


class ConfirmKey(ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Asks for a security key before something important."""

    template_name = "web/confirm_key.html"
    form_class = ConfirmKeyForm

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, "That key is none of yours.")
        return redirect(self.request.get_full_path())


class Providers(ConnectionsView):  # type: ignore[misc]
    """Parts with a provider, so that it no longer signs one in."""

    http_method_names = ["post"]
    success_url = SECURITY

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        for wrong in form.errors.values():
            messages.error(self.request, wrong[0])
        return redirect("mfa_index")


@confirmed
class OtherSessions(ListUserSessionsView):  # type: ignore[misc]
    """Ends one's sessions in other browsers."""

    http_method_names = ["post"]
    success_url = SECURITY

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            events.record("sessions_ended", target=self.request.user)
            answer: HttpResponse = super().form_valid(form)
        return answer


def _told(request: HttpRequest, action: str, factor: str, **more: str) -> None:
    events.record(action, target=gate.require(request), details={"factor": factor, **more})
