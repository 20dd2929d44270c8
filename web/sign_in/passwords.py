"""Signing in with a name and a password, and what allauth says to people."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from accounts.services import users
from audit.services import events
from web.sign_in import throttle

TOO_MANY = ("too_many_login_attempts", "rate_limited")
# By the template in which allauth would look for its own words; it says nothing of the others.
SAID = {
    "account/messages/password_changed.txt": "Your password is changed. Your other sessions have ended.",
    "mfa/messages/totp_activated.txt": "The authenticator app is set up.",
    "mfa/messages/totp_deactivated.txt": "The authenticator app is removed.",
    "mfa/messages/webauthn_added.txt": "The security key is added.",
    "mfa/messages/webauthn_removed.txt": "The security key is removed.",
    "socialaccount/messages/account_connected.txt": "You can sign in with it from now on.",
    "socialaccount/messages/account_connected_updated.txt": "You can sign in with it from now on.",
    "socialaccount/messages/account_connected_other.txt": "It signs in somebody else here already.",
    "socialaccount/messages/account_disconnected.txt": "It no longer signs you in.",
    "usersessions/messages/sessions_logged_out.txt": "Your other sessions have ended.",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "That user name and password do not match.",
        "incorrect_password": "That is not your password.",
        "enter_current_password": "That is not your password.",
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts the attempt as failed until it has succeeded, so that many at once are no way around the limit."""
        super().pre_authenticate(request, **credentials)
        name = credentials.get("username", "").lower()
        self._anywhere = ratelimit.consume(
            request, app="allauth.account", action="login_failed_anywhere", key=f"anywhere:{name}"
        )
        if not self._anywhere:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        if self._anywhere:
            self._anywhere.rollback()

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Of one name from one address: who guesses somewhere else must not lock out whom the name belongs to."""
        return f"{credentials.get('username', '').lower()}@{ratelimit.get_ip(request)}"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """One row whoever it was. A name that nobody has is not written down: people mistake the fields."""
        found = User.objects.filter(username__iexact=credentials.get("username", ""), is_bot=False).first()
        events.record("sign_in_failed", target=found or "unknown user", details={"with": "password"})

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        if code in TOO_MANY:
            raise ImmediateHttpResponse(throttle.refused(self.request))
        refusal: ValidationError = super().validation_error(code, *args)
        return refusal

    def set_password(self, user: User, password: str) -> None:
        users.update(user, password=password)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return redirect("account_inactive")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return redirect("mfa_index").url

    def get_client_ip(self, request: HttpRequest) -> str:
        """As everywhere in the service; there is none behind a socket file."""
        return request.META.get("REMOTE_ADDR") or "::"

    def add_message(  # noqa: PLR0917 - allauth's own
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        if said := message or SAID.get(message_template or ""):
            messages.add_message(request, level, said, extra_tags=extra_tags)
