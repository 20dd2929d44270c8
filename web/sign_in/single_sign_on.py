"""Signing in by another provider: an OpenID provider or a GitLab, named by settings alone.

Whom the provider sends is known by its name for them, which never changes (`sub`, GitLab's id), and by nothing else. An
e-mail address is a claim: it leads to a user who is here already only if the administrator has said so and the provider
says that it is verified.
"""

import re
from typing import Any, NoReturn

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from audit.services import events
from lib.errors import AlreadyExists, InvalidInput
from projects.services import users
from web import refusals

MOST_NAMES = 100
CLOSED = "You have no account here yet. Ask your administrator for one."
TAKEN = (
    "There is an account with your e-mail address here already. Sign in to it and connect it under Account security, "
    "or ask your administrator."
)
# allauth tells of these by mail; they are audit events here.
TOLD = {
    "socialaccount/email/account_connected": "identity_linked",
    "socialaccount/email/account_disconnected": "identity_unlinked",
}


class OpenIdAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Asks for the signed token, checks its signature, and that both answers are about the same person."""

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("The provider sent no id_token")
        try:
            return super().complete_login(request, app, token, **kwargs)
        except (KeyError, TypeError, ValueError) as wrong:
            raise OAuth2Error("The provider's answer cannot be read") from wrong

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """allauth leaves the signature out when the token came over TLS from the provider itself, which is allowed."""
        config = self.openid_config
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=config["jwks_uri"],
            issuer=config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return claims


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "disconnect_last": "It is your only way to sign in.",
        "no_password": "It is your only way to sign in.",
    }

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> NoReturn:
        if error == AuthError.CANCELLED:
            _answer(request, 403, f"You have not signed in: {provider.name} was told not to.")
        _answer(request, 403, f"Signing in with {provider.name} did not work. Try again from the sign-in page.")

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        _same_subject(request, sociallogin)
        if sociallogin.is_existing:
            return
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            self._connect(request, sociallogin)
            return
        holders = _holders(sociallogin)
        if settings.SSO_LINK_BY_EMAIL and len(holders) == 1 and _verified(sociallogin):
            with transaction.atomic():
                sociallogin.connect(request, holders[0])
        elif not settings.SSO_SIGN_UP:
            _answer(request, 403, CLOSED)
        elif holders:
            _answer(request, 403, TAKEN)

    def _connect(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """In one transaction with its event. Who confirmed their identity too long ago allauth asks to do it again."""
        if not is_reauthentication_required(request, app="allauth.socialaccount"):
            with transaction.atomic():
                sociallogin.connect(request, request.user)

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("mfa_index")

    def validate_disconnect(self, account: Any, accounts: Any) -> None:
        if not settings.PASSWORD_SIGN_IN and len(accounts) == 1:
            raise self.validation_error("disconnect_last")

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return bool(settings.SSO_SIGN_UP)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Whom the provider sends for the first time: a user with a namespace, as anywhere else they are made."""
        with transaction.atomic():
            user = _create(sociallogin)
            sociallogin.connect(request, user)
        return user

    def send_notification_mail(self, template_prefix: str, user: User, context: Any = None, **more: Any) -> None:
        if action := TOLD.get(template_prefix):
            account = (context or {})["account"]
            events.record(action, target=user, by=user, details={"provider": account.provider, "uid": account.uid})


def offered() -> list[dict[str, str]]:
    """The providers that settings name: what each is called, and where signing in with it begins."""
    return [
        {"name": app["name"], "id": app.get("provider_id", kind), "start": _start(kind, app)}
        for kind, configured in settings.SIGN_IN_PROVIDERS.items()
        for app in configured["APPS"]
    ]


def _start(kind: str, app: dict[str, Any]) -> str:
    return reverse(f"{kind}_login", kwargs={"provider_id": app["provider_id"]} if "provider_id" in app else None)


def _answer(request: HttpRequest, status: int, message: str) -> NoReturn:
    raise ImmediateHttpResponse(refusals.page(request, status, message))


def _same_subject(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """OpenID Connect Core, 5.3.2: what userinfo says is for the subject of the signed token, or for nobody."""
    said = sociallogin.account.extra_data
    if "id_token" in said and said["id_token"].get("sub") != said.get("userinfo", said["id_token"]).get("sub"):
        _answer(request, 403, "The provider has answered about two different people.")


def _claims(sociallogin: SocialLogin) -> dict[str, Any]:
    said: dict[str, Any] = sociallogin.account.extra_data
    return said.get("userinfo") or said.get("id_token") or said


def _verified(sociallogin: SocialLogin) -> bool:
    """Some providers say it as a text, of which "false" would count as true. GitLab says when it was confirmed."""
    claims = _claims(sociallogin)
    return claims.get("email_verified") in (True, "true") or bool(claims.get("confirmed_at"))


def _email(sociallogin: SocialLogin) -> str:
    return str(_claims(sociallogin).get("email") or "")


def _kept_email(sociallogin: SocialLogin) -> str:
    """What is not verified is not kept: it could be somebody else's, who would be linked to this user later."""
    email = _email(sociallogin) if _verified(sociallogin) else ""
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email


def _holders(sociallogin: SocialLogin) -> list[User]:
    """Who has that address here; two are enough to know that it names nobody."""
    email = _email(sociallogin)
    return list(User.objects.filter(email__iexact=email, is_bot=False)[:2]) if email else []


def _create(sociallogin: SocialLogin) -> User:
    claims = _claims(sociallogin)
    wanted = str(claims.get("preferred_username") or claims.get("username") or _email(sociallogin) or "user")
    fields = {"name": str(claims.get("name") or wanted)[:255], "email": _kept_email(sociallogin)}
    for name in _names(wanted):
        try:
            return users.create(name, **fields)
        except (AlreadyExists, InvalidInput):
            continue
    raise AlreadyExists(f"no user name like {wanted!r} is free")


def _names(wanted: str) -> list[str]:
    """`wanted` as it can stand in a URL, and with a number when others have it or it is a reserved word."""
    plain = re.sub(r"[^A-Za-z0-9_.\-]+", "-", wanted.partition("@")[0])[:200].strip("-.") or "user"
    return [plain, *(f"{plain}{number}" for number in range(1, MOST_NAMES))]
