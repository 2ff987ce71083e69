"""A finished answer is never paid twice: not by threads, not by processes, not after a kill."""

from __future__ import annotations

import signal
import threading

import pytest
from django.db.models import Sum

from vitrina.engine.ask import CallContext, ask
from vitrina.engine.expiry import clear_expired
from vitrina.engine.models import ModelCall, StoredAnswer
from vitrina.engine.tests.conftest import Listing, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
TITLE = "Платье летнее"


def test_fifty_threads_with_one_question_pay_once(model_server, generator):
    model_server.set(latency=0.3)
    answers = []

    def one():
        answers.append(ask(generator, Listing(title=TITLE), context=CallContext()))

    threads = [threading.Thread(target=one) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 50
    assert model_server.counts()["calls"] == 1
    assert sum(not answer.cached for answer in answers) == 1
    assert ModelCall.objects.filter(outcome="cached").count() == 49


def test_two_processes_with_one_question_pay_once(model_server, children):
    model_server.set(latency=0.5)
    results = [children.finish(process) for process in [children.start([TITLE] * 25) for _ in range(2)]]
    assert model_server.counts()["calls"] == 1
    assert sum(result["outcomes"].get("custom:gpt-4o-mini", 0) for result in results) == 1
    assert sum(result["outcomes"]["cached"] for result in results) == 49


def test_a_kill_between_the_answer_and_its_use_pays_nothing_again(model_server, generator, children):
    process = children.start([TITLE], die="between answer and use")
    process.wait(30)
    assert process.returncode == -signal.SIGKILL
    answer = ask(generator, Listing(title=TITLE), context=CallContext())
    assert answer.cached
    assert model_server.counts()["calls"] == 1


def test_a_kill_in_the_middle_of_a_call_costs_at_most_one_more_and_the_ledger_doubts(
    model_server, generator, children
):
    model_server.set(latency=30)
    process = children.start([TITLE])
    wait_until(lambda: model_server.counts()["calls"] == 1)
    process.kill()
    process.wait(10)
    model_server.set(latency=0)
    answer = ask(generator, Listing(title=TITLE), context=CallContext())
    assert not answer.cached
    assert model_server.counts()["calls"] == 2
    assert list(ModelCall.objects.order_by("at").values_list("outcome", flat=True)) == ["doubt", "ok"]
    assert ModelCall.objects.get(outcome="doubt").cost is None


def test_the_ledgers_sums_equal_the_servers_count(model_server, generator):
    model_server.fails("almost_json", "prose", "ok", "ok", "fenced")
    for number in range(6):
        ask(generator, Listing(title=f"{TITLE} {number}"), context=CallContext())
    for number in range(3):
        ask(generator, Listing(title=f"{TITLE} {number}"), context=CallContext())
    counts = model_server.counts()
    paid = ModelCall.objects.paid()
    sums = paid.aggregate(prompt=Sum("tokens_prompt"), completion=Sum("tokens_completion"))
    assert (paid.count(), sums["prompt"], sums["completion"]) == (
        counts["calls"],
        counts["prompt_tokens"],
        counts["completion_tokens"],
    )


def test_force_asks_again_and_a_job_finds_its_own_forced_answer(model_server, generator, listing):
    ask(generator, listing, context=CallContext())
    forced = CallContext(job_id=5, force=True)
    assert not ask(generator, listing, context=forced).cached
    assert ask(generator, listing, context=forced).cached
    assert model_server.counts()["calls"] == 2


def test_an_answer_of_the_second_model_serves_again_without_asking_the_first(
    model_server, settings, generator, listing
):
    settings.AI_ROUTES = {
        "describe": {"steps": [["custom:fault-server_error", 5], ["custom:b", 5], ["offline"]]}
    }
    assert ask(generator, listing, context=CallContext()).source == "custom:b"
    again = ask(generator, listing, context=CallContext())
    assert (again.source, again.cached) == ("custom:b", True)
    assert model_server.counts()["calls"] == 2


def test_a_broken_answer_is_not_paid_for_again_by_a_retry(model_server, generator, listing):
    model_server.fails("prose", "prose")
    assert ask(generator, listing, context=CallContext()).source == "offline"
    assert ask(generator, listing, context=CallContext()).source == "offline"
    assert model_server.counts()["calls"] == 2


def test_expired_answers_are_cleared_and_asked_for_again(model_server, generator, listing):
    ask(generator, listing, context=CallContext())
    StoredAnswer.objects.update(expires_at=1.0)
    assert clear_expired() == 1
    assert not ask(generator, listing, context=CallContext()).cached


def test_an_intent_that_nobody_came_back_for_is_cleared_with_a_line_in_the_ledger(model_server, children):
    model_server.set(latency=30)
    process = children.start([TITLE])
    wait_until(lambda: model_server.counts()["calls"] == 1)
    process.kill()
    process.wait(10)
    StoredAnswer.objects.update(lease_until=1.0)
    assert clear_expired() == 1
    assert ModelCall.objects.get().outcome == "doubt"
