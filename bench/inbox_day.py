"""A day of three shops in minutes: 2 000 buyers write, the model and a marketplace fail for half an hour each.

Worker, marketplaces and model are processes of their own and the program's own code; all of them live by one quick clock
(quick_clock.py): while anything is at work it runs `SPEED` times as fast as the wall's, while nothing is it goes to the next thing
that is due. Each item is opened by a person once, by the page that a browser would ask for, at a random moment between one
cycle after it was written and the moment when its answer is due, and answered in the marketplace's cabinet then.
"""

from __future__ import annotations

import heapq
import itertools
import json
import os
import random
import re
import sqlite3
import sys
import tempfile
import time as wall
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.installation import child, running, simulator, tell, told
from bench.quick_clock import QuickClock
from bench.report import BenchRow

GROUP = "inbox day"
ARRIVALS = int(os.environ.get("VITRINA_BENCH_DAY_ARRIVALS", "2000"))
SPEED = float(os.environ.get("VITRINA_BENCH_DAY_SPEED", "30"))
MIDNIGHT = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)  # of Moscow, where the day's budget begins anew
SHOPS: Mapping[str, float] = {"ozon": 0.4, "wildberries": 0.35, "yandex_market": 0.25}  # of all arrivals
BY_HOUR = (
    2,
    1,
    1,
    1,
    1,
    2,
    4,
    6,
    8,
    9,
    9,
    9,
    10,
    10,
    9,
    9,
    9,
    9,
    10,
    11,
    11,
    9,
    6,
)  # nobody in the last hour
WRITES_AGAIN = 0.4  # of the chats
CYCLE = timedelta(minutes=5)
WITHIN = {
    "urgent": 30,
    "high": 60,
    "normal": 240,
    "low": 240,
}  # minutes; low ones have a day, and are opened in the same
DAILY_LIMIT = 200
READY = 0.95
FAULTS = ("server_error", "rate_limit", "truncated_stream", "truncated_json", "reset", "prose", "empty")
FAULT_SHARE = 0.1
MODEL_AWAY = (timedelta(hours=11), timedelta(minutes=30))  # from midnight; how long
MARKET_AWAY = (timedelta(hours=15), timedelta(minutes=30))
MARKET_THAT_GOES = "wildberries"
LOOKS_EVERY = 0.01  # of the wall's seconds, whether anything is at work
PRICE = {"input": "0.15", "output": "0.60"}  # USD per million tokens


def rows() -> Iterator[BenchRow]:
    """In a process of its own: the clock is changed for good."""
    with tempfile.TemporaryDirectory(prefix="vitrina-bench-") as path:
        environment = os.environ | {
            "VITRINA_DATA_DIR": path,
            "DATABASE_URL": "",
            "VITRINA_LOG_LEVEL": "ERROR",
        }
        for row in child("bench.inbox_day", environment, path):
            yield BenchRow(**row)


# --- What happens in the day -------------------------------------------------------------------------------


@dataclass
class Item:
    """A talk at a marketplace. `word`: only this one has it. `said`: the words of its buyer that stand there, in order."""

    market: str
    kind: str
    id: str
    at: float
    within: str
    word: str
    said: list[str] = field(default_factory=list)
    is_open: bool = True


@dataclass
class Opened:
    """What stood on the page."""

    market: str
    priority: int
    is_escalated: bool
    is_ready: bool
    is_by_model: bool
    is_stale: bool
    late_read: bool  # it was not there yet when somebody wanted to open it


@dataclass
class Day:
    clock: QuickClock
    markets: Mapping[str, str]
    model: str
    database: Path
    chance: random.Random
    client: Any
    items: dict[str, Item] = field(default_factory=dict)
    opened: list[Opened] = field(default_factory=list)
    upgraded: Counter[bool] = field(default_factory=Counter)
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def at(self, moment: float, deed: Callable[[], None]) -> None:
        heapq.heappush(self._events, (moment, next(self._numbers), deed))

    def live(self) -> None:
        """Until nothing more happens."""
        rows = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=20)
        while self._events:
            now = self.clock.now()
            if self._events[0][0] <= now:
                heapq.heappop(self._events)[2]()
            elif (due := self._next_due(rows, now)) is None:
                wall_sleep(LOOKS_EVERY)
            else:
                self.clock.move_to(min(due, self._events[0][0]))
        rows.close()

    def _next_due(self, rows: sqlite3.Connection, now: float) -> float | None:
        """When the program has something to do again; None: it has now."""
        text = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M:%S.%f}"
        busy, run_at, slot = rows.execute(
            "SELECT EXISTS (SELECT 1 FROM jobs_job WHERE state = 'running' OR (state = 'queued' AND NOT is_held AND run_at <= :now)),"
            " (SELECT min(run_at) FROM jobs_job WHERE state = 'queued' AND run_at > :now),"
            " (SELECT min(next_run) FROM jobs_schedule WHERE is_enabled)",
            {"now": text},
        ).fetchone()
        if busy or slot is None or slot <= text:
            return None
        return min(_moment(one) for one in (run_at, slot) if one)


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def wall_sleep(seconds: float) -> None:
    """Of the wall's seconds."""
    import select

    select.select([], [], [], seconds)


def plan(day: Day) -> None:
    """Everything that buyers, marketplaces and the model will do, and when somebody looks."""
    from bench.inbox_world import one_of_them

    start = day.clock.now()
    hours = day.chance.choices(range(len(BY_HOUR)), BY_HOUR, k=ARRIVALS)
    for number, hour in enumerate(sorted(hours), start=1):
        kind, row = one_of_them(day.chance)
        market = day.chance.choices(list(SHOPS), list(SHOPS.values()))[0]
        at = start + 60 + hour * 3600 + day.chance.random() * 3500
        item = Item(market, kind, str(number), at, row["priority"], _word(number))
        day.at(at, lambda item=item, row=row: arrive(day, item, row))
    for (after, lasts), url, fault in (
        (MODEL_AWAY, day.model.removesuffix("/v1"), "server_error"),
        (MARKET_AWAY, day.markets[MARKET_THAT_GOES], "unavailable"),
    ):
        begins = start + after.total_seconds()
        day.at(begins, lambda url=url, fault=fault: tell(f"{url}/_faults", {"always": fault}))
        day.at(begins + lasts.total_seconds(), lambda url=url: tell(f"{url}/_faults", {"always": ""}))
    ends = start + sum(MODEL_AWAY, timedelta()).total_seconds()
    day.at(ends - 1, lambda: away(day))


def _word(number: int) -> str:
    """No two alike, and nothing that a mask or a rule would look for."""
    letters = "бвгджзклмнпрст"
    digits = []
    while number:
        number, digit = divmod(number, len(letters))
        digits.append(letters[digit])
    return "".join(letter + "у" for letter in (*digits, "ф"))


def arrive(day: Day, item: Item, row: Mapping[str, Any]) -> None:
    day.items[item.word] = item
    text = f"{row['text']} ({item.word})"
    item.said.append(item.word)
    at = datetime.fromtimestamp(item.at, UTC).isoformat()
    talk: dict[str, Any] = {
        "kind": item.kind, "id": item.id, "at": at, "buyer": "Анна", "sku": "310000001", "offer_id": "SKU-1",
        "product": "Платье летнее",
    }  # fmt: skip
    if item.kind == "chat":
        talk |= {
            "order_id": item.id,
            "lines": [{"id": f"{item.id}00", "at": at, "sender": "buyer", "text": text}],
        }
        if day.chance.random() < WRITES_AGAIN:
            day.at(item.at + day.chance.uniform(120, 3600), lambda: write_again(day, item))
    else:
        talk |= {"text": text, "rating": row["rating"]}
    tell(f"{day.markets[item.market]}/_talks", [talk])
    late = day.chance.random() * WITHIN[item.within] * 60
    opens = item.at + CYCLE.total_seconds() + late
    day.at(min(opens, MIDNIGHT.timestamp() + 86_000), lambda: open_it(day, item))


def write_again(day: Day, item: Item) -> None:
    if item.is_open:
        word = f"{item.word}еще"
        item.said.append(word)
        tell(
            f"{day.markets[item.market]}/_lines",
            {"id": item.id, "text": f"И ещё, {word}: подскажите, пожалуйста?"},
        )


def away(day: Day) -> None:
    """While the model is away the offline writer helps out; two sweeps after it is back a model has written them."""
    from vitrina.inbox.models import Interaction
    from vitrina.inbox.priority import Priority

    rows = Interaction.objects.filter(
        needs_response=True, priority__lte=Priority.HIGH, draft__source="offline", draft__is_beginning=False
    )
    helped = [row.pk for row in rows if not row.escalations and row.text]

    def back() -> None:
        for row in Interaction.objects.filter(pk__in=helped, needs_response=True).select_related("draft"):
            day.upgraded[row.draft is not None and not row.draft.is_offline] += 1

    day.at(day.clock.now() + timedelta(minutes=20).total_seconds(), back)


def open_it(day: Day, item: Item, *, late_read: bool = False) -> None:
    from vitrina.inbox.models import Draft, Interaction

    row = Interaction.objects.filter(platform=item.market, kind=item.kind, text__contains=item.word).first()
    if row is None:
        # A marketplace that is away shows nothing: it is opened a cycle after it was read.
        day.at(day.clock.now() + CYCLE.total_seconds(), lambda: open_it(day, item, late_read=True))
        return
    page = day.client.get(f"/inbox/{row.pk}/", headers={"HX-Request": "true"}).content.decode()
    found = re.search(r'data-draft-id="(\d+)"', page)
    shown = Draft.objects.get(pk=found[1]) if found else None
    talk = re.search(r'<ol class="talk".*?</ol>', page, re.DOTALL)
    last = next((word for word in reversed(item.said) if talk and word in talk[0]), item.word)
    day.opened.append(
        Opened(
            market=item.market,
            priority=row.priority,
            is_escalated=bool(row.escalations),
            is_ready=shown is not None,
            is_by_model=shown is not None and not shown.is_offline,
            is_stale=shown is not None and not _knew(shown, last, row),
            late_read=late_read,
        )
    )
    item.is_open = False
    tell(
        f"{day.markets[item.market]}/_cabinet",
        {"kind": item.kind, "id": item.id, "text": f"Ответили: {item.word}."},
    )


def _knew(draft: Any, last: str, row: Any) -> bool:
    """Whether the last words that stand on the page were in the question that the model was asked."""
    from vitrina.engine.exchanges import kept

    if draft.is_offline:
        return bool(draft.version == row.version)
    asked = [kept(call) for call in draft.model_call_ids]
    return any(last in json.dumps(json.loads(one.question), ensure_ascii=False) for one in asked if one)


# --- The process that lives the day ------------------------------------------------------------------------


def main(path: str) -> list[dict[str, Any]]:
    folder = Path(path)
    clock = QuickClock.made(folder / "clock", MIDNIGHT, SPEED)
    began = wall.perf_counter()
    clock.install()
    clock.tell_sqlite()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrina.config.settings")
    os.environ["VITRINA_ALLOWED_HOSTS"] = "testserver"
    under = ["bench.quick_clock", str(folder / "clock")]
    with ExitStack() as stack:
        model = stack.enter_context(
            simulator(*under, "vitrina.simulators.model_server", "--latency", "3.5", "--jitter", "0.43")
        )
        tell(f"{model.removesuffix('/v1')}/_faults", {"share": FAULT_SHARE, "among": list(FAULTS)})
        tell(f"{model.removesuffix('/v1')}/_marks", {"words": [_signature(market) for market in SHOPS]})
        markets = {}
        for market in SHOPS:
            markets[market] = stack.enter_context(simulator(*under, f"vitrina.simulators.{market}"))
            tell(f"{markets[market]}/_settings", {"plan": "premium_pro", "limits": False})
        os.environ["AI_BASE_URL"] = model
        client = _installed(markets)
        stack.enter_context(running([*under, "vitrina.config.cli", "worker", "--threads", "12"], os.environ))
        day = Day(clock, markets, model, folder / "vitrina.sqlite3", random.Random(20261124), client)
        plan(day)
        day.live()
        marked = told(f"{model.removesuffix('/v1')}/_marked")
        counts = told(f"{model.removesuffix('/v1')}/_counts")
    found = list(_held(day, marked, counts))
    seconds = wall.perf_counter() - began
    found.append(BenchRow(GROUP, "the day took", round(seconds), "s", "≤ 300 s", seconds <= 300))
    return [vars(row) for row in found]


def _signature(market: str) -> str:
    return f"Лавка у {market}"


def _installed(markets: Mapping[str, str]) -> Any:
    """A database with three shops, each at one marketplace; a client who may answer at all of them."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from tests import factories

    from bench.inbox_world import connected
    from vitrina.accounts.models import Membership, Seller, User
    from vitrina.accounts.roles import Role
    from vitrina.engine.models import PriceOverride
    from vitrina.inbox.models import InboxSettings
    from vitrina.jobs.models import Schedule
    from vitrina.jobs.schedule import rules

    call_command("migrate", verbosity=0, skip_checks=True)
    # What other rooms do by the clock is no part of this day.
    for name in rules:
        if not name.startswith("inbox."):
            Schedule.objects.create(name=name, next_run=MIDNIGHT, is_enabled=False)
    PriceOverride.objects.create(model="custom:default", **PRICE)
    olga = User.objects.create_user("olga", password="")
    for market, url in markets.items():
        seller = Seller.objects.create(name=f"Лавка {market}", slug=market.replace("_", "-"))
        Membership.objects.create(user=olga, seller=seller, role=Role.SUPPORT_OPERATOR)
        InboxSettings.objects.create(seller=seller, signature=_signature(market), daily_limit=DAILY_LIMIT)
        factories.product(seller=seller, external_id="SKU-1")
        connected(seller, market, url)
        tallied(seller, market)
    client = Client()
    client.force_login(olga)
    return client


def tallied(seller: Any, market: str) -> None:
    """Seven days before, like this one."""
    from bench.inbox_world import one_of_them
    from vitrina.inbox.priority import Priority
    from vitrina.inbox.statistics.models import ChannelTally

    chance = random.Random(f"before {market}")
    for back in range(1, 8):
        rows = [one_of_them(chance) for _ in range(round(ARRIVALS * SHOPS[market]))]
        arrived = Counter((kind, Priority[row["priority"].upper()]) for kind, row in rows)
        ChannelTally.objects.bulk_create(
            ChannelTally(
                day=(MIDNIGHT + timedelta(hours=12)).date() - timedelta(days=back),
                seller=seller, platform=market, kind=kind, priority=priority, arrived=count,
            )
            for (kind, priority), count in arrived.items()
        )  # fmt: skip


def _held(
    day: Day, marked: Mapping[str, list[dict[str, Any]]], counts: Mapping[str, Any]
) -> Iterator[BenchRow]:
    from django.db.models import Count, Sum

    from vitrina.engine.models import ModelCall
    from vitrina.inbox.models import Draft
    from vitrina.inbox.priority import Priority
    from vitrina.jobs.models import Job

    def row(name: str, figure: float, unit: str = "", limit: str = "", holds: bool | None = None) -> BenchRow:
        return BenchRow(GROUP, name, figure, unit, limit, holds)

    pressing = [one for one in day.opened if one.priority <= Priority.HIGH and not one.is_escalated]
    yield row(
        "opened of those that arrived", len(day.opened), "", f"= {ARRIVALS}", len(day.opened) == ARRIVALS
    )
    for name, some in (
        ("all shops", pressing),
        *((m, [one for one in pressing if one.market == m]) for m in SHOPS),
    ):
        share = sum(one.is_ready for one in some) / max(1, len(some))
        yield row(f"urgent and high ones with a draft that holds, {name}, of {len(some)}", round(share * 100, 1), "%", f"≥ {READY:.0%}", share >= READY)  # fmt: skip
    by_model = sum(one.is_by_model for one in pressing) / max(1, len(pressing))
    yield row("of them by a model", round(by_model * 100, 1), "%")
    others = [one for one in day.opened if one.priority > Priority.HIGH and not one.is_escalated]
    yield row("the others with a draft that holds", round(100 * sum(one.is_ready for one in others) / max(1, len(others)), 1), "%")  # fmt: skip
    stale = sum(one.is_stale for one in day.opened)
    yield row(
        f"drafts shown that didn't know the last words, of {len(day.opened)}", stale, "", "0", stale == 0
    )
    yield row("not read yet when somebody wanted to open them", sum(one.late_read for one in day.opened))
    again = sum(day.upgraded.values())
    yield row(f"offline ones that a model wrote anew within 20 min of its return, of {again}", day.upgraded[True], "", f"= {again}", day.upgraded[False] == 0)  # fmt: skip
    for market in SHOPS:
        calls = [call for call in marked[_signature(market)] if call["at"] < MIDNIGHT.timestamp() + 86_400]
        good = sum(not call["fault"] for call in calls)
        yield row(f"{market}: answers that the model gave in the day, counted by it", good, "", f"≤ {DAILY_LIMIT}", good <= DAILY_LIMIT)  # fmt: skip
        most = _most_in_a_minute([call["at"] for call in calls])
        yield row(f"{market}: most calls in any minute, counted by the model", most, "", "≤ 60", most <= 60)
    ledger = ModelCall.objects.paid().aggregate(n=Count("pk"), prompt=Sum("tokens_prompt"), completion=Sum("tokens_completion"), cost=Sum("cost"))  # fmt: skip
    yield row("calls in the ledger", ledger["n"], "", f"the model counted {counts['calls']}", ledger["n"] == counts["calls"])  # fmt: skip
    tokens = (ledger["prompt"], ledger["completion"])
    server = (counts["prompt_tokens"], counts["completion_tokens"])
    yield row("tokens in the ledger", sum(tokens), "", f"the model counted {sum(server)}", tokens == server)
    price = (server[0] * float(PRICE["input"]) + server[1] * float(PRICE["output"])) / 1e6
    cost = float(ledger["cost"] or 0)
    yield row("cost in the ledger", round(cost, 4), "USD", f"by the model's count {price:.4f}", abs(cost - price) < 1e-4)  # fmt: skip
    drafts = float(Draft.objects.aggregate(cost=Sum("cost"))["cost"] or 0)
    yield row("of it, cost of the drafts that stand", round(drafts, 4), "USD", "≤ the ledger", drafts <= cost + 1e-4)  # fmt: skip
    dead = Job.objects.filter(state="dead").count()
    yield row("jobs that are dead", dead, "", "0", dead == 0)


def _most_in_a_minute(moments: list[float]) -> int:
    moments = sorted(moments)
    most = begin = 0
    for end, moment in enumerate(moments):
        while moment - moments[begin] >= 60:
            begin += 1
        most = max(most, end - begin + 1)
    return most


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
