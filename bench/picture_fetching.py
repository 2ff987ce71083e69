"""Pictures of many listings from a loopback site that takes 100 ms for each: how many a second, cores busy, memory flat.

`python -m bench picture_fetching`. `VITRINA_BENCH_LISTINGS` (5000) × 3 pictures of 900 × 1200, each of other bytes. The
site runs in a process of its own, which is counted nowhere; so does what fetches, with an empty SQLite database.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen

from bench.installation import child, folder
from bench.report import BenchRow

GROUP = "pictures"
LISTINGS = int(os.environ.get("VITRINA_BENCH_LISTINGS", "5000"))
EACH = 3
ANSWER_SECONDS = 0.1
DRAWN = 16  # a comment in each file makes it another
PER_JOB = 250
CORES = os.cpu_count() or 1
BUSY = 0.7  # of all cores, at least
MOST_GROWTH_MB = 50


def rows() -> Iterator[BenchRow]:
    with (
        folder("sqlite") as place,
        Popen([sys.executable, "-m", __name__, "site"], stdout=PIPE, text=True) as site,
    ):
        assert site.stdout is not None
        port = site.stdout.readline().strip()
        environment = os.environ | {
            "VITRINA_DATA_DIR": place,
            "VITRINA_FETCH_ALLOWED_NETWORKS": "127.0.0.0/8",
            "VITRINA_FETCH_ALLOWED_PORTS": port,
            "VITRINA_LOG_LEVEL": "ERROR",
        }
        try:
            told = child(__name__, environment, f"fetch:{port}")
        finally:
            site.terminate()
    what = f"{LISTINGS} listings × {EACH} pictures, 100 ms each"
    yield BenchRow(GROUP, f"fetched and kept: {what}", told["pictures"] / told["seconds"], "pictures/s")
    yield BenchRow(
        GROUP, "  of all cores busy meanwhile", told["busy"], "", f"≥ {BUSY}", told["busy"] >= BUSY
    )
    growth = told["last_mb"] - told["first_mb"]
    limit = f"grows ≤ {MOST_GROWTH_MB} MB"
    yield BenchRow(
        GROUP, "  memory of the process that fetches", told["last_mb"], "MB", limit, growth <= MOST_GROWTH_MB
    )
    yield BenchRow(GROUP, "  pictures that did not come", told["missing"], "", "0", told["missing"] == 0)


def _fetch(port: str) -> None:
    import json

    import django

    django.setup()
    from django.core.management import call_command

    from vitrina.accounts.models import Seller
    from vitrina.catalog.intake import receive_many
    from vitrina.catalog.listing import Listing
    from vitrina.catalog.models import ProductImage
    from vitrina.catalog.pictures.fetching import fetch

    call_command("migrate", verbosity=0)
    seller = Seller.objects.create(name="Bench", slug="bench")
    ids = receive_many(
        seller,
        [
            Listing(
                external_id=str(number),
                title=f"Product {number}",
                image_urls=tuple(f"http://127.0.0.1:{port}/{number}-{n}.jpg" for n in range(EACH)),
            )
            for number in range(LISTINGS)
        ],
    ).created
    begun, cpu_before, stored, first_mb = time.monotonic(), _cpu_seconds(), 0, 0.0
    for start in range(0, len(ids), PER_JOB):
        stored += fetch(seller.pk, ids[start : start + PER_JOB]).stored
        first_mb = first_mb or _rss_mb()  # after the first job everything is warm
    seconds = time.monotonic() - begun
    told = {
        "pictures": stored,
        "seconds": seconds,
        "busy": (_cpu_seconds() - cpu_before) / seconds / CORES,
        "first_mb": first_mb,
        "last_mb": _rss_mb(),
        "missing": ProductImage.objects.filter(picture=None).count(),
    }
    print(json.dumps(told))


def _cpu_seconds() -> float:
    """Of this process and of those that it started, which prepare pictures."""
    ticks = os.sysconf("SC_CLK_TCK")
    children: set[str] = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread that ended meanwhile
            children.update((task / "children").read_text().split())
    spent = sum(os.times()[:4])
    for pid in children:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        spent += (int(fields[11]) + int(fields[12])) / ticks
    return spent


def _rss_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def _site() -> None:
    from bench.drawn_products import product

    drawn = []
    for number in range(DRAWN):
        file = io.BytesIO()
        product(number, (900, 1200)).save(file, "JPEG", quality=85)
        drawn.append(file.getvalue())

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1]
        data = drawn[hash(path) % DRAWN]
        comment = b"\xff\xfe" + (len(path) + 2).to_bytes(2, "big") + path
        body = data[:2] + comment + data[2:]
        await asyncio.sleep(ANSWER_SECONDS)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )
        await writer.drain()
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=256)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(serve())


if __name__ == "__main__":
    deed, _, argument = sys.argv[1].partition(":")
    _site() if deed == "site" else _fetch(argument)
