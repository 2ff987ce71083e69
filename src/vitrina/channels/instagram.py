"""Instagram: the media of a business or professional account, each a draft of a listing. There are no buyers to answer.

The list is newest first and knows no «since»: a pass goes down to the newest post that the one before has seen. A post is
shown once; its caption as it is edited later isn't seen, because reading all of it anew would show other addresses of every
picture. Source: Meta's pages for developers on IG User Media and Error Codes, June 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from vitrina.channels.cards import CardBroken, CardPage, CardSeen
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
from vitrina.channels.instagram_words import card_of, posted_at
from vitrina.channels.platforms import Account, Credential, Platform
from vitrina.channels.ports import Abilities, Access, AccessState, Kind, Page, Probe, Seen, Sent
from vitrina.channels.wire import Answered, Wire
from vitrina.lib.rates import Rate

NAME = "Instagram"
VERSION = "v23.0"
# Who logged in through Instagram asks one host, who did through Facebook the other; tokens of the latter begin so.
INSTAGRAM, FACEBOOK = "instagram", "facebook"
TOKEN_OF_FACEBOOK = "EA"  # noqa: S105 - the beginning of one
RIGHTS = {INSTAGRAM: "instagram_business_basic", FACEBOOK: "instagram_basic"}
# How many requests an account may make isn't told in one number; 200 an hour are what it once was.
RATE = Rate("graph", per_minute=4, burst_seconds=10 * 60)
PAGE = 50
FIELDS = "id,caption,media_type,media_url,permalink,timestamp,children{id,media_type,media_url}"
LATER_SECONDS = 15 * 60.0  # its limits are reckoned over an hour

BAD_TOKEN = {102, 190}
TOO_MANY = {4, 17, 32, 613}
PASSING = {1, 2}
NO_SUCH, GONE = 100, 33  # the second a subcode of the first
MOST_RIGHTS = range(200, 300)
NO_RIGHT = 10


class Instagram:
    """A Channel without buyers and a CardSource. Raises CredentialsRefused where the token or the number can't be one."""

    def __init__(self, account: Account) -> None:
        token = account.credentials.get("token", "").strip()
        self._user = account.credentials.get("user_id", "").strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise CredentialsRefused("What was given for Instagram isn't a token.")
        if not (self._user.isascii() and self._user.isdigit()):
            raise CredentialsRefused("The number of the Instagram account has digits alone.")
        self._host = FACEBOOK if token.startswith(TOKEN_OF_FACEBOOK) else INSTAGRAM
        self._url = f"{account.hosts[self._host]}/{VERSION}/{self._user}"
        header = {"Authorization": f"Bearer {token}"}
        self._wire = Wire(NAME, header, account.throttle, self._judge, account.may_leave)

    # --- Who is there --------------------------------------------------------------------------------------

    @property
    def abilities(self) -> Mapping[Kind, Abilities]:
        return {}

    def shop(self) -> str:
        return self._user

    def probe(self) -> Probe:
        """When a token expires isn't told to whoever holds nothing else."""
        told = self._ask("", {"fields": "id,username"})
        self._ask("/media", {"fields": "id", "limit": 1})
        name = told.get("username")
        return Probe({}, seller_name=name if isinstance(name, str) else "", cards=Access(AccessState.OPEN))

    # --- Reading -------------------------------------------------------------------------------------------

    def cards(self, cursor: str) -> CardPage:
        place = Place.of(cursor)
        rows, onward = self._listed(place)
        if onward and onward == place.after:
            rows, onward = self._listed(place)  # once more: a page may come twice
            if onward and onward == place.after:
                raise Unreadable("Instagram's list of posts leads back to itself; the reading goes on later.")
        fresh = [row for row in rows if place.is_fresh(row)]
        cards: list[CardSeen] = []
        broken: list[CardBroken] = []
        for row in fresh:
            one = card_of(row)
            (cards if isinstance(one, CardSeen) else broken).append(one)  # type: ignore[arg-type]
        place = place.having_seen(fresh)
        # All of a page must be known before it ends there: a post may stand pinned above newer ones.
        is_last = not onward or (bool(place.floor) and not fresh)
        place = place.after_pass() if is_last else replace(place, after=onward)
        return CardPage(tuple(cards), place.cursor, is_last, tuple(broken))

    def _listed(self, place: Place) -> tuple[list[Mapping[str, Any]], str]:
        """The posts of a page, and the pointer to the next one; empty after the last."""
        query: dict[str, str | int] = {"fields": FIELDS, "limit": PAGE}
        told = self._ask("/media", query | ({"after": place.after} if place.after else {}))
        rows = told.get("data")
        if not isinstance(rows, list):
            raise Unreadable("Instagram answered without its list of posts.")
        paging = told.get("paging")
        if not isinstance(paging, dict) or not paging.get("next"):
            return [row if isinstance(row, dict) else {} for row in rows], ""
        cursors = paging.get("cursors")
        after = cursors.get("after") if isinstance(cursors, dict) else None
        if not isinstance(after, str) or not after:
            raise Unreadable("Instagram says that there is another page and doesn't say which.")
        return [row if isinstance(row, dict) else {} for row in rows], after

    def _ask(self, path: str, query: Mapping[str, str | int]) -> Mapping[str, Any]:
        told = self._wire.ask("GET", self._url + path, rate=RATE, query=query)
        if not isinstance(told, dict):
            raise Unreadable("Instagram answered with something else than it describes.")
        return told

    def _judge(self, answered: Answered) -> ChannelError | None:
        return fault_of(answered, right=RIGHTS[self._host])

    # --- Buyers, of which there are none -------------------------------------------------------------------

    def read(self, kind: Kind, cursor: str, *, since: datetime) -> Page:
        raise Refused(NO_BUYERS)

    def look(self, kind: Kind, id: str, address: Mapping[str, str]) -> Seen:  # noqa: A002 - the field's word
        raise Refused(NO_BUYERS)

    def answer(self, kind: Kind, id: str, address: Mapping[str, str], text: str) -> Sent:  # noqa: A002
        raise Refused(NO_BUYERS)

    def edit(
        self,
        kind: Kind,
        id: str,  # noqa: A002
        address: Mapping[str, str],
        answer_id: str,
        text: str,
    ) -> Sent:
        raise Refused(NO_BUYERS)


NO_BUYERS = "What buyers write at Instagram isn't read here, and nothing is answered there."


@dataclass(frozen=True)
class Place:
    """Where a reading is, as its cursor. `after`: Instagram's pointer. `newest`: the moment of the newest post that this pass
    has seen, `newest_id` its id; `floor` and `floor_id` those of the pass before."""

    after: str = ""
    newest: str = ""
    newest_id: str = ""
    floor: str = ""
    floor_id: str = ""

    @classmethod
    def of(cls, cursor: str) -> Place:
        """An unreadable one begins anew: what is read twice does no harm."""
        try:
            told = orjson.loads(cursor)
        except orjson.JSONDecodeError:
            return cls()
        names = cls.__dataclass_fields__
        if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in names):
            return cls()
        return cls(**{name: told[name] for name in names})

    @property
    def cursor(self) -> str:
        return orjson.dumps(asdict(self)).decode()

    def is_fresh(self, row: Mapping[str, Any]) -> bool:
        """Not seen by the pass before. One without a moment is: it can't be told otherwise."""
        at = posted_at(row)
        if not self.floor or at is None:
            return True
        return at.isoformat() >= self.floor and row.get("id") != self.floor_id

    def having_seen(self, rows: list[Mapping[str, Any]]) -> Place:
        told = [(at.isoformat(), str(row.get("id"))) for row in rows if (at := posted_at(row))]
        newest = max([(self.newest, self.newest_id), *told])
        return replace(self, newest=newest[0], newest_id=newest[1])

    def after_pass(self) -> Place:
        if not self.newest:
            return Place(floor=self.floor, floor_id=self.floor_id)
        return Place(floor=self.newest, floor_id=self.newest_id)


def fault_of(answered: Answered, *, right: str) -> ChannelError | None:
    """By the code in the body, which means the same whatever the status. `right`: what the token should carry."""
    body = answered.body if isinstance(answered.body, dict) else {}
    told = body.get("error")
    error: Mapping[str, Any] = told if isinstance(told, dict) else {}
    code, status = error.get("code"), answered.status
    if code in BAD_TOKEN or (status == 401 and code is None):
        return CredentialsRefused(
            "Instagram doesn't accept the token: it is wrong, expired (after 60 days) or withdrawn. Make a new one.",
            status=status,
        )
    if code in TOO_MANY or status == 429:
        return Throttled("Instagram wants fewer requests.", retry_after=LATER_SECONDS, status=status)
    if code == NO_RIGHT or (isinstance(code, int) and code in MOST_RIGHTS):
        return NotOpen(
            f"The token lacks the right «{right}»; make a new one with it.",
            needs=right,
            is_plan=False,
            status=status,
        )
    if error.get("is_transient") is True or code in PASSING:
        return Unavailable("Instagram has trouble of its own and asks to try later.", status=status)
    if code == NO_SUCH and error.get("error_subcode") == GONE:
        return NotThere("The token doesn't reach the Instagram account of this number.", status=status)
    if error and 400 <= status < 500:
        return Refused("Instagram doesn't take the request as it is.", status=status)
    return None


PLATFORM = Platform(
    name="instagram",
    words=NAME,
    hosts={INSTAGRAM: "https://graph.instagram.com", FACEBOOK: "https://graph.facebook.com"},
    credentials=(
        Credential("token", _("Access token"), help=_("A long-lived one; it is valid for 60 days.")),
        Credential("user_id", _("Number of the account"), is_secret=False, help=_("Digits alone: 1784…")),
    ),
    make=Instagram,
    cards=Instagram,
    has_buyers=False,
)
