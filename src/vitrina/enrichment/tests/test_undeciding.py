"""One's own decision taken back a moment after it: everything as it was, and it waits again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.enrichment import moderating, runs, undeciding
from vitrina.enrichment.models import (
    CategoryDecision,
    ContentTemplate,
    ModerationItem,
    ProcessingLog,
    Status,
)
from vitrina.enrichment.moderating import ModerationRefused
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.tests.runs_made import card_of, doubtful, text_of
from vitrina.jobs.models import Job

pytestmark = pytest.mark.django_db


def again(item: ModerationItem) -> ModerationItem:
    return ModerationItem.objects.select_related("log__product").get(pk=item.pk)


def test_an_approval_leaves_nothing_behind_and_can_be_given_anew(seller: Seller, bob: User) -> None:
    product = factories.product(seller=seller)
    category = factories.category("Одежда > Платья", seller=seller)
    template = ContentTemplate.objects.create(seller=seller, name="Платья", text="…")
    item = doubtful(product, category=category, templates=[template.pk])
    before = (text_of(product), card_of(product))
    moderating.approve(item, bob)
    assert text_of(product) is not None
    taken = undeciding.take_back(again(item), bob)
    assert (text_of(product), card_of(product)) == before
    assert (taken.resolution, taken.assignee, taken.resolved_by) == ("", bob, None)
    assert taken.log.status == Status.MODERATION
    assert not CategoryDecision.objects.exists()
    template.refresh_from_db()
    assert template.approved_count == 0
    assert AuditEntry.objects.filter(action="moderation.taken_back", user=bob).count() == 1

    moderating.approve(again(item), bob)
    product.refresh_from_db()
    assert product.category == category
    assert text_of(product) is not None


def test_a_rejection_waits_again(seller: Seller, bob: User) -> None:
    item = doubtful(factories.product(seller=seller))
    moderating.reject(item, bob, "не то", reason="facts")
    taken = undeciding.take_back(again(item), bob)
    assert (taken.resolution, taken.notes, taken.rejection) == ("", "", "")


def test_a_repeat_that_nobody_began_is_called_off(seller: Seller, bob: User) -> None:
    item = doubtful(factories.product(seller=seller))
    moderating.send_back(item, bob, "короче")
    repeat = ProcessingLog.objects.get(repeat_of=item.log)
    undeciding.take_back(again(item), bob)
    repeat.refresh_from_db()
    assert repeat.status == Status.SUPERSEDED
    assert Job.objects.get(pk=repeat.job_id).state == "cancelled"
    assert again(item).resolution == ""


def test_a_repeat_that_began_stays_and_nothing_is_changed(seller: Seller, bob: User) -> None:
    item = doubtful(factories.product(seller=seller))
    moderating.send_back(item, bob, "короче")
    repeat = ProcessingLog.objects.get(repeat_of=item.log)
    Job.objects.filter(pk=repeat.job_id).update(state="running")
    with pytest.raises(ModerationRefused):
        undeciding.take_back(again(item), bob)
    assert again(item).resolution == "sent_back"
    assert Job.objects.get(pk=repeat.job_id).state == "running"


def test_what_cannot_be_taken_back_is_said_and_stays(seller: Seller, bob: User) -> None:
    anna = factories.user("anna", seller=seller, role="moderator")
    product = factories.product(seller=seller)
    item = doubtful(product)
    with pytest.raises(ModerationRefused):
        undeciding.take_back(again(item), bob)
    moderating.approve(item, bob)
    with pytest.raises(ModerationRefused):
        undeciding.take_back(again(item), anna)
    runs.start(product, RunOptions(describe=True), by=anna)
    with pytest.raises(ModerationRefused):
        undeciding.take_back(again(item), bob)
    ProcessingLog.objects.filter(product=product).exclude(pk=item.log_id).delete()
    ModerationItem.objects.update(resolved_at=timezone.now() - timedelta(minutes=11))
    with pytest.raises(ModerationRefused):
        undeciding.take_back(again(item), bob)
    assert again(item).resolution == "approved"
    assert text_of(product) is not None
