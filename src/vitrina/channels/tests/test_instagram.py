"""The media of an Instagram account over real HTTP, against the simulated one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.servers import Marketplace

from vitrina.channels import instagram as adapter
from vitrina.channels.cards import CardPage, CardSeen
from vitrina.channels.errors import (
    ChannelError,
    CredentialsRefused,
    NotOpen,
    NotThere,
    Refused,
    Throttled,
    Unavailable,
    Unreadable,
)
from vitrina.channels.instagram import PLATFORM, Instagram
from vitrina.channels.platforms import Account
from vitrina.channels.ports import AccessState, Kind
from vitrina.channels.throttle import Throttle
from vitrina.simulators import instagram as simulated
from vitrina.simulators.instagram import FEED, USER, Feed, Post

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
def studio() -> Iterator[tuple[Marketplace, Feed]]:
    app = simulated.application()
    server = Marketplace(app)
    yield server, app[FEED]
    server.close()


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "PAGE", 5)


def opened(server: Marketplace, token: str = "sim-key", user: str = USER) -> Instagram:
    hosts = dict.fromkeys(PLATFORM.hosts, server.url)
    return Instagram(Account({"token": token, "user_id": user}, hosts, Throttle("instagram:test")))


def posted(feed: Feed, count: int, *, start: int = 0, **given: Any) -> None:
    """The later the number, the newer."""
    for n in range(start, start + count):
        feed.add(Post(str(1700 + n), f"Кружка {n}. Держит тепло.", NOW + timedelta(minutes=n), **given))


def whole(source: Instagram, cursor: str = "", *, most: int = 60) -> tuple[list[CardPage], str]:
    """The pages of a pass to its end."""
    pages: list[CardPage] = []
    for _ in range(most):
        pages.append(source.cards(cursor))
        cursor = pages[-1].cursor
        if pages[-1].is_last:
            return pages, cursor
    raise AssertionError("the pass doesn't end")


def ids(pages: list[CardPage]) -> list[str]:
    return [one.id for page in pages for one in page.cards]


def cards(pages: list[CardPage]) -> list[CardSeen]:
    return [one for page in pages for one in page.cards]


def test_all_posts_are_shown_newest_first_and_then_the_new_ones_alone(studio: Any) -> None:
    server, feed = studio
    posted(feed, 12)
    source = opened(server)
    pages, cursor = whole(source)
    assert ids(pages) == [str(1711 - n) for n in range(12)]
    assert cards(pages)[0].title == "Кружка 11"
    again, later = whole(source, cursor)
    assert (ids(again), later) == ([], cursor)
    posted(feed, 7, start=12)
    fresh, after = whole(source, cursor)
    assert ids(fresh) == [str(1718 - n) for n in range(7)]
    assert ids(whole(source, after)[0]) == []


def test_a_post_of_the_same_second_as_the_newest_is_not_lost(studio: Any) -> None:
    server, feed = studio
    posted(feed, 2)
    source = opened(server)
    cursor = whole(source)[1]
    feed.add(Post("1699", "Тарелка.", NOW + timedelta(minutes=1)))
    assert ids(whole(source, cursor)[0]) == ["1699"]


def test_an_older_post_that_stands_pinned_above_does_not_end_the_pass(studio: Any) -> None:
    server, feed = studio
    posted(feed, 6)
    source = opened(server)
    cursor = whole(source)[1]
    posted(feed, 8, start=6)
    assert len(ids(whole(source, cursor)[0])) == 8


def test_videos_and_posts_without_words_are_told_once(studio: Any) -> None:
    server, feed = studio
    posted(feed, 3)
    feed.add(Post("1800", "Обзор.", NOW + timedelta(hours=1), kind="VIDEO"))
    feed.add(Post("1801", "", NOW + timedelta(hours=2)))
    album = Post("1802", "Набор.", NOW + timedelta(hours=3), kind="CAROUSEL_ALBUM", parts=("IMAGE", "VIDEO"))
    feed.add(album)
    source = opened(server)
    pages, cursor = whole(source)
    assert ids(pages) == ["1802", "1702", "1701", "1700"]
    assert [one.id for page in pages for one in page.broken] == ["1801", "1800"]
    assert len(cards(pages)[0].image_urls) == 1
    assert not any(page.broken for page in whole(source, cursor)[0])


def test_killed_in_the_middle_it_goes_on_where_it_was(studio: Any) -> None:
    server, feed = studio
    posted(feed, 12)
    first = opened(server).cards("")
    rest, cursor = whole(opened(server), first.cursor)
    assert ids([first, *rest]) == [str(1711 - n) for n in range(12)]
    assert ids(whole(opened(server), cursor)[0]) == []
    assert len(ids(whole(opened(server), "no cursor at all")[0])) == 12


@pytest.mark.parametrize("fault", ["again", "loop", "shift"])
def test_pages_that_repeat_or_lead_back_or_shift_lose_nothing(studio: Any, fault: str) -> None:
    server, feed = studio
    posted(feed, 12)
    server.fails("ok", fault)
    pages, _cursor = whole(opened(server))
    assert list(dict.fromkeys(ids(pages))) == [str(1711 - n) for n in range(12)]


def test_a_list_that_only_leads_back_to_itself_ends_in_words(studio: Any) -> None:
    server, feed = studio
    posted(feed, 12)
    source = opened(server)
    first = source.cards("")
    server.fails(always="loop")
    with pytest.raises(Unreadable, match="leads back to itself"):
        source.cards(first.cursor)


@pytest.mark.parametrize(
    ("code", "more", "error"),
    [
        (190, {"subcode": 463}, CredentialsRefused),
        (102, {"status": 401}, CredentialsRefused),
        (4, {"status": 403, "is_transient": True}, Throttled),
        (17, {}, Throttled),
        (613, {}, Throttled),
        (10, {"status": 403}, NotOpen),
        (200, {"status": 403}, NotOpen),
        (2, {"status": 500}, Unavailable),
        (368, {"is_transient": True}, Unavailable),
        (100, {"subcode": 33}, NotThere),
        (100, {}, Refused),
        (99999, {"status": 500}, Unavailable),
    ],
)
def test_errors_are_told_by_their_code(
    studio: Any, code: int, more: dict[str, Any], error: type[ChannelError]
) -> None:
    server, feed = studio
    feed.refuses = {"code": code, "message": "no", **more}
    with pytest.raises(error) as raised:
        opened(server).cards("")
    assert type(raised.value) is error
    if isinstance(raised.value, NotOpen):
        assert (raised.value.needs, raised.value.is_plan) == ("instagram_business_basic", False)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("unauthorized", CredentialsRefused),
        ("throttled", Throttled),
        ("server_error", Unavailable),
        ("unavailable", Unavailable),
        ("cut", Unavailable),
        ("garbage", Unreadable),
    ],
)
def test_what_keeps_it_from_reading_is_told(studio: Any, fault: str, error: type[ChannelError]) -> None:
    server, feed = studio
    posted(feed, 1)
    server.fails(fault)
    with pytest.raises(error):
        opened(server).cards("")


def test_who_is_there_is_asked_and_a_wrong_number_is_told(studio: Any) -> None:
    server, _feed = studio
    probe = opened(server).probe()
    assert (probe.seller_name, probe.expires_at, dict(probe.access)) == ("mayak.shop", None, {})
    assert probe.cards is not None
    assert probe.cards.state is AccessState.OPEN
    with pytest.raises(NotThere):
        opened(server, user="17841400000000002").probe()
    for token, user in (("", USER), ("a b", USER), ("ключ", USER), ("sim-key", "mayak"), ("sim-key", "")):
        with pytest.raises(CredentialsRefused):
            opened(server, token, user)


def test_a_token_of_facebook_goes_to_its_host(studio: Any) -> None:
    server, feed = studio
    posted(feed, 1)
    server.state.settings.key = "EAAsim"
    hosts = {"instagram": "http://127.0.0.1:9", "facebook": server.url}
    account = Account({"token": "EAAsim", "user_id": USER}, hosts, Throttle("instagram:test"))
    assert ids(whole(Instagram(account))[0]) == ["1700"]
    assert server.asked()[-1].headers["authorization"] == "Bearer EAAsim"


def test_there_are_no_buyers(studio: Any) -> None:
    server, _feed = studio
    channel = opened(server)
    assert channel.abilities == {}
    for deed in (
        lambda: channel.read(Kind.REVIEW, "", since=NOW),
        lambda: channel.look(Kind.CHAT, "7", {}),
        lambda: channel.answer(Kind.CHAT, "7", {}, "Да"),
        lambda: channel.edit(Kind.CHAT, "7", {}, "8", "Да"),
    ):
        with pytest.raises(Refused):
            deed()
    assert server.asked() == []
