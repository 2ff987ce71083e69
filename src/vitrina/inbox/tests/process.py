"""A process of the program for tests of the inbox: the jobs' own, with orders to read a marketplace and to answer."""

from __future__ import annotations

import hashlib
import os
from typing import Any

os.environ["TEST_SETTINGS"] = "vitrina.inbox.tests.process_settings"

from vitrina.jobs.tests import process  # isort: skip - it sets Django up

from vitrina.accounts.models import Seller, User
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.channels.opening import open_channel, sealed
from vitrina.inbox import sending, syncing
from vitrina.inbox.models import Interaction, Reply, ReplyState
from vitrina.jobs import control
from vitrina.jobs.models import Job
from vitrina.jobs.states import State


def shop(order: dict[str, Any]) -> Any:
    """A seller who is connected, and read."""
    seller = Seller.objects.create(name="Hat", slug="hat")
    User.objects.create_user("alice", password="")
    platform = PLATFORMS[order["platform"]].name
    connection = Connection.objects.create(seller=seller, platform=platform)
    connection.credentials = sealed(connection, order["credentials"])
    connection.save()
    synced = syncing.sync(connection, checkpoint=lambda: None)
    return {"new": synced.received.new, "troubles": synced.troubles}


LETTERS = "авгдежзиклмнопрс"


def _text(seed: str) -> str:
    """No two alike: a marketplace wants no answers that repeat one another."""
    digest = hashlib.sha256(seed.encode()).hexdigest()[:48]
    letters = "".join(LETTERS[int(digit, 16)] for digit in digest)
    return "Спасибо: " + " ".join(letters[start : start + 6] for start in range(0, 48, 6))


def answer_all(order: dict[str, Any]) -> Any:
    """Every interaction is answered, each by a click too many."""
    alice = User.objects.get()
    for row in Interaction.objects.select_related("connection"):
        text = _text(row.external_id)
        sending.queue(row, text, by=alice)
        try:
            sending.queue(row, text, by=alice)
        except sending.NotSent:
            continue
        raise AssertionError("A second click found no reply under way.")
    return Reply.objects.count()


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
            sending.queue(Interaction.objects.get(pk=reply.interaction_id), reply.text, by=User.objects.get())
            control.drop(job)
        decided += 1
    return decided


process.ORDERS |= {deed.__name__: deed for deed in (shop, answer_all, decide)}

if __name__ == "__main__":
    process.main()
