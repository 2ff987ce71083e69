"""Jobs and commands of the catalogue."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog import abandoned, exporting, importing
from vitrina.catalog.jobs import run_export, run_import
from vitrina.catalog.models import Export, Import, Product, ProductContent, RunState
from vitrina.catalog.tests.test_preflight import GOOD
from vitrina.jobs import control
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.interrupts import CancelRequested
from vitrina.jobs.models import Job
from vitrina.jobs.outcomes import Cancel, Done, Fail, Snooze
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db

FEED = "Артикул;Название;Цена\n1;Кружка;490\n;Без кода;1\n"


class FakeJob:
    """The part of a running job that the handlers use."""

    def __init__(
        self, payload: dict[str, Any], *, cancel_at: int | None = None, seconds_left: float = 3600.0
    ) -> None:
        self.payload = payload
        self.seconds_left = seconds_left
        self.told: list[dict[str, Any]] = []
        self._cancel_at = cancel_at

    def progress(self, **said: Any) -> None:
        self.told.append(said)
        if self._cancel_at is not None and len(self.told) > self._cancel_at:
            raise CancelRequested


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "files"
    with translation.override("en"):
        yield


def start(seller: Seller, text: str = FEED) -> Import:
    return importing.start(seller, file=io.BytesIO(text.encode()), file_name="feed.csv")


def test_the_job_reads_the_feed_and_tells_how_far_it_is(seller: Seller) -> None:
    import_run = start(seller)
    job = FakeJob({"import_id": import_run.pk})
    assert run_import(job) == Done({"import_id": import_run.pk, "read": 2, "created": 1})  # type: ignore[arg-type]
    assert job.told[-1]["done"] == 2
    # Given to a worker again, it does nothing more.
    assert run_import(FakeJob({"import_id": import_run.pk})) == Done({"import_id": import_run.pk})  # type: ignore[arg-type]
    assert Product.objects.count() == 1


def test_a_feed_that_is_none_fails_the_job_in_words(seller: Seller) -> None:
    outcome = run_import(FakeJob({"import_id": start(seller, "<html>login</html>").pk}))  # type: ignore[arg-type]
    assert isinstance(outcome, Fail)
    assert "The catalogue is as it was." in outcome.reason


def test_a_deleted_import_cancels_its_job(seller: Seller) -> None:
    assert isinstance(run_import(FakeJob({"import_id": 0})), Cancel)  # type: ignore[arg-type]


def test_a_cancelled_job_cancels_its_import(seller: Seller) -> None:
    import_run = start(seller)
    with pytest.raises(CancelRequested):
        run_import(FakeJob({"import_id": import_run.pk}, cancel_at=1))  # type: ignore[arg-type]
    import_run.refresh_from_db()
    assert import_run.state == RunState.CANCELLED


def test_a_feed_longer_than_the_deadline_hands_itself_back_and_goes_on(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    rows = "".join(f"{n};Кружка {n};490\n" for n in range(7))
    import_run = start(seller, "Артикул;Название;Цена\n" + rows)
    payload = {"import_id": import_run.pk}
    for read in (2, 4, 6):
        assert run_import(FakeJob(payload, seconds_left=10)) == Snooze(seconds=0)  # type: ignore[arg-type]
        import_run.refresh_from_db()
        assert (import_run.state, import_run.read) == (RunState.RUNNING, read)
    assert isinstance(run_import(FakeJob(payload)), Done)  # type: ignore[arg-type]
    import_run.refresh_from_db()
    assert (import_run.created, import_run.unchanged, import_run.broken) == (7, 0, 0)


def test_an_import_that_another_reader_is_ahead_of_waits_and_is_not_given_up(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 1)
    import_run = start(seller, "Артикул;Название;Цена\n1;Кружка;490\n2;Чашка;5\n3;Миска;7\n")

    class Overtaken(FakeJob):
        def progress(self, **said: Any) -> None:
            if said.get("done") == 1:  # a worker that was thought dead writes the next chunk
                Import.objects.filter(pk=import_run.pk).update(read=2)

    assert isinstance(run_import(Overtaken({"import_id": import_run.pk})), Snooze)  # type: ignore[arg-type]
    assert isinstance(run_import(FakeJob({"import_id": import_run.pk})), Done)  # type: ignore[arg-type]
    import_run.refresh_from_db()
    assert (import_run.state, import_run.read) == (RunState.DONE, 3)


def test_what_follows_a_job_that_is_over_is_over_too(seller: Seller) -> None:
    died, cancelled, live = (start(seller, f"{FEED}{n};Чашка;5\n") for n in range(3))
    export_run = exporting.start(seller, target="ozon", file_format="csv")
    Import.objects.filter(pk=died.pk).update(state=RunState.RUNNING, read=250)
    Job.objects.filter(pk=died.job_id).update(state="dead", error="The worker died 3 times.")
    Job.objects.filter(pk=export_run.job_id).update(state="dead", error="The disk is full.")
    job = Job.objects.get(pk=cancelled.job_id)
    control.cancel(job)
    assert abandoned.close_abandoned() == 3
    assert abandoned.close_abandoned() == 0
    for row in (died, cancelled, live, export_run):
        row.refresh_from_db()
    assert (died.state, cancelled.state, live.state) == ("failed", "cancelled", "waiting")
    assert "died 3 times" in died.error
    assert "250 rows before it are kept" in died.error
    assert (export_run.state, export_run.error) == ("failed", "It was given up: The disk is full.")
    # A person tries the dead job again, and the import goes on.
    Import.objects.filter(pk=died.pk).update(read=0)
    control.retry(Job.objects.get(pk=died.job_id))
    run_ready()
    died.refresh_from_db()
    assert (died.state, died.error) == ("done", "")


def test_a_refused_import_keeps_no_copy_of_its_feed(
    seller: Seller, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.JOB_QUEUE_LIMIT = 1
    monkeypatch.setattr("vitrina.jobs.enqueue._rooms", {})
    start(seller)
    copies = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    with pytest.raises(QueueFull):
        start(seller, FEED + "2;Чашка;5\n")
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == copies
    assert Import.objects.count() == 1


def test_the_job_of_an_export_writes_it(seller: Seller) -> None:
    product = factories.product(seller=seller)
    ProductContent.objects.create(
        product=product, language="ru", title="Платье", description=GOOD.description
    )
    export_run = exporting.start(seller, target="ozon", file_format="csv")
    job = FakeJob({"export_id": export_run.pk})
    assert run_export(job) == Done({"export_id": export_run.pk, "written": 1, "held_back": 0})  # type: ignore[arg-type]
    assert Export.objects.get().state == RunState.DONE


def test_a_worker_reads_the_feed_and_writes_the_cards(seller: Seller) -> None:
    import_run = start(seller)
    run_ready()
    job = Job.objects.get(pk=import_run.job_id)
    assert (job.state, job.progress["done"]) == ("done", 2)
    ProductContent.objects.create(
        product=Product.objects.get(), language="ru", title="Кружка", description=GOOD.description
    )
    export_run = exporting.start(seller, target="ozon", file_format="jsonl")
    run_ready()
    export_run.refresh_from_db()
    assert (export_run.state, export_run.written) == (RunState.DONE, 1)


def test_the_command_imports_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_text(FEED, encoding="utf-8")
    first, second = io.StringIO(), io.StringIO()
    call_command("import_feed", str(path), seller="hat", report=tmp_path / "broken.csv", stdout=first)
    call_command("import_feed", str(path), seller="hat", stdout=second)
    assert first.getvalue().splitlines() == [
        "2 rows: 1 new, 0 changed, 0 unchanged, 1 refused, 0 warnings.",
        "  line 3  [refused] the row has no id: fill the id or the vendor code",
    ]
    assert second.getvalue().startswith("2 rows: 0 new, 0 changed, 1 unchanged, 1 refused, 0 warnings.")
    with (tmp_path / "broken.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[0] for row in csv.reader(file)] == ["line", "3"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.csv", "--seller", "hat"], "can't be read"),
        (["http://127.0.0.1/feed.csv", "--seller", "hat"], "The catalogue is as it was"),
        (["x.csv", "--seller", "hat", "--column", "Название"], "must be HEADER=ROLE"),
        (["x.csv", "--seller", "hat", "--column", "Название=titel"], "can't be read as titel"),
    ],
)
def test_the_command_refuses_in_words(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("import_feed", *arguments, stdout=io.StringIO())


def test_the_export_command_writes_finished_cards_and_tells_what_it_held_back(
    seller: Seller, tmp_path: Path
) -> None:
    product = factories.product(seller=seller, external_id="1")
    ProductContent.objects.create(
        product=product, language="ru", title="Платье", description=GOOD.description
    )
    factories.product(seller=seller, external_id="2")
    out, path = io.StringIO(), tmp_path / "cards.jsonl"
    call_command("export_cards", seller="hat", target="ozon", format="jsonl", out=path, stdout=out)
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == ["1"]
    assert "1 cards written" in out.getvalue()
    assert "1 × text.finished" in out.getvalue()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"seller": "nobody"}, "There is no seller 'nobody'"),
        ({"target": "google", "format": "yml"}, "can't be written as «yml»"),
        ({"cap": ["title=60"]}, "Ozon has no limit title"),
        ({"cap": ["title.max_chars"]}, "must be CODE=NUMBER"),
        ({"out": Path("/nowhere/at/all/cards.csv")}, "can't be written"),
    ],
)
def test_the_export_command_refuses_in_words(
    seller: Seller, tmp_path: Path, options: dict[str, Any], words: str
) -> None:
    usual = {"seller": "hat", "target": "ozon", "format": "csv", "out": tmp_path / "cards.csv"}
    with pytest.raises(CommandError, match=words):
        call_command("export_cards", stdout=io.StringIO(), **usual | options)
