"""The audit log: whose lines one sees, filters, paging, the table to download."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts import audit
from vitrina.accounts.audit_reading import Asked
from vitrina.accounts.models import AuditEntry, Membership, Seller, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(seller: Seller, other_seller: Seller, alice: User, bob: User, charlie: User) -> None:
    audit.record("seller.change", seller, by=alice, before={"name": "Шапка"}, after={"name": "Шляпа"})
    audit.record("token.issue", bob, by=bob, after={"name": "склад"})
    audit.record("product.delete", seller, by=bob, before={"title": "=HYPERLINK(1)"})
    audit.record("seller.change", other_seller, by=charlie, after={"name": "Кролик"})


def shown(client: Client, query: str = "") -> list[str]:
    return [row.action for row in client.get(f"/settings/audit/{query}").context["slice"].rows]


def test_an_admin_sees_the_lines_of_their_seller_only(log: None, alice: User, client: Client) -> None:
    client.force_login(alice)
    assert shown(client) == ["product.delete", "seller.change"]
    assert "Кролик" not in client.get("/settings/audit/").content.decode()
    assert "Кролик" not in b"".join(client.get("/settings/audit.csv")).decode()  # type: ignore[arg-type]


def test_a_superuser_sees_also_what_belongs_to_no_seller(log: None, seller: Seller, client: Client) -> None:
    client.force_login(factories.user("chief", is_superuser=True))
    assert shown(client) == ["seller.change", "product.delete", "token.issue", "seller.change"]
    assert shown(client, f"?seller={seller.pk}") == ["product.delete", "seller.change"]


def test_a_foreign_seller_in_the_address_shows_nothing_more(
    log: None, alice: User, other_seller: Seller, client: Client
) -> None:
    client.force_login(alice)
    assert shown(client, f"?seller={other_seller.pk}") == ["product.delete", "seller.change"]


def test_an_admin_of_two_sellers_reads_one_at_a_time(
    log: None, alice: User, seller: Seller, other_seller: Seller, client: Client
) -> None:
    Membership.objects.create(user=alice, seller=other_seller, role="admin")
    client.force_login(alice)
    assert shown(client, f"?seller={other_seller.pk}") == ["seller.change"]
    assert shown(client, f"?seller={seller.pk}") == ["product.delete", "seller.change"]
    assert shown(client) == shown(client, f"?seller={other_seller.pk}")  # «Кролик» comes first


@pytest.mark.parametrize("rare", [0, 1, 200])
def test_each_filter_finds_what_it_says(
    rare: int, log: None, alice: User, seller: Seller, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vitrina.accounts.audit_reading.RARE", rare)
    client.force_login(alice)
    assert shown(client, "?who=BOB") == ["product.delete"]
    assert shown(client, "?who=nobody") == []
    assert shown(client, "?action=seller.change") == ["seller.change"]
    assert shown(client, f"?type=accounts.seller&id={seller.pk}") == ["product.delete", "seller.change"]
    assert shown(client, "?type=catalog.product") == []
    assert shown(client, "?type=accounts.user") == []  # there is one, of no seller
    assert shown(client, "?action=product.delete&type=accounts.seller") == ["product.delete"]
    today = timezone.localdate()
    assert len(shown(client, f"?since={today}&until={today}")) == 2
    assert shown(client, f"?since={today + timedelta(days=1)}") == []
    assert shown(client, f"?until={today - timedelta(days=1)}") == []


def test_dates_find_the_day_and_no_other(alice: User, seller: Seller, client: Client) -> None:
    now = timezone.localtime().replace(hour=12)
    for days in (5, 3, 3, 1):
        entry = audit.record(f"day.{days}", seller, by=alice)
        AuditEntry.objects.filter(pk=entry.pk).update(at=now - timedelta(days=days))
    client.force_login(alice)
    day = (now - timedelta(days=3)).date()
    assert shown(client, f"?since={day}&until={day}") == ["day.3", "day.3"]
    assert shown(client, f"?since={day}") == ["day.1", "day.3", "day.3"]
    assert shown(client, f"?until={day}") == ["day.3", "day.3", "day.5"]


@given(
    st.dictionaries(
        st.sampled_from(["who", "action", "type", "id", "since", "until", "seller"]), st.text(max_size=200)
    )
)
def test_whatever_stands_in_the_address_is_understood_or_left_out(given_query: dict[str, str]) -> None:
    asked = Asked.by(given_query)
    assert len(asked.who) <= 150


@pytest.mark.parametrize(
    "query", ["?since=2026-13-45", "?until=9999-12-31", "?since=0001-01-01", "?seller=%00", "?id=x&type=y"]
)
def test_a_strange_address_breaks_nothing(query: str, log: None, alice: User, client: Client) -> None:
    client.force_login(alice)
    assert client.get(f"/settings/audit/{query}").status_code == 200
    assert client.get(f"/settings/audit.csv{query}").status_code == 200


def test_the_table_follows_the_filter_and_runs_nothing_in_a_spreadsheet(
    log: None, alice: User, client: Client
) -> None:
    client.force_login(alice)
    audit.record("=cmd", alice, by=alice, seller_id=Seller.objects.get(slug="hat").pk, after={"a": 1})
    text = b"".join(client.get("/settings/audit.csv")).decode("utf-8-sig")  # type: ignore[arg-type]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["action"] for row in rows] == ["'=cmd", "product.delete", "seller.change"]
    assert rows[2]["before"] == '{"name": "Шапка"}'
    only = b"".join(client.get("/settings/audit.csv?who=bob")).decode("utf-8-sig")  # type: ignore[arg-type]
    assert len(list(csv.DictReader(io.StringIO(only)))) == 1


def test_pages_follow_each_other_and_a_long_table_is_whole(
    seller: Seller, alice: User, client: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr("vitrina.accounts.audit_reading.CHUNK", 7)
    AuditEntry.objects.bulk_create(
        AuditEntry(user=alice, seller=seller, action=f"a.{n}", object_type="accounts.seller", object_id="1")
        for n in range(120)
    )
    client.force_login(alice)
    first = client.get("/settings/audit/").context["slice"]
    second = client.get(f"/settings/audit/?before={first.older}").context["slice"]
    assert [row.action for row in first.rows + second.rows] == [f"a.{n}" for n in range(119, 19, -1)]
    text = b"".join(client.get("/settings/audit.csv")).decode("utf-8-sig")  # type: ignore[arg-type]
    assert len(text.splitlines()) == 121


def test_before_and_after_are_readable(log: None, alice: User, client: Client) -> None:
    client.force_login(alice)
    words = " ".join(client.get("/settings/audit/?action=seller.change").content.decode().split())
    assert "<del>Шапка</del> → Шляпа" in words


def test_a_change_stands_as_text_and_never_as_markup(alice: User, seller: Seller, client: Client) -> None:
    audit.record(
        "seller.change",
        seller,
        by=alice,
        before={"title": "<i>&", "gone": "'<s>'", "<u>": 1},
        after={"title": '<b>"', "came": "<q>", "<u>": 2},
    )
    client.force_login(alice)
    page = client.get("/settings/audit/").content.decode()
    assert "<dd><del>&lt;i&gt;&amp;</del> → &lt;b&gt;&quot;</dd>" in page
    assert "<dt>gone</dt><dd><del>&#x27;&lt;s&gt;&#x27;</del></dd>" in page
    assert "<dt>came</dt><dd>&lt;q&gt;</dd>" in page
    assert "<dt>&lt;u&gt;</dt><dd><del>1</del> → 2</dd>" in page
