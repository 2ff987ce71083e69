"""Approving a part of the queue at once: only what was meant, item by item, each with its audit entry."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.enrichment import bulk_approving, moderating
from vitrina.enrichment.models import ModerationItem
from vitrina.enrichment.queue_filter import QueueFilter
from vitrina.enrichment.tests.runs_made import doubtful
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_preview_says_what_is_meant_and_the_batch_does_that_alone(
    seller: Seller, bob: User, client: Client
) -> None:
    anna = factories.user("anna", seller=seller, role="moderator")
    dress = factories.category("Одежда > Платья", seller=seller)
    meant = [
        doubtful(factories.product(seller=seller), category=dress, confidence=0.6, priority=2)
        for _ in range(3)
    ]
    unsure = doubtful(factories.product(seller=seller), category=dress, confidence=0.1, priority=2)
    grave = doubtful(factories.product(seller=seller), category=dress, confidence=0.6, priority=3)
    taken = doubtful(factories.product(seller=seller), category=dress, confidence=0.6, priority=2)
    moderating.take_this(taken, anna)
    client.force_login(bob)

    found = client.get("/moderation/bulk?sure=middle").context["found"]
    assert (found.count, found.grave, found.taken, found.unsure) == (3, 1, 1, 0)
    late = doubtful(factories.product(seller=seller), category=dress, confidence=0.6, priority=2)
    answer = client.post("/moderation/bulk/approvals?sure=middle", {"newest": found.newest})
    batch = Job.objects.get(kind="enrichment.approvals")
    assert answer.headers["Location"] == f"/jobs/{batch.pk}/"
    run_ready()
    batch.refresh_from_db()
    assert batch.state == "done"
    assert batch.result == {"approved": 3, "left": {}}
    resolved = set(ModerationItem.objects.filter(resolution="approved").values_list("pk", flat=True))
    assert resolved == {item.pk for item in meant}
    for item in (unsure, grave, taken, late):
        assert ModerationItem.objects.get(pk=item.pk).resolution == ""
    assert AuditEntry.objects.filter(action="moderation.approved", user=bob).count() == 3
    assert AuditEntry.objects.filter(action="moderation.bulk", user=bob).count() == 1


def test_what_somebody_takes_while_the_batch_is_under_way_is_left_to_them(seller: Seller, bob: User) -> None:
    anna = factories.user("anna", seller=seller, role="moderator")
    item = doubtful(factories.product(seller=seller), priority=2)
    other = doubtful(factories.product(seller=seller), priority=2)
    (batch,) = bulk_approving.start(bob, QueueFilter(), newest=other.pk)
    from vitrina.jobs.batches import tend

    tend(batch.pk)
    moderating.take_this(item, anna)
    run_ready()
    batch.refresh_from_db()
    assert batch.result == {"approved": 1, "left": {"taken": 1}}
    assert ModerationItem.objects.get(pk=item.pk).assignee == anna


def test_a_filter_that_finds_nothing_starts_nothing(seller: Seller, bob: User, client: Client) -> None:
    client.force_login(bob)
    client.post("/moderation/bulk/approvals", {"newest": "7"})
    client.post("/moderation/bulk/approvals", {"newest": "x"})
    assert not Job.objects.exists()
