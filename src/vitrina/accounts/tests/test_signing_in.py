"""Signing in, its growing delay, the first password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts.first_admin import create_first_admin
from vitrina.accounts.login_delay import FREE_TRIES, LONGEST, delay_after
from vitrina.accounts.models import AuditEntry, SignInCount, User

pytestmark = pytest.mark.django_db


@given(st.integers(min_value=0, max_value=10_000))
def test_the_delay_only_grows_and_never_passes_its_bound(failures: int) -> None:
    assert timedelta(0) <= delay_after(failures) <= delay_after(failures + 1) <= LONGEST


def wrong(client: Client, name: str = "alice") -> int:
    return client.post("/login/", {"name": name, "password": "wrong"}).status_code


def test_a_right_password_opens_the_page_that_was_asked_for(alice: User, client: Client) -> None:
    assert client.get("/products/?q=hat").headers["Location"] == "/login/?next=/products/%3Fq%3Dhat"
    answer = client.post("/login/?next=/products/%3Fq%3Dhat", {"name": "alice", "password": "alice-password"})
    assert answer.headers["Location"] == "/products/?q=hat"
    assert AuditEntry.objects.get(action="account.sign_in").user == alice


def test_nobody_is_sent_to_another_host_after_signing_in(alice: User, client: Client) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example", "https:evil.example", "javascript:alert(1)"):
        answer = client.post("/login/", {"name": "alice", "password": "alice-password", "next": elsewhere})
        assert answer.headers["Location"] == "/"
        client.logout()


def test_after_four_wrong_tries_the_door_stays_shut_for_a_while_even_for_the_right_password(
    alice: User, client: Client
) -> None:
    assert [wrong(client) for _ in range(FREE_TRIES + 1)] == [401] * (FREE_TRIES + 1)
    answer = client.post("/login/", {"name": "ALICE", "password": "alice-password"})
    assert answer.status_code == 429
    assert "_auth_user_id" not in client.session

    SignInCount.objects.update(opens_at=timezone.now() - timedelta(seconds=1))
    assert client.post("/login/", {"name": "alice", "password": "alice-password"}).status_code == 302
    assert not SignInCount.objects.filter(account="alice").exists()


def test_a_name_that_does_not_exist_is_answered_and_slowed_down_alike(alice: User, client: Client) -> None:
    known = [wrong(client) for _ in range(FREE_TRIES + 2)]
    unknown = [wrong(client, "nobody-here") for _ in range(FREE_TRIES + 2)]
    assert known == unknown
    said = client.post("/login/", {"name": "somebody", "password": "x"}).content
    assert b"somebody" not in said.replace(b'value="somebody"', b"")


def test_one_account_being_guessed_at_does_not_shut_another(alice: User, bob: User, client: Client) -> None:
    for _ in range(FREE_TRIES + 2):
        wrong(client)
    assert client.post("/login/", {"name": "bob", "password": "bob-password"}).status_code == 302


def test_the_first_admin_is_made_once_and_must_choose_a_password(db: None, client: Client) -> None:
    made = create_first_admin()
    assert made is not None
    assert create_first_admin() is None

    client.post("/login/", {"name": made.name, "password": made.password})
    assert client.get("/products/").headers["Location"] == "/password/"
    assert client.get("/admin/").headers["Location"] == "/password/"
    assert client.post("/password/", {"new_password1": "short", "new_password2": "short"}).status_code == 422
    own = {"new_password1": "a-window-full-of-hats", "new_password2": "a-window-full-of-hats"}
    assert client.post("/password/", own).headers["Location"] == "/"
    assert client.get("/products/").status_code == 200
    client.logout()
    assert client.post("/login/", {"name": made.name, "password": made.password}).status_code == 401


def test_no_first_admin_is_made_beside_another_superuser(db: None) -> None:
    factories.user("chief", is_superuser=True)
    assert create_first_admin() is None
    assert User.objects.count() == 1


def test_a_fragment_is_never_the_sign_in_page(db: None, client: Client) -> None:
    answer = client.get(
        "/products/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/products/?q=a"}
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login/?next=%2Fproducts%2F%3Fq%3Da"


def test_the_language_is_kept_with_the_person(alice: User, client: Client) -> None:
    client.force_login(alice)
    client.post("/language/", {"language": "en", "next": "/products/"})
    assert "Products" in client.get("/products/").content.decode()
    client.post("/language/", {"language": "tlh"})
    assert User.objects.get(pk=alice.pk).language == "en"
    other_browser = Client()
    other_browser.post("/login/", {"name": "alice", "password": "alice-password"})
    assert "Products" in other_browser.get("/products/").content.decode()
