"""A feed before it is imported: looked at, explained, tried out. Nothing of it is in the catalogue until it is begun."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.catalog import importing, preparing, preview, trial
from vitrina.catalog.feed_words import KEPT, KNOWN, error_words
from vitrina.catalog.importing import ImportOptions
from vitrina.catalog.models import ColumnMapping, Import, Product, RunState
from vitrina.catalog.showing_preview import shown_preview
from vitrina.catalog.tidying import tidy
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready
from vitrina.lib import files
from vitrina.lib.feeds import NotAFeed

pytestmark = pytest.mark.django_db

PRICE = (
    "Код;Наименование;Цена;Склад\n1;Кружка;490;Москва\n2;Чашка;по запросу;Тула\n;Без кода;1;\n1;Ещё раз;5;\n"
)


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "files"
    with translation.override("en"):
        yield


def draft(seller: Seller, data: str | bytes = PRICE, name: str = "price.csv", **options: Any) -> Import:
    content = data.encode() if isinstance(data, str) else data
    return preparing.draft(
        seller, file=io.BytesIO(content), file_name=name, options=ImportOptions.load(options)
    )


def said(seller: Seller, import_run: Import, **roles: str) -> dict[str, Any]:
    """The form of the page, as a browser sends it."""
    shown = shown_preview(import_run)
    return {"explains": "1", "remember": "on"} | {
        f"role_{column.number}": roles.get(column.name, column.role) for column in shown.columns
    }


def test_a_file_is_looked_at_and_nothing_is_written(seller: Seller) -> None:
    import_run = draft(seller)
    assert import_run.state == RunState.DRAFT
    shown = shown_preview(import_run)
    assert [(column.name, column.role) for column in shown.columns] == [
        ("Код", "vendor_code"), ("Наименование", "title"), ("Цена", "price"), ("Склад", "attribute"),
    ]  # fmt: skip
    assert shown.columns[1].samples == ["Кружка", "Чашка", "Без кода"]
    assert [row.listing.title if row.listing else row.refusal for row in shown.rows][:3] == [
        "Кружка", "Чашка", "the row has no id: fill the id or the vendor code",
    ]  # fmt: skip
    assert import_run.preview is not None
    assert (import_run.preview["format"], import_run.preview["delimiter"], import_run.expected) == (
        "csv",
        ";",
        4,
    )
    assert not Product.objects.exists()
    assert not Job.objects.exists()


def test_a_file_that_is_no_feed_is_let_go_in_words(seller: Seller) -> None:
    import_run = draft(seller, "<html><form><input type=password></form></html>", "feed.yml")
    assert import_run.state == RunState.FAILED
    assert "login page" in import_run.error
    assert import_run.stored_name == ""


def test_why_a_file_is_no_feed_is_said_in_the_readers_language() -> None:
    for sentence in KNOWN:
        with translation.override("ru"):
            assert error_words(sentence) != sentence
            assert error_words(f"{sentence} {KEPT}").endswith("Каталог не изменился.")
    assert error_words("Something else.") == "Something else."


@pytest.mark.parametrize(
    "data", [b"", b"<html><input type=password>", b"<html>", b"%PDF-1.7", b"\x1f\x8b", b"[{}]", b"one column"]
)
def test_what_people_send_by_mistake_has_its_words(data: bytes) -> None:
    with pytest.raises(NotAFeed) as refused:
        preview.look(io.BytesIO(data))
    assert str(refused.value) in KNOWN


def test_the_sheet_and_the_encoding_are_told(seller: Seller) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Прайс"
    book.active.append(["Артикул", "Название"])
    book.active.append(["1", "Кружка"])
    file = io.BytesIO()
    book.save(file)
    workbook = draft(seller, file.getvalue(), "p.xlsx").preview
    table = draft(seller, PRICE.encode("cp1251")).preview
    assert workbook is not None and table is not None  # noqa: PT018
    assert workbook["sheet"] == "Прайс"
    assert table["encoding"] == "cp1251"


def test_a_column_said_otherwise_is_read_otherwise_and_remembered(
    seller: Seller, alice: User, client: Client
) -> None:
    import_run = draft(seller)
    client.force_login(alice)
    client.post(f"/imports/{import_run.pk}/reading", said(seller, import_run, Склад="", Цена="old_price"))
    run_ready()
    product = Product.objects.get(external_id="1")
    assert (product.price, str(product.old_price), product.attributes) == (None, "490.00", {})
    again = shown_preview(draft(seller, PRICE.replace("490", "500")))
    assert [(column.role, column.by) for column in again.columns][2:] == [
        ("old_price", "remembered"), ("", "remembered"),
    ]  # fmt: skip
    mapping = ColumnMapping.objects.get()
    assert mapping.source == "price.csv"
    client.post(f"/column-mappings/{mapping.pk}/forgetting")
    assert not ColumnMapping.objects.exists()
    assert AuditEntry.objects.get(action="columns.forgotten").before == {"columns": mapping.columns}


def test_columns_are_not_remembered_unasked(seller: Seller, alice: User, client: Client) -> None:
    import_run = draft(seller)
    client.force_login(alice)
    form = said(seller, import_run, Склад="")
    del form["remember"]
    client.post(f"/imports/{import_run.pk}/reading", form)
    run_ready()
    assert Product.objects.count() == 2
    assert not ColumnMapping.objects.exists()


def test_without_an_id_or_a_title_the_page_says_so(seller: Seller) -> None:
    shown = shown_preview(draft(seller, "Название тары;Вес\nкоробка;5\n"))
    assert len(shown.missing) == 2


def test_a_dry_run_counts_what_the_import_then_does(seller: Seller) -> None:
    importing.read(importing.prepare(seller, file=io.BytesIO(b"\xef\xbb\xbf" + "Код;Наименование;Цена\n2;Чашка;1\n9;Блюдце;3\n".encode()), file_name="price.csv"))  # fmt: skip
    import_run = draft(seller)
    preparing.try_out(import_run)
    before = list(Product.objects.order_by("pk").values())
    run_ready()
    assert list(Product.objects.order_by("pk").values()) == before
    import_run.refresh_from_db()
    told = shown_preview(import_run).trial
    assert told is not None
    counted = {name: told[name] for name in ("read", "created", "updated", "unchanged", "broken", "vanished")}
    assert counted == {"read": 4, "created": 1, "updated": 1, "unchanged": 0, "broken": 2, "vanished": 1}
    assert {tuple(reason["lines"]) for reason in told["reasons"]} == {(4,), (5,)}
    preparing.begin(import_run)
    run_ready()
    import_run.refresh_from_db()
    assert {name: getattr(import_run, name) for name in counted if name != "vanished"} | {
        "vanished": (import_run.vanished or {})["count"]
    } == counted
    gone = Product.objects.get(external_id="9")
    assert (import_run.vanished or {})["ids"] == [gone.pk]


def test_a_dry_run_is_stale_when_something_else_is_said(seller: Seller) -> None:
    import_run = draft(seller)
    trial.run(import_run)
    import_run.refresh_from_db()
    assert shown_preview(import_run).trial is not None
    preparing.explain(import_run, ImportOptions(currency="KZT"))
    import_run.refresh_from_db()
    assert shown_preview(import_run).trial is None


def test_begun_twice_is_one_reading(seller: Seller) -> None:
    import_run = draft(seller)
    preparing.begin(import_run)
    preparing.begin(Import.objects.get(pk=import_run.pk))
    assert Job.objects.filter(kind=importing.KIND).count() == 1
    assert not preparing.discard(import_run)


def test_a_wrong_encoding_is_said_and_can_be_taken_back(seller: Seller) -> None:
    import_run = draft(seller)
    preparing.explain(import_run, ImportOptions(delimiter="|"))
    preparing.explain(import_run, ImportOptions(encoding="utf-16"))
    assert import_run.state == RunState.DRAFT
    preparing.explain(import_run, ImportOptions())
    assert (import_run.error, import_run.preview and import_run.preview["delimiter"]) == ("", ";")


def test_drafts_that_nobody_begins_are_let_go_with_their_files(seller: Seller) -> None:
    old, fresh = draft(seller), draft(seller)
    Import.objects.filter(pk=old.pk).update(created_at="2020-01-01T00:00:00Z")
    tidy()
    assert list(Import.objects.values_list("pk", flat=True)) == [fresh.pk]
    assert not files.storage().exists(old.stored_name)
    assert files.storage().exists(fresh.stored_name)


def test_only_an_address_is_fetched_again(seller: Seller, alice: User, client: Client) -> None:
    client.force_login(alice)
    done = Import.objects.create(seller=seller, source="https://shop.example/p.csv", state="done", read=2)
    client.post(f"/imports/{done.pk}/repetition")
    again = Import.objects.latest("pk")
    assert (again.source, again.state) == (done.source, RunState.WAITING)
    answer = client.post(f"/imports/{draft(seller).pk}/repetition", follow=True)
    assert "файл нужно дать ещё раз" in answer.content.decode()


def test_broken_rows_come_as_a_workbook(seller: Seller, alice: User, client: Client) -> None:
    import_run = importing.read(importing.prepare(seller, file=io.BytesIO("Код;Название\n;=cmd|calc\n".encode()), file_name="x.csv"))  # fmt: skip
    client.force_login(alice)
    answer = client.get(f"/imports/{import_run.pk}/rows.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]  # type: ignore[arg-type]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1][0] == 2
    assert rows[1][4] == "Название: =cmd|calc"


@given(st.binary(max_size=400))
def test_whatever_is_looked_at_is_shown_or_refused(data: bytes) -> None:
    try:
        seen = preview.look(io.BytesIO(data))
    except NotAFeed:
        return
    assert "\x00" not in json.dumps(seen, ensure_ascii=False)
    assert len(seen["rows"]) <= preview.ROWS


def test_a_huge_cell_is_shortened_for_the_page(seller: Seller) -> None:
    text = "Код;Название;Описание\n" + "".join(f"{n};Кружка;{'а' * 100_000}\n" for n in range(30))
    import_run = draft(seller, text)
    assert len(json.dumps(import_run.preview, ensure_ascii=False)) < 400_000


def test_what_came_in_is_enriched_as_the_next_step(seller: Seller, alice: User, client: Client) -> None:
    import_run = importing.read(importing.prepare(seller, file=io.BytesIO(PRICE.encode()), file_name="p.csv"))
    client.force_login(alice)
    page = client.get(f"/imports/{import_run.pk}/enrichment")
    assert page.context["estimate"].products == 2
    assert not page.context["estimate"].is_known
    factories.product(seller=seller)  # of another source: not counted
    assert client.get(f"/imports/{import_run.pk}/enrichment").context["estimate"].products == 2
    client.post(f"/imports/{import_run.pk}/enrichment")
    job = Job.objects.get(kind=importing.IMPORTED)
    assert job.payload == {"import_id": import_run.pk}
