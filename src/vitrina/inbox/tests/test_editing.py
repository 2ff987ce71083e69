"""Another text in the place of an answer that stands: as often and as long as each marketplace takes it, and never over
words that the person didn't see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.servers import Marketplace

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.channels import connecting
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.ports import Abilities
from vitrina.inbox import editing, sending
from vitrina.inbox.editable import Why, editable
from vitrina.inbox.editing import queue_edit, standing_answer
from vitrina.inbox.jobs import enqueue_sync
from vitrina.inbox.models import InboxSettings, Interaction, Reply, ReplyState, Status
from vitrina.inbox.sending import NotSent
from vitrina.inbox.tests.test_marketplaces import CREDENTIALS, SIMULATED, hurry, talk
from vitrina.jobs.worker import run_ready
from vitrina.simulators.marketplace import Settings

FIRST = "Здравствуйте! Спасибо за отзыв, лампу проверим."
SECOND = "Здравствуйте! Спасибо за отзыв, лампу проверили: пришлите, пожалуйста, фото в чат."
THIRD = "Здравствуйте! Спасибо за отзыв, заявку видим в личном кабинете."
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)

Opens = Callable[[str, str], tuple[Interaction, Marketplace]]


@pytest.fixture
def answered(transactional_db: None, seller: Seller, alice: User, settings: object) -> Iterator[Opens]:
    """An interaction of a kind at a marketplace, with our answer FIRST standing there."""
    markets: list[Marketplace] = []

    def open_market(platform: str, kind: str) -> tuple[Interaction, Marketplace]:
        said = talk(kind, 1, text="Лампа не горит", **({"rating": 2} if kind == "review" else {}))
        market = Marketplace(SIMULATED[platform]([said], Settings(plan="premium_pro")))
        markets.append(market)
        settings.CHANNEL_URLS = {platform: market.url}  # type: ignore[attr-defined]
        InboxSettings.objects.create(seller=seller, delay_seconds=0, pregenerates=False)
        connection = connecting.connect(seller, PLATFORMS[platform], CREDENTIALS[platform], by=alice)
        run_ready()
        enqueue_sync(connection)
        run_ready()
        sending.queue(Interaction.objects.get(), FIRST, by=alice)
        run_ready()
        hurry()
        assert Reply.objects.get().state == ReplyState.CONFIRMED
        return Interaction.objects.get(), market

    yield open_market
    for market in markets:
        market.close()


def stands(market: Marketplace) -> list[tuple[str, int]]:
    """Texts of the shop's answers at the marketplace, and how often each was edited there."""
    [said] = market.state.talks.values()
    return [(reply.text, reply.edits) for reply in said.replies]


def why(row: Interaction) -> Why | None:
    standing = standing_answer(Interaction.objects.get(pk=row.pk))
    assert standing is not None
    return standing.editable.why


@pytest.mark.parametrize("kind", ["review", "question"])
def test_at_wildberries_an_answer_is_changed_once(answered: Opens, alice: User, kind: str) -> None:
    row, market = answered("wildberries", kind)
    assert editing.standing_answer(row).editable.left == 1  # type: ignore[union-attr]
    queue_edit(row, SECOND, stood=FIRST, by=alice)
    with pytest.raises(NotSent):  # one at a time, an answer or an edit
        queue_edit(row, THIRD, stood=FIRST, by=alice)
    run_ready()
    hurry()
    edit = Reply.objects.get(is_edit=True)
    assert (edit.state, edit.stood) == (ReplyState.CONFIRMED, FIRST)
    assert stands(market) == [(SECOND, 1)]
    row.refresh_from_db()
    assert (row.needs_response, row.status) == (False, Status.RESPONDED)
    assert why(row) is Why.SPENT
    with pytest.raises(NotSent):
        queue_edit(row, THIRD, stood=SECOND, by=alice)
    assert Reply.objects.count() == 2
    assert list(AuditEntry.objects.filter(action="inbox.edit").values_list("user", flat=True)) == [alice.pk]


def test_at_yandex_market_as_often_as_one_likes(answered: Opens, alice: User) -> None:
    row, market = answered("yandex_market", "review")
    for text, before in ((SECOND, FIRST), (THIRD, SECOND)):
        queue_edit(row, text, stood=before, by=alice)
        run_ready()
        hurry()
        row.refresh_from_db()
    assert stands(market) == [(THIRD, 2)]
    assert why(row) is None


def test_at_ozon_never(answered: Opens, alice: User) -> None:
    row, market = answered("ozon", "review")
    assert why(row) is Why.NEVER
    with pytest.raises(NotSent):
        queue_edit(row, SECOND, stood=FIRST, by=alice)
    assert stands(market) == [(FIRST, 0)]


def test_after_its_time_it_stays_as_it_is(answered: Opens, alice: User) -> None:
    row, market = answered("wildberries", "review")
    Reply.objects.update(sent_at=timezone.now() - timedelta(days=61))
    assert why(row) is Why.LATE
    with pytest.raises(NotSent):
        queue_edit(row, SECOND, stood=FIRST, by=alice)
    assert stands(market) == [(FIRST, 0)]


def test_the_marketplaces_own_clock_has_the_last_word(answered: Opens, alice: User) -> None:
    """It takes a late edit without a word and drops it: so it is asked first."""
    row, market = answered("wildberries", "review")
    market.state.talks["review:1"].replies[0].at -= timedelta(days=61)
    edit = queue_edit(row, SECOND, stood=FIRST, by=alice)
    run_ready()
    edit.refresh_from_db()
    row.refresh_from_db()
    assert (edit.state, edit.text, bool(edit.words)) == (ReplyState.FAILED, SECOND, True)
    assert (row.needs_response, row.status) == (False, Status.RESPONDED)  # the first one stands
    assert stands(market) == [(FIRST, 0)]
    assert not [one for one in market.asked("/api/v1/feedbacks/answer") if one.method == "PATCH"]


def test_what_was_changed_in_the_cabinet_is_not_written_over(answered: Opens, alice: User) -> None:
    row, market = answered("yandex_market", "review")
    market.state.talks["review:1"].replies[0].text = "Написано в кабинете"
    edit = queue_edit(row, SECOND, stood=FIRST, by=alice)
    run_ready()
    edit.refresh_from_db()
    assert edit.state == ReplyState.FAILED
    assert stands(market) == [("Написано в кабинете", 0)]
    market.state.talks["review:1"].pictures += 1
    enqueue_sync(row.connection)  # type: ignore[arg-type]
    run_ready()
    row.refresh_from_db()
    with pytest.raises(NotSent):
        queue_edit(row, SECOND, stood=FIRST, by=alice)
    queue_edit(row, SECOND, stood="Написано в кабинете", by=alice)
    run_ready()
    assert stands(market) == [(SECOND, 1)]


@pytest.mark.parametrize("fault", ["lost", "broken"])
def test_an_edit_whose_end_nobody_saw_is_looked_up(answered: Opens, alice: User, fault: str) -> None:
    row, market = answered("wildberries", "question")
    # The look before the edit goes well, the edit itself arrives and its answer doesn't.
    market.fails("ok", fault, on="/api/v1/question")
    edit = queue_edit(row, SECOND, stood=FIRST, by=alice)
    run_ready()
    hurry()
    hurry()
    edit.refresh_from_db()
    assert edit.state in (ReplyState.SENT, ReplyState.CONFIRMED)
    assert stands(market) == [(SECOND, 1)]


def test_a_person_edits_on_the_page(answered: Opens, alice: User, client: Client) -> None:
    row, market = answered("wildberries", "review")
    client.force_login(alice)
    page = client.get(f"/inbox/{row.pk}/").content.decode()
    assert f'href="/inbox/{row.pk}/?edit=1' in page
    assert "data-edit-text" not in page
    page = client.get(f"/inbox/{row.pk}/?edit=1").content.decode()
    assert f"{FIRST}</textarea>" in page
    assert "осталась 1 правка" in page
    asked = client.post(f"/inbox/{row.pk}/check", {"text": SECOND, "stood": FIRST}).content.decode()
    assert "<ins>" in asked
    assert "finding" not in asked
    blocked = client.post(f"/inbox/{row.pk}/editing", {"text": "Пишите @lavka", "stood": FIRST})
    assert (blocked.status_code, "Пишите @lavka</textarea>" in blocked.content.decode()) == (422, True)
    assert client.post(f"/inbox/{row.pk}/editing", {"text": SECOND, "stood": FIRST}).status_code == 302
    run_ready()
    hurry()
    assert stands(market) == [(SECOND, 1)]
    page = client.get(f"/inbox/{row.pk}/?edit=1").content.decode()
    assert "data-edit-text" not in page
    assert "столько раз, сколько" in page


@given(
    edits=st.integers(0, 3),
    allowed=st.none() | st.integers(0, 3),
    days=st.none() | st.integers(1, 90),
    sent=st.none() | st.integers(0, 120),
    says=st.none() | st.booleans(),
    is_moderated=st.booleans(),
)
def test_what_may_be_edited_has_edits_left_and_time(
    edits: int, allowed: int | None, days: int | None, sent: int | None, says: bool | None, is_moderated: bool
) -> None:
    limits = Abilities(2, 1000, edits=allowed, edits_within=timedelta(days=days) if days else None)
    sent_at = None if sent is None else NOON - timedelta(days=sent)
    found = editable(limits, edits=edits, sent_at=sent_at, says=says, is_moderated=is_moderated, now=NOON)
    is_left = allowed is None or edits < allowed
    is_late = days is not None and sent is not None and sent >= days
    assert (found.why is None) == (is_left and not is_late and says is not False and not is_moderated)
    assert (found.left is None) == (allowed is None)
