"""Cards to Wildberries: what goes, what is held back, and that each arrives once whatever dies on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import ProductContent
from vitrina.catalog.pushing import abandoned, confirming, planning, sending
from vitrina.catalog.pushing.models import Push, PushRunState, PushState
from vitrina.catalog.tests.pushing_desk import (
    COLOUR,
    MATERIAL,
    PLAIN,
    TITLE,
    WildberriesDesk,
    finished,
    hurry,
    rows_of,
)
from vitrina.channels import wildberries_push, wire
from vitrina.channels.errors import ChannelError
from vitrina.jobs.models import Effect, Job
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")
UPDATE = "/content/v2/cards/update"


@pytest.fixture
def desk(
    transactional_db: None, seller: Seller, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WildberriesDesk]:
    from dataclasses import replace

    for name in ("CONTENT_RATE", "CARDS_RATE"):
        monkeypatch.setattr(
            wildberries_push, name, replace(getattr(wildberries_push, name), per_minute=60_000)
        )
    made = WildberriesDesk(seller, alice, settings)
    made.add(7, "MX-1", brand="Маяк", description="Просто кружка")
    yield made
    made.close()


def settled(row: Push) -> Push:
    row.refresh_from_db()
    return row


def test_a_card_goes_is_seen_to_stand_and_nothing_else_of_it_changes(
    desk: WildberriesDesk, seller: Seller
) -> None:
    before = dict(desk.stands("MX-1"))
    [row] = desk.push(finished(seller, "MX-1"))
    assert settled(row).state == PushState.SENT
    hurry()
    assert settled(row).state == PushState.CONFIRMED
    assert row.run.state == PushRunState.DONE
    now = desk.stands("MX-1")
    assert (now["title"], now["description"]) == (TITLE, PLAIN)
    ours = {"title", "description", "updatedAt"}
    assert {name: now[name] for name in now.keys() - ours} == {
        name: before[name] for name in before.keys() - ours
    }
    assert len(desk.shelf.arrived) == 1


def test_the_check_says_field_by_field_what_would_change_and_sends_nothing(
    desk: WildberriesDesk, seller: Seller
) -> None:
    run = desk.plan(finished(seller, "MX-1"))
    [row] = rows_of(run)
    assert (run.state, row.state) == (PushRunState.DRAFT, PushState.PLANNED)
    assert row.stood == {"title": "Кружка", "description": "Просто кружка"}
    assert row.wanted == {"title": TITLE, "description": PLAIN}
    assert not desk.market.asked(UPDATE)


def test_what_may_not_go_is_held_back_with_all_reasons(desk: WildberriesDesk, seller: Seller) -> None:
    desk.add(8, "MX-2")
    long = finished(seller, "MX-2", title="К" * 61)
    missing = finished(seller, "MX-9")
    bare = finished(seller, "MX-1", text="")
    run = desk.plan(long, missing, bare)
    assert [row.state for row in rows_of(run)] == [PushState.HELD] * 3
    reasons = [problem["sentence"] for row in rows_of(run) for problem in row.problems if problem["is_hard"]]
    assert "%(field)s has %(length)s characters, the limit is %(limit)s" in reasons
    assert planning.MISSING in reasons
    assert "there is no finished text in this language" in reasons
    desk.begin(run)
    run_ready()
    run.refresh_from_db()
    assert run.state == PushRunState.DONE
    assert not desk.market.asked(UPDATE)


def test_what_stands_there_already_is_not_sent_again(desk: WildberriesDesk, seller: Seller) -> None:
    product = finished(seller, "MX-1")
    desk.push(product)
    hurry()
    run = desk.plan(product)
    assert [row.state for row in rows_of(run)] == [PushState.SAME]
    assert len(desk.shelf.arrived) == 1


def test_a_later_edit_at_the_marketplace_is_not_overwritten_in_silence(
    desk: WildberriesDesk, seller: Seller
) -> None:
    product = finished(seller, "MX-1")
    desk.push(product)
    hurry()
    desk.stands("MX-1")["title"] = "Кружка с нашим логотипом"
    ProductContent.objects.update(title="Кружка белая, 350 мл")
    run = desk.plan(product)
    [row] = rows_of(run)
    assert row.state == PushState.HELD
    assert [problem["sentence"] for problem in row.problems] == [planning.CHANGED]
    assert row.stood["title"] == "Кружка с нашим логотипом"
    # A person looked at both and wants ours.
    assert planning.overwrite(row)
    desk.begin(run)
    run_ready()
    hurry()
    assert desk.stands("MX-1")["title"] == "Кружка белая, 350 мл"


def test_an_edit_between_the_check_and_the_sending_holds_the_card_back(
    desk: WildberriesDesk, seller: Seller
) -> None:
    desk.add(8, "MX-2")
    run = desk.plan(finished(seller, "MX-1"), finished(seller, "MX-2"))
    desk.stands("MX-1")["description"] = "Написано в кабинете"
    desk.begin(run)
    run_ready()
    assert [row.state for row in rows_of(run)] == [PushState.HELD, PushState.SENT]
    assert desk.stands("MX-1")["description"] == "Написано в кабинете"
    assert desk.stands("MX-2")["title"] == TITLE


def test_a_rejected_card_shows_the_marketplaces_words_at_the_field(
    desk: WildberriesDesk, seller: Seller
) -> None:
    desk.market.fails("reject", on=UPDATE)
    [row] = desk.push(finished(seller, "MX-1"))
    hurry()
    assert settled(row).state == PushState.REJECTED
    assert row.said == [
        {"field": "title", "words": "Поле Наименование содержит запрещенные слова", "name": ""}
    ]
    assert row.run.state == PushRunState.DONE


def test_words_of_an_earlier_refusal_are_not_taken_for_those_of_this_one(
    desk: WildberriesDesk, seller: Seller
) -> None:
    product = finished(seller, "MX-1")
    desk.market.fails("reject", on=UPDATE)
    desk.push(product)
    hurry()
    desk.market.fails("silent", on=UPDATE)
    [row] = desk.push(product)
    hurry()
    assert settled(row).state == PushState.SENT
    assert row.said == []


def test_a_change_that_never_appears_ends_in_doubt_and_in_words(
    desk: WildberriesDesk, seller: Seller
) -> None:
    desk.market.fails("silent", on=UPDATE)
    [row] = desk.push(finished(seller, "MX-1"))
    hurry(8)
    assert settled(row).state == PushState.DOUBT
    assert row.words
    assert row.run.state == PushRunState.DONE


@pytest.mark.parametrize("fault", ["lost", "broken", "garbage"])
def test_an_update_whose_end_nobody_saw_is_looked_up_and_not_sent_twice(
    desk: WildberriesDesk, seller: Seller, fault: str
) -> None:
    desk.market.fails(fault, on=UPDATE)
    [row] = desk.push(finished(seller, "MX-1"))
    assert settled(row).state == PushState.SENDING
    assert row.words
    hurry(4)
    assert settled(row).state == PushState.CONFIRMED
    assert len(desk.shelf.arrived) == 1


@pytest.mark.parametrize("fault", ["unavailable", "server_error", "cut"])
def test_an_update_that_never_arrived_is_sent_once_more(
    desk: WildberriesDesk, seller: Seller, fault: str
) -> None:
    desk.market.fails(fault, on=UPDATE)
    [row] = desk.push(finished(seller, "MX-1"))
    hurry(6)
    assert settled(row).state == PushState.CONFIRMED
    assert len(desk.shelf.arrived) == 1


# --- Killed ------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """As if the process were gone."""


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bool], None]:
    """The worker dies in its next request to a path, once: before it leaves, or after it arrived."""
    ask = wire.Wire.ask

    def run(path: str, after: bool) -> None:
        def dying(self: wire.Wire, method: str, url: str, **given: Any) -> Any:
            if path not in url:
                return ask(self, method, url, **given)
            monkeypatch.setattr(wire.Wire, "ask", ask)
            if after:
                ask(self, method, url, **given)
            raise Killed

        monkeypatch.setattr(wire.Wire, "ask", dying)
        with pytest.raises(Killed):
            run_ready()

    return run


def found_dead() -> None:
    """The lease of the dead worker's job has run out, and the sweeper found it."""
    Job.objects.filter(state="running").update(state="queued", owner="", lease_until=None)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    "path",
    ["/content/v2/get/cards/list", "/content/v2/cards/error/list", UPDATE],
    ids=["look", "mark", "update"],
)
def test_killed_at_any_request_the_card_arrives_once(
    desk: WildberriesDesk, seller: Seller, killed: Callable[[str, bool], None], path: str, after: bool
) -> None:
    run = desk.plan(finished(seller, "MX-1"))
    desk.begin(run)
    killed(path, after)
    found_dead()
    hurry(6)
    [row] = rows_of(run)
    assert row.state == PushState.CONFIRMED
    assert len(desk.shelf.arrived) == 1
    assert Effect.objects.get().state == "done"


def test_killed_after_the_update_and_edited_there_meanwhile_the_edit_stays(
    desk: WildberriesDesk, seller: Seller, killed: Callable[[str, bool], None]
) -> None:
    run = desk.plan(finished(seller, "MX-1"))
    desk.begin(run)
    killed(UPDATE, True)
    found_dead()
    desk.stands("MX-1")["title"] = "Кружка из кабинета"
    hurry(6)
    assert desk.stands("MX-1")["title"] == "Кружка из кабинета"
    [row] = rows_of(run)
    assert row.state == PushState.HELD
    assert len(desk.shelf.arrived) == 1


def test_killed_before_its_end_was_noted_it_is_noted_once(
    desk: WildberriesDesk, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = desk.plan(finished(seller, "MX-1"))
    desk.begin(run)
    with monkeypatch.context() as patched:
        patched.setattr(sending, "_note", lambda *given: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            run_ready()
    found_dead()
    hurry(3)
    [row] = rows_of(run)
    assert row.state == PushState.CONFIRMED
    assert len(desk.shelf.arrived) == 1


# --- Many --------------------------------------------------------------------------------------------------


def test_many_cards_leave_in_parcels_and_one_that_is_rejected_holds_up_none(
    desk: WildberriesDesk, seller: Seller
) -> None:
    products = []
    for number in range(25):
        desk.add(100 + number, f"P-{number}")
        products.append(finished(seller, f"P-{number}", title=f"Кружка номер {number}"))
    desk.stands("P-3")["characteristics"] = []  # it lacks what its subject asks for
    rows = desk.push(*products)
    hurry(2)
    states = {row.article: settled(row).state for row in rows}
    assert len(desk.market.asked(UPDATE)) == 2
    assert states.pop("P-3") == PushState.REJECTED
    assert set(states.values()) == {PushState.CONFIRMED}


def test_a_card_that_is_on_its_way_is_not_sent_by_another_push(desk: WildberriesDesk, seller: Seller) -> None:
    product = finished(seller, "MX-1")
    first, second = desk.plan(product), desk.plan(product)
    desk.begin(first)
    desk.begin(second)
    run_ready()
    assert [row.state for row in rows_of(second)] == [PushState.HELD]
    assert second.pushes.get().problems[-1]["sentence"] == planning.UNDER_WAY
    assert len(desk.shelf.arrived) == 1


def test_a_key_that_was_withdrawn_fails_in_words_and_changes_nothing(
    desk: WildberriesDesk, seller: Seller
) -> None:
    run = desk.plan(finished(seller, "MX-1"))
    desk.market.fails(always="unauthorized")
    desk.begin(run)
    run_ready()
    [row] = rows_of(run)
    assert row.state == PushState.FAILED
    assert "token" in row.words
    run.refresh_from_db()
    assert run.state == PushRunState.DONE
    desk.market.fails(always="")


def test_a_cancelled_push_keeps_back_what_has_not_left(desk: WildberriesDesk, seller: Seller) -> None:
    run = desk.plan(finished(seller, "MX-1"))
    desk.begin(run)
    assert sending.cancel(run) == 1
    run_ready()
    assert desk.shelf.arrived == []
    run.refresh_from_db()
    assert run.state == PushRunState.DONE


def test_a_push_whose_jobs_were_cancelled_is_closed_in_words(desk: WildberriesDesk, seller: Seller) -> None:
    run = desk.plan(finished(seller, "MX-1"))
    desk.begin(run)
    Job.objects.filter(kind=sending.SEND).update(state="cancelled")
    assert abandoned.close_abandoned() == 1
    [row] = rows_of(run)
    run.refresh_from_db()
    assert (row.state, run.state) == (PushState.FAILED, PushRunState.DONE)
    assert row.words
    assert desk.shelf.arrived == []


def test_a_look_that_was_lost_is_queued_again(desk: WildberriesDesk, seller: Seller) -> None:
    [row] = desk.push(finished(seller, "MX-1"))
    Job.objects.filter(kind=confirming.CONFIRM).update(state="cancelled")
    assert abandoned.close_abandoned() == 0
    hurry()
    assert settled(row).state == PushState.CONFIRMED


def test_a_parcel_in_doubt_whose_job_is_gone_stays_in_doubt(desk: WildberriesDesk, seller: Seller) -> None:
    desk.market.fails("lost", on=UPDATE)
    [row] = desk.push(finished(seller, "MX-1"))
    Job.objects.filter(kind=sending.SEND).update(state="cancelled")
    assert abandoned.close_abandoned() == 1
    assert settled(row).state == PushState.DOUBT


# --- The adapter -------------------------------------------------------------------------------------------


def test_whole_cards_go_back_as_they_were_read() -> None:
    from vitrina.channels.cards import AttributeWanted, CardWanted, Value

    whole = {
        "nmID": 7,
        "vendorCode": "MX-1",
        "title": "Кружка",
        "photos": [{"big": "https://x.example/1.jpg"}],
        "dimensions": {"length": 1, "isValid": True},
        "sizes": [{"chrtID": 70, "techSize": "0", "wbSize": "", "skus": ["2007"], "price": 1}],
        "characteristics": [
            {"id": MATERIAL, "name": "Материал", "value": ["Керамика"]},
            {"id": COLOUR, "name": "Цвет", "value": ["белый"]},
        ],
    }
    wanted = CardWanted(
        title="Кружка белая",
        attributes=(
            AttributeWanted(str(COLOUR), (Value("синий"),)),
            AttributeWanted("89064", (Value("350"),), is_number=True),
        ),
    )
    assert wildberries_push.changed(whole, wanted) == {
        "nmID": 7,
        "vendorCode": "MX-1",
        "title": "Кружка белая",
        "dimensions": {"length": 1},
        "sizes": [{"chrtID": 70, "techSize": "0", "wbSize": "", "skus": ["2007"]}],
        "characteristics": [
            {"id": MATERIAL, "value": ["Керамика"]},
            {"id": COLOUR, "value": ["синий"]},
            {"id": 89064, "value": 350},
        ],
    }


def test_a_platform_that_takes_no_cards_is_refused_in_words(desk: WildberriesDesk, seller: Seller) -> None:
    from vitrina.catalog.exporting import ExportOptions

    desk.connection.platform = "instagram"
    with pytest.raises(planning.CantPush):
        planning.plan(seller, desk.connection, options=ExportOptions())
    assert issubclass(planning.CantPush, ValueError)
    assert not issubclass(planning.CantPush, ChannelError)
