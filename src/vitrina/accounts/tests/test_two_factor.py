"""The second factor: switching on and off, the second step of signing in, recovery codes, replay, throttling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts import two_factor
from vitrina.accounts.models import AuditEntry, RecoveryCode, Seller, SignInCount, TwoFactor, User
from vitrina.accounts.roles import Role
from vitrina.accounts.security_views import SECRET_IN_MAKING
from vitrina.accounts.two_factor_codes import (
    STEP_SECONDS,
    code_at,
    digest,
    folded,
    new_recovery_codes,
    new_secret,
    step_of,
)

pytestmark = pytest.mark.django_db
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238's test vectors


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(SECRET, seconds // STEP_SECONDS) == code
    assert step_of(code, SECRET, seconds) == seconds // STEP_SECONDS


@given(st.integers(min_value=10, max_value=10**9), st.integers(min_value=-3, max_value=3))
def test_a_code_holds_for_its_own_step_and_one_around_it(step: int, off: int) -> None:
    found = step_of(code_at(SECRET, step + off), SECRET, step * STEP_SECONDS + 7)
    assert found is not None if abs(off) <= 1 else found is None or abs(found - step) <= 1
    if found is not None:
        assert step_of(code_at(SECRET, found), SECRET, step * STEP_SECONDS + 7, after=step + 1) is None


@given(st.text(max_size=80))
def test_junk_is_no_code(text: str) -> None:
    if not (len(text) == 6 and text.isascii() and text.isdigit()):
        assert step_of(text, SECRET, 1e9) is None
    assert len(digest(folded(text))) == 64


def test_recovery_codes_are_ten_and_read_however_they_are_typed() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert all(len(folded(code)) == 16 for code in codes)
    assert digest(codes[0]) == digest(codes[0].upper().replace("-", " "))


def now_step() -> int:
    return int(timezone.now().timestamp()) // STEP_SECONDS


def switched_on(person: User) -> list[str]:
    codes = two_factor.switch_on(person, SECRET, code_at(SECRET, now_step()))
    assert codes is not None
    TwoFactor.objects.update(last_step=0)  # as if some time had passed since
    return codes


def half_way(client: Client) -> Any:
    return client.post("/login/?next=/products/", {"name": "alice", "password": "alice-password"})


def give(client: Client, code: str) -> Any:
    return client.post("/login/code?next=/products/", {"code": code})


def test_signing_in_asks_for_the_code_in_a_second_step(alice: User, client: Client) -> None:
    switched_on(alice)
    answer = half_way(client)
    assert answer.headers["Location"] == "/login/code?next=%2Fproducts%2F"
    assert client.get("/products/").status_code == 302
    assert "_auth_user_id" not in client.session
    assert not AuditEntry.objects.filter(action="account.sign_in").exists()

    assert give(client, "000000" if code_at(SECRET, now_step()) != "000000" else "111111").status_code == 401
    assert give(client, code_at(SECRET, now_step())).headers["Location"] == "/products/"
    assert client.get("/products/").status_code == 200
    assert AuditEntry.objects.get(action="account.sign_in").after == {"second_factor": "app"}


def test_a_code_opens_once(alice: User) -> None:
    switched_on(alice)
    code = code_at(SECRET, now_step())
    first, second = Client(), Client()
    half_way(first)
    half_way(second)
    assert give(first, code).status_code == 302
    assert give(second, code).status_code == 401
    assert give(second, code_at(SECRET, now_step() - 1)).status_code == 401


def test_a_recovery_code_opens_once_and_stands_nowhere_in_the_database(alice: User, client: Client) -> None:
    codes = switched_on(alice)
    assert not {folded(code) for code in codes} & {
        str(row) for row in RecoveryCode.objects.values_list("digest")
    }
    half_way(client)
    assert give(client, codes[3].upper()).status_code == 302
    assert "9" in client.get("/products/").content.decode()
    assert two_factor.codes_left(alice) == 9
    other = Client()
    half_way(other)
    assert give(other, codes[3]).status_code == 401


def test_guessing_codes_is_slowed_down_and_no_code_is_looked_at_meanwhile(
    alice: User, client: Client
) -> None:
    codes = switched_on(alice)
    half_way(client)
    assert [give(client, "no-such-code").status_code for _ in range(5)] == [401] * 5
    assert give(client, codes[0]).status_code == 429
    assert two_factor.codes_left(alice) == 10
    SignInCount.objects.update(opens_at=timezone.now())
    assert give(client, codes[0]).status_code == 302


def test_the_half_way_ends_after_ten_minutes_and_with_another_password(alice: User, client: Client) -> None:
    switched_on(alice)
    half_way(client)
    session = client.session
    session["half_way"] = session["half_way"] | {"at": timezone.now().timestamp() - 601}
    session.save()
    assert give(client, code_at(SECRET, now_step())).headers["Location"].startswith("/login/?")

    half_way(client)
    alice.set_password("another-password-of-hers")
    alice.save()
    assert give(client, code_at(SECRET, now_step())).headers["Location"].startswith("/login/?")
    assert TwoFactor.objects.get().last_step == 0


def entered(client: Client, name: str = "alice") -> None:
    assert client.post("/login/", {"name": name, "password": f"{name}-password"}).status_code == 302


def test_switching_on_shows_the_codes_once_and_a_wrong_code_switches_nothing_on(
    alice: User, client: Client
) -> None:
    entered(client)
    page = client.get("/settings/security/two-factor")
    secret = client.session[SECRET_IN_MAKING]
    assert page.context["secret"].replace(" ", "") == secret
    assert b"<svg" in page.content
    assert client.post("/settings/security/two-factor", {"code": "12345"}).status_code == 422
    assert not TwoFactor.objects.exists()
    assert client.session[SECRET_IN_MAKING] == secret

    answer = client.post("/settings/security/two-factor", {"code": code_at(secret, now_step())})
    shown = answer.context["codes"]
    assert len(shown) == 10
    assert all(code.encode() in answer.content for code in shown)
    assert shown[0].encode() not in client.get("/settings/security/").content
    assert AuditEntry.objects.filter(action="account.two_factor_on", user=alice).count() == 1
    assert secret not in str(list(AuditEntry.objects.values()))


def test_switching_off_needs_password_and_code(alice: User, client: Client) -> None:
    client.force_login(alice)
    codes = switched_on(alice)
    off = "/settings/security/two-factor/off"
    assert client.post(off, {"password": "wrong", "code": codes[0]}).status_code == 422
    assert client.post(off, {"password": "alice-password", "code": "wrong"}).status_code == 422
    assert two_factor.is_on(alice)
    assert client.post(off, {"password": "alice-password", "code": codes[0]}).status_code == 302
    assert not two_factor.is_on(alice)
    assert not RecoveryCode.objects.exists()
    assert AuditEntry.objects.filter(action="account.two_factor_off").count() == 1


def test_new_recovery_codes_end_the_old_ones(alice: User, client: Client) -> None:
    entered(client)
    old = switched_on(alice)
    new = client.post("/settings/security/recovery-codes").context["codes"]
    assert not set(old) & set(new)
    assert isinstance(two_factor.check(alice, old[0]), two_factor.Refusal)
    assert two_factor.check(alice, new[0]) == "recovery"


def test_an_installation_can_ask_its_admins_for_it(
    settings: Any, seller: Seller, alice: User, bob: User
) -> None:
    settings.ADMINS_NEED_TWO_FACTOR = True
    moderator, admin = Client(), Client()
    moderator.force_login(bob)
    assert moderator.get("/products/").status_code == 200
    entered(admin)
    assert admin.get("/products/").headers["Location"] == "/settings/security/two-factor"
    assert admin.get("/settings/security/two-factor").status_code == 200
    switched_on(alice)
    assert admin.get("/products/").status_code == 200
    chief = Client()
    chief.force_login(factories.user("chief", seller=seller, role=Role.READ_ONLY, is_superuser=True))
    assert chief.get("/products/").headers["Location"] == "/settings/security/two-factor"


def test_a_secret_is_of_160_bits() -> None:
    assert len(new_secret()) == 32
    assert new_secret() != new_secret()


def test_the_wait_after_wrong_codes_ends_with_time(alice: User) -> None:
    switched_on(alice)
    for _ in range(5):
        two_factor.check(alice, "wrong")
    refusal = two_factor.check(alice, code_at(SECRET, now_step()))
    assert isinstance(refusal, two_factor.Refusal)
    assert refusal.opens_at is not None
    assert timedelta(0) < refusal.opens_at - timezone.now() <= timedelta(seconds=2)


def test_the_secret_is_sealed_and_survives_a_new_secret_of_the_installation(
    alice: User, settings: Any
) -> None:
    codes = switched_on(alice)
    sealed = TwoFactor.objects.get().sealed_secret
    assert SECRET not in sealed
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert two_factor.check(alice, code_at(SECRET, now_step())) == "app"
    assert TwoFactor.objects.get().sealed_secret != sealed

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a third", []
    assert isinstance(two_factor.check(alice, code_at(SECRET, now_step() + 1)), two_factor.Refusal)
    assert two_factor.check(alice, codes[0]) == "recovery"
