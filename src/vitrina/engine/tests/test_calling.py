"""Calls to services that are no text models: as counted, bounded, written down and paid once as those."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from tests import factories

from vitrina.accounts import quotas
from vitrina.accounts.models import Plan, UsageCounter
from vitrina.engine import calling
from vitrina.engine.calling import Call, FaultKind, Sent, ServiceFailed, call
from vitrina.engine.core.faults import Fault
from vitrina.engine.core.replies import CallContext
from vitrina.engine.errors import EngineError
from vitrina.engine.models import ModelCall, StoredAnswer
from vitrina.lib.rates import Rate

pytestmark = pytest.mark.django_db(transaction=True)

PRICE = Decimal("0.04")


class Service:
    """Counts what is sent; `fault`: what the next ones say."""

    def __init__(self) -> None:
        self.sent = 0
        self.at_once = 0
        self.most_at_once = 0
        self.fault: ServiceFailed | None = None
        self.seconds = 0.0

    async def send(self, session: aiohttp.ClientSession, seconds: float) -> Sent:
        assert not session.closed
        self.sent += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.at_once -= 1
        if self.fault is not None:
            raise self.fault
        return Sent(f'{{"number": {self.sent}}}', PRICE, (10, 20), "r-7")


@pytest.fixture
def service() -> Service:
    quotas.forget_plans()
    return Service()


@pytest.fixture
def asked(service: Service) -> Callable[..., Call]:
    def asked(key: str, **fields: Any) -> Call:
        known: dict[str, Any] = {
            "service": "swift", "model": "one", "key": key, "send": service.send, "kind": "image", "generator": "free",
            "context": CallContext(feature="pictures"), "seconds": 5.0, "most_usd": PRICE,
        }  # fmt: skip
        return Call(**(known | fields))

    return asked


def test_a_call_stands_in_the_ledger_and_its_key_gives_the_answer_again(
    service: Service, asked: Callable[..., Call]
) -> None:
    first, again = call(asked("a")), call(asked("a"))
    assert first.stored is not None
    assert again.stored is not None
    assert (first.stored.raw, again.stored.raw, again.cached) == ('{"number": 1}', '{"number": 1}', True)
    assert service.sent == 1
    row = ModelCall.objects.get(outcome="ok")
    assert (row.kind, row.route, row.provider, row.model, row.cost) == (
        "image",
        "image",
        "swift",
        "one",
        PRICE,
    )
    assert (row.tokens_prompt, row.tokens_completion, row.request_id) == (10, 20, "r-7")
    assert call(asked("b")).stored is not None
    assert service.sent == 2


def test_a_fault_gives_the_money_back_and_its_key_asks_anew(
    service: Service, asked: Callable[..., Call]
) -> None:
    service.fault = ServiceFailed(Fault(FaultKind.CREDIT, "No money.", 402))
    result = call(asked("a"))
    assert result.stored is None
    assert result.fault is not None
    assert (result.fault.kind, result.fault.status) == (FaultKind.CREDIT, 402)
    row = ModelCall.objects.get()
    assert (row.outcome, row.error_class, row.status, row.cost) == ("error", "credit", 402, 0)
    assert UsageCounter.objects.get(key__startswith="installation||usd").used == 0
    assert not StoredAnswer.objects.exists()
    service.fault = None
    assert call(asked("a")).stored is not None


def test_what_may_have_been_paid_is_unknown_in_the_ledger(
    service: Service, asked: Callable[..., Call]
) -> None:
    service.fault = ServiceFailed(Fault(FaultKind.TIMEOUT, "Too slow."), cost=None)
    call(asked("a"))
    assert ModelCall.objects.get().cost is None


def test_a_budget_refuses_before_anything_is_sent(
    service: Service, asked: Callable[..., Call], settings: Any
) -> None:
    settings.AI_MONTHLY_BUDGET_USD = Decimal("0.10")
    results = [call(asked(str(number))) for number in range(3)]
    assert service.sent == 2
    assert results[2].refused is not None
    assert results[2].refused.value == "0.10 USD"


def test_money_is_taken_and_no_unit_which_the_asker_counts(
    service: Service, asked: Callable[..., Call]
) -> None:
    seller = factories.seller(
        plan=Plan.objects.create(name="p", limits={"*": {"day": 0}, "pictures": {"day": 0}})
    )
    context = CallContext(seller_id=seller.pk, feature="pictures")
    assert call(asked("a", context=context)).stored is not None
    keys = UsageCounter.objects.filter(used__gt=0).values_list("key", flat=True)
    assert keys
    assert all("||usd|" in key for key in keys)


def test_a_rate_counts_units_and_says_when_there_is_room(
    service: Service, asked: Callable[..., Call]
) -> None:
    rate = Rate("image swift:rpm", 5)
    assert call(asked("a", rate=rate, units=3)).stored is not None
    refused = call(asked("b", rate=rate, units=3))
    assert refused.fault is not None
    assert refused.fault.kind is FaultKind.LIMIT
    # Of five units two are left; the third comes in a fifth of a minute.
    assert refused.fault.retry_after == pytest.approx(12.0, abs=1.0)
    assert service.sent == 1
    assert call(asked("c", rate=rate, units=2)).stored is not None


def test_so_many_calls_at_once_and_who_waits_too_long_hears_of_it(
    service: Service, asked: Callable[..., Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "PATIENCE_SECONDS", 0.3)
    service.seconds = 1.0
    results: list[Any] = []
    threads = [
        threading.Thread(target=lambda n=n: results.append(call(asked(str(n), at_once=2)))) for n in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert service.most_at_once == 2
    kinds = sorted("ok" if one.stored else one.fault.kind.value for one in results)
    assert kinds == ["limit", "ok", "ok"]


def test_the_breaker_opens_for_a_service_that_fails_and_is_seen(
    service: Service, asked: Callable[..., Call], settings: Any
) -> None:
    settings.AI_BREAKER = settings.AI_BREAKER | {"faults": 2}
    service.fault = ServiceFailed(Fault(FaultKind.SERVER, "Broken.", 500))
    for number in range(3):
        result = call(asked(str(number)))
    assert result.fault is not None
    assert result.fault.kind is FaultKind.BREAKER_OPEN
    assert service.sent == 2
    assert calling.breaker_state("swift", "one").value == "open"


def test_offline_calls_are_offline_in_the_ledger(service: Service, asked: Callable[..., Call]) -> None:
    call(asked("a", is_offline=True))
    row = ModelCall.objects.get()
    assert (row.kind, row.provider, row.model) == ("offline", "", "one")


def test_nothing_is_called_inside_a_transaction(service: Service, asked: Callable[..., Call]) -> None:
    from django.db import transaction

    with transaction.atomic(), pytest.raises(EngineError, match="inside a database transaction"):
        call(asked("a"))
    assert service.sent == 0
