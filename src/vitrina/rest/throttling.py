"""Counting requests by token and by person in the cache, which all processes share where Redis is set."""

from __future__ import annotations

from collections.abc import Callable
from time import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _
from rest_framework.request import Request

from vitrina.accounts.models import ApiToken
from vitrina.rest.problems import Problem
from vitrina.rest.rates import WINDOW_SECONDS, Standing, standing

Words = Callable[[int, int], str]


class RateReached(Problem):
    def __init__(self, words: str, standing: Standing) -> None:
        self.standing = standing
        super().__init__(429, "limit", words, retry_after=standing.resets_in, more={"limit": standing.limit})


def count(request: Request) -> Standing | None:
    """Count this request. Raises RateReached when the token's or the person's minute is full; it isn't counted then.

    None for nobody: nobody gets past the next check anyway.
    """
    if not request.user.is_authenticated:
        return None
    kept: list[str] = []
    tightest: Standing | None = None
    now = time()
    for name, limit, words in _counters(request):
        found, key = _take(name, limit, now)
        if found.is_over:
            for taken in [*kept, key]:
                _give_back(taken)
            raise RateReached(words(limit, found.resets_in), found)
        kept.append(key)
        if tightest is None or found.remaining < tightest.remaining:
            tightest = found
    return tightest


def _counters(request: Request) -> list[tuple[str, int, Words]]:
    counters: list[tuple[str, int, Words]] = [
        (f"person:{request.user.pk}", settings.API_PERSON_RATE, _words_of_person)
    ]
    if isinstance(request.auth, ApiToken):
        counters.insert(0, (f"token:{request.auth.pk}", settings.API_TOKEN_RATE, _words_of_token))
    return counters


def _words_of_token(limit: int, seconds: int) -> str:
    return _("A token may ask %(limit)s times a minute. Nothing was done; it may go on in %(seconds)s s.") % {
        "limit": limit,
        "seconds": seconds,
    }


def _words_of_person(limit: int, seconds: int) -> str:
    return _(
        "A person's programs and pages may ask %(limit)s times a minute. Nothing was done; go on in %(seconds)s s."
    ) % {"limit": limit, "seconds": seconds}


def _take(name: str, limit: int, now: float) -> tuple[Standing, str]:
    window = int(now // WINDOW_SECONDS)
    key, before = f"api-rate:{name}:{window}", f"api-rate:{name}:{window - 1}"
    # `add` and `incr` are one step each in every cache of Django's: two processes never count one request for two.
    cache.add(key, 0, timeout=3 * WINDOW_SECONDS)
    current = _raised(key)
    previous: Any = cache.get(before, 0)
    return standing(limit, current=current, previous=int(previous), elapsed=now % WINDOW_SECONDS), key


def _raised(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # thrown out of a full cache between the two steps
        cache.set(key, 1, timeout=3 * WINDOW_SECONDS)
        return 1


def _give_back(key: str) -> None:
    try:
        cache.decr(key)
    except ValueError:
        return
