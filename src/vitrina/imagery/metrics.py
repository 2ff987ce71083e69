"""Prometheus metrics of pictures. Labels are our own words, never anything from outside."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

from vitrina.imagery.outcomes import OK

_SECONDS = (0.5, 1, 2, 4, 8, 15, 30, 45, 60, 90, 120)
_SCORES = (10, 20, 30, 40, 50, 60, 70, 80, 90, 100)

TRIES = Counter("vitrina_picture_tries_total", "Calls to picture services by outcome", ["service", "outcome"])
SECONDS = Histogram(
    "vitrina_picture_seconds", "Time of a call that gave a picture", ["service"], buckets=_SECONDS
)
SCORES = Histogram("vitrina_picture_score", "Quality of what came, of 100", ["service"], buckets=_SCORES)
ENDED = Counter("vitrina_pictures_total", "Pictures that ended", ["recipe", "status"])


def count_try(service: str, outcome: str, seconds: float, score: int | None) -> None:
    TRIES.labels(service, outcome).inc()
    if outcome == OK:
        SECONDS.labels(service).observe(seconds)
        if score is not None:
            SCORES.labels(service).observe(score)
