"""Tells people by mail of tokens that will stop working within a week; of each token once."""

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from accounts.models import AccessToken, TokenKind, User
from projects.models import Member
from projects.roles import Role

TEXT = """The {kind} “{name}” (…{hint}) stops working on {expires_at}.

Rotate it before that day: {address}
"""


def tell() -> int:
    """How many tokens somebody was told of. A token whose people have no address is not asked for again either."""
    told = 0
    for token in (
        AccessToken.objects.expiring().filter(expiry_told_at=None, user__is_active=True).select_related("user")
    ):
        # First come, first served: several workers may be at it.
        if AccessToken.objects.filter(pk=token.pk, expiry_told_at=None).update(expiry_told_at=timezone.now()):
            told += bool(_send(token))
    return told


def _send(token: AccessToken) -> int:
    addresses = sorted({user.email for user in _people(token) if user.email})
    if not addresses:
        return 0
    text = TEXT.format(
        kind=TokenKind(token.kind).label.lower(),
        name=token.name,
        hint=token.hint,
        expires_at=token.expires_at,
        address=f"{settings.EXTERNAL_URL}/-/user_settings/personal_access_tokens",
    )
    return send_mail("An access token expires soon", text, settings.DEFAULT_FROM_EMAIL, addresses, fail_silently=True)


def _people(token: AccessToken) -> list[User]:
    """The token's user, or for a bot those who manage the place that it is a member of."""
    if not token.user.is_bot:
        return [token.user]
    place = Member.objects.filter(user=token.user).first()
    if place is None:
        return []
    managers = Member.objects.current().filter(role__gte=Role.MAINTAINER, user__is_active=True, user__is_bot=False)
    here = (
        managers.filter(project=place.project_id) if place.project_id else managers.filter(namespace=place.namespace_id)
    )
    return [member.user for member in here.select_related("user")]
