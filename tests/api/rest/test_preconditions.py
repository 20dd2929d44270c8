"""`If-Unmodified-Since` on deletions."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import time_machine

from accounts.models import AccessToken, User
from api.rest import urls
from projects.models import Member, Project
from projects.roles import Role
from projects.services import members
from tests.endpoints import offered

# Endpoints of GitLab's; what lies below `ml/` is ours, and what is not a thing has no time of its own.
CONDITIONAL = [
    one
    for one in offered(urls.urlpatterns)
    if one.method == "DELETE"
    if not any(part in one.address for part in ("/ml/", "allowlist", "package_files"))
]
LONG_AGO, SOON = "Sat, 01 Jan 2000 00:00:00 GMT", "Tue, 01 Jan 2999 00:00:00 GMT"


@pytest.mark.parametrize("asked", CONDITIONAL, ids=str)
def test_what_was_changed_since_is_not_deleted(furnished: Any, asked: Any) -> None:
    door = furnished.door(asked)
    address = asked.at(furnished.parts(asked))
    refused = door("DELETE", address, headers={"if-unmodified-since": LONG_AGO})
    assert (refused.status_code, refused.json()) == (412, {"message": "412 Precondition Failed"})
    answered = door("DELETE", address, headers={"if-unmodified-since": SOON})
    assert answered.status_code in (202, 204), "it is still there"


def since(moment: datetime) -> dict[str, str]:
    return {"if-unmodified-since": format_datetime(moment.astimezone(UTC), usegmt=True)}


def test_a_change_of_role_counts(rest: Any, project: Project, bob: User) -> None:
    looked_at = datetime.now(UTC) + timedelta(minutes=1)
    with time_machine.travel(looked_at + timedelta(minutes=1)):
        members.set_role(bob, project, Role.MAINTAINER)
        address = f"projects/{project.pk}/members/{bob.pk}"
        assert rest("DELETE", address, headers=since(looked_at)).status_code == 412
        assert Member.objects.get(user=bob, project=project).role == Role.MAINTAINER
        assert rest("DELETE", address, headers=since(looked_at + timedelta(minutes=1))).status_code == 204
    assert not Member.objects.filter(user=bob, project=project).exists()


def test_a_change_elsewhere_does_not(rest: Any, project: Project, other_project: Project, bob: User) -> None:
    looked_at = datetime.now(UTC) + timedelta(minutes=1)
    with time_machine.travel(looked_at + timedelta(minutes=1)):
        members.set_role(bob, other_project, Role.GUEST)
        address = f"projects/{project.pk}/members/{bob.pk}"
        assert rest("DELETE", address, headers=since(looked_at)).status_code == 204


@pytest.mark.parametrize("date", ["2000-01-01T00:00:00Z", "2000-01-01T00:00:00", LONG_AGO])
def test_dates_are_understood(rest: Any, date: str) -> None:
    assert rest("DELETE", "personal_access_tokens/self", headers={"if-unmodified-since": date}).status_code == 412


@pytest.mark.parametrize("odd", ["", "yesterday", "\xff", "99999-01-01T00:00Z", "Sat, 32 Jan 2000 99:00:00 GMT", "1e9"])
def test_what_is_no_date_counts_for_nothing(rest: Any, odd: str) -> None:
    assert rest("DELETE", "personal_access_tokens/self", headers={"if-unmodified-since": odd}).status_code == 204
    assert AccessToken.objects.active().count() == 0


def test_who_may_not_delete_learns_nothing_of_it(rest: Any, project: Project, charlie: User, dana: User) -> None:
    for user, status in ((charlie, 404), (dana, 403)):
        refused = rest.as_(user)("DELETE", f"projects/{project.pk}", headers={"if-unmodified-since": LONG_AGO})
        assert refused.status_code == status
