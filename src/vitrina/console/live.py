"""`/live?topics=job:7,product:5&after=120`: the event stream that pages follow.

One poller per process (`jobs.following`) reads the event table for all streams; a stream costs no query after
the one that looks whether its topics may be followed.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import get_language, override
from django.views.decorators.http import require_GET

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Product
from vitrina.console.live_job import told
from vitrina.imagery.models import GeneratedImage
from vitrina.jobs import events
from vitrina.jobs.models import Job

BEAT_SECONDS = 15.0
BEAT = b"event: beat\ndata:\n\n"
# A stream ends after this and the browser comes back at once: whoever lost a right loses the stream, too.
LONGEST_SECONDS = 600.0
MOST_TOPICS = 100
KINDS: dict[str, Any] = {
    "job": Job.objects,
    "product": Product.objects,
    "image": GeneratedImage.objects,
    "seller": Seller.objects,
}


@require_GET
async def live(request: HttpRequest) -> HttpResponseBase:
    topics = [topic for topic in request.GET.get("topics", "").split(",") if topic]
    user = await request.auser()
    if not await sync_to_async(_may_follow)(user, topics):
        raise Http404
    after = _id(request.headers.get("Last-Event-ID")) or _id(request.GET.get("after"))
    response = StreamingHttpResponse(_stream(topics, after, get_language()), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache"
    response["X-Accel-Buffering"] = "no"
    return response


def _may_follow(user: Any, topics: list[str]) -> bool:
    """Whether every topic is an object that this person sees. At most one query per kind of topic."""
    wanted: dict[str, set[int]] = {}
    for topic in topics:
        kind, _colon, number = topic.partition(":")
        pk = _id(number)
        if kind not in KINDS or pk is None:
            return False
        wanted.setdefault(kind, set()).add(pk)
    if not wanted or len(topics) > MOST_TOPICS or not isinstance(user, User):
        return False
    return all(
        KINDS[kind].reachable_by(user).filter(pk__in=ids).count() == len(ids) for kind, ids in wanted.items()
    )


async def _stream(topics: list[str], after: int | None, language: str | None) -> AsyncIterator[bytes]:
    yield b"retry: 2000\n" + BEAT
    ends = monotonic() + LONGEST_SECONDS
    async with aclosing(events.follow(topics, after, beat_seconds=BEAT_SECONDS)) as news:
        async for came in news:
            yield b"".join(message(event, language) for event in newest(came)) or BEAT
            if monotonic() >= ends:
                return


def newest(came: list[events.Event]) -> list[events.Event]:
    """Without what a job told of its progress before it told more: a page shows only the last of it."""
    last = {(event.topic, event.job_id): event.id for event in came if event.kind == "progress"}
    return [
        event for event in came if event.kind != "progress" or last[event.topic, event.job_id] == event.id
    ]


# One event goes to hundreds of streams; its words are put together once per language.
_written: WeakKeyDictionary[events.Event, dict[str | None, bytes]] = WeakKeyDictionary()


def message(event: events.Event, language: str | None) -> bytes:
    """One event as the page reads it. Its words are in the follower's language; line breaks are JSON's own."""
    known = _written.setdefault(event, {})
    if language not in known:
        known[language] = _write(event, language)
    return known[language]


def _write(event: events.Event, language: str | None) -> bytes:
    with override(language):
        data = {
            "topic": event.topic,
            "job": event.job_id,
            "kind": event.kind,
            "changed": event.kind != "progress",
        }
        if event.kind == "progress":
            data |= told(event.data)
        else:
            data["state"] = event.data.get("state")
            data["about"] = event.data.get("interaction", event.data.get("interactions"))
        if event.kind == "presence":
            data |= {"changed": False, "people": event.data.get("people", [])}
    return f"id: {event.id}\nevent: news\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _id(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
