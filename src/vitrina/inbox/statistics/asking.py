"""What of the statistics is asked for in an address, and whose of it the reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from vitrina.accounts.models import Seller, User, ids_of_sellers
from vitrina.accounts.roles import Right
from vitrina.inbox.statistics.period import MOST_DAYS, Period, day_in
from vitrina.inbox.statistics.tallying import day_of
from vitrina.lib.asked import as_id


@dataclass(frozen=True)
class Wanted:
    """`seller` None: all that the reader sees. `today`: in the installation's zone."""

    period: Period
    today: date
    seller: int | None
    asked_since: date | None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Wanted:
        today = day_of(timezone.now())
        return cls(
            Period.of(given, today), today, as_id(given.get("seller", "")), day_in(given.get("since", ""))
        )

    @property
    def is_cut(self) -> bool:
        """More days were asked for than are shown at once."""
        return len(self.period.days) == MOST_DAYS and self.asked_since not in (None, self.period.first)

    @property
    def days(self) -> int | None:
        """One of `period.CHOICES`; None: own dates."""
        return self.period.chosen(self.today)

    @property
    def query(self) -> str:
        """As it stands in an address."""
        if self.days is not None:
            asked: dict[str, object] = {"days": self.days}
        else:
            asked = {"since": self.period.first, "until": self.period.last}
        return urlencode(asked | self.of_seller)

    @property
    def of_seller(self) -> dict[str, object]:
        return {} if self.seller is None else {"seller": self.seller}

    def sellers(self, user: User) -> list[int]:
        """The sellers whose numbers `user` sees; another's seller is as good as none. One query for a superuser."""
        ids = ids_of_sellers(user, Right.VIEW)
        if ids is None:
            ids = list(Seller.objects.order_by().values_list("pk", flat=True))
        return [pk for pk in ids if self.seller in (None, pk)]
