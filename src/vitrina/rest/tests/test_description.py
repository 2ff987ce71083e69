"""The description is whole: every operation says what it does, for whom, with examples that are true to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override
from openapi_schema_validator import OAS31Validator

from vitrina.rest.readable import METHODS, groups, pieces
from vitrina.rest.views import described_in


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    with override("ru"):  # the active language changes nothing
        return described_in("en")


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method in METHODS:
            if method in methods:
                yield f"{method.upper()} {path}", methods[method]


def test_every_operation_says_what_it_does_and_for_whom(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    told = dict(operations(description))
    assert len(told) > 45
    for name, one in told.items():
        assert one["summary"], name
        assert one["summary"][0].isupper(), name
        scope = one["x-scope"]
        assert {"token": [scope]} in one["security"], name
        assert f"`{scope}`" in one["description"], name
        assert {"401", "403", "429"} <= set(one["responses"]), name
        for status, answer in one["responses"].items():
            assert answer["description"], (name, status)
            if status >= "400":
                assert list(answer["content"]) == ["application/problem+json"], (name, status)
    names = [one["operationId"] for one in told.values()]
    assert len(names) == len(set(names))


def test_every_address_with_an_id_may_answer_that_it_is_not_there(description: dict[str, Any]) -> None:
    lacking = [name for name, one in operations(description) if "{" in name and "404" not in one["responses"]]
    assert lacking == []


# Their answers hold a secret, shown this once: it is not kept, not even for a day.
SECRET = {"POST /api/v1/webhooks", "POST /api/v1/webhooks/{id}/secret"}


def test_every_post_may_be_repeated_with_its_key(description: dict[str, Any]) -> None:
    keyed = {
        name
        for name, one in operations(description)
        if any(parameter["name"] == "Idempotency-Key" for parameter in one.get("parameters", []))
    }
    assert keyed == {name for name, _one in operations(description) if name.startswith("POST ")} - SECRET


def test_every_body_and_answer_in_json_has_an_example_that_is_true_to_its_schema(
    description: dict[str, Any],
) -> None:
    wrong = {}
    for name, one in operations(description):
        contents = {"request": one.get("requestBody", {}).get("content", {})}
        contents |= {
            status: answer.get("content", {}) for status, answer in one["responses"].items() if status < "400"
        }
        for place, content in contents.items():
            told = content.get("application/json")
            if told is None:
                continue
            schema = {**told["schema"], "components": description["components"]}
            examples = told.get("examples", {})
            if not examples:
                wrong[f"{name} {place}"] = "no example"
            for example in examples.values():
                found = [error.message for error in OAS31Validator(schema).iter_errors(example["value"])]
                if found:
                    wrong[f"{name} {place}"] = found[0][:300]
    assert wrong == {}


def test_both_languages_describe_the_same(description: dict[str, Any]) -> None:
    with override("en"):
        russian = described_in("ru")
    assert [name for name, _one in operations(russian)] == [name for name, _one in operations(description)]
    for (name, english), (_name, told) in zip(operations(description), operations(russian), strict=True):
        assert english["summary"] != told["summary"], name


def test_the_page_shows_every_operation_and_needs_nobody(description: dict[str, Any], db: None) -> None:
    page = Client().get("/api/docs", headers={"Accept-Language": "en"}).content.decode()
    for _name, one in operations(description):
        assert f'id="{one["operationId"]}"' in page
    for kind in ("limit", "invalid", "scope"):
        assert f'id="problem-{kind}"' in page
    assert "<script>" not in page
    assert " style=" not in page
    assert sum(len(group.operations) for group in groups(description)) == len(dict(operations(description)))


def test_what_stands_between_backticks_is_code() -> None:
    assert pieces("send `a` and `b`") == [("send ", False), ("a", True), (" and ", False), ("b", True)]
    assert pieces("") == []
    assert pieces("a ` b") == [("a ", False), (" b", True)]
