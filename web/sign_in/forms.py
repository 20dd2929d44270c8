"""What is typed to sign in and up. The templates name the fields; here is what they must hold."""

import struct
from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.models import User
from lib.errors import Refusal
from projects.services import users


class SignInForm(LoginForm):  # type: ignore[misc]
    """allauth calls the first field `login`; in the page it is `username`, as password managers expect."""

    def add_prefix(self, field_name: str) -> str:
        return "username" if field_name == "login" else field_name


# What reading a security key's answer can end in, when it is none.
UNREADABLE = (AttributeError, LookupError, TypeError, ValueError, struct.error)
NO_KEY = "That security key's answer cannot be read."


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except UNREADABLE:
            raise forms.ValidationError(NO_KEY) from None
        return cleaned


class _CarefulKeyForm:
    """Before the form of allauth's, for what it would fail at."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except UNREADABLE:
            raise forms.ValidationError(NO_KEY) from None


class KeyForm(_CarefulKeyForm, AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class ConfirmKeyForm(_CarefulKeyForm, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class SignUpForm(forms.Form):
    username = forms.CharField(max_length=255)
    name = forms.CharField(max_length=255, required=False)
    email = forms.EmailField(required=False)
    password = forms.CharField(max_length=4096, strip=False)
    created: User

    def clean(self) -> dict[str, Any]:
        """The user is made here, as only the service knows which names are free."""
        told = dict(self.cleaned_data)
        if not self.errors:
            self._check_password(told)
        if not self.errors:
            try:
                self.created = users.create(told.pop("username"), **told, email_claimed=True)
            except Refusal as refusal:
                self.add_error("username" if refusal.field != "email" else "email", refusal.message)
        return self.cleaned_data

    def _check_password(self, told: dict[str, Any]) -> None:
        like = User(username=told["username"], name=told["name"], email=told["email"])
        try:
            validate_password(told["password"], like)
        except forms.ValidationError as wrong:
            self.add_error("password", wrong)
