"""A provider that goes wrong in every known way: the ask ends in time, in few calls, and nothing bad is kept."""

from __future__ import annotations

import socket
import time

import psutil
import pytest

from vitrina.engine import runtime
from vitrina.engine.ask import CallContext, ask
from vitrina.engine.core.breaker import State
from vitrina.engine.core.fallback import MOST_CALLS
from vitrina.engine.errors import ConfigurationFault, NoAnswer
from vitrina.engine.models import ModelCall
from vitrina.engine.tests.conftest import Card, Listing

pytestmark = pytest.mark.django_db(transaction=True)
DEADLINE = 2.5
ATTEMPT = 1.0

OFFLINE_AFTER = [
    "rate_limit", "rate_limit_after", "rate_limit_long", "server_error", "unavailable_html", "hang", "slow_drip",
    "endless_stream", "truncated_stream", "wrong_length", "truncated_json", "two_json", "nan", "duplicate_keys", "surrogate", "wrong_type",
    "wrong_envelope",
    "prose", "too_long", "utf16", "empty", "null_content", "error_in_200", "huge", "gzip_bomb", "refusal", "insufficient_quota",
    "credit", "gone", "context", "array_error", "reset", "length",
]  # fmt: skip
STOPPED = ["redirect", "unauthorised", "bad_request"]
MENDED = ["schema_unsupported", "no_formats", "fenced", "almost_json"]


@pytest.fixture
def hostile(model_server, settings):
    def point(name):
        settings.AI_BASE_URL = model_server.fault_url(name)
        settings.AI_ROUTES = {"describe": {"steps": [["custom:m", ATTEMPT], ["offline"]]}}

    return point


def asked(generator, listing, **more):
    started = time.monotonic()
    answer = ask(generator, listing, context=CallContext(deadline_seconds=DEADLINE), **more)
    assert time.monotonic() - started <= DEADLINE + 5
    return answer


@pytest.mark.parametrize("name", OFFLINE_AFTER)
def test_a_model_that_fails_leaves_the_answer_to_the_offline_producer(
    model_server, hostile, generator, listing, name
):
    hostile(name)
    answer = asked(generator, listing)
    assert answer.source == "offline"
    assert any("Answered offline" in note for note in answer.notes)
    assert 1 <= model_server.counts()["calls"] <= MOST_CALLS
    assert not ModelCall.objects.paid().filter(outcome="ok").exclude(provider="custom").exists()


@pytest.mark.parametrize("name", STOPPED)
def test_what_a_person_must_mend_is_told_at_once(model_server, hostile, generator, listing, name):
    hostile(name)
    with pytest.raises(ConfigurationFault, match="custom"):
        asked(generator, listing)
    assert model_server.counts()["calls"] <= 3


@pytest.mark.parametrize("name", MENDED)
def test_a_weaker_server_still_answers(model_server, hostile, generator, listing, name):
    hostile(name)
    assert asked(generator, listing).source == "custom:m"


@pytest.mark.parametrize(
    "name",
    [
        "endless_stream",
        "liveness_only",
        "truncated_stream",
        "error_in_200",
        "hang",
        "length",
        "truncated_json",
        "two_json",
        "server_error",
    ],
)
def test_a_stream_that_fails_is_no_answer_either(model_server, hostile, generator, listing, name):
    hostile(name)
    answer = asked(generator, listing, on_partial=lambda value: None)
    assert answer.source == "offline"
    assert model_server.counts()["calls"] <= MOST_CALLS


@pytest.mark.parametrize("name", ["two_json", "prose", "wrong_type", "truncated_json", "too_long", "length"])
def test_at_most_one_repair_is_paid(model_server, hostile, generator, listing, name):
    hostile(name)
    asked(generator, listing)
    assert ModelCall.objects.filter(is_repair=True).count() == 1
    assert model_server.counts()["calls"] == 2


def test_the_repair_tells_the_errors_and_is_taken(model_server, generator, listing):
    model_server.fails("too_long", "ok")
    answer = asked(generator, listing)
    assert answer.source == "custom:gpt-4o-mini"
    assert isinstance(answer.value, Card)
    roles = [message["role"] for message in model_server.requests[-1]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert "at most 120 characters" in model_server.requests[-1]["messages"][-1]["content"]


def test_an_answer_cut_at_its_limit_is_asked_for_shorter_with_more_room(model_server, generator, listing):
    model_server.fails("length", "ok")
    assert asked(generator, listing).source == "custom:gpt-4o-mini"
    first, second = model_server.requests
    assert second["max_tokens"] == 2 * first["max_tokens"]


def test_a_wait_that_the_server_asks_for_is_obeyed(model_server, generator, listing):
    model_server.fails("rate_limit_after", "ok")
    started = time.monotonic()
    assert asked(generator, listing).source == "custom:gpt-4o-mini"
    assert 1.0 <= time.monotonic() - started <= 1.0 * 1.2 + 0.5


def test_two_gigabytes_are_not_read(hostile, generator, listing):
    process = psutil.Process()
    before = process.memory_info().rss
    for name in ("huge", "gzip_bomb"):
        hostile(name)
        asked(generator, listing)
    assert process.memory_info().rss - before < 100 * 1024**2


def test_a_redirect_sends_no_packet_to_its_target(hostile, generator, listing, monkeypatch):
    seen = []
    real = socket.socket.connect

    def connect(self, address):
        seen.append(address)
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr("vitrina.engine.core.loop._new_loop", __import__("asyncio").new_event_loop)
    import aiohttp

    connected = []
    create = aiohttp.TCPConnector._create_connection

    async def watched(self, request, *arguments, **more):
        connected.append(request.url.host)
        return await create(self, request, *arguments, **more)

    monkeypatch.setattr(aiohttp.TCPConnector, "_create_connection", watched)
    hostile("redirect")
    with pytest.raises(ConfigurationFault, match="redirect"):
        asked(generator, listing)
    assert set(connected) == {"127.0.0.1"}
    assert not [address for address in seen if isinstance(address, tuple) and address[0].startswith("169.")]


def test_a_weaker_mode_is_learnt_and_not_tried_again(model_server, hostile, generator):
    hostile("schema_unsupported")
    asked(generator, Listing(title="Первое"))
    asked(generator, Listing(title="Второе"))
    formats = [(request.get("response_format") or {}).get("type") for request in model_server.requests]
    assert formats == ["json_schema", "json_object", "json_object"]


def test_the_breaker_opens_and_then_no_attempt_is_burnt(model_server, settings, hostile, generator):
    settings.AI_BREAKER = {"faults": 3, "window_seconds": 60, "cool_down_seconds": 60}
    hostile("server_error")
    asked(generator, Listing(title="Первое"))
    burnt = model_server.counts()["calls"]
    answers = [asked(generator, Listing(title=f"Товар {n}")) for n in range(5)]
    assert {answer.source for answer in answers} == {"offline"}
    assert model_server.counts()["calls"] == max(burnt, 3)
    assert runtime.engine().attempts.breaker("custom:m", runtime.config()).state is State.OPEN


def test_an_open_breaker_still_serves_stored_answers(model_server, settings, generator, listing):
    first = asked(generator, listing)
    breaker = runtime.engine().attempts.breaker("custom:gpt-4o-mini", runtime.config())
    from vitrina.engine.core.faults import FaultKind

    for _ in range(10):
        breaker.failed(FaultKind.SERVER)
    assert breaker.state is State.OPEN
    again = asked(generator, listing)
    assert (again.source, again.cached) == (first.source, True)


def test_without_an_offline_member_a_failure_says_who_failed(model_server, settings, generator, listing):
    settings.AI_ROUTES = {"describe": {"steps": [["custom:fault-hang", 0.3], ["custom:fault-gone", 1]]}}
    with pytest.raises(NoAnswer, match="describe") as caught:
        asked(generator, listing)
    assert len(caught.value.model_call_ids) == 2


def test_a_failed_attempt_is_a_row_with_its_class(model_server, settings, generator, listing):
    settings.AI_ROUTES = {
        "describe": {"steps": [["custom:fault-hang", 0.3], ["custom:fault-credit", 1], ["custom:m", 1]]}
    }
    asked(generator, listing)
    rows = list(ModelCall.objects.order_by("at").values_list("model", "outcome", "error_class"))
    assert rows == [("fault-hang", "error", "timeout"), ("fault-credit", "error", "credit"), ("m", "ok", "")]


def test_the_secret_key_is_in_no_error_row_or_log(
    model_server, settings, hostile, generator, listing, caplog
):
    settings.PROVIDER_KEYS = {"custom": "sk-planted-secret"}
    hostile("unauthorised")
    with caplog.at_level("DEBUG"), pytest.raises(ConfigurationFault) as caught:
        asked(generator, listing)
    assert "sk-planted-secret" not in str(caught.value) + caplog.text + str(list(ModelCall.objects.values()))
    assert listing.title not in caplog.text
