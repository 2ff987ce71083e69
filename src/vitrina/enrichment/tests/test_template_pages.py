"""The pages of templates: made, changed, tried, switched off, brought in; no text that a template had is lost."""

from __future__ import annotations

import io
import json

import pytest
from django.test import Client
from django.utils.html import escape
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.catalog.models import ProductContent
from vitrina.console.tests.world import options
from vitrina.enrichment import template_editing
from vitrina.enrichment.content_templates import import_templates
from vitrina.enrichment.models import ContentTemplate, ProcessingLog
from vitrina.enrichment.template_uses import latest_uses
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db

TEXT = "<p>Кружка из керамики держит тепло и не скользит в руке.</p>"
OTHER = "<p>Кружка из фарфора легка, тонка и хорошо держит тепло.</p>"


@pytest.fixture
def desk(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def template(seller: Seller, alice: User) -> ContentTemplate:
    return template_editing.make(seller, by=alice, name="Кружка", language="ru", text=TEXT)


def form(template: ContentTemplate, **said: object) -> dict[str, object]:
    given = {
        "name": template.name,
        "language": "ru",
        "category": "",
        "text": template.text,
        "version": template.version,
    }
    return given | said


def test_a_template_is_made_and_shown(seller: Seller, desk: Client) -> None:
    answer = desk.post(
        "/templates/new", {"seller": seller.pk, "name": "Кружка", "language": "ru", "text": TEXT}, follow=True
    )
    made = ContentTemplate.objects.get()
    assert answer.redirect_chain[-1][0] == f"/templates/{made.pk}/"
    assert TEXT in answer.content.decode()
    again = desk.post(
        "/templates/new", {"seller": seller.pk, "name": "Кружка", "language": "ru", "text": OTHER}
    )
    assert again.status_code == 422
    assert ContentTemplate.objects.count() == 1


def test_a_category_is_written_as_its_path(template: ContentTemplate, desk: Client, seller: Seller) -> None:
    factories.category("Посуда > Кружки")
    own = factories.category("Посуда > Кружки", seller=seller)
    foreign = factories.category("Чужое", seller=Seller.objects.create(name="Other", slug="else"))
    suggested = desk.get("/products/choices/categories", {"category": "круж"}).content.decode()
    assert "Посуда &gt; Кружки" in suggested
    desk.post(f"/templates/{template.pk}/change", form(template, category="Посуда > Кружки"))
    template.refresh_from_db()
    assert template.category == own
    assert 'value="Посуда &gt; Кружки"' in desk.get(f"/templates/{template.pk}/").content.decode()
    for wrong in ("Посуда > Нет такой", foreign.path):
        answer = desk.post(f"/templates/{template.pk}/change", form(template, category=wrong))
        assert answer.status_code == 422
        assert f"«{escape(wrong)}»" in answer.content.decode()
    template.refresh_from_db()
    assert template.category == own


def test_another_text_keeps_the_one_before_as_a_version(
    template: ContentTemplate, desk: Client, alice: User
) -> None:
    desk.post(f"/templates/{template.pk}/change", form(template, text=OTHER))
    template.refresh_from_db()
    assert (template.text, template.version) == (OTHER, 2)
    kept = template.versions.get()
    assert (kept.number, kept.text, kept.ended_by) == (1, TEXT, alice)
    desk.post(f"/templates/{template.pk}/change", form(template, name="Кружка белая"))
    template.refresh_from_db()
    assert (template.name, template.version) == ("Кружка белая", 2)  # another name is no other text
    import_templates([{"name": "Кружка белая", "text": TEXT}], seller=template.seller)
    template.refresh_from_db()
    assert (template.version, [one.number for one in template.versions.all()]) == (3, [2, 1])


def test_who_wrote_on_an_old_version_overwrites_nobody_unasked(
    template: ContentTemplate, desk: Client
) -> None:
    seen = form(template, text="<p>Моя кружка держит тепло до вечера.</p>")
    desk.post(f"/templates/{template.pk}/change", form(template, text=OTHER))
    answer = desk.post(f"/templates/{template.pk}/change", seen)
    assert answer.status_code == 422
    assert "Моя кружка" in answer.content.decode()
    template.refresh_from_db()
    assert template.text == OTHER
    desk.post(f"/templates/{template.pk}/change", seen | {"version": 2})
    template.refresh_from_db()
    assert "Моя кружка" in template.text


def test_a_trial_writes_a_text_for_one_product_and_keeps_nothing_in_it(
    seller: Seller, template: ContentTemplate, desk: Client
) -> None:
    factories.product(seller=seller)
    answer = desk.post(f"/templates/{template.pk}/trial", {"product": ""})
    desk.post(f"/templates/{template.pk}/trial", {"product": ""})
    job = Job.objects.get(kind="enrichment.template_trial")
    assert answer.headers["Location"] == f"/templates/{template.pk}/?trial={job.pk}"
    run_ready()
    shown = desk.get(answer.headers["Location"])
    assert shown.context["trial"]["source"] == "offline"
    assert shown.context["trial"]["title"] in shown.content.decode()
    assert not ProductContent.objects.exists()
    assert not ProcessingLog.objects.exists()


def test_a_trial_of_another_template_is_not_shown(
    seller: Seller, template: ContentTemplate, desk: Client, alice: User
) -> None:
    factories.product(seller=seller)
    desk.post(f"/templates/{template.pk}/trial", {"product": ""})
    other = template_editing.make(seller, by=alice, name="Чашка", language="ru", text=OTHER)
    job = Job.objects.get(kind="enrichment.template_trial")
    assert desk.get(f"/templates/{other.pk}/?trial={job.pk}").context["job"] is None
    assert desk.get(f"/templates/{other.pk}/?trial=x").status_code == 200


def test_switched_off_and_deleted(template: ContentTemplate, desk: Client) -> None:
    desk.post(f"/templates/{template.pk}/use", {"on": "0"})
    template.refresh_from_db()
    assert not template.is_active
    desk.post(f"/templates/{template.pk}/deletion")
    assert not ContentTemplate.objects.exists()
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == [
        "template.make", "template.change", "template.delete",
    ]  # fmt: skip


def test_a_file_brings_templates_in_and_says_what_was_none(seller: Seller, desk: Client) -> None:
    rows = [{"name": "Кружка", "text": TEXT}, {"name": "Пусто"}]
    file = io.BytesIO(json.dumps(rows, ensure_ascii=False).encode())
    file.name = "templates.json"
    answer = desk.post("/templates/file", {"file": file, "seller": seller.pk}, follow=True)
    assert [template.name for template in answer.context["templates"]] == ["Кружка"]
    assert "2: " in answer.content.decode()
    broken = io.BytesIO(b"[{")
    broken.name = "broken.json"
    desk.post("/templates/file", {"file": broken, "seller": seller.pk})
    assert ContentTemplate.objects.count() == 1


def test_the_latest_runs_are_found_with_the_version_that_helped_them(
    seller: Seller, template: ContentTemplate, alice: User
) -> None:
    for versions in ({str(template.pk): 1}, {}):
        ProcessingLog.objects.create(
            product=factories.product(seller=seller), seller=seller, status="completed", options=options(),
            result={"templates": [template.pk], "template_versions": versions},
        )  # fmt: skip
    ProcessingLog.objects.create(
        product=factories.product(seller=seller),
        seller=seller,
        status="completed",
        options=options(),
        result={},
    )
    uses = latest_uses(template, alice)
    assert (uses.looked_at, [use.version for use in uses.shown]) == (3, [None, 1])
    assert uses.by_version == {None: 1, 1: 1}


def test_a_stranger_and_a_reader_change_nothing(
    template: ContentTemplate, client: Client, charlie: User, bob: User
) -> None:
    for person, status in ((charlie, 404), (bob, 403)):
        client.force_login(person)
        for deed in ("change", "use", "deletion", "trial"):
            assert client.post(f"/templates/{template.pk}/{deed}", form(template)).status_code == status
    assert ContentTemplate.objects.get() == template
