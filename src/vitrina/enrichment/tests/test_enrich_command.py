"""`vitrina enrich`: in this process for its rules, in a process of its own for kills and stops."""

from __future__ import annotations

import csv
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from tests.servers import ModelServer

from vitrina.accounts.models import Seller
from vitrina.catalog.models import Product
from vitrina.enrichment import feed_to_cards, sample
from vitrina.enrichment.models import ProcessingLog, Status

KINDS = ("Кружка керамическая", "Платье летнее", "Дрель ударная", "Подушка ортопедическая")
COLUMNS = "id;название;описание;цена;категория"

SAMPLE = Path(sample.__file__).parent


def offer(number: int, *, price: str = "990", title: str = "") -> str:
    kind = KINDS[number % len(KINDS)]
    words = f"{kind}, модель {number}. Материал и размеры указаны ниже. Вес 350 г, высота 12 см, цвет белый."
    return f"sku-{number};{title or f'{kind} М-{number}'};{words};{price};"


def a_feed(path: Path, count: int, *more: str) -> Path:
    path.write_text("\n".join([COLUMNS, *(offer(n) for n in range(count)), *more]), encoding="utf-8")
    return path


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def enrich(feed: Path, out: Path, **options: Any) -> str:
    said = StringIO()
    call_command("enrich", feed, out=out, stdout=said, threads=2, **options)
    return said.getvalue()


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.JOB_POLL_SECONDS = 0.1
    return tmp_path


in_process = pytest.mark.django_db(transaction=True)


@in_process
def test_every_offer_is_a_card_or_a_reported_row(folder: Path) -> None:
    feed = a_feed(
        folder / "shop.csv",
        6,
        offer(50, price=""),
        offer(51, title="Кружка реплика"),
        offer(3),
        ";Без номера;Описание;5;",
    )
    said = enrich(feed, folder / "cards.csv")
    cards = [row["ID"] for row in table(folder / "cards.csv")]
    report = table(folder / "cards.csv.report.csv")
    assert cards == [f"sku-{n}" for n in range(6)]
    assert {(row["outcome"], row["id"]) for row in report} == {
        ("moderation", "sku-50"),
        ("moderation", "sku-51"),
        ("broken", "sku-3"),
        ("broken", ""),
    }
    assert {row["code"] for row in report if row["id"] == "sku-50"} == {"price.missing"}
    assert [int(row["line"]) for row in report if row["outcome"] == "broken"] == [10, 11]
    assert "6 cards" in said
    assert "moderation: 2" in said


@in_process
def test_a_second_run_changes_nothing(folder: Path) -> None:
    feed = a_feed(folder / "shop.csv", 5, offer(50, price=""))
    for ending in ("csv", "xlsx", "yml", "jsonl"):
        enrich(feed, folder / f"cards.{ending}", include_doubtful=True)
    before = {path.name: path.read_bytes() for path in folder.glob("cards*")}
    logs = list(ProcessingLog.objects.values_list("pk", "finished_at"))
    for ending in ("csv", "xlsx", "yml", "jsonl"):
        enrich(feed, folder / f"cards.{ending}", include_doubtful=True)
    after = {path.name: path.read_bytes() for path in folder.glob("cards*")}
    assert [name for name in before if before[name] != after[name]] == []
    assert list(ProcessingLog.objects.values_list("pk", "finished_at")) == logs


@in_process
def test_a_database_that_is_away_for_a_while_is_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(feed_to_cards, "LOOK_EVERY_SECONDS", 0.05)
    looks: list[bool] = []
    real = feed_to_cards.napping

    def away(batch: Any) -> str:
        looks.append(True)
        if len(looks) < 4:
            raise OperationalError("server closed the connection unexpectedly")
        return real(batch)

    monkeypatch.setattr(feed_to_cards, "napping", away)
    said = enrich(a_feed(folder / "shop.csv", 3), folder / "cards.csv")
    assert "3 cards" in said
    assert len([one for one in caplog.messages if "database away" in one]) == 3

    looks.clear()
    monkeypatch.setattr(feed_to_cards, "AWAY_AT_MOST_SECONDS", 0.0)
    with pytest.raises(OperationalError):
        enrich(a_feed(folder / "more.csv", 4), folder / "cards.csv")


@in_process
def test_a_changed_offer_is_run_again_and_the_others_are_not(folder: Path) -> None:
    feed = a_feed(folder / "shop.csv", 4)
    enrich(feed, folder / "cards.csv")
    feed.write_text(
        feed.read_text(encoding="utf-8").replace("модель 2", "модель 2 с крышкой"), encoding="utf-8"
    )
    enrich(feed, folder / "cards.csv")
    again = Product.objects.get(external_id="sku-2")
    assert ProcessingLog.objects.filter(product=again).count() == 2
    assert ProcessingLog.objects.count() == 5


@in_process
def test_an_offer_that_left_the_feed_leaves_the_cards(folder: Path) -> None:
    feed = a_feed(folder / "shop.csv", 4)
    enrich(feed, folder / "cards.csv")
    a_feed(feed, 3)
    enrich(feed, folder / "cards.csv")
    assert [row["ID"] for row in table(folder / "cards.csv")] == ["sku-0", "sku-1", "sku-2"]
    assert Product.objects.count() == 4


@in_process
def test_doubtful_texts_go_to_a_file_of_their_own(folder: Path) -> None:
    feed = a_feed(folder / "shop.csv", 2, offer(50, price=""))
    enrich(feed, folder / "cards.csv", include_doubtful=True)
    assert [row["ID"] for row in table(folder / "cards.csv")] == ["sku-0", "sku-1"]
    assert [row["ID"] for row in table(folder / "cards.doubtful.csv")] == ["sku-50"]


@in_process
def test_cards_over_a_hard_limit_of_the_target_are_held_back_with_the_reason(folder: Path) -> None:
    feed = a_feed(folder / "shop.csv", 2)
    enrich(feed, folder / "cards.csv", target="yandex_market")  # wants a picture
    assert table(folder / "cards.csv") == []
    report = table(folder / "cards.csv.report.csv")
    assert {(row["outcome"], row["code"]) for row in report} == {("held back", "image_urls.min_count")}


@in_process
def test_the_short_form_is_a_card_with_one_paragraph(folder: Path) -> None:
    enrich(a_feed(folder / "shop.csv", 2), folder / "cards.jsonl", short=True)
    import json

    lines = (folder / "cards.jsonl").read_text(encoding="utf-8").splitlines()
    descriptions = [json.loads(line)["description"] for line in lines]
    assert len(descriptions) == 2
    assert all(text.count("<p>") == 1 for text in descriptions)


@in_process
def test_a_limit_leaves_the_rest_for_later_and_says_so(folder: Path) -> None:
    feed = a_feed(folder / "shop.csv", 5)
    enrich(feed, folder / "cards.csv", limit=2)
    assert [row["ID"] for row in table(folder / "cards.csv")] == ["sku-0", "sku-1"]
    left = {row["id"] for row in table(folder / "cards.csv.report.csv") if row["outcome"] == "not processed"}
    assert left == {"sku-2", "sku-3", "sku-4"}
    enrich(feed, folder / "cards.csv")
    assert len(table(folder / "cards.csv")) == 5


@in_process
def test_the_categories_of_a_feed_become_the_tree(folder: Path) -> None:
    feed = folder / "shop.yml"
    feed.write_text(
        """<?xml version="1.0" encoding="utf-8"?><yml_catalog date="2026-05-01 10:00"><shop>
        <categories><category id="1">Посуда</category><category id="2" parentId="1">Кружки</category></categories>
        <offers><offer id="a1" available="true"><name>Кружка керамическая белая</name><price>490</price>
        <currencyId>RUR</currencyId><categoryId>2</categoryId>
        <description>Кружка из керамики, объём 300 мл, белая, для чая и кофе.</description></offer></offers>
        </shop></yml_catalog>""",
        encoding="utf-8",
    )
    enrich(feed, folder / "cards.csv")
    product = Product.objects.select_related("category").get()
    assert product.category is not None
    assert (product.category.path, product.category_source) == ("Посуда > Кружки", "source")
    assert ProcessingLog.objects.get().type == "description_only"


@in_process
def test_a_given_tree_is_chosen_from(folder: Path) -> None:
    tree = folder / "tree.tsv"
    tree.write_text(
        "path\tsynonyms\nПосуда > Кружки\tкружка;чашка\nТехника > Дрели\tдрель\n", encoding="utf-8"
    )
    enrich(a_feed(folder / "shop.csv", 3), folder / "cards.csv", categories=tree)
    logs = ProcessingLog.objects.filter(product__title__startswith="Кружка")
    assert [log.result["category"]["path"] for log in logs if log.result] == ["Посуда > Кружки"]


@in_process
def test_failed_products_are_reported_and_tried_again_by_the_next_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vitrina.engine.errors import ConfigurationFault
    from vitrina.enrichment import pipeline

    process = pipeline.process

    def sometimes(log: ProcessingLog, **wishes: Any) -> ProcessingLog:
        if log.product.external_id == "sku-1":
            raise ConfigurationFault("OPENAI_API_KEY is refused.")
        return process(log, **wishes)

    feed = a_feed(folder / "shop.csv", 3)
    with monkeypatch.context() as broken:
        broken.setattr(pipeline, "process", sometimes)
        with pytest.raises(SystemExit) as ended:
            enrich(feed, folder / "cards.csv")
    assert ended.value.code == 3
    report = table(folder / "cards.csv.report.csv")
    assert [(row["outcome"], row["id"], row["reason"]) for row in report] == [
        ("failed", "sku-1", "OPENAI_API_KEY is refused.")
    ]
    enrich(feed, folder / "cards.csv")
    assert len(table(folder / "cards.csv")) == 3
    assert ProcessingLog.objects.filter(status=Status.FAILED).count() == 1


@in_process
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"out": "cards.doc"}, "ending says the format"),
        ({"out": "nowhere/cards.csv"}, "no folder"),
        ({"out": "shop.csv"}, "replace the feed"),
        ({"target": "amazon"}, "There is no target"),
        ({"threads": 500}, "--threads"),
        ({"limit": 0}, "--limit"),
        ({"categories": Path("nothing.tsv")}, "no file"),
    ],
)
def test_a_wish_that_can_not_be_granted_is_refused_in_words(
    folder: Path, options: dict[str, Any], words: str
) -> None:
    feed = a_feed(folder / "shop.csv", 1)
    out = folder / options.pop("out", "cards.csv")
    with pytest.raises(CommandError, match=words):
        call_command("enrich", feed, out=out, **options)
    assert not Seller.objects.exists()


@in_process
def test_a_feed_that_is_none_is_told_and_nothing_is_written(folder: Path) -> None:
    page = folder / "login.yml"
    page.write_text("<html><form><input type=password></form></html>", encoding="utf-8")
    with pytest.raises(CommandError, match="Nothing was written"):
        enrich(page, folder / "cards.csv")
    assert not (folder / "cards.csv").exists()
    with pytest.raises(CommandError, match="no file"):
        enrich(folder / "missing.csv", folder / "cards.csv")


@in_process
def test_two_at_once_on_one_folder_are_refused(folder: Path) -> None:
    from vitrina.enrichment.management.commands.enrich import only_one

    with only_one(), pytest.raises(CommandError, match="--data-dir"):
        enrich(a_feed(folder / "shop.csv", 1), folder / "cards.csv")


# --- In a process of its own ------------------------------------------------------------------------------


class Running:
    """The command in a process, with its data in a folder of its own."""

    def __init__(self, folder: Path, feed: Path, *more: str, model: str = "") -> None:
        self.out, self.data = folder / "cards.csv", folder / "data"
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("VITRINA_", "AI_", "DATABASE_"))
        } | {"VITRINA_VECTOR_INDEX": "memory", "PYTHONUNBUFFERED": "1"}
        if model:
            environment |= {"AI_BASE_URL": model, "AI_MODEL": "simulated"}
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "vitrina.config.cli", "enrich", str(feed), "--out", str(self.out),
                "--data-dir", str(self.data), "--threads", "4", *more,
            ],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip

    def finish(self, seconds: float = 120) -> tuple[int, str]:
        said, _ = self.process.communicate(timeout=seconds)
        return self.process.returncode, said

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        path = self.data / "vitrina.sqlite3"
        if not path.exists():
            return []
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as connection:
            try:
                return connection.execute(query).fetchall()
            except sqlite3.OperationalError:  # no tables yet
                return []

    def wait_for(self, query: str, least: int) -> None:
        """Until a count in its database is reached, or it has ended."""
        self.until(lambda: bool((found := self.ask(query)) and found[0][0] >= least))

    def until(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        """Until it holds, or the command has ended."""
        tick, ends_at = threading.Event(), time.monotonic() + seconds
        while not condition() and self.process.poll() is None:
            assert time.monotonic() < ends_at, "it never came so far"
            tick.wait(0.02)


DONE = "SELECT count(*) FROM enrichment_processinglog WHERE status IN ('completed', 'moderation')"


def test_killed_again_and_again_it_finishes_with_nothing_done_twice(tmp_path: Path) -> None:
    feed = a_feed(tmp_path / "shop.csv", 40, offer(90, price=""))
    places = [("SELECT count(*) FROM catalog_product", 1), (DONE, 1), (DONE, 12), (DONE, 25)]
    for query, least in places:
        running = Running(tmp_path, feed)
        running.wait_for(query, least)
        running.process.kill()
        running.finish()
    last = Running(tmp_path, feed)
    code, said = last.finish()
    assert code == 0, said
    assert [row["ID"] for row in table(last.out)] == [f"sku-{n}" for n in range(40)]
    assert [row["id"] for row in table(tmp_path / "cards.csv.report.csv")] == ["sku-90"]
    assert last.ask("SELECT count(*), count(DISTINCT product_id) FROM enrichment_processinglog") == [(41, 41)]
    assert last.ask("SELECT count(*) FROM accounts_auditentry WHERE action = 'product.apply'") == [(40,)]


def test_killed_with_calls_open_it_pays_no_more_than_those_twice(
    model_server: ModelServer, tmp_path: Path
) -> None:
    """The server counts: what was answered before a kill is found again, what was open may be asked once more."""
    model_server.set(latency=0.1)
    feed, categories = a_feed(tmp_path / "shop.csv", 24), ("--categories", str(SAMPLE / "categories.tsv"))
    (tmp_path / "whole").mkdir()
    whole = Running(tmp_path / "whole", feed, *categories, model=model_server.base_url)
    code, said = whole.finish()
    assert code == 0, said
    usual = model_server.counts()["calls"]
    assert usual >= 48

    kills, threads = 5, 4
    model_server.reset()
    model_server.set(latency=0.1)
    moments = random.Random(usual).sample(range(2, usual), kills)
    for moment in sorted(moments):
        running = Running(tmp_path, feed, *categories, model=model_server.base_url)
        running.until(lambda moment=moment: model_server.counts()["calls"] >= moment)
        running.process.kill()
        running.finish()
    last = Running(tmp_path, feed, *categories, model=model_server.base_url)
    code, said = last.finish()
    assert code == 0, said
    assert model_server.counts()["calls"] <= usual + kills * threads, moments
    cards = [row["ID"] for row in table(last.out)]
    held = [row["id"] for row in table(tmp_path / "cards.csv.report.csv")]
    assert sorted(cards + held) == sorted(f"sku-{n}" for n in range(24))
    assert last.ask("SELECT count(*), count(DISTINCT product_id) FROM enrichment_processinglog") == [(24, 24)]
    applied = last.ask("SELECT count(*) FROM accounts_auditentry WHERE action = 'product.apply'")
    assert applied == [(len(cards),)]


@pytest.fixture
def slow_model(model_server: ModelServer) -> ModelServer:
    model_server.set(latency=30.0)
    return model_server


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_within_five_seconds_in_the_middle_of_calls_and_says_how_to_go_on(
    tmp_path: Path, slow_model: ModelServer, number: signal.Signals
) -> None:
    feed = a_feed(tmp_path / "shop.csv", 10)
    running = Running(tmp_path, feed, model=slow_model.base_url)
    ends_at, tick = time.monotonic() + 60, threading.Event()
    # Three of four threads: a batch leaves the last one free.
    while slow_model.counts()["most_in_flight"] < 3:
        assert time.monotonic() < ends_at
        tick.wait(0.05)
    asked = time.monotonic()
    running.process.send_signal(number)
    code, said = running.finish(10)
    assert time.monotonic() - asked < 5
    assert code == 130, said
    assert "same command goes on" in said
    slow_model.set(latency=0.0)
    code, said = Running(tmp_path, feed, model=slow_model.base_url).finish()
    assert code == 0, said
    done = {row["ID"] for row in table(tmp_path / "cards.csv")}
    reported = {row["id"] for row in table(tmp_path / "cards.csv.report.csv")}
    assert done | reported == {f"sku-{n}" for n in range(10)}
