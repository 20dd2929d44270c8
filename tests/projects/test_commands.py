import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AccessToken, User
from accounts.services import tokens
from projects.models import Project
from projects.roles import Visibility


def run(*line: str) -> tuple[str, str]:
    """(stdout, stderr) of a command."""
    out, err = io.StringIO(), io.StringIO()
    call_command(*line, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue().strip()


def test_a_user_can_sign_in_with_the_password_that_was_generated(db: None) -> None:
    password, said = run("create_user", "ada", "--generate-password", "--email", "ada@example.org", "--name", "Ada L.")
    ada = User.objects.get(username="ada")
    assert ada.check_password(password)
    assert (ada.email, ada.name, ada.is_admin, ada.namespace.full_path) == ("ada@example.org", "Ada L.", False, "ada")
    assert said == "Created the user ada."


def test_a_password_can_come_through_standard_input(db: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse battery\n"))
    shown, _ = run("create_user", "ada", "--admin", "--password", "-")
    ada = User.objects.get(username="ada")
    assert (ada.check_password("correct horse battery"), ada.is_admin, shown) == (True, True, "")


def test_a_user_without_a_password_cannot_sign_in(db: None) -> None:
    _, said = run("create_user", "ada")
    assert not User.objects.get(username="ada").has_usable_password()
    assert "no password" in said


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (["a b"], "username: may contain only"),
        (["alice"], "username 'alice' has already been taken"),
        (["ALICE"], "has already been taken"),
        (["api"], "reserved"),
        (["acme"], "has already been taken"),
        (["ada", "--password", "123"], "password"),
        (["ada", "--email", "nobody"], "email"),
    ],
)
def test_a_user_that_cannot_be_is_refused_in_one_line(alice: Any, group: Any, line: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason) as refused:
        run("create_user", *line)
    assert "\n" not in str(refused.value)
    assert User.objects.count() == 1


def test_a_token_is_alone_on_stdout_and_works(alice: Any) -> None:
    secret, said = run("issue_token", "Alice", "--name", "laptop", "--scope", "read_api", "--scope", "write_models")
    token = AccessToken.objects.get()
    assert tokens.resolve(secret).token == token
    assert (token.name, token.scopes, token.user) == ("laptop", ["read_api", "write_models"], alice)
    assert "laptop" in said
    assert secret not in said


def test_a_token_may_end_on_a_day(alice: Any) -> None:
    day = timezone.now().date() + timedelta(days=30)
    run("issue_token", "alice", "--expires-at", day.isoformat())
    assert AccessToken.objects.get().expires_at == day


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (["nobody"], "there is no user 'nobody'"),
        (["alice", "--scope", "everything"], "scopes must be one or more of"),
        (["alice", "--expires-at", "2001-01-01"], "expires_at must be after"),
        (["alice", "--expires-at", "tomorrow"], "is not a date"),
        (["alice", "--name", ""], "name must have"),
    ],
)
def test_a_token_that_cannot_be_is_refused(alice: Any, line: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        run("issue_token", *line)
    assert not AccessToken.objects.exists()


def test_a_project_comes_with_the_groups_above_it(alice: Any, group: Any, settings: Any) -> None:
    uri, said = run("create_project", "acme/vision/faces", "--owner", "alice", "--visibility", "internal")
    made = Project.objects.get()
    assert (made.full_path, made.visibility) == ("acme/vision/faces", Visibility.INTERNAL)
    assert made.namespace.parent == group
    assert uri == f"{settings.EXTERNAL_URL}/api/v4/projects/{made.pk}/ml/mlflow"
    assert "acme/vision/faces" in said
    assert list(made.experiments.values_list("name", flat=True)) == ["Default"]


def test_a_project_of_a_users_own(alice: Any) -> None:
    run("create_project", "alice/mine", "--owner", "alice")
    assert Project.objects.get().namespace == alice.namespace


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (["lonely", "--owner", "alice"], "GROUP/PROJECT"),
        (["acme/fraud", "--owner", "alice"], "has already been taken"),
        (["acme/fraud/x", "--owner", "alice"], "path: has already been taken"),
        (["new/-", "--owner", "alice"], "path"),
        (["/x", "--owner", "alice"], "path"),
        (["acme/x", "--owner", "nobody"], "there is no user"),
        (["alice/sub/x", "--owner", "alice"], "parent must be a group"),
    ],
)
def test_a_project_that_cannot_be_leaves_nothing_behind(alice: Any, project: Any, line: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        run("create_project", *line)
    assert Project.objects.count() == 1


def test_the_shell_sees_one_line_and_a_failure(tmp_path: Path) -> None:
    """Also where no table exists yet."""
    manage = Path(__file__).resolve().parents[2] / "manage.py"
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(manage), "issue_token", "ada"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("CommandError: the database cannot be used")
    assert len(done.stderr.splitlines()) == 1
