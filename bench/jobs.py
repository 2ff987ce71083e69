"""Jobs: how many a second, through memory and through Redis, and what one costs in CPU time.

Each measurement runs in a process of its own with a database of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from bench.report import BenchRow

JOBS = 2_000
LIMITS = {"sqlite": 200, "postgres": 300}  # no-op jobs a second, facts of the reliability study


def rows() -> Iterator[BenchRow]:
    stores = {"sqlite": ""}
    if postgres := _postgres():
        stores["postgres"] = postgres
    redis = os.environ.get("VITRINA_BENCH_REDIS_URL", "redis://127.0.0.1:6379/3")
    for store, url in stores.items():
        found = _measure("claim_finish", DATABASE_URL=url)
        yield BenchRow("jobs", f"claim + finish, one thread, {store}", found["per_second"], "jobs/s")
        yield BenchRow(
            "jobs",
            f"claim + finish, CPU of one job, {store}",
            found["cpu_ms"],
            "ms",
            "≤ 3 ms" if store == "sqlite" else "",
            found["cpu_ms"] <= 3 if store == "sqlite" else None,
        )
        found = _measure("enqueue", DATABASE_URL=url)
        yield BenchRow(
            "jobs", f"enqueue 10 000 in one go, {store}", found["many_s"], "s", "≤ 5 s", found["many_s"] <= 5
        )
        yield BenchRow(
            "jobs", f"enqueue one by one, own commits, {store}", found["single_per_second"], "jobs/s"
        )
        for broker, address in (("memory", ""), ("Redis", redis)):
            if broker == "Redis" and not answers(redis):
                continue
            found = _measure("noop", DATABASE_URL=url, BROKER_URL=address, VITRINA_JOB_QUEUE="vitrina-bench")
            yield BenchRow(
                "jobs",
                f"no-op jobs through Celery on {broker}, {store}",
                found["per_second"],
                "jobs/s",
                f"≥ {LIMITS[store]} jobs/s",
                found["per_second"] >= LIMITS[store],
            )
            yield BenchRow(
                "jobs", f"one click on an idle worker, {broker}, {store}", found["latency_ms"], "ms", "≤ 200 ms",
                found["latency_ms"] <= 200,
            )  # fmt: skip
            if broker == "memory":
                yield BenchRow(
                    "jobs", f"no-op jobs, 200 threads, CPU of one job, {store}", found["cpu_ms"], "ms", "≤ 3 ms",
                    found["cpu_ms"] <= 3,
                )  # fmt: skip


def _measure(what: str, **environment: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="vitrina-bench-") as folder:
        database = environment.get("DATABASE_URL", "")
        done = subprocess.run(
            [sys.executable, "-m", "bench.jobs", what],
            env={**os.environ, **environment, "VITRINA_DATA_DIR": folder, "DATABASE_URL": database},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"The measurement {what} failed:\n{done.stderr[-3000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    return {name: float(value) for name, value in found.items()}


def answers(url: str) -> bool:
    import socket
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=0.5):
            return True
    except OSError:
        return False


def _postgres() -> str:
    """A database for the bench on the server of the tests; empty where none answers."""
    server = os.environ.get("VITRINA_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    if not answers(server):
        return ""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS vitrina_bench_jobs WITH (FORCE)")
        connection.execute("CREATE DATABASE vitrina_bench_jobs")
    return f"{server.rsplit('/', 1)[0]}/vitrina_bench_jobs"


# --- Inside the measuring process -------------------------------------------------------------------------


def _inside(what: str) -> dict[str, float]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrina.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)

    from vitrina.jobs.models import Job
    from vitrina.jobs.outcomes import Done
    from vitrina.jobs.registry import handler

    Job.objects.all().delete()
    ran: list[float] = []

    @handler("bench.noop")
    def noop(job: Any) -> Done:
        ran.append(time.monotonic())
        return Done()

    return {"claim_finish": _claim_finish, "enqueue": _enqueue, "noop": _noop}[what](ran)


def _claim_finish(ran: list[float]) -> dict[str, float]:
    from vitrina.jobs.enqueue import ChildSpec, enqueue_many
    from vitrina.jobs.worker import run_ready

    enqueue_many("bench.noop", [ChildSpec({"number": n}) for n in range(JOBS)])
    begun, cpu = time.monotonic(), time.process_time()
    count = run_ready()
    return {
        "per_second": count / (time.monotonic() - begun),
        "cpu_ms": (time.process_time() - cpu) / count * 1000,
    }


def _enqueue(ran: list[float]) -> dict[str, float]:
    from vitrina.jobs.enqueue import ChildSpec, enqueue, enqueue_many

    begun = time.monotonic()
    enqueue_many("bench.noop", [ChildSpec({"number": n}, key=f"b{n}") for n in range(10_000)])
    many = time.monotonic() - begun
    begun = time.monotonic()
    for number in range(1_000):
        enqueue("bench.noop", {"number": number}, key=f"s{number}")
    return {"many_s": many, "single_per_second": 1_000 / (time.monotonic() - begun)}


def _noop(ran: list[float]) -> dict[str, float]:
    import threading

    from vitrina.jobs.enqueue import ChildSpec, enqueue, enqueue_many
    from vitrina.jobs.worker import Worker

    bell = threading.Event()

    def wait_for(count: int, seconds: float = 120.0) -> None:
        ends_at = time.monotonic() + seconds
        while len(ran) < count:
            if time.monotonic() > ends_at:
                raise TimeoutError(f"{len(ran)} of {count} jobs ran within {seconds} s")
            bell.wait(0.005)

    worker = Worker(200)
    worker.start()
    enqueue("bench.noop", {})
    wait_for(1)
    bell.wait(2.0)
    latencies = []
    for _ in range(9):
        count, begun = len(ran), time.monotonic()
        enqueue("bench.noop", {})
        wait_for(count + 1)
        latencies.append(ran[-1] - begun)
        bell.wait(0.3)
    count, begun, cpu = len(ran), time.monotonic(), time.process_time()
    enqueue_many("bench.noop", [ChildSpec({"number": n}) for n in range(JOBS)])
    wait_for(count + JOBS)
    seconds, burnt = time.monotonic() - begun, time.process_time() - cpu
    worker.stop()
    return {
        "per_second": JOBS / seconds,
        "latency_ms": sorted(latencies)[len(latencies) // 2] * 1000,
        "cpu_ms": burnt / JOBS * 1000,
    }


if __name__ == "__main__":
    print(json.dumps(_inside(sys.argv[1])))
