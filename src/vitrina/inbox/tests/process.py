"""A process of the program for tests of the inbox: the jobs' own, with orders to read marketplaces and to answer there.

TEST_PATIENCE: seconds that a marketplace's answer is waited for; a storm has no half a minute for each late one.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from typing import Any

os.environ["TEST_SETTINGS"] = "vitrina.inbox.tests.process_settings"

from vitrina.jobs.tests import process  # isort: skip - it sets Django up

import urllib3

from vitrina.accounts.models import Seller, User
from vitrina.channels import wildberries, wire
from vitrina.channels.models import Connection
from vitrina.channels.opening import open_channel, sealed
from vitrina.inbox import confirming, sending, syncing
from vitrina.inbox.models import UNDER_WAY, Interaction, Reply, ReplyState
from vitrina.jobs import control
from vitrina.jobs.models import Job
from vitrina.jobs.registry import registry
from vitrina.jobs.retry import RetryRule
from vitrina.jobs.states import State

if patience := os.environ.get("TEST_PATIENCE"):
    wire._pool = urllib3.PoolManager(
        retries=False,
        maxsize=16,
        timeout=urllib3.Timeout(connect=5, read=float(patience)),
        headers=wire._pool.headers,
    )
    # Limits and long pauses are another test's matter.
    quick = replace(registry.handlers[sending.SEND], retry=RetryRule(base_seconds=0.2))
    registry.handlers[sending.SEND] = quick
    wildberries.FEEDBACKS_RATE = replace(wildberries.FEEDBACKS_RATE, per_minute=60_000)
    wildberries.CHATS_RATE = replace(wildberries.CHATS_RATE, per_minute=60_000)


def shop(order: dict[str, Any]) -> Any:
    """A seller at each of these marketplaces, read: {"markets": [{"seller", "platform", "credentials", "url"}, …]}"""
    User.objects.get_or_create(username="alice")
    new, troubles = 0, {}
    for market in order["markets"]:
        name = market["seller"]
        seller, _made = Seller.objects.get_or_create(slug=name, defaults={"name": name})
        connection = Connection.objects.create(seller=seller, platform=market["platform"], url=market["url"])
        connection.credentials = sealed(connection, market["credentials"])
        connection.save()
        synced = syncing.sync(connection, checkpoint=lambda: None)
        new += synced.received.new
        troubles |= {f"{name} {market['platform']} {kind}": words for kind, words in synced.troubles.items()}
    return {"new": new, "troubles": troubles}


LETTERS = "авгдежзиклмнопрс"


def _text(seed: str) -> str:
    """No two alike: a marketplace wants no answers that repeat one another."""
    digest = hashlib.sha256(seed.encode()).hexdigest()[:48]
    letters = "".join(LETTERS[int(digit, 16)] for digit in digest)
    return "Спасибо: " + " ".join(letters[start : start + 6] for start in range(0, 48, 6))


def answer_all(order: dict[str, Any]) -> Any:
    """One of several windows that are open on everything: {"window"}. Each answer with a click too many; the window keeps
    what it showed in the beginning. How many it put on their way, and how many were refused."""
    alice = User.objects.get()
    told = {"queued": 0, "refused": 0}
    for row in Interaction.objects.select_related("connection").order_by("pk"):
        seen = sending.AsSeen(row.version, 0)
        for _click in range(2):
            try:
                sending.queue(row, _text(f"{order['window']} {row.pk}"), by=alice, seen=seen)
            except sending.NotSent:
                told["refused"] += 1
            else:
                told["queued"] += 1
    return told


def decide(order: dict[str, Any]) -> Any:
    """What a person does with what is in doubt, or dead: look over there, and say."""
    decided = 0
    in_doubt = Reply.objects.filter(
        state=ReplyState.CHECK, job_id__in=Job.objects.filter(state=State.CHECK).values("pk")
    )
    for reply in in_doubt.select_related("interaction__connection"):
        connection = reply.interaction.connection
        assert connection is not None
        arrived = sending.find(open_channel(connection), reply) is not None
        control.settle(Job.objects.get(pk=reply.job_id), arrived=arrived)
        decided += 1
    for job in Job.objects.filter(state=State.DEAD, kind=sending.SEND):
        reply = Reply.objects.get(pk=job.payload["reply"])
        if reply.state == ReplyState.CHECK:
            control.retry(job)  # it had begun to send: it looks over there first
        else:
            assert reply.state == ReplyState.FAILED
            control.drop(job)
        decided += 1
    return decided


def write_again(order: dict[str, Any]) -> Any:
    """What was told not to stand there is written once more, by a person."""
    alice = User.objects.get()
    came_back = Interaction.objects.filter(needs_response=True).exclude(replies__state__in=UNDER_WAY)
    for row in came_back:
        told = row.replies.order_by("-pk").first()
        assert told is not None
        assert told.state in (ReplyState.FAILED, ReplyState.UNCONFIRMED, ReplyState.REJECTED)
        sending.queue(row, told.text, by=alice)
    return len(came_back)


LONG_AGO = "2001-01-01T00:00:00Z"


def hurry(order: dict[str, Any]) -> Any:
    """What is to be looked at later is looked at now."""
    return Job.objects.filter(kind=confirming.CONFIRM, state=State.QUEUED).update(run_at=LONG_AGO)


process.ORDERS |= {deed.__name__: deed for deed in (shop, answer_all, decide, write_again, hurry)}

if __name__ == "__main__":
    process.main()
