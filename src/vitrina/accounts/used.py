"""How much of each quota and budget is used, and when it begins anew: for pages and programs, without a lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from vitrina.accounts.budget import monthly_budget
from vitrina.accounts.models import Seller, UsageCounter
from vitrina.accounts.quota_rules import ANY_FEATURE, NANO, Counter, Limits, counters

AT_ONCE = 500


@dataclass(frozen=True)
class Standing:
    """`feature` "*": all together; "" for money. `used` and `most` are calls, or USD; `most` None: no limit.

    `lifts_at`: when the counter begins anew; None where nothing limits it.
    """

    subject: str  # "seller:5", "user:7", "installation"
    feature: str
    period: str  # "day" | "month"
    used: Decimal
    most: Decimal | None
    lifts_at: datetime | None

    @property
    def is_money(self) -> bool:
        return not self.feature

    @property
    def is_of_person(self) -> bool:
        return self.subject.startswith("user:")

    @property
    def share(self) -> float | None:
        """Of the limit; 1 and more is all of it."""
        if self.most is None:
            return None
        return float(self.used / self.most) if self.most else 1.0

    @property
    def tone(self) -> str:
        """ "" | wait (four fifths are used) | bad (all of it)."""
        if self.share is None or self.share < 0.8:
            return ""
        return "bad" if self.share >= 1 else "wait"


def installation_budget(*, now: datetime | None = None) -> Standing:
    """What the installation spent this month, of its budget."""
    return _standings([(None, None, {})], [], now)[0][0]


def of_seller(seller: Seller, features: Sequence[str], *, now: datetime | None = None) -> list[Standing]:
    """The seller's counters that are limited or used."""
    (found,) = _standings([(seller.pk, None, _limits(seller))], features, now)
    return [one for one in found if one.subject != "installation"]


def of_person(
    user_id: int, seller: Seller, features: Sequence[str], *, now: datetime | None = None
) -> list[Standing]:
    """A person's counters, by the limits of the seller's plan."""
    (found,) = _standings([(seller.pk, user_id, _limits(seller))], features, now)
    return [one for one in found if one.subject == f"user:{user_id}"]


def of_people(
    user_ids: Sequence[int], seller: Seller, features: Sequence[str], *, now: datetime | None = None
) -> dict[int, list[Standing]]:
    """The same for many people of one seller, in as few queries as for one."""
    found = _standings([(seller.pk, user_id, _limits(seller)) for user_id in user_ids], features, now)
    return {
        user_id: [one for one in standings if one.subject == f"user:{user_id}"]
        for user_id, standings in zip(user_ids, found, strict=True)
    }


def limited_calls(sellers: Sequence[Seller], user_id: int) -> list[tuple[Seller, Standing]]:
    """What limits the calls of these sellers, and of this person in each. One query, however many sellers.

    The sellers come with their plan at hand.
    """
    features = sorted({feature for seller in sellers for feature in _features(_limits(seller))})
    if not features:
        return []
    found = _standings([(seller.pk, user_id, _limits(seller)) for seller in sellers], features, None)
    return [
        (seller, one)
        for seller, standings in zip(sellers, found, strict=True)
        for one in sorted(standings, key=lambda one: (one.is_of_person, one.feature, one.period))
        if one.most is not None and not one.is_money
    ]


def _features(limits: dict[str, Any]) -> set[str]:
    """Those that a plan limits."""
    per_user = limits.get("per_user")
    own = set(per_user) if isinstance(per_user, dict) else set()
    return (set(limits) | own) - {"usd", "per_user"}


def _limits(seller: Seller) -> dict[str, Any]:
    given = seller.plan.limits if seller.plan is not None else {}
    return given if isinstance(given, dict) else {}


def _standings(
    askers: Sequence[tuple[int | None, int | None, dict[str, Any]]],
    features: Sequence[str],
    now: datetime | None,
) -> list[list[Standing]]:
    """For each (seller, user, plan's limits)."""
    now = now or timezone.now()
    zone, budget = timezone.get_default_timezone(), monthly_budget()
    touched: list[dict[str, Counter]] = []
    for seller_id, user_id, limits in askers:
        mine: dict[str, Counter] = {}
        for feature in features or (ANY_FEATURE,):
            calls, money = counters(
                seller_id=seller_id,
                user_id=user_id,
                feature=feature,
                limits=Limits(limits, budget),
                now=now,
                zone=zone,
            )
            mine |= {counter.key: counter for counter in (*calls, *money)}
        touched.append(mine)
    used = _used({key for mine in touched for key in mine})
    return [
        [
            _standing(counter, used.get(key, 0))
            for key, counter in mine.items()
            if counter.limit or used.get(key) or "usd" in key
        ]
        for mine in touched
    ]


def _used(keys: Iterable[str]) -> dict[str, int]:
    wanted, found = sorted(keys), {}
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        found.update(dict(UsageCounter.objects.filter(key__in=part).values_list("key", "used")))
    return found


def _standing(counter: Counter, used: int) -> Standing:
    subject, feature, what, stamp = counter.key.split("|")
    scale = NANO if what == "usd" else Decimal(1)
    limit = counter.limit
    return Standing(
        subject,
        feature,
        "day" if stamp.count("-") == 2 else "month",
        Decimal(used) / scale,
        None if limit is None else Decimal(limit.most) / scale,
        None if limit is None else limit.lifts_at,
    )
