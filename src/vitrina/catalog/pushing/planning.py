"""The check before a push: each card beside what stands at the marketplace. Nothing leaves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts.models import Seller, User
from vitrina.catalog import limits
from vitrina.catalog.card import Card
from vitrina.catalog.cards import cards
from vitrina.catalog.exporting import ExportOptions, products_of
from vitrina.catalog.models import Product
from vitrina.catalog.places.models import Place
from vitrina.catalog.places.wanting import attributes_for
from vitrina.catalog.preflight import Problem, preflight
from vitrina.catalog.pushing.deciding import Fields, Verdict, fields_of, judge
from vitrina.catalog.pushing.models import LEFT, Push, PushRun, PushRunState, PushState
from vitrina.catalog.pushing.wanting import ATTRIBUTES, PARTS, TEXTS, as_json, picture_problems, wanted_of
from vitrina.channels.card_targets import TARGETS, open_target
from vitrina.channels.cards import DESCRIPTION, PICTURES, TITLE, WHOLE, CardSeen
from vitrina.channels.models import Connection
from vitrina.jobs.enqueue import Priority, enqueue
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.transactions import short_transaction

CHECK = "catalog.push_check"
MOST = 5_000  # cards of one push
CHUNK = 200

MISSING = gettext_noop("the marketplace has no card with the article %(article)s")
CHANGED = gettext_noop(
    "the card was changed at the marketplace since it was last known; look at what stands there now and decide"
)
UNDER_WAY = gettext_noop("another push of this card is under way")
# Of a whole listing's limits those of what a push doesn't change are somebody else's matter.
ALWAYS = frozenset({"external_id"})
CHECKED = {
    TEXTS: frozenset({"title", "description", "text"}),
    ATTRIBUTES: frozenset({"attributes"}),
    PICTURES: frozenset({"image_urls", "pictures"}),
}


class CantPush(ValueError):
    """Nothing was begun; the message says why and what to do."""


def plan(
    seller: Seller,
    connection: Connection,
    *,
    language: str = "",
    options: ExportOptions,
    parts: Collection[str] = (TEXTS, ATTRIBUTES),
    by: User | None = None,
) -> PushRun:
    """Note the wish and queue its check. `parts`: of PARTS. Raises CantPush, QueueFull."""
    if connection.platform not in TARGETS:
        raise CantPush(_("Cards can't be changed at this marketplace from here."))
    if not connection.is_on or not connection.credentials:
        raise CantPush(_("The marketplace is not connected, or switched off; see Settings."))
    chosen = [part for part in PARTS if part in parts]
    if not chosen:
        raise CantPush(_("Choose what is to be brought: texts, attributes or pictures."))
    if PICTURES in chosen and not TARGETS[connection.platform].takes_pictures:
        raise CantPush(_("Pictures can't be changed at this marketplace from here; push without them."))
    with short_transaction():
        run = PushRun.objects.create(
            seller=seller, connection=connection, language=language or seller.language,
            options=asdict(options), parts=chosen, created_by=by,
        )  # fmt: skip
        job = enqueue(
            CHECK,
            {"run": run.pk},
            key=f"push_check:{run.pk}",
            seller_id=seller.pk,
            priority=Priority.SYNC,
            title=str(run),
            created_by_id=by.pk if by else None,
        )
        run.job_id = job.pk
        run.save(update_fields=["job_id"])
    return run


def check(run: PushRun, *, on_progress: Callable[[int], None] = lambda done: None) -> dict[str, int]:
    """Read each card as it stands and note what would change. Done anew from the beginning where it was killed.

    Raises CantPush and the errors of `channels.errors`.
    """
    products = products_of(run)
    count = products.count()
    if count > MOST:
        raise CantPush(
            _(
                "%(count)d products are meant; one push takes %(most)d at most. Nothing was sent: choose fewer of them."
            )
            % {"count": count, "most": MOST}
        )
    target = limits.target(run.connection.platform).with_caps(ExportOptions.load(run.options).caps)
    seen = open_target(run.connection).look(list(products.values_list("external_id", flat=True)))
    Push.objects.filter(run=run).delete()
    counts = dict.fromkeys((PushState.PLANNED, PushState.HELD, PushState.SAME), 0)
    done = 0
    for chunk in _chunks(cards(products, run.language)):
        rows = _rows(run, target, chunk, seen)
        with short_transaction():
            Push.objects.bulk_create(rows)
        for row in rows:
            counts[PushState(row.state)] += 1
        done += len(rows)
        on_progress(done)
    return {state.value: number for state, number in counts.items()}


def _rows(run: PushRun, target: limits.Target, chunk: list[Card], seen: Mapping[str, CardSeen]) -> list[Push]:
    ids = dict(
        Product.objects.filter(
            seller_id=run.seller_id, external_id__in=[card.external_id for card in chunk]
        ).values_list("external_id", "pk")
    )
    known = _known(run.connection_id, list(ids.values()))
    brought = _brought(run.connection_id, list(ids.values())) if PICTURES in run.parts else {}
    checked = ALWAYS.union(*(CHECKED[part] for part in run.parts))
    places = {
        place.product_id: place
        for place in Place.objects.filter(product__in=list(ids.values()), tree=run.connection.platform)
    }
    rows = []
    for given in chunk:
        product_id = ids.get(given.external_id)
        if product_id is None:
            continue  # deleted meanwhile
        card = given.for_target(target)
        attributes = (
            attributes_for(places.get(product_id), seen.get(card.external_id))
            if ATTRIBUTES in run.parts
            else ()
        )
        row = Push(
            seller_id=run.seller_id, run=run, product_id=product_id, connection_id=run.connection_id,
            article=card.external_id, wanted=wanted_of(card, attributes, parts=run.parts), attributes=as_json(attributes),
        )  # fmt: skip
        problems = [one for one in preflight(card, target) if one.code.partition(".")[0] in checked]
        if PICTURES in run.parts:
            problems = [one for one in problems if one.code != "image_urls.unreachable"] + picture_problems(
                card
            )
        stand(
            row,
            seen.get(row.article),
            known.get(product_id),
            problems=problems,
            brought=brought.get(product_id, ()),
        )
        rows.append(row)
    return rows


def stand(
    row: Push,
    seen: CardSeen | None,
    known: Fields | None,
    *,
    problems: list[Problem] | None = None,
    brought: Sequence[str] = (),
) -> None:
    """Judge a row that hasn't left, by what the marketplace shows. Sets its columns; nothing is saved."""
    now = None if seen is None else fields_of(seen, row.wanted)
    verdict = judge(row.wanted, now, known, overwrites=row.overwrites, brought=brought)
    if problems is not None:
        row.problems = [_told(problem) for problem in problems]
    row.before = row.stood = now
    row.number = seen.number if seen is not None else ""
    if verdict is Verdict.MISSING:
        row.problems = [*row.problems, _because(MISSING, article=row.article)]
    elif verdict is Verdict.CHANGED:
        row.problems = [*row.problems, _because(CHANGED)]
    is_held = any(problem["is_hard"] for problem in row.problems)
    row.state = (
        PushState.HELD if is_held else PushState.SAME if verdict is Verdict.SAME else PushState.PLANNED
    )


def _known(connection_id: int, product_ids: list[int]) -> Mapping[int, Fields]:
    """How each card stood when we last wrote to it, field by field; those we never did are missing."""
    rows = Push.objects.filter(
        connection_id=connection_id, product_id__in=product_ids, state__in=LEFT
    ).order_by("pk")
    known: dict[int, dict[str, Any]] = {}
    for product_id, stood in rows.values_list("product_id", "stood"):
        if stood is not None:
            known.setdefault(product_id, {}).update(stood)
    return known


def _brought(connection_id: int, product_ids: list[int]) -> dict[int, list[str]]:
    """The pictures that were last seen to arrive, by product; a later try whose end nobody saw makes them unknown."""
    rows = Push.objects.filter(
        connection_id=connection_id, product_id__in=product_ids, state__in=(*LEFT, PushState.SAME)
    ).order_by("pk")
    found: dict[int, list[str]] = {}
    for product_id, state, wanted in rows.values_list("product_id", "state", "wanted"):
        if PICTURES in wanted:
            is_sure = state in (PushState.CONFIRMED, PushState.SAME)
            found[product_id] = wanted[PICTURES] if is_sure else []
    return found


def _told(problem: Problem) -> dict[str, Any]:
    field = problem.code.partition(".")[0]
    return {
        "field": PICTURES
        if field in CHECKED[PICTURES]
        else field
        if field in (TITLE, DESCRIPTION)
        else WHOLE,
        "sentence": problem.remark.sentence,
        "values": dict(problem.remark.values),
        "is_hard": problem.is_hard,
    }


def _because(sentence: str, **values: str) -> dict[str, Any]:
    return {"field": WHOLE, "sentence": sentence, "values": values, "is_hard": True}


def changed_problem() -> dict[str, Any]:
    return _because(CHANGED)


def under_way_problem() -> dict[str, Any]:
    return _because(UNDER_WAY)


def overwrite(row: Push) -> bool:
    """A person saw what stands there now, and wants ours. Only of a push that isn't begun, and where that alone held it."""
    others = [problem for problem in row.problems if problem["sentence"] != CHANGED]
    is_free = not any(problem["is_hard"] for problem in others)
    changed = Push.objects.filter(pk=row.pk, state=PushState.HELD, run__state=PushRunState.DRAFT).update(
        overwrites=True, problems=others, state=PushState.PLANNED if is_free else PushState.HELD
    )
    return changed == 1


def discard(run: PushRun) -> bool:
    return (
        PushRun.objects.filter(pk=run.pk, state__in=(PushRunState.DRAFT, PushRunState.CHECKING)).update(
            state=PushRunState.CANCELLED, finished_at=timezone.now()
        )
        == 1
    )


def _chunks(found: Iterator[Card]) -> Iterator[list[Card]]:
    while chunk := list(islice(found, CHUNK)):
        yield chunk
