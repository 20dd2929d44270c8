from django.test import Client

from accounts.models import User

PASSWORD = "correct horse battery"


def test_signing_in_leads_to_ones_projects(client: Client, alice: User) -> None:
    answer = client.post("/users/sign_in", {"username": "ALICE", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert b"Your projects" in answer.content


def test_signing_in_leads_back(client: Client, alice: User) -> None:
    where = {"username": "alice", "password": PASSWORD, "next": "/acme/fraud?x=1"}
    assert client.post("/users/sign_in", where)["Location"] == "/acme/fraud?x=1"


def test_signing_in_never_leads_to_another_site(client: Client, alice: User) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        where = {"username": "alice", "password": PASSWORD, "next": elsewhere}
        assert client.post("/users/sign_in", where)["Location"] == "/"
        client.post("/users/sign_out")


def test_a_wrong_password_is_answered_in_words(client: Client, alice: User) -> None:
    answer = client.post("/users/sign_in", {"username": "alice", "password": "wrong"})
    assert "That user name and password do not match." in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_blocked_user_cannot_sign_in(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    client.post("/users/sign_in", {"username": "alice", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_nul_in_the_form_is_no_failure(client: Client, alice: User) -> None:
    assert client.post("/users/sign_in", {"username": "a\x00", "password": "b\x00"}).status_code == 200


def test_signing_out_ends_the_session(page: Client) -> None:
    assert page.post("/users/sign_out")["Location"] == "/users/sign_in"
    assert page.get("/").status_code == 302


def test_a_link_cannot_sign_anybody_out(page: Client) -> None:
    assert page.get("/users/sign_out").status_code == 405
    assert page.get("/").status_code == 200
