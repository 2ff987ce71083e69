"""What is announced arrives: signed, in order, tried until it does, and the log shows each try."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Job
from vitrina.webhooks import endpoints, redelivering, sending, signing, sweeping
from vitrina.webhooks.announce import announce
from vitrina.webhooks.kinds import KINDS
from vitrina.webhooks.models import Delivery, Endpoint, Event, Off, Try
from vitrina.webhooks.tests.conftest import Hook
from vitrina.webhooks.tests.receiver import Receiver, Reply

pytestmark = pytest.mark.django_db(transaction=True)


def say(seller: Seller, subject: str = "product:1", kind: str = "run.finished", **data: Any) -> None:
    with transaction.atomic():
        announce(seller.pk, kind, subject, data)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def test_an_event_arrives_signed_with_what_was_said(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any
) -> None:
    say(seller, product=1, title="Шляпа «Федора»")
    work()
    [request] = receiver.requests
    event = Event.objects.get()
    assert request.said == {
        "id": event.uid,
        "kind": "run.finished",
        "created_at": event.created_at.isoformat(timespec="milliseconds"),
        "seller": {"id": seller.pk},
        "subject": "product:1",
        "data": {"product": 1, "title": "Шляпа «Федора»"},
    }
    assert request.headers["webhook-id"] == event.uid
    assert request.headers["content-type"] == "application/json"
    assert signing.is_genuine(request.headers, request.body, hook.secret, now=time.time())
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status, delivery.tries, delivery.failures) == ("delivered", 200, 1, 0)
    [one] = Try.objects.all()
    assert (one.number, one.status, one.error, one.answer) == (1, 200, "", "thanks")
    assert one.milliseconds is not None
    assert hook.read().heard_at is not None
    assert Job.objects.exclude(state="done").count() == 0


def test_what_nobody_wants_is_written_nowhere(
    seller: Seller, other_seller: Seller, hook: Hook, receiver: Receiver, alice: User,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    endpoints.change(hook.endpoint, url=receiver.url, kinds=["job.failed"], name="", by=alice)
    say(seller)
    with django_assert_num_queries(0):
        announce(other_seller.pk, "job.failed", "job:1", {})
        announce(seller.pk, "run.finished", "product:1", {})
    endpoints.switch_off(hook.endpoint, because=Off.PERSON, now=timezone.now(), by=alice)
    say(seller, kind="job.failed")
    assert not Event.objects.exists()
    assert not Job.objects.exists()


def test_an_event_of_a_transaction_that_failed_never_was(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any
) -> None:
    with transaction.atomic():
        announce(seller.pk, "run.finished", "product:1", {})
        transaction.set_rollback(True)
    work()
    assert receiver.requests == []
    assert not Event.objects.exists()


def test_a_failing_receiver_is_asked_again_with_the_same_id_and_then_given_up(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any
) -> None:
    receiver.script = lambda said, time: Reply(500, body=b"x" * 5000)
    say(seller)
    work()
    assert states() == ["given_up"]
    assert len(receiver.requests) == 4
    assert len({(r.headers["webhook-id"], r.body) for r in receiver.requests}) == 1
    log = list(Try.objects.values_list("number", "status", "error"))
    assert log == [(n, 500, "It answered with status 500.") for n in (1, 2, 3, 4)]
    assert Try.objects.get(number=1).answer == "x" * 1024
    assert hook.read().failing_since is not None


def test_the_next_of_a_subject_waits_and_other_subjects_do_not(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any
) -> None:
    receiver.script = lambda said, time: Reply(
        500 if said["subject"] == "product:1" and said["data"]["n"] == 0 and time < 3 else 200
    )
    for n in range(3):
        say(seller, "product:1", n=n)
        say(seller, "product:2", n=n)
    work()
    assert states() == ["delivered"] * 6
    came = [(r.said["subject"], r.said["data"]["n"], r.answered) for r in receiver.requests]
    assert [entry for entry in came if entry[0] == "product:1"] == [
        ("product:1", 0, 500), ("product:1", 0, 500), ("product:1", 0, 200), ("product:1", 1, 200), ("product:1", 2, 200),
    ]  # fmt: skip
    assert [n for subject, n, _ in came if subject == "product:2"] == [0, 1, 2]
    assert hook.read().failing_since is None


def test_after_giving_up_the_next_of_the_subject_goes(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any
) -> None:
    receiver.script = lambda said, time: Reply(500 if said["data"]["n"] == 0 else 200)
    say(seller, n=0)
    say(seller, n=1)
    work()
    assert states() == ["given_up", "delivered"]


def test_while_the_first_waits_for_hours_the_next_is_held_and_news_of_others_arrive_at_once(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any, settings: Any
) -> None:
    settings.WEBHOOK_WAITS_SECONDS = (3600.0,)
    receiver.script = lambda said, time: Reply(500 if said["subject"] == "product:1" else 200)
    say(seller, "product:1")
    say(seller, "product:1")
    work()
    assert len(receiver.requests) == 1
    assert list(Delivery.objects.order_by("pk").values_list("is_held", flat=True)) == [False, True]
    # Same line, whose job sleeps until the retry is due: the news wakes it.
    same_line = next(f"product:{n}" for n in range(2, 99) if _line(f"product:{n}") == _line("product:1"))
    say(seller, same_line)
    work()
    assert receiver.requests[-1].said["subject"] == same_line
    assert states() == ["pending", "pending", "delivered"]


def _line(subject: str) -> int:
    from zlib import crc32

    return crc32(subject.encode()) % 4


def test_a_wait_that_the_receiver_asks_for_is_kept(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any
) -> None:
    receiver.script = lambda said, time: Reply(429, (("Retry-After", "7200"),))
    say(seller)
    work()
    delivery = Delivery.objects.get()
    assert delivery.state == "pending"
    assert delivery.next_try_at - timezone.now() > timedelta(seconds=7190)
    assert len(receiver.requests) == 1


def test_410_switches_the_endpoint_off_and_the_rest_waits(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any, alice: User
) -> None:
    receiver.script = lambda said, time: Reply(410)
    say(seller)
    say(seller)
    work()
    endpoint = hook.read()
    assert (endpoint.is_on, endpoint.off_because) == (False, "gone")
    assert states() == ["given_up", "pending"]
    assert AuditEntry.objects.get(action="webhook.switch_off").after == {"because": "gone"}
    say(seller)  # nobody wants it any more
    assert Event.objects.count() == 2

    receiver.script = lambda said, time: Reply()
    endpoints.switch_on(endpoint, by=alice)
    work()
    assert states() == ["given_up", "delivered"]


def test_five_days_of_failing_switch_it_off(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any
) -> None:
    receiver.script = lambda said, time: Reply(500)
    Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=5, minutes=1))
    say(seller)
    work()
    assert hook.read().off_because == "failing"
    assert AuditEntry.objects.get(action="webhook.switch_off").user is None
    assert len(receiver.requests) == 1


def test_four_days_do_not(seller: Seller, hook: Hook, receiver: Receiver, work: Any) -> None:
    receiver.script = lambda said, time: Reply(500)
    Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=4))
    say(seller)
    work()
    assert hook.read().is_on


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(None), "failed or broke off"),
        (Reply(hangs=True), "did not answer fully within"),
        (Reply(302, (("Location", "http://127.0.0.78/other"),)), "a redirect, which is not followed"),
    ],
)
def test_every_fault_is_told_in_words(
    reply: Reply, words: str, seller: Seller, hook: Hook, receiver: Receiver, work: Any,
    settings: Any, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings.WEBHOOK_WAITS_SECONDS = ()
    monkeypatch.setattr(sending, "DEADLINE_SECONDS", 0.3)
    receiver.script = lambda said, time: reply
    say(seller)
    work()
    [one] = Try.objects.all()
    assert words in one.error
    assert len(receiver.requests) == 1
    assert states() == ["given_up"]


def test_a_given_up_delivery_is_sent_again_by_hand_once(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any, alice: User
) -> None:
    receiver.script = lambda said, time: Reply(500)
    say(seller)
    work()
    receiver.script = lambda said, time: Reply()
    given_up = Delivery.objects.get()
    assert redelivering.redeliver(given_up, by=alice)
    assert not redelivering.redeliver(given_up, by=alice)
    work()
    assert states() == ["delivered"]
    assert [request.answered for request in receiver.requests] == [500, 500, 500, 500, 200]
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert Try.objects.count() == 5
    assert AuditEntry.objects.filter(action="webhook.redeliver").count() == 1


def test_the_old_secret_signs_for_a_day_beside_the_new_one(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any, alice: User
) -> None:
    new = endpoints.change_secret(hook.endpoint, by=alice)
    say(seller)
    work()
    [request] = receiver.requests
    for secret in (hook.secret, new):
        assert signing.is_genuine(request.headers, request.body, secret, now=time.time())
    Endpoint.objects.update(old_secret_until=timezone.now() - timedelta(seconds=1))
    say(seller)
    work()
    request = receiver.requests[-1]
    assert signing.is_genuine(request.headers, request.body, new, now=time.time())
    assert not signing.is_genuine(request.headers, request.body, hook.secret, now=time.time())


def test_no_secret_stands_in_the_database_or_the_audit_log(seller: Seller, hook: Hook, alice: User) -> None:
    new = endpoints.change_secret(hook.endpoint, by=alice)
    rows = [str(list(model.objects.values())) for model in (Endpoint, AuditEntry, Job)]
    for secret in (hook.secret, new):
        assert secret.removeprefix("whsec_") not in "".join(rows)


def test_a_secret_copied_into_another_row_signs_nothing(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any, alice: User, settings: Any
) -> None:
    settings.WEBHOOK_WAITS_SECONDS = ()
    other, _secret = endpoints.create(seller, url=receiver.url, kinds=["job.failed"], by=alice)
    Endpoint.objects.filter(pk=other.pk).update(secret=hook.read().secret)
    say(seller, kind="job.failed")
    work()
    assert "can't be opened, nothing was sent" in Try.objects.get(delivery__endpoint=other).error
    assert len(receiver.requests) == 1


def test_a_test_event_goes_to_its_endpoint_alone(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any, alice: User
) -> None:
    endpoints.create(seller, url=receiver.url, kinds=KINDS, by=alice)
    endpoints.send_test(hook.endpoint, by=alice)
    work()
    [request] = receiver.requests
    assert request.said["kind"] == "test"
    assert signing.is_genuine(request.headers, request.body, hook.secret, now=time.time())


def test_a_removed_endpoint_gets_nothing_and_its_rows_go_later(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any, alice: User
) -> None:
    say(seller)
    endpoints.remove(hook.endpoint, by=alice)
    say(seller)
    work()
    assert receiver.requests == []
    assert Event.objects.count() == 1
    long_ago = timezone.now() - timedelta(days=31)
    Event.objects.update(created_at=long_ago)
    Endpoint.objects.update(removed_at=long_ago)
    assert sweeping.clear_old() == 1
    assert not Endpoint.objects.exists()
    assert not Event.objects.exists()


def test_old_events_are_cleared_unless_one_is_on_its_way(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any, settings: Any
) -> None:
    settings.WEBHOOK_WAITS_SECONDS = (3600.0,)
    receiver.script = lambda said, time: Reply(500 if said["subject"] == "product:2" else 200)
    say(seller, "product:1")
    say(seller, "product:2")
    work()
    Event.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert sweeping.clear_old() == 1
    assert states() == ["pending"]


def test_a_line_that_nobody_woke_is_found_and_what_was_held_for_nothing_is_let_go(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any
) -> None:
    say(seller)
    Job.objects.all().delete()
    Delivery.objects.update(is_held=True, next_try_at=timezone.now() - timedelta(minutes=2))
    assert sweeping.release_held() == 1
    assert sweeping.wake_overdue() == 1
    work()
    assert states() == ["delivered"]


def test_a_full_queue_of_the_seller_holds_up_no_news(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any, settings: Any
) -> None:
    settings.JOB_QUEUE_LIMIT = 1
    enqueue("nobody.does.this", {}, seller_id=seller.pk)
    say(seller)
    work()
    assert states() == ["delivered"]


def test_one_endpoint_that_fails_holds_up_no_other(
    seller: Seller, hook: Hook, receiver: Receiver, work: Any, alice: User, settings: Any
) -> None:
    settings.WEBHOOK_WAITS_SECONDS = ()
    closed, _secret = endpoints.create(seller, url=receiver.url, kinds=KINDS, by=alice)
    Endpoint.objects.filter(pk=closed.pk).update(url="http://127.0.0.1/hooks")
    say(seller)
    work()
    assert Delivery.objects.get(endpoint=hook.endpoint).state == "delivered"
    refused = Delivery.objects.get(endpoint=closed)
    assert (refused.state, refused.status) == ("given_up", None)
    assert "private or reserved address" in refused.log.get().error
