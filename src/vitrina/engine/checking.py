"""Asking the providers themselves: which models they know, and whether each route's models answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import orjson

from vitrina.engine import runtime
from vitrina.engine.core.attempts import without_key
from vitrina.engine.core.config import EngineConfig, Target
from vitrina.engine.core.faults import WireFault
from vitrina.engine.core.providers import Endpoint
from vitrina.engine.core.requests import EmbedRequest
from vitrina.engine.core.wire import Wire
from vitrina.engine.embed import ROUTE as EMBED_ROUTE

SECONDS = 20.0


@dataclass(frozen=True)
class Finding:
    """`ok` None: not asked, because no key is set."""

    route: str
    model: str
    ok: bool | None
    words: str


def check_models(*, with_calls: bool) -> list[Finding]:
    """One finding per model of every route. `with_calls`: also one tiny call each, which costs a few tokens."""
    return asyncio.run(_check(runtime.config(), with_calls=with_calls))


def warm_up() -> list[Finding]:
    """One tiny call to each configured model over the engine's own connections; nothing where no key is set.

    For a worker's start, where VITRINA_WARM_UP is on. Not in the ledger: no seller asked for it.
    """
    config = runtime.config()
    engine = runtime.engine()

    async def run() -> list[Finding]:
        targets = {
            (target.endpoint.base_url, target.step.model_name): (name, target)
            for name, route in config.routes.items()
            if route.warm_up
            for target in config.targets(route)
        }
        return list(
            await asyncio.gather(
                *(_called(engine.attempts.wire, name, target) for name, target in targets.values())
            )
        )

    return asyncio.run_coroutine_threadsafe(run(), engine.loop.loop).result(timeout=SECONDS * 2)


async def _check(config: EngineConfig, *, with_calls: bool) -> list[Finding]:
    wire = Wire()
    try:
        used = {
            target.endpoint.name: target.endpoint
            for route in config.routes.values()
            for target in config.targets(route)
        }
        names_of = await asyncio.gather(*(_known(wire, endpoint) for endpoint in used.values()))
        known = dict(zip(used, names_of, strict=True))
        findings: list[Finding] = []
        for name, route in config.routes.items():
            findings += [
                Finding(name, step.model, None, "skipped: no key is set for its provider")
                for step in config.skipped(route)
            ]
            for target in config.targets(route):
                names = known[target.endpoint.name]
                if isinstance(names, str):
                    findings.append(Finding(name, target.name, False, names))
                elif names and target.step.model_name not in names:
                    findings.append(
                        Finding(name, target.name, False, f"{target.endpoint.name} doesn't know this model")
                    )
                elif with_calls:
                    findings.append(await _called(wire, name, target))
                else:
                    findings.append(Finding(name, target.name, True, "known"))
        return findings
    finally:
        await wire.close()


async def known_models(endpoint: Endpoint) -> set[str] | str:
    """The names an endpoint lists; empty where it doesn't list any; a sentence where it refuses. No key in it."""
    wire = Wire()
    try:
        found = await _known(wire, endpoint)
    finally:
        await wire.close()
    return without_key(found, endpoint.key) if isinstance(found, str) else found


async def _known(wire: Wire, endpoint: Endpoint) -> set[str] | str:
    """The names an endpoint lists; empty where it doesn't list any; a sentence where it refuses."""
    try:
        body = orjson.loads(await wire.models(endpoint, SECONDS))
    except WireFault as error:
        return set() if error.fault.status in (404, 405, 501) else error.fault.sentence
    except orjson.JSONDecodeError:
        return set()
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list):
        return set()
    return {str(item.get("id", "")).removeprefix("models/") for item in data if isinstance(item, dict)}


async def _called(wire: Wire, route: str, target: Target) -> Finding:
    model = target.step.model_name
    try:
        if route == EMBED_ROUTE:
            await wire.embed(target.endpoint, EmbedRequest(("ok",)).body(model), 1, SECONDS)
        else:
            body = {
                "model": model,
                "messages": [{"role": "user", "content": "Say ok."}],
                target.endpoint.provider.output_limit_field: 16,
            }
            await wire.chat(target.endpoint, orjson.dumps(body), SECONDS)
    except WireFault as error:
        words = without_key(f"{error.fault.sentence} {error.fault.message}".strip(), target.endpoint.key)
        return Finding(route, target.name, False, words)
    return Finding(route, target.name, True, "answers")
