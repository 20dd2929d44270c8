"""Invite people by e-mail address to a project or group.

Who has an account with the address is a member at once. Everybody else gets a link: signed, so that junk costs no
query; used once; kept as a digest. Where no mail leaves this service the link is told to the inviter instead, and then
proves nothing about the address.
"""

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts import caller, deeds
from accounts.models import User
from accounts.services import users as accounts
from lib.errors import Conflict, Forbidden, InvalidInput, NotFound
from projects.models import Invitation, Member, Project
from projects.roles import Role
from projects.services import members, users
from projects.services.members import Where

logger = logging.getLogger(__name__)

SIGNER = Signer(salt="projects.invitation", sep=".")
GONE = "This invitation is no longer valid: it was used, withdrawn, renewed or has expired."
# Of one place, so that nobody writes to the whole world in its name.
MOST_PENDING = 200
# Backends that write mails down here, where those who are invited do not look.
NOT_SENDING = ("console", "dummy", "filebased")

TEXT = """{inviter} invites you to the {kind} “{name}” as {role}.

Accept here, until {until:%Y-%m-%d %H:%M} UTC: {link}

The link works once. If you did not expect this, ignore it.
"""


@dataclass(frozen=True)
class Invited:
    """Either a member already, or an invitation; its `link` where no mail has left, for the inviter alone."""

    member: Member | None = None
    invitation: Invitation | None = None
    link: str = ""


def invite(email: str, where: Where, role: int, *, by: User, expires_at: date | None = None) -> Invited:
    """InvalidInput for an impossible address or role; Conflict for who is a member, or invited, already."""
    email = _checked(email)
    members.check_role(role)
    if (person := accounts.of_email(email)) is not None:
        try:
            return Invited(member=members.add(person, where, role, expires_at=expires_at))
        except Conflict:
            raise Conflict("User already exists in source") from None
    with transaction.atomic():
        where.invitations.to(email).filter(valid_until__lte=timezone.now()).delete()
        if where.invitations.count() >= MOST_PENDING:
            raise Conflict(f"at most {MOST_PENDING} invitations may be pending")
        invitation = Invitation(email=email, role=role, expires_at=expires_at, created_by=by, **members.place(where))
        secret = _with_new_secret(invitation)
        _insert(invitation)
        _tell("invitation_created", invitation, access_level=role, expires_at=expires_at)
    return _sent(invitation, secret)


def renew(invitation: Invitation) -> Invited:
    """Another link for as long as a new one has; the one before no longer works."""
    with transaction.atomic():
        secret = _with_new_secret(invitation)
        if not Invitation.objects.filter(pk=invitation.pk).update(**_of_link(invitation)):
            raise NotFound(GONE)
        _tell("invitation_renewed", invitation)
    return _sent(invitation, secret)


def update(invitation: Invitation, **changes: Any) -> Invitation:
    """Another `role` or `expires_at`, for the same link."""
    members.check_role(changes.get("role", invitation.role))
    told = {
        {"role": "access_level"}.get(field, field): {"from": getattr(invitation, field), "to": value}
        for field, value in changes.items()
        if getattr(invitation, field) != value
    }
    if told:
        with transaction.atomic():
            for field, value in changes.items():
                setattr(invitation, field, value)
            invitation.save(update_fields=list(changes))
            _tell("invitation_updated", invitation, **told)
    return invitation


def revoke(invitation: Invitation) -> None:
    """The link no longer works. Doing it twice changes nothing."""
    with transaction.atomic():
        if Invitation.objects.filter(pk=invitation.pk).delete()[0]:
            _tell("invitation_revoked", invitation)


def find(secret: str) -> Invitation:
    """The invitation that the link leads to. NotFound when it can no longer be used."""
    try:
        digest = _digest(SIGNER.unsign(secret))
    except BadSignature:
        raise NotFound(GONE) from None
    found = Invitation.objects.valid().select_related("project__route", "namespace__route", "created_by")
    return found.find(GONE, digest=digest)


def accept(secret: str, user: User) -> Member:
    """The user is a member now, and the link is used up. Who was one before stays what they were."""
    with transaction.atomic():
        invitation = _used(secret)
        where = invitation.place
        _tell("invitation_accepted", invitation)
        try:
            return members.add(user, where, invitation.role, expires_at=invitation.expires_at)
        except Conflict:
            found: Member = where.members.get(user=user)
            return found


def make_accounts() -> bool:
    """Whether `join` is open."""
    return bool(settings.INVITATIONS_CREATE_ACCOUNTS and settings.PASSWORD_SIGN_IN)


def join(secret: str, *, username: str, password: str, name: str = "") -> User:
    """A new account, which is a member. Its address is the invitation's if the link was mailed there.

    Forbidden where invitations make no accounts; InvalidInput and AlreadyExists as `users.register`; Conflict when
    there is an account with the address, which may be blocked.
    """
    if not make_accounts():
        raise Forbidden("invitations make no accounts here: ask an administrator for one")
    with transaction.atomic():
        invitation = find(secret)
        email = invitation.email if invitation.mailed_at else ""
        if email and User.objects.filter(email__iexact=email, email_claimed=False).exists():
            raise Conflict("There is an account with this address already: sign in with it.")
        user = users.register(username, password=password, name=name, email=email)
        with caller.calling(user, ip=caller.current().ip):
            accept(secret, user)
    return user


def decline(secret: str) -> None:
    with transaction.atomic():
        _tell("invitation_declined", _used(secret))


def _used(secret: str) -> Invitation:
    """Deleted, so that of two who come at once with the same link one finds nothing."""
    invitation = find(secret)
    if not Invitation.objects.filter(pk=invitation.pk, digest=invitation.digest).delete()[0]:
        raise NotFound(GONE)
    return invitation


def _checked(email: str) -> str:
    try:
        validate_email(email)
    except ValidationError:
        raise InvalidInput("is invalid", field="email") from None
    if len(email) > 254:
        raise InvalidInput("is too long", field="email")
    return email


def _insert(invitation: Invitation) -> None:
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError:
        raise Conflict("Invite email has already been taken") from None


def _with_new_secret(invitation: Invitation) -> str:
    secret = get_random_string(32)
    invitation.digest = _digest(secret)
    invitation.valid_until = timezone.now() + timedelta(days=settings.INVITATION_DAYS)
    invitation.mailed_at = None
    return secret


def _of_link(invitation: Invitation) -> dict[str, Any]:
    return {field: getattr(invitation, field) for field in ("digest", "valid_until", "mailed_at")}


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _sent(invitation: Invitation, secret: str) -> Invited:
    """By mail; where that is not possible, with the link. Call it when the invitation is there to stay."""
    link = f"{settings.EXTERNAL_URL}/-/invites/{SIGNER.sign(secret)}"
    if not _mailed(invitation, link):
        return Invited(invitation=invitation, link=link)
    invitation.mailed_at = timezone.now()
    Invitation.objects.filter(pk=invitation.pk, digest=invitation.digest).update(mailed_at=invitation.mailed_at)
    return Invited(invitation=invitation)


def _mailed(invitation: Invitation, link: str) -> bool:
    if any(f".{name}." in settings.EMAIL_BACKEND for name in NOT_SENDING):
        return False
    place = invitation.place
    kind, name = "project" if isinstance(place, Project) else "group", " ".join(place.name.split())
    inviter = " ".join(invitation.created_by.name.split()) if invitation.created_by else "Somebody"
    told = {"inviter": inviter, "kind": kind, "name": name, "role": Role(invitation.role).label, "link": link}
    text = TEXT.format(**told, until=invitation.valid_until)
    try:
        return bool(send_mail(f"Invitation to {name}", text, settings.DEFAULT_FROM_EMAIL, [invitation.email]))
    except OSError:  # what SMTP refuses is one too
        logger.warning("an invitation could not be mailed", exc_info=True)
        return False


def _tell(action: str, invitation: Invitation, **details: Any) -> None:
    deeds.tell(action, target=invitation, details=details, **members.place(invitation.place))
