"""Every page and every list of the API with 100 000 products and runs, 200 event streams open and a batch running.

`python -m bench pages`. Each database is filled in a process of its own; pages are asked one after another as one person's
browser would, while a worker beside the server runs a batch against a model of half a second.

To work at one page: `VITRINA_BENCH_PAGE_KEEP=folder` fills once and keeps both databases; `VITRINA_BENCH_PAGE_ONLY=/runs/`
asks only for addresses that begin like this, `VITRINA_BENCH_PAGE_DATABASE=sqlite` only of this database.
"""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.installation import HOST, child, databases, folder, model, percentile, studio
from bench.report import BenchRow

GROUP = "pages"
LIMIT_MS = 100.0
STREAMS = 200
ROUNDS = int(os.environ.get("VITRINA_BENCH_PAGE_ROUNDS", "20"))
SIZE = int(os.environ.get("VITRINA_BENCH_PAGE_SIZE", "100000"))
KEEP = os.environ.get("VITRINA_BENCH_PAGE_KEEP", "")
ONLY = os.environ.get("VITRINA_BENCH_PAGE_ONLY", "/")
BATCH = 2_000
PEOPLE = ("owner", "chief", "agent")  # one big shop; all that there is; a big shop and small ones
WORLD = "world.pickle"


def rows() -> Iterator[BenchRow]:
    only = os.environ.get("VITRINA_BENCH_PAGE_DATABASE", "")
    for database, url in databases("vitrina_bench_pages", kept=KEEP, only=only).items():
        with folder(database, KEEP) as path:
            environment = os.environ | {
                "VITRINA_DATA_DIR": path,
                "DATABASE_URL": url,
                "VITRINA_LOG_LEVEL": "ERROR",
                "VITRINA_API_TOKEN_RATE": "1000000",
                "VITRINA_API_PERSON_RATE": "1000000",
            }
            yield from _measured(database, environment)


def _measured(database: str, environment: dict[str, str]) -> Iterator[BenchRow]:
    filled = child("bench.pages", environment, "fill")
    yield BenchRow(GROUP, f"{database}: filling {SIZE} products and runs", filled["seconds"], "s")
    made = child("bench.pages", environment, "list")
    with model("--latency", "0.5") as url, studio(environment | {"AI_BASE_URL": url}) as address:
        child("bench.pages", environment, "batch")
        with _streams(address, made):
            worst = 0.0
            for page in made["pages"]:
                times = [_ask(address, page) for _ in range(ROUNDS + 2)][2:]
                p95 = percentile(times, 0.95)
                worst = max(worst, p95)
                yield BenchRow(
                    group=GROUP,
                    name=f"{database}: {page['path']} as {page['who']}, {page['queries']} queries, p50 {statistics.median(times):.0f}",
                    figure=round(p95, 1),
                    unit="ms p95",
                    limit=f"≤ {LIMIT_MS:.0f}",
                    holds=p95 <= LIMIT_MS,
                )
            yield BenchRow(
                GROUP, f"{database}: the slowest of {len(made['pages'])}", round(worst, 1), "ms p95"
            )


def _ask(address: str, page: dict[str, Any]) -> float:
    request = urllib.request.Request(address + page["path"], headers=page["headers"])
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()
    return (time.perf_counter() - began) * 1000


# --- What runs beside --------------------------------------------------------------------------------------


@contextmanager
def _streams(address: str, made: dict[str, Any]) -> Iterator[None]:
    """So many browsers that follow, in a process of their own: what they read must not hold up who measures."""
    topics = [f"seller:{made['seller']},product:{made['product'] + number}" for number in range(STREAMS)]
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.pages", "follow"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        asked = {"address": address, "topics": topics, "headers": made["pages"][0]["headers"]}
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        if not process.stdout.readline().strip():
            raise RuntimeError(f"{STREAMS} streams could not be opened")
        yield
    finally:
        process.terminate()
        process.wait(10)


# --- In the child ------------------------------------------------------------------------------------------


def main(deed: str) -> Any:
    if deed == "follow":
        return asyncio.run(_follow(**json.loads(sys.stdin.readline())))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrina.config.settings")
    import django

    django.setup()
    return {"fill": _fill, "list": _list, "batch": _batch}[deed]()


async def _follow(address: str, topics: list[str], headers: dict[str, str]) -> None:
    """Says so when all streams are open, then reads what comes and throws it away, without end."""
    import aiohttp

    counted = asyncio.Semaphore(0)

    async def follow(client: aiohttp.ClientSession, wanted: str) -> None:
        async with client.get(f"{address}/live", params={"topics": wanted}, headers=headers) as answer:
            answer.raise_for_status()
            await answer.content.readline()
            counted.release()
            async for _line in answer.content:
                pass

    async def tell() -> None:
        for _ in topics:
            await counted.acquire()
        sys.stdout.write("open\n")
        sys.stdout.flush()

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(None)) as client:
        await asyncio.gather(tell(), *(follow(client, wanted) for wanted in topics))


def _fill() -> dict[str, Any]:
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from bench.big_world import fill
    from vitrina.engine.tallying import tally_what_is_settled
    from vitrina.enrichment.run_tallies import tally_days_over

    call_command("migrate", verbosity=0, skip_checks=True)
    kept = Path(settings.DATA_DIR) / WORLD
    if kept.exists():
        return {"seconds": 0.0}
    began = time.monotonic()
    world = fill(SIZE)
    seconds = time.monotonic() - began
    # What the clock would have done by now.
    tally_days_over(timezone.now())
    tally_what_is_settled(timezone.now())
    kept.write_bytes(pickle.dumps(world))
    return {"seconds": round(seconds, 1)}


def _list() -> dict[str, Any]:
    from django.conf import settings

    world = pickle.loads((Path(settings.DATA_DIR) / WORLD).read_bytes())
    return {
        "seller": world.seller.pk,
        "product": world.product.pk,
        "pages": [page for who in PEOPLE for page in _pages(world, who)],
    }


def _pages(world: Any, who: str) -> list[dict[str, Any]]:
    """The pages and lists that this person is let into, with their number of queries."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, override_settings

    from bench import narrowed
    from vitrina.accounts.models import User
    from vitrina.accounts.tokens import issue, offered_to
    from vitrina.console.tests.addresses import addresses_of, api_lists

    user = User.objects.get(username=who)
    client = Client()
    client.force_login(user)
    cookie = {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}
    token = {"Authorization": f"Bearer {issue(user, 'bench', offered_to(user)).secret}"}
    pages = [*addresses_of(world), *narrowed.addresses(narrowed.PAGES)]
    lists = [*api_lists(), *narrowed.addresses(narrowed.LISTS)]
    asked_for = [(path, cookie) for path in pages] + [(path, token) for path in lists]
    found = []
    with override_settings(ALLOWED_HOSTS=["testserver", HOST]):
        for path, headers in asked_for:
            if not path.startswith(ONLY):
                continue
            asking = Client(headers=headers)
            asking.get(path)
            with CaptureQueriesContext(connection) as asked:
                answer = asking.get(path)
            kind = answer.headers.get("Content-Type", "")
            is_file = "attachment" in answer.headers.get("Content-Disposition", "")
            if (
                answer.status_code == 200
                and not is_file
                and kind.startswith(("text/html", "application/json"))
            ):
                found.append({"path": path, "who": who, "headers": headers, "queries": len(asked)})
    return found


def _batch() -> dict[str, Any]:
    from vitrina.accounts.models import Seller
    from vitrina.catalog.models import Product
    from vitrina.enrichment import runs
    from vitrina.enrichment.selection import Selection

    seller = Seller.objects.get(slug="big")
    ids = tuple(Product.objects.filter(seller=seller).order_by("-pk").values_list("pk", flat=True)[:BATCH])
    options = runs.options_for(seller)
    batch = runs.start_batch(
        Selection(seller_id=seller.pk, product_ids=ids),
        options,
        by=None,
        title="bench",
        once=f"bench {time.time_ns()}",
    )
    return {"batch": batch.pk}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
