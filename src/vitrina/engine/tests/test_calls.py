"""The log of calls: found by every filter, paged without gap, exported whole, one call with its words, and asked once more."""

from __future__ import annotations

import csv
import io
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts import runtime_settings
from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.engine import calls, exchanges, repeating
from vitrina.engine.ask import CallContext, ask
from vitrina.engine.calls import CallFilter
from vitrina.engine.core.exchanges import MOST_BYTES, pack, unpack
from vitrina.engine.models import Exchange, ModelCall
from vitrina.engine.tests.calls_made import call, many
from vitrina.engine.tests.conftest import Listing
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Job

NOW = datetime(2026, 11, 21, 12, 2, 30, tzinfo=UTC)


@given(st.binary(max_size=400), st.text(max_size=300), st.text(max_size=100))
def test_what_is_packed_comes_out_as_it_went_in(question: bytes, answer: str, words: str) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in answer + words):
        return
    kept = unpack(pack(question, answer, words))
    assert (kept.question, kept.answer, kept.words) == (question, answer, words)
    assert not kept.question_is_cut
    assert not kept.answer_is_cut


def test_what_is_too_long_is_cut_between_letters_and_says_so() -> None:
    kept = unpack(pack(b"q" * (MOST_BYTES + 1), "я" * MOST_BYTES, ""))
    assert kept.question_is_cut
    assert kept.answer_is_cut
    assert len(kept.question) == MOST_BYTES
    assert set(kept.answer) == {"я"}


def test_pages_follow_each_other_without_gap_even_at_one_moment(seller: Seller) -> None:
    made = [call(at=NOW - timedelta(seconds=n // 7), seller=seller) for n in range(123)]
    ModelCall.objects.bulk_create(made)
    expected = [one.pk for one in sorted(made, key=lambda one: (one.at, one.pk.hex), reverse=True)]
    seen, given, slices = [], {}, []
    while True:
        screen = calls.page(ModelCall.objects.all(), given, size=20)
        slices.append(screen)
        seen += [one.pk for one in screen.rows]
        if screen.older is None:
            break
        given = {"before": screen.older}
    assert seen == expected
    back = calls.page(ModelCall.objects.all(), {"after": str(slices[2].newer)}, size=20)
    assert [one.pk for one in back.rows] == expected[20:40]
    assert slices[0].newer is None


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 8), ({"route": "categorize"}, 1), ({"provider": "openrouter"}, 1), ({"model": "MINI"}, 6), ({"outcome": "error"}, 1),
        ({"outcome": "ok"}, 5), ({"outcome": "offline"}, 1), ({"outcome": "cached"}, 1), ({"fault": "timeout"}, 1), ({"job": "77"}, 1),
        ({"cost": "0,5"}, 1), ({"since": "2026-11-20"}, 7), ({"until": "2026-11-20"}, 1), ({"seller": "none"}, 1),
        ({"since": "2026-99-99", "job": "x", "cost": "nan", "outcome": "\x00", "until": "0001-01-01", "seller": "ё"}, 8),
    ],
)  # fmt: skip
def test_each_filter_narrows_and_rubbish_does_not(seller: Seller, query: dict[str, str], count: int) -> None:
    common: dict[str, Any] = {"at": NOW, "seller": seller}
    ModelCall.objects.bulk_create(
        [
            call(**common),
            call(**common, route="categorize"),
            call(**common, provider="openrouter", model="gpt-4.1-nano", job_id=77),
            call(**common, outcome="error", error_class="timeout", cost=None),
            call(**common, outcome="cached"),
            call(**common, kind="offline", provider="", model="offline"),
            call(**common, cost=Decimal("0.6")),
            call(at=NOW - timedelta(days=3)),
        ]
    )
    assert len(calls.page(CallFilter.of(query).narrow(ModelCall.objects.all()), {}, size=50).rows) == count


@given(st.text(max_size=60))
def test_a_mark_typed_by_hand_breaks_nothing(text: str) -> None:
    mark = calls._mark(text)
    assert mark is None or calls._as_mark(mark)


def test_a_member_sees_the_calls_of_their_seller_alone(
    seller: Seller, alice: User, charlie: User, client: Client
) -> None:
    ModelCall.objects.bulk_create([call(seller=seller, generator="mine"), call(generator="the-house-own")])
    client.force_login(alice)
    words = client.get("/calls/").content.decode()
    assert "mine" in words
    assert "the-house-own" not in words
    house = ModelCall.objects.get(seller=None)
    assert client.get(f"/calls/{house.pk}/").status_code == 404
    assert client.get("/calls/?seller=none").content.decode().count("data-row") == 0
    client.force_login(charlie)
    assert client.get(f"/calls/{ModelCall.objects.get(generator='mine').pk}/").status_code == 404
    client.force_login(factories.user("root", is_superuser=True))
    assert "the-house-own" in client.get("/calls/").content.decode()


def test_the_calls_of_a_batch_are_those_of_its_parts(seller: Seller, alice: User, client: Client) -> None:
    batch = enqueue("enrichment.batch", {}, seller_id=seller.pk)
    part = enqueue("enrichment.run", {}, seller_id=seller.pk, parent=batch)
    other = enqueue("enrichment.run", {}, seller_id=seller.pk)
    ModelCall.objects.bulk_create(
        [call(seller=seller, job_id=pk) for pk in (batch.pk, part.pk, part.pk, other.pk, 77_077)]
    )
    client.force_login(alice)
    for job, found in ((batch.pk, 3), (part.pk, 2), (other.pk, 1), (77_077, 1)):
        assert client.get(f"/calls/?job={job}").content.decode().count("data-row") == found
    for job in (batch, part):
        assert f'"/calls/?job={job.pk}"' in client.get(f"/jobs/{job.pk}/").content.decode()


def test_the_export_has_every_line_of_the_filter_and_no_formula(
    seller: Seller, alice: User, client: Client
) -> None:
    ModelCall.objects.bulk_create(
        [call(at=NOW - timedelta(seconds=n), seller=seller) for n in range(2_300)]
        + [call(at=NOW, seller=seller, model="=HYPERLINK(1)", cost=None, tokens_prompt=None, route="embed")]
    )
    client.force_login(alice)
    response = client.get("/calls/export.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 2_301
    assert len({row["call"] for row in rows}) == 2_301
    only = list(
        csv.DictReader(
            io.StringIO(
                b"".join(client.get("/calls/export.csv?route=embed").streaming_content).decode("utf-8-sig")
            )
        )
    )
    assert [(row["model"], row["cost_usd"], row["tokens_prompt"]) for row in only] == [
        ("'=HYPERLINK(1)", "", "")
    ]


@pytest.mark.django_db(transaction=True)
def test_a_call_is_kept_with_its_words_and_asked_once_more(
    model_server: Any, generator: Any, listing: Listing, monkeypatch: Any
) -> None:
    from vitrina.engine import generators

    monkeypatch.setitem(generators._registry, generator.name, generator)
    seller = factories.seller()
    ask(generator, listing, context=CallContext(seller_id=seller.pk))
    first = ModelCall.objects.get()
    kept = exchanges.kept(first.pk)
    assert kept is not None
    question = exchanges.question_of(kept)
    assert question.system.startswith("You write cards in ru.")
    assert listing.title in question.turns[0][1]
    assert question.temperature == 0.7
    told = repeating.repeat(str(first.pk), user_id=None, job_id=5)
    assert told["fault"] == ""
    assert told["answer"]
    assert model_server.counts()["calls"] == 2
    assert model_server.requests[0]["messages"] == model_server.requests[1]["messages"]
    assert model_server.requests[0]["response_format"] == model_server.requests[1]["response_format"]
    again = ModelCall.objects.get(pk=told["call"])
    assert (again.seller_id, again.job_id, again.generator, again.prompt_version) == (
        seller.pk, 5, first.generator, first.prompt_version,
    )  # fmt: skip
    assert repeating.repeat(str(first.pk), user_id=None, job_id=5)["answer"] == told["answer"]
    assert model_server.counts()["calls"] == 2  # the same job doesn't pay twice
    ask(
        generator, listing, context=CallContext(seller_id=seller.pk)
    )  # a stored answer serves: nothing is sent
    cached = ModelCall.objects.get(outcome="cached", job_id=None)
    assert exchanges.kept(cached.pk) is None
    assert repeating.why_not(cached, has_exchange=False)


@pytest.mark.django_db(transaction=True)
def test_a_failed_call_keeps_what_the_server_said(
    model_server: Any, generator: Any, listing: Listing
) -> None:
    model_server.fails(always="server_error")
    ask(generator, listing, context=CallContext())
    kept = exchanges.kept(ModelCall.objects.filter(outcome="error")[0].pk)
    assert kept is not None
    assert kept.words
    assert kept.answer == ""


@pytest.mark.django_db(transaction=True)
def test_nothing_is_kept_where_the_setting_says_so(
    model_server: Any, generator: Any, listing: Listing
) -> None:
    root = factories.user("root", is_superuser=True)
    runtime_settings.change(exchanges.KEEP_EXCHANGES_DAYS, "0", by=root)
    ask(generator, listing, context=CallContext())
    assert ModelCall.objects.count() == 1
    assert Exchange.objects.count() == 0


def test_what_outlived_its_days_is_cleared(db: None) -> None:
    Exchange.objects.bulk_create(
        [
            Exchange(
                call_id=call().pk, at=datetime.now(UTC) - timedelta(days=days), packed=pack(b"[]", "", "")
            )
            for days in (0, 13, 15, 100)
        ]
    )
    assert exchanges.clear_old() == 2
    assert Exchange.objects.count() == 2


def test_a_repetition_is_one_job_audited_and_shown_beside(
    seller: Seller, alice: User, bob: User, client: Client
) -> None:
    one = call(seller=seller)
    one.save()
    question = b'["S",[{"role":"user","content":"<b>Q</b>"}],[],"d",0.7,900,"v"]'
    Exchange.objects.create(call_id=one.pk, at=one.at, packed=pack(question, '{"a":1}', ""))
    client.force_login(alice)
    page = client.get(f"/calls/{one.pk}/").content.decode()
    assert "&lt;b&gt;Q&lt;/b&gt;" in page
    first = client.post(f"/calls/{one.pk}/repetition")
    assert first.headers["Location"] == client.post(f"/calls/{one.pk}/repetition").headers["Location"]
    job = Job.objects.get(kind="engine.repeat")
    assert (job.seller_id, AuditEntry.objects.filter(action="call.repeat").count()) == (seller.pk, 2)
    Job.objects.filter(pk=job.pk).update(
        state="done",
        result={"answer": '{"a":2}', "fault": "", "cost": "0.0001", "latency_ms": 10, "tokens_completion": 3},
    )
    beside = client.get(f"/calls/{one.pk}/?repetition={job.pk}").content.decode()
    assert "&quot;a&quot;: 1" in beside
    assert "&quot;a&quot;: 2" in beside
    other = call(seller=seller)
    other.save()
    assert "repetition-part" not in client.get(f"/calls/{other.pk}/?repetition={job.pk}").content.decode()
    client.force_login(bob)  # a moderator sees calls, but doesn't spend money on them
    assert client.get(f"/calls/{one.pk}/").status_code == 200
    assert client.post(f"/calls/{one.pk}/repetition").status_code == 403


@pytest.mark.parametrize(
    "query", [{}, {"outcome": "doubt"}, {"fault": "nothing-such"}, {"model": "zzz"}, {"provider": "none"}]
)
def test_a_rare_call_is_found_quickly_among_many(db: None, query: dict[str, str]) -> None:
    mine, other = factories.seller(), factories.seller()
    many(8_000, over=timedelta(days=9), until=NOW, sellers=[mine.pk, other.pk])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for rows in (ModelCall.objects.all(), ModelCall.objects.filter(seller=mine)):
        found = CallFilter.of(query).narrow(rows)
        if connection.vendor == "sqlite":
            plan = found.order_by("-at", "-id").values_list("at", "id")[:51].explain()
            assert "COVERING INDEX model_call" in plan, plan
            assert "TEMP B-TREE" not in plan, plan
        began = time.process_time()
        calls.page(found, {}, size=50)
        assert time.process_time() - began < 0.05
