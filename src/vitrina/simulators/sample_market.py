"""The sample shop's buyers: what they wrote at three simulated marketplaces, and who writes next.

A market runs in a thread of this process on a port of loopback that the system chooses. What is said there, by buyers
and by the shop, outlives the process in a file: the times were reckoned from the first start, and an answer that was
given stays given. Killed, a market forgets its last second.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from aiohttp import web

from vitrina.simulators import ozon, sample_shelves, wildberries, yandex_market
from vitrina.simulators.marketplace import STATE, Settings, State
from vitrina.simulators.talk import Line, Reply, Talk, as_json, from_json

logger = logging.getLogger(__name__)

FILE = Path(__file__).parent / "data" / "sample_talks.json"
KEY = "sample-shop"
CREDENTIALS: Mapping[str, Mapping[str, str]] = {
    "ozon": {"client_id": "1000001", "api_key": KEY},
    "wildberries": {"token": KEY},
    "yandex_market": {"api_key": KEY, "business_id": str(yandex_market.BUSINESS)},
}
APPLICATIONS: Mapping[str, Callable[[list[Talk], Settings], web.Application]] = {
    "ozon": ozon.application,
    "wildberries": wildberries.application,
    "yandex_market": yandex_market.application,
}
MARKETS = tuple(APPLICATIONS)
# A marketplace numbers the shop's articles in its own way: "MX-1001" is 1600001001 at Ozon.
NUMBERS: Mapping[str, int] = {"ozon": 1_600_000_000, "wildberries": 310_000_000, "yandex_market": 0}
FIRST_OF_LINES = 100_000  # ids of lines and answers; those of later ones begin at FIRST_OF_LATER
FIRST_OF_LATER = 900_000
KEEP_SECONDS = 1.0
STOP_SECONDS = 3.0


# --- What is said ------------------------------------------------------------------------------------------


@cache
def _said() -> dict[str, Any]:
    """{"products": {offer: title}, "talks": [fields], "later": [fields]}, see `talk_of`."""
    said: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return said


def talks_of(market: str, now: datetime) -> list[Talk]:
    """What was written there until now."""
    numbers = itertools.count(FIRST_OF_LINES)
    return [talk_of(fields, now, numbers) for fields in _said()["talks"] if fields["market"] == market]


def later_of(market: str) -> list[dict[str, Any]]:
    """What buyers will write there, the next one first."""
    return [fields for fields in _said()["later"] if fields["market"] == market]


def talk_of(fields: Mapping[str, Any], now: datetime, numbers: itertools.count[int]) -> Talk:
    """{"kind", "id", "market", "minutes_ago", "buyer", "offer"} and what a talk of the kind has; "answer": the shop's.
    Without "minutes_ago" it is said now."""
    offer = fields["offer"]
    return Talk(
        kind=fields["kind"],
        id=fields["id"],
        at=_moment(fields, now),
        buyer=fields["buyer"],
        sku=str(number_of(fields["market"], offer)),
        offer_id=offer,
        product=_said()["products"][offer],
        rating=fields.get("rating"),
        text=fields.get("text", ""),
        pros=fields.get("pros", ""),
        cons=fields.get("cons", ""),
        order_id=_order(fields),
        pictures=fields.get("pictures", 0),
        lines=[
            Line(str(next(numbers)), _moment(line, now), line["sender"], line["text"])
            for line in fields.get("lines", [])
        ],
        replies=[
            Reply(str(next(numbers)), _moment(answer, now), answer["text"], by="cabinet")
            for answer in [fields.get("answer")]
            if answer
        ],
    )


def number_of(market: str, offer: str) -> int:
    return NUMBERS[market] + int(offer.partition("-")[2])


def _moment(fields: Mapping[str, Any], now: datetime) -> datetime:
    return now - timedelta(minutes=fields.get("minutes_ago", 0))


def _order(fields: Mapping[str, Any]) -> str:
    """Of a chat: numbers that no order has."""
    if fields["kind"] != "chat":
        return ""
    number = int(fields["id"])
    return f"00000000-{number:04}-1" if fields["market"] == "ozon" else str(number)


# --- Where it is said --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """Where a market's talks outlive it. `read`: None where nothing was kept, or nothing that can be read."""

    path: Path

    def read(self) -> list[Talk] | None:
        try:
            return [from_json(fields) for fields in json.loads(self.path.read_text(encoding="utf-8"))]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            logger.warning("the sample shop's buyers begin anew: what was kept of them can't be read")
            return None

    def write(self, talks: list[Talk]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps([as_json(talk) for talk in talks], ensure_ascii=False), encoding="utf-8")
        beside.replace(self.path)


class Market:
    """One marketplace with the sample shop's buyers. `every`: seconds until the next of them writes; 0: none does.

    `anew`: what was kept in `folder` is of a shop that is gone.
    """

    def __init__(self, name: str, folder: Path, *, every: float = 0, anew: bool = False) -> None:
        self.name = name
        self._kept = Kept(folder / f"{name}.json")
        talks = (None if anew else self._kept.read()) or talks_of(name, datetime.now(UTC))
        settings = Settings(plan="premium_pro", key=KEY, limits=False)
        self._app = APPLICATIONS[name](talks, settings)
        sample_shelves.stock(self._app, name, partial(number_of, name))
        self.state: State = self._app[STATE]
        self.state.numbers = itertools.count(max(FIRST_OF_LATER, *_numbers(talks)) + 1)
        self._every = every
        self._written = ""
        self._loop: asyncio.AbstractEventLoop | None = None  # from `start` on
        self._over = asyncio.Event()
        self._ready = threading.Event()
        self._trouble: OSError | None = None
        self._thread = threading.Thread(target=self._run, name=f"sample-{name}", daemon=True)

    def start(self) -> str:
        """Its address. Raises OSError where no port can be had."""
        self._thread.start()
        self._ready.wait()
        if self._trouble is not None:
            raise self._trouble
        return self.url

    def end(self) -> None:
        """Take no more. What it was told is kept when it ends, see `join`; a second time it does nothing."""
        if self._loop is None:
            return
        with suppress(RuntimeError):  # it ended already
            self._loop.call_soon_threadsafe(self._over.set)

    def join(self) -> None:
        """Wait until it ended, STOP_SECONDS at most."""
        self._thread.join(STOP_SECONDS)

    def write_next(self) -> Talk | None:
        """Another buyer writes; None: all of them did. In the market's thread, or while it is not started."""
        fresh = (one for one in later_of(self.name) if f"{one['kind']}:{one['id']}" not in self.state.talks)
        fields = next(fresh, None)
        if fields is None:
            return None
        talk = talk_of(fields, self.state.now(), self.state.numbers)
        self.state.talks[f"{talk.kind}:{talk.id}"] = talk
        return talk

    def keep(self) -> None:
        """Write down what is new. What can't be written is tried again with the next news."""
        talks = list(self.state.talks.values())
        told = _told(talks)
        if told == self._written:
            return
        try:
            self._kept.write(talks)
        except OSError:
            logger.warning("the sample shop's buyers can't be kept; after the next start they begin anew")
        self._written = told

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            try:
                runner.run(self._serve())
            finally:
                self._ready.set()

    async def _serve(self) -> None:
        runner = web.AppRunner(self._app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, "127.0.0.1", 0, backlog=128).start()
            except OSError as error:
                self._trouble = error
                return
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            self._ready.set()
            await self._live()
        finally:
            self.keep()
            await runner.cleanup()

    async def _live(self) -> None:
        next_at = time.monotonic() + self._every
        while not self._over.is_set():
            self.keep()
            if self._every and time.monotonic() >= next_at:
                self.write_next()
                next_at += self._every
            # What the simulator remembers of requests is for tests.
            self.state.log.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), KEEP_SECONDS)


def _numbers(talks: list[Talk]) -> list[int]:
    ids = [line.id for talk in talks for line in talk.lines]
    ids += [reply.id for talk in talks for reply in talk.replies]
    return [int(one) for one in ids]


def _told(talks: list[Talk]) -> str:
    """Another one as soon as anything was said, moderated or edited."""
    return str(
        [
            (talk.id, len(talk.lines), [(reply.id, reply.state, reply.edits) for reply in talk.replies])
            for talk in talks
        ]
    )
