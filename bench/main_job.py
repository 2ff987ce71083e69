"""The main job at a model server: a feed of 2 000 listings, calls of 3 s, 200 in flight, in a process of its own.

A fifth more products than calls are in hand, so that a call is always ready to be sent when another one ends.
The time is held against the ideal, calls × latency ÷ in flight; the ledger against the server's own count.
VITRINA_BENCH_PRODUCTS and VITRINA_BENCH_LATENCY make it smaller for a quick look.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from bench.report import BenchRow

GROUP = "main job"
PRODUCTS = int(os.environ.get("VITRINA_BENCH_PRODUCTS", "2000"))
LATENCY_SECONDS = float(os.environ.get("VITRINA_BENCH_LATENCY", "3"))
IN_FLIGHT = 200
IN_HAND = 240
MOST_OVER_IDEAL = 1.25
MOST_CPU_MS = 20.0
SAMPLE = Path(__file__).parent.parent / "src" / "vitrina" / "enrichment" / "sample"


def rows() -> Iterator[BenchRow]:
    with tempfile.TemporaryDirectory(prefix="vitrina-bench-") as name, model_server() as url:
        folder = Path(name)
        write_feed(folder / "feed.yml", PRODUCTS)
        seconds, cpu_seconds = enrich(folder, f"{url}/v1")
        with urllib.request.urlopen(f"{url}/_counts", timeout=10) as answer:
            counted = json.load(answer)
        yield from held(folder, counted, seconds, cpu_seconds)


def held(folder: Path, counted: dict[str, int], seconds: float, cpu_seconds: float) -> Iterator[BenchRow]:
    ideal = counted["calls"] * LATENCY_SECONDS / IN_FLIGHT
    what = f"{PRODUCTS} products, {counted['calls']} calls of {LATENCY_SECONDS:g} s, {IN_FLIGHT} in flight"
    yield BenchRow(GROUP, what, seconds, "s", f"ideal {ideal:.1f} s")
    most = counted["most_in_flight"]
    yield BenchRow(
        GROUP, "calls in flight, counted by the server", most, "", f"≤ {IN_FLIGHT}", most <= IN_FLIGHT
    )
    over = seconds / ideal
    yield BenchRow(
        GROUP, "whole command ÷ ideal", over, "×", f"≤ {MOST_OVER_IDEAL} ×", over <= MOST_OVER_IDEAL
    )
    cpu = cpu_seconds / PRODUCTS * 1000
    yield BenchRow(
        GROUP, "CPU per product, all stages", cpu, "ms", f"≤ {MOST_CPU_MS:g} ms", cpu <= MOST_CPU_MS
    )
    database = sqlite3.connect(folder / "data" / "vitrina.sqlite3")
    for step, microseconds in database.execute(
        "SELECT step, avg(cpu_us) FROM enrichment_stepresult GROUP BY step ORDER BY 2 DESC"
    ):
        yield BenchRow(GROUP, f"  of it: {step}, in its thread", microseconds / 1000, "ms")
    sums = database.execute(
        "SELECT count(*), sum(tokens_prompt), sum(tokens_completion) FROM engine_modelcall"
        " WHERE kind <> 'offline' AND outcome <> 'cached'"
    ).fetchone()
    database.close()
    server = (counted["calls"], counted["prompt_tokens"], counted["completion_tokens"])
    yield BenchRow(
        GROUP, "calls in the ledger", sums[0], "", f"server counted {server[0]}", sums[0] == server[0]
    )
    yield BenchRow(GROUP, "tokens in the ledger", sums[1] + sums[2], "", f"server counted {server[1] + server[2]}", sums[1:] == server[1:])  # fmt: skip
    cards = sum(1 for _ in (folder / "cards.jsonl").open(encoding="utf-8"))
    reported = sum(1 for _ in (folder / "cards.jsonl.report.csv").open(encoding="utf-8")) - 1
    yield BenchRow(GROUP, "cards and reported rows", cards + reported, "", f"≥ {PRODUCTS}", cards + reported >= PRODUCTS)  # fmt: skip


def enrich(folder: Path, base_url: str) -> tuple[float, float]:
    """Wall and CPU seconds of the whole command, start and export included."""
    environment = os.environ | {
        "AI_BASE_URL": base_url,
        "VITRINA_AI_RATES": json.dumps({"custom": {"at_once": IN_FLIGHT}}),
        "VITRINA_DATA_DIR": str(folder / "data"),
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with (folder / "said.txt").open("w") as said:
        done = subprocess.run(
            [sys.executable, "-m", "vitrina.config.cli", "enrich", str(folder / "feed.yml"),
             "--out", str(folder / "cards.jsonl"), "--categories", str(SAMPLE / "categories.tsv"),
             "--threads", str(IN_HAND)],
            env=environment, stdout=said, stderr=said, check=False,
        )  # fmt: skip
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit((folder / "said.txt").read_text()[-4000:])
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def write_feed(path: Path, products: int) -> None:
    """The sample's listings again and again, each with an id and a number of its own, so that none is cached."""
    tree = etree.parse(SAMPLE / "feed.yml", etree.XMLParser(load_dtd=False, no_network=True))
    offers = tree.find(".//offers")
    assert offers is not None
    originals = [offer for offer in offers if offer.get("id") and offer.findtext("name")]
    for offer in list(offers):
        offers.remove(offer)
    for number in range(products):
        copy = etree.fromstring(etree.tostring(originals[number % len(originals)]))
        copy.set("id", f"BENCH-{number}")
        name = copy.find("name")
        name.text = f"{name.text}, модель {number + 1000}"
        offers.append(copy)
    tree.write(path, encoding="utf-8", xml_declaration=True)


@contextmanager
def model_server() -> Iterator[str]:
    """The simulated model server in a process of its own; its root URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "vitrina.simulators.model_server", "--port", str(port), "--latency", str(LATENCY_SECONDS)],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)
