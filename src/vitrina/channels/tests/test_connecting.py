"""Credentials go in and never come out; who connected what stands in the audit log, without them."""

from __future__ import annotations

from typing import Any

import pytest

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.channels import connecting, opening
from vitrina.channels.connecting import LONGEST, ConnectedAlready, CredentialsWrong
from vitrina.channels.errors import CredentialsRefused
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.channels.platforms import Platform
from vitrina.channels.probing import PROBE
from vitrina.channels.tests.conftest import GIVEN, TOKEN
from vitrina.jobs.models import Job
from vitrina.lib import resealing

pytestmark = pytest.mark.django_db

OTHER = {"shop": "777", "token": "another-key-of-small-market-8"}


def stored() -> str:
    """All that the database holds of connections, their audit and their jobs."""
    return str(
        [
            list(model.objects.values())  # type: ignore[attr-defined]
            for model in (Connection, AuditEntry, Job)
        ]
    )


def test_credentials_are_kept_sealed_and_shown_by_their_ending(connection: Connection) -> None:
    connection.refresh_from_db()
    assert opening.credentials_of(connection) == GIVEN
    assert connection.shown == {"shop": "12345", "token": "…7302"}
    assert TOKEN not in stored()
    assert connection.is_on
    assert Job.objects.get(kind=PROBE).payload == {"connection": connection.pk}


def test_a_short_secret_shows_nothing(market: Platform, seller: Seller) -> None:
    made = connecting.connect(seller, market, {"shop": "1", "token": "short-key"}, by=None)
    assert made.shown == {"shop": "1", "token": "…"}


@pytest.mark.parametrize(
    "token",
    [
        "",
        "   ",
        "two words",
        "line\r\nX-Evil: 1",
        "ключ",
        "tab\tinside",
        "x" * (LONGEST + 1),
        "\x00",
        "a\u200bb",
    ],
)
def test_what_can_not_go_into_a_header_is_refused_by_field(
    token: str, market: Platform, seller: Seller
) -> None:
    with pytest.raises(CredentialsWrong) as wrong:
        connecting.connect(seller, market, {"shop": "1", "token": token}, by=None)
    assert list(wrong.value.errors) == ["token"]
    assert not Connection.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_scheme_may_stand_before_a_token_that_goes_out_with_one() -> None:
    wildberries = PLATFORMS["wildberries"]
    assert connecting.checked(wildberries, {"token": " Bearer abc.def.ghi "}) == {
        "token": "Bearer abc.def.ghi"
    }
    for token in ("Bearer two words", "Bearer Bearer abc", "Basic abc"):
        with pytest.raises(CredentialsWrong):
            connecting.checked(wildberries, {"token": token})
    with pytest.raises(CredentialsWrong):
        connecting.checked(PLATFORMS["ozon"], {"client_id": "1", "api_key": "Bearer abc"})


def test_the_length_is_named_with_its_limit(market: Platform) -> None:
    with pytest.raises(CredentialsWrong, match=f"{LONGEST + 1}.*{LONGEST}"):
        connecting.checked(market, {"shop": "1", "token": "x" * (LONGEST + 1)})
    assert connecting.checked(market, {"shop": " 1 ", "token": "x" * LONGEST})["shop"] == "1"


def test_a_seller_is_connected_to_a_marketplace_once(
    connection: Connection, market: Platform, seller: Seller, other_seller: Seller
) -> None:
    with pytest.raises(ConnectedAlready):
        connecting.connect(seller, market, OTHER, by=None)
    assert opening.credentials_of(Connection.objects.get()) == GIVEN
    connecting.connect(other_seller, market, OTHER, by=None)
    assert Connection.objects.count() == 2


def test_new_credentials_take_the_place_of_the_old_ones_and_of_what_they_opened(
    connection: Connection, alice: User
) -> None:
    Connection.objects.update(access={"review": {"state": "open"}}, trouble="x", trouble_kind="refused")
    connecting.change_credentials(connection, OTHER, by=alice)
    connection.refresh_from_db()
    assert opening.credentials_of(connection) == OTHER
    assert (connection.access, connection.trouble, connection.probed_at) == ({}, "", None)
    assert TOKEN not in stored()
    assert OTHER["token"] not in stored()


def test_the_audit_log_says_who_did_what_with_endings_alone(connection: Connection, alice: User) -> None:
    connecting.change_credentials(connection, OTHER, by=alice)
    for _ in range(2):  # twice is once
        connecting.switch_off(connection, by=alice)
    for _ in range(2):
        connecting.switch_on(connection, by=alice)
    for _ in range(2):
        connecting.disconnect(connection, by=alice)
    entries = list(AuditEntry.objects.order_by("pk"))
    assert [entry.action for entry in entries] == [
        "connection.connect",
        "connection.credentials",
        "connection.switch_off",
        "connection.switch_on",
        "connection.disconnect",
    ]
    assert {entry.user_id for entry in entries} == {alice.pk}
    assert {entry.seller_id for entry in entries} == {connection.seller_id}
    assert entries[1].before == {"platform": "small", "credentials": {"shop": "12345", "token": "…7302"}}
    assert entries[1].after == {"platform": "small", "credentials": {"shop": "777", "token": "…et-8"}}


def test_disconnected_nothing_of_the_credentials_is_left_and_connecting_takes_the_row_up_again(
    connection: Connection, market: Platform, seller: Seller
) -> None:
    Connection.objects.update(access={"review": {"state": "open"}}, name="Лавка")
    connecting.disconnect(connection, by=None)
    left = Connection.objects.get()
    assert (left.credentials, left.shown, left.access, left.name, left.is_on) == ("", {}, {}, "", False)
    assert not Connection.objects.on().exists()
    again = connecting.connect(seller, market, OTHER, by=None)
    assert (again.pk, again.is_on) == (connection.pk, True)
    assert opening.credentials_of(again) == OTHER


def test_a_change_while_it_is_off_asks_nothing(connection: Connection) -> None:
    connecting.switch_off(connection, by=None)
    Job.objects.all().delete()
    connection.refresh_from_db()
    connecting.change_credentials(connection, OTHER, by=None)
    assert not Job.objects.exists()
    assert not Connection.objects.get().is_on


def test_credentials_of_one_connection_do_not_open_in_another(
    connection: Connection, market: Platform, other_seller: Seller
) -> None:
    other = connecting.connect(other_seller, market, OTHER, by=None)
    Connection.objects.filter(pk=other.pk).update(credentials=connection.credentials)
    other.refresh_from_db()
    with pytest.raises(CredentialsRefused) as refused:
        opening.credentials_of(other)
    assert TOKEN not in str(refused.value)


def test_they_are_sealed_anew_under_a_new_secret_of_the_installation(
    market: Platform, seller: Seller, settings: Any
) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the first", []
    made = connecting.connect(seller, market, GIVEN, by=None)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the second", ["the first"]
    assert resealing.reseal(opening.SEALED).anew == 1
    settings.SECRET_KEY_FALLBACKS = []
    made.refresh_from_db()
    assert opening.credentials_of(made) == GIVEN
