"""The log of runs: filters find what they say in bounded work, comparisons, and a filter as CSV."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts.models import Membership, Seller, User
from vitrina.accounts.roles import Role
from vitrina.enrichment import run_filter
from vitrina.enrichment.models import ContentTemplate, ProcessingLog, Status
from vitrina.enrichment.run_comparison import compare
from vitrina.enrichment.run_filter import RunFilter
from vitrina.enrichment.tests.runs_made import TEXT, ended


@given(st.dictionaries(st.sampled_from([*RunFilter.__dataclass_fields__, "x"]), st.text(max_size=30)))
def test_whatever_stands_in_an_address_is_a_filter(given: dict[str, str]) -> None:
    found = RunFilter.of(given)
    assert RunFilter.of(vars(found)) == found
    assert bool(found) == bool(found.query)


@pytest.fixture
def logs(seller: Seller) -> dict[str, ProcessingLog]:
    template = ContentTemplate.objects.create(seller=seller, name="Платья", text="…")
    hat = factories.product(seller=seller, title="Шляпа фетровая", search_text="шляпа фетровая | hat-1")
    made = {
        "plain": ended(factories.product(seller=seller), status=Status.COMPLETED),
        "dear": ended(factories.product(seller=seller), status=Status.APPROVED),
        "hat": ended(hat, status=Status.COMPLETED, templates=[template.pk]),
        "failed": ended(factories.product(seller=seller), status=Status.FAILED),
    }
    ProcessingLog.objects.filter(pk=made["dear"].pk).update(
        cost=Decimal("0.25"), models_used={"describe": "openai:gpt-4o"}, confidence=0.3
    )
    ProcessingLog.objects.filter(pk=made["failed"].pk).update(
        models_used={"describe": "offline", "check": "custom:модель"}
    )
    ProcessingLog.objects.filter(pk=made["plain"].pk).update(created_at=timezone.now() - timedelta(days=9))
    return made


def asked(client: Client, query: str) -> list[int]:
    return [log.pk for log in client.get(f"/runs/?{query}").context["slice"].rows]


def test_a_filter_finds_what_it_says(logs: dict[str, ProcessingLog], bob: User, client: Client) -> None:
    client.force_login(bob)
    template = ContentTemplate.objects.get()
    today = timezone.localdate()
    wanted: dict[str, set[str]] = {
        "": {"plain", "dear", "hat", "failed"},
        "status=failed": {"failed"},
        "model=GPT-4o": {"dear"},
        "model=offline": {"plain", "hat", "failed"},
        "model=describe": set(),  # the step's name, not a model's
        "model=%22": set(),
        "model=Модель": {"failed"},
        f"template={template.pk}": {"hat"},
        "cost=0,2": {"dear"},
        "cost=0.3": set(),
        "sure=low": {"dear"},
        "product=фетровая": {"hat"},
        "product=нет такого": set(),
        f"since={today - timedelta(days=1)}": {"dear", "hat", "failed"},
        f"until={today - timedelta(days=1)}": {"plain"},
        f"since={today - timedelta(days=20)}&until={today - timedelta(days=5)}&model=offline": {"plain"},
        "since=2199-01-01": set(),
        "since=nonsense&cost=-1&status=x": {"plain", "dear", "hat", "failed"},
    }
    for query, names in wanted.items():
        assert set(asked(client, query)) == {logs[name].pk for name in names}, query
    # Who looks after several sellers finds the same, each seller's runs being walked apart.
    others = factories.seller(name="Лавка", slug="lavka")
    stranger = ended(
        factories.product(seller=factories.seller(name="Чужая", slug="alien")), status=Status.FAILED
    )
    Membership.objects.create(user=bob, seller=others, role=Role.MODERATOR)
    for query, names in wanted.items():
        assert set(asked(client, query)) == {logs[name].pk for name in names}, query
    bob.is_superuser = True
    bob.save()
    assert set(asked(client, "status=failed")) == {logs["failed"].pk, stranger.pk}


@pytest.mark.parametrize("first", [2, 6, 500])
@pytest.mark.parametrize("query", ["", "model=offline"])
def test_pages_of_a_filter_follow_each_other_without_gap_or_repetition(
    seller: Seller, bob: User, client: Client, monkeypatch: pytest.MonkeyPatch, query: str, first: int
) -> None:
    monkeypatch.setattr(run_filter, "FIRST_LOOK", first)
    monkeypatch.setattr(run_filter, "LOOKED_AT", 7)
    monkeypatch.setattr("vitrina.enrichment.run_views.PAGE", 5)
    made = [ended(factories.product(seller=seller), status=Status.COMPLETED).pk for _ in range(23)]
    client.force_login(bob)
    seen: list[int] = []
    pages, before = [], ""
    while True:
        page = client.get(f"/runs/?{query}{before}").context["slice"]
        pages.append([log.pk for log in page.rows])
        seen += pages[-1]
        if page.older is None:
            break
        before = f"&before={page.older}"
    assert seen == sorted(made, reverse=True)
    newer = client.get(f"/runs/?{query}&after={pages[1][0]}").context["slice"]
    assert [log.pk for log in newer.rows] == pages[0]


@pytest.mark.parametrize("first", [2, 500])
def test_a_rare_thing_is_looked_for_in_bounded_steps_and_the_page_says_so(
    seller: Seller, bob: User, client: Client, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    monkeypatch.setattr(run_filter, "FIRST_LOOK", first)
    monkeypatch.setattr(run_filter, "LOOKED_AT", 10)
    rare = ended(factories.product(seller=seller), status=Status.COMPLETED)
    ProcessingLog.objects.filter(pk=rare.pk).update(models_used={"describe": "x:rare"})
    for _ in range(25):
        ended(factories.product(seller=seller), status=Status.COMPLETED)
    client.force_login(bob)
    page = client.get("/runs/?model=rare")
    assert page.context["looked_at"] == 10
    hops = 0
    while not page.context["slice"].rows:
        page = client.get(f"/runs/?model=rare&before={page.context['slice'].older}")
        hops += 1
    assert hops == 2
    assert [log.pk for log in page.context["slice"].rows] == [rare.pk]


def test_the_file_holds_what_the_filter_finds_and_runs_no_formula(
    logs: dict[str, ProcessingLog], alice: User, bob: User, client: Client
) -> None:
    ProcessingLog.objects.filter(pk=logs["failed"].pk).update(error="=HYPERLINK(1)")
    client.force_login(bob)
    assert client.get("/runs/file").status_code == 403
    client.force_login(alice)
    rows = read(b"".join(client.get("/runs/file")))
    assert [int(row["run"]) for row in rows] == sorted((log.pk for log in logs.values()), reverse=True)
    assert rows[0]["error"] == "'=HYPERLINK(1)"
    assert rows[2]["cost_usd"] == "0.250000"
    assert {row["run"] for row in read(b"".join(client.get("/runs/file?model=gpt")))} == {
        str(logs["dear"].pk)
    }


def read(content: bytes) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.django_db(transaction=True)
def test_a_comparison_says_what_differs_and_what_came_and_went(
    seller: Seller, bob: User, client: Client
) -> None:
    product = factories.product(seller=seller)
    earlier = ended(product, status=Status.COMPLETED, attributes={"Цвет": {"value": "синий"}})
    later = ended(product, status=Status.COMPLETED, text=TEXT | {"title": "Платье зимнее из хлопка"})
    finding = {"code": "banned_word", "severity": "high", "detail": {"text": "лучший"}, "span": None}
    later.result = (later.result or {}) | {"findings": [finding]}
    later.save()
    compared = compare(earlier, later)
    assert {change.name: str(change.words) for change in compared.changes} == {
        "заголовок": "Платье <del>летнее</del><ins>зимнее</ins> из хлопка",
        "Цвет": "<del>синий</del>",
    }
    assert (compared.gone, len(compared.new)) == ([], 1)
    client.force_login(bob)
    assert client.get(f"/runs/{later.pk}/comparison").context["earlier"] == earlier
    assert client.get(f"/runs/{earlier.pk}/comparison").context["earlier"] is None
    other = ended(factories.product(seller=seller), status=Status.COMPLETED)
    assert client.get(f"/runs/{later.pk}/comparison?with={other.pk}").status_code == 404
    assert client.get(f"/runs/{later.pk}/comparison?with={later.pk}").status_code == 404


def test_every_filter_asks_few_questions(logs: dict[str, ProcessingLog], bob: User, client: Client) -> None:
    client.force_login(bob)
    query = "model=offline&sure=high&cost=0&since=2020-01-01&until=2199-01-01&product=платье"
    client.get(f"/runs/?{query}")
    with CaptureQueriesContext(connection) as asked_:
        assert client.get(f"/runs/?{query}").status_code == 200
    assert len(asked_) <= 14, "\n".join(one["sql"][:160] for one in asked_.captured_queries)
