"""Open sessions, the password once more before dangerous things, limits by address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from vitrina.accounts.addresses import block_of
from vitrina.accounts.device_names import device_name
from vitrina.accounts.login_delay import FREE_TRIES, FREE_TRIES_OF_AN_ADDRESS
from vitrina.accounts.models import AuditEntry, BrowserSession, SignInCount, User
from vitrina.accounts.proving import PROVED_AT

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
YANDEX = "Mozilla/5.0 (Linux; arm_64; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 YaBrowser/24.7.1 Mobile Safari/537.36"


def browser(agent: str = FIREFOX, name: str = "alice", address: str = "203.0.113.7") -> Client:
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    assert client.post("/login/", {"name": name, "password": f"{name}-password"}).status_code == 302
    return client


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        (PHONE, "Safari, iPhone"),
        (YANDEX, "Yandex Browser, Android"),
        ("", ""),
        ("x" * 9000, ""),
    ],
)
def test_a_browser_is_named_by_its_family(agent: str, name: str) -> None:
    assert device_name(agent) == name


@given(st.text(max_size=300))
def test_no_user_agent_breaks_the_naming(agent: str) -> None:
    assert len(device_name(agent)) <= 80


@given(st.ip_addresses())
def test_an_address_belongs_to_the_same_block_however_it_is_written(address: Any) -> None:
    assert block_of(str(address)) == block_of(address.exploded)


def test_a_person_sees_their_sessions_and_ends_one(alice: User, bob: User) -> None:
    here, phone = browser(), browser(PHONE, address="2001:db8::5")
    words = here.get("/settings/security/").content.decode()
    assert "Firefox, Windows" in words
    assert "Safari, iPhone" in words
    assert "2001:db8::5" in words
    other = BrowserSession.objects.get(device="Safari, iPhone")

    stranger = browser(name="bob")
    assert stranger.post(f"/settings/security/sessions/{other.pk}/ending").status_code == 404
    assert phone.get("/products/").status_code == 200
    assert here.post(f"/settings/security/sessions/{other.pk}/ending").status_code == 302
    assert phone.get("/products/").headers["Location"].startswith("/login/")
    assert here.get("/products/").status_code == 200
    assert AuditEntry.objects.get(action="account.session_end").before == {"device": "Safari, iPhone"}


def test_all_others_are_ended_at_once(alice: User, bob: User) -> None:
    here, second, third, stranger = browser(), browser(), browser(PHONE), browser(name="bob")
    here.post("/settings/security/sessions/others/ending")
    assert [c.get("/products/").status_code for c in (here, second, third, stranger)] == [200, 302, 302, 200]


def test_a_new_password_ends_the_other_sessions_and_turns_the_key_of_this_one(alice: User) -> None:
    here, other = browser(), browser(PHONE)
    key = here.session.session_key
    change = {"old": "alice-password", "new": "a-window-full-of-hats", "again": "a-window-full-of-hats"}
    assert here.post("/settings/security/password", change | {"old": "wrong"}).status_code == 422
    assert here.post("/settings/security/password", change | {"again": "other"}).status_code == 422
    assert (
        here.post("/settings/security/password", change | {"new": "short", "again": "short"}).status_code
        == 422
    )
    assert other.get("/products/").status_code == 200

    assert here.post("/settings/security/password", change).status_code == 302
    assert here.get("/products/").status_code == 200
    assert other.get("/products/").status_code == 302
    assert here.session.session_key != key
    assert [session.session_key for session in BrowserSession.objects.all()] == [here.session.session_key]


def test_the_session_is_a_new_one_after_signing_in(alice: User) -> None:
    client = Client()
    client.post("/language/", {"language": "ru"})
    session = client.session
    session["planted"] = "yes"
    session.save()
    before = session.session_key
    client.post("/login/", {"name": "alice", "password": "alice-password"})
    assert client.session.session_key != before


def test_signing_out_takes_the_session_off_the_list(alice: User) -> None:
    here = browser()
    here.post("/logout/")
    assert not BrowserSession.objects.exists()


def test_last_seen_is_written_at_most_every_five_minutes(alice: User, django_assert_num_queries: Any) -> None:
    here = browser()
    here.get("/settings/")
    BrowserSession.objects.update(seen_at=timezone.now() - timedelta(days=1))
    here.get("/settings/")
    assert BrowserSession.objects.get().seen_at < timezone.now() - timedelta(hours=1)
    session = here.session
    session["seen_at"] = timezone.now().timestamp() - 400
    session.save()
    here.get("/settings/")
    assert BrowserSession.objects.get().seen_at > timezone.now() - timedelta(hours=1)


def test_a_dangerous_page_asks_for_the_password_after_fifteen_minutes(alice: User) -> None:
    here = browser()
    page = "/settings/security/two-factor"
    assert here.get(page).status_code == 200
    session = here.session
    session[PROVED_AT] = timezone.now().timestamp() - 16 * 60
    session.save()
    asked = here.get(page).headers["Location"]
    assert asked == "/confirmation/?next=%2Fsettings%2Fsecurity%2Ftwo-factor"
    assert here.post(asked, {"password": "wrong"}).status_code == 401
    assert here.get(page).status_code == 302
    assert here.post(asked, {"password": "alice-password"}).headers["Location"] == page
    assert here.get(page).status_code == 200


def test_what_was_sent_too_late_is_not_done_and_says_so(alice: User) -> None:
    here = Client()
    here.force_login(alice)
    answer = here.post(
        "/settings/security/two-factor",
        {"code": "123456"},
        headers={"Referer": "http://testserver/settings/security/two-factor"},
    )
    assert answer.headers["Location"] == "/confirmation/?next=%2Fsettings%2Fsecurity%2Ftwo-factor"
    assert len(here.get(answer.headers["Location"]).context["messages"]) == 1
    strange = here.post("/settings/security/two-factor", headers={"Referer": "https://evil.example/x"})
    assert strange.headers["Location"] == "/confirmation/?next=%2Fsettings%2F"


def wrong(name: str, address: str, **more: Any) -> int:
    return (
        Client(REMOTE_ADDR=address, **more).post("/login/", {"name": name, "password": "wrong"}).status_code
    )


def test_one_address_guessing_at_many_names_is_slowed_down_and_others_are_not(alice: User) -> None:
    said = [wrong(f"name-{number}", "203.0.113.7") for number in range(FREE_TRIES_OF_AN_ADDRESS + 2)]
    assert said[:-1] == [401] * (FREE_TRIES_OF_AN_ADDRESS + 1)
    assert said[-1] == 429
    assert wrong("alice", "203.0.113.7") == 429
    assert wrong("alice", "203.0.113.8") == 401
    browser(address="203.0.113.8")


def test_a_neighbour_who_signs_in_does_not_wipe_the_count_of_their_address(alice: User) -> None:
    for number in range(10):
        wrong(f"name-{number}", "203.0.113.7")
    browser(address="203.0.113.7")
    assert SignInCount.objects.get(account="ADDRESS 203.0.113.7").failures == 10
    assert not SignInCount.objects.filter(account="alice").exists()


def test_a_name_cannot_count_against_an_address(alice: User) -> None:
    for _ in range(FREE_TRIES + 2):
        wrong("ADDRESS 203.0.113.7", "203.0.113.9")
    browser(address="203.0.113.7")


def test_behind_a_proxy_the_last_address_counts(alice: User, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    client = Client(headers={"X-Forwarded-For": "1.2.3.4, 198.51.100.9"}, REMOTE_ADDR="10.0.0.1")
    client.post("/login/", {"name": "alice", "password": "alice-password"})
    assert BrowserSession.objects.get().address == "198.51.100.9"


def test_without_a_proxy_nobody_chooses_their_address(alice: User) -> None:
    client = Client(headers={"X-Forwarded-For": "1.2.3.4"}, REMOTE_ADDR="203.0.113.7")
    client.post("/login/", {"name": "alice", "password": "alice-password"})
    assert BrowserSession.objects.get().address == "203.0.113.7"
