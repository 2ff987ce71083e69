"""Candidate search: 1 000 and 10 000 categories with 100 000 confirmed products, through the embedded engine.

Titles are made here: every category has a few words of its own, all share adjectives, brands and sizes. Each figure
comes from a process of its own with an empty database: `python -m bench.retrieval 1000`.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator

from bench.report import BenchRow

GROUP = "retrieval"
CATEGORIES = (1_000, 10_000)
PRODUCTS = 100_000
QUERIES = 400
THREADS = 200
CPU_MS = 8.0  # per product, at most: two searches and the row query
FRESH_MS = 250.0  # from a person's decision to its being found, at most

SYLLABLES = [
    "ба",
    "ве",
    "ги",
    "до",
    "жу",
    "за",
    "ки",
    "ло",
    "ми",
    "но",
    "пе",
    "ра",
    "си",
    "то",
    "фу",
    "ха",
    "це",
    "че",
    "ша",
    "ще",
    "эр",
    "юм",
    "яр",
    "ст",
    "кр",
    "пл",
    "др",
    "гр",
]
ADJECTIVES = [
    "летний",
    "зимний",
    "синий",
    "белый",
    "большой",
    "малый",
    "тёплый",
    "лёгкий",
    "прочный",
    "новый",
    "детский",
    "женский",
    "мужской",
]
BRANDS = [
    f"{one}{other}" for one in ("Аль", "Бри", "Вел", "Гам", "Дор") for other in ("та", "кс", "мо", "рис")
]


def rows() -> Iterator[BenchRow]:
    for count in CATEGORIES:
        found = _child(count)
        size = f"{count} categories, {PRODUCTS} products"
        yield BenchRow(GROUP, f"fill from the database, {size}", found["fill_s"], "s")
        yield BenchRow(GROUP, f"candidates, median, {size}", found["p50_ms"], "ms")
        yield BenchRow(GROUP, f"candidates, 95 %, {size}", found["p95_ms"], "ms")
        yield BenchRow(
            GROUP,
            f"candidates, CPU, {size}",
            found["cpu_ms"],
            "ms",
            f"≤ {CPU_MS:g}",
            found["cpu_ms"] <= CPU_MS,
        )
        yield BenchRow(GROUP, f"candidates, {THREADS} threads, {size}", found["per_second"], "a second")
        yield BenchRow(
            GROUP,
            f"decision to neighbour, {size}",
            found["fresh_ms"],
            "ms",
            f"≤ {FRESH_MS:g}",
            found["fresh_ms"] <= FRESH_MS,
        )
        yield BenchRow(GROUP, f"right category among 20, {size}", found["found"], "share")


def _child(count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="vitrina-bench-") as folder:
        environment = {
            **os.environ,
            "VITRINA_DATA_DIR": folder,
            "DATABASE_URL": "",
            "QDRANT_HOST": "",
            "VITRINA_VECTOR_INDEX": "",
            "DJANGO_SETTINGS_MODULE": "vitrina.config.settings",
        }
        done = subprocess.run(
            [sys.executable, "-m", "bench.retrieval", str(count)],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
        )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _measure(count: int) -> dict[str, float]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from vitrina.catalog import categories
    from vitrina.catalog.category_tree import Node
    from vitrina.catalog.facts import ProductFacts
    from vitrina.catalog.models import Category
    from vitrina.enrichment.generators.categorize import neighbours
    from vitrina.enrichment.generators.categorize.candidates import candidates
    from vitrina.retrieval import catching_up
    from vitrina.retrieval.collections import CATEGORIES as COLLECTION
    from vitrina.retrieval.documents import put_many

    call_command("migrate", verbosity=0)
    random_ = random.Random(1)
    own = [[_word(random_) for _ in range(4)] for _ in range(count)]
    categories.sync(Node(str(number), f"{words[0]} {words[1]}") for number, words in enumerate(own))
    ids = {int(one): pk for one, pk in Category.objects.values_list("external_id", "pk")}
    put_many(
        COLLECTION,
        (
            neighbours.neighbour(
                number,
                _title(random_, own[number % count]),
                "",
                seller_id=None,
                category_id=ids[number % count],
            )
            for number in range(1, PRODUCTS + 1)
        ),
    )
    started = time.perf_counter()
    catching_up.catch_up(COLLECTION)
    fill = time.perf_counter() - started

    asked = [random_.randrange(count) for _ in range(QUERIES)]
    titles = [_title(random_, own[number]) for number in asked]

    def ask(title: str) -> list[int]:
        found = candidates(ProductFacts(external_id="bench", title=title), seller_id=None)
        return [one.id for one in found]

    for title in titles[:20]:
        ask(title)
    took, hits = [], 0
    cpu = time.process_time()
    for number, title in zip(asked, titles, strict=True):
        started = time.perf_counter()
        hits += ids[number] in ask(title)
        took.append(time.perf_counter() - started)
    cpu_ms = (time.process_time() - cpu) / QUERIES * 1e3
    took.sort()

    # A worker's thread keeps its database connection: opening two hundred is not what is measured.
    connected = threading.Barrier(THREADS + 1)

    def work(mine: list[str]) -> None:
        ask(mine[0])
        connected.wait()
        for title in mine:
            ask(title)
        connection.close()

    share = [titles[start::THREADS] for start in range(THREADS)]
    threads = [threading.Thread(target=work, args=(mine,)) for mine in share]
    for thread in threads:
        thread.start()
    connected.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    together = time.perf_counter() - started

    fresh = []
    for number in range(20):
        word = f"{random_.getrandbits(64):x}"  # a word that no title has
        started = time.perf_counter()
        put_many(
            COLLECTION,
            [neighbours.neighbour(PRODUCTS + 1 + number, word, "", seller_id=None, category_id=ids[number])],
        )
        if ids[number] not in ask(word):
            raise RuntimeError(f"The decision on «{word}» was not found at once.")
        fresh.append(time.perf_counter() - started)
    fresh.sort()
    return {
        "fill_s": fill,
        "p50_ms": took[len(took) // 2] * 1e3,
        "p95_ms": took[len(took) * 95 // 100] * 1e3,
        "cpu_ms": cpu_ms,
        "per_second": QUERIES / together,
        "fresh_ms": fresh[len(fresh) // 2] * 1e3,
        "found": hits / QUERIES,
    }


def _word(random_: random.Random) -> str:
    return "".join(random_.choice(SYLLABLES) for _ in range(random_.randint(2, 4)))


def _title(random_: random.Random, own: list[str]) -> str:
    words = [random_.choice(own), *random_.sample(ADJECTIVES, 2), random_.choice(own), random_.choice(BRANDS)]
    return f"{' '.join(words)} {random_.randint(1, 999)} {random_.choice(['г', 'мл', 'см', 'шт'])}"


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]))))
