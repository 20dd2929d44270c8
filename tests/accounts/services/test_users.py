import pytest

from accounts.models import User
from accounts.services import users
from lib.errors import AlreadyExists, InvalidInput


@pytest.mark.parametrize("username", ["ada", "Ada.Lovelace", "a", "_", "a-b_c.d", "0", "9lives", "a" * 255])
def test_a_name_that_can_stand_in_a_url(db: None, username: str) -> None:
    assert users.create(username).username == username


@pytest.mark.parametrize("username", ["", " ", "a b", "-a", ".a", "a.", "a/b", "é", "a\n", "a\x00", "a" * 256, "@a"])
def test_a_name_that_cannot(db: None, username: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        users.create(username)
    assert refused.value.field == "username"
    assert not User.objects.exists()


def test_a_name_is_taken_whatever_its_case(db: None) -> None:
    users.create("Ada")
    with pytest.raises(AlreadyExists, match="taken"):
        users.create("aDA")
    assert User.objects.get_by_natural_key("ADA").username == "Ada"


def test_a_user_without_a_password_has_none_that_works(db: None) -> None:
    assert not users.create("ada").check_password("")


def test_only_administrators_may_enter_the_administration(db: None) -> None:
    user, root = users.create("ada"), users.create("root", is_admin=True)
    assert (user.is_staff, user.has_perm("x"), user.has_module_perms("x")) == (False, False, False)
    assert (root.is_staff, root.has_perm("x"), root.has_module_perms("x")) == (True, True, True)
    root.is_active = False
    assert not root.has_perm("x")
