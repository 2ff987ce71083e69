"""The inbox as a list: what wants an answer by priority and then newest first, other lists newest first; paged by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from vitrina.accounts.models import User
from vitrina.accounts.walking import sellers_to_walk, walk
from vitrina.inbox.models import Interaction, InteractionQuerySet
from vitrina.inbox.priority import Priority
from vitrina.inbox.queue_filter import MOST_READ, InboxFilter
from vitrina.lib.moments import storable

COUNT_UP_TO = 1_000  # beyond it the page says «1 000+»


@dataclass(frozen=True)
class Place:
    """Where a row stands in the list."""

    priority: int
    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.priority}_{self.pk}_{self.at.isoformat()}"

    @classmethod
    def of(cls, row: Interaction) -> Place:
        return cls(row.priority, row.occurred_at, row.pk)

    @classmethod
    def read(cls, text: str | None) -> Place | None:
        """None for what is no place."""
        priority, _, rest = (text or "")[:80].partition("_")
        number, _, said = rest.partition("_")
        if priority not in {str(one.value) for one in Priority} or not (
            number.isascii() and number.isdigit() and len(number) < 19
        ):
            return None
        try:
            at = datetime.fromisoformat(said)
        except ValueError:
            return None
        if at.tzinfo is None or storable(at) is None:
            return None
        return cls(int(priority), at, int(number))


@dataclass(frozen=True)
class Screen:
    """Ids of one screenful. `onward` and `back` are the places to go on from; None at the ends."""

    ids: list[int]
    onward: Place | None
    back: Place | None


def screen(
    user: User, within: InboxFilter, *, before: Place | None, after: Place | None, size: int
) -> Screen:
    """By `?before=` onward or `?after=` back: one query for each priority that is reached."""
    if after is not None:
        found = first(user, within, after, back=True, size=size + 1)
        places = found[:size][::-1]
        return Screen(
            [place.pk for place in places],
            onward=places[-1] if places else None,
            back=places[0] if len(found) > size else None,
        )
    found = first(user, within, before, size=size + 1)
    places = found[:size]
    return Screen(
        [place.pk for place in places],
        onward=places[-1] if len(found) > size else None,
        back=places[0] if before is not None and places else None,
    )


def beside(user: User, within: InboxFilter, row: Interaction, *, back: bool = False) -> int | None:
    """Id of the next one in the list, or of the one before; whether or not `row` still stands in it."""
    found = first(user, within, Place.of(row), back=back, size=1)
    return found[0].pk if found else None


def first(
    user: User, within: InboxFilter, place: Place | None = None, *, back: bool = False, size: int
) -> list[Place]:
    """The first `size` rows after a place, or before it when one goes `back`; of the whole list without a place."""
    sellers = sellers_to_walk(user, only=within.seller_id)
    rows = within.rows(Interaction.objects.all())
    words = within.has_words if within.words else None
    if not within.is_open:
        return newest(rows, sellers, place, back=back, size=size, words=words)
    only = Priority(int(within.priority)) if within.priority else None
    return most_pressing(rows, sellers, place, back=back, size=size, words=words, only=only)


def most_pressing(
    rows: InteractionQuerySet,
    sellers: Sequence[int] | None,
    place: Place | None = None,
    *,
    back: bool = False,
    size: int,
    words: Q | None = None,
    only: Priority | None = None,
) -> list[Place]:
    """Of `rows` of these sellers, by priority and then newest first. `only`: of one priority."""
    found: list[Place] = []
    # Priority goes up and time goes down: no one index has both, but each priority's own stretch has its order.
    for priority in sorted(Priority, reverse=back) if only is None else [only]:
        if place is not None and (priority > place.priority if back else priority < place.priority):
            continue
        stretch = rows.filter(priority=priority)
        here = place if place is not None and place.priority == priority else None
        found += newest(stretch, sellers, here, back=back, size=size - len(found), words=words)
        if len(found) >= size:
            break
    return found


def newest(
    rows: InteractionQuerySet,
    sellers: Sequence[int] | None,
    place: Place | None = None,
    *,
    back: bool = False,
    size: int,
    words: Q | None = None,
) -> list[Place]:
    """Of `rows` of these sellers, newest first. `words`: what the rows say, sought among the first `MOST_READ` of them."""
    order = ["occurred_at", "pk"] if back else ["-occurred_at", "-pk"]
    if place is not None:
        rows = rows.filter(_beyond(place, back=back))
    if words is not None:
        # No index knows the words: they are sought as far as a person would scroll, and no further.
        near = walk(rows, sellers, order, size=MOST_READ).values_list("pk", flat=True)
        rows, sellers = Interaction.objects.filter(words, pk__in=list(near)), None
    found = walk(rows, sellers, order, size=size).values_list("priority", "occurred_at", "pk")
    return [Place(*values) for values in found]


def _beyond(place: Place, *, back: bool) -> Q:
    word = "gt" if back else "lt"  # with an «e»: or the same
    # The bound stands apart, so that the index is entered at it.
    return Q(**{f"occurred_at__{word}e": place.at}) & (
        Q(**{f"occurred_at__{word}": place.at}) | Q(**{f"pk__{word}": place.pk})
    )


def counts(user: User, within: InboxFilter) -> dict[int, int]:
    """How many want an answer, by priority, each counted up to one more than `COUNT_UP_TO`. A query per priority."""
    sellers = sellers_to_walk(user, only=within.seller_id)
    rows = InboxFilter(kind=within.kind, platform=within.platform, stars=within.stars).rows(
        Interaction.objects.all()
    )
    if sellers is not None:
        rows = rows.filter(seller_id__in=sellers)
    return {
        priority: rows.filter(priority=priority).order_by()[: COUNT_UP_TO + 1].count()
        for priority in Priority
    }
