"""The tokens of a place: each has a bot of its own, whose name says where it belongs."""

from django.db.models import F

from accounts.models import AccessToken, TokenKind
from accounts.models.token import AccessTokenQuerySet
from projects.models import Namespace, Project


def name(place: Project | Namespace, kind: TokenKind) -> str:
    """How the bots' names begin there."""
    where = "project" if isinstance(place, Project) else "group"
    return f"deploy_{where}_{place.pk}_bot" if kind == TokenKind.DEPLOY else f"{where}_{place.pk}_bot"


def kind_of(place: Project | Namespace) -> TokenKind:
    return TokenKind.PROJECT if isinstance(place, Project) else TokenKind.GROUP


def tokens(place: Project | Namespace, kind: TokenKind | None = None) -> AccessTokenQuerySet:
    """With the `role` of their bots; None for one that was revoked, whose bot is a member no longer."""
    kind = kind or kind_of(place)
    found = AccessToken.objects.filter(kind=kind, user__username__startswith=f"{name(place, kind)}_")
    return found.select_related("user").annotate(role=F("user__memberships__role"))
