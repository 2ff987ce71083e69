from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import openpyxl
import pytest
from django.conf import settings as django_settings
from django.utils import timezone, translation

from vitrina.accounts.models import Seller
from vitrina.catalog import importing
from vitrina.catalog.broken_rows import as_csv
from vitrina.catalog.importing import ImportFailed, ImportOptions, TakenOver
from vitrina.catalog.intake import CHUNK
from vitrina.catalog.models import BrokenRow, Import, Product, RunState
from vitrina.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def run(seller: Seller, data: bytes | str, name: str = "feed.csv", **options: Any) -> Import:
    content = data.encode() if isinstance(data, str) else data
    import_run = importing.prepare(
        seller, file=io.BytesIO(content), file_name=name, options=ImportOptions.load(options)
    )
    return importing.read(import_run)


def counts(import_run: Import) -> dict[str, int]:
    names = ("read", "created", "updated", "unchanged", "broken", "warnings")
    return {name: getattr(import_run, name) for name in names if getattr(import_run, name)}


def csv(rows: int) -> str:
    return "Артикул;Название;Цена\n" + "".join(f"{n};Кружка {n};{n + 1}\n" for n in range(rows))


YML = """<?xml version="1.0" encoding="{encoding}"?>
<!DOCTYPE yml_catalog SYSTEM "shops.dtd">
<yml_catalog date="2026-01-01 00:00"><shop><name>Лавка</name>
<categories><category id="1">Посуда</category><category id="2" parentId="1">Кружки</category></categories>
<offers>
<offer id="1" available="true"><name>Кружка</name><price>490</price><currencyId>RUR</currencyId>
<categoryId>2</categoryId><picture>https://a.example/1.jpg</picture><param name="Вес" unit="г">350</param></offer>
<offer available="true"><name>Без ид</name><price>10</price></offer>
<offer id="3"><price>10</price></offer>
<offer id="4"><name>Чашка</name><price>по запросу</price><categoryId>999999999999999999</categoryId></offer>
<offer id="1"><name>Ещё раз</name></offer>
</offers></shop></yml_catalog>"""


def test_a_yml_in_windows_1251_with_a_doctype_is_read(seller: Seller) -> None:
    import_run = run(seller, YML.format(encoding="windows-1251").encode("cp1251"), "feed.xml")
    assert counts(import_run) == {"read": 5, "created": 2, "broken": 3, "warnings": 1}
    assert (import_run.state, import_run.format) == (RunState.DONE, "yml")
    product = Product.objects.get(external_id="1")
    assert (product.title, product.category_hint, product.currency) == ("Кружка", "Посуда > Кружки", "RUB")
    assert product.attributes == {"Вес, г": "350"}
    assert [
        (row.line, row.external_id, row.is_warning, str(row.reason % row.values))
        for row in BrokenRow.objects.all()
    ] == [
        (8, "", False, "the row has no id: fill the id or the vendor code"),
        (9, "3", False, "the row has no title"),
        (
            10,
            "4",
            True,
            "the feed doesn't list the category 999999999999999999; the category at the source is unknown",
        ),
        (11, "1", False, "the id 1 stands in this feed more than once; the first row with it is kept"),
    ]


def test_a_workbook_is_read(seller: Seller) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Артикул", "Наименование", "Цена, руб.", "Материал"])
    sheet.append([1, "Кружка", 490.5, "керамика"])
    sheet.append([2, None, 10, ""])
    stream = io.BytesIO()
    book.save(stream)
    import_run = run(seller, stream.getvalue(), "feed.xlsx")
    assert counts(import_run) == {"read": 2, "created": 1, "broken": 1}
    product = Product.objects.get()
    assert (product.external_id, str(product.price), product.attributes) == (
        "1",
        "490.50",
        {"Материал": "керамика"},
    )
    assert import_run.columns == {
        "Артикул": "vendor_code",
        "Наименование": "title",
        "Цена, руб.": "price",
        "Материал": "attribute",
    }


def test_json_lines_are_read_and_a_broken_line_stops_nothing(seller: Seller) -> None:
    lines = [
        json.dumps({"id": "1", "title": "Кружка", "price": 490, "attributes": {"Цвет": "синий"}}),
        '{"id": "2", "title": "Обры',
        '{"id": "3", "id": "4", "title": "Дважды"}',
        '{"id": "5", "title": "Чашка", "price": NaN}',
        '{"id": "6", "title": "Блюдце"}',
    ]
    import_run = run(seller, "\n".join(lines), "feed.jsonl")
    assert import_run.read == 5
    assert set(Product.objects.values_list("external_id", flat=True)) == {"1", "6"}
    assert [row.line for row in import_run.broken_rows.all()] == [2, 3, 4]


def test_the_same_feed_again_changes_nothing(seller: Seller) -> None:
    run(seller, csv(3))
    before = list(
        Product.objects.order_by("pk").values("pk", "title", "price", "version", "updated_at", "content_hash")
    )
    import_run = run(seller, csv(3))
    assert counts(import_run) == {"read": 3, "unchanged": 3}
    after = list(
        Product.objects.order_by("pk").values("pk", "title", "price", "version", "updated_at", "content_hash")
    )
    assert after == before


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "feed.yml"),
        (b"<!doctype html><html><body><form><input type=password></form></body></html>", "feed.yml"),
        (b"<html><body>503</body></html>", "feed.xls"),
        (b'{"error": "unauthorised"\n}', "feed.jsonl"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "feed.csv"),
        (b"PK\x03\x04broken", "feed.xlsx"),
        (
            b'<?xml version="1.0"?><!DOCTYPE y [<!ENTITY a "b">]><yml_catalog><shop/></yml_catalog>',
            "feed.yml",
        ),
    ],
)
def test_what_is_no_feed_is_refused_in_words_and_empties_nothing(
    seller: Seller, data: bytes, name: str
) -> None:
    run(seller, csv(3))
    with pytest.raises(ImportFailed) as failed:
        run(seller, data, name)
    assert "The catalogue is as it was." in str(failed.value)
    assert Product.objects.count() == 3
    last = Import.objects.latest("pk")
    assert (last.state, last.error) == (RunState.FAILED, str(failed.value))


def test_offers_that_a_feed_no_longer_lists_stay(seller: Seller) -> None:
    run(seller, csv(5))
    run(seller, csv(2))
    assert Product.objects.count() == 5


def test_a_reading_that_stopped_goes_on_behind_its_last_whole_chunk(seller: Seller) -> None:
    data = csv(3 * CHUNK + 7) + "1;Повтор;1\n"
    import_run = importing.prepare(seller, file=io.BytesIO(data.encode()), file_name="feed.csv")

    class Killed(BaseException):
        pass

    def die(progress: importing.Progress) -> None:
        if progress.read == 2 * CHUNK:
            raise Killed

    with pytest.raises(Killed):
        importing.read(import_run, on_progress=die)
    assert Product.objects.count() == 2 * CHUNK

    again = importing.prepare(seller, file=io.BytesIO(data.encode()), file_name="feed.csv")
    assert again.pk == import_run.pk
    seen: list[int] = []
    done = importing.read(again, on_progress=lambda progress: seen.append(progress.read))
    assert seen == [3 * CHUNK, 3 * CHUNK + 8]
    assert counts(done) == {"read": 3 * CHUNK + 8, "created": 3 * CHUNK + 7, "broken": 1}
    assert Product.objects.count() == 3 * CHUNK + 7


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("before_commit", [True, False])
def test_a_process_killed_at_any_point_is_gone_on_with(
    seller: Seller, tmp_path: Path, before_commit: bool
) -> None:
    """A real process, killed by SIGKILL inside a chunk's transaction or right behind it, again and again."""
    rows = 4 * CHUNK
    feed = tmp_path / "feed.csv"
    feed.write_text(csv(rows), encoding="utf-8")
    kept = 0
    for _ in range(3):
        script = KILLER.format(
            database=str(django_settings.DATABASES["default"]["NAME"]),
            media=str(django_settings.MEDIA_ROOT),
            seller=seller.pk,
            feed=str(feed),
            before_commit=before_commit,
        )
        killed = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        kept += CHUNK
        assert Product.objects.count() == Import.objects.get().read == kept
    with feed.open("rb") as stream:
        done = importing.read(importing.prepare(seller, file=stream, file_name="feed.csv"))
    assert counts(done) == {"read": rows, "created": rows}
    assert Product.objects.count() == rows
    assert Import.objects.count() == 1


KILLER = """
import os, signal
os.environ["DJANGO_SETTINGS_MODULE"] = "vitrina.config.settings"
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {database!r}
settings.MEDIA_ROOT = {media!r}
django.setup()
from vitrina.accounts.models import Seller
from vitrina.catalog import importing
from vitrina.catalog.broken_rows import as_csv
chunks = 0
def die(*args, **options):
    os.kill(os.getpid(), signal.SIGKILL)
whole = importing.receive_chunk
def receive(*args, **options):
    global chunks
    received = whole(*args, **options)
    chunks += 1
    if chunks == 2 and {before_commit}:
        die()
    return received
importing.receive_chunk = receive
with open({feed!r}, "rb") as stream:
    run = importing.prepare(Seller.objects.get(pk={seller}), file=stream, file_name="feed.csv")
importing.read(run, on_progress=(lambda progress: None) if {before_commit} else die)
"""


def test_two_readers_of_one_import_count_nothing_twice(seller: Seller) -> None:
    import_run = importing.prepare(seller, file=io.BytesIO(csv(3 * CHUNK).encode()), file_name="feed.csv")
    other: list[Import] = []

    def overtake(progress: importing.Progress) -> None:
        if not other:
            other.append(importing.read(Import.objects.get(pk=import_run.pk)))

    with pytest.raises(TakenOver):
        importing.read(import_run, on_progress=overtake)
    assert counts(Import.objects.get()) == {"read": 3 * CHUNK, "created": 3 * CHUNK}


def test_a_cancelled_import_stops_at_the_next_chunk_and_keeps_what_came_in(seller: Seller) -> None:
    import_run = importing.prepare(seller, file=io.BytesIO(csv(3 * CHUNK).encode()), file_name="feed.csv")
    with pytest.raises(TakenOver):
        importing.read(import_run, on_progress=lambda progress: importing.cancel(import_run))
    assert (Import.objects.get().state, Product.objects.count()) == (RunState.CANCELLED, CHUNK)


def test_starting_keeps_the_file_and_queues_one_job_for_the_same_file(seller: Seller) -> None:
    first = importing.start(seller, file=io.BytesIO(csv(2).encode()), file_name="feed.csv")
    second = importing.start(seller, file=io.BytesIO(csv(2).encode()), file_name="feed.csv")
    assert first.pk == second.pk
    job = Job.objects.get()
    assert (job.kind, job.payload, job.pk) == (importing.KIND, {"import_id": first.pk}, second.job_id)


def test_columns_that_a_person_explained_are_remembered_for_the_same_header(
    seller: Seller, other_seller: Seller
) -> None:
    header = "Код;Модель;Склад\n"
    run(seller, header + "1;Кружка;Тула\n", columns={"Модель": "title", "Склад": ""})
    run(seller, header + "2;Чашка;Тула\n")
    assert Product.objects.get(external_id="2").title == "Чашка"
    assert Product.objects.get(external_id="2").attributes == {}
    run(other_seller, header + "3;Блюдце;Тула\n")
    assert Product.objects.get(seller=other_seller).attributes == {"Склад": "Тула", "Модель": "Блюдце"}


def test_a_role_that_does_not_exist_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="can't be read as titel"):
        ImportOptions.load({"columns": {"Название": "titel"}})


def test_an_import_that_wants_enrichment_asks_for_it_once_at_its_end(seller: Seller) -> None:
    import_run = run(seller, csv(3), enrich=True)
    job = Job.objects.get()
    assert (job.kind, job.payload) == (importing.IMPORTED, {"import_id": import_run.pk})
    assert Product.objects.filter(changed_in=import_run.pk).count() == 3


@translation.override("en")
def test_broken_rows_are_counted_in_full_and_kept_up_to_a_limit(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MOST_BROKEN_ROWS", 10)
    import_run = run(seller, "Артикул;Название\n" + ";Без кода\n" * 1200 + "1;Кружка\n")
    assert counts(import_run) == {"read": 1201, "created": 1, "broken": 1200}
    assert import_run.broken_rows.count() == 10
    report = "".join(as_csv(import_run)).splitlines()
    assert report[0] == '\ufeff"line","external_id","kind","reason","raw"'
    assert report[1].startswith("2,,")
    assert "1190 more were counted and not kept" in report[-1]


def test_names_that_never_end_are_not_all_remembered(seller: Seller) -> None:
    lines = "".join(
        json.dumps({"id": str(row), "title": "К"} | {f"k{row}-{n}\u0001": 1 for n in range(100)}) + "\n"
        for row in range(50)
    )
    import_run = run(seller, lines, "feed.jsonl")
    assert import_run.created == 50
    assert len(import_run.columns) == 2000


def test_a_report_runs_nothing_in_a_spreadsheet(seller: Seller) -> None:
    import_run = run(seller, "Артикул;Название\n=cmd|calc;\n")
    assert '"\'=cmd|calc"' in "".join(as_csv(import_run))


# --- Addresses ----------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[tuple[str, dict[str, tuple[int, bytes]]]]:
    pages: dict[str, tuple[int, bytes]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = pages.get(self.path, (404, b""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}", pages
    httpd.shutdown()
    thread.join(10)
    httpd.server_close()


def test_a_private_address_is_refused_and_nothing_is_sent(seller: Seller, server: Any) -> None:
    base, _pages = server
    with pytest.raises(ImportFailed) as failed:
        importing.read(importing.prepare(seller, url=f"{base}/feed.csv"))
    assert not failed.value.may_pass
    assert Import.objects.get().state == RunState.FAILED


@pytest.fixture
def _may_fetch(server: Any, settings: Any) -> None:
    settings.FETCH_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    settings.FETCH_ALLOWED_PORTS = [int(server[0].rsplit(":", 1)[1])]


@pytest.mark.usefixtures("_may_fetch")
def test_a_feed_is_fetched_once_and_its_copy_is_read(seller: Seller, server: Any) -> None:
    base, pages = server
    pages["/feed.csv"] = (200, csv(3).encode())
    import_run = importing.read(importing.prepare(seller, url=f"{base}/feed.csv"))
    assert counts(import_run) == {"read": 3, "created": 3}
    assert import_run.stored_name
    assert import_run.digest


@pytest.mark.usefixtures("_may_fetch")
def test_an_old_unfinished_reading_of_an_address_makes_way_for_a_fresh_one(
    seller: Seller, server: Any
) -> None:
    base, pages = server
    pages["/feed.csv"] = (200, csv(3).encode())
    abandoned = importing.prepare(seller, url=f"{base}/feed.csv")
    assert importing.prepare(seller, url=f"{base}/feed.csv").pk == abandoned.pk
    Import.objects.filter(pk=abandoned.pk).update(created_at=timezone.now() - timedelta(hours=2))
    fresh = importing.prepare(seller, url=f"{base}/feed.csv")
    assert fresh.pk != abandoned.pk
    abandoned.refresh_from_db()
    assert abandoned.state == RunState.CANCELLED


@pytest.mark.usefixtures("_may_fetch")
def test_an_address_that_fails_may_be_tried_again_when_the_fault_may_pass(
    seller: Seller, server: Any
) -> None:
    base, pages = server
    pages["/busy"] = (503, b"")
    with pytest.raises(ImportFailed) as busy:
        importing.read(importing.prepare(seller, url=f"{base}/busy"))
    with pytest.raises(ImportFailed) as gone:
        importing.read(importing.prepare(seller, url=f"{base}/gone"))
    assert (busy.value.may_pass, gone.value.may_pass) == (True, False)
