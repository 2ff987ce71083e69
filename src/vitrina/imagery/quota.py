"""The unit of a picture: taken with its row, given back with its end, each exactly once.

The counters stand in the row itself and change in the row's own transaction, so that no kill loses a unit or takes two.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from vitrina.accounts import quotas, used
from vitrina.accounts.models import Seller
from vitrina.accounts.quota_rules import Limit
from vitrina.accounts.quotas import Taken, Taker
from vitrina.imagery.models import GeneratedImage

FEATURE = "pictures"


class PicturesSpent(Exception):
    """A limit of pictures is used up; nothing was added. `str` is for the person who asked.

    `limit`: its name; `most`, `used`: pictures; `lifts_at`: when it begins anew.
    """

    permanent = True
    retry_after: float | None = None

    def __init__(self, limit: Limit, taken: int) -> None:
        self.limit, self.most, self.used, self.lifts_at = limit.name, limit.most, taken, limit.lifts_at
        super().__init__(
            _(
                "The plan allows %(most)d pictures, %(used)d are used. No picture was begun; the count begins anew on %(date)s."
            )
            % {"most": limit.most, "used": taken, "date": _date(limit.lifts_at)}
        )


def take(seller_id: int, user_id: int | None) -> list[str]:
    """Take the unit of one picture, in the caller's transaction: the counters that hold it. Raises PicturesSpent."""
    taker = Taker(seller_id, user_id, FEATURE)
    taken = quotas.take(taker)
    if isinstance(taken, Limit):
        spent = [
            amount
            for key, (amount, most) in quotas.usage(taker).items()
            if most == taken.most and amount >= most and "|calls|" in key
        ]
        raise PicturesSpent(taken, max(spent, default=taken.most))
    return list(taken.calls)


def give_back(image: GeneratedImage) -> list[str]:
    """Give the unit back, in the transaction that writes the returned value (nothing is held) into the row."""
    if image.held:
        quotas.settle(Taken(tuple(image.held), (), 0), cost=None, keep_call=False)
    return []


def left(seller: Seller, user_id: int | None) -> int | None:
    """How many pictures may still be asked for; None for any number. A few queries."""
    standings = used.of_seller(seller, [FEATURE])
    if user_id is not None:
        standings += used.of_person(user_id, seller, [FEATURE])
    free = [
        max(0, int(one.most - one.used))
        for one in standings
        if one.most is not None and not one.is_money and one.feature in (FEATURE, "*")
    ]
    return min(free) if free else None


def _date(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")
