"""Cards leave in parcels, each once: read again right before, changed under the effect rules of the jobs' room.

Killed between the change and its note, the next try looks at the cards over there before anything is sent again; a card
that somebody changed there meanwhile is held back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.catalog import news
from vitrina.catalog.places.models import Place
from vitrina.catalog.pushing import planning
from vitrina.catalog.pushing.deciding import Verdict, differing, fields_of, judge
from vitrina.catalog.pushing.models import ON_THE_WAY, Push, PushRun, PushRunState, PushState
from vitrina.catalog.pushing.wanting import as_wanted
from vitrina.channels.card_targets import TARGETS, open_target
from vitrina.channels.cards import PICTURES, WHOLE, CardTarget, FieldRefused, at_attribute, attribute_of
from vitrina.channels.errors import ChannelError, InDoubt, Refused
from vitrina.jobs.effects import EffectInDoubt
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Effect, EffectState
from vitrina.jobs.running import RunningJob
from vitrina.jobs.states import Priority
from vitrina.lib.transactions import short_transaction

SEND = "catalog.push_send"
# Its parcel may still bring it; in doubt, where a person has its job tried again.
OPEN = (PushState.WAITING, PushState.SENDING, PushState.DOUBT)
BEGUN = (PushState.SENDING, PushState.DOUBT)


def begin(run: PushRun, *, by: User | None = None) -> bool:
    """Send what would go, in parcels of as many cards as a request should carry. Begun already: nothing. Raises QueueFull,
    CantPush."""
    if run.connection.platform not in TARGETS:
        raise planning.CantPush(_("Cards can't be changed at this marketplace from here."))
    most = TARGETS[run.connection.platform].most
    with short_transaction():
        begun = PushRun.objects.filter(pk=run.pk, state=PushRunState.DRAFT).update(state=PushRunState.RUNNING)
        if not begun:
            return False
        going = _taken(run)
        for start in range(0, len(going), most):
            parcel = start // most + 1
            Push.objects.filter(pk__in=going[start : start + most]).update(parcel=parcel)
            _put_on_its_way(run, parcel, by=by)
        audit.record(
            "push.begin", run, by=by, after={"cards": len(going), "marketplace": run.connection.platform}
        )
        close_if_settled(run)
    return True


def _taken(run: PushRun) -> list[int]:
    """Those that would go, now on their way; a card that another push is bringing is held back."""
    planned = Push.objects.filter(run=run, state=PushState.PLANNED)
    busy = set(
        Push.objects.filter(
            connection_id=run.connection_id, state__in=ON_THE_WAY, product__in=planned.values("product")
        ).values_list("product_id", flat=True)
    )
    going = []
    for row in planned.order_by("pk"):
        if row.product_id in busy:
            row.state, row.problems = PushState.HELD, [*row.problems, planning.under_way_problem()]
            row.save(update_fields=["state", "problems"])
        else:
            going.append(row.pk)
    Push.objects.filter(pk__in=going).update(state=PushState.WAITING)
    return going


def _put_on_its_way(run: PushRun, parcel: int, *, by: User | None) -> None:
    job = enqueue(
        SEND,
        {"run": run.pk, "parcel": parcel},
        key=job_key(run.pk, parcel),
        # One after the other: what two of them do to one card is seen in its order.
        lane=f"push:{run.connection_id}",
        seller_id=run.seller_id,
        priority=Priority.OPERATOR if by else Priority.SYNC,
        title=str(run),
        created_by_id=by.pk if by else None,
    )
    PushRun.objects.filter(pk=run.pk).update(job_id=job.pk)


def bring(job: RunningJob, run: PushRun, parcel: int) -> int:
    """One parcel; returns how many cards the marketplace took. Raises what an effect and a channel raise; the rows say how
    they stand. `Refused` of more than one card: each goes in a parcel of its own."""
    rows = list(Push.objects.filter(run=run, parcel=parcel).order_by("pk"))
    key = effect_key(run.pk, parcel)
    try:
        target = open_target(run.connection, may_leave=job.holds)
        result = job.effect(
            key=key,
            input_hash=_digest(rows),
            call=lambda: _send(job, target, rows),
            look=lambda: _find(target, rows),
            kind="set",
        )
    except EffectInDoubt as person:
        _stand(job, rows, PushState.DOUBT, str(person), only=ON_THE_WAY)
        raise
    except InDoubt as unseen:
        _stand(job, rows, PushState.SENDING, unseen.sentence, only=ON_THE_WAY)
        raise
    except Refused as refused:
        if _is_begun(key):
            raise
        _refuse(job, run, parcel, rows, refused)
        return 0
    except ChannelError as error:
        if error.permanent and not _is_begun(key):
            _stand(job, rows, PushState.FAILED, error.sentence, only=ON_THE_WAY)
        else:
            _stand(job, rows, None, error.sentence, only=ON_THE_WAY)
        raise
    return _note(job, run, parcel, rows, result)


def _send(job: RunningJob, target: CardTarget, rows: list[Push]) -> dict[str, Any]:
    """The last look, and the change itself. What doesn't fit any more stays here, and its row says why."""
    going = [row for row in rows if row.state in OPEN]
    seen = target.look([row.article for row in going])
    cards = []
    for row in going:
        card = seen.get(row.article)
        now = None if card is None else fields_of(card, row.wanted)
        verdict = judge(row.wanted, now, row.stood)
        if verdict is Verdict.GOES and card is not None:
            row.state = PushState.SENDING
            cards.append((card, as_wanted(row.wanted, row.attributes)))
        elif verdict is Verdict.SAME:
            # It came so: by an earlier try whose end nobody saw, or by somebody over there.
            row.state = PushState.SENT if row.state in BEGUN else PushState.SAME
        else:
            planning.stand(row, card, row.stood)
            row.state, row.settled_at = PushState.HELD, timezone.now()
    mark = target.mark([card.id for card, _wanted in cards]) if cards else ""
    for row in going:
        row.mark = mark if row.state == PushState.SENDING else row.mark
    with short_transaction():
        job.guard()
        Push.objects.bulk_update(
            going, ["state", "before", "stood", "problems", "number", "mark", "settled_at"]
        )
    return {"task": target.push(cards) if cards else ""}


def _find(target: CardTarget, rows: list[Push]) -> dict[str, Any] | None:
    """Whether a change whose end nobody saw arrived: every card stands as wanted, or was refused. None: not seen."""
    if any(row.state == PushState.WAITING for row in rows):
        return None  # it ended at the last look: which cards go wasn't even decided
    sending = [row for row in rows if row.state in BEGUN]
    ids = [row.article for row in sending]
    seen = target.look(ids)
    waiting = [
        row for row in sending
        if row.article not in seen
        or PICTURES in row.wanted  # as many may have stood there before; bringing them twice changes nothing
        or differing(row.wanted, fields_of(seen[row.article], row.wanted))
    ]  # fmt: skip
    if waiting:
        outcomes = target.outcomes([row.article for row in waiting], mark=waiting[0].mark, task="")
        if any(row.article not in outcomes or outcomes[row.article].is_taken is None for row in waiting):
            return None
    return {"task": ""}


def _note(job: RunningJob, run: PushRun, parcel: int, rows: list[Push], result: dict[str, Any]) -> int:
    """The marketplace took it; whether it stands there is looked up."""
    from vitrina.catalog.pushing import confirming

    with short_transaction():
        job.guard()
        mine = Push.objects.filter(pk__in=[row.pk for row in rows])
        now = timezone.now()
        mine.filter(state__in=BEGUN).update(state=PushState.SENT)
        taken = mine.filter(state=PushState.SENT).update(task=result.get("task", ""), sent_at=now, words="")
        mine.filter(state__in=(PushState.SAME, PushState.HELD), settled_at=None).update(settled_at=now)
        if taken:
            confirming.enqueue_confirm(run, parcel)
        close_if_settled(run)
    return taken


def _refuse(job: RunningJob, run: PushRun, parcel: int, rows: list[Push], refused: Refused) -> None:
    """One card that the marketplace doesn't take holds up all of its parcel. Where it says which, the others go together;
    else alone, and each gets its own words."""
    with short_transaction():
        job.guard()
        mine = Push.objects.filter(pk__in=[row.pk for row in rows])
        sending = list(mine.filter(state__in=BEGUN).order_by("pk"))
        if not sending:  # it was the reading that was refused
            mine.filter(state=PushState.WAITING).update(
                state=PushState.FAILED, words=refused.sentence, settled_at=timezone.now()
            )
        else:
            named = {
                row.article: refused.cards[row.article] for row in sending if row.article in refused.cards
            }
            if len(sending) == 1 and not named:
                named = {sending[0].article: (FieldRefused(WHOLE, refused.sentence),)}
            for row in sending:
                if row.article in named:
                    Push.objects.filter(pk=row.pk).update(
                        state=PushState.REJECTED,
                        said=settled_words(row, named[row.article]),
                        settled_at=timezone.now(),
                    )
            others = [row.pk for row in sending if row.article not in named]
            _send_again(run, [others] if named else [[pk] for pk in others])
        close_if_settled(run)


def _send_again(run: PushRun, parcels: Iterable[list[int]]) -> None:
    """In parcels of their own."""
    last = Push.objects.filter(run=run).order_by("-parcel").values_list("parcel", flat=True).first() or 0
    for number, keys in enumerate(filter(None, parcels), start=last + 1):
        Push.objects.filter(pk__in=keys).update(state=PushState.WAITING, parcel=number)
        _put_on_its_way(run, number, by=None)


def settled_words(row: Push, refused: Iterable[FieldRefused]) -> list[dict[str, str]]:
    """The marketplace's words, at the attribute that they name, with its name. A query."""
    place = Place.objects.filter(product_id=row.product_id, tree=row.run.connection.platform)
    schema = place.values_list("category__attribute_schema", flat=True).first() or []
    names = {str(one["key"]): str(one["name"]) for one in schema}
    names |= {one["id"]: one["name"] for one in row.attributes}
    return [
        {"field": told.field, "words": told.words, "name": names.get(attribute_of(told.field), "")}
        for told in (at_attribute(one, names) for one in refused)
    ]


def close_if_settled(run: PushRun) -> None:
    """In the caller's transaction, after its rows changed: where nothing is on its way any more, the run is over."""
    news.push_moved(run)
    live = (PushState.WAITING, PushState.SENDING, PushState.SENT)
    if Push.objects.filter(run=run, state__in=live).exists():
        return
    closed = PushRun.objects.filter(pk=run.pk, state=PushRunState.RUNNING).update(
        state=PushRunState.DONE, finished_at=timezone.now()
    )
    if closed:
        run.refresh_from_db()
        news.push_finished(run)


def cancel(run: PushRun) -> int:
    """What hasn't left stays here; what has is seen to its end. Returns how many were kept back."""
    with short_transaction():
        kept = Push.objects.filter(run=run, state=PushState.WAITING).update(
            state=PushState.FAILED, words=_("It was cancelled before it left."), settled_at=timezone.now()
        )
        close_if_settled(run)
    return kept


def fail_by_job(job_id: int, seller_id: int | None, failed_parts: int) -> None:
    """The job that was to bring a parcel is dead (registry.when_failed)."""
    from vitrina.jobs.models import Job

    job = Job.objects.filter(pk=job_id, kind=SEND).first()
    run = PushRun.objects.filter(pk=job.payload["run"]).first() if job else None
    if job is None or run is None:
        return
    give_up(run, job.payload["parcel"])


def give_up(run: PushRun, parcel: int) -> None:
    """Nobody brings the parcel any more; what may have left is in doubt."""
    rows = Push.objects.filter(run=run, parcel=parcel, state__in=(PushState.WAITING, PushState.SENDING))
    with short_transaction():
        if _is_begun(effect_key(run.pk, parcel)):
            words = _("It may have arrived. Try its job again under Jobs: that looks over there first.")
            rows.update(state=PushState.DOUBT, words=words)
        else:
            words = _("The marketplace could not be reached for too long; push it again.")
            rows.filter(words="").update(words=words)
            rows.update(state=PushState.FAILED, settled_at=timezone.now())
        close_if_settled(run)


def job_key(run_id: int, parcel: int) -> str:
    return f"push:{run_id}:{parcel}"


def effect_key(run_id: int, parcel: int) -> str:
    return f"catalog.push:{run_id}:{parcel}"


def _stand(
    job: RunningJob, rows: list[Push], state: PushState | None, words: str, *, only: Iterable[PushState]
) -> None:
    with short_transaction():
        job.guard()
        mine = Push.objects.filter(pk__in=[row.pk for row in rows], state__in=list(only))
        run = rows[0].run if rows else None
        if state is None:
            mine.update(words=words)
        else:
            mine.update(state=state, words=words)
        if run is not None:
            close_if_settled(run)


def _is_begun(key: str) -> bool:
    """It was about to leave once, and nobody saw the end of that."""
    open_ones = [EffectState.INTENT, EffectState.DOUBT]
    return Effect.objects.filter(key=key, state__in=open_ones).exists()


def _digest(rows: list[Push]) -> str:
    """Of what is to stand there, whatever becomes of the single cards meanwhile."""
    said = json.dumps([[row.pk, row.wanted, row.attributes] for row in rows], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
