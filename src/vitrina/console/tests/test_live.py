"""The stream: whose topics, which events, in whose language, and that it lets go of what it holds."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from django.test import AsyncClient
from tests import factories

from vitrina.accounts.models import User
from vitrina.accounts.roles import Role
from vitrina.console.live import message
from vitrina.jobs import events
from vitrina.jobs.enqueue import enqueue

pytestmark = pytest.mark.django_db(transaction=True)


def setting() -> tuple[User, int, int]:
    """A person, a job of their seller, and a job of another."""
    seller, other = factories.seller(), factories.seller()
    person = factories.user("anna", seller=seller, role=Role.READ_ONLY)
    return person, enqueue("x", {}, seller_id=seller.pk).pk, enqueue("x", {}, seller_id=other.pk).pk


async def read(response: Any, count: int) -> list[str]:
    """The first messages of a stream, within a bound."""
    stream = aiter(response.streaming_content)
    got: list[str] = []
    async with asyncio.timeout(10):
        while len(got) < count:
            got.append((await anext(stream)).decode())
    await stream.aclose()
    return got


def test_it_resumes_behind_the_last_event_that_the_browser_saw() -> None:
    person, job, _foreign = setting()
    events.record(f"job:{job}", "progress", {"step": "describe", "done": 1, "total": 8}, job)
    first = events.last_id()
    events.record(f"job:{job}", "progress", {"step": "check", "done": 2, "total": 8, "seconds_left": 3}, job)

    async def follow() -> Any:
        client = AsyncClient()
        await client.aforce_login(person)
        response = await client.get(
            "/live", {"topics": f"job:{job}", "after": "0"}, headers={"Last-Event-ID": str(first)}
        )
        assert response["Content-Type"] == "text/event-stream"
        assert response["Cache-Control"] == "no-cache"
        assert response["X-Accel-Buffering"] == "no"
        return await read(response, 2)

    beat, news = asyncio.run(follow())
    assert beat.endswith("event: beat\ndata:\n\n")
    assert f"id: {first + 1}\n" in news
    data = json.loads(news.split("data: ", 1)[1])
    assert (data["step"], data["done"], data["total"], data["changed"]) == ("check", 2, 8, False)


@pytest.mark.parametrize(
    "topics", ["", "job:", "job:x", "user:1", "job:999999", "job:1:2", ",".join(["job:1"] * 500)]
)
def test_what_is_no_topic_of_theirs_is_not_found(topics: str) -> None:
    person, _job, _foreign = setting()

    async def ask() -> int:
        client = AsyncClient()
        await client.aforce_login(person)
        return (await client.get("/live", {"topics": topics})).status_code

    assert asyncio.run(ask()) == 404


def test_one_foreign_topic_among_own_ones_closes_the_stream() -> None:
    person, job, foreign = setting()

    async def ask() -> int:
        client = AsyncClient()
        await client.aforce_login(person)
        return (await client.get("/live", {"topics": f"job:{job},job:{foreign}"})).status_code

    assert asyncio.run(ask()) == 404


def test_a_message_is_one_event_whatever_the_text_holds() -> None:
    hostile = "строка\n\nevent: beat\nid: 999\r\ndata: </script>"
    event = events.Event(7, "job:1", "progress", {"step": "describe", "text": hostile}, 1, None)  # type: ignore[arg-type]
    said = message(event, "ru").decode()
    assert said.count("\n\n") == 1
    assert said.count("\n") == 4
    assert json.loads(said.split("data: ", 1)[1])["text"] == hostile
    assert json.loads(said.split("data: ", 1)[1])["step_name"] == "Написание текста"
    assert json.loads(message(event, "en").decode().split("data: ", 1)[1])["step_name"] == "Writing the text"
