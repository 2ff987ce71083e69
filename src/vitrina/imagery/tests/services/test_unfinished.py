"""A task that outlived its call is joined once, by the same request."""

from __future__ import annotations

import pytest

from vitrina.imagery.services import unfinished
from vitrina.imagery.services.unfinished import MOST_KEPT, Unfinished, digest_of


def test_a_task_is_taken_once() -> None:
    known = Unfinished()
    known.keep("a", "task")

    assert (known.take("a"), known.take("a"), known.take("b")) == ("task", None, None)


def test_it_is_forgotten_when_the_service_has_forgotten_it(monkeypatch: pytest.MonkeyPatch) -> None:
    known, now = Unfinished(), 1000.0
    monkeypatch.setattr(unfinished, "monotonic", lambda: now)
    known.keep("a", "task")
    now += unfinished.KEPT_SECONDS

    assert known.take("a") is None


def test_so_many_are_kept_and_no_more() -> None:
    known = Unfinished()
    for number in range(MOST_KEPT + 1):
        known.keep(str(number), "task")

    assert (known.take("0"), known.take("1")) == (None, "task")


def test_a_request_is_known_by_all_of_it() -> None:
    one = digest_of("https://a", {"prompt": "x", "seed": 1})

    assert one == digest_of("https://a", {"seed": 1, "prompt": "x"})
    assert one != digest_of("https://b", {"seed": 1, "prompt": "x"})
    assert one != digest_of("https://a", {"seed": 2, "prompt": "x"})
