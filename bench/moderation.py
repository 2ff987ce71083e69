"""What a person at the moderation desk waits for: 50 decisions by keyboard in a real browser.

Two clocks. The page's own runs from the key, as the browser got it, to the next card being painted: style, layout,
paint. The browser's (Event Timing) runs on until the picture is on the screen; it counts in steps of 8 ms and tells
nothing below 16, so whatever it does not tell counts as 16. Without a graphics card, as here, the processor draws the
picture, and whoever else wants the processor makes the second clock run on.
The person reads for a while between two keys; meanwhile the next cards are prepared and the decisions sent.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.report import BenchRow

ROOT = Path(__file__).resolve().parent.parent
DECISIONS = 50
READS = 0.7  # seconds; quicker than anybody reads
LIMIT = 1_000.0  # milliseconds for all of them together
LEAST = 16  # milliseconds, the least that the browser tells
# Runs in the page.
CLOCK = """
window.painted = [];
window.presented = [];
let pressed = 0;
addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
document.addEventListener("desk:shown", () => {
  const from = pressed;
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.painted.push(performance.now() - from);
    channel.port2.postMessage(0);
  });
});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (entry.name === "keydown") window.presented.push(entry.duration);
}).observe({ type: "event", durationThreshold: 16 });
"""


def rows() -> Iterator[BenchRow]:
    from vitrina.console.tests.running import Studio, environment, wait_for

    with tempfile.TemporaryDirectory(prefix="vitrina-desk-") as folder:
        data_dir = Path(folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        studio = Studio(f"http://127.0.0.1:{port}", data_dir)
        surroundings = environment(data_dir)
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "-v0"], env=surroundings, cwd=ROOT, check=True
        )
        studio.run(f"from vitrina.console.tests.desk_world import fill; fill('desk', {DECISIONS + 6})")
        server = subprocess.Popen(
            [
                sys.executable, "-m", "uvicorn", "vitrina.config.asgi:application", "--port", str(port),
                "--timeout-graceful-shutdown", "2", "--lifespan", "off", "--no-access-log",
            ],
            env=surroundings, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(studio.address + "/health/ready", server)
            painted, presented = work(studio.address)
            stored = int(
                studio.run(
                    "from vitrina.enrichment.models import *; print(ModerationItem.objects.filter(resolution='approved').count())"
                )
            )
        finally:
            server.terminate()
            server.wait(15)
    for clock, waits in (("painted", painted), ("on the screen", presented)):
        total = sum(waits)
        yield BenchRow(
            "moderation", f"waiting in {len(painted)} decisions by keyboard, together, until {clock}", total, "ms",
            f"< {LIMIT:,.0f} ms", holds=total < LIMIT and len(waits) == DECISIONS,
        )  # fmt: skip
        yield BenchRow("moderation", f"the median wait until {clock}", statistics.median(waits), "ms")
        yield BenchRow("moderation", f"the longest wait until {clock}", max(waits), "ms")
    yield BenchRow(
        "moderation",
        "decisions that are stored, of those made",
        stored,
        "",
        f"= {DECISIONS}",
        stored == DECISIONS,
    )


def work(address: str) -> tuple[list[float], list[float]]:
    """Approve card after card; the waits in milliseconds by both clocks."""
    from playwright.sync_api import sync_playwright

    from vitrina.console.tests.conftest import CHROMIUM, FLAGS, sign_in

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(CHROMIUM), headless=True, args=FLAGS)
        page: Any = browser.new_context(base_url=address, locale="ru-RU").new_page()
        page.add_init_script(CLOCK)
        sign_in(page, "desk-boris")
        page.goto("/moderation/")
        with page.expect_response("**/moderation/ahead*"):
            page.keyboard.press("s")
        time.sleep(READS)
        for _ in range(DECISIONS):
            page.keyboard.press("a")
            time.sleep(READS)
        page.wait_for_selector('[data-desk-place][data-outbox="0"]')
        painted, presented = page.evaluate("[window.painted, window.presented]")
        browser.close()
    return painted, presented + [LEAST] * (len(painted) - len(presented))


def chromium(names: tuple[str, ...]) -> str:
    import shutil

    found = os.environ.get("VITRINA_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise SystemExit("no Chromium here: apt-get install chromium, or name one in VITRINA_TEST_CHROMIUM")
    return found
