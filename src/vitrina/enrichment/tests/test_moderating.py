from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.catalog.models import Product, ProductContent
from vitrina.enrichment import moderating
from vitrina.enrichment.apply import ProductChanged, undo
from vitrina.enrichment.content_templates import import_templates
from vitrina.enrichment.edits import EditsQuestioned, EditsRefused
from vitrina.enrichment.models import (
    CategoryDecision,
    ContentTemplate,
    ModerationItem,
    ProcessingLog,
    Status,
)
from vitrina.enrichment.moderating import HeldByAnother, ModerationRefused
from vitrina.enrichment.tests.runs_made import TEXT, doubtful, ended, text_of
from vitrina.jobs.models import Job
from vitrina.retrieval.collections import CATEGORIES
from vitrina.retrieval.nearest import nearest

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(seller: Seller) -> Product:
    return factories.product(seller=seller)


def status_of(item: ModerationItem) -> str:
    return ProcessingLog.objects.get(pk=item.log_id).status


# --- Taking -----------------------------------------------------------------------------------------------


def test_the_worst_comes_first_then_the_oldest(seller: Seller, bob: User) -> None:
    light, grave, graver = (doubtful(factories.product(seller=seller), priority=n) for n in (1, 3, 3))
    for expected in (grave, graver, light):
        item = moderating.take(bob)
        assert item == expected
        moderating.approve(expected, bob)
    assert moderating.take(bob) is None


def test_whoever_holds_an_item_gets_it_again(product: Product, bob: User) -> None:
    doubtful(product)
    assert moderating.take(bob) == moderating.take(bob)


def test_two_people_get_different_items(seller: Seller, alice: User, bob: User) -> None:
    first, second = (doubtful(factories.product(seller=seller)) for _ in range(2))
    assert moderating.take(alice) == first
    assert moderating.take(bob) == second
    assert moderating.take(factories.user("dora", seller=seller, role="moderator")) is None


def test_an_item_of_another_seller_is_never_given(product: Product, charlie: User) -> None:
    doubtful(product)
    assert moderating.take(charlie) is None


def test_a_released_item_goes_to_the_next(product: Product, alice: User, bob: User) -> None:
    item = doubtful(product)
    moderating.take(alice)
    assert moderating.release(item, bob) is False
    assert moderating.release(item, alice) is True
    assert moderating.take(bob) == item


def test_an_item_that_was_left_lying_is_free_again(product: Product, alice: User, bob: User) -> None:
    item = doubtful(product)
    moderating.take(alice)
    ago = timezone.now() - moderating.TAKEN_FOR - timedelta(seconds=1)
    ModerationItem.objects.update(assigned_at=ago)
    assert moderating.take(bob) == item
    with pytest.raises(HeldByAnother, match="bob"):
        moderating.approve(item, alice)


def test_somebody_elses_item_can_not_be_decided(product: Product, alice: User, bob: User) -> None:
    item = doubtful(product)
    moderating.take(alice)
    for deed in (
        lambda: moderating.approve(item, bob),
        lambda: moderating.reject(item, bob, "no"),
        lambda: moderating.send_back(item, bob, "shorter"),
        lambda: moderating.take_this(item, bob),
    ):
        with pytest.raises(HeldByAnother, match="alice"):
            deed()
    assert status_of(item) == Status.MODERATION
    assert text_of(product) is None


# --- Approving --------------------------------------------------------------------------------------------


def test_approving_applies_the_text_and_resolves_run_and_item_together(product: Product, bob: User) -> None:
    item = moderating.approve(doubtful(product), bob)
    assert (item.resolution, item.resolved_by, item.was_resolved) == ("approved", bob, False)
    assert status_of(item) == Status.APPROVED
    text = text_of(product)
    assert text is not None
    assert (text["title"], text["author"]) == (TEXT["title"], "ai")
    assert AuditEntry.objects.filter(action="moderation.approved", user=bob).count() == 1


def test_a_second_click_gets_the_result_of_the_first(product: Product, bob: User) -> None:
    item = doubtful(product)
    moderating.approve(item, bob)
    version = Product.objects.get(pk=product.pk).version
    again = moderating.reject(item, bob, "too late")
    assert (again.resolution, again.was_resolved, again.notes) == ("approved", True, "")
    assert moderating.approve(item, bob).was_resolved
    assert status_of(item) == Status.APPROVED
    assert Product.objects.get(pk=product.pk).version == version


def test_an_edited_field_is_the_persons_and_the_others_are_not(product: Product, bob: User) -> None:
    item = moderating.approve(doubtful(product), bob, edits={"title": "Платье летнее из хлопка синее"})
    content = ProductContent.objects.get(product=product)
    assert content.title == "Платье летнее из хлопка синее"
    assert (content.author, content.person_fields, content.edited_by) == ("person", ["title"], bob)
    assert item.edits == {"title": {"before": TEXT["title"], "after": "Платье летнее из хлопка синее"}}


def test_an_edit_that_changes_nothing_makes_no_persons_words(product: Product, bob: User) -> None:
    item = moderating.approve(doubtful(product), bob, edits=dict(TEXT))
    assert ProductContent.objects.get(product=product).author == "ai"
    assert item.edits is None


def test_edits_are_made_safe(product: Product, bob: User) -> None:
    html = "<p onclick='x()'>Лёгкое летнее платье из хлопка.</p><script>alert(1)</script>"
    moderating.approve(doubtful(product), bob, edits={"description": html})
    assert ProductContent.objects.get(product=product).description == "<p>Лёгкое летнее платье из хлопка.</p>"


@pytest.mark.parametrize(
    ("edits", "field"),
    [({"seo_title": "и" * 71}, "seo_title"), ({"title": ""}, "title"), ({"price": "1"}, "price")],
)
def test_an_edit_over_a_hard_limit_is_refused_by_field(
    product: Product, bob: User, edits: dict[str, str], field: str
) -> None:
    item = doubtful(product)
    with pytest.raises(EditsRefused) as refused:
        moderating.approve(item, bob, edits=edits)
    assert list(refused.value.problems) == [field]
    assert status_of(item) == Status.MODERATION
    assert text_of(product) is None


def test_an_edit_with_a_grave_finding_is_questioned_and_a_person_may_insist(
    product: Product, bob: User
) -> None:
    item = doubtful(product)
    edits = {"description": "<p>Платье из шёлка, длина 140 см.</p>"}
    with pytest.raises(EditsQuestioned) as questioned:
        moderating.approve(item, bob, edits=edits)
    assert {finding.code.partition(".")[0] for finding in questioned.value.findings} == {"unsupported"}
    assert status_of(item) == Status.MODERATION
    moderating.approve(item, bob, edits=edits, despite_findings=True)
    assert ProductContent.objects.get(product=product).description == edits["description"]


def test_a_listing_that_changed_is_a_conflict_until_the_person_insists(product: Product, bob: User) -> None:
    item = doubtful(product)
    Product.objects.filter(pk=product.pk).update(title="Сарафан", version=5)
    with pytest.raises(ProductChanged):
        moderating.approve(item, bob)
    assert ModerationItem.objects.get(pk=item.pk).resolution == ""
    assert status_of(item) == Status.MODERATION
    moderating.approve(item, bob, despite_changes=True)
    assert text_of(product) is not None


# --- Categories -------------------------------------------------------------------------------------------


def test_an_approved_category_is_a_decision_and_a_neighbour_at_once(
    seller: Seller, product: Product, bob: User
) -> None:
    dress = factories.category("Одежда > Платья", seller=seller)
    moderating.approve(doubtful(product, category=dress, confidence=0.4), bob)
    decision = CategoryDecision.objects.get()
    assert (decision.shown, decision.chosen, decision.raw_confidence) == (dress, dress, 0.4)
    assert (decision.producer, decision.decided_by) == ("offline", bob)
    hit = nearest(CATEGORIES, product.title, seller_id=seller.pk, limit=1)[0]
    assert (hit.key, hit.group) == (f"product:{product.pk}", str(dress.pk))
    product.refresh_from_db()
    assert (product.category, product.category_source) == (dress, "person")


def test_another_category_is_applied_and_learnt(seller: Seller, product: Product, bob: User) -> None:
    dress = factories.category("Одежда > Платья", seller=seller)
    skirt = factories.category("Одежда > Юбки", seller=seller)
    moderating.approve(doubtful(product, category=dress), bob, category=skirt)
    decision = CategoryDecision.objects.get()
    assert (decision.shown, decision.chosen) == (dress, skirt)
    product.refresh_from_db()
    assert (product.category, product.category_source, product.category_confidence) == (skirt, "person", None)
    assert nearest(CATEGORIES, product.title, seller_id=seller.pk, limit=1)[0].group == str(skirt.pk)


def test_a_category_of_another_seller_is_refused(product: Product, bob: User, other_seller: Seller) -> None:
    foreign = factories.category("Чужое", seller=other_seller)
    item = doubtful(product)
    with pytest.raises(ModerationRefused, match="другому продавцу"):
        moderating.approve(item, bob, category=foreign)
    assert status_of(item) == Status.MODERATION


def test_no_fitting_category_is_a_decision_too(seller: Seller, product: Product, bob: User) -> None:
    dress = factories.category("Одежда > Платья", seller=seller)
    moderating.approve(doubtful(product, category=dress), bob, no_category=True)
    decision = CategoryDecision.objects.get()
    assert (decision.shown, decision.chosen) == (dress, None)
    product.refresh_from_db()
    assert product.category is None
    assert text_of(product) is not None


def test_a_run_without_a_category_leaves_no_decision(product: Product, bob: User) -> None:
    moderating.approve(doubtful(product), bob)
    assert not CategoryDecision.objects.exists()


def test_an_undone_approval_teaches_nothing(seller: Seller, product: Product, bob: User) -> None:
    dress = factories.category("Одежда > Платья", seller=seller)
    item = moderating.approve(doubtful(product, category=dress), bob)
    undo(ProcessingLog.objects.get(pk=item.log_id), by=bob)
    assert not CategoryDecision.objects.exists()
    assert nearest(CATEGORIES, product.title, seller_id=seller.pk) == []


# --- Rejecting and sending back ---------------------------------------------------------------------------


def test_a_rejected_run_changes_nothing_on_the_product(product: Product, bob: User) -> None:
    item = moderating.reject(doubtful(product), bob, "это не платье")
    assert (item.resolution, item.notes, status_of(item)) == ("rejected", "это не платье", Status.REJECTED)
    assert text_of(product) is None
    assert not CategoryDecision.objects.exists()


def test_templates_follow_the_decisions_on_the_texts_they_helped(seller: Seller, bob: User) -> None:
    import_templates([{"name": "Платье", "text": "<p>Платье прямого кроя из хлопка.</p>"}], seller=seller)
    template = ContentTemplate.objects.get()
    assert template.success_rate is None
    for _ in range(3):
        moderating.approve(doubtful(factories.product(seller=seller), templates=[template.pk]), bob)
    moderating.reject(doubtful(factories.product(seller=seller), templates=[template.pk]), bob)
    template.refresh_from_db()
    assert template.success_rate == 0.75


def test_sending_back_starts_a_run_that_knows_the_remark(product: Product, bob: User) -> None:
    item = moderating.send_back(doubtful(product, language="ru"), bob, "без слова «лёгкое»")
    assert (item.resolution, status_of(item)) == ("sent_back", Status.SUPERSEDED)
    log = ProcessingLog.objects.get(status=Status.PENDING)
    assert (log.options["remark"], log.product, log.created_by) == ("без слова «лёгкое»", product, bob)
    assert log.repeat_of_id == item.log_id
    assert Job.objects.get(pk=log.job_id).payload == {"log_id": log.pk}


def test_a_remark_is_needed(product: Product, bob: User) -> None:
    item = doubtful(product)
    with pytest.raises(ModerationRefused, match="нескольких словах"):
        moderating.send_back(item, bob, "  ")
    assert status_of(item) == Status.MODERATION


def test_a_remark_is_not_lost_to_a_run_under_way(product: Product, bob: User) -> None:
    item = doubtful(product)
    ended(product, status=Status.PROCESSING)
    with pytest.raises(ModerationRefused, match="Идёт другая обработка"):
        moderating.send_back(item, bob, "короче")
    assert ModerationItem.objects.get(pk=item.pk).resolution == ""
