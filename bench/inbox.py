"""From a click, or a key, on an item of the inbox to its draft on the screen: a real browser, 100 000 interactions.

While it is measured a sync of three simulated marketplaces and a batch of drafts run in a worker beside the pages, buyers go on
writing, and the model takes 2–5 s. The clock runs in the page: from the event, as the browser stamped it, to the end of the
frame that painted the draft in the answer, within the window. The person reads for a while between two items.

To work at it: `VITRINA_BENCH_INBOX_KEEP=folder` fills once and keeps both databases, `VITRINA_BENCH_INBOX_DATABASE=sqlite` takes
only this one, `VITRINA_BENCH_INBOX_OPENS` and `VITRINA_BENCH_INBOX_SIZE` make it smaller.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import inbox_world
from bench.installation import child, databases, folder, percentile, simulator, studio, tell
from bench.report import BenchRow

GROUP = "inbox"
KEEP = os.environ.get("VITRINA_BENCH_INBOX_KEEP", "")
SIZE = int(os.environ.get("VITRINA_BENCH_INBOX_SIZE", str(inbox_world.SIZE)))
OPENS = int(os.environ.get("VITRINA_BENCH_INBOX_OPENS", "240"))  # a third by click, by Enter and by j each
ON_DEMAND = 12
MEDIAN_MS, P95_MS = 50.0, 100.0
READS = 0.6  # seconds; quicker than anybody reads
# A quick hand: from coming to rest until the button is down, and until it is up again.
POINTS, PRESSES = 0.12, 0.06
WINDOW: Any = {"width": 1440, "height": 900}
# The model: 2–5 s whole, of which a stream's first words take a quarter.
MODEL = ("--latency", "3.5", "--jitter", "0.43", "--streamed", "0.75")
SYNC_EVERY = 5.0  # seconds between two looks at each marketplace; an installation takes minutes
MADE = "inbox_world.json"
# Runs in the page.
CLOCK = """
window.opened = [];
let from, open;
const pane = () => document.getElementById("pane");
function begin(event) {
  from = event.timeStamp;
  open = { id: pane()?.dataset.interaction, began: performance.now() };
}
addEventListener("keydown", (event) => { if (["j", "k", "Enter"].includes(event.key)) begin(event); }, true);
addEventListener("click", (event) => { if (event.detail > 0 && event.target.closest("[data-item] a")) begin(event); }, true);
function look() {
  if (!open || !pane()?.dataset.interaction || pane().dataset.interaction === open.id) return;
  const mine = open;
  const field = pane().querySelector("[data-reply-text]");
  if (pane().querySelector("[data-text]")?.textContent) mine.words ??= performance.now() - from;
  if (!field?.value || !field.checkVisibility({ opacityProperty: true })) return;
  const box = field.getBoundingClientRect();
  open = undefined;
  const began = from;
  // A task that a frame's callback leaves behind runs once the frame is painted.
  requestAnimationFrame(() => setTimeout(() => window.opened.push({
    id: pane().dataset.interaction, ms: performance.now() - began, words: mine.words ?? null,
    seen: field.isConnected && box.top >= 0 && box.top < innerHeight - 40,
  })));
}
new MutationObserver(look).observe(document, {
  childList: true, subtree: true, characterData: true, attributeFilter: ["data-unconfirmed"],
});
addEventListener("input", look, true);
"""


def rows() -> Iterator[BenchRow]:
    only = os.environ.get("VITRINA_BENCH_INBOX_DATABASE", "")
    for database, url in databases("vitrina_bench_inbox", kept=KEEP, only=only).items():
        with folder(database, KEEP) as path:
            environment = os.environ | {
                "VITRINA_DATA_DIR": path,
                "DATABASE_URL": url,
                "VITRINA_LOG_LEVEL": "ERROR",
            }
            yield from _measured(database, environment, Path(path))


def _measured(database: str, environment: dict[str, str], path: Path) -> Iterator[BenchRow]:
    kept = path / MADE
    made = json.loads(kept.read_text()) if kept.exists() else {"now": datetime.now(UTC).isoformat()}
    with ExitStack() as stack:
        model = stack.enter_context(simulator("vitrina.simulators.model_server", *MODEL))
        markets = {
            market: stack.enter_context(_market(market, made["now"])) for market in inbox_world.MARKETS
        }
        environment |= {"AI_BASE_URL": model, "VITRINA_BENCH_INBOX_MARKETS": json.dumps(markets)}
        if not kept.exists():
            began = time.monotonic()
            made |= child("bench.inbox", environment, "fill")
            kept.write_text(json.dumps(made))
            yield BenchRow(
                GROUP, f"{database}: filling {SIZE} interactions", round(time.monotonic() - began, 1), "s"
            )
        child("bench.inbox", environment, "point")
        address = stack.enter_context(studio(environment))
        stack.enter_context(_beside(environment))
        opened = _visited(address, made)
    yield from _held(database, opened)


def _held(database: str, opened: dict[str, list[dict[str, Any]]]) -> Iterator[BenchRow]:
    ready = [one["ms"] for way in ("click", "enter", "j") for one in opened[way]]
    unseen = sum(not one["seen"] for way in ("click", "enter", "j") for one in opened[way])
    yield BenchRow(
        GROUP, f"{database}: drafts below the window's edge, of {len(ready)}", unseen, "", "0", unseen == 0
    )
    for way in ("click", "enter", "j"):
        times = [one["ms"] for one in opened[way]]
        name = f"{database}: to the draft by {way}, {len(times)} opened, p50 {statistics.median(times):.0f}"
        yield BenchRow(GROUP, name, round(percentile(times, 0.95), 1), "ms p95")
    median, p95 = statistics.median(ready), percentile(ready, 0.95)
    yield BenchRow(GROUP, f"{database}: to a ready draft, all {len(ready)}", round(median, 1), "ms median", f"< {MEDIAN_MS:.0f}", median < MEDIAN_MS)  # fmt: skip
    yield BenchRow(GROUP, f"{database}: to a ready draft, all {len(ready)}", round(p95, 1), "ms p95", f"< {P95_MS:.0f}", p95 < P95_MS)  # fmt: skip
    asked = opened["on demand"]
    words, whole = [one["words"] for one in asked if one["words"]], [one["ms"] for one in asked]
    if words:
        yield BenchRow(GROUP, f"{database}: on demand, to the first words, {len(words)} opened", round(statistics.median(words)), "ms median", "a model of 2–5 s")  # fmt: skip
    if whole:
        yield BenchRow(GROUP, f"{database}: on demand, to the whole draft", round(statistics.median(whole)), "ms median", f"ready: {median:.0f} ms")  # fmt: skip


@contextmanager
def _market(market: str, now: str) -> Iterator[str]:
    with simulator(f"vitrina.simulators.{market}") as url:
        tell(f"{url}/_settings", {"plan": "premium_pro", "limits": False})
        tell(f"{url}/_talks", inbox_world.open_talks(market, datetime.fromisoformat(now)))
        yield url


@contextmanager
def _beside(environment: Mapping[str, str]) -> Iterator[None]:
    """Buyers who go on writing, and a clock that has the marketplaces read, in a process of their own."""
    process = subprocess.Popen([sys.executable, "-m", "bench.inbox", "beside"], env=dict(environment))
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


# --- In the browser ----------------------------------------------------------------------------------------


def _visited(address: str, made: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    from playwright.sync_api import sync_playwright

    from bench.big_world import PASSWORD
    from bench.moderation import chromium
    from vitrina.console.tests.conftest import CHROMIUM, FLAGS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(CHROMIUM), headless=True, args=FLAGS)
        context = browser.new_context(base_url=address, locale="ru-RU", viewport=WINDOW)
        context.set_default_timeout(30_000)
        page: Any = context.new_page()
        page.add_init_script(CLOCK)
        page.goto("/login/")
        page.fill("#id_name", inbox_world.PERSON)
        page.fill("#id_password", PASSWORD)
        page.click("button.main")
        page.wait_for_url("**/")
        opened = {
            way: visit(page) for way, visit in (("click", _by_click), ("enter", _by_enter), ("j", _by_j))
        }
        opened["on demand"] = _on_demand(page)
        browser.close()
    return opened


def _by_click(page: Any) -> list[dict[str, Any]]:
    """Down the list, one after the other, and on to the next page of it."""
    taken: list[dict[str, Any]] = []
    page.goto("/inbox/")
    while len(taken) < OPENS // 3:
        for wanted in _ready(page):
            # The list renews itself: what left this page of it is not opened.
            if len(taken) < OPENS // 3 and page.query_selector(f"[data-item='{wanted}']:not([data-open])"):
                _take(page, taken, lambda row=wanted: _press(page, f"[data-item='{row}'] a"))
        page.click("[data-page=older]")
        page.wait_for_load_state()
    return taken


def _press(page: Any, link: str) -> None:
    """As a hand does: the pointer comes to rest, then the button goes down and up. The click is the button going up."""
    page.locator(link).hover()
    time.sleep(POINTS)
    page.mouse.down()
    time.sleep(PRESSES)
    page.mouse.up()


def _ready(page: Any) -> list[str]:
    # Buyers go on writing: what came a moment ago stands on top and may have no draft yet.
    page.wait_for_selector("[data-item]:has(.chip.ok)", timeout=120_000)
    found: list[str] = page.eval_on_selector_all(
        "[data-item]:has(.chip.ok)", "rows => rows.map(row => row.dataset.item)"
    )
    return found


def _by_enter(page: Any) -> list[dict[str, Any]]:
    """j walks down the list while nothing is open; Enter opens."""
    taken: list[dict[str, Any]] = []
    count = 0
    page.goto("/inbox/")
    while len(taken) < OPENS // 3:
        rows = _ready(page)
        wanted = rows[count % len(rows)]
        count += 1
        page.focus(f"[data-item='{wanted}'] a")
        time.sleep(READS / 2)
        if page.get_attribute("#pane", "data-interaction") != wanted:
            _take(page, taken, lambda: page.keyboard.press("Enter"))
    return taken


def _by_j(page: Any) -> list[dict[str, Any]]:
    """From one to the next; those that wait for their draft are walked past."""
    taken: list[dict[str, Any]] = []
    page.goto("/inbox/?kind=review")
    page.click(f"[data-item='{_ready(page)[0]}'] a")
    page.wait_for_selector("[data-reply-text]")
    while len(taken) < OPENS // 3:
        page.evaluate("document.activeElement.blur()")
        _take(page, taken, lambda: page.keyboard.press("j"), patience=1.5)
    return taken


def _take(page: Any, taken: list[dict[str, Any]], deed: Any, *, patience: float = 10.0) -> None:
    """Do it, wait for the draft, keep the time, read for a while."""
    taken += [one for one in _opened(page, deed, patience) if one["words"] is None]
    time.sleep(READS)


def _opened(page: Any, deed: Any, patience: float) -> list[dict[str, Any]]:
    """What was opened by it; nothing where no draft came within so many seconds."""
    before = page.evaluate("window.opened.length")
    deed()
    ends = time.monotonic() + patience
    while time.monotonic() < ends and page.evaluate("window.opened.length") == before:
        time.sleep(0.05)
    found: list[dict[str, Any]] = page.evaluate(f"window.opened.slice({before})")
    return found


def _on_demand(page: Any) -> list[dict[str, Any]]:
    """Those that no round has drafted yet."""
    taken: list[dict[str, Any]] = []
    tried: set[str] = set()
    page.goto("/inbox/?priority=4")
    while len(taken) < ON_DEMAND:
        page.wait_for_selector("[data-item]")
        found = page.eval_on_selector_all(
            "[data-item]:not(:has(.chip.ok))", "rows => rows.map(row => row.dataset.item)"
        )
        fresh = [one for one in found if one not in tried]
        if not fresh:
            if not page.query_selector("[data-page=older]"):
                break
            page.click("[data-page=older]")
            page.wait_for_load_state()
            continue
        tried.add(fresh[0])
        link = page.locator(f"[data-item='{fresh[0]}'] a")
        taken += _opened(page, link.click, patience=20.0)
    return taken


# --- In the child ------------------------------------------------------------------------------------------


def main(deed: str) -> Any:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrina.config.settings")
    import django

    django.setup()
    urls = json.loads(os.environ["VITRINA_BENCH_INBOX_MARKETS"])
    return {"fill": _fill, "point": _point, "beside": _go_on}[deed](urls)


def _fill(urls: Mapping[str, str]) -> dict[str, Any]:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    return inbox_world.fill(urls, SIZE)


def _point(urls: Mapping[str, str]) -> dict[str, Any]:
    """The marketplaces stand at other addresses than the last time; no job of then is left."""
    from vitrina.channels.models import Connection
    from vitrina.jobs.models import Job

    for market, url in urls.items():
        Connection.objects.filter(platform=market).update(url=url)
    Job.objects.filter(state__in=["queued", "running"], kind__startswith="inbox.").delete()
    return {}


def _go_on(urls: Mapping[str, str]) -> None:
    """Without end: a buyer writes at a marketplace, all are read; each reading is followed by a round.

    About twelve a minute: more than the 60 drafts that a seller may have in a minute would leave the list's top without any.
    """
    from vitrina.channels.models import Connection
    from vitrina.inbox.jobs import enqueue_sync
    from vitrina.lib.transactions import short_transaction

    connections = list(Connection.objects.on())
    number = 900_000 + int(time.time()) % 100_000
    markets = itertools.cycle(urls.values())
    while True:
        talks = list(
            inbox_world.said(1, datetime.now(UTC), over=timedelta(seconds=9), first=number, seed=number)
        )
        tell(f"{next(markets)}/_talks", talks)
        number += len(talks)
        for connection in connections:
            with short_transaction():
                enqueue_sync(connection)
        time.sleep(SYNC_EVERY)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
