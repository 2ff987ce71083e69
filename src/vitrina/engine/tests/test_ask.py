"""Asking a model, end to end against the simulated server."""

from __future__ import annotations

import pytest

from vitrina.engine.ask import CallContext, ask
from vitrina.engine.models import ModelCall


@pytest.mark.django_db(transaction=True)
def test_a_model_answers_and_the_ledger_knows_what_it_took(model_server, generator, listing):
    answer = ask(generator, listing, context=CallContext(job_id=7))
    counts = model_server.counts()
    row = ModelCall.objects.get()
    assert answer.source == "custom:gpt-4o-mini"
    assert answer.value.title == listing.title
    assert (answer.tokens_prompt, answer.tokens_completion) == (
        counts["prompt_tokens"],
        counts["completion_tokens"],
    )
    assert (row.tokens_prompt, row.tokens_completion, row.job_id) == (
        counts["prompt_tokens"],
        counts["completion_tokens"],
        7,
    )
    assert answer.cost is None
    assert answer.model_call_ids == (str(row.id),)


@pytest.mark.django_db(transaction=True)
def test_the_same_question_again_costs_nothing(model_server, generator, listing):
    first = ask(generator, listing, context=CallContext())
    second = ask(generator, listing, context=CallContext())
    assert model_server.counts()["calls"] == 1
    assert (second.value, second.cached, second.tokens_prompt, second.cost) == (first.value, True, 0, 0)


@pytest.mark.django_db
def test_without_a_key_the_offline_producer_answers_and_says_so(generator, listing):
    answer = ask(generator, listing, context=CallContext())
    assert answer.source == "offline"
    assert ModelCall.objects.get().source == "offline"


@pytest.mark.django_db
def test_a_test_case_of_one_transaction_can_ask_a_model_too(model_server, generator, listing):
    assert ask(generator, listing, context=CallContext()).source == "custom:gpt-4o-mini"
    assert ModelCall.objects.count() == 1
