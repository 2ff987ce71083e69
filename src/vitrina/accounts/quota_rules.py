"""Quotas and budgets as pure rules: which counters a call touches, what limits them, when they lift.

A counter's key says all: "seller:5|describe|calls|2026-11-21", "installation||usd|2026-11".
Money is counted in nano-dollars (1e-9 USD), so that sums are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

NANO = Decimal(10**9)
ANY_FEATURE = "*"  # in a plan: all features together


@dataclass(frozen=True)
class Limit:
    """`most`: calls, or nano-dollars. `name` and `value` are what a refusal tells the person."""

    most: int
    name: str
    value: str
    lifts_at: datetime


@dataclass(frozen=True)
class Counter:
    key: str
    limit: Limit | None


@dataclass(frozen=True)
class Limits:
    """The limits that hold for one asker. `plan` as in Plan.limits; `installation_usd`: a month's budget, None without."""

    plan: Mapping[str, Any]
    installation_usd: Decimal | None = None


def counters(
    *, seller_id: int | None, user_id: int | None, feature: str, limits: Limits, now: datetime, zone: tzinfo
) -> tuple[tuple[Counter, ...], tuple[Counter, ...]]:
    """The counters of calls and of money that one call touches, with their limits."""
    local = now.astimezone(zone)
    day, month = f"{local:%Y-%m-%d}", f"{local:%Y-%m}"
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time(), zone)
    next_month = datetime.combine(
        (local.date().replace(day=1) + timedelta(days=32)).replace(day=1), time(), zone
    )
    periods = (("day", day, tomorrow), ("month", month, next_month))
    calls: list[Counter] = []
    money: list[Counter] = [
        _money(
            "installation", month, limits.installation_usd, "this installation's monthly budget", next_month
        )
    ]
    if seller_id is not None:
        for name in (feature, ANY_FEATURE):
            given = limits.plan.get(name)
            for period, stamp, lifts_at in periods:
                most = given.get(period) if isinstance(given, Mapping) else None
                calls.append(_calls(f"seller:{seller_id}", name, period, stamp, most, "the seller", lifts_at))
        usd = limits.plan.get("usd")
        budget = usd.get("month") if isinstance(usd, Mapping) else None
        money.append(_money(f"seller:{seller_id}", month, budget, "the seller's monthly budget", next_month))
        if isinstance(usd, Mapping) and usd.get("day") is not None:
            # Counted only where it is limited: one more row to write for every call.
            money.append(
                _money(f"seller:{seller_id}", day, usd["day"], "the seller's daily budget", tomorrow)
            )
    if user_id is not None:
        per_user = limits.plan.get("per_user")
        given = per_user.get(feature) if isinstance(per_user, Mapping) else None
        for period, stamp, lifts_at in periods:
            most = given.get(period) if isinstance(given, Mapping) else None
            calls.append(_calls(f"user:{user_id}", feature, period, stamp, most, "the person", lifts_at))
    return tuple(calls), tuple(money)


def refusal(counters: tuple[Counter, ...], used: Mapping[str, int], amount: int) -> Limit | None:
    """The first limit that `amount` more would break; None when all of it may be taken."""
    for counter in counters:
        if counter.limit is not None and used.get(counter.key, 0) + amount > counter.limit.most:
            return counter.limit
    return None


def budget_refusal(counters: tuple[Counter, ...], used: Mapping[str, int], amount: int) -> Limit | None:
    """Like `refusal`; a budget that is used up also refuses a call whose price is unknown or nothing."""
    return refusal(counters, used, max(amount, 1))


def _calls(
    subject: str, feature: str, period: str, stamp: str, most: object, whose: str, lifts_at: datetime
) -> Counter:
    key = f"{subject}|{feature}|calls|{stamp}"
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        return Counter(key, None)
    named = "all features" if feature == ANY_FEATURE else feature
    return Counter(key, Limit(most, f"{named} per {period} of {whose}", f"{most} calls", lifts_at))


def _money(subject: str, month: str, budget: object, name: str, lifts_at: datetime) -> Counter:
    key = f"{subject}||usd|{month}"
    if budget is None or isinstance(budget, bool):
        return Counter(key, None)
    try:
        usd = Decimal(str(budget))
    except InvalidOperation:
        return Counter(key, None)
    if not usd.is_finite() or usd < 0:
        return Counter(key, None)
    return Counter(key, Limit(int(usd * NANO), name, f"{usd:.2f} USD", lifts_at))
