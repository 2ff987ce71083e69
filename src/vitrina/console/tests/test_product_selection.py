"""Deeds on many products: what the page says before, what the batch does, what it leaves and says that it left."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.accounts.proving import PROVED_AT
from vitrina.accounts.roles import Role
from vitrina.catalog import exporting
from vitrina.catalog.models import Export, Product, ProductContent
from vitrina.console.tests.world import REASONS, TEXT, World, make, options, result
from vitrina.enrichment import bulk
from vitrina.enrichment.models import ModerationItem, ProcessingLog
from vitrina.jobs.models import Job
from vitrina.jobs.outcomes import Cancel, Done

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def world(seller: Seller, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make(seller)


def prove(client: Client) -> None:
    """As if the password had been given just now."""
    session = client.session
    session[PROVED_AT] = 4e12
    session.save()


def form_of(client: Client, deed: str, query: dict[str, Any]) -> dict[str, Any]:
    """The hidden fields of the page that asks."""
    page = client.get(f"/products/selection/{deed}/", query)
    assert page.status_code == 200
    words = page.content.decode()
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', words):
        fields.setdefault(name, []).append(value)
    return fields


def work(job: Job) -> dict[str, int]:
    """Walk a batch to its end, as the runner does: portion by portion, then its closing handler."""
    outcome: dict[str, int] = {}
    cursor: Any = None
    while True:
        children, cursor = bulk.feed(job.payload, cursor, 50)
        for child in children:
            done = bulk.do_part(Running(child.payload, job))
            assert isinstance(done, Done), done
            assert done.result is not None
            Job.objects.create(
                kind=bulk.PART, payload=child.payload, state="done", parent=job, seller=job.seller, queue="x",
                run_at=timezone.now(), created_at=timezone.now(), priority=0, result=done.result,
            )  # fmt: skip
        if cursor is None:
            break
    closed = bulk.close(Running(job.payload, job))
    assert isinstance(closed, Done)
    assert closed.result is not None
    outcome.update(closed.result["outcome"])
    assert sum(outcome.values()) == job.payload["products"]
    return outcome


class Running:
    def __init__(self, payload: dict[str, Any], job: Job) -> None:
        self.payload, self.id, self.seller_id = payload, job.pk, job.seller_id

    def checkpoint(self) -> None: ...


def test_a_selection_of_any_size_is_one_batch_in_portions(
    signed: Client, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PORTION", 7)
    monkeypatch.setattr(bulk, "FED_AT_ONCE", 3)
    category = factories.category("Обувь > Сапоги", seller=seller)
    products = [factories.product(seller=seller).pk for _ in range(60)]
    fields = form_of(signed, "category", {"scope": "filter", "query": "no_category=1"})
    late = factories.product(seller=seller)
    answer = signed.post("/products/selection/category/start", fields | {"category": category.pk})
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    assert (job.payload["products"], job.total) == (60, 9)
    assert work(job) == {"done": 60}
    assert set(Product.objects.filter(category=category).values_list("pk", flat=True)) == set(products)
    late.refresh_from_db()
    assert late.category is None
    entry = AuditEntry.objects.filter(action="product.place").first()
    assert entry is not None
    assert entry.after == {"category_id": category.pk, "category_source": "person"}
    placed = Product.objects.get(pk=products[0])
    assert (placed.category_source, placed.category_confidence, placed.version) == ("person", None, 2)


def test_what_changed_since_is_skipped_and_said(signed: Client, seller: Seller) -> None:
    category = factories.category("Обувь > Сапоги", seller=seller)
    same, changed, gone = (factories.product(seller=seller) for _ in range(3))
    ids = {"ids": [same.pk, changed.pk, gone.pk]}
    fields = form_of(signed, "category", ids)
    signed.post("/products/selection/category/start", fields | {"category": category.pk})
    Product.objects.filter(pk=changed.pk).update(updated_at=timezone.now())
    gone.delete()
    job = Job.objects.get()
    assert work(job) == {"done": 1, "changed": 2}
    assert Product.objects.get(pk=changed.pk).category is None


def test_the_same_form_twice_starts_one_batch(signed: Client, seller: Seller) -> None:
    factories.product(seller=seller)
    for deed, more in (("undoing", {}), ("enrichment", {"describe": "on", "categorize": "auto"})):
        fields = form_of(signed, deed, {"scope": "filter"}) | more
        first = signed.post(f"/products/selection/{deed}/start", fields)
        again = signed.post(f"/products/selection/{deed}/start", fields)
        assert first.headers["Location"] == again.headers["Location"]
    assert Job.objects.filter(parent=None).count() == 2


def test_the_same_form_twice_makes_one_export(signed: Client, seller: Seller) -> None:
    factories.product(seller=seller)
    wish = {"target": "shop", "file_format": "csv", "language": "ru"}
    fields = form_of(signed, "export", {"scope": "filter"}) | wish
    first, again = (signed.post("/products/selection/export/start", fields) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert (Export.objects.count(), Job.objects.count()) == (1, 1)
    anew = form_of(signed, "export", {"scope": "filter"}) | wish
    signed.post("/products/selection/export/start", anew)
    assert Export.objects.count() == 2


def test_approving_leaves_the_grave_and_what_a_colleague_holds(
    signed: Client, world: World, seller: Seller, bob: User
) -> None:
    def waiting(**columns: Any) -> Product:
        product = factories.product(seller=seller)
        log = ProcessingLog.objects.create(
            product=product, seller=seller, status="moderation", options=options(), result=result(world.category),
            models_used={"describe": "offline"},
        )  # fmt: skip
        ModerationItem.objects.create(log=log, seller=seller, **{"reasons": REASONS} | columns)
        return product

    good = waiting()
    grave = waiting(reasons=[{**REASONS[0], "severity": "high"}])
    held = waiting(assignee=bob, assigned_at=timezone.now())
    nothing = factories.product(seller=seller)
    fields = form_of(signed, "approval", {"ids": [good.pk, grave.pk, held.pk, nothing.pk]})
    signed.post("/products/selection/approval/start", fields)
    job = Job.objects.get(kind=bulk.KIND)
    assert work(job) == {"done": 1, "grave": 1, "held": 1, "nothing": 1}
    assert ProductContent.objects.get(product=good).title == TEXT["title"]
    assert ModerationItem.objects.filter(resolution="").count() == 3  # with the one of the world
    assert AuditEntry.objects.filter(action="moderation.approved").count() == 1


def test_taking_back_spares_what_was_edited_since(signed: Client, world: World, seller: Seller) -> None:
    plain = factories.product(seller=seller)
    content = ProductContent.objects.get(product=world.product)
    query = {"ids": [plain.pk, world.product.pk]}
    fields = form_of(signed, "undoing", query)
    ProductContent.objects.filter(pk=content.pk).update(title="Слова человека")
    signed.post("/products/selection/undoing/start", fields)
    assert work(Job.objects.get(kind=bulk.KIND)) == {"edited": 1, "nothing": 1}
    ProductContent.objects.filter(pk=content.pk).update(title=content.title)
    signed.post("/products/selection/undoing/start", form_of(signed, "undoing", query))
    newest = Job.objects.filter(kind=bulk.KIND).latest("pk")
    assert work(newest) == {"done": 1, "nothing": 1}
    assert not ProductContent.objects.filter(product=world.product).exists()


def test_deleting_asks_for_the_number_and_keeps_an_audit(signed: Client, seller: Seller) -> None:
    products = [factories.product(seller=seller) for _ in range(3)]
    kept = factories.product(seller=seller)
    unproved = signed.get("/products/selection/deletion/", {"ids": kept.pk})
    assert unproved.headers["Location"].startswith("/confirmation/")
    assert (
        signed.post("/products/selection/deletion/start", {"ids": kept.pk, "count": "1"}).status_code == 302
    )
    assert not Job.objects.exists()
    prove(signed)
    fields = form_of(signed, "deletion", {"ids": [product.pk for product in products]})
    refused = signed.post("/products/selection/deletion/start", fields | {"count": "2"})
    assert refused.status_code == 422
    assert not Job.objects.exists()
    signed.post("/products/selection/deletion/start", fields | {"count": "3"})
    assert work(Job.objects.get()) == {"done": 3}
    assert list(Product.objects.all()) == [kept]
    assert AuditEntry.objects.filter(action="product.delete").count() == 3


def test_an_export_of_a_selection_holds_it_and_nothing_else(
    signed: Client, world: World, seller: Seller
) -> None:
    for _ in range(3):
        factories.product(seller=seller)
    fields = form_of(signed, "export", {"scope": "filter", "query": "status=done"})
    signed.post(
        "/products/selection/export/start",
        fields | {"target": "shop", "file_format": "csv", "language": "ru"},
    )
    export_run = Export.objects.latest("pk")
    assert [product.pk for product in exporting.products_of(export_run)] == [world.product.pk]


def test_who_lost_the_right_meanwhile_does_no_more(signed: Client, seller: Seller, alice: User) -> None:
    factories.product(seller=seller)
    signed.post("/products/selection/undoing/start", form_of(signed, "undoing", {"scope": "filter"}))
    alice.memberships.update(role=Role.READ_ONLY)
    job = Job.objects.get()
    children, _cursor = bulk.feed(job.payload, None, 5)
    assert isinstance(bulk.do_part(Running(children[0].payload, job)), Cancel)


def test_a_right_is_asked_for_each_seller(
    client: Client, seller: Seller, other_seller: Seller, alice: User
) -> None:
    mine, foreign = factories.product(seller=seller), factories.product(seller=other_seller)
    client.force_login(alice)
    page = client.get("/products/selection/enrichment/", {"ids": [mine.pk, foreign.pk]})
    assert page.context["count"] == 1
    assert client.get("/products/selection/nonsense/").status_code == 404
    moderator = factories.user("moder", seller=seller, role=Role.MODERATOR)
    client.force_login(moderator)
    assert client.get("/products/selection/approval/", {"ids": mine.pk}).status_code == 200
    assert client.get("/products/selection/category/", {"ids": mine.pk}).status_code == 403


@pytest.mark.parametrize(
    "junk",
    [
        {"at": "вчера"},
        {"until": "-1"},
        {"ids": ["x", "9" * 40]},
        {"scope": "filter", "query": "%00&brand=\0"},
    ],
)
def test_junk_in_the_address_never_breaks_the_page(
    junk: dict[str, Any], signed: Client, seller: Seller
) -> None:
    factories.product(seller=seller)
    prove(signed)
    for deed in ("enrichment", "category", "approval", "undoing", "export", "deletion"):
        assert signed.get(f"/products/selection/{deed}/", junk).status_code == 200


def test_the_estimate_rests_on_the_last_runs(signed: Client, seller: Seller) -> None:
    product = factories.product(seller=seller)
    for number in range(20):
        ProcessingLog.objects.create(
            product=product, seller=seller, status="completed", finished_at=timezone.now(),
            cost="0.010000" if number % 2 else "0.030000",
        )  # fmt: skip
    _seller, guess, seconds = signed.get("/products/selection/enrichment/", {"scope": "filter"}).context[
        "by_seller"
    ][0]
    assert (str(guess.cost), guess.runs, seconds) == ("0.020000", 20, None)
