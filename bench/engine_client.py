"""One client of the engine's bench, in a process of its own: prints calls a second and CPU per call as JSON.

python -m bench.engine_client CLIENT URL --in-flight 500 --seconds 8
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

WARM_UP_SECONDS = 2.5
SYSTEM = "You write product cards in ru."
SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 3, "maxLength": 120},
        "description": {"type": "string", "minLength": 10, "maxLength": 1600},
        "keywords": {"type": "array", "items": {"type": "string"}, "maxItems": 10},
    },
    "required": ["title", "description", "keywords"],
    "additionalProperties": False,
}
_numbers = itertools.count()


def prompt() -> str:
    number = next(_numbers)
    return (
        f'<data-0123456789abcdef name="title">\nПлатье летнее {os.getpid()}-{number}\n</data-0123456789abcdef>\n'
        '<data-0123456789abcdef name="description">\nЛёгкое платье из хлопка, длина 95 см.\n</data-0123456789abcdef>'
    )


def body(stream: bool) -> dict[str, Any]:
    made: dict[str, Any] = {
        "model": "gpt-4o-mini",
        "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": prompt()}],
        "temperature": 0.7,
        "max_tokens": 1500,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "Card", "schema": SCHEMA, "strict": True},
        },
    }
    if stream:
        made |= {"stream": True, "stream_options": {"include_usage": True}}
    return made


# --- measuring --------------------------------------------------------------------------------------------


class Meter:
    """Counts what ends inside the window and the CPU time of the whole process meanwhile."""

    def __init__(self, seconds: float) -> None:
        self.begin = time.monotonic() + WARM_UP_SECONDS
        self.end = self.begin + seconds
        self.done = 0
        self.failed = 0
        self._cpu: list[float] = []
        self._at: list[float] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        for moment in (self.begin, self.end):
            time.sleep(max(0.0, moment - time.monotonic()))
            with self._lock:
                self._at.append(time.monotonic())
                self._cpu.append(time.process_time())
                self._at.append(float(self.done))

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.end

    def count(self) -> None:
        with self._lock:
            self.done += 1

    def result(self) -> dict[str, float]:
        while len(self._at) < 4:
            time.sleep(0.05)
        calls = self._at[3] - self._at[1]
        seconds = self._at[2] - self._at[0]
        return {
            "per_second": calls / seconds,
            "cpu_ms": (self._cpu[1] - self._cpu[0]) * 1000 / max(calls, 1),
            "failed": self.failed,
        }


async def drive(in_flight: int, seconds: float, once: Callable[[], Awaitable[None]]) -> dict[str, float]:
    meter = Meter(seconds)

    async def worker(number: int) -> None:
        await asyncio.sleep(number / in_flight)  # spread the start, or the waves stay synchronised
        while not meter.is_over:
            await once()
            meter.count()

    await asyncio.gather(*(worker(number) for number in range(in_flight)))
    return meter.result()


def drive_threads(in_flight: int, seconds: float, once: Callable[[], None]) -> dict[str, float]:
    meter = Meter(seconds)

    def worker(number: int) -> None:
        time.sleep(number / in_flight)
        while not meter.is_over:
            once()
            meter.count()

    threading.stack_size(512 * 1024)
    threads = [threading.Thread(target=worker, args=(number,)) for number in range(in_flight)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return meter.result()


# --- clients ----------------------------------------------------------------------------------------------


def run_loop(main: Any) -> dict[str, float]:
    import uvloop

    result: dict[str, float] = uvloop.run(main)
    return result


def bare_aiohttp(url: str, in_flight: int, seconds: float, stream: bool) -> dict[str, float]:
    import aiohttp
    import orjson

    async def main() -> dict[str, float]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def once() -> None:
                async with session.post(
                    f"{url}/chat/completions",
                    data=orjson.dumps(body(False)),
                    headers={"Content-Type": "application/json"},
                ) as response:
                    answer = orjson.loads(await response.read())
                    orjson.loads(answer["choices"][0]["message"]["content"])

            return await drive(in_flight, seconds, once)

    return run_loop(main())


def openai_sdk(url: str, in_flight: int, seconds: float, stream: bool) -> dict[str, float]:
    from openai import AsyncOpenAI, DefaultAioHttpClient

    async def main() -> dict[str, float]:
        async with AsyncOpenAI(
            base_url=url, api_key="x", max_retries=0, http_client=DefaultAioHttpClient()
        ) as client:

            async def once() -> None:
                if stream:
                    async for _ in await client.chat.completions.create(**body(True)):
                        pass
                else:
                    answer = await client.chat.completions.create(**body(False))
                    json.loads(answer.choices[0].message.content or "")

            return await drive(in_flight, seconds, once)

    return run_loop(main())


def litellm_gateway(url: str, in_flight: int, seconds: float, stream: bool) -> dict[str, float]:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # no request to the outside at import
    import litellm

    async def main() -> dict[str, float]:
        async def once() -> None:
            made = body(stream)
            made["model"] = "openai/gpt-4o-mini"
            answer = await litellm.acompletion(**made, api_base=url, api_key="x", num_retries=0)
            if stream:
                async for _ in answer:
                    pass
            else:
                json.loads(answer.choices[0].message.content)

        return await drive(in_flight, seconds, once)

    return run_loop(main())


def engine(url: str, in_flight: int, seconds: float, stream: bool) -> dict[str, float]:
    """The front door with everything on: routes, rates, quotas, budgets, cache, ledger, metrics and the log."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "VITRINA_DATA_DIR": folder,
            "AI_BASE_URL": url,
            "AI_MODEL": "gpt-4o-mini",
            "VITRINA_AI_RATES": '{"custom": {"rpm": 10000000, "tpm": 10000000000}}',
            "VITRINA_AI_PRICES": '{"custom:gpt-4o-mini": {"input": "0.15", "output": "0.60"}}',
            "VITRINA_MONTHLY_BUDGET_USD": "100000",
            "DJANGO_SETTINGS_MODULE": "vitrina.config.settings",
        }
        import logging

        import django
        from pydantic import BaseModel, ConfigDict, Field

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        # Into a file as in production: the handler is part of what a call costs.
        logging.getLogger("vitrina.engine").handlers = [logging.FileHandler(Path(folder) / "calls.log")]
        logging.getLogger("vitrina.engine").setLevel(logging.INFO)
        logging.getLogger("vitrina.engine").propagate = False
        from vitrina.accounts.models import Plan, Seller
        from vitrina.engine import runtime
        from vitrina.engine.ask import CallContext, ask
        from vitrina.engine.generators import Generator
        from vitrina.engine.models import ModelCall

        plan = Plan.objects.create(
            name="bench",
            limits={"card": {"day": 10_000_000, "month": 100_000_000}, "usd": {"month": "100000"}},
        )
        seller = Seller.objects.create(name="bench", slug="bench", plan=plan)

        class Listing(BaseModel):
            title: str
            description: str

        class Card(BaseModel):
            model_config = ConfigDict(extra="forbid")

            title: str = Field(min_length=3, max_length=120)
            description: str = Field(min_length=10, max_length=1600 if stream else 600)
            keywords: list[str] = Field(max_length=10)

        path = Path(folder) / "card.md"
        path.write_text(
            "---\ntask: card\n---\n# system\nYou write product cards in ru.\n# user\n"
            '{{ title | data("title") }}\n{{ description | data("description") }}\n',
            encoding="utf-8",
        )

        def no_offline(listing: Listing) -> Card:
            raise AssertionError("the bench's server answers")

        card = Generator("card", "describe", Listing, Card, path, no_offline)
        context = CallContext(seller_id=seller.pk)
        on_partial = (lambda value: None) if stream else None

        def once() -> None:
            listing = Listing(
                title=f"Платье летнее {next(_numbers)}", description="Лёгкое платье из хлопка, длина 95 см."
            )
            ask(card, listing, context=context, on_partial=on_partial)

        result = drive_threads(in_flight, seconds, once)
        runtime.close()
        result["ledger_rows"] = ModelCall.objects.filter(outcome="ok").count()
        return result


CLIENTS = {"aiohttp": bare_aiohttp, "engine": engine, "openai": openai_sdk, "litellm": litellm_gateway}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("client", choices=CLIENTS)
    parser.add_argument("url")
    parser.add_argument("--in-flight", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--stream", action="store_true")
    arguments = parser.parse_args()
    result = CLIENTS[arguments.client](
        arguments.url, arguments.in_flight, arguments.seconds, arguments.stream
    )
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
