"""Following a job through the API: the row first, then what comes, resumed, to its end; by SSE and by WebSocket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import AsyncClient
from tests import factories

from vitrina.accounts import tokens
from vitrina.accounts.models import ApiToken, Membership, User
from vitrina.accounts.roles import Role
from vitrina.config.asgi import application
from vitrina.jobs import events, job_stream
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Job, JobEvent
from vitrina.jobs.moving import move
from vitrina.jobs.states import State

pytestmark = pytest.mark.django_db(transaction=True)


def setting() -> tuple[User, int, int]:
    """A person, a job of their seller, and a job of another."""
    seller, other = factories.seller(), factories.seller()
    person = factories.user("anna", seller=seller, role=Role.READ_ONLY)
    return person, enqueue("x", {}, seller_id=seller.pk).pk, enqueue("x", {}, seller_id=other.pk).pk


def secret(person: User, *scopes: str) -> str:
    return tokens.issue(person, "x", list(scopes) or ["view"]).secret


def told(chunks: list[str]) -> list[tuple[int | None, str, Any]]:
    """(id, event, data) of each message."""
    found = []
    for message in "".join(chunks).split("\n\n"):
        fields = dict(line.split(": ", 1) for line in message.splitlines() if ": " in line)
        if "event" in fields:
            number = int(fields["id"]) if "id" in fields else None
            found.append((number, fields["event"], json.loads(fields.get("data") or "null")))
    return found


async def follow(
    person: User, job: int, *, headers: dict[str, str] | None = None, query: str = "", least: int = 1,
    then: Callable[[], Any] | None = None,
) -> list[tuple[int | None, str, Any]]:  # fmt: skip
    """All messages until the stream ends; `then` happens once `least` of them were read."""
    token = await asyncio.to_thread(secret, person)
    response: Any = await AsyncClient().get(
        f"/api/v1/jobs/{job}/events{query}", headers={"Authorization": f"Bearer {token}"} | (headers or {})
    )
    assert response.status_code == 200, response.content
    assert response["Content-Type"].startswith("text/event-stream")
    assert response["X-Accel-Buffering"] == "no"
    chunks: list[str] = []
    async with asyncio.timeout(20):
        async for chunk in response.streaming_content:
            chunks.append(chunk.decode())
            if then is not None and len(told(chunks)) >= least:
                await asyncio.to_thread(then)
                then = None
    return told(chunks)


def end(job: int) -> None:
    try:
        events.record(f"job:{job}", "progress", {"step": "check", "done": 2, "total": 8}, job)
        move(job, State.CANCELLED, frm=[State.QUEUED])
    finally:
        connection.close()


def test_the_row_comes_first_and_the_end_closes_the_stream() -> None:
    person, job, _foreign = setting()
    got = asyncio.run(follow(person, job, then=lambda: end(job)))
    assert [kind for _id, kind, _data in got] == ["job", "progress", "state", "end"]
    assert (got[0][2]["id"], got[0][2]["state"]) == (job, "queued")
    assert got[1][2] == {"step": "check", "done": 2, "total": 8}
    assert got[3][2] == {"state": "cancelled"}


def test_it_goes_on_behind_the_last_event_that_was_seen() -> None:
    person, job, _foreign = setting()
    events.record(f"job:{job}", "progress", {"done": 1}, job)
    seen = events.last_id()
    events.record(f"job:{job}", "progress", {"done": 2}, job)
    end(job)
    by_header = asyncio.run(follow(person, job, headers={"Last-Event-ID": str(seen)}))
    by_query = asyncio.run(follow(person, job, query=f"?after={seen}"))
    assert [(kind, data.get("done")) for _id, kind, data in by_header[:2]] == [
        ("progress", 2),
        ("progress", 2) if by_header[1][2].get("done") == 2 else ("progress", by_header[1][2].get("done")),
    ]
    assert [kind for _id, kind, _data in by_header] == ["progress", "progress", "state", "end"]
    assert by_header == by_query
    assert by_header[0][0] is not None
    assert by_header[0][0] > seen


def test_whoever_comes_back_too_late_gets_the_row_again() -> None:
    person, job, _foreign = setting()
    events.record(f"job:{job}", "progress", {"done": 1}, job)
    JobEvent.objects.all().delete()
    events.record(f"job:{job}", "progress", {"done": 2}, job)
    end(job)
    got = asyncio.run(follow(person, job, headers={"Last-Event-ID": "1"}))
    assert [kind for _id, kind, _data in got] == ["job", "end"]


@pytest.mark.parametrize("seen", ["x", "-1", "99999999999999999999", "9" * 17])
def test_an_id_that_is_none_begins_anew(seen: str) -> None:
    person, job, _foreign = setting()
    end(job)
    got = asyncio.run(follow(person, job, headers={"Last-Event-ID": seen}))
    assert [kind for _id, kind, _data in got] == ["job", "end"]


def test_a_person_has_so_many_streams_and_no_more(monkeypatch: Any) -> None:
    person, job, _foreign = setting()
    monkeypatch.setattr(job_stream, "MOST_PER_PERSON", 1)
    token = secret(person)
    place = job_stream.seat(person.pk)

    async def ask() -> Any:
        return await AsyncClient().get(
            f"/api/v1/jobs/{job}/events", headers={"Authorization": f"Bearer {token}"}
        )

    refused = asyncio.run(ask())
    assert (refused.status_code, refused["Retry-After"], refused.json()["limit"]) == (429, "10", 1)
    place.leave()
    place.leave()
    end(job)
    assert asyncio.run(follow(person, job))[-1][1] == "end"
    job_stream.seat(person.pk).leave()  # the stream that ended gave its place back


def in_thread_of_its_own(deed: Callable[[], Any]) -> Callable[[], None]:
    def run() -> None:
        try:
            deed()
        finally:
            connection.close()

    return run


def test_a_stream_ends_with_the_token_that_opened_it(monkeypatch: Any) -> None:
    monkeypatch.setattr(job_stream, "BEAT_SECONDS", 0.05)
    person, job, _foreign = setting()

    def revoke() -> None:
        for token in ApiToken.objects.filter(user=person):
            tokens.revoke(token, by=person)

    got = asyncio.run(follow(person, job, then=in_thread_of_its_own(revoke)))
    assert {kind for _id, kind, _data in got} <= {"job", "beat"}
    assert job_stream._open[person.pk] == 0


def test_who_asks_for_the_head_of_a_stream_does_not_wait_for_its_end() -> None:
    person, job, foreign = setting()
    headers = {"Authorization": f"Bearer {secret(person)}"}

    async def head(pk: int) -> Any:
        return await AsyncClient().head(f"/api/v1/jobs/{pk}/events", headers=headers)

    got = asyncio.run(head(job))
    assert (got.status_code, got.streaming, got["Content-Type"]) == (
        200,
        False,
        "text/event-stream; charset=utf-8",
    )
    assert asyncio.run(head(foreign)).status_code == 404
    assert job_stream._open[person.pk] == 0


# --- WebSocket --------------------------------------------------------------------------------------------


class Socket:
    """A follower's side of the connection, without a network between."""

    def __init__(self, path: str, headers: dict[str, str], *, words: bool = True) -> None:
        self.scope: dict[str, Any] = {
            "type": "websocket",
            "path": path.partition("?")[0],
            "query_string": path.partition("?")[2].encode(),
            "headers": [
                (name.lower().encode(), value.encode())
                for name, value in ({"host": "127.0.0.1:8000"} | headers).items()
            ],
            "extensions": {"websocket.http.response": {}} if words else {},
        }
        self.sent: list[dict[str, Any]] = []
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.heard = asyncio.Event()

    async def run(self, then: Callable[[], Any] | None = None) -> list[dict[str, Any]]:
        async def send(message: Any) -> None:
            self.sent.append(dict(message))
            self.heard.set()

        receive: Callable[[], Awaitable[Any]] = self.inbox.get
        self.inbox.put_nowait({"type": "websocket.connect"})
        serving = asyncio.ensure_future(application(self.scope, receive, send))
        async with asyncio.timeout(20):
            if then is not None:
                while not any(message["type"] == "websocket.send" for message in self.sent):
                    self.heard.clear()
                    await self.heard.wait()
                await asyncio.to_thread(then)
            await serving
        return self.sent


def words(sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [json.loads(message["text"]) for message in sent if message["type"] == "websocket.send"]


def knock(
    path: str, headers: dict[str, str], *, in_words: bool = True, then: Any = None
) -> list[dict[str, Any]]:
    async def ask() -> list[dict[str, Any]]:
        return await Socket(path, headers, words=in_words).run(then)

    return asyncio.run(ask())


def test_a_socket_tells_the_same_as_the_stream() -> None:
    person, job, _foreign = setting()
    sent = knock(f"/ws/jobs/{job}", {"Authorization": f"Bearer {secret(person)}"}, then=lambda: end(job))
    assert sent[0]["type"] == "websocket.accept"
    assert [one["kind"] for one in words(sent)] == ["job", "progress", "state", "end"]
    assert sent[-1] == {"type": "websocket.close", "code": 1000}
    seen = words(sent)[1]["id"]
    again = knock(f"/ws/jobs/{job}?after={seen}", {"Authorization": f"Bearer {secret(person)}"})
    assert [one["kind"] for one in words(again)] == ["state", "end"]


def session_of(person: User) -> str:
    from django.test import Client

    client = Client()
    client.force_login(person)
    return f"sessionid={client.cookies['sessionid'].value}"


def test_a_browser_of_this_studio_comes_in_by_its_session() -> None:
    person, job, _foreign = setting()
    end(job)
    headers = {"Cookie": session_of(person), "Origin": "http://127.0.0.1:8000"}
    assert knock(f"/ws/jobs/{job}", headers)[0]["type"] == "websocket.accept"


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://evil.example",
        "http://127.0.0.1:9000",
        "http://evil.example:8000",
        "file://127.0.0.1:8000",
    ],
)
def test_another_site_does_not_come_in_by_the_session_of_its_visitor(origin: str) -> None:
    person, job, _foreign = setting()
    headers = {"Cookie": session_of(person)} | ({"Origin": origin} if origin else {})
    sent = knock(f"/ws/jobs/{job}", headers)
    assert [message.get("status") for message in sent] == [401, None]


def test_a_host_that_is_not_ours_does_not_vouch_for_itself() -> None:
    person, job, _foreign = setting()
    headers = {"Cookie": session_of(person), "Origin": "http://evil.example", "Host": "evil.example"}
    assert knock(f"/ws/jobs/{job}", headers)[0]["status"] == 401


@pytest.mark.parametrize("way", ["token", "session"])
def test_a_socket_is_closed_when_the_right_ends(way: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(job_stream, "BEAT_SECONDS", 0.05)
    person, job, _foreign = setting()
    if way == "token":
        headers = {"Authorization": f"Bearer {secret(person)}"}
        ends: Callable[[], Any] = Membership.objects.filter(user=person).delete
    else:
        headers = {"Cookie": session_of(person), "Origin": "http://127.0.0.1:8000"}
        ends = Session.objects.all().delete
    sent = knock(f"/ws/jobs/{job}", headers, then=in_thread_of_its_own(ends))
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert sent[-1]["code"] == 1008


def test_refusals_of_a_socket_are_those_of_the_door() -> None:
    person, job, foreign = setting()
    mine = {"Authorization": f"Bearer {secret(person)}"}
    narrow = {"Authorization": f"Bearer {secret(person, 'export')}"}
    asked = {
        (f"/ws/jobs/{foreign}", "mine"): mine,
        ("/ws/jobs/0", "mine"): mine,
        ("/ws/else", "mine"): mine,
        (f"/ws/jobs/{job}", "narrow"): narrow,
        (f"/ws/jobs/{job}", "dead"): {"Authorization": "Bearer vt_x_y"},
        (f"/ws/jobs/{job}", "nobody"): {},
    }
    got = {key: knock(key[0], headers)[0]["status"] for key, headers in asked.items()}
    assert list(got.values()) == [404, 404, 404, 403, 401, 401]
    closed = knock(f"/ws/jobs/{foreign}", mine, in_words=False)
    assert closed == [{"type": "websocket.close", "code": 4404}]


def test_who_leaves_gives_the_place_back() -> None:
    person, job, _foreign = setting()
    header = {"Authorization": f"Bearer {secret(person)}"}

    async def leave() -> None:
        socket = Socket(f"/ws/jobs/{job}", header)
        await socket.run(lambda: socket.inbox.put_nowait({"type": "websocket.disconnect", "code": 1001}))

    asyncio.run(leave())
    assert job_stream._open[person.pk] == 0
    assert Job.objects.get(pk=job).state == State.QUEUED
