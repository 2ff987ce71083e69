"""The deciding files, without a database: they hold for whatever comes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from vitrina.jobs import states
from vitrina.jobs.doubts import EffectKind, Verdict, judge
from vitrina.jobs.fairness import Queue, batch_may_start, in_turn
from vitrina.jobs.retry import RetryRule
from vitrina.jobs.slots import Daily, Every
from vitrina.jobs.states import Priority, State
from vitrina.jobs.storable import storable

seconds = st.floats(min_value=0, max_value=1e9, allow_nan=False)
chances = st.floats(min_value=0, max_value=1)


@given(attempt=st.integers(1, 10_000), chance=chances)
def test_a_wait_never_exceeds_the_rule_and_the_tries_always_end(attempt: int, chance: float) -> None:
    wait = RetryRule().wait_seconds(attempt, chance=lambda: chance)
    assert (wait is None) == (attempt >= 6)
    if wait is not None:
        assert 0 <= wait <= min(5 * 2**attempt, 900)


@given(attempt=st.integers(1, 5), asked=seconds, chance=chances)
def test_retry_after_is_obeyed_within_a_tenth(attempt: int, asked: float, chance: float) -> None:
    wait = RetryRule().wait_seconds(attempt, retry_after=asked, chance=lambda: chance)
    assert wait is not None
    bounded = min(asked, 86_400)
    assert bounded <= wait <= bounded * 1.1 + 1e-6


queues = st.builds(
    Queue, st.sampled_from([int(p) for p in Priority]), st.integers(0, 5), st.sampled_from(["a", "b", "c"])
)


@given(
    waiting=st.lists(queues, unique=True),
    running=st.dictionaries(queues, st.integers(1, 9)),
    limits=st.dictionaries(st.sampled_from(["a", "b"]), st.integers(0, 5)),
    batch_may=st.booleans(),
    served=st.dictionaries(st.integers(0, 5), st.integers(0, 99)),
)
def test_turns_go_by_priority_then_to_who_has_least(
    waiting: list[Queue],
    running: dict[Queue, int],
    limits: dict[str, int],
    batch_may: bool,
    served: dict[int, int],
) -> None:
    turn = in_turn(waiting, running, limits=limits, kinds=["a", "b"], batch_may=batch_may, served=served)
    assert set(turn) <= {queue for queue in waiting if queue.kind != "c"}
    assert len(set(turn)) == len(turn)
    at_work = {share: sum(n for q, n in running.items() if q.share == share) for share in range(6)}
    order = [(-queue.priority, at_work[queue.share]) for queue in turn]
    assert order == sorted(order)
    for queue in turn:
        assert batch_may or queue.priority > Priority.BATCH
        if queue.kind in limits:
            assert sum(n for q, n in running.items() if q.kind == queue.kind) < limits[queue.kind]


@given(slots=st.integers(1, 300), busy=st.integers(0, 300))
def test_a_batch_never_takes_the_last_slot_of_several(slots: int, busy: int) -> None:
    may = batch_may_start(slots=slots, busy_others=busy)
    assert may == (slots == 1 or busy + 1 < slots)


@given(kind=st.sampled_from(list(EffectKind)), looks=st.integers(1, 9), repeats=st.integers(0, 9))
def test_nothing_is_repeated_twice_in_doubt_and_an_append_never(
    kind: EffectKind, looks: int, repeats: int
) -> None:
    assert judge(kind, found=True, looks=looks, repeats=repeats) is Verdict.IS_DONE
    verdict = judge(kind, found=False, looks=looks, repeats=repeats)
    if kind is EffectKind.APPEND or repeats >= 1:
        assert verdict is Verdict.ASK_PERSON
    elif kind is EffectKind.SET and looks < 2:
        assert verdict is Verdict.LOOK_AGAIN
    else:
        assert verdict is Verdict.REPEAT


moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)


@given(last=moments, now=moments, minutes=st.integers(1, 3000))
def test_a_period_goes_on_in_step_and_misses_are_one(last: datetime, now: datetime, minutes: int) -> None:
    period = timedelta(minutes=minutes)
    following = Every(period).after(last, now)
    assert following > now or following == last
    assert (following - last) % period == timedelta(0)
    if last <= now:
        assert following - now <= period


@given(now=moments, at=st.times(), zone=st.sampled_from(["Europe/Moscow", "Europe/Berlin", "Asia/Almaty"]))
def test_daily_comes_within_two_days_at_its_hour(now: datetime, at: time, zone: str) -> None:
    slot = Daily(at, zone).after(now, now)
    assert now < slot <= now + timedelta(days=2)
    local = slot.astimezone(ZoneInfo(zone))
    # Where the clock springs forward the hour doesn't exist; the slot comes an hour later then.
    assert (local.hour, local.minute) == (at.hour, at.minute) or zone == "Europe/Berlin"


@given(text=st.text(st.characters()))
def test_whatever_an_error_says_can_be_stored(text: str) -> None:
    kept = storable(text + "\ud800\x00")
    assert "\x00" not in kept
    kept.encode("utf-8")


@given(priority=st.sampled_from(list(Priority)), share=st.integers(0, 10**12), kind=st.text(min_size=1))
def test_a_queue_survives_its_name(priority: Priority, share: int, kind: str) -> None:
    assert Queue.of(Queue(priority, share, kind).name) == Queue(priority, share, kind)


def test_every_state_has_its_moves_and_the_model_knows_them_all() -> None:
    from vitrina.jobs.models import JobState

    assert set(states.MOVES) == set(State)
    assert {state.value for state in State} == set(JobState.values)


def test_no_state_moves_to_itself() -> None:
    assert all(state not in targets for state, targets in states.MOVES.items())
