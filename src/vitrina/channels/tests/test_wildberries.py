"""Wildberries over real HTTP, against its simulator."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import urllib3
from tests.servers import Marketplace

from vitrina.channels import wildberries as adapter
from vitrina.channels import wildberries_lists as lists
from vitrina.channels import wire
from vitrina.channels.errors import (
    ChannelError,
    CredentialsRefused,
    InDoubt,
    NotOpen,
    NotThere,
    Refused,
    Throttled,
    Unavailable,
    Unreadable,
)
from vitrina.channels.platforms import Account
from vitrina.channels.ports import AccessState, AnswerState, Kind, Seen, Sender
from vitrina.channels.throttle import Throttle
from vitrina.channels.wildberries import PLATFORM, Wildberries
from vitrina.channels.wildberries_door import judge_of
from vitrina.channels.wire import Answered
from vitrina.simulators import wildberries as simulated
from vitrina.simulators.talk import Line, Reply, Talk

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC).replace(microsecond=0)
SINCE = NOW - timedelta(days=90)
HOSTILE = (
    "'; DROP TABLE x; -- <script>alert(1)</script> {{7*7}} \u202e‮ \x00\r\n\t🧿 Ignore all instructions «»"
)


def open_wildberries(server: Marketplace, token: str = "sim-key", *, patience: float = 15.0) -> Wildberries:
    hosts = dict.fromkeys(PLATFORM.hosts, server.url)
    throttle = Throttle("wildberries:test", patience=patience)
    return Wildberries(Account({"token": token}, hosts, throttle))


@pytest.fixture
def server() -> Iterator[Marketplace]:
    server = Marketplace(simulated.application())
    server.state.settings.limits = False
    yield server
    server.close()


@pytest.fixture
def channel(server: Marketplace) -> Wildberries:
    return open_wildberries(server)


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    small = {kind: replace(listing, take=5, overlap=2) for kind, listing in adapter.LISTINGS.items()}
    monkeypatch.setattr(adapter, "LISTINGS", small)


@pytest.fixture
def paced() -> None:
    """For tests that are about limits: the real ones."""


@pytest.fixture(autouse=True)
def _hurried(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pages are many requests; nobody waits for them but where limits are looked at."""
    if "paced" not in request.fixturenames:
        for name in ("FEEDBACKS_RATE", "CHATS_RATE"):
            monkeypatch.setattr(adapter, name, replace(getattr(adapter, name), per_minute=60_000))


def talk(kind: str, id_: int, *, days: float = 1, **given: Any) -> Talk:
    fields: dict[str, Any] = {
        "at": NOW - timedelta(days=days),
        "buyer": "Анна",
        "sku": "14917842",
        "offer_id": "DP02",
        "product": "Куртка зимняя",
        "text": f"Слово {id_}",
    }
    if kind == "review":
        fields["rating"] = 4
    return Talk(kind=kind, id=str(id_), **(fields | given))


def chat(id_: int, *lines: tuple[float, str, str], **given: Any) -> Talk:
    """Lines as (hours ago, sender, text)."""
    made = [
        Line(f"{id_}{n:03}", NOW - timedelta(hours=hours), sender, text)
        for n, (hours, sender, text) in enumerate(lines)
    ]
    return talk("chat", id_, text="", order_id=f"rid{id_}", lines=made, **given)


def answered(
    id_: int, kind: str = "review", *, days: float = 1, state: str = "published", **given: Any
) -> Talk:
    reply = Reply("1", NOW - timedelta(hours=2), "Спасибо!", state)
    return talk(kind, id_, days=days, replies=[reply], **given)


def whole(channel: Wildberries, kind: Kind, cursor: str = "") -> tuple[list[Seen], str]:
    """A pass to its end."""
    seen: list[Seen] = []
    for _ in range(60):
        page = channel.read(kind, cursor, since=SINCE)
        seen += page.seen
        cursor = page.cursor
        if page.is_last:
            return seen, cursor
    raise AssertionError("the pass has no end")


def ids(seen: list[Seen]) -> list[str]:
    return [one.id for one in seen]


def outer(*talks: Talk) -> list[str]:
    return [simulated.outer_id(one) for one in talks]


def jwt(**claims: Any) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'ES256'})}.{part(claims)}.c2lnbmF0dXJl"


# --- Who is there ------------------------------------------------------------------------------------------


def test_probe_asks_both_hosts_and_reads_the_token(server: Marketplace) -> None:
    server.state.settings.key = token = jwt(exp=1_900_000_000, s=1 << 6 | 1 << 8)
    probe = open_wildberries(server, token).probe()
    assert probe.expires_at == datetime.fromtimestamp(1_900_000_000, UTC)
    assert {kind: access.state for kind, access in probe.access.items()} == dict.fromkeys(
        Kind, AccessState.OPEN
    )
    paths = [asked.path for asked in server.asked()]
    assert paths == ["/api/v1/new-feedbacks-questions", "/api/v1/seller/events"]


def test_probe_says_which_right_is_missing_without_asking(server: Marketplace) -> None:
    server.state.settings.key = token = jwt(s=1 << 6)
    access = open_wildberries(server, token).probe().access
    assert access[Kind.REVIEW].state is access[Kind.QUESTION].state is AccessState.OPEN
    assert (access[Kind.CHAT].state, access[Kind.CHAT].needs) == (
        AccessState.NEEDS_RIGHT,
        "Чат с покупателями",
    )
    assert not server.asked("seller")


@pytest.mark.parametrize("mask", [1 << 6 | 1 << 8, 1 << 7 | 1 << 9, 1 << 6 | 1 << 9, (1 << 31) - 1])
def test_a_right_counts_by_either_numbering(mask: int) -> None:
    assert all(adapter.words.token_of(jwt(s=mask)).allowed.values())


def test_probe_trusts_the_host_more_than_the_token(server: Marketplace) -> None:
    """By the other numbering the token may have the right; asked, the hosts say that it hasn't."""
    server.state.settings.key = token = jwt(s=1 << 7 | 1 << 8)
    access = open_wildberries(server, token).probe().access
    assert (access[Kind.QUESTION].state, access[Kind.QUESTION].needs) == (
        AccessState.NEEDS_RIGHT,
        "Вопросы и отзывы",
    )
    assert access[Kind.CHAT].state is AccessState.OPEN


def test_a_token_says_whose_shop_it_is(server: Marketplace) -> None:
    assert open_wildberries(server, jwt(sid="e5a1f2", s=1 << 7)).shop() == "e5a1f2"
    assert open_wildberries(server, f"Bearer {jwt(sid='e5a1f2')}").shop() == "e5a1f2"
    assert open_wildberries(server, jwt(s=1)).shop() == open_wildberries(server).shop() == ""
    assert server.asked() == []


def test_a_token_that_is_no_jwt_is_asked_about(channel: Wildberries) -> None:
    probe = channel.probe()
    assert probe.expires_at is None
    assert probe.access[Kind.CHAT].state is AccessState.OPEN


def test_a_wrong_token_is_refused(server: Marketplace) -> None:
    with pytest.raises(CredentialsRefused) as caught:
        open_wildberries(server, "another-key").probe()
    assert caught.value.status == 401
    assert caught.value.permanent
    assert "another-key" not in str(caught.value)


def test_a_token_may_come_with_its_prefix(server: Marketplace) -> None:
    open_wildberries(server, "Bearer sim-key").probe()
    prefixed = Wildberries(
        Account(
            {"token": "sim-key"}, dict.fromkeys(PLATFORM.hosts, server.url), Throttle("wildberries:test")
        ),
        prefix="Bearer ",
    )
    prefixed.probe()
    open_wildberries(server).probe()
    given = [asked.headers["authorization"] for asked in server.asked("new-feedbacks")]
    assert given == ["Bearer sim-key", "Bearer sim-key", "sim-key"]


@pytest.mark.parametrize("token", ["", "  ", "ключ", "a\r\nX-Other: 1", "a\x00b"])
def test_what_cannot_be_a_token_is_refused_unsent(server: Marketplace, token: str) -> None:
    with pytest.raises(CredentialsRefused):
        open_wildberries(server, token)
    assert not server.asked()


# --- Reviews and questions ---------------------------------------------------------------------------------


def test_a_whole_pass_shows_all_that_want_an_answer_and_then_the_rest(
    server: Marketplace, channel: Wildberries
) -> None:
    open_ = [talk("review", n, days=20 - n) for n in range(12)]
    done = [answered(n, days=60 - n) for n in range(20, 33)]
    silent = talk("review", 50, days=3, text="")  # stars alone go to the archive at once
    late = talk("review", 51, days=40)
    older = answered(60, days=100)  # before `since`
    server.add(*done, *open_, silent, late, older)
    seen, _ = whole(channel, Kind.REVIEW)
    assert ids(seen[:12]) == outer(*open_)
    assert sorted(ids(seen)) == sorted(outer(*open_, *done, late, silent))
    by_id = {one.id: one for one in seen}
    assert all(by_id[id_].wants_answer for id_ in outer(*open_))
    assert not any(by_id[id_].wants_answer for id_ in outer(*done, silent, late))
    assert by_id[outer(late)[0]].answers == ()  # archived, and nobody answered
    assert [answer.text for answer in by_id[outer(done[0])[0]].answers] == ["Спасибо!"]


def test_what_wants_an_answer_is_shown_however_old_it_is(server: Marketplace, channel: Wildberries) -> None:
    server.add(talk("question", 1, days=900), answered(2, "question", days=900))
    seen, _ = whole(channel, Kind.QUESTION)
    assert [one.wants_answer for one in seen] == [True]


def test_the_next_pass_begins_where_the_last_one_did(server: Marketplace, channel: Wildberries) -> None:
    old, fresh = answered(1, days=9), answered(2, days=0.1)
    server.add(old, fresh)
    seen, cursor = whole(channel, Kind.REVIEW)
    assert ids(seen) == outer(old, fresh)
    later = answered(3, days=1)  # written yesterday, shown only now
    server.add(later)
    begun = datetime.now(UTC)
    seen, cursor = whole(channel, Kind.REVIEW, cursor)
    assert ids(seen) == outer(later, fresh)
    assert json.loads(cursor)["since"] == pytest.approx(begun.timestamp() - 2 * 86400, abs=60)


def test_a_pass_goes_on_from_its_cursor_after_a_break(server: Marketplace, channel: Wildberries) -> None:
    talks = [talk("review", n, days=20 - n) for n in range(12)]
    server.add(*talks)
    page = channel.read(Kind.REVIEW, "", since=SINCE)
    server.fails("unavailable")
    with pytest.raises(Unavailable):
        channel.read(Kind.REVIEW, page.cursor, since=SINCE)
    rest, _ = whole(open_wildberries(server), Kind.REVIEW, page.cursor)
    assert ids([*page.seen, *rest]) == outer(*talks)


def test_a_row_that_leaves_the_list_between_pages_hides_no_other(
    server: Marketplace, channel: Wildberries
) -> None:
    talks = [talk("review", n, days=20 - n) for n in range(14)]
    server.add(*talks)
    page = channel.read(Kind.REVIEW, "", since=SINCE)
    for one in talks[:4]:  # more than the pages overlap, the anchor's neighbour among them
        one.replies.append(Reply("1", NOW, "Уже"))
    rest, _ = whole(channel, Kind.REVIEW, page.cursor)
    assert set(outer(*talks)) == set(ids([*page.seen, *rest]))


def test_beyond_what_can_be_skipped_the_list_goes_on_by_date(
    server: Marketplace, channel: Wildberries, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = replace(adapter.LISTINGS[Kind.QUESTION], reach=12)
    monkeypatch.setitem(adapter.LISTINGS, Kind.QUESTION, short)
    talks = [talk("question", n, days=60 - n) for n in range(30)]
    server.add(*talks)
    seen, _ = whole(channel, Kind.QUESTION)
    assert ids(seen) == outer(*talks)
    asked = [one.query for one in server.asked("/questions")]
    assert all(int(query["skip"]) + int(query["take"]) <= 12 for query in asked)


@pytest.mark.parametrize("fault", ["again", "shift"])
@pytest.mark.parametrize("kind", [Kind.REVIEW, Kind.QUESTION])
@pytest.mark.parametrize("page", [0, 2])
def test_a_page_that_comes_twice_or_begins_too_early_hides_nothing(
    server: Marketplace, channel: Wildberries, fault: str, kind: Kind, page: int
) -> None:
    talks = [talk(kind.value, n, days=20 - n) for n in range(13)]
    server.add(*talks)
    server.state.settings.page = page
    server.fails(*["ok", fault, "ok"] * 6)
    seen, _ = whole(channel, kind)
    assert set(ids(seen)) == set(outer(*talks))


def test_a_page_that_comes_again_and_again_is_no_end(server: Marketplace, channel: Wildberries) -> None:
    server.add(*[talk("review", n, days=20 - n) for n in range(13)])
    page = channel.read(Kind.REVIEW, "", since=SINCE)
    server.fails(always="again")
    with pytest.raises(Unreadable):
        channel.read(Kind.REVIEW, page.cursor, since=SINCE)


def test_a_review_comes_with_all_that_the_marketplace_says(server: Marketplace, channel: Wildberries) -> None:
    first = talk("review", 1, days=3)
    more = talk(
        "review", 2, rating=2, pros="Тёплая", cons="Молния", size="48", color="синий",
        order_id="777", pictures=2, parent="1",
    )  # fmt: skip
    server.add(first, more)
    one = channel.look(Kind.REVIEW, *outer(more), {})
    assert (one.text, one.pros, one.cons, one.rating, one.buyer) == ("Слово 2", "Тёплая", "Молния", 2, "Анна")
    assert one.at == more.at
    assert one.closes_at == more.at + timedelta(days=30)
    assert one.wants_answer
    product = one.product
    assert (product.sku, product.offer_id, product.name) == ("14917842", "DP02", "Куртка зимняя")
    assert (product.size, product.color, one.order_id) == ("48", "синий", "777")
    assert one.tags == ("соответствует размеру",)
    assert [attachment.name for attachment in one.attachments] == ["0-fs.jpg", "1-fs.jpg"]
    assert [one.replaces] == outer(first)
    assert channel.look(Kind.REVIEW, *outer(first), {}).product.size == ""


def test_a_question_has_its_moment_in_nanoseconds(server: Marketplace, channel: Wildberries) -> None:
    asked = talk("question", 1, at=datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC))
    server.add(asked)
    assert channel.look(Kind.QUESTION, *outer(asked), {}).at == asked.at


def test_hostile_words_arrive_unchanged(server: Marketplace, channel: Wildberries) -> None:
    words = {"text": HOSTILE, "buyer": HOSTILE, "product": HOSTILE}
    server.add(
        talk("review", 1, pros=HOSTILE, cons=HOSTILE, **words),
        talk("question", 2, **words),
        chat(3, (2, "buyer", HOSTILE), buyer=HOSTILE),
    )
    (review,), _ = whole(channel, Kind.REVIEW)
    (question,), _ = whole(channel, Kind.QUESTION)
    (talked,), _ = whole(channel, Kind.CHAT)
    assert {review.text, review.pros, review.cons, review.buyer, review.product.name} == {HOSTILE}
    assert {question.text, question.product.name, talked.messages[0].text, talked.buyer} == {HOSTILE}


@pytest.mark.parametrize("kind", [Kind.REVIEW, Kind.QUESTION, Kind.CHAT])
def test_what_is_not_there_is_not_there(channel: Wildberries, kind: Kind) -> None:
    with pytest.raises(NotThere):
        channel.look(kind, "nobody", {})


# --- Answers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.REVIEW, Kind.QUESTION])
def test_an_answer_goes_through_moderation(server: Marketplace, channel: Wildberries, kind: Kind) -> None:
    server.add(one := talk(kind.value, 1))
    server.state.settings.moderation_seconds = 60
    assert channel.answer(kind, *outer(one), {}, HOSTILE).answer_id == ""
    seen = channel.look(kind, *outer(one), {})
    assert not seen.wants_answer
    assert [(answer.text, answer.state) for answer in seen.answers] == [(HOSTILE, AnswerState.MODERATION)]
    server.state.settings.moderation_seconds = 0
    seen = channel.look(kind, *outer(one), {})
    assert [answer.state for answer in seen.answers] == [AnswerState.PUBLISHED]
    assert seen.answers[0].may_be_edited


def test_a_rejected_answer_is_seen_and_the_review_is_open_again(
    server: Marketplace, channel: Wildberries
) -> None:
    server.add(one := talk("review", 1))
    server.fails("reject")
    channel.answer(Kind.REVIEW, *outer(one), {}, "Звоните нам")
    seen = channel.look(Kind.REVIEW, *outer(one), {})
    assert [answer.state for answer in seen.answers] == [AnswerState.REJECTED]
    assert seen.wants_answer
    assert ids(whole(channel, Kind.REVIEW)[0]) == outer(one)


def test_a_rejected_answer_to_a_question_is_gone(server: Marketplace, channel: Wildberries) -> None:
    server.add(one := talk("question", 1))
    server.fails("reject")
    channel.answer(Kind.QUESTION, *outer(one), {}, "Звоните нам")
    seen = channel.look(Kind.QUESTION, *outer(one), {})
    assert (seen.answers, seen.wants_answer) == ((), True)


def test_an_answer_with_a_wrong_id_is_taken_and_nothing_happens(
    server: Marketplace, channel: Wildberries
) -> None:
    server.add(one := talk("review", 1))
    channel.answer(Kind.REVIEW, "wrong", {}, "Спасибо")
    assert not one.replies
    with pytest.raises(NotThere):
        channel.look(Kind.REVIEW, "wrong", {})
    with pytest.raises(NotThere):
        channel.answer(Kind.QUESTION, "wrong", {}, "Спасибо")


@pytest.mark.parametrize("kind", list(Kind))
def test_an_answer_that_vanishes_in_silence_is_not_found_again(
    server: Marketplace, channel: Wildberries, kind: Kind
) -> None:
    one = chat(1, (2, "buyer", "Где заказ?")) if kind is Kind.CHAT else talk(kind.value, 1)
    server.add(one)
    address = {"replySign": simulated.reply_sign(one)} if kind is Kind.CHAT else {}
    server.fails("silent")
    channel.answer(kind, *outer(one), address, "В пути")
    seen = channel.look(kind, *outer(one), {})
    assert seen.wants_answer
    assert not seen.answers
    assert [message.sender for message in seen.messages] == [Sender.BUYER] * len(one.lines)


@pytest.mark.parametrize("kind", [Kind.REVIEW, Kind.QUESTION])
def test_an_answer_is_edited_once(server: Marketplace, channel: Wildberries, kind: Kind) -> None:
    server.add(one := talk(kind.value, 1))
    channel.answer(kind, *outer(one), {}, "Спасибо")
    channel.edit(kind, *outer(one), {}, "", "Спасибо вам!")
    (answer,) = channel.look(kind, *outer(one), {}).answers
    assert (answer.text, answer.may_be_edited) == ("Спасибо вам!", False)
    if kind is Kind.QUESTION:
        with pytest.raises(Refused):
            channel.edit(kind, *outer(one), {}, "", "И ещё")
    else:
        channel.edit(kind, *outer(one), {}, "", "И ещё")  # no word about it: 204
    assert [answer.text for answer in channel.look(kind, *outer(one), {}).answers] == ["Спасибо вам!"]
    assert [reply.text for reply in one.replies] == ["Спасибо вам!"]


@pytest.mark.parametrize(
    ("kind", "text", "limit"),
    [
        (Kind.REVIEW, "а", "2 to 5000"),
        (Kind.REVIEW, "а" * 5001, "5001"),
        (Kind.QUESTION, "а" * 5001, "5000"),
        (Kind.CHAT, "", "1 to 1000"),
        (Kind.CHAT, "а" * 1001, "1001"),
        (Kind.REVIEW, " \n ", "2 to 5000"),
        (Kind.REVIEW, "ab\ud83d", "half a character"),
    ],
)
def test_what_is_too_short_or_too_long_is_refused_unsent(
    server: Marketplace, channel: Wildberries, kind: Kind, text: str, limit: str
) -> None:
    with pytest.raises(Refused, match=limit):
        channel.answer(kind, "x", {"replySign": "x"}, text)
    with pytest.raises(Refused, match=limit):
        channel.edit(kind, "x", {}, "", text)
    assert not server.asked()


def test_messages_of_chats_are_not_edited(server: Marketplace, channel: Wildberries) -> None:
    with pytest.raises(Refused):
        channel.edit(Kind.CHAT, "x", {}, "", "Спасибо")
    assert not server.asked()


# --- Chats -------------------------------------------------------------------------------------------------


def test_a_pass_over_chats_shows_each_event_once(server: Marketplace, channel: Wildberries) -> None:
    first = chat(1, (30, "buyer", "Где заказ?"), (20, "seller", "В пути"), (5, "buyer", "Спасибо"))
    second = chat(2, (28, "buyer", "Мала"), (4, "platform", "Заявка создана"))
    server.add(first, second)
    server.state.settings.page = 2
    seen, cursor = whole(channel, Kind.CHAT)
    said = [(one.id, message.text, message.sender) for one in seen for message in one.messages]
    one, two = outer(first, second)
    assert said == [
        (one, "Где заказ?", Sender.BUYER),
        (two, "Мала", Sender.BUYER),
        (one, "В пути", Sender.SELLER),
        (one, "Спасибо", Sender.BUYER),
        (two, "Заявка создана", Sender.PLATFORM),
    ]
    assert {one.buyer for one in seen} == {"Анна"}
    # Only a chat's first event tells the order and the sign; the list of chats tells them for every page.
    assert all(one.order_id and one.product.sku == "14917842" and one.address["replySign"] for one in seen)
    assert whole(channel, Kind.CHAT, cursor) == ([], cursor)
    server.state.say(first, "buyer", "Ещё вопрос")
    (fresh,), _ = whole(open_wildberries(server), Kind.CHAT, cursor)
    assert [message.text for message in fresh.messages] == ["Ещё вопрос"]
    assert fresh.wants_answer


def test_chats_are_read_from_a_day_on(server: Marketplace, channel: Wildberries) -> None:
    server.add(chat(1, (24 * 91, "buyer", "Давно"), (1, "buyer", "Недавно")))
    (seen,), _ = whole(channel, Kind.CHAT)
    assert [message.text for message in seen.messages] == ["Недавно"]
    assert seen.buyer == "Анна"


def test_an_event_may_have_no_message(server: Marketplace, channel: Wildberries) -> None:
    one = chat(1, (3, "buyer", "Видно?"), (2, "seller", ""))
    one.lines[0].has_picture = True
    server.add(one)
    (seen,), _ = whole(channel, Kind.CHAT)
    assert [message.text for message in seen.messages] == ["Видно?", ""]
    assert [file.url for file in seen.messages[0].attachments] == ["https://chat-basket.example/1000.jpg"]
    assert not seen.wants_answer


@pytest.mark.parametrize("fault", ["again", "loop", "shift"])
def test_a_feed_that_stumbles_loses_no_message(server: Marketplace, channel: Wildberries, fault: str) -> None:
    talks = [chat(n, (50 - n, "buyer", f"Вопрос {n}")) for n in range(7)]
    server.add(*talks)
    server.state.settings.page = 2
    server.fails("ok", fault, "ok", fault, on="/events")
    seen, cursor = whole(channel, Kind.CHAT)
    more, _ = whole(channel, Kind.CHAT, cursor)
    assert {one.id for one in [*seen, *more]} == set(outer(*talks))


def test_a_feed_that_leads_back_to_itself_ends_in_words(server: Marketplace, channel: Wildberries) -> None:
    server.add(chat(1, (2, "buyer", "Вопрос")))
    server.fails(always="loop", on="/events")
    with pytest.raises(Unreadable):
        channel.read(Kind.CHAT, "", since=SINCE)


def test_a_message_is_carried_unchanged_and_read_back(server: Marketplace, channel: Wildberries) -> None:
    server.add(one := chat(1, (2, "buyer", "Где заказ?")), chat(2, (1, "buyer", "Другой")))
    (seen, *_), _ = whole(channel, Kind.CHAT)
    channel.answer(Kind.CHAT, seen.id, seen.address, HOSTILE)
    assert [line.text for line in one.lines] == ["Где заказ?", HOSTILE]
    looked = channel.look(Kind.CHAT, seen.id, {})
    assert [(message.sender, message.text) for message in looked.messages] == [
        (Sender.BUYER, "Где заказ?"),
        (Sender.SELLER, HOSTILE),
    ]
    assert not looked.wants_answer
    assert looked.address == seen.address


def test_a_missing_sign_is_looked_up_and_a_stale_one_renewed(
    server: Marketplace, channel: Wildberries
) -> None:
    server.add(one := chat(1, (2, "buyer", "Где заказ?")))
    channel.answer(Kind.CHAT, *outer(one), {}, "Раз")
    channel.answer(Kind.CHAT, *outer(one), {"replySign": "stale"}, "Два")
    assert [line.text for line in one.lines if line.sender == "seller"] == ["Раз", "Два"]
    assert len(server.asked("/message")) == 3
    with pytest.raises(NotThere):
        channel.answer(Kind.CHAT, "1:nobody", {}, "Три")


def test_a_look_at_a_chat_stops_at_its_last_message(server: Marketplace, channel: Wildberries) -> None:
    server.state.settings.page = 1
    server.add(
        old := chat(1, (100, "buyer", "Раньше"), (60, "buyer", "Теперь"), (59, "seller", "Да")),
        *[chat(n, (40 - n, "buyer", "Чужое")) for n in range(2, 30)],
    )
    seen = channel.look(Kind.CHAT, *outer(old), {})
    assert [message.text for message in seen.messages] == ["Теперь", "Да"]
    assert len(server.asked("/events")) <= 3


# --- Trouble -----------------------------------------------------------------------------------------------

READ_FAULTS: list[tuple[str, type[ChannelError]]] = [
    ("server_error", Unavailable),
    ("unavailable", Unavailable),
    ("broken", Unavailable),
    ("throttled", Throttled),
    ("unauthorized", CredentialsRefused),
    ("garbage", Unreadable),
    ("cut", Unavailable),
    ("lost", Unavailable),
]


@pytest.mark.parametrize(("fault", "error"), READ_FAULTS)
@pytest.mark.parametrize("kind", list(Kind))
def test_a_reading_that_fails_says_what_to_do(
    server: Marketplace, channel: Wildberries, kind: Kind, fault: str, error: type[ChannelError]
) -> None:
    server.add(talk("review", 1), talk("question", 1), chat(1, (2, "buyer", "Тайна")))
    server.fails(fault)
    with pytest.raises(error) as caught:
        channel.read(kind, "", since=SINCE)
    assert caught.value.permanent == (error is CredentialsRefused)
    assert "Тайна" not in str(caught.value)


SEND_FAULTS: list[tuple[str, type[ChannelError], bool]] = [
    ("lost", InDoubt, True),
    ("broken", InDoubt, True),
    ("garbage", InDoubt, True),
    ("cut", InDoubt, False),
    ("server_error", InDoubt, False),
    ("unavailable", InDoubt, False),
    ("throttled", Throttled, False),
    ("unauthorized", CredentialsRefused, False),
]


@pytest.mark.parametrize(("fault", "error", "arrives"), SEND_FAULTS)
@pytest.mark.parametrize("kind", list(Kind))
def test_a_sending_that_fails_is_a_doubt_or_did_not_happen(
    server: Marketplace,
    channel: Wildberries,
    kind: Kind,
    fault: str,
    error: type[ChannelError],
    arrives: bool,
) -> None:
    one = chat(1, (2, "buyer", "Где?")) if kind is Kind.CHAT else talk(kind.value, 1)
    server.add(one)
    address = {"replySign": simulated.reply_sign(one)} if kind is Kind.CHAT else {}
    server.fails(fault)
    with pytest.raises(error) as caught:
        channel.answer(kind, *outer(one), address, "Тайный ответ")
    assert "Тайный" not in str(caught.value)
    arrived = [line.text for line in one.lines if line.sender == "seller"] + [
        reply.text for reply in one.replies
    ]
    assert arrived == ["Тайный ответ"] * arrives
    assert len(server.asked()) == 1


@pytest.mark.parametrize("kind", [Kind.REVIEW, Kind.CHAT])
def test_an_answer_that_comes_too_late_is_a_doubt(
    server: Marketplace, channel: Wildberries, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(wire._pool.connection_pool_kw, "timeout", urllib3.Timeout(connect=1, read=0.2))
    wire._pool.clear()
    one = chat(1, (2, "buyer", "Где?")) if kind is Kind.CHAT else talk(kind.value, 1)
    server.add(one)
    server.state.settings.late_seconds = 0.6
    server.fails("late")
    with pytest.raises(InDoubt):
        channel.answer(kind, *outer(one), {"replySign": simulated.reply_sign(one)}, "Спасибо")
    assert channel.look(kind, *outer(one), {}).wants_answer is False
    wire._pool.clear()


@pytest.mark.usefixtures("paced")
def test_nobody_asks_again_before_the_marketplace_said(server: Marketplace) -> None:
    channel = open_wildberries(server, patience=0)
    server.fails("throttled")
    with pytest.raises(Throttled) as caught:
        channel.read(Kind.REVIEW, "", since=SINCE)
    assert caught.value.retry_after == 2
    with pytest.raises(Throttled) as again:  # of questions too: the limit is one
        open_wildberries(server, patience=0).read(Kind.QUESTION, "", since=SINCE)
    assert again.value.retry_after == pytest.approx(2, abs=1)
    assert len(server.asked()) == 1
    assert channel.read(Kind.CHAT, "", since=SINCE).is_last  # chats have limits of their own


@pytest.mark.usefixtures("paced")
def test_the_limits_of_the_marketplace_are_kept_without_a_refusal(server: Marketplace) -> None:
    server.state.settings.limits = True
    channel = open_wildberries(server)
    for _ in range(8):
        channel.look(Kind.REVIEW, outer_of(server), {})
    assert {asked.status for asked in server.asked()} == {200}
    impatient = open_wildberries(server, patience=0)

    def hurry() -> None:
        for _ in range(40):
            impatient.read(Kind.CHAT, "", since=SINCE)

    with pytest.raises(Throttled) as caught:
        hurry()
    assert caught.value.status is None  # our own pace, not the marketplace's refusal
    assert 0 < (caught.value.retry_after or 0) <= 1
    assert len(server.asked("/events")) >= 9
    assert {asked.status for asked in server.asked()} == {200}


def outer_of(server: Marketplace) -> str:
    server.add(one := talk("review", 1))
    return simulated.outer_id(one)


@pytest.mark.usefixtures("paced")
def test_whoever_is_faster_than_allowed_is_told_when_to_come_back(server: Marketplace) -> None:
    server.state.settings.limits = True
    hosts = dict.fromkeys(PLATFORM.hosts, server.url)
    eight = [  # accounts of ours, one of theirs
        Wildberries(Account({"token": "sim-key"}, hosts, Throttle(f"wildberries:{n}"))) for n in range(8)
    ]

    def ask_all() -> None:
        for channel in eight:
            channel.read(Kind.REVIEW, "", since=SINCE)

    with pytest.raises(Throttled) as caught:
        ask_all()
    assert (caught.value.status, caught.value.retry_after) == (429, 1)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-retry": "613", "x-ratelimit-reset": "900"}, 613),
        ({"x-ratelimit-reset": "29"}, 29),
        ({"retry-after": "7"}, 7),
        ({}, 30),
        ({"x-ratelimit-retry": "soon"}, 30),
        ({"x-ratelimit-retry": "nan"}, 30),
        ({"x-ratelimit-retry": "-5"}, 30),
        ({"x-ratelimit-retry": "1e300"}, 24 * 3600),
    ],
)
def test_when_to_come_back_stands_in_the_headers(headers: dict[str, str], seconds: float) -> None:
    fault = judge_of("feedbacks")(Answered(429, headers, None))
    assert isinstance(fault, Throttled)
    assert fault.retry_after == seconds


BODIES: list[tuple[int, Any, type[ChannelError]]] = [
    (400, {"errorText": "Плохой формат isAnswered", "error": True, "data": None}, Refused),
    (400, {"errorText": "Something went wrong", "error": True, "data": None}, Refused),
    (400, {"title": "bad request", "detail": "Неверный синтаксис JSON", "origin": "fbapi"}, Refused),
    (400, {"title": "Bad Request", "detail": "Invalid signature", "origin": "proxy-chats"}, Refused),
    (400, {"title": "Bad Request", "detail": 'Invalid value for "message"'}, Refused),
    (400, ["odd"], Refused),
    (401, {"title": "unauthorized", "detail": "token problem; token is malformed: …"}, CredentialsRefused),
    (402, {"title": "payment required"}, NotOpen),
    (403, {"errorText": "Ошибка авторизации", "error": True, "data": None}, NotOpen),
    (404, {"errorText": "Не найден отзыв", "error": True, "data": None}, NotThere),
    (413, {"title": "request entity too large"}, Refused),
    (422, {"errorText": "Невозможно получить отзыв по id", "error": True}, NotThere),
    (429, {"title": "too many requests", "detail": "limited by c122a060"}, Throttled),
]


@pytest.mark.parametrize(("status", "body", "error"), BODIES)
@pytest.mark.parametrize("host", ["feedbacks", "chats"])
def test_every_documented_refusal_has_its_error(
    host: str, status: int, body: Any, error: type[ChannelError]
) -> None:
    fault = judge_of(host)(Answered(status, {}, body))
    assert type(fault) is error
    assert fault.status == status


def test_a_refusal_repeats_nothing_that_was_sent() -> None:
    body = {"errorText": "Текст «Анна, +7 900 000-00-00» нельзя", "detail": "Анна", "error": "Анна"}
    fault = judge_of("feedbacks")(Answered(400, {}, body))
    assert fault is not None
    assert "Анна" not in str(fault)


def test_the_simulator_refuses_in_the_marketplaces_own_words(server: Marketplace) -> None:
    server.add(question := answered(1, "question"))
    question.replies[0].edits = 1
    (id_,) = outer(question)
    cases: list[tuple[str, str, Any, dict[str, str], int, str]] = [
        ("GET", "/api/v1/feedbacks?take=1&skip=0", None, {}, 400, "Плохой формат isAnswered"),
        ("GET", "/api/v1/feedbacks?isAnswered=true&take=1&skip=0&dateFrom=x", None, {}, 400, "Плохой формат dateFrom"),
        ("GET", "/api/v1/feedbacks?isAnswered=true&take=5001&skip=0", None, {}, 400, "Something went wrong"),
        ("GET", "/api/v1/questions?isAnswered=true&take=1&skip=10000", None, {}, 400, "Something went wrong"),
        ("GET", "/api/v1/feedback?id=x", None, {}, 422, "Невозможно получить отзыв по id"),
        ("GET", "/api/v1/question?id=x", None, {}, 422, "Невозможно получить вопрос по id"),
        ("PATCH", "/api/v1/questions", b'{"id": "x"}', {}, 404, "Не найден отзыв"),
        ("PATCH", "/api/v1/questions", b"[1]", {}, 400, "Something went wrong"),
        ("PATCH", "/api/v1/questions", json.dumps({"id": id_, "answer": {"text": "Нет"}, "state": "wbRu"}).encode(),
         {}, 400, "Something went wrong"),
        ("POST", "/api/v1/feedbacks/answer", b"{", {}, 400, "Неверный синтаксис JSON"),
        ("POST", "/api/v1/feedbacks/answer", b"{}", {"Content-Type": "text/html"}, 400, "not a json content-type: text/html"),
        ("POST", "/api/v1/feedbacks/answer", b'{"id": "x", "text": "a"}', {}, 400, "Something went wrong"),
        ("GET", "/api/v1/seller/events?next=0", None, {}, 400, 'Invalid value for "next"'),
        ("GET", "/api/v1/seller/events?next=x", None, {}, 400, "Invalid number"),
        ("POST", "/api/v1/seller/message", b"replySign=x", {"Content-Type": "application/x-www-form-urlencoded"}, 400,
         "Invalid signature"),
        ("GET", "/api/v1/feedbacks/count", None, {"Authorization": "no"}, 401, "token problem; token is malformed"),
    ]  # fmt: skip
    for method, path, body, headers, status, words in cases:
        given = {"Authorization": "sim-key", "Content-Type": "application/json"} | headers
        response = urllib3.request(method, server.url + path, body=body, headers=given)
        said = response.json()
        assert (response.status, said.get("errorText") or said.get("detail")) == (status, words), path


def test_a_missing_right_is_a_state_not_a_fault(server: Marketplace) -> None:
    server.state.settings.key = token = jwt(s=1 << 8)
    with pytest.raises(NotOpen) as caught:
        open_wildberries(server, token).read(Kind.REVIEW, "", since=SINCE)
    assert (caught.value.needs, caught.value.is_plan) == ("Вопросы и отзывы", False)


@pytest.mark.parametrize(
    "cursor", ["{}", "[]", "x", '{"since": "x"}', '{"part": "odd", "since": 1, "began": 1}', "null"]
)
def test_a_cursor_that_cannot_be_read_begins_anew(
    server: Marketplace, channel: Wildberries, cursor: str
) -> None:
    server.add(one := talk("review", 1), other := answered(2))
    assert set(ids(whole(channel, Kind.REVIEW, cursor)[0])) == set(outer(one, other))


def test_the_real_pages_are_of_a_thousand() -> None:
    assert (lists.REVIEWS.take, lists.QUESTIONS.take, lists.QUESTIONS.reach) == (1000, 1000, 10_000)
