"""Rates shared through Redis: the algorithm of rates.py as one Lua script, all limits or none, in one round trip."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any

from vitrina.engine.errors import EngineError
from vitrina.lib.rates import MINUTE, Ask

PREFIX = "vitrina:rate:"
# ARGV: per limit cost and burst in seconds. Redis's own clock, so that every process counts by the same one.
_TAKE = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local wait = 0
local tats = {}
for i = 1, #KEYS do
  local cost, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local tat = math.max(tonumber(redis.call('GET', KEYS[i]) or now), now) + cost
  wait = math.max(wait, tat - now - burst)
  tats[i] = tat
end
if wait > 0.000001 then return tostring(wait) end
for i = 1, #KEYS do
  redis.call('SET', KEYS[i], string.format('%.6f', tats[i]), 'PX', math.ceil((tats[i] - now) * 1000) + 60000)
end
return '0'
"""
_SETTLE = """
for i = 1, #KEYS do
  local tat = redis.call('GET', KEYS[i])
  if tat then redis.call('SET', KEYS[i], string.format('%.6f', tonumber(tat) + tonumber(ARGV[i])), 'KEEPTTL') end
end
return 1
"""


class RedisRates:
    """Used on the engine's loop only. A dead Redis is an error of the ask, never a limit that quietly vanishes."""

    def __init__(self, url: str) -> None:
        from redis.asyncio import Redis

        self._redis: Any = Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        self._take = self._redis.register_script(_TAKE)
        self._settle = self._redis.register_script(_SETTLE)

    async def take(self, asks: Sequence[Ask]) -> float:
        arguments: list[float] = []
        for ask in asks:
            most = ask.rate.per_minute * ask.rate.burst_seconds / MINUTE
            arguments += [min(ask.units, most) * MINUTE / ask.rate.per_minute, ask.rate.burst_seconds]
        return float(await _heard(self._take(keys=[PREFIX + ask.rate.key for ask in asks], args=arguments)))

    async def settle(self, used: Sequence[tuple[Ask, float]]) -> None:
        await _heard(
            self._settle(
                keys=[PREFIX + ask.rate.key for ask, _ in used],
                args=[(units - ask.units) * MINUTE / ask.rate.per_minute for ask, units in used],
            )
        )

    async def close(self) -> None:
        await self._redis.aclose()


async def _heard(answer: Awaitable[Any]) -> Any:
    from redis.exceptions import RedisError

    try:
        return await answer
    except (RedisError, OSError) as error:
        raise EngineError(
            f"Redis, which holds the shared rates, didn't answer ({type(error).__name__}); check REDIS_URL.",
            retry_after=10,
        ) from error
