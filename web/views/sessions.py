"""Sign in and out."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "That user name and password do not match.",
        "inactive": "This account is blocked. Ask your administrator.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs |= {"class": "form-control"}
        self.fields["password"].widget.attrs |= {"class": "form-control"}


class SignIn(LoginView):
    template_name = "web/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """By POST alone: a link or image on another site must not sign anybody out."""
