"""Six angles of one car from a service that takes ten seconds for a picture: how long the series takes beside its ideal, and how
many pictures the service saw at once.

`python -m bench car_series`. `VITRINA_BENCH_PICTURE_SECONDS` makes the service quicker. The clock runs from the row of the series
to the end of its last picture.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bench.installation import folder, simulator, tell, told
from bench.report import BenchRow

GROUP = "car series"
SECONDS = float(os.environ.get("VITRINA_BENCH_PICTURE_SECONDS", "10"))
MARGIN = 1.1
ANGLES = 6
# (what, service, pictures of it under way at most, rounds that cannot be done beside each other)
CASES = (
    ("after the first picture", "gemini", 12, 2),
    ("by the words alone", "pollinations", 12, 1),
    ("by the words alone, two at once", "pollinations", 2, 3),
)
KEYS = {"gemini": "GEMINI_API_KEY", "pollinations": "POLLINATIONS_API_KEY"}
PATHS = {"gemini": "gemini/v1beta", "pollinations": "pollinations"}


def rows() -> Iterator[BenchRow]:
    with simulator("vitrina.simulators.picture_services", "--port", "0") as address:
        root = address.removesuffix("/NAME")
        for what, service, most, rounds in CASES:
            tell(f"{root}/_reset", {"service": service})
            tell(f"{root}/_settings", {"service": service, "latency": SECONDS})
            with folder("sqlite") as place:
                seconds, drawn = _drawn(place, f"{root}/{PATHS[service]}", service, most)
            ideal = rounds * SECONDS
            yield BenchRow(
                GROUP,
                f"{ANGLES} angles {what}",
                seconds,
                "s",
                f"≤ {MARGIN} x {ideal:g} s",
                seconds <= MARGIN * ideal and drawn == ANGLES,
            )
            seen = told(f"{root}/_counts")[service]["most_at_once"]
            wanted = min(most, ANGLES - 1 if rounds == 2 else ANGLES)
            yield BenchRow(
                GROUP, "  of them at once, by the service's count", seen, "", f"= {wanted}", seen == wanted
            )


def _drawn(place: str, url: str, service: str, most: int) -> tuple[float, int]:
    """Seconds, and how many angles a service drew."""
    given = {service: {"base_url": url, "rpm": 10_000, "at_once": most, "place": 0}}
    environment = os.environ | {
        "VITRINA_DATA_DIR": place,
        "VITRINA_PICTURE_SERVICES": json.dumps(given),
        KEYS[service]: "sim-key",
        "VITRINA_LOG_LEVEL": "ERROR",
    }
    car = ["--brand", "Renault", "--model", "Clio", "--year", "2021", "--color", "синий"]
    done = subprocess.run(
        [sys.executable, "-m", "vitrina.config.cli", "car_series", *car,
         "--most-at-once", str(ANGLES), "--service", service, "--out", f"{place}/out"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"car_series failed:\n{done.stdout}{done.stderr}")
    with sqlite3.connect(Path(place) / "vitrina.sqlite3") as database:
        ((begun,),) = database.execute("SELECT created_at FROM imagery_imageseries")
        ends = [
            end
            for (end,) in database.execute(
                "SELECT finished_at FROM imagery_generatedimage WHERE status = 'completed' AND service = ?",
                [service],
            )
        ]
    seconds = (datetime.fromisoformat(max(ends)) - datetime.fromisoformat(begun)).total_seconds()
    return seconds, len(ends)
