"""The engine as a whole: streaming, vision, embeddings, its checks, its end, and where it must not be called."""

from __future__ import annotations

import threading
import time
from base64 import b64encode
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from PIL import Image

from vitrina.engine import batch, runtime
from vitrina.engine.ask import CallContext, ImagePart, ask
from vitrina.engine.checking import warm_up
from vitrina.engine.core.attempts import Attempts
from vitrina.engine.embed import MOST_TEXTS, embed
from vitrina.engine.errors import AnswerNotStored, ConfigurationFault, EngineError
from vitrina.engine.generators import Generator, register
from vitrina.engine.models import ModelCall, PriceOverride, RouteOverride, StoredAnswer
from vitrina.engine.tests.conftest import Card, Listing, offline

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_stream_shows_partial_objects_in_the_askers_thread_and_ends_with_the_whole(
    model_server, generator, listing
):
    model_server.set(stream_pause=0.002)
    seen = []
    answer = ask(
        generator,
        listing,
        context=CallContext(),
        on_partial=lambda value: seen.append((threading.get_ident(), dict(value))),
    )
    assert {thread for thread, _ in seen} == {threading.get_ident()}
    assert len(seen) > 1
    lengths = [len(value.get("description", "")) for _, value in seen]
    assert lengths == sorted(lengths)
    assert answer.value.description.startswith(seen[-1][1].get("description", ""))
    row = ModelCall.objects.get()
    assert row.first_token_ms is not None
    assert (row.tokens_prompt, row.tokens_completion) == (
        model_server.counts()["prompt_tokens"],
        model_server.counts()["completion_tokens"],
    )


def test_the_first_partial_comes_within_300_ms_of_the_first_token(model_server, generator, listing):
    model_server.set(stream_pause=0.02)
    first: list[float] = []
    started = time.time()

    def on_partial(value):
        first.append(time.time())

    ask(generator, listing, context=CallContext(), on_partial=on_partial)
    row = ModelCall.objects.get()
    assert first[0] - (row.at.timestamp() + row.first_token_ms / 1000) < 0.3
    assert first[0] > started


def test_a_stream_that_broke_off_is_counted_by_what_was_heard(model_server, settings, generator, listing):
    settings.AI_ROUTES = {"describe": {"steps": [["custom:fault-truncated_stream", 5], ["offline"]]}}
    ask(generator, listing, context=CallContext(deadline_seconds=1), on_partial=lambda value: None)
    row = ModelCall.objects.filter(outcome="error").first()
    assert row.is_estimated
    assert row.tokens_completion > 0


def test_pictures_go_along_and_shape_the_key(model_server, settings, generator, listing):
    settings.AI_VISION_MODEL = "v"
    looking = Generator("look", "vision", Listing, Card, generator.prompt, offline)
    for data in (png("red"), png("blue"), png("red")):
        ask(looking, listing, context=CallContext(), images=[ImagePart(data, "image/png")])
    assert model_server.counts()["calls"] == 2
    parts = model_server.requests[0]["messages"][1]["content"]
    assert [part["type"] for part in parts] == ["text", "image_url"]
    assert parts[1]["image_url"] == {"url": f"data:image/png;base64,{b64encode(png('red')).decode()}"}


def test_a_picture_is_read_only_where_a_model_is_to_see_it(model_server, settings, generator, listing):
    def read() -> bytes:
        reads.append(1)
        return png("red")

    reads: list[int] = []
    looking = Generator("look", "vision", Listing, Card, generator.prompt, offline)
    ask(looking, listing, context=CallContext(), images=[ImagePart(read)])
    assert reads == []
    settings.AI_VISION_MODEL = "v"
    ask(looking, listing, context=CallContext(), images=[ImagePart(read)])
    assert reads == [1]


def test_what_reading_a_picture_raises_comes_out_and_nothing_is_sent(
    model_server, settings, generator, listing
):
    def read() -> bytes:
        raise FileNotFoundError("gone")

    settings.AI_VISION_MODEL = "v"
    looking = Generator("look", "vision", Listing, Card, generator.prompt, offline)
    with pytest.raises(FileNotFoundError):
        ask(looking, listing, context=CallContext(), images=[ImagePart(read)])
    assert model_server.counts()["calls"] == 0


def png(colour: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (16, 16), colour).save(file, "PNG")
    return file.getvalue()


def test_a_persons_remarks_are_sent_and_shape_the_key(model_server, generator, listing):
    ask(generator, listing, context=CallContext())
    ask(generator, listing, context=CallContext(), remarks=["Короче, пожалуйста."])
    assert model_server.counts()["calls"] == 2
    assert "Короче, пожалуйста." in model_server.requests[1]["messages"][1]["content"]


def test_texts_are_embedded_in_parts_of_one_model_and_paid_once(model_server, settings):
    settings.AI_EMBEDDING_MODEL = "e"
    texts = [f"Платье {number}" for number in range(MOST_TEXTS + 10)]
    first, again = embed(texts, context=CallContext()), embed(texts, context=CallContext())
    assert (first.model, len(first.vectors), {len(vector) for vector in first.vectors}) == (
        "custom:e",
        len(texts),
        {256},
    )
    assert first.vectors == again.vectors
    assert model_server.counts()["calls"] == 2
    assert ModelCall.objects.paid().count() == 2
    assert again.tokens == 0


def test_without_an_embed_route_there_are_no_vectors(model_server):
    assert embed(["x"], context=CallContext()) is None


def test_a_call_inside_a_transaction_is_refused(model_server, generator, listing):
    with transaction.atomic(), pytest.raises(EngineError, match="inside a database transaction"):
        ask(generator, listing, context=CallContext())
    assert model_server.counts()["calls"] == 0


def test_an_unknown_route_is_told(generator, listing):
    with pytest.raises(ConfigurationFault, match="nowhere"):
        ask(
            Generator("x", "nowhere", Listing, Card, generator.prompt, offline),
            listing,
            context=CallContext(),
        )


def test_two_generators_of_one_name_are_a_mistake(generator):
    register(generator)
    register(generator)
    with pytest.raises(ValueError, match="card"):
        register(Generator("card", "describe", Listing, Card, generator.prompt, offline))
    from vitrina.engine import generators

    del generators._registry["card"]


def test_rows_of_operators_change_routes_and_prices(model_server, generator, listing):
    RouteOverride.objects.create(route="describe", settings={"steps": [["custom:other", 5]]})
    PriceOverride.objects.create(model="custom:other", input=1, output=2)
    answer = ask(generator, listing, context=CallContext())
    assert answer.source == "custom:other"
    assert answer.cost == (answer.tokens_prompt * 1 + answer.tokens_completion * 2) / __import__(
        "decimal"
    ).Decimal(1_000_000)


def test_an_answer_that_can_not_be_stored_is_not_used(model_server, generator, listing, monkeypatch):
    ask(generator, Listing(title="Сначала хорошо"), context=CallContext())
    real = batch._Batch._finish

    def broken(self, finish):
        raise DatabaseError("disk full")

    monkeypatch.setattr(batch._Batch, "_finish", broken)
    with pytest.raises(AnswerNotStored):
        ask(generator, listing, context=CallContext())
    monkeypatch.setattr(batch._Batch, "_finish", real)
    assert StoredAnswer.objects.filter(is_done=True).count() == 1


def test_the_engine_ends_its_calls_and_starts_anew(model_server, generator):
    model_server.set(latency=0.3)
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(ask(generator, Listing(title="Первое"), context=CallContext()))
    )
    thread.start()
    from vitrina.engine.tests.conftest import wait_until

    wait_until(lambda: model_server.counts()["calls"] == 1)
    runtime.close()
    thread.join(10)
    assert answers[0].source == "custom:gpt-4o-mini"
    assert ask(generator, Listing(title="Второе"), context=CallContext()).source == "custom:gpt-4o-mini"


def test_check_models_names_what_a_provider_does_not_know(model_server, settings):
    out = StringIO()
    call_command("check_models", stdout=out)
    assert "ok   describe    custom:gpt-4o-mini" in out.getvalue()
    settings.AI_MODEL = "gpt-9"
    with pytest.raises(CommandError, match="can't be used"):
        call_command("check_models", "--no-calls", stdout=out)
    assert "custom doesn't know this model" in out.getvalue()


def test_warming_up_calls_each_model_once(model_server):
    assert [finding.ok for finding in warm_up()] == [True]
    assert model_server.counts()["calls"] == 1


def test_an_open_telemetry_span_tells_model_and_tokens(
    model_server, settings, generator, listing, monkeypatch
):
    trace = pytest.importorskip("opentelemetry.trace")
    spans = []

    class Tracer:
        def start_span(self, name, **given):
            spans.append((name, given["attributes"]))
            return trace.INVALID_SPAN

    monkeypatch.setattr("vitrina.engine.core.spans._tracer", Tracer)
    settings.AI_TRACING = True
    ask(generator, listing, context=CallContext())
    assert spans[0][0] == "chat gpt-4o-mini"
    assert spans[0][1]["gen_ai.usage.input_tokens"] == model_server.counts()["prompt_tokens"]


def test_metrics_count_calls_tokens_and_hits(model_server, generator, listing):
    from prometheus_client import REGISTRY

    def value(name, **labels):
        return REGISTRY.get_sample_value(name, labels) or 0

    before = value(
        "vitrina_model_calls_total", route="describe", model="custom:gpt-4o-mini", outcome="cached"
    )
    ask(generator, listing, context=CallContext())
    ask(generator, listing, context=CallContext())
    assert (
        value("vitrina_model_calls_total", route="describe", model="custom:gpt-4o-mini", outcome="cached")
        == before + 1
    )


def test_attempts_without_rates_close_cleanly():
    import asyncio

    asyncio.run(Attempts(rates=None).close())
