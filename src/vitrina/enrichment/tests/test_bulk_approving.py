"""Approving a part of the queue at once: only what was meant, item by item, each with its audit entry."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.enrichment import bulk_approving, moderating, queue_filter
from vitrina.enrichment.models import ModerationItem
from vitrina.enrichment.queue_filter import REASONS, QueueFilter
from vitrina.enrichment.queueing import joined
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


@pytest.mark.parametrize("branch_by_ids", [True, False])
def test_of_more_than_one_approval_takes_the_oldest_are_counted_and_meant(
    branch_by_ids: bool, seller: Seller, bob: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_approving, "MOST", 4)
    monkeypatch.setattr(queue_filter, "LISTED", 100 if branch_by_ids else 0)
    dress, shirt = (
        factories.category(path, seller=seller) for path in ("Одежда > Платья", "Одежда > Рубашки")
    )
    doubtful(factories.product(seller=seller), category=factories.category("Посуда", seller=seller))

    def waiting_for(codes: list[str], **result: Any) -> ModerationItem:
        item = doubtful(factories.product(seller=seller), **result)
        ModerationItem.objects.filter(pk=item.pk).update(codes=joined(codes))
        return item

    made = [
        waiting_for(codes, category=category, confidence=confidence)
        for category, confidence, codes in (
            (dress, 0.6, ["price.missing"]),
            (shirt, None, ["price.missing", "text.short"]),
            (shirt, 0.5, ["text.short"]),
            (shirt, 0.4, ["price.odd"]),
            (shirt, 0.4, ["price.odd"]),
            (dress, 0.1, ["banned_word.best"]),
        )
    ]
    client.force_login(bob)
    address = f"category={dress.parent_id}"

    found = client.get(f"/moderation/bulk?{address}").context["found"]
    assert (found.count, found.is_more, found.unsure) == (4, True, 2)
    assert dict(found.reasons) == {str(REASONS["price"]): 3, str(REASONS["text.short"]): 2}
    assert found.categories == [("Одежда > Рубашки", 3), ("Одежда > Платья", 1)]
    client.post(f"/moderation/bulk/approvals?{address}", {"newest": found.newest})
    run_ready()
    approved = ModerationItem.objects.filter(resolution="approved").values_list("pk", flat=True)
    assert set(approved) == {item.pk for item in made[:4]}

    monkeypatch.setattr(bulk_approving, "MOST", 2)
    found = client.get(f"/moderation/bulk?{address}").context["found"]
    assert (found.count, found.is_more, found.newest) == (2, False, made[-1].pk)
    monkeypatch.setattr(bulk_approving, "MOST", 1)
    found = client.get(f"/moderation/bulk?{address}").context["found"]
    assert (found.count, found.is_more, found.newest) == (1, True, made[-2].pk)
    assert found.reasons == [(str(REASONS["price"]), 1)]
    assert found.categories == [("Одежда > Рубашки", 1)]
    assert client.get("/moderation/bulk?category=999999").context["found"].count == 0
