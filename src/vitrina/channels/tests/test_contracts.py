"""The check of requests against what the marketplaces describe: it lets the good through and sees each kind of slip."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import urllib3
from aiohttp import web
from jsonschema import Draft202012Validator
from tests.servers import Marketplace

from vitrina.channels.tests.contracts import (
    BY_HAND,
    FOLDER,
    PLATFORMS,
    contract,
    trouble_with,
    trouble_with_answer,
)
from vitrina.simulators import ozon, wildberries, yandex_market
from vitrina.simulators.marketplace import Asked

KEYS = {"client-id": "12345", "api-key": "sim-key"}


def asked(
    method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **query: str
) -> Asked:
    return Asked(0.0, method, path, query, KEYS if headers is None else headers, body)


FEEDBACKS = {"isAnswered": "false", "take": "5000", "skip": "0"}
BUSINESS = "/v2/businesses/7301"
GOOD = [
    ("wildberries", asked("GET", "/api/v1/feedbacks", order="dateAsc", **FEEDBACKS)),
    ("wildberries", asked("POST", "/api/v1/feedbacks/answer", {"id": "a", "text": "Спасибо!"})),
    ("wildberries", asked("PATCH", "/api/v1/questions", {"id": "a", "wasViewed": True})),
    ("wildberries", asked("PATCH", "/api/v1/questions", {"id": "a", "answer": {"text": "Да"}, "state": "wbRu"})),
    ("wildberries", asked("GET", "/api/v1/seller/events", next="1700000000000")),
    ("wildberries", asked("GET", "/api/v1/seller/chats")),
    ("wildberries", asked("GET", "/api/v1/seller/download/abc-1")),
    ("wildberries", asked("POST", "/api/v1/seller/message", {"replySign": "x", "message": "Да", "file": "…"})),
    ("ozon", asked("POST", "/v1/roles", {})),
    ("ozon", asked("POST", "/v1/review/list", {"limit": 100, "status": "UNPROCESSED", "sort_dir": "ASC"})),
    ("ozon", asked("POST", "/v1/question/answer/create", {"question_id": "a", "sku": 7, "text": "Да, есть."})),
    ("ozon", asked("POST", "/v1/chat/send/message", {"chat_id": "a", "text": "Да"})),
    ("yandex_market", asked("GET", "/v2/campaigns", page="1")),
    ("yandex_market", asked("POST", f"{BUSINESS}/goods-feedback", {"reactionStatus": "NEED_REACTION"}, limit="50")),
    (
        "yandex_market",
        asked("POST", f"{BUSINESS}/goods-feedback/comments/update", {"feedbackId": 7, "comment": {"text": "Да"}}),
    ),
    ("yandex_market", asked("POST", f"{BUSINESS}/chats/message", {"message": "Да"}, chatId="7")),
]  # fmt: skip
BAD = [
    ("wildberries", asked("GET", "/api/v1/feedback"), "'id' is a required property"),
    ("wildberries", asked("GET", "/api/v1/feedbacks", **FEEDBACKS | {"take": "many"}), "take: 'many' is not"),
    ("wildberries", asked("GET", "/api/v1/feedbacks", **FEEDBACKS | {"order": "date"}), "order: 'date' is not one of"),
    ("wildberries", asked("GET", "/api/v1/feedbacks", **FEEDBACKS | {"since": "1"}), "'since' was unexpected"),
    ("wildberries", asked("GET", "/api/v1/feedbacks/answer", {}), "no such door"),
    ("wildberries", asked("PATCH", "/api/v1/questions", {"id": "a"}), "is not valid under any"),
    ("wildberries", asked("POST", "/api/v1/seller/message", {"message": "Да"}), "'replySign' is a required"),
    ("wildberries", asked("POST", "/api/v1/seller/message", {"replySign": "x", "message": "а" * 1001}), "too long"),
    ("wildberries", asked("GET", "/api/v1/seller/chats", {"a": 1}), "a body where none is expected"),
    ("ozon", asked("POST", "/v1/review/list", {"limit": "100"}), "limit: '100' is not of type 'integer'"),
    ("ozon", asked("POST", "/v1/review/list", {}), "'limit' is a required"),
    ("ozon", asked("POST", "/v1/review/list", {"limit": 20, "page": 1}), "'page' was unexpected"),
    ("ozon", asked("POST", "/v1/review/list", None), "None is not of type 'object'"),
    ("ozon", asked("POST", "/v1/roles", {}, headers={"client-id": "7"}), "the header «api-key» is missing"),
    ("ozon", asked("POST", "/v1/review/erase", {}), "no such door"),
    ("yandex_market", asked("POST", f"{BUSINESS}/goods-feedback", {"reactionStatus": "ANY"}), "is not one of"),
    ("yandex_market", asked("POST", f"{BUSINESS}/goods-feedback", {}, limit="0"), "limit"),
    ("yandex_market", asked("POST", f"{BUSINESS}/chats/message", {"message": ""}, chatId="7"), "message"),
    ("yandex_market", asked("POST", f"{BUSINESS}/chats/message", {"message": "Да"}), "'chatId' is a required"),
    ("yandex_market", asked("POST", "/v2/businesses/7/8/chats", {}), "no such door"),
]  # fmt: skip


@pytest.mark.parametrize(("platform", "request_"), GOOD, ids=lambda value: getattr(value, "path", value))
def test_a_good_request_is_let_through(platform: str, request_: Asked) -> None:
    assert trouble_with(platform, request_) == []


@pytest.mark.parametrize(("platform", "request_", "words"), BAD)
def test_a_slip_is_seen(platform: str, request_: Asked, words: str) -> None:
    trouble = trouble_with(platform, request_)
    assert trouble
    assert any(words in one for one in trouble), trouble


def test_answers_are_checked_by_their_status() -> None:
    review = asked("POST", "/v1/review/comment/create", {"review_id": "a", "text": "Спасибо"})
    assert trouble_with_answer("ozon", review, 200, {"comment_id": "7"}) == []
    assert "comment_id" in trouble_with_answer("ozon", review, 200, {"comment_id": 7})[0]
    assert "unexpected" in trouble_with_answer("ozon", review, 200, {"comment_id": "7", "state": "ok"})[0]
    fault: dict[str, Any] = {"code": 7, "message": "no", "details": []}
    assert trouble_with_answer("ozon", review, 404, fault) == []  # the description's «default»
    assert trouble_with_answer("ozon", review, 404, {"code": "seven"}) != []
    assert "no such status" in trouble_with_answer("ozon", review, 204, None)[0]

    answer = asked("POST", "/api/v1/feedbacks/answer", {"id": "a", "text": "Да"})
    assert trouble_with_answer("wildberries", answer, 204, None) == []
    assert "a body" in trouble_with_answer("wildberries", answer, 204, {})[0]
    assert "no such status" in trouble_with_answer("wildberries", answer, 200, {})[0]
    # Nobody describes what stands before a marketplace.
    assert trouble_with_answer("wildberries", answer, 503, "busy") == []
    assert trouble_with_answer("ozon", review, 500, None) == []
    assert trouble_with_answer("wildberries", answer, 403, {"detail": "no"}) == []


def test_what_is_not_required_may_be_null_in_an_answer_and_not_in_a_request() -> None:
    one = asked("GET", "/api/v1/seller/chats")
    chat: dict[str, Any] = {"chatID": "1:a", "goodCard": None, "clientID": "7"}
    assert trouble_with_answer("wildberries", one, 200, {"result": [chat], "errors": None}) == []
    assert trouble_with_answer("wildberries", one, 200, {"result": [chat | {"chatID": 7}], "errors": None})
    assert trouble_with_answer("wildberries", one, 200, {"result": [chat | {"goodCard": {"nmId": 7}}]})
    assert trouble_with("ozon", asked("POST", "/v1/review/list", {"limit": 20, "last_id": None}))
    feedbacks = asked("POST", f"{BUSINESS}/goods-feedback", {}, limit="50")
    assert trouble_with_answer(
        "yandex_market", feedbacks, 200, {"status": None, "result": {"feedbacks": None}}
    )


def _shop_info(request: web.Request, body: Any) -> web.Response:
    return web.json_response({"company": {"name": 7}})


@pytest.mark.parametrize("slip", ["ours", "theirs", "cut", "none"])
def test_a_simulated_marketplace_fails_the_test_in_which_somebody_slips(
    slip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if slip == "theirs":
        monkeypatch.setitem(ozon.PATHS, "/v1/seller/info", _shop_info)
    market = Marketplace(ozon.application())
    if slip == "cut":
        market.fails("cut")
    body = {"page": 1} if slip in ("ours", "cut") else {}
    headers = {"Client-Id": "1", "Api-Key": "sim-key", "User-Agent": "Vitrina"}
    try:
        urllib3.request("POST", f"{market.url}/v1/seller/info", json=body, headers=headers, retries=False)
    except urllib3.exceptions.HTTPError:
        assert slip == "cut"
    if slip == "none":
        market.close()
        return
    with pytest.raises(
        AssertionError, match="a body where none" if slip in ("ours", "cut") else "company.name"
    ):
        market.close()


@pytest.mark.parametrize("make", [ozon.application, wildberries.application, yandex_market.application])
def test_every_simulator_says_which_marketplace_it_is(make: Callable[[], web.Application]) -> None:
    market = Marketplace(make())
    assert market.state.platform in PLATFORMS
    market.close()


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_a_contract_is_structure_alone(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.encode()) < 150_000
    assert text.isascii()
    assert not re.search(
        r'"(description|summary|example|examples|default|x-[\w-]+|operationId|tags)": ["\[]', text
    )
    assert max(map(len, re.findall(r'"([^"\n]*)"', text))) < 130
    told = json.loads(text)
    assert told if file.stem == BY_HAND else told["paths"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_contract_can_be_asked(platform: str) -> None:
    assert contract(platform)["paths"]
    for methods in contract(platform)["paths"].values():
        for one in methods.values():
            for schema in (one["query"], one.get("body"), *one["answers"].values()):
                if schema is not None:
                    Draft202012Validator.check_schema(schema)
