"""An answer leaves the house once: queued with what it answers, brought under the effect rules of the jobs' room, read back.

A second click, a second tab and a second person find the first one's reply under way. Killed between the call and its answer, the next
try looks over there before anything is sent again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.channels.errors import ChannelError, InDoubt, NotThere
from vitrina.channels.marketplaces import abilities_of
from vitrina.channels.models import Connection
from vitrina.channels.opening import open_shop
from vitrina.channels.ports import AnswerState, Channel, Kind, Seen, Sender, Sent
from vitrina.inbox import news
from vitrina.inbox.beginnings.beginning import adds_nothing
from vitrina.inbox.guardrails.checking import Finding, Severity, is_blocked
from vitrina.inbox.guardrails.words import sentence
from vitrina.inbox.holding import findings_of
from vitrina.inbox.knowing import card_of
from vitrina.inbox.models import CAME_BACK, UNDER_WAY, Draft, Interaction, Reply, ReplyState, Status
from vitrina.inbox.receiving import receive
from vitrina.inbox.standing import is_over
from vitrina.inbox.statistics import tallying
from vitrina.inbox.statistics.feedback import Feedback, feedback
from vitrina.jobs.effects import EffectInDoubt
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Effect, EffectState
from vitrina.jobs.running import RunningJob
from vitrina.jobs.states import Priority
from vitrina.lib.transactions import short_transaction

SEND = "inbox.send"
CLOCK_SLACK = timedelta(minutes=2)  # a marketplace's clock beside ours


class NotSent(Exception):
    """Why nothing was queued, in words for whoever wrote it. What they wrote is theirs still.

    NotSent      it doesn't fit how the matter stands
    ├── Unfit    the text can't be sent as it is
    └── Overtaken  it was queued, and at the last look over there it didn't fit any more: it failed, and nothing left
    """


class Unfit(NotSent):
    """`findings`: all that the guardrails say; empty where it is the length alone."""

    def __init__(self, words: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(words)
        self.findings = tuple(findings)


class Overtaken(NotSent):
    """`is_settled`: it was answered over there, so that nothing is open any more."""

    def __init__(self, words: str, *, is_settled: bool = False) -> None:
        super().__init__(words)
        self.is_settled = is_settled


@dataclass(frozen=True)
class AsSeen:
    """How the matter stood before whoever answers it: the buyer's last words, and our newest reply; 0: there was none."""

    version: int
    reply: int

    @property
    def sealed(self) -> str:
        return f"{self.version}-{self.reply}"

    @classmethod
    def opened(cls, seal: str) -> AsSeen | None:
        """None for what is no seal."""
        found = re.fullmatch(r"([0-9]{1,9})-([0-9]{1,18})", seal)
        return cls(int(found[1]), int(found[2])) if found else None


def queue(
    interaction: Interaction,
    text: str,
    *,
    by: User | None,
    draft: Draft | None = None,
    seen: AsSeen | None = None,
    still: Callable[[Interaction], None] | None = None,
) -> Reply:
    """Put an answer on its way. Raises NotSent, also for what the guardrails block; what they warn of may be sent.

    `by` None: the seller's rule sends it (auto_sending.py). `seen` None: the matter as it was read into `interaction`. The
    guardrails are asked before the transaction, how the matter stands before and within it; `still`, given the locked row,
    may raise NotSent as well.
    """
    text = text.replace("\r\n", "\n").strip()
    version = interaction.version if seen is None else seen.version
    _check_standing(interaction, version, seen)
    _check_repeats(interaction, text)
    check_text(interaction, text)
    # What a rule sends says nothing of what people make of drafts.
    told = feedback(interaction, text, draft=draft) if by else Feedback(due_at=interaction.due_at)
    try:
        with short_transaction():
            standing = Interaction.objects.select_for_update().get(pk=interaction.pk)
            _check_standing(standing, version, seen)
            if still is not None:
                still(standing)
            reply = Reply.objects.create(
                seller_id=interaction.seller_id,
                platform=interaction.platform,
                interaction=interaction,
                draft=draft,
                text=text,
                **told.columns,
                version=standing.version,
                by=by,
                by_rule=by is None,
            )
            put_on_its_way(reply, by=by)
            Interaction.objects.filter(pk=interaction.pk).update(
                needs_response=False, status=Status.IN_PROGRESS, changed_at=timezone.now()
            )
            deed = "inbox.reply_by_rule" if by is None else "inbox.reply"
            audit.record(deed, interaction, by=by, after={"reply": reply.pk, "length": len(text)})
            news.reply_stands(reply)
            tallying.answered(reply, standing, told)
    except IntegrityError:
        raise NotSent(_("An answer to this is on its way already; yours was not sent.")) from None
    return reply


def put_on_its_way(reply: Reply, *, by: User | None) -> None:
    """The job that brings it, in the caller's transaction."""
    job = enqueue(
        SEND,
        {"reply": reply.pk},
        key=f"inbox.send:{reply.pk}",
        # One after the other: a marketplace sees a seller's answers in the order in which they were sent.
        lane=f"inbox.send:{reply.seller_id}:{reply.interaction.platform}",
        seller_id=reply.seller_id,
        priority=Priority.SYNC if by is None else Priority.OPERATOR,
        created_by_id=by.pk if by else None,
    )
    Reply.objects.filter(pk=reply.pk).update(job_id=job.pk)
    reply.job_id = job.pk


def check(interaction: Interaction, text: str) -> list[Finding]:
    """Raise NotSent where `queue` would, as things stand now; returns what the guardrails only warn of."""
    _check_standing(interaction, interaction.version, None)
    _check_repeats(interaction, text)
    return check_text(interaction, text)


def may_be_answered(interaction: Interaction, newest: Reply | None) -> bool:
    """Whether an answer is wanted at all. `newest`: our last reply; in a chat the shop may always say something more."""
    return (
        interaction.needs_response
        or interaction.kind == Kind.CHAT
        or (newest is not None and not newest.is_edit and newest.state in CAME_BACK)
    )


def _check_standing(interaction: Interaction, version: int, seen: AsSeen | None) -> None:
    newest = interaction.replies.order_by("-pk").first()
    if newest is not None and newest.state in UNDER_WAY:
        raise NotSent(_("An answer to this is on its way already; yours was not sent."))
    if interaction.version != version:
        raise NotSent(_("The buyer wrote something meanwhile. Read it first; your text stands here."))
    if seen is not None and seen.reply != (newest.pk if newest else 0):
        raise NotSent(
            _("An answer was sent from elsewhere meanwhile; yours was not sent. Your text stands here.")
        )
    if not may_be_answered(interaction, newest):
        raise NotSent(_("It wants no answer any more; yours was not sent. Open it again to answer it."))
    if is_over(interaction, timezone.now()):
        raise NotSent(_("The marketplace takes no answer to this any more."))
    if interaction.connection_id is None:
        raise NotSent(_("The marketplace is no longer connected; connect it under Settings and send again."))


def check_text(interaction: Interaction, text: str) -> list[Finding]:
    """Raises Unfit where the marketplace or the guardrails would not have it, whether it is new or in the place of another;
    returns what they only warn of."""
    limits = abilities_of(interaction.platform, Kind(interaction.kind))
    least = max(limits.answer_least, 1)
    if not least <= len(text) <= limits.answer_most:
        raise Unfit(
            _("The text has %(length)d characters; the marketplace takes from %(least)d to %(most)d.")
            % {"length": len(text), "least": least, "most": limits.answer_most}
        )
    if is_only_begun(interaction, text):
        raise Unfit(
            _(
                "This is only the beginning of an answer: write what is to be said in this matter, then send it."
            )
        )
    findings = findings_of(interaction, text, card=card_of(interaction.product), is_sending=True)
    if is_blocked(findings):
        blocks = [finding for finding in findings if finding.severity is Severity.BLOCK]
        raise Unfit(" ".join(dict.fromkeys(sentence(finding) for finding in blocks)), findings)
    return findings


def is_only_begun(interaction: Interaction, text: str) -> bool:
    """Whether it is the beginning of an answer that a person must write, and no more."""
    begun = interaction.drafts.filter(is_beginning=True).values_list("text", flat=True)
    return any(adds_nothing(text, one) for one in begun)


def _check_repeats(interaction: Interaction, text: str) -> None:
    stand = interaction.replies.filter(state__in=(ReplyState.SENT, ReplyState.CONFIRMED))
    if _plain(text) in {_plain(one) for one in stand.values_list("text", flat=True)}:
        raise Unfit(_("This very text was sent here before; it is not sent again."))


def bring(job: RunningJob, reply: Reply, *, taken: Callable[[], object]) -> None:
    """The call itself, within the job. `taken` is called in the transaction that says the marketplace took it. Raises
    Overtaken, and what an effect and a channel raise; the reply's row says how it stands."""
    interaction = reply.interaction
    kind = Kind(interaction.kind)
    effect = Effect.objects.filter(key=effect_key(reply)).exclude(state=EffectState.REFUSED).first()
    begun = effect is not None and effect.state != EffectState.DONE
    doubt = _("Whether it arrived isn't known; it is looked up before anything else is sent.")
    _stand(reply, ReplyState.SENDING, job=job, words=doubt if begun else "")
    try:
        channel = open_shop(_connection(interaction), may_leave=job.holds)
        if effect is None:
            _look_before(channel, reply)
        result = job.effect(
            key=effect_key(reply),
            input_hash=hashlib.sha256(reply.text.encode()).hexdigest(),
            call=lambda: {"answer_id": _bring(channel, reply).answer_id},
            look=lambda: find(channel, reply),
            kind="append" if kind is Kind.CHAT else "set",
        )
    except EffectInDoubt as person:
        _stand(reply, ReplyState.CHECK, job=job, words=str(person))
        raise
    except Overtaken as overtaken:
        fail(reply, str(overtaken), job=job, reopens=not overtaken.is_settled)
        raise
    except InDoubt as unseen:
        _stand(reply, ReplyState.SENDING, job=job, words=unseen.sentence)
        raise
    except ChannelError as error:
        if _is_begun(reply):  # nobody could look; it may have left before
            _stand(reply, ReplyState.SENDING, job=job, words=f"{doubt} {error.sentence}")
        elif error.permanent:
            fail(reply, error.sentence, job=job)
        else:
            _stand(reply, ReplyState.QUEUED, job=job, words=error.sentence)
        raise
    with short_transaction():
        answer_id = result.get("answer_id", "")
        _stand(reply, ReplyState.SENT, job=job, answer_id=answer_id, sent_at=timezone.now(), words="")
        Interaction.objects.filter(pk=interaction.pk, status=Status.IN_PROGRESS).update(
            status=Status.RESPONDED, changed_at=timezone.now()
        )
        taken()


def _bring(channel: Channel, reply: Reply) -> Sent:
    row, kind = reply.interaction, Kind(reply.interaction.kind)
    if not reply.is_edit:
        return channel.answer(kind, row.external_id, row.address, reply.text)
    return channel.edit(kind, row.external_id, row.address, reply.answer_id, reply.text)


def _look_before(channel: Channel, reply: Reply) -> None:
    """What stands over there now is written down first; an answer that it doesn't fit any more stays here. Raises Overtaken
    and the errors of `channels.errors`."""
    interaction = reply.interaction
    seen = channel.look(Kind(interaction.kind), interaction.external_id, interaction.address)
    with short_transaction():
        receive(_connection(interaction), [seen])
    interaction.refresh_from_db()
    if reply.is_edit:
        _check_stood(seen, reply)
        return
    if interaction.version != reply.version:
        raise Overtaken(_("The buyer wrote something meanwhile. Read it first; your text stands here."))
    stands = any(answer.state is not AnswerState.REJECTED for answer in seen.answers)
    # A rule comes after everybody: also after an answer that moderation has, and a look that left it unanswered.
    is_settled = stands or not seen.wants_answer if reply.by_rule else stands and not seen.wants_answer
    if seen.kind is not Kind.CHAT and is_settled:
        raise Overtaken(_("Another answer stands there already; yours was not sent."), is_settled=True)


def _check_stood(seen: Seen, reply: Reply) -> None:
    """Only what the person saw standing there is replaced. Wildberries takes a second change without a word and drops it."""
    stands = [one for one in seen.answers if _plain(one.text) == _plain(reply.stood)]
    if not stands:
        raise Overtaken(
            _("Another answer stands there than the one that was to be changed. Nothing was changed."),
            is_settled=True,
        )
    if stands[-1].may_be_edited is False:
        raise Overtaken(
            _("The marketplace says that this answer can't be changed. Nothing was changed."), is_settled=True
        )


def find(channel: Channel, reply: Reply) -> dict[str, Any] | None:
    """Whether it arrived: it stands there, or the marketplace no longer counts the matter as unanswered. None: not seen."""
    interaction = reply.interaction
    try:
        seen = channel.look(Kind(interaction.kind), interaction.external_id, interaction.address)
    except NotThere:
        return None
    standing = standing_of(seen, reply)
    if standing is not None:
        return {"answer_id": standing.get("id", "")}
    if seen.kind is not Kind.CHAT and not seen.wants_answer and not reply.is_edit:
        return {"answer_id": ""}
    return None


def standing_of(seen: Seen, reply: Reply) -> Mapping[str, Any] | None:
    """Our answer among those that stand there: {"id", "state"}; None where it doesn't."""
    wanted = _plain(reply.text)
    if seen.kind is Kind.CHAT:
        for message in seen.messages:
            if (
                message.sender is Sender.SELLER
                and message.at >= reply.queued_at - CLOCK_SLACK
                and _plain(message.text) == wanted
            ):
                return {"id": message.id, "state": "published"}
        return None
    for answer in seen.answers:
        # Of a change the id says nothing: the text that was to be replaced had it, too.
        is_known = reply.answer_id and answer.id == reply.answer_id and not reply.is_edit
        if is_known or _plain(answer.text) == wanted:
            return {"id": answer.id, "state": answer.state.value}
    return None


def fail(reply: Reply, words: str, *, job: RunningJob | None = None, reopens: bool = True) -> None:
    """It didn't leave and won't by itself: the matter is open again, unless it was settled meanwhile, and the text is kept."""
    with short_transaction():
        if job is not None:
            job.guard()
        ended = Reply.objects.filter(pk=reply.pk, state__in=UNDER_WAY).update(
            state=ReplyState.FAILED, words=words
        )
        if ended:
            reply.state, reply.words = ReplyState.FAILED, words
            if reopens and not reply.is_edit:  # the answer that was to be changed stands
                Interaction.objects.filter(pk=reply.interaction_id).update(
                    needs_response=True, status=Status.NEW, changed_at=timezone.now()
                )
            news.reply_stands(reply)


def fail_by_job(job_id: int, seller_id: int | None, failed_parts: int) -> None:
    """The job that was to bring a reply is dead (registry.when_failed)."""
    reply = Reply.objects.filter(job_id=job_id, state__in=UNDER_WAY).first()
    if reply is None:
        return
    if _is_begun(reply):
        # It may have left: nobody writes another one before somebody looked.
        words = _("It may have arrived. Try its job again under Jobs: that looks over there first.")
        _stand(reply, ReplyState.CHECK, words=words)
    else:
        fail(reply, _("The marketplace could not be reached for too long; send it again."))


def _stand(reply: Reply, state: ReplyState, *, job: RunningJob | None = None, **values: Any) -> None:
    """`job`: that says so; one that was frozen, and whose work somebody else does by now, says nothing."""
    with short_transaction():
        if job is not None:
            job.guard()
        is_news = reply.state != state or values.get("words", reply.words) != reply.words
        reply.state = state
        for name, value in values.items():
            setattr(reply, name, value)
        reply.save(update_fields=["state", *values])
        if is_news:
            news.reply_stands(reply)


def _is_begun(reply: Reply) -> bool:
    """It was about to leave once, and nobody saw the end of that."""
    open_ones = [EffectState.INTENT, EffectState.DOUBT]
    return Effect.objects.filter(key=effect_key(reply), state__in=open_ones).exists()


def _connection(interaction: Interaction) -> Connection:
    connection = interaction.connection
    if connection is None or not connection.is_on:
        raise NotThere("The marketplace is no longer connected.")
    return connection


def effect_key(reply: Reply) -> str:
    return f"inbox.reply:{reply.pk}"


def _plain(text: str) -> str:
    return " ".join(text.split())
