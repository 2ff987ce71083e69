"""What servers send is read by the letter and never believed."""

from __future__ import annotations

import json
import zlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.engine.core.faults import FaultKind, WireFault, codes_in, error_in
from vitrina.engine.core.providers import PROVIDERS, Endpoint, Provider
from vitrina.engine.core.reading import (
    MOST_BYTES,
    MOST_LINE_BYTES,
    Decompressor,
    StreamReader,
    completion,
    embeddings,
    refusal,
    retry_after,
)

HERE = Endpoint(Provider("here", "http://x/v1", "HERE_KEY"), "http://x/v1")
ROUTER = next(Endpoint(row, row.base_url) for row in PROVIDERS if row.name == "openrouter")


def body(**fields):
    message = {"content": "ok"} | fields.pop("message", {})
    return json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]} | fields).encode()


def kind(status, content=b"", headers=None, endpoint=HERE):
    return refusal(endpoint, status, headers or {}, content).kind


def test_an_error_under_200_is_an_error():
    with pytest.raises(WireFault) as caught:
        completion(HERE, {}, b'{"error": {"code": 502, "message": "down"}}')
    assert caught.value.fault.kind is FaultKind.SERVER


@pytest.mark.parametrize("code", [429, "429", 429.0])
def test_a_code_may_be_a_number_or_a_text(code):
    with pytest.raises(WireFault) as caught:
        completion(HERE, {}, json.dumps({"error": {"code": code}}).encode())
    assert caught.value.fault.kind is FaultKind.RATE


def test_an_error_may_come_in_an_array_or_as_a_sentence():
    assert kind(429, b'[{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}]') is FaultKind.RATE
    assert error_in({"error": "no"}) == {"message": "no"}


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (400, b"{}", FaultKind.REQUEST),
        (400, b'{"error": {"code": "context_length_exceeded"}}', FaultKind.CONTEXT),
        (400, b'{"error": {"code": 400, "type": "exceed_context_size_error"}}', FaultKind.CONTEXT),
        (401, b"", FaultKind.CONFIGURATION),
        (402, b"", FaultKind.CREDIT),
        (403, b"", FaultKind.CONFIGURATION),
        (404, b"", FaultKind.GONE),
        (429, b"", FaultKind.RATE),
        (429, b'{"error": {"code": "insufficient_quota"}}', FaultKind.CREDIT),
        (500, b"", FaultKind.SERVER),
        (503, b"<html>no</html>", FaultKind.SERVER),
        (302, b"", FaultKind.CONFIGURATION),
    ],
)
def test_a_refusal_is_classed_by_its_code_and_status(status, content, expected):
    assert kind(status, content) is expected


def test_a_provider_may_mean_something_else_by_a_status_or_code():
    in_flight = b'{"error": {"code": 402, "metadata": {"limit_source": "openrouter_in_flight_budget"}}}'
    assert kind(402, in_flight, endpoint=ROUTER) is FaultKind.RATE
    assert kind(402, b"{}", endpoint=ROUTER) is FaultKind.CREDIT
    assert kind(403, b"{}", endpoint=ROUTER) is FaultKind.REFUSED


@pytest.mark.parametrize(
    ("headers", "error", "seconds"),
    [
        ({"retry-after": "7"}, {}, 7),
        ({"retry-after-ms": "250"}, {}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, {}, 0),
        ({"retry-after": "soon"}, {}, None),
        ({"retry-after": "-3"}, {}, None),
        ({}, {"details": [{"retryDelay": "34s"}]}, 34),
        ({}, {}, None),
    ],
)
def test_the_time_to_wait_is_read_from_headers_and_details(headers, error, seconds):
    assert retry_after(headers, error) == seconds


@pytest.mark.parametrize(
    "content", [None, "", "text", [{"type": "text", "text": "te"}, {"type": "text", "text": "xt"}]]
)
def test_content_may_be_null_a_text_or_parts(content):
    assert completion(HERE, {}, body(message={"content": content})).content == ("text" if content else "")


def test_a_finish_by_length_and_a_refusal_are_seen():
    read = completion(
        HERE, {}, b'{"choices": [{"message": {"content": null, "refusal": "no"}, "finish_reason": "length"}]}'
    )
    assert (read.finish, read.refusal, read.content) == ("length", "no", "")


@pytest.mark.parametrize(
    "usage", [None, "many", {"prompt_tokens": "x"}, {"prompt_tokens": -4}, {"prompt_tokens": True}]
)
def test_usage_that_can_not_be_believed_is_unknown(usage):
    assert completion(HERE, {}, body(usage=usage)).usage is None


def test_usage_tells_cached_tokens_and_cost_in_every_dialect():
    openai = completion(
        HERE,
        {},
        body(
            usage={"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}
        ),
    )
    deepseek = completion(
        HERE,
        {},
        body(usage={"prompt_tokens": 9, "completion_tokens": 2, "prompt_cache_hit_tokens": 4, "cost": 0.01}),
    )
    assert openai.usage.cached == deepseek.usage.cached == 4
    assert deepseek.usage.cost == Decimal("0.01")


@pytest.mark.parametrize(
    "content",
    [b'{"choices": []}', b'{"choices": null}', b"[]", b"17", b'{"choices": [{"message": {"content": 17}}]}', b"{",
     '{"choices": 1}'.encode("utf-16"), b'{"choices": NaN}', b'{"a": 1}{"a": 2}'],
)  # fmt: skip
def test_a_body_without_the_promised_parts_is_refused(content):
    with pytest.raises(WireFault) as caught:
        completion(HERE, {}, content)
    assert caught.value.fault.kind is FaultKind.BAD_BODY


def test_an_empty_body_is_an_empty_answer():
    with pytest.raises(WireFault) as caught:
        completion(HERE, {}, b" \n")
    assert caught.value.fault.kind is FaultKind.EMPTY


@given(st.binary(max_size=400) | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["error", "choices", "message", "content", "usage", "code", "type", "metadata"]) | st.text(), inner)).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_no_junk_makes_the_reader_raise_anything_but_a_fault(content):
    for read in (
        lambda: completion(HERE, {}, content),
        lambda: embeddings(HERE, {}, content, 1),
        lambda: refusal(HERE, 500, {}, content),
    ):
        try:
            read()
        except WireFault:
            continue


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["code", "type", "status", "metadata", "limit_source"]), inner)))  # fmt: skip
def test_codes_are_found_in_any_error(error):
    if isinstance(error, dict):
        codes_in(error)


# --- streams ----------------------------------------------------------------------------------------------


def chunk(content=None, finish=None, **more):
    return (
        b"data: "
        + json.dumps({"choices": [{"delta": {"content": content}, "finish_reason": finish}]} | more).encode()
        + b"\n\n"
    )


WHOLE = (
    b": PROCESSING\n\n\n" + chunk(None) + chunk("при") + chunk("вет", usage={"prompt_tokens": 3, "completion_tokens": 2})
    + chunk(None, "stop") + b'data: {"choices": null, "usage": null}\n\ndata: {"choices": []}\n\ndata: [DONE]\n\n'
)  # fmt: skip


@given(st.lists(st.integers(min_value=1, max_value=40), max_size=60))
def test_a_stream_reads_the_same_however_it_is_cut(cuts):
    reader, place = StreamReader(HERE, {}), 0
    for size in [*cuts, len(WHOLE)]:
        reader.feed(WHOLE[place : place + size])
        place += size
    reader.end()
    read = reader.completion()
    assert (read.content, read.finish, read.usage.prompt, read.usage.completion) == ("привет", "stop", 3, 2)


def test_comments_and_blank_lines_are_no_progress():
    reader = StreamReader(HERE, {})
    assert reader.feed(b": OPENROUTER PROCESSING\n\n\r\n\n") is False
    assert reader.feed(chunk("a")) is True


def test_windows_line_ends_and_events_over_two_lines_are_read():
    reader = StreamReader(HERE, {})
    reader.feed(b'data: {"choices": [{"delta":\r\ndata: {"content": "a"}}]}\r\n\r\ndata: [DONE]\r\n\r\n')
    reader.end()
    assert reader.content == "a"


def test_a_stream_without_its_end_broke_off():
    reader = StreamReader(HERE, {})
    reader.feed(chunk("half"))
    with pytest.raises(WireFault) as caught:
        reader.end()
    assert caught.value.fault.kind is FaultKind.CONNECTION


def test_an_error_inside_a_stream_is_an_error():
    with pytest.raises(WireFault) as caught:
        StreamReader(HERE, {}).feed(b'event: error\ndata: {"error": {"code": "503"}}\n\n')
    assert caught.value.fault.kind is FaultKind.SERVER


def test_a_line_without_an_end_is_not_read_for_ever():
    reader = StreamReader(HERE, {})
    reader.feed(b"x" * MOST_LINE_BYTES)
    with pytest.raises(WireFault) as caught:
        reader.feed(b"x")
    assert caught.value.fault.kind is FaultKind.TOO_LARGE


@given(st.lists(st.binary(max_size=80) | st.just(b"data: "), max_size=20))
def test_no_junk_makes_the_stream_raise_anything_but_a_fault(pieces):
    reader = StreamReader(HERE, {})
    try:
        for piece in pieces:
            reader.feed(piece)
        reader.end()
    except WireFault:
        return


# --- size -------------------------------------------------------------------------------------------------


def test_a_packed_bomb_stops_at_the_cap():
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b" " * 1024**2) for _ in range(64)) + packer.flush()
    with pytest.raises(WireFault) as caught:
        Decompressor("gzip").feed(bomb)
    assert caught.value.fault.kind is FaultKind.TOO_LARGE


@given(st.binary(max_size=2000), st.integers(min_value=1, max_value=50))
def test_packed_bodies_come_out_whole(content, size):
    packed = zlib.compress(content, wbits=31)
    decompressor = Decompressor("gzip")
    assert (
        b"".join(decompressor.feed(packed[start : start + size]) for start in range(0, len(packed), size))
        == content
    )


def test_a_plain_body_beyond_the_cap_is_refused():
    decompressor = Decompressor("")
    decompressor.feed(b" " * MOST_BYTES)
    with pytest.raises(WireFault):
        decompressor.feed(b" ")


def test_an_encoding_that_was_not_asked_for_is_refused():
    with pytest.raises(WireFault):
        Decompressor("br")


def test_embeddings_come_in_the_order_of_the_texts():
    content = b'{"data": [{"index": 1, "embedding": [3, 4]}, {"index": 0, "embedding": [1, 2]}]}'
    assert embeddings(HERE, {}, content, 2)[0] == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    "data",
    [
        [],
        [{"embedding": []}],
        [{"embedding": ["x"]}],
        [{"embedding": [1], "index": 5}],
        [{"embedding": [1]}, {"embedding": [1]}],
    ],
)
def test_embeddings_that_do_not_fit_the_texts_are_refused(data):
    with pytest.raises(WireFault):
        embeddings(HERE, {}, json.dumps({"data": data}).encode(), 1)
